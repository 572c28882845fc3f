//! Trains a student for some steps and says how long each took: the Rust side of `benches/training.py`.
//!
//! `training MODEL QUERIES CORPUS SCORES [--steps N] [--groups N] [--candidates N] [--threads N] [--max-length N]
//! [--train WHAT] [--dump GROUPS.json]`. One line of JSON: the seconds and the processor's seconds at the end of
//! each step, and the largest memory in kB. With `--dump` the texts of every step are written, for others to train on
//! the same, and nothing is trained.

use distilgate::cache::{Cache, default_folder};
use distilgate::config::{Distill, ModelOptions};
use distilgate::distill::{self, Job, Recipe, Sampler, TestQueries, TrainingFiles, Workplace};
use distilgate::onnx::{Runtime, Search};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

#[allow(clippy::print_stdout, reason = "what a program that measures is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let value = |flag: &str| arguments.iter().skip_while(|argument| *argument != flag).nth(1);
    let number = |flag: &str, default: usize| value(flag).map_or(Ok(default), |text| text.parse::<usize>());
    let [model, queries, corpus, scores, ..] = arguments.as_slice() else {
        println!("usage: training MODEL QUERIES CORPUS SCORES [--steps N] [--groups N] [--candidates N] ...");
        return Ok(());
    };
    let config = Distill {
        groups: number("--groups", 4)?,
        candidates: number("--candidates", 8)?,
        max_length: value("--max-length").map(|text| text.parse()).transpose()?,
        train: value("--train").map_or(Ok(distilgate::config::Train::All), |text| text.parse())?,
        ..Distill::default()
    };
    let recipe = Recipe::of(&config, number("--steps", 20)?);
    let files = TrainingFiles {
        queries: PathBuf::from(queries),
        corpus: PathBuf::from(corpus),
        scores: PathBuf::from(scores),
        format: None,
    };
    let training = distill::read(&files, &TestQueries::default(), recipe.candidates)?;
    if let Some(path) = value("--dump") {
        return dump(Path::new(path), &training.data, &recipe);
    }
    let search = Search::from_environment(&default_folder(|name| env::var_os(name))?, false);
    let runtime = Runtime::get(&search, &mut |_| ())?;
    let folder = env::temp_dir().join(format!("distilgate-bench-{}", std::process::id()));
    let cache = Cache::new(&folder);
    let mut place = Workplace::new(runtime, &cache, number("--threads", 2)?);
    place.checkpoint_every = Duration::MAX;
    let options = ModelOptions::default();
    let job = Job { student: Path::new(model), options: &options, data: &training.data, recipe: &recipe, seed: 1 };
    let (start, mut ends, mut losses) = (Instant::now(), Vec::new(), Vec::new());
    distill::train(&job, &place, &mut |tick| {
        ends.push((start.elapsed().as_secs_f64(), processor_seconds()));
        losses.push(tick.loss);
    })?;
    fs::remove_dir_all(&folder)?;
    println!("{}", serde_json::json!({ "ends": ends, "losses": losses, "peak_kb": status("VmHWM:") }));
    Ok(())
}

/// The texts and scores of every step.
fn dump(path: &Path, data: &distill::TrainingData, recipe: &Recipe) -> Result<(), Box<dyn Error>> {
    let sampler = Sampler::new(data, recipe.candidates, 1)?;
    let group = |group: &distill::Group| {
        let documents: Vec<&String> = group.documents.iter().map(|id| &data.documents[*id]).collect();
        serde_json::json!({ "query": data.queries[group.query], "documents": documents, "teacher": group.teacher })
    };
    let steps: Vec<Vec<_>> = (0..recipe.steps)
        .map(|step| sampler.step(step, recipe.groups, recipe.teacher_scale).iter().map(group).collect())
        .collect();
    fs::write(path, serde_json::to_vec(&steps)?)?;
    Ok(())
}

/// The seconds that all threads have computed, from `/proc`; 0 where there is none.
fn processor_seconds() -> f64 {
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS
}

/// A number of `/proc/self/status`.
fn status(key: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}
