//! Findings and contrasts to a verdict, and the sentence that explains it.
//!
//! The verdict comes from tests and evidence only (`docs/statistics.md`, section 5). Levels and waivers change
//! the result, pass or fail, and never the verdict.

mod decide;
mod settles;

pub use decide::decide;

use crate::error::Exit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the tests and the evidence say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The evaluation data, or judgements of it, were in what was read; or a matched twin says so.
    Contaminated,
    /// Gains or label residuals differ between suspect and clean collections: skill in that domain, or a leak.
    Divergent,
    /// Nothing rejects, gains agree, and the teacher was tested.
    Clean,
    /// Nothing rejects and gains agree; the teacher itself was not tested.
    GainsAgree,
    /// Not decided.
    Inconclusive,
}

impl Verdict {
    /// Every verdict with its meaning, for the docs.
    pub const ALL: [Verdict; 5] =
        [Verdict::Contaminated, Verdict::Divergent, Verdict::Clean, Verdict::GainsAgree, Verdict::Inconclusive];
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Verdict::Contaminated => "contaminated",
            Verdict::Divergent => "divergent",
            Verdict::Clean => "clean",
            Verdict::GainsAgree => "gains-agree",
            Verdict::Inconclusive => "inconclusive",
        })
    }
}

/// What kind of reason decided, so that a report in another language can say it in its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// What was read holds queries or judgements of the test.
    Read,
    /// Canaries, matched twins, or both.
    Planted,
    /// Suspect and clean collections differ.
    Difference,
    /// No gain could be compared.
    NoTest,
    /// A scorer ranks exactly as one of its references.
    SameOrder,
    /// Files that should be searched could not be read.
    Unread,
    /// A suspect collection could not be looked at.
    Unseen,
    /// The gain's bound is not below its margin.
    GainTooWide,
    /// The teacher's bound is not below its margin.
    TeacherTooWide,
    /// Every bound is below its margin.
    Below,
}

/// What kind of thing would settle an open question, so that a page for people does not ask for what would not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// More queries, clean collections or seeds.
    MoreData,
    /// Fresh queries over the documents of a suspect collection.
    Twin,
    /// References, or better ones.
    References,
    /// The teacher's own scores.
    TeacherScores,
    /// Dates of the collections and of the teacher.
    Dates,
    /// Inputs that are missing, or other ones than was meant.
    Inputs,
    /// Collections that nobody has read.
    OtherCollections,
}

/// What becomes of the build, after levels and waivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The gate says yes.
    Pass,
    /// The gate says no.
    Fail,
    /// Nothing was decided, and the configuration makes that a failure.
    Inconclusive,
}

/// The verdict with its reasons, and the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What the tests and the evidence say.
    pub verdict: Verdict,
    /// What kind of reason decided.
    pub cause: Cause,
    /// Why, in one sentence that names the number that decided.
    pub sentence: String,
    /// What it means for whoever merges.
    pub meaning: String,
    /// What would settle it, a line each; empty where nothing is open.
    pub settles: Vec<String>,
    /// Of what kinds these are, each once.
    pub remedies: Vec<Remedy>,
    /// What becomes of the build.
    pub outcome: Outcome,
    /// Why the outcome is not simply the verdict's: a waiver, a level, a finding at `deny`.
    pub remarks: Vec<String>,
    /// The exit code.
    pub exit: Exit,
}

#[cfg(test)]
pub(crate) mod tests;
