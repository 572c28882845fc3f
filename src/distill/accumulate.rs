//! Gradients of several micro-batches, added up in flat buffers.

use super::graph::Weight;
use crate::autodiff::Gradient;
use crate::error::{Error, Result};
use crate::onnx::Held;
use std::collections::BTreeMap;

/// Sums of gradients: the buffer has the trained weights' places. In the rows of tables that are not named as
/// touched it holds zeros.
#[derive(Clone, Debug)]
pub struct Sums {
    /// Sums, in the order of the flat buffer.
    pub values: Vec<f32>,
    /// The tables of which only rows have gradients.
    pub tables: Vec<Table>,
}

/// A table of which only rows have gradients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The place of the weight in the list of weights.
    pub weight: usize,
    /// The rows that have a gradient, sorted.
    pub touched: Vec<usize>,
}

impl Sums {
    /// Zeros.
    pub fn new(weights: &[Weight], gradients: &BTreeMap<String, Gradient>) -> Sums {
        let n = weights.iter().filter(|weight| weight.trained).map(Weight::len).sum();
        let only_rows = |weight: &Weight| gradients.get(&weight.name).is_some_and(|g| g.dense.is_none());
        let tables = weights.iter().enumerate().filter(|(_, weight)| weight.trained && only_rows(weight));
        let tables = tables.map(|(weight, _)| Table { weight, touched: Vec::new() }).collect();
        Sums { values: vec![0.0; n], tables }
    }

    /// Back to zeros; of a table only the rows that are not.
    pub fn clear(&mut self, weights: &[Weight]) {
        let tables = std::mem::take(&mut self.tables);
        for (index, weight) in weights.iter().enumerate().filter(|(_, weight)| weight.trained) {
            match tables.iter().find(|table| table.weight == index) {
                None => self.values[weight.range()].fill(0.0),
                Some(table) => {
                    let width = width(weight);
                    for row in &table.touched {
                        self.values[weight.offset + row * width..][..width].fill(0.0);
                    }
                }
            }
        }
        self.tables = tables.into_iter().map(|table| Table { touched: Vec::new(), ..table }).collect();
    }

    /// Adds what the backward half of a micro-batch made.
    pub fn add(
        &mut self,
        weights: &[Weight],
        gradients: &BTreeMap<String, Gradient>,
        made: &BTreeMap<String, Held>,
    ) -> Result<()> {
        for (index, weight) in weights.iter().enumerate().filter(|(_, weight)| weight.trained) {
            let Some(gradient) = gradients.get(&weight.name) else { continue };
            if let Some(dense) = &gradient.dense {
                add(&mut self.values[weight.range()], value(made, dense)?.f32s()?);
            }
            for rows in &gradient.rows {
                let (indices, rows) = (value(made, &rows.indices)?.i64s()?, value(made, &rows.rows)?.f32s()?);
                self.add_rows(index, weight, indices, rows)?;
            }
        }
        Ok(())
    }

    /// Adds rows in the order in which they stand, so that sums do not depend on anything else.
    fn add_rows(&mut self, index: usize, weight: &Weight, indices: &[i64], rows: &[f32]) -> Result<()> {
        let (count, width) = (weight.shape[0], width(weight));
        let mut touched = Vec::with_capacity(indices.len());
        for (index, gradient) in indices.iter().zip(rows.chunks_exact(width)) {
            // A negative index counts from the end, as the forward graph reads it.
            let row = if *index < 0 { *index + count as i64 } else { *index };
            let row = usize::try_from(row).ok().filter(|row| *row < count);
            let row = row.ok_or_else(|| {
                Error::input(format!("token {index} is beyond the {count} rows of the embedding table"))
            })?;
            add(&mut self.values[weight.offset + row * width..][..width], gradient);
            touched.push(row);
        }
        if let Some(table) = self.tables.iter_mut().find(|table| table.weight == index) {
            table.touched.append(&mut touched);
            table.touched.sort_unstable();
            table.touched.dedup();
        }
        Ok(())
    }

    /// Adds the sums of another worker.
    pub fn merge(&mut self, weights: &[Weight], other: &Sums) {
        for (index, weight) in weights.iter().enumerate().filter(|(_, weight)| weight.trained) {
            let table = self.tables.iter_mut().zip(&other.tables).find(|(table, _)| table.weight == index);
            match table {
                None => add(&mut self.values[weight.range()], &other.values[weight.range()]),
                Some((table, theirs)) => {
                    let width = width(weight);
                    for row in &theirs.touched {
                        let begin = weight.offset + row * width;
                        add(&mut self.values[begin..begin + width], &other.values[begin..begin + width]);
                    }
                    table.touched.extend(&theirs.touched);
                    table.touched.sort_unstable();
                    table.touched.dedup();
                }
            }
        }
    }

    /// The length of the gradient as one vector, summed in 64 bits.
    pub fn norm(&self, weights: &[Weight]) -> f64 {
        let square = |values: &[f32]| values.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>();
        let of_weight = |(index, weight): (usize, &Weight)| match self.tables.iter().find(|t| t.weight == index) {
            None => square(&self.values[weight.range()]),
            Some(table) => {
                let width = width(weight);
                table.touched.iter().map(|row| square(&self.values[weight.offset + row * width..][..width])).sum()
            }
        };
        weights.iter().enumerate().filter(|(_, weight)| weight.trained).map(of_weight).sum::<f64>().sqrt()
    }
}

fn width(weight: &Weight) -> usize {
    weight.len() / weight.shape[0].max(1)
}

fn value<'a>(made: &'a BTreeMap<String, Held>, name: &str) -> Result<&'a Held> {
    made.get(name).ok_or_else(|| Error::input("the differentiated graph left a gradient out"))
}

fn add(sum: &mut [f32], term: &[f32]) {
    sum.iter_mut().zip(term).for_each(|(sum, term)| *sum += term);
}
