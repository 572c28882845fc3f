//! What was trained here: from facts to the report's types, and in the lines that people read.

use super::v1_training::{TestCopy, TrainedArm, TrainedStudent, Training};
use crate::checks::wording::count;
use crate::distill::Recipe;
use crate::facts::{self, TrainingFacts};
use std::collections::BTreeSet;

/// The report's types.
pub fn build(facts: &TrainingFacts) -> Training {
    Training {
        student: facts.student.clone(),
        recipe: in_words(&facts.recipe),
        steps: facts.recipe.steps,
        groups: facts.recipe.groups,
        candidates: facts.recipe.candidates,
        seeds: facts.seeds.clone(),
        queries: facts.report.queries,
        without_scores: facts.report.without_scores,
        test_copies: facts.report.test_copies.iter().map(copy).collect(),
        repeated_rows: facts.report.repeated_rows,
        empty_documents: facts.report.empty_documents,
        trained_weights: facts.weights.0,
        all_weights: facts.weights.1,
        notes: facts.notes.clone(),
        arms: facts.arms.iter().map(arm).collect(),
    }
}

fn copy(copy: &crate::distill::TestCopy) -> TestCopy {
    TestCopy {
        query: copy.query.to_string(),
        collection: copy.collection.clone(),
        test_query: copy.test_query.to_string(),
    }
}

fn arm(arm: &facts::TrainedArm) -> TrainedArm {
    let student = |student: &facts::TrainedStudent| TrainedStudent {
        seed: student.seed,
        key: student.key.clone(),
        flat_groups: student.flat_groups,
        loss_at_start: student.loss_at_start,
        loss_at_end: student.loss_at_end,
    };
    TrainedArm {
        name: arm.name.clone(),
        learns_from: arm.learns_from.clone(),
        loss: arm.loss.clone(),
        queries: arm.lesson.queries,
        pairs: arm.lesson.pairs,
        missing_pairs: arm.lesson.missing_pairs,
        equal_scores: arm.lesson.equal_scores,
        short_lists: arm.lesson.short_lists,
        students: arm.students.iter().map(student).collect(),
    }
}

/// `margin-mse, 300 steps of 4 queries with 8 candidates each, learning rate 0.0001, all weights`.
fn in_words(recipe: &Recipe) -> String {
    let weights = match recipe.train.to_string().as_str() {
        "all" => "all weights".to_owned(),
        part => format!("only {part}"),
    };
    format!(
        "{}, {} of {} with {} each, learning rate {}, {weights}",
        recipe.loss,
        count(recipe.steps, "step", "steps"),
        count(recipe.groups, "query", "queries"),
        count(recipe.candidates, "candidate", "candidates"),
        recipe.learning_rate
    )
}

/// What was trained, a line for the recipe and one for each arm.
pub fn lines(training: &Training) -> Vec<String> {
    let seeds: Vec<String> = training.seeds.iter().map(u64::to_string).collect();
    let seeds = match seeds.as_slice() {
        [one] => format!("seed {one}"),
        several => format!("seeds {}", several.join(", ")),
    };
    let mut lines = vec![format!("Trained here from {}: {}; {seeds}", training.student, training.recipe)];
    lines.extend(training.arms.iter().map(|arm| of_arm(training, arm)));
    lines.extend(training.notes.iter().cloned());
    lines
}

/// `after: the teacher's scores, 1109 queries and 55450 pairs; without 2 copies of test queries; loss 12.30 to 8.87`.
fn of_arm(training: &Training, arm: &TrainedArm) -> String {
    let copies: BTreeSet<&String> = training.test_copies.iter().map(|copy| &copy.query).collect();
    let left_out = [
        (copies.len(), "copy of a test query", "copies of test queries"),
        (arm.equal_scores, "query whose scores are all equal", "queries whose scores are all equal"),
        (arm.short_lists, "query with too few documents for a group", "queries with too few documents for a group"),
        (arm.missing_pairs, "pair of the teacher's without a score", "pairs of the teacher's without a score"),
    ];
    let left_out: Vec<String> =
        left_out.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| count(n, one, many)).collect();
    let without = match left_out.is_empty() {
        true => String::new(),
        false => format!("; without {}", left_out.join(", ")),
    };
    let losses: Vec<String> =
        arm.students.iter().filter_map(|s| Some(format!("{:.3} to {:.3}", s.loss_at_start?, s.loss_at_end?))).collect();
    let losses = match losses.is_empty() {
        true => String::new(),
        false => format!("; loss {}", losses.join(", ")),
    };
    format!(
        "{}: {}, {} and {}{without}{losses}",
        arm.name,
        arm.learns_from,
        count(arm.queries, "query", "queries"),
        count(arm.pairs, "pair", "pairs")
    )
}
