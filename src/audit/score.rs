//! Scores the candidates with the models, through the cache.

use super::gather::{self, measured_texts};
use super::material::{Gathered, Material};
use super::request::{Request, Scorer, Source};
use super::{Progress, Surroundings};
use crate::cache::{Digest, Key};
use crate::collection::{DocumentId, QueryId};
use crate::config::{Architecture, Loaded, ModelOptions, word};
use crate::error::{Error, Result};
use crate::onnx::{Runtime, Search};
use crate::ranker::{Description, Ranker, Truncated};
use crate::runs::{self, Run};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The kind of cache entry that holds a model's scores of one collection's candidates.
const SCORES: &str = "scores";

/// A model of the configuration, and its sessions once something has to be scored with it.
struct Model<'a> {
    scorer: &'a Scorer,
    path: PathBuf,
    options: &'a ModelOptions,
    digest: Digest,
    ranker: Option<Ranker>,
}

/// Scores every model arm on every collection and adds the runs to the material.
///
/// Models are read without ONNX Runtime first, so that what is wrong with them is said before anything is installed
/// or scored. Where every score is in the cache, ONNX Runtime is not even looked for.
///
/// # Errors
/// A model that cannot be read or run, or no ONNX Runtime where it is needed.
pub fn score(
    loaded: &Loaded,
    request: &Request,
    surroundings: &Surroundings,
    material: &mut Material,
    progress: &mut dyn Progress,
) -> Result<()> {
    let mut models = check(loaded, request, material)?;
    if models.is_empty() {
        return Ok(());
    }
    let mut collections = std::mem::take(&mut material.collections);
    for gathered in &mut collections {
        let pairs = Pairs::of(gathered)?;
        for model in &mut models {
            let scores = one(model, gathered, &pairs, surroundings, progress)
                .map_err(|e| e.context(format!("{} on {}", model.scorer.name, gathered.config.name)))?;
            let truncated = scores.truncated;
            material.onnx_runtime = material.onnx_runtime.take().max(scores.onnx_runtime.clone());
            gather::add(gathered, &model.scorer.name, &[scores.ranked()]);
            for scores in gathered.scores.get_mut(&model.scorer.name).into_iter().flatten() {
                scores.truncated = Some(truncated);
            }
        }
    }
    material.collections = collections;
    Ok(())
}

/// Reads every model of the configuration, without running it.
fn check<'a>(loaded: &Loaded, request: &'a Request, material: &mut Material) -> Result<Vec<Model<'a>>> {
    let mut models = Vec::new();
    for scorer in &request.scorers {
        let Source::Model(name, options) = &scorer.source else { continue };
        let path = loaded.resolve(name);
        let description = Ranker::check(&path, options).map_err(|e| e.context(format!("model of {}", scorer.name)))?;
        material.models.insert(scorer.name.clone(), in_words(&description));
        material.inputs.insert(path.display().to_string(), description.digest.to_string());
        models.push(Model { scorer, path, options, digest: description.digest, ranker: None });
    }
    Ok(models)
}

/// `bi-encoder, mean pooling, cosine, 256 tokens at most, 22.7 million parameters`.
fn in_words(description: &Description) -> String {
    let recipe = &description.recipe;
    let mut parts = vec![match recipe.architecture {
        Architecture::BiEncoder => "bi-encoder".to_owned(),
        Architecture::CrossEncoder => "cross-encoder".to_owned(),
    }];
    parts.extend(recipe.pooling.map(|pooling| format!("{} pooling", word(pooling))));
    parts.extend(recipe.similarity.map(word));
    parts.push(format!("{} tokens at most", recipe.max_length));
    parts.push(format!("{:.1} million parameters", description.parameters as f64 / 1e6));
    parts.extend(recipe.notes.iter().cloned());
    parts.join(", ")
}

/// What is scored on one collection: candidates, and everybody's texts.
struct Pairs {
    queries: BTreeMap<QueryId, String>,
    candidates: Run,
    documents: BTreeMap<DocumentId, String>,
}

impl Pairs {
    fn of(gathered: &Gathered) -> Result<Pairs> {
        let Some(list) = &gathered.candidates else {
            return Err(Error::input("there are no candidates to score").help("add a corpus, or [first-stage] run"));
        };
        let documents = candidate_texts(gathered, &list.run)?;
        Ok(Pairs { queries: measured_texts(gathered)?, candidates: list.run.clone(), documents })
    }

    /// Everything that a model's scores of these pairs depend on.
    fn key(&self, model: &Model<'_>) -> Key {
        let mut key = Key::of(SCORES).text(env!("CARGO_PKG_VERSION")).digest(&model.digest);
        for (query, text) in &self.queries {
            let candidates = self.candidates.ranking(query);
            key = key.text(query.as_str()).text(text).number(candidates.len() as u64);
            key = candidates.iter().fold(key, |key, scored| key.text(scored.document.as_str()));
        }
        self.documents.iter().fold(key, |key, (document, text)| key.text(document.as_str()).text(text)).build()
    }
}

/// What a cache entry holds.
#[derive(Serialize, Deserialize)]
struct Cached {
    scores: BTreeMap<QueryId, Vec<(DocumentId, f64)>>,
    truncated: Truncated,
    /// The ONNX Runtime that scored them: a report names it whether or not it scored anew.
    onnx_runtime: Option<String>,
}

fn one(
    model: &mut Model<'_>,
    gathered: &Gathered,
    pairs: &Pairs,
    surroundings: &Surroundings,
    progress: &mut dyn Progress,
) -> Result<Cached> {
    let key = pairs.key(model);
    let cached = surroundings.cache.get(SCORES, &key).and_then(|bytes| serde_json::from_slice::<Cached>(&bytes).ok());
    if let Some(cached) = cached {
        return Ok(cached);
    }
    let search = Search::from_environment(surroundings.cache.folder(), surroundings.offline);
    let ranker = match &mut model.ranker {
        Some(ranker) => ranker,
        None => {
            let runtime = Runtime::get(&search, &mut |what| progress.step(what, None))?;
            model.ranker.insert(Ranker::open(runtime, &model.path, model.options, surroundings.threads)?)
        }
    };
    let what = format!("scoring {} with {}", gathered.config.name, model.scorer.name);
    progress.step(&what, None);
    let mut before = 0;
    let mut report = |done: usize, all: usize| {
        if before == 0 {
            progress.step(&what, Some(all as u64));
        }
        progress.done(done.saturating_sub(before) as u64);
        before = done;
    };
    let scores = ranker.score(&pairs.queries, &pairs.candidates, &pairs.documents, &mut report)?;
    let onnx_runtime = Runtime::get(&search, &mut |_| ())?.found().version.clone();
    let fresh = Cached { scores: flat(&scores.run), truncated: scores.truncated, onnx_runtime };
    surroundings.cache.put(SCORES, &key, &serde_json::to_vec(&fresh).expect("scores are plain data"))?;
    Ok(fresh)
}

fn candidate_texts(gathered: &Gathered, candidates: &Run) -> Result<BTreeMap<DocumentId, String>> {
    let wanted: BTreeSet<DocumentId> = candidates.queries.values().flatten().map(|s| s.document.clone()).collect();
    let texts = gathered.collection.texts_of(&wanted)?;
    match wanted.iter().find(|document| !texts.contains_key(*document)) {
        None => Ok(texts),
        Some(missing) => Err(Error::input(format!(
            "{} candidates have no text in the corpus, {missing} for one",
            wanted.len() - texts.len()
        ))
        .help("check that [first-stage] run belongs to this corpus")),
    }
}

fn flat(run: &Run) -> BTreeMap<QueryId, Vec<(DocumentId, f64)>> {
    let pairs = |ranking: &Vec<runs::Scored>| ranking.iter().map(|s| (s.document.clone(), s.score)).collect();
    run.queries.iter().map(|(query, ranking)| (query.clone(), pairs(ranking))).collect()
}

impl Cached {
    fn ranked(self) -> Run {
        let ranking = |pairs: Vec<(DocumentId, f64)>| {
            let mut ranking: Vec<runs::Scored> =
                pairs.into_iter().map(|(document, score)| runs::Scored { document, score }).collect();
            ranking.sort_by(runs::by_rank);
            ranking
        };
        Run { queries: self.scores.into_iter().map(|(query, pairs)| (query, ranking(pairs))).collect() }
    }
}
