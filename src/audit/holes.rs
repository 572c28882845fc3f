//! Holes in finished score files: documents that everybody else scored.
//!
//! With candidate lists every arm has to score all of them, and what is missing takes its query out. Finished runs have
//! no such list: a label residual then uses the documents that every scorer has, and a shallower run is no fault. But a
//! scorer that has nearly all of a query's documents and not all has lost some, and that is worth a line.

use super::material::{Gathered, Material};
use super::request::{BM25, Purpose, Request};
use crate::collection::{DocumentId, QueryId};
use crate::facts::ArmFacts;
use std::collections::BTreeSet;

/// A scorer with less than this share of what the others share just ranks fewer documents.
const NEARLY_ALL: f64 = 0.9;

/// Adds the holes to what is known of each arm: as missing pairs that take no query out.
pub fn note(request: &Request, material: &Material, arms: &mut [ArmFacts]) {
    if request.scores_models {
        return;
    }
    let of = |purpose: Purpose| request.with(purpose).map(|scorer| scorer.name.as_str());
    let residual = |scorer: Purpose, others: Purpose| -> Vec<&str> {
        of(scorer).chain(of(others)).chain(of(Purpose::Before)).chain([BM25]).collect()
    };
    let groups =
        [residual(Purpose::Teacher, Purpose::ReferenceScores), residual(Purpose::After, Purpose::ReferenceArm)];
    for gathered in &material.collections {
        for arm in arms.iter_mut() {
            let missing = groups.iter().filter(|group| group.contains(&arm.name.as_str()));
            let missing = missing.map(|group| missing_pairs(gathered, &arm.name, group)).max().unwrap_or(0);
            if let Some(on) = arm.collections.iter_mut().find(|on| on.collection == gathered.config.name) {
                on.coverage.missing_pairs += missing;
            }
        }
    }
}

/// Pairs that every other scorer of a group has and this one lacks.
fn missing_pairs(gathered: &Gathered, scorer: &str, group: &[&str]) -> u64 {
    let others: Vec<&str> =
        group.iter().copied().filter(|name| *name != scorer && !gathered.runs(name).is_empty()).collect();
    if others.is_empty() || gathered.runs(scorer).is_empty() {
        return 0;
    }
    let missing = |query: &QueryId| {
        let shared = others.iter().map(|other| documents(gathered, other, query)).reduce(|a, b| &a & &b);
        let shared = shared.unwrap_or_default();
        let own = documents(gathered, scorer, query);
        let has = shared.intersection(&own).count();
        // BM25 is computed here for every document that somebody ranks: what it lacks, the corpus lacks.
        let nearly_all = scorer == BM25 || has as f64 >= NEARLY_ALL * shared.len() as f64;
        if nearly_all && !own.is_empty() { (shared.len() - has) as u64 } else { 0 }
    };
    gathered.measured.iter().map(missing).sum()
}

fn documents<'a>(gathered: &'a Gathered, scorer: &str, query: &QueryId) -> BTreeSet<&'a DocumentId> {
    gathered.run(scorer, 0).map_or(&[][..], |run| run.ranking(query)).iter().map(|scored| &scored.document).collect()
}
