//! `check` over small collections: verdicts, exit codes, and every file that it writes.

use super::support::{Ran, copy_of, run, run_with};
use quick_xml::events::Event;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn check(folder: &Path, config: &str) -> Ran {
    run(folder, &["check", "--config", config, "--threads", "1"])
}

fn report(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("distilgate-report/report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Changes a configuration of the fixture.
fn edit(folder: &Path, config: &str, from: &str, to: &str) {
    let path = folder.join(config);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{config} has no {from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn an_honest_teacher_passes() {
    let folder = copy_of("audit");
    let ran = check(folder.path(), "honest.toml");
    insta::assert_snapshot!(ran.all());
    assert_eq!(report(folder.path())["exit_code"], ran.code);
}

#[test]
fn a_teacher_that_has_seen_the_judgements_is_divergent() {
    let folder = copy_of("audit");
    let ran = check(folder.path(), "leaky.toml");
    insta::assert_snapshot!(ran.all());
    assert_eq!(ran.code, 1);
    assert_eq!(report(folder.path())["verdict"], "divergent");
}

#[test]
fn runs_alone_read_no_corpus() {
    let folder = copy_of("audit");
    for name in ["archive-2019", "archive-2020", "tickets-2024", "recipes-2024", "trails-2025"] {
        fs::remove_file(folder.path().join("collections").join(name).join("corpus.jsonl")).unwrap();
    }
    let ran = check(folder.path(), "runs-only.toml");
    insta::assert_snapshot!(ran.all());
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let (a, b) = (copy_of("audit"), copy_of("audit"));
    check(a.path(), "leaky.toml");
    check(b.path(), "leaky.toml");
    for file in ["report.json", "junit.xml", "summary.md", "runs/after/archive-2019.1.run"] {
        let bytes = |folder: &Path| fs::read(folder.join("distilgate-report").join(file)).unwrap();
        assert!(bytes(a.path()) == bytes(b.path()), "{file} differs");
    }
}

#[test]
fn report_json_holds_to_its_schema() {
    let folder = copy_of("audit");
    check(folder.path(), "leaky.toml");
    let schema = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report = report(folder.path());
    let faults: Vec<String> = validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Counts the cases of a JUnit file by what became of them, with an XML reader that is not ours.
fn junit_counts(folder: &Path) -> BTreeMap<String, usize> {
    let text = fs::read_to_string(folder.join("distilgate-report/junit.xml")).unwrap();
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut counts = BTreeMap::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(e) | Event::Empty(e) => {
                *counts.entry(e.name().as_ref().to_owned()).or_default() += 1;
            }
            _ => {}
        }
    }
    counts
}

#[test]
fn junit_lists_every_case_and_the_verdict() {
    let folder = copy_of("audit");
    check(folder.path(), "leaky.toml");
    let report = report(folder.path());
    let cases: Vec<&Value> =
        report["checks"].as_array().unwrap().iter().flat_map(|check| check["cases"].as_array().unwrap()).collect();
    let denied = cases.iter().filter(|case| case["status"] == "found" && case["level"] == "deny").count();
    let counts = junit_counts(folder.path());
    assert_eq!(counts["testcase"], cases.len() + 1);
    assert_eq!(counts["failure"], denied + 1);
    let text = fs::read_to_string(folder.path().join("distilgate-report/junit.xml")).unwrap();
    assert!(text.contains("classname=\"distilgate.gate.verdict\""));
    assert!(text.contains("<testsuites name=\"distilgate\" tests=") && text.is_ascii());
}

#[test]
fn one_collection_is_inconclusive_and_not_an_error() {
    let folder = copy_of("audit");
    let text = fs::read_to_string(folder.path().join("leaky.toml")).unwrap();
    let one = text.splitn(3, "[[collection]]").take(2).collect::<Vec<_>>().join("[[collection]]");
    fs::write(folder.path().join("one.toml"), one).unwrap();
    let ran = check(folder.path(), "one.toml");
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(ran.stdout.contains("too-few-collections"), "{}", ran.stdout);
    edit(folder.path(), "one.toml", "[teacher]", "[gate]\ninconclusive = \"warn\"\n[teacher]");
    let ran = check(folder.path(), "one.toml");
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("INCONCLUSIVE"), "it is said loudly: {}", ran.stdout);
}

#[test]
fn levels_and_waivers_change_the_result_and_not_the_verdict() {
    let folder = copy_of("audit");
    edit(
        folder.path(),
        "leaky.toml",
        "[teacher]",
        "[checks]\nteacher-label-residual = \"warn\"\nexcess-gain-divergence = \"warn\"\nstudent-label-residual = \"warn\"\n[teacher]",
    );
    let ran = check(folder.path(), "leaky.toml");
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(report(folder.path())["verdict"], "divergent");

    let folder = copy_of("audit");
    let waiver = |check: &str| format!("[[waiver]]\ncheck = \"{check}\"\nuntil = 9000-01-01\nreason = \"known\"\n");
    let waivers = ["teacher-label-residual", "excess-gain-divergence", "student-label-residual"].map(waiver).concat();
    edit(folder.path(), "leaky.toml", "[teacher]", &format!("{waivers}[teacher]"));
    let ran = check(folder.path(), "leaky.toml");
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.stdout.contains("waived until 9000-01-01"), "{}", ran.stdout);
    edit(folder.path(), "leaky.toml", "9000-01-01", "2020-01-01");
    assert_eq!(check(folder.path(), "leaky.toml").code, 1, "a waiver past its date covers nothing");
}

#[test]
fn scores_that_miss_three_pairs_are_a_finding() {
    let folder = copy_of("audit");
    let path = folder.path().join("runs/teacher-honest/tickets-2024.run");
    let text = fs::read_to_string(&path).unwrap();
    let lost = ["q1 Q0 q1d1 ", "q1 Q0 q1d2 ", "q2 Q0 q2d5 "];
    let kept: Vec<&str> = text.lines().filter(|line| !lost.iter().any(|pair| line.starts_with(pair))).collect();
    assert_eq!(text.lines().count() - kept.len(), 3);
    fs::write(&path, kept.join("\n") + "\n").unwrap();
    // Ten candidates each: a query that lacks two of them ranks fewer documents, one that lacks one has a hole.
    let ran = check(folder.path(), "honest.toml");
    assert!(ran.stdout.contains("warn incomplete-scores teacher on tickets-2024: 1 pair"), "{}", ran.stdout);
}

#[test]
fn queries_without_scores_are_a_finding_and_above_five_per_cent_a_denial() {
    let folder = copy_of("audit");
    let path = folder.path().join("runs/before/tickets-2024.run");
    let text = fs::read_to_string(&path).unwrap();
    for (lost, said) in [
        (&["q7 "][..], "warn incomplete-scores before on tickets-2024: 1 of"),
        (&["q7 ", "q8 "][..], "deny incomplete-scores before on tickets-2024: 2 of"),
    ] {
        let kept: Vec<&str> = text.lines().filter(|line| !lost.iter().any(|query| line.starts_with(query))).collect();
        fs::write(&path, kept.join("\n") + "\n").unwrap();
        let ran = check(folder.path(), "honest.toml");
        assert!(ran.stdout.contains(said), "{}", ran.stdout);
    }
}

#[test]
fn a_suspect_that_drops_out_is_never_called_clean() {
    let folder = copy_of("audit");
    fs::remove_file(folder.path().join("runs/teacher-honest/archive-2019.run")).unwrap();
    let ran = check(folder.path(), "honest.toml");
    assert_eq!(report(folder.path())["verdict"], "gains-agree", "{}", ran.stdout);
    assert!(ran.stdout.contains("could not be looked at on archive-2019"), "{}", ran.stdout);
    for seed in [1, 2] {
        fs::remove_file(folder.path().join(format!("runs/after-honest/archive-2019.{seed}.run"))).unwrap();
    }
    let ran = check(folder.path(), "honest.toml");
    assert_eq!((ran.code, &report(folder.path())["verdict"]), (3, &Value::from("inconclusive")), "{}", ran.stdout);
}

#[test]
fn identical_arms_are_seen_where_some_queries_have_one_result() {
    let folder = copy_of("audit");
    let after = "[\"runs/after-honest/{collection}.1.run\", \"runs/after-honest/{collection}.2.run\"]";
    edit(folder.path(), "runs-only.toml", after, "\"runs/before/{collection}.run\"");
    let path = folder.path().join("runs/before/archive-2019.run");
    let text = fs::read_to_string(&path).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("q1 ") || line.contains(" q1d1 ")).collect();
    fs::write(&path, kept.join("\n") + "\n").unwrap();
    let ran = check(folder.path(), "runs-only.toml");
    assert!(ran.stdout.contains("identical-arms before on archive-2019"), "{}", ran.stdout);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
}

#[test]
fn seeds_without_a_partner_are_said() {
    let folder = copy_of("audit");
    let two = "[\"runs/after-honest/{collection}.1.run\", \"runs/after-honest/{collection}.2.run\"]";
    let three = "[\"runs/after-honest/{collection}.1.run\", \"runs/after-honest/{collection}.2.run\", \"runs/before/{collection}.run\"]";
    edit(folder.path(), "honest.toml", two, three);
    let ran = check(folder.path(), "honest.toml");
    assert!(
        ran.stdout.contains("not checked: seeds beyond the first 2 in the excess gain: after has 3"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("identical-arms"), "the third seed is the student before: {}", ran.stdout);
}

#[test]
fn cached_scores_give_the_bytes_of_fresh_ones() {
    let folder = copy_of("audit");
    let model = super::support::fixtures().join("models/bi-mean").display().to_string();
    edit(folder.path(), "runs-only.toml", "runs = \"runs/before/{collection}.run\"", &format!("model = {model:?}"));
    edit(
        folder.path(),
        "runs-only.toml",
        "[teacher]",
        "[first-stage]\nrun = \"runs/before/{collection}.run\"\n[teacher]",
    );
    let cache = folder.path().join("scores");
    // ONNX Runtime stays where the other tests have it; only the scores are to be made anew.
    let doctor = run(folder.path(), &["doctor", "--format", "json"]);
    let found: Value = serde_json::from_str(&doctor.stdout).unwrap();
    let library =
        found["onnx_runtime"].as_str().and_then(|text| text.rsplit(": ").next()).unwrap_or_default().to_owned();
    let env = [("DISTILGATE_CACHE_DIR", cache.to_str().unwrap()), ("DISTILGATE_ONNXRUNTIME", library.as_str())];
    let args = ["check", "--config", "runs-only.toml", "--threads", "1"];
    let bytes = |name: &str| fs::read(folder.path().join("distilgate-report").join(name)).unwrap();
    let fresh = run_with(folder.path(), &args, &env);
    let (json, junit) = (bytes("report.json"), bytes("junit.xml"));
    let again = run_with(folder.path(), &args, &env);
    assert_eq!(fresh.stdout, again.stdout, "{}", fresh.all());
    assert!(json == bytes("report.json") && junit == bytes("junit.xml"), "the cache changes the report");
}

#[test]
fn a_role_without_a_reason_is_denied() {
    let folder = copy_of("audit");
    edit(folder.path(), "honest.toml", "published = 2019-11-15", "role = \"clean\"");
    let ran = check(folder.path(), "honest.toml");
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("deny role-without-reason archive-2019"), "{}", ran.stdout);
    edit(folder.path(), "honest.toml", "role = \"clean\"", "role = \"suspect\"\nbecause = \"it leaked in 2021\"");
    let ran = check(folder.path(), "honest.toml");
    assert!(!ran.stdout.contains("deny role-without-reason"), "{}", ran.stdout);
}

#[test]
fn an_arm_against_itself_gains_nothing_and_decides_nothing() {
    let folder = copy_of("audit");
    edit(
        folder.path(),
        "runs-only.toml",
        "[\"runs/after-honest/{collection}.1.run\", \"runs/after-honest/{collection}.2.run\"]",
        "\"runs/before/{collection}.run\"",
    );
    let ran = check(folder.path(), "runs-only.toml");
    assert_eq!(ran.code, 3, "{}", ran.all());
    let report = report(folder.path());
    for collection in report["outcomes"][0]["collections"].as_array().unwrap() {
        assert_eq!(collection["mean"], 0.0);
    }
    assert!(ran.stdout.contains("identical-arms"), "{}", ran.stdout);
}

#[test]
fn colour_is_asked_for_or_left_out() {
    let folder = copy_of("audit");
    let plain = check(folder.path(), "runs-only.toml");
    assert!(!plain.stdout.contains('\u{1b}'));
    let coloured = run(folder.path(), &["check", "--config", "runs-only.toml", "--color", "always"]);
    assert!(coloured.stdout.contains('\u{1b}'));
    let asked = run_with(folder.path(), &["check", "--config", "runs-only.toml", "--quiet"], &[("NO_COLOR", "1")]);
    assert_eq!(asked.stdout.lines().count(), 1, "{}", asked.stdout);
}

/// A collection that nobody has scored is left out, and BM25 is not blamed for scoring nothing there.
#[test]
fn a_collection_without_any_scores_is_left_out() {
    let folder = copy_of("audit");
    for arm in fs::read_dir(folder.path().join("runs")).unwrap() {
        for run in fs::read_dir(arm.unwrap().path()).unwrap() {
            let run = run.unwrap().path();
            if run.file_name().unwrap().to_string_lossy().starts_with("trails-2025") {
                fs::remove_file(run).unwrap();
            }
        }
    }
    let ran = run(folder.path(), &["check", "--config", "honest.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(!ran.stdout.contains("deny incomplete-scores"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("too-few-queries"), "a probe that describes asks for no queries: {}", ran.stdout);
}
