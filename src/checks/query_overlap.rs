//! Training queries are test queries, word for word.
//!
//! # What it looks at
//! Whether a query that `[distill]` trains on is, after normalisation, a judged query of a collection. Normalisation
//! takes away case, punctuation, blanks and invisible characters. Exact copies are left out before anything is trained,
//! and counted here. Near copies, such as another spelling or another order of the words, are not looked for.
//!
//! # Why it matters
//! A student that is trained on a test query learns what the teacher says of it. If the teacher knows the judgements,
//! so does the student then; if it does not, the student still does better there than on queries that it will meet.
//!
//! # Example
//! 43 of 502,939 training queries of MS MARCO are queries of `dl19`; they are left out.
//!
//! # What to do
//! Nothing for the students that are trained here. But whoever trained the student that ships from the same file did not
//! leave them out: train it again without them, or take these queries out of the file.
//!
//! # References
//! Kalal, Parry and MacAvaney, *Training on the Test Model: Contamination in Ranking Distillation*, arXiv 2411.02284.

use super::wording::{count, some};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, TrainingFacts};
use std::collections::BTreeSet;

pub(super) const ID: &str = "query-overlap";
pub(super) const FAMILY: Family = Family::Fingerprints;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let Some(training) = &facts.training else {
        return vec![Case::not_applicable("all", "nothing is trained here: there are no training queries to look at")];
    };
    let collections = facts.collections.iter().map(|collection| on(training, &collection.name).on(&collection.name));
    collections.collect()
}

fn on(training: &TrainingFacts, collection: &str) -> Case {
    let copies = training.report.test_copies.iter().filter(|copy| copy.collection == collection);
    let pairs: Vec<String> = copies.map(|copy| format!("{} is {}", copy.query, copy.test_query)).collect();
    let tests = training.report.test_copies.iter().filter(|copy| copy.collection == collection);
    match tests.map(|copy| &copy.test_query).collect::<BTreeSet<_>>().len() {
        0 => Case::passed(
            collection,
            format!("no training query among {} is one of its queries, word for word", training.report.queries),
        ),
        n => Case::found(
            collection,
            Finding::new(
                format!(
                    "{} among the {} training queries, word for word; left out before training",
                    count(n, "of its queries stands", "of its queries stand"),
                    training.report.queries
                ),
                "take these queries out of the training file; a student that was trained on them elsewhere has seen the test",
            )
            .evidence([format!("training query is test query: {}", some(&pairs, 10))]),
        ),
    }
}
