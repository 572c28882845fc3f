//! An inverted index in memory, and how it answers queries.

use super::analysis::Analysis;
use super::build::Builder;
use super::postings::Postings;
use crate::collection::{Document, DocumentId, QueryId};
use crate::config::Bm25;
use crate::error::Result;
use crate::runs::{Run, Scored};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

/// Documents that can be searched.
///
/// Memory: two bytes or a little more for each pair of a document and a different term in it, about 30 bytes for each
/// document, and the vocabulary.
pub struct Index {
    pub(super) analysis: Analysis,
    /// Identifiers by document number; the number is the place in the stream.
    pub(super) documents: Vec<DocumentId>,
    /// Document numbers in the order of the identifiers.
    pub(super) by_id: Vec<u32>,
    /// Lengths by document number, in terms, in the byte that [`super::length`] gives them.
    pub(super) lengths: Vec<u8>,
    /// `k1 (1 - b + b dl / avgdl)` by the byte of the length.
    pub(super) norms: [f64; 256],
    /// Which documents hold a term.
    pub(super) terms: HashMap<String, Postings>,
    /// How many documents hold any term: Lucene's `docCount`, the N of the formula.
    pub(super) nonempty: u32,
}

impl Index {
    /// Indexes documents: their identifiers and texts (title and text joined by a space, where there is a title).
    ///
    /// Empty documents are indexed, and never found; as in Lucene they count neither in N nor in the mean length.
    /// An error of the stream ends the work and is returned; so is an identifier that occurs twice, since a run
    /// cannot tell the two documents apart.
    pub fn build(documents: impl Iterator<Item = Result<(DocumentId, String)>>, settings: &Bm25) -> Result<Index> {
        settings.validate()?;
        let mut builder = Builder::new(settings);
        for document in documents {
            let (id, text) = document?;
            builder.add(id, &text)?;
        }
        builder.finish(settings)
    }

    /// Indexes the documents of a corpus as they are read.
    ///
    /// # Errors
    /// As [`Index::build`].
    pub fn of_corpus(documents: impl Iterator<Item = Result<Document>>, settings: &Bm25) -> Result<Index> {
        let joined = |document: Document| {
            let text = document.joined();
            (document.id, text)
        };
        Index::build(documents.map(|document| document.map(joined)), settings)
    }

    /// How many documents are indexed.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether no document is indexed.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// How many of the documents hold no term at all, and so are never found.
    pub fn empty_documents(&self) -> usize {
        self.len() - self.nonempty as usize
    }

    /// The best `k` documents for a query, in the order of [`crate::runs::by_rank`]; only those that share a term
    /// with it.
    pub fn search(&self, query: &str, k: usize) -> Vec<Scored> {
        let scores = self.all_scores(query);
        let mut found: Vec<u32> = (0..).zip(&scores).filter(|(_, score)| **score > 0.0).map(|(n, _)| n).collect();
        let by_rank = |a: &u32, b: &u32| self.by_rank(&scores, *a, *b);
        if k < found.len() {
            found.select_nth_unstable_by(k, by_rank);
            found.truncate(k);
        }
        found.sort_unstable_by(by_rank);
        let scored = |n: u32| Scored { document: self.documents[n as usize].clone(), score: scores[n as usize] };
        found.into_iter().map(scored).collect()
    }

    /// The score of each of some documents for a query: zero where they share no term, `None` where the document is
    /// not in the index.
    pub fn scores(&self, query: &str, documents: &[DocumentId]) -> Vec<Option<f64>> {
        let scores = self.all_scores(query);
        documents.iter().map(|id| self.number(id).map(|n| scores[n as usize])).collect()
    }

    /// Searches all queries, each for its best `k`. A query that finds nothing has an empty ranking.
    pub fn run(&self, queries: &BTreeMap<QueryId, String>, k: usize) -> Run {
        Run { queries: queries.iter().map(|(id, text)| (id.clone(), self.search(text, k))).collect() }
    }

    /// The scores of all documents, by number: the sum over the query's words of
    /// `ln(1 + (N - df + 0.5) / (df + 0.5)) tf / (tf + k1 (1 - b + b dl / avgdl))`.
    ///
    /// The words are added in the order of their texts, so that sums do not depend on the order of the documents.
    fn all_scores(&self, query: &str) -> Vec<f64> {
        let mut times_in_query: BTreeMap<String, u32> = BTreeMap::new();
        for term in self.analysis.terms(query) {
            *times_in_query.entry(term).or_default() += 1;
        }
        let mut scores = vec![0.0; self.len()];
        for (term, times) in times_in_query {
            let Some(postings) = self.terms.get(&term) else { continue };
            let df = f64::from(postings.documents());
            let idf = (1.0 + (f64::from(self.nonempty) - df + 0.5) / (df + 0.5)).ln();
            let weight = f64::from(times) * idf;
            for (document, occurrences) in postings.iter() {
                let tf = f64::from(occurrences);
                let norm = self.norms[usize::from(self.lengths[document as usize])];
                scores[document as usize] += weight * (tf / (tf + norm));
            }
        }
        scores
    }

    /// [`crate::runs::by_rank`] of two document numbers.
    fn by_rank(&self, scores: &[f64], a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        let by_score = (scores[b] as f32).total_cmp(&(scores[a] as f32));
        by_score.then_with(|| self.documents[b].cmp(&self.documents[a]))
    }

    /// The number of a document.
    fn number(&self, id: &DocumentId) -> Option<u32> {
        let place = self.by_id.binary_search_by_key(&id, |n| &self.documents[*n as usize]).ok()?;
        Some(self.by_id[place])
    }
}
