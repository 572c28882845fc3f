//! What is done, apart from the data: everything that the bytes of a student depend on.

use crate::config::{Distill, Train};
use serde::{Deserialize, Serialize};

/// How a student is trained. Two arms with the same recipe and seed see the same texts in the same order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The loss, or a mix, as the configuration writes it.
    pub loss: String,
    /// Updates of the weights.
    pub steps: usize,
    /// What is trained.
    pub train: Train,
    /// Queries in a step.
    pub groups: usize,
    /// Candidates of each query in a step.
    pub candidates: usize,
    /// Parts that a step's queries are worked through in.
    pub accumulate: usize,
    /// The learning rate at its highest.
    pub learning_rate: f64,
    /// The share of the steps in which it rises.
    pub warm_up: f64,
    /// AdamW's decay of weights.
    pub weight_decay: f64,
    /// The length that a gradient is scaled down to; 0 is never.
    pub clip: f64,
    /// The temperature of softmax losses.
    pub temperature: f64,
    /// What the teacher's scores are multiplied by.
    pub teacher_scale: f64,
    /// The most tokens of a text or pair; `None` is the student's own.
    pub max_length: Option<usize>,
}

impl Recipe {
    /// The recipe of a configuration, with this number of steps.
    pub fn of(config: &Distill, steps: usize) -> Recipe {
        Recipe {
            loss: config.loss.clone(),
            steps,
            train: config.train,
            groups: config.groups,
            candidates: config.candidates,
            accumulate: config.accumulate,
            learning_rate: config.learning_rate,
            warm_up: config.warm_up,
            weight_decay: config.weight_decay,
            clip: config.clip,
            temperature: config.temperature,
            teacher_scale: config.teacher_scale,
            max_length: config.max_length,
        }
    }

    /// The learning rate of a step, counted from 0: it rises in a line over the first share, then falls to 0.
    pub fn rate(&self, step: usize) -> f64 {
        let (step, steps) = (step as f64, self.steps as f64);
        let rising = (self.warm_up * steps).ceil();
        let share = if step < rising { (step + 1.0) / rising } else { (steps - step) / (steps - rising).max(1.0) };
        self.learning_rate * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_to_its_highest_and_falls_to_nearly_nothing() {
        let recipe = |steps, warm_up| Recipe {
            warm_up,
            ..Recipe::of(&Distill { learning_rate: 1.0, ..Distill::default() }, steps)
        };
        let rates = |recipe: &Recipe| (0..recipe.steps).map(|step| recipe.rate(step)).collect::<Vec<_>>();
        assert_eq!(rates(&recipe(4, 0.5)), [0.5, 1.0, 1.0, 0.5]);
        assert_eq!(rates(&recipe(4, 0.0)), [1.0, 0.75, 0.5, 0.25]);
        assert_eq!(rates(&recipe(1, 0.1)), [1.0]);
        assert!(rates(&recipe(300, 0.1)).iter().all(|rate| *rate > 0.0 && *rate <= 1.0));
    }
}
