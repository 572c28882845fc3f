//! Is there a better instrument than the label residual? `cargo bench --bench probes -- [--draws N] [--trained] DATA WORK`
//!
//! DATA holds the collections, WORK what `make.py` left: `bm25/COLLECTION.run` and `runs/SCORER/COLLECTION.run`. The
//! plan of scorers, references and suspects is `plan.tsv`. Prints the tables of `docs/probes.md`: how often each
//! instrument rejects innocent scorers, and how often it finds leaks that were planted or trained (the latter alone with
//! `--trained`), and how many audits stand behind each figure.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

mod data;
mod draws;
mod instruments;
mod least_squares;
mod tables;

use data::{load, plan};
use distilgate::stats::{CandidateList, label_residual};
use distilgate::{Error, Result};
use draws::{outcomes, positions, see};
use instruments::Instrument;
use std::path::{Path, PathBuf};
use tables::Subject;

fn main() -> Result<()> {
    let (mut draws, mut folders, mut all) = (40, Vec::new(), true);
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--draws" => draws = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(draws),
            "--trained" => all = false,
            folder => folders.push(PathBuf::from(folder)),
        }
    }
    let [data, work] = folders.as_slice() else {
        return Err(Error::input("two folders are needed: the collections, and what make.py left"));
    };
    let plan = plan(&Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/probes/plan.tsv"), work)?;
    let subjects = plan
        .into_iter()
        .map(|scenario| Ok(Subject { scored: load(&scenario, data, work)?, scenario }))
        .collect::<Result<Vec<_>>>()?;
    for subject in &subjects {
        same_as_the_library(subject);
    }
    let scales = tables::scales(&subjects);
    if all {
        println!("## Innocent scorers");
        tables::null(&subjects, &scales, draws);
        tables::null_by_scorer(&subjects, scales[0], draws);
        println!("\n## Leaks");
        tables::planted(&subjects, &scales, draws / 2);
    }
    println!("\n### Trained leaks");
    tables::trained(&subjects, &scales, 10 * draws);
    Ok(())
}

/// The label residual of this bench is the library's, or nothing that it says about others would hold.
fn same_as_the_library(subject: &Subject) {
    let seen = see(Instrument::LabelResidual, &subject.scored);
    let values = outcomes(Instrument::LabelResidual, &seen, &positions(&subject.scored, None));
    for (collection, values) in subject.scored.iter().zip(values) {
        let list = |q: &data::Query| CandidateList {
            score: q.score.clone(),
            relevant: q.relevant.clone(),
            references: q.references.clone(),
        };
        let lists: Vec<CandidateList> = collection.queries.iter().map(list).collect();
        let library = label_residual(&lists).expect("the plan's collections have enough queries");
        let furthest = values.iter().zip(&library.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(furthest < 1e-6 && values.len() == library.values.len(), "{}: {furthest}", collection.name);
        println!(
            "{}\t{}\t{} queries\tb {:+.3}",
            subject.scenario.scorer,
            collection.name,
            values.len(),
            library.coefficient
        );
    }
}
