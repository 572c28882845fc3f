//! A weighted mixture of normal distributions: what is believed of a difference when tau is uncertain.
//!
//! Its quantiles are what bounds are made of, so they are exact to about 1e-13 of the spread, by Newton's method
//! inside a bracket that only shrinks.

use super::distribution::{normal_cdf, normal_pdf, normal_quantile};

/// One normal distribution of the mixture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    /// Its share; the shares of a mixture sum to one.
    pub weight: f64,
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation, above zero.
    pub sd: f64,
}

/// Steps after which the search for a quantile ends; a handful are used, bisection alone would use about 60.
const MAX_STEPS: usize = 200;

/// The last step of Newton's method is at most this, relative to the spread. Each step doubles the digits, so the
/// quantile itself is far better than that.
const STEP: f64 = 1e-9;

/// A mixture of normals with at least one component.
#[derive(Clone, Debug)]
pub(super) struct Mixture(pub Vec<Component>);

impl Mixture {
    /// The mean of the mixture.
    pub fn mean(&self) -> f64 {
        self.0.iter().map(|c| c.weight * c.mean).sum()
    }

    /// The standard deviation of the mixture.
    pub fn sd(&self) -> f64 {
        let mean = self.mean();
        self.0.iter().map(|c| c.weight * (c.sd * c.sd + (c.mean - mean).powi(2))).sum::<f64>().sqrt()
    }

    /// P(X <= x).
    pub fn cdf(&self, x: f64) -> f64 {
        self.0.iter().map(|c| c.weight * normal_cdf((x - c.mean) / c.sd)).sum()
    }

    /// The density at `x`.
    fn density(&self, x: f64) -> f64 {
        self.0.iter().map(|c| c.weight * normal_pdf((x - c.mean) / c.sd) / c.sd).sum()
    }

    /// The x with P(X <= x) = p, for 0 < p < 1.
    pub fn quantile(&self, p: f64) -> f64 {
        // A mixture's quantile lies between the smallest and the largest quantile of its components.
        let z = normal_quantile(p);
        let (mut low, mut high) = self
            .0
            .iter()
            .filter(|c| c.weight > 0.0)
            .map(|c| c.mean + z * c.sd)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), q| (low.min(q), high.max(q)));
        let spread = self.sd();
        let mut x = (self.mean() + z * spread).max(low).min(high);
        for _ in 0..MAX_STEPS {
            let excess = self.cdf(x) - p;
            let newton = x - excess / self.density(x);
            if (newton - x).abs() <= STEP * spread {
                return newton;
            }
            if excess < 0.0 {
                low = x
            } else {
                high = x
            }
            x = if newton > low && newton < high { newton } else { low + (high - low) / 2.0 };
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixture(components: &[(f64, f64, f64)]) -> Mixture {
        Mixture(components.iter().map(|&(weight, mean, sd)| Component { weight, mean, sd }).collect())
    }

    #[test]
    fn a_quantile_is_where_the_cdf_reaches_p() {
        let cases: [&[(f64, f64, f64)]; 5] = [
            &[(1.0, 0.3, 2.0)],
            &[(0.5, -1.0, 0.1), (0.5, 1.0, 0.1)],
            &[(0.999, 0.0, 1e-4), (0.001, 0.0, 10.0)],
            &[(0.9, 5.0, 1.0), (0.1, 0.0, 1e-3)],
            &[(0.3, 0.0, 1.0), (0.3, 0.1, 1.2), (0.4, 0.2, 1.5)],
        ];
        for components in cases {
            let mixture = mixture(components);
            for p in [1e-8, 0.00375, 0.015, 0.05, 0.3, 0.5, 0.8, 0.95, 0.999] {
                let x = mixture.quantile(p);
                assert!((mixture.cdf(x) - p).abs() < 1e-12, "{components:?} at {p}: {x}");
            }
        }
    }

    #[test]
    fn one_component_is_a_plain_normal() {
        let normal = mixture(&[(1.0, 2.0, 3.0)]);
        assert_eq!(normal.mean(), 2.0);
        assert_eq!(normal.sd(), 3.0);
        assert!((normal.quantile(0.95) - (2.0 + 3.0 * 1.6448536269514727)).abs() < 1e-12);
    }
}
