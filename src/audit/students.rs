//! Trains a student for every arm and seed, through the cache: what was trained before is not trained again, and then
//! ONNX Runtime is not even looked for.

use super::lessons::{Lessons, Taught};
use super::pairs::Model;
use super::request::Request;
use super::score;
use super::share::{Card, Work};
use super::{Fresh, NamedStudent, Progress, Surroundings};
use crate::config::{Distill, Loaded, ModelOptions};
use crate::distill::budget::Asked;
use crate::distill::{self, Job, Kept, Keys, Recipe, Tick, Trained, Workplace};
use crate::error::{Error, Result};
use crate::facts::{TrainedArm, TrainedStudent, TrainingFacts};
use crate::onnx::{Runtime, Search};
use crate::ranker::Ranker;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;
use walkdir::WalkDir;

/// The students of every trained arm.
pub struct Students {
    /// Their models, a seed after the other, the seeds of an arm together.
    pub models: Vec<Model>,
    /// What each arm's model was found to be.
    pub descriptions: BTreeMap<String, String>,
    /// Their folders, as far as they are at hand.
    pub folders: Vec<NamedStudent>,
    /// What is known of them without their weights.
    pub cards: Vec<Card>,
    /// What is to be said of them.
    pub facts: TrainingFacts,
    /// Those that were not in the cache.
    pub fresh: Fresh,
}

/// How many students are trained: arms times seeds.
pub fn count(loaded: &Loaded, request: &Request) -> usize {
    request.trained().count() * loaded.config.distill.as_ref().map_or(0, |config| config.seeds.len())
}

/// Trains the students among the `own`: numbers in the order of arms and, within an arm, of seeds. Those that shares have
/// trained are taken from them.
///
/// # Errors
/// A student that cannot be trained, or no ONNX Runtime where it is needed.
pub fn train(
    loaded: &Loaded,
    request: &Request,
    lessons: Lessons,
    own: &Range<usize>,
    surroundings: &Surroundings,
    progress: &mut dyn Progress,
) -> Result<Students> {
    let (Some(config), Some((start, options))) = (&loaded.config.distill, request.start()) else {
        return Err(Error::input("there is no student before to train from").help("add `model` to [student.before]"));
    };
    let path = loaded.resolve(start);
    let all = lessons.arms.len() * config.seeds.len();
    let mut data = lessons.training.data;
    if let Some(first) = lessons.arms.first().and_then(|first| first.lesson.as_ref()) {
        data.teacher = first.run.clone();
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
        cards: Vec::new(),
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
        let Taught { arm, learns_from, loss, lesson: Some(lesson) } = taught else { continue };
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
            let student = number * config.seeds.len() + place;
            if !own.contains(&student) {
                continue;
            }
            let what = format!("training {arm}, seed {seed} ({} of {all})", student + 1);
            let job = Job { student: &path, options, data: &data, recipe: &recipe, seed: *seed };
            let keys = Keys::of(&job, surroundings.threads, surroundings.device).map_err(|e| e.context(&what))?;
            if let Some(shares) = surroundings.work.parts() {
                let made = shares.student(&arm, *seed, &keys)?;
                students.facts.notes.extend(made.doubt);
                of_arm.students.push(TrainedStudent::of(made.card.key.to_string(), &made.card.history));
                let folder = made.folder.filter(|folder| is_that(folder, made.card, options, progress));
                students.add(made.card.clone(), folder, options);
                continue;
            }
            let trained = match distill::trained(&keys.student, &surroundings.cache) {
                Some(trained) => trained,
                None => {
                    let start = Instant::now();
                    let trained = one(&job, &what, &kept, surroundings, progress).map_err(|e| e.context(&what))?;
                    students.fresh.students += 1;
                    students.fresh.duration += start.elapsed();
                    trained
                }
            };
            of_arm.students.push(TrainedStudent::of(keys.student.to_string(), &trained.history));
            let card = card(&arm, *seed, &keys, &trained, options)?;
            students.add(card, Some(trained.folder), options);
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
    if !matches!(surroundings.work, Work::Whole) {
        return Err(Error::input(format!("distill.budget = \"{time}\" was not turned into a number of steps yet"))
            .at(loaded.table_place("[distill]"))
            .help("shares have to train for the same number of steps, and each machine would measure another")
            .help("run one training here without --partition, and give every machine the distilgate.steps.json that it writes")
            .help("or give the number itself: steps = 90"));
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

/// What is to be known of a student that was trained here.
///
/// # Errors
/// A student that cannot be read again.
fn card(arm: &str, seed: u64, keys: &Keys, trained: &Trained, options: &ModelOptions) -> Result<Card> {
    let description =
        Ranker::check(&trained.folder, options).map_err(|e| e.context(format!("the student {arm}, seed {seed}")))?;
    Ok(Card {
        arm: arm.to_owned(),
        seed,
        key: keys.student.digest(),
        task: keys.task.digest(),
        digest: description.digest,
        described: score::in_words(&description),
        history: trained.history.clone(),
    })
}

/// Whether a folder that lies beside a part holds the student that was scored, and nothing but files. What does not is
/// left out of the report, which is said; nothing that is decided depends on it.
fn is_that(folder: &Path, card: &Card, options: &ModelOptions, progress: &mut dyn Progress) -> bool {
    let is_plain = |entry: walkdir::DirEntry| entry.file_type().is_dir() || entry.file_type().is_file();
    let plain = WalkDir::new(folder).into_iter().all(|entry| entry.is_ok_and(is_plain));
    let same = plain && Ranker::check(folder, options).is_ok_and(|found| found.digest == card.digest);
    if !same {
        let name = folder.display();
        progress
            .notice(&format!("{name} is not the student that its share has scored, so it is left out of the report"));
    }
    same
}

impl Students {
    fn add(&mut self, card: Card, folder: Option<PathBuf>, options: &ModelOptions) {
        let (arm, seed, history) = (&card.arm, card.seed, &card.history);
        // The same for every student: all start from one graph. What is said of the texts that come differs by seed.
        self.facts.weights = (history.trained_weights, history.all_weights);
        for note in &history.notes {
            if !self.facts.notes.contains(note) {
                self.facts.notes.push(note.clone());
            }
        }
        self.descriptions.insert(arm.clone(), card.described.clone());
        // Where shares have scored it, nobody opens it.
        let path = folder.clone().unwrap_or_default();
        self.models.push(Model::new(arm, format!("{arm}, seed {seed}"), path, options.clone(), card.digest));
        self.folders.extend(folder.map(|folder| NamedStudent { arm: arm.clone(), seed, folder }));
        self.cards.push(card);
    }
}
