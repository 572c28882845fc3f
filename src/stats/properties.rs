//! What must hold whatever the numbers are. Cases are drawn with a fixed seed, so that a run repeats.

use super::*;
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed};

/// What may differ by rounding when sums run in another order.
const ROUNDING: f64 = 1e-12;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 40,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    }
}

/// Outcomes of one collection, two seeds.
fn outcomes() -> impl Strategy<Value = Vec<Vec<f64>>> {
    prop::collection::vec(prop::collection::vec(-1.0..1.0_f64, 2), 2..30)
}

/// One to three suspect and two to five clean collections.
fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let named = |role: Role| {
        move |values: Vec<Vec<Vec<f64>>>| -> Vec<Sample> {
            let name = |i| format!("{role}-{i}");
            values.into_iter().enumerate().map(|(i, values)| Sample { name: name(i), role, values }).collect()
        }
    };
    let suspects = prop::collection::vec(outcomes(), 1..4).prop_map(named(Role::Suspect));
    let clean = prop::collection::vec(outcomes(), 2..6).prop_map(named(Role::Clean));
    (suspects, clean).prop_map(|(suspects, clean)| [suspects, clean].concat())
}

/// Scores on a coarse grid, so that ties occur and survive a transform.
fn candidate_lists() -> impl Strategy<Value = Vec<CandidateList>> {
    let grid = || prop::collection::vec((-40..40_i32).prop_map(|x| f64::from(x) / 8.0), 12);
    let list = (grid(), prop::collection::vec(any::<bool>(), 12), prop::collection::vec(grid(), 2));
    let list = list.prop_map(|(score, relevant, references)| CandidateList { score, relevant, references });
    prop::collection::vec(list, 14..20)
}

fn judge(samples: &[Sample]) -> Contrast {
    contrast(samples, &ContrastSettings::with_scale(SCALE_GAIN)).unwrap()
}

/// The numbers of a contrast that do not depend on the order of the collections.
fn numbers_of(found: &Contrast) -> Vec<f64> {
    let of = |d: &Difference| {
        let w = d.without_prior;
        [d.delta, d.sd, d.p, d.lower, d.upper, d.mde, w.delta, w.se, w.p, w.lower, w.upper]
    };
    let mut alone: Vec<&Alone> = found.alone.iter().collect();
    alone.sort_by(|a, b| a.name.cmp(&b.name));
    let overall = [found.clean, found.tau, found.tau_without_prior, found.deciding_p];
    [&overall[..], &of(&found.together)]
        .concat()
        .into_iter()
        .chain(alone.iter().flat_map(|a| of(&a.difference)))
        .collect()
}

fn assert_same(a: &Contrast, b: &Contrast) {
    for (a, b) in numbers_of(a).iter().zip(numbers_of(b)) {
        assert!((a - b).abs() <= ROUNDING * a.abs().max(1.0), "{a} is not {b}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_order_of_queries_and_collections_changes_nothing(samples in samples(), by in 1..20_usize) {
        let mut moved = samples.clone();
        let by_collections = by % moved.len();
        moved.rotate_left(by_collections);
        for sample in &mut moved {
            let by = by % sample.values.len();
            sample.values.rotate_left(by);
            sample.values.reverse();
        }
        let (found, again) = (judge(&samples), judge(&moved));
        assert_same(&found, &again);
        prop_assert_eq!(found.decided_by.part, again.decided_by.part);
    }

    #[test]
    fn a_constant_on_every_outcome_leaves_the_difference(samples in samples(), constant in -0.9..0.9_f64) {
        let mut moved = samples.clone();
        moved.iter_mut().flat_map(|s| &mut s.values).flatten().for_each(|x| *x += constant);
        let (found, again) = (judge(&samples), judge(&moved));
        prop_assert!((found.together.delta - again.together.delta).abs() <= ROUNDING);
        prop_assert!((found.deciding_p - again.deciding_p).abs() <= 1e-10);
        prop_assert!((found.clean + constant - again.clean).abs() <= ROUNDING);
    }

    #[test]
    fn a_larger_outcome_on_the_suspects_never_looks_more_innocent(samples in samples(), lift in 0.0..0.5_f64) {
        let mut lifted = samples.clone();
        let suspects = lifted.iter_mut().filter(|s| s.role == Role::Suspect);
        suspects.flat_map(|s| &mut s.values).flatten().for_each(|x| *x += lift);
        let (found, lifted) = (judge(&samples), judge(&lifted));
        prop_assert!(lifted.deciding_p <= found.deciding_p + ROUNDING);
        prop_assert!(lifted.together.upper >= found.together.upper - ROUNDING);
    }

    #[test]
    fn bounds_enclose_and_probabilities_are_probabilities(samples in samples()) {
        let found = judge(&samples);
        for d in std::iter::once(&found.together).chain(found.alone.iter().map(|a| &a.difference)) {
            prop_assert!(d.lower < d.delta && d.delta < d.upper);
            prop_assert!(d.sd > 0.0 && (0.0..=1.0).contains(&d.p) && (0.0..=1.0).contains(&d.without_prior.p));
        }
        prop_assert!((0.0..=1.0).contains(&found.deciding_p));
    }

    #[test]
    fn an_arm_against_itself_shows_nothing(samples in samples()) {
        let mut same = samples;
        same.iter_mut().flat_map(|s| &mut s.values).flatten().for_each(|x| *x = 0.0);
        let found = judge(&same);
        prop_assert_eq!(found.together.delta, 0.0);
        prop_assert!(found.deciding_p >= 0.5 - ROUNDING);
    }

    #[test]
    fn holm_keeps_the_order_and_never_helps_a_test(p in prop::collection::vec(0.0..=1.0_f64, 0..9)) {
        let adjusted = holm(&p);
        for (i, a) in adjusted.iter().enumerate() {
            prop_assert!(*a >= p[i] && *a <= 1.0 && *a <= p.len() as f64 * p[i]);
            for (j, b) in adjusted.iter().enumerate() {
                prop_assert!(p[i] > p[j] || a <= b);
            }
        }
    }

    #[test]
    fn only_the_order_of_scores_counts(lists in candidate_lists()) {
        let mut bent = lists.clone();
        for list in &mut bent {
            list.score.iter_mut().for_each(|x| *x = x.exp());
            list.references[0].iter_mut().for_each(|x| *x = 5.0 * *x - 2.0);
            list.references[1].iter_mut().for_each(|x| *x = *x * *x * *x + *x);
        }
        prop_assert_eq!(label_residual(&lists), label_residual(&bent));
    }

    #[test]
    fn the_order_of_queries_references_and_documents_changes_no_residual(lists in candidate_lists()) {
        let mut moved = lists.clone();
        moved.reverse();
        for list in &mut moved {
            list.references.reverse();
            for x in std::iter::once(&mut list.score).chain(&mut list.references) {
                x.rotate_left(5);
            }
            list.relevant.rotate_left(5);
        }
        let (found, again) = (label_residual(&lists).unwrap(), label_residual(&moved).unwrap());
        prop_assert!((found.coefficient - again.coefficient).abs() <= ROUNDING);
        for (a, b) in found.values.iter().zip(again.values.iter().rev()) {
            prop_assert!((a - b).abs() <= 1e-11);
        }
    }

    #[test]
    fn a_twin_turned_round_turns_the_difference_round(suspect in outcomes(), fresh in outcomes()) {
        let test = |suspect: &Vec<Vec<f64>>, twin: &Vec<Vec<f64>>| {
            super::twin(&[TwinPair { suspect: suspect.clone(), twin: twin.clone() }], 0.05).unwrap()
        };
        let (there, back) = (test(&suspect, &fresh), test(&fresh, &suspect));
        prop_assert!((there.delta + back.delta).abs() <= ROUNDING && (there.p + back.p - 1.0).abs() <= ROUNDING);
        prop_assert!((there.upper + back.lower).abs() <= ROUNDING);
    }
}
