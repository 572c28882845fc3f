//! Every format over the same inputs: nothing found, one of each level, one check that could not run, one waived, and
//! one text that tries to break out.

use super::*;
use crate::checks::{Case, Finding, Settled, find, run as run_checks, settle};
use crate::config::{Level, Waiver};
use crate::facts::sample;
use crate::verdict;
use std::collections::BTreeMap;

const HOSTILE: &str = "x\u{1b}[31m<script>alert(1)</script>]]>\n::error file=a::forged|`b`\u{202e}%0A @all & \u{0}";

fn report_of(facts: &crate::facts::Facts, settled: &[Settled]) -> Report {
    let decision = verdict::decide(facts, settled);
    build(facts, settled, &decision, "distilgate check --config distilgate.toml --threads 1".to_owned())
}

fn today() -> crate::collection::Date {
    "2026-01-01".parse().unwrap()
}

pub(super) fn honest() -> Report {
    let facts = sample::honest();
    report_of(&facts, &settle(run_checks(&facts), &BTreeMap::new(), &[], today()))
}

pub(super) fn leaky() -> Report {
    let facts = sample::leaky();
    report_of(&facts, &settle(run_checks(&facts), &BTreeMap::new(), &[], today()))
}

/// One case of each kind, with hostile text in every place that data reach.
pub(super) fn everything() -> Report {
    let mut facts = sample::honest();
    facts.not_checked.push(HOSTILE.to_owned());
    let mut training = sample::training(&["old-a"]);
    training.student = HOSTILE.to_owned();
    training.arms[0].learns_from = HOSTILE.to_owned();
    facts.training = Some(training);
    facts.teacher.as_mut().unwrap().name = HOSTILE.to_owned();
    let teacher = facts.config.teacher.as_mut().unwrap();
    teacher.training_data = vec![HOSTILE.to_owned()];
    teacher.terms = Some(HOSTILE.to_owned());
    facts.collections[0].source = Some(HOSTILE.to_owned());
    facts.collections[0].licence = Some(HOSTILE.to_owned());
    let document = crate::facts::MovedDocument {
        document: HOSTILE.into(),
        text: Some(HOSTILE.to_owned()),
        grade: None,
        before: Some(9),
        after: None,
    };
    let query = crate::facts::MovedQuery {
        query: HOSTILE.into(),
        text: Some(HOSTILE.to_owned()),
        before: 0.1,
        after: 0.9,
        documents: vec![document],
    };
    facts.moved = vec![crate::facts::MovedFacts { collection: "old-a".to_owned(), queries: vec![query] }];
    facts.before.declared = Some(HOSTILE.to_owned());
    facts.before.record = Some(HOSTILE.to_owned());
    let hostile = || {
        Finding::new(format!("found {HOSTILE}"), format!("help {HOSTILE}"))
            .at(crate::error::Place::line(HOSTILE, 3))
            .evidence([HOSTILE.to_owned()])
    };
    let cases = vec![
        (find("gain-divergence").unwrap(), vec![Case::found(HOSTILE, hostile())]),
        (find("unjudged-top").unwrap(), vec![Case::found("warned", hostile())]),
        (find("regressed").unwrap(), vec![Case::found("noted", hostile())]),
        (find("bounded-scores").unwrap(), vec![Case::found("allowed", hostile().level(Level::Allow))]),
        (find("identical-arms").unwrap(), vec![Case::could_not_run("broken", HOSTILE)]),
        (
            find("weak-references").unwrap(),
            vec![Case::not_applicable("absent", HOSTILE), Case::passed("fine", HOSTILE)],
        ),
        (find("incomplete-scores").unwrap(), vec![Case::found("waived", hostile())]),
    ];
    let waiver = Waiver {
        check: "incomplete-scores".to_owned(),
        collection: None,
        until: "2026-06-01".parse().unwrap(),
        reason: HOSTILE.to_owned(),
    };
    report_of(&facts, &settle(cases, &BTreeMap::new(), &[waiver], today()))
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

const STAMP: Stamp = Stamp { unix_seconds: 1_700_000_000, seconds: 1.5 };

#[test]
fn console_format() {
    insta::assert_snapshot!("console_honest", plain(&console(&honest(), false)));
    insta::assert_snapshot!("console_leaky", plain(&console(&leaky(), false)));
    insta::assert_snapshot!("console_everything", plain(&console(&everything(), true)));
}

#[test]
fn summary_format() {
    insta::assert_snapshot!("summary_honest", summary(&honest()));
    insta::assert_snapshot!("summary_leaky", summary(&leaky()));
    insta::assert_snapshot!("summary_everything", summary(&everything()));
}

#[test]
fn junit_format() {
    insta::assert_snapshot!("junit_honest", junit(&honest(), STAMP).unwrap());
    insta::assert_snapshot!("junit_leaky", junit(&leaky(), STAMP).unwrap());
    insta::assert_snapshot!("junit_everything", junit(&everything(), STAMP).unwrap());
}

#[test]
fn japanese_format() {
    let mut report = leaky();
    report.config.report.lang = crate::config::Language::Ja;
    insta::assert_snapshot!("summary_japanese", summary(&report));
    insta::assert_snapshot!("console_japanese", plain(&console(&report, false)));
}

#[test]
fn every_language_says_everything_about_every_verdict() {
    use crate::verdict::{Cause, Outcome as Result, Verdict};
    let causes = [
        None,
        Some(Cause::Read),
        Some(Cause::Planted),
        Some(Cause::Difference),
        Some(Cause::NoTest),
        Some(Cause::SameOrder),
        Some(Cause::Unread),
        Some(Cause::Unseen),
        Some(Cause::GainTooWide),
        Some(Cause::TeacherTooWide),
        Some(Cause::Below),
    ];
    let mut report = leaky();
    for (verdict, result) in
        Verdict::ALL.into_iter().flat_map(|v| [Result::Pass, Result::Fail, Result::Inconclusive].map(|r| (v, r)))
    {
        for cause in causes {
            (report.verdict, report.result, report.cause) = (verdict, result, cause);
            let b = brief::brief(&report);
            let said = [crate::config::Language::En, crate::config::Language::Ja].map(|lang| {
                let w = words::of(lang);
                let mut said = vec![(w.decision)(&b), (w.next)(&b), (w.meaning)(&b), (w.verdict)(verdict).to_owned()];
                said.extend(
                    (w.meeting)(&b).into_iter().chain((w.tested)(&b)).chain((w.change)(&b)).chain((w.sentences)(&b)),
                );
                assert!(
                    said.iter().all(|line| !line.trim().is_empty() && !line.contains("..") && !line.contains("。。")),
                    "{said:?}"
                );
                said
            });
            let japanese = |line: &String| line.chars().any(|c| ('\u{3040}'..'\u{a000}').contains(&c));
            assert!(said[1].iter().all(japanese) && !said[0].iter().any(japanese), "{said:?}");
        }
    }
}

#[test]
fn what_was_read_in_part_is_one_line_for_all_that_read_the_same() {
    let mut report = honest();
    let cut = |n| Some(crate::ranker::Truncated { queries: 0, of_queries: 10, documents: n, of_documents: 90 });
    for arm in &mut report.arms {
        arm.collections.truncate(1);
        arm.collections[0].truncated = match arm.name.as_str() {
            "before" | "after" => cut(7),
            "teacher" => cut(3),
            _ => cut(0),
        };
    }
    let text = plain(&console(&report, false));
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("only in part")).collect();
    let expected = ["before, after: 7 of 100 texts", "teacher: 3 of 100 texts"];
    assert!(lines.len() == 2 && lines.iter().zip(expected).all(|(line, begin)| line.starts_with(begin)), "{lines:?}");
}

#[test]
fn the_console_and_the_plot_are_about_the_collection_that_a_rejection_rests_on() {
    let mut report = leaky();
    let outcome = report.outcomes.iter_mut().find(|outcome| outcome.rejects).unwrap();
    let contrast = outcome.contrast.as_mut().unwrap();
    contrast.decided_on = Some("old-b".to_owned());
    contrast.prior_contradicted = true;
    contrast.alone.get_mut("old-b").unwrap().delta = 0.15;
    let (alone, together) = (contrast.alone["old-b"].clone(), contrast.together.clone());
    let text = plain(&console(&report, false));
    assert!(text.contains("old-b minus clean +0.150 ("), "{text}");
    assert!(text.contains("all together +"), "{text}");
    let page = html(&report);
    let drawn = |d: &v1::Difference| {
        let ends = (d.lower.min(d.lower_without_prior), d.upper.max(d.upper_without_prior));
        page.contains(&format!("class=\"value\">{}<", crate::checks::wording::ends(ends.0, ends.1)))
    };
    assert!(drawn(&alone) && !drawn(&together));
}

#[test]
fn json_format() {
    insta::assert_snapshot!("json_leaky", json(&leaky()));
    for report in [honest(), leaky(), everything()] {
        let again: Report = serde_json::from_str(&json(&report)).unwrap();
        assert!(again == report, "what is written is read back");
    }
}

#[test]
fn every_format_is_the_same_twice() {
    assert_eq!(json(&leaky()), json(&leaky()));
    assert_eq!(junit(&everything(), STAMP).unwrap(), junit(&everything(), STAMP).unwrap());
    assert_eq!(console(&everything(), true), console(&everything(), true));
}

/// Element names of an XML text, by a reader that is not ours; it fails on anything ill-formed.
fn elements(xml: &str) -> BTreeMap<String, usize> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut counts = BTreeMap::new();
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => return counts,
            quick_xml::events::Event::Start(e) | quick_xml::events::Event::Empty(e) => {
                for attribute in e.attributes() {
                    attribute.unwrap();
                }
                *counts.entry(e.name().as_ref().to_owned()).or_default() += 1;
            }
            _ => {}
        }
    }
}

#[test]
fn hostile_text_forges_no_element() {
    let xml = junit(&everything(), STAMP).unwrap();
    let counts = elements(&xml);
    let known = ["testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"];
    assert!(counts.keys().all(|name| known.contains(&name.as_str())), "{counts:?}");
    assert_eq!(counts["testcase"], 9);
    assert!(xml.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()), "a control character is left");
}

#[test]
fn hostile_text_forges_no_markup_and_no_annotation() {
    let markdown = summary(&everything());
    assert!(!markdown.contains("<script") && !markdown.contains("@all"), "{markdown}");
    for text in [markdown, plain(&console(&everything(), true))] {
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
    }
}

#[test]
fn a_summary_stays_under_its_limit() {
    let mut report = everything();
    report.settles = vec!["a\u{1F600}".repeat(1 << 18); 40];
    report.not_checked = vec!["|".repeat(1 << 20); 2000];
    assert!(summary(&report).len() <= 1 << 20);
}

fn repository() -> Repository {
    Repository { root: "/repo".into(), here: "/repo/gate".into() }
}

#[test]
fn sarif_format() {
    insta::assert_snapshot!("sarif_everything", without_pages(&sarif(&everything(), &repository())));
}

/// A log whose rules have no help: those texts are the pages of the checks.
fn without_pages(text: &str) -> String {
    let mut log: Value = serde_json::from_str(text).unwrap();
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap() {
        assert!(rule["help"]["text"].as_str().unwrap().contains("What to do"), "{rule}");
        rule["help"] = Value::from("its page");
    }
    serde_json::to_string_pretty(&log).unwrap()
}

#[test]
fn sarif_holds_to_the_schema_and_every_result_has_a_place_in_the_repository() {
    let schema = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/sarif/sarif-schema-2.1.0.json"));
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let elsewhere = Repository { root: "/other".into(), here: "/repo".into() };
    let reports = [honest(), leaky(), everything()];
    for (report, place) in reports.iter().flat_map(|r| [(r, repository()), (r, elsewhere.clone())]) {
        let log: Value = serde_json::from_str(&sarif(report, &place)).unwrap();
        let faults: Vec<String> = validator.iter_errors(&log).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{faults:#?}");
        let run = &log["runs"][0];
        let rules: Vec<&str> =
            run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
        for result in run["results"].as_array().unwrap() {
            let file = &result["locations"][0]["physicalLocation"]["artifactLocation"];
            let uri = file["uri"].as_str().unwrap();
            assert!(!uri.starts_with('/') && !uri.contains("..") && !uri.contains(':'), "{uri}");
            assert_eq!(file["uriBaseId"], "%SRCROOT%");
            assert!(result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap() > 0);
            assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize], result["ruleId"]);
        }
        let ran = |check: &&CheckResult| {
            check.cases.iter().any(|c| !matches!(c.status, Status::NotApplicable | Status::CouldNotRun))
        };
        assert_eq!(rules.len(), report.checks.iter().filter(ran).count(), "rules are the checks that ran");
    }
}

#[test]
fn annotations_format() {
    insta::assert_snapshot!("annotations_everything", annotations(&everything(), &repository()));
    insta::assert_snapshot!("annotations_leaky", annotations(&leaky(), &repository()));
}

#[test]
fn at_most_ten_annotations_of_a_kind_whatever_there_is() {
    let mut report = everything();
    let check = report.checks.iter_mut().find(|check| check.id == "gain-divergence").unwrap();
    check.cases = vec![check.cases[0].clone(); 25];
    let huge = "x\n::error::y %0A".repeat(70_000);
    check.cases[0].message = huge.clone();
    check.cases[0].evidence = vec![huge.clone(); 100];
    report.sentence = huge;
    let text = annotations(&report, &repository());
    for kind in ["error", "warning", "notice"] {
        let of_kind = text.lines().filter(|line| line.starts_with(&format!("::{kind} "))).count();
        assert!((1..=10).contains(&of_kind), "{of_kind} of {kind}");
    }
    let last = text.lines().rfind(|line| line.starts_with("::error ")).unwrap();
    // The verdict and 25 findings, nine of which are shown.
    assert!(last.ends_with("::17 more like these are in the step summary and report.json"), "{last}");
    assert!(text.len() < 60_000, "{}", text.len());
}

#[test]
fn hostile_text_forges_no_command() {
    let text = annotations(&everything(), &repository());
    for line in text.lines() {
        assert!(["::error file=", "::warning file=", "::notice file="].iter().any(|begin| line.starts_with(begin)));
        assert!(!line.contains("##[") && !line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line}");
        // Behind the command nothing ends it: the value is one line, and its properties hold no end of theirs.
        let properties = line.trim_start_matches(':').split("::").next().unwrap();
        let keys: Vec<&str> = properties.split(',').map(|part| part.split('=').next().unwrap()).collect();
        assert!(keys.iter().all(|key| key.ends_with("file") || ["line", "col", "title"].contains(key)), "{keys:?}");
    }
    assert!(text.contains("%250A"), "a `%0A` in the data stays one");
}

#[test]
fn a_summary_is_cut_to_what_is_left() {
    for most in [0, 50, 200, 2_000, 5_000] {
        assert!(summary_within(&everything(), most).len() <= most);
    }
    assert!(summary_within(&leaky(), 2_000).ends_with("report.json holds the rest.\n"));
}
