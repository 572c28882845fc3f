//! The part of a student in front of everything that is trained, cut off.
//!
//! It makes the same of a row in every step, so what it makes can be kept ([`super::kept`]). Graphs are cut at the
//! last value in front of the trained weights that alone carries what later nodes need of the row: a vector for each
//! token, or one vector where the head reads no more. Masks and sizes are made anew behind the cut.

use super::layers;
use crate::autodiff::{Edge, Graph, KnownValues, Size, Sizes};
use crate::onnx::proto::tensor_proto::DataType;
use std::collections::BTreeSet;

/// The frozen part of a student.
#[derive(Clone, Debug)]
pub struct Prefix {
    /// Makes the value of rows; the weights are inputs.
    pub graph: Graph,
    /// The value's name, here an output and in the rest of the student an input.
    pub value: String,
    /// Whether there is a vector for each token: `[rows, tokens, ...]`, and not `[rows, ...]`.
    pub of_tokens: bool,
    /// The dimensions of a vector.
    pub vector: Vec<usize>,
}

impl Prefix {
    /// Cuts off what does not depend on trained weights; what is left reads its value as an input. `data` are the
    /// inputs that say what is read. `None`, and nothing is changed, where no single value can be cut at.
    pub fn cut_off(
        graph: &mut Graph,
        known: &KnownValues,
        data: &[&str],
        trained: &BTreeSet<String>,
    ) -> Option<Prefix> {
        let first = graph.nodes.iter().position(|node| node.inputs.iter().any(|input| trained.contains(input)))?;
        let sizes = Sizes::of(graph, known);
        let cuts = layers::cuts(graph, data);
        let in_front = cuts.into_iter().rev().filter(|(at, _)| *at < first);
        let (value, (of_tokens, vector)) = in_front
            .filter(|(_, value)| known.get(*value).is_some_and(crate::autodiff::Known::is_real))
            .find_map(|(_, value)| Some((value.to_owned(), form(sizes.shape_of(value)?)?)))?;
        let edge = Edge::new(value.clone(), DataType::Float);
        let mut front = graph.clone();
        front.outputs = vec![edge.clone()];
        graph.nodes.retain(|node| !node.outputs.contains(&value));
        graph.inputs.push(edge);
        for part in [&mut front, &mut *graph] {
            part.prune();
            let read: BTreeSet<&String> = part.nodes.iter().flat_map(|node| &node.inputs).collect();
            part.inputs.retain(|input| read.contains(&input.name));
        }
        Some(Prefix { graph: front.written_out(), value, of_tokens, vector })
    }

    /// The shape of the value for so many rows, padded to so many tokens.
    pub fn shape(&self, rows: usize, tokens: usize) -> Vec<usize> {
        let of_tokens = self.of_tokens.then_some(tokens);
        [rows].into_iter().chain(of_tokens).chain(self.vector.iter().copied()).collect()
    }

    /// How many numbers there are for a row of so many tokens.
    pub fn len(&self, tokens: usize) -> usize {
        self.shape(1, tokens).iter().product()
    }
}

/// Whether a shape has the tokens behind the rows, and what follows; `None` for any other shape.
fn form(shape: &[Size]) -> Option<(bool, Vec<usize>)> {
    let along = |at: usize, axis: usize| matches!(shape.get(at), Some(Size::Of(_, of)) if *of == axis);
    let of_tokens = along(1, 1);
    let vector = shape.get(if of_tokens { 2 } else { 1 }..)?;
    let fixed = |size: &Size| match size {
        Size::Fixed(size) => usize::try_from(*size).ok(),
        _ => None,
    };
    let vector: Option<Vec<usize>> = vector.iter().map(fixed).collect();
    vector.filter(|vector| along(0, 0) && !vector.is_empty()).map(|vector| (of_tokens, vector))
}

#[cfg(test)]
mod tests;
