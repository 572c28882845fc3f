//! Ten steps against the same ten steps in PyTorch, in float64: `fixtures/distill/make.py`.

use super::toy::{student, teach, tensors};
use crate::config::Distill;
use crate::distill::sample::Sampler;
use crate::distill::{Recipe, TrainingData};
use crate::runs::{Scored, by_rank};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Set, the groups are written to the fixture rather than compared with it.
const WRITE: &str = "DISTILGATE_WRITE_FIXTURES";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/distill").join(name)
}

/// `steps.json`.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Steps {
    recipe: Recipe,
    steps: Vec<Vec<Group>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Group {
    query: String,
    documents: Vec<String>,
    teacher: Vec<f32>,
}

/// `expected.json`, for each model.
#[derive(Deserialize)]
struct Expected {
    losses: Vec<f64>,
    weights: Vec<Weight>,
}

#[derive(Deserialize)]
struct Weight {
    name: String,
    shape: Vec<usize>,
    /// Its gradient is zero in theory. Ours is so but for rounding, which Adam blows up to the size of a step.
    idle: bool,
}

fn recipe() -> Recipe {
    let rate = Distill { learning_rate: 2e-3, warm_up: 0.2, weight_decay: 0.1, ..Distill::default() };
    let settings = Distill { groups: 2, candidates: 3, max_length: None, ..rate };
    Recipe::of(&settings, 10)
}

/// The texts of `fixtures/models`, with empty ones, and others that are cut; and scores that mean nothing.
fn data() -> TrainingData {
    let texts = student("texts.json");
    let mut texts: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_slice(&fs::read(texts).unwrap()).unwrap();
    let mut data = TrainingData {
        documents: texts
            .remove("documents")
            .unwrap()
            .into_iter()
            .map(|(id, text)| (id.as_str().into(), text))
            .collect(),
        queries: texts.remove("queries").unwrap().into_iter().map(|(id, text)| (id.as_str().into(), text)).collect(),
        ..TrainingData::default()
    };
    for (q, query) in data.queries.keys().enumerate() {
        let score = |d: usize| ((d * 3 + q * 2) % 7) as f64;
        let mut list: Vec<Scored> =
            data.documents.keys().enumerate().map(|(d, id)| Scored { document: id.clone(), score: score(d) }).collect();
        list.sort_by(by_rank);
        data.teacher.queries.insert(query.clone(), list);
    }
    data
}

fn groups(data: &TrainingData) -> Steps {
    let recipe = recipe();
    let sampler = Sampler::new(data, recipe.candidates, 1).unwrap();
    let of_step = |step| {
        let groups = sampler.step(step, recipe.groups, recipe.teacher_scale).into_iter();
        let group = |group: crate::distill::sample::Group| Group {
            query: group.query.to_string(),
            documents: group.documents.iter().map(ToString::to_string).collect(),
            teacher: group.teacher,
        };
        groups.map(group).collect()
    };
    Steps { steps: (0..recipe.steps).map(of_step).collect(), recipe }
}

#[test]
fn the_reference_learned_from_what_the_sampler_picks() {
    let found = groups(&data());
    if std::env::var_os(WRITE).is_some() {
        let text = serde_json::to_string(&found).unwrap();
        fs::write(fixture("steps.json"), text.replace("[{\"query", "\n[{\"query") + "\n").unwrap();
    }
    let stored: Steps = serde_json::from_slice(&fs::read(fixture("steps.json")).unwrap()).unwrap();
    assert_eq!(found, stored);
}

fn length(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.map(|x| x * x).sum::<f64>().sqrt()
}

#[test]
fn losses_and_weights_are_those_of_pytorch() {
    let mut expected: BTreeMap<String, Expected> =
        serde_json::from_slice(&fs::read(fixture("expected.json")).unwrap()).unwrap();
    let (data, recipe) = (data(), recipe());
    for (name, file, threads) in [("cross-one", "model.onnx", 2), ("bi-mean", "onnx/model.onnx", 1)] {
        let expected = expected.remove(name).unwrap();
        let taught = teach(name, &data, &recipe, 1, threads).unwrap();
        let losses = taught.trained.history.finite_losses();
        let off = losses.iter().zip(&expected.losses).map(|(a, b)| (a - b).abs() / b).fold(0.0, f64::max);
        assert!(losses.len() == expected.losses.len() && off < LOSSES, "{name}: {losses:?} and {:?}", expected.losses);

        let (before, after) = (tensors(&student(name).join(file)), tensors(&taught.trained.folder.join(file)));
        let bytes = fs::read(fixture(&format!("{name}.bin"))).unwrap();
        let mut numbers = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
        let mut worst = (0.0, "");
        for weight in &expected.weights {
            let size: usize = weight.shape.iter().product();
            let theirs: Vec<f32> = numbers.by_ref().take(size).collect();
            let (before, ours) = (&before[&weight.name], &after[&weight.name]);
            assert!(theirs.len() == size && ours.len() == size, "{name}: {}", weight.name);
            let moved = length(theirs.iter().zip(before).map(|(a, b)| f64::from(*a) - f64::from(*b)));
            let apart = length(theirs.iter().zip(ours).map(|(a, b)| f64::from(*a) - f64::from(*b)));
            if weight.idle {
                // No further than ten steps can carry every one of its numbers.
                assert!(apart <= 10.0 * recipe.learning_rate * (size as f64).sqrt(), "{name}: {} {apart}", weight.name);
                continue;
            }
            assert!(apart < WEIGHTS * moved, "{name}: {} is off by {apart} of {moved}", weight.name);
            if apart / moved > worst.0 {
                worst = (apart / moved, &weight.name);
            }
        }
        assert!(numbers.next().is_none());
        eprintln!(
            "{name}: losses off by {off:.1e} at most, changes of weights by {:.1e} at most ({})",
            worst.0, worst.1
        );
    }
}

/// How far a loss may be off, relative to it.
const LOSSES: f64 = 1e-4;
/// How far a weight may be off, relative to how far PyTorch moved it.
const WEIGHTS: f64 = 1e-2;
