//! What was found in the scores of one arm.

use crate::collection::QueryId;
use crate::ranker::Truncated;
use crate::runs::Coverage;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One ranker: a student, the teacher, or a reference's own scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmFacts {
    /// `before`, `after`, `redistilled`, `teacher`, `reference.NAME` (the student), `scorer.NAME` (a reference's own scores), `bm25`.
    pub name: String,
    /// Where its scores come from.
    pub source: ArmSource,
    /// Seeds of a student, or repeats of a noisy teacher.
    pub seeds: usize,
    /// What was found on each collection that it covers.
    pub collections: Vec<ArmOnCollection>,
    /// Collections that it does not cover, with the reason.
    pub missing: BTreeMap<String, String>,
}

impl ArmFacts {
    /// What was found on this collection.
    pub fn on(&self, collection: &str) -> Option<&ArmOnCollection> {
        self.collections.iter().find(|c| c.collection == collection)
    }
}

/// Where an arm's scores come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArmSource {
    /// Files that were given.
    Files,
    /// An ONNX model that was scored here, with what it was found to be.
    Model {
        /// The folder or file, as the user named it.
        path: String,
        /// `bi-encoder, mean pooling, cosine, 256 tokens at most`, say.
        description: String,
    },
    /// A program that was asked.
    Command {
        /// Its words, as the user gave them.
        command: String,
    },
    /// A student that was trained here, for each seed.
    Trained {
        /// The student that it was before, as the user named it.
        student: String,
        /// Whose scores it learnt from, in words.
        learns_from: String,
        /// What it was found to be.
        description: String,
    },
    /// BM25 over the collection.
    Bm25,
}

/// What was found in the scores of one arm on one collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmOnCollection {
    /// The collection.
    pub collection: String,
    /// Mean of each measure over the measured queries that are complete, and over seeds, by the measure's name; empty
    /// where no query is complete.
    pub measures: BTreeMap<String, f64>,
    /// The deciding measure of each measured query that is complete, averaged over seeds.
    pub by_query: BTreeMap<QueryId, f64>,
    /// How the scores lie; absent where there are none.
    pub histogram: Option<HistogramFacts>,
    /// Share of the judged among the first ten, over the same queries.
    pub judged_at_10: Option<f64>,
    /// What is scored and what is missing: of the candidates, or with finished runs of the measured queries.
    pub coverage: Coverage,
    /// Smallest and largest score.
    pub score_range: Option<(f64, f64)>,
    /// Share of pairs whose score is exactly the smallest or the largest of the whole collection.
    pub at_the_bounds: f64,
    /// Share of pairs whose score another pair of the same query has too.
    pub tied: f64,
    /// Queries of five and more documents that all have the same score.
    pub flat_queries: Vec<QueryId>,
    /// Queries whose scores are of one scale, and those of another.
    pub scales: Scales,
    /// Arms that order every measured query's documents as this one does.
    pub same_order: Vec<SameOrder>,
    /// The first stage, where this arm's scores are its scores, in order, over other documents.
    pub borrowed_from: Option<String>,
    /// Rows of its files that stand there again, with the same score: counted once.
    pub repeated_rows: u64,
    /// Texts that the model had to cut.
    pub truncated: Option<Truncated>,
}

/// How scores lie: counts in bins of equal width from the smallest to the largest, over all seeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HistogramFacts {
    /// The smallest score.
    pub low: f64,
    /// The largest score.
    pub high: f64,
    /// Documents that are judged relevant, by bin.
    pub relevant: Vec<u64>,
    /// All others, by bin.
    pub other: Vec<u64>,
}

/// Queries of five and more documents, by what their scores can be. Others count nowhere: a cosine is neither.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scales {
    /// All scores lie from 0 to 1, and some between: probabilities, or parts of one.
    pub unit: Vec<QueryId>,
    /// Some score is below -1 or above 2, a whole unit outside: logits, or anything else that is no probability.
    pub beyond: Vec<QueryId>,
}

/// An arm with the same order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SameOrder {
    /// The other arm.
    pub arm: String,
    /// Queries that were compared, all of them equal.
    pub queries: usize,
}
