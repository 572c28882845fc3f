//! The teacher knows the judgements of suspect collections better than innocent scorers explain.
//!
//! # What it looks at
//! The label residual: how many standard deviations higher the teacher puts relevant documents than BM25, the
//! student before and the reference teachers explain. It is compared between suspect and clean collections, so a
//! teacher that is simply better everywhere does not fire it.
//!
//! # Why it matters
//! It sees leaks that nDCG@10 does not show at all, before a student is trained and money is spent.
//!
//! # Example
//! Where the teacher cannot have seen the judgements they explain 0.05 of its scores; on `dl19` and `dl20`, 0.51.
//!
//! # What to do
//! Take the gains of its students on these collections for what they may be: memory. A better teacher in that
//! domain looks the same; a twin tells. Look at which pairs carry the number before you accuse anybody.
//!
//! # References
//! `docs/statistics.md`, sections 3 and 6. Normal scores: Blom, *Statistical Estimates and Transformed Beta-Variables*, 1958.

use super::{Case, Family, Status, wording};
use crate::config::Level;
use crate::facts::{Facts, OutcomeKind};

pub(super) const ID: &str = "teacher-label-residual";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Deny;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let mut cases = wording::divergence(
        facts,
        OutcomeKind::TeacherLabelResidual,
        "it needs the teacher's own scores: `scores` or `model` in [teacher]",
        "treat gains of its students on these collections as possibly memorised; a twin of the suspect collection tells \
         skill in that domain from a leak",
    );
    for case in &mut cases {
        if let Status::Found(finding) = &mut case.status {
            finding.evidence.extend(wording::references(facts));
            finding.evidence.extend(wording::carrying_pairs(facts));
        }
    }
    cases
}
