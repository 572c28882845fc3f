//! Finds queries, judgements and documents of collections in other files, exactly and nearly.
//!
//! From bytes to matches, a file for each step: [`walk`] says which files, [`blocks`] reads them in pieces of whole lines,
//! [`read`] makes [`record`]s of a block, [`words`] cuts their texts, [`queries`] and [`documents`] find, [`matches`] says
//! what was found, [`told`] keeps it, [`run`] does it all with every core, and [`seen`] joins what several scans saw. [`index`] makes the fingerprints that are looked for.

mod align;
mod alike;
mod blocks;
mod crowd;
mod documents;
mod effort;
mod enough;
mod index;
mod json;
mod matches;
mod near;
mod order;
mod parquet;
mod patience;
mod queries;
mod query;
mod read;
mod record;
mod run;
mod seen;
mod shingles;
mod surprise;
mod table;
mod tally;
mod told;
mod typos;
mod unions;
mod walk;
mod words;

pub use alike::{Alike, alike};
pub use index::{Fingerprinted, Fingerprints, FingerprintsBuilder};
pub use matches::{How, Kind, Match};
pub use query::ALIGNED;
pub use run::{Listener, Scanned, Settings, Unread, scan, see};
pub use seen::Seen;
pub use tally::{Counted, Tallies, Tally};
pub use walk::{Input, inputs};

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
