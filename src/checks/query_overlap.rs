//! Test queries stand in what was read, or among the training queries.
//!
//! # What it looks at
//! Whether judged queries of a collection turn up in the files of `[scan]`, which say what the student or a known teacher
//! read, and in those of `[distill]`, which say what is trained on here. Word for word means after normalisation, which
//! takes away case, punctuation, blanks and invisible characters; alone, or within a longer text. Near means that a few
//! words differ, are missing, misspelt or in another order. Queries that are ordinary language (`what is it`, or a phrase
//! that several documents of the collection hold) are counted apart and are no finding.
//!
//! # Why it matters
//! Whoever read a test query with an answer can give the answer without being any better at ranking. A student that is
//! trained on a test query learns what the teacher says of it, memorised or not.
//!
//! # Example
//! 43 of 502,939 training queries of MS MARCO are queries of `dl19`; they are left out.
//!
//! # What to do
//! In `[scan]`, word for word is evidence: the verdict is `contaminated`, and gains on this collection mean nothing; evaluate
//! on another one. In `[distill]`, exact copies are left out before training, so nothing is to be done for students that
//! are trained here; whoever trained the student that ships from the same file did not leave them out. Look at near
//! copies one by one: `distilgate scan PATH --out matches.jsonl` lists all.
//!
//! # References
//! Kalal, Parry and MacAvaney, *Training on the Test Model: Contamination in Ranking Distillation*, arXiv 2411.02284.

use super::wording::{count, some};
use super::{Case, Family, Finding, found_in_files};
use crate::config::Level;
use crate::facts::{Facts, Searched, TrainingFacts};
use crate::fingerprint::scan::{How, Kind, Match, Tally};
use std::collections::BTreeSet;

pub(super) const ID: &str = "query-overlap";
pub(super) const FAMILY: Family = Family::Fingerprints;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let mut cases = found_in_files::in_what_was_read(facts, in_read);
    match &facts.training {
        Some(training) => cases.extend(facts.collections.iter().map(|collection| {
            let searched = facts.scan.training.as_ref();
            let queries = facts.config.distill.as_ref().map(|distill| distill.queries.as_str());
            in_training(training, searched, queries, &collection.name).on(&collection.name)
        })),
        None if cases.is_empty() => {
            let why = "nothing is trained here and [scan] names nothing that was read: there is nothing to look at";
            cases.push(Case::not_applicable("all", why));
        }
        None => {}
    }
    cases
}

/// What the files of `[scan]` hold.
fn in_read(searched: &Searched, tally: &Tally, subject: String) -> Case {
    let queries = &tally.queries;
    let of = format!("of its {} queries", tally.queries_sought);
    let evidence = found_in_files::examples(searched, &tally.collection, Kind::Query);
    match (tally.evident_queries, queries.different().saturating_sub(tally.evident_queries)) {
        (0, 0) => Case::passed(subject, format!("what was read holds none {of}{}", common(tally))),
        (0, near) => Case::found(
            subject,
            Finding::new(
                format!("what was read holds {near} {of} nearly, within longer texts, or as one of a few short texts{}", common(tally)),
                "look at them: whoever read them may know the answers; where they are names or other questions, waive this",
            )
            .evidence(evidence),
        ),
        (exact, near) => {
            let nearly = if near > 0 { format!(", and {near} more nearly or within longer texts") } else { String::new() };
            Case::found(
                subject,
                Finding::new(
                    format!("what was read holds {exact} {of} word for word, as texts of their own{nearly}{}", common(tally)),
                    "gains on this collection mean nothing: evaluate on one that nobody has read",
                )
                .level(Level::Deny)
                .evidence(evidence),
            )
        }
    }
}

/// `; 3 more are ordinary language`.
fn common(tally: &Tally) -> String {
    match tally.common_queries {
        0 => String::new(),
        n => format!("; {n} found as ordinary language do not count"),
    }
}

/// What is trained on here.
fn in_training(training: &TrainingFacts, searched: Option<&Searched>, queries: Option<&str>, collection: &str) -> Case {
    let copies: Vec<_> = training.report.test_copies.iter().filter(|copy| copy.collection == collection).collect();
    let pairs: Vec<String> = copies.iter().map(|copy| format!("{} is {}", copy.query, copy.test_query)).collect();
    let exact = copies.iter().map(|copy| &copy.test_query).collect::<BTreeSet<_>>().len();
    let others = searched.and_then(|searched| searched.of(collection)).map_or(0, |tally| {
        // Copies among the training queries are counted above; word for word elsewhere is in the documents.
        let elsewhere = tally.queries.exact.saturating_sub(exact as u64);
        tally.queries.contained + tally.queries.near + elsewhere
    });
    let look = "look at the near copies, which are kept: take those that ask the same out of the training file";
    // A copy among the training queries has a line of its own.
    let is_told = |found: &Match| {
        let is_copy = copies.iter().any(|copy| copy.test_query.as_str() == found.id);
        is_copy && found.how == How::Exact && queries == Some(found.file.as_str())
    };
    let evidence = searched
        .map(|searched| found_in_files::examples_but(searched, collection, Kind::Query, is_told))
        .unwrap_or_default();
    match (exact, others) {
        (0, 0) => Case::passed(
            collection,
            format!(
                "no training query among {} is one of its queries, word for word or nearly",
                training.report.queries
            ),
        ),
        (0, n) => Case::found(
            collection,
            Finding::new(format!("{} in training texts, nearly or within longer ones; kept", stand(n as usize)), look)
                .evidence(evidence),
        ),
        (n, _) => {
            let kept = if others > 0 {
                format!("; {others} more in training texts, nearly or within longer ones, kept")
            } else {
                String::new()
            };
            let finding = Finding::new(
                format!(
                    "{} among the {} training queries, word for word; left out before training{kept}",
                    stand(n),
                    training.report.queries
                ),
                "take these queries out of the training file; a student that was trained on them elsewhere has seen the test",
            );
            let finding = finding.evidence([format!("training query is test query: {}", some(&pairs, 10))]);
            Case::found(collection, if others > 0 { finding.evidence(evidence) } else { finding })
        }
    }
}

/// `3 of its queries stand`.
fn stand(n: usize) -> String {
    count(n, "of its queries stands", "of its queries stand")
}
