//! Judgements in memory: for each query, the grade of every judged document.

use super::ids::{DocumentId, QueryId};
use std::collections::BTreeMap;

/// How relevant a document is to a query. Zero or less is not relevant; higher is better.
pub type Grade = i32;

/// The set of judgements of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Qrels {
    /// Grades by query and document.
    pub queries: BTreeMap<QueryId, BTreeMap<DocumentId, Grade>>,
}

impl Qrels {
    /// The grade of a document for a query; `None` where nobody judged it.
    pub fn grade(&self, query: &QueryId, document: &DocumentId) -> Option<Grade> {
        self.queries.get(query)?.get(document).copied()
    }
}
