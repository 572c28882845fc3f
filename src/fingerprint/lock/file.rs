//! The file `distilgate.lock`: what it holds, and reading it. A lock that was changed by hand is refused.

use super::part::Part;
use super::print::Print;
use super::render::digest;
use crate::cache::{Digest, read_at_most};
use crate::collection::Date;
use crate::error::{Error, Place, Result};
use crate::text::NORMALISATION;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// The name of the file, beside the configuration.
pub const FILE: &str = "distilgate.lock";

/// The version of its format. A later one is refused, not guessed at.
pub const VERSION: u64 = 1;

/// A file beyond this is no lock: it would hold some forty million documents.
const MOST_BYTES: u64 = 1 << 30;

/// What a lock holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// What tells a wrong salt, in a lock whose digests are keyed.
    pub keyed: Option<String>,
    /// The collections, sorted by name.
    pub collections: Vec<Locked>,
}

/// A collection as it was when the lock was written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// The day on which it first came into the lock.
    pub first_seen: Date,
    /// The digest of all of it.
    pub sha256: Digest,
    /// The queries.
    #[serde(default)]
    pub queries: Option<Part>,
    /// The judgements.
    pub judgements: Part,
    /// The documents.
    #[serde(default)]
    pub documents: Option<Part>,
}

/// The file to the letter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    /// Read before anything else is.
    #[serde(rename = "distilgate-lock")]
    _version: u64,
    normalisation: String,
    #[serde(default)]
    keyed: Option<String>,
    digest: Digest,
    collections: Vec<Locked>,
}

/// What every version of the format has.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "distilgate-lock")]
    version: u64,
}

impl Lock {
    /// The collection of this name.
    pub fn collection(&self, name: &str) -> Option<&Locked> {
        self.collections.iter().find(|locked| locked.name == name)
    }
}

impl Locked {
    /// A collection as it is now.
    pub fn of(name: &str, print: &Print, first_seen: Date) -> Locked {
        Locked {
            name: name.to_owned(),
            first_seen,
            sha256: print.sha256(),
            queries: print.queries.clone(),
            judgements: print.judgements.clone(),
            documents: print.documents.clone(),
        }
    }
}

/// Reads a lock; `None` where there is none.
///
/// # Errors
/// A file that cannot be read, is no lock, comes from a later version, was written with another normalisation, has two
/// collections of one name, or was changed by hand (all exit 2).
pub fn read(path: &Path) -> Result<Option<Lock>> {
    match fs::symlink_metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        _ => parse(&text_of(path)?).map(Some).map_err(|e| match e.place() {
            // A place in a text gets the name of its file.
            Some(Place { line: Some(line), column: Some(column), .. }) => {
                let at = Place::column(path, *line, *column);
                e.helps().iter().fold(Error::input(e.what()).at(at), |error, help| error.help(help.as_str()))
            }
            _ => e.at(Place::file(path)),
        }),
    }
}

fn text_of(path: &Path) -> Result<String> {
    let there = fs::metadata(path).map_err(|e| Error::reading(path, e))?;
    if !there.is_file() {
        return Err(Error::input("this is not a regular file, so it is no lock").at(Place::file(path)));
    }
    let Some(bytes) = read_at_most(path, MOST_BYTES)? else {
        return Err(Error::input(format!("more than {MOST_BYTES} bytes are too many for a lock"))
            .at(Place::file(path))
            .help(
                "set `documents = \"whole\"` in [lock]: one digest for a large corpus instead of a tag per document",
            ));
    };
    String::from_utf8(bytes).map_err(|_| not_a_lock("it is not UTF-8 text").at(Place::file(path)))
}

/// Reads a lock from its text.
pub(super) fn parse(text: &str) -> Result<Lock> {
    if text.lines().any(|line| line.starts_with("<<<<<<< ")) {
        return Err(Error::input("this lock holds a merge conflict")
            .help("take either side (git checkout --ours distilgate.lock), then: distilgate fingerprint --update"));
    }
    let head: Head = serde_json::from_str(text).map_err(|e| unreadable(&e))?;
    if head.version != VERSION {
        let what = format!("this lock has format {}, and this version of distilgate reads {VERSION}", head.version);
        return Err(Error::input(what).help("use the version of distilgate that wrote it, or a later one"));
    }
    let written: Written = serde_json::from_str(text).map_err(|e| unreadable(&e))?;
    if written.normalisation != NORMALISATION {
        let what = format!(
            "the digests of this lock were taken with normalisation {:?}, and this version has {NORMALISATION:?}",
            written.normalisation
        );
        return Err(Error::input(what)
            .help("verify with the version that wrote it; then delete the lock and make it again: distilgate fingerprint --update"));
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = written.collections.iter().find(|locked| !names.insert(&locked.name)) {
        return Err(Error::input(format!("two collections are called {} in this lock", twice.name)).help(restore()));
    }
    let lock = Lock { keyed: written.keyed, collections: written.collections };
    if digest(&lock) != written.digest {
        return Err(Error::input("this lock was changed by hand: it does not have the digest that it holds of itself")
            .help(restore()));
    }
    Ok(lock)
}

fn unreadable(error: &serde_json::Error) -> Error {
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or(&what);
    let place = Place::column("", error.line() as u64, error.column() as u64);
    not_a_lock(what).at(place)
}

fn not_a_lock(why: &str) -> Error {
    Error::input(format!("this is no lock: {why}")).help(restore())
}

/// A lock is proof of what was there before; making it anew would lose that in silence.
fn restore() -> &'static str {
    "restore it from version control; or, if nothing is to be held against it, delete it and make a new one: \
     distilgate fingerprint --update (with --private if it was private)"
}
