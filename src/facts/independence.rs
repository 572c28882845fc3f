//! What collections have in common: judged pairs and documents. Queries are in [`super::SharedQuery`].

use crate::collection::{DocumentId, QueryId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What collections have in common, as far as their documents were compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IndependenceFacts {
    /// Collections whose documents were read and compared.
    pub compared: Vec<String>,
    /// Why the documents of the others were not.
    pub not_compared: BTreeMap<String, String>,
    /// Pairs of collections that judge the same documents for the same queries.
    pub judgements: Vec<SharedJudgements>,
    /// Pairs of collections with the same documents.
    pub documents: Vec<SharedDocuments>,
}

/// Two collections that judge the same pairs of query text and document text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedJudgements {
    /// The collections.
    pub collections: (String, String),
    /// Pairs that both judge.
    pub pairs: usize,
    /// Those of them with the same answer to the question whether the document is relevant.
    pub agreeing: usize,
    /// The first few: query and document in the one, query and document in the other.
    pub examples: Vec<(QueryId, DocumentId, QueryId, DocumentId)>,
}

/// Two collections with the same documents, as far as their normal forms go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedDocuments {
    /// The collections.
    pub collections: (String, String),
    /// Documents of each that the other has too.
    pub shared: (usize, usize),
    /// Documents of each that have a text.
    pub of: (usize, usize),
    /// The first few, by the identifiers that the two have for them.
    pub examples: Vec<(DocumentId, DocumentId)>,
}
