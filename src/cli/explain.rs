//! `distilgate explain`: a check's page, or the list.

use super::{Format, printing};
use crate::checks::{self, ALL, Check};
use crate::config::nearest;
use crate::error::{Error, Exit, Result};
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The check; without it all are listed
    check: Option<String>,
    /// How it is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// A check as JSON lists it.
#[derive(Serialize)]
struct Row {
    check: &'static str,
    family: checks::Family,
    level: crate::config::Level,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

/// Prints a page or the list.
///
/// # Errors
/// A check that does not exist, with the nearest right name.
pub fn run(args: &ExplainArgs, out: &mut dyn Write) -> Result<Exit> {
    let text = match (&args.check, args.format) {
        (None, Format::Text) => list(),
        (None, Format::Json) => json(&ALL.iter().map(|check| row(check, false)).collect::<Vec<Row>>()),
        (Some(id), format) => {
            let check = checks::find(id).ok_or_else(|| unknown(id))?;
            match format {
                Format::Text => page(check),
                Format::Json => json(&row(check, true)),
            }
        }
    };
    writeln!(out, "{}", text.trim_end()).map_err(printing)?;
    Ok(Exit::Pass)
}

fn unknown(id: &str) -> Error {
    let error = Error::input(format!("no check is called `{id}`"));
    match nearest(id, ALL.iter().map(|check| check.id)) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None => error,
    }
    .help("`distilgate explain` lists the checks")
}

fn list() -> String {
    let width = ALL.iter().map(|check| check.id.len()).max().unwrap_or(0);
    let lines = ALL.iter().map(|check| {
        format!("{:width$}  {:12}  {:5}  {}", check.id, check.family, check.level, checks::page(check).summary)
    });
    lines.collect::<Vec<String>>().join("\n")
}

fn page(check: &Check) -> String {
    let page = checks::page(check);
    format!("{} ({}, {})\n{}\n\n{}", check.id, check.family, check.level, page.summary, page.body)
}

fn row(check: &Check, with_page: bool) -> Row {
    let page = checks::page(check);
    Row {
        check: check.id,
        family: check.family,
        level: check.level,
        summary: page.summary,
        page: with_page.then_some(page.body),
    }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).expect("plain data")
}
