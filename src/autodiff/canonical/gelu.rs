//! `Gelu` (Hendrycks and Gimpel, arXiv 1606.08415) from its parts, as exporters write it below opset 20.

use super::{Makers, both_ways, is_number, made_by};
use crate::autodiff::graph::{Graph, Node};
use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};

/// `x * (1 + erf(x / sqrt 2)) * 0.5`, its three factors in any order.
pub fn gelu(graph: &mut Graph, makers: &Makers, node: &Node) -> Option<Vec<Node>> {
    if !node.is("Mul") {
        return None;
    }
    let factors = factors(makers, node)?;
    let half = factors.iter().position(|factor| is_number(graph, factor, 0.5))?;
    let rest: Vec<&String> = factors.iter().enumerate().filter(|(i, _)| *i != half).map(|(_, factor)| factor).collect();
    let fits = |x: &str, level: &str| of_erf(graph, makers, level).is_some_and(|of| of == x);
    let x = match rest.as_slice() {
        [a, b] if fits(a, b) => a,
        [a, b] if fits(b, a) => b,
        _ => return None,
    };
    Some(vec![Node::new("Gelu", &[x], &[node.output()])])
}

/// The three factors of a product of products; `None` if there are not three.
fn factors(makers: &Makers, node: &Node) -> Option<Vec<String>> {
    both_ways(node)?.into_iter().find_map(|(product, other)| {
        let inner = makers.get(&product).filter(|maker| maker.is("Mul"))?;
        Some(vec![inner.input(0)?.to_owned(), inner.input(1)?.to_owned(), other])
    })
}

/// x of `1 + erf(x / sqrt 2)`.
fn of_erf(graph: &Graph, makers: &Makers, value: &str) -> Option<String> {
    let sum = makers.get(value).filter(|maker| maker.is("Add"))?;
    both_ways(sum)?.into_iter().find_map(|(erf, one)| {
        let erf = makers.get(&erf).filter(|maker| maker.is("Erf") && is_number(graph, &one, 1.0))?;
        if let Some(division) = made_by(makers, erf, 0, "Div") {
            return is_number(graph, division.input(1)?, SQRT_2).then(|| division.inputs[0].clone());
        }
        let product = made_by(makers, erf, 0, "Mul")?;
        let scaled = both_ways(product)?.into_iter().find(|(_, c)| is_number(graph, c, FRAC_1_SQRT_2));
        scaled.map(|(x, _)| x)
    })
}
