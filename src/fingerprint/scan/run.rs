//! The scan: one thread reads, every core looks, and what is found comes out in the order of the files.

use super::blocks::{Block, Blocks};
use super::crowd::{Crowd, Reason};
use super::documents::{DocumentFound, DocumentScratch};
use super::effort::Effort;
use super::index::Fingerprints;
use super::matches::{self, Match};
use super::order::{Owed, in_order, places};
use super::parquet::{self, Rows};
use super::patience::{BEHIND, Patience};
use super::queries::{QueryFound, QueryScratch};
use super::read;
use super::record::Record;
use super::seen::Seen;
use super::tally::{Tallies, Tally};
use super::told::Told;
use super::walk::Input;
use crate::collection::source::Source;
use crate::error::{Error, Place, Result};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

/// How strict a scan is, and how it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// A query is told from this similarity on.
    pub query_similarity: f32,
    /// A document is told from this Jaccard similarity on.
    pub document_similarity: f32,
    /// Threads that look; one more reads.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { query_similarity: 0.7, document_similarity: 0.8, threads: 1 }
    }
}

/// A file, or what should have been one, that could not be read to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The file.
    pub file: String,
    /// Why, in a line.
    pub why: String,
}

impl Unread {
    /// What could not be read, and why.
    pub fn new(path: &Path, why: impl Into<String>) -> Unread {
        Unread { file: path.display().to_string(), why: why.into() }
    }
}

/// What a scan saw and found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanned {
    /// What was found of each collection, in the order of the collections.
    pub collections: Vec<Tally>,
    /// Files that were read, or begun.
    pub files: u64,
    /// Bytes that were read, unpacked.
    pub bytes: u64,
    /// Lines that were read.
    pub lines: u64,
    /// Files that could not be read, or not to their ends.
    pub unread: Vec<Unread>,
    /// Texts that are not wholly UTF-8; what is, was looked at.
    pub damaged_texts: u64,
    /// Lines too long to be records, read in pieces as running text.
    pub long_lines: u64,
}

/// Hears how far a scan is.
pub trait Listener: Sync {
    /// So many bytes of the files' sizes are read in all, and so many unpacked.
    fn reached(&self, stored: u64, unpacked: u64);
}

/// Counts the bytes that are read from disk.
struct Metered {
    file: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// A block on its way to a thread that looks at it.
struct Job {
    number: u64,
    /// Which of the files it is of.
    place: usize,
    file: Arc<str>,
    block: Block,
    /// Whether queries, or documents, took too much in too many blocks before.
    over: [bool; 2],
}

/// What a thread found in a block.
#[derive(Debug, Default)]
struct Looked {
    /// Which of the files the block is of, its name, and the line that the block begins in.
    of: (usize, Arc<str>, u64),
    found: Told,
    damaged: u64,
    /// Why not all of the block was compared or told.
    crowded: Vec<Reason>,
    /// Whether queries, or documents, took all their effort.
    took_all: [bool; 2],
}

/// Scans files. `tell` gets each match, in the order of files and lines.
///
/// A file that cannot be read is in [`Scanned::unread`]; what was read of it was looked at.
///
/// Errors: those of `tell`.
pub fn scan(
    inputs: &[Input],
    fingerprints: &Fingerprints,
    settings: Settings,
    listener: &dyn Listener,
    tell: impl FnMut(&Match) -> Result<()>,
) -> Result<Scanned> {
    see(inputs, fingerprints, settings, listener, tell).map(Seen::scanned)
}

/// The same, before it is counted.
///
/// # Errors
/// Those of `tell`.
pub fn see(
    inputs: &[Input],
    fingerprints: &Fingerprints,
    settings: Settings,
    listener: &dyn Listener,
    mut tell: impl FnMut(&Match) -> Result<()>,
) -> Result<Seen> {
    let threads = settings.threads.max(1);
    // The reader is so many blocks ahead of what is told at most.
    let ahead = (threads * 2).min(BEHIND as usize);
    let (taken, free) = places(ahead);
    let (jobs, to_look) = sync_channel::<Job>(ahead);
    let (results, looked) = sync_channel::<(u64, Looked)>(ahead);
    let to_look = Mutex::new(to_look);
    let (stop, patience) = (AtomicBool::new(false), Mutex::new(Patience::default()));
    let mut tallies = Tallies::default();
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| read_all(inputs, (jobs, taken), listener, (&stop, &patience)));
        for _ in 0..threads {
            let results = results.clone();
            scope.spawn(|| look_at_all(&to_look, results, fingerprints, settings));
        }
        drop(results);
        let mut damaged = 0;
        let mut crowds: Vec<Crowd> = Vec::new();
        let mut failure = None;
        for Looked { of: (place, file, line), found, damaged: more, crowded, took_all } in in_order(looked, free) {
            damaged += more;
            if let Ok(mut patience) = patience.lock() {
                patience.add(place, took_all);
            }
            if !crowded.is_empty() && crowds.last().is_none_or(|last| last.place != place) {
                crowds.push(Crowd::of_none(place, &file));
            }
            if let Some(last) = crowds.last_mut().filter(|_| !crowded.is_empty()) {
                last.add(line, &crowded);
            }
            if failure.is_none()
                && let Err(error) = found.matches().try_for_each(&mut tell)
            {
                stop.store(true, Ordering::Relaxed);
                failure = Some(error);
            }
            tallies.join(found.tallies);
        }
        let mut seen = reader.join().map_err(|_| Error::surroundings("the thread that reads has died"))?;
        seen.unread.extend(crowds.iter().map(Crowd::unread));
        seen.unread.sort_by_key(|(place, _)| *place);
        let sought = fingerprints.collections.iter().map(Tally::of_none).collect();
        match failure {
            Some(error) => Err(error),
            None => Ok(Seen { sought, tallies, damaged_texts: damaged, ..seen }),
        }
    })
}

/// Reads every file, block by block.
fn read_all(
    inputs: &[Input],
    (jobs, places): (SyncSender<Job>, SyncSender<()>),
    listener: &dyn Listener,
    (stop, patience): (&AtomicBool, &Mutex<Patience>),
) -> Seen {
    let mut seen = Seen::default();
    let stored = Arc::new(AtomicU64::new(0));
    let mut number = 0;
    for (place, input) in inputs.iter().enumerate() {
        let file: Arc<str> = input.path.display().to_string().into();
        let mut blocks = match open(input, &stored) {
            Ok(opened) => opened,
            Err(error) => {
                seen.unread.push((place, Unread { file: file.to_string(), why: reason(&error) }));
                continue;
            }
        };
        seen.files += 1;
        let first = number;
        loop {
            match blocks.next_block() {
                Ok(None) => break,
                Ok(Some(block)) => {
                    if places.send(()).is_err() || stop.load(Ordering::Relaxed) {
                        return seen;
                    }
                    let over = patience.lock().map(|patience| patience.is_over(place, number - first));
                    let job = Job { number, place, file: file.clone(), block, over: over.unwrap_or_default() };
                    if jobs.send(job).is_err() {
                        return seen;
                    }
                    number += 1;
                }
                Err(error) => {
                    seen.unread.push((place, Unread { file: file.to_string(), why: reason(&error) }));
                    break;
                }
            }
            listener.reached(stored.load(Ordering::Relaxed), seen.bytes + blocks.bytes());
        }
        seen.bytes += blocks.bytes();
        seen.lines += blocks.lines();
        seen.long_lines += blocks.long_lines();
    }
    seen
}

/// A file that gives its blocks.
enum Opened {
    Stream(Box<Blocks>),
    /// A Parquet file, and how many of its bytes were counted as read.
    Table(Box<Rows>, Arc<AtomicU64>),
}

impl Opened {
    fn next_block(&mut self) -> Result<Option<Block>> {
        match self {
            Opened::Stream(blocks) => blocks.next_block(),
            Opened::Table(rows, stored) => {
                let before = rows.stored;
                let block = rows.next_block();
                stored.fetch_add(rows.stored - before, Ordering::Relaxed);
                block
            }
        }
    }

    /// Bytes read so far, unpacked.
    fn bytes(&self) -> u64 {
        match self {
            Opened::Stream(blocks) => blocks.bytes,
            Opened::Table(rows, _) => rows.bytes,
        }
    }

    /// Lines, or rows, read so far.
    fn lines(&self) -> u64 {
        match self {
            Opened::Stream(blocks) => blocks.lines(),
            Opened::Table(rows, _) => rows.rows,
        }
    }

    /// Lines that were read in pieces.
    fn long_lines(&self) -> u64 {
        match self {
            Opened::Stream(blocks) => blocks.long_lines,
            Opened::Table(..) => 0,
        }
    }
}

fn open(input: &Input, stored: &Arc<AtomicU64>) -> Result<Opened> {
    let metered = |file: Box<dyn Read + Send>| Metered { file, read: stored.clone() };
    if input.is_stdin() {
        let source = Source::of(Path::new("standard input"), metered(Box::new(io::stdin())), None)?;
        return Ok(Opened::Stream(Box::new(Blocks::new(source))));
    }
    let path: &PathBuf = &input.path;
    let reading = |error| Error::reading(path, error);
    let mut file = File::open(path).map_err(reading)?;
    // A table's directory is at its end, so it is no stream.
    if let Some(size) = input.size
        && begins_with(&mut file, parquet::MAGIC).map_err(reading)?
    {
        return Ok(Opened::Table(Box::new(Rows::open(path, file, size)?), stored.clone()));
    }
    let source = Source::of(path, metered(Box::new(file)), input.size).map_err(|error| error.at(Place::file(path)))?;
    Ok(Opened::Stream(Box::new(Blocks::new(source))))
}

/// Whether a file begins so; it is read from its beginning again.
fn begins_with(file: &mut File, magic: &[u8]) -> io::Result<bool> {
    let mut head = Vec::new();
    file.by_ref().take(magic.len() as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(head == magic)
}

/// An error in one line, without the place, which stands beside it.
fn reason(error: &Error) -> String {
    match error.helps().first() {
        None => error.what().to_owned(),
        Some(help) => format!("{} ({help})", error.what()),
    }
}

/// Looks at blocks until there are no more.
fn look_at_all(
    jobs: &Mutex<Receiver<Job>>,
    results: SyncSender<(u64, Looked)>,
    fingerprints: &Fingerprints,
    settings: Settings,
) {
    let mut looker = Looker::default();
    loop {
        let job = match jobs.lock() {
            Ok(jobs) => jobs.recv(),
            Err(_) => return,
        };
        let Ok(job) = job else { return };
        let owed = Owed::new(&results, job.number);
        if !owed.pay(looker.look(&job, fingerprints, settings)) {
            return;
        }
    }
}

/// What a thread keeps between blocks, so that nothing is allocated anew.
#[derive(Default)]
struct Looker {
    record: Record,
    queries: (QueryScratch, Vec<QueryFound>),
    documents: (DocumentScratch, Vec<DocumentFound>),
}

impl Looker {
    fn look(&mut self, job: &Job, fingerprints: &Fingerprints, settings: Settings) -> Looked {
        let Looker { record, queries, documents } = self;
        let mut looked = Looked { of: (job.place, job.file.clone(), job.block.line), ..Looked::default() };
        // Judgements are the strongest evidence: what queries cost takes nothing from them.
        let mut pairs = Effort::for_bytes(job.block.bytes.len());
        let effort = |is_over: bool| if is_over { Effort::none() } else { Effort::for_bytes(job.block.bytes.len()) };
        queries.0.begin(effort(job.over[0]));
        documents.0.effort = effort(job.over[1]);
        read::for_each_record(&job.block, record, |record| {
            queries.1.clear();
            documents.1.clear();
            fingerprints.queries.find(record, settings.query_similarity, &mut queries.0, &mut queries.1);
            fingerprints.documents.find(record, settings.document_similarity, &mut documents.0, &mut documents.1);
            if !queries.1.is_empty() || !documents.1.is_empty() {
                let found = (queries.1.as_slice(), documents.1.as_slice());
                matches::of_record(fingerprints, &job.file, record, found, &mut pairs, &mut looked.found);
            }
            looked.damaged += record.damaged;
        });
        looked.took_all = [queries.0.effort.ran_out(), documents.0.effort.ran_out()];
        let reasons = [
            (looked.took_all != [false; 2], Reason::Compared),
            (pairs.ran_out(), Reason::Paired),
            (looked.found.left_out, Reason::Listed),
            (job.over[0], Reason::QueriesOver),
            (job.over[1], Reason::DocumentsOver),
        ];
        looked.crowded.extend(reasons.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason));
        looked.found.sort();
        looked
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks;
    use super::super::tests::{DOCUMENT, fingerprints};
    use super::*;

    #[test]
    fn where_patience_is_over_queries_are_whole_texts_and_documents_none() {
        let query = "what is the difference between moths and butterflies";
        let prints = fingerprints(&[query], &[DOCUMENT]);
        let bytes = format!("{query}\tand {query}\n{DOCUMENT}\n").into_bytes();
        let block = Block { kind: blocks::Kind::Tabs, bytes, overlap: 0, line: 7, is_piece: false };
        let found = |over: [bool; 2]| {
            let job = Job { number: 0, place: 0, file: "a".into(), block: block.clone(), over };
            let looked = Looker::default().look(&job, &prints, Settings::default());
            let lines: Vec<u64> = looked.found.matches().map(|found| found.line).collect();
            (lines, looked.crowded)
        };
        assert_eq!(found([false; 2]), (vec![7, 7, 8], vec![]));
        assert_eq!(found([true, false]), (vec![7, 8], vec![Reason::Compared, Reason::QueriesOver]));
        assert_eq!(found([false, true]), (vec![7, 7], vec![Reason::Compared, Reason::DocumentsOver]));
    }
}
