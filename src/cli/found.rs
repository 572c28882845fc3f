//! What lies in a folder: collections, models and runs, told by their names and neighbours alone.

use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// How deep is looked; collections lie two levels below their project as a rule.
const DEPTH: usize = 5;
/// Entries looked at, at most: a home folder by mistake must not take for ever.
const MOST_ENTRIES: usize = 50_000;

/// What was found, as paths relative to the folder, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Folders as BEIR lays them out.
    pub collections: Vec<PathBuf>,
    /// Folders or files that hold an ONNX model with its tokenizer.
    pub models: Vec<PathBuf>,
    /// Run files as patterns: `runs/before/{collection}.run`, with the collections that each covers.
    pub runs: BTreeMap<String, BTreeSet<String>>,
    /// Whether there was more than was looked at.
    pub cut: bool,
}

/// Looks into a folder.
///
/// # Errors
/// A folder that does not exist or cannot be read.
pub fn look(folder: &Path) -> Result<Found> {
    let mut found = Found::default();
    let mut files = Vec::new();
    let entries = WalkDir::new(folder).max_depth(DEPTH).sort_by_file_name().into_iter().filter_entry(visible);
    for (n, entry) in entries.enumerate() {
        if n >= MOST_ENTRIES {
            found.cut = true;
            break;
        }
        let entry = entry.map_err(|e| {
            let path = e.path().unwrap_or(folder).to_owned();
            Error::reading(path, e.into())
        })?;
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_owned();
        if entry.file_type().is_dir() {
            if is_collection(entry.path()) {
                found.collections.push(relative);
            } else if let Some(model) = model_in(entry.path()) {
                found.models.push(relative.join(model));
            }
        } else if is_run(&relative) {
            files.push(relative);
        }
    }
    found.runs = patterns(&files, &found.collections);
    Ok(found)
}

/// Names of collections, from their folders.
pub fn name_of(collection: &Path) -> String {
    let name = collection.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect()
}

fn visible(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.depth() == 0
        || !(name.starts_with('.') || name == "target" || name == "node_modules" || name == crate::report::FOLDER)
}

fn is_collection(folder: &Path) -> bool {
    let holds = |name: &str| ["", ".gz", ".zst"].iter().any(|end| folder.join(format!("{name}{end}")).is_file());
    folder.join("qrels").is_dir() && holds("queries.jsonl")
}

/// The path of a model below this folder: empty for a model folder, the file's name for a bare `.onnx`.
fn model_in(folder: &Path) -> Option<PathBuf> {
    if !folder.join("tokenizer.json").is_file() {
        return None;
    }
    if folder.join("model.onnx").is_file() || folder.join("onnx/model.onnx").is_file() {
        return Some(PathBuf::new());
    }
    let mut bare: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name())))
        .filter(|name| name.extension().is_some_and(|e| e == "onnx"))
        .collect();
    bare.sort();
    bare.into_iter().next()
}

fn is_run(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
    name.ends_with(".run") || name.ends_with(".trec") || name.ends_with(".res")
}

/// Puts `{collection}` where a collection's name stands in a path.
fn patterns(files: &[PathBuf], collections: &[PathBuf]) -> BTreeMap<String, BTreeSet<String>> {
    let mut patterns: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut names: Vec<String> = collections.iter().map(|c| name_of(c)).collect();
    // The longest name first, so that `dl19-hard` is not taken for `dl19`.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for file in files {
        let text = file.to_string_lossy();
        let parts = |c: char| matches!(c, '/' | '\\' | '.');
        if let Some(name) = names.iter().find(|name| text.split(parts).any(|part| part == name.as_str())) {
            patterns.entry(text.replace(name.as_str(), "{collection}")).or_default().insert(name.clone());
        }
    }
    patterns
}
