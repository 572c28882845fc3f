//! One part of a print: the queries, the judgements or the documents of a collection.

use crate::cache::Digest;
use compact_str::CompactString;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The queries, the judgements or the documents of a collection, as the lock holds them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// How many there are.
    pub count: u64,
    /// SHA-256 over the digests of all items in the order of their values, whatever their order in the file.
    pub sha256: Digest,
    /// The tag of each item by its identifier; of the judgements those of a query, one after the other, by the query.
    /// Absent where items are not told apart.
    #[serde(default)]
    pub items: Option<BTreeMap<CompactString, CompactString>>,
}

/// Gathers the digests of the items of a part, in any order.
#[derive(Debug, Default)]
pub(super) struct Gatherer(Vec<Digest>);

impl Gatherer {
    pub(super) fn add(&mut self, digest: Digest) {
        self.0.push(digest);
    }

    pub(super) fn finish(mut self, items: Option<BTreeMap<CompactString, CompactString>>) -> Part {
        Part { count: self.0.len() as u64, sha256: of_all(&mut self.0), items }
    }
}

/// The digest of a set of digests. They are sorted and digested, not added up: sums of digests can be forged (Wagner,
/// *A Generalized Birthday Problem*, 2002).
fn of_all(digests: &mut [Digest]) -> Digest {
    digests.sort_unstable();
    let mut hasher = Sha256::new();
    hasher.update((digests.len() as u64).to_le_bytes());
    digests.iter().for_each(|digest| hasher.update(digest.bytes()));
    Digest::new(hasher.finalize().into())
}

/// The digest of a whole collection: of its parts, in this order, those that are absent included.
pub(super) fn of_parts(parts: [Option<&Part>; 3]) -> Digest {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update([u8::from(part.is_some())]);
        part.iter().for_each(|part| hasher.update(part.sha256.bytes()));
    }
    Digest::new(hasher.finalize().into())
}
