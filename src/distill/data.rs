//! What a student learns from.

use crate::collection::{DocumentId, QueryId};
use crate::runs::Run;
use std::collections::BTreeMap;

/// Training texts, and what a teacher said about them.
#[derive(Clone, Debug, Default)]
pub struct TrainingData {
    /// Texts of the training queries. Those without a list of scores are not used.
    pub queries: BTreeMap<QueryId, String>,
    /// Texts of every document that the scores name.
    pub documents: BTreeMap<DocumentId, String>,
    /// The teacher's scores: for each query the list of candidates that groups are sampled from.
    pub teacher: Run,
}
