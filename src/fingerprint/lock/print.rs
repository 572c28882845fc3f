//! The print of a collection: what the lock keeps of it, and what tells its documents from another collection's.

use super::part::{Gatherer, Part, of_parts};
use super::seal::{Seal, tag};
use crate::cache::Digest;
use crate::collection::{Collection, DocumentId, Grade, QueryId};
use crate::error::Result;
use crate::text::normalise;
use compact_str::CompactString;
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// Digits of the tag of a query or document: 24 bits. That something changed is told by the SHA-256 of the part; a tag
/// only has to say which item it was, and misses it once in 17 million changes.
const ITEM_DIGITS: usize = 4;
/// Digits that tell the documents judged for one query apart: 30 bits.
pub(super) const PAIR_DIGITS: usize = 5;
/// Digits that tell the grades of a judgement apart: 18 bits.
const GRADE_DIGITS: usize = 3;
/// Digits of a judgement in the entry of its query.
pub(super) const JUDGEMENT_DIGITS: usize = PAIR_DIGITS + GRADE_DIGITS;

/// How much of the documents is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A tag for each, so that drift can be named.
    Each,
    /// Their number and one SHA-256: for corpora whose lock would be too large to commit.
    Whole,
}

/// What was taken of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    /// The queries; absent where the collection has judgements alone.
    pub queries: Option<Part>,
    /// The judgements.
    pub judgements: Part,
    /// The documents; absent where there is no corpus.
    pub documents: Option<Part>,
    /// The normal form of every document that has one, digested without its identifier, in the order of the digests.
    /// It is not kept in the lock.
    pub contents: Vec<Content>,
    /// The documents' identifiers by the names that the lock has for them, where these are not the same.
    pub(super) documents_by_name: BTreeMap<CompactString, DocumentId>,
}

/// The content of a document: 64 bits of its normal form (xxh3). Of a million documents two are confused with a chance
/// of 3 in a hundred million.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Content {
    /// The digest.
    pub digest: u64,
    /// The document.
    pub id: DocumentId,
}

impl Print {
    /// Takes the print of a collection. Its corpus, if it has one, is read once; what it holds is added to the
    /// collection's counts.
    ///
    /// # Errors
    /// Those of [`Collection::survey`].
    pub fn of(collection: &mut Collection, seal: &Seal, detail: Detail) -> Result<Print> {
        let queries = (!collection.queries.is_empty()).then(|| queries(collection, seal));
        let judgements = judgements(collection, seal);
        let print =
            Print { queries, judgements, documents: None, contents: Vec::new(), documents_by_name: BTreeMap::new() };
        if collection.has_corpus() { print.with_documents(collection, seal, detail) } else { Ok(print) }
    }

    /// The digest of the whole collection.
    pub fn sha256(&self) -> Digest {
        of_parts([self.queries.as_ref(), Some(&self.judgements), self.documents.as_ref()])
    }

    fn with_documents(mut self, collection: &mut Collection, seal: &Seal, detail: Detail) -> Result<Print> {
        let (mut all, mut items) = (Gatherer::default(), BTreeMap::new());
        collection.survey_with(&mut |id, text| {
            let text = normalise(&text);
            let digest = seal.digest("document", &[id, &text]);
            if detail == Detail::Each {
                let name = seal.name("document", id);
                if seal.is_keyed() {
                    self.documents_by_name.insert(name.clone(), DocumentId::new(id));
                }
                items.insert(name, tag(&digest, ITEM_DIGITS));
            }
            if !text.is_empty() {
                self.contents.push(Content { digest: xxh3_64(text.as_bytes()), id: DocumentId::new(id) });
            }
            all.add(digest);
        })?;
        self.contents.sort_unstable();
        self.documents = Some(all.finish((detail == Detail::Each).then_some(items)));
        Ok(self)
    }
}

fn queries(collection: &Collection, seal: &Seal) -> Part {
    let (mut all, mut items) = (Gatherer::default(), BTreeMap::new());
    for (id, text) in &collection.queries {
        let digest = seal.digest("query", &[id.as_str(), &normalise(text)]);
        items.insert(seal.name("query", id.as_str()), tag(&digest, ITEM_DIGITS));
        all.add(digest);
    }
    all.finish(Some(items))
}

fn judgements(collection: &Collection, seal: &Seal) -> Part {
    let (mut all, mut items) = (Gatherer::default(), BTreeMap::new());
    for (query, judged) in &collection.qrels.queries {
        let mut tags: Vec<CompactString> = Vec::with_capacity(judged.len());
        for (document, grade) in judged {
            let pair = pair_tag(seal, query, document);
            let digest = judgement(seal, query, document, *grade);
            tags.push(pair + &grade_tag(&digest));
            all.add(digest);
        }
        // In the order of the tags, so that not even the order of the documents is told.
        tags.sort_unstable();
        items.insert(seal.name("query", query.as_str()), tags.concat().into());
    }
    all.finish(Some(items))
}

/// Tells the documents that were judged for a query apart.
pub(super) fn pair_tag(seal: &Seal, query: &QueryId, document: &DocumentId) -> CompactString {
    tag(&seal.digest("pair", &[query.as_str(), document.as_str()]), PAIR_DIGITS)
}

/// The digest of a judgement.
pub(super) fn judgement(seal: &Seal, query: &QueryId, document: &DocumentId, grade: Grade) -> Digest {
    seal.digest("judgement", &[query.as_str(), document.as_str(), &grade.to_string()])
}

/// Tells the grades of a judgement apart.
pub(super) fn grade_tag(judgement: &Digest) -> CompactString {
    tag(judgement, GRADE_DIGITS)
}
