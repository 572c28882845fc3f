//! What was trained, from what, and what was left out of it.

use crate::distill::{History, LessonReport, Recipe, TrainingReport};
use serde::{Deserialize, Serialize};

/// Students that were trained here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingFacts {
    /// The student that every arm starts from, as the user named it.
    pub student: String,
    /// How they were trained, the same for every arm.
    pub recipe: Recipe,
    /// A student of every arm was trained for each of these.
    pub seeds: Vec<u64>,
    /// What was left out of the files.
    pub report: TrainingReport,
    /// Weights that were trained, and all weights, of each student.
    pub weights: (usize, usize),
    /// What was found out about the student and is worth saying.
    pub notes: Vec<String>,
    /// The arms.
    pub arms: Vec<TrainedArm>,
}

/// An arm whose students were trained here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainedArm {
    /// `after`, `redistilled`, `reference.NAME`; with another loss than the first `after+LOSS` and so on.
    pub name: String,
    /// What it learns from, in words.
    pub learns_from: String,
    /// The loss; another than the recipe's for an arm that is shown beside.
    pub loss: String,
    /// The scores that it learns from, in numbers.
    pub lesson: LessonReport,
    /// A student for each seed.
    pub students: Vec<TrainedStudent>,
}

/// A student that was trained here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainedStudent {
    /// The seed.
    pub seed: u64,
    /// The digest of everything that determines its weights.
    pub key: String,
    /// Groups that taught nothing, because all their candidates have the same score.
    pub flat_groups: usize,
    /// The mean loss over the first tenth of the steps.
    pub loss_at_start: Option<f64>,
    /// The mean loss over the last tenth of the steps.
    pub loss_at_end: Option<f64>,
}

impl TrainedStudent {
    /// A student from how its training went.
    pub fn of(key: String, history: &History) -> TrainedStudent {
        TrainedStudent {
            flat_groups: history.flat_groups,
            ..TrainedStudent::with(history.seed, key, &history.finite_losses())
        }
    }

    /// A student from the loss of each of its steps.
    fn with(seed: u64, key: String, losses: &[f64]) -> TrainedStudent {
        let tenth = losses.len().div_ceil(10);
        let mean = |losses: &[f64]| (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / losses.len() as f64);
        TrainedStudent {
            seed,
            key,
            flat_groups: 0,
            loss_at_start: mean(&losses[..tenth]),
            loss_at_end: mean(&losses[losses.len() - tenth..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_means_over_a_tenth_of_the_steps() {
        for (losses, start, end) in [
            (vec![], None, None),
            (vec![3.0], Some(3.0), Some(3.0)),
            ((0..20).map(f64::from).collect(), Some(0.5), Some(18.5)),
        ] {
            let student = TrainedStudent::with(1, String::new(), &losses);
            assert_eq!((student.loss_at_start, student.loss_at_end), (start, end));
        }
    }
}
