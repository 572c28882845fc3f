//! What collections have in common: documents of the same text, and pairs of query and document that both judge.

use super::material::Gathered;
use crate::collection::{DocumentId, QueryId};
use crate::facts::{IndependenceFacts, SharedDocuments, SharedJudgements, SharedQuery};
use crate::fingerprint::lock::Print;
use std::collections::BTreeMap;

/// Examples that are kept of what two collections share.
const EXAMPLES: usize = 5;

/// Compares collections by their prints: one for each collection, `None` where its documents were not read.
pub fn compare(
    collections: &[Gathered],
    prints: &[Option<Print>],
    shared_queries: &[SharedQuery],
) -> IndependenceFacts {
    let mut facts = IndependenceFacts::default();
    for (gathered, print) in collections.iter().zip(prints) {
        let name = gathered.config.name.clone();
        let why = match print {
            Some(Print { documents: Some(_), .. }) => {
                facts.compared.push(name);
                continue;
            }
            _ if !gathered.collection.has_corpus() => "it has no corpus",
            _ => "there is no lock, and its corpus is read for nothing else",
        };
        facts.not_compared.insert(name, why.to_owned());
    }
    facts.documents = documents(collections, prints);
    facts.judgements = judgements(collections, prints, shared_queries);
    facts
}

/// The documents that two collections have in common, for each two that have any.
fn documents(collections: &[Gathered], prints: &[Option<Print>]) -> Vec<SharedDocuments> {
    // All contents in one sorted list: those with the same digest stand together, whatever their number of collections.
    let mut all: Vec<(u64, usize, &DocumentId)> = Vec::new();
    for (index, print) in prints.iter().enumerate() {
        let contents = print.iter().flat_map(|print| &print.contents);
        all.extend(contents.map(|content| (content.digest, index, &content.id)));
    }
    all.sort_unstable();
    let mut pairs: BTreeMap<(usize, usize), SharedDocuments> = BTreeMap::new();
    for same in all.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        let mut by_collection: BTreeMap<usize, Vec<&DocumentId>> = BTreeMap::new();
        same.iter().for_each(|(_, index, id)| by_collection.entry(*index).or_default().push(id));
        let uses: Vec<(usize, Vec<&DocumentId>)> = by_collection.into_iter().collect();
        for (place, (a, of_a)) in uses.iter().enumerate() {
            for (b, of_b) in &uses[place + 1..] {
                let entry = pairs.entry((*a, *b)).or_insert_with(|| nothing_yet(collections, prints, *a, *b));
                entry.shared.0 += of_a.len();
                entry.shared.1 += of_b.len();
                entry.examples.push((of_a[0].clone(), of_b[0].clone()));
            }
        }
    }
    pairs
        .into_values()
        .map(|mut pair| {
            pair.examples.sort();
            pair.examples.truncate(EXAMPLES);
            pair
        })
        .collect()
}

fn nothing_yet(collections: &[Gathered], prints: &[Option<Print>], a: usize, b: usize) -> SharedDocuments {
    let of = |index: usize| prints[index].as_ref().map_or(0, |print| print.contents.len());
    SharedDocuments {
        collections: (collections[a].config.name.clone(), collections[b].config.name.clone()),
        shared: (0, 0),
        of: (of(a), of(b)),
        examples: Vec::new(),
    }
}

/// The pairs of query and document that two collections judge, for each two that have any.
fn judgements(
    collections: &[Gathered],
    prints: &[Option<Print>],
    shared_queries: &[SharedQuery],
) -> Vec<SharedJudgements> {
    let index_of = |name: &str| collections.iter().position(|gathered| gathered.config.name == name);
    let digests: Vec<BTreeMap<&DocumentId, u64>> = prints.iter().map(digests_by_document).collect();
    let mut pairs: BTreeMap<(usize, usize), SharedJudgements> = BTreeMap::new();
    for shared in shared_queries {
        let home = std::iter::once((shared.counted_in.as_str(), &shared.query));
        let elsewhere = shared.left_out.iter().map(|left| (left.collection.as_str(), &left.query));
        let mut uses: Vec<(usize, &QueryId)> =
            home.chain(elsewhere).filter_map(|(name, query)| Some((index_of(name)?, query))).collect();
        uses.sort();
        for (place, (a, query_a)) in uses.iter().enumerate() {
            for (b, query_b) in uses[place + 1..].iter().filter(|(b, _)| b != a) {
                let judged_a = judged(&collections[*a], query_a, &digests[*a]);
                let judged_b = judged(&collections[*b], query_b, &digests[*b]);
                for (digest, (document_a, relevant_a)) in &judged_a {
                    let Some((document_b, relevant_b)) = judged_b.get(digest) else { continue };
                    let entry = pairs.entry((*a, *b)).or_insert_with(|| SharedJudgements {
                        collections: (collections[*a].config.name.clone(), collections[*b].config.name.clone()),
                        pairs: 0,
                        agreeing: 0,
                        examples: Vec::new(),
                    });
                    entry.pairs += 1;
                    entry.agreeing += usize::from(relevant_a == relevant_b);
                    if entry.examples.len() < EXAMPLES {
                        let ids = |query: &QueryId, document: &DocumentId| (query.clone(), document.clone());
                        let ((qa, da), (qb, db)) = (ids(query_a, document_a), ids(query_b, document_b));
                        entry.examples.push((qa, da, qb, db));
                    }
                }
            }
        }
    }
    pairs.into_values().collect()
}

fn digests_by_document(print: &Option<Print>) -> BTreeMap<&DocumentId, u64> {
    print.iter().flat_map(|print| &print.contents).map(|content| (&content.id, content.digest)).collect()
}

/// The documents that are judged for a query, by their content: the first of each, and whether it is relevant.
fn judged<'a>(
    gathered: &'a Gathered,
    query: &QueryId,
    digests: &BTreeMap<&DocumentId, u64>,
) -> BTreeMap<u64, (&'a DocumentId, bool)> {
    let mut by_content = BTreeMap::new();
    for (document, grade) in gathered.collection.qrels.queries.get(query).into_iter().flatten() {
        if let Some(digest) = digests.get(document) {
            by_content.entry(*digest).or_insert((document, *grade >= gathered.config.rel));
        }
    }
    by_content
}
