//! What a check says: cases and findings, plain data without a format.

use crate::config::Level;
use crate::error::Place;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The four groups of checks; each is a test suite in JUnit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Gains and what they are compared with.
    Gate,
    /// The teacher's scores.
    Probes,
    /// What the collections are, and where else they turn up.
    Fingerprints,
    /// Where collections, scores and claims come from.
    Provenance,
}

impl Family {
    /// Every family, in the order of reports.
    pub const ALL: [Family; 4] = [Family::Gate, Family::Probes, Family::Fingerprints, Family::Provenance];
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Family::Gate => "gate",
            Family::Probes => "probes",
            Family::Fingerprints => "fingerprints",
            Family::Provenance => "provenance",
        })
    }
}

/// What a check says of one collection, arm, or the whole audit.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What it is about: a collection, an arm, `after on dl19`, or `all`.
    pub subject: String,
    /// The collection that it is about, for waivers.
    pub collection: Option<String>,
    /// What came out.
    pub status: Status,
}

/// What came out of a check.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// Nothing to complain about, and what was seen.
    Passed(String),
    /// Something was found.
    Found(Box<Finding>),
    /// It does not apply here, and why.
    NotApplicable(String),
    /// It would apply, but what it needs is missing, and what that is.
    CouldNotRun(String),
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The level that the check gives it, where that is not the check's default.
    pub level: Option<Level>,
    /// Where, if a file is to blame.
    pub place: Option<Place>,
    /// What is wrong, in one line with the number that says so.
    pub message: String,
    /// What else a reader needs to judge it, a line each.
    pub evidence: Vec<String>,
    /// What to do.
    pub help: String,
}

impl Finding {
    /// A finding at the default level of its check, without place and evidence.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding { level: None, place: None, message: message.into(), evidence: Vec::new(), help: help.into() }
    }

    /// Sets another level than the check's default.
    pub fn level(self, level: Level) -> Finding {
        Finding { level: Some(level), ..self }
    }

    /// Says where.
    pub fn at(self, place: Place) -> Finding {
        Finding { place: Some(place), ..self }
    }

    /// Adds lines of evidence.
    pub fn evidence(mut self, lines: impl IntoIterator<Item = String>) -> Finding {
        self.evidence.extend(lines);
        self
    }
}

impl Case {
    fn new(subject: impl Into<String>, status: Status) -> Case {
        Case { subject: subject.into(), collection: None, status }
    }

    /// Nothing to complain about; `seen` says what was looked at.
    pub fn passed(subject: impl Into<String>, seen: impl Into<String>) -> Case {
        Case::new(subject, Status::Passed(seen.into()))
    }

    /// Something was found.
    pub fn found(subject: impl Into<String>, finding: Finding) -> Case {
        Case::new(subject, Status::Found(Box::new(finding)))
    }

    /// The check does not apply, and why.
    pub fn not_applicable(subject: impl Into<String>, why: impl Into<String>) -> Case {
        Case::new(subject, Status::NotApplicable(why.into()))
    }

    /// The check would apply, but could not run, and why.
    pub fn could_not_run(subject: impl Into<String>, why: impl Into<String>) -> Case {
        Case::new(subject, Status::CouldNotRun(why.into()))
    }

    /// Says which collection it is about.
    pub fn on(self, collection: impl Into<String>) -> Case {
        Case { collection: Some(collection.into()), ..self }
    }

    /// The finding, if something was found.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.status {
            Status::Found(finding) => Some(finding),
            _ => None,
        }
    }
}
