//! A budget of time turned into a number of steps, once.
//!
//! The number of steps decides what a student is, and time is different on every machine and in every run; so it is
//! measured once, and the number is written to a file beside the configuration that later runs and other machines
//! read. It is meant to be committed. Evaluation, and scoring by references' models, are not in the budget.

use super::sample::Sampler;
use super::trainer::Trainer;
use super::{Job, Recipe, Workplace};
use crate::cache::{Digest, Key, write_atomically};
use crate::config::Budget;
use crate::error::{Error, Place, Result};
use crate::ranker::{Prepared, Ranker};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Steps before the clock counts: memory is claimed and the loss's graph made in them.
const WARM: usize = 2;
/// Steps that are timed; the median counts.
const TIMED: usize = 5;
/// A student that learned for fewer steps says nothing: the learning rate has hardly risen and fallen again.
const FEWEST: usize = 20;
/// A file beyond this size is none of ours.
const MAX_FILE: u64 = 1 << 20;

/// What a number of steps is fixed for.
#[derive(Clone, Copy, Debug)]
pub struct Purpose<'a> {
    /// The student that is trained.
    pub student: Digest,
    /// How; its number of steps does not matter.
    pub recipe: &'a Recipe,
    /// How many students are trained: arms times seeds.
    pub trainings: usize,
    /// The time for all of them.
    pub budget: Budget,
}

impl Purpose<'_> {
    /// The key in the file. Neither the machine nor the texts are part of it: the number stays when they change.
    fn key(&self) -> Key {
        let recipe = serde_json::to_vec(&Recipe { steps: 0, ..self.recipe.clone() }).expect("a recipe is plain data");
        let key = Key::of("steps/1").digest(&self.student).bytes(&recipe);
        key.number(self.trainings as u64).number(self.budget.seconds).build()
    }
}

/// The numbers of steps that were fixed.
#[derive(Clone, Debug, Default)]
pub struct FixedSteps {
    path: PathBuf,
    entries: BTreeMap<String, Entry>,
}

/// A number of steps, with what a reader wants to know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    budget: String,
    trainings: usize,
    steps: usize,
}

impl FixedSteps {
    /// Reads the file that belongs to a configuration: `distilgate.steps.json` of `distilgate.toml`.
    ///
    /// # Errors
    /// A file that is there and cannot be read (exit 2).
    pub fn of_config(config: &Path) -> Result<FixedSteps> {
        let path = config.with_extension("steps.json");
        let text = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FixedSteps { path, ..Self::default() }),
            Ok(there) if there.len() > MAX_FILE => Err(io::Error::other("it is too long")),
            _ => fs::read_to_string(&path),
        };
        let text = text.map_err(|error| Error::reading(&path, error))?;
        let entries = serde_json::from_str(&text).map_err(|error| {
            Error::input(format!("this is no list of steps: {error}"))
                .at(Place::file(&path))
                .help("take it from version control again, or remove it: the budget is then measured anew")
        })?;
        Ok(FixedSteps { path, entries })
    }

    /// The steps that were fixed for this.
    ///
    /// # Errors
    /// Fewer than can be used (exit 2).
    pub fn get(&self, purpose: &Purpose) -> Result<Option<usize>> {
        match self.entries.get(&purpose.key().to_string()).map(|entry| entry.steps) {
            Some(0) => Err(Error::input("a number of steps is 0: nothing would be trained")
                .at(Place::file(&self.path))
                .help("remove the file: the budget is then measured anew")),
            steps => Ok(steps),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was fixed, for the console.
    pub fn in_words(&self, purpose: &Purpose, pace: &Pace, steps: usize) -> String {
        let changed = if self.entries.len() > 1 { "the configuration changed, measured anew: " } else { "" };
        format!(
            "{changed}{} allow {steps} steps for each of {} trainings ({:.2} s a step); fixed in {}, which is to be committed",
            purpose.budget,
            purpose.trainings,
            pace.step,
            self.path.display()
        )
    }

    /// Fixes a number of steps and writes the file: sorted by key, an entry on lines of its own.
    ///
    /// # Errors
    /// A file that cannot be written (exit 4).
    pub fn fix(&mut self, purpose: &Purpose, steps: usize) -> Result<()> {
        let entry = Entry { budget: purpose.budget.to_string(), trainings: purpose.trainings, steps };
        self.entries.insert(purpose.key().to_string(), entry);
        let mut text = serde_json::to_string_pretty(&self.entries).expect("entries are plain data");
        text.push('\n');
        write_atomically(&self.path, text.as_bytes())
    }
}

/// A budget that a configuration gives, and the first of the trainings that it is for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The configuration's file.
    pub config: &'a Path,
    /// The first training.
    pub job: &'a Job<'a>,
    /// How many there are: arms times seeds.
    pub trainings: usize,
    /// The time for all of them.
    pub budget: Budget,
}

impl Asked<'_> {
    /// The steps of each, where they were fixed before. ONNX Runtime is not needed.
    ///
    /// # Errors
    /// A student, or a file of steps, that cannot be read (exit 2).
    pub fn fixed(&self) -> Result<Option<usize>> {
        FixedSteps::of_config(self.config)?.get(&self.purpose()?)
    }

    /// Measures, fixes the steps of each training in the file, and says so in words.
    ///
    /// # Errors
    /// A training that fails, a budget that allows too little (exit 2), a file that cannot be written (exit 4).
    pub fn measured(&self, place: &Workplace) -> Result<(usize, String)> {
        let purpose = self.purpose()?;
        let pace = measure(self.job, place)?;
        let steps = pace.steps(self.trainings, self.budget)?;
        let mut file = FixedSteps::of_config(self.config)?;
        file.fix(&purpose, steps)?;
        Ok((steps, file.in_words(&purpose, &pace, steps)))
    }

    fn purpose(&self) -> Result<Purpose<'_>> {
        let student = Ranker::check(self.job.student, self.job.options)?.digest;
        Ok(Purpose { student, recipe: self.job.recipe, trainings: self.trainings, budget: self.budget })
    }
}

/// How long a training takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Seconds until the first step.
    pub start: f64,
    /// Seconds of a step: the median.
    pub step: f64,
}

/// Trains for some steps, whose result is thrown away, and says how long they took. With frozen layers, whose output is
/// kept, later steps take less: the budget is then not used up.
///
/// # Errors
/// As a training's.
pub fn measure(job: &Job, place: &Workplace) -> Result<Pace> {
    let start = Instant::now();
    let prepared = Prepared::read(job.student, job.options)?;
    let sampler = Sampler::new(job.data, job.recipe.candidates, job.seed)?;
    let recipe = Recipe { steps: job.recipe.steps.max(WARM + TIMED), ..job.recipe.clone() };
    let mut trainer = Trainer::new(place.runtime, &prepared, &recipe, place.threads)?;
    let start = start.elapsed().as_secs_f64();
    let mut seconds = Vec::new();
    for step in 0..WARM + TIMED {
        let groups = sampler.step(step, recipe.groups, recipe.teacher_scale);
        let begin = Instant::now();
        trainer.step(step, job.data, &groups)?;
        seconds.push(begin.elapsed().as_secs_f64());
    }
    let mut timed = seconds.split_off(WARM);
    timed.sort_by(f64::total_cmp);
    Ok(Pace { start, step: timed[TIMED / 2] })
}

impl Pace {
    /// The steps of each of so many trainings that fit into a budget together.
    ///
    /// # Errors
    /// Too few to learn anything (exit 2): says what would do.
    pub fn steps(&self, trainings: usize, budget: Budget) -> Result<usize> {
        let each = budget.seconds as f64 / trainings.max(1) as f64;
        let steps = ((each - self.start) / self.step.max(1e-6)).floor().max(0.0) as usize;
        if steps >= FEWEST {
            return Ok(steps);
        }
        let enough = (self.start + FEWEST as f64 * self.step) * trainings as f64 / 60.0;
        Err(Error::input(format!(
            "distill.budget = \"{budget}\" allows {steps} steps for each of {trainings} trainings, and fewer than {FEWEST} teach nothing: a step takes {:.2} s here, starting {:.1} s",
            self.step, self.start
        ))
        .help(format!("budget = \"{}m\" would allow {FEWEST}; some hundred are usual", enough.ceil().max(1.0)))
        .help("or train less: fewer seeds or references, groups, candidates, a lower max-length, train = \"last-1\""))
    }
}

#[cfg(test)]
mod tests;
