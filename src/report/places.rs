//! Where in the repository a finding is shown: formats of code hosts take no finding without a file and a line in it.

use super::v1::{Case, Report};
use std::path::{Component, Path, PathBuf};

/// Where the repository lies, so that files can be named relative to it. Both paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The root of the repository.
    pub root: PathBuf,
    /// The folder that paths in a report are relative to: where the command was started.
    pub here: PathBuf,
}

/// A place in the repository, counted from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InRepository {
    /// The file, relative to the root, with `/` between folders.
    pub path: String,
    /// The line.
    pub line: u64,
    /// The column, where it is known.
    pub column: Option<u64>,
}

impl Repository {
    /// The place of a finding: the file that is to blame where it lies in the repository, otherwise the line of the
    /// configuration that names the collection, otherwise its first line.
    pub fn place(&self, report: &Report, case: &Case) -> InRepository {
        let given = case.place.as_deref().and_then(|place| self.given(place));
        given.unwrap_or_else(|| self.config(report, config_line(report, &case.subject)))
    }

    /// A line of the configuration. One outside the repository is shown as if it lay at its root: there is no other
    /// place to show it, and nothing may point outside.
    pub fn config(&self, report: &Report, line: Option<u64>) -> InRepository {
        let name = || Path::new(&report.config_path).file_name().map(|name| name.to_string_lossy().into_owned());
        let path = self.relative(&report.config_path).or_else(name).unwrap_or_else(|| "distilgate.toml".to_owned());
        InRepository { path, line: line.unwrap_or(1), column: None }
    }

    /// What `file:line:column` names, if that lies in the repository.
    fn given(&self, place: &str) -> Option<InRepository> {
        let (rest, last) = number_behind(place);
        let (path, before) = number_behind(rest);
        let (line, column) = match before {
            Some(line) => (Some(line), last),
            None => (last, None),
        };
        Some(InRepository { path: self.relative(path)?, line: line.unwrap_or(1).max(1), column })
    }

    /// A path relative to the root, by its words alone; none where it leads outside or is the root itself.
    pub fn relative(&self, path: &str) -> Option<String> {
        let mut parts = Vec::new();
        let joined = self.here.join(path);
        for part in joined.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => drop(parts.pop()),
                other => parts.push(other),
            }
        }
        let whole: PathBuf = parts.into_iter().collect();
        let inside = whole.strip_prefix(&self.root).ok()?;
        let names: Vec<String> = inside.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
        (!names.is_empty()).then(|| names.join("/"))
    }
}

/// The number behind the last colon, and what stands before it.
fn number_behind(text: &str) -> (&str, Option<u64>) {
    match text.rsplit_once(':').and_then(|(rest, number)| Some((rest, number.parse().ok()?))) {
        Some((rest, number)) => (rest, Some(number)),
        None => (text, None),
    }
}

/// The line that names the collection that a subject is about: `dl19`, or `after on dl19`.
fn config_line(report: &Report, subject: &str) -> Option<u64> {
    let about = |name: &str| subject == name || subject.strip_suffix(name).is_some_and(|rest| rest.ends_with(" on "));
    report.collections.iter().find(|collection| about(&collection.name))?.config_line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> Repository {
        Repository { root: "/repo".into(), here: "/repo/gate".into() }
    }

    #[test]
    fn places_are_relative_to_the_root_and_never_outside_it() {
        for (place, path, line, column) in [
            ("runs/a.run:3:7", "gate/runs/a.run", 3, Some(7)),
            ("runs/a.run:3", "gate/runs/a.run", 3, None),
            ("../data/./q.tsv", "data/q.tsv", 1, None),
            ("/repo/x y.toml:0", "x y.toml", 1, None),
        ] {
            assert_eq!(
                repository().given(place),
                Some(InRepository { path: path.to_owned(), line, column }),
                "{place}"
            );
        }
        for outside in ["../../etc/passwd:1", "/tmp/x.run:2:3", "/repository/x", ".."] {
            assert_eq!(repository().given(outside), None, "{outside}");
        }
    }
}
