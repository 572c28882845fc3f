//! A collection is old, or has decided for a long time.
//!
//! # What it looks at
//! `published` of each collection against `[lock] stale-after`, and the day on which it first came into the lock against
//! `[lock] refresh-after`. Today is the system's date, `--today` or `[lock] today`.
//!
//! # Why it matters
//! A test that is used again and again is tuned to, and the longer a collection lies about, the more likely the next
//! teacher has read it. Of a suspect collection age alone is a note: it is kept because it is old.
//!
//! # Example
//! `tickets-2024` has been in the lock since 2025-02-01: it was due to be replaced on 2026-02-01.
//!
//! # What to do
//! Rotate: judge fresh queries over the same documents, put them in as a new collection, keep the old one beside it for
//! one release so that gains can be compared, then take it out and write the lock anew. Other spans are set in `[lock]`.
//!
//! # References
//! `docs/fingerprints.md`.

use super::{Case, Family, Finding};
use crate::collection::Role;
use crate::config::Level;
use crate::facts::{CollectionFacts, Facts};

pub(super) const ID: &str = "stale-collection";
pub(super) const FAMILY: Family = Family::Fingerprints;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    facts.collections.iter().map(|collection| on(facts, collection).on(&collection.name)).collect()
}

fn on(facts: &Facts, collection: &CollectionFacts) -> Case {
    let config = &facts.config.lock;
    let first_seen = facts.lock.as_ref().and_then(|lock| lock.collection(&collection.name)?.first_seen);
    // Only days that are given are named, never today: a report stays the same until a day is reached.
    let stale = collection.published.map(|day| (config.stale_after.after(day), format!("published on {day}")));
    let due = first_seen.map(|day| (config.refresh_after.after(day), format!("in the lock since {day}")));
    let is_stale = stale.as_ref().is_some_and(|(day, _)| facts.today > *day);
    let is_due = due.as_ref().is_some_and(|(day, _)| facts.today > *day);
    let stale_said = stale.map(|(day, said)| match is_stale {
        true => format!("{said}: stale since {day}, after {}", config.stale_after),
        false => format!("{said}: stale after {day}"),
    });
    let due_said = due.map(|(day, said)| match is_due {
        true => format!("{said}: due to be replaced since {day}, after {}", config.refresh_after),
        false => format!("{said}: due to be replaced after {day}"),
    });
    let said: Vec<String> = match is_stale || is_due {
        true => stale_said.filter(|_| is_stale).into_iter().chain(due_said.filter(|_| is_due)).collect(),
        false => stale_said.into_iter().chain(due_said).collect(),
    };
    if said.is_empty() {
        return Case::not_applicable(&collection.name, "nobody says when it became public, and it is in no lock");
    }
    if !is_stale && !is_due {
        return Case::passed(&collection.name, said.join("; "));
    }
    let help =
        "rotate: judge fresh queries over the same documents, run both collections for one release, then replace it";
    let finding = Finding::new(said.join("; "), help).at(collection.place(&facts.config_path));
    let level = if is_due || collection.role == Role::Clean { LEVEL } else { Level::Note };
    Case::found(&collection.name, finding.level(level))
}
