//! Every number in `fixtures/golden/expected` is found again.
//!
//! `fixtures/golden/reference.py` made them, with numpy and SciPy. Adding a case is adding two files; a case of a
//! kind that this walk does not know, or without an expected file, is a failure.

use super::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What the definitions promise, and for what goes through Student's t or a quantile.
const EXACT: f64 = 1e-9;
const THROUGH_T: f64 = 1e-6;
const GOES_THROUGH_T: [&str; 3] = ["p", "lower", "upper"];

#[test]
fn every_golden_number_is_found_again() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/golden");
    let cases = json_files(&golden.join("cases"));
    assert_eq!(cases, json_files(&golden.join("expected")), "a case without expected numbers, or the reverse");
    let mut kinds = BTreeSet::new();
    for name in cases {
        let case = read(&golden.join("cases").join(&name));
        let expected = read(&golden.join("expected").join(&name));
        let kind = case["kind"].as_str().unwrap().to_owned();
        let found = match kind.as_str() {
            "contrast" => run_contrast(&case),
            "label-residual" => run_label_residual(&case),
            "twin" => run_twin(&case),
            "holm" => json!({ "adjusted": holm(&numbers(&case["p"])) }),
            "blind" => run_blind(&case),
            "canary" => {
                let [labelled, other] = ["labelled", "other"].map(|name| case[name].as_u64().unwrap());
                json!({ "p": fair_coin_p(labelled, labelled + other) })
            }
            unknown => panic!("{}: no statistic is called {unknown}", name.display()),
        };
        compare(&name.display().to_string(), &expected, &found, EXACT);
        kinds.insert(kind);
    }
    assert_eq!(kinds, ["blind", "canary", "contrast", "holm", "label-residual", "twin"].map(str::to_owned).into());
}

fn json_files(folder: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| PathBuf::from(entry.unwrap().file_name())).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

/// Outcomes `[query]` or `[query][seed]`.
fn outcomes(value: &Value) -> Vec<Vec<f64>> {
    let queries = value.as_array().unwrap();
    queries.iter().map(|q| if q.is_array() { numbers(q) } else { vec![q.as_f64().unwrap()] }).collect()
}

fn run_contrast(case: &Value) -> Value {
    let samples: Vec<Sample> = case["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| Sample {
            name: c["name"].as_str().unwrap().to_owned(),
            role: serde_json::from_value(c["role"].clone()).unwrap(),
            values: outcomes(&c["values"]),
        })
        .collect();
    let settings = ContrastSettings {
        tolerance: case.get("tolerance").map_or(0.0, |t| t.as_f64().unwrap()),
        ..ContrastSettings::with_scale(case["scale"].as_f64().unwrap())
    };
    let Ok(found) = contrast(&samples, &settings) else { return Value::Null };
    let collection =
        |c: &CollectionMean| json!({ "name": c.name, "n": c.n_queries, "seeds": c.n_seeds, "mean": c.mean, "v": c.v });
    json!({
        "collections": found.collections.iter().map(collection).collect::<Vec<_>>(),
        "clean": found.clean,
        "tau": found.tau,
        "tau_without_prior": found.tau_without_prior,
        "prior_contradicted": found.prior_contradicted,
        "together": found.together,
        "alone": found.alone.iter().map(|a| (a.name.clone(), json!(a.difference))).collect::<Map<_, _>>(),
        "deciding_p": found.deciding_p,
    })
}

fn run_label_residual(case: &Value) -> Value {
    let queries: Vec<CandidateList> = case["queries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|q| CandidateList {
            score: numbers(&q["score"]),
            relevant: numbers(&q["relevant"]).iter().map(|r| *r == 1.0).collect(),
            references: q["references"].as_array().unwrap().iter().map(numbers).collect(),
        })
        .collect();
    let Ok(found) = label_residual(&queries) else { return Value::Null };
    json!({ "coefficient": found.coefficient, "queries": found.queries, "values": found.values })
}

fn run_twin(case: &Value) -> Value {
    let pairs: Vec<TwinPair> = case["pairs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| TwinPair { suspect: outcomes(&p["suspect"]), twin: outcomes(&p["twin"]) })
        .collect();
    let Ok(found) = twin(&pairs, 0.05) else { return Value::Null };
    json!({
        "delta": found.delta, "se": found.se, "df": found.df, "p": found.p, "lower": found.lower, "upper": found.upper
    })
}

fn run_blind(case: &Value) -> Value {
    let list = |value: &Value| value.as_array().unwrap().clone();
    let blocks: Vec<Block> =
        list(&case["blocks"]).iter().map(|block| list(block).iter().map(numbers).collect()).collect();
    let second: Vec<bool> = list(&case["second"]).iter().map(|s| s.as_bool().unwrap()).collect();
    let folds: Vec<usize> = list(&case["folds"]).iter().map(|fold| fold.as_u64().unwrap() as usize).collect();
    let (scores, auc, weights) = super::likeness::with_folds(&blocks, &second, &folds);
    json!({ "auc": auc, "scores": scores, "weights": weights })
}

/// The same keys, the same texts, and numbers within the tolerance.
fn compare(place: &str, expected: &Value, found: &Value, tolerance: f64) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let keys = |map: &Map<String, Value>| map.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(keys(expected), keys(found), "{place}");
            for (key, value) in expected {
                let tolerance = if GOES_THROUGH_T.contains(&key.as_str()) { THROUGH_T } else { tolerance };
                compare(&format!("{place} {key}"), value, &found[key], tolerance);
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            assert_eq!(expected.len(), found.len(), "{place}");
            for (i, (expected, found)) in expected.iter().zip(found).enumerate() {
                compare(&format!("{place}[{i}]"), expected, found, tolerance);
            }
        }
        (Value::Number(expected), Value::Number(found)) => {
            let (expected, found) = (expected.as_f64().unwrap(), found.as_f64().unwrap());
            let apart = (expected - found).abs();
            assert!(apart <= tolerance * expected.abs().max(1.0), "{place}: {found:e} is not {expected:e}");
        }
        _ => assert_eq!(expected, found, "{place}"),
    }
}
