//! Pairs of query and document in, scores out.

use super::batch;
use super::pool;
use super::recipe::{Reading, Recipe};
use super::tokens::{Tokenised, Tokens};
use super::work;
use crate::collection::{DocumentId, QueryId};
use crate::config::{Architecture, Similarity};
use crate::error::{Error, Result};
use crate::onnx::Session;
use crate::runs::{Run, Scored, by_rank};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a ranker said, and what it could not read.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// The candidates with their scores, each query's in the order that the scores give.
    pub run: Run,
    /// How much of the texts was cut off.
    pub truncated: Truncated,
}

/// How many texts were longer than the model can read, and so were cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Truncated {
    /// Queries that were cut.
    pub queries: usize,
    /// All queries that were scored.
    pub of_queries: usize,
    /// Documents that were cut, in at least one pair.
    pub documents: usize,
    /// All documents that were scored.
    pub of_documents: usize,
}

/// A pair to be scored: places in the lists of queries and of documents.
type Pair = (usize, usize);

/// What is scored: every distinct text once, and the pairs.
pub struct Task<'a> {
    query_ids: Vec<&'a QueryId>,
    document_ids: Vec<&'a DocumentId>,
    queries: Vec<Tokenised>,
    documents: Vec<Tokenised>,
    pairs: Vec<Pair>,
}

impl<'a> Task<'a> {
    /// Gathers and tokenises what the candidates name. A text that is missing is an error (exit 2).
    pub fn new(
        tokens: &Tokens,
        recipe: &Recipe,
        candidates: &'a Run,
        queries: &BTreeMap<QueryId, String>,
        documents: &BTreeMap<DocumentId, String>,
        threads: usize,
    ) -> Result<Task<'a>> {
        let query_ids: Vec<&QueryId> = candidates.queries.keys().collect();
        let named: BTreeSet<&DocumentId> =
            candidates.queries.values().flatten().map(|scored| &scored.document).collect();
        let document_ids: Vec<&DocumentId> = named.into_iter().collect();
        let place: BTreeMap<&DocumentId, usize> = document_ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
        let rankings = candidates.queries.values().enumerate();
        let pairs = rankings.flat_map(|(q, ranking)| ranking.iter().map(move |scored| (q, &scored.document)));
        let pairs = pairs.map(|(query, document)| (query, place[document])).collect();
        let query_texts = texts(&query_ids, queries, "query")?;
        let document_texts = texts(&document_ids, documents, "document")?;
        Ok(Task {
            queries: tokens.tokenise(&recipe.query_prefix, &query_texts, threads)?,
            documents: tokens.tokenise(&recipe.document_prefix, &document_texts, threads)?,
            query_ids,
            document_ids,
            pairs,
        })
    }

    /// Scores every pair.
    pub fn score(
        &self,
        sessions: &mut [Session],
        recipe: &Recipe,
        tokens: &Tokens,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Scores> {
        let (scores, truncated) = match recipe.architecture {
            Architecture::BiEncoder => self.compare(sessions, recipe, tokens, progress)?,
            Architecture::CrossEncoder => self.read_together(sessions, recipe, tokens, progress)?,
        };
        let mut run = Run::default();
        for id in &self.query_ids {
            run.queries.insert((*id).clone(), Vec::new());
        }
        for ((query, document), score) in self.pairs.iter().zip(scores) {
            let (query, document) = (self.query_ids[*query], self.document_ids[*document]);
            if !score.is_finite() {
                return Err(Error::input(format!("the model gives {score} for query {query} and document {document}"))
                    .help(
                        "run the model on this pair in Python; weights that hold NaN, or overflow, make such scores",
                    ));
            }
            run.queries.entry(query.clone()).or_default().push(Scored { document: document.clone(), score });
        }
        run.queries.values_mut().for_each(|ranking| ranking.sort_by(by_rank));
        Ok(Scores { run, truncated })
    }

    /// Bi-encoder: every text becomes a vector once; pairs are compared.
    fn compare(
        &self,
        sessions: &mut [Session],
        recipe: &Recipe,
        tokens: &Tokens,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<(Vec<f64>, Truncated)> {
        let texts: Vec<&Tokenised> = self.queries.iter().chain(&self.documents).collect();
        let lengths: Vec<(usize, bool)> = texts.iter().map(|text| tokens.single_length(text)).collect();
        let vectors = encode(sessions, recipe, tokens, &texts, progress)?;
        let (queries, documents) = vectors.split_at(self.queries.len());
        let similarity = match recipe.similarity.unwrap_or(Similarity::Cosine) {
            Similarity::Cosine => pool::cosine,
            Similarity::Dot => pool::dot,
        };
        let scores = self.pairs.iter().map(|(query, document)| similarity(&queries[*query], &documents[*document]));
        let cut = |lengths: &[(usize, bool)]| lengths.iter().filter(|(_, cut)| *cut).count();
        let (of_queries, of_documents) = lengths.split_at(self.queries.len());
        Ok((scores.collect(), self.truncated(cut(of_queries), cut(of_documents))))
    }

    /// Cross-encoder: every pair is read by itself.
    fn read_together(
        &self,
        sessions: &mut [Session],
        recipe: &Recipe,
        tokens: &Tokens,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<(Vec<f64>, Truncated)> {
        let texts = |pair: &Pair| (&self.queries[pair.0], &self.documents[pair.1]);
        let lengths: Vec<usize> = self.pairs.iter().map(texts).map(|(q, d)| tokens.pair_length(q, d)).collect();
        if lengths.contains(&0) {
            return Err(Error::input("a pair of empty texts makes no tokens that the model could read")
                .help("leave documents without text out of the candidates"));
        }
        let (mut cut_queries, mut cut_documents) = (BTreeSet::new(), BTreeSet::new());
        for pair in &self.pairs {
            let (query, document) = texts(pair);
            let [of_query, of_document] = tokens.pair_lengths(query, document);
            cut_queries.extend((of_query < query.original).then_some(pair.0));
            cut_documents.extend((of_document < document.original).then_some(pair.1));
        }
        let mut scores = vec![0.0; self.pairs.len()];
        let row = |pair: usize| {
            let (query, document) = texts(&self.pairs[pair]);
            tokens.pair(query, document)
        };
        let take = |batch: &batch::Batch, logits: Vec<f64>| {
            batch.members.iter().zip(logits).for_each(|(pair, score)| scores[*pair] = score);
        };
        work::compute(sessions, recipe, &batch::plan(&lengths), row, logits, take, progress)?;
        Ok((scores, self.truncated(cut_queries.len(), cut_documents.len())))
    }

    fn truncated(&self, queries: usize, documents: usize) -> Truncated {
        Truncated { queries, of_queries: self.queries.len(), documents, of_documents: self.documents.len() }
    }
}

fn texts<'t, I: Ord + std::fmt::Display>(
    ids: &[&I],
    texts: &'t BTreeMap<I, String>,
    what: &str,
) -> Result<Vec<&'t str>> {
    let missing = |id| {
        Error::input(format!("the candidates name the {what} {id}, which has no text"))
            .help(format!("score only {what} ids that the collection has"))
    };
    ids.iter().map(|id| texts.get(*id).map(String::as_str).ok_or_else(|| missing(*id))).collect()
}

/// The vector of every text, in their order. A text without a single token has a vector of zeros, so that it is
/// similar to nothing.
fn encode(
    sessions: &mut [Session],
    recipe: &Recipe,
    tokens: &Tokens,
    texts: &[&Tokenised],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Vec<f32>>> {
    let lengths: Vec<usize> = texts.iter().map(|text| tokens.single_length(text).0).collect();
    let mut batches = batch::plan(&lengths);
    batches.retain(|batch| batch.length > 0);
    let mut vectors = vec![Vec::new(); texts.len()];
    let take = |batch: &batch::Batch, rows: Vec<Vec<f32>>| {
        batch.members.iter().zip(rows).for_each(|(text, vector)| vectors[*text] = vector);
    };
    let row = |text: usize| tokens.single(texts[text]);
    let read = |shape: &[usize], data: &[f32]| rows(recipe, shape, data);
    work::compute(sessions, recipe, &batches, row, read, take, progress)?;
    let width = vectors.iter().map(Vec::len).max().unwrap_or(0);
    vectors.iter_mut().filter(|vector| vector.is_empty()).for_each(|vector| vector.resize(width, 0.0));
    Ok(vectors)
}

/// The vectors of a batch.
pub fn rows(recipe: &Recipe, shape: &[usize], data: &[f32]) -> Result<Vec<Vec<f32>>> {
    let (per_text, width) = match (recipe.reading, shape) {
        (Reading::Embedding, [_, width]) => (*width, *width),
        (Reading::Tokens, [_, tokens, width]) => (tokens * width, *width),
        _ => return Err(unexpected(recipe, shape)),
    };
    if width == 0 || per_text == 0 {
        return Err(unexpected(recipe, shape));
    }
    let vector = |text: &[f32]| {
        let mut vector = recipe.pooling.map_or_else(|| text.to_vec(), |pooling| pool::pool(pooling, text, width));
        if recipe.normalise {
            pool::normalise(&mut vector);
        }
        vector
    };
    Ok(data.chunks_exact(per_text).map(vector).collect())
}

/// The scores of a batch of pairs: the one logit, or the probability of the second of two.
fn logits(shape: &[usize], data: &[f32]) -> Result<Vec<f64>> {
    match shape {
        [_] | [_, 1] => Ok(data.iter().map(|logit| f64::from(*logit)).collect()),
        [_, 2] => {
            Ok(data.chunks_exact(2).map(|pair| softmax_of_second(f64::from(pair[0]), f64::from(pair[1]))).collect())
        }
        _ => Err(Error::input(format!(
            "the model gives logits of the shape {shape:?}; one or two for each pair are needed"
        ))
        .help("give the model that was trained to rank")),
    }
}

/// The softmax of two logits, second one.
fn softmax_of_second(first: f64, second: f64) -> f64 {
    1.0 / (1.0 + (first - second).exp())
}

fn unexpected(recipe: &Recipe, shape: &[usize]) -> Error {
    Error::input(format!(
        "the model's output \"{}\" has the shape {shape:?}, which is not what it was taken for",
        recipe.output
    ))
    .help("set architecture to bi-encoder or cross-encoder")
}
