//! The report's frozen types of what moved and how scores lie, version 1. Within a version fields are only added.

use crate::facts::{HistogramFacts, MovedDocument, MovedFacts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The queries of a collection whose measure changed most from the student before to the one after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moved {
    /// The collection.
    pub collection: String,
    /// The queries, the largest change first.
    pub queries: Vec<MovedQuery>,
}

/// A query that moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MovedQuery {
    /// The query.
    pub query: String,
    /// Its text, as far as the report may show it.
    pub text: Option<String>,
    /// The measure before, averaged over seeds.
    pub before: f64,
    /// The measure after, averaged over seeds.
    pub after: f64,
    /// The documents that made the change, the weightiest first.
    pub documents: Vec<RankedDocument>,
}

/// A document of a query that moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RankedDocument {
    /// The document.
    pub document: String,
    /// Its text, as far as the report may show it.
    pub text: Option<String>,
    /// Its grade; absent where nobody judged it.
    pub grade: Option<i32>,
    /// Its rank before, from one, with the first seed; absent where it is not ranked.
    pub before: Option<usize>,
    /// Its rank after, from one, with the first seed.
    pub after: Option<usize>,
}

/// How an arm's scores of a collection lie: counts in bins of equal width.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Histogram {
    /// The smallest score.
    pub low: f64,
    /// The largest score.
    pub high: f64,
    /// Documents that are judged relevant, by bin.
    pub relevant: Vec<u64>,
    /// All others, by bin.
    pub other: Vec<u64>,
}

/// What moved on a collection.
pub(super) fn of(facts: &MovedFacts) -> Moved {
    let document = |d: &MovedDocument| RankedDocument {
        document: d.document.to_string(),
        text: d.text.clone(),
        grade: d.grade,
        before: d.before,
        after: d.after,
    };
    let queries = facts.queries.iter().map(|q| MovedQuery {
        query: q.query.to_string(),
        text: q.text.clone(),
        before: q.before,
        after: q.after,
        documents: q.documents.iter().map(document).collect(),
    });
    Moved { collection: facts.collection.clone(), queries: queries.collect() }
}

/// How scores lie.
pub(super) fn histogram(facts: &HistogramFacts) -> Histogram {
    let HistogramFacts { low, high, relevant, other } = facts.clone();
    Histogram { low, high, relevant, other }
}
