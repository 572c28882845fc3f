//! Made-up audits of a planned set-up: what its collections' means and variances might turn out to be.
//!
//! Only what the tests look at is drawn: a collection's mean is normal around its own level, and the variances that
//! will be estimated are chi-squared around the true ones. Every collection has its own stream of ChaCha8, and the
//! same draw uses the same numbers however many queries, seeds or further collections there are, so that two
//! set-ups are compared on the same luck and a larger one is not beaten by chance.

use super::distribution::normal_quantile;
use super::evidence::{by_role, estimates};
use super::heterogeneity::Estimate;
use super::power::{PlannedCollection, Setup, Simulation};
use super::{Role, Summary};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// One made-up audit in which nobody cheated.
pub(super) struct Audit {
    /// What the suspect collections showed.
    pub suspects: Vec<Estimate>,
    /// What the clean ones showed.
    pub clean: Vec<Estimate>,
}

/// The made-up audits of a set-up that has been checked.
pub(super) fn audits(setup: &Setup, simulation: Simulation) -> impl Iterator<Item = Audit> {
    let roles: Vec<Role> = setup.collections.iter().map(|c| c.role).collect();
    let mut streams: Vec<Normals> =
        (0..setup.collections.len()).map(|c| Normals::new(simulation.seed, c as u64)).collect();
    (0..simulation.draws).filter_map(move |_| {
        let summaries: Vec<Summary> =
            setup.collections.iter().zip(&mut streams).map(|(c, normals)| summarise(c, setup.tau, normals)).collect();
        let (suspects, clean) = by_role(&estimates(&summaries), &roles).ok()?;
        Some(Audit { suspects, clean })
    })
}

/// What one collection shows in one audit. Five numbers are drawn whatever the collection.
fn summarise(collection: &PlannedCollection, tau: f64, normals: &mut Normals) -> Summary {
    let [level, by_queries, by_seeds, query_spread, seed_spread] = [(); 5].map(|()| normals.draw());
    let (n, s) = (collection.n_queries as f64, collection.n_seeds as f64);
    let (query_variance, seed_variance) = (collection.query_variance, collection.seed_variance);
    Summary {
        n_queries: collection.n_queries,
        n_seeds: collection.n_seeds,
        mean: tau * level + (query_variance / n).sqrt() * by_queries + (seed_variance / s).sqrt() * by_seeds,
        query_variance: query_variance * chi_squared_over_df(query_spread, n - 1.0),
        // With one seed the variance between seeds is there, and nobody sees it.
        seed_variance: if s > 1.0 { seed_variance * chi_squared_over_df(seed_spread, s - 1.0) } else { 0.0 },
    }
}

/// A chi-squared number over its degrees of freedom, from a standard normal one: Wilson and Hilferty (1931), "The
/// distribution of chi-square". Within a percent from ten degrees of freedom on, which a collection has.
fn chi_squared_over_df(z: f64, df: f64) -> f64 {
    let spread = 2.0 / (9.0 * df);
    (1.0 - spread + z * spread.sqrt()).max(0.0).powi(3)
}

/// Standard normal numbers, the same for the same seed and stream.
struct Normals(ChaCha8Rng);

impl Normals {
    fn new(seed: u64, stream: u64) -> Normals {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Normals(rng)
    }

    /// By inversion: one number of the stream is one normal number.
    fn draw(&mut self) -> f64 {
        // The middle of one of 2^53 equal parts of (0, 1): never 0 or 1.
        let uniform = ((self.0.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        normal_quantile(uniform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(x: &[f64]) -> (f64, f64) {
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        (mean, x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n)
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_variance_one() {
        let mut normals = Normals::new(7, 3);
        let (mean, variance) = moments(&(0..20_000).map(|_| normals.draw()).collect::<Vec<_>>());
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }

    #[test]
    fn estimated_variances_have_the_moments_of_chi_squared() {
        let mut normals = Normals::new(1, 0);
        for df in [9.0, 59.0, 400.0] {
            let ratios: Vec<f64> = (0..20_000).map(|_| chi_squared_over_df(normals.draw(), df)).collect();
            let (mean, variance) = moments(&ratios);
            assert!((mean - 1.0).abs() < 0.02 && (variance * df / 2.0 - 1.0).abs() < 0.06, "{df}: {mean} {variance}");
        }
    }

    #[test]
    fn streams_differ_and_repeat() {
        let first = |seed, stream| Normals::new(seed, stream).draw();
        assert_eq!(first(1, 0), first(1, 0));
        assert_ne!(first(1, 0), first(1, 1));
        assert_ne!(first(1, 0), first(2, 0));
    }
}
