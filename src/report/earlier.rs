//! `--baseline`: the findings of an earlier `report.json`.

use super::read;
use super::v1::Status;
use crate::checks::{Baseline, KnownFinding};
use crate::config::{Config, Level};
use crate::error::{Error, Place, Result};
use serde::Deserialize;
use std::path::Path;

/// What a baseline needs of a report: little, so that reports of every version 1 will do.
#[derive(Deserialize)]
struct Earlier {
    collections: Vec<Named>,
    checks: Vec<Checked>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Checked {
    id: String,
    cases: Vec<EarlierCase>,
}

#[derive(Deserialize)]
struct EarlierCase {
    subject: String,
    status: Status,
    level: Option<Level>,
    message: String,
    #[serde(default)]
    in_baseline: bool,
}

/// The baseline in a `report.json`. What a waiver covered there is no part of it, what a baseline covered is.
///
/// # Errors
/// A file that cannot be read, is no report or not a whole one, has a newer schema, or is about other collections than the
/// configuration: exit 2.
pub fn baseline(path: &Path, config: &Config) -> Result<Baseline> {
    let earlier: Earlier = read::read_as(path).map_err(|e| e.context("--baseline"))?;
    let ours = |named: &Named| config.collection.iter().any(|collection| collection.name == named.name);
    if !earlier.collections.iter().any(ours) {
        let theirs: Vec<&str> = earlier.collections.iter().map(|named| named.name.as_str()).take(5).collect();
        return Err(Error::input(format!(
            "the report has no collection of this configuration; it is about {}",
            if theirs.is_empty() { "none".to_owned() } else { theirs.join(", ") }
        ))
        .at(Place::file(path))
        .context("--baseline")
        .help("name a report.json that `check` wrote with this configuration"));
    }
    Ok(Baseline { findings: earlier.checks.into_iter().flat_map(findings).collect() })
}

fn findings(checked: Checked) -> Vec<KnownFinding> {
    let Checked { id, cases } = checked;
    let counted =
        cases.into_iter().filter(|c| c.status == Status::Found || (c.status == Status::Waived && c.in_baseline));
    counted
        .map(|case| KnownFinding {
            check: id.clone(),
            subject: case.subject,
            level: case.level.unwrap_or(Level::Note),
            message: case.message,
        })
        .collect()
}
