//! Holds the tree to its order: a module uses only those listed before it, pure modules stay pure, only `report/`
//! and `cli/` print, and every file says what it is for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules in order of dependence, as `docs/architecture.md` explains them.
const ORDER: [&str; 24] = [
    "error",
    "text",
    "measure",
    "stats",
    "collection",
    "runs",
    "cache",
    "config",
    "fingerprint",
    "retrieve",
    "command",
    "twin",
    "canary",
    "onnx",
    "autodiff",
    "ranker",
    "distill",
    "probe",
    "facts",
    "audit",
    "checks",
    "verdict",
    "report",
    "cli",
];

/// Modules that open no file, read no clock and print nothing.
const PURE: [&str; 5] = ["text", "measure", "stats", "checks", "verdict"];

/// What a pure module must not name.
const IMPURE: [&str; 6] = ["std::fs", "std::env", "std::time", "std::process", "std::io", "std::net"];

/// Modules that may print.
const PRINTERS: [&str; 2] = ["report", "cli"];

/// A module may use a later one only for a reason, listed here as (file, module). A stale entry fails the test.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// Files that may be longer than a file should be, with the reason.
const LONG_FILES: [(&str, &str); 1] = [("src/onnx/proto/generated.rs", "made from onnx-ml.proto")];

/// Past this a file probably does two things.
const LONG: usize = 450;

struct Source {
    path: PathBuf,
    name: String,
    module: String,
    text: String,
}

impl Source {
    /// The text without its unit tests: they may read fixtures and build what they like.
    fn shipped(&self) -> &str {
        let starts = self.text.match_indices("\n#[cfg(test)]\n").map(|(start, _)| start);
        let is_module = |start: &usize| {
            let item = self.text[*start..].lines().skip(2).find(|line| !line.starts_with("#["));
            item.is_some_and(|line| line.contains("mod ") && line.ends_with('{'))
        };
        let end = starts.into_iter().find(is_module).unwrap_or(self.text.len());
        &self.text[..end]
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    files.sort();
    // Files of tests alone may read fixtures and build what they like.
    files.retain(|path| {
        let of_tests = path.parent().is_some_and(|folder| folder.ends_with("tests"));
        !of_tests && !["tests.rs", "golden.rs", "properties.rs", "sample.rs"].iter().any(|name| path.ends_with(name))
    });
    let source = |path: PathBuf| {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let module = name["src/".len()..].split(['/', '.']).next().unwrap().to_owned();
        Source { text: fs::read_to_string(&path).unwrap(), path, name, module }
    };
    files.into_iter().map(source).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// The modules that a line names after `crate::`.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or(line);
    code.split("crate::")
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
}

#[test]
fn the_list_is_the_tree() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let declared: Vec<&str> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, ORDER, "src/lib.rs declares the modules in the order of dependence");
}

#[test]
fn modules_use_only_those_before_them() {
    let rank = |module: &str| ORDER.iter().position(|m| *m == module);
    let mut complaints = Vec::new();
    let mut used = BTreeSet::new();
    for source in sources() {
        let Some(own) = rank(&source.module) else { continue };
        for (n, line) in source.text.lines().enumerate() {
            for other in named(line).filter(|other| rank(other).is_some_and(|rank| rank > own)) {
                match EXCEPTIONS.iter().find(|(file, module)| *file == source.name && *module == other) {
                    Some(exception) => {
                        used.insert(exception);
                    }
                    None => {
                        complaints.push(format!("{}:{}: {} may not use {other}", source.name, n + 1, source.module))
                    }
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let stale: Vec<_> = EXCEPTIONS.iter().filter(|exception| !used.contains(exception)).collect();
    assert!(stale.is_empty(), "nobody uses these exceptions any more: {stale:?}");
}

#[test]
fn pure_modules_are_pure() {
    for source in sources().iter().filter(|source| PURE.contains(&source.module.as_str())) {
        for word in IMPURE {
            assert!(!source.shipped().contains(word), "{} names {word}, and {} is pure", source.name, source.module);
        }
    }
}

#[test]
fn only_reports_and_commands_print() {
    for source in sources().iter().filter(|source| !PRINTERS.contains(&source.module.as_str())) {
        for word in ["println!", "eprintln!", "print!(", "eprint!(", "dbg!("] {
            assert!(!source.shipped().contains(word), "{} prints with {word}", source.name);
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for source in sources() {
        assert!(source.text.starts_with("//! "), "{} has no //! text on top", source.path.display());
    }
}

#[test]
fn a_file_does_one_thing() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| source.shipped().lines().count() > LONG)
        .map(|source| source.name.clone())
        .collect();
    let expected: Vec<&str> = LONG_FILES.iter().map(|(file, _)| *file).collect();
    assert_eq!(long, expected, "files over {LONG} lines, tests apart, probably do two things");
}
