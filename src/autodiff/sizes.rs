//! Where the sizes of values come from: each dimension is a number, or a dimension of an input.
//!
//! Exporters ask values for their shape all over a graph. What asks for a shape seems to need the whole value, and
//! what depends on a shape seems to depend on what was fed. Both are mended by asking the inputs instead
//! ([`hoist_shapes`]). Sizes are followed through operators, never guessed; where there is no rule the shape is asked
//! as before.

use super::graph::{COMPOSITE, Graph, Node, tensor_i64};
use super::known::{KnownValues, axis_of};
use crate::onnx::proto::TensorProto;
use std::collections::{BTreeMap, BTreeSet};

/// The size of one dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Size {
    /// Always this many.
    Fixed(i64),
    /// As many as this input has along this axis.
    Of(String, usize),
    /// No rule says.
    Unknown,
}

/// The sizes of values, and those integers in the graph that are sizes.
#[derive(Default)]
pub struct Sizes {
    shapes: BTreeMap<String, Vec<Size>>,
    contents: BTreeMap<String, Vec<Size>>,
}

impl Sizes {
    /// Follows sizes through a graph.
    pub fn of(graph: &Graph, known: &KnownValues) -> Sizes {
        let mut sizes = Sizes::default();
        for input in &graph.inputs {
            let seen = known.get(&input.name).map_or(&[][..], |seen| seen.shape.as_slice());
            let of_input = |axis| Size::Of(input.name.clone(), axis);
            let size = |(axis, size): (usize, &Option<usize>)| {
                size.map_or_else(|| of_input(axis), |size| Size::Fixed(size as i64))
            };
            let shape = seen.iter().enumerate().map(size).collect();
            sizes.shapes.insert(input.name.clone(), shape);
        }
        for (name, tensor) in &graph.initializers {
            sizes.shapes.insert(name.clone(), tensor.dims.iter().map(|size| Size::Fixed(*size)).collect());
            let small = tensor.dims.iter().product::<i64>() <= 16;
            if let Some(numbers) = graph.fixed_ints(name).filter(|_| small) {
                sizes.contents.insert(name.clone(), numbers.into_iter().map(Size::Fixed).collect());
            }
        }
        for node in &graph.nodes {
            if let Some(content) = sizes.content(graph, node) {
                sizes.contents.insert(node.output().to_owned(), content);
            }
            for output in node.outputs.iter().filter(|output| !output.is_empty()) {
                if let Some(shape) = sizes.shape(graph, node, output, known) {
                    sizes.shapes.insert(output.clone(), shape);
                }
            }
        }
        sizes
    }

    /// The shape of a value, where it could be followed.
    pub fn shape_of(&self, value: &str) -> Option<&[Size]> {
        self.shapes.get(value).map(Vec::as_slice)
    }

    /// The integers that a node makes, if they are sizes.
    fn content(&self, graph: &Graph, node: &Node) -> Option<Vec<Size>> {
        let of = |index: usize| self.contents.get(node.input(index)?);
        match node.op.as_str() {
            "Shape" => {
                let shape = self.shapes.get(node.input(0)?)?;
                let rank = shape.len() as i64;
                let place = |at: i64| (if at < 0 { at + rank } else { at }).clamp(0, rank) as usize;
                shape.get(place(node.int("start", 0))..place(node.int("end", rank))).map(<[Size]>::to_vec)
            }
            "Gather" => {
                let sizes = of(0)?;
                let places = graph.fixed_ints(node.input(1)?)?;
                places.iter().map(|place| sizes.get(axis_of(*place, sizes.len())).cloned()).collect()
            }
            "Slice" => {
                let sizes = of(0)?;
                let ends = |index: usize| graph.fixed_ints(node.input(index)?)?.first().copied();
                if node.input(4).is_some() && ends(4)? != 1 {
                    return None;
                }
                let length = sizes.len() as i64;
                let place = |at: i64| (if at < 0 { at.saturating_add(length) } else { at }).clamp(0, length) as usize;
                sizes.get(place(ends(1)?)..place(ends(2)?)).map(<[Size]>::to_vec)
            }
            "Concat" => {
                let parts = (0..node.inputs.len()).map(of).collect::<Option<Vec<_>>>()?;
                Some(parts.into_iter().flatten().cloned().collect())
            }
            "Unsqueeze" | "Squeeze" | "Identity" | "Reshape" => of(0).cloned(),
            "Cast" if node.int("to", 0) == 7 => of(0).cloned(),
            _ => None,
        }
    }

    /// The shape of an output of a node.
    fn shape(&self, graph: &Graph, node: &Node, output: &str, known: &KnownValues) -> Option<Vec<Size>> {
        let seen = known.get(output);
        if let Some(fixed) = seen.and_then(|seen| seen.shape.iter().copied().collect::<Option<Vec<usize>>>()) {
            return Some(fixed.into_iter().map(|size| Size::Fixed(size as i64)).collect());
        }
        let seen = seen?;
        let mut shape = self.followed(graph, node).unwrap_or_else(|| vec![Size::Unknown; seen.rank()]);
        if seen.rank() != shape.len() {
            return None;
        }
        for (size, seen) in shape.iter_mut().zip(&seen.shape) {
            if let Some(fixed) = seen {
                *size = Size::Fixed(*fixed as i64);
            } else if matches!(size, Size::Fixed(_)) {
                // -1 and 0 in a target of `Reshape`.
                *size = Size::Unknown;
            }
        }
        Some(shape)
    }

    fn followed(&self, graph: &Graph, node: &Node) -> Option<Vec<Size>> {
        let of = |index: usize| self.shapes.get(node.input(index)?);
        match node.op.as_str() {
            "Linear" if node.domain == COMPOSITE => with_last(of(0)?.clone(), Size::Fixed(node.int("outer", 0))),
            _ if !node.domain.is_empty() => None,
            op if POINTWISE.contains(&op) => {
                let operands = (0..node.inputs.len()).map(of).collect::<Option<Vec<_>>>()?;
                Some(broadcast(&operands))
            }
            "LayerNormalization" | "Softmax" => of(0).cloned(),
            "Transpose" => {
                let shape = of(0)?;
                node.ints("perm")?.iter().map(|from| shape.get(*from as usize).cloned()).collect()
            }
            "MatMul" => {
                let (a, b) = (of(0)?, of(1)?);
                let (front_a, front_b) = (a.get(..a.len().checked_sub(2)?)?, b.get(..b.len().checked_sub(2)?)?);
                let mut shape = broadcast(&[&front_a.to_vec(), &front_b.to_vec()]);
                shape.extend([a[a.len() - 2].clone(), b[b.len() - 1].clone()]);
                Some(shape)
            }
            "Gather" => {
                let (table, places) = (of(0)?, of(1)?);
                let axis = axis_of(node.int("axis", 0), table.len());
                let mut shape = table.get(..axis)?.to_vec();
                shape.extend(places.iter().cloned());
                shape.extend(table.get(axis + 1..)?.iter().cloned());
                Some(shape)
            }
            // A size that is written as -1 or 0 is put right by what was seen, if it is fixed.
            "Reshape" => self.contents.get(node.input(1)?).cloned(),
            "Split" | "Slice" => {
                let axis = if node.op == "Split" {
                    node.int("axis", 0)
                } else {
                    *graph.fixed_ints(node.input(3)?)?.first()?
                };
                let mut shape = of(0)?.clone();
                let axis = axis_of(axis, shape.len());
                *shape.get_mut(axis)? = Size::Unknown;
                Some(shape)
            }
            "Concat" => {
                let mut shape = of(0)?.clone();
                let axis = axis_of(node.int("axis", 0), shape.len());
                *shape.get_mut(axis)? = Size::Unknown;
                Some(shape)
            }
            "Unsqueeze" => {
                let (shape, mut axes) = (of(0)?, graph.fixed_ints(node.input(1)?)?);
                let rank = shape.len() + axes.len();
                axes.iter_mut().for_each(|axis| *axis = axis_of(*axis, rank) as i64);
                let mut rest = shape.iter().cloned();
                (0..rank as i64)
                    .map(|axis| if axes.contains(&axis) { Some(Size::Fixed(1)) } else { rest.next() })
                    .collect()
            }
            _ => None,
        }
    }
}

/// Operators that work on each element by itself, their operands broadcast.
pub const POINTWISE: [&str; 42] = [
    "Abs",
    "Add",
    "And",
    "Cast",
    "Ceil",
    "Clip",
    "Cos",
    "Div",
    "Dropout",
    "Elu",
    "Equal",
    "Erf",
    "Exp",
    "Floor",
    "Gelu",
    "Greater",
    "GreaterOrEqual",
    "Identity",
    "LeakyRelu",
    "Less",
    "LessOrEqual",
    "Log",
    "Max",
    "Min",
    "Mul",
    "Neg",
    "Not",
    "Or",
    "Pow",
    "Reciprocal",
    "Relu",
    "Round",
    "Sigmoid",
    "Sign",
    "Sin",
    "Softplus",
    "Sqrt",
    "Sub",
    "Sum",
    "Tanh",
    "Where",
    "Xor",
];

fn with_last(mut shape: Vec<Size>, last: Size) -> Option<Vec<Size>> {
    *shape.last_mut()? = last;
    Some(shape)
}

/// The shape of operands together: along each axis the size that is not 1, which all others that are not 1 share.
fn broadcast(operands: &[&Vec<Size>]) -> Vec<Size> {
    let rank = operands.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let along = |axis: usize| {
        let sizes = operands.iter().filter_map(|shape| shape.get((axis + shape.len()).checked_sub(rank)?));
        sizes.fold(Size::Fixed(1), |all, size| match (&all, size) {
            (Size::Fixed(1), size) => size.clone(),
            (Size::Unknown, size) if *size != Size::Fixed(1) => size.clone(),
            _ => all,
        })
    };
    (0..rank).map(along).collect()
}

/// Takes every shape from the inputs, and every size that is fixed as a constant.
pub fn hoist_shapes(graph: &mut Graph, known: &KnownValues) {
    let sizes = Sizes::of(graph, known);
    let inputs: BTreeSet<String> = graph.inputs.iter().map(|input| input.name.clone()).collect();
    let mut nodes = Vec::new();
    for node in std::mem::take(&mut graph.nodes) {
        let content = sizes.contents.get(node.output()).filter(|_| node.op != "Reshape");
        let dims = known.get(node.output()).map_or(1, super::known::Known::rank);
        let fixed = content.and_then(|content| {
            content
                .iter()
                .map(|size| if let Size::Fixed(n) = size { Some(*n) } else { None })
                .collect::<Option<Vec<_>>>()
        });
        let of_input = node.input(0).is_some_and(|input| inputs.contains(input));
        match (fixed, content) {
            (Some(numbers), _) if dims <= 1 => {
                let dims = if dims == 0 { vec![] } else { vec![numbers.len() as i64] };
                let tensor = TensorProto { name: Some(node.output().to_owned()), ..tensor_i64(&dims, &numbers) };
                graph.initializers.insert(node.output().to_owned(), tensor);
            }
            (None, Some(content)) if node.is("Shape") && !of_input && !content.contains(&Size::Unknown) => {
                let parts: Vec<String> = content.iter().filter_map(|size| part(graph, &mut nodes, size)).collect();
                let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
                nodes.push(Node::new("Concat", &parts, &[node.output()]).with("axis", 0));
            }
            _ => nodes.push(node),
        }
    }
    graph.nodes = nodes;
    graph.prune();
}

/// A list of the one size.
fn part(graph: &mut Graph, nodes: &mut Vec<Node>, size: &Size) -> Option<String> {
    Some(match size {
        Size::Unknown => return None,
        Size::Fixed(number) => graph.ints(&[*number]),
        Size::Of(input, axis) => {
            let name = format!("{input}~size{axis}");
            if !nodes.iter().any(|node: &Node| node.output() == name) {
                let axis = *axis as i64;
                nodes.push(Node::new("Shape", &[input], &[&name]).with("start", axis).with("end", axis + 1));
            }
            name
        }
    })
}
