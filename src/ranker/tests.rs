//! Rankers against what PyTorch says about the same models and texts: `fixtures/models/make.py`.

use super::*;
use crate::config::Pooling;
use crate::onnx::runtime_for_tests as runtime;
use crate::runs::Scored;
use std::fs;
use std::path::PathBuf;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models").join(name)
}

/// The texts of the fixtures, and every pair of them as candidates.
struct Texts {
    queries: BTreeMap<QueryId, String>,
    documents: BTreeMap<DocumentId, String>,
    candidates: Run,
}

fn texts() -> Texts {
    let mut all: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_slice(&fs::read(fixture("texts.json")).unwrap()).unwrap();
    let documents: BTreeMap<DocumentId, String> =
        all.remove("documents").unwrap().into_iter().map(|(id, text)| (DocumentId::new(id), text)).collect();
    let queries: BTreeMap<QueryId, String> =
        all.remove("queries").unwrap().into_iter().map(|(id, text)| (QueryId::new(id), text)).collect();
    let ranking = || documents.keys().map(|id| Scored { document: id.clone(), score: 0.0 }).collect();
    let candidates = Run { queries: queries.keys().map(|id| (id.clone(), ranking())).collect() };
    Texts { queries, documents, candidates }
}

/// PyTorch's scores of a model: a row per query, a column per document.
fn expected(name: &str) -> Vec<Vec<f64>> {
    let mut all: BTreeMap<String, Vec<Vec<f64>>> =
        serde_json::from_slice(&fs::read(fixture("expected.json")).unwrap()).unwrap();
    all.remove(name).unwrap()
}

fn score(name: &str, options: &ModelOptions) -> Scores {
    score_with(name, options, 1)
}

fn score_with(name: &str, options: &ModelOptions, threads: usize) -> Scores {
    let Texts { queries, documents, candidates } = texts();
    let open = Ranker::open(runtime(), &fixture(name), options, threads);
    let mut ranker = open.unwrap_or_else(|error| panic!("{name}: {error}"));
    ranker.score(&queries, &candidates, &documents, &mut |_, _| ()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn score_of(run: &Run, query: &QueryId, document: &DocumentId) -> f64 {
    run.ranking(query).iter().find(|scored| scored.document == *document).unwrap().score
}

/// What the folders of the fixtures do not say.
fn options(name: &str) -> ModelOptions {
    match name {
        "bi-cls" => ModelOptions { pooling: Some(Pooling::Cls), ..ModelOptions::default() },
        _ => ModelOptions::default(),
    }
}

const GOOD: [&str; 7] = ["bi-mean", "bi-cls", "bi-prompts", "bi-embedding", "cross-one", "cross-two", "cross-external"];

#[test]
fn scores_are_those_of_pytorch() {
    let Texts { queries, documents, .. } = texts();
    for name in GOOD {
        let run = score(name, &options(name)).run;
        let mut worst = 0.0f64;
        for (query, row) in queries.keys().zip(expected(name)) {
            for (document, expected) in documents.keys().zip(row) {
                let difference = (score_of(&run, query, document) - expected).abs();
                worst = worst.max(difference / expected.abs().max(1.0));
            }
        }
        assert!(worst < 1e-4, "{name}: {worst}");
    }
}
