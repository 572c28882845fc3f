//! A role is set against the dates, and nobody says why.
//!
//! # What it looks at
//! `role` and `because` of each `[[collection]]`; what the dates would say stands beside it.
//!
//! # Why it matters
//! Calling a collection clean decides what the gate can find. Whoever signs the decision has to see on what
//! grounds that was done.
//!
//! # Example
//! `role = "clean"` on a collection of 2019, without another word.
//!
//! # What to do
//! Add a `because`, as in `because = "never left the company; the teacher is a public model"`, or remove `role`.
//!
//! # References
//! `docs/config.md`.

use super::{Case, Family, Finding};
use crate::collection::Provenance;
use crate::config::Level;
use crate::facts::{CollectionFacts, Facts};

pub(super) const ID: &str = "role-without-reason";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Deny;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let overridden = facts.collections.iter().filter(|collection| collection.role_given);
    overridden
        .map(|collection| {
            let reason = collection.because.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
            match reason {
                Some(reason) if collection.was_read => Case::passed(
                    &collection.name,
                    format!("called clean ({reason}), and suspect all the same: {}", collection.role_reason),
                ),
                Some(reason) => Case::passed(
                    &collection.name,
                    format!("{}: {reason}{}", collection.role, against(facts, collection)),
                ),
                None => Case::found(
                    &collection.name,
                    Finding::new(
                        match collection.was_read {
                            true => "it is called clean without a reason, and what was read holds it".to_owned(),
                            false => format!(
                                "it is called {} without a reason{}",
                                collection.role,
                                against(facts, collection)
                            ),
                        },
                        format!("add to the [[collection]] {}: because = \"...\", or remove role", collection.name),
                    )
                    .at(collection.place(&facts.config_path)),
                ),
            }
            .on(&collection.name)
        })
        .collect()
}

/// What the dates say, where that is the other role.
fn against(facts: &Facts, collection: &CollectionFacts) -> String {
    let dates = Provenance { published: collection.published, ..Provenance::default() };
    let cutoff = facts.teacher.as_ref().and_then(|teacher| teacher.training_cutoff);
    match dates.role(cutoff) {
        (role, why) if role != collection.role => format!(" (the dates alone make it {role}: {why})"),
        _ => String::new(),
    }
}
