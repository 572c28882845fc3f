//! Two arms order a collection's documents alike.
//!
//! # What it looks at
//! For each pair of arms and each collection, whether every query's documents stand in the same order.
//!
//! # Why it matters
//! If `after` ranks as `before` does, nothing was distilled, or a path is wrong. If a scorer ranks as one of its
//! references does, the reference explains everything and would hide a leak. Such a test does not apply, and the
//! verdict is inconclusive at best.
//!
//! # Example
//! The run of a re-ranker whose answers were unusable is the BM25 run, byte for byte.
//!
//! # What to do
//! Check the paths. If they are right, look at why the ranker fell back to its input.
//!
//! # References
//! `docs/statistics.md`, section 1.

use super::wording::count;
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{ArmFacts, ArmSource, Facts, SameOrder};

pub(super) const ID: &str = "identical-arms";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let mut cases = Vec::new();
    for (index, arm) in facts.arms.iter().enumerate() {
        for on in &arm.collections {
            let subject = format!("{} on {}", arm.name, on.collection);
            if on.same_order.is_empty() {
                cases.push(Case::passed(subject, "no other arm has its order").on(&on.collection));
                continue;
            }
            for same in &on.same_order {
                let earlier = facts.arms.iter().take(index).any(|other| other.name == same.arm);
                let case = match earlier {
                    true => Case::passed(subject.clone(), format!("said of {}: it has the same order", same.arm)),
                    false => Case::found(subject.clone(), finding(facts, arm, same)),
                };
                cases.push(case.on(&on.collection));
            }
        }
    }
    cases
}

fn finding(facts: &Facts, arm: &ArmFacts, same: &SameOrder) -> Finding {
    let queries = count(same.queries, "query", "queries");
    let trained = |name: &str| facts.training.iter().flat_map(|t| &t.arms).any(|arm| arm.name == name);
    if same.arm == arm.name {
        let said = format!("two of its seeds order all of {queries} alike");
        let asked = matches!(arm.source, ArmSource::Command { .. });
        let said = if asked { format!("two of its repeats order all of {queries} alike") } else { said };
        let help = match trained(&arm.name) {
            true => "training hardly changed it: a larger learning-rate, or more steps",
            false if asked => "a teacher that always gives the same answer has no spread: repeats = 1 costs less",
            false => "give each seed its own file: a seed that is counted twice makes the bounds too narrow",
        };
        return Finding::new(said, help);
    }
    let said = format!("it orders all of {queries} as {} does", same.arm);
    let help = match trained(&arm.name) || trained(&same.arm) {
        true => {
            "training hardly changed the order: a larger learning-rate, or more steps; a test that compares the two does \
             not apply"
        }
        false => "check that both paths are right; a test that compares the two does not apply",
    };
    Finding::new(said, help)
}
