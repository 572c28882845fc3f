//! Which queries count: those with a relevant judgement, once each, and at most so many where models are scored.

use super::material::{Gathered, Material};
use crate::collection::{DocumentId, Grade, Qrels, QueryId, Role};
use crate::facts::SharedQuery;
use crate::text::normalise;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The seed of the sample of queries. Fixed, so that a sample only changes when the queries do.
const SAMPLE_SEED: u64 = 1;

/// Documents that are relevant to a query: grade `rel` or above.
pub fn relevant_documents<'a>(qrels: &'a Qrels, query: &QueryId, rel: Grade) -> BTreeSet<&'a DocumentId> {
    let judged = qrels.queries.get(query).into_iter().flatten();
    judged.filter(|(_, grade)| **grade >= rel).map(|(document, _)| document).collect()
}

/// Queries of a collection with at least one relevant judgement.
pub fn usable(qrels: &Qrels, rel: Grade) -> BTreeSet<QueryId> {
    let relevant = |judged: &BTreeMap<DocumentId, Grade>| judged.values().any(|grade| *grade >= rel);
    qrels.queries.iter().filter(|(_, judged)| relevant(judged)).map(|(query, _)| query.clone()).collect()
}

/// Queries that are one and the same in several collections count once: in the first suspect one, if there is one, else
/// in the first of the configuration. Leaves them out of the others and returns what was done.
pub fn count_once(collections: &mut [Gathered]) -> Vec<SharedQuery> {
    let mut shared = Vec::new();
    for uses in same_queries(collections) {
        let suspect = uses.iter().find(|(index, _)| collections[*index].role == Role::Suspect);
        let (home, query) = suspect.unwrap_or(&uses[0]).clone();
        let elsewhere: Vec<(usize, QueryId)> = uses.into_iter().filter(|(index, _)| *index != home).collect();
        if elsewhere.is_empty() {
            continue;
        }
        let mut left_out = Vec::new();
        for (index, query) in elsewhere {
            collections[index].measured.remove(&query);
            left_out.push((collections[index].config.name.clone(), query));
        }
        shared.push(SharedQuery { counted_in: collections[home].config.name.clone(), query, left_out });
    }
    shared.sort_by(|a, b| (&a.counted_in, &a.query).cmp(&(&b.counted_in, &b.query)));
    shared
}

/// The measured queries in groups that are one query each: those with the same normal form. What else is to count as the
/// same query, such as near duplicates, joins groups here and nowhere else.
fn same_queries(collections: &[Gathered]) -> Vec<Vec<(usize, QueryId)>> {
    let mut by_text: BTreeMap<String, Vec<(usize, QueryId)>> = BTreeMap::new();
    for (index, gathered) in collections.iter().enumerate() {
        for query in &gathered.measured {
            let Some(text) = gathered.collection.queries.get(query) else { continue };
            let text = normalise(text);
            if !text.is_empty() {
                by_text.entry(text).or_default().push((index, query.clone()));
            }
        }
    }
    by_text.into_values().collect()
}

/// Keeps at most `most` queries per collection: those with the smallest hash, so that the same queries are drawn
/// whatever the order of the files, and adding one query changes at most one.
pub fn sample(material: &mut Material, most: usize) {
    for gathered in &mut material.collections {
        if most == 0 || gathered.measured.len() <= most {
            continue;
        }
        let hash = |query: &QueryId| xxh3_64_with_seed(query.as_str().as_bytes(), SAMPLE_SEED);
        let mut drawn: Vec<QueryId> = gathered.measured.iter().cloned().collect();
        drawn.sort_by(|a, b| hash(a).cmp(&hash(b)).then_with(|| a.cmp(b)));
        drawn.truncate(most);
        gathered.measured = drawn.into_iter().collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_usable_from_its_collections_grade_on() {
        let mut qrels = Qrels::default();
        for (query, document, grade) in [("a", "d", 1), ("b", "d", 2), ("c", "d", -1), ("c", "e", 0)] {
            qrels.queries.entry(query.into()).or_default().insert(document.into(), grade);
        }
        assert_eq!(usable(&qrels, 1).len(), 2);
        assert_eq!(usable(&qrels, 2), BTreeSet::from(["b".into()]));
        assert_eq!(relevant_documents(&qrels, &"a".into(), 2).len(), 0);
    }
}
