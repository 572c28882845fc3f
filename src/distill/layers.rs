//! Where the layers of an encoder begin, told from its graph alone.
//!
//! Names are lost in export, but the residual stream is not: between two layers a single value carries everything
//! that later nodes need of the text. Such values cut the graph. A layer is what lies between the last cut before an
//! attention (a softmax) and the last cut before the next; the head is what follows the last cut that still has a
//! vector for each token.

use crate::autodiff::{Graph, KnownValues};
use crate::config::Train;
use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// The values at which layers begin.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// What each layer reads, from the first to the last.
    pub begins: Vec<String>,
    /// What the head reads: the last layer's output; `None` where there is no cut behind the layers.
    pub head: Option<String>,
}

impl Layers {
    /// What the last `n` layers read.
    pub fn last(&self, n: usize) -> Result<String> {
        self.begins.len().checked_sub(n).and_then(|at| self.begins.get(at)).cloned().ok_or_else(|| {
            Error::input(format!("train = \"last-{n}\": {} layers were found in the student", self.begins.len()))
                .help("train = \"all\" trains everything")
        })
    }

    /// Which layers are frozen, in words that can be followed by "frozen"; `None` if there are none.
    pub fn frozen(&self, train: Train) -> Option<String> {
        let all = self.begins.len();
        match train {
            Train::All => None,
            Train::Head => Some(format!("all {all} layers are")),
            Train::Last(n) => match all.checked_sub(n)? {
                0 => None,
                1 => Some(format!("layer 1 of {all} is")),
                frozen => Some(format!("layers 1 to {frozen} of {all} are")),
            },
        }
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
    Layers { begins, head }
}

/// Values that alone carry what later nodes need of the data, with the position of the node that makes them.
pub fn cuts<'a>(graph: &'a Graph, data: &[&str]) -> Vec<(usize, &'a str)> {
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
        // Sizes carry nothing: a bias by relative position that is counted from them is no part of the first layer.
        let sizes = node.is("Shape") || node.is("Size");
        let follows = !sizes && node.inputs.iter().any(|input| behind.contains(input.as_str()));
        if follows {
            behind.extend(node.outputs.iter().map(String::as_str));
        }
        let used = node.inputs.iter().filter(|input| weights.contains(input));
        if follows { &mut after } else { &mut before }.extend(used.cloned());
    }
    after.difference(&before).cloned().collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::autodiff::sample::{Parameter, family, fixtures};
    use crate::autodiff::{canonicalise, f32s, parameters, probe};
    use crate::onnx::{Elements, Feed, Model, runtime_for_tests};
    use std::path::Path;

    /// A small encoder, canonical, with what is known of it.
    pub fn open(path: &Path, output: &str) -> (Graph, KnownValues) {
        let mut graph = Graph::read(&Model::read(path).unwrap().proto).unwrap();
        canonicalise(&mut graph);
        graph.outputs.retain(|edge| edge.name == output);
        graph.prune();
        let shapes = [[5, 7], [9, 11]];
        let batches = shapes.map(|[rows, tokens]| {
            let number = |name: &str, at: usize| match name {
                "input_ids" => 4 + (at * 7 % 31) as i64,
                "attention_mask" => 1,
                _ => 0,
            };
            let numbers = |name: &str| (0..rows * tokens).map(|at| number(name, at)).collect::<Vec<i64>>();
            graph.inputs.iter().map(|input| (input.name.clone(), numbers(&input.name))).collect::<Vec<_>>()
        });
        let feeds = [0, 1].map(|at: usize| {
            let feed = |(name, data)| Feed { name, shape: &shapes[at], data: Elements::I64(data) };
            batches[at].iter().map(|(name, data): &(String, Vec<i64>)| feed((name, data))).collect::<Vec<_>>()
        });
        let known = probe(runtime_for_tests(), &graph, [&feeds[0], &feeds[1]]).unwrap();
        (graph, known)
    }

    /// Which of PyTorch's parameters a weight holds, as it is or transposed.
    fn held_by<'a>(graph: &Graph, weight: &str, all: &'a [Parameter]) -> Vec<&'a str> {
        let numbers = f32s(&graph.initializers[weight]);
        let holds = |parameter: &&Parameter| match parameter.shape[..] {
            [rows, columns] if parameter.values != numbers && parameter.values.len() == numbers.len() => {
                (0..numbers.len()).all(|i| numbers[i] == parameter.values[i % rows * columns + i / rows])
            }
            _ => parameter.values == numbers,
        };
        all.iter().filter(holds).map(|parameter| parameter.name.as_str()).collect()
    }

    /// What a parameter belongs to, by its name: a layer from 0, behind the layers, or `None` in front of them. A bias
    /// by relative position belongs to every layer, and so to none.
    fn part(name: &str) -> Option<usize> {
        let of_layer = |n| name.contains(&format!("layer.{n}.")) || name.starts_with(&format!("layers.{n}."));
        match name {
            _ if name.contains("embeddings") || name.contains("relative_attention_bias") => None,
            _ => Some((0..2).find(|n| of_layer(*n)).unwrap_or(2)),
        }
    }

    #[test]
    fn layers_hold_the_weights_of_layers() {
        let mut complaints: Vec<String> = Vec::new();
        let mut files: Vec<_> = std::fs::read_dir(fixtures().join("models")).unwrap().flatten().collect();
        files.sort_by_key(std::fs::DirEntry::file_name);
        assert!(files.len() > 40);
        for file in files {
            let called = file.file_name().into_string().unwrap();
            let expected = family(called.split('.').next().unwrap()).expected;
            let (graph, known) = open(&file.path(), &expected.output);
            let data: Vec<&str> = vec!["input_ids", "token_type_ids"];
            let layers = find(&graph, &known, &data);
            let weights = parameters(&graph, &data);
            if layers.begins.len() != 2 {
                complaints.push(format!("{called}: {} layers", layers.begins.len()));
                continue;
            }
            for (from, first) in [(layers.last(2), 0), (layers.last(1), 1), (layers.head(), 2)] {
                let Ok(from) = from else {
                    complaints.push(format!("{called}: no {first}"));
                    continue;
                };
                let behind = weights_behind(&graph, &from, &weights);
                let found: BTreeSet<&str> =
                    behind.iter().flat_map(|weight| held_by(&graph, weight, &expected.parameters)).collect();
                // A normalisation of the last layer's output is on its side of the head.
                let head = |name: &str| first < 2 || !name.contains("final_norm");
                let names = expected.parameters.iter().map(|parameter| parameter.name.as_str());
                let wanted: BTreeSet<&str> =
                    names.filter(|n| part(n).is_some_and(|at| at >= first) && head(n)).collect();
                if found != wanted {
                    let (more, less) = (found.difference(&wanted), wanted.difference(&found));
                    complaints.push(format!(
                        "{called}, from {first}: too many {:?}, missing {:?}",
                        more.collect::<Vec<_>>(),
                        less.collect::<Vec<_>>()
                    ));
                }
            }
        }
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }
}
