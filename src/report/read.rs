//! Reads a `report.json` that was written before.

use super::v1::{Report, SCHEMA_VERSION};
use crate::cache::read_at_most;
use crate::error::{Error, Place, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;

/// No report comes near this; whatever is larger is another file.
const MOST_BYTES: u64 = 256 << 20;

/// What tells a report from other files, and one version from another.
#[derive(Deserialize)]
struct Head {
    schema_version: Option<u64>,
    distilgate: Option<String>,
}

/// The report in a file.
///
/// # Errors
/// As [`read_as`].
pub fn read(path: &Path) -> Result<Report> {
    read_as(path)
}

/// What somebody needs of the report in a file: a type with some of its fields, so that reports of every version with
/// this schema will do.
///
/// # Errors
/// A file that cannot be read, is cut off, is no report, or was written by a newer version with another schema (exit 2).
pub(super) fn read_as<T: DeserializeOwned>(path: &Path) -> Result<T> {
    if path.is_dir() {
        let inside = path.join("report.json");
        return Err(Error::input("this is a folder, not a report")
            .at(Place::file(path))
            .help(format!("name the file: distilgate report {}", inside.display())));
    }
    of_bytes(path, &read_at_most(path, MOST_BYTES)?.ok_or_else(|| foreign(path, Place::file(path)))?)
}

fn of_bytes<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T> {
    let head: Head = serde_json::from_slice(bytes).map_err(|e| unreadable(path, &e))?;
    match (head.schema_version, head.distilgate) {
        (Some(version), made_by) if version > u64::from(SCHEMA_VERSION) => Err(newer(path, version, made_by)),
        (Some(version), Some(_)) if version == u64::from(SCHEMA_VERSION) => {
            serde_json::from_slice(bytes).map_err(|e| unreadable(path, &e))
        }
        _ => Err(foreign(path, Place::file(path))),
    }
}

fn newer(path: &Path, version: u64, made_by: Option<String>) -> Error {
    let made_by = made_by.map(|version| format!(" by distilgate {version}")).unwrap_or_default();
    Error::input(format!(
        "this report was written{made_by} with schema {version}, and this is distilgate {} which reads schema {SCHEMA_VERSION}",
        env!("CARGO_PKG_VERSION")
    ))
    .at(Place::file(path))
    .help("use the version that wrote it, or a newer one")
}

fn foreign(path: &Path, place: Place) -> Error {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Error::input(format!("{name} is not a report of distilgate"))
        .at(place)
        .help("name the report.json that `distilgate check` wrote, usually distilgate-report/report.json")
}

/// What is wrong with the JSON, at its line and column.
fn unreadable(path: &Path, error: &serde_json::Error) -> Error {
    // A file without a byte has no column.
    let place = match error.column() {
        0 => Place::file(path),
        column => Place::column(path, error.line() as u64, column as u64),
    };
    if error.is_eof() {
        return Error::input("this report ends in the middle: it was cut off, or is still being written")
            .at(place)
            .help("copy it again as a whole, or make it again with `distilgate check`");
    }
    let what = error.to_string();
    foreign(path, place).context(what.split(" at line ").next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        of_bytes::<Report>(Path::new("r/report.json"), text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_report_is_told_apart() {
        insta::assert_snapshot!(
            [
                told(""),
                told("{\"schema_version\": 1, \"distil"),
                told("{\"schema_version\": 9, \"distilgate\": \"4.0.0\"}"),
                told("{\"name\": \"another tool\"}"),
                told("[1, 2]"),
                told("<testsuites/>"),
                told("{\"schema_version\": 1, \"distilgate\": \"0.1.0\"}"),
                told(&"[".repeat(100_000)),
            ]
            .join("\n---\n")
        );
    }
}
