//! Trains a student for every arm and seed, through the cache: what was trained before is not trained again, and then
//! ONNX Runtime is not even looked for.

use super::lessons::{Lessons, Taught};
use super::pairs::Model;
use super::request::Request;
use super::score;
use super::{Fresh, NamedStudent, Progress, Surroundings};
use crate::config::{Distill, Loaded, ModelOptions};
use crate::distill::budget::Asked;
use crate::distill::{self, Job, Kept, Recipe, Tick, Trained, Workplace};
use crate::error::{Error, Result};
use crate::facts::{TrainedArm, TrainedStudent, TrainingFacts};
use crate::onnx::{Runtime, Search};
use crate::ranker::Ranker;
use std::collections::BTreeMap;
use std::time::Instant;

/// The students of every trained arm.
pub struct Students {
    /// Their models, a seed after the other, the seeds of an arm together.
    pub models: Vec<Model>,
    /// What each arm's model was found to be.
    pub descriptions: BTreeMap<String, String>,
    /// Their folders.
    pub folders: Vec<NamedStudent>,
    /// What is to be said of them.
    pub facts: TrainingFacts,
    /// Those that were not in the cache.
    pub fresh: Fresh,
}

/// Trains every arm with every seed.
///
/// # Errors
/// A student that cannot be trained, or no ONNX Runtime where it is needed.
pub fn train(
    loaded: &Loaded,
    request: &Request,
    lessons: Lessons,
    surroundings: &Surroundings,
    progress: &mut dyn Progress,
) -> Result<Students> {
    let (Some(config), Some((start, options))) = (&loaded.config.distill, request.start()) else {
        return Err(Error::input("there is no student before to train from").help("add `model` to [student.before]"));
    };
    let path = loaded.resolve(start);
    let all = lessons.arms.len() * config.seeds.len();
    let mut data = lessons.training.data;
    if let Some(first) = lessons.arms.first() {
        data.teacher = first.lesson.run.clone();
    }
    let recipe = Recipe::of(config, config.steps);
    let first =
        Job { student: &path, options, data: &data, recipe: &recipe, seed: config.seeds.first().copied().unwrap_or(1) };
    let steps = steps(loaded, config, &first, all, surroundings, progress)?;
    let recipe = Recipe::of(config, steps);
    let kept = Kept::for_arms(lessons.arms.len());
    let mut students = Students {
        models: Vec::new(),
        descriptions: BTreeMap::new(),
        folders: Vec::new(),
        facts: TrainingFacts {
            student: start.to_owned(),
            recipe: recipe.clone(),
            seeds: config.seeds.clone(),
            report: lessons.training.report,
            weights: (0, 0),
            notes: Vec::new(),
            arms: Vec::new(),
        },
        fresh: Fresh::default(),
    };
    for (number, taught) in lessons.arms.into_iter().enumerate() {
        let Taught { arm, learns_from, loss, lesson } = taught;
        let recipe = Recipe { loss, ..recipe.clone() };
        // The texts stay where they are; only whose scores they carry changes.
        data.teacher = lesson.run;
        let mut of_arm = TrainedArm {
            name: arm.clone(),
            learns_from,
            loss: recipe.loss.clone(),
            lesson: lesson.report,
            students: Vec::new(),
        };
        for (place, seed) in config.seeds.iter().enumerate() {
            let done = number * config.seeds.len() + place + 1;
            let what = format!("training {arm}, seed {seed} ({done} of {all})");
            let job = Job { student: &path, options, data: &data, recipe: &recipe, seed: *seed };
            let key = distill::key(&job, surroundings.threads, surroundings.device).map_err(|e| e.context(&what))?;
            let trained = match distill::trained(&key, &surroundings.cache) {
                Some(trained) => trained,
                None => {
                    let start = Instant::now();
                    let trained = one(&job, &what, &kept, surroundings, progress).map_err(|e| e.context(&what))?;
                    students.fresh.students += 1;
                    students.fresh.duration += start.elapsed();
                    trained
                }
            };
            of_arm.students.push(TrainedStudent::of(key.to_string(), &trained.history));
            students.add(&arm, *seed, trained, options)?;
        }
        students.facts.arms.push(of_arm);
    }
    Ok(students)
}

/// The steps of every arm and seed: as the configuration says, or what its budget allows for all of them together.
fn steps(
    loaded: &Loaded,
    config: &Distill,
    first: &Job<'_>,
    trainings: usize,
    surroundings: &Surroundings,
    progress: &mut dyn Progress,
) -> Result<usize> {
    let Some(time) = config.budget else { return Ok(config.steps) };
    let asked = Asked { config: &loaded.path, job: first, trainings, budget: time };
    if let Some(steps) = asked.fixed()? {
        return Ok(steps);
    }
    progress.step("measuring how long a step takes", None);
    let (steps, said) = asked.measured(&workplace(surroundings, progress)?)?;
    progress.landmark(&said);
    Ok(steps)
}

fn workplace<'a>(surroundings: &'a Surroundings, progress: &mut dyn Progress) -> Result<Workplace<'a>> {
    let search = Search::from_environment(surroundings.cache.folder(), surroundings.offline).on(surroundings.device);
    let runtime = Runtime::get(&search, &mut |what| progress.step(what, None))?;
    Ok(Workplace::new(runtime, &surroundings.cache, surroundings.threads))
}

fn one(
    job: &Job<'_>,
    what: &str,
    kept: &Kept,
    surroundings: &Surroundings,
    progress: &mut dyn Progress,
) -> Result<Trained> {
    let place = Workplace { kept: Some(kept), ..workplace(surroundings, progress)? };
    progress.landmark(what);
    progress.step(what, Some(job.recipe.steps as u64));
    let mut before = 0;
    let mut hear = |tick: Tick| {
        progress.done(tick.step.saturating_sub(before) as u64);
        progress.state(&format!("loss {:.4}", tick.loss));
        before = tick.step;
    };
    distill::train(job, &place, &mut hear)
}

impl Students {
    fn add(&mut self, arm: &str, seed: u64, trained: Trained, options: &ModelOptions) -> Result<()> {
        let Trained { folder, history } = trained;
        // The same for every student: all start from one graph. What is said of the texts that come differs by seed.
        self.facts.weights = (history.trained_weights, history.all_weights);
        for note in history.notes {
            if !self.facts.notes.contains(&note) {
                self.facts.notes.push(note);
            }
        }
        let description =
            Ranker::check(&folder, options).map_err(|e| e.context(format!("the student {arm}, seed {seed}")))?;
        self.descriptions.insert(arm.to_owned(), score::in_words(&description));
        let called = format!("{arm}, seed {seed}");
        self.models.push(Model::new(arm, called, folder.clone(), options.clone(), description.digest));
        self.folders.push(NamedStudent { arm: arm.to_owned(), seed, folder });
        Ok(())
    }
}
