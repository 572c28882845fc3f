//! A waiver is past its date.
//!
//! # What it looks at
//! `until` of each `[[waiver]]` against the system's date, or `--today`: never `[lock] today` or `SOURCE_DATE_EPOCH`, which
//! could keep a waiver alive unseen.
//!
//! # Why it matters
//! A waiver says that somebody looks again by a day. One that is renewed by forgetting it is a level that nobody set. A waiver
//! past its date covers nothing, so what it covered counts again beside this finding.
//!
//! # Example
//! The waiver of `document-overlap` on `dl19` ended on 2027-03-01.
//!
//! # What to do
//! Look at the finding again. Then mend it, give the waiver a later date with the reason of today, or take it out.
//!
//! # References
//! `docs/reports.md`.

use super::settle::{about, covers};
use super::wording::count;
use super::{Case, Family, Finding, find};
use crate::config::{Level, Waiver};
use crate::error::Place;
use crate::facts::Facts;

pub(super) const ID: &str = "expired-waiver";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Deny;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    facts.config.waiver.iter().map(|waiver| on(facts, waiver)).collect()
}

fn on(facts: &Facts, waiver: &Waiver) -> Case {
    let subject = about(waiver);
    if facts.waiver_day <= waiver.until {
        return Case::passed(subject, format!("holds until {}: {}", waiver.until, waiver.reason));
    }
    let left = matching(facts, waiver);
    let (left, help) = match left {
        0 => ("there is nothing left that it would cover".to_owned(), "take it out"),
        n => (
            format!("what it covered counts again: {}", count(n, "finding", "findings")),
            "look at the finding again; then mend it, or give the waiver a later date with the reason of today",
        ),
    };
    let message = format!("the waiver of {subject} ended on {}; {left}", waiver.until);
    let finding = Finding::new(message, help)
        .at(Place::file(&facts.config_path))
        .evidence([format!("reason given: {}", waiver.reason)]);
    Case::found(subject, finding)
}

/// How many findings there are that a waiver is for, whatever its date.
pub(super) fn matching(facts: &Facts, waiver: &Waiver) -> usize {
    let Some(check) = find(&waiver.check) else { return 0 };
    let cases = (check.run)(facts);
    cases.iter().filter(|case| case.finding().is_some() && covers(waiver, check.id, case)).count()
}
