//! Runs and score files: what a ranker said about queries and documents.

mod run;
mod format;
mod row;
mod read;
mod write;
mod coverage;
mod evaluate;

pub use coverage::{Coverage, coverage};
pub use evaluate::{Evaluation, evaluate, value};
pub use format::Format;
pub use read::{Reading, read, read_as, read_counted};
pub use run::{Run, Scored, by_rank};
pub use write::write_trec;

#[cfg(test)]
mod tests;
