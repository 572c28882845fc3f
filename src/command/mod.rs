//! A ranker that is a program of the user's: it reads pairs of query and document, and writes a score for each.
//!
//! The program reads a line of JSON for each pair, `{"query_id", "doc_id", "query", "text"}`, and writes
//! `{"query_id", "doc_id", "score"}` in any order. Every answer is kept under its texts as it arrives, so nothing is
//! asked twice, however often the program dies. [`Asker`] decides what is asked and how often; `talk.rs` is one
//! conversation; `process.rs` the process with its pipes; `lines.rs` the rules for what it writes. Nothing here knows
//! what the scores are for.

mod ask;
mod batch;
mod estimate;
mod kept;
mod lines;
mod process;
mod talk;

pub use ask::{Asker, Listener, Terms};
pub use batch::{Batch, Pair};
pub use estimate::{Estimate, estimate, tokens};
pub use kept::{ANSWERS, Identity, Kept};
pub use process::Program;

#[cfg(test)]
mod tests;
