//! Twins: a matched one that differs says `contaminated`, one of another kind cannot; sheets and what is made of them.

use super::support::{Ran, copy_of, run, write};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Fixtures whose `archive-2019` is split: its odd queries stay, its even ones are the twin `fresh-2019`, over the same
/// corpus. On the twin everybody is honest; on the suspect half the teacher and the student have seen the judgements.
fn split() -> TempDir {
    let folder = copy_of("audit");
    let collections = folder.path().join("collections");
    let old = collections.join("archive-2019");
    let is_even = |query: &str| query.trim_start_matches('q').parse::<u32>().unwrap() % 2 == 0;
    let half = |text: &str, id: fn(&str) -> String, even: bool| -> String {
        let kept = text.lines().filter(|line| id(line) == "query-id" || is_even(&id(line)) == even);
        kept.map(|line| format!("{line}\n")).collect()
    };
    let of_json = |line: &str| serde_json::from_str::<Value>(line).unwrap()["_id"].as_str().unwrap().to_owned();
    let of_table = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    let queries = fs::read_to_string(old.join("queries.jsonl")).unwrap();
    let qrels = fs::read_to_string(old.join("qrels/test.tsv")).unwrap();
    for (name, even) in [("fresh-2019", true), ("archive-2019", false)] {
        write(&collections.join(name).join("queries.jsonl"), half(&queries, of_json, even));
        write(&collections.join(name).join("qrels/test.tsv"), half(&qrels, of_table, even));
    }
    fs::copy(old.join("corpus.jsonl"), collections.join("fresh-2019/corpus.jsonl")).unwrap();
    for entry in fs::read_dir(folder.path().join("runs")).unwrap() {
        let runs = entry.unwrap().path();
        let honest = runs.with_file_name(runs.file_name().unwrap().to_string_lossy().replace("leaky", "honest"));
        for end in ["run", "1.run", "2.run"] {
            let (from, to) = (honest.join(format!("archive-2019.{end}")), runs.join(format!("fresh-2019.{end}")));
            if from.exists() {
                fs::copy(from, to).unwrap();
            }
        }
    }
    let config = folder.path().join("leaky.toml");
    let text = fs::read_to_string(&config).unwrap()
        + "[[collection]]\nname = \"fresh-2019\"\npath = \"collections/fresh-2019\"\npublished = 2026-01-01\ntwin-of = \"archive-2019\"\n";
    fs::write(config, text).unwrap();
    folder
}

fn check(folder: &Path) -> Ran {
    run(folder, &["check", "--config", "leaky.toml", "--threads", "1"])
}

fn report(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("distilgate-report/report.json")).unwrap()).unwrap()
}

/// What a check said of the first subject whose name begins so.
fn about<'a>(report: &'a Value, check: &str, subject: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    let cases = checks.iter().find(|c| c["id"] == check).unwrap()["cases"].as_array().unwrap();
    cases.iter().find(|case| case["subject"].as_str().unwrap().starts_with(subject)).unwrap()
}

/// What a check said of its first subject.
fn case<'a>(report: &'a Value, check: &str) -> &'a Value {
    about(report, check, "")
}

#[test]
fn a_matched_twin_that_does_not_show_it_says_contaminated() {
    let folder = split();
    let ran = check(folder.path());
    let report = report(folder.path());
    assert_eq!((ran.code, &report["verdict"]), (1, &Value::from("contaminated")), "{}", ran.all());
    assert_eq!(report["twin_pairs"][0]["matched"], true, "{:#}", report["twin_pairs"]);
    let sentence = report["sentence"].as_str().unwrap();
    assert!(
        sentence.contains("on archive-2019 than on fresh-2019, fresh queries over the same documents"),
        "{sentence}"
    );
    let decides = |twin: &&Value| twin["decides"] == true;
    let tests: Vec<&str> =
        report["twins"].as_array().unwrap().iter().filter(decides).map(|t| t["outcome"].as_str().unwrap()).collect();
    assert_eq!(tests, ["excess gain", "label residual of the teacher", "label residual of the student"]);
    let holm =
        about(&report, "twin-divergence", "excess gain")["evidence"].as_array().unwrap().last().unwrap().to_string();
    assert!(holm.contains("Holm's correction over 6 tests"), "{holm}");
}

#[test]
fn a_twin_with_queries_of_another_kind_is_shown_and_decides_nothing() {
    let folder = split();
    let path = folder.path().join("collections/fresh-2019/queries.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("archive-2019 ", "what can anybody tell me about ")).unwrap();
    let ran = check(folder.path());
    let report = report(folder.path());
    assert_eq!((ran.code, &report["verdict"]), (1, &Value::from("divergent")), "{}", ran.all());
    let unmatched = case(&report, "unmatched-twin");
    assert_eq!(unmatched["status"], "found");
    assert!(
        unmatched["message"].as_str().unwrap().contains("a classifier that never asks the teacher tells them apart")
    );
    let shown = about(&report, "twin-divergence", "excess gain");
    assert_eq!(shown["status"], "not-applicable");
    assert!(shown["message"].as_str().unwrap().contains("the twin is not matched; the excess gain is"), "{shown}");
}

#[test]
fn a_twin_of_other_documents_or_with_old_queries_is_not_matched() {
    let folder = split();
    let twin = folder.path().join("collections/fresh-2019");
    let corpus = fs::read_to_string(twin.join("corpus.jsonl")).unwrap();
    fs::write(twin.join("corpus.jsonl"), corpus.replacen("\"text\": \"", "\"text\": \"other ", 200)).unwrap();
    check(folder.path());
    let said = report(folder.path());
    let message = case(&said, "unmatched-twin")["message"].as_str().unwrap();
    assert!(message.contains("the documents are not the same"), "{message}");

    let folder = split();
    let old = fs::read_to_string(folder.path().join("collections/archive-2019/queries.jsonl")).unwrap();
    let path = folder.path().join("collections/fresh-2019/queries.jsonl");
    let fresh = fs::read_to_string(&path).unwrap();
    let first = |text: &str| serde_json::from_str::<Value>(text.lines().next().unwrap()).unwrap()["text"].clone();
    let (copied, gone) = (first(&old).to_string(), first(&fresh).to_string());
    fs::write(&path, fresh.replace(&gone, &copied)).unwrap();
    let ran = check(folder.path());
    let said = report(folder.path());
    let unmatched = case(&said, "unmatched-twin");
    assert_eq!((ran.code, &unmatched["level"]), (1, &Value::from("deny")), "{unmatched:#}");
    assert!(unmatched["message"].as_str().unwrap().contains("1 of its queries are the suspect's"), "{unmatched:#}");
}

fn plan(folder: &Path, more: &[&str]) -> Ran {
    let mut args = vec!["twin", "plan", "--config", "honest.toml", "--for", "archive-2019"];
    args.extend(more);
    run(folder, &args)
}

#[test]
fn a_plan_says_how_many_queries_and_what_they_are_about() {
    let folder = copy_of("audit");
    let ran = plan(folder.path(), &["--out", "sheet.csv"]);
    insta::assert_snapshot!(ran.all());
    let sheet = fs::read_to_string(folder.path().join("sheet.csv")).unwrap();
    assert_eq!(sheet.lines().next().unwrap(), "query_id,region,query,document,excerpt,grade");
    let again = copy_of("audit");
    plan(again.path(), &["--out", "sheet.csv"]);
    assert_eq!(sheet, fs::read_to_string(again.path().join("sheet.csv")).unwrap(), "the same every time");
}

#[test]
fn a_plan_takes_variances_from_a_report() {
    let folder = copy_of("audit");
    run(folder.path(), &["check", "--config", "honest.toml", "--threads", "1"]);
    let ran = plan(folder.path(), &["--report", "distilgate-report/report.json", "--format", "json"]);
    let planned: Value = serde_json::from_str(&ran.stdout).unwrap();
    let needs = planned["needs"].as_array().unwrap();
    assert!(!needs.is_empty() && needs.iter().all(|need| need["measured"] == true), "{planned:#}");
    let report = report(folder.path());
    let outcome = report["outcomes"].as_array().unwrap().iter().find(|o| o["name"] == "excess gain").unwrap();
    let values: Vec<f64> =
        outcome["collections"][0]["by_query"].as_object().unwrap().values().map(|v| v.as_f64().unwrap()).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let sd = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt();
    let need = needs.iter().find(|need| need["outcome"] == "excess gain").unwrap();
    assert!((need["sd"].as_f64().unwrap() - sd).abs() < 1e-12, "{need}");
    for (args, words) in [
        (vec!["--report", "honest.toml"], "not a report of distilgate"),
        (vec!["--report", "nothing.json"], "nothing.json"),
    ] {
        let ran = plan(folder.path(), &args);
        assert!(ran.code == 2 && ran.stderr.contains(words), "{}", ran.all());
    }
    let ran = run(folder.path(), &["twin", "plan", "--config", "honest.toml", "--for", "archive-2091"]);
    assert!(ran.code == 2 && ran.stderr.contains("did you mean archive-2019?"), "{}", ran.all());
}

#[test]
fn a_plan_counts_the_queries_that_a_check_would_measure() {
    let folder = copy_of("audit");
    let of = |before: &str| {
        let text = fs::read_to_string(folder.path().join("runs-only.toml")).unwrap();
        let text = text.replace("runs = \"runs/before/{collection}.run\"", before);
        assert!(text.contains(before));
        fs::write(folder.path().join("few.toml"), format!("{text}\n[gate]\nqueries = 12\n")).unwrap();
        let args = ["twin", "plan", "--config", "few.toml", "--for", "archive-2019", "--format", "json"];
        let plan: serde_json::Value = serde_json::from_str(&run(folder.path(), &args).stdout).unwrap();
        plan["needs"][0]["suspect_queries"].as_u64().unwrap()
    };
    // Finished runs are measured whole; a sample is drawn where models are scored.
    assert_eq!(of("runs = \"runs/before/{collection}.run\""), 36);
    assert_eq!(of("model = \"student\""), 12);
}

/// Fills a sheet: a query for each place, its first document relevant.
fn fill(sheet: &str) -> String {
    let mut seen = String::new();
    let mut filled = String::new();
    for (n, line) in sheet.lines().enumerate() {
        let cells: Vec<&str> = line.splitn(4, ',').collect();
        let row = match (n, cells[0] == seen) {
            (0, _) => line.to_owned(),
            (_, false) => format!("{},{},freshly written {},{}1", cells[0], cells[1], cells[0], cells[3]),
            (_, true) => format!("{line}0"),
        };
        seen = cells[0].to_owned();
        filled += &(row + "\n");
    }
    filled
}

fn import(folder: &Path, sheet: &str) -> Ran {
    fs::write(folder.join("filled.csv"), sheet).unwrap();
    run(folder, &["twin", "import", "filled.csv", "--config", "honest.toml", "--of", "archive-2019", "--out", "fresh"])
}

#[test]
fn a_filled_sheet_becomes_a_collection_that_check_takes() {
    let folder = copy_of("audit");
    plan(folder.path(), &["--queries", "10", "--documents", "2", "--out", "sheet.csv"]);
    let sheet = fs::read_to_string(folder.path().join("sheet.csv")).unwrap();
    let ran = import(folder.path(), &fill(&sheet));
    insta::assert_snapshot!(ran.all());
    let queries = fs::read_to_string(folder.path().join("fresh/queries.jsonl")).unwrap();
    let qrels = fs::read_to_string(folder.path().join("fresh/qrels/test.tsv")).unwrap();
    assert_eq!((queries.lines().count(), qrels.lines().count()), (10, 21));
    let config = folder.path().join("honest.toml");
    let lines = ran
        .stdout
        .split("[[collection]]")
        .nth(1)
        .unwrap()
        .replace("# published = YYYY-MM-DD", "published = 2026-11-01 #");
    fs::write(&config, fs::read_to_string(&config).unwrap() + "[[collection]]" + &lines).unwrap();
    let ran = run(folder.path(), &["doctor", "--config", "honest.toml"]);
    assert!(ran.stdout.contains("fresh"), "{}", ran.all());
    let ran = run(folder.path(), &["plan", "--config", "honest.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    // What is there is not replaced.
    let ran = import(folder.path(), &fill(&sheet));
    assert!(ran.code == 2 && ran.stderr.contains("is not replaced"), "{}", ran.all());
}

#[test]
fn half_filled_sheets_are_refused_with_line_and_column() {
    let folder = copy_of("audit");
    plan(folder.path(), &["--queries", "10", "--documents", "2", "--out", "sheet.csv"]);
    let filled = fill(&fs::read_to_string(folder.path().join("sheet.csv")).unwrap());
    let queries = fs::read_to_string(folder.path().join("collections/archive-2019/queries.jsonl")).unwrap();
    let own: Value = serde_json::from_str(queries.lines().next().unwrap()).unwrap();
    let own = own["text"].as_str().unwrap();
    let swapped: Vec<&str> = own.split(' ').rev().collect();
    let id = |line: usize| filled.lines().nth(line - 1).unwrap().split(',').nth(3).unwrap().to_owned();
    let edit = |line: usize, change: &dyn Fn(&str) -> String| -> String {
        let lines = filled.lines().enumerate();
        lines.map(|(n, text)| if n + 1 == line { change(text) } else { text.to_owned() } + "\n").collect()
    };
    let rows: [(String, &str); 10] = [
        (
            edit(3, &|l| l.strip_suffix('0').unwrap().to_owned()),
            "filled.csv:3:6: fresh-01 has a query, and no grade for",
        ),
        (edit(2, &|l| l.replace("freshly written fresh-01", "")), "filled.csv:2:3: fresh-01 has grades and no query"),
        (
            edit(3, &|l| l.strip_suffix('0').unwrap().to_owned() + "0.5"),
            "filled.csv:3:6: the grade \"0.5\" is no whole number",
        ),
        (edit(2, &|l| l.replacen(&id(2), "d-none", 1)), "filled.csv:2:4: the corpus has no document \"d-none\""),
        (edit(2, &|l| l.replace("freshly written fresh-01", own)), "has the words of query q1 of archive-2019"),
        (edit(2, &|l| l.replace("freshly written fresh-01", &swapped.join(" "))), "filled.csv:2:3:"),
        (edit(2, &|l| l.replace("fresh-01", "fresh-02").replace("written fresh-02", "written fresh-03")), "fresh-02"),
        (edit(2, &|l| l.strip_suffix('1').unwrap().to_owned() + "0"), "no document is relevant to fresh-01"),
        (edit(1, &|l| l.replace("grade", "mark")), "filled.csv:1: there is no column `grade`"),
        (edit(2, &|l| l.replacen("fresh-01", "fresh 01", 1)), "\"fresh 01\" is no identifier"),
    ];
    for (sheet, words) in rows {
        let ran = import(folder.path(), &sheet);
        assert!(ran.code == 2 && ran.stderr.contains(words), "{words}: {}", ran.all());
        assert!(!folder.path().join("fresh").exists(), "nothing is made of it");
    }
    let empty = fs::read_to_string(folder.path().join("sheet.csv")).unwrap();
    assert!(import(folder.path(), &empty).stderr.contains("no query is filled in"));
    let binary = run(
        folder.path(),
        &["twin", "import", "fresh.bin", "--config", "honest.toml", "--of", "archive-2019", "--out", "x"],
    );
    assert_eq!(binary.code, 2);
}

#[test]
fn spreadsheets_of_other_countries_and_formulas_are_read() {
    let folder = copy_of("audit");
    let corpus = folder.path().join("collections/archive-2019/corpus.jsonl");
    let text = fs::read_to_string(&corpus).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let id = first["_id"].as_str().unwrap();
    fs::write(&corpus, format!("{text}{{\"_id\": \"=1+1\", \"text\": \"=HYPERLINK(1) knoll ember meadow harbor\"}}\n"))
        .unwrap();
    let sheet = format!("\u{feff}query_id;query;document;grade\r\nn1;what is a knoll;'=1+1;1\r\nn1;;{id};0\r\n");
    let ran = import(folder.path(), &sheet);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let qrels = fs::read_to_string(folder.path().join("fresh/qrels/test.tsv")).unwrap();
    assert!(qrels.contains("n1\t=1+1\t1"), "{qrels}");
}
