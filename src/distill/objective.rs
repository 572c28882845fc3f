//! The loss of a step: over the vectors of all its rows, with the gradient of each.

use super::graph::{self, ROWS};
use super::losses::{Mix, Settings};
use crate::autodiff::Gradient;
use crate::error::{Error, Result};
use crate::onnx::{Elements, Feed, Runtime, Session};
use crate::ranker::Recipe;
use prost::Message;

/// A loss that runs.
pub struct Objective {
    session: Session,
    gradient: Gradient,
    asks_queries: bool,
    width: usize,
}

/// What a loss compares: for each group a query and its candidates, by their places among the rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    /// The row of each group's query (bi-encoder; otherwise not used).
    pub queries: Vec<i64>,
    /// The rows of each group's candidates, group after group.
    pub documents: Vec<i64>,
    /// The teacher's scores of the same.
    pub teacher: Vec<f32>,
    /// Candidates of each group.
    pub candidates: usize,
}

impl Objective {
    /// Builds the loss for rows with vectors of this width and starts its session.
    pub fn new(runtime: &Runtime, recipe: &Recipe, width: usize, mix: &Mix, settings: &Settings) -> Result<Objective> {
        let (graph, gradient) = graph::loss(runtime, recipe, width, mix, settings)?;
        let session = Session::new(runtime, &graph.write().encode_to_vec(), 1)?;
        let asks_queries = graph.inputs.iter().any(|input| input.name == "queries");
        Ok(Objective { session, gradient, asks_queries, width })
    }

    /// The loss, and the gradient of every row's vector, one after the other.
    pub fn at(&mut self, rows: &[f32], groups: &Groups) -> Result<(f32, Vec<f32>)> {
        let n_groups = groups.documents.len() / groups.candidates.max(1);
        let (of_rows, of_groups) = ([rows.len() / self.width, self.width], [n_groups, groups.candidates]);
        let mut feeds = vec![
            Feed { name: ROWS, shape: &of_rows, data: Elements::F32(rows) },
            Feed { name: "documents", shape: &of_groups, data: Elements::I64(&groups.documents) },
            Feed { name: "teacher", shape: &of_groups, data: Elements::F32(&groups.teacher) },
        ];
        if self.asks_queries {
            feeds.push(Feed { name: "queries", shape: &of_groups[..1], data: Elements::I64(&groups.queries) });
        }
        let made = self.session.run_all(&feeds, &[])?;
        let value = |name: &str| made.get(name).ok_or_else(|| Error::input("the loss's graph left a value out"));
        let loss = value("loss")?.f32s()?.first().copied().unwrap_or(f32::NAN);
        let mut gradient = vec![0.0; rows.len()];
        if let Some(dense) = &self.gradient.dense {
            add(&mut gradient, value(dense)?.f32s()?);
        }
        for looked_up in &self.gradient.rows {
            let (indices, terms) = (value(&looked_up.indices)?.i64s()?, value(&looked_up.rows)?.f32s()?);
            for (row, term) in indices.iter().zip(terms.chunks_exact(self.width)) {
                let begin = usize::try_from(*row).unwrap_or(usize::MAX).saturating_mul(self.width);
                gradient.get_mut(begin..begin + self.width).map_or_else(
                    || Err(Error::input("the loss names a row that is not there")),
                    |row| {
                        add(row, term);
                        Ok(())
                    },
                )?;
            }
        }
        Ok((loss, gradient))
    }
}

fn add(sum: &mut [f32], term: &[f32]) {
    sum.iter_mut().zip(term).for_each(|(sum, term)| *sum += term);
}
