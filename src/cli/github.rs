//! Inside GitHub Actions: the step's summary, annotations, outputs, and a log that obeys nobody.
//!
//! All of it comes after the reports are written, and a file that cannot be written to keeps nothing else from being
//! written and printed; the command then ends as one whose surroundings failed.

use crate::error::{Error, Place, Result};
use crate::report::{self, Report, Repository};
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A step's summary above 1,024 KiB is dropped whole; a little room is left.
const MOST_BYTES: u64 = (1 << 20) - 1024;

/// What GitHub Actions gives a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actions {
    summary: Option<PathBuf>,
    output: Option<PathBuf>,
}

impl Actions {
    /// What this process was given, where it is a step of GitHub Actions.
    pub fn here(variable: impl Fn(&str) -> Option<OsString>) -> Option<Actions> {
        let path = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        (variable("GITHUB_ACTIONS")? == "true")
            .then(|| Actions { summary: path("GITHUB_STEP_SUMMARY"), output: path("GITHUB_OUTPUT") })
    }

    /// Refuses a report folder that an output could not name on one line.
    ///
    /// # Errors
    /// A name with a control character in it: exit 2, before anything is done.
    pub fn takes(&self, folder: &Path) -> Result<()> {
        match folder.to_string_lossy().chars().any(char::is_control) {
            true => Err(Error::input("a report folder with a line break in its name cannot be an output of a step")
                .at(Place::file(folder))
                .help("name another folder with --report DIR")),
            false => Ok(()),
        }
    }

    /// Prints annotations to `err`, adds the summary, sets the outputs. Everything is tried, whatever fails.
    ///
    /// # Errors
    /// The first file that could not be written to (exit 4).
    pub fn publish(&self, report: &Report, folder: &Path, repository: &Repository, err: &mut dyn Write) -> Result<()> {
        // A closed stderr loses annotations alone.
        let _ = err.write_all(report::annotations(report, repository).as_bytes());
        for (name, given) in [("GITHUB_STEP_SUMMARY", &self.summary), ("GITHUB_OUTPUT", &self.output)] {
            if given.is_none() {
                let _ = writeln!(err, "{name} is not set, so nothing is written there");
            }
        }
        let summed = self.summary.as_ref().map_or(Ok(()), |file| add_summary(file, report));
        let code = summed.as_ref().map_or_else(|error| error.exit().code(), |()| report.exit_code);
        // Later steps run in the workspace, wherever this one did.
        let path = |path: &Path| {
            let given = path.to_string_lossy();
            repository.relative(&given).unwrap_or_else(|| given.into_owned())
        };
        let outputs = [
            ("verdict", report.verdict.to_string()),
            ("exit-code", code.to_string()),
            ("report", path(folder)),
            ("junit", path(&folder.join("junit.xml"))),
        ];
        let set = self.output.as_ref().map_or(Ok(()), |file| set_outputs(file, &outputs));
        let published = set.and(summed);
        if let Err(error) = &published {
            let _ = err.write_all(report::annotation_of(error).as_bytes());
        }
        published
    }

    /// Says as an annotation what kept the command from a verdict, and sets the exit code; for errors before a report alone.
    pub fn publish_error(&self, error: &Error, err: &mut dyn Write) {
        let _ = err.write_all(report::annotation_of(error).as_bytes());
        let outputs = [("verdict", String::new()), ("exit-code", error.exit().code().to_string())];
        // The error is what is told; that its code could not be noted down would only hide it.
        let _ = self.output.as_ref().map(|file| set_outputs(file, &outputs));
    }
}

/// Says an error to GitHub Actions, where this is a step of it, as [`Actions::publish_error`] does.
pub fn tell(error: &Error) {
    if let Some(actions) = Actions::here(|name| std::env::var_os(name)) {
        actions.publish_error(error, &mut std::io::stderr());
    }
}

/// The repository that paths are named relative to: GitHub's workspace where this folder lies in it, otherwise the nearest
/// folder above with `.git`, otherwise this folder.
///
/// # Errors
/// A current folder that cannot be found.
pub fn repository(variable: impl Fn(&str) -> Option<OsString>) -> Result<Repository> {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).map_err(|e| Error::reading(".", e))?;
    let workspace = variable("GITHUB_WORKSPACE").and_then(|path| PathBuf::from(path).canonicalize().ok());
    let workspace = workspace.filter(|root| here.starts_with(root));
    let with_git = || here.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
    let root = workspace.or_else(with_git).unwrap_or_else(|| here.clone());
    Ok(Repository { root, here })
}

/// The console's text as the log of GitHub Actions shows it and does not obey it, whatever was put together.
pub fn log(text: &str) -> String {
    let text = text.replace("##[", "# #[");
    let lines = text.split_inclusive('\n').map(|line| match line.trim_start().starts_with("::") {
        true => line.replacen("::", ": :", 1),
        false => line.to_owned(),
    });
    lines.collect()
}

/// Appends `name=value` lines. Values have one line each: they are words, numbers, and paths that [`Actions::takes`] let through.
fn set_outputs(file: &Path, outputs: &[(&str, String)]) -> Result<()> {
    let lines: String = outputs.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    append(file, |_| lines).map_err(|e| e.context("GITHUB_OUTPUT"))
}

/// Appends the summary, with what is there already under the limit.
fn add_summary(file: &Path, report: &Report) -> Result<()> {
    let text = |there: u64| {
        let room = usize::try_from(MOST_BYTES.saturating_sub(there)).unwrap_or(0);
        report::summary_within(report, room)
    };
    append(file, text).map_err(|e| e.context("GITHUB_STEP_SUMMARY"))
}

/// Adds to a file what `text` says for its length, on a line of its own.
fn append(path: &Path, text: impl FnOnce(u64) -> String) -> Result<()> {
    let add = || {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let there = file.metadata()?.len();
        let mut last = [b'\n'];
        if there > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        let begin = if last == [b'\n'] { "" } else { "\n" };
        file.write_all(format!("{begin}{}", text(there)).as_bytes())
    };
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => Err(Error::writing(path, std::io::ErrorKind::IsADirectory.into())),
        _ => add().map_err(|e| Error::writing(path, e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_step_of_actions_is_one() {
        let given = |pairs: &'static [(&str, &str)]| {
            Actions::here(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).into()))
        };
        assert_eq!(given(&[("GITHUB_OUTPUT", "o")]), None);
        assert_eq!(given(&[("GITHUB_ACTIONS", "false")]), None);
        let bare = given(&[("GITHUB_ACTIONS", "true"), ("GITHUB_OUTPUT", "")]);
        assert_eq!(bare, Some(Actions::default()));
    }

    #[test]
    fn a_log_holds_no_command() {
        let hostile = "a\n ::error::x\n\t::stop-commands::y\nb ##[error]c\n\u{1b}[1m::d\nnDCG::e";
        let shown = log(hostile);
        assert!(shown.lines().all(|line| !line.trim_start().starts_with("::")) && !shown.contains("##["), "{shown}");
        assert!(shown.ends_with("nDCG::e"));
    }

    #[test]
    fn what_is_there_stays_and_lines_do_not_run_together() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("output");
        set_outputs(&file, &[("a", "1".to_owned())]).unwrap();
        fs::write(&file, "x=y").unwrap();
        set_outputs(&file, &[("a", "1".to_owned()), ("b", String::new())]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "x=y\na=1\nb=\n");
        assert!(set_outputs(folder.path(), &[]).unwrap_err().to_string().contains("GITHUB_OUTPUT: cannot write"));
    }
}
