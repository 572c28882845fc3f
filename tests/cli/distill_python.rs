//! A distilled student in Python: ONNX Runtime, Optimum and sentence-transformers load it and say what we say.

use super::distill::Lesson;
use super::support::fixtures;
use distilgate::config::{ModelOptions, Pooling};
use distilgate::onnx::{Runtime, Search};
use distilgate::ranker::Ranker;
use distilgate::runs::{Run, Scored};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// Names the Python to use; without it `python3`.
const PYTHON: &str = "DISTILGATE_PYTHON";

/// Texts of the lesson's words, one of them too long for the models; a pair is (query, document).
const QUERIES: [&str; 2] = ["what is the cat", "why does the sun make sugar"];
const DOCUMENTS: [&str; 4] = ["the moon and the plant", "light", "a dog sat on the mat", ""];

/// What `load.py` prints.
#[derive(Deserialize)]
struct Told {
    said: BTreeMap<String, Vec<f64>>,
    missing: BTreeMap<String, String>,
}

/// A Python that has what the script needs at least.
fn python() -> Option<String> {
    let python = std::env::var(PYTHON).unwrap_or_else(|_| "python3".to_owned());
    let imports = ["-c", "import numpy, onnxruntime, tokenizers"];
    let able = Command::new(&python).args(imports).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !able {
        eprintln!("skipped: {python} has no onnxruntime and tokenizers; {PYTHON} may name one that has");
    }
    able.then_some(python)
}

/// Scores of every query with every document, query after query.
fn ours(lesson: &Lesson, folder: &Path, options: &ModelOptions) -> Vec<f64> {
    let queries = QUERIES.iter().enumerate().map(|(q, text)| (format!("{q}").as_str().into(), (*text).to_owned()));
    let documents = DOCUMENTS.iter().enumerate().map(|(d, text)| (format!("{d}").as_str().into(), (*text).to_owned()));
    let (queries, documents): (BTreeMap<_, _>, BTreeMap<_, _>) = (queries.collect(), documents.collect());
    let list = || documents.keys().map(|d| Scored { document: Clone::clone(d), score: 0.0 }).collect::<Vec<_>>();
    let candidates = Run { queries: queries.keys().map(|q| (Clone::clone(q), list())).collect() };
    let cache = lesson.cache();
    let named = Some(("the test".to_owned(), lesson.library.clone().into()));
    let search = Search { named, ..Search::from_environment(&cache, true) };
    let runtime = Runtime::get(&search, &mut |_| ()).unwrap();
    let mut ranker = Ranker::open(runtime, folder, options, 1).unwrap();
    let run = ranker.score(&queries, &candidates, &documents, &mut |_, _| ()).unwrap().run;
    let score = |q, d: &_| run.ranking(q).iter().find(|scored| scored.document == *d).unwrap().score;
    queries.keys().flat_map(|q| documents.keys().map(|d| score(q, d)).collect::<Vec<_>>()).collect()
}

fn theirs(python: &str, folder: &Path, architecture: &str, max_length: &str, pooling: &str) -> Told {
    let pairs: Vec<(&str, &str)> = QUERIES.iter().flat_map(|q| DOCUMENTS.map(|d| (*q, d))).collect();
    let mut child = Command::new(python)
        .arg(fixtures().join("distill/load.py"))
        .args([folder.to_str().unwrap(), architecture, max_length, pooling])
        .envs([("HF_HUB_OFFLINE", "1"), ("PYTHONDONTWRITEBYTECODE", "1")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    serde_json::to_writer(child.stdin.take().unwrap(), &pairs).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "load.py failed for {}", folder.display());
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

#[test]
fn python_says_the_same_of_a_distilled_student() {
    let Some(python) = python() else { return };
    let lesson = Lesson::new();
    let cls = ModelOptions { pooling: Some(Pooling::Cls), ..ModelOptions::default() };
    for (student, architecture, max_length, pooling) in [
        ("bi-mean", "bi-encoder", "24", "mean"),
        ("bi-cls", "bi-encoder", "64", "cls"),
        ("cross-one", "cross-encoder", "40", "-"),
    ] {
        let ran = lesson.train(student, student, &["--steps", "4"]);
        assert_eq!(ran.code, 0, "{}", ran.all());
        let folder = lesson.path().join(student);
        let options = if pooling == "cls" { &cls } else { &ModelOptions::default() };
        let ours = ours(&lesson, &folder, options);
        let told = theirs(&python, &folder, architecture, max_length, pooling);
        told.missing.iter().for_each(|(way, why)| eprintln!("{student}: not loaded with {way}: {why}"));
        assert!(told.said.contains_key("plain"));
        for (way, said) in told.said {
            let apart = ours.iter().zip(&said).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            eprintln!("{student}: {way} is {apart:.1e} off");
            assert!(said.len() == ours.len() && apart < 1e-4, "{student}, {way}: {ours:?} and {said:?}");
        }
    }
}
