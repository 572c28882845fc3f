//! Canaries: queries with two documents each, one of which a coin made the relevant one.
//!
//! Nobody can prefer the labelled documents by skill, for there is nothing in them to see; whoever does has read the
//! labels. The test is exact whatever a teacher prefers, for the coin is what is random (Fisher 1935, *The Design of
//! Experiments*). Three things are made: the **published part**, an ordinary collection that goes where a teacher might
//! read it; the **key**, which says what the labels are and stays here; and the **lock** with a salted commitment to the
//! key, which is committed to version control, so that the labels can later be shown to be older than the teacher.

mod key;
mod mint;
mod publish;
mod verify;

pub use key::{Key, LabelledPair, Lock, read_key, read_lock};
pub use mint::{Pair, matched_pairs};
pub use publish::{content, label, publish};
pub use verify::{Tally, hold, tally};

/// The fewest pairs: with fewer not even all of them reject at 5 %.
pub const FEWEST_PAIRS: u32 = 5;

/// The usual name of the lock.
pub const LOCK_NAME: &str = "canary.lock";
