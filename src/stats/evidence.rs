//! What collections say before anybody is judged: their means with honest variances, and how much the clean ones
//! differ.
//!
//! Random effects: given tau the difference of suspect and clean collections is normal, and over tau a mixture of
//! normals. Without prior: Hartung and Knapp (2001), "A refined method for the meta-analysis of controlled clinical
//! trials with binary outcome", floor 1. Suspects are looked at only after the clean collections have spoken.

use super::heterogeneity::{Estimate, Pooled, TauPoint, paule_mandel, pool, tau_posterior};
use super::mixture::{Component, Mixture};
use super::{NoContrast, Role, Summary};

/// A standard error below 1e-4 is taken as 1e-4.
pub(super) const SMALLEST_VARIANCE: f64 = 1e-8;

/// A collection's variance between queries counts as at least this share of the median collection's, so that one on
/// which nothing moved does not count as known without error.
const SHARE_OF_MEDIAN: f64 = 0.25;

/// Means and their variances, with the floor under the variances.
pub(super) fn estimates(summaries: &[Summary]) -> Vec<Estimate> {
    let typical = median(summaries.iter().map(|s| s.query_variance).collect());
    summaries
        .iter()
        .map(|s| {
            let floor = SHARE_OF_MEDIAN * typical / s.n_queries as f64;
            Estimate { mean: s.mean, v: s.variance_of_mean().max(floor).max(SMALLEST_VARIANCE) }
        })
        .collect()
}

/// The median; zero of nothing.
fn median(mut x: Vec<f64>) -> f64 {
    x.sort_by(f64::total_cmp);
    let half = x.len() / 2;
    match x.len() {
        0 => 0.0,
        n if n % 2 == 1 => x[half],
        _ => (x[half - 1] + x[half]) / 2.0,
    }
}

/// The suspects' and the clean collections' estimates, if there are enough of each.
pub(super) fn by_role(estimates: &[Estimate], roles: &[Role]) -> Result<(Vec<Estimate>, Vec<Estimate>), NoContrast> {
    let of = |role| estimates.iter().zip(roles).filter(|(_, r)| **r == role).map(|(e, _)| *e).collect::<Vec<_>>();
    let (suspects, clean) = (of(Role::Suspect), of(Role::Clean));
    if suspects.is_empty() || clean.len() < 2 {
        return Err(NoContrast::TooFewCollections { suspect: suspects.len(), clean: clean.len() });
    }
    Ok((suspects, clean))
}

/// What the clean collections say, before any suspect is looked at.
pub(super) struct CleanEvidence {
    /// The posterior of tau, and the clean mean under each value.
    pub points: Vec<TauPoint>,
    /// Between-collection variance without prior.
    pub tau2_without_prior: f64,
    /// The clean collections under it.
    pub pooled_without_prior: Pooled,
    /// Whether they differ by more than the prior's scale.
    pub contradicts_prior: bool,
    /// Degrees of freedom without prior.
    pub df: usize,
}

impl CleanEvidence {
    /// Learns from at least two clean collections.
    pub fn learn(clean: &[Estimate], scale: f64) -> CleanEvidence {
        let tau2 = paule_mandel(clean);
        CleanEvidence {
            points: tau_posterior(clean, scale),
            tau2_without_prior: tau2,
            pooled_without_prior: pool(clean, tau2),
            contradicts_prior: tau2.sqrt() > scale,
            df: clean.len() - 1,
        }
    }

    /// What is believed of these suspects minus the clean collections, over tau.
    pub fn belief(&self, suspects: &[Estimate]) -> Mixture {
        let component = |point: &TauPoint| {
            let suspect = pool(suspects, point.tau * point.tau);
            Component {
                weight: point.weight,
                mean: suspect.mean - point.clean.mean,
                sd: (suspect.variance + point.clean.variance).sqrt(),
            }
        };
        Mixture(self.points.iter().map(component).collect())
    }

    /// The difference of these suspects without prior, and its standard error (Hartung and Knapp, floor 1).
    pub fn without_prior(&self, suspects: &[Estimate]) -> (f64, f64) {
        let suspect = pool(suspects, self.tau2_without_prior);
        let clean = &self.pooled_without_prior;
        let inflation = (clean.q / self.df as f64).max(1.0);
        (suspect.mean - clean.mean, (inflation * (suspect.variance + clean.variance)).sqrt())
    }
}
