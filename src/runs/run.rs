//! A run in memory: for each query, documents with scores, in the order that the scores give.
//!
//! The score decides, not a rank column. Ties go as trec_eval 9 breaks them: scores are compared as 32-bit
//! floats, as trec_eval stores them, and equal scores are ordered by document identifier, descending.

use crate::collection::{DocumentId, QueryId};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A document with the score that a ranker gave it for one query.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The document.
    pub document: DocumentId,
    /// Its score; finite, higher is better.
    pub score: f64,
}

/// What one ranker said: for each query, its documents from best to worst.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// Rankings in [`by_rank`] order, by query.
    pub queries: BTreeMap<QueryId, Vec<Scored>>,
}

/// trec_eval 9's order: score descending (as `f32`), then document identifier descending.
pub fn by_rank(a: &Scored, b: &Scored) -> Ordering {
    // Adding zero makes -0.0 and 0.0 the same score, as they are for trec_eval's `>`.
    let score = |scored: &Scored| scored.score as f32 + 0.0;
    score(b).total_cmp(&score(a)).then_with(|| b.document.cmp(&a.document))
}

impl Run {
    /// The ranking of one query; empty where the run has none.
    pub fn ranking(&self, query: &QueryId) -> &[Scored] {
        self.queries.get(query).map_or(&[], Vec::as_slice)
    }
}
