//! Brings what exporters write into few operators with short gradients.
//!
//! Not needed for correctness, with two exceptions that have no rule: `Attention` and the fused operators of
//! optimised files. Each pattern is one file; it looks at a node, and names the nodes that make the same value.

mod attention;
mod fused;
mod gelu;
mod guard;
mod layer_normalization;
mod linear;
mod scale;
mod upgrade;

use super::graph::{Graph, Node};
use std::collections::BTreeMap;

/// Brings a graph into canonical operators; its outputs stay the same to rounding.
pub fn canonicalise(graph: &mut Graph) {
    make_known(graph);
    rewrite(graph, guard::nan);
    guard::without_identities(graph);
    rewrite(graph, layer_normalization::layer_normalization);
    rewrite(graph, gelu::gelu);
    rewrite(graph, linear::biased);
    rewrite(graph, linear::plain);
    scale::into_queries(graph);
    graph.prune();
}

/// Only what every graph needs: one opset, no node that does nothing, no operator that stands for several.
pub fn make_known(graph: &mut Graph) {
    upgrade::to_one_opset(graph);
    guard::without_identities(graph);
    rewrite(graph, fused::apart);
    rewrite(graph, attention::apart);
    graph.prune();
    graph.domains.retain(|domain, _| graph.nodes.iter().any(|node| node.domain == *domain));
}

/// The node that makes each value.
pub(super) type Makers = BTreeMap<String, Node>;

/// A pattern: for a node, the nodes that take its place and make values of the same names, or nothing.
type Pattern = fn(&mut Graph, &Makers, &Node) -> Option<Vec<Node>>;

/// Tries a pattern on every node, in order; what is not needed any more afterwards is removed.
fn rewrite(graph: &mut Graph, pattern: Pattern) {
    let mut makers = Makers::new();
    for node in std::mem::take(&mut graph.nodes) {
        let nodes = pattern(graph, &makers, &node).unwrap_or_else(|| vec![node]);
        for node in nodes {
            for output in &node.outputs {
                makers.insert(output.clone(), node.clone());
            }
            graph.nodes.push(node);
        }
    }
    graph.prune();
}

/// The node that makes an input of a node, if it is that operator.
fn made_by<'a>(makers: &'a Makers, node: &Node, input: usize, op: &str) -> Option<&'a Node> {
    makers.get(node.input(input)?).filter(|maker| maker.is(op))
}

/// Both ways to read the two inputs of an operator whose operands may be exchanged.
fn both_ways(node: &Node) -> Option<[(String, String); 2]> {
    let (a, b) = (node.input(0)?.to_owned(), node.input(1)?.to_owned());
    Some([(a.clone(), b.clone()), (b, a)])
}

/// Whether a value is fixed, and that number to six digits.
fn is_number(graph: &Graph, value: &str, number: f32) -> bool {
    graph.fixed_scalar(value).is_some_and(|found| (found - number).abs() <= 1e-6 * number.abs())
}
