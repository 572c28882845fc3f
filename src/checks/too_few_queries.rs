//! A collection has too few usable queries to count.
//!
//! # What it looks at
//! For each outcome and collection, the queries that are usable: judged, scored by everyone who is needed, and for
//! label residuals with at least five candidates that are not all relevant.
//!
//! # Why it matters
//! Under ten queries neither a mean nor its variance says much, so the collection does not count for that outcome.
//!
//! # Example
//! Seven of the 21 queries of `tickets` have a relevant document among the candidates.
//!
//! # What to do
//! Judge more queries, or rank deeper candidate lists (`[first-stage] depth`).
//!
//! # References
//! `docs/statistics.md`, section 1.

use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::Facts;

pub(super) const ID: &str = "too-few-queries";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let mut cases = Vec::new();
    for outcome in facts.outcomes.iter().filter(|outcome| !outcome.kind.only_describes()) {
        for sample in &outcome.samples {
            let subject = format!("{} on {}", outcome.kind, sample.collection);
            cases
                .push(Case::passed(subject, format!("{} usable queries", sample.queries.len())).on(&sample.collection));
        }
        for left in &outcome.left_out {
            let subject = format!("{} on {}", outcome.kind, left.collection);
            let case = match left.queries {
                Some(_) => Case::found(
                    subject,
                    Finding::new(
                        left.reason.clone(),
                        "judge more queries, or deepen the candidate lists with [first-stage] depth",
                    ),
                ),
                None => Case::not_applicable(subject, left.reason.clone()),
            };
            cases.push(case.on(&left.collection));
        }
    }
    cases
}
