//! Where the student before and the references come from.

use serde::{Deserialize, Serialize};

/// Whose student a ranker is, as far as anything says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginFacts {
    /// The teacher that the configuration says it was distilled from.
    pub declared: Option<String>,
    /// The teacher that the record beside its model names.
    pub recorded: Option<String>,
    /// That record, as the user would name it.
    pub record: Option<String>,
}
