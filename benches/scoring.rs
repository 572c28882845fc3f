//! Scores pairs with one model and says how long it took: the Rust side of `benches/scoring.py`.
//!
//! `scoring MODEL PAIRS.json [--threads N] [--repeat N] [--max-length N] [--scores OUT.json]`, where `PAIRS.json`
//! holds `queries` and `documents` (texts by id) and `candidates` (lists of document ids by query id). Prints one
//! JSON object; reading the pairs and starting the sessions are not part of the times.

use distilgate::cache::default_folder;
use distilgate::collection::{DocumentId, QueryId};
use distilgate::config::ModelOptions;
use distilgate::onnx::{Runtime, Search};
use distilgate::ranker::Ranker;
use distilgate::runs::{Run, Scored};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;
use std::{env, fs};

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
    let (Some(model), Some(pairs)) = (arguments.first(), arguments.get(1)) else {
        println!("usage: scoring MODEL PAIRS.json [--threads N] [--repeat N] [--max-length N] [--scores OUT.json]");
        return Ok(());
    };
    let number = |flag: &str| value(flag).map(|text| text.parse::<usize>()).transpose();
    let pairs: Pairs = serde_json::from_slice(&fs::read(pairs)?)?;
    let scored = |document| Scored { document, score: 0.0 };
    let rankings = pairs.candidates.into_iter().map(|(query, list)| (query, list.into_iter().map(scored).collect()));
    let candidates = Run { queries: rankings.collect() };
    let search = Search::from_environment(&default_folder(|name| env::var_os(name))?, false);
    let runtime = Runtime::get(&search, &mut |_| ())?;
    let options = ModelOptions { max_length: number("--max-length")?, ..ModelOptions::default() };
    let threads = number("--threads")?.unwrap_or(1);
    let start = Instant::now();
    let mut ranker = Ranker::open(runtime, &PathBuf::from(model), &options, threads)?;
    let opened = start.elapsed().as_secs_f64();
    let mut seconds = Vec::new();
    for _ in 0..number("--repeat")?.unwrap_or(1) {
        let start = Instant::now();
        let scores = ranker.score(&pairs.queries, &candidates, &pairs.documents, &mut |_, _| ())?;
        seconds.push(start.elapsed().as_secs_f64());
        if let Some(path) = value("--scores") {
            let row = |ranking: &Vec<Scored>| ranking.iter().map(|s| (s.document.clone(), s.score)).collect();
            let rows: BTreeMap<&QueryId, BTreeMap<DocumentId, f64>> =
                scores.run.queries.iter().map(|(query, ranking)| (query, row(ranking))).collect();
            fs::write(path, serde_json::to_vec(&rows)?)?;
        }
    }
    let version = runtime.found().version.as_deref().unwrap_or("unknown");
    println!("{}", serde_json::json!({ "onnxruntime": version, "opened": opened, "seconds": seconds }));
    Ok(())
}
