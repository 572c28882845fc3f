//! The store: one folder, one file per entry, each with a checksum of its own.
//!
//! An entry is `MAGIC`, the length of its content, a SHA-256 over its name and content, then the content. A
//! file that was cut short, changed, or moved to another name is not returned. The folder may be deleted at
//! any time, also while it is in use: the worst that can happen is that something is computed again.

use super::key::Key;
use super::write::temporary_beside;
use crate::error::{Error, Result};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

const MAGIC: &[u8; 16] = b"distilgate-entry";
const HEADER: usize = MAGIC.len() + 8 + 32;

/// See <https://bford.info/cachedir/>: backup programs leave a folder with this file out.
const TAG_NAME: &str = "CACHEDIR.TAG";
const TAG: &str =
    "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of distilgate. It may be deleted at any time.\n";

/// A folder of entries, each under a kind and a key of its content.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    used: Option<Arc<Mutex<BTreeSet<Entry>>>>,
}

/// The name of an entry: its kind and its key.
type Entry = (String, Key);

impl Cache {
    /// The cache in a folder, which is made when something is put into it.
    pub fn new(folder: impl Into<PathBuf>) -> Cache {
        Cache { folder: folder.into(), used: None }
    }

    /// The same cache, which from now on remembers what is got from it and put into it.
    pub fn recording(&self) -> Cache {
        Cache { folder: self.folder.clone(), used: Some(Arc::default()) }
    }

    /// The entries of a kind that were got or put since [`Cache::recording`], sorted; logs that were asked for, too.
    pub fn used(&self, kind: &str) -> Vec<Key> {
        let Some(used) = &self.used else { return Vec::new() };
        // Nothing that is guarded can be left half done.
        let used = used.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        used.iter().filter(|(of, _)| of == kind).map(|(_, key)| *key).collect()
    }

    pub(super) fn note(&self, kind: &str, key: &Key) {
        if let Some(used) = &self.used {
            used.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert((kind.to_owned(), *key));
        }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where an entry is, or would be. `kind` is a plain word, as in `scores`.
    pub fn path(&self, kind: &str, key: &Key) -> PathBuf {
        let name = key.to_string();
        self.folder.join(kind).join(&name[..2]).join(name)
    }

    /// What was put under this key; `None` if nothing was, or if it cannot be read or is damaged.
    pub fn get(&self, kind: &str, key: &Key) -> Option<Vec<u8>> {
        let mut file = File::open(self.path(kind, key)).ok()?;
        let mut header = [0; HEADER];
        file.read_exact(&mut header).ok()?;
        let (magic, rest) = header.split_at(MAGIC.len());
        let (length, checksum) = rest.split_at(8);
        let length = u64::from_le_bytes(length.try_into().ok()?);
        // The length is checked against the file before anything that long is asked for.
        if magic != MAGIC || length.checked_add(HEADER as u64) != Some(file.metadata().ok()?.len()) {
            return None;
        }
        let mut content = Vec::with_capacity(usize::try_from(length).ok()?);
        file.read_to_end(&mut content).ok()?;
        let whole = checksum == seal(kind, key, &content);
        if whole {
            self.note(kind, key);
        }
        whole.then_some(content)
    }

    /// Puts an entry, replacing one that is there. Written whole or not at all. An error is one of the
    /// surroundings (exit 4): a full disk, a folder that may not be written to.
    pub fn put(&self, kind: &str, key: &Key, content: &[u8]) -> Result<()> {
        let path = self.path(kind, key);
        self.tag().and_then(|()| self.write(&path, kind, key, content)).map_err(|e| {
            Error::writing(&path, e).context("the cache").help("or choose another one: --cache-dir FOLDER")
        })?;
        self.note(kind, key);
        Ok(())
    }

    fn write(&self, path: &Path, kind: &str, key: &Key, content: &[u8]) -> io::Result<()> {
        let mut file = temporary_beside(path)?;
        file.write_all(MAGIC)?;
        file.write_all(&(content.len() as u64).to_le_bytes())?;
        file.write_all(&seal(kind, key, content))?;
        file.write_all(content)?;
        file.persist(path)?;
        Ok(())
    }

    pub(super) fn tag(&self) -> io::Result<()> {
        let tag = self.folder.join(TAG_NAME);
        if tag.exists() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)?;
        fs::write(tag, TAG)
    }
}

/// The checksum of an entry: over its name too, so that a file under another name is not taken for it.
fn seal(kind: &str, key: &Key, content: &[u8]) -> [u8; 32] {
    *Key::of("entry/1").text(kind).digest(&key.digest()).bytes(content).build().digest().bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exit;

    fn key(text: &str) -> Key {
        Key::of("test").text(text).build()
    }

    #[test]
    fn what_was_put_is_got_under_its_key_and_kind_alone() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("not/yet"));
        assert_eq!(cache.get("scores", &key("a")), None);
        for content in [&b"first"[..], b"", b"second"] {
            cache.put("scores", &key("a"), content).unwrap();
            assert_eq!(cache.get("scores", &key("a")).as_deref(), Some(content));
        }
        assert_eq!(cache.get("scores", &key("b")), None);
        assert_eq!(cache.get("students", &key("a")), None);
        assert!(cache.folder().join(TAG_NAME).exists());
    }

    #[test]
    fn what_was_used_is_remembered_by_whoever_asked_for_that() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        cache.put("scores", &key("old"), b"x").unwrap();
        cache.put("scores", &key("unused"), b"x").unwrap();
        let recording = cache.recording();
        recording.put("scores", &key("new"), b"x").unwrap();
        assert!(recording.get("scores", &key("old")).is_some() && recording.get("scores", &key("absent")).is_none());
        recording.put("students", &key("other"), b"x").unwrap();
        let mut expected = vec![key("old"), key("new")];
        expected.sort();
        assert_eq!(recording.clone().used("scores"), expected);
        assert_eq!(cache.used("scores"), []);
    }

    #[test]
    fn a_damaged_entry_is_an_absent_one() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        let path = cache.path("scores", &key("a"));
        cache.put("scores", &key("a"), b"some content").unwrap();
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            assert_eq!(cache.get("scores", &key("a")), None, "cut to {cut} bytes");
        }
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 0xff;
            fs::write(&path, changed).unwrap();
            assert_eq!(cache.get("scores", &key("a")), None, "byte {place} changed");
        }
        fs::write(&path, [&whole[..], b"more"].concat()).unwrap();
        assert_eq!(cache.get("scores", &key("a")), None);
        fs::write(&path, &whole).unwrap();
        assert!(cache.get("scores", &key("a")).is_some());
    }

    #[test]
    fn an_entry_under_another_name_is_not_taken_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        cache.put("scores", &key("a"), b"x").unwrap();
        let other = cache.path("scores", &key("b"));
        fs::create_dir_all(other.parent().unwrap()).unwrap();
        fs::rename(cache.path("scores", &key("a")), other).unwrap();
        assert_eq!(cache.get("scores", &key("b")), None);
    }

    #[test]
    fn a_cache_that_cannot_be_written_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Cache::new(&file).put("scores", &key("a"), b"x").unwrap_err();
        assert_eq!(error.exit(), Exit::Surroundings);
        assert!(error.to_string().contains("--cache-dir"), "{error}");
    }
}
