//! What was found in the evaluation collections.

use crate::collection::{Counts, Date, QueryId, Role};
use crate::error::Place;
use serde::{Deserialize, Serialize};

/// What was found in one evaluation collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CollectionFacts {
    /// Its name.
    pub name: String,
    /// Suspect or clean.
    pub role: Role,
    /// Why it has this role, in a sentence.
    pub role_reason: String,
    /// Whether the configuration overrides the role that the dates give.
    pub role_given: bool,
    /// Whether what was read ([scan]) holds evidence of it and made it suspect, whatever else is said.
    pub was_read: bool,
    /// The reason given for the override.
    pub because: Option<String>,
    /// The day on which it became public.
    pub published: Option<Date>,
    /// Where it is said to come from.
    pub source: Option<String>,
    /// The terms that it is said to be used under.
    pub licence: Option<String>,
    /// Relevant from this grade on.
    pub rel: i32,
    /// The suspect collection that it is a twin of.
    pub twin_of: Option<String>,
    /// Where the configuration names it.
    pub config_line: Option<u64>,
    /// What its files hold.
    pub counts: Counts,
    /// Queries with a relevant judgement.
    pub usable_queries: usize,
    /// Queries that were measured: the usable ones, or the seeded sample of them.
    pub measured_queries: Vec<QueryId>,
    /// The lists that every arm ranks, where models are scored.
    pub candidates: Option<CandidateFacts>,
}

/// The lists that every arm ranks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandidateFacts {
    /// Where they come from: `BM25` with its settings, or the run file.
    pub source: String,
    /// Candidates per query at most.
    pub depth: usize,
    /// Pairs of query and document in all.
    pub pairs: usize,
    /// Measured queries without any candidate.
    pub queries_without: Vec<QueryId>,
    /// Share of the relevant documents that are among the candidates.
    pub recall: f64,
}

/// A query that several collections ask, word for word after normalisation or nearly so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedQuery {
    /// The collection in which it counts.
    pub counted_in: String,
    /// Its identifier there.
    pub query: QueryId,
    /// Where it is left out.
    pub left_out: Vec<QueryElsewhere>,
}

/// A query that is left out, for another collection asks it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryElsewhere {
    /// The collection in which it is left out.
    pub collection: String,
    /// Its identifier there.
    pub query: QueryId,
    /// Whether its text is the same after normalisation; else it is nearly so.
    pub word_for_word: bool,
}

impl CollectionFacts {
    /// The place in the configuration that names it.
    pub fn place(&self, config_path: &str) -> Place {
        match self.config_line {
            Some(line) => Place::line(config_path, line),
            None => Place::file(config_path),
        }
    }
}
