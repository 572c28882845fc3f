//! The references do not explain the scorer where it cannot have memorised anything.
//!
//! # What it looks at
//! A label residual's mean over the clean collections. Above 0.20 the references are called weak and the outcome
//! is shown but does not decide.
//!
//! # Why it matters
//! With weak references, BM25 and a small student say, an innocent teacher that was honestly trained on the suspect
//! domain looks guilty: simulated and real audits both show it.
//!
//! # Example
//! With BM25 and the student before, the teacher's label residual on clean collections is 0.63; with an open ranker
//! of its class beside them, 0.03.
//!
//! # What to do
//! Add a `[[reference]]`: an open ranker of the teacher's class whose training data are known, which has seen the
//! public training sets that the teacher probably has (MS MARCO train, say), and none of the test judgements.
//!
//! # References
//! `docs/statistics.md`, sections 3 and 6.

use super::wording::{references, signed};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{ADEQUATE, Facts, OutcomeKind};

pub(super) const ID: &str = "weak-references";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let outcomes = facts.outcomes.iter().filter(|outcome| outcome.kind.is_residual());
    outcomes
        .filter_map(|outcome| {
            let contrast = outcome.contrast.as_ref()?;
            let names = outcome.references.join(", ");
            let said = format!("beyond {names} the judgements still explain {} on clean collections", signed(contrast.clean));
            Some(match contrast.clean > ADEQUATE {
                true => Case::found(
                    outcome.kind.to_string(),
                    Finding::new(
                        format!("{said}, where at most {ADEQUATE:.2} is adequate: the {} is shown and does not decide", outcome.kind),
                        "add a [[reference]]: an open ranker of the teacher's class with known training data, none of the test judgements among them",
                    )
                    .evidence(match outcome.kind == OutcomeKind::TeacherLabelResidual {
                        true => references(facts),
                        false => Vec::new(),
                    }),
                ),
                false => Case::passed(outcome.kind.to_string(), said),
            })
        })
        .collect()
}
