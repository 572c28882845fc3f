//! A reference was itself distilled from this teacher.
//!
//! # What it looks at
//! For each `[[reference]]`, its `distilled-from`, and the record `distilled.json` beside its model, which names whom it
//! learnt from where it was trained by distilgate; both against `name` in `[teacher]`. Case and punctuation do not count.
//!
//! # Why it matters
//! References stand for what an innocent teacher knows. One that learnt from this teacher may know what was leaked to
//! it, and then explains the leak away: the excess gain and the label residual are smaller than they should be. A
//! reference that *is* the teacher, with the same model or the same scores, is refused.
//!
//! # Example
//! Last month's student of the same API stands as an open reference.
//!
//! # What to do
//! Take a reference whose training data are known and that never learnt from this teacher.
//!
//! # References
//! `docs/statistics.md`, section 3.

use super::origins::{Origin, compare};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::error::Place;
use crate::facts::Facts;

pub(super) const ID: &str = "reference-knows-teacher";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let case = |(name, origin)| match compare(facts, origin) {
        Origin::Unknown => Case::not_applicable(
            name,
            "nothing says whom it learnt from; `distilled-from` in [[reference]] would, where it is somebody's student",
        ),
        Origin::Unnamed(from) => Case::could_not_run(
            name,
            format!("it was distilled from {from}, and [teacher] has no `name` to compare that with"),
        ),
        Origin::Other(from, teacher) => {
            Case::passed(name, format!("it was distilled from {from}, and the teacher is {teacher}"))
        }
        Origin::Same(teacher, evidence) => {
            let finding = Finding::new(
                format!(
                    "it was itself distilled from {teacher}: what leaked to that teacher it may know too, and hide"
                ),
                "take a reference that never learnt from this teacher",
            );
            Case::found(name, finding.at(Place::file(&facts.config_path)).evidence(evidence))
        }
    };
    facts.references.iter().map(case).collect()
}
