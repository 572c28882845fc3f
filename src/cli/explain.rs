//! `distilgate explain`: a check's page, or the list; every key of the configuration.

use super::{Format, printing};
use crate::checks::{self, ALL, Check};
use crate::config::{self, nearest};
use crate::error::{Error, Exit, Result};
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The check; without it all are listed. `keys`: every key of the configuration instead
    check: Option<String>,
    /// How it is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// What is explained beside the checks.
const KEYS: &str = "keys";

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
        (Some(id), Format::Text) if id == KEYS => {
            keys(&config::markdown().replace(" This page is made from the code.", ""))
        }
        (Some(id), Format::Json) if id == KEYS => json(&config::json_schema()),
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
    match nearest(id, ALL.iter().map(|check| check.id).chain([KEYS])) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None => error,
    }
    .help("`distilgate explain` lists the checks, `distilgate explain keys` the keys of the configuration")
}

/// The page of the configuration without the signs of Markdown: a table's row is a key, its type and default, and below
/// them what it means.
fn keys(page: &str) -> String {
    let rows = page.lines().filter(|line| !line.starts_with("|---") && !line.starts_with("| key |"));
    let lines = rows.map(|line| match line.strip_prefix("| ") {
        Some(row) => key(&row.replace("\\|", "|")),
        None => line.trim_start_matches('#').trim_start().replace('`', ""),
    });
    let mut text = String::new();
    for line in lines {
        if !(line.is_empty() && text.ends_with("\n\n")) {
            text += &line;
            text.push('\n');
        }
    }
    text
}

/// `| margin | number | 0.05 | A pass needs ... |` as two lines.
fn key(row: &str) -> String {
    let cells: Vec<&str> = row.trim_end_matches(" |").splitn(4, " | ").collect();
    let [key, kind, default, meaning] = cells[..] else { return row.to_owned() };
    let default = match default.trim() {
        "" => String::new(),
        default => format!(", otherwise {default}"),
    };
    format!("  {} ({kind}{default})\n      {meaning}", key.replace('`', ""))
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
