//! Whether the blind classifier is right about real collections: `cargo bench --bench twins -- FOLDER [SPLITS]`.
//!
//! FOLDER holds BEIR folders. Random halves of one collection are alike, and should be told apart in as many of a hundred
//! splits as alpha says; different collections are not, and should be told apart always.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use distilgate::audit::blind::{Look, Profile, blind, profiles};
use distilgate::collection::{Collection, Location, QueryId};
use distilgate::config::Bm25;
use distilgate::retrieve::Index;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::path::Path;
use std::time::Instant;

const ALPHA: f64 = 0.05;
/// Queries of each side.
const SIZES: [usize; 3] = [15, 30, 60];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let folder = args.first().expect("name a folder with BEIR folders");
    let splits: usize = args.get(1).map_or(200, |n| n.parse().unwrap());
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("qrels").is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let all: Vec<(String, Vec<Profile>)> =
        names.iter().map(|name| (name.clone(), read(&Path::new(folder).join(name), None))).collect();
    let mut random = ChaCha8Rng::seed_from_u64(1);
    println!("| collection | queries of each half | told apart, of {splits} splits | mean AUC |\n|---|---|---|---|");
    for (name, queries) in &all {
        for size in SIZES.into_iter().filter(|size| 2 * size <= queries.len()) {
            let (told, auc) = halves(queries, size, splits, &mut random);
            println!("| {name} | {size} | {:.1} % | {auc:.2} |", 100.0 * told);
        }
    }
    println!(
        "\n| one | other | queries of each | told apart, of 20 draws | mean AUC | by |\n|---|---|---|---|---|---|"
    );
    for (i, (one, a)) in all.iter().enumerate() {
        for (other, b) in &all[i + 1..] {
            for size in SIZES.into_iter().filter(|size| *size <= a.len().min(b.len())) {
                let (told, auc, by) = draws(a, b, size, &mut random);
                println!("| {one} | {other} | {size} | {told} | {auc:.2} | {by} |");
            }
        }
    }
    println!(
        "\n| collection | test against train queries, of each | told apart, of 20 draws | mean AUC | by |\n|---|---|---|---|---|"
    );
    for (name, test) in &all {
        let path = Path::new(folder).join(name);
        if !path.join("qrels/train.tsv").exists() && !path.join("qrels/train.tsv.gz").exists() {
            continue;
        }
        let train = read(&path, Some("train"));
        for size in SIZES.into_iter().filter(|size| *size <= test.len().min(train.len())) {
            let (told, auc, by) = draws(test, &train, size, &mut random);
            println!("| {name} | {size} | {told} | {auc:.2} | {by} |");
        }
    }
    let start = Instant::now();
    let (name, largest) = all.iter().max_by_key(|(_, queries)| queries.len()).unwrap();
    let size = (largest.len() / 2).min(200);
    let _ = blind(&largest[..size], &largest[size..2 * size], ALPHA);
    println!("\n{size} queries of {name} against {size}: {:.2} s", start.elapsed().as_secs_f64());
}

/// Twenty draws of so many queries of each: how many were told apart, the mean area, and what told the last ones.
fn draws(a: &[Profile], b: &[Profile], size: usize, random: &mut ChaCha8Rng) -> (usize, f64, String) {
    let (mut told, mut sum, mut by) = (0, 0.0, String::new());
    for _ in 0..20 {
        let found = blind(&draw(a, size, random), &draw(b, size, random), ALPHA).unwrap();
        told += usize::from(found.p <= ALPHA);
        sum += found.auc;
        by = found.tells[0].what.clone();
    }
    (told, sum / 20.0, by)
}

fn read(folder: &Path, split: Option<&str>) -> Vec<Profile> {
    let collection = Collection::open("c", &Location::folder(folder, split).unwrap()).unwrap();
    let documents = collection.documents().unwrap().map(|d| d.map(|d| (d.id.clone(), d.joined())));
    let index = Index::build(documents, &Bm25::default()).unwrap();
    let judged = collection.qrels.queries.iter().filter(|(_, grades)| grades.values().any(|grade| *grade > 0));
    let queries: Vec<QueryId> = judged.map(|(query, _)| query.clone()).take(400).collect();
    let texts = queries.iter().map(|query| (query.clone(), collection.queries[query].clone())).collect();
    let run = index.run(&texts, 50);
    let measure = "nDCG@10".parse().unwrap();
    profiles(Look { collection: &collection, rel: 1, bm25: Some(&run), measure: &measure }, &queries)
}

fn halves(queries: &[Profile], size: usize, splits: usize, random: &mut ChaCha8Rng) -> (f64, f64) {
    let (mut told, mut sum) = (0, 0.0);
    for _ in 0..splits {
        let drawn = draw(queries, 2 * size, random);
        let found = blind(&drawn[..size], &drawn[size..], ALPHA).unwrap();
        told += usize::from(found.p <= ALPHA);
        sum += found.auc;
    }
    (told as f64 / splits as f64, sum / splits as f64)
}

/// So many queries, in a random order.
fn draw(queries: &[Profile], size: usize, random: &mut ChaCha8Rng) -> Vec<Profile> {
    let mut places: Vec<usize> = (0..queries.len()).collect();
    for i in 0..size {
        let other = i + (random.next_u64() % (places.len() - i) as u64) as usize;
        places.swap(i, other);
    }
    places[..size].iter().map(|place| queries[*place].clone()).collect()
}
