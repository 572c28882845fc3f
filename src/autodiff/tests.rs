//! Whole encoders: the gradient of every weight against PyTorch's in 64 bits.
//!
//! The models and what is expected of them are in `fixtures/autodiff`, whose README says how they were made. Every
//! file is differentiated in every [`Form`]. An error is a relative L2 distance; PyTorch's own 32-bit gradient has one
//! too, and ours may be a few times as large.

use super::graph::f32s;
use super::sample::{Expected, Family, Parameter, family, fixtures};
use super::{
    COMPOSITE, Edge, Gradient, Graph, KnownValues, canonicalise, first_token, hoist_shapes, make_known, parameters,
    probe, pull_back, split,
};
use crate::error::Result;
use crate::onnx::proto::tensor_proto::DataType;
use crate::onnx::{Elements, Feed, Held, Model, Session, runtime_for_tests};
use prost::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// How many times PyTorch's 32-bit error ours may be. On the machine that the files were made on it is up to 2.8; other
/// processors round otherwise. A factor of attention that is wrong by 1e-4 fails.
const SLACK: f64 = 5.0;

/// PyTorch may be lucky with a tensor: no smaller error than this is asked for, times the slack.
const FLOOR: f64 = 2e-6;

/// Every family; the files of one are `models/FAMILY.EXPORT.onnx`.
const FAMILIES: [&str; 11] = [
    "bert-bi",
    "bert-cross",
    "bert-cross-two",
    "distilbert-bi",
    "distilbert-cross",
    "electra-bi",
    "modernbert-bi",
    "mpnet-bi",
    "roberta-bi",
    "roberta-cross",
    "xlm-roberta-bi",
];

/// A batch of token ids and what goes with them: name, shape, numbers.
type Batch = Vec<(String, Vec<usize>, Vec<i64>)>;

fn feeds(batch: &Batch) -> Vec<Feed<'_>> {
    batch.iter().map(|(name, shape, data)| Feed { name, shape, data: Elements::I64(data) }).collect()
}

/// Any texts, without padding. The sizes are none of the models' own.
fn any_batch(graph: &Graph, rows: usize, length: usize) -> Batch {
    let number = |name: &str, i: usize| match name {
        "input_ids" => 4 + (i * 7 % 31) as i64,
        "attention_mask" => 1,
        _ => 0,
    };
    let data = |name: &str| (0..rows * length).map(|i| number(name, i)).collect();
    graph.inputs.iter().map(|input| (input.name.clone(), vec![rows, length], data(&input.name))).collect()
}

/// The initializers that hold a parameter's numbers, each with whether it holds them transposed.
fn holders(graph: &Graph, parameter: &Parameter) -> Vec<(String, bool)> {
    let straight = &parameter.values;
    let turned = transposed(&parameter.shape, straight);
    let holds = |name: &String| {
        let numbers = f32s(&graph.initializers[name]);
        // A symmetric shape may be transposed too, so the numbers decide.
        let found = (numbers == *straight).then_some(false);
        found.or_else(|| turned.as_ref().is_some_and(|turned| numbers == *turned).then_some(true))
    };
    let real = graph.initializers.iter().filter(|(_, tensor)| tensor.data_type == Some(DataType::Float as i32));
    real.filter_map(|(name, _)| Some((name.clone(), holds(name)?))).collect()
}

/// The numbers of a matrix column by column.
fn transposed(shape: &[usize], numbers: &[f32]) -> Option<Vec<f32>> {
    let [rows, columns] = shape else { return None };
    Some((0..columns * rows).map(|i| numbers[i % rows * columns + i / rows]).collect())
}

/// How a file is differentiated.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// As the exporter wrote it, but for operators that stand for several.
    AsItIs,
    /// In canonical operators.
    Canonical,
    /// In canonical operators, written out, and cut at the gradient of the output, as it is when a model is trained.
    CutInTwo,
    /// The same, and each text is a batch of its own without padding: gradients add up, and no size is taken for fixed.
    RowByRow,
    /// In canonical operators, the first token only where nothing else is read, and cut in two.
    FirstToken,
}

impl Form {
    fn is_cut(self) -> bool {
        matches!(self, Form::CutInTwo | Form::RowByRow | Form::FirstToken)
    }
}

/// Reads a model and brings it into a form.
fn read(path: &Path, form: Form) -> Result<Graph> {
    let mut graph = Graph::read(&Model::read(path)?.proto)?;
    match form {
        Form::AsItIs => make_known(&mut graph),
        Form::Canonical | Form::CutInTwo | Form::RowByRow | Form::FirstToken => canonicalise(&mut graph),
    }
    Ok(graph)
}

/// A weight that was made an input: name, shape, numbers.
type Weight = (String, Vec<usize>, Vec<f32>);

/// A graph with gradients of its weights, and what to feed and to ask it for.
struct Differentiated {
    graph: Graph,
    n_forward: usize,
    known: KnownValues,
    weights: Vec<Weight>,
    gradients: BTreeMap<String, Gradient>,
}

/// Adds gradients of weights, which become inputs as they are when a model is trained.
fn differentiate(mut graph: Graph, output: &str, weights: &BTreeSet<String>, form: Form) -> Result<Differentiated> {
    graph.outputs.retain(|edge| edge.name == output);
    let batches = [any_batch(&graph, 5, 7), any_batch(&graph, 9, 11)];
    if matches!(form, Form::FirstToken) {
        let mut known = probe(runtime_for_tests(), &graph, [&feeds(&batches[0]), &feeds(&batches[1])])?;
        hoist_shapes(&mut graph, &known);
        let smaller = first_token(&mut graph, &mut known);
        assert_eq!(smaller, output == "logits", "{output}");
    }
    let take = |name: &String| {
        let tensor = graph.initializers.remove(name).unwrap();
        graph.inputs.push(Edge::new(name, DataType::Float));
        (name.clone(), tensor.dims.iter().map(|size| *size as usize).collect(), f32s(&tensor))
    };
    let weights: Vec<Weight> = weights.iter().map(take).collect();
    if form.is_cut() {
        graph = graph.written_out();
    }
    let fed = batches.each_ref().map(|batch| feeds(batch).into_iter().chain(feeds_of(&weights)).collect::<Vec<_>>());
    let known = probe(runtime_for_tests(), &graph, [&fed[0], &fed[1]])?;
    let n_forward = graph.nodes.len();
    let seed = graph.input("seed", DataType::Float);
    let of: Vec<String> = weights.iter().map(|(name, _, _)| name.clone()).collect();
    let gradients = pull_back(&mut graph, &known, &[(output.to_owned(), seed)], &of)?;
    for (weight, gradient) in &gradients {
        if let Some(dense) = &gradient.dense {
            graph.output(dense, &format!("dense {weight}"), DataType::Float);
        }
        for (index, rows) in gradient.rows.iter().enumerate() {
            graph.output(&rows.indices, &format!("indices {index} {weight}"), DataType::Int64);
            graph.output(&rows.rows, &format!("rows {index} {weight}"), DataType::Float);
        }
    }
    Ok(Differentiated { graph, n_forward, known, weights, gradients })
}

fn feeds_of(weights: &[Weight]) -> impl Iterator<Item = Feed<'_>> {
    weights.iter().map(|(name, shape, data)| Feed { name, shape, data: Elements::F32(data) })
}

/// A graph that runs, and the names of what it takes.
struct Running {
    session: Session,
    takes: BTreeSet<String>,
}

impl Running {
    fn start(mut graph: Graph) -> Result<Running> {
        graph.prune();
        let session = Session::new(runtime_for_tests(), &graph.write().encode_to_vec(), 1)?;
        Ok(Running { session, takes: graph.inputs.into_iter().map(|input| input.name).collect() })
    }

    /// Runs on those of the feeds that it takes.
    fn run(&mut self, feeds: &[Feed], held: &[(&str, &Held)]) -> Result<BTreeMap<String, Held>> {
        let feeds: Vec<Feed> = feeds.iter().filter(|feed| self.takes.contains(feed.name)).copied().collect();
        self.session.run_all(&feeds, held)
    }
}

/// The whole graph, or its halves with the names of what goes from one to the other.
enum Sessions {
    Whole(Running),
    Halves(Running, Running, Vec<String>),
}

impl Sessions {
    fn start(of: &Differentiated, form: Form) -> Result<Sessions> {
        if !form.is_cut() {
            return Ok(Sessions::Whole(Running::start(of.graph.written_out())?));
        }
        let (output, gradients) = of.graph.outputs.split_at(1);
        let halves = split(&of.graph, of.n_forward, &of.known, output, gradients);
        Ok(Sessions::Halves(Running::start(halves.forward)?, Running::start(halves.backward)?, halves.kept))
    }

    /// The output and the gradients.
    fn run(&mut self, feeds: &[Feed]) -> Result<BTreeMap<String, Held>> {
        match self {
            Sessions::Whole(whole) => whole.run(feeds, &[]),
            Sessions::Halves(forward, backward, kept) => {
                let mut made = forward.run(feeds, &[])?;
                let kept: Vec<(&str, &Held)> = kept.iter().map(|name| (name.as_str(), &made[name])).collect();
                let gradients = backward.run(feeds, &kept)?;
                made.extend(gradients);
                Ok(made)
            }
        }
    }
}

/// The whole gradient of a weight: what is dense, and rows added in order.
fn gathered(held: &BTreeMap<String, Held>, weight: &str, gradient: &Gradient, shape: &[usize]) -> Vec<f32> {
    let mut whole = vec![0.0; shape.iter().product()];
    if gradient.dense.is_some() {
        whole.copy_from_slice(held[&format!("dense {weight}")].f32s().unwrap());
    }
    for index in 0..gradient.rows.len() {
        let rows = held[&format!("rows {index} {weight}")].f32s().unwrap();
        let width = shape[1];
        for (at, row) in held[&format!("indices {index} {weight}")].i64s().unwrap().iter().zip(rows.chunks(width)) {
            let at = if *at < 0 { at + shape[0] as i64 } else { *at } as usize;
            whole[at * width..][..width].iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
    }
    whole
}

fn norm(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.map(|x| x * x).sum::<f64>().sqrt()
}

/// How far a gradient is from what is expected, relative.
fn error(found: &[f32], parameter: &Parameter, largest: f64) -> f64 {
    assert_eq!(found.len(), parameter.gradient.len());
    let differences = found.iter().zip(&parameter.gradient).map(|(a, b)| f64::from(*a) - f64::from(*b));
    let size = norm(parameter.gradient.iter().map(|x| f64::from(*x)));
    norm(differences) / if parameter.zero { largest } else { size }
}

/// What came of a file: its complaints, and the largest error of a gradient with PyTorch's beside.
struct Outcome {
    complaints: Vec<String>,
    worst: (f64, f64, String),
}

/// One batch, and what is expected of it.
struct Part {
    batch: Batch,
    shape: Vec<usize>,
    seed: Vec<f32>,
    output: Vec<f32>,
}

/// All texts at once, or each on its own without padding.
fn parts(family: &Family, form: Form) -> Vec<Part> {
    let Expected { inputs, output_shape, .. } = &family.expected;
    let all = inputs.values().next().unwrap().len();
    if !matches!(form, Form::RowByRow) {
        let whole = |rows: &Vec<Vec<i64>>| (vec![all, rows[0].len()], rows.concat());
        let batch = inputs.iter().map(|(name, rows)| (name.clone(), whole(rows).0, whole(rows).1)).collect();
        let (seed, output) = (family.seed.clone(), family.output.clone());
        return vec![Part { batch, shape: output_shape.clone(), seed, output }];
    }
    let per_row: usize = output_shape[1..].iter().product();
    let part = |row: usize| {
        let length = inputs["attention_mask"][row].iter().filter(|seen| **seen == 1).count();
        let text = |rows: &Vec<Vec<i64>>| rows[row][..length].to_vec();
        let batch = inputs.iter().map(|(name, rows)| (name.clone(), vec![1, length], text(rows))).collect();
        let mut shape = [&[1], &output_shape[1..]].concat();
        if shape.len() == 3 {
            shape[1] = length;
        }
        let own = |all: &[f32]| all[row * per_row..][..shape.iter().product()].to_vec();
        Part { batch, seed: own(&family.seed), output: own(&family.output), shape }
    };
    (0..all).map(part).collect()
}

fn check(path: &Path, family: &Family, form: Form) -> Result<Outcome> {
    let expected = &family.expected;
    let graph = read(path, form)?;
    let held_by: Vec<Vec<(String, bool)>> = expected.parameters.iter().map(|p| holders(&graph, p)).collect();
    let weights: BTreeSet<String> = held_by.iter().flatten().map(|(name, _)| name.clone()).collect();
    let taken: BTreeSet<String> = parameters(&graph, &["input_ids"]).into_iter().collect();
    let (not_taken, not_weights) = (weights.difference(&taken), taken.difference(&weights));
    let wrongly = not_taken.map(|w| format!("{w} is a weight")).chain(not_weights.map(|w| format!("{w} is no weight")));
    let mut complaints: Vec<String> = wrongly.collect();
    let differentiated = differentiate(graph, &expected.output, &weights, form)?;
    let mut sessions = Sessions::start(&differentiated, form)?;
    let mut sums: BTreeMap<&str, Vec<f32>> = BTreeMap::new();
    for part in parts(family, form) {
        let mut fed: Vec<Feed> = feeds(&part.batch).into_iter().chain(feeds_of(&differentiated.weights)).collect();
        fed.push(Feed { name: "seed", shape: &part.shape, data: Elements::F32(&part.seed) });
        let held = sessions.run(&fed)?;
        // What comes out at padding is nobody's business; the seed is zero there.
        let pairs = held[&expected.output].f32s()?.iter().zip(&part.output).zip(&part.seed);
        let off = pairs.filter(|(_, seed)| **seed != 0.0).map(|((a, b), _)| (a - b).abs()).fold(0.0, f32::max);
        if off.is_nan() || off > 2e-5 {
            complaints.push(format!("the output is off by {off:.1e}"));
        }
        for (weight, shape, _) in &differentiated.weights {
            let Some(gradient) = differentiated.gradients.get(weight) else { continue };
            let found = gathered(&held, weight, gradient, shape);
            let sum = sums.entry(weight).or_insert_with(|| vec![0.0; found.len()]);
            sum.iter_mut().zip(found).for_each(|(sum, x)| *sum += x);
        }
    }

    let mut worst = (0.0, 0.0, String::new());
    for (parameter, held_by) in expected.parameters.iter().zip(&held_by) {
        let mut found = vec![0.0; parameter.values.len()];
        for (weight, turned) in held_by {
            let Some(mut part) = sums.get(weight.as_str()).cloned() else { continue };
            if *turned {
                let back: Vec<usize> = parameter.shape.iter().rev().copied().collect();
                part = transposed(&back, &part).unwrap();
            }
            found.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
        }
        let error = error(&found, parameter, expected.largest);
        let line = format!("{}: off by {error:.1e}, PyTorch by {:.1e}", parameter.name, parameter.fp32_error);
        if held_by.is_empty() {
            complaints.push(format!("{}: no weight holds it", parameter.name));
        } else if error.is_nan() || error > SLACK * parameter.fp32_error.max(FLOOR) {
            complaints.push(line.clone());
        }
        if error > worst.0 {
            worst = (error, parameter.fp32_error, parameter.name.clone());
        }
    }
    Ok(Outcome { complaints, worst })
}

/// Every file of a family in every form.
#[allow(clippy::print_stderr, reason = "the figures are shown with --nocapture")]
fn agrees(name: &str) {
    let expected = family(name);
    let mut files: Vec<PathBuf> = fs::read_dir(fixtures().join("models")).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| family_of(path) == name);
    files.sort();
    assert!(!files.is_empty());
    let mut complaints = Vec::new();
    for path in files {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        for form in [Form::AsItIs, Form::Canonical, Form::CutInTwo, Form::RowByRow, Form::FirstToken] {
            match check(&path, &expected, form) {
                Ok(outcome) => {
                    let (error, theirs, parameter) = outcome.worst;
                    eprintln!("{file}, {form:?}: worst {error:.1e} where PyTorch has {theirs:.1e} ({parameter})");
                    complaints.extend(outcome.complaints.iter().map(|what| format!("{file}, {form:?}: {what}")));
                }
                Err(error) => complaints.push(format!("{file}, {form:?}: {error}")),
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn family_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().split('.').next().unwrap().to_owned()
}

#[test]
fn every_file_is_of_a_family() {
    let files = fs::read_dir(fixtures().join("models")).unwrap().map(|entry| entry.unwrap().path());
    let found: BTreeSet<String> = files.map(|path| family_of(&path)).collect();
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), FAMILIES);
}

#[test]
fn bert_without_a_head() {
    agrees("bert-bi");
}

#[test]
fn bert_with_one_logit() {
    agrees("bert-cross");
}

#[test]
fn bert_with_two_logits() {
    agrees("bert-cross-two");
}

#[test]
fn distilbert() {
    agrees("distilbert-bi");
    agrees("distilbert-cross");
}

#[test]
fn electra_projects_its_embeddings() {
    agrees("electra-bi");
}

#[test]
fn modernbert_turns_by_position_and_has_gates() {
    agrees("modernbert-bi");
}

#[test]
fn mpnet_learns_a_bias_per_distance() {
    agrees("mpnet-bi");
}

#[test]
fn roberta_counts_its_positions() {
    agrees("roberta-bi");
    agrees("roberta-cross");
    agrees("xlm-roberta-bi");
}

/// Whatever exporter, opset and attention: a canonical BERT is the same few operators.
#[test]
fn every_export_of_bert_comes_to_the_same_operators() {
    let files = fs::read_dir(fixtures().join("models")).unwrap().map(|entry| entry.unwrap().path());
    for path in files.filter(|path| family_of(path) == "bert-bi") {
        let graph = read(&path, Form::Canonical).unwrap();
        let count = |op: &str| graph.nodes.iter().filter(|node| node.op == op).count();
        let found = ["Linear", "LayerNormalization", "Gelu", "Softmax"].map(count);
        assert_eq!(found, [12, 5, 2, 2], "{}", path.display());
        for op in ["Erf", "Pow", "Sqrt", "IsNaN", "Attention", "Div", "ReduceMean"] {
            assert_eq!(count(op), 0, "{op} is left in {}", path.display());
        }
        assert!(graph.domains.is_empty() || graph.domains.keys().all(|domain| domain == COMPOSITE));
    }
}

/// Files that no gradient can be had from, and what the error must name.
#[test]
fn what_cannot_be_differentiated_is_named_in_one_error() {
    let named: [(&str, &[&str]); 2] = [
        ("operators", &["Einsum (at \"/head/Einsum\")", "LSTM (at \"/head/LSTM\")"]),
        (
            "int8",
            &["DynamicQuantizeLinear (at \"layer_norm_QuantizeLinear\", ", "was optimised or quantised for inference"],
        ),
    ];
    for (name, parts) in named {
        let graph = read(&fixtures().join(format!("refused/{name}.onnx")), Form::Canonical).unwrap();
        // The biases are left as they were by the quantisation.
        let weights: BTreeSet<String> = parameters(&graph, &["input_ids"]).into_iter().collect();
        let output = graph.outputs[0].name.clone();
        let text = differentiate(graph, &output, &weights, Form::Canonical).err().unwrap().to_string();
        for part in parts {
            assert!(text.contains(part), "{name}: {part} is not in: {text}");
        }
    }
}

#[test]
fn nothing_is_a_weight_that_has_16_bits() {
    let graph = read(&fixtures().join("refused/fp16.onnx"), Form::Canonical).unwrap();
    assert!(parameters(&graph, &["input_ids"]).is_empty());
}

/// Real models, where somebody has some: a small step along the whole gradient changes the output by as much as the
/// gradient says. `DISTILGATE_MODELS` names a folder of model folders; those called `minilm-*` are taken.
#[test]
#[allow(clippy::print_stderr, reason = "says that it was skipped, and the figures")]
fn a_step_along_the_gradient_of_a_real_model_does_what_the_gradient_says() {
    let Some(folder) = std::env::var_os("DISTILGATE_MODELS") else {
        eprintln!("skipped: DISTILGATE_MODELS names no folder of models");
        return;
    };
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> =
        folders.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("minilm-")).collect();
    folders.sort();
    assert!(!folders.is_empty(), "no folder is called minilm-*");
    for folder in folders {
        let (measured, said) = step_along_the_gradient(&folder.join("model.onnx")).unwrap();
        let error = (measured - said).abs() / said;
        eprintln!("{}: {measured:.6} where the gradient says {said:.6}, off by {error:.1e}", folder.display());
        assert!(error < 3e-4, "{}: {measured} where the gradient says {said}", folder.display());
    }
}

/// How fast the output, weighed by a seed, changes along the gradient: by central differences, and by the gradient.
fn step_along_the_gradient(path: &Path) -> Result<(f64, f64)> {
    let graph = read(path, Form::CutInTwo)?;
    let output = graph.outputs[0].name.clone();
    let batch = any_batch(&graph, 5, 7);
    let weights: BTreeSet<String> = parameters(&graph, &["input_ids"]).into_iter().collect();
    let mut of = differentiate(graph, &output, &weights, Form::CutInTwo)?;
    let mut sessions = Sessions::start(&of, Form::CutInTwo)?;
    let Sessions::Halves(forward, ..) = &mut sessions else { unreachable!("cut graphs have halves") };
    let inputs: Vec<Feed> = feeds(&batch).into_iter().chain(feeds_of(&of.weights)).collect();
    let shape = forward.run(&inputs, &[])?[&output].shape();
    // Any numbers between -1 and 1.
    let seed: Vec<f32> = (0..shape.iter().product()).map(|i: usize| (i as f32 * 12.9898).sin()).collect();
    let fed: Vec<Feed> =
        inputs.into_iter().chain([Feed { name: "seed", shape: &shape, data: Elements::F32(&seed) }]).collect();
    let held = sessions.run(&fed)?;
    let gradients: Vec<Vec<f32>> = of
        .weights
        .iter()
        .map(|(weight, shape, data)| match of.gradients.get(weight) {
            Some(gradient) => gathered(&held, weight, gradient, shape),
            None => vec![0.0; data.len()],
        })
        .collect();
    let size = norm(gradients.iter().flatten().map(|x| f64::from(*x)));
    let mut changed = |of: &mut Differentiated, by: f64| -> Result<f64> {
        for ((_, _, data), gradient) in of.weights.iter_mut().zip(&gradients) {
            data.iter_mut().zip(gradient).for_each(|(w, g)| *w = (f64::from(*w) + by * f64::from(*g) / size) as f32);
        }
        let Sessions::Halves(forward, ..) = &mut sessions else { unreachable!("cut graphs have halves") };
        let inputs: Vec<Feed> = feeds(&batch).into_iter().chain(feeds_of(&of.weights)).collect();
        let held = forward.run(&inputs, &[])?;
        Ok(held[&output].f32s()?.iter().zip(&seed).map(|(y, s)| f64::from(*y) * f64::from(*s)).sum())
    };
    let (ahead, behind) = (changed(&mut of, STEP)?, changed(&mut of, -2.0 * STEP)?);
    Ok(((ahead - behind) / (2.0 * STEP), size))
}

/// How far all weights together are moved: far enough for 32 bits to show it, near enough to be straight.
const STEP: f64 = 1e-3;
