//! Outcomes: numbers per query that one engine compares between suspect and clean collections.

use crate::collection::{QueryId, Role};
use crate::stats::{Contrast, TwinTest};
use serde::{Deserialize, Serialize};
use std::fmt;

/// References are adequate where a label residual's mean over the clean collections is at most this
/// (docs/statistics.md, section 3).
pub const ADEQUATE: f64 = 0.20;

/// The outcomes that may decide. A probe that decides nothing hands in [`OutcomeKind::Probe`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    /// Measure of `after` minus measure of `before`.
    Gain,
    /// Measure of `after` minus the mean measure of the reference arms.
    ExcessGain,
    /// What the teacher knows of the judgements beyond its references.
    TeacherLabelResidual,
    /// What `after` knows of the judgements beyond its references.
    StudentLabelResidual,
    /// Another number per query, by its name: shown, never deciding.
    Probe(String),
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            OutcomeKind::Gain => "gain",
            OutcomeKind::ExcessGain => "excess gain",
            OutcomeKind::TeacherLabelResidual => "label residual of the teacher",
            OutcomeKind::StudentLabelResidual => "label residual of the student",
            OutcomeKind::Probe(name) => name,
        })
    }
}

/// One outcome on every collection, and what the engine says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeFacts {
    /// What the number per query is.
    pub kind: OutcomeKind,
    /// The arm that it is about.
    pub arm: String,
    /// What it is compared with, by arm name.
    pub references: Vec<String>,
    /// The scale of the prior for how much collections differ.
    pub scale: f64,
    /// The divergence that is accepted.
    pub tolerance: f64,
    /// The numbers.
    pub samples: Vec<SampleFacts>,
    /// Collections that do not take part, with the reason.
    pub left_out: Vec<LeftOut>,
    /// Suspect minus clean; `None` with fewer than one suspect or two clean collections.
    pub contrast: Option<Contrast>,
    /// Whether it decides.
    pub weight: Weight,
}

/// Whether an outcome decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// It is one of the primary tests.
    Decides,
    /// It is shown only, and this is why.
    Shown(String),
}

/// An outcome on one collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleFacts {
    /// The collection.
    pub collection: String,
    /// Its role.
    pub role: Role,
    /// The queries, in the order of `values`.
    pub queries: Vec<QueryId>,
    /// One row per query, one number per seed.
    pub values: Vec<Vec<f64>>,
}

/// A collection that does not take part in an outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The collection.
    pub collection: String,
    /// Why.
    pub reason: String,
    /// Usable queries, where there are some but too few.
    pub queries: Option<usize>,
}

/// A twin against its suspect collection, on one outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwinFacts {
    /// The outcome compared.
    pub kind: OutcomeKind,
    /// Pairs of suspect collection and twin.
    pub pairs: Vec<(String, String)>,
    /// Suspect minus twin.
    pub twin: TwinTest,
}

/// A test that decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrimaryTest {
    /// The outcome tested.
    pub kind: OutcomeKind,
    /// Its own p.
    pub p: f64,
    /// The p after Holm's correction over all deciding tests.
    pub adjusted_p: f64,
    /// Whether the adjusted p is at or below alpha.
    pub rejects: bool,
}
