//! What was found in a block: everything counted, and as much of it told as memory has room for.

use super::matches::{How, Kind, Match};
use super::tally::Tallies;

/// Matches of each kind that are told of a block; each has an excerpt, and takes about half a kilobyte.
pub const MOST: usize = 1 << 15;

/// A match by the numbers of what it is about, for counting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Numbered {
    pub(super) collection: u32,
    pub(super) query: u32,
    pub(super) document: u32,
    pub(super) kind: Kind,
    pub(super) how: How,
    /// Whether it is ordinary language: it is counted, and not told.
    pub(super) common: bool,
    /// Whether it stands there by no chance, see [`super::tally::Tally`].
    pub(super) evident: bool,
}

/// What was found in a block.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// All of it, counted.
    pub(super) tallies: Tallies,
    /// The matches that are told, each with the number of its collection.
    matches: Vec<(u32, Match)>,
    of_kind: [usize; 3],
    /// Whether matches were counted and not told, for there are too many.
    pub(super) left_out: bool,
}

impl Told {
    /// Counts a match, and has it written down where there is room.
    pub(super) fn add(&mut self, numbered: Numbered, write: impl FnOnce() -> Match) {
        self.tallies.add(&numbered);
        if numbered.common {
            return;
        }
        let of_kind = &mut self.of_kind[numbered.kind as usize];
        if *of_kind == MOST {
            self.left_out = true;
            return;
        }
        *of_kind += 1;
        self.matches.push((numbered.collection, write()));
    }

    /// Puts the matches in the order in which they are told.
    pub(super) fn sort(&mut self) {
        let order = |(collection, found): &(u32, Match)| (found.line, found.kind, *collection);
        self.matches.sort_by(|a, b| {
            order(a).cmp(&order(b)).then_with(|| (&a.1.id, &a.1.document).cmp(&(&b.1.id, &b.1.document)))
        });
    }

    /// The matches that are told.
    pub(super) fn matches(&self) -> impl Iterator<Item = &Match> {
        self.matches.iter().map(|(_, found)| found)
    }
}
