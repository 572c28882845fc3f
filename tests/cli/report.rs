//! `report`: every format again from report.json, and files that are no report.

use super::support::{copy_of, run};
use std::fs;
use std::path::Path;

const FILES: [&str; 4] = ["report.html", "report.json", "junit.xml", "summary.md"];

fn checked(folder: &Path, more: &[&str]) {
    let ran = run(folder, &[&["check", "--config", "leaky.toml", "--threads", "1"], more].concat());
    assert_eq!(ran.code, 1, "{}", ran.all());
}

/// A report without its time and duration, which stand in junit.xml alone.
fn untimed(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('"').enumerate() {
        let before = out.rsplit(' ').next().unwrap_or_default();
        let is_time = index % 2 == 1 && (before == "time=" || before == "timestamp=");
        out.push_str(if is_time { "" } else { part });
    }
    out
}

#[test]
fn every_file_is_made_again_as_check_made_it() {
    for lang in [&[][..], &["--lang", "ja"]] {
        let folder = copy_of("audit");
        checked(folder.path(), lang);
        let ran = run(folder.path(), &["report", "distilgate-report/report.json", "--out", "again"]);
        assert_eq!(ran.code, 0, "{}", ran.all());
        for file in FILES {
            let text = |of: &str| untimed(&fs::read_to_string(folder.path().join(of).join(file)).unwrap());
            assert!(text("distilgate-report") == text("again"), "{file} differs");
        }
    }
}

#[test]
fn the_console_is_what_check_printed_and_another_language_is_one_flag_away() {
    let folder = copy_of("audit");
    let printed = run(folder.path(), &["check", "--config", "leaky.toml", "--threads", "1"]).stdout;
    let again = run(folder.path(), &["report", "distilgate-report/report.json"]);
    assert_eq!(again.code, 0);
    assert!(printed.starts_with(&again.stdout), "{}", again.stdout);
    let japanese =
        run(folder.path(), &["report", "distilgate-report/report.json", "--format", "summary", "--lang", "ja"]).stdout;
    assert!(japanese.starts_with("# distilgate: 乖離あり (不合格)"), "{japanese}");
    let wrong = run(folder.path(), &["report", "distilgate-report/report.json", "--lang", "xx"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.all().contains("no report is written in \"xx\": en or ja"), "{}", wrong.all());
}

#[test]
fn one_format_is_printed_and_several_need_a_folder() {
    let folder = copy_of("audit");
    checked(folder.path(), &[]);
    let html = run(folder.path(), &["report", "distilgate-report/report.json", "--format", "html"]);
    assert!(html.stdout.starts_with("<!DOCTYPE html>") && html.stdout.ends_with("</html>\n"));
    let several = run(folder.path(), &["report", "distilgate-report/report.json", "--format", "html,junit"]);
    assert_eq!(several.code, 2);
    assert!(several.all().contains("--out DIR"), "{}", several.all());
    let some =
        run(folder.path(), &["report", "distilgate-report/report.json", "--format", "html,junit", "--out", "some"]);
    assert_eq!(some.code, 0);
    assert!(folder.path().join("some/report.html").exists() && !folder.path().join("some/summary.md").exists());
}

#[test]
fn what_is_no_report_is_refused_with_its_place() {
    let folder = copy_of("audit");
    checked(folder.path(), &[]);
    let path = folder.path().join("distilgate-report/report.json");
    let whole = fs::read_to_string(&path).unwrap();
    let said = |text: &str, needle: &[&str]| {
        fs::write(folder.path().join("other.json"), text).unwrap();
        let ran = run(folder.path(), &["report", "other.json", "--out", "nothing"]);
        assert_eq!(ran.code, 2, "{}", ran.all());
        assert!(needle.iter().all(|needle| ran.all().contains(needle)), "{}", ran.all());
        assert!(!folder.path().join("nothing").exists(), "nothing is written");
    };
    let half = whole.char_indices().nth(whole.chars().count() / 2).unwrap().0;
    said(&whole[..half], &["other.json:", "ends in the middle", "help:"]);
    said(&whole.replacen("\"schema_version\": 1", "\"schema_version\": 2", 1), &["schema 2", "schema 1", "newer"]);
    said("{\"version\": 3, \"results\": []}", &["not a report of distilgate", "help:"]);
    said(&whole.replacen("\"exit_code\": 1", "\"exit_code\": \"one\"", 1), &["other.json:", "not a report"]);
    said("", &["ends in the middle"]);
    let missing = run(folder.path(), &["report", "absent.json"]);
    assert_eq!(missing.code, 2, "{}", missing.all());
}

#[test]
fn a_folder_that_is_a_file_is_refused() {
    let folder = copy_of("audit");
    checked(folder.path(), &[]);
    fs::write(folder.path().join("taken"), "").unwrap();
    let ran = run(folder.path(), &["report", "distilgate-report/report.json", "--out", "taken"]);
    assert_eq!(ran.code, 4);
    assert!(ran.all().contains("the report folder is a file"), "{}", ran.all());
}

/// The queries that moved most on a collection, as report.json has them.
fn moved(folder: &Path, collection: usize) -> serde_json::Value {
    let text = fs::read_to_string(folder.join("distilgate-report/report.json")).unwrap();
    serde_json::from_str::<serde_json::Value>(&text).unwrap()["moved"][collection].clone()
}

/// The rank of a document in a run, from one.
fn rank(folder: &Path, run: &str, query: &str, document: &str) -> Option<u64> {
    let text = fs::read_to_string(folder.join("distilgate-report/runs").join(run)).unwrap();
    let of_query = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|row| row[0] == query);
    of_query.map(|row| row[2].to_owned()).position(|one| one == document).map(|place| place as u64 + 1)
}

#[test]
fn the_queries_that_moved_most_come_with_ranks_judgements_and_texts() {
    let folder = copy_of("audit");
    checked(folder.path(), &[]);
    let moved = moved(folder.path(), 0);
    assert_eq!(moved["collection"], "archive-2019");
    let queries = moved["queries"].as_array().unwrap();
    let change = |q: &serde_json::Value| (q["after"].as_f64().unwrap() - q["before"].as_f64().unwrap()).abs();
    assert!(queries.len() == 5 && queries.windows(2).all(|two| change(&two[0]) >= change(&two[1])));
    for query in queries {
        let id = query["query"].as_str().unwrap();
        assert!(query["text"].as_str().unwrap().starts_with("archive-2019"));
        for document in query["documents"].as_array().unwrap() {
            let name = document["document"].as_str().unwrap();
            assert_eq!(document["before"].as_u64(), rank(folder.path(), "before/archive-2019.run", id, name));
            assert_eq!(document["after"].as_u64(), rank(folder.path(), "after/archive-2019.1.run", id, name));
            assert!(!document["text"].as_str().unwrap().is_empty() && document["grade"].is_i64());
        }
    }
    let page = fs::read_to_string(folder.path().join("distilgate-report/report.html")).unwrap();
    assert!(page.contains(queries[0]["documents"][0]["text"].as_str().unwrap()));
}

#[test]
fn without_texts_no_page_shows_any() {
    let folder = copy_of("audit");
    let path = folder.path().join("leaky.toml");
    let config = fs::read_to_string(&path).unwrap() + "[report]\ntexts = \"none\"\n";
    fs::write(path, config).unwrap();
    checked(folder.path(), &[]);
    assert!(moved(folder.path(), 0)["queries"][0]["text"].is_null());
    for file in FILES {
        let text = fs::read_to_string(folder.path().join("distilgate-report").join(file)).unwrap();
        assert!(!text.contains("minutes of a village council"), "{file} shows texts");
    }
}

#[test]
fn a_corpus_that_only_the_evidence_needs_costs_no_verdict() {
    let folder = copy_of("audit");
    // Without the teacher's scores and without references nothing but the evidence reads a corpus.
    let path = folder.path().join("leaky.toml");
    let config = fs::read_to_string(&path).unwrap();
    let (head, rest) = config.split_once("[[reference]]").unwrap();
    let collections = &rest[rest.find("[[collection]]").unwrap()..];
    let head: String =
        head.lines().filter(|line| !line.starts_with("scores =")).map(|line| line.to_owned() + "\n").collect();
    fs::write(&path, head + collections).unwrap();
    fs::write(folder.path().join("collections/archive-2019/corpus.jsonl"), "{\"_id\": \"broken").unwrap();
    checked(folder.path(), &[]);
    let text = fs::read_to_string(folder.path().join("distilgate-report/summary.md")).unwrap();
    assert!(text.contains("texts of the documents that moved most on archive-2019"), "{text}");
    assert!(moved(folder.path(), 0)["queries"][0]["documents"][0]["text"].is_null());
    assert!(moved(folder.path(), 1)["queries"][0]["documents"][0]["text"].is_string());
}
