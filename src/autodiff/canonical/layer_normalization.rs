//! `LayerNormalization` from its parts, as exporters write it below opset 17.

use super::{Makers, both_ways, made_by};
use crate::autodiff::graph::{Graph, Node};

/// `(x - mean x) / sqrt(mean((x - mean x)^2) + epsilon) * gamma + beta`, over the last axis.
pub fn layer_normalization(graph: &mut Graph, makers: &Makers, node: &Node) -> Option<Vec<Node>> {
    if !node.is("Add") {
        return None;
    }
    both_ways(node)?.into_iter().find_map(|(scaled, beta)| {
        let product = makers.get(&scaled).filter(|maker| maker.is("Mul"))?;
        both_ways(product)?.into_iter().find_map(|(normalised, gamma)| {
            let vectors = [&gamma, &beta].iter().all(|v| graph.initializers.get(*v).is_some_and(|t| t.dims.len() == 1));
            let (x, epsilon) = vectors.then(|| normalised_input(graph, makers, &normalised))??;
            let node = Node::new("LayerNormalization", &[&x, &gamma, &beta], &[node.output()]);
            Some(vec![node.with("axis", -1).with("epsilon", epsilon)])
        })
    })
}

/// x and epsilon of `(x - mean x) / sqrt(mean((x - mean x)^2) + epsilon)`.
fn normalised_input(graph: &Graph, makers: &Makers, value: &str) -> Option<(String, f32)> {
    let division = makers.get(value).filter(|maker| maker.is("Div"))?;
    let x = centred(graph, makers, division.input(0)?)?;
    let root = made_by(makers, division, 1, "Sqrt")?;
    let sum = made_by(makers, root, 0, "Add")?;
    both_ways(sum)?.into_iter().find_map(|(variance, epsilon)| {
        let epsilon = graph.fixed_scalar(&epsilon)?;
        let mean = makers.get(&variance).filter(|maker| over_the_last_axis(graph, maker))?;
        let square = makers.get(mean.input(0)?)?;
        let squares = match square.op.as_str() {
            "Pow" => super::is_number(graph, square.input(1)?, 2.0),
            "Mul" => square.input(0) == square.input(1),
            _ => false,
        };
        (squares && centred(graph, makers, square.input(0)?)? == x).then(|| (x.clone(), epsilon))
    })
}

/// x of `x - mean x`.
fn centred(graph: &Graph, makers: &Makers, value: &str) -> Option<String> {
    let difference = makers.get(value).filter(|maker| maker.is("Sub"))?;
    let mean = makers.get(difference.input(1)?).filter(|maker| over_the_last_axis(graph, maker))?;
    (mean.input(0) == difference.input(0)).then(|| difference.inputs[0].clone())
}

fn over_the_last_axis(graph: &Graph, mean: &Node) -> bool {
    let last = mean.input(1).and_then(|axes| graph.fixed_ints(axes)).is_some_and(|axes| axes == [-1]);
    mean.is("ReduceMean") && last && mean.int("keepdims", 1) == 1
}
