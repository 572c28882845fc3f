//! The report's frozen types of what was trained, version 1. Within a version fields are only added.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Students that were trained here, all with one recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Training {
    /// The student that every arm starts from, as the configuration names it.
    pub student: String,
    /// The recipe in words; `config` holds it in full.
    pub recipe: String,
    /// Updates of the weights, for every arm and seed.
    pub steps: usize,
    /// Queries in a step.
    pub groups: usize,
    /// Candidates of each query in a step.
    pub candidates: usize,
    /// A student of every arm was trained for each of these.
    pub seeds: Vec<u64>,
    /// Queries of the training file.
    pub queries: usize,
    /// Those of them that the teacher scored nothing for.
    pub without_scores: usize,
    /// Training queries that are test queries, word for word: left out.
    pub test_copies: Vec<TestCopy>,
    /// Rows of the training scores that stand there again, with the same score: counted once.
    pub repeated_rows: u64,
    /// Documents that are used, with neither title nor text.
    pub empty_documents: usize,
    /// Weights that were trained, of each student.
    pub trained_weights: usize,
    /// All weights of each student.
    pub all_weights: usize,
    /// What was found out about the student and is worth saying.
    pub notes: Vec<String>,
    /// The arms.
    pub arms: Vec<TrainedArm>,
}

/// A training query that is a test query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestCopy {
    /// The training query.
    pub query: String,
    /// The collection that tests with it.
    pub collection: String,
    /// Its identifier there.
    pub test_query: String,
}

/// An arm whose students were trained here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrainedArm {
    /// Its name.
    pub name: String,
    /// What it learns from.
    pub learns_from: String,
    /// With which loss.
    pub loss: String,
    /// Training queries that are used.
    pub queries: usize,
    /// Scored documents of these queries.
    pub pairs: usize,
    /// Pairs of the teacher's lists that have no score here.
    pub missing_pairs: usize,
    /// Queries left out because all their scores are equal; of judgements: no document is relevant.
    pub equal_scores: usize,
    /// Queries left out because fewer documents are scored than a group takes.
    pub short_lists: usize,
    /// A student for each seed.
    pub students: Vec<TrainedStudent>,
}

/// A student that was trained here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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
