//! The primary tests: what shares alpha, by Holm (docs/statistics.md, section 5).

use super::{OutcomeFacts, OutcomeKind, TwinFacts, Weight};
use crate::stats::holm;
use serde::{Deserialize, Serialize};

/// A test that decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrimaryTest {
    /// The outcome tested.
    pub kind: OutcomeKind,
    /// What it is compared between.
    pub between: Between,
    /// Its own p.
    pub p: f64,
    /// The p after Holm's correction over all deciding tests.
    pub adjusted_p: f64,
    /// Whether the adjusted p is at or below alpha.
    pub rejects: bool,
}

/// What a test compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Between {
    /// Suspect with clean collections.
    Roles,
    /// Suspect collections with their matched twins.
    Twins,
}

/// Holm over the p of the outcomes and of the twins that decide.
pub fn primary_tests(outcomes: &[OutcomeFacts], twins: &[TwinFacts], alpha: f64) -> Vec<PrimaryTest> {
    let deciding = outcomes.iter().filter(|outcome| outcome.weight == Weight::Decides);
    let contrasts = deciding.filter_map(|o| Some((o.kind.clone(), Between::Roles, o.contrast.as_ref()?.deciding_p)));
    let matched = twins.iter().filter(|twin| twin.weight == Weight::Decides);
    let all: Vec<(OutcomeKind, Between, f64)> =
        contrasts.chain(matched.map(|twin| (twin.kind.clone(), Between::Twins, twin.twin.p))).collect();
    let adjusted = holm(&all.iter().map(|(.., p)| *p).collect::<Vec<f64>>());
    all.into_iter()
        .zip(adjusted)
        .map(|((kind, between, p), adjusted_p)| PrimaryTest {
            kind,
            between,
            p,
            adjusted_p,
            rejects: adjusted_p <= alpha,
        })
        .collect()
}
