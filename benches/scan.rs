//! How fast files are scanned, with one thread: `cargo bench --bench scan -- COLLECTION FILE...`
//!
//! Prints megabytes (10^6) and lines a second of the scan alone, fingerprints made before; median of five runs.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on should say where")]

use distilgate::collection::{Collection, Location};
use distilgate::fingerprint::scan::{FingerprintsBuilder, Listener, Settings, inputs, scan};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Runs of which the median is taken.
const RUNS: usize = 5;

struct Silent;

impl Listener for Silent {
    fn reached(&self, _stored: u64, _unpacked: u64) {}
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [folders, files @ ..] = arguments.as_slice() else {
        println!("usage: cargo bench --bench scan -- COLLECTION[,COLLECTION...] FILE...");
        return;
    };
    let open = |folder: &str| Collection::open(folder, &Location::folder(Path::new(folder), None).unwrap()).unwrap();
    let collections: Vec<Collection> = folders.split(',').map(open).collect();
    let start = Instant::now();
    let mut builder = FingerprintsBuilder::default();
    collections.iter().for_each(|collection| builder.add(collection, 1));
    let fingerprints = builder.build().unwrap();
    println!("fingerprints of {} collections: {:.2} s", collections.len(), start.elapsed().as_secs_f64());
    for file in files {
        let (found, _) = inputs(&[PathBuf::from(file)]);
        let mut seconds = Vec::new();
        let mut seen = (0, 0, 0);
        for _ in 0..RUNS {
            let start = Instant::now();
            let mut matches = 0;
            let scanned = scan(&found, &fingerprints, Settings::default(), &Silent, |_| {
                matches += 1;
                Ok(())
            });
            seconds.push(start.elapsed().as_secs_f64());
            let scanned = scanned.unwrap();
            seen = (scanned.bytes, scanned.lines, matches);
        }
        seconds.sort_by(f64::total_cmp);
        let median = seconds[RUNS / 2];
        let (bytes, lines, matches) = seen;
        println!(
            "{file}: {:.1} MB/s, {:.0} lines/s, {matches} matches",
            bytes as f64 / 1e6 / median,
            lines as f64 / median
        );
    }
}
