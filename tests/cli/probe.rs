//! `probe`: the teacher's scores alone; rewordings, answers and reviews that `check` reads back.

use super::support::{Ran, copy_of, run, write};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn probe(folder: &Path, more: &[&str]) -> Ran {
    run(folder, &[&["probe", "--config", "leaky.toml"][..], more].concat())
}

/// Adds lines to a table of the configuration of the leaky teacher.
fn configure(folder: &Path, table: &str, lines: &str) {
    let path = folder.join("leaky.toml");
    let text = fs::read_to_string(&path).unwrap();
    let changed = match text.contains(table) {
        true => text.replacen(table, &format!("{table}\n{lines}"), 1),
        false => format!("{text}\n{table}\n{lines}\n"),
    };
    fs::write(&path, changed).unwrap();
}

/// The cases of a check in the report.
fn cases(folder: &Path, check: &str) -> Vec<Value> {
    let report: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("distilgate-report/report.json")).unwrap()).unwrap();
    let check = report["checks"].as_array().unwrap().iter().find(|c| c["id"] == check).unwrap().clone();
    check["cases"].as_array().unwrap().clone()
}

#[test]
fn the_teacher_alone_is_shown_with_the_pairs_that_carry_the_number() {
    let folder = copy_of("audit");
    let ran = probe(folder.path(), &[]);
    insta::assert_snapshot!("probe", ran.all());
    let honest = run(folder.path(), &["probe", "--config", "honest.toml", "--quiet"]);
    assert_eq!(honest.code, 0, "{}", honest.all());
    let json = probe(folder.path(), &["--format", "json"]);
    let printed: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(printed["outcomes"][0]["name"], "label residual of the teacher");
    let heaviest = printed["probe"]["collections"][0]["heaviest"].as_array().unwrap();
    assert!(heaviest.len() == 5 && heaviest[0]["query_text"].is_string(), "{heaviest:?}");
}

#[test]
fn a_query_is_explained_from_scores_to_its_weight() {
    let folder = copy_of("audit");
    let args = ["explain", "q7", "--collection", "archive-2019"];
    let ran = probe(folder.path(), &args);
    insta::assert_snapshot!("explain_query", ran.all());
    let several = probe(folder.path(), &["--explain", "q7"]);
    assert!(several.code == 2 && several.stderr.contains("--collection NAME"), "{}", several.all());
    let unknown = probe(folder.path(), &["--explain", "nobody"]);
    assert!(unknown.code == 2 && unknown.stderr.contains("no query nobody was probed"), "{}", unknown.all());
}

#[test]
fn without_scores_there_is_nothing_to_probe() {
    let folder = copy_of("audit");
    let ran = run(folder.path(), &["probe", "--config", "runs-only.toml"]);
    assert!(ran.code == 2 && ran.stderr.contains("no scores of the teacher"), "{}", ran.all());
}

/// Scores of reworded queries: the teacher's answers turned upside down on suspect collections, as they were on others.
fn score_reworded(folder: &Path, name: &str, upside_down: bool) {
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    let scores: Vec<(String, String, f64)> = read(&format!("runs/teacher-leaky/{name}.run"))
        .lines()
        .map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            (columns[0].to_owned(), columns[2].to_owned(), columns[4].parse().unwrap())
        })
        .collect();
    let pairs = read(&format!("reworded/{name}.jsonl"));
    let lines: String = pairs
        .lines()
        .map(|line| {
            let pair: Value = serde_json::from_str(line).unwrap();
            let (query, document) = (pair["query_id"].as_str().unwrap(), pair["doc_id"].as_str().unwrap());
            let original = query.split('~').next().unwrap();
            let (_, _, score) = scores.iter().find(|(q, d, _)| q == original && d == document).unwrap();
            format!("{query}\t{document}\t{}\n", if upside_down { -score } else { *score })
        })
        .collect();
    write(&folder.join(format!("scored/{name}.tsv")), lines);
}

#[test]
fn reworded_queries_are_exported_and_their_scores_read_back() {
    let folder = copy_of("audit");
    let ran = probe(folder.path(), &["export", "--rewordings", "typo,drop", "--depth", "10"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.stdout.contains("reworded/archive-2019.jsonl: 720 pairs, roughly"), "{}", ran.stdout);
    let again = fs::read_to_string(folder.path().join("reworded/archive-2019.jsonl")).unwrap();
    probe(folder.path(), &["export", "--rewordings", "typo,drop", "--depth", "10"]);
    assert_eq!(fs::read_to_string(folder.path().join("reworded/archive-2019.jsonl")).unwrap(), again);
    let collections = ["archive-2019", "archive-2020", "tickets-2024", "recipes-2024", "trails-2025"];
    for name in collections {
        score_reworded(folder.path(), name, name.starts_with("archive"));
    }
    // A name that is a rewording of nothing is left out, and that is said.
    let scored = folder.path().join("scored/archive-2019.tsv");
    let text = fs::read_to_string(&scored).unwrap();
    write(&scored, format!("{text}q1~upside-down\tq1d1\t1\nnobody~typo\tq1d1\t1\n"));
    configure(folder.path(), "[teacher]", "reworded = \"scored/{collection}.tsv\"");
    let ran = run(folder.path(), &["check", "--config", "leaky.toml"]);
    let said =
        "2 of the 74 queries in the reworded scores of teacher on archive-2019: they are rewordings of no query there";
    assert!(ran.stdout.contains(said), "{}", ran.stdout);
    let found = &cases(folder.path(), "perturbation-drop")[0];
    assert_eq!(found["status"], "found", "{found}");
    assert_eq!(found["level"], "note");
    let paraphrases = folder.path().join("own.tsv");
    write(&paraphrases, "nobody\tin other words\n");
    let ran = probe(folder.path(), &["export", "--paraphrases", "own.tsv"]);
    assert!(ran.code == 2 && ran.stderr.contains("no measured query nobody"), "{}", ran.all());
}

#[test]
fn what_the_teacher_wrote_and_was_not_shown_is_found() {
    let folder = copy_of("audit");
    let corpus = folder.path().join("collections/archive-2019/corpus.jsonl");
    let secret = "the mill by the lower weir burned down on the night of the second frost and was never built again";
    let text =
        fs::read_to_string(&corpus).unwrap() + &serde_json::json!({ "_id": "MILL-7788", "text": secret }).to_string();
    fs::write(&corpus, text + "\n").unwrap();
    let qrels = folder.path().join("collections/archive-2019/qrels/test.tsv");
    fs::write(&qrels, fs::read_to_string(&qrels).unwrap() + "q1\tMILL-7788\t1\n").unwrap();
    let answer = format!("As MILL-7788 says, {secret}.");
    write(&folder.path().join("answers/archive-2019.tsv"), format!("q1\t{answer}\nq2\tNothing of the kind.\n"));
    configure(folder.path(), "[teacher]", "answers = \"answers/{collection}.tsv\"");
    run(folder.path(), &["check", "--config", "leaky.toml"]);
    let cases = cases(folder.path(), "verbatim-answer");
    let found = cases.iter().find(|case| case["subject"] == "archive-2019").unwrap();
    assert_eq!(found["status"], "found", "{found}");
    let evidence = found["evidence"].as_array().unwrap();
    assert!(evidence[0].as_str().unwrap().starts_with("query q1: 20 words of MILL-7788"), "{evidence:?}");
    assert_eq!(evidence[1], "query q1: the identifier MILL-7788");
    let other = cases.iter().find(|case| case["subject"] == "archive-2020").unwrap();
    assert!(other["message"].as_str().unwrap().contains("no file"), "{other}");
}

#[test]
fn reviews_are_read_back_and_never_written_over() {
    let folder = copy_of("audit");
    let check = || run(folder.path(), &["check", "--config", "leaky.toml"]);
    check();
    let form = folder.path().join("distilgate-report/inspection.csv");
    let empty = fs::read_to_string(&form).unwrap();
    assert_eq!(empty.lines().count(), 21);
    assert!(!empty.contains("residual"), "a reviewer is not told why a pair was picked");
    let filled: String = empty
        .lines()
        .enumerate()
        .map(|(n, line)| match n {
            0 => line.to_owned() + "\n",
            1 => line.replace(",,,,", ",suspicious,ada,2026-03-01,knows the id\n"),
            _ => line.replace(",,,,", ",fine,ada,2026-03-01,\n"),
        })
        .collect();
    fs::write(&form, &filled).unwrap();
    check();
    assert_eq!(fs::read_to_string(&form).unwrap(), filled, "what somebody filled in stays");
    assert!(folder.path().join("distilgate-report/inspection.2.csv").exists());
    fs::copy(&form, folder.path().join("reviews.csv")).unwrap();
    configure(folder.path(), "[inspection]", "reviews = \"reviews.csv\"");
    check();
    let found = &cases(folder.path(), "unreviewed-answers")[0];
    assert!(found["message"].as_str().unwrap().contains("20 reviewed, 19 fine, 1 suspicious"), "{found}");
    assert_eq!(found["level"], "warn");
    write(&folder.path().join("reviews.csv"), filled.replace("\n", "\ni00000000,c,q,d,,,fine,,,\n"));
    let ran = check();
    assert!(ran.code == 2 && ran.stderr.contains("reviews.csv:2"), "{}", ran.all());
}
