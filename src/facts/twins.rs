//! Twins: fresh queries over the documents of a suspect collection, how like them they are, and what they show.

use super::{OutcomeKind, Weight};
use crate::stats::TwinTest;
use serde::{Deserialize, Serialize};

/// Twins against the suspect collections that they belong to, on one outcome: those that are matched, or those that
/// are not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwinFacts {
    /// The outcome compared.
    pub kind: OutcomeKind,
    /// Pairs of suspect collection and twin.
    pub pairs: Vec<(String, String)>,
    /// Suspect minus twin.
    pub twin: TwinTest,
    /// Whether it is one of the primary tests.
    pub weight: Weight,
}

/// A suspect collection beside its twin: what can be said of the two without asking a ranker that is judged here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwinPairFacts {
    /// The suspect collection.
    pub suspect: String,
    /// Its twin.
    pub twin: String,
    /// Queries of each that were looked at.
    pub queries: (usize, usize),
    /// Whether both are over the same documents.
    pub corpus: SharedCorpus,
    /// Queries of the twin that are queries of the suspect collection too.
    pub shared_queries: usize,
    /// What a classifier finds that never asks the teacher; absent with too few queries.
    pub blind: Option<Blind>,
    /// The numbers that should be alike.
    pub balance: Vec<Balance>,
}

/// Whether two collections are over the same documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SharedCorpus {
    /// One file, or two that each hold all that is judged in either.
    Same,
    /// Judged documents of one are not in the other.
    Differs {
        /// Judged documents of the suspect collection that the twin's corpus lacks.
        missing_from_twin: usize,
        /// Judged documents of the twin that the suspect's corpus lacks.
        missing_from_suspect: usize,
    },
    /// One of the two has no documents to compare.
    NotCompared,
}

/// What the blind classifier found ([`crate::stats::likeness`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blind {
    /// The cross-validated area under the curve: 0.5 is chance.
    pub auc: f64,
    /// The share of permuted labels that do as well.
    pub p: f64,
    /// The area from which on so many queries would have been told apart.
    pub needed: f64,
    /// What tells them apart most, the strongest first.
    pub tells: Vec<Tell>,
}

/// Something by which queries are told apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tell {
    /// `words in the query`, `queries with "what"`, `spread of the judged documents`.
    pub what: String,
    /// Its value in the suspect collection: a mean, a share or a standard deviation.
    pub suspect: f64,
    /// Its value in the twin.
    pub twin: f64,
}

/// A number of each query that should be alike on both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// What it is.
    pub what: String,
    /// Its mean over the suspect collection's queries.
    pub suspect: f64,
    /// Its mean over the twin's.
    pub twin: f64,
    /// Twin minus suspect in standard deviations (of both, pooled); absent where neither varies.
    pub difference: Option<f64>,
}

impl TwinPairFacts {
    /// Why the twin is not matched, so that it cannot say `contaminated`; empty where it is.
    pub fn unlike(&self, alpha: f64) -> Vec<String> {
        let mut why = Vec::new();
        match self.corpus {
            SharedCorpus::Same => {}
            SharedCorpus::NotCompared => why.push("whether both have the same documents could not be seen".to_owned()),
            SharedCorpus::Differs { missing_from_twin, missing_from_suspect } => why.push(format!(
                "the documents are not the same: of what is judged, {missing_from_twin} are missing from the twin's corpus \
                 and {missing_from_suspect} from the suspect's"
            )),
        }
        if self.shared_queries > 0 {
            why.push(format!("{} of its queries are the suspect's", self.shared_queries));
        }
        match &self.blind {
            None => why.push("it has too few queries to see whether they are like the suspect's".to_owned()),
            Some(blind) if blind.p <= alpha => why.push(format!(
                "its queries are of another kind: a classifier that never asks the teacher tells them apart (AUC {:.2}, \
                 {:.2} would have done)",
                blind.auc, blind.needed
            )),
            Some(_) => {}
        }
        why
    }

    /// Whether the twin is matched: it may say `contaminated`.
    pub fn is_matched(&self, alpha: f64) -> bool {
        self.unlike(alpha).is_empty()
    }
}
