//! SHA-256 of bytes, of files and of folders. A file is read in pieces, so its size does not matter.

use crate::error::{Error, Place, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use walkdir::WalkDir;

/// How much of a file is held at a time.
const PIECE: usize = 1 << 16;

/// A SHA-256; prints as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Digest {
        Digest(bytes)
    }

    /// Its 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest that 64 hexadecimal digits spell; `None` for any other text.
    pub fn from_hex(text: &str) -> Option<Digest> {
        let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        (digits.len() == 64).then(|| bytes.try_into().ok().map(Digest))?
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Digest, String> {
        Digest::from_hex(&text).ok_or_else(|| format!("\"{text}\" is not a SHA-256: 64 hexadecimal digits"))
    }
}

/// The digest of some bytes.
pub fn digest_bytes(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// The digest of a file's content. A file that cannot be read is the user's to mend (exit 2). A device or a pipe is
/// refused before it is opened: it may have no end, and what was read of it is gone for whoever reads it next.
pub fn digest_file(path: &Path) -> Result<Digest> {
    let there = fs::metadata(path).map_err(|e| Error::reading(path, e))?;
    if !there.is_file() {
        return Err(Error::input("this is not a regular file, so it cannot be said what was read from it")
            .at(Place::file(path))
            .help("write what it gives to a file, and name that"));
    }
    let mut file = File::open(path).map_err(|e| Error::reading(path, e))?;
    digest_reader(&mut file).map_err(|e| Error::reading(path, e))
}

fn digest_reader(reader: &mut impl Read) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match reader.read(&mut piece)? {
            0 => return Ok(Digest(hasher.finalize().into())),
            n => hasher.update(&piece[..n]),
        }
    }
}

/// The digest of a folder: of every file's path below it and content, in the order of the paths. Links are
/// followed, as they are when the files are used; empty folders, times and permissions do not count.
pub fn digest_folder(path: &Path) -> Result<Digest> {
    let mut hasher = Sha256::new();
    for entry in WalkDir::new(path).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|e| unreadable(path, e))?;
        if !entry.file_type().is_file() {
            continue;
        }
        let relative = entry.path().strip_prefix(path).unwrap_or(entry.path());
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(digest_file(entry.path())?.bytes());
    }
    Ok(Digest(hasher.finalize().into()))
}

fn unreadable(folder: &Path, error: walkdir::Error) -> Error {
    let place = error.path().unwrap_or(folder).to_owned();
    match error.into_io_error() {
        Some(error) => Error::reading(place, error),
        None => Error::input("this link leads back to a folder that holds it, so the folder has no end")
            .at(Place::file(place))
            .help("remove the link"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn abc_has_the_published_digest() {
        assert_eq!(digest_bytes(b"abc").to_string(), ABC);
        assert_eq!(Digest::from_hex(ABC), Some(digest_bytes(b"abc")));
        assert_eq!(serde_json::to_string(&digest_bytes(b"abc")).unwrap(), format!("\"{ABC}\""));
        assert_eq!(serde_json::from_str::<Digest>(&format!("\"{ABC}\"")).unwrap(), digest_bytes(b"abc"));
    }

    #[test]
    fn what_is_not_a_digest_is_none() {
        let (short, long, other) = (&ABC[..63], format!("{ABC}0"), ABC.replace('b', "ü"));
        for text in ["", short, &long, &other] {
            assert_eq!(Digest::from_hex(text), None, "{text}");
        }
    }

    #[test]
    fn a_folder_changes_with_content_and_with_names() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::write(folder.path().join("a"), "x").unwrap();
        fs::write(folder.path().join("b/c"), "y").unwrap();
        let before = digest_folder(folder.path()).unwrap();
        assert_eq!(digest_folder(folder.path()).unwrap(), before);
        fs::write(folder.path().join("b/c"), "z").unwrap();
        let changed = digest_folder(folder.path()).unwrap();
        fs::write(folder.path().join("b/c"), "y").unwrap();
        fs::rename(folder.path().join("b/c"), folder.path().join("bc")).unwrap();
        let renamed = digest_folder(folder.path()).unwrap();
        assert!(before != changed && before != renamed && changed != renamed);
    }

    #[test]
    fn a_missing_file_is_the_users_to_mend() {
        assert_eq!(digest_file(Path::new("no/such")).unwrap_err().exit(), crate::Exit::Unusable);
        assert_eq!(digest_folder(Path::new("no/such")).unwrap_err().exit(), crate::Exit::Unusable);
    }

    #[cfg(unix)]
    #[test]
    fn what_may_have_no_end_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [Path::new("/dev/zero"), &pipe, folder.path()] {
            let error = digest_file(path).unwrap_err();
            assert_eq!(error.exit(), crate::Exit::Unusable);
            assert!(error.to_string().contains("not a regular file"), "{error}");
        }
    }
}
