//! The teacher writes what it was not shown.
//!
//! # What it looks at
//! The texts that the teacher returned (`answers` in `[teacher]`): the longest run of words that an answer shares with a
//! document that is judged relevant to the query and was not among those that the teacher scored; and identifiers of judged
//! documents that nobody showed it.
//!
//! # Why it matters
//! What stands in a prompt can be copied. Thirteen words in a row of a document that did not stand there were
//! remembered, and so was an identifier.
//!
//! # Example
//! The rationale for query 1037798 quotes 22 words of passage 8412684, which was not among its candidates.
//!
//! # What to do
//! Read the answer. If the text is no common phrase, the teacher has read the collection: call it suspect, and
//! measure with a twin.
//!
//! # References
//! Brown et al., *Language Models are Few-Shot Learners*, 2020, appendix C: thirteen words.

use super::wording::{count, named};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{AnswerFacts, Facts};
use crate::probe::verbatim::VERBATIM_WORDS;

pub(super) const ID: &str = "verbatim-answer";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let Some(answers) = facts.probe.as_ref().and_then(|probe| probe.answers.as_ref()) else {
        return vec![Case::not_applicable(
            "teacher",
            "it needs what the teacher wrote: `answers` in [teacher]; one that gives numbers alone has none",
        )];
    };
    let read = answers.answers.iter().map(|(collection, n)| on(answers, collection, *n).on(collection));
    let missing = answers.missing.iter().map(|(collection, why)| Case::not_applicable(collection, why).on(collection));
    read.chain(missing).collect()
}

fn on(answers: &AnswerFacts, collection: &str, n: usize) -> Case {
    let verbatim = answers.verbatim.get(collection).into_iter().flatten();
    let long: Vec<String> = verbatim
        .clone()
        .filter(|found| found.words >= VERBATIM_WORDS)
        .map(|found| {
            let run = (!found.run.is_empty()).then_some(found.run.as_str());
            format!("query {}: {} words of {}", found.query, found.words, named(&found.document, run))
        })
        .collect();
    let identifiers: Vec<String> = answers
        .identifiers
        .get(collection)
        .into_iter()
        .flatten()
        .map(|(query, id)| format!("query {query}: the identifier {id}"))
        .collect();
    let read = count(n, "answer", "answers");
    if long.is_empty() && identifiers.is_empty() {
        let longest = verbatim.map(|found| found.words).max().unwrap_or(0);
        return Case::passed(
            collection,
            format!(
                "{read}: the longest run of a judged document that was not shown has {longest} words, and no identifier stands in them"
            ),
        );
    }
    let message = format!(
        "in {read}: {}, {}",
        count(
            long.len(),
            "long run of a judged document that was not shown",
            "long runs of judged documents that were not shown"
        ),
        count(identifiers.len(), "identifier of one", "identifiers of such")
    );
    let help = "read the answers: a common phrase is chance, anything else was remembered";
    Case::found(collection, Finding::new(message, help).evidence(long.into_iter().chain(identifiers)))
}
