//! Queries, documents and judgements: BEIR and TREC readers, and provenance, from which a role follows.

pub mod ids;
mod qrels;

pub use crate::stats::Role;
pub use ids::{DocumentId, QueryId};
pub use qrels::{Grade, Qrels};
