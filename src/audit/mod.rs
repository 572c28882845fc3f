//! From a configuration to facts: reads, scores, measures.
//!
//! The steps, in order, each a file: what is asked for ([`request`]), the collections and which of their queries
//! count ([`gather`]), the scores of every arm ([`score`]), what is to be known of each arm ([`arms`]), the numbers
//! per query ([`outcomes`]), and the tests that decide ([`tests_that_decide`]). Nothing is judged here.

mod arms;
mod candidates;
mod gather;
mod holes;
mod material;
mod outcomes;
pub mod plan;
mod queries;
mod request;
mod residuals;
mod score;
mod tests_that_decide;

pub use request::{Purpose, Request, Scorer, Source};

use crate::cache::Cache;
use crate::config::Loaded;
use crate::error::Result;
use crate::facts::{Facts, TeacherFacts};
use std::time::Duration;

/// What an audit runs in.
#[derive(Debug)]
pub struct Surroundings {
    /// Where scores and ONNX Runtime are kept between runs.
    pub cache: Cache,
    /// Never use the network.
    pub offline: bool,
    /// Threads to score with.
    pub threads: usize,
}

/// Hears how far the audit is. The library prints nothing itself.
pub trait Progress {
    /// A new step begins: "scoring dl19 with before", and how many units it has, where that is known.
    fn step(&mut self, what: &str, units: Option<u64>);
    /// This many units of the step are done.
    fn done(&mut self, units: u64);
}

/// Nobody listens.
#[derive(Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&mut self, _what: &str, _units: Option<u64>) {}
    fn done(&mut self, _units: u64) {}
}

/// Everything that one audit gathers, and how long it took; durations never enter anything that is compared.
#[derive(Debug)]
pub struct Audited {
    /// What was gathered.
    pub facts: Facts,
    /// The runs that the arms were measured on, by arm, collection and seed, for `runs/`.
    pub runs: Vec<NamedRun>,
    /// How long it took.
    pub duration: Duration,
}

/// A run with the names of its arm and collection.
#[derive(Clone, Debug)]
pub struct NamedRun {
    /// The arm.
    pub arm: String,
    /// The collection.
    pub collection: String,
    /// The seed's number, from one, where there are several.
    pub seed: Option<usize>,
    /// The run.
    pub run: crate::runs::Run,
}

/// Runs the audit that a configuration asks for.
///
/// # Errors
/// Whatever keeps its inputs from being read, its models from being scored, or ONNX Runtime from being found.
pub fn run(loaded: &Loaded, surroundings: &Surroundings, progress: &mut dyn Progress) -> Result<Audited> {
    let start = std::time::Instant::now();
    let request = Request::of(loaded)?;
    let mut material = gather::gather(loaded, &request, progress)?;
    score::score(loaded, &request, surroundings, &mut material, progress)?;
    let mut arms = arms::describe(loaded, &request, &material);
    holes::note(&request, &material, &mut arms);
    let mut not_checked = std::mem::take(&mut material.not_checked);
    let outcomes = outcomes::all(&loaded.config.gate, &request, &material, &arms, &mut not_checked);
    let twins = tests_that_decide::twins(loaded, &outcomes);
    let tests = tests_that_decide::holm(loaded, &outcomes);
    let runs = material.named_runs(&request);
    let facts = Facts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config: loaded.config.clone(),
        config_path: loaded.path.display().to_string(),
        teacher: teacher(loaded),
        collections: material.collection_facts(loaded),
        shared_queries: material.shared_queries,
        arms,
        outcomes,
        twins,
        tests,
        not_checked,
        inputs: material.inputs,
        onnx_runtime: material.onnx_runtime,
        threads: surroundings.threads,
    };
    Ok(Audited { facts, runs, duration: start.elapsed() })
}

fn teacher(loaded: &Loaded) -> Option<TeacherFacts> {
    let teacher = loaded.config.teacher.as_ref()?;
    let name = if teacher.name.is_empty() { "without a name" } else { &teacher.name };
    Some(TeacherFacts {
        name: name.to_owned(),
        training_cutoff: teacher.training_cutoff,
        gives: teacher.gives,
        has_scores: teacher.scores.is_some() || teacher.model.is_some(),
    })
}
