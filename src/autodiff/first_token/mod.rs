//! Computes the first token only, where nothing else is read.
//!
//! A classifier, and a vector that is its first token's, read one row of the last layer's output. That row needs the
//! keys and values of all tokens but the query, the feed-forward layer and the normalisations of the first alone. So
//! the choice of the token is moved up through the graph, operator by operator, as far as values are used for nothing
//! else ([`rule`]); where it cannot be moved further the value is cut there. The result is the same: every row is
//! computed from the same numbers.

mod rule;
#[cfg(test)]
mod tests;

use super::graph::{Edge, Graph, Node};
use super::known::KnownValues;
use super::sizes::Sizes;
use rule::Need;
use std::collections::{BTreeMap, BTreeSet};

/// Moves the choice of the first token up a canonical graph, and says whether that saves anything; if not, the graph
/// stays as it is. `known` is told of the values that are new. Shapes should have been taken from the inputs before
/// ([`super::hoist_shapes`]).
///
/// Where a value is read in full too, as where the hidden state is an output, nothing is gained and nothing changed.
pub fn first_token(graph: &mut Graph, known: &mut KnownValues) -> bool {
    let mut walk = Walk {
        sizes: Sizes::of(graph, known),
        known,
        whole: graph.outputs.iter().map(|output| output.name.clone()).collect(),
        first: BTreeMap::new(),
        nodes: Vec::new(),
        saved: 0,
    };
    for node in graph.nodes.clone().into_iter().rev() {
        walk.visit(graph, node);
    }
    if walk.saved == 0 {
        return false;
    }
    let leaves: Vec<String> =
        graph.inputs.iter().map(|input| &input.name).chain(graph.initializers.keys()).cloned().collect();
    for leaf in leaves {
        walk.cut(graph, &leaf);
    }
    graph.nodes = walk.nodes;
    graph.sort();
    graph.prune();
    true
}

/// Makes an output `[batch, tokens, ...]` its first token only, `[batch, 1, ...]`, under the same name.
pub fn read_first_token(graph: &mut Graph, output: &str, known: &mut KnownValues) {
    let Some(position) = graph.outputs.iter().position(|edge| edge.name == output) else { return };
    let whole = graph.fresh(output);
    graph.replace(output, &whole);
    for made in graph.nodes.iter_mut().flat_map(|node| &mut node.outputs).filter(|made| *made == output) {
        made.clone_from(&whole);
    }
    if let Some(mut seen) = known.get(output).cloned() {
        known.insert(whole.clone(), seen.clone());
        if let Some(tokens) = seen.shape.get_mut(1) {
            *tokens = Some(1);
        }
        known.insert(output.to_owned(), seen);
    }
    let slice = slice(graph, &whole, output, 1);
    graph.nodes.push(slice);
    graph.outputs[position] = Edge::new(output, graph.outputs[position].element);
}

/// From the last node to the first: when a node is met, all that read it have said what they need of it.
struct Walk<'a> {
    known: &'a mut KnownValues,
    sizes: Sizes,
    /// Values that are needed as they are.
    whole: BTreeSet<String>,
    /// Values of which the first along an axis is needed, and the name of that.
    first: BTreeMap<String, BTreeMap<usize, String>>,
    /// The new graph, in no order.
    nodes: Vec<Node>,
    /// How many matrix products became smaller.
    saved: usize,
}

impl Walk<'_> {
    fn visit(&mut self, graph: &mut Graph, node: Node) {
        let outputs: Vec<&String> = node.outputs.iter().filter(|output| !output.is_empty()).collect();
        let axes: BTreeSet<usize> =
            outputs.iter().filter_map(|output| self.first.get(*output)).flat_map(BTreeMap::keys).copied().collect();
        let whole = outputs.iter().any(|output| self.whole.contains(*output));
        match axes.first() {
            None if !whole => {}
            Some(axis) if !whole && axes.len() == 1 => {
                let axis = *axis;
                match rule::of(graph, &node, axis, self.known, &self.sizes) {
                    Some((smaller, needs)) => self.replace(graph, smaller, &needs, axis),
                    None => self.keep(graph, node),
                }
            }
            _ if self.chooses_first(graph, &node) => {
                let x = self.request(graph, &node.inputs[0], 1);
                self.nodes.push(if node.op == "Gather" {
                    let axes = graph.ints(&[1]);
                    Node::new("Squeeze", &[&x, &axes], &[node.output()])
                } else {
                    Node::new("Identity", &[&x], &[node.output()])
                });
                self.cut(graph, node.output());
            }
            _ => self.keep(graph, node),
        }
    }

    /// Whether a node reads the first token of `[batch, tokens, width]` and nothing else.
    fn chooses_first(&self, graph: &Graph, node: &Node) -> bool {
        let tokens = |value: &str| {
            self.known.get(value).is_some_and(|x| x.is_real() && x.rank() == 3 && !x.is_one(1) && x.shape[2].is_some())
        };
        if !node.input(0).is_some_and(tokens) {
            return false;
        }
        let ints = |index: usize| node.input(index).and_then(|input| graph.fixed_ints(input));
        if node.is("Gather") {
            let scalar =
                node.input(1).and_then(|index| graph.initializers.get(index)).is_some_and(|t| t.dims.is_empty());
            return scalar && [1, -2].contains(&node.int("axis", 0)) && ints(1).as_deref() == Some(&[0]);
        }
        let along = ints(3).is_some_and(|axes| axes == [1] || axes == [-2]);
        let step = node.input(4).is_none() || ints(4).as_deref() == Some(&[1]);
        node.is("Slice") && along && step && ints(1).as_deref() == Some(&[0]) && ints(2).as_deref() == Some(&[1])
    }

    /// The name of the first of a value along an axis.
    fn request(&mut self, graph: &mut Graph, value: &str, axis: usize) -> String {
        if let Some(name) = self.first.get(value).and_then(|axes| axes.get(&axis)) {
            return name.clone();
        }
        let name = graph.fresh(&format!("{value}:first"));
        if let Some(mut seen) = self.known.get(value).cloned() {
            seen.shape[axis] = Some(1);
            self.known.insert(name.clone(), seen);
        }
        self.first.entry(value.to_owned()).or_default().insert(axis, name.clone());
        name
    }

    /// A node that makes the first along an axis only.
    fn replace(&mut self, graph: &mut Graph, mut node: Node, needs: &[Need], axis: usize) {
        self.saved += usize::from(["Linear", "MatMul"].contains(&node.op.as_str()));
        for (input, need) in node.inputs.iter_mut().zip(needs) {
            match need {
                Need::First(axis) => *input = self.request(graph, input, *axis),
                Need::Whole => {
                    self.whole.insert(input.clone());
                }
            }
        }
        for output in node.outputs.iter_mut().filter(|output| !output.is_empty()) {
            *output = self.request(graph, output, axis);
        }
        self.nodes.push(node);
    }

    /// A node as it is; where only the first of what it makes is needed as well, that is cut from it.
    fn keep(&mut self, graph: &mut Graph, node: Node) {
        self.whole.extend(node.inputs.iter().cloned());
        for output in &node.outputs {
            self.cut(graph, output);
        }
        self.nodes.push(node);
    }

    fn cut(&mut self, graph: &mut Graph, value: &str) {
        for (axis, name) in self.first.get(value).cloned().unwrap_or_default() {
            self.nodes.push(slice(graph, value, &name, axis));
        }
    }
}

/// The first along an axis.
fn slice(graph: &mut Graph, value: &str, name: &str, axis: usize) -> Node {
    let (from, to, axes) = (graph.ints(&[0]), graph.ints(&[1]), graph.ints(&[axis as i64]));
    Node::new("Slice", &[value, &from, &to, &axes], &[name])
}
