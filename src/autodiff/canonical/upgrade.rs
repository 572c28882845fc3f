//! One opset for all graphs.

use crate::autodiff::convert::OPSET;
use crate::autodiff::graph::{Graph, Node};

/// Raises a graph to [`OPSET`]. Of what opset 13 to 19 have, only the axes of reductions (an attribute until 17) and
/// the number of a split's parts (not written until 17) are written differently in 20.
pub fn to_one_opset(graph: &mut Graph) {
    let before = graph.opset;
    graph.opset = before.max(OPSET);
    if before >= 18 {
        return;
    }
    for mut node in std::mem::take(&mut graph.nodes) {
        if node.domain.is_empty() && node.op.starts_with("Reduce") {
            axes_to_input(graph, &mut node);
        }
        if node.is("Split") && node.input(1).is_none() && node.outputs.len() > 1 {
            node = split_parts(node);
        }
        graph.nodes.push(node);
    }
}

fn axes_to_input(graph: &mut Graph, node: &mut Node) {
    if let Some(axes) = node.ints("axes").map(<[i64]>::to_vec) {
        node.attributes.remove("axes");
        let axes = graph.ints(&axes);
        node.inputs.truncate(1);
        node.inputs.push(axes);
    }
}

fn split_parts(node: Node) -> Node {
    let parts = node.outputs.len() as i64;
    node.with("num_outputs", parts)
}
