//! How long measuring takes in memory: 1,000 queries with 1,000 results each, 100 judgements a query.
//!
//! Prints a line for each case: what, measures, median nanoseconds; `measures.py` puts pytrec_eval beside it.
//! `rank` sorts shuffled results first, which pytrec_eval does as well; `measure` takes a run that is in order, as
//! every run of this crate is.

#![allow(clippy::print_stdout)]

use distilgate::collection::Qrels;
use distilgate::measure::Measure;
use distilgate::runs::{Run, Scored, by_rank, evaluate};
use std::hint::black_box;
use std::time::Instant;

const QUERIES: u64 = 1_000;
const RESULTS: u64 = 1_000;
const JUDGED: u64 = 100;
const ROUNDS: usize = 11;

fn main() {
    let (qrels, shuffled) = (qrels(), shuffled());
    let ranked = ranked(shuffled.clone());
    for names in ["nDCG@10", "nDCG@10 AP RR P@10 R@100"] {
        let measures: Vec<Measure> = names.split(' ').map(|name| name.parse().expect("a supported measure")).collect();
        let both = median(|| shuffled.clone(), |run| evaluate(&qrels, &self::ranked(run), &measures));
        let measured = median(|| (), |()| evaluate(&qrels, &ranked, &measures));
        println!("rank and measure\t{names}\t{both}");
        println!("measure\t{names}\t{measured}");
    }
}

/// The median time of several rounds, in nanoseconds; what `prepare` does is not counted.
fn median<T, U>(prepare: impl Fn() -> T, work: impl Fn(T) -> U) -> u128 {
    let round = |_| {
        let input = prepare();
        let start = Instant::now();
        let output = black_box(work(black_box(input)));
        let elapsed = start.elapsed().as_nanos();
        drop(output);
        elapsed
    };
    let mut times: Vec<u128> = (0..ROUNDS).map(round).collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

/// Every tenth result of a query is judged, with a grade from 0 to 3.
fn qrels() -> Qrels {
    let mut qrels = Qrels::default();
    for query in 0..QUERIES {
        let judgements = qrels.queries.entry(format!("q{query}").as_str().into()).or_default();
        for n in 0..JUDGED {
            judgements.insert(document(query, n * RESULTS / JUDGED), (mixed(query * JUDGED + n) % 4) as i32);
        }
    }
    qrels
}

/// Results in the order of their documents, with scores that are not.
fn shuffled() -> Run {
    let mut run = Run::default();
    for query in 0..QUERIES {
        let scored =
            |n| Scored { document: document(query, n), score: (mixed(query * RESULTS + n) >> 40) as f64 / 1e4 };
        run.queries.insert(format!("q{query}").as_str().into(), (0..RESULTS).map(scored).collect());
    }
    run
}

fn ranked(mut run: Run) -> Run {
    run.queries.values_mut().for_each(|ranking| ranking.sort_unstable_by(by_rank));
    run
}

fn document(query: u64, n: u64) -> distilgate::collection::DocumentId {
    format!("D{:07}", mixed(query << 32 | n) % 10_000 * 1_000 + n).as_str().into()
}

/// The output function of SplitMix64 (Steele, Lea and Flood 2014): well mixed bits from a counter.
fn mixed(n: u64) -> u64 {
    let z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
