//! An arm lacks scores that it should have.
//!
//! # What it looks at
//! For each arm and collection, the pairs of query and candidate without a score, or the queries without a ranking.
//!
//! # Why it matters
//! A missing score is not a low score. Nothing is guessed: the query leaves every outcome that needs it. Where many
//! are missing, what is left is no longer a fair sample, so above 5 % of a collection's queries the build fails.
//!
//! # Example
//! The teacher's file lacks three of 5,400 pairs, in two queries of `dl20`.
//!
//! # What to do
//! Score the missing pairs. If the teacher refused them, say so in the file's documentation and accept the warning.
//!
//! # References
//! `docs/statistics.md`, section 1.

use super::wording::{count, percent, some};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::Facts;

pub(super) const ID: &str = "incomplete-scores";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Warn;

/// Above this share of a collection's queries what is left is no fair sample (docs/statistics.md, section 1).
const MOST_MISSING: f64 = 0.05;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let mut cases = Vec::new();
    for arm in &facts.arms {
        for on in &arm.collections {
            let coverage = &on.coverage;
            let subject = format!("{} on {}", arm.name, on.collection);
            let incomplete = coverage.queries_with_missing.len();
            if incomplete == 0 {
                let seen = format!("{} pairs, none missing", coverage.pairs);
                cases.push(Case::passed(subject, seen).on(&on.collection));
                continue;
            }
            let share = incomplete as f64 / coverage.queries.max(1) as f64;
            let pairs = match coverage.missing_pairs {
                0 => String::new(),
                n => format!(" ({} of {})", count(n as usize, "pair", "pairs"), coverage.pairs),
            };
            let said = format!("{} of {} queries lack scores{pairs}", incomplete, coverage.queries);
            let finding =
                Finding::new(said, "score the missing pairs; these queries leave every outcome that needs this arm")
                    .level(if share > MOST_MISSING { Level::Deny } else { LEVEL })
                    .evidence([format!(
                        "{} of the queries: {}",
                        percent(share),
                        some(&coverage.queries_with_missing, 10)
                    )]);
            cases.push(Case::found(subject, finding).on(&on.collection));
        }
        for (collection, why) in &arm.missing {
            let subject = format!("{} on {collection}", arm.name);
            let said = format!("it does not cover the collection: {why}");
            let help = format!(
                "add its scores of {collection}; without them the collection leaves every outcome that needs {}",
                arm.name
            );
            cases.push(Case::found(subject, Finding::new(said, help)).on(collection));
        }
    }
    cases
}
