//! The student gains more on collections that the teacher may have seen than on those that it cannot have seen.
//!
//! # What it looks at
//! The gain, measure of `after` minus measure of `before`, query by query. It decides only where no reference
//! arms are given; with them the excess gain decides instead and this one is shown.
//!
//! # Why it matters
//! A teacher that has read the judgements of a collection hands them on, and the student's measure rises there
//! and nowhere else. Money is then spent on a number that no user will ever feel.
//!
//! # Example
//! nDCG@10 rises by 0.11 on `dl19` and `dl20`, which are older than the teacher, and by 0.01 on four collections
//! that are younger.
//!
//! # What to do
//! Do not believe the gain as a general one. Plain gains also differ because teachers trained on public search
//! data gain more on public search collections, without any leak: add a `[[reference]]`, an innocent teacher
//! of the same class with a student of the same recipe, or a twin of a suspect collection. Either tells skill
//! from leak.
//!
//! # References
//! Kalal, Parry, MacAvaney, *Training on the Test Model: Contamination in Ranking Distillation*, arXiv 2411.02284.
//! `docs/statistics.md`, sections 1, 2 and 5.

use super::{Case, Family, wording};
use crate::config::Level;
use crate::facts::{Facts, OutcomeKind};

pub(super) const ID: &str = "gain-divergence";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Deny;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    wording::divergence(
        facts,
        OutcomeKind::Gain,
        "it needs the student before and after",
        "do not believe this gain as a general one; a [[reference]] of the teacher's class, or a twin of the suspect \
         collection, tells skill in that domain from a leak",
    )
}
