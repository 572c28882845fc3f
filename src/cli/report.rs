//! `distilgate report`: any format again, from report.json alone.

use super::check::fixed_time;
use super::{Global, printing};
use crate::cache::write_atomically;
use crate::config::Language;
use crate::error::{Error, Exit, Result};
use crate::report::{self, Report, Stamp};
use clap::{Args, ValueEnum};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Options of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The report that `check` wrote
    #[arg(required_unless_present = "merge")]
    report: Option<PathBuf>,
    /// Decide over the parts of all shares of a `check --partition K/N`, and write what one check would have written
    #[arg(long, value_name = "PART", num_args = 1.., conflicts_with_all = ["report", "format", "lang"])]
    merge: Vec<PathBuf>,
    /// Formats, with commas between them; without it console, or with --out every file that `check` writes
    #[arg(long, value_enum, value_delimiter = ',')]
    format: Vec<Rendered>,
    /// Write files into this folder; without it one format is printed, and parts are merged into distilgate-report
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The language of the page, the summary and the console: en or ja; without it that of the report
    #[arg(long, value_name = "LANG")]
    lang: Option<Language>,
}

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rendered {
    /// What `check` prints.
    Console,
    /// report.html
    Html,
    /// report.json
    Json,
    /// junit.xml
    Junit,
    /// summary.md
    Summary,
}

/// Renders and prints, or writes files. The exit code says whether that went well, not what the report says; where parts
/// are merged it is the verdict's.
///
/// # Errors
/// A report that cannot be read, several formats without a folder, a folder that cannot be written to.
pub fn run(args: &ReportArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let Some(path) = &args.report else {
        let folder = args.out.as_deref().unwrap_or(Path::new(report::FOLDER));
        return super::merge::run(&args.merge, folder, global, out);
    };
    let mut report = report::read(path)?;
    if let Some(lang) = args.lang {
        report.config.report.lang = lang;
    }
    match &args.out {
        Some(folder) => files(args, folder, &report, global, out)?,
        None => {
            let format = match args.format.as_slice() {
                [] => Rendered::Console,
                [one] => *one,
                _ => {
                    return Err(Error::input("several formats need a folder to be written to")
                        .help("add --out DIR, or name one --format to print"));
                }
            };
            write!(out, "{}", render(&report, format, global)?).map_err(printing)?;
        }
    }
    Ok(Exit::Pass)
}

fn render(report: &Report, format: Rendered, global: &Global) -> Result<String> {
    Ok(match format {
        Rendered::Console => report::console(report, global.verbose),
        Rendered::Html => report::html(report),
        Rendered::Json => report::json(report),
        Rendered::Junit => report::junit(report, stamp())?,
        Rendered::Summary => report::summary(report),
    })
}

fn files(args: &ReportArgs, folder: &Path, report: &Report, global: &Global, out: &mut dyn Write) -> Result<()> {
    let all = [Rendered::Html, Rendered::Json, Rendered::Junit, Rendered::Summary];
    let formats = if args.format.is_empty() { &all[..] } else { &args.format };
    report::prepare(folder)?;
    let mut written = Vec::new();
    for format in formats {
        let text = render(report, *format, global)?;
        let path = match format.file() {
            Some(name) => folder.join(name),
            None => {
                write!(out, "{text}").map_err(printing)?;
                continue;
            }
        };
        write_atomically(&path, text.as_bytes())?;
        written.push(path.display().to_string());
    }
    if !global.quiet && !written.is_empty() {
        writeln!(out, "Reports: {}", written.join(", ")).map_err(printing)?;
    }
    Ok(())
}

impl Rendered {
    /// The file that `check` writes it to; the console has none.
    fn file(self) -> Option<&'static str> {
        match self {
            Rendered::Console => None,
            Rendered::Html => Some("report.html"),
            Rendered::Json => Some("report.json"),
            Rendered::Junit => Some("junit.xml"),
            Rendered::Summary => Some("summary.md"),
        }
    }
}

/// When junit.xml was made. How long the audit took stands in no report.
fn stamp() -> Stamp {
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64);
    Stamp { unix_seconds: fixed_time().unwrap_or_else(now), seconds: 0.0 }
}
