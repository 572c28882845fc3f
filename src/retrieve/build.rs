//! Builds an index from a stream of documents, whose texts are not kept.

use super::analysis::Analysis;
use super::index::Index;
use super::length;
use super::postings::Postings;
use crate::collection::DocumentId;
use crate::config::Bm25;
use crate::error::{Error, Result};
use crate::text::for_each_token;
use std::collections::HashMap;

/// How many of the identifiers that occur twice an error names.
const MAX_DUPLICATES_SHOWN: usize = 5;

/// An index that grows.
pub(super) struct Builder {
    analysis: Analysis,
    documents: Vec<DocumentId>,
    lengths: Vec<u8>,
    /// The term of every token seen, `None` for a stop word: so each is stemmed once.
    tokens: HashMap<String, Option<u32>>,
    terms: HashMap<String, u32>,
    postings: Vec<Postings>,
    nonempty: u32,
    total_length: u64,
}

impl Builder {
    /// An index of nothing.
    pub(super) fn new(settings: &Bm25) -> Builder {
        Builder {
            analysis: Analysis::new(settings),
            documents: Vec::new(),
            lengths: Vec::new(),
            tokens: HashMap::new(),
            terms: HashMap::new(),
            postings: Vec::new(),
            nonempty: 0,
            total_length: 0,
        }
    }

    /// Adds a document.
    pub(super) fn add(&mut self, id: DocumentId, text: &str) -> Result<()> {
        let number = u32::try_from(self.documents.len()).map_err(|_| too_many_documents())?;
        let mut terms: Vec<u32> = Vec::new();
        for_each_token(text, |token| terms.extend(self.term(token)));
        terms.sort_unstable();
        for same in terms.chunk_by(|a, b| a == b) {
            self.postings[same[0] as usize].push(number, saturated(same.len()));
        }
        self.documents.push(id);
        self.lengths.push(length::encode(saturated(terms.len())));
        self.nonempty += u32::from(!terms.is_empty());
        self.total_length += terms.len() as u64;
        Ok(())
    }

    /// The number of the term of a token; `None` for a stop word.
    fn term(&mut self, token: &str) -> Option<u32> {
        if let Some(known) = self.tokens.get(token) {
            return *known;
        }
        let term = self.analysis.term(token).map(|term| match self.terms.get(term.as_ref()) {
            Some(known) => *known,
            None => {
                let number = saturated(self.postings.len());
                self.postings.push(Postings::default());
                self.terms.insert(term.into_owned(), number);
                number
            }
        });
        self.tokens.insert(token.to_owned(), term);
        term
    }

    /// The index of all that was added; an error if an identifier occurred twice.
    pub(super) fn finish(mut self, settings: &Bm25) -> Result<Index> {
        drop(self.tokens);
        let mut by_id: Vec<u32> = (0..saturated(self.documents.len())).collect();
        by_id.sort_by_key(|n| &self.documents[*n as usize]);
        refuse_duplicates(&self.documents, &by_id)?;
        let mean_length = self.total_length as f64 / f64::from(self.nonempty.max(1));
        let mut take = |number: u32| {
            let mut postings = std::mem::take(&mut self.postings[number as usize]);
            postings.shrink();
            postings
        };
        Ok(Index {
            analysis: self.analysis,
            documents: self.documents,
            by_id,
            lengths: self.lengths,
            norms: norms(settings, mean_length),
            terms: self.terms.into_iter().map(|(term, number)| (term, take(number))).collect(),
            nonempty: self.nonempty,
        })
    }
}

/// `k1 (1 - b + b dl / avgdl)` for the length that each byte stands for.
fn norms(Bm25 { k1, b, .. }: &Bm25, mean_length: f64) -> [f64; 256] {
    let mut norms = [0.0; 256];
    for (byte, norm) in (0..=u8::MAX).zip(&mut norms) {
        *norm = k1 * (1.0 - b + b * f64::from(length::decode(byte)) / mean_length);
    }
    norms
}

/// An error if neighbours in the order of identifiers have the same one.
fn refuse_duplicates(documents: &[DocumentId], by_id: &[u32]) -> Result<()> {
    let ids: Vec<&DocumentId> = by_id.iter().map(|n| &documents[*n as usize]).collect();
    let mut twice: Vec<&str> = ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].as_str()).collect();
    twice.dedup();
    if twice.is_empty() {
        return Ok(());
    }
    let shown = twice[..twice.len().min(MAX_DUPLICATES_SHOWN)].join(", ");
    let rest = if twice.len() > MAX_DUPLICATES_SHOWN { ", ..." } else { "" };
    Err(Error::input(format!(
        "document identifiers that occur more than once cannot be indexed, since a run cannot tell such documents \
         apart: {shown}{rest} ({} in all)",
        twice.len()
    ))
    .help("give each document an identifier of its own, or remove the repeated lines"))
}

fn too_many_documents() -> Error {
    Error::input(format!("more than {} documents are too many for one index", u32::MAX))
        .help("search them elsewhere and give the result as a run")
}

/// A count in 32 bits; what is larger counts as the largest.
fn saturated(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
