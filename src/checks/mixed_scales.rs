//! Some queries' scores are probabilities, and others' are not.
//!
//! # What it looks at
//! For each arm and collection, queries of five and more documents whose scores all lie from 0 to 1, some of them
//! between, beside queries with a score below -1 or above 2. Not looked at where the teacher gives grades or an order.
//!
//! # Why it matters
//! One of the two went through a sigmoid, or the file was put together from two. Orders within a query are right, and
//! all tests here read no more than these; but a margin means one thing in one query and another in the next, and a
//! student that learns from margins learns that.
//!
//! # Example
//! 12 of 54 queries were scored again after a crash, by a newer client that returns probabilities.
//!
//! # What to do
//! Score everything with one client. A probability p and a logit x are one: x = log(p / (1 - p)).
//!
//! # References
//! `docs/statistics.md`, section 3.

use super::wording::{count, some};
use super::{Case, Family, Finding};
use crate::config::{Gives, Level};
use crate::facts::{ArmFacts, ArmOnCollection, Facts};

pub(super) const ID: &str = "mixed-scales";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let other = facts.teacher.as_ref().is_some_and(|teacher| teacher.gives != Gives::Scores);
    let arms = facts.arms.iter().filter(|arm| arm.name != "bm25" && !(arm.name == "teacher" && other));
    arms.flat_map(|arm| arm.collections.iter().map(|on| on_collection(arm, on))).collect()
}

fn on_collection(arm: &ArmFacts, on: &ArmOnCollection) -> Case {
    let subject = format!("{} on {}", arm.name, on.collection);
    let (unit, beyond) = (&on.scales.unit, &on.scales.beyond);
    let case = match unit.is_empty() || beyond.is_empty() {
        true => Case::passed(subject, "one scale, as far as can be told"),
        false => {
            let said = format!(
                "{} with scores from 0 to 1, as probabilities are, beside {} with scores far outside, as logits are",
                count(unit.len(), "query", "queries"),
                count(beyond.len(), "query", "queries")
            );
            let help = "score them all in one way; margins between documents mean two things here";
            let evidence = [format!("from 0 to 1: {}", some(unit, 5)), format!("far outside: {}", some(beyond, 5))];
            Case::found(subject, Finding::new(said, help).evidence(evidence))
        }
    };
    case.on(&on.collection)
}
