//! Nodes that do nothing for texts that have at least one token.

use super::{Makers, made_by};
use crate::autodiff::graph::{Graph, Node};

/// `Where(IsNaN(p), 0, p)` after a softmax is p: it guards rows that are masked altogether, and every text has a
/// first token.
pub fn nan(graph: &mut Graph, makers: &Makers, node: &Node) -> Option<Vec<Node>> {
    let test = node.is("Where").then(|| made_by(makers, node, 0, "IsNaN"))??;
    let p = node.input(2)?;
    let guards = test.input(0) == Some(p) && graph.fixed_scalar(node.input(1)?) == Some(0.0);
    let softmax = makers.get(p).is_some_and(|maker| maker.is("Softmax"));
    (guards && softmax).then(|| vec![Node::new("Identity", &[p], &[node.output()])])
}

/// Removes `Identity` and, for inference, `Dropout`; one that makes an output of the graph stays.
pub fn without_identities(graph: &mut Graph) {
    let outputs: Vec<String> = graph.outputs.iter().map(|output| output.name.clone()).collect();
    let nodes = std::mem::take(&mut graph.nodes);
    let mut passed: Vec<(String, String)> = Vec::new();
    for mut node in nodes {
        for input in &mut node.inputs {
            if let Some((_, by)) = passed.iter().find(|(value, _)| value == input) {
                by.clone_into(input);
            }
        }
        let idle = node.is("Identity") || (node.is("Dropout") && node.input(2).is_none());
        if idle && !outputs.contains(&node.outputs[0]) {
            passed.push((node.outputs[0].clone(), node.inputs[0].clone()));
        } else {
            graph.nodes.push(node);
        }
    }
}
