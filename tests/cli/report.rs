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
