//! Pairs of documents that are alike, with a query that fits both.
//!
//! The test does not need them to be alike: its coin is fair whatever they are. But a teacher that prefers one of two
//! documents strongly, for good reasons, will not be turned by a label, and then the canary says nothing.

use crate::collection::{Collection, DocumentId, QueryId};
use crate::config::Bm25;
use crate::error::{Error, Place, Result};
use crate::retrieve::Index;
use crate::text::{excerpt, normalise, tokens};
use crate::twin::Frequencies;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// For each pair that is wanted so many documents are tried, since not each has a neighbour.
const TRIED: usize = 8;

/// Neighbours that a document's partner is chosen among.
const NEIGHBOURS: usize = 10;

/// Characters of a document that its neighbours are searched with.
const SEARCHED: usize = 300;

/// Words of a query, at least and at most: words that both documents have.
const WORDS: std::ops::RangeInclusive<usize> = 3..=5;

/// A canary before its coin is tossed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The query.
    pub query: QueryId,
    /// Its text: words that both documents have.
    pub text: String,
    /// The two documents with their texts, in the order of their identifiers.
    pub documents: [(DocumentId, String); 2],
}

/// So many pairs of a collection's corpus, drawn with a seed. The corpus is read five times.
///
/// # Errors
/// A corpus that cannot be read, or has fewer matched pairs (exit 2).
pub fn matched_pairs(collection: &Collection, bm25: &Bm25, wanted: usize, seed: u64) -> Result<Vec<Pair>> {
    let mut frequencies = Frequencies::default();
    let mut drawn: Vec<(u64, DocumentId)> = Vec::new();
    for document in collection.documents()? {
        let document = document?;
        frequencies.add(&document.joined());
        drawn.push((xxh3_64_with_seed(document.id.as_str().as_bytes(), seed), document.id));
    }
    drawn.sort();
    drawn.truncate(wanted * TRIED);
    let index = Index::of_corpus(collection.documents()?, bm25)?;
    let texts = collection.texts_of(&drawn.iter().map(|(_, id)| id.clone()).collect())?;
    let near: Vec<(&DocumentId, Vec<DocumentId>)> = drawn
        .iter()
        .map(|(_, id)| {
            let found = index.search(&excerpt(texts.get(id).map_or("", String::as_str), SEARCHED), NEIGHBOURS + 1);
            (id, found.into_iter().map(|scored| scored.document).filter(|other| other != id).collect())
        })
        .collect();
    let others = collection.texts_of(&near.iter().flat_map(|(_, near)| near.iter().cloned()).collect())?;
    let pairs = choose(&near, &texts, &others, &frequencies, wanted);
    match pairs.len() == wanted {
        true => Ok(pairs),
        false => Err(too_few(collection, pairs.len(), wanted)),
    }
}

fn too_few(collection: &Collection, found: usize, wanted: usize) -> Error {
    let what = format!("{found} pairs of like documents were found, and {wanted} are wanted");
    let error = Error::input(what).help("ask for fewer pairs, or name a larger corpus");
    match &collection.location.corpus {
        Some(corpus) => error.at(Place::file(corpus)),
        None => error,
    }
}

fn choose(
    near: &[(&DocumentId, Vec<DocumentId>)],
    texts: &BTreeMap<DocumentId, String>,
    others: &BTreeMap<DocumentId, String>,
    frequencies: &Frequencies,
    wanted: usize,
) -> Vec<Pair> {
    let (mut used, mut asked) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    let digits = wanted.to_string().len();
    for (id, neighbours) in near {
        let Some(text) = texts.get(*id).filter(|_| pairs.len() < wanted && !used.contains(*id)) else { continue };
        let candidates = neighbours.iter().filter(|other| !used.contains(*other));
        let fitting = candidates.filter_map(|other| {
            let other_text = others.get(other)?;
            let query = query(text, other_text, frequencies)?;
            Some((length_ratio(text, other_text), other, other_text, query))
        });
        // Of the neighbours the one of like length: length is what rankers like for no reason.
        let best = fitting.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
        let Some((_, other, other_text, query)) = best.filter(|(.., query)| !asked.contains(query)) else { continue };
        used.extend([(*id).clone(), other.clone()]);
        asked.insert(query.clone());
        let mut documents = [((*id).clone(), text.clone()), (other.clone(), other_text.clone())];
        documents.sort();
        pairs.push(Pair { query: QueryId::new(format!("{:0digits$}", pairs.len() + 1)), text: query, documents });
    }
    pairs
}

/// How far two lengths are apart: the logarithm of their ratio.
fn length_ratio(a: &str, b: &str) -> f64 {
    let length = |text: &str| tokens(text).len().max(1) as f64;
    (length(a) / length(b)).ln().abs()
}

/// The most surprising words that both documents have; `None` for too few, or for two of the same text.
fn query(a: &str, b: &str, frequencies: &Frequencies) -> Option<String> {
    if normalise(a) == normalise(b) {
        return None;
    }
    let words = |text: &str| tokens(text).into_iter().filter(|w| w.chars().count() > 1).collect::<BTreeSet<String>>();
    let mut shared: Vec<(f64, String)> =
        words(a).intersection(&words(b)).map(|word| (frequencies.surprise(word), word.clone())).collect();
    shared.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let words: Vec<String> = shared.into_iter().take(*WORDS.end()).map(|(_, word)| word).collect();
    (words.len() >= *WORDS.start()).then(|| words.join(" "))
}
