//! A collection is not what it was when the lock was written.
//!
//! # What it looks at
//! `distilgate.lock`: for each collection the number and the digests of its queries, judgements and documents, after
//! normalisation. What was added, removed or changed is named, and so is a collection that joined or left.
//!
//! # Why it matters
//! Gains are only comparable over the same judgements. Twenty judgements more on one collection move its nDCG@10, and a
//! test set that somebody edited, exchanged or dropped can hide a leak or make one up.
//!
//! # Example
//! `dl19: 1 judgement changed: query 1037798, document 7130104: grade 0 before, 2 now`.
//!
//! # What to do
//! If the change is not intended, restore the files. If it is, look at what is named, then write the lock anew with
//! `distilgate fingerprint --update` and commit it with the reason, so that whoever reviews it sees that the test changed.
//!
//! # References
//! `docs/fingerprints.md`.

use super::wording::{drift_lines, drift_summary};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::error::Place;
use crate::facts::{Facts, LockFacts, LockedFacts};

pub(super) const ID: &str = "drift";
pub(super) const FAMILY: Family = Family::Fingerprints;
pub(super) const LEVEL: Level = Level::Deny;

/// What to do about every kind of drift.
const HELP: &str =
    "restore the files; or, if this is intended, run distilgate fingerprint --update and commit the lock";

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let Some(lock) = &facts.lock else {
        let why = format!("there is no {}; distilgate fingerprint --update makes it", facts.config.lock.file);
        return vec![Case::not_applicable("all", why)];
    };
    let gone = lock.unnamed.iter().map(|name| {
        let message = "it is in the lock, and the configuration does not name it any more";
        Case::found(name, Finding::new(message, HELP).at(Place::file(&lock.path))).on(name)
    });
    lock.collections.iter().map(|locked| on(lock, locked).on(&locked.name)).chain(gone).collect()
}

fn on(lock: &LockFacts, locked: &LockedFacts) -> Case {
    match locked.first_seen.filter(|_| !locked.has_drifted()) {
        Some(date) => Case::passed(&locked.name, format!("as it is in the lock, first seen on {date}")),
        None => Case::found(
            &locked.name,
            Finding::new(drift_summary(locked), HELP).at(Place::file(&lock.path)).evidence(drift_lines(&locked.drift)),
        ),
    }
}
