//! Every loss against PyTorch in float64, on the real runtime; what must hold whatever the scores are; and the list
//! against the folder.

use super::*;
use crate::autodiff::{OPSET, probe, pull_back};
use crate::onnx::proto::tensor_proto::DataType;
use crate::onnx::{Elements, Feed, Session, runtime_for_tests as runtime};
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed, TestRunner};
use prost::Message;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How far a number of 32 bits may be from float64's, relative to the largest number around it.
const ROUNDING: f32 = 1e-5;

/// A case of `fixtures/losses/expected.json`.
#[derive(Deserialize)]
struct Case {
    loss: String,
    situation: String,
    temperature: f32,
    student: Vec<Vec<f32>>,
    teacher: Vec<Vec<f32>>,
    value: f32,
    gradient: Vec<Vec<f32>>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../../fixtures/losses/expected.json")).unwrap()
}

/// A loss that can be computed.
struct Computed {
    session: Session,
}

impl Computed {
    fn new(mix: &str, temperature: f32) -> Computed {
        Computed::at(OPSET, mix, temperature)
    }

    fn at(opset: i64, mix: &str, temperature: f32) -> Computed {
        let mut graph = Graph::new(opset);
        let student = graph.input("student", DataType::Float);
        let teacher = graph.input("teacher", DataType::Float);
        let scores = Scores { student: &student, teacher: &teacher };
        let value = Mix::parse(mix).unwrap().append(&mut graph, &scores, &Settings { temperature });
        graph.output(&value, "value", DataType::Float);
        let numbers = [0.0; 28];
        let batch = |shape| ["student", "teacher"].map(|name| feed(name, shape, &numbers));
        let known = probe(runtime(), &graph, [&batch(&[3, 5]), &batch(&[4, 7])]).unwrap();
        let one = graph.scalar(1.0);
        let gradients = pull_back(&mut graph, &known, &[(value, one)], std::slice::from_ref(&student)).unwrap();
        let gradient = gradients[&student].dense.clone().unwrap();
        graph.output(&gradient, "gradient", DataType::Float);
        Computed { session: Session::new(runtime(), &graph.write().encode_to_vec(), 1).unwrap() }
    }

    /// The loss's value, and its gradient at each score of the student.
    fn of(&mut self, student: &[Vec<f32>], teacher: &[Vec<f32>]) -> (f32, Vec<f32>) {
        let shape = [student.len(), student[0].len()];
        let (student, teacher) = (student.concat(), teacher.concat());
        let feeds = [feed("student", &shape, &student), feed("teacher", &shape, &teacher)];
        let mut read = |name| self.session.run(&feeds, name, |shape, data| (shape.to_vec(), data.to_vec())).unwrap();
        let (value, gradient) = (read("value"), read("gradient"));
        assert!(value.0.is_empty());
        assert_eq!(gradient.0, shape);
        (value.1[0], gradient.1)
    }
}

fn feed<'a>(name: &'a str, shape: &'a [usize], numbers: &'a [f32]) -> Feed<'a> {
    Feed { name, shape, data: Elements::F32(&numbers[..shape.iter().product()]) }
}

/// Whether numbers are equal but for rounding, relative to the largest of them.
fn close(found: &[f32], right: &[f32]) -> bool {
    let scale = right.iter().fold(0.01_f32, |largest, x| largest.max(x.abs()));
    found.len() == right.len() && found.iter().zip(right).all(|(a, b)| (a - b).abs() <= ROUNDING * scale)
}

#[test]
fn values_and_gradients_are_those_of_pytorch() {
    let cases = cases();
    let computed: BTreeSet<&str> = cases.iter().map(|case| case.loss.as_str()).collect();
    assert!(LOSSES.iter().all(|loss| computed.contains(loss.name)));
    let mut sessions = BTreeMap::new();
    for case in &cases {
        let key = (&case.loss, case.temperature.to_bits());
        let computed = sessions.entry(key).or_insert_with(|| Computed::new(&case.loss, case.temperature));
        let (value, gradient) = computed.of(&case.student, &case.teacher);
        let title = format!("{}, {}", case.loss, case.situation);
        assert!(close(&[value], &[case.value]), "{title}: {value} is not {}", case.value);
        let right = case.gradient.concat();
        assert!(close(&gradient, &right), "{title}: {gradient:?} is not {right:?}");
    }
}

#[test]
fn later_operators_give_the_same() {
    let cases = cases();
    for loss in &LOSSES {
        let case = cases.iter().find(|case| case.loss == loss.name && case.situation == "grades, with ties").unwrap();
        for opset in [18, 20, 23] {
            let found = Computed::at(opset, loss.name, case.temperature).of(&case.student, &case.teacher);
            assert_close(found, (case.value, case.gradient.concat()));
        }
    }
}

/// Groups of the same size, on a grid: ties occur, and what is added is added exactly.
fn scores() -> impl Strategy<Value = (Vec<Vec<f32>>, Vec<Vec<f32>>)> {
    (1..4_usize, 2..8_usize).prop_flat_map(|(groups, candidates)| {
        let grid = (-32..=32_i8).prop_map(|x| f32::from(x) / 8.0);
        let side = prop::collection::vec(prop::collection::vec(grid, candidates), groups);
        (side.clone(), side)
    })
}

/// Runs a property on every loss that fits, with seeded cases.
fn hold(fits: impl Fn(&Loss) -> bool, property: impl Fn(&mut Computed, Vec<Vec<f32>>, Vec<Vec<f32>>, &Loss)) {
    for loss in LOSSES.iter().filter(|loss| fits(loss)) {
        let computed = RefCell::new(Computed::new(loss.name, 2.0));
        let config = ProptestConfig {
            cases: 60,
            rng_seed: RngSeed::Fixed(1),
            failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
            ..ProptestConfig::default()
        };
        let run = TestRunner::new(config).run(&scores(), |(student, teacher)| {
            property(&mut computed.borrow_mut(), student, teacher, loss);
            Ok(())
        });
        run.unwrap_or_else(|error| panic!("{}: {error}", loss.name));
    }
}

fn every(scores: &[Vec<f32>], change: impl Fn(f32) -> f32) -> Vec<Vec<f32>> {
    scores.iter().map(|row| row.iter().map(|x| change(*x)).collect()).collect()
}

fn assert_close(found: (f32, Vec<f32>), right: (f32, Vec<f32>)) {
    assert!(close(&[found.0], &[right.0]), "{} is not {}", found.0, right.0);
    assert!(close(&found.1, &right.1), "{:?} is not {:?}", found.1, right.1);
}

#[test]
fn what_is_added_to_all_scores_of_a_side_changes_nothing() {
    hold(
        |_| true,
        |computed, student, teacher, _| {
            let before = computed.of(&student, &teacher);
            assert_close(computed.of(&every(&student, |x| x + 37.5), &teacher), before.clone());
            assert_close(computed.of(&student, &every(&teacher, |x| x - 12.25)), before);
        },
    );
}

#[test]
fn losses_of_the_order_see_nothing_but_the_order() {
    // Increasing on the grid in 32 bits too: no two scores fall together.
    let increasing: [fn(f32) -> f32; 4] = [|x| 1000.0 * x - 7.0, |x| x.powi(3), f32::exp, |x| (x / 4.0).tanh()];
    hold(
        |loss| loss.needs == Needs::Order,
        |computed, student, teacher, _| {
            let before = computed.of(&student, &teacher);
            for change in increasing {
                assert_eq!(computed.of(&student, &every(&teacher, change)), before);
            }
        },
    );
}

#[test]
fn losses_of_scores_see_more_than_the_order() {
    hold(
        |loss| loss.needs == Needs::Scores,
        |computed, _, _, _| {
            let (student, teacher) = (vec![vec![0.0, 0.5, 1.0]], vec![vec![0.0, 1.0, 3.0]]);
            let (before, _) = computed.of(&student, &teacher);
            let (after, _) = computed.of(&student, &every(&teacher, |x| 2.0 * x));
            assert!((before - after).abs() > 0.01);
        },
    );
}

#[test]
fn the_order_of_the_candidates_does_not_matter() {
    let turned =
        |rows: &[Vec<f32>]| -> Vec<Vec<f32>> { rows.iter().map(|row| row.iter().rev().copied().collect()).collect() };
    hold(
        |_| true,
        |computed, student, teacher, loss| {
            // Of equals at the top `lce` takes the first, and another is first then.
            if loss.name == "lce" && teacher.iter().any(|row| two_at_the_top(row)) {
                return;
            }
            let (value, gradient) = computed.of(&student, &teacher);
            let width = student[0].len();
            let rows: Vec<Vec<f32>> = gradient.chunks(width).map(<[f32]>::to_vec).collect();
            assert_close(computed.of(&turned(&student), &turned(&teacher)), (value, turned(&rows).concat()));
        },
    );
}

fn two_at_the_top(row: &[f32]) -> bool {
    let best = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter().filter(|x| **x == best).count() > 1
}

#[test]
fn tied_candidates_are_not_ordered_by_accident() {
    let teacher = [vec![2.0, 1.0, 1.0, 1.0]];
    for name in ["ranknet", "rank-only"] {
        let mut computed = Computed::new(name, 1.0);
        let (_, alike) = computed.of(&[vec![0.0; 4]], &teacher);
        assert!(alike[1] == alike[2] && alike[2] == alike[3], "{name}: {alike:?}");
        // Where the teacher says nothing, nothing is learnt, whatever the student thinks.
        let (value, gradient) = computed.of(&[vec![3.0, 1.0, 2.0, -5.0]], &[vec![7.0; 4]]);
        assert_eq!((value, gradient), (0.0, vec![0.0; 4]), "{name}");
    }
}

#[test]
fn the_first_of_the_best_is_the_positive() {
    let mut lce = Computed::new("lce", 1.0);
    let (_, gradient) = lce.of(&[vec![0.0; 4]], &[vec![1.0, 5.0, 5.0, 2.0]]);
    let signs: Vec<bool> = gradient.iter().map(|x| *x < 0.0).collect();
    assert_eq!(signs, [false, true, false, false]);
}

#[test]
fn who_agrees_with_the_teacher_has_nothing_to_learn() {
    hold(
        |loss| matches!(loss.name, "margin-mse" | "kl"),
        |computed, _, teacher, _| {
            let (value, gradient) = computed.of(&every(&teacher, |x| x + 1.5), &teacher);
            assert!(value.abs() < 1e-5 && gradient.iter().all(|x| x.abs() < 1e-5), "{value} {gradient:?}");
        },
    );
}

#[test]
fn one_candidate_alone_gives_nothing_to_learn() {
    hold(|_| true, |computed, _, _, _| assert_eq!(computed.of(&[vec![2.0]], &[vec![-1.0]]), (0.0, vec![0.0])));
}

/// A loss is one file, in the list under its name.
#[test]
fn the_folder_is_the_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/distill/losses");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let found: BTreeSet<String> = files
        .filter_map(|file| file.strip_suffix(".rs").map(|stem| stem.replace('_', "-")))
        .filter(|name| !["mod", "arrange", "mix", "tests"].contains(&name.as_str()))
        .collect();
    let listed: Vec<&str> = LOSSES.iter().map(|loss| loss.name).collect();
    assert!(listed.is_sorted());
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), listed);
}
