//! The fused operators of files that ONNX Runtime or its Python optimiser has optimised, taken apart.
//!
//! Those that are not here (`Attention`, `EmbedLayerNormalization`, ...) stay as they are, and are refused by name
//! where a gradient is needed.

use super::Makers;
use crate::autodiff::graph::{Graph, Node};

/// The domain of ONNX Runtime's own operators.
const DOMAIN: &str = "com.microsoft";

/// The nodes that a fused operator stands for.
pub fn apart(graph: &mut Graph, _: &Makers, node: &Node) -> Option<Vec<Node>> {
    if node.domain != DOMAIN {
        return None;
    }
    match node.op.as_str() {
        "Gelu" => Some(vec![Node::new("Gelu", &[node.input(0)?], &[node.output()])]),
        "BiasGelu" => biased(graph, node, "none"),
        "FastGelu" => biased(graph, node, "tanh"),
        "SkipLayerNormalization" => skip_layer_normalization(graph, node),
        "FusedMatMul" => fused_matmul(graph, node),
        "FusedGemm" => fused_gemm(graph, node),
        _ => None,
    }
}

/// Gelu(x + b), where b may be left out.
fn biased(graph: &mut Graph, node: &Node, approximate: &str) -> Option<Vec<Node>> {
    let x = node.input(0)?;
    let mut nodes = Vec::new();
    let x = match node.input(1) {
        Some(bias) => {
            let sum = graph.fresh("Add");
            nodes.push(Node::new("Add", &[x, bias], &[&sum]));
            sum
        }
        None => x.to_owned(),
    };
    nodes.push(Node::new("Gelu", &[&x], &[node.output()]).with("approximate", approximate));
    Some(nodes)
}

/// LayerNormalization(x + skip + bias); the sum may be wanted too, as the fourth output.
fn skip_layer_normalization(graph: &mut Graph, node: &Node) -> Option<Vec<Node>> {
    let further = |index: usize| node.outputs.get(index).filter(|output| !output.is_empty());
    if further(1).is_some() || further(2).is_some() {
        return None;
    }
    let (x, skip, gamma) = (node.input(0)?, node.input(1)?, node.input(2)?);
    let mut nodes = Vec::new();
    let mut sum = match (node.input(4), further(3)) {
        (None, Some(sum)) => sum.clone(),
        _ => graph.fresh("Add"),
    };
    nodes.push(Node::new("Add", &[x, skip], &[&sum]));
    if let Some(bias) = node.input(4) {
        let with_bias = further(3).cloned().unwrap_or_else(|| graph.fresh("Add"));
        nodes.push(Node::new("Add", &[&sum, bias], &[&with_bias]));
        sum = with_bias;
    }
    let inputs: Vec<&str> = [Some(sum.as_str()), Some(gamma), node.input(3)].into_iter().flatten().collect();
    let normalised = Node::new("LayerNormalization", &inputs, &[node.output()]);
    nodes.push(normalised.with("axis", -1).with("epsilon", node.float("epsilon", 1e-12)));
    Some(nodes)
}

/// alpha A' B', where ' exchanges the last two axes.
fn fused_matmul(graph: &mut Graph, node: &Node) -> Option<Vec<Node>> {
    if node.int("transBatchA", 0) != 0 || node.int("transBatchB", 0) != 0 {
        return None;
    }
    let (mut operands, mut nodes) = (Vec::new(), Vec::new());
    for (index, flag) in [(0, "transA"), (1, "transB")] {
        let operand = node.input(index)?.to_owned();
        if node.int(flag, 0) == 0 {
            operands.push(operand);
            continue;
        }
        // Attention's operands have four axes, and a fused matrix has two. There is no operator that exchanges the
        // last two of any number, so this is told from where the operand comes.
        let order = if graph.initializers.contains_key(&operand) { vec![1, 0] } else { vec![0, 1, 3, 2] };
        let transposed = graph.fresh("Transpose");
        nodes.push(Node::new("Transpose", &[&operand], &[&transposed]).with("perm", order));
        operands.push(transposed);
    }
    let alpha = node.float("alpha", 1.0);
    let product = if alpha == 1.0 { node.output().to_owned() } else { graph.fresh("MatMul") };
    nodes.push(Node::new("MatMul", &[&operands[0], &operands[1]], &[&product]));
    if alpha != 1.0 {
        let c = graph.scalar(alpha);
        nodes.push(Node::new("Mul", &[&product, &c], &[node.output()]));
    }
    Some(nodes)
}

/// A Gemm and the activation behind it.
fn fused_gemm(graph: &mut Graph, node: &Node) -> Option<Vec<Node>> {
    let activation = node.text("activation")?;
    if !["Relu", "Tanh", "Sigmoid"].contains(&activation) {
        return None;
    }
    let product = graph.fresh("Gemm");
    let inputs: Vec<&str> = node.inputs.iter().map(String::as_str).collect();
    let mut gemm = Node::new("Gemm", &inputs, &[&product]);
    gemm.attributes = node.attributes.clone();
    gemm.attributes.retain(|name, _| !name.starts_with("activation"));
    Some(vec![gemm, Node::new(activation, &[&product], &[node.output()])])
}
