//! The report's frozen types of twins, version 1. Within a version fields are only added.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A twin against its suspect collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Twin {
    /// The outcome compared.
    pub outcome: String,
    /// Suspect collection and twin.
    pub pairs: Vec<(String, String)>,
    /// Suspect minus twin.
    pub delta: f64,
    /// One-sided p.
    pub p: f64,
    /// Lower end of the 90 % interval.
    pub lower: f64,
    /// Upper end of the 90 % interval.
    pub upper: f64,
    /// Whether it decides.
    #[serde(default)]
    pub decides: bool,
    /// Why it does not.
    #[serde(default)]
    pub shown_because: Option<String>,
    /// The p after Holm's correction, where it decides.
    #[serde(default)]
    pub adjusted_p: Option<f64>,
    /// Whether it rejects.
    #[serde(default)]
    pub rejects: bool,
}

/// A suspect collection beside its twin: how like they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TwinPair {
    /// The suspect collection.
    pub suspect: String,
    /// Its twin.
    pub twin: String,
    /// Whether the twin is matched, so that it may say `contaminated`.
    pub matched: bool,
    /// Why it is not.
    pub unlike: Vec<String>,
    /// Queries of the suspect collection that were looked at.
    pub suspect_queries: usize,
    /// Queries of the twin that were looked at.
    pub twin_queries: usize,
    /// Queries of the twin that are the suspect's.
    pub shared_queries: usize,
    /// The blind classifier's area under the curve; absent with too few queries.
    pub auc: Option<f64>,
    /// Its p by permuted labels.
    pub p: Option<f64>,
    /// The area from which on so many queries would have been told apart.
    pub auc_needed: Option<f64>,
    /// By what it tells them apart most, the strongest first.
    pub told_by: Vec<OnBothSides>,
    /// Means that should be alike.
    pub balance: Vec<OnBothSides>,
}

/// A number on both sides of a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OnBothSides {
    /// What it is.
    pub what: String,
    /// In the suspect collection.
    pub suspect: f64,
    /// In the twin.
    pub twin: f64,
    /// Twin minus suspect in standard deviations, for means that vary.
    pub difference: Option<f64>,
}
