//! Where the student before comes from.

use serde::{Deserialize, Serialize};

/// Where the student before comes from, as far as anything says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeforeFacts {
    /// The teacher that the configuration says it was distilled from.
    pub declared: Option<String>,
    /// The teacher that the record beside its model names.
    pub recorded: Option<String>,
    /// That record, as the user would name it.
    pub record: Option<String>,
}
