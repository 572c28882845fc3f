//! Scores the candidates with the models, given or trained here.

use super::gather::{self, measured_texts};
use super::material::{Gathered, Material};
use super::pairs::{Model, ModelScores, Pairs};
use super::request::{Request, Source};
use super::{Progress, Surroundings};
use crate::collection::{DocumentId, QueryId};
use crate::config::{Architecture, Loaded, word};
use crate::error::{Error, Result};
use crate::ranker::{Description, Ranker};
use crate::runs::Run;
use std::collections::{BTreeMap, BTreeSet};

/// Reads every model of the configuration, without running it and without ONNX Runtime, so that what is wrong with one
/// is said before anything is installed, trained or scored.
///
/// # Errors
/// A model that cannot be read.
pub fn check(loaded: &Loaded, request: &Request, material: &mut Material) -> Result<Vec<Model>> {
    let mut models = Vec::new();
    for scorer in &request.scorers {
        let Source::Model(name, options) = &scorer.source else { continue };
        let path = loaded.resolve(name);
        let description = Ranker::check(&path, options).map_err(|e| e.context(format!("model of {}", scorer.name)))?;
        material.models.insert(scorer.name.clone(), in_words(&description));
        material.inputs.insert(path.display().to_string(), description.digest.to_string());
        models.push(Model::new(&scorer.name, scorer.name.clone(), path, options.clone(), description.digest));
    }
    Ok(models)
}

/// Scores every collection with every model and adds the runs to the material: a run for each model of an arm, in
/// their order. Models of one arm stand together.
///
/// # Errors
/// A model that cannot be run, or no ONNX Runtime where it is needed.
pub fn score(
    models: Vec<Model>,
    surroundings: &Surroundings,
    material: &mut Material,
    progress: &mut dyn Progress,
) -> Result<()> {
    if models.is_empty() {
        return Ok(());
    }
    let mut arms: Vec<String> = models.iter().map(|model| model.arm.clone()).collect();
    arms.dedup();
    let mut scores = score_all(models, &material.collections, surroundings, progress)?;
    let versions = scores.values().flatten().flatten().filter_map(|scores| scores.onnx_runtime.clone());
    material.onnx_runtime = material.onnx_runtime.take().max(versions.max());
    for arm in arms {
        for (gathered, seeds) in material.collections.iter_mut().zip(scores.remove(&arm).unwrap_or_default()) {
            let truncated: Vec<_> = seeds.iter().map(|scores| scores.truncated).collect();
            let runs: Vec<Run> = seeds.into_iter().map(ModelScores::ranked).collect();
            gather::add(gathered, &arm, &runs);
            for (scores, truncated) in gathered.scores.get_mut(&arm).into_iter().flatten().zip(truncated) {
                scores.truncated = Some(truncated);
            }
        }
    }
    Ok(())
}

/// By arm: for each collection the scores of each of the arm's models. One model is open at a time.
fn score_all(
    models: Vec<Model>,
    collections: &[Gathered],
    surroundings: &Surroundings,
    progress: &mut dyn Progress,
) -> Result<BTreeMap<String, Vec<Vec<ModelScores>>>> {
    let texts = collections.iter().map(Texts::of).collect::<Result<Vec<Texts>>>()?;
    let mut scores: BTreeMap<String, Vec<Vec<ModelScores>>> = BTreeMap::new();
    for mut model in models {
        let of_arm = scores.entry(model.arm.clone()).or_default();
        of_arm.resize_with(collections.len(), Vec::new);
        for ((gathered, texts), seeds) in collections.iter().zip(&texts).zip(of_arm) {
            let Some(list) = &gathered.candidates else { continue };
            let pairs = Pairs {
                name: &gathered.config.name,
                queries: &texts.queries,
                candidates: &list.run,
                documents: &texts.documents,
            };
            seeds.push(model.scores(&pairs, surroundings, progress)?);
        }
    }
    Ok(scores)
}

/// `bi-encoder, mean pooling, cosine, 256 tokens at most, 22.7 million parameters`.
pub fn in_words(description: &Description) -> String {
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

/// The texts of one collection's measured queries and candidates.
pub struct Texts {
    /// The queries.
    pub queries: BTreeMap<QueryId, String>,
    /// The candidates.
    pub documents: BTreeMap<DocumentId, String>,
}

impl Texts {
    /// Reads them.
    ///
    /// # Errors
    /// A query or candidate without a text.
    pub fn of(gathered: &Gathered) -> Result<Texts> {
        let Some(list) = &gathered.candidates else {
            return Err(Error::input("there are no candidates to score").help("add a corpus, or [first-stage] run"));
        };
        let documents = candidate_texts(gathered, &list.run)
            .map_err(|e| e.context(format!("candidates of {}", gathered.config.name)))?;
        Ok(Texts { queries: measured_texts(gathered)?, documents })
    }
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
