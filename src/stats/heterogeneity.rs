//! How much collections differ when nobody cheats: tau, learnt from the clean collections alone.
//!
//! Model (normal random effects): the mean of collection c is N(mu + u_c, v_c) with u_c ~ N(0, tau^2). A handful of
//! collections says little about tau, so it gets a half-normal prior (Gelman, 2006, "Prior distributions for
//! variance parameters in hierarchical models"; scale printed in every report) and is integrated out on a grid
//! under the restricted likelihood. Beside it the estimate without prior: Paule and Mandel (1982), "Consensus values
//! and weighting factors". Suspect collections never enter: a leak in one of two would pass for natural spread.

/// Scale of the prior on tau for plain gains, in units of the measure: real collections showed about 0.05.
pub const SCALE_GAIN: f64 = 0.05;

/// Scale of the prior on tau for excess gains, in units of the measure: real collections showed 0.01 to 0.02.
pub const SCALE_EXCESS_GAIN: f64 = 0.03;

/// Scale of the prior on tau for label residuals, in standard deviations: with adequate references 0.02 to 0.05.
pub const SCALE_LABEL_RESIDUAL: f64 = 0.10;

/// Points of the grid over tau: from zero to six scales, a hundredth of a scale apart.
const POINTS: usize = 601;

/// A collection's mean and the variance of that mean, above zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    /// The mean outcome.
    pub mean: f64,
    /// The variance of that mean.
    pub v: f64,
}

/// Several collections under one tau.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pooled {
    /// The mean over collections, weighted by 1 / (v + tau^2).
    pub mean: f64,
    /// The variance of that mean.
    pub variance: f64,
    /// Cochran's Q: the weighted squares around the mean.
    pub q: f64,
}

/// Pools at least one collection under the between-collection variance `tau2`.
pub(super) fn pool(estimates: &[Estimate], tau2: f64) -> Pooled {
    let (mut precision, mut weighted) = (0.0, 0.0);
    for e in estimates {
        let w = 1.0 / (e.v + tau2);
        precision += w;
        weighted += w * e.mean;
    }
    let mean = weighted / precision;
    let q = estimates.iter().map(|e| (e.mean - mean).powi(2) / (e.v + tau2)).sum();
    Pooled { mean, variance: 1.0 / precision, q }
}

/// What the clean collections say under one value of tau.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TauPoint {
    /// The value.
    pub tau: f64,
    /// Its posterior probability; those of the grid sum to one.
    pub weight: f64,
    /// The clean collections under it.
    pub clean: Pooled,
}

/// The posterior of tau on its grid: half-normal prior with this scale, restricted likelihood of the clean
/// collections, trapezoid rule.
pub(super) fn tau_posterior(clean: &[Estimate], scale: f64) -> Vec<TauPoint> {
    let mut points: Vec<TauPoint> = (0..POINTS)
        .map(|k| {
            let tau = scale * k as f64 / 100.0;
            let tau2 = tau * tau;
            let pooled = pool(clean, tau2);
            let log_determinant: f64 = clean.iter().map(|e| (e.v + tau2).ln()).sum();
            let log_weight =
                0.5 * (pooled.variance.ln() - log_determinant - pooled.q) - 0.5 * (tau / scale) * (tau / scale);
            TauPoint { tau, weight: log_weight, clean: pooled }
        })
        .collect();
    let largest = points.iter().map(|p| p.weight).fold(f64::NEG_INFINITY, f64::max);
    for point in &mut points {
        point.weight = (point.weight - largest).exp();
    }
    points[0].weight *= 0.5;
    points[POINTS - 1].weight *= 0.5;
    let total: f64 = points.iter().map(|p| p.weight).sum();
    for point in &mut points {
        point.weight /= total;
    }
    points
}

/// The between-collection variance without a prior: the tau^2 under which Q equals its degrees of freedom, zero if
/// the collections differ by less than their own variances explain.
pub(super) fn paule_mandel(estimates: &[Estimate]) -> f64 {
    let df = estimates.len().saturating_sub(1) as f64;
    let too_small = |tau2| pool(estimates, tau2).q > df;
    if !too_small(0.0) {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    while too_small(high) {
        high *= 2.0;
    }
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if too_small(middle) { low = middle } else { high = middle }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimates(values: &[(f64, f64)]) -> Vec<Estimate> {
        values.iter().map(|&(mean, v)| Estimate { mean, v }).collect()
    }

    #[test]
    fn equal_variances_give_paule_mandel_in_closed_form() {
        // With one v for all, Q = sum of squares / (v + tau^2), so tau^2 = sample variance - v.
        let clean = estimates(&[(0.0, 0.25), (2.0, 0.25), (4.0, 0.25)]);
        assert!((paule_mandel(&clean) - 3.75).abs() < 1e-12);
    }

    #[test]
    fn collections_that_agree_have_no_heterogeneity() {
        assert_eq!(paule_mandel(&estimates(&[(0.10, 0.01), (0.12, 0.01)])), 0.0);
        assert_eq!(paule_mandel(&estimates(&[(0.10, 0.01)])), 0.0);
    }

    #[test]
    fn the_posterior_sums_to_one_and_follows_the_data() {
        let mean_tau = |clean: &[Estimate]| -> f64 {
            let points = tau_posterior(clean, 0.05);
            assert!((points.iter().map(|p| p.weight).sum::<f64>() - 1.0).abs() < 1e-12);
            points.iter().map(|p| p.weight * p.tau).sum()
        };
        let alike = mean_tau(&estimates(&[(0.0, 1e-4), (0.01, 1e-4), (0.005, 1e-4)]));
        let apart = mean_tau(&estimates(&[(0.0, 1e-4), (0.10, 1e-4), (0.20, 1e-4)]));
        assert!(alike < 0.02 && apart > 0.06, "{alike} {apart}");
    }

    #[test]
    fn precise_collections_weigh_more() {
        let pooled = pool(&estimates(&[(0.0, 1.0), (1.0, 3.0)]), 0.0);
        assert_eq!((pooled.mean, pooled.variance, pooled.q), (0.25, 0.75, 0.25));
    }
}
