//! Two collections have documents in common.
//!
//! # What it looks at
//! Documents of different collections whose texts are equal after normalisation. They are compared where corpora are
//! read: where there is a lock, and where collections share queries. A twin has its suspect's documents by design.
//!
//! # Why it matters
//! It is usual in retrieval, and no fault: judgements make a test, not documents. But collections over the same documents
//! are less independent than their number says, and a gain on them may come from one and the same domain.
//!
//! # Example
//! `dl19` and `dl20`: 77 of 16,157 documents are among 20,314.
//!
//! # What to do
//! Nothing, if it is known. If most documents are shared, name one as `twin-of` the other, or take a collection of
//! another domain in.
//!
//! # References
//! `docs/fingerprints.md`.

use super::wording::percent;
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, SharedDocuments};

pub(super) const ID: &str = "shared-corpus";
pub(super) const FAMILY: Family = Family::Fingerprints;
pub(super) const LEVEL: Level = Level::Note;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let independence = &facts.independence;
    if independence.compared.len() < 2 {
        let why = "the documents of fewer than two collections were read; they are where there is a lock: distilgate \
                   fingerprint --update makes it";
        return vec![Case::not_applicable("all", why)];
    }
    let shared = independence.documents.iter().map(|shared| on(facts, shared));
    let mut cases: Vec<Case> = shared.collect();
    if cases.is_empty() {
        let compared = independence.compared.len();
        cases.push(Case::passed(
            "all",
            format!("no document is in two of the {compared} collections that were compared"),
        ));
    }
    cases
}

fn on(facts: &Facts, shared: &SharedDocuments) -> Case {
    let (a, b) = &shared.collections;
    let share = |n: usize, of: usize| percent(n as f64 / of.max(1) as f64);
    let message = format!(
        "{} of the {} documents of {a} ({}) are among those of {b}, {} of the {} of {b} ({}) among those of {a}",
        shared.shared.0,
        shared.of.0,
        share(shared.shared.0, shared.of.0),
        shared.shared.1,
        shared.of.1,
        share(shared.shared.1, shared.of.1)
    );
    let is_twin = |x: &str, y: &str| facts.collection(x).is_some_and(|c| c.twin_of.as_deref() == Some(y));
    let case = match is_twin(a, b) || is_twin(b, a) {
        true => Case::passed(format!("{a} and {b}"), format!("twins: {message}")),
        false => {
            let examples = shared.examples.iter().map(|(x, y)| format!("{x} in {a} is {y} in {b}"));
            let help = "nothing, if it is known; twins are named with twin-of, and then pass";
            Case::found(format!("{a} and {b}"), Finding::new(message, help).evidence(examples))
        }
    };
    case.on(b)
}
