//! Every value equals what ir_measures computes, to 1e-9. `fixtures/measures/make.py` made what is compared with and
//! explains the exceptions: ties in score, which ir_measures breaks in another way for two measures.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use distilgate::collection::{DocumentId, Grade, Qrels, QueryId, read_qrels};
use distilgate::measure::Measure;
use distilgate::runs::{self, Evaluation, Run, Scored, by_rank, evaluate};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const TOLERANCE: f64 = 1e-9;

/// Query (or `all`), measure, and the value in trec_eval's order of ties.
type Exception = (String, Measure, f64);

/// Random judgements and rankings.
#[derive(Deserialize)]
struct Generated {
    measures: Vec<Measure>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    qrels: BTreeMap<QueryId, BTreeMap<DocumentId, Grade>>,
    run: BTreeMap<QueryId, BTreeMap<DocumentId, f64>>,
    /// By query and under `all`.
    values: BTreeMap<String, Vec<f64>>,
    exceptions: Vec<Exception>,
}

/// Real runs, which only some have; the numbers alone are here.
#[derive(Deserialize)]
struct Real {
    measures: Vec<Measure>,
    /// By collection, in the order of the values.
    queries: BTreeMap<String, Vec<String>>,
    runs: Vec<RealRun>,
}

#[derive(Deserialize)]
struct RealRun {
    run: PathBuf,
    collection: String,
    all: Vec<f64>,
    values: Vec<Vec<f64>>,
    exceptions: Vec<Exception>,
}

#[test]
fn generated_rankings_have_the_values_of_ir_measures() {
    let Generated { measures, cases } = fixture("generated.json");
    assert!(cases.len() >= 50);
    for case in cases {
        let evaluation = evaluate(&Qrels { queries: case.qrels }, &ranked(case.run), &measures);
        compare(&case.name, &evaluation, case.values, &case.exceptions);
    }
}

#[test]
fn real_runs_have_the_values_of_ir_measures() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !data.is_dir() {
        eprintln!("{} is not here: real runs are not compared", data.display());
        return;
    }
    let Real { measures, queries, runs } = fixture("real.json");
    let qrels: BTreeMap<&String, Qrels> =
        queries.keys().map(|name| (name, read_qrels(&data.join(name).join("qrels/test.tsv")).unwrap())).collect();
    for expected in runs {
        let run = runs::read(&data.join(&expected.run)).unwrap();
        let mut values: BTreeMap<String, Vec<f64>> =
            queries[&expected.collection].iter().cloned().zip(expected.values).collect();
        values.insert("all".into(), expected.all);
        let evaluation = evaluate(&qrels[&expected.collection], &run, &measures);
        compare(&expected.run.display().to_string(), &evaluation, values, &expected.exceptions);
    }
}

/// Every query and mean that is expected is there, no other is, and each has its value.
fn compare(case: &str, evaluation: &Evaluation, expected: BTreeMap<String, Vec<f64>>, exceptions: &[Exception]) {
    let here = evaluation.queries.iter().map(|(query, values)| (query.to_string(), values.clone()));
    let here: BTreeMap<String, Vec<f64>> = here.chain([("all".into(), evaluation.means())]).collect();
    assert_eq!(here.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{case}");
    for (query, expected) in expected {
        for ((measure, value), expected) in evaluation.measures.iter().zip(&here[&query]).zip(expected) {
            let in_order = exceptions.iter().find(|(q, m, _)| *q == query && m == measure).map(|(.., value)| *value);
            let expected = in_order.unwrap_or(expected);
            assert!((value - expected).abs() <= TOLERANCE, "{case}, query {query}: {measure} {value}, not {expected}");
        }
    }
}

fn ranked(run: BTreeMap<QueryId, BTreeMap<DocumentId, f64>>) -> Run {
    let ranking = |scores: BTreeMap<DocumentId, f64>| {
        let mut ranking: Vec<Scored> = scores.into_iter().map(|(document, score)| Scored { document, score }).collect();
        ranking.sort_by(by_rank);
        ranking
    };
    Run { queries: run.into_iter().map(|(query, scores)| (query, ranking(scores))).collect() }
}

fn fixture<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/measures").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
