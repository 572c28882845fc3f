//! All documents of a query have the same score.
//!
//! # What it looks at
//! For each arm and collection, the queries of five and more documents whose scores are all equal.
//!
//! # Why it matters
//! Such a query says nothing of how the arm ranks: its order is that of the identifiers. It stays in gains, with that
//! order, as in trec_eval; it leaves every label residual that needs the arm. A teacher does so where it refuses to
//! answer, or where its grades are too few.
//!
//! # Example
//! The teacher grades every candidate of 3 of 54 queries with 0.
//!
//! # What to do
//! Look at the answers to these queries. Ask for scores, or for more grades.
//!
//! # References
//! `docs/statistics.md`, section 3.

use super::wording::{count, some};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{ArmFacts, ArmOnCollection, Facts};

pub(super) const ID: &str = "flat-scores";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Note;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let arms = facts.arms.iter().filter(|arm| arm.name != "bm25");
    arms.flat_map(|arm| arm.collections.iter().map(|on| on_collection(arm, on))).collect()
}

fn on_collection(arm: &ArmFacts, on: &ArmOnCollection) -> Case {
    let subject = format!("{} on {}", arm.name, on.collection);
    let case = match on.flat_queries.len() {
        0 => Case::passed(subject, "every query has different scores"),
        n => {
            let said = format!(
                "all documents of {} have one score; label residuals do without {}",
                count(n, "query", "queries"),
                if n == 1 { "it" } else { "them" }
            );
            let help = "look at what it answers there: a refusal, or grades that are too few to order by";
            Case::found(subject, Finding::new(said, help).evidence([some(&on.flat_queries, 10)]))
        }
    };
    case.on(&on.collection)
}
