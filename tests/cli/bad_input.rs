//! Bad input: each a clear error with a remedy and the right exit code, and nothing half-written.

use super::support::{Ran, copy_of, fixtures, run, run_with, scratch, write};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn check(folder: &Path) -> Ran {
    run(folder, &["check", "--config", "runs-only.toml"])
}

/// A copy of the fixture with one file replaced.
fn with(file: &str, content: impl AsRef<[u8]>) -> TempDir {
    let folder = copy_of("audit");
    write(&folder.path().join(file), content);
    folder
}

/// A copy of the fixture with the text of its configuration changed.
fn with_config(from: &str, to: &str) -> TempDir {
    let folder = copy_of("audit");
    let path = folder.path().join("runs-only.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replacen(from, to, 1)).unwrap();
    folder
}

/// Exit 2, a remedy, no panic, and no report.
fn refused(folder: &TempDir, ran: &Ran) -> String {
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("help: "), "{}", ran.all());
    assert!(!ran.stderr.contains("panicked"), "{}", ran.all());
    assert!(!folder.path().join("distilgate-report/report.json").exists());
    ran.stderr.clone()
}

fn message(folder: TempDir) -> String {
    let ran = check(folder.path());
    refused(&folder, &ran)
}

#[test]
fn a_missing_file() {
    let folder = copy_of("audit");
    fs::remove_file(folder.path().join("collections/tickets-2024/queries.jsonl")).unwrap();
    fs::remove_dir_all(folder.path().join("collections/tickets-2024/qrels")).unwrap();
    insta::assert_snapshot!("missing_judgements", message(folder));
    insta::assert_snapshot!(
        "missing_collection",
        message(with_config("collections/archive-2019", "collections/nowhere"))
    );
    insta::assert_snapshot!(
        "missing_runs",
        message(with_config("runs/before/{collection}.run", "runs/nowhere/{collection}.run"))
    );
    insta::assert_snapshot!(
        "missing_one_run",
        message(with_config("runs/before/{collection}.run", "runs/before/all.run"))
    );
}

#[test]
fn a_misspelt_key() {
    insta::assert_snapshot!(message(with_config("[teacher]", "[gate]\ntolerence = 0.1\n[teacher]")));
}

/// A device tells no size, and this one never ends.
#[cfg(target_os = "linux")]
#[test]
fn a_configuration_without_end() {
    let folder = scratch();
    let ran = run(folder.path(), &["check", "--config", "/dev/zero"]);
    assert!(refused(&folder, &ran).contains("too many for a configuration"), "{}", ran.all());
}

#[test]
fn a_misspelt_check() {
    insta::assert_snapshot!(message(with_config("[teacher]", "[checks]\ngain-divergense = \"warn\"\n[teacher]")));
}

/// What a config quotes cannot start a line of its own, where a CI engine would take it for a command.
#[test]
fn names_that_forge_a_workflow_command() {
    let forged = r"x\n::error::forged\r\u001b[31m##[error]forged\u202e";
    for (from, to) in [
        ("runs/before/{collection}.run", forged.to_owned()),
        ("collections/archive-2019", forged.to_owned()),
        ("[teacher]", format!("\"{forged}\" = 1\n[teacher]")),
        ("[teacher]", format!("[checks]\n\"{forged}\" = \"warn\"\n[teacher]")),
        ("published = 2019-11-15", format!("twin-of = \"{forged}\"")),
    ] {
        let text = message(with_config(from, &to));
        assert!(text.contains("::error::forged"), "it is shown: {text}");
        let harmful = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(harmful) && !text.contains("##["), "{to}: {text:?}");
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{to}: {text}");
    }
}

/// A check that this version has is not refused as one of a later version.
#[test]
fn every_check_may_be_named() {
    for check in distilgate::checks::ALL {
        let text = format!("[checks]\n{} = \"warn\"\n", check.id);
        assert!(distilgate::config::parse(&text, Path::new("distilgate.toml")).is_ok(), "{}", check.id);
    }
}

#[test]
fn a_qrels_line_with_two_columns() {
    let file = "collections/archive-2019/qrels/test.tsv";
    let text = fs::read_to_string(fixtures().join("audit").join(file)).unwrap();
    insta::assert_snapshot!(message(with(file, format!("{text}q1\td9\n"))));
}

#[test]
fn a_run_with_nan() {
    insta::assert_snapshot!(message(with("runs/before/archive-2019.run", "q1 Q0 q1d1 1 NaN x\n")));
}

#[test]
fn an_empty_collection() {
    insta::assert_snapshot!(
        "empty_judgements",
        message(with("collections/archive-2019/qrels/test.tsv", "query-id\tcorpus-id\tscore\n"))
    );
    insta::assert_snapshot!("empty_queries", message(with("collections/archive-2019/queries.jsonl", "")));
}

#[test]
fn duplicate_ids_that_contradict_each_other() {
    let two = "{\"_id\": \"q1\", \"text\": \"one\"}\n{\"_id\": \"q1\", \"text\": \"two\"}\n";
    insta::assert_snapshot!(message(with("collections/archive-2019/queries.jsonl", two)));
}

#[test]
fn a_truncated_gzip() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let text = fs::read_to_string(fixtures().join("audit/runs/before/archive-2019.run")).unwrap();
    std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
    let whole = packed.finish().unwrap();
    insta::assert_snapshot!(message(with("runs/before/archive-2019.run", &whole[..whole.len() / 2])));
}

#[test]
fn invalid_utf_8() {
    insta::assert_snapshot!(message(with(
        "collections/archive-2019/queries.jsonl",
        b"{\"_id\": \"q1\", \"text\": \"caf\xe9\"}\n"
    )));
}

#[test]
fn a_line_of_200_megabytes() {
    let mut line = b"{\"_id\": \"q1\", \"text\": \"".to_vec();
    line.resize(200 << 20, b'a');
    insta::assert_snapshot!(message(with("collections/archive-2019/queries.jsonl", line)));
}

#[test]
fn a_report_folder_that_cannot_be_written_to() {
    let folder = copy_of("audit");
    write(&folder.path().join("distilgate-report"), "a file");
    let ran = check(folder.path());
    assert_eq!(ran.code, 4);
    insta::assert_snapshot!(ran.stderr);
}

/// A folder without write permission stops nobody who is root, so the kernel's own read-only folder stands in.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_report_folder() {
    let folder = copy_of("audit");
    let ran = run(folder.path(), &["check", "--config", "runs-only.toml", "--report", "/proc/distilgate"]);
    assert_eq!(ran.code, 4, "{}", ran.all());
    assert!(ran.stderr.contains("/proc/distilgate: cannot write"), "{}", ran.stderr);
    assert!(ran.stderr.contains("help: "), "{}", ran.stderr);
}

/// `/dev/full` is a disk that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let folder = copy_of("audit");
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_distilgate"));
    let status = command.args(["explain"]).current_dir(folder.path()).stdout(full).output().unwrap();
    assert_eq!(status.status.code(), Some(4));
    let stderr = String::from_utf8(status.stderr).unwrap();
    assert!(stderr.contains("no space left on device"), "{stderr}");
    assert!(stderr.contains("make room on this disk"), "{stderr}");
}

/// A verdict never lies there without its runs: where they cannot be written, no report is.
#[test]
fn runs_that_cannot_be_written_leave_no_report() {
    let folder = copy_of("audit");
    write(&folder.path().join("distilgate-report/runs"), "a file in the way");
    let ran = check(folder.path());
    assert_eq!(ran.code, 4, "{}", ran.all());
    assert!(!folder.path().join("distilgate-report/report.json").exists());
}

/// Model faults are found before ONNX Runtime is looked for: `--offline` with an empty cache changes nothing here.
fn model_message(model: &str) -> String {
    let folder = copy_of("audit");
    let text = fs::read_to_string(folder.path().join("runs-only.toml")).unwrap();
    let text = text.replace("runs = \"runs/before/{collection}.run\"", &format!("model = \"{model}\""));
    fs::write(folder.path().join("runs-only.toml"), text).unwrap();
    let models = fixtures().join("models");
    std::process::Command::new("cp").arg("-r").arg(&models).arg(folder.path().join("models")).status().unwrap();
    write(&folder.path().join("models/garbage/model.onnx"), "this is not ONNX");
    fs::copy(models.join("bi-mean/tokenizer.json"), folder.path().join("models/garbage/tokenizer.json")).unwrap();
    fs::create_dir_all(folder.path().join("models/no-tokenizer")).unwrap();
    fs::copy(models.join("bi-cls/model.onnx"), folder.path().join("models/no-tokenizer/model.onnx")).unwrap();
    let ran = run(folder.path(), &["check", "--config", "runs-only.toml", "--offline"]);
    refused(&folder, &ran)
}

#[test]
fn models_that_cannot_be_used() {
    insta::assert_snapshot!("model_missing", model_message("models/nowhere"));
    insta::assert_snapshot!("model_not_onnx", model_message("models/garbage"));
    insta::assert_snapshot!("model_without_tokenizer", model_message("models/no-tokenizer"));
    insta::assert_snapshot!("model_without_weights", model_message("models/bad-missing"));
    insta::assert_snapshot!("model_with_weights_outside", model_message("models/bad-outside"));
}

/// The environment of a machine that has no ONNX Runtime and no Python to find one with.
fn without_onnx_runtime(extra: &[(&str, &str)]) -> Ran {
    let folder = copy_of("audit");
    let text = fs::read_to_string(folder.path().join("runs-only.toml")).unwrap();
    let model = fixtures().join("models/bi-mean");
    let text =
        text.replace("runs = \"runs/before/{collection}.run\"", &format!("model = {:?}", model.display().to_string()));
    fs::write(folder.path().join("runs-only.toml"), text).unwrap();
    let cache = scratch();
    let cache = cache.path().display().to_string();
    let mut env = vec![
        ("PATH", ""),
        ("DISTILGATE_CACHE_DIR", cache.as_str()),
        ("DISTILGATE_ONNXRUNTIME", ""),
        ("ORT_DYLIB_PATH", ""),
    ];
    env.extend(extra);
    run_with(folder.path(), &["check", "--config", "runs-only.toml", "--offline"], &env)
}

#[test]
fn no_onnx_runtime_and_offline() {
    let ran = without_onnx_runtime(&[]);
    assert_eq!(ran.code, 4, "{}", ran.all());
    insta::assert_snapshot!(ran.stderr.lines().take(1).collect::<String>());
    assert!(ran.stderr.matches("help: ").count() >= 3, "three ways to provide it: {}", ran.stderr);
}

#[test]
fn an_onnx_runtime_that_is_none() {
    let here = scratch();
    let file = here.path().join("libonnxruntime.so");
    write(&file, "not a library");
    let ran = without_onnx_runtime(&[("DISTILGATE_ONNXRUNTIME", file.to_str().unwrap())]);
    assert_eq!(ran.code, 4, "{}", ran.all());
    assert!(ran.stderr.contains("DISTILGATE_ONNXRUNTIME"), "{}", ran.stderr);
}
