//! The student lost on a collection.
//!
//! # What it looks at
//! The mean gain of `after` over `before` per collection: found where the one-sided upper bound lies below zero.
//!
//! # Why it matters
//! The gate asks whether gains are real, not whether there are any. A loss is worth a line all the same.
//!
//! # Example
//! nDCG@10 falls by 0.04 on `scifact` (upper bound -0.01).
//!
//! # What to do
//! Look at the queries that lost most. A loss does not fail the gate.
//!
//! # References
//! `docs/statistics.md`, section 1.

use super::wording::signed;
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, OutcomeKind};
use crate::stats::normal_quantile;

pub(super) const ID: &str = "regressed";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Note;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let Some(contrast) = facts.outcome(OutcomeKind::Gain).and_then(|outcome| outcome.contrast.as_ref()) else {
        return vec![Case::not_applicable("all", "no gain is compared")];
    };
    let z = normal_quantile(1.0 - facts.config.gate.alpha);
    contrast
        .collections
        .iter()
        .map(|c| {
            let upper = c.mean + z * c.v.sqrt();
            let said = format!(
                "{} {} on average, one-sided upper bound {}",
                facts.config.gate.measure,
                signed(c.mean),
                signed(upper)
            );
            match upper < 0.0 {
                true => Case::found(
                    &c.name,
                    Finding::new(said, "look at the queries that lost most; this does not fail the gate"),
                ),
                false => Case::passed(&c.name, said),
            }
            .on(&c.name)
        })
        .collect()
}
