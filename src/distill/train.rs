//! A training from beginning to end: through the cache, with checkpoints.

use super::checkpoint;
use super::data::TrainingData;
use super::history::History;
use super::kept::{Kept, Reuse};
use super::recipe::Recipe;
use super::sample::Sampler;
use super::save;
use super::trainer::Trainer;
use crate::cache::{Cache, Key, KeyBuilder};
use crate::config::ModelOptions;
use crate::error::{Place, Result};
use crate::onnx::{Device, Runtime};
use crate::ranker::Prepared;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A student to be trained.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The student as it was: a folder or file.
    pub student: &'a Path,
    /// How it is read.
    pub options: &'a ModelOptions,
    /// What it learns from.
    pub data: &'a TrainingData,
    /// How.
    pub recipe: &'a Recipe,
    /// The seed of the order of queries and candidates.
    pub seed: u64,
}

/// Where it is trained.
#[derive(Clone, Copy)]
pub struct Workplace<'a> {
    /// ONNX Runtime.
    pub runtime: &'a Runtime,
    /// Students and checkpoints are kept there.
    pub cache: &'a Cache,
    /// Threads; the bytes of a student depend on their number.
    pub threads: usize,
    /// How long a training runs before its state is kept, so that a killed one goes on from there. It changes no
    /// byte of the result.
    pub checkpoint_every: Duration,
    /// Where the outputs of frozen layers are kept for further trainings of the same student. It changes no byte of
    /// the result.
    pub kept: Option<&'a Kept>,
}

impl<'a> Workplace<'a> {
    /// A workplace with checkpoints as often as they cost nothing that shows.
    pub fn new(runtime: &'a Runtime, cache: &'a Cache, threads: usize) -> Workplace<'a> {
        Workplace { runtime, cache, threads: threads.max(1), checkpoint_every: Duration::from_secs(30), kept: None }
    }
}

/// Told after every step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// Steps that are done.
    pub step: usize,
    /// Steps altogether.
    pub steps: usize,
    /// The mean loss of the last steps; NaN before there is one.
    pub loss: f32,
}

/// A trained student.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// Its folder, in the cache: the same layout as the student that it was trained from.
    pub folder: PathBuf,
    /// How it went.
    pub history: History,
}

/// What a student is known by before it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Everything that its bytes depend on, but for ONNX Runtime and the processor.
    pub student: Key,
    /// The same but for what the scores are that it learns from: those of a model may differ in the last digits on
    /// another processor, and everything else may not.
    pub task: Key,
}

impl Keys {
    /// The keys of a student.
    ///
    /// # Errors
    /// A student that cannot be read (exit 2).
    pub fn of(job: &Job, threads: usize, device: Device) -> Result<Keys> {
        let prepared = Prepared::read(job.student, job.options)?;
        let student = key_of(job, &prepared, threads, device);
        Ok(Keys { student, task: task_of(job, &prepared, threads, device) })
    }
}

fn task_of(job: &Job, prepared: &Prepared, threads: usize, device: Device) -> Key {
    let mut key = recipe_key("task/1", job, prepared, threads, device);
    for (query, ranking) in &job.data.teacher.queries {
        let text = job.data.queries.get(query).map_or("", String::as_str);
        let documents: BTreeSet<&str> = ranking.iter().map(|scored| scored.document.as_str()).collect();
        key = key.text(query.as_str()).text(text).number(documents.len() as u64);
        key = documents.into_iter().fold(key, KeyBuilder::text);
    }
    with_documents(key, job)
}

fn key_of(job: &Job, prepared: &Prepared, threads: usize, device: Device) -> Key {
    let mut key = recipe_key("student/2", job, prepared, threads, device);
    for (query, ranking) in &job.data.teacher.queries {
        let text = job.data.queries.get(query).map_or("", String::as_str);
        key = key.text(query.as_str()).text(text).number(ranking.len() as u64);
        for scored in ranking {
            key = key.text(scored.document.as_str()).number(scored.score.to_bits());
        }
    }
    with_documents(key, job)
}

/// The start of a key: the student as it was, and how it is trained.
fn recipe_key(purpose: &str, job: &Job, prepared: &Prepared, threads: usize, device: Device) -> KeyBuilder {
    let recipe = serde_json::to_vec(job.recipe).expect("a recipe is plain data");
    let key = Key::of(purpose).text(env!("CARGO_PKG_VERSION")).digest(&prepared.description.digest).bytes(&recipe);
    device.in_key(key.number(job.seed).number(threads.max(1) as u64))
}

fn with_documents(key: KeyBuilder, job: &Job) -> Key {
    job.data.documents.iter().fold(key, |key, (document, text)| key.text(document.as_str()).text(text)).build()
}

/// The student that was trained under this key, if it is in the cache. ONNX Runtime is not needed.
pub fn trained(key: &Key, cache: &Cache) -> Option<Trained> {
    let folder = save::folder(cache, key);
    let history = save::read(&folder)?;
    Some(Trained { folder, history })
}

/// Trains a student, or finds it in the cache. A training that was killed goes on from its last checkpoint and ends
/// with the same bytes.
///
/// # Errors
/// A student or data that cannot be used, a loss that is not finite (exit 2); a full disk (exit 4).
pub fn train(job: &Job, place: &Workplace, progress: &mut dyn FnMut(Tick)) -> Result<Trained> {
    let prepared = Prepared::read(job.student, job.options)?;
    let key = key_of(job, &prepared, place.threads, place.runtime.device());
    if let Some(trained) = trained(&key, place.cache) {
        return Ok(trained);
    }
    let sampler = Sampler::new(job.data, job.recipe.candidates, job.seed)?;
    let trainer = Trainer::new(place.runtime, &prepared, job.recipe, place.threads);
    let mut trainer = trainer.map_err(|error| error.at(Place::file(&prepared.model.path)))?;
    let mut history = History::new(&trainer.graph, &sampler, job);
    let own = Kept::for_arms(1);
    let kept = place.kept.unwrap_or(&own);
    history.notes.extend(keep_frozen(&mut trainer, kept, &sampler, &prepared));
    let mut first = 0;
    if let Some(state) = checkpoint::read(place.cache, &key, &trainer) {
        first = state.step;
        history.losses = state.losses;
        history.flat_groups = state.flat_groups;
        trainer.values = state.values;
        trainer.adam = state.adam;
    }
    let mut kept = Instant::now();
    for step in first..job.recipe.steps {
        let groups = sampler.step(step, job.recipe.groups, job.recipe.teacher_scale);
        let found = trainer.step(step, job.data, &groups).map_err(|e| e.at(Place::file(&prepared.model.path)))?;
        history.losses.push(found.loss);
        history.flat_groups += found.flat;
        progress(Tick { step: step + 1, steps: job.recipe.steps, loss: history.recent_loss() });
        if kept.elapsed() >= place.checkpoint_every && step + 1 < job.recipe.steps {
            checkpoint::write(place.cache, &key, step + 1, &trainer, &history)?;
            kept = Instant::now();
        }
    }
    trainer.check_finite(job.recipe.steps)?;
    if history.losses.iter().all(Option::is_none) {
        history.notes.push("nothing was learned: the teacher scores all candidates of every group alike".to_owned());
    }
    let folder = save::folder(place.cache, &key);
    save::save(&prepared, &trainer, &history, &folder)?;
    checkpoint::remove(place.cache, &key);
    Ok(Trained { folder, history })
}

/// Lets the outputs of frozen layers be kept where that pays, and says what is done.
fn keep_frozen<'a>(
    trainer: &mut Trainer<'a>,
    kept: &'a Kept,
    sampler: &Sampler,
    prepared: &Prepared,
) -> Option<String> {
    let layers = trainer.graph.frozen.clone()?;
    let Some(prefix) = &trainer.graph.prefix else {
        return Some(format!("{layers} frozen, and computed anew in every step: no single value leads out of them"));
    };
    let architecture = prepared.description.recipe.architecture;
    let reuse = Reuse::of(sampler, trainer.recipe, architecture);
    if kept.pays(&reuse) {
        kept.begin(prepared.description.digest, &prefix.value);
        trainer.kept = Some(kept);
    }
    Some(format!("seed {}: {}", sampler.seed(), reuse.in_words(&layers, architecture)))
}
