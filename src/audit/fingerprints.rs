//! The lock: opens it with its salt, takes prints of the collections, and holds one to the other.

use super::gather::{self, note_input};
use super::material::Material;
use super::{Progress, independence};
use crate::collection::Collection;
use crate::config::{Loaded, LockedDocuments};
use crate::error::{Error, Place, Result};
use crate::facts::{IndependenceFacts, LockFacts, LockedFacts, PrintFacts};
use crate::fingerprint::lock::{self, Detail, Drift, Lock, Print, SALT_FILE, SALT_VARIABLE, Salt, Seal};
use std::path::{Path, PathBuf};

/// A lock, or the place where there is none yet, with what its digests are taken with.
#[derive(Debug)]
pub struct OpenLock {
    /// The file.
    pub path: PathBuf,
    /// What it holds; `None` where there is none.
    pub lock: Option<Lock>,
    /// What its digests were taken with.
    pub seal: Seal,
}

/// A collection with its print.
#[derive(Debug)]
pub struct Printed {
    /// The collection.
    pub collection: Collection,
    /// Its print.
    pub print: Print,
}

/// Where a configuration's lock is.
pub fn lock_path(loaded: &Loaded) -> PathBuf {
    loaded.resolve(&loaded.config.lock.file)
}

/// Where the salt of a lock is, if it is in a file.
pub fn salt_path(lock: &Path) -> PathBuf {
    lock.with_file_name(SALT_FILE)
}

/// Opens a configuration's lock, if there is one, and its salt, if it has one.
///
/// # Errors
/// Those of [`lock::read`]; a private lock whose salt is not here, or is another.
pub fn open_lock(loaded: &Loaded) -> Result<OpenLock> {
    let path = lock_path(loaded);
    let lock = lock::read(&path)?;
    let seal = match lock.as_ref().and_then(|lock| lock.keyed.as_ref()) {
        None => Seal::Open,
        Some(check) => {
            let seal = Seal::keyed(&salt_of(&path)?.ok_or_else(|| no_salt(&path))?);
            if seal.check().as_ref() != Some(check) {
                return Err(Error::input("the salt is not the one that this lock was made with")
                    .at(Place::file(&path))
                    .help(format!("put back the right {SALT_FILE}, or set {SALT_VARIABLE} to its text")));
            }
            seal
        }
    };
    Ok(OpenLock { path, lock, seal })
}

/// The salt that is there, from the environment or beside the lock.
///
/// # Errors
/// Those of [`Salt::find`].
pub fn salt_of(lock: &Path) -> Result<Option<Salt>> {
    let variable = std::env::var_os(SALT_VARIABLE).map(|text| text.to_string_lossy().into_owned());
    Salt::find(variable.as_deref(), &salt_path(lock))
}

fn no_salt(lock: &Path) -> Error {
    Error::input("this lock is private, and its salt is not here: nothing can be held to it")
        .at(Place::file(lock))
        .help(format!("put {SALT_FILE} beside it, or set {SALT_VARIABLE} to its text, in CI from the store of secrets"))
}

/// Holds the collections of an audit to the lock, if there is one, and compares them with each other.
///
/// Corpora are read for it where there is a lock, and otherwise only those of collections that share a query: finished
/// runs without a lock are audited without touching a corpus.
///
/// # Errors
/// A lock that cannot be used, a corpus that cannot be read.
pub fn look(
    loaded: &Loaded,
    material: &mut Material,
    progress: &mut dyn Progress,
) -> Result<(Option<LockFacts>, IndependenceFacts)> {
    let OpenLock { path, lock, seal } = open_lock(loaded)?;
    if lock.is_some() {
        note_input(material, &path)?;
    }
    let shares_a_query = |name: &str| {
        let shared = material.shared_queries.iter();
        shared
            .flat_map(|s| s.left_out.iter().map(|left| &left.collection).chain([&s.counted_in]))
            .any(|other| other == name)
    };
    let is_read = |g: &super::material::Gathered| match &lock {
        Some(_) => true,
        None => g.collection.has_corpus() && shares_a_query(&g.config.name),
    };
    let read: Vec<bool> = material.collections.iter().map(is_read).collect();
    let mut prints = Vec::new();
    for (index, read) in read.into_iter().enumerate() {
        prints.push(if read { Some(print_one(loaded, material, index, &seal, progress)?) } else { None });
    }
    if lock.is_none() {
        let file = &loaded.config.lock.file;
        let missing = format!(
            "whether the collections are those of before: there is no {file} (distilgate fingerprint --update)"
        );
        material.not_checked.push(missing);
    }
    let collections = &material.collections;
    let held = lock.map(|lock| {
        let now = collections.iter().zip(&prints).filter_map(|(g, print)| Some((&g.collection, print.as_ref()?)));
        hold(&path, &lock, &seal, now)
    });
    Ok((held, independence::compare(collections, &prints, &material.shared_queries)))
}

fn print_one(
    loaded: &Loaded,
    material: &mut Material,
    index: usize,
    seal: &Seal,
    progress: &mut dyn Progress,
) -> Result<Print> {
    let gathered = &mut material.collections[index];
    let name = gathered.config.name.clone();
    progress.step(&format!("fingerprinting {name}"), None);
    let print = Print::of(&mut gathered.collection, seal, detail(loaded));
    let print = print.map_err(|e| e.context(format!("collection {name}")))?;
    if let Some(corpus) = gathered.collection.location.corpus.clone() {
        note_input(material, &corpus)?;
    }
    Ok(print)
}

/// Reads every collection of a configuration and takes its print.
///
/// # Errors
/// A collection that cannot be read.
pub fn print_all(loaded: &Loaded, seal: &Seal, progress: &mut dyn Progress) -> Result<Vec<Printed>> {
    let mut printed = Vec::new();
    for config in &loaded.config.collection {
        progress.step(&format!("fingerprinting {}", config.name), None);
        let read = || {
            let location = gather::location(loaded, config)?;
            let mut collection = Collection::open(&config.name, &location)?;
            let print = Print::of(&mut collection, seal, detail(loaded))?;
            Ok(Printed { collection, print })
        };
        printed.push(read().map_err(|e: Error| e.context(format!("collection {}", config.name)))?);
    }
    Ok(printed)
}

/// How much of the documents a configuration wants in its lock.
pub fn detail(loaded: &Loaded) -> Detail {
    match loaded.config.lock.documents {
        LockedDocuments::Each => Detail::Each,
        LockedDocuments::Whole => Detail::Whole,
    }
}

/// Holds collections to a lock. `now` are those of the configuration, in its order.
pub fn hold<'a>(
    path: &Path,
    lock: &Lock,
    seal: &Seal,
    now: impl Iterator<Item = (&'a Collection, &'a Print)>,
) -> LockFacts {
    let collections: Vec<LockedFacts> = now
        .map(|(collection, print)| {
            let locked = lock.collection(&collection.name);
            LockedFacts {
                name: collection.name.clone(),
                first_seen: locked.map(|locked| locked.first_seen),
                drift: locked.map_or_else(Drift::default, |locked| lock::drift(locked, print, collection, seal)),
                now: PrintFacts::of(print),
            }
        })
        .collect();
    let is_named = |name: &str| collections.iter().any(|locked| locked.name == name);
    let unnamed = lock.collections.iter().filter(|locked| !is_named(&locked.name)).map(|locked| locked.name.clone());
    LockFacts { path: path.display().to_string(), keyed: seal.is_keyed(), unnamed: unnamed.collect(), collections }
}
