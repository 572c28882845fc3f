//! `[canary]`: planted documents with random labels, and what the teacher says of them.

use super::Files;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Canaries that `distilgate canary mint` made: documents with random labels, published before the teacher was trained.
///
/// A teacher that prefers the labelled documents more often than a coin would has read the labels: the verdict is
/// `contaminated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CanaryConfig {
    /// The key, which was never published. In CI it comes from the store of secrets.
    pub key: String,
    /// The commitment to the key, in version control.
    #[serde(default = "lock")]
    pub lock: String,
    /// The folder that was published, where it is at hand: it is held to the key.
    pub published: Option<String>,
    /// The teacher's scores of both documents of every query: a run or score file, or a list of repeats.
    pub scores: Files,
}

fn lock() -> String {
    "canary.lock".to_owned()
}
