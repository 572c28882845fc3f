//! `distilgate.lock`: digests of collections, and what has drifted since they were taken.
//!
//! From a collection to a [`Print`] ([`print`](mod@self)): counts, a SHA-256 of each part that does not depend on order, and a
//! tag per item. From prints to a [`Lock`], and back to a file that a person can read in a diff. From a lock and a
//! print to a [`Drift`], which names what was added, removed and changed. [`Seal`] says whether digests are keyed.
//! Nothing here knows of a configuration.

mod drift;
mod file;
mod names;
mod part;
mod print;
mod render;
mod salt;
mod seal;
mod update;

pub use drift::{Changes, Drift, MOST_NAMES, Named, PartDrift, drift};
pub use file::{FILE, Lock, Locked, VERSION, read};
pub use part::Part;
pub use print::{Content, Detail, Print};
pub use render::render;
pub use salt::{SALT_FILE, SALT_VARIABLE, Salt};
pub use seal::Seal;
pub use update::updated;

#[cfg(test)]
mod tests;
