//! `--baseline`, `-A`, `-W`, `-D` and waivers: they change the result and never the verdict.

use super::support::{Ran, copy_of, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn check(folder: &Path, config: &str, more: &[&str]) -> Ran {
    run(folder, &[&["check", "--config", config, "--threads", "1"], more].concat())
}

fn report(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("distilgate-report/report.json")).unwrap()).unwrap()
}

/// Keeps the report of an audit as `baseline.json`.
fn keep(folder: &Path) {
    fs::copy(folder.join("distilgate-report/report.json"), folder.join("baseline.json")).unwrap();
}

const BASELINE: [&str; 2] = ["--baseline", "baseline.json"];
const DECIDING: [&str; 3] = ["teacher-label-residual", "excess-gain-divergence", "student-label-residual"];

fn waivers(folder: &Path, ids: &[&str], until: &str) {
    let waiver = |id: &&str| format!("[[waiver]]\ncheck = \"{id}\"\nuntil = {until}\nreason = \"known\"\n");
    let text: String = ids.iter().map(waiver).collect();
    let path = folder.join("leaky.toml");
    let config = fs::read_to_string(&path).unwrap().replacen("[teacher]", &format!("{text}[teacher]"), 1);
    fs::write(path, config).unwrap();
}

#[test]
fn what_is_in_the_baseline_fails_nothing_and_the_verdict_stays() {
    let folder = copy_of("audit");
    assert_eq!(check(folder.path(), "leaky.toml", &[]).code, 1);
    keep(folder.path());
    let ran = check(folder.path(), "leaky.toml", &BASELINE);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let said = "the baseline has it already, so that it fails nothing: excess-gain-divergence on";
    assert!(ran.stdout.contains(said) && ran.stdout.contains("DIVERGENT (pass, exit 0)"), "{}", ran.stdout);
    let now = report(folder.path());
    assert_eq!(now["verdict"], "divergent");
    assert!(now["command"].as_str().unwrap().contains(" --baseline baseline.json "), "{}", now["command"]);
    let summary = fs::read_to_string(folder.path().join("distilgate-report/summary.md")).unwrap();
    assert!(summary.contains("the baseline has it already"), "{summary}");
    let junit = fs::read_to_string(folder.path().join("distilgate-report/junit.xml")).unwrap();
    assert!(junit.contains("<skipped type=\"waived\" message=\"waived as the baseline has it already"), "{junit}");
    assert!(!junit.contains("<failure"), "{junit}");
    // A result that rests on a baseline is one itself.
    keep(folder.path());
    assert_eq!(check(folder.path(), "leaky.toml", &BASELINE).code, 0);
}

#[test]
fn what_is_new_since_the_baseline_fails() {
    let folder = copy_of("audit");
    assert_eq!(check(folder.path(), "honest.toml", &[]).code, 0);
    keep(folder.path());
    let ran = check(folder.path(), "leaky.toml", &BASELINE);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert!(!ran.stdout.contains("so that it fails nothing"), "{}", ran.stdout);
}

#[test]
fn what_was_waived_in_the_baseline_is_not_known() {
    let folder = copy_of("audit");
    waivers(folder.path(), &DECIDING, "9000-01-01");
    assert_eq!(check(folder.path(), "leaky.toml", &[]).code, 0);
    keep(folder.path());
    let path = folder.path().join("leaky.toml");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(&path, &config[config.find("[teacher]").unwrap()..]).unwrap();
    let ran = check(folder.path(), "leaky.toml", &BASELINE);
    assert_eq!(ran.code, 1, "{}", ran.all());
}

#[test]
fn a_baseline_that_cannot_be_one_is_refused_before_anything_is_read() {
    let folder = copy_of("audit");
    check(folder.path(), "honest.toml", &[]);
    keep(folder.path());
    let path = folder.path().join("baseline.json");
    let whole = fs::read_to_string(&path).unwrap();
    let refused = |text: &str| {
        fs::write(&path, text).unwrap();
        let ran = check(folder.path(), "honest.toml", &BASELINE);
        assert_eq!(ran.code, 2, "{}", ran.all());
        ran.stderr
    };
    let half = refused(&whole[..whole.len() / 2]);
    assert!(half.contains("baseline.json:") && half.contains("--baseline: this report ends in the middle"), "{half}");
    let newer = refused(&whole.replacen("\"schema_version\": 1", "\"schema_version\": 2", 1));
    assert!(newer.contains("with schema 2, and this is distilgate"), "{newer}");
    let other = ["archive-2019", "archive-2020", "tickets-2024", "recipes-2024", "trails-2025"];
    let elsewhere =
        refused(&other.iter().fold(whole.clone(), |text, name| text.replace(name, &format!("their-{name}"))));
    assert!(elsewhere.contains("no collection of this configuration; it is about their-archive-2019"), "{elsewhere}");
    assert!(refused("{\"a\": 1}").contains("not a report of distilgate"));
    assert!(refused("").contains("ends in the middle"));
    assert!(refused(&"[".repeat(100_000)).contains("not a report"));
    fs::remove_file(&path).unwrap();
    let ran = check(folder.path(), "honest.toml", &BASELINE);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--baseline: cannot read: no such file"), "{}", ran.stderr);
}

#[test]
fn levels_of_the_command_line_stand_before_those_of_the_configuration() {
    let folder = copy_of("audit");
    let warn: Vec<&str> = DECIDING.iter().flat_map(|id| ["-W", id]).collect();
    let ran = check(folder.path(), "leaky.toml", &warn);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let now = report(folder.path());
    assert_eq!(now["verdict"], "divergent");
    assert!(now["command"].as_str().unwrap().contains(" -W teacher-label-residual"), "{}", now["command"]);
    assert_eq!(now["config"]["checks"]["teacher-label-residual"], "warn");
    let ran = check(folder.path(), "leaky.toml", &["-A", "canary", "--deny", "canary"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("-A and -D both name `canary`"), "{}", ran.stderr);
}

#[test]
fn a_waiver_past_its_date_denies_and_one_without_a_finding_warns() {
    let folder = copy_of("audit");
    waivers(folder.path(), &DECIDING, "2026-01-01");
    let held = check(folder.path(), "leaky.toml", &["--today", "2026-01-01"]);
    assert_eq!(held.code, 0, "{}", held.all());
    let ended = check(folder.path(), "leaky.toml", &["--today", "2026-01-02"]);
    assert_eq!(ended.code, 1, "{}", ended.all());
    assert!(ended.stdout.contains("deny expired-waiver teacher-label-residual: the waiver"), "{}", ended.stdout);

    let folder = copy_of("audit");
    waivers(folder.path(), &["drift"], "2026-01-01");
    let config = fs::read_to_string(folder.path().join("leaky.toml")).unwrap();
    fs::write(folder.path().join("leaky.toml"), config.replace("teacher-leaky", "teacher-honest")).unwrap();
    let unused = check(folder.path(), "leaky.toml", &["--today", "2026-01-01"]);
    assert!(unused.stdout.contains("warn unused-waiver drift: the waiver of drift until"), "{}", unused.stdout);
}

#[test]
fn a_waiver_is_whole_or_none() {
    let folder = copy_of("audit");
    let path = folder.path().join("leaky.toml");
    let config = fs::read_to_string(&path).unwrap();
    for (waiver, said) in [
        ("check = \"drift\"\nreason = \"known\"\n", "missing field `until`"),
        ("check = \"drift\"\nuntil = 2030-01-01\n", "missing field `reason`"),
        ("check = \"drift\"\nuntil = \"soon\"\nreason = \"known\"\n", "soon"),
        ("check = \"unused-waiver\"\nuntil = 2030-01-01\nreason = \"known\"\n", "which is about waivers itself"),
    ] {
        fs::write(&path, config.replacen("[teacher]", &format!("[[waiver]]\n{waiver}[teacher]"), 1)).unwrap();
        let ran = check(folder.path(), "leaky.toml", &[]);
        assert_eq!(ran.code, 2, "{}", ran.all());
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}
