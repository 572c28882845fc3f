//! Japanese: what single checks say, what would settle a question, remarks, and what was not checked. Each table holds the
//! sentences of one part of the gate as that part writes them; a sentence that has changed there stays English until its
//! line here follows, and a test says which.

mod fingerprints;
mod gate;
mod probes;
mod provenance;
mod shared;
mod verdict;

use super::phrases::{Pair, Phrases};
use std::sync::LazyLock;

const TABLES: [&[Pair]; 6] =
    [shared::PAIRS, verdict::PAIRS, gate::PAIRS, probes::PAIRS, fingerprints::PAIRS, provenance::PAIRS];

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(&TABLES, ("{*} and {} more", "{0} ほか {1} 件"), "。"));

/// A sentence of the gate in Japanese; as it is where there is none.
pub fn phrase(text: &str) -> String {
    PHRASES.said(text)
}

#[cfg(test)]
mod tests;
