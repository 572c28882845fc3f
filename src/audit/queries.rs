//! Which queries count: those with a relevant judgement, once each, and at most so many where models are scored.

use super::material::{Gathered, Material};
use crate::collection::{DocumentId, Grade, Qrels, QueryId, Role};
use crate::facts::{QueryElsewhere, SharedQuery};
use crate::fingerprint::scan::{Alike, alike};
use crate::text::normalise;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The seed of the sample of queries. Fixed, so that a sample only changes when the queries do.
const SAMPLE_SEED: u64 = 1;

/// Queries of different collections are one query from this similarity on. Chosen on nfcorpus and cranfield: plurals,
/// spellings and word forms lie above it, one word of subject that is another lies below.
const NEARLY_THE_SAME: f32 = 0.9;

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

/// A measured query: the place of its collection, and its identifier.
type Use = (usize, QueryId);

/// Queries that are one and the same in several collections count once: in the first suspect one, if there is one, else
/// in the first of the configuration. Leaves them out of the others; gives what was done, and whether all that are nearly
/// the same were looked for.
pub fn count_once(collections: &mut [Gathered]) -> (Vec<SharedQuery>, bool) {
    let mut shared = Vec::new();
    let (groups, all_compared) = same_queries(collections);
    for uses in groups {
        let suspect = uses.iter().find(|((index, _), _)| collections[*index].role == Role::Suspect);
        let ((home, query), text) = suspect.unwrap_or(&uses[0]).clone();
        let mut left_out = Vec::new();
        for ((index, query), other) in uses.into_iter().filter(|((index, _), _)| *index != home) {
            collections[index].measured.remove(&query);
            let collection = collections[index].config.name.clone();
            left_out.push(QueryElsewhere { collection, query, word_for_word: other == text });
        }
        if !left_out.is_empty() {
            shared.push(SharedQuery { counted_in: collections[home].config.name.clone(), query, left_out });
        }
    }
    shared.sort_by(|a, b| (&a.counted_in, &a.query).cmp(&(&b.counted_in, &b.query)));
    (shared, all_compared)
}

/// Whether a collection that becomes suspect would take a query from another one.
pub fn may_move(material: &Material) -> bool {
    let is_clean = |name: &str| {
        material.collections.iter().any(|gathered| gathered.config.name == name && gathered.role == Role::Clean)
    };
    material.shared_queries.iter().any(|shared| is_clean(&shared.counted_in))
}

/// Takes shared queries from clean collections to those that have become suspect since they were counted.
pub fn count_in_suspects(material: &mut Material) {
    let Material { collections, shared_queries, .. } = material;
    for shared in shared_queries {
        let role = |name: &str| collections.iter().find(|gathered| gathered.config.name == name).map(|g| g.role);
        if role(&shared.counted_in) == Some(Role::Suspect) {
            continue;
        }
        let suspect = |left: &&mut QueryElsewhere| role(&left.collection) == Some(Role::Suspect);
        let Some(left) = shared.left_out.iter_mut().find(suspect) else { continue };
        std::mem::swap(&mut shared.counted_in, &mut left.collection);
        std::mem::swap(&mut shared.query, &mut left.query);
        for gathered in collections.iter_mut() {
            if gathered.config.name == shared.counted_in {
                gathered.measured.insert(shared.query.clone());
            } else if gathered.config.name == left.collection {
                gathered.measured.remove(&left.query);
            }
        }
    }
}

/// The measured queries that are one query, each with its normal form: groups of those with the same normal form, and of
/// those that are nearly the same. Also whether all were compared.
fn same_queries(collections: &[Gathered]) -> (Vec<Vec<(Use, String)>>, bool) {
    let mut all = Vec::new();
    for (index, gathered) in collections.iter().enumerate() {
        let texts = gathered.measured.iter().filter_map(|query| Some((query, gathered.collection.queries.get(query)?)));
        let normal = texts.map(|(query, text)| ((index, query.clone()), normalise(text)));
        all.extend(normal.filter(|(_, text)| !text.is_empty()));
    }
    let texts: Vec<&str> = all.iter().map(|(_, text)| text.as_str()).collect();
    let mut parents: Vec<usize> = (0..all.len()).collect();
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let same = texts.iter().enumerate().map(|(place, text)| (*first.entry(text).or_insert(place), place));
    let mut homes: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for ((home, _), text) in &all {
        homes.entry(text).or_default().insert(*home);
    }
    // Queries of one collection alone stay apart.
    let between = |(a, b): &(usize, usize)| {
        let (a, b) = (&homes[texts[*a]], &homes[texts[*b]]);
        a.len() > 1 || a != b
    };
    let Alike { pairs, all_compared } = alike(&texts, NEARLY_THE_SAME);
    let nearly = pairs.into_keys().filter(between);
    for (a, b) in same.collect::<Vec<_>>().into_iter().chain(nearly) {
        let (a, b) = (root(&mut parents, a), root(&mut parents, b));
        parents[a.max(b)] = a.min(b);
    }
    let mut groups: BTreeMap<usize, Vec<(Use, String)>> = BTreeMap::new();
    for (place, one) in all.into_iter().enumerate() {
        groups.entry(root(&mut parents, place)).or_default().push(one);
    }
    (groups.into_values().collect(), all_compared)
}

/// The first of a query's group (Tarjan's union-find, the paths halved).
fn root(parents: &mut [usize], mut place: usize) -> usize {
    while parents[place] != place {
        parents[place] = parents[parents[place]];
        place = parents[place];
    }
    place
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
