//! Suspect collections against fresh twins over the same documents: no difference of domain is left.
//!
//! Welch (1947), "The generalization of 'Student's' problem when several different population variances are
//! involved", per pair; pairs pooled by inverse variance, degrees of freedom by Satterthwaite (1946). Whether a twin
//! is matched, so that it may accuse anybody, is not decided here.

use super::distribution::{t_sf, t_upper_quantile};
use super::evidence::SMALLEST_VARIANCE;
use super::{Role, Summary, UnusableOutcomes, summary};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A suspect collection and its twin: outcomes `[query][seed]` of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TwinPair {
    /// Outcomes of the suspect collection.
    pub suspect: Vec<Vec<f64>>,
    /// Outcomes of its twin.
    pub twin: Vec<Vec<f64>>,
}

/// One pair's difference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PairDifference {
    /// The suspect collection's summary.
    pub suspect: Summary,
    /// Its twin's.
    pub twin: Summary,
    /// Mean on the suspect collection minus mean on its twin.
    pub delta: f64,
    /// The variance of that difference.
    pub v: f64,
    /// Welch's degrees of freedom.
    pub df: f64,
}

/// All pairs together, and each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TwinTest {
    /// Suspect minus twin, in units of the outcome.
    pub delta: f64,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// One-sided p of a difference at most zero.
    pub p: f64,
    /// One-sided lower bound.
    pub lower: f64,
    /// One-sided upper bound.
    pub upper: f64,
    /// The pairs, in the order given.
    pub pairs: Vec<PairDifference>,
}

/// Why there is no twin test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoTwin {
    /// No pair was given.
    NoPairs,
    /// One side of a pair cannot be summarised.
    Outcomes {
        /// The pair, counted from zero.
        pair: usize,
        /// The suspect collection, or its clean twin.
        side: Role,
        /// Why.
        reason: UnusableOutcomes,
    },
    /// Alpha is not between 0 and 0.5.
    Alpha,
}

impl fmt::Display for NoTwin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoTwin::NoPairs => f.write_str("a twin test needs a suspect collection and its twin"),
            NoTwin::Outcomes { pair, side: Role::Suspect, reason } => {
                write!(f, "suspect collection of pair {}: {reason}", pair + 1)
            }
            NoTwin::Outcomes { pair, side: Role::Clean, reason } => write!(f, "twin of pair {}: {reason}", pair + 1),
            NoTwin::Alpha => f.write_str("alpha must lie between 0 and 0.5"),
        }
    }
}

impl std::error::Error for NoTwin {}

/// Tests suspect collections against their twins, with one-sided bounds at 1 - `alpha`.
pub fn twin(pairs: &[TwinPair], alpha: f64) -> Result<TwinTest, NoTwin> {
    if !(alpha > 0.0 && alpha < 0.5) {
        return Err(NoTwin::Alpha);
    }
    if pairs.is_empty() {
        return Err(NoTwin::NoPairs);
    }
    let pairs = pairs.iter().enumerate().map(|(i, pair)| welch(i, pair)).collect::<Result<Vec<_>, _>>()?;
    let total: f64 = pairs.iter().map(|p| 1.0 / p.v).sum();
    let share = |p: &PairDifference| 1.0 / p.v / total;
    let delta: f64 = pairs.iter().map(|p| share(p) * p.delta).sum();
    let se = (1.0 / total).sqrt();
    let df = 1.0 / pairs.iter().map(|p| share(p).powi(2) / p.df).sum::<f64>();
    let reach = t_upper_quantile(alpha, df) * se;
    Ok(TwinTest { delta, se, df, p: t_sf(delta / se, df), lower: delta - reach, upper: delta + reach, pairs })
}

/// One pair by Welch.
fn welch(i: usize, pair: &TwinPair) -> Result<PairDifference, NoTwin> {
    let summarise =
        |values: &[Vec<f64>], side| summary(values).map_err(|reason| NoTwin::Outcomes { pair: i, side, reason });
    let suspect = summarise(&pair.suspect, Role::Suspect)?;
    let twin = summarise(&pair.twin, Role::Clean)?;
    let (v_suspect, v_twin) = (variance(&suspect), variance(&twin));
    let v = v_suspect + v_twin;
    let df = welch_df(v_suspect, suspect.n_queries, v_twin, twin.n_queries);
    Ok(PairDifference { suspect, twin, delta: suspect.mean - twin.mean, v, df })
}

/// The variance of a collection's mean, with a floor.
fn variance(summary: &Summary) -> f64 {
    summary.variance_of_mean().max(SMALLEST_VARIANCE)
}

/// Welch's degrees of freedom of the difference of two means with these variances, from so many queries.
pub(super) fn welch_df(v_a: f64, n_a: usize, v_b: f64, n_b: usize) -> f64 {
    (v_a + v_b).powi(2) / (v_a.powi(2) / (n_a - 1) as f64 + v_b.powi(2) / (n_b - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::one_seed;

    fn pair(suspect: &[f64], twin: &[f64]) -> TwinPair {
        TwinPair { suspect: one_seed(suspect), twin: one_seed(twin) }
    }

    /// Independent values: SciPy 1.17.1, `stats.ttest_ind(a, b, equal_var=False, alternative="greater")` on
    /// made data of unequal size and spread.
    #[test]
    fn one_pair_is_welchs_test() {
        let a = [17.2, 20.9, 22.6, 18.1, 21.7, 21.4, 23.5, 24.2, 14.7, 21.8];
        let b = [
            21.5, 22.8, 21.0, 23.0, 21.6, 23.6, 22.5, 20.7, 23.4, 21.8, 20.7, 21.7, 21.5, 22.5, 23.6, 21.5, 22.5, 23.5,
            21.5, 21.8,
        ];
        let found = twin(&[pair(&b, &a)], 0.05).unwrap();
        assert!((found.delta / found.se - 1.5654335235985037).abs() < 1e-9, "{found:?}");
        assert!((found.df - 9.904741248650831).abs() < 1e-9, "{found:?}");
        assert!((found.p - 0.07442084830266409).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn precise_pairs_weigh_more() {
        let sharp = pair(&[0.50, 0.51, 0.49, 0.50], &[0.10, 0.11, 0.09, 0.10]);
        let vague = pair(&[0.9, -0.9, 0.5, -0.5], &[0.8, -0.8, 0.4, -0.4]);
        let found = twin(&[sharp, vague], 0.05).unwrap();
        assert!((found.delta - 0.4).abs() < 0.01 && found.p < 1e-6, "{found:?}");
        assert!((found.pairs[1].delta).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_tested_says_why() {
        let cases = [
            (vec![], 0.05, "needs a suspect collection and its twin"),
            (vec![pair(&[1.0], &[1.0, 2.0])], 0.05, "suspect collection of pair 1: a mean"),
            (vec![pair(&[1.0, 2.0], &[1.0, 2.0]), pair(&[1.0, 2.0], &[f64::NAN, 1.0])], 0.05, "twin of pair 2"),
            (vec![pair(&[1.0, 2.0], &[1.0, 2.0])], 0.7, "alpha"),
        ];
        for (pairs, alpha, text) in cases {
            let error = twin(&pairs, alpha).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
    }

    #[test]
    fn flat_pairs_give_numbers() {
        let found = twin(&[pair(&[0.0, 0.0, 0.0], &[0.0, 0.0])], 0.05).unwrap();
        assert_eq!((found.delta, found.p), (0.0, 0.5));
        assert!(found.upper.is_finite() && found.lower.is_finite());
    }
}
