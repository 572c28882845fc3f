//! A re-ranked run carries the first stage's scores: only its order is its own.
//!
//! # What it looks at
//! Whether the scores of an arm, query by query and in order, are the scores of the first stage, over documents in
//! another order.
//!
//! # Why it matters
//! Listwise re-rankers give an order, and their tools then write the old scores next to it. Margins or score
//! distributions taken from such a file measure BM25. Ranks are fine, and nothing here uses more than ranks.
//!
//! # Example
//! Every score in a run of GPT-3.5 is the BM25 score of the document that stood at that rank before.
//!
//! # What to do
//! Say `gives = "order"` in `[teacher]`, and distil with a loss that uses the order only.
//!
//! # References
//! `docs/statistics.md`, section 5.

use super::{Case, Family, Finding};
use crate::config::{Gives, Level};
use crate::facts::Facts;

pub(super) const ID: &str = "borrowed-scores";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Warn;

/// What helps where it is the teacher.
const TEACHER_HELP: &str = "say gives = \"order\" in [teacher], and never take margins from this file";

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let order_only = facts.teacher.as_ref().is_some_and(|t| t.gives == Gives::Order);
    let mut cases = Vec::new();
    for arm in facts.arms.iter().filter(|arm| arm.name != "bm25") {
        for on in &arm.collections {
            let subject = format!("{} on {}", arm.name, on.collection);
            let case = match &on.borrowed_from {
                Some(_) if arm.name == "teacher" && order_only => Case::passed(
                    subject,
                    "the scores are the first stage's, and the configuration says that only the order counts",
                ),
                Some(lender) => Case::found(
                    subject,
                    Finding::new(
                        format!("its scores are those of {lender}, in order: only the ranks are its own"),
                        if arm.name == "teacher" {
                            TEACHER_HELP
                        } else {
                            "never take margins from this file; its ranks are fine"
                        },
                    ),
                ),
                None => Case::passed(subject, "the scores are its own"),
            };
            cases.push(case.on(&on.collection));
        }
    }
    cases
}
