//! `distilgate fingerprint`: holds the collections to the lock, or writes it.

use super::progress::Bars;
use super::today::today;
use super::{Format, Global, printing};
use crate::audit::fingerprints::{OpenLock, Printed, hold, open_lock, print_all, salt_of, salt_path};
use crate::cache::write_atomically;
use crate::checks::wording::{count, drift_lines, drift_summary};
use crate::collection::Date;
use crate::config::Loaded;
use crate::error::{Error, Exit, Place, Result, quiet};
use crate::facts::{LockFacts, LockedFacts, PartFacts};
use crate::fingerprint::lock::{self, Changes, Lock, PartDrift, Print, Salt, Seal};
use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// Options of `fingerprint`.
#[derive(Debug, Args)]
pub struct FingerprintArgs {
    /// Write the lock anew, from the collections as they are now; days of first sight are kept
    #[arg(long)]
    update: bool,
    /// Key the digests with a salt that is kept outside the lock, so that no text can be tested by guessing
    #[arg(long, requires = "update")]
    private: bool,
    /// The day on which new collections are first seen, so that a run can be repeated
    #[arg(long, value_name = "DATE", requires = "update")]
    today: Option<Date>,
    /// How it is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Holds the collections to the lock: exit 0 where they are what it says, 1 where something has drifted. With
/// `--update` the lock is written, and the exit code is 0.
///
/// # Errors
/// No lock, a lock or salt that cannot be used, a collection that cannot be read (exit 2).
pub fn run(args: &FingerprintArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let loaded = global.load()?;
    if loaded.config.collection.is_empty() {
        return Err(Error::input("there is no [[collection]], so there is nothing to fingerprint")
            .at(Place::file(&loaded.path))
            .help("add one per evaluation collection: name, path, published"));
    }
    let open = open_lock(&loaded)?;
    let mut bars = Bars::new(global.quiet);
    let done = match args.update {
        true => update(args, &loaded, &open, &mut bars)?,
        false => verify(&loaded, &open, &mut bars)?,
    };
    bars.finish();
    let text = match args.format {
        Format::Json => serde_json::to_string_pretty(&Answer::of(&done)).expect("plain data") + "\n",
        Format::Text => text(&done, global.quiet),
    };
    out.write_all(text.as_bytes()).map_err(printing)?;
    Ok(if done.written.is_none() && done.held.has_drifted() { Exit::Fail } else { Exit::Pass })
}

/// What was done.
struct Done {
    /// The collections, held to the lock that was there.
    held: LockFacts,
    /// What was written, with `--update`.
    written: Option<Written>,
}

/// A lock that was written.
struct Written {
    /// Its size.
    bytes: usize,
    /// Whether there was none.
    is_new: bool,
    /// Whether it is another than the one that was there.
    is_changed: bool,
    /// Collections that the one that was there has not.
    joined: Vec<String>,
    /// The file of the salt, where it was made just now.
    salt: Option<PathBuf>,
}

fn verify(loaded: &Loaded, open: &OpenLock, bars: &mut Bars) -> Result<Done> {
    let Some(lock) = &open.lock else {
        return Err(Error::input("there is no lock yet, so there is nothing to hold the collections to")
            .at(Place::file(&open.path))
            .help("make it with: distilgate fingerprint --update"));
    };
    let printed = print_all(loaded, &open.seal, bars)?;
    Ok(Done { held: held(open, lock, &open.seal, &printed), written: None })
}

fn update(args: &FingerprintArgs, loaded: &Loaded, open: &OpenLock, bars: &mut Bars) -> Result<Done> {
    if open.lock.is_none() && !args.private && salt_of(&open.path)?.is_some() {
        return Err(Error::input("there is a salt and no lock: the lock that it belongs to was a private one")
            .at(Place::file(&open.path))
            .help("make it private again with: distilgate fingerprint --update --private")
            .help("or put the salt away first, if everybody may read the identifiers and guess at short texts"));
    }
    // What changed is said where it can be compared: before open digests become keyed ones.
    let mut printed = print_all(loaded, &open.seal, bars)?;
    let changes = open.lock.as_ref().map(|lock| held(open, lock, &open.seal, &printed));
    let (mut seal, mut salt) = (open.seal.clone(), None);
    if args.private && !seal.is_keyed() {
        (seal, salt) = keyed(open)?;
        printed = print_all(loaded, &seal, bars)?;
    }
    let now: Vec<(&str, &Print)> = printed.iter().map(|p| (p.collection.name.as_str(), &p.print)).collect();
    let new = lock::updated(open.lock.as_ref(), &now, &seal, today(args.today, &loaded.config.lock));
    let text = lock::render(&new);
    let is_changed = open.lock.as_ref() != Some(&new);
    if is_changed {
        write_atomically(&open.path, text.as_bytes())?;
    }
    let (mut held, mut joined) = (held(open, &new, &seal, &printed), Vec::new());
    if let Some(changes) = changes {
        for (locked, before) in held.collections.iter_mut().zip(changes.collections) {
            locked.drift = before.drift;
            if before.first_seen.is_none() {
                joined.push(before.name);
            }
        }
        held.unnamed = changes.unnamed;
    }
    let written = Written { bytes: text.len(), is_new: open.lock.is_none(), is_changed, joined, salt };
    Ok(Done { held, written: Some(written) })
}

/// A seal with the salt that is there, or one that is made now. The collections were read before, so a mistake in them
/// leaves no salt behind.
fn keyed(open: &OpenLock) -> Result<(Seal, Option<PathBuf>)> {
    if let Some(salt) = salt_of(&open.path)? {
        return Ok((Seal::keyed(&salt), None));
    }
    let path = salt_path(&open.path);
    Ok((Seal::keyed(&Salt::make(&path)?), Some(path)))
}

fn held(open: &OpenLock, lock: &Lock, seal: &Seal, printed: &[Printed]) -> LockFacts {
    hold(&open.path, lock, seal, printed.iter().map(|p| (&p.collection, &p.print)))
}

fn text(done: &Done, brief: bool) -> String {
    let mut lines = Vec::new();
    if !brief {
        lines.extend(table(&done.held).to_string().lines().map(|line| line.trim_end().to_owned()));
        lines.push(String::new());
    }
    let drifted = done.held.collections.iter().filter(|locked| locked.has_drifted());
    for locked in drifted {
        lines.push(format!("{}: {}", quiet(&locked.name), drift_summary(locked)));
        lines.extend(drift_lines(&locked.drift).iter().map(|line| format!("  {}", quiet(line))));
    }
    for name in done.written.iter().flat_map(|written| &written.joined) {
        lines.push(format!("{}: new in the lock", quiet(name)));
    }
    for name in &done.held.unnamed {
        let gone = "is in the lock, and the configuration does not name it";
        lines.push(format!("{}: {gone}{}", quiet(name), if done.written.is_some() { ": left out" } else { "" }));
    }
    lines.push(last_line(done));
    if let Some(salt) = done.written.as_ref().and_then(|written| written.salt.as_ref()) {
        lines.push(format!(
            "The salt is in {}: keep it out of version control, and give it to CI as the secret DISTILGATE_SALT.",
            quiet(&salt.display().to_string())
        ));
    }
    lines.join("\n") + "\n"
}

fn last_line(done: &Done) -> String {
    let (path, all) = (quiet(&done.held.path), done.held.collections.len());
    let collections = count(all, "collection", "collections");
    match &done.written {
        Some(written) if written.is_changed => {
            let how = if written.is_new { "made" } else { "rewritten" };
            format!("{path}: {how}, {collections}, {} bytes. Commit it.", written.bytes)
        }
        Some(_) => format!("{path}: {collections}, nothing to change"),
        None => match done.held.collections.iter().filter(|locked| locked.has_drifted()).count() {
            0 if done.held.unnamed.is_empty() => format!("{path}: {collections}, all as they were"),
            n => format!(
                "{path}: {n} of {collections} drifted{}. If that is intended: distilgate fingerprint --update",
                match done.held.unnamed.len() {
                    0 => String::new(),
                    gone => format!(", {gone} gone"),
                }
            ),
        },
    }
}

fn table(held: &LockFacts) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["collection", "queries", "judgements", "documents", "first seen", ""]);
    for locked in &held.collections {
        let count = |part: Option<&PartFacts>| part.map_or("-".to_owned(), |part| part.count.to_string());
        table.add_row([
            quiet(&locked.name),
            count(locked.now.queries.as_ref()),
            count(Some(&locked.now.judgements)),
            count(locked.now.documents.as_ref()),
            locked.first_seen.map_or("-".to_owned(), |date| date.to_string()),
            if locked.has_drifted() { "drifted" } else { "same" }.to_owned(),
        ]);
    }
    for column in table.column_iter_mut().skip(1).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// What `--format json` prints; fields are only ever added.
#[derive(Serialize)]
struct Answer<'a> {
    lock: &'a str,
    private: bool,
    written: bool,
    drifted: bool,
    collections: Vec<PrintedCollection<'a>>,
    /// In the lock, and not in the configuration.
    unnamed: &'a [String],
}

#[derive(Serialize)]
struct PrintedCollection<'a> {
    name: &'a str,
    first_seen: Option<Date>,
    drifted: bool,
    sha256: &'a str,
    queries: Option<PrintedPart<'a>>,
    judgements: Option<PrintedPart<'a>>,
    documents: Option<PrintedPart<'a>>,
}

#[derive(Serialize)]
struct PrintedPart<'a> {
    /// Absent where the lock has it and the collection has not.
    count: Option<u64>,
    sha256: Option<&'a str>,
    /// `same`, `changed`, `gone` or `new`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<PrintedChanges<'a>>,
}

#[derive(Serialize)]
struct PrintedChanges<'a> {
    before: u64,
    added: PrintedNames<'a>,
    removed: PrintedNames<'a>,
    changed: PrintedNames<'a>,
}

#[derive(Serialize)]
struct PrintedNames<'a> {
    count: u64,
    first: &'a [String],
}

impl<'a> Answer<'a> {
    fn of(done: &'a Done) -> Answer<'a> {
        Answer {
            lock: &done.held.path,
            private: done.held.keyed,
            written: done.written.as_ref().is_some_and(|written| written.is_changed),
            drifted: done.held.has_drifted(),
            collections: done.held.collections.iter().map(PrintedCollection::of).collect(),
            unnamed: &done.held.unnamed,
        }
    }
}

impl<'a> PrintedCollection<'a> {
    fn of(locked: &'a LockedFacts) -> PrintedCollection<'a> {
        let (now, drift) = (&locked.now, &locked.drift);
        PrintedCollection {
            name: &locked.name,
            first_seen: locked.first_seen,
            drifted: locked.has_drifted(),
            sha256: &now.sha256,
            queries: PrintedPart::of(now.queries.as_ref(), &drift.queries),
            judgements: PrintedPart::of(Some(&now.judgements), &drift.judgements),
            documents: PrintedPart::of(now.documents.as_ref(), &drift.documents),
        }
    }
}

impl<'a> PrintedPart<'a> {
    fn of(now: Option<&'a PartFacts>, drift: &'a PartDrift) -> Option<PrintedPart<'a>> {
        let (state, changes) = match drift {
            PartDrift::Same if now.is_none() => return None,
            PartDrift::Same => ("same", None),
            PartDrift::Gone => ("gone", None),
            PartDrift::New => ("new", None),
            PartDrift::Changed(changes) => ("changed", Some(PrintedChanges::of(changes))),
        };
        let (count, sha256) = (now.map(|part| part.count), now.map(|part| part.sha256.as_str()));
        Some(PrintedPart { count, sha256, state, changes })
    }
}

impl<'a> PrintedChanges<'a> {
    fn of(changes: &'a Changes) -> PrintedChanges<'a> {
        let names = |named: &'a lock::Named| PrintedNames { count: named.count, first: &named.names };
        PrintedChanges {
            before: changes.before,
            added: names(&changes.added),
            removed: names(&changes.removed),
            changed: names(&changes.changed),
        }
    }
}
