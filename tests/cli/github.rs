//! Inside GitHub Actions: the step's summary, annotations, outputs, SARIF, and texts that try to be commands.

use super::support::{Ran, copy_of, run, run_with, write};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Runs `check` as a step of GitHub Actions whose repository is the folder.
fn step(folder: &Path, args: &[&str]) -> Ran {
    step_with(folder, args, &[])
}

fn step_with(folder: &Path, args: &[&str], more: &[(&str, &str)]) -> Ran {
    let path = |name: &str| folder.join(name).display().to_string();
    let (summary, output) = (path("summary"), path("output"));
    let mut env = vec![
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_WORKSPACE", folder.to_str().unwrap()),
        ("GITHUB_STEP_SUMMARY", summary.as_str()),
        ("GITHUB_OUTPUT", output.as_str()),
    ];
    env.extend(more);
    run_with(folder, &[&["check", "--threads", "1"], args].concat(), &env)
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The annotations of a log.
fn commands(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.trim_start().starts_with("::") || line.contains("##[")).collect()
}

#[test]
fn a_step_gets_summary_annotations_and_outputs() {
    let folder = copy_of("audit");
    fs::write(folder.path().join("summary"), "of a step before").unwrap();
    let ran = step(folder.path(), &["--config", "leaky.toml"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    let outputs = read(folder.path(), "output");
    assert_eq!(
        outputs,
        "verdict=divergent\nexit-code=1\nreport=distilgate-report\njunit=distilgate-report/junit.xml\n"
    );
    let summary = read(folder.path(), "summary");
    assert!(summary.starts_with("of a step before\n# distilgate: divergent (fail)\n"), "{summary}");
    assert_eq!(summary["of a step before\n".len()..], read(folder.path(), "distilgate-report/summary.md"));
    assert_eq!(commands(&ran.stdout), Vec::<&str>::new(), "annotations go to stderr");
    let annotations = commands(&ran.stderr);
    let verdict = "::error file=leaky.toml,line=1,title=distilgate%3A divergent::";
    assert!(annotations[0].starts_with(verdict), "{annotations:#?}");
    assert!(annotations.iter().any(|line| line.contains("title=distilgate%3A excess-gain-divergence::")));
}

#[test]
fn outside_actions_there_is_nothing_of_it() {
    let folder = copy_of("audit");
    let output = folder.path().join("output").display().to_string();
    let args = ["check", "--config", "honest.toml", "--threads", "1"];
    let ran = run_with(folder.path(), &args, &[("GITHUB_OUTPUT", &output), ("GITHUB_ACTIONS", "false")]);
    assert_eq!(ran.code, 0);
    assert!(!Path::new(&output).exists() && commands(&ran.stderr).is_empty(), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_written_to_is_an_error_and_loses_nothing() {
    let folder = copy_of("audit");
    // A folder in place of a file cannot be written to, whoever runs this.
    fs::create_dir(folder.path().join("closed")).unwrap();
    let closed = folder.path().join("closed").display().to_string();
    for (name, other) in [("GITHUB_STEP_SUMMARY", "output"), ("GITHUB_OUTPUT", "summary")] {
        let ran = step_with(folder.path(), &["--config", "leaky.toml"], &[(name, &closed)]);
        assert_eq!(ran.code, 4, "{}", ran.all());
        assert!(ran.stderr.contains(&format!("error: [dir]/closed: {name}: cannot write")), "{}", ran.stderr);
        assert!(ran.stdout.contains("DIVERGENT (fail, exit 1)"), "{}", ran.stdout);
        assert!(!read(folder.path(), other).is_empty(), "the other file is written all the same");
        if other == "output" {
            let outputs = read(folder.path(), other);
            assert!(outputs.starts_with("verdict=divergent\nexit-code=4\n"), "the verdict stays: {outputs}");
        }
        let said = format!("::error title=distilgate::[dir]/closed: {name}: cannot write");
        assert_eq!(ran.stderr.matches(&said).count(), 1, "{}", ran.stderr);
        let report: Value = serde_json::from_str(&read(folder.path(), "distilgate-report/report.json")).unwrap();
        assert_eq!(report["verdict"], "divergent");
        fs::remove_file(folder.path().join(other)).unwrap();
    }
}

#[test]
fn a_summary_stays_under_the_limit_with_what_was_there() {
    let folder = copy_of("audit");
    write(&folder.path().join("summary"), "x\n".repeat((1 << 19) - 1000));
    let ran = step(folder.path(), &["--config", "leaky.toml"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    let summary = read(folder.path(), "summary");
    assert!(summary.len() <= 1 << 20, "{}", summary.len());
    assert!(summary.contains("# distilgate: divergent"), "what fits is there");
    fs::remove_file(folder.path().join("summary")).unwrap();
    write(&folder.path().join("summary"), "x\n".repeat(1 << 19));
    assert_eq!(step(folder.path(), &["--config", "leaky.toml"]).code, 1);
    assert_eq!(read(folder.path(), "summary").len(), 1 << 20, "there is no room for anything");
}

#[test]
fn bad_input_is_an_annotation_and_an_exit_code() {
    let folder = copy_of("audit");
    let ran = step(folder.path(), &["--config", "leaky.toml", "-D", "regresed"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert_eq!(commands(&ran.stderr).len(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("::error title=distilgate::-D names `regresed`"), "{}", ran.stderr);
    assert_eq!(read(folder.path(), "output"), "verdict=\nexit-code=2\n");
}

#[test]
fn a_report_folder_that_no_output_can_name_is_refused_before_anything_is_done() {
    let folder = copy_of("audit");
    let ran = step(folder.path(), &["--config", "leaky.toml", "--report", "a\nverdict=clean"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(ran.stderr.contains("a report folder with a line break"), "{}", ran.stderr);
    assert!(!read(folder.path(), "output").contains("clean"));
}

/// What a collection's author may try: commands of both kinds, colours, markup, direction.
const HOSTILE: &str = "\n::error file=a,line=1::forged\n::stop-commands::x\u{1b}[31m##[error]forged ]]> \
                       <script>x</script> | `b` \u{202e} %0A::notice::y ";

/// Puts it before every query of a collection, and a million bars behind one that reports show.
fn spoil_queries(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let spoilt = text.lines().map(|line| {
        let mut query: Value = serde_json::from_str(line).unwrap();
        let bars = "|".repeat(if query["_id"] == "q14" { 1_000_000 } else { 0 });
        query["text"] = Value::from(format!("{HOSTILE}{}{bars}", query["text"].as_str().unwrap()));
        query.to_string() + "\n"
    });
    fs::write(path, spoilt.collect::<String>()).unwrap();
}

#[test]
fn texts_of_collections_forge_nothing() {
    let folder = copy_of("audit");
    let name = "::error::x ##[error]y %0A::notice::z\\u001b[31m\\u202e | <script>";
    let reason = format!("[[waiver]]\ncheck = \"regressed\"\nuntil = 9000-01-01\nreason = \"{name}\"\n[teacher]\n");
    let path = folder.path().join("leaky.toml");
    let config = fs::read_to_string(&path).unwrap().replacen("[teacher]\n", &reason, 1);
    fs::write(&path, config.replacen("leaky teacher", name, 1)).unwrap();
    spoil_queries(&folder.path().join("collections/archive-2020/queries.jsonl"));
    let ran = step(folder.path(), &["--config", "leaky.toml", "--sarif", "--verbose"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("forged") && ran.stderr.contains("forged"), "texts are shown at all");
    assert_eq!(commands(&ran.stdout), Vec::<&str>::new());
    let log = ran.stdout.clone() + &ran.stderr;
    assert!(!log.contains('\u{1b}') && !log.contains('\u{202e}') && !log.contains("##["));
    for line in commands(&ran.stderr) {
        assert!(
            ["::error file=leaky.toml,", "::warning file=leaky.toml,", "::notice file=leaky.toml,"]
                .iter()
                .any(|begin| line.starts_with(begin)),
            "{line}"
        );
    }
    for kind in ["error", "warning", "notice"] {
        let of_kind = commands(&ran.stderr).iter().filter(|line| line.starts_with(&format!("::{kind} "))).count();
        assert!(of_kind <= 10, "{of_kind} of {kind}");
    }
    let summary = read(folder.path(), "summary");
    assert!(summary.len() <= 1 << 20 && !summary.contains("<script") && !summary.contains("::"), "{}", summary.len());
    assert_eq!(read(folder.path(), "output").lines().count(), 4);
    let sarif = read(folder.path(), "distilgate-report/report.sarif");
    assert!(!sarif.contains('\u{202e}') && !sarif.contains("\\u001b"));
}

/// The files and lines of a SARIF log.
fn places(folder: &Path) -> Vec<(String, u64)> {
    let log: Value = serde_json::from_str(&read(folder, "distilgate-report/report.sarif")).unwrap();
    let place = |result: &Value| {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap().to_owned();
        (uri, place["region"]["startLine"].as_u64().unwrap())
    };
    log["runs"][0]["results"].as_array().unwrap().iter().map(place).collect()
}

#[test]
fn sarif_is_valid_and_relative_to_the_repository() {
    let schema = fs::read_to_string(super::support::fixtures().join("sarif/sarif-schema-2.1.0.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let folder = copy_of("audit");
    fs::create_dir(folder.path().join(".git")).unwrap();
    let gate = folder.path().join("gate");
    fs::create_dir(&gate).unwrap();
    let ran = run(&gate, &["check", "--config", "../leaky.toml", "--threads", "1", "--sarif"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert!(ran.stdout.contains("report.sarif"), "{}", ran.stdout);
    let log: Value = serde_json::from_str(&read(&gate, "distilgate-report/report.sarif")).unwrap();
    let faults: Vec<String> = validator.iter_errors(&log).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let places = places(&gate);
    assert!(!places.is_empty() && places.iter().all(|(uri, line)| uri == "leaky.toml" && *line > 0), "{places:?}");
    // The report of the next audit is not beside findings of this one.
    run(&gate, &["check", "--config", "../honest.toml", "--threads", "1"]);
    assert!(!gate.join("distilgate-report/report.sarif").exists());
}

#[test]
fn a_configuration_outside_the_repository_points_nowhere_outside() {
    let folder = copy_of("audit");
    let inner = folder.path().join("repository");
    fs::create_dir_all(inner.join(".git")).unwrap();
    run(&inner, &["check", "--config", "../leaky.toml", "--threads", "1", "--sarif"]);
    assert!(places(&inner).iter().all(|(uri, _)| uri == "leaky.toml"), "{:?}", places(&inner));
}
