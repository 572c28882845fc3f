//! The scale of attention, moved from the scores to what they are made of.
//!
//! Exporters scale the scores `[batch, heads, tokens, tokens]`. Scaling the queries is the same and touches fewer
//! numbers; where the queries come straight from a linear layer, its `alpha` does it for nothing.

use crate::autodiff::graph::{COMPOSITE, Graph, Node};
use std::collections::BTreeMap;

/// `MatMul(q, k) * c`, or divided by it, becomes `MatMul(c q, k)`.
pub fn into_queries(graph: &mut Graph) {
    let makers: BTreeMap<String, usize> = graph.makers().into_iter().map(|(v, i)| (v.to_owned(), i)).collect();
    let readers: BTreeMap<String, usize> = graph.readers().into_iter().map(|(v, r)| (v.to_owned(), r.len())).collect();
    let single = |value: &str| readers.get(value) == Some(&1) && !graph.outputs.iter().any(|o| o.name == value);
    let mut found = Vec::new();
    for (position, node) in graph.nodes.iter().enumerate() {
        let Some((product, scale)) = scaled(graph, node) else { continue };
        let Some(maker) = makers.get(&product).copied().filter(|maker| graph.nodes[*maker].is("MatMul")) else {
            continue;
        };
        if single(&product) && !graph.initializers.contains_key(&graph.nodes[maker].inputs[1]) {
            let layer = linear_behind(graph, &makers, &single, &graph.nodes[maker].inputs[0]);
            found.push((position, maker, product, scale, layer));
        }
    }
    for (position, maker, product, scale, layer) in found {
        // The product takes the name of what was scaled, and the place of its node, which comes later.
        let output = graph.nodes[position].output().to_owned();
        graph.nodes[maker].outputs[0].clone_from(&output);
        graph.nodes[position] = Node::new("Identity", &[&output], &[&format!("{product}~unscaled")]);
        match layer {
            Some(layer) => {
                let alpha = graph.nodes[layer].float("alpha", 1.0) * scale;
                graph.nodes[layer].attributes.insert("alpha".to_owned(), alpha.into());
            }
            None => {
                let queries = graph.nodes[maker].inputs[0].clone();
                let (c, scaled) = (graph.scalar(scale), graph.fresh("scaled"));
                graph.nodes[maker].inputs[0].clone_from(&scaled);
                graph.nodes.push(Node::new("Mul", &[&queries, &c], &[&scaled]));
            }
        }
    }
    graph.sort();
    graph.prune();
}

/// What a node scales by a fixed number, and that number.
fn scaled(graph: &Graph, node: &Node) -> Option<(String, f32)> {
    let (a, b) = (node.input(0)?, node.input(1)?);
    match node.op.as_str() {
        "Mul" => {
            graph.fixed_scalar(b).map(|c| (a.to_owned(), c)).or_else(|| Some((b.to_owned(), graph.fixed_scalar(a)?)))
        }
        "Div" => graph.fixed_scalar(b).filter(|c| *c != 0.0).map(|c| (a.to_owned(), 1.0 / c)),
        _ => None,
    }
}

/// The linear layer that makes a value, with nothing but changes of shape between, read by nobody else.
fn linear_behind(
    graph: &Graph,
    makers: &BTreeMap<String, usize>,
    single: &dyn Fn(&str) -> bool,
    value: &str,
) -> Option<usize> {
    let position = *makers.get(value).filter(|_| single(value))?;
    let node = &graph.nodes[position];
    match node.op.as_str() {
        "Reshape" | "Transpose" => linear_behind(graph, makers, single, node.input(0)?),
        "Linear" if node.domain == COMPOSITE => Some(position),
        _ => None,
    }
}
