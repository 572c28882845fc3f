//! Puts a student's folder where it is wanted: whole, or not at all.

use std::fs;
use std::io;
use std::path::Path;
use walkdir::WalkDir;

/// How the files of a student get to another folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// As copies, which may be changed.
    Copied,
    /// As links to the same files where the file system can, and as copies where it cannot: weights are large.
    Linked,
}

/// Puts a folder's files at another place: beside it first, then by renaming. What is there goes.
///
/// # Errors
/// A folder that cannot be written to, or a full disk; what was there is then still there.
pub fn place(from: &Path, to: &Path, files: Files) -> io::Result<()> {
    let parent = to.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let beside = temporary_folder(parent)?;
    for entry in WalkDir::new(from).min_depth(1).sort_by_file_name() {
        let entry = entry?;
        let target = beside.path().join(entry.path().strip_prefix(from).unwrap_or(entry.path()));
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)?;
        } else if files == Files::Copied || fs::hard_link(entry.path(), &target).is_err() {
            fs::copy(entry.path(), &target)?;
        }
    }
    if to.is_dir() {
        fs::remove_dir_all(to)?;
    }
    fs::rename(beside.path(), to)
}

/// An empty folder in another, removed when dropped unless it was moved. As open as any folder that the user makes.
pub fn temporary_folder(parent: &Path) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".student-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    builder.tempdir_in(parent)
}
