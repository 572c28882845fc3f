//! An ONNX model folder that scores pairs of query and document.
//!
//! Bi-encoders and cross-encoders, as Optimum and sentence-transformers write them; scores agree with theirs to
//! rounding. The same candidates get the same bytes however many threads work, on the same processor type and
//! ONNX Runtime. Nothing is downloaded, and nothing is trained, here.

mod batch;
mod folder;
mod graph;
mod pool;
mod recipe;
mod score;
mod tokens;
mod work;

use crate::cache::{Digest, Key, digest_bytes};
use crate::collection::{DocumentId, QueryId};
use crate::config::{Architecture, ModelOptions};
use crate::error::{Place, Result};
use crate::onnx::{Model, Runtime, Session};
use crate::runs::Run;
use folder::Folder;
pub use folder::SENTENCE_CONFIGS;
pub use recipe::{Feeding, Input, Reading, Recipe};
use schemars::JsonSchema;
pub use score::{Scores, Truncated};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
pub use tokens::{Tokenised, Tokens, TypedToken};

/// A model that scores pairs.
pub struct Ranker {
    path: PathBuf,
    description: Description,
    tokens: Tokens,
    /// One for each thread, with a single thread in it: two of them took 0.7 of the time that one session with
    /// two threads took, and scores do not depend on their number.
    sessions: Vec<Session>,
    graph: String,
}

/// Plain facts about a ranker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Description {
    /// How it turns texts into scores.
    #[serde(flatten)]
    pub recipe: Recipe,
    /// How many numbers its weights hold.
    pub parameters: u64,
    /// Those of them that every token meets: without tables whose rows are looked up. What scoring costs goes by these.
    pub working_parameters: u64,
    /// The version of ONNX's operators that its graph uses.
    pub opset: i64,
    /// SHA-256 over everything that determines its scores but ONNX Runtime and the processor: weights,
    /// tokenizer, recipe.
    pub digest: Digest,
}

/// A ranker's files, read and found good, before anything runs. Training starts from here too.
pub struct Prepared {
    /// What it is.
    pub description: Description,
    /// Its tokenizer.
    pub tokens: Tokens,
    /// Its graph and weights.
    pub model: Model,
    /// The folder that holds its configuration.
    pub root: PathBuf,
    tokenizer: Vec<u8>,
    /// The tokenizer's file.
    pub tokenizer_path: PathBuf,
}

impl Ranker {
    /// Reads everything and says what is wrong, without ONNX Runtime: nothing is installed or run. Every error
    /// is the user's to mend (exit 2).
    pub fn check(path: &Path, options: &ModelOptions) -> Result<Description> {
        Ok(Prepared::read(path, options)?.description)
    }

    /// Opens the model of a folder or file, with a session for each thread. What is wrong with it is exit 2. Scores do
    /// not depend on `threads`; 0 counts as 1. What no score needs of the graph is left out, where that can be done
    /// without changing a score: see [`Ranker::graph`].
    pub fn open(runtime: &Runtime, path: &Path, options: &ModelOptions, threads: usize) -> Result<Ranker> {
        Ranker::start(path, options, |prepared| {
            graph::start(runtime, &prepared.model, &prepared.description.recipe, &prepared.tokens, threads)
        })
    }

    /// The same with the graph as it was exported, to compare.
    pub fn open_as_exported(runtime: &Runtime, path: &Path, options: &ModelOptions, threads: usize) -> Result<Ranker> {
        Ranker::start(path, options, |prepared| {
            graph::start_as_exported(runtime, &prepared.model, threads, "asked for")
        })
    }

    fn start(
        path: &Path,
        options: &ModelOptions,
        start: impl FnOnce(&Prepared) -> Result<graph::Scoring>,
    ) -> Result<Ranker> {
        let prepared = Prepared::read(path, options)?;
        let graph::Scoring { sessions, graph } =
            start(&prepared).map_err(|e| e.at(Place::file(&prepared.model.path)))?;
        let Prepared { description, tokens, model, .. } = prepared;
        Ok(Ranker { path: model.path, description, tokens, sessions, graph })
    }

    /// Scores the candidates of every query. Their own scores are not looked at. `progress` is told how many
    /// texts (bi-encoder) or pairs (cross-encoder) are done, out of all. A text that is missing is exit 2.
    pub fn score(
        &mut self,
        queries: &BTreeMap<QueryId, String>,
        candidates: &Run,
        documents: &BTreeMap<DocumentId, String>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Scores> {
        let recipe = &self.description.recipe;
        let task = score::Task::new(&self.tokens, recipe, candidates, queries, documents, self.sessions.len())?;
        let scores = task.score(&mut self.sessions, recipe, &self.tokens, progress);
        scores.map_err(|error| error.at(Place::file(&self.path)))
    }

    /// SHA-256 over everything that determines the scores, for the key of a cache.
    pub fn digest(&self) -> Digest {
        self.description.digest
    }

    /// What of its graph is run: `rewritten: ` and what is left out, or `as exported: ` and why.
    pub fn graph(&self) -> &str {
        &self.graph
    }

    /// Plain facts about it.
    pub fn describe(&self) -> &Description {
        &self.description
    }
}

impl Prepared {
    /// Its tokenizer, reading at most so many tokens; without a number as many as the model is read with.
    pub fn tokens_of_length(&self, max_length: Option<usize>) -> Result<Tokens> {
        let recipe = &self.description.recipe;
        let most = max_length.map_or(recipe.max_length, |length| length.min(recipe.max_length));
        tokens(&self.tokenizer_path, &self.tokenizer, recipe, most)
    }

    /// Reads and checks everything; nothing is run. Every error is the user's to mend (exit 2).
    pub fn read(path: &Path, options: &ModelOptions) -> Result<Prepared> {
        let folder = Folder::read(path)?;
        let model = Model::read(&folder.model)?;
        let recipe = Recipe::decide(&model, &folder, options)?;
        let tokens = tokens(&folder.tokenizer_path, &folder.tokenizer, &recipe, recipe.max_length)?;
        let description = Description {
            parameters: model.parameters(),
            working_parameters: model.working_parameters(),
            opset: model.opset(),
            digest: digest(&model, &folder.tokenizer, &recipe),
            recipe,
        };
        let Folder { root, tokenizer, tokenizer_path, .. } = folder;
        Ok(Prepared { description, tokens, model, root, tokenizer, tokenizer_path })
    }
}

fn tokens(path: &Path, tokenizer: &[u8], recipe: &Recipe, max_length: usize) -> Result<Tokens> {
    let pairs = recipe.architecture == Architecture::CrossEncoder;
    let tokens = Tokens::new(path, tokenizer, max_length, pairs)?;
    Ok(tokens.keeping_end(recipe.keep_end).lower_case(recipe.lower_case))
}

/// Raise the version in the purpose whenever the same files and recipe come to give other scores.
fn digest(model: &Model, tokenizer: &[u8], recipe: &Recipe) -> Digest {
    let recipe = serde_json::to_vec(recipe).expect("a recipe is plain data");
    Key::of("ranker/2").digest(&model.digest()).digest(&digest_bytes(tokenizer)).bytes(&recipe).build().digest()
}

#[cfg(test)]
mod tests;
