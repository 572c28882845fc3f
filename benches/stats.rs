//! What the gate can reach for a grid of set-ups, and how long the statistics take: `cargo bench --bench stats`.
//!
//! Prints the table of the statistics page again, from 2000 made-up audits a cell (more with an argument).
#![allow(clippy::print_stdout)]

use distilgate::stats::*;
use std::time::Instant;

/// An outcome of the table: name, scale and true tau, deviation between queries, margin, effect.
type Row = (&'static str, f64, &'static [f64], f64, f64, f64);

const OUTCOMES: [Row; 3] = [
    ("gain", SCALE_GAIN, &[0.04], 0.20, 0.05, 0.1),
    ("excess gain", SCALE_EXCESS_GAIN, &[0.01, 0.03], 0.10, 0.05, 0.05),
    ("label residual", SCALE_LABEL_RESIDUAL, &[0.04, 0.1], 0.30, 0.20, 0.2),
];

const SHAPES: [(usize, usize); 4] = [(1, 2), (2, 2), (2, 4), (2, 8)];

const N_QUERIES: usize = 60;

fn main() {
    let draws = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(2000);
    println!(
        "| outcome | suspect, clean | tau | false alarms | innocent passes | effect | found in all | in one | leaky passes | 80 % in all | in one |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (name, scale, taus, sd, margin, effect) in OUTCOMES {
        for (suspects, clean) in SHAPES {
            for tau in taus {
                let setup = setup(suspects, clean, *tau, scale, sd, margin);
                let r = reach(&setup, &[effect], Simulation { draws, seed: 1 }).expect("the set-up is sound");
                let e = r.effects[0];
                let p = |x: f64| format!("{:.0} %", 100.0 * x);
                println!(
                    "| {name} | {suspects}, {clean} | {tau} | {} | {} | {effect} | {} | {} | {} | {:.3} | {:.3} |",
                    p(r.false_alarm),
                    p(r.passes_if_innocent),
                    p(e.found_in_all),
                    p(e.found_in_one),
                    p(e.leaky_passes),
                    r.smallest_in_all,
                    r.smallest_in_one
                );
            }
        }
    }
    println!();
    time();
}

fn setup(suspects: usize, clean: usize, tau: f64, scale: f64, sd: f64, margin: f64) -> Setup {
    let roles = [vec![Role::Suspect; suspects], vec![Role::Clean; clean]].concat();
    let collection = |role| PlannedCollection {
        name: String::new(),
        role,
        n_queries: N_QUERIES,
        query_variance: sd * sd,
        n_seeds: 1,
        seed_variance: 0.0,
    };
    Setup {
        collections: roles.into_iter().map(collection).collect(),
        tau,
        settings: ContrastSettings::with_scale(scale),
        margin,
        n_tests: 1,
    }
}

fn time() {
    let simulation = Simulation { draws: 400, seed: 1 };
    let effects = [0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15];
    let small = setup(2, 6, 0.02, SCALE_EXCESS_GAIN, 0.10, 0.05);
    clock("reach, 2 + 6 collections, 400 audits, 8 effects", || reach(&small, &effects, simulation).is_ok());
    let few = setup(2, 4, 0.02, SCALE_EXCESS_GAIN, 0.10, 0.05);
    clock("queries_needed", || queries_needed(&few, 0.0, simulation).is_ok());
    clock("collections_needed", || collections_needed(&few, 0.0, simulation).is_ok());
    println!(
        "{:?} queries, {:?} collections",
        queries_needed(&few, 0.0, simulation),
        collections_needed(&few, 0.0, simulation)
    );
    let values = |k: usize| one_seed(&(0..60).map(|i| 0.1 * ((i * i + k) as f64).sin()).collect::<Vec<_>>());
    let samples: Vec<Sample> = (0..6)
        .map(|k| Sample {
            name: k.to_string(),
            role: if k < 2 { Role::Suspect } else { Role::Clean },
            values: values(k),
        })
        .collect();
    let settings = ContrastSettings::with_scale(SCALE_EXCESS_GAIN);
    clock("contrast, 2 + 4 collections of 60 queries", || contrast(&samples, &settings).is_ok());
    let list = |q: usize| {
        let noise = |k: usize| (0..100).map(|d: usize| ((d * d * (k + 3) + q * 31) as f64).sin()).collect::<Vec<_>>();
        CandidateList {
            score: noise(1),
            relevant: (0..100).map(|d| d < 5).collect(),
            references: (2..7).map(noise).collect(),
        }
    };
    let lists: Vec<CandidateList> = (0..60).map(list).collect();
    clock("label_residual, 60 queries of 100 documents, 5 references", || label_residual(&lists).is_ok());
}

/// The shortest of five times.
fn clock(what: &str, run: impl Fn() -> bool) {
    let once = || {
        let start = Instant::now();
        assert!(run(), "{what}");
        start.elapsed()
    };
    println!("{what}: {:.2?}", (0..5).map(|_| once()).min().unwrap_or_default());
}
