//! Steps that several losses share: sums along an axis, all pairs of a group, the number of candidates.

use crate::autodiff::{Graph, Node};
use crate::onnx::proto::tensor_proto::DataType;

/// The axis of candidates in a value of shape `[groups, candidates]`.
pub const CANDIDATES: i64 = 1;

/// Sums over axes, which stay as size 1 with `keep` and go without.
pub fn sum(graph: &mut Graph, x: &str, axes: &[i64], keep: bool) -> String {
    let axes = graph.ints(axes);
    graph.push(Node::new("ReduceSum", &[x, &axes], &[]).with("keepdims", i64::from(keep)))
}

/// The mean of everything, without dimensions.
pub fn mean(graph: &mut Graph, x: &str) -> String {
    graph.push(Node::new("ReduceMean", &[x], &[]).with("keepdims", 0))
}

/// `log softmax` or `softmax` along the last axis.
pub fn over_last(graph: &mut Graph, op: &str, x: &str) -> String {
    graph.push(Node::new(op, &[x], &[]).with("axis", -1))
}

/// Divides by one number.
pub fn divide(graph: &mut Graph, x: &str, by: f32) -> String {
    let by = graph.scalar(by);
    graph.add("Div", &[x, &by])
}

/// The two sides of all pairs of a group: `[g, i, j]` is that of `x_i` in the first and of `x_j` in the second,
/// once they are broadcast.
pub fn sides(graph: &mut Graph, x: &str) -> (String, String) {
    let (last, middle) = (graph.ints(&[2]), graph.ints(&[1]));
    (graph.add("Unsqueeze", &[x, &last]), graph.add("Unsqueeze", &[x, &middle]))
}

/// Whether `i` stands above `j`, for all pairs: truth values of shape `[groups, candidates, candidates]`.
pub fn above(graph: &mut Graph, x: &str) -> String {
    let (i, j) = sides(graph, x);
    graph.add("Greater", &[&i, &j])
}

/// How many candidates a group has, as a list of one integer.
pub fn count(graph: &mut Graph, x: &str) -> String {
    graph.push(Node::new("Shape", &[x], &[]).with("start", CANDIDATES).with("end", CANDIDATES + 1))
}

/// The positions of candidates within their group: the integers below [`count`].
pub fn positions(graph: &mut Graph, x: &str) -> String {
    let count = count(graph, x);
    let no_axes = graph.ints(&[0]);
    let count = graph.add("Squeeze", &[&count, &no_axes]);
    let (zero, one) = (graph.int(0), graph.int(1));
    graph.add("Range", &[&zero, &count, &one])
}

/// Truth values or integers as 32-bit reals.
pub fn real(graph: &mut Graph, x: &str) -> String {
    graph.push(Node::new("Cast", &[x], &[]).with("to", i64::from(DataType::Float as i32)))
}

/// At least 1: what a sum is divided by whose terms may be none.
pub fn at_least_one(graph: &mut Graph, x: &str) -> String {
    let one = graph.scalar(1.0);
    graph.add("Max", &[x, &one])
}
