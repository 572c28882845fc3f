//! Graphs of small encoders before and after: `fixtures/autodiff/make.py`.

use super::*;
use crate::autodiff::{canonicalise, drop_idle_masks, hoist_shapes, probe};
use crate::onnx::{Elements, Feed, Model, Session, runtime_for_tests as runtime};
use prost::Message;
use std::path::{Path, PathBuf};

fn fixtures() -> Vec<(String, Graph)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/autodiff/models");
    let mut paths: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, Graph::read(&Model::read(path).unwrap().proto).unwrap())
    };
    paths.iter().map(read).collect()
}

/// Tokens of one length for every input of a graph, without padding.
struct Batch {
    shape: [usize; 2],
    inputs: Vec<(String, Vec<i64>)>,
}

impl Batch {
    fn of(graph: &Graph, shape: [usize; 2]) -> Batch {
        let numbers = |name: &str| {
            let place = |index: usize| match name {
                "attention_mask" => 1,
                "token_type_ids" => i64::from(index % shape[1] > shape[1] / 2),
                _ => 3 + (index * 7919 % 31) as i64,
            };
            (0..shape[0] * shape[1]).map(place).collect()
        };
        Batch { shape, inputs: graph.inputs.iter().map(|input| (input.name.clone(), numbers(&input.name))).collect() }
    }

    fn feeds(&self) -> Vec<Feed<'_>> {
        let feeds = self.inputs.iter();
        feeds.map(|(name, data)| Feed { name, shape: &self.shape, data: Elements::I64(data) }).collect()
    }
}

fn run(graph: &Graph, batch: &Batch) -> Vec<f32> {
    let bytes = graph.written_out().write().encode_to_vec();
    let mut session = Session::plain(runtime(), &bytes).unwrap();
    session.run(&batch.feeds(), &graph.outputs[0].name, |_, data| data.to_vec()).unwrap()
}

fn prepared(graph: &Graph) -> (Graph, KnownValues) {
    let mut graph = graph.clone();
    canonicalise(&mut graph);
    let [a, b] = [[3, 7], [5, 11]].map(|shape| Batch::of(&graph, shape));
    let known = probe(runtime(), &graph, [&a.feeds(), &b.feeds()]).unwrap();
    hoist_shapes(&mut graph, &known);
    (graph, known)
}

/// The first token of each text, where the output has all of them.
fn first(values: Vec<f32>, name: &str, shape: [usize; 2]) -> Vec<f32> {
    if name.contains("-cross") {
        return values;
    }
    values.chunks(values.len() / shape[0]).flat_map(|text| text[..text.len() / shape[1]].to_vec()).collect()
}

#[test]
fn the_first_token_is_what_it_was_and_the_rest_is_not_computed() {
    for (name, before) in fixtures() {
        let (mut graph, mut known) = prepared(&before);
        let output = graph.outputs[0].name.clone();
        if !name.contains("-cross") {
            read_first_token(&mut graph, &output, &mut known);
        }
        let saved = first_token(&mut graph, &mut known);
        let smaller = graph.nodes.iter().filter(|n| n.op == "Linear" && n.outputs[0].contains(":first")).count();
        assert!(saved && smaller > 0, "{name}: {smaller} layers became smaller");
        let batches = [[3, 7], [5, 11], [2, 40]].map(|shape| Batch::of(&graph, shape));
        let feeds: Vec<Vec<Feed>> = batches.iter().map(Batch::feeds).collect();
        let feeds: Vec<&[Feed]> = feeds.iter().map(Vec::as_slice).collect();
        drop_idle_masks(runtime(), &mut graph, &known, &["attention_mask"], &feeds).unwrap();
        for shape in [[4, 9], [1, 13], [2, 30]] {
            let batch = Batch::of(&before, shape);
            let (expected, got) = (first(run(&before, &batch), &name, shape), run(&graph, &batch));
            assert_eq!(expected.len(), got.len(), "{name}");
            let largest = expected.iter().fold(0.0, |a: f32, b| a.max(b.abs()));
            let apart = expected.iter().zip(&got).fold(0.0, |a: f32, (b, c)| a.max((b - c).abs()));
            assert!(apart <= 1e-5 * largest, "{name}, {shape:?}: {apart} of {largest}");
        }
    }
}
