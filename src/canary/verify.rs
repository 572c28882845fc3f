//! Whether a scorer prefers the labelled documents more often than a coin would.

use super::key::{Key, Lock};
use super::publish::read_published;
use crate::collection::{DocumentId, QueryId};
use crate::error::{Error, Place, Result};
use crate::runs::Run;
use crate::stats::fair_coin_p;
use serde::Serialize;
use std::path::Path;

/// How many pairs a scorer decides for the label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tally {
    /// Canaries in all.
    pub pairs: usize,
    /// Pairs in which the labelled document has the higher score.
    pub labelled: usize,
    /// Pairs in which the other one has.
    pub other: usize,
    /// Pairs with equal scores, which say nothing and do not count (Dixon and Mood 1946, "The statistical sign test").
    pub ties: usize,
    /// The exact one-sided binomial p: how often a coin gives at least so many labelled documents of those that count.
    pub p: f64,
}

/// Holds a key to its commitment, and to what was published where that is given.
///
/// # Errors
/// A key that the commitment is not for; a published part that is not what was minted, or has other labels (exit 2).
pub fn hold(key: &Key, key_path: &Path, lock: &Lock, lock_path: &Path, published: Option<&Path>) -> Result<()> {
    if key.commitment() != lock.commitment {
        return Err(Error::input(format!(
            "this key does not match the commitment in {}: its labels are not those that were committed to",
            lock_path.display()
        ))
        .at(Place::file(key_path))
        .help("put back the key that was minted with this lock; with another one nothing can be shown"));
    }
    let Some(folder) = published else { return Ok(()) };
    let changed = |what: &str| {
        Error::input(format!("{what}: whoever read it read something else"))
            .at(Place::file(folder))
            .help("put back what was published, or leave it out and test what the key says")
    };
    let (content, collection) = read_published(folder)?;
    if content != key.published {
        return Err(changed("its queries or documents are not those that were minted"));
    }
    let grade = |query: &QueryId, document: &DocumentId| collection.qrels.grade(query, document);
    let wrong = key
        .pairs
        .iter()
        .find(|pair| (grade(&pair.query, &pair.labelled), grade(&pair.query, &pair.other)) != (Some(1), Some(0)));
    match wrong {
        Some(pair) => Err(changed(&format!("its judgements of query {} are not the key's", pair.query))),
        None => Ok(()),
    }
}

/// Counts. Several runs are repeats of a noisy scorer: their scores are averaged.
///
/// # Errors
/// A pair that lacks a score in a run: who chooses which pairs count chooses the result (exit 2).
pub fn tally(key: &Key, runs: &[(Run, &Path)]) -> Result<Tally> {
    let (mut labelled, mut other, mut ties) = (0usize, 0usize, 0usize);
    for (run, path) in runs {
        let has = |query: &QueryId, document: &DocumentId| {
            run.ranking(query).iter().any(|scored| scored.document == *document)
        };
        let missing: Vec<&str> = key
            .pairs
            .iter()
            .filter(|pair| !has(&pair.query, &pair.labelled) || !has(&pair.query, &pair.other))
            .map(|pair| pair.query.as_str())
            .collect();
        if let Some(first) = missing.first() {
            let what = format!("{} of {} canaries lack a score, query {first} for one", missing.len(), key.pairs.len());
            return Err(Error::input(what)
                .at(Place::file(path))
                .help("score both documents of every query of the published part"));
        }
    }
    for pair in &key.pairs {
        let mean = |document: &DocumentId| {
            let score = |run: &Run| run.ranking(&pair.query).iter().find(|s| s.document == *document).map(|s| s.score);
            runs.iter().filter_map(|(run, _)| score(run)).sum::<f64>() / runs.len() as f64
        };
        let (a, b) = (mean(&pair.labelled), mean(&pair.other));
        let count = if a > b {
            &mut labelled
        } else if a < b {
            &mut other
        } else {
            &mut ties
        };
        *count += 1;
    }
    let p = fair_coin_p(labelled as u64, (labelled + other) as u64);
    Ok(Tally { pairs: key.pairs.len(), labelled, other, ties, p })
}
