//! What several checks say of texts that were found in files: who was looked for, and where the first ones stand.

use super::Case;
use crate::facts::{Facts, Searched};
use crate::fingerprint::scan::{Kind, Match, Tally};

/// Examples that a finding shows.
const SHOWN: usize = 5;

/// A case for each collection of what the files of `[scan]` hold; none where there is no `[scan]`.
pub(super) fn in_what_was_read(facts: &Facts, case: impl Fn(&Searched, &Tally, String) -> Case) -> Vec<Case> {
    let Some(searched) = &facts.scan.read else { return Vec::new() };
    let of_tally =
        |tally: &Tally| case(searched, tally, format!("{} in [scan]", tally.collection)).on(&tally.collection);
    searched.scanned.collections.iter().map(of_tally).collect()
}

/// A case for each collection of what the files of `[scan]` and `[distill]` hold.
pub(super) fn in_both(facts: &Facts, case: impl Fn(&Searched, &Tally, String) -> Case) -> Vec<Case> {
    let mut cases = in_what_was_read(facts, &case);
    if let Some(searched) = &facts.scan.training {
        let of_tally =
            |tally: &Tally| case(searched, tally, format!("{} in [distill]", tally.collection)).on(&tally.collection);
        cases.extend(searched.scanned.collections.iter().map(of_tally));
    }
    cases
}

/// The first places where texts of a collection stand, a line each.
pub(super) fn examples(searched: &Searched, collection: &str, kind: Kind) -> Vec<String> {
    examples_but(searched, collection, kind, |_| false)
}

/// The same without those that are told already.
pub(super) fn examples_but(
    searched: &Searched,
    collection: &str,
    kind: Kind,
    is_told: impl Fn(&Match) -> bool,
) -> Vec<String> {
    let of_kind = searched.examples.iter().filter(|found| found.collection == collection && found.kind == kind);
    of_kind.filter(|found| !is_told(found)).take(SHOWN).map(in_words).collect()
}

fn in_words(found: &Match) -> String {
    let what = match &found.document {
        Some(document) => format!("{} with {document}", found.id),
        None => found.id.clone(),
    };
    let text = if found.excerpt.is_empty() { String::new() } else { format!(": {}", found.excerpt) };
    format!("{}:{}: {what}, {} {:.2}{text}", found.file, found.line, found.how, found.similarity)
}
