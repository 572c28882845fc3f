//! Runs the binary in a clean environment and makes its output comparable.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What a run of the program gave.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Exit code, stdout and stderr as one text, for snapshots.
    pub fn all(&self) -> String {
        format!("exit {}\n--- stdout\n{}--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// The folder of the fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A scratch folder of a test.
pub fn scratch() -> TempDir {
    TempDir::new().unwrap()
}

/// A copy of a folder of the fixtures that a test may change.
pub fn copy_of(fixture: &str) -> TempDir {
    let target = scratch();
    copy(&fixtures().join(fixture), target.path());
    target
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Runs `distilgate` in a folder. What a CI engine or a user's shell may set is cleared first.
pub fn run(folder: &Path, args: &[&str]) -> Ran {
    run_with(folder, args, &[])
}

/// The same with environment variables.
pub fn run_with(folder: &Path, args: &[&str], env: &[(&str, &str)]) -> Ran {
    run_reading(folder, args, env, "")
}

/// The same with something on standard input.
pub fn run_reading(folder: &Path, args: &[&str], env: &[(&str, &str)], input: &str) -> Ran {
    let mut command = Command::cargo_bin("distilgate").unwrap();
    for (name, _) in std::env::vars() {
        if name.starts_with("GITHUB_")
            || name.starts_with("RUNNER_")
            || ["CI", "NO_COLOR", "CLICOLOR_FORCE"].contains(&name.as_str())
        {
            command.env_remove(name);
        }
    }
    command.env("SOURCE_DATE_EPOCH", "1700000000").env("COLUMNS", "100").current_dir(folder).args(args);
    for (name, value) in env {
        command.env(name, value);
    }
    let output = command.write_stdin(input).output().unwrap();
    let text = |bytes: Vec<u8>| clean(&String::from_utf8(bytes).unwrap(), folder);
    Ran { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Replaces what differs between machines and versions.
fn clean(text: &str, folder: &Path) -> String {
    text.replace(&folder.display().to_string(), "[dir]").replace(env!("CARGO_PKG_VERSION"), "[version]")
}

/// Writes a file of a test, with its folders.
pub fn write(path: &Path, text: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The ONNX Runtime that other tests use, to be named where the cache is one of the test's own.
pub fn onnx_runtime(folder: &Path) -> String {
    let doctor = run(folder, &["doctor", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&doctor.stdout).unwrap();
    found["onnx_runtime"].as_str().and_then(|text| text.rsplit(": ").next()).unwrap_or_default().to_owned()
}
