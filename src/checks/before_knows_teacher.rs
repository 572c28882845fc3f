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

use super::{Case, Family, Finding};
use crate::config::Level;
use crate::error::Place;
use crate::facts::Facts;
use crate::text::normalise;

pub(super) const ID: &str = "before-knows-teacher";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    if facts.config.student.before.is_none() {
        return vec![Case::not_applicable("before", "there is no student before")];
    }
    let before = &facts.before;
    let declared = before.declared.as_ref().map(|name| (name, "the configuration says so".to_owned()));
    let record = before.record.as_deref().unwrap_or_default();
    let recorded = before.recorded.as_ref().map(|name| (name, format!("{record} says so")));
    let origins: Vec<(&String, String)> = declared.into_iter().chain(recorded).collect();
    let Some((first, _)) = origins.first() else {
        let why = "nothing says whom it learnt from; `distilled-from` in [student.before] would";
        return vec![Case::not_applicable("before", why)];
    };
    let teacher = facts.config.teacher.as_ref().map_or("", |teacher| teacher.name.as_str());
    if teacher.is_empty() {
        let why = format!("it was distilled from {first}, and [teacher] has no `name` to compare that with");
        return vec![Case::could_not_run("before", why)];
    }
    let same: Vec<String> =
        origins.iter().filter(|(name, _)| is_same(name, teacher)).map(|(_, why)| why.clone()).collect();
    if same.is_empty() {
        return vec![Case::passed("before", format!("it was distilled from {first}, and the teacher is {teacher}"))];
    }
    let finding = Finding::new(
        format!("it was itself distilled from {teacher}: what that teacher has seen, both students may know"),
        "name as student before one that never learnt from this teacher: the model that the first distillation started from",
    );
    let finding = finding.at(Place::file(&facts.config_path)).evidence(same);
    vec![Case::found("before", finding)]
}

fn is_same(a: &str, b: &str) -> bool {
    let (normal, other) = (normalise(a), normalise(b));
    if normal.is_empty() { a == b } else { normal == other }
}
