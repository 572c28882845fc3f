//! Which of a graph's fixed tensors are weights that can be trained, and which are constants.
//!
//! Exporters do not say: both are initializers, names are lost, and a table of rotary frequencies looks like any
//! vector. A weight is a table whose rows are looked up, or a tensor that meets what depends on the data. Numbers
//! that stand alone are constants, unless they are a bias.

use super::graph::{Graph, Node};
use crate::onnx::proto::tensor_proto::DataType;
use std::collections::BTreeSet;

/// The names of the initializers that are weights, sorted. `data` are the inputs that say what is read, such as the
/// token ids; what is the same for every text of a length (masks, positions) is not among them.
pub fn parameters(graph: &Graph, data: &[&str]) -> Vec<String> {
    let mut of_data: BTreeSet<&str> = data.iter().copied().collect();
    let mut found = BTreeSet::new();
    for node in &graph.nodes {
        let meets = node.inputs.iter().any(|input| of_data.contains(input.as_str()));
        for (index, input) in node.inputs.iter().enumerate() {
            if is_weight(graph, node, index, input, meets) {
                found.insert(input.clone());
            }
        }
        // The size of what is read is no part of it: positions are counted from it.
        let sizes = node.is("Shape") || node.is("Size");
        if meets && !sizes || node.inputs.iter().any(|input| found.contains(input)) {
            of_data.extend(node.outputs.iter().map(String::as_str));
        }
    }
    found.into_iter().collect()
}

fn is_weight(graph: &Graph, node: &Node, index: usize, input: &str, meets_data: bool) -> bool {
    let Some(tensor) = graph.initializers.get(input).filter(|t| t.data_type == Some(DataType::Float as i32)) else {
        return false;
    };
    if graph.blanks.contains(input) {
        return false;
    }
    match node.op.as_str() {
        "Gather" => index == 0 && tensor.dims.len() == 2,
        "Gemm" | "Linear" => meets_data,
        _ => meets_data && tensor.dims.iter().product::<i64>() > 1,
    }
}
