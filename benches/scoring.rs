//! Scores pairs with one model, once for each line on standard input: the Rust side of `benches/scoring.py`.
//!
//! `scoring MODEL PAIRS.json [--threads N] [--max-length N] [--scores OUT.json] [--as-exported]`,
//! where `PAIRS.json` holds
//! `queries` and `documents` (texts by id) and `candidates` (lists of document ids by query id). Says what it is
//! ready with on the first line, then the seconds of each scoring on a line of its own. Reading the pairs and
//! starting the sessions are not part of those.

use distilgate::cache::default_folder;
use distilgate::collection::{DocumentId, QueryId};
use distilgate::config::ModelOptions;
use distilgate::onnx::{Runtime, Search};
use distilgate::ranker::{Ranker, Scores};
use distilgate::runs::{Run, Scored};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Instant;
use std::{env, fs, io};

#[derive(Deserialize)]
struct Pairs {
    queries: BTreeMap<QueryId, String>,
    documents: BTreeMap<DocumentId, String>,
    candidates: BTreeMap<QueryId, Vec<DocumentId>>,
}

#[allow(clippy::print_stdout, reason = "what a program that measures is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let value = |flag: &str| arguments.iter().skip_while(|argument| *argument != flag).nth(1);
    let number = |flag: &str| value(flag).map(|text| text.parse::<usize>()).transpose();
    let (Some(model), Some(pairs)) = (arguments.first(), arguments.get(1)) else {
        println!("usage: scoring MODEL PAIRS.json [--threads N] [--max-length N] [--scores OUT.json] [--as-exported]");
        return Ok(());
    };
    let pairs: Pairs = serde_json::from_slice(&fs::read(pairs)?)?;
    let scored = |document| Scored { document, score: 0.0 };
    let rankings = pairs.candidates.into_iter().map(|(query, list)| (query, list.into_iter().map(scored).collect()));
    let candidates = Run { queries: rankings.collect() };
    let search = Search::from_environment(&default_folder(|name| env::var_os(name))?, false);
    let runtime = Runtime::get(&search, &mut |_| ())?;
    let threads = number("--threads")?.unwrap_or(1);
    let options = ModelOptions { max_length: number("--max-length")?, ..ModelOptions::default() };
    let as_exported = arguments.iter().any(|argument| argument == "--as-exported");
    let open = if as_exported { Ranker::open_as_exported } else { Ranker::open };
    let start = Instant::now();
    let mut ranker = open(runtime, Path::new(model), &options, threads)?;
    let opened = start.elapsed().as_secs_f64();
    println!(
        "{}",
        serde_json::json!({
            "onnxruntime": runtime.found(), "model": ranker.describe(), "graph": ranker.graph(), "opened": opened
        })
    );
    for line in io::stdin().lines() {
        line?;
        let start = Instant::now();
        let scores = ranker.score(&pairs.queries, &candidates, &pairs.documents, &mut |_, _| ())?;
        println!("{}", start.elapsed().as_secs_f64());
        value("--scores").map_or(Ok(()), |path| save(path, &scores))?;
    }
    Ok(())
}

/// Scores by query id and document id.
fn save(path: &str, scores: &Scores) -> Result<(), Box<dyn Error>> {
    let row = |ranking: &Vec<Scored>| ranking.iter().map(|s| (s.document.clone(), s.score)).collect();
    let queries = scores.run.queries.iter();
    let rows: BTreeMap<&QueryId, BTreeMap<DocumentId, f64>> = queries.map(|(q, ranking)| (q, row(ranking))).collect();
    Ok(fs::write(path, serde_json::to_vec(&rows)?)?)
}
