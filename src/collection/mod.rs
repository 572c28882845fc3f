//! Queries, documents and judgements: BEIR and TREC readers, and provenance, from which a role follows.
//!
//! From bytes to collections: [`source`] unpacks, [`lines`] cuts, [`columns`], [`jsonl`] and [`markup`] take a line
//! apart, and each kind of file has a reader. [`Location`] says where files are, [`Collection`] holds what was read.

pub mod ids;
mod qrels;
pub mod complaint;
pub mod source;
pub mod lines;
pub mod columns;
pub mod jsonl;
pub mod markup;
mod judgements;
mod queries;
mod documents;
mod location;
mod counts;
mod open;
mod provenance;

pub use crate::stats::Role;
pub use counts::{Counts, DocumentCounts, JudgementCounts, QueryCounts};
pub use documents::{Document, Documents};
pub use ids::{DocumentId, QueryId};
pub use judgements::{Judgements, read_judgements, read_qrels};
pub use location::Location;
pub use open::{Collection, read_texts};
pub use provenance::{Date, NotADate, Provenance};
pub use qrels::{Grade, Qrels};
pub use queries::{Queries, read_queries};

#[cfg(test)]
pub(crate) mod tests;
