//! Which files are scanned: those that are named, and all in the folders that are named, in a stable order.
//!
//! Nothing is left out in silence. A link that leads round in a circle, a folder that may not be looked into, a pipe or
//! a socket in a folder: each is an [`Unread`], and makes the scan inconclusive.

use super::run::Unread;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The argument that stands for standard input.
const STDIN: &str = "-";

/// Something to scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The file, as the user named it or its folder; `-` is standard input.
    pub path: PathBuf,
    /// Its size in bytes, packed or not; `None` for a pipe.
    pub size: Option<u64>,
}

impl Input {
    /// Whether it is standard input.
    pub fn is_stdin(&self) -> bool {
        self.path == Path::new(STDIN)
    }
}

/// The files that some paths mean, each once, in the order of the paths and in folders by name, and what could not be looked at.
pub fn inputs(paths: &[PathBuf]) -> (Vec<Input>, Vec<Unread>) {
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    for path in paths {
        match () {
            () if path == Path::new(STDIN) => found.push(Input { path: path.clone(), size: None }),
            () if path.is_dir() => in_folder(path, &mut found, &mut unread),
            () => match fs::metadata(path) {
                Ok(about) if about.is_file() => found.push(Input { path: path.clone(), size: Some(about.len()) }),
                // What a shell hands over, as in `<(zcat FILE)`, has a writer at its other end.
                Ok(_) if is_of_shell(path) => found.push(Input { path: path.clone(), size: None }),
                Ok(_) => unread.push(Unread::new(path, NOT_A_FILE)),
                Err(error) => unread.push(Unread::new(path, crate::error::Error::reading(path, error).what())),
            },
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|input| seen.insert(input.path.clone()));
    (found, unread)
}

const NOT_A_FILE: &str =
    "this is no file but a pipe, a socket or a device; what a program writes can be scanned as `-`";

/// Whether a path is a pipe that a shell made for this process.
fn is_of_shell(path: &Path) -> bool {
    path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd") || path == Path::new("/dev/stdin")
}

fn in_folder(folder: &Path, found: &mut Vec<Input>, unread: &mut Vec<Unread>) {
    // Links are followed, for data sets are often links to a store; a circle is an error of walkdir's.
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        match entry {
            Err(error) => unread.push(of_walk(folder, &error)),
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) if entry.file_type().is_file() => match entry.metadata() {
                Ok(about) => found.push(Input { path: entry.path().to_owned(), size: Some(about.len()) }),
                Err(error) => unread.push(of_walk(folder, &error)),
            },
            Ok(entry) => unread.push(Unread::new(entry.path(), NOT_A_FILE)),
        }
    }
}

fn of_walk(folder: &Path, error: &walkdir::Error) -> Unread {
    let path = error.path().unwrap_or(folder);
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => {
            Unread::new(path, format!("this link leads round in a circle, back to {}", ancestor.display()))
        }
        (None, Some(error)) => Unread::new(path, format!("cannot read: {error}")),
        (None, None) => Unread::new(path, error.to_string()),
    }
}
