//! For each operator, what the first along an axis of its output needs of its inputs.

use crate::autodiff::graph::{COMPOSITE, Graph, Node};
use crate::autodiff::known::{Known, KnownValues, axis_of};
use crate::autodiff::sizes::{POINTWISE, Size, Sizes};

/// What is needed of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// All of it.
    Whole,
    /// The first along this axis.
    First(usize),
}

use Need::{First, Whole};

/// The node that makes the first along `axis`, its names still the old ones, and what it needs of each input. `None`
/// where the choice cannot be moved before the operator.
pub fn of(
    graph: &mut Graph,
    node: &Node,
    axis: usize,
    known: &KnownValues,
    sizes: &Sizes,
) -> Option<(Node, Vec<Need>)> {
    let x = known.get(node.input(0)?)?;
    let y = known.get(node.outputs.iter().find(|output| !output.is_empty())?)?;
    let only = |need: Need| Some((node.clone(), first_of_inputs(node, need)));
    match node.op.as_str() {
        "Linear" if node.domain == COMPOSITE => only((axis + 1 < x.rank()).then_some(First(axis))?),
        _ if !node.domain.is_empty() => None,
        op if POINTWISE.contains(&op) && node.outputs.len() == 1 => pointwise(node, axis, y, known),
        "LayerNormalization" => {
            let alone = node.outputs.iter().filter(|output| !output.is_empty()).count() == 1;
            only((alone && axis < x.axis(node.int("axis", -1))).then_some(First(axis))?)
        }
        "Softmax" => only((axis != x.axis(node.int("axis", -1))).then_some(First(axis))?),
        "Transpose" => only(First(usize::try_from(*node.ints("perm")?.get(axis)?).ok()?)),
        "MatMul" => {
            let rows = axis + 2 == y.rank() && known.get(node.input(1)?)?.rank() >= 2 && x.rank() >= 2;
            only(rows.then_some(First(x.rank() - 2))?)
        }
        "Reshape" => reshape(graph, node, axis, [x, y], sizes),
        "Unsqueeze" => {
            let axes = positions(graph, node, 1, y)?;
            let before = axes.iter().filter(|at| **at < axis).count();
            only((!axes.contains(&axis)).then_some(First(axis - before))?)
        }
        "Squeeze" => {
            let axes = positions(graph, node, 1, x)?;
            only(First((0..x.rank()).filter(|at| !axes.contains(at)).nth(axis)?))
        }
        "Split" => only((axis != x.axis(node.int("axis", 0))).then_some(First(axis))?),
        "Slice" => only((!positions(graph, node, 3, x)?.contains(&axis)).then_some(First(axis))?),
        "Concat" => (axis != y.axis(node.int("axis", 0))).then(|| (node.clone(), vec![First(axis); node.inputs.len()])),
        "ReduceMean" | "ReduceSum" | "ReduceMax" if node.int("keepdims", 1) == 1 => {
            only((!positions(graph, node, 1, x)?.contains(&axis)).then_some(First(axis))?)
        }
        // One place of several along another axis, which is then gone.
        "Gather" => {
            let taken = x.axis(node.int("axis", 0));
            let scalar = known.get(node.input(1)?)?.rank() == 0;
            scalar.then(|| only(First(if axis < taken { axis } else { axis + 1 })))?
        }
        _ => None,
    }
}

/// The need of the first input; all of the others.
fn first_of_inputs(node: &Node, need: Need) -> Vec<Need> {
    (0..node.inputs.len()).map(|index| if index == 0 { need } else { Whole }).collect()
}

/// The axes that an input names, as positions.
fn positions(graph: &Graph, node: &Node, input: usize, of: &Known) -> Option<Vec<usize>> {
    Some(graph.fixed_ints(node.input(input)?)?.into_iter().map(|axis| axis_of(axis, of.rank())).collect())
}

/// Every operand that has the axis, and more than one along it.
fn pointwise(node: &Node, axis: usize, y: &Known, known: &KnownValues) -> Option<(Node, Vec<Need>)> {
    let mut needs = Vec::new();
    for input in &node.inputs {
        if input.is_empty() {
            needs.push(Whole);
            continue;
        }
        let operand = known.get(input)?;
        let own = (axis + operand.rank()).checked_sub(y.rank());
        needs.push(own.filter(|own| !operand.is_one(*own)).map_or(Whole, First));
    }
    needs.iter().any(|need| *need != Whole).then(|| (node.clone(), needs))
}

/// Axes may be split or joined after the chosen one; those before it must be the same.
fn reshape(
    graph: &mut Graph,
    node: &Node,
    axis: usize,
    [x, y]: [&Known; 2],
    sizes: &Sizes,
) -> Option<(Node, Vec<Need>)> {
    let product = |sizes: &[Option<usize>]| sizes.iter().try_fold(1, |product, size| Some(product * (*size)?));
    let (behind_x, behind_y) = (product(x.shape.get(axis + 1..)?)?, product(y.shape.get(axis + 1..)?)?);
    // Sizes that were followed must agree; where they could not be, that the same axes are free must do.
    let [of_x, of_y] = [node.input(0)?, node.output()].map(|value| sizes.shape_of(value));
    let agree = |(x, y): (&Size, &Size)| x == y || [x, y].contains(&&Size::Unknown);
    let followed = of_x.zip(of_y).is_none_or(|(x, y)| x.iter().zip(y).take(axis + 1).all(agree));
    if behind_x != behind_y || x.shape[..=axis] != y.shape[..=axis] || !followed {
        return None;
    }
    let mut target: Vec<i64> = y.shape.iter().map(|size| size.map_or(-1, |size| size as i64)).collect();
    target[axis] = 1;
    if target.iter().filter(|size| **size == -1).count() > 1 {
        return None;
    }
    let mut node = node.clone();
    node.inputs[1] = graph.ints(&target);
    node.attributes.remove("allowzero");
    Some((node, vec![First(axis), Whole]))
}
