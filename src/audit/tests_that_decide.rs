//! Twins against their suspect collections, and which of these tests decide.

use super::outcomes::weak_references;
use crate::collection::Role;
use crate::facts::{ADEQUATE, ArmFacts, OutcomeFacts, OutcomeKind, SampleFacts, TwinFacts, TwinPairFacts, Weight};
use crate::stats::{self, TwinPair};

/// Twins against their suspect collections on every outcome that has both: the matched pairs together, and the others
/// together, which are shown only.
pub fn twins(outcomes: &[OutcomeFacts], pairs: &[TwinPairFacts], arms: &[ArmFacts], alpha: f64) -> Vec<TwinFacts> {
    let (matched, unlike): (Vec<&TwinPairFacts>, Vec<&TwinPairFacts>) =
        pairs.iter().partition(|pair| pair.is_matched(alpha));
    let mut twins = Vec::new();
    for outcome in outcomes.iter().filter(|outcome| !matches!(outcome.kind, OutcomeKind::Probe(_))) {
        let weight = weight(outcome, outcomes, arms);
        let unmatched = match &weight {
            Weight::Decides => Weight::Shown("the twin is not matched".to_owned()),
            Weight::Shown(why) => Weight::Shown(format!("the twin is not matched, and {why}")),
        };
        twins.extend(compare(outcome, &matched, weight, alpha));
        twins.extend(compare(outcome, &unlike, unmatched, alpha));
    }
    twins
}

/// Whether an outcome's twin test is a primary one (docs/statistics.md, section 5). A contrast needs two clean collections,
/// and a twin test does not.
fn weight(outcome: &OutcomeFacts, all: &[OutcomeFacts], arms: &[ArmFacts]) -> Weight {
    if let Some(same) = outcome.same_order(arms) {
        return Weight::Shown(same);
    }
    if outcome.kind == OutcomeKind::Gain && all.iter().any(|other| other.kind == OutcomeKind::ExcessGain) {
        return Weight::Shown("the excess gain over the references decides instead".to_owned());
    }
    if outcome.kind.is_residual() {
        // A label residual against weak references counts nowhere.
        let clean = outcome.contrast.as_ref().map(|contrast| contrast.clean).or_else(|| clean_mean(outcome));
        if let Some(clean) = clean.filter(|clean| *clean > ADEQUATE) {
            return Weight::Shown(weak_references(clean));
        }
    }
    Weight::Decides
}

/// The mean over clean collections where there are too few for a contrast.
fn clean_mean(outcome: &OutcomeFacts) -> Option<f64> {
    let clean = outcome.samples.iter().filter(|sample| sample.role == Role::Clean);
    let means: Vec<f64> = clean.filter_map(|sample| Some(stats::summary(&sample.values).ok()?.mean)).collect();
    (!means.is_empty()).then(|| means.iter().sum::<f64>() / means.len() as f64)
}

fn compare(outcome: &OutcomeFacts, pairs: &[&TwinPairFacts], weight: Weight, alpha: f64) -> Option<TwinFacts> {
    let sample = |name: &str| -> Option<&SampleFacts> { outcome.samples.iter().find(|s| s.collection == name) };
    let both = pairs.iter().filter_map(|pair| Some((sample(&pair.suspect)?, sample(&pair.twin)?)));
    let (names, values): (Vec<_>, Vec<_>) = both
        .map(|(suspect, fresh)| {
            let names = (suspect.collection.clone(), fresh.collection.clone());
            (names, TwinPair { suspect: suspect.values.clone(), twin: fresh.values.clone() })
        })
        .unzip();
    Some(TwinFacts { kind: outcome.kind.clone(), pairs: names, twin: stats::twin(&values, alpha).ok()?, weight })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Facts, SameOrder, sample};

    /// A change to honest facts.
    type Change = fn(&mut Facts);

    /// The twin tests of the sample after a change, by outcome and whether they decide.
    fn decided(change: Change) -> Vec<(OutcomeKind, bool)> {
        let mut facts = sample::honest();
        sample::twin(&mut facts, 0.0, true);
        change(&mut facts);
        let found = twins(&facts.outcomes, &facts.twin_pairs, &facts.arms, 0.05);
        found.into_iter().map(|twin| (twin.kind, twin.weight == Weight::Decides)).collect()
    }

    fn residual(facts: &mut Facts) -> &mut OutcomeFacts {
        facts.outcomes.iter_mut().find(|o| o.kind == OutcomeKind::TeacherLabelResidual).unwrap()
    }

    #[test]
    fn a_twin_decides_where_its_outcome_counts() {
        use OutcomeKind::{ExcessGain, Gain, TeacherLabelResidual};
        let rows: [(Change, [bool; 3]); 6] = [
            (|_| (), [false, true, true]),
            (|f| f.twin_pairs[0].blind.as_mut().unwrap().p = 0.05, [false, false, false]),
            (|f| residual(f).contrast.as_mut().unwrap().clean = ADEQUATE + 0.01, [false, true, false]),
            // Without a contrast the mean of the clean collections there are tells whether references are adequate.
            (|f| residual(f).contrast = None, [false, true, true]),
            (
                |f| {
                    residual(f).contrast = None;
                    residual(f).samples.iter_mut().for_each(|s| s.values.iter_mut().for_each(|v| v[0] += 0.3));
                },
                [false, true, false],
            ),
            (
                |f| {
                    let same = SameOrder { arm: "scorer.open".to_owned(), queries: 20 };
                    f.arms.iter_mut().find(|a| a.name == "teacher").unwrap().collections[0].same_order.push(same);
                },
                [false, true, false],
            ),
        ];
        for (n, (change, decides)) in rows.into_iter().enumerate() {
            let expected = [Gain, ExcessGain, TeacherLabelResidual].into_iter().zip(decides).collect::<Vec<_>>();
            assert_eq!(decided(change), expected, "row {n}");
        }
    }

    #[test]
    fn a_pair_without_numbers_on_both_sides_has_no_test() {
        let without = decided(|f| f.outcomes.iter_mut().for_each(|o| o.samples.retain(|s| s.collection != "new-a")));
        assert_eq!(without, []);
    }
}
