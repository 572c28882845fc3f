//! Writes `students/`: the folder of every student that was trained, `ARM/seed-N`.
//!
//! Weights are large and lie in the cache already, so files are linked where the file system can, and copied where it
//! cannot. A file that is changed here in place is then changed in the cache: copy a student before working on it.

use crate::audit::NamedStudent;
use crate::distill::{self, Files, RECORD, name_teacher};
use crate::error::{Error, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Writes the students, and removes those of earlier audits; other files stay. Without any the folder is not made.
/// The record of each names whom it learnt from: `teacher`, where that has a name, or the reference of its arm.
///
/// # Errors
/// A folder that cannot be written to, or a full disk.
pub fn write_students(folder: &Path, students: &[NamedStudent], teacher: Option<&str>) -> Result<()> {
    let place = |student: &NamedStudent| student.place(folder);
    for student in students {
        distill::place(&student.folder, &place(student), Files::Linked)
            .map_err(|e| Error::writing(place(student), e))?;
        let teacher_of = learnt_from(&student.arm, teacher);
        if let Some(teacher) = teacher_of.filter(|_| place(student).join(RECORD).is_file()) {
            name_teacher(&place(student), teacher)?;
        }
    }
    remove_others(folder, &students.iter().map(place).collect())
}

/// Whom an arm's students learnt from: the reference that it is named after, or the teacher. What stands behind a `+` is
/// the loss.
fn learnt_from<'a>(arm: &'a str, teacher: Option<&'a str>) -> Option<&'a str> {
    let arm = arm.split_once('+').map_or(arm, |(arm, _)| arm);
    arm.strip_prefix("reference.").or(teacher)
}

/// Removes the seeds that earlier audits left, and the folders of arms that this empties.
fn remove_others(folder: &Path, written: &BTreeSet<PathBuf>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in WalkDir::new(folder).min_depth(2).max_depth(2).sort_by_file_name() {
        let entry = entry.map_err(|e| Error::writing(folder, e.into()))?;
        let is_seed = entry.file_type().is_dir() && entry.file_name().to_string_lossy().starts_with(NamedStudent::SEED);
        // What this program did not write is not its to remove.
        let is_ours = entry.path().join(RECORD).is_file();
        if !is_seed || !is_ours || written.contains(entry.path()) {
            continue;
        }
        fs::remove_dir_all(entry.path()).map_err(|e| Error::writing(entry.path(), e))?;
        if let Some(arm) = entry.path().parent() {
            // A folder that still holds something is not removed, and need not be.
            let _ = fs::remove_dir(arm);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_replace_those_of_earlier_audits_and_nothing_else() {
        let (cache, report) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir_all(cache.path().join("onnx")).unwrap();
        fs::write(cache.path().join("onnx/model.onnx"), "new").unwrap();
        let ours = ["after/seed-1/distilled.json", "gone/seed-1/distilled.json", "gone/seed-2/distilled.json"];
        for old in ours.into_iter().chain(["gone/seed-1/model.onnx", "after/notes/x", "mine/seed-1/model.onnx"]) {
            let path = report.path().join(old);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "old").unwrap();
        }
        let student = NamedStudent { arm: "after".to_owned(), seed: 1, folder: cache.path().to_owned() };
        write_students(report.path(), &[student], Some("big")).unwrap();
        let files = WalkDir::new(report.path()).sort_by_file_name().into_iter().map(Result::unwrap);
        let files: Vec<PathBuf> = files.filter(|e| e.file_type().is_file()).map(|e| e.into_path()).collect();
        let expected = ["after/notes/x", "after/seed-1/onnx/model.onnx", "mine/seed-1/model.onnx"]
            .map(|name| report.path().join(name));
        assert_eq!(files, expected);
        assert_eq!(fs::read_to_string(&expected[1]).unwrap(), "new");
        assert!(!report.path().join("gone").exists());
    }

    #[test]
    fn without_students_there_is_no_folder() {
        let report = tempfile::tempdir().unwrap();
        write_students(&report.path().join("students"), &[], None).unwrap();
        assert!(!report.path().join("students").exists());
    }
}
