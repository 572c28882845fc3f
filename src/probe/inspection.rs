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
    /// The teacher orders the query exactly as its labels do, and no reference does.
    AsLabels,
    /// What the teacher wrote holds a long run of the document's words, which it was not shown.
    Verbatim,
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
    /// Its place in the teacher's ranking, from one; `None` for a document that the teacher did not score.
    pub rank: Option<usize>,
    /// Whether it is judged relevant.
    pub relevant: bool,
    /// Why it was picked.
    pub picked: Picked,
}

/// Draws a sample of `size` pairs from the suspect collections: half of them by chance from the teacher's first ten
/// documents of each query, half suspicious, one for each query and reason at most. Of the suspicious half a quarter
/// at most are documents that the teacher quoted without having been shown them (`quoted`, the most telling first), a quarter at
/// most are from queries that it orders as the labels do, and the others add most to the label residual.
///
/// The order is that of a hash, so that it tells a reviewer nothing of why a pair was picked.
pub fn sample(collections: &[Probed], quoted: &[Quoted], size: usize, seed: u64) -> Vec<Inspected> {
    let suspects: Vec<&Probed> = collections.iter().filter(|probed| probed.role == Role::Suspect).collect();
    let mut sample = suspicious(&suspects, quoted, size / 2);
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

/// A document that the teacher quoted without having been shown it: collection, query, document.
pub type Quoted = (String, QueryId, DocumentId);

/// The suspicious part of a sample of so many pairs; no pair twice.
fn suspicious(suspects: &[&Probed], quoted: &[Quoted], most: usize) -> Vec<Inspected> {
    let is_suspect = |quoted: &&Quoted| suspects.iter().any(|probed| probed.collection == quoted.0);
    let verbatim =
        quoted.iter().filter(is_suspect).take(most.div_ceil(4)).map(|(collection, query, document)| Inspected {
            collection: collection.clone(),
            query: query.clone(),
            document: document.clone(),
            rank: None,
            relevant: true,
            picked: Picked::Verbatim,
        });
    let all = verbatim.chain(as_labels(suspects, most.div_ceil(4))).chain(most_suspicious(suspects, most));
    let mut seen = BTreeSet::new();
    all.filter(|one| seen.insert(key(one))).take(most).collect()
}

/// Of queries that the teacher orders exactly as the labels do, and no reference does: the relevant document that the
/// references put lowest. Queries where they put it lowest come first.
fn as_labels(suspects: &[&Probed], most: usize) -> Vec<Inspected> {
    let mut all = Vec::new();
    for probed in suspects {
        for (place, query) in probed.queries.iter().enumerate() {
            let list = &query.list;
            let several = [true, false].iter().all(|label| list.relevant.iter().filter(|r| *r == label).count() >= 2);
            if !several
                || !separates(&list.score, &list.relevant)
                || list.references.iter().any(|r| separates(r, &list.relevant))
            {
                continue;
            }
            let best_rank =
                |document: usize| list.references.iter().map(|scores| rank(scores, document)).min().unwrap_or(0);
            let relevant = (0..list.relevant.len()).filter(|document| list.relevant[*document]);
            if let Some((rank, document)) = relevant.map(|document| (best_rank(document), document)).max() {
                all.push((rank, pick(probed, place, document, Picked::AsLabels)));
            }
        }
    }
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| key(&a.1).cmp(&key(&b.1))));
    all.into_iter().take(most).map(|(_, inspected)| inspected).collect()
}

/// Whether every relevant document stands above every other one.
fn separates(scores: &[f64], relevant: &[bool]) -> bool {
    let of = |label: bool| scores.iter().zip(relevant).filter(move |(_, r)| **r == label).map(|(score, _)| *score);
    of(true).fold(f64::INFINITY, f64::min) > of(false).fold(f64::NEG_INFINITY, f64::max)
}

/// A document's place in a ranking, from one.
fn rank(scores: &[f64], document: usize) -> usize {
    1 + scores.iter().filter(|score| **score > scores[document]).count()
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
        all.map(|(query, document)| pick(probed, query, document, Picked::Random))
            .filter(|one| one.rank.is_some_and(|rank| rank <= ANSWERS))
    };
    (0..probed.queries.len()).flat_map(of_query).collect()
}

fn pick(probed: &Probed, query: usize, document: usize, picked: Picked) -> Inspected {
    let of = &probed.queries[query];
    Inspected {
        collection: probed.collection.clone(),
        query: of.query.clone(),
        document: of.documents[document].clone(),
        rank: Some(rank(&of.list.score, document)),
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
        let found = sample(&[probed(20, 0.9), clean], &[], 10, 1);
        assert_eq!(found.len(), 10);
        let suspicious: Vec<&Inspected> = found.iter().filter(|one| one.picked == Picked::Residual).collect();
        assert_eq!(found.iter().filter(|one| one.picked == Picked::Random).count(), 5);
        assert!(suspicious.len() >= 3 && suspicious.iter().all(|one| one.relevant), "{suspicious:?}");
        let queries: BTreeSet<&QueryId> = suspicious.iter().map(|one| &one.query).collect();
        assert_eq!(queries.len(), suspicious.len(), "one for each query");
        let pairs: BTreeSet<_> = found.iter().map(key).collect();
        assert_eq!(pairs.len(), 10, "no pair twice");
    }

    #[test]
    fn quotes_and_queries_ordered_as_their_labels_are_in_it() {
        let quoted = ("c".to_owned(), QueryId::new("q3"), DocumentId::new("elsewhere"));
        let of_clean = ("clean".to_owned(), QueryId::new("q3"), DocumentId::new("elsewhere"));
        // So much higher that the teacher puts both relevant documents on top of every query.
        let found = sample(&[probed(20, 9.0)], &[of_clean, quoted], 16, 1);
        let count = |picked| found.iter().filter(|one| one.picked == picked).count();
        assert_eq!((count(Picked::Verbatim), count(Picked::AsLabels), count(Picked::Residual)), (1, 2, 5));
        let quote = found.iter().find(|one| one.picked == Picked::Verbatim).unwrap();
        assert_eq!((quote.document.as_str(), quote.rank), ("elsewhere", None));
        assert!(found.iter().filter(|one| one.picked == Picked::AsLabels).all(|one| one.rank <= Some(2)));
    }

    #[test]
    fn a_seed_draws_the_same_sample_and_another_one_draws_another() {
        let collections = [probed(20, 0.5)];
        assert_eq!(sample(&collections, &[], 12, 3), sample(&collections, &[], 12, 3));
        assert_ne!(sample(&collections, &[], 12, 3), sample(&collections, &[], 12, 4));
    }

    #[test]
    fn a_small_collection_gives_what_it_has() {
        let mut few = probed(1, 0.0);
        few.queries[0].documents.truncate(3);
        few.queries[0].list.score.truncate(3);
        assert_eq!(sample(&[few], &[], 10, 1).len(), 3);
        assert!(sample(&[], &[], 10, 1).is_empty());
    }
}
