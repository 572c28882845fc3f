//! Queries whose measure changed most between the students before and after: what somebody looks at first.

use crate::collection::{DocumentId, Grade, QueryId};
use serde::{Deserialize, Serialize};

/// The queries of a collection that moved most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MovedFacts {
    /// The collection.
    pub collection: String,
    /// The queries, the largest change first.
    pub queries: Vec<MovedQuery>,
}

/// A query that moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MovedQuery {
    /// The query.
    pub query: QueryId,
    /// Its text, as far as a report may show it.
    pub text: Option<String>,
    /// The measure before, averaged over seeds.
    pub before: f64,
    /// The measure after, averaged over seeds.
    pub after: f64,
    /// The documents that made the change, the weightiest first.
    pub documents: Vec<MovedDocument>,
}

/// A document of such a query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MovedDocument {
    /// The document.
    pub document: DocumentId,
    /// Its text, as far as a report may show it.
    pub text: Option<String>,
    /// Its grade; absent where nobody judged it.
    pub grade: Option<Grade>,
    /// Its rank before, from one, with the first seed; absent where it is not ranked.
    pub before: Option<usize>,
    /// Its rank after, from one, with the first seed.
    pub after: Option<usize>,
}
