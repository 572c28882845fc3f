//! What the teacher's scores show beside the outcomes.

use crate::collection::{DocumentId, QueryId, Role};
use crate::probe::carrying::Carrying;
use crate::probe::inspection::Inspected;
use crate::probe::references::ReferenceShare;
use crate::probe::reviews::Review;
use crate::probe::surprising::Surprising;
use crate::probe::verbatim::Verbatim;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the teacher's scores show; it describes, and decides nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProbeFacts {
    /// What each reference explains.
    pub references: Vec<ReferenceShare>,
    /// Each collection that the teacher and every reference cover.
    pub collections: Vec<ProbedFacts>,
    /// What the teacher wrote, where that was given.
    pub answers: Option<AnswerFacts>,
    /// How reworded queries were scored, where that was given.
    pub reworded: Option<RewordedFacts>,
    /// The sample for people to read.
    pub inspection: Vec<InspectedFacts>,
    /// Texts of the queries and documents that are named above, as far as reports may show them; by collection.
    pub texts: BTreeMap<String, TextFacts>,
}

/// What the teacher's scores show on one collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbedFacts {
    /// The collection.
    pub collection: String,
    /// Suspect or clean.
    pub role: Role,
    /// Which pairs carry the label residual; `None` where there is none.
    pub carrying: Option<Carrying>,
    /// Pairs that every reference ranks against the judgements, and the teacher with them.
    pub surprising: Surprising,
}

/// What the teacher wrote.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AnswerFacts {
    /// Answers that were read, by collection.
    pub answers: BTreeMap<String, usize>,
    /// Long runs of words of judged documents that the teacher was not shown, by collection; the longest first.
    pub verbatim: BTreeMap<String, Vec<Verbatim>>,
    /// Identifiers of documents that it was not shown, by collection: query and identifier.
    pub identifiers: BTreeMap<String, Vec<(QueryId, String)>>,
    /// Collections that could not be looked at, with the reason.
    pub missing: BTreeMap<String, String>,
}

/// How reworded queries were scored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RewordedFacts {
    /// The mean loss of the measure by rewording, for the teacher and each reference that scored the same; by collection.
    pub losses: BTreeMap<String, BTreeMap<String, f64>>,
    /// Collections that could not be looked at, with the reason.
    pub missing: BTreeMap<String, String>,
}

/// A pair of the sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InspectedFacts {
    /// The pair, and why it was picked.
    #[serde(flatten)]
    pub pair: Inspected,
    /// What a reviewer said of it.
    pub review: Option<Review>,
}

/// Texts by identifier.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TextFacts {
    /// Of queries.
    pub queries: BTreeMap<QueryId, String>,
    /// Of documents.
    pub documents: BTreeMap<DocumentId, String>,
}

impl ProbeFacts {
    /// What is shown on this collection.
    pub fn on(&self, collection: &str) -> Option<&ProbedFacts> {
        self.collections.iter().find(|probed| probed.collection == collection)
    }

    /// The text of a query, as far as a report may show it.
    pub fn query(&self, collection: &str, query: &QueryId) -> Option<&str> {
        self.texts.get(collection)?.queries.get(query).map(String::as_str)
    }

    /// The text of a document, as far as a report may show it.
    pub fn document(&self, collection: &str, document: &DocumentId) -> Option<&str> {
        self.texts.get(collection)?.documents.get(document).map(String::as_str)
    }
}
