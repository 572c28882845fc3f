//! The key of canaries and the commitment to it.
//!
//! The commitment is SHA-256 over the salt, the digest of what was published and the labels, each part preceded by its
//! length. The salt has 256 bits, so that nobody can find the labels by trying them against the commitment, and the
//! commitment tells nobody which published collection holds canaries.

use crate::cache::{self, Digest, refuse_to_replace, write_atomically};
use crate::collection::source::read_text;
use crate::collection::{DocumentId, QueryId};
use crate::error::{Error, Place, Result};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// The version of both files.
const VERSION: u32 = 1;

/// Bytes of a salt.
const SALT_BYTES: usize = 32;

/// Neither file is ever larger.
const MAX_BYTES: u64 = 64 << 20;

/// One canary with its label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelledPair {
    /// The query.
    pub query: QueryId,
    /// The document that the coin made relevant.
    pub labelled: DocumentId,
    /// The other one.
    pub other: DocumentId,
}

/// What stays secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    version: u32,
    salt: String,
    /// The digest of what was published ([`super::content`]).
    pub published: Digest,
    /// The canaries, in the order of their queries.
    pub pairs: Vec<LabelledPair>,
}

/// What is committed to version control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    version: u32,
    /// How many canaries there are.
    pub pairs: usize,
    /// The commitment to the key.
    pub commitment: Digest,
}

impl Key {
    /// A key with a fresh salt; `pairs` are sorted.
    ///
    /// # Errors
    /// The system gives no random numbers (exit 4).
    pub fn new(published: Digest, mut pairs: Vec<LabelledPair>) -> Result<Key> {
        let mut bytes = [0; SALT_BYTES];
        random(&mut bytes)?;
        pairs.sort_by(|a, b| a.query.cmp(&b.query));
        let salt = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Key { version: VERSION, salt, published, pairs })
    }

    /// The commitment to it.
    pub fn commitment(&self) -> Digest {
        let start = cache::Key::of("distilgate.canary/1").text(&self.salt).digest(&self.published);
        let all = self.pairs.iter().fold(start, |key, pair| {
            key.text(pair.query.as_str()).text(pair.labelled.as_str()).text(pair.other.as_str())
        });
        all.build().digest()
    }

    /// The lock that goes with it.
    pub fn lock(&self) -> Lock {
        Lock { version: VERSION, pairs: self.pairs.len(), commitment: self.commitment() }
    }

    /// Writes it to a new file that only its owner may read.
    ///
    /// # Errors
    /// A file that is there already (exit 2), or cannot be written (exit 4).
    pub fn write_new(&self, path: &Path) -> Result<()> {
        refuse_to_replace(path)?;
        let write = || -> io::Result<()> {
            let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
            fs::create_dir_all(folder)?;
            // A temporary file has mode 0600, and keeps it when it gets its name.
            let mut file = tempfile::Builder::new().prefix(".canary-").suffix(".part").tempfile_in(folder)?;
            file.write_all(text(self).as_bytes())?;
            file.as_file().sync_all()?;
            file.persist_noclobber(path)?;
            Ok(())
        };
        write().map_err(|e| Error::writing(path, e))
    }
}

impl Lock {
    /// Writes it to a new file.
    ///
    /// # Errors
    /// A file that is there already (exit 2), or cannot be written (exit 4).
    pub fn write_new(&self, path: &Path) -> Result<()> {
        refuse_to_replace(path)?;
        write_atomically(path, text(self).as_bytes())
    }
}

/// Fills bytes with the system's random numbers.
///
/// # Errors
/// There are none (exit 4).
pub fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|e| Error::surroundings(format!("the system gives no random numbers: {e}")))
}

fn text(value: &impl Serialize) -> String {
    // Both are plain data: writing them as JSON cannot fail.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// Reads a key.
///
/// # Errors
/// A file that cannot be read, or is no key (exit 2).
pub fn read_key(path: &Path) -> Result<Key> {
    let key: Key = read(path, "key", "the file that `distilgate canary mint --key` wrote")?;
    known_version(path, key.version)?;
    Ok(key)
}

/// Reads a lock.
///
/// # Errors
/// A file that cannot be read, or is no lock (exit 2).
pub fn read_lock(path: &Path) -> Result<Lock> {
    let lock: Lock = read(path, "lock", "the file that `distilgate canary mint --lock` wrote")?;
    known_version(path, lock.version)?;
    Ok(lock)
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path, what: &str, help: &str) -> Result<T> {
    let text = read_text(path, MAX_BYTES)?;
    serde_json::from_str(&text).map_err(|e| {
        let place = Place::column(path, e.line() as u64, e.column().max(1) as u64);
        Error::input(format!("this is no {what} of canaries: {e}")).at(place).help(format!("name {help}"))
    })
}

fn known_version(path: &Path, version: u32) -> Result<()> {
    match version {
        VERSION => Ok(()),
        other => Err(Error::input(format!("version {other} is not known here, {VERSION} is")).at(Place::file(path))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::digest_bytes;
    use crate::collection::tests::{file, soup};
    use proptest::prelude::*;

    fn pair(query: &str, labelled: &str, other: &str) -> LabelledPair {
        LabelledPair { query: query.into(), labelled: labelled.into(), other: other.into() }
    }

    #[test]
    fn a_commitment_holds_every_part_of_the_key() {
        let key = Key::new(digest_bytes(b"published"), vec![pair("2", "c", "d"), pair("1", "a", "b")]).unwrap();
        assert_eq!(key.pairs[0].query, QueryId::new("1"));
        let changes: [fn(&mut Key); 4] = [
            |key| key.salt = "0".repeat(64),
            |key| key.published = digest_bytes(b"else"),
            |key| key.pairs[0] = pair("1", "b", "a"),
            |key| key.pairs.truncate(1),
        ];
        for change in changes {
            let mut other = key.clone();
            change(&mut other);
            assert_ne!(other.commitment(), key.commitment());
        }
        let again = Key::new(key.published, key.pairs.clone()).unwrap();
        assert_ne!(again.commitment(), key.commitment(), "the salt is fresh");
    }

    #[test]
    fn a_key_comes_back_as_it_was_and_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (key_path, lock_path) = (folder.path().join("deep/k"), folder.path().join("l"));
        let key = Key::new(digest_bytes(b"x"), vec![pair("1", "a", "b")]).unwrap();
        key.write_new(&key_path).unwrap();
        key.lock().write_new(&lock_path).unwrap();
        assert_eq!(read_key(&key_path).unwrap(), key);
        assert_eq!(read_lock(&lock_path).unwrap().commitment, key.commitment());
        assert_eq!(key.write_new(&key_path).unwrap_err().exit().code(), 2);
        assert!(read_key(&lock_path).unwrap_err().to_string().contains("this is no key of canaries"));
    }

    proptest! {
        #[test]
        fn no_file_is_too_odd_to_be_refused(bytes in soup()) {
            prop_assert!(read_key(file(&bytes).path()).is_err());
            prop_assert!(read_lock(file(&bytes).path()).is_err());
        }
    }
}
