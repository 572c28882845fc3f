//! The student knows the judgements of suspect collections better than innocent scorers explain.
//!
//! # What it looks at
//! The label residual of `after`: how many standard deviations higher it puts relevant documents than BM25, the
//! student before and the reference arms explain, compared between suspect and clean collections.
//!
//! # Why it matters
//! This is what ships. It is also weak by nature: a student that was distilled for minutes, on queries that are
//! not the test's, carries a tenth of its teacher's memory or less. Silence here clears nobody.
//!
//! # Example
//! On `dl19` the student puts relevant passages 0.3 standard deviations higher than the student of an open teacher
//! explains, on the clean collections 0.02.
//!
//! # What to do
//! As for the teacher: do not believe the gain there, and test the teacher itself if its scores can be had.
//!
//! # References
//! `docs/statistics.md`, sections 3 and 6.

use super::{Case, Family, wording};
use crate::config::Level;
use crate::facts::{Facts, OutcomeKind};

pub(super) const ID: &str = "student-label-residual";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Deny;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    wording::divergence(
        facts,
        OutcomeKind::StudentLabelResidual,
        "it needs reference arms to explain it: students of the same recipe from innocent teachers, `runs` of a [[reference]] or trained with [distill]",
        "do not believe gains on these collections as general ones; give the teacher's own scores to see where it comes from",
    )
}
