//! Files that should have been searched could not be read.
//!
//! # What it looks at
//! Whether every file of `[scan]` and `[distill]` was read to its end: not cut off, not damaged, not of a kind that is not
//! read, no pipe, no link that leads round in a circle, and open to this user.
//!
//! # Why it matters
//! What was not seen may hold anything. A scan that could not read everything is not clean.
//!
//! # Example
//! `pretraining/part-07.jsonl.gz` was cut off after line 120,331.
//!
//! # What to do
//! Fetch the file again, unpack it, or open it to this user. Name the files one by one in `[scan] paths` where a folder holds
//! others that are no text.
//!
//! # References
//! None.

use super::wording::{count, read_otherwise};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, Searched};

pub(super) const ID: &str = "unread-file";
pub(super) const FAMILY: Family = Family::Fingerprints;
pub(super) const LEVEL: Level = Level::Deny;

/// Files that a finding shows.
const SHOWN: usize = 20;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let parts = [("[scan]", &facts.scan.read), ("[distill]", &facts.scan.training)];
    parts.into_iter().filter_map(|(name, searched)| Some(case(name, searched.as_ref()?))).collect()
}

fn case(name: &str, searched: &Searched) -> Case {
    let scanned = &searched.scanned;
    match scanned.unread.len() {
        0 => {
            let files = count(scanned.files as usize, "file was", "files were");
            let said = std::iter::once(format!("{files} read to the end")).chain(read_otherwise(scanned));
            Case::passed(name, said.collect::<Vec<_>>().join("; "))
        }
        n => Case::found(
            name,
            Finding::new(
                format!("{} not be read, or not to the end", count(n, "file could", "files could")),
                "fetch, unpack or open these files, or name those that are to be searched one by one",
            )
            .evidence(
                scanned
                    .unread
                    .iter()
                    .take(SHOWN)
                    .map(|unread| format!("{}: {}", unread.file, unread.why))
                    .chain(read_otherwise(scanned)),
            ),
        ),
    }
}
