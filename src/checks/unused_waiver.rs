//! A waiver covers nothing.
//!
//! # What it looks at
//! Each `[[waiver]]` that still holds, against what its check found this time.
//!
//! # Why it matters
//! A waiver without a finding waits for the next one, and lets that pass too, which nobody has looked at.
//!
//! # Example
//! The waiver of `stale-collection` on `tickets-2024` covers nothing: the collection was replaced.
//!
//! # What to do
//! Take it out. If the finding comes and goes with the data of a run, say so in the level of the check instead.
//!
//! # References
//! `docs/reports.md`.

use super::expired_waiver::matching;
use super::settle::about;
use super::wording::count;
use super::{Case, Family, Finding};
use crate::config::{Level, Waiver};
use crate::error::Place;
use crate::facts::Facts;

pub(super) const ID: &str = "unused-waiver";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    facts.config.waiver.iter().map(|waiver| on(facts, waiver)).collect()
}

fn on(facts: &Facts, waiver: &Waiver) -> Case {
    let subject = about(waiver);
    if facts.waiver_day > waiver.until {
        return Case::not_applicable(subject, format!("it ended on {}", waiver.until));
    }
    match matching(facts, waiver) {
        0 => {
            let message = format!("the waiver of {subject} until {} covers nothing", waiver.until);
            let finding = Finding::new(message, "take it out: it would let the next such finding pass unseen")
                .at(Place::file(&facts.config_path))
                .evidence([format!("reason given: {}", waiver.reason)]);
            Case::found(subject, finding)
        }
        n => Case::passed(subject, format!("covers {}", count(n, "finding", "findings"))),
    }
}
