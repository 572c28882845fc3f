//! Nobody says how old a collection is, or how far the teacher's knowledge reaches.
//!
//! # What it looks at
//! `training-cutoff` in `[teacher]` and `published` in each `[[collection]]`.
//!
//! # Why it matters
//! Without a date a collection counts as suspect, for that is the side on which a mistake does no harm. With no
//! clean collection left, nothing can be decided.
//!
//! # Example
//! No `training-cutoff`: all six collections are suspect, and the verdict is inconclusive.
//!
//! # What to do
//! Add the line that the finding names. The finding also says what evidence would make a collection clean. Vendors publish cutoffs with their model cards; if yours does not, take the
//! day on which the model was released.
//!
//! # References
//! `docs/config.md`.

use super::wording::{clean_evidence, count};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::error::Place;
use crate::facts::Facts;

pub(super) const ID: &str = "unknown-provenance";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let cutoff = facts.teacher.as_ref().and_then(|teacher| teacher.training_cutoff);
    let teacher = match cutoff {
        Some(date) => Case::passed("teacher", format!("trained on what was public until {date}")),
        None => Case::found(
            "teacher",
            Finding::new(
                match facts.collections.iter().filter(|collection| !collection.role_given).count() {
                    0 => "its training cutoff is unknown; the roles of all collections are given by hand".to_owned(),
                    n => format!(
                        "its training cutoff is unknown, so {} as suspect",
                        count(n, "collection without a `role` counts", "collections without a `role` count")
                    ),
                },
                "add to [teacher]: training-cutoff = YYYY-MM-DD, the day up to which it may have read the web",
            )
            .at(Place::file(&facts.config_path)),
        ),
    };
    let collections = facts.collections.iter().map(|collection| {
        match (collection.published, collection.role_given) {
            (Some(date), _) if collection.was_read => Case::passed(
                &collection.name,
                format!("published on {date}, and suspect all the same: {}", collection.role_reason),
            ),
            (Some(date), _) => Case::passed(&collection.name, format!("published on {date}: {}", collection.role)),
            (None, true) => {
                Case::passed(&collection.name, format!("no date; called {} in the configuration", collection.role))
            }
            (None, false) => Case::found(
                &collection.name,
                Finding::new(
                    "nobody says when it became public, so it counts as suspect",
                    format!("add to the [[collection]] {}: published = YYYY-MM-DD", collection.name),
                )
                .at(collection.place(&facts.config_path))
                .evidence(clean_evidence(facts, collection)),
            ),
        }
        .on(&collection.name)
    });
    std::iter::once(teacher).chain(collections).collect()
}
