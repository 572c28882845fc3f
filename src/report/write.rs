//! Writes the report folder: each file whole under a temporary name, then renamed.

use super::students::write_students;
use super::{Report, Stamp, html, json, junit, summary};
use crate::audit::{NamedRun, NamedStudent};
use crate::cache::write_atomically;
use crate::error::{Error, Result};
use crate::probe::reviews;
use crate::runs::write_trec;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

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

/// Writes the runs, the students and every format; returns the files of the formats, for the last lines on the console.
///
/// The runs and students come first and `report.json` last, so that a verdict never lies there without what it was measured on.
/// Runs and students of earlier audits that this one did not write are removed; other files stay.
///
/// # Errors
/// A folder that cannot be written to, or a full disk. Each file that was there before stays whole.
pub fn write(
    folder: &Path,
    report: &Report,
    stamp: Stamp,
    runs: &[NamedRun],
    students: &[NamedStudent],
    inspection: Option<&[u8]>,
) -> Result<Vec<PathBuf>> {
    prepare(folder)?;
    write_runs(&folder.join("runs"), runs)?;
    let teacher = report.config.teacher.as_ref().map(|teacher| teacher.name.as_str()).filter(|name| !name.is_empty());
    write_students(&folder.join("students"), students, teacher)?;
    let [json_path, html_path, junit_path, summary_path] =
        ["report.json", "report.html", "junit.xml", "summary.md"].map(|name| folder.join(name));
    let inspection_path = form_path(folder);
    if let Some(form) = inspection {
        write_atomically(&inspection_path, form)?;
    }
    write_atomically(&junit_path, junit(report, stamp)?.as_bytes())?;
    write_atomically(&summary_path, summary(report).as_bytes())?;
    write_atomically(&html_path, html(report).as_bytes())?;
    write_atomically(&json_path, json(report).as_bytes())?;
    // As people look for them: the page first.
    Ok([html_path, summary_path, json_path, junit_path]
        .into_iter()
        .chain(inspection.map(|_| inspection_path))
        .collect())
}

/// Writes `report.sarif`, or takes away that of an earlier audit, which would speak of another result.
///
/// # Errors
/// A folder that cannot be written to, or a full disk.
pub fn place_sarif(folder: &Path, text: Option<&str>) -> Result<Option<PathBuf>> {
    let path = folder.join("report.sarif");
    match text {
        Some(text) => write_atomically(&path, text.as_bytes()).map(|()| Some(path)),
        None if path.is_file() => fs::remove_file(&path).map(|()| None).map_err(|e| Error::writing(&path, e)),
        None => Ok(None),
    }
}

/// Where the form for reviewers goes: never over one that somebody has filled in.
fn form_path(folder: &Path) -> PathBuf {
    let is_free = |path: &PathBuf| !fs::read(path).is_ok_and(|bytes| reviews::is_filled_in(&bytes));
    let others = (2_u64..).map(|n| folder.join(format!("inspection.{n}.csv")));
    std::iter::once(folder.join("inspection.csv"))
        .chain(others)
        .find(is_free)
        .unwrap_or_else(|| folder.join("inspection.csv"))
}

/// Writes each run to `ARM/COLLECTION.run`, or `ARM/COLLECTION.SEED.run` where an arm has several, and removes others.
fn write_runs(folder: &Path, runs: &[NamedRun]) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::writing(folder, e))?;
    let mut written = BTreeSet::new();
    for NamedRun { arm, collection, seed, run } in runs {
        let seed = seed.map(|seed| format!(".{seed}")).unwrap_or_default();
        let path = folder.join(arm).join(format!("{collection}{seed}.run"));
        let mut bytes = Vec::new();
        write_trec(run, &format!("{arm}{seed}"), &mut bytes).map_err(|e| Error::writing(&path, e))?;
        write_atomically(&path, &bytes)?;
        written.insert(path);
    }
    remove_others(folder, &written)
}

/// Removes run files of earlier audits, and the folders that this leaves empty. Links are neither followed nor removed.
fn remove_others(folder: &Path, written: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in WalkDir::new(folder).min_depth(1).max_depth(2).sort_by_file_name() {
        let entry = entry.map_err(|e| {
            let path = e.path().unwrap_or(folder).to_owned();
            Error::writing(path, e.into())
        })?;
        let path = entry.path();
        let is_run = entry.file_type().is_file() && path.extension().is_some_and(|end| end == "run");
        if !is_run || written.contains(path) {
            continue;
        }
        fs::remove_file(path).map_err(|e| Error::writing(path, e))?;
        if let Some(arm) = path.parent().filter(|_| entry.depth() == 2) {
            // A folder that still holds something is not removed, and need not be.
            let _ = fs::remove_dir(arm);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Run;

    fn named(arm: &str, collection: &str, seed: Option<u64>) -> NamedRun {
        NamedRun { arm: arm.to_owned(), collection: collection.to_owned(), seed, run: Run::default() }
    }

    /// The files below a folder, as `ARM/FILE`.
    fn files(folder: &Path) -> Vec<String> {
        let entries = WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
        let paths = entries.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path());
        paths.map(|path| path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/")).collect()
    }

    #[test]
    fn names_that_would_run_together_are_kept_apart() {
        let folder = tempfile::tempdir().unwrap();
        let runs = [
            named("reference.a", "b.c", None),
            named("reference.a.b", "c", None),
            named("after", "c", Some(1)),
            named("after", "c", Some(2)),
        ];
        write_runs(folder.path(), &runs).unwrap();
        let expected = ["after/c.1.run", "after/c.2.run", "reference.a/b.c.run", "reference.a.b/c.run"];
        assert_eq!(files(folder.path()), expected);
    }

    #[test]
    fn a_form_that_somebody_filled_in_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let usual = folder.path().join("inspection.csv");
        assert_eq!(form_path(folder.path()), usual);
        fs::write(&usual, "item,verdict\n00000000,\n").unwrap();
        assert_eq!(form_path(folder.path()), usual);
        fs::write(&usual, "item,verdict\n00000000,fine\n").unwrap();
        let second = folder.path().join("inspection.2.csv");
        assert_eq!(form_path(folder.path()), second);
        fs::copy(&usual, &second).unwrap();
        assert_eq!(form_path(folder.path()), folder.path().join("inspection.3.csv"));
    }

    #[test]
    fn runs_of_earlier_audits_go_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        for old in ["before.c.run", "gone/c.run", "before/notes.txt", "before/old.run", "a/b/deep.run"] {
            write_atomically(&folder.path().join(old), b"old").unwrap();
        }
        write_runs(folder.path(), &[named("before", "c", None)]).unwrap();
        assert_eq!(files(folder.path()), ["a/b/deep.run", "before/c.run", "before/notes.txt"]);
        assert!(!folder.path().join("gone").exists());
    }
}
