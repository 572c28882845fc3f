//! A twin is not like its suspect collection, so its test decides nothing.
//!
//! # What it looks at
//! Each pair of a suspect collection and its twin: whether both are over the same documents, whether they share queries,
//! and whether a blind classifier tells their queries apart: one that never asks the teacher, and knows only length and
//! words of a query, how many documents are judged and relevant, and what BM25 makes of it. Told apart means a
//! cross-validated area under the curve that permuted labels reach in at most alpha of cases.
//!
//! # Why it matters
//! A twin accuses by a difference. Where its queries are of another kind, longer, easier, judged deeper, a difference has
//! an innocent reason, and the twin must not say `contaminated`. Published attacks that tell what a model has read were
//! found to fail exactly here: a classifier that never saw the model did as well.
//!
//! # Example
//! The suspect's queries are keywords and the twin's are questions: the classifier tells them apart with an area of 0.97,
//! by the share of queries with the word `what`.
//!
//! # What to do
//! Write the twin's queries as the suspect's were written, and judge as deep: `distilgate twin plan` writes a sheet for it.
//! With queries in common, take them out of the twin: they are what must not be in it.
//!
//! # References
//! `docs/twins.md`. Das, Zhang and Tramèr, *Blind baselines beat membership inference attacks for foundation models*, 2024.

use super::wording::count;
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, SharedCorpus, TwinPairFacts};

pub(super) const ID: &str = "unmatched-twin";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    if facts.twin_pairs.is_empty() {
        return vec![Case::not_applicable("all", "no clean collection is `twin-of` a suspect one")];
    }
    facts.twin_pairs.iter().map(|pair| on(facts, pair).on(&pair.twin)).collect()
}

fn on(facts: &Facts, pair: &TwinPairFacts) -> Case {
    let why = pair.unlike(facts.config.gate.alpha);
    if why.is_empty() {
        return Case::passed(&pair.twin, matched(pair));
    }
    let message = format!("it is not a matched twin of {}: {}", pair.suspect, why.join("; "));
    let mut finding = Finding::new(message, help(pair)).evidence(evidence(pair));
    if let Some(collection) = facts.collection(&pair.twin) {
        finding = finding.at(collection.place(&facts.config_path));
    }
    // Queries that a leak may hold are not fresh: they hide it where the twin counts as clean.
    let level = if pair.shared_queries > 0 { Level::Deny } else { LEVEL };
    Case::found(&pair.twin, finding.level(level))
}

fn matched(pair: &TwinPairFacts) -> String {
    let told = pair.blind.as_ref().map_or(String::new(), |blind| {
        format!(
            ": a classifier that never asks the teacher does not tell their queries apart (AUC {:.2}; {:.2} would have been \
             needed with {} and {})",
            blind.auc,
            blind.needed,
            pair.queries.0,
            count(pair.queries.1, "query", "queries")
        )
    });
    format!("it is a matched twin of {}{told}", pair.suspect)
}

fn evidence(pair: &TwinPairFacts) -> Vec<String> {
    let tells = pair.blind.iter().flat_map(|blind| &blind.tells);
    let tells = tells.map(|tell| {
        format!(
            "told apart by {}: {:.2} in {}, {:.2} in {}",
            tell.what, tell.suspect, pair.suspect, tell.twin, pair.twin
        )
    });
    let balance = pair.balance.iter().map(|b| {
        let apart = b.difference.map_or(String::new(), |d| format!(" ({d:+.2} standard deviations)"));
        format!("{}: {:.2} in {}, {:.2} in {}{apart}", b.what, b.suspect, pair.suspect, b.twin, pair.twin)
    });
    tells.chain(balance).collect()
}

fn help(pair: &TwinPairFacts) -> String {
    let suspect = &pair.suspect;
    match pair.corpus {
        _ if pair.shared_queries > 0 => {
            format!("take the queries of {suspect} out of {}: a twin's are fresh", pair.twin)
        }
        SharedCorpus::NotCompared => "give both collections a `corpus`, the same file if there is one".to_owned(),
        SharedCorpus::Differs { .. } => format!("give it the corpus of {suspect}"),
        SharedCorpus::Same => format!(
            "write and judge its queries as those of {suspect} were: distilgate twin plan --for {suspect} writes a sheet for it"
        ),
    }
}
