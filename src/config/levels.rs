//! Levels of findings, and waivers.

use crate::collection::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a finding does to the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It is not reported.
    Allow,
    /// It is reported as a remark.
    Note,
    /// It is reported as a warning.
    Warn,
    /// It fails the build.
    Deny,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Level::Allow => "allow",
            Level::Note => "note",
            Level::Warn => "warn",
            Level::Deny => "deny",
        })
    }
}

/// A finding that is known and accepted until a date. It stays visible, as skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Waiver {
    /// The check, as `distilgate explain` lists it.
    pub check: String,
    /// Only for this collection or arm; left out: for all.
    pub collection: Option<String>,
    /// The last day on which it holds.
    pub until: Date,
    /// Why it is accepted.
    pub reason: String,
}
