//! One whole step: what it says the gradient is, is what the loss does.

#![allow(clippy::print_stderr, reason = "the figures are shown with --nocapture")]

use super::*;
use crate::distill::sample::Sampler;
use crate::distill::tests::toy::{lesson, options, recipe, student};
use crate::onnx::runtime_for_tests as runtime;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A lesson of long texts, so that a step has several micro-batches for each worker; three groups of two queries, so
/// that a query comes twice, and every group has documents of the others.
const LENGTH: usize = 30;

fn data() -> TrainingData {
    lesson(2, 26, LENGTH)
}

fn long(loss: &str) -> Recipe {
    Recipe { candidates: 22, groups: 3, ..recipe(loss, 10) }
}

/// Loss and gradient of the first step, at some weights.
fn at(trainer: &mut Trainer, data: &TrainingData, groups: &[Group], values: &[f32]) -> (f64, Vec<f32>) {
    trainer.values = values.to_vec();
    trainer.adam = AdamW::new(&trainer.graph.weights, &trainer.workers[0].sums);
    let loss = trainer.step(0, data, groups).unwrap().loss.unwrap();
    let mut gradient = trainer.workers[0].sums.values.clone();
    gradient.truncate(trainer.graph.weights.iter().filter(|w| w.trained).map(|w| w.len()).sum());
    (f64::from(loss), gradient)
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

/// How far apart two gradients are, relative to the first.
fn apart(a: &[f32], b: &[f32]) -> f64 {
    let difference: Vec<f32> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    (dot(&difference, &difference) / dot(a, a)).sqrt()
}

/// What a loss does along random directions, by central differences and by the gradient.
fn along_random_directions(name: &str, loss: &str) -> f64 {
    let (data, recipe) = (data(), long(loss));
    let prepared = Prepared::read(&student(name), &options(name)).unwrap();
    let mut trainer = Trainer::new(runtime(), &prepared, &recipe, 2).unwrap();
    let sampler = Sampler::new(&data, recipe.candidates, 1).unwrap();
    let groups = sampler.step(0, recipe.groups, 1.0);
    let start = trainer.values.clone();
    let (value, gradient) = at(&mut trainer, &data, &groups, &start);
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let (mut found, mut said) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        let direction: Vec<f32> =
            gradient.iter().map(|_| if random.next_u32() & 1 == 0 { 1.0 } else { -1.0 }).collect();
        // Along the gradient itself a step of this length changes the loss by a tenth.
        let step = 0.1 * value / (dot(&gradient, &gradient) * gradient.len() as f64).sqrt();
        let mut moved = |by: f64| {
            let values = start.iter().zip(direction.iter().chain(std::iter::repeat(&0.0)));
            let values: Vec<f32> = values.map(|(w, d)| (f64::from(*w) + by * f64::from(*d)) as f32).collect();
            at(&mut trainer, &data, &groups, &values).0
        };
        found.push(((moved(step) - moved(-step)) / (2.0 * step)) as f32);
        said.push(dot(&gradient, &direction) as f32);
    }
    let error = apart(&said, &found);
    eprintln!("{name}, {loss}: the gradient says {said:?}, the loss does {found:?}, off by {error:.1e}");
    error
}

#[test]
fn a_step_of_several_groups_parts_and_workers_has_the_gradient_of_its_loss() {
    for (name, loss) in
        [("cross-one", "margin-mse"), ("cross-two", "kl"), ("bi-mean", "margin-mse"), ("bi-cls", "listnet")]
    {
        assert!(along_random_directions(name, loss) < 3e-3, "{name}, {loss}");
    }
}

#[test]
fn the_gradient_does_not_depend_on_parts_or_workers() {
    let data = data();
    for name in ["cross-one", "bi-mean"] {
        let prepared = Prepared::read(&student(name), &options(name)).unwrap();
        let sampler = Sampler::new(&data, 22, 1).unwrap();
        let groups = sampler.step(0, 3, 1.0);
        let with = |accumulate, threads| {
            let recipe = Recipe { accumulate, ..long("margin-mse") };
            let mut trainer = Trainer::new(runtime(), &prepared, &recipe, threads).unwrap();
            let start = trainer.values.clone();
            at(&mut trainer, &data, &groups, &start)
        };
        let (loss, gradient) = with(1, 1);
        for (accumulate, threads) in [(1, 2), (2, 1), (3, 3)] {
            let (other_loss, other) = with(accumulate, threads);
            let error = apart(&gradient, &other);
            eprintln!(
                "{name}, {accumulate} parts, {threads} workers: gradient off by {error:.1e}, loss {loss} {other_loss}"
            );
            assert!(error < 1e-5 && (loss - other_loss).abs() < 1e-5 * loss, "{name}: {error}, {loss}, {other_loss}");
        }
    }
}

#[test]
fn a_step_has_several_micro_batches_for_each_worker_and_each_text_once() {
    let data = data();
    let recipe = long("kl");
    let sampler = Sampler::new(&data, recipe.candidates, 1).unwrap();
    let groups = sampler.step(0, recipe.groups, 1.0);
    let groups: Vec<&Group> = groups.iter().collect();
    for (name, rows) in [("cross-one", 66), ("bi-mean", 28)] {
        let prepared = Prepared::read(&student(name), &options(name)).unwrap();
        let trainer = Trainer::new(runtime(), &prepared, &recipe, 1).unwrap();
        let step = trainer.rows(&data, &groups).unwrap();
        let lengths: Vec<usize> = step.rows.iter().map(Vec::len).collect();
        assert!(step.rows.len() <= rows && step.rows.len() + 2 >= rows, "{name}: {}", step.rows.len());
        let plan = batches::plan(&lengths, 2);
        if name == "cross-one" {
            assert!(plan.iter().all(|batches| batches.len() > 1), "{plan:?}");
        }
    }
}

#[test]
fn a_flat_group_keeps_its_place_and_changes_nothing() {
    let mut data = lesson(3, 6, 5);
    let recipe = recipe("margin-mse", 2);
    let flat = data.queries.keys().next().unwrap().clone();
    data.teacher.queries.get_mut(&flat).unwrap().iter_mut().for_each(|scored| scored.score = 1.0);
    let prepared = Prepared::read(&student("cross-one"), &options("cross-one")).unwrap();
    let mut trainer = Trainer::new(runtime(), &prepared, &recipe, 1).unwrap();
    let sampler = Sampler::new(&data, 6, 1).unwrap();
    let groups = sampler.step(0, 3, 1.0);
    let start = trainer.values.clone();
    let (all, gradient) = at(&mut trainer, &data, &groups, &start);
    let without: Vec<Group> = groups.iter().filter(|group| *group.query != flat).cloned().collect();
    assert_eq!(without.len(), 2);
    assert_eq!((all, gradient), at(&mut trainer, &data, &without, &start));
    let only: Vec<Group> = groups.iter().filter(|group| *group.query == flat).cloned().collect();
    trainer.values.clone_from(&start);
    assert_eq!(trainer.step(0, &data, &only).unwrap(), Found { loss: None, flat: 1 });
    assert!(trainer.values == start);
}
