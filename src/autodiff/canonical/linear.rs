//! `Linear`, a composite: `alpha (x W' + b)` over the last axis of x, where ' transposes if `transB` is set.
//!
//! It is written out as `Reshape`, `Gemm`, `Reshape`: one product of tall matrices, forward and backward.

use super::{Makers, both_ways};
use crate::autodiff::graph::{COMPOSITE, Graph, Node};

/// `MatMul(x, W) + b`.
pub fn biased(graph: &mut Graph, makers: &Makers, node: &Node) -> Option<Vec<Node>> {
    if !node.is("Add") {
        return None;
    }
    both_ways(node)?.into_iter().find_map(|(product, bias)| {
        let product = makers.get(&product)?;
        let (x, weight, transposed) = parts(graph, makers, product)?;
        let sizes = sizes(graph, &weight, transposed)?;
        let fits = graph.initializers.get(&bias).is_some_and(|bias| bias.dims == [sizes[1]]);
        fits.then(|| vec![linear(&[&x, &weight, &bias], node.output(), transposed, sizes)])
    })
}

/// `MatMul(x, W)`.
pub fn plain(graph: &mut Graph, makers: &Makers, node: &Node) -> Option<Vec<Node>> {
    let (x, weight, transposed) = parts(graph, makers, node)?;
    let sizes = sizes(graph, &weight, transposed)?;
    Some(vec![linear(&[&x, &weight], node.output(), transposed, sizes)])
}

/// x, the weight, and whether it is transposed, of a product with a fixed matrix.
fn parts(graph: &Graph, makers: &Makers, product: &Node) -> Option<(String, String, bool)> {
    if !product.is("MatMul") {
        return None;
    }
    let (x, right) = (product.input(0)?, product.input(1)?);
    let is_matrix = |value: &str| graph.initializers.get(value).is_some_and(|tensor| tensor.dims.len() == 2);
    if is_matrix(right) {
        return Some((x.to_owned(), right.to_owned(), false));
    }
    let transpose = makers.get(right).filter(|maker| maker.is("Transpose"))?;
    let weight = transpose.input(0).filter(|weight| is_matrix(weight))?;
    Some((x.to_owned(), weight.to_owned(), true))
}

/// How many numbers go into the layer for each token, and how many come out.
fn sizes(graph: &Graph, weight: &str, transposed: bool) -> Option<[i64; 2]> {
    let dims = &graph.initializers.get(weight)?.dims;
    Some(if transposed { [dims[1], dims[0]] } else { [dims[0], dims[1]] })
}

fn linear(inputs: &[&str], output: &str, transposed: bool, sizes: [i64; 2]) -> Node {
    let node = Node { domain: COMPOSITE.to_owned(), ..Node::new("Linear", inputs, &[output]) };
    node.with("transB", i64::from(transposed)).with("inner", sizes[0]).with("outer", sizes[1])
}
