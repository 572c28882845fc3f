//! How much of the candidate lists a run scores. What is missing is counted and named, never made up.

use super::run::Run;
use crate::collection::{DocumentId, QueryId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a run scores of the candidate lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Coverage {
    /// Queries with candidates.
    pub queries: u64,
    /// Pairs of a query and one of its candidates.
    pub pairs: u64,
    /// Pairs that the run has no score for.
    pub missing_pairs: u64,
    /// Queries with at least one missing pair.
    pub queries_with_missing: Vec<QueryId>,
    /// Those of them that the run has no score for at all.
    pub queries_missing_entirely: Vec<QueryId>,
    /// Pairs that the run scores and that are not candidates.
    pub extra_pairs: u64,
}

/// Compares a run with candidate lists, of which only the documents count.
pub fn coverage(run: &Run, candidates: &Run) -> Coverage {
    let mut coverage = Coverage::default();
    let mut scored_candidates = 0;
    for (query, wanted) in &candidates.queries {
        let scored: BTreeSet<&DocumentId> = run.ranking(query).iter().map(|scored| &scored.document).collect();
        let found = wanted.iter().filter(|candidate| scored.contains(&candidate.document)).count() as u64;
        let missing = wanted.len() as u64 - found;
        coverage.queries += 1;
        coverage.pairs += wanted.len() as u64;
        coverage.missing_pairs += missing;
        scored_candidates += found;
        if missing > 0 {
            coverage.queries_with_missing.push(query.clone());
            if found == 0 {
                coverage.queries_missing_entirely.push(query.clone());
            }
        }
    }
    let scored: u64 = run.queries.values().map(|ranking| ranking.len() as u64).sum();
    coverage.extra_pairs = scored - scored_candidates;
    coverage
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Scored;

    fn run_of(queries: &[(&str, &[&str])]) -> Run {
        let scored = |document: &&str| Scored { document: DocumentId::new(document), score: 1.0 };
        let ranking =
            |(query, documents): &(&str, &[&str])| (QueryId::new(query), documents.iter().map(scored).collect());
        Run { queries: queries.iter().map(ranking).collect() }
    }

    #[test]
    fn what_is_missing_is_counted_and_named() {
        let candidates = run_of(&[("1", &["a", "b"]), ("2", &["a", "b"]), ("3", &["a"]), ("4", &[])]);
        let run = run_of(&[("1", &["b", "a", "x"]), ("2", &["b"]), ("3", &["x"]), ("5", &["a"])]);
        let expected = Coverage {
            queries: 4,
            pairs: 5,
            missing_pairs: 2,
            queries_with_missing: vec![QueryId::new("2"), QueryId::new("3")],
            queries_missing_entirely: vec![QueryId::new("3")],
            extra_pairs: 3,
        };
        assert_eq!(coverage(&run, &candidates), expected);
        assert_eq!(coverage(&run, &run).missing_pairs, 0);
    }
}
