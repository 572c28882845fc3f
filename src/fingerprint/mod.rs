//! What the gate knows before it looks at a score: whether collections are the ones it saw last time, and where their
//! queries, judgements and documents turn up.
//!
//! [`lock`] digests collections, writes `distilgate.lock` and names what has drifted. [`scan`] finds the texts of
//! collections in files of any size.

pub mod lock;
pub mod scan;
