//! Outcomes: numbers per query that one engine compares between suspect and clean collections.

use super::ArmFacts;
use crate::collection::{QueryId, Role};
use crate::config::Gate;
use crate::stats::Contrast;
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

impl OutcomeKind {
    /// The scale of the prior for how much collections differ.
    pub fn scale(&self, gate: &Gate) -> f64 {
        match self {
            OutcomeKind::Gain => gate.heterogeneity.gain,
            OutcomeKind::ExcessGain => gate.heterogeneity.excess_gain,
            _ => gate.heterogeneity.label_residual,
        }
    }

    /// The divergence that is accepted: of gains alone.
    pub fn tolerance(&self, gate: &Gate) -> f64 {
        if self.is_gain() { gate.tolerance } else { 0.0 }
    }

    /// What the upper bound of the divergence has to stay below for a pass.
    pub fn margin(&self, gate: &Gate) -> f64 {
        if self.is_gain() { gate.margin } else { gate.residual_margin }
    }

    /// The unit of its numbers.
    pub fn unit(&self, gate: &Gate) -> String {
        match self {
            OutcomeKind::Gain | OutcomeKind::ExcessGain => gate.measure.to_string(),
            OutcomeKind::TeacherLabelResidual | OutcomeKind::StudentLabelResidual => "sd of the scores".to_owned(),
            OutcomeKind::Probe(_) => String::new(),
        }
    }

    /// Whether it is a difference of the measure.
    pub fn is_gain(&self) -> bool {
        matches!(self, OutcomeKind::Gain | OutcomeKind::ExcessGain)
    }

    /// Whether it is a probe, which describes and never decides.
    pub fn only_describes(&self) -> bool {
        matches!(self, OutcomeKind::Probe(_))
    }

    /// Whether it is a label residual, for which references have to be adequate.
    pub fn is_residual(&self) -> bool {
        matches!(self, OutcomeKind::TeacherLabelResidual | OutcomeKind::StudentLabelResidual)
    }
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

impl OutcomeFacts {
    /// Why an arm cannot be tested against what it is compared with: on a collection that takes part it orders the
    /// documents alike. A collection that is left out because the references are the scorer says the same.
    pub fn same_order(&self, arms: &[ArmFacts]) -> Option<String> {
        // A gain over references that are all alike is still a gain; over the student before it is none.
        let compared: Vec<&str> = match self.kind {
            OutcomeKind::ExcessGain => vec!["before"],
            _ => self.references.iter().map(String::as_str).collect(),
        };
        let arm = arms.iter().find(|arm| arm.name == self.arm)?;
        arm.collections.iter().filter(|on| self.looks_at(&on.collection)).find_map(|on| {
            let same = on.same_order.iter().find(|same| compared.contains(&same.arm.as_str()))?;
            Some(format!("on {} {} ranks exactly as {} does", on.collection, arm.name, same.arm))
        })
    }

    /// Whether a collection takes part, or would but for its scores.
    fn looks_at(&self, collection: &str) -> bool {
        let takes_part = self.samples.iter().any(|sample| sample.collection == collection);
        takes_part || self.left_out.iter().any(|left| left.collection == collection && left.queries.is_none())
    }

    /// Why a collection does not take part, if it does not.
    pub fn left_out(&self, collection: &str) -> Option<&str> {
        self.left_out.iter().find(|left| left.collection == collection).map(|left| left.reason.as_str())
    }
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
