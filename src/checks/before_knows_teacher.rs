//! The student before was itself distilled from this teacher.
//!
//! # What it looks at
//! `distilled-from` in `[student.before]`, and the record `distilled.json` beside its model, which names whom it learnt
//! from where it was trained by distilgate; both against `name` in `[teacher]`. Case and punctuation do not count.
//!
//! # Why it matters
//! The gain is `after` minus `before`. If `before` has the teacher's answers already, they cancel out: a leak hides in
//! both, and the gate sees agreement.
//!
//! # Example
//! Last month's student, distilled from the same API, stands as the student before.
//!
//! # What to do
//! Take a student that never saw this teacher as the one before: the pre-trained model that the first distillation
//! started from. The teacher's own scores (`scores` in `[teacher]`) test it whatever the student before knows.
//!
//! # References
//! `docs/statistics.md`, section 1.

use super::origins::{Origin, compare};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::error::Place;
use crate::facts::Facts;

pub(super) const ID: &str = "before-knows-teacher";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    if facts.config.student.before.is_none() {
        return vec![Case::not_applicable("before", "there is no student before")];
    }
    match compare(facts, &facts.before) {
        Origin::Unknown => {
            let why = "nothing says whom it learnt from; `distilled-from` in [student.before] would";
            vec![Case::not_applicable("before", why)]
        }
        Origin::Unnamed(from) => {
            let why = format!("it was distilled from {from}, and [teacher] has no `name` to compare that with");
            vec![Case::could_not_run("before", why)]
        }
        Origin::Other(from, teacher) => {
            vec![Case::passed("before", format!("it was distilled from {from}, and the teacher is {teacher}"))]
        }
        Origin::Same(teacher, evidence) => {
            let finding = Finding::new(
                format!("it was itself distilled from {teacher}: what that teacher has seen, both students may know"),
                "name as student before one that never learnt from this teacher: the model that the first distillation started from",
            );
            vec![Case::found("before", finding.at(Place::file(&facts.config_path)).evidence(evidence))]
        }
    }
}
