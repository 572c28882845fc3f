//! What is asked in one go, and under which keys the answers are kept.

use crate::cache::{Key, KeyBuilder};
use crate::collection::{DocumentId, QueryId};
use std::ops::Range;
use std::sync::Arc;

/// A pair to be scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The query.
    pub query_id: QueryId,
    /// The document.
    pub document_id: DocumentId,
    /// The query's text.
    pub query: Arc<str>,
    /// The document's text.
    pub text: Arc<str>,
}

impl Pair {
    /// Bytes of both texts.
    pub fn bytes(&self) -> u64 {
        (self.query.len() + self.text.len()) as u64
    }
}

/// The pairs of one collection, for one repeat. Each pair has a key of its texts; in a listwise batch of the whole
/// list's texts, for there an answer means something only beside the others of its list.
#[derive(Clone, Debug)]
pub struct Batch {
    /// What the pairs are called: a collection's name.
    pub name: String,
    /// Which time they are asked, from one.
    pub repeat: u64,
    /// The pairs; those of one query stand together.
    pub pairs: Arc<[Pair]>,
    /// A key for each pair.
    pub keys: Vec<Key>,
    /// What is answered as a whole or not at all: each pair alone, or the pairs of each query.
    pub units: Vec<Range<usize>>,
}

impl Batch {
    /// A batch. `listwise` says that the pairs of a query are one question.
    pub fn new(name: &str, pairs: Arc<[Pair]>, listwise: bool, repeat: u64) -> Batch {
        let units = if listwise { lists(&pairs) } else { (0..pairs.len()).map(|index| index..index + 1).collect() };
        let keys = match listwise {
            true => units.iter().flat_map(|unit| keys_in_list(&pairs[unit.clone()], repeat)).collect(),
            false => pairs.iter().map(|pair| key(pair, repeat)).collect(),
        };
        Batch { name: name.to_owned(), repeat, pairs, keys, units }
    }
}

/// The ranges of pairs with one query.
fn lists(pairs: &[Pair]) -> Vec<Range<usize>> {
    let mut lists = Vec::new();
    let mut start = 0;
    for list in pairs.chunk_by(|a, b| a.query_id == b.query_id) {
        lists.push(start..start + list.len());
        start += list.len();
    }
    lists
}

fn key(pair: &Pair, repeat: u64) -> Key {
    Key::of("answer/1").number(repeat).text(&pair.query).text(&pair.text).build()
}

fn keys_in_list(list: &[Pair], repeat: u64) -> Vec<Key> {
    let start = Key::of("answer-in-list/1").number(repeat).number(list.len() as u64);
    let all: KeyBuilder = list.iter().fold(start, |key, pair| key.text(&pair.query).text(&pair.text));
    (0..list.len()).map(|place| all.clone().number(place as u64).build()).collect()
}
