//! A file appears whole or not at all: it is written beside its place and then renamed.

use crate::error::{Error, Place, Result};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// Refuses to write over what cannot be made again: a key, or a form that somebody filled in.
///
/// # Errors
/// Something is there (exit 2).
pub fn refuse_to_replace(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Err(_) => Ok(()),
        Ok(_) => Err(Error::input("something of this name is there already, and is not replaced")
            .at(Place::file(path))
            .help("name another file, or take it away if it is not needed")),
    }
}

/// A file that is not there yet, and appears when it is finished. Its folder is written to from the start, so that a
/// wrong path is told before whatever goes into the file has cost anything.
pub struct NewFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl NewFile {
    /// Begins it.
    ///
    /// # Errors
    /// Something is there (exit 2), or its folder cannot be written to (exit 4).
    pub fn create(path: &Path) -> Result<NewFile> {
        refuse_to_replace(path)?;
        let file = temporary_beside(path).map_err(|e| Error::writing(path, e))?;
        Ok(NewFile { file, path: path.to_owned() })
    }

    /// Writes it, and puts it in its place.
    ///
    /// # Errors
    /// Something came there meanwhile (exit 2), a full disk (exit 4).
    pub fn finish(mut self, bytes: &[u8]) -> Result<()> {
        let written = self.file.write_all(bytes).and_then(|()| self.file.as_file().sync_all());
        written.map_err(|e| Error::writing(&self.path, e))?;
        refuse_to_replace(&self.path)?;
        self.file.persist_noclobber(&self.path).map_err(|e| Error::writing(&self.path, e.error))?;
        Ok(())
    }
}

/// Writes `bytes` to `path`, replacing what is there, so that a reader sees the old file or the new one and
/// never a half. Missing folders on the way are made. A link is written through, and what is not a regular
/// file (`/dev/stdout`, a pipe) is written to directly, since a rename would replace it.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    write_file(path, bytes).map_err(|e| Error::writing(path, e))
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = WholeFile::create(path)?;
    file.write_all(bytes)?;
    file.finish()
}

/// A file that is written bit by bit and appears when it is finished; the rules are those of [`write_atomically`].
pub struct WholeFile(Target);

enum Target {
    /// What is not a regular file is written to as it is.
    AsItIs(File),
    /// Written beside its place, and then renamed.
    Beside(NamedTempFile, PathBuf),
}

impl WholeFile {
    /// Begins a file; what is at `path` stays until [`WholeFile::finish`].
    pub fn create(path: &Path) -> io::Result<WholeFile> {
        let path = match fs::metadata(path) {
            Ok(there) if there.is_file() => fs::canonicalize(path)?,
            Ok(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) => return Ok(WholeFile(Target::AsItIs(File::options().write(true).open(path)?))),
            Err(_) => path.to_owned(),
        };
        Ok(WholeFile(Target::Beside(temporary_beside(&path)?, path)))
    }

    /// Puts the file in its place.
    pub fn finish(self) -> io::Result<()> {
        let Target::Beside(file, path) = self.0 else { return Ok(()) };
        // Without this, a power cut after the rename can leave an empty file under the final name.
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Target::AsItIs(file) => file.write(bytes),
            Target::Beside(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Target::AsItIs(file) => file.flush(),
            Target::Beside(file, _) => file.flush(),
        }
    }
}

/// An empty file in the folder of `path`, which is made if need be: a rename is atomic only within one file
/// system. Removed when dropped. Readable as far as the user's umask lets it, as any file that is written.
pub(crate) fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    fs::create_dir_all(&folder)?;
    let mut builder = Builder::new();
    builder.prefix(".distilgate-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exit;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/folder/report.json");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_in_the_way_is_an_error_of_the_surroundings() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write_atomically(folder.path(), b"x").unwrap_err().exit(), Exit::Surroundings);
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(write_atomically(&file.join("below"), b"x").unwrap_err().exit(), Exit::Surroundings);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_written_through_and_devices_survive() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write_atomically(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

        let null = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &null).unwrap();
        write_atomically(&null, b"gone").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
