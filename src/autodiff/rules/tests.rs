//! Every rule against central differences on the real runtime.
//!
//! For random inputs x, a random direction v and a random gradient g of the output, g . (y(x + h v) - y(x - h v)) / 2h
//! must be dx . v. Sums are in 64 bits. The cases hold the hard points too: zeros, large numbers, ties, axes of
//! size 1, broadcasting.

use super::{State, TABLE};
use crate::autodiff::graph::{Graph, Node};
use crate::autodiff::{Attribute, KnownValues, probe, pull_back};
use crate::onnx::proto::tensor_proto::DataType;
use crate::onnx::{Elements, Feed, Held, Session, runtime_for_tests};
use prost::Message;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};

/// Where the numbers of an input come from.
#[derive(Clone, Debug)]
enum Numbers {
    /// Between these, evenly.
    Between(f32, f32),
    /// These, moved by differences, so a kink must not lie within a step of them.
    These(Vec<f32>),
    /// Fixed integers, which have no gradient.
    Ints(Vec<i64>),
    /// Integers that are known only when it runs.
    Computed(Vec<i64>),
    /// Fixed numbers, which have no gradient.
    Fixed(Vec<f32>),
    /// Left out.
    Absent,
}
use Numbers::{Absent, Between, Computed, Fixed, Ints, These};

/// An input: its numbers and its dimensions. A dimension of 5 is 5 in one batch of the probe and 3 in the other.
type Input = (Numbers, Vec<usize>);

/// The size that stands for a free dimension.
const FREE: usize = 5;

struct Case {
    op: &'static str,
    opset: i64,
    attributes: Vec<(&'static str, Attribute)>,
    inputs: Vec<Input>,
    outputs: usize,
    tolerance: f64,
}

fn case(op: &'static str, inputs: &[Input]) -> Case {
    Case { op, opset: 17, attributes: Vec::new(), inputs: inputs.to_vec(), outputs: 1, tolerance: 2e-3 }
}

impl Case {
    fn with(mut self, name: &'static str, attribute: impl Into<Attribute>) -> Case {
        self.attributes.push((name, attribute.into()));
        self
    }

    fn opset(mut self, opset: i64) -> Case {
        self.opset = opset;
        self
    }

    fn outputs(mut self, outputs: usize) -> Case {
        self.outputs = outputs;
        self
    }
}

fn any(shape: &[usize]) -> Input {
    (Between(-2.0, 2.0), shape.to_vec())
}

fn positive(shape: &[usize]) -> Input {
    (Between(0.3, 3.0), shape.to_vec())
}

fn these(values: &[f32]) -> Input {
    (These(values.to_vec()), vec![values.len()])
}

fn ints(values: &[i64]) -> Input {
    (Ints(values.to_vec()), vec![values.len()])
}

fn int(value: i64) -> Input {
    (Ints(vec![value]), vec![])
}

fn fixed(values: &[f32], shape: &[usize]) -> Input {
    (Fixed(values.to_vec()), shape.to_vec())
}

fn absent() -> Input {
    (Absent, vec![])
}

/// The table of cases. Kinks are kept a step away from the points: there a difference says nothing, and the value
/// at the kink itself is held by [`at_the_kink_a_rule_takes_the_side_that_it_says`].
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let far = || these(&[-30.0, -3.0, -1e-3, 0.0, 1e-3, 3.0, 30.0]);
    for op in ["Add", "Sub", "Mul"] {
        for (a, b) in [
            (vec![2, FREE], vec![2, FREE]),
            (vec![FREE, 3], vec![3]),
            (vec![3], vec![FREE, 3]),
            (vec![FREE, 1, 4], vec![2, 1]),
            (vec![1, FREE, 4], vec![FREE, FREE, 4]),
            (vec![], vec![2, 3]),
            (vec![1, 1], vec![2, 3]),
            (vec![1], vec![1, 1, 1]),
        ] {
            cases.push(case(op, &[any(&a), any(&b)]));
        }
    }
    cases.push(case("Div", &[any(&[FREE, 3]), positive(&[3])]));
    cases.push(case("Div", &[any(&[3]), positive(&[FREE, 1])]));
    cases.push(case("Sum", &[any(&[FREE, 3]), any(&[3]), any(&[1])]));
    for op in ["Neg", "Exp", "Sin", "Cos", "Tanh", "Sigmoid", "Softplus", "Erf", "Identity"] {
        cases.push(case(op, &[any(&[FREE, 3])]));
        if op != "Exp" {
            cases.push(case(op, &[far()]));
        }
    }
    cases.push(case("Exp", &[these(&[-80.0, -5.0, 0.0, 5.0])]));
    cases.push(case("Dropout", &[any(&[FREE])]));
    for op in ["Log", "Sqrt", "Reciprocal"] {
        cases.push(case(op, &[positive(&[FREE, 3])]));
    }
    cases.push(case("Abs", &[these(&[-3.0, -0.5, 0.5, 3.0])]));
    cases.push(case("Relu", &[these(&[-30.0, -0.5, 0.5, 30.0])]));
    cases.push(case("LeakyRelu", &[these(&[-30.0, -0.5, 0.5, 30.0])]).with("alpha", 0.2));
    for approximate in ["none", "tanh"] {
        cases.push(case("Gelu", &[any(&[FREE, 3])]).with("approximate", approximate).opset(20));
        cases.push(case("Gelu", &[far()]).with("approximate", approximate).opset(20));
    }
    cases.push(case("Pow", &[any(&[FREE, 3]), fixed(&[2.0], &[])]));
    cases.push(case("Pow", &[positive(&[FREE, 3]), fixed(&[0.5], &[1])]));
    cases.push(case("Pow", &[positive(&[2, 3]), fixed(&[1.0, 2.0, 3.0], &[3])]));
    cases.push(case("Clip", &[these(&[-3.0, 0.0, 0.9, 3.0]), fixed(&[-1.0], &[]), fixed(&[1.0], &[])]));
    cases.push(case("Clip", &[these(&[-3.0, 0.0, 3.0]), fixed(&[-1.0], &[])]));
    cases.push(case("Clip", &[these(&[-3.0, 0.0, 3.0]), absent(), fixed(&[1.0], &[])]));
    for op in ["Max", "Min"] {
        cases.push(case(op, &[these(&[-3.0, 0.0, 1.0]), these(&[1.0, 2.0, -3.0])]));
        cases.push(case(op, &[these(&[-3.0, 0.3, 1.0]), fixed(&[0.1], &[])]));
    }
    cases.push(case("Where", &[(Ints(vec![1, 0, 1]), vec![3]), any(&[FREE, 3]), any(&[1])]));
    cases.push(case("Cast", &[any(&[FREE, 3])]).with("to", DataType::Double as i64));
    for (a, b) in [
        (vec![FREE, 3], vec![3, 4]),
        (vec![2, FREE, 3], vec![3, 4]),
        (vec![2, 2, FREE, 3], vec![2, 2, 3, FREE]),
        (vec![2, FREE, 3], vec![1, 3, 4]),
        (vec![1, 4, 3], vec![FREE, 3, 2]),
        (vec![4, 3], vec![FREE, 3, 2]),
        (vec![1, 1], vec![1, 1]),
        (vec![2, 1, 3], vec![3, 1]),
    ] {
        cases.push(case("MatMul", &[any(&a), any(&b)]));
    }
    for trans_a in [0, 1] {
        for trans_b in [0, 1] {
            let a = if trans_a == 1 { vec![3, FREE] } else { vec![FREE, 3] };
            let b = if trans_b == 1 { vec![4, 3] } else { vec![3, 4] };
            for c in [vec![4], vec![1, 4], vec![FREE, 4], vec![1], vec![FREE, 1]] {
                let gemm = case("Gemm", &[any(&a), any(&b), any(&c)]);
                let gemm = gemm.with("transA", trans_a).with("transB", trans_b);
                cases.push(gemm.with("alpha", 0.5_f32).with("beta", 2.0_f32));
            }
            cases.push(case("Gemm", &[any(&a), any(&b)]).with("transA", trans_a).with("transB", trans_b));
        }
    }
    for op in ["Softmax", "LogSoftmax"] {
        for axis in [-1, 0, 1] {
            cases.push(case(op, &[any(&[2, FREE, 3])]).with("axis", axis));
        }
        cases.push(case(op, &[(Between(-40.0, 40.0), vec![FREE, 3])]));
        cases.push(case(op, &[any(&[FREE, 1])]));
    }
    for opset in [17, 18] {
        cases.push(case("LayerNormalization", &[any(&[2, FREE, 4]), any(&[4]), any(&[4])]).opset(opset));
        cases.push(case("LayerNormalization", &[any(&[FREE, 4]), any(&[4])]).opset(opset));
        let two = case("LayerNormalization", &[any(&[FREE, 3, 4]), any(&[3, 4]), any(&[3, 4])]);
        cases.push(two.with("axis", 1).opset(opset));
    }
    for keep in [0, 1] {
        for (axes, shape) in [(vec![1], vec![2, FREE, 3]), (vec![0, -1], vec![2, FREE, 3]), (vec![-1], vec![FREE, 1])] {
            cases.push(case("ReduceSum", &[any(&shape), ints(&axes)]).with("keepdims", keep));
            for op in ["ReduceMean", "ReduceL2", "ReduceMax", "ReduceMin"] {
                cases.push(case(op, &[any(&shape)]).with("axes", axes.clone()).with("keepdims", keep));
                cases.push(case(op, &[any(&shape), ints(&axes)]).with("keepdims", keep).opset(18));
            }
        }
        for op in ["ReduceSum", "ReduceMean", "ReduceL2", "ReduceMax"] {
            cases.push(case(op, &[any(&[FREE, 3])]).with("keepdims", keep));
        }
    }
    cases.push(case("ReduceL2", &[these(&[0.0, 0.0]), ints(&[0])]).opset(18).zero());
    cases.push(case("Transpose", &[any(&[2, FREE, 3])]));
    cases.push(case("Transpose", &[any(&[2, FREE, 3, 4])]).with("perm", vec![0, 2, 3, 1]));
    cases.push(case("Reshape", &[any(&[2, FREE, 4]), ints(&[0, 0, 2, 2])]));
    cases.push(case("Reshape", &[any(&[2, FREE, 4]), ints(&[-1, 4])]));
    cases.push(case("Flatten", &[any(&[2, FREE, 4])]).with("axis", 2));
    cases.push(case("Squeeze", &[any(&[FREE, 1, 4]), ints(&[1])]));
    cases.push(case("Unsqueeze", &[any(&[FREE, 4]), ints(&[0, 2])]));
    cases.push(case("Expand", &[any(&[2, 1]), ints(&[3, 2, 4])]));
    cases.push(case("Expand", &[any(&[3, 1, 4]), ints(&[1, 2, 1])]));
    cases.push(case("Concat", &[any(&[2, FREE]), any(&[2, 3]), any(&[2, 1])]).with("axis", 1));
    cases.push(case("Concat", &[any(&[FREE, 2]), any(&[FREE, 2])]).with("axis", -2));
    cases.push(case("Split", &[any(&[FREE, 6])]).with("axis", -1).outputs(2));
    cases.push(case("Split", &[any(&[FREE, 6]), ints(&[1, 3, 2])]).with("axis", 1).outputs(3));
    for (starts, ends, axes) in [
        (vec![1], vec![3], vec![1]),
        (vec![0, 1], vec![1, 1000], vec![0, -1]),
        (vec![-2], vec![-1], vec![2]),
        (vec![-1000], vec![2], vec![1]),
    ] {
        let computed = (Computed(starts.clone()), vec![starts.len()]);
        cases.push(case("Slice", &[any(&[2, FREE, 4]), ints(&starts), ints(&ends), ints(&axes)]));
        cases.push(case("Slice", &[any(&[2, FREE, 4]), computed, ints(&ends), ints(&axes)]));
    }
    cases.push(case("Slice", &[any(&[4, FREE]), ints(&[1, 0]), ints(&[3, 2])]));
    for (axis, index) in [(1, 0), (1, -1), (0, 1), (2, 3)] {
        cases.push(case("Gather", &[any(&[2, FREE, 4]), int(index)]).with("axis", axis));
    }
    cases.push(case("Gather", &[any(&[4, 3]), (Ints(vec![0, 2, 2, 3]), vec![2, 2])]));
    cases.push(case("Pad", &[any(&[2, FREE]), ints(&[1, 0, 0, 2])]));
    cases.push(case("Trilu", &[any(&[FREE, 4]), int(1)]).with("upper", 0));
    cases.push(case("Trilu", &[any(&[2, 3, 3])]));
    cases
}

impl Case {
    /// A point where the gradient is set to 0 by the rule, and where differences are not to be trusted.
    fn zero(mut self) -> Case {
        self.tolerance = f64::INFINITY;
        self
    }
}

/// A tensor to feed.
struct Fed {
    name: String,
    shape: Vec<usize>,
    real: Vec<f32>,
}

fn feeds(fed: &[Fed]) -> Vec<Feed<'_>> {
    fed.iter().map(|f| Feed { name: &f.name, shape: &f.shape, data: Elements::F32(&f.real) }).collect()
}

struct Random(ChaCha8Rng);

impl Random {
    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.0.next_u32() as f32 / u32::MAX as f32)
    }

    fn tensor(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.between(-1.0, 1.0)).collect()
    }
}

fn count(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// The graph of a case, with random numbers for its inputs in the size `free`.
fn build(case: &Case, free: usize, random: &mut Random) -> (Graph, Vec<Fed>) {
    let mut graph = Graph::new(case.opset);
    let mut fed = Vec::new();
    let mut names = Vec::new();
    for (index, (numbers, shape)) in case.inputs.iter().enumerate() {
        let shape: Vec<usize> = shape.iter().map(|size| if *size == FREE { free } else { *size }).collect();
        let dims: Vec<i64> = shape.iter().map(|size| *size as i64).collect();
        let real = match numbers {
            Between(low, high) => (0..count(&shape)).map(|_| random.between(*low, *high)).collect(),
            These(values) => values.clone(),
            Ints(values) if case.op == "Where" => {
                let tensor = crate::autodiff::tensor_i64(&dims, values);
                graph.initializers.insert("ints".into(), tensor);
                graph.nodes.push(Node::new("Cast", &["ints"], &["truth"]).with("to", DataType::Bool as i64));
                names.push("truth".to_owned());
                continue;
            }
            Ints(values) => {
                let name = format!("x{index}");
                graph.initializers.insert(name.clone(), crate::autodiff::tensor_i64(&dims, values));
                names.push(name);
                continue;
            }
            Computed(values) => {
                let (fixed, name) = (format!("fixed{index}"), format!("x{index}"));
                graph.initializers.insert(fixed.clone(), crate::autodiff::tensor_i64(&dims, values));
                graph.nodes.push(Node::new("Identity", &[&fixed], &[&name]));
                names.push(name);
                continue;
            }
            Fixed(values) => {
                let name = format!("x{index}");
                graph.initializers.insert(name.clone(), crate::autodiff::tensor_f32(&dims, values));
                names.push(name);
                continue;
            }
            Absent => {
                names.push(String::new());
                continue;
            }
        };
        names.push(graph.input(&format!("x{index}"), DataType::Float));
        fed.push(Fed { name: format!("x{index}"), shape, real });
    }
    // An identity in front, so that a table of embeddings is no leaf and gets a dense gradient.
    let inner: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(i, name)| match fed.iter().any(|f| &f.name == name) {
            true => graph.push(Node::new("Identity", &[name], &[&format!("inner{i}")])),
            false => name.clone(),
        })
        .collect();
    let inner: Vec<&str> = inner.iter().map(String::as_str).collect();
    let outputs: Vec<String> = (0..case.outputs).map(|i| format!("y{i}")).collect();
    let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
    let mut node = Node::new(case.op, &inner, &outputs);
    for (name, attribute) in &case.attributes {
        node.attributes.insert((*name).to_owned(), attribute.clone());
    }
    if case.op == "Split" && case.inputs.len() == 1 && case.opset >= 18 {
        node = node.with("num_outputs", case.outputs as i64);
    }
    graph.push(node);
    (graph, fed)
}

/// A graph's outputs as 64-bit numbers.
fn run(graph: &Graph, fed: &[Fed], outputs: &[String]) -> BTreeMap<String, Vec<f64>> {
    let mut graph = graph.clone();
    // One value may be the gradient of several inputs.
    for output in outputs.iter().collect::<BTreeSet<_>>() {
        let name = format!("{output}!");
        let cast = graph.push(Node::new("Cast", &[output], &[]).with("to", DataType::Float as i64));
        graph.output(&cast, &name, DataType::Float);
    }
    let mut session = Session::plain(runtime_for_tests(), &graph.write().encode_to_vec()).unwrap();
    let held = session.run_all(&feeds(fed), &[]).unwrap();
    let read = |held: &Held| held.f32s().unwrap().iter().map(|x| f64::from(*x)).collect();
    outputs.iter().map(|output| (output.clone(), read(&held[&format!("{output}!")]))).collect()
}

fn dot(a: &[f64], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a * f64::from(*b)).sum()
}

fn known(case: &Case, graph: &Graph, fed: &[Fed], random: &mut Random) -> KnownValues {
    let other = build(case, 3, random).1;
    probe(runtime_for_tests(), graph, [&feeds(fed), &feeds(&other)]).unwrap()
}

/// How far a rule is from central differences, relative to the sizes of the two, over a few directions.
fn error_of(case: &Case, title: &str) -> f64 {
    let mut random = Random(ChaCha8Rng::seed_from_u64(7));
    let (mut graph, fed) = build(case, FREE, &mut random);
    let known = known(case, &graph, &fed, &mut random);
    let outputs: Vec<String> = (0..case.outputs).map(|i| format!("y{i}")).collect();
    let forward = graph.clone();
    let (mut seeds, mut seed_feeds) = (Vec::new(), Vec::new());
    // Of several outputs the last has no gradient: parts without one are a hard point of their own.
    let seeded = &outputs[..outputs.len().max(2) - 1];
    for output in seeded {
        let size: Vec<usize> = run_shape(&forward, &fed, output);
        let name = graph.input(&format!("g.{output}"), DataType::Float);
        let real = random.tensor(count(&size));
        // The gradient has the type of the value.
        let element = known[output].element;
        let typed = graph.push(Node::new("Cast", &[&name], &[]).with("to", i64::from(element as i32)));
        seeds.push((output.clone(), typed));
        seed_feeds.push(Fed { name, shape: size, real });
    }
    let of: Vec<String> = fed.iter().map(|f| f.name.clone()).collect();
    graph.sort();
    let gradients = pull_back(&mut graph, &known, &seeds, &of).unwrap();
    let dense: Vec<String> = of.iter().map(|x| gradients[x].dense.clone().unwrap()).collect();
    let all: Vec<Fed> = fed.into_iter().chain(seed_feeds).collect();
    let (fed, seed_feeds) = all.split_at(of.len());
    let found = run(&graph, &all, &dense);
    let mut worst: f64 = 0.0;
    for _ in 0..3 {
        let directions: Vec<Vec<f32>> = fed.iter().map(|f| random.tensor(f.real.len())).collect();
        let moved = |sign: f32| -> f64 {
            let fed: Vec<Fed> = fed
                .iter()
                .zip(&directions)
                .map(|(f, v)| Fed {
                    name: f.name.clone(),
                    shape: f.shape.clone(),
                    real: f.real.iter().zip(v).map(|(x, v)| x + sign * STEP * v).collect(),
                })
                .collect();
            let values = run(&forward, &fed, seeded);
            seeded.iter().zip(seed_feeds).map(|(y, g)| dot(&values[y], &g.real)).sum()
        };
        let difference = (moved(1.0) - moved(-1.0)) / f64::from(2.0 * STEP);
        let ours: f64 = dense.iter().zip(&directions).map(|(d, v)| dot(&found[d], v)).sum();
        let scale: f64 = dense
            .iter()
            .zip(&directions)
            .map(|(d, v)| found[d].iter().zip(v).map(|(d, v)| (d * f64::from(*v)).abs()).sum::<f64>())
            .sum();
        assert!(ours.is_finite(), "{title}: the gradient is {ours}");
        worst = worst.max((ours - difference).abs() / (scale + 1.0));
    }
    worst
}

/// About the cube root of the precision of 32-bit numbers: rounding and curvature weigh alike.
const STEP: f32 = 5e-3;

fn run_shape(graph: &Graph, fed: &[Fed], output: &str) -> Vec<usize> {
    let mut graph = graph.clone();
    graph.output(output, "shape of", DataType::Float);
    if let Some(last) = graph.outputs.last_mut() {
        last.element = DataType::Float;
    }
    let values = crate::autodiff::known::every_value(runtime_for_tests(), &graph, &feeds(fed)).unwrap();
    values[output].shape()
}

#[test]
fn every_rule_agrees_with_central_differences() {
    let mut missed = Vec::new();
    for case in cases() {
        let shapes: Vec<&Vec<usize>> = case.inputs.iter().map(|(_, shape)| shape).collect();
        let title = format!("{} {:?} {shapes:?} opset {}", case.op, case.attributes, case.opset);
        let error = error_of(&case, &title);
        if error > case.tolerance {
            missed.push(format!("{title}: {error:.1e}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn every_rule_has_a_case_and_the_table_is_sorted() {
    let tested: BTreeSet<&str> = cases().iter().map(|case| case.op).collect();
    for (op, state) in TABLE {
        assert_eq!(matches!(state, State::Rule(_)), tested.contains(op), "{op}");
    }
    assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0), "operators are found by bisection");
}

/// At a kink either side is right; which one is said in the rule, and is PyTorch's.
#[test]
fn at_the_kink_a_rule_takes_the_side_that_it_says() {
    let gradient_at = |case: Case, name: &str| -> Vec<f64> {
        let mut random = Random(ChaCha8Rng::seed_from_u64(7));
        let (mut graph, mut fed) = build(&case, FREE, &mut random);
        let known = known(&case, &graph, &fed, &mut random);
        let g = graph.input("g", DataType::Float);
        let shape = run_shape(&graph, &fed, "y0");
        let of: Vec<String> = fed.iter().map(|f| f.name.clone()).collect();
        let gradients = pull_back(&mut graph, &known, &[("y0".into(), g)], &of).unwrap();
        fed.push(Fed { name: "g".into(), real: vec![1.0; count(&shape)], shape });
        let dense = gradients[name].dense.clone().unwrap();
        run(&graph, &fed, std::slice::from_ref(&dense)).remove(&dense).unwrap()
    };
    for (case, name, expected) in [
        (case("Relu", &[these(&[0.0, -0.0])]), "x0", vec![0.0, 0.0]),
        (case("Abs", &[these(&[0.0])]), "x0", vec![0.0]),
        (case("Clip", &[these(&[-1.0, 1.0]), fixed(&[-1.0], &[]), fixed(&[1.0], &[])]), "x0", vec![1.0, 1.0]),
        (case("Max", &[these(&[1.0, 2.0]), these(&[1.0, 1.0])]), "x0", vec![0.5, 1.0]),
        (case("Max", &[these(&[1.0, 2.0]), these(&[1.0, 1.0])]), "x1", vec![0.5, 0.0]),
        (case("ReduceMax", &[these(&[3.0, 3.0, 1.0])]), "x0", vec![0.5, 0.5, 0.0]),
        (case("ReduceL2", &[these(&[0.0, 0.0])]), "x0", vec![0.0, 0.0]),
        (case("Softmax", &[these(&[0.0, 100.0])]), "x0", vec![0.0, 0.0]),
        (case("Sigmoid", &[these(&[-100.0, 100.0])]), "x0", vec![0.0, 0.0]),
    ] {
        let found = gradient_at(case, name);
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6), "{name}: {found:?}, not {expected:?}");
    }
}

/// Two uses of one value, a value that nothing needs, and an operator that is on no way to a weight.
#[test]
fn gradients_of_several_uses_add_up_and_what_is_beside_the_way_may_be_anything() {
    let mut graph = Graph::new(17);
    graph.input("x", DataType::Float);
    graph.input("w", DataType::Float);
    graph.input("g", DataType::Float);
    for node in [
        Node::new("Hardmax", &["x"], &["h"]),
        Node::new("Mul", &["w", "w"], &["square"]),
        Node::new("Add", &["square", "w"], &["sum"]),
        Node::new("Add", &["sum", "h"], &["y"]),
        Node::new("Hardmax", &["y"], &["unused"]),
    ] {
        graph.push(node);
    }
    let fed = |w: f32, n: usize| {
        [("x", 1.0), ("w", w), ("g", 1.0)].map(|(name, x)| Fed { name: name.into(), shape: vec![n], real: vec![x; n] })
    };
    let known = probe(runtime_for_tests(), &graph, [&feeds(&fed(3.0, 5)), &feeds(&fed(3.0, 4))]).unwrap();
    let gradients = pull_back(&mut graph, &known, &[("y".into(), "g".into())], &["w".into()]).unwrap();
    let dense = gradients["w"].dense.clone().unwrap();
    assert_eq!(run(&graph, &fed(3.0, 2), std::slice::from_ref(&dense))[&dense], vec![7.0, 7.0]);
}

#[test]
fn operators_without_a_rule_are_named_all_at_once() {
    let mut graph = Graph::new(17);
    graph.input("w", DataType::Float);
    graph.input("g", DataType::Float);
    for mut node in [
        Node::new("Hardmax", &["w"], &["a"]),
        Node::new("Mish", &["a"], &["b"]),
        Node::new("Add", &["b", "w"], &["c"]),
        Node::new("Hardmax", &["c"], &["y"]),
    ] {
        node.name = format!("/layer/{}", node.outputs[0]);
        graph.push(node);
    }
    let error = pull_back(&mut graph, &KnownValues::new(), &[("y".into(), "g".into())], &["w".into()]).unwrap_err();
    let text = error.to_string();
    for part in ["Hardmax (at \"/layer/a\", \"/layer/y\")", "Mish (at \"/layer/b\")", "export the model again"] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(error.exit(), crate::Exit::Unusable);
}
