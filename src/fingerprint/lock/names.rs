//! Finds names for what a lock holds as tags alone: the documents of judgements, and in a keyed lock everything.
//!
//! A tag cannot be turned back, but the tags of everything that is at hand can be made again and compared: of the
//! judgements that there are, of the documents of the corpus and of those in the lock.

use super::file::Locked;
use super::print::{Print, grade_tag, judgement, pair_tag};
use super::seal::Seal;
use crate::collection::{Collection, DocumentId, Grade, QueryId};
use compact_str::CompactString;
use std::collections::{BTreeMap, BTreeSet};

/// The lowest and the highest grade that a changed judgement may have had.
const GRADES: (Grade, Grade) = (-5, 20);

/// Tags that are made at most in search of names, which takes about a second; after it a tag stands for itself.
const MOST_TRIED: usize = 2_000_000;

/// What names are found in.
pub(super) struct Names<'a> {
    seal: &'a Seal,
    locked: &'a Locked,
    print: &'a Print,
    collection: &'a Collection,
    queries: BTreeMap<CompactString, &'a QueryId>,
    tried: usize,
    /// The documents of a query by their tags, of the query that was asked for last.
    at_hand: Option<(QueryId, BTreeMap<CompactString, DocumentId>)>,
}

impl<'a> Names<'a> {
    pub(super) fn of(seal: &'a Seal, locked: &'a Locked, print: &'a Print, collection: &'a Collection) -> Names<'a> {
        let known = collection.queries.keys().chain(collection.qrels.queries.keys());
        let queries = known.map(|id| (seal.name("query", id.as_str()), id)).collect();
        Names { seal, locked, print, collection, queries, tried: 0, at_hand: None }
    }

    /// A query's identifier.
    pub(super) fn query(&self, name: &str) -> String {
        match self.seal {
            Seal::Open => name.to_owned(),
            Seal::Keyed(_) => self.queries.get(name).map_or_else(|| unknown(name), ToString::to_string),
        }
    }

    /// A document's identifier.
    pub(super) fn document(&self, name: &str) -> String {
        match self.seal {
            Seal::Open => name.to_owned(),
            Seal::Keyed(_) => self.print.documents_by_name.get(name).map_or_else(|| unknown(name), ToString::to_string),
        }
    }

    /// Query and document of a judgement.
    pub(super) fn judged(&mut self, query: &str, pair: &str) -> String {
        let document = self.find(query, pair).map_or_else(|| unknown(pair), |id| id.to_string());
        format!("query {}, document {document}", self.query(query))
    }

    /// The same, with the grade that it had and the one that it has.
    pub(super) fn graded(&mut self, query: &str, pair: &str, before: &str) -> String {
        let judged = self.judged(query, pair);
        let Some((query, document)) = self.query_id(query).zip(self.find(query, pair)) else { return judged };
        let had = (GRADES.0..=GRADES.1).find(|g| grade_tag(&judgement(self.seal, &query, &document, *g)) == before);
        match (had, self.collection.qrels.grade(&query, &document)) {
            (Some(had), Some(has)) => format!("{judged}: grade {had} before, {has} now"),
            _ => judged,
        }
    }

    fn query_id(&self, name: &str) -> Option<QueryId> {
        match (self.queries.get(name), self.seal) {
            (Some(id), _) => Some((*id).clone()),
            (None, Seal::Open) => Some(QueryId::new(name)),
            (None, Seal::Keyed(_)) => None,
        }
    }

    /// The document of a judgement: among those that are judged for the query now, else among all that are known.
    fn find(&mut self, query: &str, pair: &str) -> Option<DocumentId> {
        let query = self.query_id(query)?;
        let mut judged = self.collection.qrels.queries.get(&query).into_iter().flat_map(BTreeMap::keys);
        if let Some(found) = judged.find(|id| pair_tag(self.seal, &query, id) == pair) {
            return Some(found.clone());
        }
        if self.at_hand.as_ref().is_none_or(|(of, _)| *of != query) {
            self.at_hand = Some((query.clone(), self.tags_of_all(&query)));
        }
        self.at_hand.as_ref().and_then(|(_, documents)| documents.get(pair).cloned())
    }

    fn tags_of_all(&mut self, query: &QueryId) -> BTreeMap<CompactString, DocumentId> {
        let judged = self.collection.qrels.queries.values().flat_map(BTreeMap::keys).cloned();
        let of_corpus = self.print.contents.iter().map(|content| content.id.clone());
        let mut known: BTreeSet<DocumentId> = judged.chain(of_corpus).collect();
        let locked = self.locked.documents.as_ref().and_then(|part| part.items.as_ref());
        if let (Seal::Open, Some(items)) = (self.seal, locked) {
            known.extend(items.keys().map(DocumentId::new));
        }
        self.tried += known.len();
        if self.tried > MOST_TRIED {
            return BTreeMap::new();
        }
        known.into_iter().map(|id| (pair_tag(self.seal, query, &id), id)).collect()
    }
}

/// What is gone and was kept as a tag alone.
fn unknown(tag: &str) -> String {
    format!("with tag {tag}")
}
