//! What is known of the values in a graph, found by running it twice rather than by deriving shapes.
//!
//! The graph is run on two small batches of different size with every value as an output. A dimension that has the
//! same size in both is fixed, any other is free. The sizes of the two batches must not be 1, which would look like
//! a dimension to broadcast, nor sizes that the model itself has.

use super::graph::Graph;
use crate::error::{Error, Result};
use crate::onnx::proto::tensor_proto::DataType;
use crate::onnx::{Feed, Runtime, Session};
use prost::Message;
use std::collections::BTreeMap;

/// Type and dimensions of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The type of its elements.
    pub element: DataType,
    /// Its dimensions: the size of those that are fixed.
    pub shape: Vec<Option<usize>>,
}

impl Known {
    /// Whether its elements are real numbers, so that it can have a gradient.
    pub fn is_real(&self) -> bool {
        matches!(self.element, DataType::Float | DataType::Double | DataType::Float16 | DataType::Bfloat16)
    }

    /// How many dimensions it has.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// Whether an axis always has size 1.
    pub fn is_one(&self, axis: usize) -> bool {
        self.shape.get(axis) == Some(&Some(1))
    }

    /// The position of an axis that may count from the end.
    pub fn axis(&self, axis: i64) -> usize {
        axis_of(axis, self.rank())
    }
}

/// The position of an axis, counted from the end where negative, among `rank`.
pub fn axis_of(axis: i64, rank: usize) -> usize {
    let rank = rank as i64;
    usize::try_from(if axis < 0 { axis + rank } else { axis }).unwrap_or(0)
}

/// What is known of every value by name.
pub type KnownValues = BTreeMap<String, Known>;

/// Runs a graph on two batches and says what its values are. Initializers are known too.
///
/// # Errors
/// A graph that does not run, a value whose number of dimensions or type changes.
pub fn probe(runtime: &Runtime, graph: &Graph, batches: [&[Feed]; 2]) -> Result<KnownValues> {
    let mut session = every_value_session(runtime, graph)?;
    let [first, second] = [run(&mut session, graph, batches[0])?, run(&mut session, graph, batches[1])?];
    let mut known = KnownValues::new();
    for (name, a) in &first {
        let Some(b) = second.get(name) else { continue };
        if a.1.len() != b.1.len() || a.0 != b.0 {
            return Err(Error::input(format!(
                "the value \"{name}\" has {} dimensions for one batch and {} for another",
                a.1.len(),
                b.1.len()
            ))
            .help("export the model with dynamic batch and length, and no control flow"));
        }
        let shape = a.1.iter().zip(&b.1).map(|(a, b)| (a == b).then_some(*a)).collect();
        known.insert(name.clone(), Known { element: a.0, shape });
    }
    for (name, tensor) in &graph.initializers {
        if let Some(element) = tensor.data_type.and_then(|t| DataType::try_from(t).ok()) {
            let shape = tensor.dims.iter().map(|size| usize::try_from(*size).ok()).collect();
            known.insert(name.clone(), Known { element, shape });
        }
    }
    Ok(known)
}

type Seen = (DataType, Vec<usize>);

/// Type and shape of every input and of every value that a node makes, for one batch.
fn run(session: &mut Session, graph: &Graph, feeds: &[Feed]) -> Result<BTreeMap<String, Seen>> {
    let mut seen: BTreeMap<String, Seen> = graph
        .inputs
        .iter()
        .filter_map(|input| {
            let feed = feeds.iter().find(|feed| feed.name == input.name)?;
            Some((input.name.clone(), (input.element, feed.shape.to_vec())))
        })
        .collect();
    let values = session.run_all(feeds, &[])?;
    for (name, held) in values {
        let element =
            held.element().ok_or_else(|| Error::input(format!("the value \"{name}\" is no tensor of numbers")))?;
        seen.insert(name, (element, held.shape()));
    }
    Ok(seen)
}

/// Every value that a node makes, for one batch.
#[cfg(test)]
pub fn every_value(runtime: &Runtime, graph: &Graph, feeds: &[Feed]) -> Result<BTreeMap<String, crate::onnx::Held>> {
    every_value_session(runtime, graph)?.run_all(feeds, &[])
}

/// A session of a graph with every value that a node makes as an output.
fn every_value_session(runtime: &Runtime, graph: &Graph) -> Result<Session> {
    let graph = graph.written_out();
    let mut model = graph.write();
    let outputs = graph.nodes.iter().flat_map(|node| &node.outputs).filter(|output| !output.is_empty());
    if let Some(proto) = &mut model.graph {
        // The type of an output may be left out: the runtime derives it.
        proto.output = outputs.map(|name| super::convert::untyped(name)).collect();
    }
    Session::plain(runtime, &model.encode_to_vec())
}
