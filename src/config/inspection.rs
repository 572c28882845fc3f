//! `[inspection]`: the teacher's answers that people should read before anything is distilled.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A sample of the teacher's answers on suspect collections for people to read, half of it random and half most
/// suspicious. It is written to `inspection.csv` beside the report; its columns `verdict`, `reviewer`, `date` and
/// `comment` are to be filled in, and `reviews` reads them back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Inspection {
    /// Pairs of query and document in the sample; 0 is none.
    pub size: usize,
    /// The seed of the random half.
    pub seed: u64,
    /// The filled-in file of an earlier run.
    pub reviews: Option<String>,
}

impl Default for Inspection {
    fn default() -> Inspection {
        Inspection { size: 20, seed: 1, reviews: None }
    }
}
