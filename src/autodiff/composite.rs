//! Composite operators written out in ONNX's own, before anything runs.

use super::graph::{COMPOSITE, Graph, Node};

impl Graph {
    /// The same graph without composite operators. Every value keeps its name.
    pub fn written_out(&self) -> Graph {
        let mut graph = self.clone();
        for node in std::mem::take(&mut graph.nodes) {
            if node.domain == COMPOSITE {
                linear(&mut graph, &node);
            } else {
                graph.nodes.push(node);
            }
        }
        graph
    }
}

/// `alpha (x W' + b)` over the last axis of x, as one product of matrices.
fn linear(graph: &mut Graph, node: &Node) {
    let (x, weight) = (node.inputs[0].clone(), node.inputs[1].clone());
    let (transposed, alpha) = (node.int("transB", 0), node.float("alpha", 1.0));
    let (inner, outer) = (node.int("inner", 0), node.int("outer", 0));
    let tall = graph.ints(&[-1, inner]);
    let flat = graph.add("Reshape", &[&x, &tall]);
    let mut inputs = vec![flat.as_str(), weight.as_str()];
    inputs.extend(node.input(2));
    let gemm = Node::new("Gemm", &inputs, &[]).with("transB", transposed).with("alpha", alpha).with("beta", alpha);
    let product = graph.push(gemm);
    let front = graph.push(Node::new("Shape", &[&x], &[]).with("start", 0).with("end", -1));
    let outer = graph.ints(&[outer]);
    let shape = graph.push(Node::new("Concat", &[&front, &outer], &[]).with("axis", 0));
    graph.push(Node::new("Reshape", &[&product, &shape], &[node.output()]));
}
