//! The first stage: BM25 over words, or over character bigrams where a script has no spaces.
//!
//! The formula is the one of Lucene (and so of Anserini): Robertson and Zaragoza, *The Probabilistic Relevance
//! Framework: BM25 and Beyond*, 2009, in the variant that Kamphuis, de Vries, Boytsov and Lin, *Which BM25 Do You
//! Mean?*, ECIR 2020, call "Lucene (default)": an idf that is never negative, no factor `k1 + 1`, lengths of documents
//! in one byte. The default settings are Anserini's for English. The same documents and settings give the same
//! bytes, in whatever order the documents come. Nothing here reads a file or prints.

mod analysis;
mod build;
mod index;
mod length;
mod postings;
mod stem;

pub use index::Index;

#[cfg(test)]
mod tests;
