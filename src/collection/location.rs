//! Where the files of a collection are: named one by one, or found in a folder as BEIR and TREC lay it out.
//!
//! A folder is looked through by name, since nobody writes down what is in it. Where two files could be meant, it
//! is an error that names them: taking one in silence would measure something that nobody asked for.

use crate::error::{Error, Place, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The part of a collection that is taken where nobody names one, as BEIR calls it.
const DEFAULT_SPLIT: &str = "test";

/// The files of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The documents; without them nothing can be scored, but runs can be measured.
    pub corpus: Option<PathBuf>,
    /// The queries' texts; without them nothing can be scored, but runs can be measured.
    pub queries: Option<PathBuf>,
    /// The judgements; no collection opens without them.
    pub qrels: Option<PathBuf>,
}

impl Location {
    /// Finds the files in a folder: `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` as in BEIR, or TREC's
    /// `topics*` and `qrels*`; packed or not.
    ///
    /// `split` is the part whose judgements are taken; left out, `test`, or the only one there is.
    ///
    /// Errors: there is no such folder, no file of judgements, or several files that could be meant.
    pub fn folder(folder: &Path, split: Option<&str>) -> Result<Location> {
        Location::default().completed_from(folder, split)
    }

    /// Finds the files that are not named yet in a folder, as [`Location::folder`] does; those named stay.
    pub fn completed_from(self, folder: &Path, split: Option<&str>) -> Result<Location> {
        let files = Files::of(folder)?;
        let is_corpus = |stem: &str| ["corpus", "collection", "documents", "docs"].contains(&stem);
        let is_queries = |stem: &str| stem.starts_with("queries") || stem.starts_with("topics");
        Ok(Location {
            corpus: match self.corpus {
                None => only(files.such_that(is_corpus), None, folder, "corpus")?,
                named => named,
            },
            queries: match self.queries {
                None => only(files.such_that(is_queries), split, folder, "queries")?,
                named => named,
            },
            qrels: match self.qrels {
                None => Some(judgements_in(folder, split)?),
                named => named,
            },
        })
    }

    /// The files there are: corpus, queries, judgements.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        [&self.corpus, &self.queries, &self.qrels].into_iter().flatten().map(PathBuf::as_path)
    }
}

/// Finds the file of judgements in a folder. Errors as [`Location::folder`].
pub fn judgements_in(folder: &Path, split: Option<&str>) -> Result<PathBuf> {
    let inner = folder.join("qrels");
    let mut found = if inner.is_dir() {
        Files::of(&inner)?.such_that(|_| true)
    } else {
        Files::of(folder)?
            .such_that(|stem| stem.starts_with("qrel") || stem.ends_with(".qrels") || stem.ends_with(".qrel"))
    };
    if let Some(split) = split {
        // Queries may serve several splits, judgements belong to one: another one's are not taken for it.
        found.retain(|path| stem(path) == "qrels" || has_part(path, split));
    }
    only(found, split, folder, "qrels")?.ok_or_else(|| {
        let wanted = split.map_or(String::new(), |split| format!(" of the split {split}"));
        Error::input(format!("there is no file of judgements{wanted} in this folder"))
            .at(Place::file(folder))
            .help("a BEIR folder has qrels/test.tsv, a TREC folder qrels.txt; or name the file with `qrels = `")
    })
}

/// The files right in a folder, by name, hidden ones left out.
struct Files(Vec<PathBuf>);

impl Files {
    fn of(folder: &Path) -> Result<Files> {
        if folder.is_file() {
            return Err(Error::input("this is a file where a folder is expected")
                .at(Place::file(folder))
                .help("name single files with `corpus = `, `queries = ` and `qrels = `"));
        }
        let mut files = Vec::new();
        for entry in folder.read_dir().map_err(|error| Error::reading(folder, error))? {
            let path = entry.map_err(|error| Error::reading(folder, error))?.path();
            let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
            if path.is_file() && !hidden {
                files.push(path);
            }
        }
        files.sort();
        Ok(Files(files))
    }

    fn such_that(&self, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
        self.0.iter().filter(|path| wanted(&stem(path))).cloned().collect()
    }
}

/// The name of a file in lower case, without what says how it is packed and written: `qrels.dev` of `qrels.dev.tsv.gz`.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let unpacked = [".gz", ".zst", ".zstd"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    let endings = [".jsonl", ".json", ".tsv", ".txt", ".trec", ".xml"];
    endings.iter().find_map(|ending| unpacked.strip_suffix(ending)).unwrap_or(unpacked).to_owned()
}

/// Whether a file's name has a word as a part: `dev` in `qrels.dev.tsv`.
fn has_part(path: &Path, word: &str) -> bool {
    stem(path).split(['.', '-', '_']).any(|part| part == word.to_lowercase())
}

/// The one file that is meant: the only one, or the only one whose name has the split as a part.
fn only(mut files: Vec<PathBuf>, split: Option<&str>, folder: &Path, key: &str) -> Result<Option<PathBuf>> {
    let named = |path: &PathBuf| has_part(path, split.unwrap_or(DEFAULT_SPLIT));
    if files.iter().any(named) {
        files.retain(named);
    }
    if files.len() > 1 {
        let names: Vec<_> =
            files.iter().filter_map(|path| path.file_name()).map(|name| name.to_string_lossy()).collect();
        return Err(Error::input(format!("several files in this folder could be meant: {}", names.join(", ")))
            .at(Place::file(folder))
            .help(format!("name the one to take with `{key} = `")));
    }
    Ok(files.pop())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    /// Corpus, queries and judgements by name, or the error.
    fn found(files: &[&str], split: Option<&str>) -> Result<[String; 3], String> {
        let folder = folder(files);
        let location = Location::folder(folder.path(), split).map_err(|error| error.what().to_owned())?;
        let name = |path: Option<PathBuf>| {
            path.map_or("-".to_owned(), |path| path.strip_prefix(folder.path()).unwrap().display().to_string())
        };
        Ok([name(location.corpus), name(location.queries), name(location.qrels)])
    }

    #[test]
    fn the_files_of_a_folder_are_found() {
        let cases: [(&[&str], Option<&str>, [&str; 3]); 8] = [
            (
                &["corpus.jsonl", "queries.jsonl", "qrels/test.tsv", "qrels/train.tsv", "README.md", ".corpus.jsonl"],
                None,
                ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"],
            ),
            (
                &["corpus.jsonl.zst", "queries.jsonl.gz", "qrels/test.tsv", "qrels/train.tsv.gz"],
                Some("train"),
                ["corpus.jsonl.zst", "queries.jsonl.gz", "qrels/train.tsv.gz"],
            ),
            (&["queries.jsonl", "qrels/dev.tsv"], None, ["-", "queries.jsonl", "qrels/dev.tsv"]),
            (&["topics.dl19.txt", "qrels.dl19.txt"], None, ["-", "topics.dl19.txt", "qrels.dl19.txt"]),
            (&["docs.trec", "topics.xml", "dl19.qrels"], None, ["docs.trec", "topics.xml", "dl19.qrels"]),
            (&["topics.dl19.txt", "qrels.txt"], Some("dev"), ["-", "topics.dl19.txt", "qrels.txt"]),
            (
                &["queries.dev.tsv", "queries.train.tsv", "qrels.dev.tsv", "qrels.train.tsv", "collection.tsv"],
                Some("dev"),
                ["collection.tsv", "queries.dev.tsv", "qrels.dev.tsv"],
            ),
            (&["queries.jsonl", "qrels"], None, ["-", "queries.jsonl", "qrels"]),
        ];
        for (files, split, expected) in cases {
            assert_eq!(found(files, split), Ok(expected.map(str::to_owned)), "{files:?}");
        }
    }

    #[test]
    fn what_could_be_meant_twice_is_named() {
        let cases: [(&[&str], Option<&str>, &str); 6] = [
            (&["qrels/dev.tsv", "qrels/train.tsv"], None, "dev.tsv, train.tsv"),
            (&["qrels/test.tsv", "qrels/test.tsv.gz"], None, "test.tsv, test.tsv.gz"),
            (&["corpus.jsonl", "corpus.tsv", "qrels.txt"], None, "corpus.jsonl, corpus.tsv"),
            (&["qrels/test.tsv"], Some("dev"), "no file of judgements of the split dev"),
            (&["corpus.jsonl"], None, "no file of judgements"),
            (&["qrels/readme/x"], None, "no file of judgements"),
        ];
        for (files, split, expected) in cases {
            let error = found(files, split).unwrap_err();
            assert!(error.contains(expected), "{files:?}: {error}");
        }
    }

    #[test]
    fn a_file_that_was_named_is_not_looked_for() {
        let folder = folder(&["corpus.jsonl", "corpus.tsv", "queries.jsonl", "qrels/dev.tsv", "qrels/train.tsv"]);
        let named = |name: &str| Some(folder.path().join(name));
        let given = Location { corpus: named("corpus.tsv"), qrels: named("qrels/dev.tsv"), ..Location::default() };
        let location = given.clone().completed_from(folder.path(), None).unwrap();
        assert_eq!(location, Location { queries: named("queries.jsonl"), ..given });
        assert_eq!(location.files().count(), 3);
    }

    #[test]
    fn a_file_is_no_folder() {
        let folder = folder(&["x"]);
        let error = Location::folder(&folder.path().join("x"), None).unwrap_err();
        assert!(error.what().contains("a file where a folder"));
        assert!(Location::folder(&folder.path().join("y"), None).unwrap_err().what().contains("cannot read"));
    }
}
