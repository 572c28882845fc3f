//! `scan`, and what `check` makes of it.

use super::support::{copy_of, run, run_reading, scratch, write};
use std::path::Path;

const QUERY: &str = "what is the difference between moths and butterflies";
const DOCUMENT: &str = "Butterflies fly by day and rest with closed wings, while moths are active at night and keep them open; both \
    begin as caterpillars and go through the same four stages, but only moths spin a cocoon of silk.";

/// A collection of one query and one document in a folder `insects`.
fn insects(folder: &Path) {
    let line = |id: &str, text: &str| serde_json::json!({ "_id": id, "text": text }).to_string() + "\n";
    write(&folder.join("insects/queries.jsonl"), line("q1", QUERY));
    write(&folder.join("insects/corpus.jsonl"), line("d1", DOCUMENT) + &line("d2", "Too short."));
    write(&folder.join("insects/qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t2\n");
}

#[test]
fn matches_are_told_with_their_places() {
    let here = scratch();
    insects(here.path());
    let record = serde_json::json!({ "query": QUERY.to_uppercase(), "positive": DOCUMENT });
    write(&here.path().join("data/a.jsonl"), format!("{{\"query\": \"nothing\"}}\n{record}\n"));
    write(&here.path().join("data/b.txt"), format!("{}\n", QUERY.replace("difference", "main difference")));
    let ran = run(here.path(), &["scan", "data", "--against", "insects", "--out", "matches.jsonl"]);
    insta::assert_snapshot!("scan", ran.all());
    let matches = std::fs::read_to_string(here.path().join("matches.jsonl")).unwrap();
    insta::assert_snapshot!("matches", matches);

    // A second scan of the folder does not find what the first one wrote.
    run(here.path(), &["scan", "data", ".", "--against", "insects", "--out", "data/own.jsonl", "--format", "json"]);
    run(here.path(), &["scan", "data", "--against", "insects", "--out", "data/own.jsonl"]);
    assert_eq!(std::fs::read_to_string(here.path().join("data/own.jsonl")).unwrap(), matches);
}

#[test]
fn nothing_found_is_a_pass_and_json_has_the_counts() {
    let here = scratch();
    insects(here.path());
    write(&here.path().join("a.txt"), "a text about other things\n");
    let ran = run(here.path(), &["scan", "a.txt", "--against", "insects", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let printed: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&printed["files"], &printed["lines"]), (&1.into(), &1.into()));
    assert_eq!(printed["collections"][0]["short_documents"], 1);
}

#[test]
fn what_could_not_be_read_makes_a_scan_inconclusive() {
    let here = scratch();
    insects(here.path());
    write(&here.path().join("data/good.txt"), "a text about other things\n");
    write(&here.path().join("data/table.parquet"), "PAR1");
    write(&here.path().join("data/bad.txt"), b"caf\xE9\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("..", here.path().join("data/round")).unwrap();
    #[cfg(unix)]
    assert!(std::process::Command::new("mkfifo").arg(here.path().join("data/pipe")).status().unwrap().success());
    let ran = run(here.path(), &["scan", "data", "missing.txt", "--against", "insects"]);
    #[cfg(unix)]
    insta::assert_snapshot!("unread", ran.all());
    assert_eq!(ran.code, 3);
}

/// A file that may be opened and not be read, for a root user too.
#[cfg(target_os = "linux")]
#[test]
fn what_a_scan_bounds_is_told() {
    let here = scratch();
    let long: String = (0..2_000).map(|n| format!("w{n} ")).collect();
    let line = |id: &str, text: &str| serde_json::json!({ "_id": id, "text": text }).to_string() + "\n";
    insects(here.path());
    write(&here.path().join("insects/queries.jsonl"), line("q1", QUERY) + &line("q2", &long));
    write(&here.path().join("insects/qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td1\t2\n");
    write(&here.path().join("a.txt"), "a text about other things\n");
    let ran = run(here.path(), &["scan", "a.txt", "--against", "insects"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.stderr.contains("warning: insects: 1 query has more than 1024 words"), "{}", ran.stderr);

    // The long query's words in another order: nothing that is near, and much to compare.
    let mixed: String = (0..4_000).map(|n| format!("w{} ", n * 7_919 % 1_019)).collect();
    write(&here.path().join("b.jsonl"), serde_json::json!({ "text": mixed }).to_string());
    let ran = run(here.path(), &["scan", "b.jsonl", "--against", "insects"]);
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(ran.stderr.contains("unread: b.jsonl: from line 1 on it is so like"), "{}", ran.stderr);
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let here = scratch();
    insects(here.path());
    let ran = run(here.path(), &["scan", "/proc/self/mem", "--against", "insects"]);
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(ran.stderr.contains("unread: /proc/self/mem: cannot read"), "{}", ran.stderr);
}

#[test]
fn standard_input_is_scanned_as_a_minus() {
    let here = scratch();
    insects(here.path());
    let input = format!("something else\n{QUERY}\n");
    let args = ["scan", "-", "--against", "insects", "--out", "-"];
    let ran = run_reading(here.path(), &args, &[], &input);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&found["file"], &found["line"], ran.code), (&"-".into(), &2.into(), 1), "{}", ran.all());
    let table = run_reading(here.path(), &args, &[], "PAR1");
    assert!(table.code == 3 && table.stderr.contains("only from a file"), "{}", table.all());
}

#[test]
fn a_collection_that_is_none_is_refused() {
    let here = scratch();
    write(&here.path().join("a.txt"), "text\n");
    let ran = run(here.path(), &["scan", "a.txt", "--against", "insects"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(ran.stderr.contains("insects is no folder"), "{}", ran.stderr);
}

#[test]
fn what_chance_can_explain_is_shown_and_is_no_evidence() {
    let here = scratch();
    insects(here.path());
    let line = |id: &str, text: &str| serde_json::json!({ "_id": id, "text": text }).to_string() + "\n";
    let queries = [("q1", QUERY), ("q2", "breast cancer"), ("q3", "treatment of asthma in children")];
    write(&here.path().join("insects/queries.jsonl"), queries.map(|(id, text)| line(id, text)).concat());
    let judged = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td1\t1\nq3\td1\t1\n";
    write(&here.path().join("insects/qrels/test.tsv"), judged);
    let shorter = DOCUMENT.replace("Butterflies fly by day", "By day butterflies fly");
    for (text, code) in [
        (serde_json::json!({ "tags": ["Diabetes", "Breast Cancer"] }).to_string(), 0),
        (format!("They asked {QUERY}, and nobody knew."), 0),
        (serde_json::json!({ "query": "treatment of asthma in adults", "positive": DOCUMENT }).to_string(), 0),
        (serde_json::json!({ "query": QUERY, "positive": shorter }).to_string(), 1),
        (serde_json::json!({ "query": "Breast cancer?", "positive": DOCUMENT }).to_string(), 1),
        (serde_json::json!({ "questions": [QUERY] }).to_string(), 1),
    ] {
        write(&here.path().join("a.jsonl"), format!("{text}\n"));
        let ran = run(here.path(), &["scan", "a.jsonl", "--against", "insects"]);
        assert_eq!(ran.code, code, "{text}: {}", ran.all());
        assert!(ran.stdout.contains("insects"), "it is shown: {}", ran.all());
    }
}

#[test]
fn an_inch_mark_joins_no_rows() {
    let here = scratch();
    insects(here.path());
    let rows = format!("a,b\n12\" monitor,x\n{QUERY},x\n{}\"{DOCUMENT}\",x\n", "row,x\n".repeat(5));
    write(&here.path().join("a.csv"), rows);
    run(here.path(), &["scan", "a.csv", "--against", "insects", "--out", "matches.jsonl"]);
    let matches = std::fs::read_to_string(here.path().join("matches.jsonl")).unwrap();
    let places: Vec<(u64, String)> = matches
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|found| (found["line"].as_u64().unwrap(), found["kind"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(places, [(3, "query".to_owned()), (9, "document".to_owned())], "{matches}");
}

#[test]
fn two_collections_of_one_name_are_refused() {
    let here = scratch();
    insects(here.path());
    insects(&here.path().join("other"));
    write(&here.path().join("a.txt"), "text\n");
    let ran = run(here.path(), &["scan", "a.txt", "--against", "insects", "other/insects"]);
    assert!(ran.code == 2 && ran.stderr.contains("two collections are called insects"), "{}", ran.all());
}

#[test]
fn matches_go_to_a_file_that_can_be_made_or_to_stdout() {
    let here = scratch();
    insects(here.path());
    write(&here.path().join("a.txt"), format!("{QUERY}\n"));
    write(&here.path().join("file"), "");
    let ran = run(here.path(), &["scan", "a.txt", "--against", "insects", "--out", "file/matches.jsonl"]);
    assert_eq!(ran.code, 4, "{}", ran.all());
    let ran = run(here.path(), &["scan", "a.txt", "--against", "insects", "--out", "-"]);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.all());
}

/// What was read holds a test query of a clean collection: the verdict is contaminated, and the collection is suspect.
#[test]
fn evidence_in_what_was_read_decides() {
    let folder = copy_of("audit");
    let config = folder.path().join("honest.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let queries = std::fs::read_dir(folder.path().join("collections")).unwrap().next().unwrap().unwrap().path();
    let name = queries.file_name().unwrap().to_string_lossy().into_owned();
    std::fs::create_dir(folder.path().join("read")).unwrap();
    std::fs::copy(queries.join("queries.jsonl"), folder.path().join("read/part-1.jsonl")).unwrap();
    write(&config, format!("{text}\n[scan]\npaths = [\"read/*.jsonl\"]\n"));
    let ran = run(folder.path(), &["check", "--config", "honest.toml", "--cache-dir", "cache"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert!(ran.stdout.contains("CONTAMINATED"), "{}", ran.stdout);
    assert!(ran.stdout.contains(&format!("query-overlap {name} in [scan]")), "{}", ran.stdout);
    let report = std::fs::read_to_string(folder.path().join("distilgate-report/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let of_name = |all: &serde_json::Value, key: &str| {
        all.as_array().unwrap().iter().find(|one| one[key] == name.as_str()).unwrap().clone()
    };
    assert_eq!(of_name(&report["collections"], "name")["role"], "suspect");
    assert_eq!(report["scan"][0]["files"], 1);
    let found = of_name(&report["scan"][0]["collections"], "collection");
    assert_eq!((&found["is_evidence"], &found["queries"]["exact"]), (&true.into(), &found["queries"]["sought"]));
    let again = run(folder.path(), &["check", "--config", "honest.toml", "--cache-dir", "cache"]);
    assert_eq!(again.stdout, ran.stdout, "the cache changes nothing");
}

#[test]
fn a_scan_path_that_leads_nowhere_is_refused() {
    let folder = copy_of("audit");
    let config = folder.path().join("honest.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    write(&config, format!("{text}\n[scan]\npaths = [\"nowhere/*.jsonl\"]\n"));
    let ran = run(folder.path(), &["check", "--config", "honest.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(ran.stderr.contains("leads to no file"), "{}", ran.stderr);
}
