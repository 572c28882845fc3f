//! Collections that count as independent share queries.
//!
//! # What it looks at
//! Measured queries of different collections whose texts are equal after normalisation, or nearly so: at least nine
//! tenths of what their words say, as a scan weighs it. Each is counted once by every statistic: in the suspect collection
//! where there is one, else in the first. No measure of words tells a question from its opposite (`statins decrease`
//! and `increase blood cholesterol`), and the two are no independent witnesses either.
//!
//! # Why it matters
//! The gate compares collections as independent witnesses. A query that stands in two of them counts twice as evidence,
//! and one that is in a suspect collection is not clean in another.
//!
//! # Example
//! 14 of the 60 queries of `support-2026` are queries of `support-2022`, word for word.
//!
//! # What to do
//! Nothing for the numbers: they are counted once. But take the queries out of one of the collections, and ask how they
//! came to be there: a collection of fresh queries that has old ones was not made as was thought.
//!
//! # References
//! `docs/fingerprints.md`.

use super::wording::{count, some};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{CollectionFacts, Facts};
use std::collections::BTreeMap;

pub(super) const ID: &str = "shared-queries";
pub(super) const FAMILY: Family = Family::Fingerprints;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    if facts.collections.len() < 2 {
        return vec![Case::not_applicable("all", "there is one collection, and none to share queries with")];
    }
    facts.collections.iter().map(|collection| on(facts, collection).on(&collection.name)).collect()
}

fn on(facts: &Facts, collection: &CollectionFacts) -> Case {
    let mut by_home: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for shared in &facts.shared_queries {
        let here = shared.left_out.iter().filter(|left| left.collection == collection.name);
        let said = here.map(|left| match left.word_for_word {
            true => format!("{} is {}", left.query, shared.query),
            false => format!("{} is nearly {}", left.query, shared.query),
        });
        by_home.entry(&shared.counted_in).or_default().extend(said);
    }
    by_home.retain(|_, queries| !queries.is_empty());
    let n = by_home.values().map(Vec::len).sum();
    if n == 0 {
        return Case::passed(&collection.name, "none of its queries is left out as another collection's");
    }
    let homes: Vec<&str> = by_home.keys().copied().collect();
    let here = facts.shared_queries.iter().flat_map(|shared| &shared.left_out);
    let nearly = here.filter(|left| left.collection == collection.name && !left.word_for_word).count();
    let how = match nearly {
        0 => "word for word after normalisation".to_owned(),
        all if all == n => "nearly word for word".to_owned(),
        some => format!("word for word after normalisation, {some} of them nearly so"),
    };
    let message = format!(
        "{} in {} too, {how}; counted there and not here",
        count(n, "of its queries stands", "of its queries stand"),
        some(&homes, 5)
    );
    let finding =
        Finding::new(message, "take the shared queries out of one of the collections, and ask how they came there")
            .at(collection.place(&facts.config_path))
            .evidence(by_home.iter().map(|(home, queries)| format!("queries of {home}: {}", some(queries, 10))));
    Case::found(&collection.name, finding)
}
