//! `Attention` of opset 23, taken apart: it has no short gradient, and what it stands for has.

use super::Makers;
use crate::autodiff::graph::{Graph, Node};

/// What stands for minus infinity: the softmax of it is 0, and no difference of two of it is NaN.
const MASKED: f32 = -3.4e38;

/// `softmax(scale q k^T + mask) v` for q, k and v of `[batch, heads, tokens, size]`. Other uses stay as they are and
/// are refused by name where a gradient is needed.
pub fn apart(graph: &mut Graph, _: &Makers, node: &Node) -> Option<Vec<Node>> {
    let plain = node.is("Attention") && node.int("is_causal", 0) == 0 && node.float("softcap", 0.0) == 0.0;
    let folded = ["q_num_heads", "kv_num_heads"].iter().any(|name| node.int(name, 0) != 0);
    let cached = node.inputs.len() > 4 || node.outputs.len() > 1;
    // Without a scale it is one over the square root of a size that is known only when it runs.
    let scale = node.attributes.contains_key("scale").then(|| node.float("scale", 1.0));
    let scale = scale.filter(|_| plain && !folded && !cached)?;
    let (q, k, v) = (node.input(0)?, node.input(1)?, node.input(2)?);
    let mut nodes = Vec::new();
    let mut add = |graph: &mut Graph, node: Node| {
        let output = graph.fresh(&node.op);
        nodes.push(Node { outputs: vec![output.clone()], ..node });
        output
    };
    let keys = add(graph, Node::new("Transpose", &[k], &[]).with("perm", vec![0, 1, 3, 2]));
    let scores = add(graph, Node::new("MatMul", &[q, &keys], &[]));
    let c = graph.scalar(scale);
    let mut scores = add(graph, Node::new("Mul", &[&scores, &c], &[]));
    if let Some(mask) = node.input(3) {
        let (zero, masked) = (graph.scalar(0.0), graph.scalar(MASKED));
        // A mask of truth values says what is seen; the exporters write no other.
        let bias = add(graph, Node::new("Where", &[mask, &zero, &masked], &[]));
        scores = add(graph, Node::new("Add", &[&scores, &bias], &[]));
    }
    let weights = add(graph, Node::new("Softmax", &[&scores], &[]).with("axis", -1));
    nodes.push(Node::new("MatMul", &[&weights, v], &[node.output()]));
    Some(nodes)
}
