//! Writes the report folder: each file whole under a temporary name, then renamed.

use super::{Report, Stamp, json, junit, summary};
use crate::cache::write_atomically;
use crate::error::{Error, Result};
use crate::runs::{Run, write_trec};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder that reports go to, unless another is named.
pub const FOLDER: &str = "distilgate-report";

/// Makes the folder and proves that it can be written to, so that a wrong path costs no audit.
///
/// # Errors
/// A folder that cannot be made or written to, or a file in its place.
pub fn prepare(folder: &Path) -> Result<()> {
    if folder.exists() && !folder.is_dir() {
        return Err(Error::surroundings("the report folder is a file")
            .at(crate::error::Place::file(folder))
            .help("name another folder with --report DIR, or move the file away"));
    }
    fs::create_dir_all(folder).map_err(|e| Error::writing(folder, e))?;
    tempfile::Builder::new().prefix(".distilgate").tempfile_in(folder).map_err(|e| Error::writing(folder, e))?;
    Ok(())
}

/// Writes every format and the runs; returns the files of the formats, for the last lines on the console.
///
/// # Errors
/// A folder that cannot be written to, or a full disk. What was there before stays whole.
pub fn write<'a>(
    folder: &Path,
    report: &Report,
    stamp: Stamp,
    runs: impl Iterator<Item = (String, &'a Run)>,
) -> Result<Vec<PathBuf>> {
    prepare(folder)?;
    let mut written = Vec::new();
    for (name, text) in
        [("report.json", json(report)), ("junit.xml", junit(report, stamp)?), ("summary.md", summary(report))]
    {
        let path = folder.join(name);
        write_atomically(&path, text.as_bytes())?;
        written.push(path);
    }
    let runs_folder = folder.join("runs");
    fs::create_dir_all(&runs_folder).map_err(|e| Error::writing(&runs_folder, e))?;
    for (name, run) in runs {
        let path = runs_folder.join(format!("{name}.run"));
        let mut bytes = Vec::new();
        write_trec(run, &name, &mut bytes).map_err(|e| Error::writing(&path, e))?;
        write_atomically(&path, &bytes)?;
    }
    Ok(written)
}
