//! The first stage: BM25.
