//! The salt of a private lock: kept outside it, in a file that only its owner may read or in an environment variable.

use crate::error::{Error, Place, Result};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

/// The file beside the lock that holds the salt. It does not belong into version control.
pub const SALT_FILE: &str = "distilgate.salt";

/// The environment variable that holds the salt, for CI engines with a store of secrets.
pub const SALT_VARIABLE: &str = "DISTILGATE_SALT";

/// Bytes of a salt that is made here.
const FRESH_BYTES: usize = 32;

/// A salt with fewer characters could be guessed itself.
const LEAST_CHARACTERS: usize = 16;

/// A file beyond this holds something else.
const MOST_BYTES: u64 = 4096;

/// A salt: any text, without the blanks around it.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt(String);

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt")
    }
}

impl Salt {
    /// A salt from its text; `None` if it is too short to keep anything secret.
    pub fn new(text: &str) -> Option<Salt> {
        let text = text.trim();
        (text.chars().count() >= LEAST_CHARACTERS).then(|| Salt(text.to_owned()))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The salt that is there: the environment's, else that of the file; `None` where there is neither. `variable` is
    /// the value of [`SALT_VARIABLE`], if it is set.
    ///
    /// # Errors
    /// A salt that is too short, a file that cannot be read (exit 2).
    pub fn find(variable: Option<&str>, file: &Path) -> Result<Option<Salt>> {
        if let Some(text) = variable.filter(|text| !text.trim().is_empty()) {
            let salt = Salt::new(text);
            return Ok(Some(salt.ok_or_else(|| too_short().help(format!("set {SALT_VARIABLE} to a longer text")))?));
        }
        match fs::symlink_metadata(file) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            _ => read(file).map(Some),
        }
    }

    /// Makes a salt from the system's random numbers and writes it to a file that only the user may read.
    ///
    /// # Errors
    /// A file that cannot be written (exit 4). One that is there already is never replaced.
    pub fn make(file: &Path) -> Result<Salt> {
        let mut bytes = [0; FRESH_BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|e| Error::surroundings(format!("the system gives no random numbers for a salt: {e}")))?;
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        write_new(file, &format!("{text}\n")).map_err(|e| Error::writing(file, e))?;
        Ok(Salt(text))
    }
}

fn read(file: &Path) -> Result<Salt> {
    let mut text = String::new();
    let there = fs::metadata(file).map_err(|e| Error::reading(file, e))?;
    if !there.is_file() {
        return Err(Error::input("this is not a regular file, so it holds no salt").at(Place::file(file)));
    }
    let opened = File::open(file).map_err(|e| Error::reading(file, e))?;
    opened.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(|e| Error::reading(file, e))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(Error::input(format!("more than {MOST_BYTES} bytes are no salt")).at(Place::file(file)));
    }
    Salt::new(&text)
        .ok_or_else(|| too_short().at(Place::file(file)).help("put back the salt that the lock was made with"))
}

fn too_short() -> Error {
    Error::input(format!("the salt is shorter than {LEAST_CHARACTERS} characters, so it could be guessed"))
}

/// Writes a file that is not there yet, readable by its owner alone from the first moment on, whole or not at all.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    // A temporary file has mode 0600, and keeps it when it gets its name.
    let mut file = tempfile::Builder::new().prefix(".distilgate-").suffix(".part").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_that_is_made_is_found_again_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(SALT_FILE);
        assert_eq!(Salt::find(None, &file).unwrap(), None);
        let made = Salt::make(&file).unwrap();
        assert_eq!(Salt::find(None, &file).unwrap(), Some(made.clone()));
        assert!(Salt::make(&file).is_err());
        assert_eq!(Salt::find(Some(" "), &file).unwrap(), Some(made.clone()), "a variable that is empty is not set");
        assert_ne!(Salt::find(Some("another long salt"), &file).unwrap(), Some(made));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_salt_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(SALT_FILE);
        for (text, part) in [("short", "shorter than 16"), (&"x".repeat(5000), "more than 4096 bytes")] {
            fs::write(&file, text).unwrap();
            assert!(Salt::find(None, &file).unwrap_err().to_string().contains(part), "{part}");
        }
        assert!(Salt::find(Some("short"), &file).unwrap_err().to_string().contains("set DISTILGATE_SALT"));
        assert!(Salt::find(None, folder.path()).unwrap_err().to_string().contains("not a regular file"));
    }
}
