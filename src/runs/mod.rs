//! Runs and score files: what a ranker said about queries and documents.

mod run;

pub use run::{Run, Scored, by_rank};
