//! What a set-up can reach, said before anything is trained: false alarms, passes, the smallest effect it finds.
//!
//! Audits in which nobody cheated are made up ([`super::simulate`]) and judged by the same code as real ones. An
//! effect only moves the suspects' means, and tau is learnt from the clean collections, so each made-up audit needs
//! judging once: there is a smallest effect from which on it rejects, and a largest up to which it passes. Power at
//! any effect is the share of audits on the right side, and the smallest effect found in 80 % is a quantile.

use super::contrast::POWER;
use super::distribution::t_upper_quantile;
use super::evidence::CleanEvidence;
use super::heterogeneity::Estimate;
use super::mixture::{Component, Mixture};
use super::simulate::{Audit, audits};
use super::summary::is_usable;
use super::{Contrast, ContrastSettings, NoContrast, Role, SHARE_TOGETHER, UnusableOutcomes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One collection of a planned set-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedCollection {
    /// The collection.
    pub name: String,
    /// Whether the teacher may have seen it.
    pub role: Role,
    /// How many queries, at least two.
    pub n_queries: usize,
    /// Variance between queries of the seed-averaged outcome.
    pub query_variance: f64,
    /// How many seeds, at least one.
    pub n_seeds: usize,
    /// Variance between the seeds' means; zero where it is not known.
    pub seed_variance: f64,
}

/// A planned set-up: what there is to compare, and by which rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Setup {
    /// The collections, at least one suspect and two clean ones.
    pub collections: Vec<PlannedCollection>,
    /// How much collections are taken to differ when nobody cheats, in units of the outcome.
    pub tau: f64,
    /// The contrast's settings.
    pub settings: ContrastSettings,
    /// A pass needs the suspects' upper bound below this.
    pub margin: f64,
    /// How many primary tests share alpha: this one has to reach alpha over their number (Holm's first step).
    pub n_tests: usize,
}

impl Setup {
    /// The set-up that a contrast came from, with the variances and the heterogeneity that it found.
    pub fn of_contrast(contrast: &Contrast, margin: f64, n_tests: usize) -> Setup {
        let collections = contrast.collections.iter().map(|c| PlannedCollection {
            name: c.name.clone(),
            role: c.role,
            n_queries: c.n_queries,
            query_variance: c.query_variance,
            n_seeds: c.n_seeds,
            seed_variance: c.seed_variance,
        });
        Setup {
            collections: collections.collect(),
            tau: if contrast.prior_contradicted { contrast.tau_without_prior } else { contrast.tau },
            settings: contrast.settings,
            margin,
            n_tests,
        }
    }

    /// Whether audits of it can be made up.
    pub(super) fn check(&self) -> Result<(), NoContrast> {
        self.settings.check()?;
        let is_variance = |x: f64| x >= 0.0 && is_usable(x);
        let refuse = |reason: &str| Err(NoContrast::Settings { reason: reason.to_owned() });
        for c in &self.collections {
            if c.n_queries < 2 {
                let reason = UnusableOutcomes::TooFewQueries { n_queries: c.n_queries };
                return Err(NoContrast::Outcomes { collection: c.name.clone(), reason });
            }
            if c.n_seeds == 0 || !is_variance(c.query_variance) || !is_variance(c.seed_variance) {
                return refuse(&format!("collection {}: needs a seed, and variances of zero or more", c.name));
            }
        }
        let count = |role| self.collections.iter().filter(|c| c.role == role).count();
        let (suspect, clean) = (count(Role::Suspect), count(Role::Clean));
        if suspect < 1 || clean < 2 {
            return Err(NoContrast::TooFewCollections { suspect, clean });
        }
        if !is_variance(self.tau) || !is_usable(self.margin) {
            return refuse("tau must be zero or more, and the margin a number");
        }
        if self.n_tests == 0 { refuse("there must be at least one test") } else { Ok(()) }
    }
}

/// How audits are made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Simulation {
    /// How many audits; a share of 400 is known within 5 percentage points (two standard errors).
    pub draws: usize,
    /// The seed: the same one gives the same audits.
    pub seed: u64,
}

/// What happens when there is an effect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EffectReach {
    /// The effect, in units of the outcome.
    pub effect: f64,
    /// Share of audits that find it when all suspect collections have it.
    pub found_in_all: f64,
    /// Share of audits that find it when one suspect collection has it, averaged over which one.
    pub found_in_one: f64,
    /// Share of audits that pass although all suspect collections have it.
    pub leaky_passes: f64,
}

/// What a set-up can reach. Shares are between 0 and 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reach {
    /// How it was computed.
    pub simulation: Simulation,
    /// Share of innocent audits that reject.
    pub false_alarm: f64,
    /// Share of innocent audits that pass: upper bound below the margin, and nothing rejects.
    pub passes_if_innocent: f64,
    /// What happens at each effect asked for.
    pub effects: Vec<EffectReach>,
    /// The smallest effect that is found in 80 % of audits when all suspect collections have it.
    pub smallest_in_all: f64,
    /// The same when one suspect collection has it, whichever.
    pub smallest_in_one: f64,
}

/// What this set-up can reach, from made-up audits.
pub fn reach(setup: &Setup, effects: &[f64], simulation: Simulation) -> Result<Reach, NoContrast> {
    setup.check()?;
    if simulation.draws == 0 || effects.iter().any(|e| !is_usable(*e)) {
        return Err(NoContrast::Settings {
            reason: "at least one audit is needed, and effects are numbers".to_owned(),
        });
    }
    let rules = Rules::of(setup);
    let judged: Vec<Judged> = audits(setup, simulation).map(|audit| rules.judge(&audit)).collect();
    let share = |holds: &dyn Fn(&Judged) -> f64| judged.iter().map(holds).sum::<f64>() / judged.len() as f64;
    let at = |effect: f64| EffectReach {
        effect,
        found_in_all: share(&|j| indicator(j.rejects_all_from <= effect)),
        found_in_one: share(&|j| {
            let found = j.rejects_one_from.iter().filter(|from| **from <= effect).count();
            found as f64 / j.rejects_one_from.len() as f64
        }),
        leaky_passes: share(&|j| indicator(j.passes(effect))),
    };
    let innocent = at(0.0);
    Ok(Reach {
        simulation,
        false_alarm: innocent.found_in_all,
        passes_if_innocent: innocent.leaky_passes,
        effects: effects.iter().map(|e| at(*e)).collect(),
        smallest_in_all: found_in_most(judged.iter().map(|j| j.rejects_all_from).collect()),
        smallest_in_one: found_in_most(judged.iter().flat_map(|j| j.rejects_one_from.clone()).collect()),
    })
}

fn indicator(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// The smallest effect, zero or more, from which on the wanted share of audits rejects.
fn found_in_most(mut from: Vec<f64>) -> f64 {
    from.sort_by(f64::total_cmp);
    let enough = (POWER * from.len() as f64).ceil() as usize;
    from.get(enough.saturating_sub(1)).map_or(0.0, |effect| effect.max(0.0))
}

/// One made-up audit, judged for every effect at once.
struct Judged {
    /// The smallest effect in all suspects with which it rejects; below zero for a false alarm.
    rejects_all_from: f64,
    /// The same with the effect in one suspect, for each.
    rejects_one_from: Vec<f64>,
    /// Below this effect in all suspects the upper bound is below the margin.
    bound_holds_below: f64,
}

impl Judged {
    fn passes(&self, effect: f64) -> bool {
        effect < self.bound_holds_below && effect < self.rejects_all_from
    }
}

/// The parts of alpha, and what does not change from audit to audit.
struct Rules {
    settings: ContrastSettings,
    margin: f64,
    together: Level,
    alone: Level,
}

/// A level of a test, and Student's quantile for it.
#[derive(Clone, Copy)]
struct Level {
    alpha: f64,
    t: f64,
}

impl Rules {
    fn of(setup: &Setup) -> Rules {
        let count = |role| setup.collections.iter().filter(|c| c.role == role).count();
        let (suspects, df) = (count(Role::Suspect), (count(Role::Clean) - 1) as f64);
        let alpha = setup.settings.alpha / setup.n_tests as f64;
        let level = |alpha| Level { alpha, t: t_upper_quantile(alpha, df) };
        let share_together = if suspects > 1 { SHARE_TOGETHER } else { 1.0 };
        Rules {
            settings: setup.settings,
            margin: setup.margin,
            together: level(share_together * alpha),
            alone: level((1.0 - SHARE_TOGETHER) * alpha / suspects as f64),
        }
    }

    fn judge(&self, audit: &Audit) -> Judged {
        let clean = CleanEvidence::learn(&audit.clean, self.settings.scale);
        let suspects = &audit.suspects;
        let belief = clean.belief(suspects);
        let upper = belief.quantile(1.0 - self.settings.alpha);
        let all = self.rejects_from(&clean, suspects, None, &belief, self.together);
        if suspects.len() == 1 {
            return Judged {
                rejects_all_from: all,
                rejects_one_from: vec![all],
                bound_holds_below: self.margin - upper,
            };
        }
        let alone: Vec<f64> =
            suspects.iter().map(|s| self.rejects_from(&clean, &[*s], None, &clean.belief(&[*s]), self.alone)).collect();
        let one = |j: usize| {
            let another_rejects = alone.iter().enumerate().any(|(i, from)| i != j && *from <= 0.0);
            if another_rejects {
                return f64::NEG_INFINITY;
            }
            alone[j].min(self.rejects_from(&clean, suspects, Some(j), &belief, self.together))
        };
        Judged {
            rejects_all_from: alone.iter().fold(all, |a, b| a.min(*b)),
            rejects_one_from: (0..suspects.len()).map(one).collect(),
            bound_holds_below: self.margin - upper,
        }
    }

    /// The smallest effect with which the test of these suspects rejects: an effect in all of them, or in one.
    ///
    /// Given tau, an effect e moves the difference by s e, where s is 1 or the one suspect's weight among them. So
    /// p(e) = sum of w P(N(m + s e, sd) <= tolerance) is one minus the cdf at e of a mixture of N((tolerance - m) / s,
    /// sd / s), and the effect from which on p is at most the level is that mixture's quantile.
    fn rejects_from(
        &self,
        clean: &CleanEvidence,
        suspects: &[Estimate],
        only: Option<usize>,
        belief: &Mixture,
        level: Level,
    ) -> f64 {
        let moved_by = |tau2: f64| only.map_or(1.0, |j| weight_among(suspects, j, tau2));
        let tolerance = self.settings.tolerance;
        let effects = belief.0.iter().zip(&clean.points).map(|(c, point)| {
            let s = moved_by(point.tau * point.tau);
            Component { weight: c.weight, mean: (tolerance - c.mean) / s, sd: c.sd / s }
        });
        let from = Mixture(effects.collect()).quantile(1.0 - level.alpha);
        if !clean.contradicts_prior {
            return from;
        }
        let (delta, se) = clean.without_prior(suspects);
        from.max((tolerance + level.t * se - delta) / moved_by(clean.tau2_without_prior))
    }
}

/// The weight of suspect `j` in the suspects' mean under `tau2`.
fn weight_among(suspects: &[Estimate], j: usize, tau2: f64) -> f64 {
    let weight = |s: &Estimate| 1.0 / (s.v + tau2);
    weight(&suspects[j]) / suspects.iter().map(weight).sum::<f64>()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::stats::contrast::{decide, difference};
    use crate::stats::{Alone, SCALE_EXCESS_GAIN, SCALE_GAIN, SCALE_LABEL_RESIDUAL};

    /// Collections of 60 queries; `sd` is the standard deviation between queries.
    pub(in crate::stats) fn setup(suspects: usize, clean: usize, scale: f64, tau: f64, sd: f64, margin: f64) -> Setup {
        let roles = [vec![Role::Suspect; suspects], vec![Role::Clean; clean]].concat();
        let collection = |(i, role): (usize, Role)| PlannedCollection {
            name: format!("{role}-{i}"),
            role,
            n_queries: 60,
            query_variance: sd * sd,
            n_seeds: 1,
            seed_variance: 0.0,
        };
        Setup {
            collections: roles.into_iter().enumerate().map(collection).collect(),
            tau,
            settings: ContrastSettings::with_scale(scale),
            margin,
            n_tests: 1,
        }
    }

    fn simulation(draws: usize) -> Simulation {
        Simulation { draws, seed: 5 }
    }

    /// Rows of the table in the definition of the contrast (60 queries a collection), which came from 120 audits
    /// with every query made up. Both sides are counts, so they may differ by four standard errors and by rounding.
    #[test]
    fn the_published_table_is_found_again() {
        let (excess, gain, residual) = (SCALE_EXCESS_GAIN, SCALE_GAIN, SCALE_LABEL_RESIDUAL);
        let rows = [
            (setup(2, 4, excess, 0.01, 0.10, 0.05), 0.05, [0.00, 0.91, 0.86, 0.37, 0.01]),
            (setup(2, 8, excess, 0.01, 0.10, 0.05), 0.05, [0.01, 0.98, 0.98, 0.53, 0.02]),
            (setup(1, 2, gain, 0.04, 0.20, 0.05), 0.10, [0.07, 0.18, 0.39, 0.39, 0.00]),
            (setup(2, 4, residual, 0.04, 0.30, 0.20), 0.20, [0.02, 0.98, 0.93, 0.50, 0.02]),
        ];
        let (n_published, n) = (120.0, 300.0);
        for (setup, effect, published) in rows {
            let found = reach(&setup, &[effect], simulation(300)).unwrap();
            let e = found.effects[0];
            let shares = [found.false_alarm, found.passes_if_innocent, e.found_in_all, e.found_in_one, e.leaky_passes];
            for (share, published) in shares.iter().zip(published) {
                let p = (share * n + published * n_published + 1.0) / (n + n_published + 2.0);
                let error = (p * (1.0 - p) * (1.0 / n + 1.0 / n_published)).sqrt();
                assert!((share - published).abs() <= 4.0 * error + 0.005, "{published} but {share}: {found:?}");
            }
        }
    }

    /// The effect from which on an audit rejects is where its deciding p reaches alpha.
    #[test]
    fn judging_once_is_judging_every_effect() {
        let close = 1e-7;
        for (setup, contradicted) in
            [(setup(2, 3, 0.03, 0.02, 0.1, 0.05), false), (setup(3, 3, 0.01, 0.2, 0.1, 0.05), true)]
        {
            let rules = Rules::of(&setup);
            for audit in audits(&setup, simulation(12)) {
                let clean = CleanEvidence::learn(&audit.clean, setup.settings.scale);
                assert_eq!(clean.contradicts_prior, contradicted);
                let deciding_p = |effect: f64, only: Option<usize>| {
                    let lift = |(i, s): (usize, &Estimate)| Estimate {
                        mean: s.mean + if only.is_none_or(|j| i == j) { effect } else { 0.0 },
                        ..*s
                    };
                    let suspects: Vec<Estimate> = audit.suspects.iter().enumerate().map(lift).collect();
                    let test = |suspects: &[Estimate]| difference(suspects, &clean, &setup.settings);
                    let alone: Vec<Alone> =
                        suspects.iter().map(|s| Alone { name: String::new(), difference: test(&[*s]) }).collect();
                    decide(&test(&suspects), &alone, contradicted).0
                };
                let judged = rules.judge(&audit);
                let alpha = setup.settings.alpha;
                let from = judged.rejects_all_from;
                assert!(deciding_p(from - close, None) > alpha && deciding_p(from + close, None) <= alpha);
                for (j, from) in judged.rejects_one_from.iter().enumerate().filter(|(_, from)| from.is_finite()) {
                    assert!(deciding_p(from - close, Some(j)) > alpha && deciding_p(from + close, Some(j)) <= alpha);
                }
            }
        }
    }

    #[test]
    fn larger_effects_are_found_more_often_and_pass_less_often() {
        let found = reach(&setup(2, 4, 0.03, 0.02, 0.1, 0.05), &[0.0, 0.03, 0.06, 0.2], simulation(100)).unwrap();
        for pair in found.effects.windows(2) {
            assert!(pair[0].found_in_all <= pair[1].found_in_all && pair[0].found_in_one <= pair[1].found_in_one);
            assert!(pair[0].leaky_passes >= pair[1].leaky_passes);
        }
        assert_eq!(found.effects[0].found_in_all, found.false_alarm);
        assert_eq!(found.effects[3].found_in_all, 1.0);
        assert!(found.smallest_in_all < found.smallest_in_one);
    }

    #[test]
    fn the_smallest_effect_is_found_in_four_of_five() {
        let setup = setup(2, 4, 0.03, 0.02, 0.1, 0.05);
        let smallest = reach(&setup, &[], simulation(100)).unwrap();
        let at = reach(&setup, &[smallest.smallest_in_all, smallest.smallest_in_one], simulation(100)).unwrap();
        assert_eq!(at.effects[0].found_in_all, 0.80);
        assert_eq!(at.effects[1].found_in_one, 0.80);
    }

    #[test]
    fn tests_that_share_alpha_find_less() {
        let alone = setup(2, 4, 0.03, 0.02, 0.1, 0.05);
        let shared = Setup { n_tests: 3, ..alone.clone() };
        let smallest = |setup| reach(setup, &[], simulation(100)).unwrap().smallest_in_all;
        assert!(smallest(&shared) > smallest(&alone));
    }

    #[test]
    fn one_suspect_is_all_suspects() {
        let found = reach(&setup(1, 3, 0.03, 0.02, 0.1, 0.05), &[0.05], simulation(50)).unwrap();
        assert_eq!(found.effects[0].found_in_all, found.effects[0].found_in_one);
        assert_eq!(found.smallest_in_all, found.smallest_in_one);
    }

    #[test]
    fn the_same_seed_gives_the_same_reach() {
        let setup = setup(2, 2, 0.03, 0.02, 0.1, 0.05);
        let with = |seed| reach(&setup, &[0.05], Simulation { draws: 60, seed }).unwrap();
        assert_eq!(with(1), with(1));
        assert_ne!(with(1), with(2));
    }

    #[test]
    fn set_ups_without_sense_are_refused() {
        let sound = setup(1, 2, 0.03, 0.02, 0.1, 0.05);
        let broken: [fn(&mut Setup); 7] = [
            |s| s.collections.truncate(2),
            |s| s.collections[0].n_queries = 1,
            |s| s.collections[0].n_seeds = 0,
            |s| s.collections[0].query_variance = -1.0,
            |s| s.tau = f64::NAN,
            |s| s.margin = f64::INFINITY,
            |s| s.n_tests = 0,
        ];
        for change in broken {
            let mut setup = sound.clone();
            change(&mut setup);
            assert!(reach(&setup, &[], simulation(1)).is_err(), "{setup:?}");
        }
        assert!(reach(&sound, &[], simulation(0)).is_err());
        assert!(reach(&sound, &[f64::NAN], simulation(1)).is_err());
    }
}
