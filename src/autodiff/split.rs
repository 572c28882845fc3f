//! Cuts a differentiated graph in two: what runs before the gradient of the output is known, and what runs after.
//!
//! Several batches can then go forward before one loss over all of them is taken, and back after it. The forward
//! half keeps the values that the backward half needs.

use super::graph::{Edge, Graph, Node};
use super::known::KnownValues;
use crate::onnx::proto::tensor_proto::DataType;
use std::collections::{BTreeMap, BTreeSet};

/// The two halves.
#[derive(Clone, Debug)]
pub struct Split {
    /// Inputs as before; outputs: those that were asked for, and what is kept.
    pub forward: Graph,
    /// Inputs: seeds, weights, and what is kept. Outputs: the gradients.
    pub backward: Graph,
    /// The values that go from one to the other, sorted.
    pub kept: Vec<String>,
}

/// Operators that only look at the same elements in another shape: they cost nothing where they are repeated, while
/// keeping their result would be a copy.
const VIEWS: [&str; 5] = ["Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity"];

/// Cuts a graph after its first `n_forward` nodes, which were there before it was differentiated. The rest goes to
/// the backward half, but for the sizes of values, which are cheaper kept than the values.
///
/// `outputs` are what the forward half makes, `gradients` what the backward half makes. `known` are the forward
/// values. Composite operators must have been written out.
pub fn split(graph: &Graph, n_forward: usize, known: &KnownValues, outputs: &[Edge], gradients: &[Edge]) -> Split {
    let (before, after) = graph.nodes.split_at(n_forward);
    let mut forward = part(graph, before.to_vec(), outputs);
    let mut backward = part(graph, Vec::new(), gradients);
    for node in after {
        let of_forward = node.is("Shape") && !node.inputs.iter().any(|i| after.iter().any(|n| n.outputs.contains(i)));
        if of_forward { &mut forward } else { &mut backward }.nodes.push(node.clone());
    }
    repeat_views(&forward, &mut backward);
    let made: BTreeSet<String> = forward.nodes.iter().flat_map(|node| node.outputs.clone()).collect();
    let needed = backward.nodes.iter().flat_map(|node| &node.inputs).chain(gradients.iter().map(|edge| &edge.name));
    let repeated: BTreeSet<String> = backward.nodes.iter().flat_map(|node| node.outputs.clone()).collect();
    let is_kept = |value: &&String| made.contains(*value) && !repeated.contains(*value);
    let kept: BTreeSet<String> = needed.filter(is_kept).cloned().collect();
    let given: BTreeSet<String> = outputs.iter().map(|edge| edge.name.clone()).collect();
    for value in &kept {
        let element = element(&forward, known, value);
        if !given.contains(value) {
            forward.outputs.push(Edge::new(value.clone(), element));
        }
        backward.inputs.push(Edge::new(value.clone(), element));
    }
    for half in [&mut forward, &mut backward] {
        half.prune();
        let read: BTreeSet<&String> = half.nodes.iter().flat_map(|node| &node.inputs).collect();
        half.inputs.retain(|input| read.contains(&input.name));
    }
    Split { forward, backward, kept: kept.into_iter().collect() }
}

/// The type of a value of the forward half. What is not known is a size, or what a node was asked for in addition:
/// the mean and the spread of a normalisation, which have the type of what is normalised.
fn element(forward: &Graph, known: &KnownValues, value: &str) -> DataType {
    let maker = forward.nodes.iter().find(|node| node.outputs.iter().any(|output| output == value));
    let of_maker = maker.filter(|node| !node.is("Shape")).and_then(|node| known.get(node.output()));
    known.get(value).or(of_maker).map_or(DataType::Int64, |known| known.element)
}

fn part(graph: &Graph, nodes: Vec<Node>, outputs: &[Edge]) -> Graph {
    let mut part = graph.clone();
    part.nodes = nodes;
    part.outputs = outputs.to_vec();
    part
}

/// Repeats in the backward half the views that it needs, so that what they look at is kept in their place.
fn repeat_views(forward: &Graph, backward: &mut Graph) {
    let makers: BTreeMap<&str, &Node> =
        forward.nodes.iter().filter(|n| VIEWS.contains(&n.op.as_str())).map(|n| (n.output(), n)).collect();
    let mut repeated: Vec<Node> = Vec::new();
    let mut wanted: Vec<String> = backward.nodes.iter().flat_map(|node| node.inputs.clone()).collect();
    let mut seen = BTreeSet::new();
    while let Some(value) = wanted.pop() {
        if let Some(node) = makers.get(value.as_str()).filter(|_| seen.insert(value.clone())) {
            repeated.push((*node).clone());
            wanted.extend(node.inputs.clone());
        }
    }
    repeated.append(&mut backward.nodes);
    backward.nodes = repeated;
    backward.sort();
}
