//! How fast collections and runs are read, and in how much memory: `cargo bench --bench reading -- FOLDER...`
//!
//! Each reading is done five times, and the median counts. The run is made here: 1,000 queries with 1,000 documents.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use distilgate::Result;
use distilgate::collection::lines::Lines;
use distilgate::collection::{Collection, Location};
use distilgate::runs;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const REPEATS: usize = 5;

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    println!("{:<44} {:>10} {:>10} {:>10}", "", "ms", "MB/s", "peak MB");
    let folders = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).map(PathBuf::from);
    for folder in folders {
        bench_collection(&folder)?;
    }
    let run = made_run()?;
    bench("made run, 1,000 x 1,000: read", &[run.path()], || runs::read(run.path()).map(drop))?;
    let made = runs::read(run.path())?;
    let mut written = Vec::new();
    bench("made run, 1,000 x 1,000: write", &[run.path()], || {
        written.clear();
        runs::write_trec(&made, "made", &mut written).map_err(|error| distilgate::Error::writing("memory", error))
    })?;
    Ok(())
}

fn bench_collection(folder: &Path) -> Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let location = Location::folder(folder, None)?;
    let texts: Vec<&Path> = location.files().skip(1).collect();
    bench(&format!("{name}: queries and judgements"), &texts, || Collection::open(&name, &location).map(drop))?;
    let mut collection = Collection::open(&name, &location)?;
    let corpus: Vec<&Path> = location.files().take(1).collect();
    bench(&format!("{name}: lines of the corpus"), &corpus, || {
        corpus.iter().try_for_each(|path| size(path).map(drop))
    })?;
    bench(&format!("{name}: survey of the corpus"), &corpus, || collection.survey())?;
    bench(&format!("{name}: documents, owned"), &corpus, || {
        collection.documents()?.try_for_each(|document| document.map(drop))
    })?;
    let judged = collection.qrels.queries.values().flat_map(|documents| documents.keys().cloned()).collect();
    bench(&format!("{name}: texts of judged documents"), &corpus, || collection.texts_of(&judged).map(drop))
}

/// Times a reading and prints its line.
fn bench(what: &str, files: &[&Path], mut read: impl FnMut() -> Result<()>) -> Result<()> {
    let bytes: u64 = files.iter().map(|path| size(path)).sum::<Result<u64>>()?;
    reset_peak();
    let mut times = Vec::new();
    for _ in 0..REPEATS {
        let start = Instant::now();
        read()?;
        times.push(start.elapsed());
    }
    times.sort();
    let median: Duration = times[REPEATS / 2];
    let rate = bytes as f64 / 1e6 / median.as_secs_f64();
    println!("{what:<44} {:>10.1} {rate:>10.0} {:>10.1}", median.as_secs_f64() * 1e3, peak_megabytes());
    Ok(())
}

/// The unpacked bytes of a file, without line breaks.
fn size(path: &Path) -> Result<u64> {
    let mut lines = Lines::open(path)?;
    let mut bytes = 0;
    while let Some(line) = lines.next_line()? {
        bytes += line.text().map_or(0, str::len) as u64;
    }
    Ok(bytes)
}

/// A run as rankers write it, with scores that fall and documents in no order.
fn made_run() -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new()?;
    let mut to = std::io::BufWriter::new(&mut file);
    for query in 0..1000_u64 {
        for rank in 1..=1000_u64 {
            let document = (query * 7919 + rank * 104_729) % 8_841_823;
            let score = 30.0 - (rank as f64).ln() * 3.7 - query as f64 / 1e5;
            writeln!(to, "{} Q0 {document} {rank} {score:.6} made", 1_000_000 + query)?;
        }
    }
    to.flush()?;
    drop(to);
    Ok(file)
}

/// Linux forgets the peak when asked to; elsewhere it only grows.
fn reset_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

fn peak_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
}
