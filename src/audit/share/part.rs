//! What a share computed, as it is kept in a file: `part-2-of-4.json`.
//!
//! Everything in it stands under the key of what it was computed from, as in the cache. Whoever takes it in looks things up by
//! keys of their own making, so what was made from other inputs is not found, and never taken for what it is not.

use super::Share;
use crate::audit::search::Search;
use crate::cache::{Digest, read_at_most, write_atomically};
use crate::distill::History;
use crate::error::{Error, Place, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The layout of the file; a part of another one is refused.
const SCHEMA_VERSION: u32 = 1;

/// No part comes near this; whatever is larger is another file.
const MOST_BYTES: u64 = 4 << 30;

/// What all shares of a check have to agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The SHA-256 of the configuration's file.
    pub config: Digest,
    /// Threads: what a student becomes depends on their number.
    pub threads: usize,
    /// What ONNX Runtime computed on.
    pub device: String,
    /// The options that decide, as they are given to `check`.
    pub options: Vec<String>,
}

/// What a share computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The layout of this file.
    pub schema_version: u32,
    /// The version that wrote it.
    pub distilgate: String,
    /// Which share.
    pub share: Share,
    /// Under which terms.
    pub terms: Terms,
    /// The kind of processor.
    pub processor: String,
    /// The ONNX Runtime that scored or trained, where one did.
    pub onnx_runtime: Option<String>,
    /// What was done, in words.
    pub did: Vec<String>,
    /// SHA-256 of every input but the files that were searched, by path, relative to the configuration.
    pub inputs: BTreeMap<String, String>,
    /// The students.
    pub students: Vec<Card>,
    /// What was found in files.
    pub searches: Vec<Search>,
    /// Scores.
    pub entries: Vec<Entry>,
    /// What the teacher's program answered.
    pub answers: Vec<Answers>,
}

/// What is known of a student without its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Its arm.
    pub arm: String,
    /// The seed that it was trained with.
    pub seed: u64,
    /// The digest of everything that it was trained from.
    pub key: Digest,
    /// The same but for what the scores are that it learned from.
    pub task: Digest,
    /// The digest of everything that determines its scores.
    pub digest: Digest,
    /// What it is, in words.
    pub described: String,
    /// How its training went.
    pub history: History,
}

/// An entry of the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its kind.
    pub kind: String,
    /// Its key.
    pub key: Digest,
    /// Its content, which is JSON.
    pub content: String,
}

/// The answers of a teacher's program, as the cache keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// The program's key.
    pub key: Digest,
    /// An answer each.
    pub lines: Vec<String>,
}

/// What tells a part from other files, and one version from another.
#[derive(Deserialize)]
struct Head {
    schema_version: Option<u64>,
    distilgate: Option<String>,
    share: Option<Share>,
}

impl Part {
    /// Nothing yet.
    pub fn new(share: Share, terms: Terms) -> Part {
        Part {
            schema_version: SCHEMA_VERSION,
            distilgate: env!("CARGO_PKG_VERSION").to_owned(),
            share,
            terms,
            processor: super::processor::processor(),
            onnx_runtime: None,
            did: Vec::new(),
            inputs: BTreeMap::new(),
            students: Vec::new(),
            searches: Vec::new(),
            entries: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// What its file is called: `part-2-of-4.json`.
    pub fn file(&self) -> String {
        format!("part-{}-of-{}.json", self.share.number, self.share.of)
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// More than a part may hold (exit 2); a folder that cannot be written to, a full disk (exit 4).
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut bytes = serde_json::to_vec(self).expect("a part is plain data");
        bytes.push(b'\n');
        if bytes.len() as u64 > MOST_BYTES {
            return Err(Error::input(format!("this share computed {} bytes, more than a part may hold", bytes.len()))
                .at(Place::file(path))
                .help(
                    "make more shares of the work: --partition K/N with a larger N; the cache keeps what was computed",
                ));
        }
        write_atomically(path, &bytes)
    }

    /// Where the students of the part in a file are: a folder beside it, `part-2-of-4`. Parts may share a folder.
    pub fn students_beside(path: &Path) -> PathBuf {
        path.with_extension("")
    }

    /// Reads one.
    ///
    /// # Errors
    /// A file that cannot be read, was cut off, is no part, or was written by another version (exit 2).
    pub fn read(path: &Path) -> Result<Part> {
        if path.is_dir() {
            let beside = path.with_extension("json");
            let name = if beside.is_file() { beside } else { path.join("part-*.json") };
            return Err(Error::input("this is a folder, not a part")
                .at(Place::file(path))
                .help(format!("name the files: {}", name.display())));
        }
        of_bytes(path, &read_at_most(path, MOST_BYTES)?.ok_or_else(|| foreign(path))?)
    }
}

fn of_bytes(path: &Path, bytes: &[u8]) -> Result<Part> {
    let head: Head = serde_json::from_slice(bytes).map_err(|e| unreadable(path, &e))?;
    let (Some(schema), Some(version), Some(share)) = (head.schema_version, head.distilgate, head.share) else {
        return Err(foreign(path));
    };
    if schema != u64::from(SCHEMA_VERSION) || version != env!("CARGO_PKG_VERSION") {
        let own = env!("CARGO_PKG_VERSION");
        return Err(Error::input(format!("this part was computed by distilgate {version}, and this is {own}"))
            .at(Place::file(path))
            .help("one version has to run all shares and merge them: what it computes may differ from another's"));
    }
    if share.number < 1 || share.number > share.of || share.of > super::MOST {
        return Err(foreign(path));
    }
    serde_json::from_slice(bytes).map_err(|e| unreadable(path, &e))
}

fn foreign(path: &Path) -> Error {
    Error::input("this is no part of a check")
        .at(Place::file(path))
        .help("name the files that `distilgate check --partition K/N` wrote: part-1-of-4.json and so on")
}

fn unreadable(path: &Path, error: &serde_json::Error) -> Error {
    match error.is_eof() {
        true => Error::input("this part ends in the middle: it was cut off, or is still being written")
            .at(Place::file(path))
            .help(
                "copy it again as a whole, or run its share again: what it had computed is in the cache of its machine",
            ),
        false => foreign(path).context(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        of_bytes(Path::new("parts/part-1-of-2.json"), text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_part_is_told_apart() {
        let version = env!("CARGO_PKG_VERSION");
        let head = |schema: u32, version: &str, number: usize| {
            format!(
                "{{\"schema_version\":{schema},\"distilgate\":\"{version}\",\"share\":{{\"number\":{number},\"of\":2}}}}"
            )
        };
        for (text, part) in [
            ("", "ends in the middle"),
            ("{\"schema_version\": 1, \"distil", "ends in the middle"),
            ("[1, 2]", "no part of a check"),
            ("<testsuites/>", "no part of a check"),
            ("{\"schema_version\": 1, \"distilgate\": \"0.1.0\", \"verdict\": \"CLEAN\"}", "no part of a check"),
            (&head(1, "4.0.0", 1), "computed by distilgate 4.0.0"),
            (&head(9, version, 1), "and this is"),
            (&head(1, version, 0), "no part of a check"),
            (&head(1, version, 3), "no part of a check"),
            (&head(1, version, 1), "missing field `terms`"),
            (&"[".repeat(100_000), "no part of a check"),
        ] {
            let error = told(text);
            assert!(error.contains(part), "{text:.60}: {error}");
            assert!(error.contains("parts/part-1-of-2.json") && error.contains("help:"), "{error}");
        }
    }

    #[test]
    fn a_part_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let terms = Terms {
            config: crate::cache::digest_bytes(b"x"),
            threads: 2,
            device: "cpu".to_owned(),
            options: Vec::new(),
        };
        let part = Part::new(Share { number: 2, of: 3 }, terms);
        let path = folder.path().join(part.file());
        part.write(&path).unwrap();
        assert!(path.ends_with("part-2-of-3.json") && Part::students_beside(&path).ends_with("part-2-of-3"));
        assert_eq!(Part::read(&path).unwrap(), part);
        let cut = std::fs::read(&path).unwrap();
        std::fs::write(&path, &cut[..cut.len() / 2]).unwrap();
        assert!(Part::read(&path).unwrap_err().to_string().contains("ends in the middle"));
        assert!(Part::read(folder.path()).unwrap_err().to_string().contains("part-*.json"));
    }
}
