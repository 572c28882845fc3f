//! Queries, documents and judgements: BEIR and TREC readers, and provenance, from which a role follows.

pub mod ids;

pub use ids::{DocumentId, QueryId};
