//! The pairs that carry a label residual: what a reviewer has to read before anybody is accused.

use super::Probed;
use crate::collection::{DocumentId, QueryId};
use crate::stats::{NotApplicable, Pull, pulls};
use serde::{Deserialize, Serialize};

/// A pair of query and document with its share of a collection's label residual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryingPair {
    /// The query.
    pub query: QueryId,
    /// The document.
    pub document: DocumentId,
    /// Whether it is judged relevant.
    pub relevant: bool,
    /// Standard deviations by which the teacher puts it higher (below zero: lower) than the references explain.
    pub surprise: f64,
    /// What it adds to the collection's coefficient; the shares of all pairs add up to it.
    pub share: f64,
}

/// Which pairs carry a collection's label residual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Carrying {
    /// The coefficient.
    pub coefficient: f64,
    /// Pairs that it was made from.
    pub pairs: usize,
    /// How many of the heaviest pairs add up to half of what speaks for memory.
    pub half: usize,
    /// The heaviest of them.
    pub heaviest: Vec<CarryingPair>,
}

/// The pairs of a collection that add most to its label residual, `most` of them.
///
/// Errors: the collection has no label residual.
pub fn carrying(probed: &Probed, most: usize) -> Result<Carrying, NotApplicable> {
    let mut pulls = pulls(&probed.lists())?;
    let coefficient = pulls.iter().map(|pull| pull.share).sum();
    let pairs = pulls.len();
    // Stable, so that equal pairs keep the order of queries and documents.
    pulls.sort_by(|a, b| b.share.total_cmp(&a.share));
    pulls.retain(|pull| pull.share > 0.0);
    let heaviest = pulls.iter().take(most).map(|pull| pair(probed, pull)).collect();
    Ok(Carrying { coefficient, pairs, half: half(&pulls), heaviest })
}

/// How many of the first pairs make up half of all.
fn half(pulls: &[Pull]) -> usize {
    let all: f64 = pulls.iter().map(|pull| pull.share).sum();
    let sums = pulls.iter().scan(0.0, |sum, pull| {
        *sum += pull.share;
        Some(*sum)
    });
    sums.take_while(|sum| *sum < all / 2.0).count() + usize::from(!pulls.is_empty())
}

fn pair(probed: &Probed, pull: &Pull) -> CarryingPair {
    let query = &probed.queries[pull.query];
    CarryingPair {
        query: query.query.clone(),
        document: query.documents[pull.document].clone(),
        relevant: query.list.relevant[pull.document],
        surprise: pull.score,
        share: pull.share,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::probed;

    #[test]
    fn pairs_that_the_teacher_knows_carry_most() {
        let found = carrying(&probed(12, 2.0), 5).unwrap();
        assert!(found.coefficient > 0.5 && found.pairs == 12 * 10, "{found:?}");
        assert!(found.heaviest.iter().all(|pair| pair.relevant && pair.surprise > 0.0 && pair.share > 0.0));
        assert!(found.heaviest.windows(2).all(|two| two[0].share >= two[1].share));
        assert!(found.half >= 1 && found.half < found.pairs / 2, "{}", found.half);
    }

    #[test]
    fn too_few_queries_carry_nothing() {
        assert!(carrying(&probed(9, 2.0), 5).is_err());
    }
}
