//! What was found in files: by one search of all of them, or by several, each of some.

use crate::cache::{Digest, Key};
use crate::facts::Searched;
use crate::fingerprint::scan::{Kind, Match, Seen, Unread};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Examples that are kept of each collection and kind.
const EXAMPLES: usize = 10;

/// What was found in some of the files that a table of the configuration names. Files are known by their numbers
/// among all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// `[scan]` or `[distill]`.
    pub table: String,
    /// All files.
    pub files: Vec<String>,
    /// What lies among them and is no file, or could not be looked at.
    pub unlisted: Vec<Unread>,
    /// The digest of what was looked for, and how.
    pub sought: Digest,
    /// Those that were searched here.
    pub own: Vec<usize>,
    /// The SHA-256 of those of them that could be opened.
    pub digests: Vec<(usize, String)>,
    /// Of those the ones that could not be opened.
    pub unopened: Vec<(usize, Unread)>,
    /// What was seen in the others.
    pub seen: Seen,
    /// The first matches of each collection and kind.
    pub examples: Vec<(usize, Match)>,
}

/// Keeps the first matches of each collection and kind.
#[derive(Debug, Default)]
pub struct Examples {
    /// Those that are kept, each with the number of its file.
    pub kept: Vec<(usize, Match)>,
    counts: BTreeMap<(String, Kind), usize>,
}

impl Examples {
    /// Keeps a match, unless there are enough of its kind.
    pub fn add(&mut self, file: usize, found: &Match) {
        let count = self.counts.entry((found.collection.clone(), found.kind)).or_default();
        *count += 1;
        if *count <= EXAMPLES {
            self.kept.push((file, found.clone()));
        }
    }
}

impl Search {
    /// Nothing found yet in these of the files.
    pub fn new(table: &str, sought: Digest, files: Vec<String>, own: Vec<usize>) -> Search {
        Search {
            table: table.to_owned(),
            files,
            unlisted: Vec::new(),
            sought,
            own,
            digests: Vec::new(),
            unopened: Vec::new(),
            seen: Seen::default(),
            examples: Vec::new(),
        }
    }

    /// The files that were read, with their digests.
    pub fn read(&self) -> impl Iterator<Item = (&str, &str)> {
        self.digests.iter().filter_map(|(file, digest)| Some((self.files.get(*file)?.as_str(), digest.as_str())))
    }

    /// Everything that determines what is found in the files that were read.
    pub fn key(&self) -> Key {
        let key = Key::of("scan/4").digest(&self.sought);
        self.read().fold(key, |key, (file, digest)| key.text(file).text(digest)).build()
    }

    /// Adds what was found in other files of the same list.
    pub fn join(&mut self, other: Search) {
        self.own.extend(other.own);
        self.own.sort_unstable();
        self.digests.extend(other.digests);
        self.unopened.extend(other.unopened);
        self.unopened.sort_by_key(|(file, _)| *file);
        self.seen.join(other.seen);
        self.examples.extend(other.examples);
        // The first of all are among the first of each.
        self.examples.sort_by_key(|(file, _)| *file);
        let mut first = Examples::default();
        self.examples.iter().for_each(|(file, found)| first.add(*file, found));
        self.examples = first.kept;
    }

    /// The facts, with the paths as the configuration names them.
    pub fn searched(self, paths: Vec<String>) -> Searched {
        let mut scanned = self.seen.scanned();
        let unopened = self.unopened.into_iter().map(|(_, unread)| unread);
        scanned.unread.splice(0..0, self.unlisted.into_iter().chain(unopened));
        Searched { paths, scanned, examples: self.examples.into_iter().map(|(_, found)| found).collect() }
    }
}
