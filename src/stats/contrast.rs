//! Suspect minus clean collections: is an outcome's mean larger on the suspect ones, by more than collections
//! differ anyway?
//!
//! Random effects with tau learnt from the clean collections alone ([`super::evidence`]): with a prior on tau, and
//! beside it without. Suspects are judged together and each alone, because leaks differ between collections. This
//! file knows no margins, levels or verdicts.

use super::distribution::{normal_quantile, t_sf, t_upper_quantile};
use super::evidence::{CleanEvidence, by_role, estimates};
use super::heterogeneity::Estimate;
use super::summary::is_usable;
use super::{Role, Sample, Summary, UnusableOutcomes, summary};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The share of alpha for all suspects together; the rest is for each alone (weighted Bonferroni).
pub const SHARE_TOGETHER: f64 = 0.7;

/// The power that a minimum detectable effect is stated for.
pub(super) const POWER: f64 = 0.80;

/// Scales of the prior beyond this are refused: outcomes are measures or standard deviations.
const LARGEST_SCALE: f64 = 1e6;

/// What a contrast is told.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContrastSettings {
    /// Scale of the half-normal prior on tau, in units of the outcome.
    pub scale: f64,
    /// A difference that is accepted, in units of the outcome.
    pub tolerance: f64,
    /// One-sided error of a test and of each bound, in (0, 0.5).
    pub alpha: f64,
}

impl ContrastSettings {
    /// No tolerance, alpha 0.05.
    pub fn with_scale(scale: f64) -> ContrastSettings {
        ContrastSettings { scale, tolerance: 0.0, alpha: 0.05 }
    }

    /// Whether a contrast can be computed with these.
    pub(super) fn check(&self) -> Result<(), NoContrast> {
        let reason = if !(self.scale > 0.0 && self.scale <= LARGEST_SCALE) {
            "the scale of the prior must be above zero"
        } else if !is_usable(self.tolerance) {
            "the tolerance must be a number"
        } else if !(self.alpha > 0.0 && self.alpha < 0.5) {
            "alpha must lie between 0 and 0.5"
        } else {
            return Ok(());
        };
        Err(NoContrast::Settings { reason: reason.to_owned() })
    }
}

/// Why there is no contrast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoContrast {
    /// It takes at least one suspect and two clean collections.
    TooFewCollections {
        /// How many suspect collections there are.
        suspect: usize,
        /// How many clean ones.
        clean: usize,
    },
    /// A collection's outcomes cannot be summarised.
    Outcomes {
        /// The collection.
        collection: String,
        /// Why.
        reason: UnusableOutcomes,
    },
    /// The settings, or a planned set-up, make no sense.
    Settings {
        /// Why.
        reason: String,
    },
}

impl fmt::Display for NoContrast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoContrast::TooFewCollections { suspect, clean } => write!(
                f,
                "a contrast needs at least 1 suspect and 2 clean collections, there are {suspect} and {clean}"
            ),
            NoContrast::Outcomes { collection, reason } => write!(f, "collection {collection}: {reason}"),
            NoContrast::Settings { reason } => f.write_str(reason),
        }
    }
}

impl std::error::Error for NoContrast {}

/// One collection in a contrast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CollectionMean {
    /// The collection.
    pub name: String,
    /// Whether the teacher may have seen it.
    pub role: Role,
    /// How many queries.
    pub n_queries: usize,
    /// How many seeds.
    pub n_seeds: usize,
    /// Mean outcome.
    pub mean: f64,
    /// Variance of the mean, after the floor.
    pub v: f64,
    /// Variance between queries of the seed-averaged outcome, before the floor; what planning starts from.
    pub query_variance: f64,
    /// Variance between the seeds' means; zero with one seed.
    pub seed_variance: f64,
}

/// Suspect minus clean collections without a prior on tau.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WithoutPrior {
    /// The difference.
    pub delta: f64,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom: one less than clean collections.
    pub df: usize,
    /// One-sided p of a difference at most the tolerance.
    pub p: f64,
    /// One-sided lower bound.
    pub lower: f64,
    /// One-sided upper bound.
    pub upper: f64,
}

/// A set of suspect collections minus the clean ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The difference, in units of the outcome.
    pub delta: f64,
    /// Its standard deviation, tau's uncertainty included.
    pub sd: f64,
    /// Probability that the difference is at most the tolerance.
    pub p: f64,
    /// One-sided lower bound at 1 - alpha.
    pub lower: f64,
    /// One-sided upper bound at 1 - alpha; with `lower` a 90 % interval at alpha 0.05.
    pub upper: f64,
    /// The smallest difference that would be found in 80 % of audits.
    pub mde: f64,
    /// The same without a prior on tau.
    pub without_prior: WithoutPrior,
}

/// One suspect collection minus the clean ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alone {
    /// The suspect collection.
    pub name: String,
    /// What was found for it.
    pub difference: Difference,
}

/// Which suspects a p belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// All suspect collections together (or the only one).
    Together,
    /// This suspect collection alone.
    Alone(String),
}

/// Where the deciding p comes from, so that a sentence can name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// The suspects whose p decided.
    pub part: Part,
    /// Whether that p is the one with the prior; otherwise the clean collections contradicted it.
    pub with_prior: bool,
    /// That p, before it was adjusted for looking at several parts.
    pub p: f64,
}

/// Suspect minus clean collections, with everything that a report shows of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contrast {
    /// What it was told.
    pub settings: ContrastSettings,
    /// The collections, in the order given.
    pub collections: Vec<CollectionMean>,
    /// Mean outcome of the clean collections.
    pub clean: f64,
    /// How much clean collections differ: posterior mean of tau.
    pub tau: f64,
    /// The same without prior (Paule and Mandel).
    pub tau_without_prior: f64,
    /// Whether the clean collections contradict the prior: `tau_without_prior` above the scale. Then the larger of
    /// the p with and without prior decides.
    pub prior_contradicted: bool,
    /// All suspect collections together.
    pub together: Difference,
    /// Each suspect collection alone, in the order given.
    pub alone: Vec<Alone>,
    /// The p that enters the verdict.
    pub deciding_p: f64,
    /// Where it comes from.
    pub decided_by: Decision,
}

/// Contrasts the suspect with the clean collections.
pub fn contrast(samples: &[Sample], settings: &ContrastSettings) -> Result<Contrast, NoContrast> {
    settings.check()?;
    let summaries = samples
        .iter()
        .map(|s| summary(&s.values).map_err(|reason| NoContrast::Outcomes { collection: s.name.clone(), reason }))
        .collect::<Result<Vec<Summary>, NoContrast>>()?;
    let roles: Vec<Role> = samples.iter().map(|s| s.role).collect();
    let estimates = estimates(&summaries);
    let (suspects, clean) = by_role(&estimates, &roles)?;

    let clean = CleanEvidence::learn(&clean, settings.scale);
    let together = difference(&suspects, &clean, settings);
    let names = samples.iter().filter(|s| s.role == Role::Suspect).map(|s| s.name.clone());
    let alone: Vec<Alone> = names
        .zip(&suspects)
        .map(|(name, suspect)| Alone { name, difference: difference(&[*suspect], &clean, settings) })
        .collect();
    let (deciding_p, decided_by) = decide(&together, &alone, clean.contradicts_prior);
    Ok(Contrast {
        settings: *settings,
        collections: samples.iter().zip(&summaries).zip(&estimates).map(collection_mean).collect(),
        clean: clean.points.iter().map(|p| p.weight * p.clean.mean).sum(),
        tau: clean.points.iter().map(|p| p.weight * p.tau).sum(),
        tau_without_prior: clean.tau2_without_prior.sqrt(),
        prior_contradicted: clean.contradicts_prior,
        together,
        alone,
        deciding_p,
        decided_by,
    })
}

fn collection_mean(((sample, summary), estimate): ((&Sample, &Summary), &Estimate)) -> CollectionMean {
    CollectionMean {
        name: sample.name.clone(),
        role: sample.role,
        n_queries: summary.n_queries,
        n_seeds: summary.n_seeds,
        mean: summary.mean,
        v: estimate.v,
        query_variance: summary.query_variance,
        seed_variance: summary.seed_variance,
    }
}

/// These suspects minus the clean collections.
pub(super) fn difference(suspects: &[Estimate], clean: &CleanEvidence, settings: &ContrastSettings) -> Difference {
    let belief = clean.belief(suspects);
    let (delta, se) = clean.without_prior(suspects);
    let df = clean.df as f64;
    let reach = t_upper_quantile(settings.alpha, df) * se;
    let sd = belief.sd();
    Difference {
        delta: belief.mean(),
        sd,
        p: belief.cdf(settings.tolerance),
        lower: belief.quantile(settings.alpha),
        upper: belief.quantile(1.0 - settings.alpha),
        mde: (normal_quantile(1.0 - settings.alpha) + normal_quantile(POWER)) * sd,
        without_prior: WithoutPrior {
            delta,
            se,
            df: clean.df,
            p: t_sf((delta - settings.tolerance) / se, df),
            lower: delta - reach,
            upper: delta + reach,
        },
    }
}

/// The p that enters the verdict, and where it comes from.
pub(super) fn decide(together: &Difference, alone: &[Alone], prior_contradicted: bool) -> (f64, Decision) {
    let decision = |part: Part, d: &Difference| {
        let with_prior = !(prior_contradicted && d.without_prior.p > d.p);
        Decision { part, with_prior, p: if with_prior { d.p } else { d.without_prior.p } }
    };
    let together = decision(Part::Together, together);
    if alone.len() < 2 {
        return (together.p, together);
    }
    let adjusted_together = together.p / SHARE_TOGETHER;
    let strongest = alone
        .iter()
        .map(|a| decision(Part::Alone(a.name.clone()), &a.difference))
        .min_by(|a, b| a.p.total_cmp(&b.p))
        .map(|d| (alone.len() as f64 * d.p / (1.0 - SHARE_TOGETHER), d));
    match strongest {
        Some((adjusted, decision)) if adjusted < adjusted_together => (adjusted.min(1.0), decision),
        _ => (adjusted_together.min(1.0), together),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{SCALE_EXCESS_GAIN, one_seed};

    /// A collection whose outcomes lie around `mean`, `n` queries.
    fn sample(name: &str, role: Role, mean: f64, n: usize) -> Sample {
        let values: Vec<f64> = (0..n).map(|i| mean + 0.1 * (i as f64 * 2.4).sin()).collect();
        Sample { name: name.to_owned(), role, values: one_seed(&values) }
    }

    fn settings() -> ContrastSettings {
        ContrastSettings::with_scale(SCALE_EXCESS_GAIN)
    }

    fn clean(means: &[f64]) -> Vec<Sample> {
        means.iter().enumerate().map(|(i, m)| sample(&format!("c{i}"), Role::Clean, *m, 60)).collect()
    }

    #[test]
    fn a_leak_in_all_suspects_is_found_by_all_together() {
        let mut samples = clean(&[0.00, 0.01, 0.02, 0.00]);
        samples.push(sample("s1", Role::Suspect, 0.10, 60));
        samples.push(sample("s2", Role::Suspect, 0.10, 60));
        let found = contrast(&samples, &settings()).unwrap();
        assert!(found.deciding_p < 0.01, "{found:?}");
        assert_eq!(found.decided_by.part, Part::Together);
        assert_eq!(found.alone.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["s1", "s2"]);
    }

    #[test]
    fn a_leak_in_one_of_three_suspects_is_named() {
        let mut samples = clean(&[0.00, 0.01, 0.02, 0.00]);
        samples.push(sample("s1", Role::Suspect, 0.00, 60));
        samples.push(sample("s2", Role::Suspect, 0.25, 60));
        samples.push(sample("s3", Role::Suspect, 0.00, 60));
        let found = contrast(&samples, &settings()).unwrap();
        assert_eq!(found.decided_by.part, Part::Alone("s2".to_owned()));
        assert_eq!(found.deciding_p, 3.0 * found.alone[1].difference.p / (1.0 - SHARE_TOGETHER));
        assert!(found.deciding_p < 0.001, "{found:?}");
    }

    #[test]
    fn clean_collections_that_contradict_the_prior_take_it_from_the_test() {
        let mut samples = clean(&[-0.2, 0.0, 0.2]);
        samples.push(sample("s1", Role::Suspect, 0.25, 60));
        let found = contrast(&samples, &settings()).unwrap();
        assert!(found.prior_contradicted && !found.decided_by.with_prior);
        assert_eq!(found.deciding_p, found.together.without_prior.p);
        assert!(found.deciding_p > found.together.p);
    }

    #[test]
    fn one_collection_on_which_nothing_moved_does_not_count_as_known() {
        let mut samples = clean(&[0.00, 0.01]);
        samples[0].values = one_seed(&[0.0; 60]);
        samples.push(sample("s1", Role::Suspect, 0.10, 60));
        let found = contrast(&samples, &settings()).unwrap();
        let typical = found.collections[1].query_variance;
        assert!((found.collections[0].v - 0.25 * typical / 60.0).abs() < 1e-12);
    }

    #[test]
    fn too_few_collections_and_unusable_outcomes_say_so() {
        let suspect = sample("s1", Role::Suspect, 0.1, 60);
        let cases = [
            (clean(&[0.0, 0.1]), "there are 0 and 2"),
            ([clean(&[0.0]), vec![suspect.clone()]].concat(), "there are 1 and 1"),
            ([clean(&[0.0, 0.1]), vec![sample("s1", Role::Suspect, 0.1, 1)]].concat(), "collection s1: a mean"),
            ([clean(&[0.0, f64::NAN]), vec![suspect]].concat(), "collection c1: the outcome of query 1, seed 1"),
        ];
        for (samples, text) in cases {
            let error = contrast(&samples, &settings()).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
    }

    #[test]
    fn settings_without_sense_are_refused() {
        let samples = [clean(&[0.0, 0.1]), vec![sample("s1", Role::Suspect, 0.1, 60)]].concat();
        for bad in [
            ContrastSettings { scale: 0.0, ..settings() },
            ContrastSettings { scale: f64::NAN, ..settings() },
            ContrastSettings { tolerance: f64::INFINITY, ..settings() },
            ContrastSettings { alpha: 0.5, ..settings() },
        ] {
            assert!(matches!(contrast(&samples, &bad), Err(NoContrast::Settings { .. })), "{bad:?}");
        }
    }

    #[test]
    fn outcomes_of_any_size_give_numbers() {
        for size in [1e-50, 1e-3, 1e3, 1e49] {
            let mut samples = clean(&[0.0, 1.0 * size, -0.5 * size]);
            samples.push(sample("s1", Role::Suspect, 0.9 * size, 60));
            let found = contrast(&samples, &settings()).unwrap();
            let together = found.together;
            for x in [together.delta, together.sd, together.p, together.lower, together.upper, found.deciding_p] {
                assert!(x.is_finite(), "{size}: {found:?}");
            }
        }
    }

    #[test]
    fn a_contrast_survives_json() {
        let mut samples = clean(&[0.0, 0.01]);
        samples.push(sample("s1", Role::Suspect, 0.1, 60));
        let found = contrast(&samples, &settings()).unwrap();
        let text = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<Contrast>(&text).unwrap(), found);
    }
}
