//! Drops attention masks that mask nothing, for batches without padding.
//!
//! With one length in a batch every token is seen, and a mask adds zero to all scores: a pass over the largest values
//! of a layer for nothing. A mask is dropped only if it follows from the attention mask and the sizes of the batch
//! alone, not from tokens or weights, and is nothing at all sizes that are tried. Masks by distance (local attention)
//! start to mask at some length, so the greatest length must be among those.

use super::graph::{Edge, Graph, Node};
use super::known::KnownValues;
use crate::error::Result;
use crate::onnx::proto::tensor_proto::DataType;
use crate::onnx::{Feed, Runtime, Session};
use prost::Message;
use std::collections::BTreeSet;

/// A value that passes through a node unchanged as long as the mask is idle.
struct Candidate {
    mask: String,
    value: String,
    output: String,
    /// What the mask holds where it is idle: 0 where it is added; 1 or 0 where it chooses.
    idle: f32,
    /// The mask's name as reals.
    reals: String,
}

/// Drops them, and says how many. `masks` are the inputs that hold 1 for every token; `batches` are fed, all of whose
/// rows must be as those that the graph will be used for. Shapes should have been taken from the inputs before.
///
/// # Errors
/// ONNX Runtime cannot run the part of the graph that makes the masks.
pub fn drop_idle_masks(
    runtime: &Runtime,
    graph: &mut Graph,
    known: &KnownValues,
    masks: &[&str],
    batches: &[&[Feed]],
) -> Result<usize> {
    let free = free_of_content(graph, masks);
    let mut candidates = candidates(graph, &free, known);
    if candidates.is_empty() {
        return Ok(0);
    }
    let part = makers(graph, &free, &mut candidates);
    let mut session = Session::plain(runtime, &part)?;
    for batch in batches {
        let values = session.run_all(batch, &[])?;
        candidates.retain(|candidate| {
            let values = values.get(&candidate.reals).and_then(|held| held.f32s().ok());
            values.is_some_and(|values| values.iter().all(|value| *value == candidate.idle))
        });
    }
    for index in 0..candidates.len() {
        let (output, value) = (candidates[index].output.clone(), candidates[index].value.clone());
        graph.replace(&output, &value);
        // A mask behind a mask passes on what is left of the first.
        for later in candidates[index + 1..].iter_mut().filter(|later| later.value == output) {
            later.value.clone_from(&value);
        }
    }
    graph.prune();
    Ok(candidates.len())
}

/// Values that follow from masks and sizes alone.
fn free_of_content(graph: &Graph, masks: &[&str]) -> BTreeSet<String> {
    let mut free: BTreeSet<String> = graph.initializers.keys().cloned().collect();
    free.extend(masks.iter().map(|mask| (*mask).to_owned()));
    let inputs: BTreeSet<&str> = graph.inputs.iter().map(|input| input.name.as_str()).collect();
    for node in &graph.nodes {
        let size = node.is("Shape") && node.input(0).is_some_and(|input| inputs.contains(input));
        let all = node.inputs.iter().all(|input| input.is_empty() || free.contains(input));
        if size || (all && !node.op.starts_with("Random")) {
            free.extend(node.outputs.iter().cloned());
        }
    }
    free
}

fn candidates(graph: &Graph, free: &BTreeSet<String>, known: &KnownValues) -> Vec<Candidate> {
    let is_output = |value: &str| graph.outputs.iter().any(|output| output.name == value);
    let is_mask = |value: &str| free.contains(value) && !graph.initializers.contains_key(value);
    // Where the mask makes the value larger by repeating it, the value alone will not do.
    let same = |a: &str, b: &str| known.get(a).is_some_and(|a| Some(&a.shape) == known.get(b).map(|b| &b.shape));
    let mut found = Vec::new();
    for node in graph.nodes.iter().filter(|node| !is_output(node.output())) {
        let mut offer = |mask: usize, value: usize, idle: f32| {
            let (Some(mask), Some(value)) = (node.input(mask), node.input(value)) else { return };
            if is_mask(mask) && !free.contains(value) && same(value, node.output()) {
                let [mask, value, output] = [mask, value, node.output()].map(str::to_owned);
                found.push(Candidate { mask, value, output, idle, reals: String::new() });
            }
        };
        match node.op.as_str() {
            "Add" if node.domain.is_empty() => {
                offer(0, 1, 0.0);
                offer(1, 0, 0.0);
            }
            "Where" if node.domain.is_empty() => {
                offer(0, 1, 1.0);
                offer(0, 2, 0.0);
            }
            _ => {}
        }
    }
    found
}

/// A model that makes the masks as reals.
fn makers(graph: &Graph, free: &BTreeSet<String>, candidates: &mut [Candidate]) -> Vec<u8> {
    let mut part = graph.clone();
    part.nodes.retain(|node| node.outputs.iter().all(|output| free.contains(output)));
    part.outputs.clear();
    for candidate in candidates {
        candidate.reals = part.fresh(&candidate.mask);
        let float = DataType::Float;
        part.nodes.push(Node::new("Cast", &[&candidate.mask], &[&candidate.reals]).with("to", float as i64));
        part.outputs.push(Edge::new(candidate.reals.clone(), float));
    }
    part.prune();
    part.written_out().write().encode_to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autodiff::probe;
    use crate::onnx::{Elements, runtime_for_tests as runtime};

    /// Scores `[batch, tokens]`, the ids as reals, and a mask of them; says whether the mask is dropped.
    fn is_dropped(op: &str, mask: impl FnOnce(&mut Graph) -> String) -> bool {
        let mut graph = Graph::new(20);
        for input in ["ids", "seen"] {
            graph.input(input, DataType::Int64);
        }
        let scores = graph.push(Node::new("Cast", &["ids"], &[]).with("to", 1));
        let mask = mask(&mut graph);
        let masked = match op {
            "Where" => {
                let nothing = graph.scalar(f32::NEG_INFINITY);
                graph.add("Where", &[&mask, &scores, &nothing])
            }
            _ => graph.add(op, &[&scores, &mask]),
        };
        let twice = graph.add("Add", &[&masked, &masked]);
        graph.output(&twice, "y", DataType::Float);
        let ones = vec![1; 2 * 40];
        let ids: Vec<i64> = (3..3 + 2 * 40).collect();
        let shapes = [[2, 5], [3, 7], [2, 40]];
        let feeds = shapes.each_ref().map(|shape| {
            let elements = shape[0] * shape[1];
            [("ids", &ids), ("seen", &ones)].map(|(name, data)| Feed {
                name,
                shape,
                data: Elements::I64(&data[..elements]),
            })
        });
        let known = probe(runtime(), &graph, [&feeds[0], &feeds[1]]).unwrap();
        let before = graph.nodes.len();
        let feeds = feeds.each_ref().map(<[Feed; 2]>::as_slice);
        let dropped = drop_idle_masks(runtime(), &mut graph, &known, &["seen"], &feeds).unwrap();
        assert_eq!(dropped > 0, graph.nodes.len() < before);
        dropped > 0
    }

    fn reals(graph: &mut Graph, value: &str) -> String {
        graph.push(Node::new("Cast", &[value], &[]).with("to", 1))
    }

    /// (1 - x) times a large negative number.
    fn bias(graph: &mut Graph, x: &str) -> String {
        let (one, large) = (graph.scalar(1.0), graph.scalar(-1e9));
        let unseen = graph.add("Sub", &[&one, x]);
        graph.add("Mul", &[&unseen, &large])
    }

    /// The place of each token, `[tokens]`.
    fn places(graph: &mut Graph) -> String {
        let tokens = graph.push(Node::new("Shape", &["ids"], &[]).with("start", 1).with("end", 2));
        let (zero, one, axes) = (graph.int(0), graph.int(1), graph.ints(&[0]));
        let tokens = graph.add("Squeeze", &[&tokens, &axes]);
        graph.add("Range", &[&zero, &tokens, &one])
    }

    #[test]
    fn a_mask_of_what_is_padding_is_dropped() {
        assert!(is_dropped("Add", |graph| {
            let seen = reals(graph, "seen");
            bias(graph, &seen)
        }));
        assert!(is_dropped("Where", |graph| graph.push(Node::new("Cast", &["seen"], &[]).with("to", 9))));
    }

    #[test]
    fn a_mask_that_masks_long_texts_only_stays() {
        assert!(!is_dropped("Where", |graph| {
            let (places, window) = (places(graph), graph.int(16));
            graph.add("Less", &[&places, &window])
        }));
    }

    #[test]
    fn what_follows_from_tokens_stays() {
        // No token of the batches is 0, but one could be.
        assert!(!is_dropped("Where", |graph| graph.push(Node::new("Cast", &["ids"], &[]).with("to", 9))));
    }

    #[test]
    fn what_adds_something_stays() {
        assert!(!is_dropped("Add", |graph| {
            let places = places(graph);
            reals(graph, &places)
        }));
    }
}
