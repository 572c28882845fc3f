//! The parts of all shares, held together: of one check, each share once, none missing.

use super::part::{Answers, Card, Entry, Part, Terms};
use super::relative;
use crate::audit::NamedStudent;
use crate::audit::search::Search;
use crate::cache::{Cache, Digest, Key, digest_bytes};
use crate::config::Loaded;
use crate::distill::Keys;
use crate::error::{Error, Place, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The parts, in the order of their shares, and a cache of what they computed.
#[derive(Debug)]
pub struct Parts {
    parts: Vec<(PathBuf, Part)>,
    folder: TempDir,
}

/// A student that a share has trained.
pub struct Made<'a> {
    /// What is known of it.
    pub card: &'a Card,
    /// What lies beside the part under its name, if something does: nobody has looked whether it is that student.
    pub folder: Option<PathBuf>,
    /// What is to be said where it learned from other scores than those that the first share has: only the scores of a
    /// model may differ so, in the last digits, from one processor to another.
    pub doubt: Option<String>,
}

/// So many missing shares are named.
const SHOWN: usize = 20;

/// What a share is run again by.
const AGAIN: &str = "run the shares again, each on the same inputs: what has not changed comes from their caches";

impl Parts {
    /// Reads parts and holds them to each other. What they computed is put into a cache of its own, in a temporary
    /// folder, which goes with them.
    ///
    /// # Errors
    /// A file that is no part; parts of different versions, checks or inputs; a share that is there twice, or missing
    /// (exit 2).
    pub fn read(paths: &[PathBuf]) -> Result<Parts> {
        let folder = TempDir::new().map_err(|e| Error::writing(std::env::temp_dir(), e))?;
        let cache = Cache::new(folder.path());
        let mut from: BTreeMap<(String, Digest), usize> = BTreeMap::new();
        let mut parts = Vec::new();
        for path in paths {
            let mut part = Part::read(path)?;
            // One part at a time is in memory with its scores. Of two that computed the same, the first share's counts.
            for Entry { kind, key, content } in std::mem::take(&mut part.entries) {
                let first = from.entry((kind.clone(), key)).or_insert(usize::MAX);
                if part.share.number < *first {
                    *first = part.share.number;
                    cache.put(kind_of(&kind, path)?, &key_of(key), content.as_bytes()).map_err(|e| unpacked(&e))?;
                }
            }
            for Answers { key, lines } in std::mem::take(&mut part.answers) {
                let mut log = cache.log(super::work::ANSWERS, &key_of(key));
                cache.append(&mut log, &lines).map_err(|e| unpacked(&e))?;
            }
            parts.push((path.clone(), part));
        }
        parts.sort_by_key(|(_, part)| part.share);
        let parts = Parts { parts, folder };
        parts.are_of_one_check()?;
        parts.are_all_there()?;
        parts.saw_the_same()?;
        Ok(parts)
    }

    /// What they have in common.
    pub fn terms(&self) -> Option<&Terms> {
        self.parts.first().map(|(_, part)| &part.terms)
    }

    /// What they computed.
    pub fn cache(&self) -> Cache {
        Cache::new(self.folder.path())
    }

    /// Whether they were made with this configuration.
    ///
    /// # Errors
    /// They were not (exit 2).
    pub fn are_of(&self, loaded: &Loaded) -> Result<()> {
        match self.terms().is_some_and(|terms| terms.config == digest_bytes(loaded.text.as_bytes())) {
            true => Ok(()),
            false => Err(Error::input("the parts were computed with another configuration than this one")
                .at(Place::file(&loaded.path))
                .help("name the one that the shares ran with: --config FILE")
                .help(format!("or {AGAIN}"))),
        }
    }

    /// Whether what was read here is what the shares read, as far as it was read on both sides.
    ///
    /// # Errors
    /// A file that differs (exit 2).
    pub fn read_the_same(&self, loaded: &Loaded, inputs: &BTreeMap<String, String>) -> Result<()> {
        let inputs = relative(loaded, inputs);
        for (path, part) in &self.parts {
            let same = |(file, digest): (&String, &String)| inputs.get(file).is_none_or(|own| own == digest);
            if let Some((file, _)) = part.inputs.iter().find(|input| !same(*input)) {
                return Err(Error::input(format!("this is not what share {} read: {}", part.share, path.display()))
                    .at(Place::file(loaded.resolve(file)))
                    .help(AGAIN));
            }
        }
        Ok(())
    }

    /// Whether everything that the shares read was read here, and is the same.
    ///
    /// # Errors
    /// A file that differs, or was read there alone (exit 2).
    pub fn read_all_of(&self, loaded: &Loaded, inputs: &BTreeMap<String, String>) -> Result<()> {
        self.read_the_same(loaded, inputs)?;
        let inputs = relative(loaded, inputs);
        for (path, part) in &self.parts {
            if let Some(file) = part.inputs.keys().find(|file| !inputs.contains_key(*file)) {
                return Err(Error::input(format!("share {} read {file}, and here nobody does", part.share))
                    .at(Place::file(path))
                    .help("paths of the configuration have to lead to the same files on every machine")
                    .help(AGAIN));
            }
        }
        Ok(())
    }

    /// What all shares found in the files of a table; `sought` is the digest of what is looked for.
    ///
    /// # Errors
    /// Shares that saw different files there, or looked for something else (exit 2).
    pub fn search(&self, table: &str, sought: &Digest) -> Result<Search> {
        let mut joined: Option<Search> = None;
        for (path, part) in &self.parts {
            let refused = |what: String| Err(Error::input(what).at(Place::file(path)).help(AGAIN));
            let Some(found) = part.searches.iter().find(|search| search.table == table) else {
                return refused(format!("share {} has not searched {table}", part.share));
            };
            if found.sought != *sought {
                return refused(format!("share {} looked for texts of other collections in {table}", part.share));
            }
            match &mut joined {
                None => joined = Some(found.clone()),
                Some(joined) if joined.files == found.files => joined.join(found.clone()),
                Some(_) => return refused(format!("share {} saw other files in {table} than share 1", part.share)),
            }
        }
        match joined.filter(|joined| joined.own.iter().copied().eq(0..joined.files.len())) {
            Some(joined) => Ok(joined),
            None => Err(Error::input(format!("the shares did not search each file of {table} once")).help(AGAIN)),
        }
    }

    /// The student of an arm and seed.
    ///
    /// # Errors
    /// No share has it, or it was trained from something else (exit 2).
    pub fn student(&self, arm: &str, seed: u64, keys: &Keys) -> Result<Made<'_>> {
        let cards = self.parts.iter().flat_map(|(path, part)| part.students.iter().map(move |card| (path, part, card)));
        let mut of_it = cards.filter(|(.., card)| card.arm == arm && card.seed == seed);
        let Some((path, part, card)) = of_it.next() else { return Err(self.lack(&format!("{arm}, seed {seed}"))) };
        if card.task != keys.task.digest() {
            return Err(Error::input(format!("{arm}, seed {seed}, was trained from something else than what is here"))
                .at(Place::file(path))
                .help("the number of steps that a budget gave counts too: distilgate.steps.json")
                .help(AGAIN));
        }
        let doubt = (card.key != keys.student.digest()).then(|| {
            format!(
                "{arm}, seed {seed}, learned from scores that share {} computed and that differ from another share's",
                part.share
            )
        });
        let folder = NamedStudent { arm: arm.to_owned(), seed, folder: PathBuf::new() };
        let folder = folder.place(&Part::students_beside(path));
        Ok(Made { card, folder: Some(folder).filter(|folder| folder.is_dir()), doubt })
    }

    /// The error that no share has something.
    pub fn lack(&self, what: &str) -> Error {
        Error::input(format!("no part has {what}"))
            .help("something that it was computed from has changed since, or a share ran on other inputs")
            .help(AGAIN)
    }

    /// What is to be said of processors of different kinds, if there are some.
    pub fn doubt(&self) -> Option<String> {
        let kinds = self.processors();
        (kinds.len() > 1).then(|| {
            let named: Vec<String> = kinds.iter().map(|(kind, shares)| format!("{kind} (share {shares})")).collect();
            format!(
                "whether one kind of processor would give the same last digits: the shares ran on {}",
                named.join("; ")
            )
        })
    }

    /// The kinds of processor, each with its first share.
    fn processors(&self) -> Vec<(&str, usize)> {
        let mut seen = BTreeSet::new();
        let kinds = self.parts.iter().map(|(_, part)| (part.processor.as_str(), part.share.number));
        kinds.filter(|(kind, _)| seen.insert(*kind)).collect()
    }

    fn are_of_one_check(&self) -> Result<()> {
        let Some((first, one)) = self.parts.first() else {
            return Err(Error::input("there is no part to merge"));
        };
        for (path, part) in &self.parts {
            if let Some((here, there, help)) = conflict(part, one) {
                return Err(Error::input(format!("this part {here}, and {} {there}", first.display()))
                    .at(Place::file(path))
                    .help(help));
            }
        }
        let runtimes = self.parts.iter().filter_map(|(path, part)| Some((path, part.onnx_runtime.as_ref()?)));
        let runtimes: Vec<_> = runtimes.collect();
        match runtimes.iter().find(|(_, version)| *version != runtimes[0].1) {
            None => Ok(()),
            Some((path, version)) => Err(Error::input(format!(
                "this part was computed with ONNX Runtime {version}, and {} with {}",
                runtimes[0].0.display(),
                runtimes[0].1
            ))
            .at(Place::file(path))
            .help("install one version on all machines; `distilgate doctor` says which one is found")
            .help("scores that a cache had from an older one count as that one's: --cache-dir with an empty folder")),
        }
    }

    fn are_all_there(&self) -> Result<()> {
        for pair in self.parts.windows(2) {
            let [(first, one), (second, other)] = pair else { continue };
            if one.share == other.share {
                return Err(Error::input(format!("this and {} are both share {}", first.display(), one.share))
                    .at(Place::file(second))
                    .help("name each part once, and remove what an earlier check left"));
            }
        }
        let of = self.parts.first().map_or(0, |(_, part)| part.share.of);
        let there: BTreeSet<usize> = self.parts.iter().map(|(_, part)| part.share.number).collect();
        let missing: Vec<String> = (1..=of).filter(|n| !there.contains(n)).map(|n| n.to_string()).collect();
        match missing.as_slice() {
            [] => Ok(()),
            many if many.len() > SHOWN => {
                let first = many[..SHOWN].join(", ");
                Err(Error::input(format!("of {of} shares {} are missing: {first} and others", many.len()))
                    .help("run them, or name their parts: nothing is decided without all"))
            }
            [one] => Err(Error::input(format!("share {one} of {of} is missing"))
                .help(format!("run it, or name its part: part-{one}-of-{of}.json"))),
            several => Err(Error::input(format!("of {of} shares these are missing: {}", several.join(", ")))
                .help("run them, or name their parts: nothing is decided without all")),
        }
    }

    fn saw_the_same(&self) -> Result<()> {
        let mut seen: BTreeMap<&str, (&str, &Path)> = BTreeMap::new();
        for (path, part) in &self.parts {
            for (file, digest) in &part.inputs {
                let (first, earlier) = *seen.entry(file).or_insert((digest, path));
                if first != digest {
                    return Err(Error::input(format!("this share read another {file} than {}", earlier.display()))
                        .at(Place::file(path))
                        .help(AGAIN));
                }
            }
        }
        Ok(())
    }
}

/// What keeps two parts from being of one check: what the one is, what the other is, and what to do.
fn conflict(part: &Part, other: &Part) -> Option<(String, String, &'static str)> {
    let (here, there) = (&part.terms, &other.terms);
    let options = |terms: &Terms| match terms.options.is_empty() {
        true => "without options".to_owned(),
        false => format!("with `{}`", terms.options.join(" ")),
    };
    let told = |here: String, there: String, help| Some((here, there, help));
    match () {
        () if part.share.of != other.share.of => told(
            format!("is one of {}", part.share.of),
            format!("one of {}", other.share.of),
            "merge the parts of one check, and remove what an earlier one with another number of shares left",
        ),
        () if here.config != there.config => {
            told("was computed with another configuration".to_owned(), "not with that one".to_owned(), AGAIN)
        }
        () if here.threads != there.threads => told(
            format!("was computed with --threads {}", here.threads),
            format!("with {}", there.threads),
            "what a student becomes depends on the threads: give every share the same --threads N",
        ),
        () if here.device != there.device => {
            told(format!("was computed on {}", here.device), format!("on {}", there.device), AGAIN)
        }
        () if here.options != there.options => {
            told(format!("was asked for {}", options(here)), options(there), "give every share the same options")
        }
        () => None,
    }
}

/// A full disk, or a folder that may not be written to.
fn unpacked(error: &Error) -> Error {
    Error::surroundings(format!("what the parts hold cannot be unpacked: {}", error.what()))
        .help("free some space in the folder of temporary files, or name another one: TMPDIR")
}

fn key_of(digest: Digest) -> Key {
    Key::from(digest)
}

/// A kind becomes a folder's name, so none but the known ones is taken.
fn kind_of(kind: &str, path: &Path) -> Result<&'static str> {
    super::work::CARRIED.into_iter().find(|known| *known == kind).ok_or_else(|| {
        Error::input("this part holds something that no share computes").at(Place::file(path)).help(AGAIN)
    })
}
