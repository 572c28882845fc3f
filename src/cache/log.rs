//! An entry that grows line by line: what is paid for by the piece is kept by the piece.
//!
//! Each line carries a checksum over the entry's name and itself. A line that was torn by a crash or changed is not
//! returned, and the next line begins after it. Two processes may append at once: a piece is written with one call.

use super::key::Key;
use super::store::Cache;
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Hexadecimal digits of a line's checksum.
const CHECK: usize = 16;

/// An entry that lines are added to.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    kind: &'static str,
    key: Key,
    file: Option<File>,
}

impl Cache {
    /// The log under this key, which need not exist yet. `kind` is a plain word, as in [`Cache::path`].
    pub fn log(&self, kind: &'static str, key: &Key) -> Log {
        self.note(kind, key);
        Log { path: self.path(kind, key), kind, key: *key, file: None }
    }

    /// Appends lines to a log, which is made if need be, and hands them to the operating system before it returns. An
    /// error is one of the surroundings (exit 4), as for [`Cache::put`].
    pub fn append(&self, log: &mut Log, lines: &[String]) -> Result<()> {
        self.tag().and_then(|()| log.append(lines)).map_err(|e| {
            Error::writing(&log.path, e).context("the cache").help("or choose another one: --cache-dir FOLDER")
        })
    }
}

impl Log {
    /// The lines that are there and whole, in the order in which they were written.
    pub fn lines(&self) -> Vec<String> {
        let bytes = fs::read(&self.path).unwrap_or_default();
        let whole = |line: &[u8]| {
            let (check, text) = std::str::from_utf8(line).ok()?.split_at_checked(CHECK)?;
            let text = text.strip_prefix(' ')?;
            (check == self.check(text)).then(|| text.to_owned())
        };
        bytes.split(|byte| *byte == b'\n').filter_map(whole).collect()
    }

    fn append(&mut self, lines: &[String]) -> io::Result<()> {
        let text: String = lines.iter().map(|line| format!("{} {line}\n", self.check(line))).collect();
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(open(&self.path)?),
        };
        file.write_all(text.as_bytes())
    }

    fn check(&self, line: &str) -> String {
        let key = Key::of("line/1").text(self.kind).digest(&self.key.digest()).text(line).build();
        key.to_string()[..CHECK].to_owned()
    }
}

/// The file, open at its end; a line that was torn there is ended.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::options().read(true).append(true).create(true).open(path)?;
    if file.metadata()?.len() > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn a_line_that_was_torn_is_absent_and_harms_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("not/yet"));
        let key = Key::of("test").build();
        assert!(cache.log("answers", &key).lines().is_empty());
        cache.append(&mut cache.log("answers", &key), &texts(&["one", "two"])).unwrap();
        cache.append(&mut cache.log("answers", &key), &texts(&["three"])).unwrap();
        let path = cache.path("answers", &key);
        let whole = fs::read(&path).unwrap();
        assert_eq!(cache.log("answers", &key).lines(), ["one", "two", "three"]);
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let there = cache.log("answers", &key).lines();
            assert!(["one", "two", "three"].starts_with(&there.iter().map(String::as_str).collect::<Vec<_>>()));
            cache.append(&mut cache.log("answers", &key), &texts(&["four"])).unwrap();
            assert_eq!(cache.log("answers", &key).lines(), [there, texts(&["four"])].concat(), "cut to {cut} bytes");
        }
    }

    #[test]
    fn a_changed_line_and_another_entrys_line_are_absent() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        let (key, other) = (Key::of("test").text("a").build(), Key::of("test").text("b").build());
        cache.append(&mut cache.log("answers", &key), &texts(&["1.5", "2.5"])).unwrap();
        let text = fs::read_to_string(cache.path("answers", &key)).unwrap();
        fs::create_dir_all(cache.path("answers", &other).parent().unwrap()).unwrap();
        fs::write(cache.path("answers", &other), &text).unwrap();
        assert!(cache.log("answers", &other).lines().is_empty());
        fs::write(cache.path("answers", &key), text.replace("1.5", "9.5")).unwrap();
        assert_eq!(cache.log("answers", &key).lines(), ["2.5"]);
    }
}
