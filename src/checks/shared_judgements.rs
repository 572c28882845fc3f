//! Two collections judge the same documents for the same queries.
//!
//! # What it looks at
//! Of the queries that two collections share, the judged documents whose texts are equal after normalisation. Corpora
//! are read for it where collections share a query.
//!
//! # Why it matters
//! Then the two are one test, taken twice: whoever has seen the judgements of the one has seen those of the other,
//! whatever the dates say.
//!
//! # Example
//! `dl19` and `dl19-passages` both judge 9,260 pairs; 9,102 with the same answer.
//!
//! # What to do
//! Take one of the two out. If the younger one was made from the older, it is as old as that: correct `published`.
//!
//! # References
//! `docs/fingerprints.md`.

use super::wording::{count, some};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, SharedJudgements};

pub(super) const ID: &str = "shared-judgements";
pub(super) const FAMILY: Family = Family::Fingerprints;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    if facts.collections.len() < 2 {
        return vec![Case::not_applicable("all", "there is one collection, and none to share judgements with")];
    }
    if facts.shared_queries.is_empty() {
        return vec![Case::passed("all", "no two collections share a query, so they share no judgement")];
    }
    let mut cases: Vec<Case> = facts.independence.judgements.iter().map(|shared| found(facts, shared)).collect();
    let unread: Vec<&str> = sharing(facts).filter(|name| facts.independence.not_compared.contains_key(*name)).collect();
    if !unread.is_empty() {
        let why = format!("{} shares queries and has no corpus, so its documents cannot be compared", some(&unread, 5));
        cases.push(Case::could_not_run("documents", why));
    }
    if cases.is_empty() {
        cases.push(Case::passed("all", "of the queries that are shared, no document is judged in both collections"));
    }
    cases
}

/// The collections that share a query.
fn sharing(facts: &Facts) -> impl Iterator<Item = &str> {
    let names = facts.collections.iter().map(|collection| collection.name.as_str());
    names.filter(|name| {
        let mut all = facts.shared_queries.iter();
        all.any(|s| s.counted_in == *name || s.left_out.iter().any(|left| left.collection == *name))
    })
}

fn found(facts: &Facts, shared: &SharedJudgements) -> Case {
    let (a, b) = &shared.collections;
    let message = format!(
        "both judge {} of query and document, {} of them alike",
        count(shared.pairs, "pair", "pairs"),
        shared.agreeing
    );
    let example = |(qa, da, qb, db): &(_, _, _, _)| {
        format!("query {qa}, document {da} in {a} is query {qb}, document {db} in {b}")
    };
    let finding = Finding::new(message, "take one of the two collections out: together they are one test, taken twice")
        .evidence(shared.examples.iter().map(example));
    let place = facts.collection(b).map(|collection| collection.place(&facts.config_path));
    Case::found(format!("{a} and {b}"), Finding { place, ..finding }).on(b)
}
