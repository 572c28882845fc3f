//! What lies in a folder: collections and models, told by their names and neighbours, and runs.

use super::patterns::{self, FoundRuns, is_run};
use crate::error::{Error, Result, quiet};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// How deep is looked; collections lie two levels below their project as a rule.
const DEPTH: usize = 5;
/// Entries looked at, at most: a home folder by mistake must not take for ever.
const MOST_ENTRIES: usize = 50_000;

/// So many runs of unknown collections are named; the rest is counted.
const MOST_STRAYS: usize = 4;

/// What was found, as paths relative to the folder, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Folders as BEIR lays them out.
    pub collections: Vec<FoundCollection>,
    /// Folders or files that hold an ONNX model with its tokenizer.
    pub models: Vec<String>,
    /// Run files.
    pub runs: Vec<FoundRuns>,
    /// What was passed over, and why, a line each.
    pub skipped: Vec<String>,
    /// Whether there was more than was looked at.
    pub cut: bool,
}

/// A collection with a name that no other has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCollection {
    /// The name: the folder's, with its parent's where two folders are called the same.
    pub name: String,
    /// The folder, `.` where it is the one that was looked into.
    pub path: String,
}

/// Looks into a folder. Links that lead out of it are not followed.
///
/// # Errors
/// A folder that does not exist or cannot be read.
pub fn look(folder: &Path) -> Result<Found> {
    let mut found = Found::default();
    let (mut collections, mut files) = (Vec::new(), Vec::new());
    let root = folder.canonicalize().map_err(|e| Error::reading(folder, e))?;
    let entries = WalkDir::new(folder).max_depth(DEPTH).sort_by_file_name().into_iter().filter_entry(visible);
    for (n, entry) in entries.enumerate() {
        if n >= MOST_ENTRIES {
            found.cut = true;
            break;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 => return Err(unreadable(folder, error)),
            Err(error) => {
                let path = error.path().map(|path| path.strip_prefix(folder).unwrap_or(path).to_owned());
                let path = quiet(&path.unwrap_or_default().to_string_lossy());
                found.skipped.push(format!("{path}: {}", unreadable(folder, error).what()));
                continue;
            }
        };
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let what = match kind(&entry, &root) {
            Kind::Elsewhere(why) => Some(why),
            Kind::Nothing => None,
            Kind::Collection => keep(relative, &mut collections),
            Kind::Model(below) => keep(&relative.join(below), &mut found.models),
            Kind::Run => keep(relative, &mut files),
        };
        if let Some(why) = what {
            found.skipped.push(format!("{}: {why}", quiet(&relative.to_string_lossy())));
        }
    }
    found.collections = named(&collections, &root);
    let (runs, strays) = patterns::runs(&files, &found.collections);
    found.runs = runs;
    found.skipped.extend(said_of(&strays));
    Ok(found)
}

fn unreadable(folder: &Path, error: walkdir::Error) -> Error {
    let path = error.path().unwrap_or(folder).to_owned();
    let cause = error.into_io_error().unwrap_or_else(|| std::io::Error::other("this link leads round in a circle"));
    Error::reading(path, cause)
}

/// One line on run files of which nobody can tell the collection.
fn said_of(strays: &[String]) -> Option<String> {
    let shown: Vec<String> = strays.iter().take(MOST_STRAYS).map(|file| quiet(file)).collect();
    let more = strays.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let files = if strays.len() == 1 { "a run whose path names" } else { "runs whose paths name" };
    let said = format!(
        "{}{more}: {files} none of the collections; put a collection's name in, as in runs/before/dl19.run",
        shown.join(", ")
    );
    (!strays.is_empty()).then_some(said)
}

/// What an entry of the folder is.
enum Kind {
    Collection,
    /// A model, with the path below the entry that names it.
    Model(PathBuf),
    Run,
    Nothing,
    /// A link that is not followed, and why.
    Elsewhere(&'static str),
}

fn kind(entry: &DirEntry, root: &Path) -> Kind {
    let path = entry.path();
    if entry.depth() > 0 && entry.path_is_symlink() {
        return match path.canonicalize() {
            Ok(target) if !target.starts_with(root) => Kind::Elsewhere("a link out of this folder, not followed"),
            Ok(target) if target.is_dir() => Kind::Elsewhere("a link to a folder, not followed"),
            Ok(target) if target.is_file() && is_run(path) => Kind::Run,
            Ok(_) => Kind::Nothing,
            Err(_) => Kind::Elsewhere("a link that leads nowhere"),
        };
    }
    match entry.depth() == 0 || entry.file_type().is_dir() {
        true if is_collection(path) => Kind::Collection,
        true => model_in(path).map_or(Kind::Nothing, Kind::Model),
        // A pipe would be waited for.
        false if entry.file_type().is_file() && is_run(path) => Kind::Run,
        false => Kind::Nothing,
    }
}

/// Keeps a path that a configuration can give; says why where it cannot.
fn keep(path: &Path, list: &mut Vec<String>) -> Option<&'static str> {
    match spelt(path) {
        None => return Some("its name is not UTF-8, so a configuration cannot give it"),
        // A line break would end the comment that a path may stand in.
        Some(path) if path.chars().any(char::is_control) => return Some("its name has a control character"),
        Some(path) if path.contains("{collection}") => {
            return Some("its name has {collection} in it, which stands for a collection's name in a configuration");
        }
        Some(path) => list.push(path),
    }
    None
}

/// A relative path as a configuration has it: parts parted by `/`, `.` for the folder itself; `None` if not UTF-8.
fn spelt(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

/// Gives each collection a name that no other has: its folder's; with its parent's where that is taken; numbered last.
fn named(paths: &[String], root: &Path) -> Vec<FoundCollection> {
    let name_from = |path: &str, parts: usize| {
        let whole = root.join(path);
        let mut names: Vec<String> = whole.components().rev().filter_map(plain_name).take(parts).collect();
        names.reverse();
        if names.is_empty() { "collection".to_owned() } else { names.join("-") }
    };
    let short: Vec<String> = paths.iter().map(|path| name_from(path, 1)).collect();
    let mut taken = BTreeSet::new();
    let mut named = Vec::new();
    for (path, name) in paths.iter().zip(&short) {
        let alone = short.iter().filter(|other| *other == name).count() == 1;
        let wanted = if alone { name.clone() } else { name_from(path, 2) };
        let numbered = (2..).map(|n| format!("{wanted}-{n}"));
        let free = |name: &String| !taken.contains(name) && (*name == short[named.len()] || !short.contains(name));
        let name = std::iter::once(wanted.clone()).chain(numbered).find(free).unwrap_or_default();
        taken.insert(name.clone());
        named.push(FoundCollection { name, path: path.clone() });
    }
    named
}

/// A folder's name with the characters that a collection's name may have; `None` for `/`, `.` and `..`.
fn plain_name(part: Component<'_>) -> Option<String> {
    let Component::Normal(name) = part else { return None };
    let name = name.to_string_lossy();
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = name.trim_start_matches('.').chars().map(plain).collect();
    (!name.is_empty()).then_some(name)
}

fn visible(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    // A report holds the runs of its arms again.
    let a_report = || ["report.json", "summary.md"].iter().all(|name| entry.path().join(name).is_file());
    entry.depth() == 0
        || !(name.starts_with('.')
            || name == "target"
            || name == "node_modules"
            || name == crate::report::FOLDER
            || a_report())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&str], root: &str) -> Vec<String> {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        named(&paths, Path::new(root)).into_iter().map(|c| c.name).collect()
    }

    #[test]
    fn collections_get_names_of_their_own() {
        assert_eq!(names(&["data/dl19", "data/dl20"], "/p"), ["dl19", "dl20"]);
        assert_eq!(names(&["beir/nq", "own/nq", "own/hq"], "/p"), ["beir-nq", "own-nq", "hq"]);
        assert_eq!(names(&["nq", "a/nq", "p-nq"], "/p"), ["p-nq-2", "a-nq", "p-nq"]);
        assert_eq!(names(&["."], "/my/dl 19"), ["dl-19"]);
        assert_eq!(names(&["."], "/"), ["collection"]);
        assert_eq!(names(&["."], "/.hidden"), ["hidden"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_lies_outside_or_cannot_be_named_is_passed_over_and_said() {
        use std::ffi::OsStr;
        use std::os::unix::{ffi::OsStrExt, fs::symlink};
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let odd = folder.path().join(OsStr::from_bytes(b"caf\xe9"));
        for collection in [&folder.path().join("a"), &odd, &outside.path().join("b")] {
            std::fs::create_dir_all(collection.join("qrels")).unwrap();
            std::fs::write(collection.join("queries.jsonl"), "").unwrap();
        }
        std::fs::write(outside.path().join("a.run"), "").unwrap();
        symlink(outside.path().join("b"), folder.path().join("b")).unwrap();
        symlink(outside.path().join("a.run"), folder.path().join("a.run")).unwrap();
        let found = look(folder.path()).unwrap();
        assert_eq!(found.collections, [FoundCollection { name: "a".to_owned(), path: "a".to_owned() }]);
        assert!(found.runs.is_empty());
        let said = found.skipped.join("\n");
        assert!(said.contains("a.run: a link out") && said.contains("b: a link out"), "{said}");
        assert!(said.contains("not UTF-8"), "{said}");
    }
}
