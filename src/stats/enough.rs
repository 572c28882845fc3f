//! What would settle an open question: how many queries, clean collections, seeds, or queries of a twin.
//!
//! Answers come from the user's own variances, by made-up audits ([`super::simulate`]) in which the suspects truly
//! differ by a given amount: enough is what brings the upper bound below the margin in 80 % of them. Where the
//! spread between collections alone keeps it above, no number of queries helps, and the answer is `None`.

use super::contrast::POWER;
use super::distribution::t_upper_quantile;
use super::evidence::{CleanEvidence, SMALLEST_VARIANCE};
use super::power::{PlannedCollection, Setup, Simulation};
use super::simulate::audits;
use super::summary::is_usable;
use super::twin::welch_df;
use super::{NoContrast, Role, Summary};

/// More queries than this in a collection are not proposed.
const MOST_QUERIES: usize = 100_000;

/// More further clean collections than this are not proposed.
const MOST_COLLECTIONS: usize = 32;

/// More seeds than this are not proposed.
const MOST_SEEDS: usize = 32;

/// The number of queries that every collection needs at least, so that the suspects' upper bound falls below the
/// margin in 80 % of audits; collections that have more keep theirs.
///
/// `difference` is what the suspects truly differ by: 0 asks for an innocent teacher, the measured difference asks
/// what would confirm it. `None` where no number does.
pub fn queries_needed(setup: &Setup, difference: f64, simulation: Simulation) -> Result<Option<usize>, NoContrast> {
    let fewest = setup.collections.iter().map(|c| c.n_queries).min().unwrap_or(0);
    let with = |n| change(setup, |c| c.n_queries = c.n_queries.max(n));
    smallest(setup, difference, simulation, fewest..=MOST_QUERIES.max(fewest), with)
}

/// The number of further clean collections needed for the same, each with the median size and variances of the
/// present clean ones: 0 where none is needed, `None` where no number helps.
pub fn collections_needed(setup: &Setup, difference: f64, simulation: Simulation) -> Result<Option<usize>, NoContrast> {
    let clean: Vec<&PlannedCollection> = setup.collections.iter().filter(|c| c.role == Role::Clean).collect();
    let median = |of: fn(&PlannedCollection) -> f64| {
        let mut values: Vec<f64> = clean.iter().map(|c| of(c)).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let further = PlannedCollection {
        name: "further".to_owned(),
        role: Role::Clean,
        n_queries: median(|c| c.n_queries as f64) as usize,
        query_variance: median(|c| c.query_variance),
        n_seeds: median(|c| c.n_seeds as f64) as usize,
        seed_variance: median(|c| c.seed_variance),
    };
    let with = |n| {
        let mut more = setup.clone();
        more.collections.extend(std::iter::repeat_n(further.clone(), n));
        more
    };
    smallest(setup, difference, simulation, 0..=MOST_COLLECTIONS, with)
}

/// The number of seeds that every collection needs at least for the same; collections that have more keep theirs.
///
/// It takes a known variance between seeds, so at least two seeds now; `None` where no number helps.
pub fn seeds_needed(setup: &Setup, difference: f64, simulation: Simulation) -> Result<Option<usize>, NoContrast> {
    let fewest = setup.collections.iter().map(|c| c.n_seeds).min().unwrap_or(0);
    let with = |n| change(setup, |c| c.n_seeds = c.n_seeds.max(n));
    smallest(setup, difference, simulation, fewest..=MOST_SEEDS.max(fewest), with)
}

/// The number of fresh queries that a twin of this suspect collection needs, so that a true difference of `effect`
/// is found in 80 % of audits at `alpha`; or, which is the same, so that without any the upper bound falls below
/// `effect`. The twin is taken to vary as the suspect collection does. `None` where no number does.
pub fn twin_queries_needed(suspect: &Summary, effect: f64, alpha: f64) -> Option<usize> {
    twin_queries_at(suspect, effect, alpha, POWER)
}

/// The same for a difference that is found in another share of audits: `power` of them, from 0.5 to below 1.
pub fn twin_queries_at(suspect: &Summary, effect: f64, alpha: f64, power: f64) -> Option<usize> {
    let fair = alpha > 0.0 && alpha < 0.5 && effect > 0.0 && suspect.n_queries > 1 && suspect.n_seeds > 0;
    let fair = fair && (0.5..1.0).contains(&power);
    if !fair || !is_usable(suspect.query_variance) || !is_usable(suspect.seed_variance) {
        return None;
    }
    let v_suspect = suspect.variance_of_mean().max(SMALLEST_VARIANCE);
    let found = |n: usize| {
        let v_twin = Summary { n_queries: n, ..*suspect }.variance_of_mean().max(SMALLEST_VARIANCE);
        let df = welch_df(v_suspect, suspect.n_queries, v_twin, n);
        (t_upper_quantile(alpha, df) + t_upper_quantile(1.0 - power, df)) * (v_suspect + v_twin).sqrt() <= effect
    };
    first_that_holds(2..=MOST_QUERIES, found)
}

/// The smallest n in the range for which the changed set-up passes often enough.
fn smallest(
    setup: &Setup,
    difference: f64,
    simulation: Simulation,
    range: std::ops::RangeInclusive<usize>,
    with: impl Fn(usize) -> Setup,
) -> Result<Option<usize>, NoContrast> {
    setup.check()?;
    if simulation.draws == 0 || !is_usable(difference) {
        return Err(NoContrast::Settings { reason: "at least one audit is needed, and a difference".to_owned() });
    }
    Ok(first_that_holds(range, |n| bound_holds(&with(n), difference, simulation) >= POWER))
}

/// The set-up with a change to every collection.
fn change(setup: &Setup, change: impl Fn(&mut PlannedCollection)) -> Setup {
    let mut changed = setup.clone();
    changed.collections.iter_mut().for_each(change);
    changed
}

/// The share of made-up audits whose upper bound is below the margin when the suspects truly differ by `difference`.
fn bound_holds(setup: &Setup, difference: f64, simulation: Simulation) -> f64 {
    let settings = setup.settings;
    let holds = audits(setup, simulation).filter(|audit| {
        let belief = CleanEvidence::learn(&audit.clean, settings.scale).belief(&audit.suspects);
        // The upper bound is below the margin where more than 1 - alpha of the belief is.
        belief.cdf(setup.margin - difference) > 1.0 - settings.alpha
    });
    holds.count() as f64 / simulation.draws as f64
}

/// The first number of a range for which something holds that, once it does, keeps holding: steps that double, then
/// halving between the last that failed and the first that held.
fn first_that_holds(range: std::ops::RangeInclusive<usize>, holds: impl Fn(usize) -> bool) -> Option<usize> {
    let (start, end) = (*range.start(), *range.end());
    if holds(start) {
        return Some(start);
    }
    let (mut fails, mut step) = (start, 1);
    let mut works = loop {
        if fails >= end {
            return None;
        }
        let next = (fails + step).min(end);
        if holds(next) {
            break next;
        }
        (fails, step) = (next, 2 * step);
    };
    while works - fails > 1 {
        let middle = fails + (works - fails) / 2;
        if holds(middle) { works = middle } else { fails = middle }
    }
    Some(works)
}

#[cfg(test)]
mod tests {
    use super::super::power::tests::setup;
    use super::*;
    use crate::stats::SCALE_EXCESS_GAIN;

    const SIMULATION: Simulation = Simulation { draws: 60, seed: 3 };

    fn share_that_holds(setup: &Setup, n_queries: usize) -> f64 {
        bound_holds(&change(setup, |c| c.n_queries = n_queries), 0.0, SIMULATION)
    }

    #[test]
    fn the_answer_is_the_first_number_that_is_enough() {
        let vague = setup(2, 4, SCALE_EXCESS_GAIN, 0.01, 0.2, 0.05);
        let n = queries_needed(&vague, 0.0, SIMULATION).unwrap().unwrap();
        assert!(n > 60 && share_that_holds(&vague, n) >= POWER && share_that_holds(&vague, n - 1) < POWER, "{n}");
    }

    #[test]
    fn a_difference_that_is_there_takes_more_queries_or_cannot_be_shown_away() {
        let sharp = setup(2, 8, SCALE_EXCESS_GAIN, 0.005, 0.15, 0.05);
        let needed = |difference| queries_needed(&sharp, difference, SIMULATION).unwrap();
        let (none, some) = (needed(0.0).unwrap(), needed(0.01).unwrap());
        assert!(none < some, "{none} {some}");
        assert_eq!(needed(0.05), None);
    }

    #[test]
    fn queries_do_not_help_against_collections_that_differ() {
        let differing = setup(1, 2, SCALE_EXCESS_GAIN, 0.05, 0.1, 0.05);
        assert_eq!(queries_needed(&differing, 0.0, SIMULATION).unwrap(), None);
    }

    #[test]
    fn clean_collections_help_until_the_suspects_own_spread_is_left() {
        let few = setup(2, 2, SCALE_EXCESS_GAIN, 0.01, 0.1, 0.05);
        let needed = collections_needed(&few, 0.0, SIMULATION).unwrap().unwrap();
        assert!((1..=6).contains(&needed), "{needed}");
        let many = setup(2, 8, SCALE_EXCESS_GAIN, 0.005, 0.1, 0.05);
        assert_eq!(collections_needed(&many, 0.0, SIMULATION).unwrap(), Some(0));
        let differing = setup(1, 2, SCALE_EXCESS_GAIN, 0.1, 0.1, 0.05);
        assert_eq!(collections_needed(&differing, 0.0, SIMULATION).unwrap(), None);
    }

    #[test]
    fn seeds_help_where_seeds_differ() {
        let mut noisy = setup(2, 4, SCALE_EXCESS_GAIN, 0.005, 0.05, 0.05);
        noisy.collections.iter_mut().for_each(|c| (c.n_seeds, c.seed_variance) = (2, 0.03_f64.powi(2)));
        let needed = seeds_needed(&noisy, 0.0, SIMULATION).unwrap().unwrap();
        assert!(needed > 2, "{needed}");
        noisy.collections.iter_mut().for_each(|c| (c.query_variance, c.seed_variance) = (0.09, 0.0));
        assert_eq!(seeds_needed(&noisy, 0.0, SIMULATION).unwrap(), None);
    }

    /// Independent values: SciPy 1.17.1, the first n at which `stats.nct` with Welch's degrees of freedom gives a
    /// power of 80 %. The difference of two quantiles of t is within a query of it.
    #[test]
    fn a_twin_is_as_large_as_the_power_of_welchs_test_asks() {
        let cases =
            [(60, 0.2, 0.10, Some(44)), (300, 0.3, 0.08, Some(124)), (43, 0.1, 0.05, Some(61)), (43, 0.1, 0.03, None)];
        for (n_queries, sd, effect, expected) in cases {
            let suspect = Summary { n_queries, n_seeds: 1, mean: 0.0, query_variance: sd * sd, seed_variance: 0.0 };
            match (twin_queries_needed(&suspect, effect, 0.05), expected) {
                (Some(found), Some(expected)) => assert!(found.abs_diff(expected) <= 1, "{found} {expected}"),
                (found, expected) => assert_eq!(found, expected),
            }
        }
    }

    #[test]
    fn questions_without_sense_have_no_answer() {
        let sound = setup(1, 2, SCALE_EXCESS_GAIN, 0.01, 0.1, 0.05);
        assert!(queries_needed(&sound, f64::NAN, SIMULATION).is_err());
        assert!(seeds_needed(&sound, 0.0, Simulation { draws: 0, seed: 1 }).is_err());
        let flat = Summary { n_queries: 60, n_seeds: 1, mean: 0.0, query_variance: f64::NAN, seed_variance: 0.0 };
        assert_eq!(twin_queries_needed(&flat, 0.1, 0.05), None);
        assert_eq!(twin_queries_needed(&Summary { query_variance: 0.01, ..flat }, 0.1, 0.5), None);
    }

    #[test]
    fn doubling_and_halving_find_the_first_that_holds() {
        for first in 3..60 {
            assert_eq!(first_that_holds(3..=40, |n| n >= first), (first <= 40).then_some(first));
        }
    }
}
