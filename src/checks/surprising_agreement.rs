//! Pairs that every reference ranks against the judgements, and the teacher with them.
//!
//! # What it looks at
//! For each query the pairs of a relevant document and another one that all references order the wrong way round, and
//! the share of them that the teacher orders as the judgements do; suspect collections beside clean ones. It speaks where
//! that share is larger on suspect collections, as far as the deciding p of a contrast tells.
//!
//! # Why it matters
//! Where nobody who reads the texts agrees with a judgement, agreeing with it is surprising. It gives a reviewer pairs
//! to read. A better ranker agrees more often too, so it describes and decides nothing.
//!
//! # Example
//! The teacher agrees with the judgements on 61 % of such pairs of `dl19`, and on 34 % on clean collections.
//!
//! # What to do
//! Read the pairs. If the texts do not say why the one document should stand above the other, the teacher had it from
//! somewhere else.
//!
//! # References
//! `docs/probes.md`.

use super::{Case, Family, Finding, wording};
use crate::collection::Role;
use crate::config::Level;
use crate::facts::{Facts, OutcomeKind, ProbeFacts, ProbedFacts};

pub(super) const ID: &str = "surprising-agreement";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Note;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let Some(probe) = &facts.probe else {
        return vec![Case::not_applicable("teacher", "it needs the teacher's own scores")];
    };
    if probe.references.is_empty() {
        return vec![Case::not_applicable("teacher", "it needs references that scored the same documents")];
    }
    let kind = OutcomeKind::Probe("surprising agreement".to_owned());
    let contrast = facts.outcome(kind).and_then(|outcome| outcome.contrast.as_ref());
    let fires = contrast.is_some_and(|contrast| contrast.deciding_p <= facts.config.gate.alpha);
    let compared = match contrast {
        None => "too few collections have such pairs for a comparison".to_owned(),
        Some(contrast) => format!(
            "suspect collections differ from clean ones by {}",
            wording::in_interval(&contrast.together, facts.config.gate.alpha)
        ),
    };
    let suspects = probe.collections.iter().filter(|probed| probed.role == Role::Suspect);
    suspects
        .map(|probed| {
            // A collection that is in no comparison, or below the clean ones, is not what the difference is about.
            let higher = contrast.is_some_and(|contrast| {
                contrast.collections.iter().any(|c| c.name == probed.collection && c.mean > contrast.clean)
            });
            on(probe, probed, fires && higher, &compared).on(&probed.collection)
        })
        .collect()
}

fn on(probe: &ProbeFacts, probed: &ProbedFacts, fires: bool, compared: &str) -> Case {
    let found = &probed.surprising;
    let name = &probed.collection;
    if found.wrong == 0 {
        return Case::passed(name, "there is no pair that every reference ranks against the judgements");
    }
    let said = format!(
        "of {} pairs that every reference ranks against the judgements the teacher ranks {} with them ({:.0} %); {compared}",
        found.wrong,
        found.agreed,
        100.0 * found.agreed as f64 / found.wrong as f64
    );
    if !fires || found.agreed == 0 {
        return Case::passed(name, said);
    }
    let examples = found.examples.iter().map(|pair| {
        format!(
            "query {}: {} (relevant) above {}, where every reference puts it at least {} places below",
            wording::named(&pair.query, probe.query(name, &pair.query)),
            wording::named(&pair.relevant, probe.document(name, &pair.relevant)),
            wording::named(&pair.other, probe.document(name, &pair.other)),
            pair.places
        )
    });
    Case::found(name, Finding::new(said, "read the pairs: do the texts say why?").evidence(examples))
}
