//! `[first-stage]`: where the candidate lists come from.

use super::{Bm25, Files};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the candidate lists come from: BM25 over the collection, or a run of yours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FirstStage {
    /// Candidates per query at most.
    pub depth: usize,
    /// A run to take the candidates from instead of BM25; its scores are then the reference `bm25`.
    pub run: Option<Files>,
    /// How BM25 cuts texts into terms and weighs them.
    pub bm25: Bm25,
}

impl Default for FirstStage {
    fn default() -> FirstStage {
        FirstStage { depth: 50, run: None, bm25: Bm25::default() }
    }
}
