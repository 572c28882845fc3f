//! What is asked of a teacher's scores beside the label residual: which pairs carry it, and what else looks like
//! memory. Everything here describes; what decides is an outcome of [`crate::stats`].
//!
//! The input is plain: for each collection the queries with the candidates that everybody has scored.

pub mod carrying;
pub mod inspection;
pub mod references;
pub mod reviews;
pub mod reword;
pub mod surprising;
pub mod verbatim;

use crate::collection::{DocumentId, QueryId, Role};
use crate::stats::CandidateList;

/// A collection as the teacher and its references see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Probed {
    /// Its name.
    pub collection: String,
    /// Suspect or clean.
    pub role: Role,
    /// Its queries.
    pub queries: Vec<ProbedQuery>,
}

/// A query with the candidates that the teacher and every reference have scored.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbedQuery {
    /// Its identifier.
    pub query: QueryId,
    /// The candidates, in the order of their names.
    pub documents: Vec<DocumentId>,
    /// Scores and labels, in the same order; the scorer is the teacher.
    pub list: CandidateList,
}

impl Probed {
    /// The lists alone, for the statistics.
    pub fn lists(&self) -> Vec<CandidateList> {
        self.queries.iter().map(|query| query.list.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A collection of so many queries with ten candidates, of which two are relevant and stand `lift` higher with the
    /// teacher. The numbers are without a pattern, and the same every time.
    pub fn probed(queries: usize, lift: f64) -> Probed {
        let noise = |seed: usize| move |document: usize| ((seed * 53 + document * 17) as f64).sin();
        let query = |number: usize| {
            let relevant: Vec<bool> = (0..10).map(|document| document < 2).collect();
            let (own, other) = (noise(number), noise(number + 7919));
            let score = (0..10).map(|d| 0.5 * own(d) + 0.5 * other(d) + if d < 2 { lift } else { 0.0 }).collect();
            ProbedQuery {
                query: QueryId::new(format!("q{number}")),
                documents: (0..10).map(|document| DocumentId::new(format!("d{document}"))).collect(),
                list: CandidateList { score, relevant, references: vec![(0..10).map(other).collect()] },
            }
        };
        Probed { collection: "c".to_owned(), role: Role::Suspect, queries: (0..queries).map(query).collect() }
    }
}
