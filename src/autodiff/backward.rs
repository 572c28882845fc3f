//! Reverse mode: from gradients of some values to gradients of those that they were made from.

use super::graph::{Graph, Node};
use super::known::KnownValues;
use super::rules::{self, State};
use super::step::Step;
use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// The gradient of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gradient {
    /// A value of the same shape; `None` where every use of it was a look-up of rows.
    pub dense: Option<String>,
    /// Gradients of single rows, to be added to a gradient of zeros in this order.
    pub rows: Vec<Rows>,
}

/// Gradients of the rows that were looked up in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Which rows: 64-bit integers of any shape `[...]`.
    pub indices: String,
    /// Their gradients `[..., width]`; a row that was looked up twice is there twice.
    pub rows: String,
}

/// Adds to a graph what makes the gradients of `of`, given gradients of some of its values (`seeds`: value, name of
/// its gradient). Nodes are added at the end; those that were there are kept, and may be asked for further outputs.
///
/// The result has an entry for every value of `of` that the seeded values depend on.
///
/// # Errors
/// Operators without a rule on the way, all of them in one error.
pub fn pull_back(
    graph: &mut Graph,
    known: &KnownValues,
    seeds: &[(String, String)],
    of: &[String],
) -> Result<BTreeMap<String, Gradient>> {
    let way = Way::between(graph, known, seeds, of);
    refuse_unsupported(graph, &way)?;
    let mut sums: BTreeMap<String, Gradient> = BTreeMap::new();
    for (value, gradient) in seeds {
        add_dense(graph, sums.entry(value.clone()).or_default(), gradient.clone());
    }
    let mut made = BTreeMap::new();
    for position in (0..graph.nodes.len()).rev() {
        if !way.nodes.contains(&position) {
            continue;
        }
        let node = graph.nodes[position].clone();
        let Some(State::Rule(rule)) = rules::find(&node) else { continue };
        let gradients: Vec<Option<String>> =
            node.outputs.iter().map(|output| sums.get(output).and_then(|sum| sum.dense.clone())).collect();
        if gradients.iter().all(Option::is_none) {
            continue;
        }
        let mut step = Step::new(graph, known, &way.wanted, of, position, node, gradients, &mut made);
        rule(&mut step).map_err(|why| unsupported(&step.node().title(), &why))?;
        let (dense, rows) = step.given();
        for (value, gradient) in dense {
            add_dense(graph, sums.entry(value).or_default(), gradient);
        }
        for (value, gradient) in rows {
            sums.entry(value).or_default().rows.push(gradient);
        }
    }
    Ok(of.iter().filter_map(|value| Some((value.clone(), sums.remove(value)?))).collect())
}

fn add_dense(graph: &mut Graph, sum: &mut Gradient, gradient: String) {
    sum.dense = Some(match sum.dense.take() {
        Some(before) => graph.add("Add", &[&before, &gradient]),
        None => gradient,
    });
}

/// The nodes and values between what is differentiated and what has a gradient.
struct Way {
    /// Positions of nodes through which a gradient flows.
    nodes: BTreeSet<usize>,
    /// Values that depend on what is differentiated, itself included.
    wanted: BTreeSet<String>,
}

impl Way {
    fn between(graph: &Graph, known: &KnownValues, seeds: &[(String, String)], of: &[String]) -> Way {
        let mut wanted: BTreeSet<String> = of.iter().cloned().collect();
        let mut forward = BTreeSet::new();
        for (position, node) in graph.nodes.iter().enumerate() {
            let reached = node.inputs.iter().any(|input| wanted.contains(input));
            if !reached || matches!(rules::find(node), Some(State::Zero)) {
                continue;
            }
            forward.insert(position);
            let real = |output: &&String| known.get(*output).is_none_or(|known| known.is_real());
            wanted.extend(node.outputs.iter().filter(real).cloned());
        }
        let mut needed: BTreeSet<&str> = seeds.iter().map(|(value, _)| value.as_str()).collect();
        let mut nodes = BTreeSet::new();
        for (position, node) in graph.nodes.iter().enumerate().rev() {
            if forward.contains(&position) && node.outputs.iter().any(|output| needed.contains(output.as_str())) {
                nodes.insert(position);
                needed.extend(node.inputs.iter().map(String::as_str).filter(|input| wanted.contains(*input)));
            }
        }
        Way { nodes, wanted }
    }
}

fn refuse_unsupported(graph: &Graph, way: &Way) -> Result<()> {
    let missing = way.nodes.iter().map(|position| &graph.nodes[*position]).filter(|node| rules::find(node).is_none());
    let mut by_operator: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in missing {
        let operator = if node.domain.is_empty() { node.op.clone() } else { format!("{}::{}", node.domain, node.op) };
        by_operator.entry(operator).or_default().push(place(node));
    }
    if by_operator.is_empty() {
        return Ok(());
    }
    let optimised = by_operator.keys().any(|operator| operator.contains("::") || operator.contains("Quantize"));
    let operators: Vec<String> =
        by_operator.iter().map(|(operator, nodes)| format!("{operator} (at {})", nodes.join(", "))).collect();
    let error = Error::input(format!(
        "this model cannot be trained here, for there is no gradient of {}",
        operators.join("; ")
    ));
    Err(match optimised {
        true => {
            error.help("this graph was optimised or quantised for inference: give the model.onnx that it was made from")
        }
        false => error.help(
            "export the model again with torch.onnx.export; the operators that are known stand in docs/autodiff.md",
        ),
    })
}

fn unsupported(node: &str, why: &str) -> Error {
    Error::input(format!("this model cannot be trained here: {node}: {why}"))
        .help("export the model again with torch.onnx.export")
}

/// The node's name, or its output's where it has none.
fn place(node: &Node) -> String {
    format!("\"{}\"", if node.name.is_empty() { node.output() } else { &node.name })
}
