//! Many scores sit exactly at the smallest or the largest value.
//!
//! # What it looks at
//! The share of an arm's pairs whose score is exactly the smallest or largest of the collection: found above 10 %.
//!
//! # Why it matters
//! Probabilities that are rounded to 0 and 1, and grades, have lost the order among the best documents. Ties are
//! averaged here, so nothing breaks; but margins say nothing there, and small memories cannot show.
//!
//! # Example
//! 34 % of a teacher's scores are 0.0 or 1.0.
//!
//! # What to do
//! Ask for logits or more digits. Where the teacher gives grades, say `gives = "grades"`.
//!
//! # References
//! `docs/statistics.md`, section 3.

use super::wording::percent;
use super::{Case, Family, Finding};
use crate::config::{Gives, Level};
use crate::facts::Facts;

pub(super) const ID: &str = "bounded-scores";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Note;

/// One score in ten at a bound: far beyond what a continuous score does by chance.
const MANY: f64 = 0.10;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let grades = facts.teacher.as_ref().is_some_and(|t| t.gives == Gives::Grades);
    let mut cases = Vec::new();
    for arm in facts.arms.iter().filter(|arm| arm.name != "bm25") {
        for on in &arm.collections {
            let Some((low, high)) = on.score_range else { continue };
            let subject = format!("{} on {}", arm.name, on.collection);
            let said = format!("{} of the scores are exactly {low} or {high}", percent(on.at_the_bounds));
            let case = match on.at_the_bounds > MANY {
                true if arm.name == "teacher" && grades => {
                    Case::passed(subject, format!("{said}; the configuration says that they are grades"))
                }
                true => Case::found(
                    subject,
                    Finding::new(said, "ask for logits or more digits; for grades say gives = \"grades\" in [teacher]"),
                ),
                false => Case::passed(subject, said),
            };
            cases.push(case.on(&on.collection));
        }
    }
    cases
}
