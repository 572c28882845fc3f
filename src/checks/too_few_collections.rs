//! There are not enough collections to compare.
//!
//! # What it looks at
//! For each outcome, how many suspect and clean collections take part.
//!
//! # Why it matters
//! A divergence is a difference between suspect and clean collections, measured against how much clean ones differ
//! from each other. That takes at least one suspect and two clean collections; with fewer nothing is decided.
//!
//! # Example
//! One suspect collection and one clean one: the verdict is inconclusive, whatever the numbers say.
//!
//! # What to do
//! Add collections published after the teacher's training cutoff. Your own queries of the last months, judged by
//! your own people, are the best there are.
//!
//! # References
//! `docs/statistics.md`, section 2.

use super::wording::count;
use super::{Case, Family, Finding};
use crate::collection::Role;
use crate::config::Level;
use crate::facts::Facts;

pub(super) const ID: &str = "too-few-collections";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    facts
        .outcomes
        .iter()
        .filter(|outcome| !outcome.kind.only_describes())
        .map(|outcome| {
            let of = |role| outcome.samples.iter().filter(|s| s.role == role).count();
            let (suspect, clean) = (of(Role::Suspect), of(Role::Clean));
            let said = format!(
                "{} and {} take part",
                count(suspect, "suspect collection", "suspect collections"),
                count(clean, "clean one", "clean ones")
            );
            if suspect >= 1 && clean >= 2 {
                return Case::passed(outcome.kind.to_string(), said);
            }
            let missing = match (suspect, clean) {
                (0, _) => "a collection that the teacher may have seen".to_owned(),
                (_, clean) => count(2 - clean.min(2), "more clean collection", "more clean collections"),
            };
            let left = outcome.left_out.iter().map(|l| format!("{} is left out: {}", l.collection, l.reason));
            Case::found(
                outcome.kind.to_string(),
                Finding::new(
                    said,
                    format!("it needs {missing}; clean is what was published after the teacher's training cutoff"),
                )
                .evidence(left),
            )
        })
        .collect()
}
