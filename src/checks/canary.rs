//! The teacher prefers documents that a coin made relevant.
//!
//! # What it looks at
//! Canaries: queries with two like documents each, of which a coin made one relevant. The collection of them was published
//! where a teacher might read it. Counted is how often the teacher scores the labelled document above the other; ties do
//! not count. The p-value is the exact binomial one, a test of its own at alpha.
//!
//! # Why it matters
//! Nothing in the documents says which one has the label, so no skill finds it: a teacher that does has read the labels,
//! and what was published beside them was within its reach too. The test is exact whatever the teacher prefers, for the
//! coin is what is random. That the labels are older than the teacher is shown by the commitment in `canary.lock`, whose
//! age version control tells.
//!
//! # Example
//! Of 100 canaries the teacher gives 71 the higher score on the labelled document: a coin does so once in 60 000 times.
//!
//! # What to do
//! Take gains on everything that was published in the same place, or before, for nothing. Mint new canaries for the next
//! teacher: these have done their work.
//!
//! # References
//! `docs/canaries.md`. Fisher, *The Design of Experiments*, 1935. Carlini and others, *The Secret Sharer*, 2019.

use super::wording::{count, p_value, percent};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::error::Place;
use crate::facts::{CanaryFacts, Facts};

pub(super) const ID: &str = "canary";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Deny;

const SUBJECT: &str = "teacher";

const HELP: &str =
    "take gains on what was published in the same place for nothing, and evaluate on collections that nobody has read";

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let Some(canary) = &facts.canary else {
        return vec![Case::not_applicable("all", "there is no [canary]")];
    };
    let said = sentence(canary);
    match (canary.p <= facts.config.gate.alpha, canary.needed) {
        (true, _) => {
            let place = match canary.config_line {
                Some(line) => Place::line(&facts.config_path, line),
                None => Place::file(&facts.config_path),
            };
            let mut evidence = vec![
                format!("{} with the other document above", canary.other),
                format!("{}, which do not count", count(canary.ties, "tie", "ties")),
            ];
            if !canary.published_checked {
                evidence.push("what was published was not at hand to be held to the key".to_owned());
            }
            vec![Case::found(SUBJECT, Finding::new(said, HELP).at(place).evidence(evidence))]
        }
        (false, None) => vec![Case::not_applicable(SUBJECT, format!("{said}; so few decide nothing"))],
        (false, Some(needed)) => vec![Case::passed(SUBJECT, format!("{said}; {needed} would have shown it"))],
    }
}

/// How often the label won, in one sentence.
pub(crate) fn sentence(canary: &CanaryFacts) -> String {
    let counted = canary.labelled + canary.other;
    let share = if counted == 0 { 0.0 } else { canary.labelled as f64 / counted as f64 };
    format!(
        "the teacher prefers the document with the random label in {} of {} ({}; a coin does as well with {})",
        canary.labelled,
        count(counted, "canary", "canaries"),
        percent(share),
        p_value(canary.p)
    )
}
