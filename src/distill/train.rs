//! Placeholder of this branch until training lands: types and signatures as agreed.

use super::{Recipe, TrainingData};
use crate::cache::{Cache, Key};
use crate::config::ModelOptions;
use crate::error::{Error, Result};
use crate::onnx::Runtime;
use crate::ranker::Ranker;
use std::path::{Path, PathBuf};

/// What is to be trained.
pub struct Job<'a> {
    /// The student as it was.
    pub student: &'a Path,
    /// How it is read.
    pub options: &'a ModelOptions,
    /// What it learns from.
    pub data: &'a TrainingData,
    /// How.
    pub recipe: &'a Recipe,
    /// The seed.
    pub seed: u64,
}

/// What it is trained with.
pub struct Workplace<'a> {
    /// ONNX Runtime.
    pub runtime: &'a Runtime,
    /// Where it is kept.
    pub cache: &'a Cache,
    /// Threads.
    pub threads: usize,
}

/// How far a training is.
pub struct Tick {
    /// Steps that are done.
    pub step: usize,
    /// Steps in all.
    pub steps: usize,
    /// The loss of the last step.
    pub loss: f64,
}

/// The losses of a training.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The loss of each step.
    pub losses: Vec<f64>,
}

/// A trained student.
#[derive(Clone, Debug)]
pub struct Trained {
    /// Its folder in the cache.
    pub folder: PathBuf,
    /// Its losses.
    pub history: History,
}

/// Trains.
pub fn train(_job: &Job, _workplace: &Workplace, _progress: &mut dyn FnMut(Tick)) -> Result<Trained> {
    Err(Error::surroundings("training is not in this build"))
}

/// The key of everything that determines the student.
pub fn key(job: &Job) -> Result<Key> {
    let digest = Ranker::check(job.student, job.options)?.digest;
    let recipe = serde_json::to_vec(job.recipe).expect("a recipe is plain data");
    Ok(Key::of("student/0").digest(&digest).bytes(&recipe).number(job.seed).build())
}

/// A student that was trained before.
pub fn trained(_key: &Key, _cache: &Cache) -> Option<Trained> {
    None
}
