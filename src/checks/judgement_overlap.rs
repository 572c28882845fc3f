//! A test query stands in one record with a document that is relevant to it.
//!
//! # What it looks at
//! The files of `[scan]` and `[distill]`: whether a record (a line of JSON, TSV or CSV; in plain text, within 100 words)
//! holds a judged query of a collection, exactly or nearly, and beside it a document that is judged relevant to it,
//! exactly, nearly or in part. A document that holds its query in its own text does not count.
//!
//! # Why it matters
//! This is the judgement itself: whoever is trained on such a record is taught the answer. It lifts the score of the
//! collection without any skill, and it is what makes contaminated students look good.
//!
//! # Example
//! A prompt that asks to rank twenty passages for a query of `dl19`, with the answer of a teacher.
//!
//! # What to do
//! Evaluate on a collection that nobody has read. If the record is in `[distill]`, take it out and train again.
//!
//! # References
//! Kalal, Parry and MacAvaney, *Training on the Test Model: Contamination in Ranking Distillation*, arXiv 2411.02284.

use super::{Case, Family, Finding, found_in_files};
use crate::config::Level;
use crate::facts::{Facts, Searched};
use crate::fingerprint::scan::{Kind, Tally};

pub(super) const ID: &str = "judgement-overlap";
pub(super) const FAMILY: Family = Family::Fingerprints;
pub(super) const LEVEL: Level = Level::Deny;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    found_in_files::in_both(facts, case)
}

fn case(searched: &Searched, tally: &Tally, subject: String) -> Case {
    match tally.judgements.different() {
        0 => Case::passed(subject, "no query stands with a document that is relevant to it"),
        n => {
            let finding = Finding::new(
                format!(
                    "{n} of its judgements stand there, query and document, in {} records",
                    tally.judgements.places
                ),
                match tally.evident_judgements {
                    0 => "no query among them is word for word: look whether they are the same questions",
                    _ => "gains on this collection mean nothing for whoever read this: evaluate on another one",
                },
            );
            let finding = if tally.evident_judgements == 0 { finding.level(Level::Warn) } else { finding };
            Case::found(
                subject,
                finding.evidence(found_in_files::examples(searched, &tally.collection, Kind::Judgement)),
            )
        }
    }
}
