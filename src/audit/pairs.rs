//! One model's scores of pairs of query and document, through the cache.
//!
//! Where the scores are in the cache, ONNX Runtime is not even looked for.

use super::{Progress, Surroundings};
use crate::cache::{Digest, Key};
use crate::collection::{DocumentId, QueryId};
use crate::config::ModelOptions;
use crate::error::Result;
use crate::onnx::{Device, Runtime, Search};
use crate::ranker::{Ranker, Truncated};
use crate::runs::{self, Run};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The kind of cache entry that holds a model's scores.
pub const SCORES: &str = "scores";

/// A model to score with, and its sessions once something has to be scored.
pub struct Model {
    /// The arm that it is, or one seed of it.
    pub arm: String,
    /// What it is called while it scores.
    pub called: String,
    /// Its folder or file.
    pub path: PathBuf,
    /// How it is read.
    pub options: ModelOptions,
    /// Everything that determines its scores.
    pub digest: Digest,
    ranker: Option<Ranker>,
}

/// What is scored, with everybody's texts.
pub struct Pairs<'a> {
    /// What they are called: a collection's name.
    pub name: &'a str,
    /// The texts of the queries.
    pub queries: &'a BTreeMap<QueryId, String>,
    /// The documents to score for each query.
    pub candidates: &'a Run,
    /// The texts of the documents.
    pub documents: &'a BTreeMap<DocumentId, String>,
}

/// A model's scores, as a cache entry holds them.
#[derive(Serialize, Deserialize)]
pub struct ModelScores {
    scores: BTreeMap<QueryId, Vec<(DocumentId, f64)>>,
    /// Texts that were cut.
    pub truncated: Truncated,
    /// The ONNX Runtime that scored them: a report names it whether or not it scored anew.
    pub onnx_runtime: Option<String>,
}

impl Model {
    /// A model that was checked, and not opened yet.
    pub fn new(arm: &str, called: String, path: PathBuf, options: ModelOptions, digest: Digest) -> Model {
        Model { arm: arm.to_owned(), called, path, options, digest, ranker: None }
    }

    /// Its scores of the pairs, from the cache or made now.
    ///
    /// # Errors
    /// A model that cannot be run, or no ONNX Runtime where it is needed.
    pub fn scores(
        &mut self,
        pairs: &Pairs<'_>,
        surroundings: &Surroundings,
        progress: &mut dyn Progress,
    ) -> Result<ModelScores> {
        let key = pairs.key(&self.digest, surroundings.device);
        let cached = surroundings.cache.get(SCORES, &key);
        if let Some(cached) = cached.and_then(|bytes| serde_json::from_slice::<ModelScores>(&bytes).ok()) {
            return Ok(cached);
        }
        if let Some(shares) = surroundings.work.parts() {
            return Err(shares.lack(&format!("the scores of {} on {}", self.called, pairs.name)));
        }
        let fresh = self
            .score(pairs, surroundings, progress)
            .map_err(|e| e.context(format!("{} on {}", self.called, pairs.name)))?;
        surroundings.cache.put(SCORES, &key, &serde_json::to_vec(&fresh).expect("scores are plain data"))?;
        Ok(fresh)
    }

    fn score(
        &mut self,
        pairs: &Pairs<'_>,
        surroundings: &Surroundings,
        progress: &mut dyn Progress,
    ) -> Result<ModelScores> {
        let search =
            Search::from_environment(surroundings.cache.folder(), surroundings.offline).on(surroundings.device);
        let ranker = match &mut self.ranker {
            Some(ranker) => ranker,
            None => {
                let runtime = Runtime::get(&search, &mut |what| progress.step(what, None))?;
                self.ranker.insert(Ranker::open(runtime, &self.path, &self.options, surroundings.threads)?)
            }
        };
        let what = format!("scoring {} with {}", pairs.name, self.called);
        progress.step(&what, None);
        let mut before = 0;
        let mut report = |done: usize, all: usize| {
            if before == 0 {
                progress.step(&what, Some(all as u64));
            }
            progress.done(done.saturating_sub(before) as u64);
            before = done;
        };
        let scores = ranker.score(pairs.queries, pairs.candidates, pairs.documents, &mut report)?;
        let onnx_runtime = Runtime::get(&search, &mut |_| ())?.found().version.clone();
        Ok(ModelScores { scores: flat(&scores.run), truncated: scores.truncated, onnx_runtime })
    }
}

impl Pairs<'_> {
    /// Everything that a model's scores of these pairs depend on.
    fn key(&self, model: &Digest, device: Device) -> Key {
        let mut key = device.in_key(Key::of(SCORES).text(env!("CARGO_PKG_VERSION")).digest(model));
        for (query, text) in self.queries {
            let candidates = self.candidates.ranking(query);
            key = key.text(query.as_str()).text(text).number(candidates.len() as u64);
            key = candidates.iter().fold(key, |key, scored| key.text(scored.document.as_str()));
        }
        self.documents.iter().fold(key, |key, (document, text)| key.text(document.as_str()).text(text)).build()
    }
}

fn flat(run: &Run) -> BTreeMap<QueryId, Vec<(DocumentId, f64)>> {
    let pairs = |ranking: &Vec<runs::Scored>| ranking.iter().map(|s| (s.document.clone(), s.score)).collect();
    run.queries.iter().map(|(query, ranking)| (query.clone(), pairs(ranking))).collect()
}

impl ModelScores {
    /// The scores as rankings.
    pub fn ranked(self) -> Run {
        let ranking = |pairs: Vec<(DocumentId, f64)>| {
            let mut ranking: Vec<runs::Scored> =
                pairs.into_iter().map(|(document, score)| runs::Scored { document, score }).collect();
            ranking.sort_by(runs::by_rank);
            ranking
        };
        Run { queries: self.scores.into_iter().map(|(query, pairs)| (query, ranking(pairs))).collect() }
    }
}
