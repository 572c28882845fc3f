//! Students were trained here, and their loss hardly fell.
//!
//! # What it looks at
//! For each trained arm, the mean loss over the first tenth of the steps and over the last, over all seeds.
//!
//! # Why it matters
//! A student that has learned nothing gains nothing, on collections that the teacher has seen as little as on others. The
//! gate then passes for lack of anything to see, and not because the teacher is clean.
//!
//! # Example
//! A cross-encoder with a fresh head stays on a plateau for its first few hundred steps, at which its scores are about
//! constant; then its loss falls quickly. After 300 steps it has learned next to nothing, after 1,000 much.
//!
//! # What to do
//! Give it more `steps`, or start from a student that ranks already. A loss that stands still from the first step on may
//! also mean a learning rate that is far too high or too low, or a `train` that leaves too little to learn with.
//!
//! # References
//! `docs/distilling.md`, "What to expect".

use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, TrainedArm};

pub(super) const ID: &str = "nothing-learned";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Warn;

/// A loss that fell by less than this share has hardly fallen: it moves by half of it from one stretch to the next.
const HARDLY: f64 = 0.10;

/// With fewer steps a tenth of them is too few to tell.
const LEAST_STEPS: usize = 50;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let Some(training) = &facts.training else { return Vec::new() };
    training.arms.iter().map(|arm| of(arm, training.recipe.steps)).collect()
}

fn of(arm: &TrainedArm, steps: usize) -> Case {
    let losses: Vec<(f64, f64)> =
        arm.students.iter().filter_map(|s| Some((s.loss_at_start?, s.loss_at_end?))).collect();
    if steps < LEAST_STEPS || losses.is_empty() {
        return Case::not_applicable(&arm.name, format!("{steps} steps are too few to tell whether a loss falls"));
    }
    let mean = |of: fn(&(f64, f64)) -> f64| losses.iter().map(of).sum::<f64>() / losses.len() as f64;
    let (start, end) = (mean(|loss| loss.0), mean(|loss| loss.1));
    let said = format!("its loss went from {start:.3} to {end:.3} in {steps} steps");
    // A loss of nothing at the start cannot fall.
    if start <= 0.0 || end < (1.0 - HARDLY) * start {
        return Case::passed(&arm.name, said);
    }
    Case::found(
        &arm.name,
        Finding::new(
            format!("{said}: it has learned next to nothing, so what it gains says nothing of its teacher"),
            "more steps in [distill], or a student before that ranks already; a fresh cross-encoder takes about a thousand",
        ),
    )
}
