//! The state of a training, and one step of it.

use super::adamw::{AdamW, Update};
use super::batches;
use super::graph::StudentGraph;
use super::kept::Kept;
use super::losses::{Mix, Settings};
use super::objective::{Groups, Objective};
use super::recipe::Recipe;
use super::sample::{Group, Places};
use super::worker::{Shared, Worker};
use super::{TrainingData, graph};
use crate::config::Architecture;
use crate::error::{Error, Result};
use crate::onnx::Runtime;
use crate::ranker::{Prepared, Tokenised, Tokens, TypedToken};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

/// A student that is being trained.
pub struct Trainer<'a> {
    runtime: &'a Runtime,
    prepared: &'a Prepared,
    tokens: Tokens,
    pub(super) recipe: &'a Recipe,
    mix: Mix,
    workers: Vec<Worker>,
    /// Built at the first step, when the width of the rows' vectors is known.
    objective: Option<Objective>,
    /// Where the outputs of frozen layers are kept; without it they are computed anew.
    pub kept: Option<&'a Kept>,
    /// The differentiated student.
    pub graph: StudentGraph,
    /// Its weights now.
    pub values: Vec<f32>,
    /// The optimiser.
    pub adam: AdamW,
}

/// What a step found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The mean loss of its groups before the update; `None` if no group of it taught anything.
    pub loss: Option<f32>,
    /// Groups that taught nothing, because the teacher says the same of all their candidates.
    pub flat: usize,
}

/// The rows of some groups, each text once, and the groups by their places.
struct Step {
    rows: Vec<Vec<TypedToken>>,
    groups: Groups,
}

impl<'a> Trainer<'a> {
    /// Differentiates the student and starts a worker for each thread.
    pub fn new(
        runtime: &'a Runtime,
        prepared: &'a Prepared,
        recipe: &'a Recipe,
        threads: usize,
    ) -> Result<Trainer<'a>> {
        let graph = graph::student(runtime, prepared, recipe.train)?;
        Trainer::of(runtime, prepared, recipe, threads, graph)
    }

    /// The same without cutting frozen layers off, to compare with.
    #[cfg(test)]
    pub fn whole(
        runtime: &'a Runtime,
        prepared: &'a Prepared,
        recipe: &'a Recipe,
        threads: usize,
    ) -> Result<Trainer<'a>> {
        let graph = graph::differentiated(runtime, prepared, recipe.train, false)?;
        Trainer::of(runtime, prepared, recipe, threads, graph)
    }

    fn of(
        runtime: &'a Runtime,
        prepared: &'a Prepared,
        recipe: &'a Recipe,
        threads: usize,
        graph: StudentGraph,
    ) -> Result<Trainer<'a>> {
        let mix = Mix::parse(&recipe.loss)?;
        let tokens = prepared.tokens_of_length(recipe.max_length)?;
        let workers = (0..threads.max(1)).map(|_| Worker::new(runtime, &graph)).collect::<Result<Vec<_>>>()?;
        let values = graph.initial.clone();
        let adam = AdamW::new(&graph.weights, &workers[0].sums);
        Ok(Trainer {
            runtime,
            prepared,
            tokens,
            recipe,
            mix,
            workers,
            objective: None,
            kept: None,
            graph,
            values,
            adam,
        })
    }

    /// One update of the weights, the `step`th, counted from 0.
    ///
    /// # Errors
    /// A loss or gradient that is not finite: it says at which step, and what to change.
    pub fn step(&mut self, step: usize, data: &TrainingData, groups: &[Group]) -> Result<Found> {
        let (flat, groups): (Vec<&Group>, Vec<&Group>) = groups.iter().partition(|group| group.is_flat());
        let found = |loss| Found { loss, flat: flat.len() };
        if groups.is_empty() {
            return Ok(found(None));
        }
        self.workers.iter_mut().for_each(|worker| worker.sums.clear(&self.graph.weights));
        let mut loss = 0.0;
        // In several parts memory is smaller and the update the same, but for rounding: losses are means over groups.
        for part in groups.chunks(groups.len().div_ceil(self.recipe.accumulate.max(1))) {
            let share = part.len() as f32 / groups.len() as f32;
            loss += share * self.part(data, part, share)?;
        }
        let (first, others) = self.workers.split_at_mut(1);
        others.iter().for_each(|other| first[0].sums.merge(&self.graph.weights, &other.sums));
        let sums = &first[0].sums;
        let norm = sums.norm(&self.graph.weights);
        if !loss.is_finite() || !norm.is_finite() {
            return Err(not_finite(step, loss, norm));
        }
        let clip = self.recipe.clip;
        let scale = if clip > 0.0 && norm > clip { clip / (norm + 1e-6) } else { 1.0 };
        let update = Update {
            step: step + 1,
            rate: self.recipe.rate(step) as f32,
            decay: self.recipe.weight_decay as f32,
            scale: scale as f32,
        };
        self.adam.step(&self.graph.weights, &mut self.values, sums, update);
        Ok(found(Some(loss)))
    }

    /// Refuses weights that the last of `steps` updates carried beyond all numbers: no later loss would show it.
    ///
    /// # Errors
    /// A weight that is not finite.
    pub fn check_finite(&self, steps: usize) -> Result<()> {
        match self.values.iter().find(|value| !value.is_finite()) {
            None => Ok(()),
            Some(value) => Err(stopped(steps, &format!("a weight became {value}"))),
        }
    }

    /// Forward, loss and back for some groups; the gradients, times `share`, go to the workers' sums.
    fn part(&mut self, data: &TrainingData, groups: &[&Group], share: f32) -> Result<f32> {
        let step = self.rows(data, groups)?;
        let lengths: Vec<usize> = step.rows.iter().map(Vec::len).collect();
        let frozen = self.frozen(&step.rows)?;
        let plan = batches::plan(&lengths, self.workers.len());
        let shared = Shared {
            graph: &self.graph,
            recipe: &self.prepared.description.recipe,
            values: &self.values,
            rows: &step.rows,
            frozen: &frozen,
        };
        let vectors = each(&mut self.workers, &plan, |worker, batches| worker.forward(shared, batches))?;
        let width = vectors.iter().flatten().map(Vec::len).next().unwrap_or(0);
        let mut rows = vec![0.0; step.rows.len() * width];
        for (batches, vectors) in plan.iter().zip(&vectors) {
            let places = batches.iter().flat_map(|batch| &batch.rows);
            places.zip(vectors).for_each(|(row, vector)| rows[row * width..][..width].copy_from_slice(vector));
        }
        if self.objective.is_none() {
            let settings = Settings { temperature: self.recipe.temperature as f32 };
            let recipe = &self.prepared.description.recipe;
            self.objective = Some(Objective::new(self.runtime, recipe, width, &self.mix, &settings)?);
        }
        let objective = self.objective.as_mut().expect("it was made above");
        let (loss, mut seeds) = objective.at(&rows, &step.groups)?;
        seeds.iter_mut().for_each(|seed| *seed *= share);
        let seeds = &seeds;
        each(&mut self.workers, &plan, |worker, batches| worker.backward(shared, batches, seeds, width))?;
        Ok(loss)
    }

    /// What frozen layers make of rows: kept, or computed, each row alone.
    fn frozen(&mut self, rows: &[Vec<TypedToken>]) -> Result<Vec<Arc<[f32]>>> {
        if self.graph.prefix.is_none() {
            return Ok(Vec::new());
        }
        let mut found: Vec<Option<Arc<[f32]>>> =
            rows.iter().map(|row| self.kept.and_then(|kept| kept.get(row))).collect();
        let missing = found.iter().enumerate().filter(|(_, found)| found.is_none());
        let missing: Vec<(usize, usize)> = missing.map(|(row, _)| (row, rows[row].len())).collect();
        let plan = batches::alone(&missing, self.workers.len());
        let recipe = &self.prepared.description.recipe;
        let shared = Shared { graph: &self.graph, recipe, values: &self.values, rows, frozen: &[] };
        let made = each(&mut self.workers, &plan, |worker, batches| worker.freeze(shared, batches))?;
        for (batch, numbers) in plan.iter().flatten().zip(made.into_iter().flatten()) {
            let row = batch.rows[0];
            if let Some(kept) = self.kept {
                kept.put(&rows[row], &numbers);
            }
            found[row] = Some(numbers);
        }
        let all: Option<Vec<Arc<[f32]>>> = found.into_iter().collect();
        all.ok_or_else(|| Error::input("the frozen part of the student left a row out"))
    }

    /// Tokenises the texts of groups: pairs, or each text once.
    fn rows(&self, data: &TrainingData, groups: &[&Group]) -> Result<Step> {
        let recipe = &self.prepared.description.recipe;
        let (mut queries, mut documents) = (Places::new(), Places::new());
        let (mut query_texts, mut document_texts) = (Vec::new(), Vec::new());
        let mut pairs = Vec::new();
        for group in groups {
            let (query, new) = queries.of(group.query, query_texts.len());
            if new {
                query_texts.push(text(&data.queries, group.query));
            }
            for id in &group.documents {
                let (document, new) = documents.of(*id, document_texts.len());
                if new {
                    document_texts.push(text(&data.documents, id));
                }
                pairs.push((query, document));
            }
        }
        let threads = self.workers.len();
        let queries = self.tokens.tokenise(&recipe.query_prefix, &query_texts, threads)?;
        let documents = self.tokens.tokenise(&recipe.document_prefix, &document_texts, threads)?;
        let teacher = groups.iter().flat_map(|group| group.teacher.clone()).collect();
        let groups = Groups { teacher, candidates: self.recipe.candidates, ..Groups::default() };
        Ok(match recipe.architecture {
            Architecture::CrossEncoder => self.of_pairs(&queries, &documents, &pairs, groups),
            Architecture::BiEncoder => self.of_texts(&queries, &documents, &pairs, groups),
        })
    }

    fn of_pairs(
        &self,
        queries: &[Tokenised],
        documents: &[Tokenised],
        pairs: &[(usize, usize)],
        groups: Groups,
    ) -> Step {
        let rows = pairs.iter().map(|(query, document)| self.tokens.pair(&queries[*query], &documents[*document]));
        let places = (0..pairs.len() as i64).collect();
        Step { rows: rows.collect(), groups: Groups { documents: places, ..groups } }
    }

    fn of_texts(
        &self,
        queries: &[Tokenised],
        documents: &[Tokenised],
        pairs: &[(usize, usize)],
        groups: Groups,
    ) -> Step {
        let rows = queries.iter().chain(documents).map(|text| self.tokens.single(text)).collect();
        let query_places = pairs.iter().step_by(groups.candidates.max(1)).map(|(query, _)| *query as i64).collect();
        let document_places = pairs.iter().map(|(_, document)| (queries.len() + document) as i64).collect();
        Step { rows, groups: Groups { queries: query_places, documents: document_places, ..groups } }
    }
}

/// The sampler names only what has a text.
fn text<'a, K: Ord>(texts: &'a BTreeMap<K, String>, id: &K) -> &'a str {
    texts.get(id).map_or("", String::as_str)
}

/// Lets every worker do its share at the same time; results stand in the workers' order.
fn each<T: Send>(
    workers: &mut [Worker],
    plan: &[Vec<batches::MicroBatch>],
    work: impl Fn(&mut Worker, &[batches::MicroBatch]) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    if let [worker] = workers {
        return Ok(vec![work(worker, &plan[0])?]);
    }
    thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> =
            workers.iter_mut().zip(plan).map(|(worker, batches)| scope.spawn(move || work(worker, batches))).collect();
        let joined = running.into_iter().map(|r| r.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.collect()
    })
}

fn not_finite(step: usize, loss: f32, norm: f64) -> Error {
    match loss.is_finite() {
        true => stopped(step + 1, &format!("the gradient's length is {norm}")),
        false => stopped(step + 1, &format!("the loss is {loss}")),
    }
}

fn stopped(step: usize, why: &str) -> Error {
    Error::input(format!("training stopped at step {step}: {why}"))
        .help("set distill.learning-rate lower, to a third for a start, or distill.warm-up higher")
        .help("if it happens at step 1, look at the teacher's scores: very large ones overflow")
}

#[cfg(test)]
mod tests;
