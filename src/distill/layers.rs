//! Where the layers of an encoder begin, told from its graph alone.
//!
//! Names are lost in export, but the residual stream is not: between two layers a single value carries everything
//! that later nodes need of the text. Such values cut the graph. A layer is what lies between the last cut before an
//! attention (a softmax) and the last cut before the next; the head is what follows the last cut that still has a
//! vector for each token.

use crate::autodiff::{Graph, KnownValues};
use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// The values at which layers begin.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// What each layer reads, from the first to the last.
    pub begins: Vec<String>,
    /// What the head reads: the last layer's output; `None` where there is no cut behind the layers.
    pub head: Option<String>,
    /// What is worth saying in a report.
    pub notes: Vec<String>,
}

impl Layers {
    /// What the last `n` layers read.
    pub fn last(&self, n: usize) -> Result<String> {
        self.begins.len().checked_sub(n).and_then(|at| self.begins.get(at)).cloned().ok_or_else(|| {
            Error::input(format!("train = \"last-{n}\": {} layers were found in the student", self.begins.len()))
                .help("train = \"all\" trains everything")
        })
    }

    /// What the head reads.
    pub fn head(&self) -> Result<String> {
        self.head.clone().ok_or_else(|| {
            Error::input("train = \"head\": no head was found behind the student's layers")
                .help("train = \"last-1\" trains its last layer, train = \"all\" everything")
        })
    }
}

/// Finds the layers. `data` are the inputs that say what is read.
pub fn find(graph: &Graph, known: &KnownValues, data: &[&str]) -> Layers {
    let cuts = cuts(graph, data);
    let of_tokens = |value: &str| known.get(value).is_some_and(|known| known.is_real() && known.rank() == 3);
    let cuts: Vec<(usize, &str)> = cuts.into_iter().filter(|(_, value)| of_tokens(value)).collect();
    let softmaxes = graph.nodes.iter().enumerate().filter(|(_, node)| node.is("Softmax")).map(|(at, _)| at);
    let mut begins: Vec<String> = Vec::new();
    for softmax in softmaxes {
        let before = cuts.iter().rev().find(|(at, _)| *at < softmax);
        if let Some((_, value)) = before.filter(|(_, value)| begins.last().is_none_or(|last| last != value)) {
            begins.push((*value).to_owned());
        }
    }
    let last = graph.nodes.iter().rposition(|node| node.is("Softmax"));
    let head = cuts.last().filter(|(at, _)| last.is_some_and(|last| *at > last)).map(|(_, value)| (*value).to_owned());
    Layers { begins, head, notes: Vec::new() }
}

/// Values that alone carry what later nodes need of the data, with the position of the node that makes them.
fn cuts<'a>(graph: &'a Graph, data: &[&str]) -> Vec<(usize, &'a str)> {
    let mut of_data: BTreeSet<&str> = data.iter().copied().collect();
    let mut last_use: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        for input in &node.inputs {
            last_use.insert(input, at);
        }
        // Sizes depend on the shape of the data, not on what it says.
        let sizes = node.is("Shape") || node.is("Size");
        if !sizes && node.inputs.iter().any(|input| of_data.contains(input.as_str())) {
            of_data.extend(node.outputs.iter().map(String::as_str));
        }
    }
    for output in &graph.outputs {
        last_use.insert(&output.name, graph.nodes.len());
    }
    let mut live: BTreeSet<&str> = of_data.iter().copied().filter(|value| data.contains(value)).collect();
    let mut cuts = Vec::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        live.extend(node.outputs.iter().map(String::as_str).filter(|output| of_data.contains(output)));
        live.retain(|value| last_use.get(value).is_some_and(|last| *last > at));
        if live.len() == 1 && live.contains(node.output()) {
            cuts.push((at, node.output()));
        }
    }
    cuts
}

/// The weights that are used behind a value and nowhere before it.
pub fn weights_behind(graph: &Graph, value: &str, weights: &[String]) -> BTreeSet<String> {
    let mut behind: BTreeSet<&str> = BTreeSet::from([value]);
    let (mut after, mut before) = (BTreeSet::new(), BTreeSet::new());
    for node in &graph.nodes {
        let follows = node.inputs.iter().any(|input| behind.contains(input.as_str()));
        if follows {
            behind.extend(node.outputs.iter().map(String::as_str));
        }
        let used = node.inputs.iter().filter(|input| weights.contains(input));
        if follows { &mut after } else { &mut before }.extend(used.cloned());
    }
    after.difference(&before).cloned().collect()
}
