//! How fast BM25 indexes and searches: `cargo bench --bench bm25 -- [--runs FOLDER] COLLECTION...`
//!
//! A line per collection (BEIR layout): its name, documents, seconds to read and index them, judged queries, seconds
//! to search them all for 100 documents; tabs between. Each is done five times, and the median counts. With `--runs` what was found is written as NAME.run.
//! `benches/bm25.py` calls this, and sets it beside another implementation.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use distilgate::collection::{Collection, Location};
use distilgate::config::Bm25;
use distilgate::retrieve::Index;
use distilgate::runs::{Run, write_trec};
use distilgate::{Error, Result};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Instant;

const DEPTH: usize = 100;
const REPEATS: usize = 5;

fn main() -> Result<()> {
    let mut runs = None;
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--runs" => runs = arguments.next().map(PathBuf::from),
            folder => measure(Path::new(folder), runs.as_deref())?,
        }
    }
    Ok(())
}

fn measure(folder: &Path, runs: Option<&Path>) -> Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut collection = Collection::open(&name, &Location::folder(folder, Some("test"))?)?;
    collection.queries.retain(|query, _| collection.qrels.queries.contains_key(query));

    let (indexing, index) = median(|| {
        let documents = collection.documents()?.map(|document| document.map(|d| (d.id.clone(), d.joined())));
        Index::build(documents, &Bm25::default())
    })?;
    let (searching, run) = median(|| Ok(index.run(&collection.queries, DEPTH)))?;

    println!("{name}\t{}\t{indexing:.3}\t{}\t{searching:.4}", index.len(), run.queries.len());
    runs.map_or(Ok(()), |runs| write(&run, &runs.join(format!("{name}.run"))))
}

/// Does something several times: the median of the seconds, and the last result.
fn median<T>(mut act: impl FnMut() -> Result<T>) -> Result<(f64, T)> {
    let mut seconds = Vec::new();
    loop {
        let start = Instant::now();
        let result = act()?;
        seconds.push(start.elapsed().as_secs_f64());
        if seconds.len() == REPEATS {
            seconds.sort_by(f64::total_cmp);
            return Ok((seconds[REPEATS / 2], result));
        }
    }
}

fn write(run: &Run, path: &Path) -> Result<()> {
    let written = File::create(path).and_then(|file| write_trec(run, "bm25", BufWriter::new(file)));
    written.map_err(|error| Error::writing(path, error))
}
