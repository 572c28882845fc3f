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
pub fn train(job: &Job, workplace: &Workplace, progress: &mut dyn FnMut(Tick)) -> Result<Trained> {
    progress(Tick { step: 1, steps: 1, loss: 1.0 });
    let folder = workplace.cache.folder().join("students").join(key(job)?.to_string());
    for entry in walkdir::WalkDir::new(job.student).into_iter().flatten().filter(|e| e.file_type().is_file()) {
        let to = folder.join(entry.path().strip_prefix(job.student).unwrap_or(entry.path()));
        let made =
            std::fs::create_dir_all(to.parent().unwrap_or(&folder)).and_then(|()| std::fs::copy(entry.path(), &to));
        made.map_err(|e| Error::writing(&to, e))?;
    }
    Ok(Trained { folder, history: History { losses: vec![1.0] } })
}

/// The key of everything that determines the student.
pub fn key(job: &Job) -> Result<Key> {
    let digest = Ranker::check(job.student, job.options)?.digest;
    let recipe = serde_json::to_vec(job.recipe).expect("a recipe is plain data");
    Ok(Key::of("student/0")
        .digest(&digest)
        .bytes(&recipe)
        .number(job.seed)
        .bytes(format!("{:?}", job.data.teacher).as_bytes())
        .build())
}

/// A student that was trained before.
pub fn trained(key: &Key, cache: &Cache) -> Option<Trained> {
    let folder = cache.folder().join("students").join(key.to_string());
    folder.is_dir().then(|| Trained { folder, history: History { losses: vec![1.0] } })
}
