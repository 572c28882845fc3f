//! How a training went: plain facts for a report.

use super::graph::StudentGraph;
use super::sample::Sampler;
use super::train::Job;
use serde::{Deserialize, Serialize};

/// Steps that a mean loss is taken over.
const RECENT: usize = 20;

/// How a training went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The mean loss of every step, before its update; `None` where no group of it taught anything.
    pub losses: Vec<Option<f32>>,
    /// Groups that taught nothing, because the teacher says the same of all their candidates.
    pub flat_groups: usize,
    /// Training queries that groups were sampled from.
    pub queries: usize,
    /// Training queries with too few scored documents.
    pub too_short: usize,
    /// Weights that were trained, of all.
    pub trained_weights: usize,
    /// All weights.
    pub all_weights: usize,
    /// The seed.
    pub seed: u64,
    /// What was found out about the student and is worth saying.
    pub notes: Vec<String>,
}

impl History {
    pub(super) fn new(graph: &StudentGraph, sampler: &Sampler, job: &Job) -> History {
        let count = |only_trained: bool| {
            graph.weights.iter().filter(|w| w.trained || !only_trained).map(super::graph::Weight::len).sum()
        };
        History {
            losses: Vec::new(),
            flat_groups: 0,
            queries: sampler.queries(),
            too_short: sampler.too_short,
            trained_weights: count(true),
            all_weights: count(false),
            seed: job.seed,
            notes: Vec::new(),
        }
    }

    /// The losses of the steps that had one.
    pub fn finite_losses(&self) -> Vec<f64> {
        self.losses.iter().flatten().map(|loss| f64::from(*loss)).collect()
    }

    /// The mean loss of the first steps; NaN if there is none.
    pub fn first_loss(&self) -> f32 {
        mean(&self.losses[..self.losses.len().min(RECENT)])
    }

    /// The mean loss of the last steps; NaN if there is none.
    pub fn recent_loss(&self) -> f32 {
        mean(&self.losses[self.losses.len().saturating_sub(RECENT)..])
    }
}

fn mean(losses: &[Option<f32>]) -> f32 {
    let found: Vec<f32> = losses.iter().flatten().copied().collect();
    found.iter().sum::<f32>() / found.len() as f32
}
