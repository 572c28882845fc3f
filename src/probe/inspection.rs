//! A sample of the teacher's answers for people to read before anything is distilled: half of it random, half what is
//! most suspicious. A random half keeps the eye honest; without it a reviewer sees nothing but what was accused.

use super::Probed;
use crate::collection::{DocumentId, QueryId, Role};
use crate::stats::pulls;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Documents that count as the teacher's answers to a query: its first ten.
const ANSWERS: usize = 10;

/// Why a pair is in the sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Picked {
    /// By chance.
    Random,
    /// It adds much to the label residual.
    Residual,
}

/// A pair that somebody should look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspected {
    /// The collection.
    pub collection: String,
    /// The query.
    pub query: QueryId,
    /// The document.
    pub document: DocumentId,
    /// Its place in the teacher's ranking, from one.
    pub rank: usize,
    /// Whether it is judged relevant.
    pub relevant: bool,
    /// Why it was picked.
    pub picked: Picked,
}

/// Draws a sample of `size` pairs from the suspect collections: half of them by chance from the teacher's first ten
/// documents of each query, half those that add most to the label residual, one for each query at most.
///
/// The order is that of a hash, so that it tells a reviewer nothing of why a pair was picked.
pub fn sample(collections: &[Probed], size: usize, seed: u64) -> Vec<Inspected> {
    let suspects: Vec<&Probed> = collections.iter().filter(|probed| probed.role == Role::Suspect).collect();
    let mut sample = most_suspicious(&suspects, size / 2);
    let seen: BTreeSet<(String, QueryId, DocumentId)> = sample.iter().map(key).collect();
    let mut others: Vec<Inspected> = suspects.iter().flat_map(|probed| answers(probed)).collect();
    others.retain(|inspected| !seen.contains(&key(inspected)));
    sort_by_hash(&mut others, seed);
    let more = size - sample.len();
    sample.extend(others.into_iter().take(more));
    // Another seed than the draw's, else the random half would keep its place behind the other.
    sort_by_hash(&mut sample, seed.wrapping_add(1));
    sample
}

fn key(inspected: &Inspected) -> (String, QueryId, DocumentId) {
    (inspected.collection.clone(), inspected.query.clone(), inspected.document.clone())
}

fn sort_by_hash(sample: &mut [Inspected], seed: u64) {
    let hash = |one: &Inspected| {
        let name = format!("{}\n{}\n{}", one.collection, one.query, one.document);
        xxh3_64_with_seed(name.as_bytes(), seed)
    };
    sample.sort_by_cached_key(|one| (hash(one), key(one)));
}

/// The pairs with the largest shares of their collections' label residuals, as parts of all that speaks for memory there.
fn most_suspicious(suspects: &[&Probed], most: usize) -> Vec<Inspected> {
    let mut all = Vec::new();
    for probed in suspects {
        let Ok(mut pulls) = pulls(&probed.lists()) else { continue };
        pulls.retain(|pull| pull.share > 0.0);
        pulls.sort_by(|a, b| b.share.total_cmp(&a.share));
        let mut queries = BTreeSet::new();
        pulls.retain(|pull| queries.insert(pull.query));
        all.extend(
            pulls.into_iter().map(|pull| (pull.share, pick(probed, pull.query, pull.document, Picked::Residual))),
        );
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| key(&a.1).cmp(&key(&b.1))));
    all.into_iter().take(most).map(|(_, inspected)| inspected).collect()
}

/// The teacher's first documents of every query.
fn answers(probed: &Probed) -> Vec<Inspected> {
    let of_query = |query: usize| {
        let all = (0..probed.queries[query].documents.len()).map(move |document| (query, document));
        all.map(|(query, document)| pick(probed, query, document, Picked::Random)).filter(|one| one.rank <= ANSWERS)
    };
    (0..probed.queries.len()).flat_map(of_query).collect()
}

fn pick(probed: &Probed, query: usize, document: usize, picked: Picked) -> Inspected {
    let of = &probed.queries[query];
    let above = of.list.score.iter().filter(|score| **score > of.list.score[document]).count();
    Inspected {
        collection: probed.collection.clone(),
        query: of.query.clone(),
        document: of.documents[document].clone(),
        rank: above + 1,
        relevant: of.list.relevant[document],
        picked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::probed;

    #[test]
    fn half_is_random_and_half_is_suspicious() {
        let mut clean = probed(20, 0.0);
        clean.role = Role::Clean;
        let found = sample(&[probed(20, 2.0), clean], 10, 1);
        assert_eq!(found.len(), 10);
        let suspicious: Vec<&Inspected> = found.iter().filter(|one| one.picked == Picked::Residual).collect();
        assert_eq!(suspicious.len(), 5);
        assert!(suspicious.iter().all(|one| one.relevant && one.rank <= 2), "{suspicious:?}");
        let queries: BTreeSet<&QueryId> = suspicious.iter().map(|one| &one.query).collect();
        assert_eq!(queries.len(), 5, "one for each query");
        let pairs: BTreeSet<_> = found.iter().map(key).collect();
        assert_eq!(pairs.len(), 10, "no pair twice");
    }

    #[test]
    fn a_seed_draws_the_same_sample_and_another_one_draws_another() {
        let collections = [probed(20, 0.5)];
        assert_eq!(sample(&collections, 12, 3), sample(&collections, 12, 3));
        assert_ne!(sample(&collections, 12, 3), sample(&collections, 12, 4));
    }

    #[test]
    fn a_small_collection_gives_what_it_has() {
        let mut few = probed(1, 0.0);
        few.queries[0].documents.truncate(3);
        few.queries[0].list.score.truncate(3);
        assert_eq!(sample(&[few], 10, 1).len(), 3);
        assert!(sample(&[], 10, 1).is_empty());
    }
}
