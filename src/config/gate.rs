//! `[gate]`: what decides, and how strictly (the method is in `docs/statistics.md`).

use crate::measure::Measure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What decides, and how strictly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Gate {
    /// The measure that decides, named as ir_measures names it.
    #[schemars(with = "String")]
    pub measure: Measure,
    /// Further measures: reported, never deciding.
    #[schemars(with = "Vec<String>")]
    pub also: Vec<Measure>,
    /// Divergence of gains that is accepted, in units of the measure.
    pub tolerance: f64,
    /// A pass needs the one-sided upper bound of the divergence below this, in units of the measure.
    pub margin: f64,
    /// The same for the teacher's label residual, in standard deviations of its scores.
    pub residual_margin: f64,
    /// The chance of a false alarm that is accepted, over all tests together.
    pub alpha: f64,
    /// What a pass needs: `gains` (they agree) or `clean` (the teacher was tested too).
    pub require: Require,
    /// What an inconclusive verdict does: `fail` (exit 3) or `warn` (exit 0, said loudly).
    pub inconclusive: Inconclusive,
    /// How much collections differ when nobody cheats: the scale of the prior, by outcome.
    pub heterogeneity: Heterogeneity,
    /// Queries per collection at most where models are scored, a seeded sample; 0 is all.
    pub queries: usize,
}

impl Default for Gate {
    fn default() -> Gate {
        Gate {
            measure: "nDCG@10".parse().expect("the default measure is supported"),
            also: Vec::new(),
            tolerance: 0.0,
            margin: 0.05,
            residual_margin: 0.20,
            alpha: 0.05,
            require: Require::Gains,
            inconclusive: Inconclusive::Fail,
            heterogeneity: Heterogeneity::default(),
            queries: 60,
        }
    }
}

/// What a pass needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Require {
    /// The gains agree; the teacher may be untested.
    Gains,
    /// The teacher was tested too.
    Clean,
}

/// What an inconclusive verdict does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Inconclusive {
    /// Exit 3.
    Fail,
    /// Exit 0, said loudly.
    Warn,
}

/// How much collections differ when nobody cheats: the scale of the half-normal prior, by outcome.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Heterogeneity {
    /// For plain gains, in units of the measure.
    pub gain: f64,
    /// For excess gains, in units of the measure.
    pub excess_gain: f64,
    /// For label residuals, in standard deviations of the scores.
    pub label_residual: f64,
}

impl Default for Heterogeneity {
    fn default() -> Heterogeneity {
        Heterogeneity { gain: 0.05, excess_gain: 0.03, label_residual: 0.10 }
    }
}
