//! A thread's share of a step: micro-batches forward, then back.

use super::accumulate::Sums;
use super::batches::MicroBatch;
use super::graph::{POOL, ROWS, SEED, StudentGraph};
use super::prefix::Prefix;
use crate::autodiff::Graph;
use crate::config::Pooling;
use crate::error::{Error, Result};
use crate::onnx::{Elements, Feed, Held, Runtime, Session};
use crate::ranker::{Feeding, Recipe, TypedToken};
use prost::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Two sessions of one thread each, and what lies between them; a third where layers are frozen.
pub struct Worker {
    prefix: Option<Session>,
    forward: Session,
    backward: Session,
    /// The gradients of this worker's micro-batches.
    pub sums: Sums,
    /// What the forward half keeps of each micro-batch.
    kept: Vec<BTreeMap<String, Held>>,
}

/// What every worker reads and none changes.
#[derive(Clone, Copy)]
pub struct Shared<'a> {
    /// The student.
    pub graph: &'a StudentGraph,
    /// How texts are fed.
    pub recipe: &'a Recipe,
    /// The weights now.
    pub values: &'a [f32],
    /// The tokens of every row of the step.
    pub rows: &'a [Vec<TypedToken>],
    /// What frozen layers make of every row; empty where nothing is frozen, or not known yet.
    pub frozen: &'a [Arc<[f32]>],
}

impl Worker {
    /// Starts the sessions.
    pub fn new(runtime: &Runtime, graph: &StudentGraph) -> Result<Worker> {
        let start = |graph: &Graph| Session::new(runtime, &graph.write().encode_to_vec(), 1);
        Ok(Worker {
            prefix: graph.prefix.as_ref().map(|prefix| start(&prefix.graph)).transpose()?,
            forward: start(&graph.halves.forward)?,
            backward: start(&graph.halves.backward)?,
            sums: Sums::new(&graph.weights, &graph.gradients),
            kept: Vec::new(),
        })
    }

    /// What frozen layers make of rows, in their order.
    pub fn freeze(&mut self, shared: Shared, batches: &[MicroBatch]) -> Result<Vec<Arc<[f32]>>> {
        let (Some(prefix), Some(session)) = (&shared.graph.prefix, &mut self.prefix) else { return Ok(Vec::new()) };
        let mut made = Vec::new();
        for batch in batches {
            let columns = Columns::new(shared, batch);
            let feeds = columns.feeds_of(shared, &prefix.graph);
            let per_row = prefix.len(batch.length);
            let rows = session.run(&feeds, &prefix.value, |_, data| {
                data.chunks_exact(per_row.max(1)).map(Arc::from).collect::<Vec<Arc<[f32]>>>()
            })?;
            made.extend(rows);
        }
        Ok(made)
    }

    /// The vectors of the rows of its micro-batches, in their order.
    pub fn forward(&mut self, shared: Shared, batches: &[MicroBatch]) -> Result<Vec<Vec<f32>>> {
        self.kept.clear();
        let mut vectors = Vec::new();
        for batch in batches {
            let columns = Columns::new(shared, batch);
            let feeds = columns.feeds_of(shared, &shared.graph.halves.forward);
            let mut outputs = self.forward.run_all(&feeds, &[]).map_err(|error| unread(error, batch.length))?;
            let rows = outputs.get(ROWS).map(|held| held.f32s().map(<[f32]>::to_vec)).transpose()?.unwrap_or_default();
            if !shared.graph.halves.kept.iter().any(|kept| kept == ROWS) {
                outputs.remove(ROWS);
            }
            let width = rows.len() / batch.rows.len().max(1);
            vectors.extend(rows.chunks_exact(width.max(1)).map(<[f32]>::to_vec));
            self.kept.push(outputs);
        }
        Ok(vectors)
    }

    /// Adds the gradients of its micro-batches to its sums. `seeds` are the gradients of all rows' vectors.
    pub fn backward(&mut self, shared: Shared, batches: &[MicroBatch], seeds: &[f32], width: usize) -> Result<()> {
        // The last first: what was made last is freed first, as in one graph.
        for batch in batches.iter().rev() {
            let kept = self.kept.pop().unwrap_or_default();
            let of_batch: Vec<f32> =
                batch.rows.iter().flat_map(|row| &seeds[row * width..(row + 1) * width]).copied().collect();
            let shape = [batch.rows.len(), width];
            let columns = Columns::new(shared, batch);
            let mut feeds = columns.feeds_of(shared, &shared.graph.halves.backward);
            feeds.push(Feed { name: SEED, shape: &shape, data: Elements::F32(&of_batch) });
            let held: Vec<(&str, &Held)> = kept.iter().map(|(name, held)| (name.as_str(), held)).collect();
            let made = self.backward.run_all(&feeds, &held)?;
            self.sums.add(&shared.graph.weights, &shared.graph.gradients, &made)?;
        }
        Ok(())
    }
}

/// A model that has fewer positions than its folder says fails with an index out of bounds.
fn unread(error: Error, length: usize) -> Error {
    error
        .context(format!("texts of {length} tokens"))
        .help("if the student cannot read that many, set distill.max-length; otherwise run it in Python on such a text")
}

/// The numbers of a micro-batch for every input, padded.
struct Columns<'a> {
    shape: [usize; 2],
    pool_shape: [usize; 3],
    wide: Vec<(&'a str, Vec<i64>)>,
    narrow: Vec<(&'a str, Vec<i32>)>,
    pool: Vec<f32>,
    frozen: Option<(&'a str, Vec<usize>, Vec<f32>)>,
}

impl<'a> Columns<'a> {
    fn new(shared: Shared<'a>, batch: &MicroBatch) -> Columns<'a> {
        let (count, length) = (batch.rows.len(), batch.length);
        let mut columns = Columns {
            shape: [count, length],
            pool_shape: [count, 1, length],
            wide: Vec::new(),
            narrow: Vec::new(),
            pool: Vec::with_capacity(count * length),
            frozen: shared.graph.prefix.as_ref().map(|prefix| padded(prefix, shared.frozen, batch)),
        };
        for input in &shared.recipe.inputs {
            let mut numbers = Vec::with_capacity(count * length);
            for row in &batch.rows {
                let tokens = &shared.rows[*row];
                numbers.extend((0..length).map(|at| number(input.feeding, tokens.get(at), at)));
            }
            if input.narrow {
                // Ids are far below 2^31; one beyond it is out of the table's range as -1 is not, so it stays out.
                columns
                    .narrow
                    .push((&input.name, numbers.iter().map(|n| i32::try_from(*n).unwrap_or(i32::MAX)).collect()));
            } else {
                columns.wide.push((&input.name, numbers));
            }
        }
        for row in &batch.rows {
            let weights = pool_weights(shared.recipe.pooling, shared.rows[*row].len(), length);
            columns.pool.extend(weights);
        }
        columns
    }

    /// What a part of the student asks for, its weights among it.
    fn feeds_of<'b>(&'b self, shared: Shared<'b>, part: &Graph) -> Vec<Feed<'b>> {
        let asked: BTreeSet<&str> = part.inputs.iter().map(|input| input.name.as_str()).collect();
        let weights = shared.graph.weights.iter().map(|weight| Feed {
            name: &weight.name,
            shape: &weight.shape,
            data: Elements::F32(&shared.values[weight.range()]),
        });
        self.feeds().into_iter().chain(weights).filter(|feed| asked.contains(feed.name)).collect()
    }

    fn feeds(&self) -> Vec<Feed<'_>> {
        let mut feeds: Vec<Feed> = Vec::new();
        feeds.extend(self.wide.iter().map(|(name, data)| Feed { name, shape: &self.shape, data: Elements::I64(data) }));
        feeds.extend(self.narrow.iter().map(|(name, data)| Feed {
            name,
            shape: &self.shape,
            data: Elements::I32(data),
        }));
        let frozen = self.frozen.iter();
        feeds.extend(frozen.map(|(name, shape, data)| Feed { name, shape, data: Elements::F32(data) }));
        feeds.push(Feed { name: POOL, shape: &self.pool_shape, data: Elements::F32(&self.pool) });
        feeds
    }
}

/// What frozen layers made of the rows of a micro-batch, padded with zeros; nothing if it is not known yet.
fn padded<'a>(prefix: &'a Prefix, frozen: &[Arc<[f32]>], batch: &MicroBatch) -> (&'a str, Vec<usize>, Vec<f32>) {
    let (shape, per_row) = (prefix.shape(batch.rows.len(), batch.length), prefix.len(batch.length));
    let mut numbers = Vec::with_capacity(if frozen.is_empty() { 0 } else { per_row * batch.rows.len() });
    for (place, row) in batch.rows.iter().enumerate().filter(|(_, row)| **row < frozen.len()) {
        numbers.extend_from_slice(&frozen[*row]);
        numbers.resize((place + 1) * per_row, 0.0);
    }
    (&prefix.value, shape, numbers)
}

/// What is fed for a token, or for padding where there is none.
fn number(feeding: Feeding, token: Option<&TypedToken>, at: usize) -> i64 {
    match (feeding, token) {
        (Feeding::InputIds, Some(token)) => i64::from(token.id),
        (Feeding::TokenTypeIds, Some(token)) => i64::from(token.kind),
        (Feeding::AttentionMask, Some(_)) => 1,
        (Feeding::PositionIds, _) => at as i64,
        (_, None) => 0,
    }
}

/// How much each of `length` tokens counts in the vector of a row that has `tokens` of them.
fn pool_weights(pooling: Option<Pooling>, tokens: usize, length: usize) -> impl Iterator<Item = f32> {
    let n = tokens as f32;
    (0..length).map(move |at| match pooling {
        _ if at >= tokens => 0.0,
        Some(Pooling::Mean) => 1.0 / n,
        Some(Pooling::MeanSqrtLen) => 1.0 / n.sqrt(),
        Some(Pooling::WeightedMean) => (at + 1) as f32 * 2.0 / (n * (n + 1.0)),
        Some(Pooling::LastToken) => f32::from(at + 1 == tokens),
        Some(Pooling::Cls) => f32::from(at == 0),
        // Not pooled here.
        Some(Pooling::Max) | None => 0.0,
    })
}
