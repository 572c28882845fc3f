//! What of a model's graph is run: the part that a score needs, for batches without padding.
//!
//! Of a cross-encoder, and of a bi-encoder that takes the first token's vector, the last layer is computed for the
//! first token only; attention masks, which mask nothing where all texts of a batch have one length, are left out.
//! Both change no score beyond rounding. A graph that cannot be rewritten, or that gives anything else on a trial, is
//! run as it was exported: what can be scored never depends on this file.

use super::recipe::{Feeding, Reading, Recipe};
use super::score;
use super::tokens::{Tokens, TypedToken};
use super::work::{self, Columns};
use crate::autodiff::{
    Edge, Graph, KnownValues, canonicalise, drop_idle_masks, first_token, hoist_shapes, probe, read_first_token,
};
use crate::config::Pooling;
use crate::error::{Error, Result};
use crate::onnx::proto::TensorProto;
use crate::onnx::proto::tensor_proto::DataType;
use crate::onnx::{Elements, Feed, Model, Runtime, Session};
use prost::Message;
use std::thread;

/// Two batches, texts and tokens of each, on which shapes are told apart and results compared.
const TRIALS: [[usize; 2]; 2] = [[3, 7], [5, 11]];

/// Masks are looked at up to this length; a model that reads longer texts keeps them.
const LONGEST_MASK: usize = 1024;

/// How far the results of the rewritten graph may be from those of the exported one, relative to the largest.
const TOLERANCE: f32 = 1e-5;

/// Sessions that run a model, and what they run, in words.
pub struct Scoring {
    /// One for each thread.
    pub sessions: Vec<Session>,
    /// `rewritten: first token only in the last layer` or `as exported: the reason`.
    pub graph: String,
}

/// Starts a session for each thread, of the rewritten graph where that is as good.
pub fn start(runtime: &Runtime, model: &Model, recipe: &Recipe, tokens: &Tokens, threads: usize) -> Result<Scoring> {
    match rewritten(runtime, model, recipe, tokens, threads) {
        Ok((sessions, done)) => Ok(Scoring { sessions, graph: format!("rewritten: {done}") }),
        Err(why) => start_as_exported(runtime, model, threads, why.what()),
    }
}

/// Starts a session for each thread, of the graph as it is.
pub fn start_as_exported(runtime: &Runtime, model: &Model, threads: usize, why: &str) -> Result<Scoring> {
    let sessions = sessions_of(runtime, model.bytes(), threads.max(1))?;
    Ok(Scoring { sessions, graph: format!("as exported: {why}") })
}

fn sessions_of(runtime: &Runtime, model: &[u8], threads: usize) -> Result<Vec<Session>> {
    thread::scope(|scope| {
        let starting: Vec<_> = (0..threads).map(|_| scope.spawn(|| Session::new(runtime, model, 1))).collect();
        starting.into_iter().map(joined).collect()
    })
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Sessions of the rewritten model, and what was done, in words. Any error means: run it as it was exported.
fn rewritten(
    runtime: &Runtime,
    model: &Model,
    recipe: &Recipe,
    tokens: &Tokens,
    threads: usize,
) -> Result<(Vec<Session>, String)> {
    let mut graph = readable(model, recipe)?;
    let rows = trial_rows(recipe, tokens, TRIALS[1])?;
    thread::scope(|scope| {
        let exported = scope.spawn(|| {
            let mut session = Session::plain(runtime, model.bytes())?;
            result(&mut session, recipe, &rows)
        });
        let changed = rewrite(runtime, &mut graph, recipe, tokens).and_then(|done| {
            let model = graph.written_out().write().encode_to_vec();
            let mut sessions = sessions_of(runtime, &model, threads.max(1))?;
            let found = result(&mut sessions[0], recipe, &rows)?;
            Ok((sessions, done, found))
        });
        let expected = joined(exported)?;
        let (sessions, done, found) = changed?;
        if same(recipe.reading, &expected, &found) {
            Ok((sessions, done))
        } else {
            Err(Error::input("the rewritten graph gives other numbers"))
        }
    })
}

/// The graph with the one output that is read, if it is of a kind that can be rewritten.
fn readable(model: &Model, recipe: &Recipe) -> Result<Graph> {
    let mut graph = Graph::read(&model.proto)?;
    graph.outputs.retain(|output| output.name == recipe.output);
    graph.prune();
    let odd = graph.nodes.iter().find(|node| {
        let inner = node.has_graphs() || !(node.domain.is_empty() || node.domain == "com.microsoft");
        inner || node.op.contains("Quantize") || node.op.contains("Integer") || node.op.starts_with("QLinear")
    });
    if let Some(node) = odd {
        return Err(Error::input(format!("it has a {}", node.title())));
    }
    let reals = [DataType::Float16, DataType::Bfloat16, DataType::Double].map(|kind| Some(kind as i32));
    match graph.initializers.iter().find(|(_, tensor)| reals.contains(&tensor.data_type) && !tensor.dims.is_empty()) {
        Some((name, _)) => Err(Error::input(format!("\"{name}\" is not of 32 bits"))),
        None => Ok(graph),
    }
}

/// Rewrites a graph, and says in words what was done.
fn rewrite(runtime: &Runtime, graph: &mut Graph, recipe: &Recipe, tokens: &Tokens) -> Result<String> {
    canonicalise(graph);
    let batch = |trial| Ok(Columns::new(recipe, &trial_rows(recipe, tokens, trial)?));
    let (a, b) = (batch(TRIALS[0])?, batch(TRIALS[1])?);
    let mut known = look(runtime, graph, [a.feeds(recipe), b.feeds(recipe)])?;
    hoist_shapes(graph, &known);
    let mut done = Vec::new();
    if recipe.reading == Reading::Tokens && recipe.pooling == Some(Pooling::Cls) {
        read_first_token(graph, &recipe.output, &mut known);
    }
    if first_token(graph, &mut known) {
        done.push("first token only in the last layer");
    }
    if recipe.max_length <= LONGEST_MASK {
        let longest = batch([2, recipe.max_length])?;
        let feeds = [a.feeds(recipe), b.feeds(recipe), longest.feeds(recipe)];
        let masks = recipe.inputs.iter().filter(|input| input.feeding == Feeding::AttentionMask);
        let masks: Vec<&str> = masks.map(|input| input.name.as_str()).collect();
        if drop_idle_masks(runtime, graph, &known, &masks, &feeds.each_ref().map(Vec::<Feed>::as_slice))? > 0 {
            done.push("no attention masks");
        }
    }
    if done.is_empty() { Err(Error::input("there is nothing to leave out")) } else { Ok(done.join(", ")) }
}

/// Types and shapes of a graph's values. They do not depend on what the weights hold, so zeros are fed in their place:
/// a session without weights starts in no time.
fn look(runtime: &Runtime, graph: &Graph, batches: [Vec<Feed>; 2]) -> Result<KnownValues> {
    let mut light = graph.clone();
    let elements = |tensor: &TensorProto| tensor.dims.iter().map(|size| *size as usize).product::<usize>();
    let is_large = |tensor: &TensorProto| tensor.data_type == Some(DataType::Float as i32) && elements(tensor) > 1000;
    let large: Vec<(&String, Vec<usize>, usize)> = graph
        .initializers
        .iter()
        .filter(|(_, tensor)| is_large(tensor))
        .map(|(name, tensor)| (name, tensor.dims.iter().map(|size| *size as usize).collect(), elements(tensor)))
        .collect();
    for (name, ..) in &large {
        light.initializers.remove(*name);
        light.inputs.push(Edge::new((*name).clone(), DataType::Float));
    }
    let zeros = vec![0.0; large.iter().map(|(.., elements)| *elements).max().unwrap_or(0)];
    let weights: Vec<Feed> = large
        .iter()
        .map(|(name, shape, elements)| Feed { name, shape, data: Elements::F32(&zeros[..*elements]) })
        .collect();
    let [a, b] = batches.map(|feeds| [feeds, weights.clone()].concat());
    probe(runtime, &light, [&a, &b])
}

/// Texts of one length from tokens that the model has.
fn trial_rows(recipe: &Recipe, tokens: &Tokens, [texts, length]: [usize; 2]) -> Result<Vec<Vec<TypedToken>>> {
    if length > recipe.max_length {
        return Err(Error::input(format!("it reads {} tokens only", recipe.max_length)));
    }
    let sample = tokens.tokenise("", &["0 1 2 3 4 5 6 7 8 9", "a b c d e f g h i j k l m n o"], 1)?;
    let sample =
        if recipe.similarity.is_some() { tokens.single(&sample[1]) } else { tokens.pair(&sample[0], &sample[1]) };
    let Some((first, rest)) = sample.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return Err(Error::input("its tokenizer makes no tokens"));
    };
    let row = |text: usize| {
        let rest = rest.iter().cycle().skip(3 * text).take(length - 1);
        std::iter::once(first).chain(rest).copied().collect()
    };
    Ok((0..texts).map(row).collect())
}

/// What is read from the model's output for some rows: vectors one after another, or logits.
fn result(session: &mut Session, recipe: &Recipe, rows: &[Vec<TypedToken>]) -> Result<Vec<f32>> {
    work::run(session, recipe, rows, |shape, data| match recipe.reading {
        Reading::Logits => Ok(data.to_vec()),
        Reading::Tokens | Reading::Embedding => Ok(score::rows(recipe, shape, data)?.concat()),
    })
}

/// Whether results agree. Logits near zero are the difference of larger numbers, so they count as 1 at least.
fn same(reading: Reading, expected: &[f32], found: &[f32]) -> bool {
    let least = if reading == Reading::Logits { 1.0 } else { 0.0 };
    let largest = expected.iter().fold(least, |largest: f32, value| largest.max(value.abs()));
    // Written so that NaN is not the same.
    expected.len() == found.len() && expected.iter().zip(found).all(|(a, b)| (a - b).abs() <= TOLERANCE * largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_agree_to_rounding_relative_to_the_largest() {
        let cases = [
            (&[1000.0, 0.001][..], &[1000.005, 0.002][..], true),
            (&[1000.0, 0.001], &[1000.02, 0.001], false),
            (&[1.0, 2.0], &[1.0], false),
            (&[f32::NAN], &[f32::NAN], false),
            (&[1.0], &[f32::NAN], false),
            (&[0.0], &[0.0], true),
        ];
        for (expected, found, agree) in cases {
            assert_eq!(same(Reading::Embedding, expected, found), agree, "{expected:?} {found:?}");
        }
        assert!(same(Reading::Logits, &[1e-3], &[1e-3 + 5e-6]) && !same(Reading::Embedding, &[1e-3], &[1e-3 + 5e-6]));
    }
}
