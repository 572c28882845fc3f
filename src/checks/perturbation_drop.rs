//! The teacher loses more than its references where suspect queries are reworded.
//!
//! # What it looks at
//! What a typo, another order of words, a word left out, or your own paraphrases cost the teacher in the measure,
//! minus what they cost the references that scored them too; suspect collections beside clean ones.
//!
//! # Why it matters
//! A model that generates text may know a query by its wording. In encoders there is no such signal: leaks of up to half
//! of the training lost nothing by rewording. It is shown for teachers that generate text, and decides nothing.
//!
//! # Example
//! Typos cost the teacher 0.11 nDCG@10 on `dl19` and 0.02 on clean collections; the references lose 0.02 on both.
//!
//! # What to do
//! `distilgate probe export` writes the pairs; score them with the teacher and a reference, and name the files as
//! `reworded`. Silence here clears nobody.
//!
//! # References
//! `docs/statistics.md`, section 6; `docs/probes.md`.

use super::wording::{in_interval, signed};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, OutcomeKind};

pub(super) const ID: &str = "perturbation-drop";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Note;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let Some(reworded) = facts.probe.as_ref().and_then(|probe| probe.reworded.as_ref()) else {
        return vec![Case::not_applicable(
            "teacher",
            "it needs scores of reworded queries: `reworded` in [teacher]; `distilgate probe export` writes what to score",
        )];
    };
    let losses = reworded.losses.iter().map(|(collection, losses)| {
        let each: Vec<String> = losses.iter().map(|(scorer, loss)| format!("{scorer} {}", signed(*loss))).collect();
        format!("{collection}: rewording costs {}", each.join(", "))
    });
    let missing = reworded.missing.iter().map(|(collection, why)| format!("{collection}: {why}"));
    let outcome = facts.outcome(OutcomeKind::Probe("perturbation drop".to_owned()));
    let Some(contrast) = outcome.and_then(|outcome| outcome.contrast.as_ref()) else {
        let why: Vec<String> = losses.chain(missing).collect();
        return vec![Case::not_applicable("teacher", format!("too few collections to compare: {}", why.join("; ")))];
    };
    let said = format!(
        "rewording costs the teacher {} more on suspect than on clean collections",
        in_interval(&contrast.together, facts.config.gate.alpha)
    );
    let evidence: Vec<String> = losses.chain(missing).collect();
    vec![match contrast.deciding_p <= facts.config.gate.alpha {
        true => Case::found(
            "teacher",
            Finding::new(said, "look at the queries that lose most; it decides nothing by itself").evidence(evidence),
        ),
        false => Case::passed("teacher", format!("{said}; {}", evidence.join("; "))),
    }]
}
