//! What the teacher makes of canaries.

use serde::{Deserialize, Serialize};

/// How often the teacher prefers the document that a coin made relevant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CanaryFacts {
    /// Canaries in all.
    pub pairs: usize,
    /// Those in which the labelled document has the higher score.
    pub labelled: usize,
    /// Those in which the other has.
    pub other: usize,
    /// Those with equal scores, which do not count.
    pub ties: usize,
    /// How often a coin does as well: exact, one-sided.
    pub p: f64,
    /// How many of those that count would have to go to the labelled document; absent where they are too few.
    pub needed: Option<u64>,
    /// Files of scores: repeats, whose scores were averaged.
    pub repeats: usize,
    /// Whether what was published was held to the key.
    pub published_checked: bool,
    /// Where the configuration speaks of it.
    pub config_line: Option<u64>,
}
