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
