//! The primary tests with Holm's correction, and twins.

use crate::collection::Role;
use crate::config::Loaded;
use crate::facts::{OutcomeFacts, OutcomeKind, PrimaryTest, SampleFacts, TwinFacts, Weight};
use crate::stats::{self, TwinPair};

/// Holm over the p of the outcomes that decide.
pub fn holm(loaded: &Loaded, outcomes: &[OutcomeFacts]) -> Vec<PrimaryTest> {
    let deciding: Vec<(&OutcomeKind, f64)> = outcomes
        .iter()
        .filter(|outcome| outcome.weight == Weight::Decides)
        .filter_map(|outcome| Some((&outcome.kind, outcome.contrast.as_ref()?.deciding_p)))
        .collect();
    let adjusted = stats::holm(&deciding.iter().map(|(_, p)| *p).collect::<Vec<f64>>());
    deciding
        .into_iter()
        .zip(adjusted)
        .map(|((kind, p), adjusted_p)| PrimaryTest {
            kind: kind.clone(),
            p,
            adjusted_p,
            rejects: adjusted_p <= loaded.config.gate.alpha,
        })
        .collect()
}

/// Twins against their suspect collections, on every outcome that has both.
pub fn twins(loaded: &Loaded, outcomes: &[OutcomeFacts]) -> Vec<TwinFacts> {
    let pairs: Vec<(&str, &str)> = loaded
        .config
        .collection
        .iter()
        .filter_map(|fresh| Some((fresh.twin_of.as_deref()?, fresh.name.as_str())))
        .collect();
    // A label residual against weak references says no more of a twin than of any other collection.
    let counting = outcomes.iter().filter(|outcome| outcome.kind.is_gain() || outcome.weight == Weight::Decides);
    counting.filter_map(|outcome| twins_of(outcome, &pairs, loaded.config.gate.alpha)).collect()
}

fn twins_of(outcome: &OutcomeFacts, pairs: &[(&str, &str)], alpha: f64) -> Option<TwinFacts> {
    let sample = |name: &str| -> Option<&SampleFacts> { outcome.samples.iter().find(|s| s.collection == name) };
    let both = pairs.iter().filter_map(|(suspect, fresh)| Some((sample(suspect)?, sample(fresh)?)));
    // A twin of a clean collection, or one that is suspect itself, compares nothing.
    let both = both.filter(|(suspect, fresh)| suspect.role == Role::Suspect && fresh.role == Role::Clean);
    let (names, values): (Vec<_>, Vec<_>) = both
        .map(|(suspect, fresh)| {
            let names = (suspect.collection.clone(), fresh.collection.clone());
            (names, TwinPair { suspect: suspect.values.clone(), twin: fresh.values.clone() })
        })
        .unzip();
    Some(TwinFacts { kind: outcome.kind.clone(), pairs: names, twin: stats::twin(&values, alpha).ok()? })
}
