//! A lesson that a model of two layers can learn by heart: few texts, and scores that have nothing to do with them.

use crate::cache::Cache;
use crate::collection::{DocumentId, QueryId};
use crate::config::{Distill, ModelOptions, Pooling};
use crate::distill::{Job, Recipe, Trained, TrainingData, Workplace, train};
use crate::error::Result;
use crate::onnx::{Model, runtime_for_tests as runtime};
use crate::ranker::Ranker;
use crate::runs::{Run, Scored, by_rank};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Words that the tokenizers of the fixtures know.
const WORDS: [&str; 32] = [
    "cat", "dog", "mat", "sat", "sun", "moon", "star", "light", "energy", "water", "food", "search", "rank", "query",
    "document", "score", "model", "student", "plant", "leaf", "green", "sugar", "make", "turn", "the", "of", "to",
    "and", "why", "how", "what", "on",
];

/// So many queries, each with scores of all of so many documents of `words` words.
pub fn lesson(queries: usize, documents: usize, words: usize) -> TrainingData {
    let text = |seed: usize, words: usize| -> String {
        (0..words).map(|at| WORDS[(seed * 11 + at * (seed % 5 + 3)) % WORDS.len()]).collect::<Vec<_>>().join(" ")
    };
    let document = |d: usize| DocumentId::new(format!("d{d:02}"));
    let mut data = TrainingData::default();
    for d in 0..documents {
        data.documents.insert(document(d), text(d + 1, words));
    }
    for q in 0..queries {
        let query = QueryId::new(format!("q{q}"));
        data.queries.insert(query.clone(), text(q + 100, 4));
        // Every score once: 7 and the number of documents have no divisor in common.
        let score = |d: usize| ((d * 7 + q * 5) % documents) as f64;
        let mut list: Vec<Scored> = (0..documents).map(|d| Scored { document: document(d), score: score(d) }).collect();
        list.sort_by(by_rank);
        data.teacher.queries.insert(query, list);
    }
    data
}

/// A recipe for such a lesson: all documents of three queries in every step.
pub fn recipe(loss: &str, steps: usize) -> Recipe {
    let settings =
        Distill { loss: loss.to_owned(), groups: 3, candidates: 6, learning_rate: 3e-3, ..Distill::default() };
    Recipe::of(&settings, steps)
}

/// A model of the fixtures.
pub fn student(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models").join(name)
}

/// What the folder of a fixture does not say.
pub fn options(name: &str) -> ModelOptions {
    match name {
        "bi-cls" => ModelOptions { pooling: Some(Pooling::Cls), ..ModelOptions::default() },
        _ => ModelOptions::default(),
    }
}

/// A student, and the cache that it lies in.
pub struct Taught {
    pub trained: Trained,
    pub cache: TempDir,
}

/// Trains a model of the fixtures in a cache of its own.
pub fn teach(name: &str, data: &TrainingData, recipe: &Recipe, seed: u64, threads: usize) -> Result<Taught> {
    let cache = TempDir::new().unwrap();
    let path = student(name);
    let job = Job { student: &path, options: &options(name), data, recipe, seed };
    let place = Cache::new(cache.path());
    let trained = train(&job, &Workplace::new(runtime(), &place, threads), &mut |_| ())?;
    Ok(Taught { trained, cache })
}

/// What a student says of all the teacher's pairs.
pub fn scores(folder: &Path, name: &str, data: &TrainingData) -> Run {
    let mut ranker = Ranker::open(runtime(), folder, &options(name), 1).unwrap();
    ranker.score(&data.queries, &data.teacher, &data.documents, &mut |_, _| ()).unwrap().run
}

/// The share of pairs of documents that a student puts in the teacher's order.
pub fn agreement(run: &Run, data: &TrainingData) -> f64 {
    let (mut agree, mut all) = (0, 0);
    for (query, list) in &data.teacher.queries {
        let place = |document: &DocumentId| run.ranking(query).iter().position(|s| s.document == *document).unwrap();
        for (better, worse) in
            list.iter().enumerate().flat_map(|(at, better)| list[at + 1..].iter().map(move |w| (better, w)))
        {
            all += 1;
            agree += usize::from(place(&better.document) < place(&worse.document));
        }
    }
    f64::from(agree as u32) / f64::from(all)
}

/// Every tensor of a model by name, as bytes.
pub fn tensors(model: &Path) -> BTreeMap<String, Vec<f32>> {
    let model = Model::read(model).unwrap();
    let tensors = model.graph().initializer.iter();
    tensors.map(|tensor| (tensor.name().to_owned(), crate::autodiff::f32s(tensor))).collect()
}
