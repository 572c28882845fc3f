//! `distilgate scan`: where the texts of collections turn up in files of any size.
//!
//! The summary goes to stdout, each match to the file that `--out` names. What could not be read is said on stderr and
//! in the exit code: a scan that did not see everything is not clean.

use super::progress::Bytes;
use super::{Format, Global, printing};
use crate::audit;
use crate::cache::WholeFile;
use crate::checks::wording::{count, read_otherwise};
use crate::collection::{Collection, Grade, Location};
use crate::error::{Error, Exit, Result, quiet};
use crate::fingerprint::scan::{Counted, FingerprintsBuilder, Match, Scanned, Settings, Tally, inputs, scan};
use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The name of stdout and stdin.
const STANDARD: &str = "-";

/// What could not be read is listed up to so many files; JSON has all.
const UNREAD_SHOWN: usize = 20;

/// Options of `scan`.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Files, folders, or - for standard input: JSONL, TSV, CSV, TREC, text; plain, gzip or zstd
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What is looked for: BEIR folders, or collections of the configuration; without it all of those
    #[arg(long, value_name = "COLLECTION", num_args = 1..)]
    against: Vec<String>,
    /// Write every match to this file as JSON lines; - is stdout, without the summary
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Tell queries from this similarity on, 0.5 to 1
    #[arg(long, value_name = "S", default_value = "0.7", value_parser = similarity)]
    min_similarity: f32,
    /// Tell documents from this Jaccard similarity on, 0.5 to 1
    #[arg(long, value_name = "J", default_value = "0.8", value_parser = similarity)]
    min_document_similarity: f32,
    /// How the summary is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

fn similarity(text: &str) -> std::result::Result<f32, String> {
    match text.parse::<f32>() {
        Ok(number) if (0.5..=1.0).contains(&number) => Ok(number),
        _ => Err("a number from 0.5 to 1 is expected; below, everything resembles everything".to_owned()),
    }
}

/// Scans files and says what was found.
///
/// # Errors
/// Collections that cannot be read; a file of matches that cannot be written; a closed stdout.
pub fn run(args: &ScanArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let collections = open_all(args, global)?;
    let mut builder = FingerprintsBuilder::default();
    for (collection, relevant_from) in &collections {
        builder.add(collection, *relevant_from);
    }
    let fingerprints = builder.build()?;
    drop(collections);
    let (mut files, unread) = inputs(&args.paths);
    // What an earlier scan wrote holds the texts that it found.
    let own = args.out.as_ref().and_then(|path| path.canonicalize().ok());
    files.retain(|file| own.is_none() || file.path.canonicalize().ok() != own);
    let mut scanned = {
        let total = files.iter().map(|file| file.size).sum();
        let bytes = Bytes::new(global.quiet, total);
        let settings = Settings {
            query_similarity: args.min_similarity,
            document_similarity: args.min_document_similarity,
            threads: global.threads(),
        };
        let mut writer = Writer::open(args.out.as_deref(), out)?;
        let scanned = scan(&files, &fingerprints, settings, &bytes, |found| writer.write(found))?;
        writer.finish()?;
        scanned
    };
    scanned.unread.splice(0..0, unread);
    let exit = exit(&scanned);
    if args.out.as_deref() != Some(Path::new(STANDARD)) {
        let text = match args.format {
            Format::Text => text(&scanned),
            Format::Json => json(&scanned, exit),
        };
        out.write_all(text.as_bytes()).map_err(printing)?;
    }
    complain(&scanned);
    Ok(exit)
}

/// The collections that are looked for, each with the grade that is relevant.
fn open_all(args: &ScanArgs, global: &Global) -> Result<Vec<(Collection, Grade)>> {
    let opened = open_named(args, global)?;
    let mut seen = BTreeSet::new();
    if let Some((twice, _)) = opened.iter().find(|(collection, _)| !seen.insert(&collection.name)) {
        return Err(Error::input(format!("two collections are called {}", twice.name))
            .help("rename a folder: their matches could not be told apart"));
    }
    Ok(opened)
}

fn open_named(args: &ScanArgs, global: &Global) -> Result<Vec<(Collection, Grade)>> {
    let (folders, names): (Vec<_>, Vec<_>) = args.against.iter().partition(|name| Path::new(name).is_dir());
    let mut opened = Vec::new();
    for folder in folders {
        let path = Path::new(folder);
        let context = |error: Error| error.context(format!("collection {folder}"));
        let location = Location::folder(path, None).map_err(context)?;
        let name = path.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        opened.push((Collection::open(&name.unwrap_or_else(|| folder.clone()), &location).map_err(context)?, 1));
    }
    if names.is_empty() && !args.against.is_empty() {
        return Ok(opened);
    }
    let loaded = global.load().map_err(|error| match names.first() {
        Some(name) => error.context(format!("{name} is no folder, and no collection can be looked up")),
        None => error.help("or say what is looked for: --against FOLDER"),
    })?;
    for name in &names {
        if !loaded.config.collection.iter().any(|config| config.name == **name) {
            let known = loaded.config.collection.iter().map(|config| config.name.as_str());
            let error =
                Error::input(format!("{name} is neither a folder nor a collection of {}", loaded.path.display()));
            return Err(match crate::config::nearest(name, known) {
                Some(nearest) => error.help(format!("did you mean {nearest}?")),
                None => error,
            });
        }
    }
    for config in &loaded.config.collection {
        if names.is_empty() || names.iter().any(|name| **name == config.name) {
            let context = |error: Error| error.context(format!("collection {}", config.name));
            let location = audit::location(&loaded, config).map_err(context)?;
            opened.push((Collection::open(&config.name, &location).map_err(context)?, config.rel));
        }
    }
    match opened.is_empty() {
        true => Err(Error::input("the configuration has no collection").help("name a folder: --against FOLDER")),
        false => Ok(opened),
    }
}

/// Where matches are written: nowhere, to stdout, or to a file that appears when it is whole.
enum Writer<'a> {
    Nowhere,
    Stdout(&'a mut dyn Write),
    File(BufWriter<WholeFile>, PathBuf),
}

impl<'a> Writer<'a> {
    fn open(path: Option<&Path>, out: &'a mut dyn Write) -> Result<Writer<'a>> {
        Ok(match path {
            None => Writer::Nowhere,
            Some(path) if path == Path::new(STANDARD) => Writer::Stdout(out),
            Some(path) => {
                let file = WholeFile::create(path).map_err(|error| Error::writing(path, error))?;
                Writer::File(BufWriter::new(file), path.to_owned())
            }
        })
    }

    fn write(&mut self, found: &Match) -> Result<()> {
        let line = || serde_json::to_string(found).expect("plain data with text for keys") + "\n";
        match self {
            Writer::Nowhere => Ok(()),
            Writer::Stdout(out) => out.write_all(line().as_bytes()).map_err(printing),
            Writer::File(file, path) => file.write_all(line().as_bytes()).map_err(|error| Error::writing(path, error)),
        }
    }

    fn finish(self) -> Result<()> {
        let Writer::File(file, path) = self else { return Ok(()) };
        let file = file.into_inner().map_err(|error| Error::writing(&path, error.into_error()))?;
        file.finish().map_err(|error| Error::writing(&path, error))
    }
}

/// What the findings mean at their default levels.
fn exit(scanned: &Scanned) -> Exit {
    match () {
        () if scanned.collections.iter().any(Tally::is_evidence) => Exit::Fail,
        () if !scanned.unread.is_empty() => Exit::Inconclusive,
        () => Exit::Pass,
    }
}

/// A row for each kind of text that was found, and what was read.
fn text(scanned: &Scanned) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["collection", "found", "of", "exact", "contained", "near", "part", "places"]);
    for tally in &scanned.collections {
        let mut row = |what: &str, of: String, counted: &Counted| {
            let numbers = [counted.exact, counted.contained, counted.near, counted.part, counted.places];
            let cells = [quiet(&tally.collection), what.to_owned(), of].into_iter();
            table.add_row(cells.chain(numbers.map(|number| number.to_string())));
        };
        row("queries", tally.queries_sought.to_string(), &tally.queries);
        row("judgements", String::new(), &tally.judgements);
        row("documents", tally.documents_sought.to_string(), &tally.documents);
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut text: String = table.to_string().lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    text.push_str(&format!(
        "\n{} read: {} bytes, {} lines\n",
        count(scanned.files as usize, "file", "files"),
        scanned.bytes,
        scanned.lines
    ));
    for tally in scanned.collections.iter().filter(|tally| tally.common_queries > 0) {
        text.push_str(&format!(
            "{}: {} ordinary language and found as such in {}; this is no evidence\n",
            quiet(&tally.collection),
            count(tally.common_queries as usize, "query is", "queries are"),
            count(tally.common_places as usize, "place", "places"),
        ));
    }
    for tally in scanned.collections.iter().filter(|tally| tally.short_documents > 0) {
        text.push_str(&format!(
            "{}: {} fewer than five words and not looked for\n",
            quiet(&tally.collection),
            count(tally.short_documents as usize, "document has", "documents have")
        ));
    }
    text
}

/// What `--format json` prints; fields are only ever added.
#[derive(Serialize)]
struct Printed<'a> {
    exit_code: u8,
    #[serde(flatten)]
    scanned: &'a Scanned,
}

fn json(scanned: &Scanned, exit: Exit) -> String {
    let printed = Printed { exit_code: exit.code(), scanned };
    serde_json::to_string_pretty(&printed).expect("plain data with text for keys") + "\n"
}

/// Says on stderr what was not seen as it stands.
fn complain(scanned: &Scanned) {
    let mut lines = Vec::new();
    for unread in scanned.unread.iter().take(UNREAD_SHOWN) {
        lines.push(format!("unread: {}: {}", quiet(&unread.file), quiet(&unread.why)));
    }
    if scanned.unread.len() > UNREAD_SHOWN {
        lines.push(format!("unread: and {} more, which --format json lists", scanned.unread.len() - UNREAD_SHOWN));
    }
    lines.extend(read_otherwise(scanned).into_iter().map(|said| format!("warning: {said}")));
    if !scanned.unread.is_empty() {
        lines.push("what could not be read may hold anything: this scan is not clean".to_owned());
    }
    for line in lines {
        // Where stderr is closed nobody can be told.
        let _ = writeln!(anstream::stderr().lock(), "{line}");
    }
}
