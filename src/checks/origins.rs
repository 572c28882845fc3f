//! What checks of whose student somebody is have in common.

use crate::facts::{Facts, OriginFacts};
use crate::text::normalise;

/// What is said of an origin, held to the teacher of this audit.
pub enum Origin {
    /// Nothing says whom it learnt from.
    Unknown,
    /// It learnt from this one, and the teacher has no name to compare that with.
    Unnamed(String),
    /// It learnt from another one.
    Other(String, String),
    /// It learnt from the teacher of this audit, and these say so.
    Same(String, Vec<String>),
}

/// Holds an origin to the teacher. Case and punctuation do not count.
pub fn compare(facts: &Facts, origin: &OriginFacts) -> Origin {
    let declared = origin.declared.as_ref().map(|name| (name, "the configuration says so".to_owned()));
    let record = origin.record.as_deref().unwrap_or_default();
    let recorded = origin.recorded.as_ref().map(|name| (name, format!("{record} says so")));
    let origins: Vec<(&String, String)> = declared.into_iter().chain(recorded).collect();
    let Some((first, _)) = origins.first() else { return Origin::Unknown };
    let teacher = facts.config.teacher.as_ref().map_or("", |teacher| teacher.name.as_str());
    if teacher.is_empty() {
        return Origin::Unnamed((*first).clone());
    }
    let same: Vec<String> =
        origins.iter().filter(|(name, _)| is_same(name, teacher)).map(|(_, why)| why.clone()).collect();
    match same.is_empty() {
        true => Origin::Other((*first).clone(), teacher.to_owned()),
        false => Origin::Same(teacher.to_owned(), same),
    }
}

fn is_same(a: &str, b: &str) -> bool {
    let (normal, other) = (normalise(a), normalise(b));
    if normal.is_empty() { a == b } else { normal == other }
}
