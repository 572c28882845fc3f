//! `[scan]`: what the student or a known teacher read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the student or a known teacher read. It is searched for the queries, judgements and documents of the collections.
///
/// A test query in it word for word, or with a relevant document, is evidence: the verdict is `contaminated`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scan {
    /// Files and folders, as in `["distill/", "pretraining/*.jsonl"]`: JSONL, TSV, CSV, TREC, text; plain, gzip, zstd.
    pub paths: Vec<String>,
    /// A query is told from this similarity on: the share of what its words say that is left. From 0.5 to 1.
    #[serde(default = "query_similarity")]
    pub query_similarity: f64,
    /// A document is told from this Jaccard similarity on, of shingles of five words. From 0.5 to 1.
    #[serde(default = "document_similarity")]
    pub document_similarity: f64,
}

impl Default for Scan {
    fn default() -> Scan {
        Scan { paths: Vec::new(), query_similarity: query_similarity(), document_similarity: document_similarity() }
    }
}

fn query_similarity() -> f64 {
    0.7
}

fn document_similarity() -> f64 {
    0.8
}
