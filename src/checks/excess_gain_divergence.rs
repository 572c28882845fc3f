//! Beyond what innocent teachers give, the student gains more on collections that the teacher may have seen.
//!
//! # What it looks at
//! The excess gain, measure of `after` minus the mean measure of the reference arms, query by query. A reference
//! arm is a student that the same recipe made from an innocent teacher.
//!
//! # Why it matters
//! Collections differ in how much a student can gain on them at all. References take most of that away, so what
//! is left points at this teacher: smaller differences are found than with plain gains, with fewer false alarms.
//!
//! # Example
//! The student of the audited teacher beats the student of an open one by 0.06 nDCG@10 on `dl19`, and by nothing
//! on four collections that are younger than both.
//!
//! # What to do
//! Do not believe the gain as a general one. The teacher may be better in that domain, honestly: a twin, fresh
//! queries over the same documents, tells.
//!
//! # References
//! `docs/statistics.md`, sections 1, 2 and 5.

use super::{Case, Family, wording};
use crate::config::Level;
use crate::facts::{Facts, OutcomeKind};

pub(super) const ID: &str = "excess-gain-divergence";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Deny;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    wording::divergence(
        facts,
        OutcomeKind::ExcessGain,
        "it needs a student that the same recipe made from an innocent teacher: `runs` of a [[reference]], or one trained with [distill]",
        "do not believe this gain as a general one; a twin of the suspect collection tells skill in that domain from a leak",
    )
}
