//! What a scan saw of some files, before it is counted: what several scans saw of different files can be joined, and then
//! counts as if one had seen them all. A query that stands in files of two shares is one query.

use super::run::{Scanned, Unread};
use super::tally::{Tallies, Tally};
use serde::{Deserialize, Serialize};

/// What was seen of some files. Files are known by their numbers among all that are scanned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The collections that were looked for, with how much of each, and nothing found.
    pub sought: Vec<Tally>,
    /// What was found, by its number in its collection.
    pub tallies: Tallies,
    /// Files that were read, or begun.
    pub files: u64,
    /// Bytes that were read, unpacked.
    pub bytes: u64,
    /// Lines that were read.
    pub lines: u64,
    /// Files that could not be read, or not to their ends, in their order.
    pub unread: Vec<(usize, Unread)>,
    /// Texts that are not wholly UTF-8.
    pub damaged_texts: u64,
    /// Lines too long to be records.
    pub long_lines: u64,
}

impl Seen {
    /// Adds what another scan saw: of other files, looking for the same.
    pub fn join(&mut self, other: Seen) {
        if self.sought.is_empty() {
            self.sought = other.sought;
        }
        self.tallies.join(other.tallies);
        self.files = self.files.saturating_add(other.files);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.lines = self.lines.saturating_add(other.lines);
        self.damaged_texts = self.damaged_texts.saturating_add(other.damaged_texts);
        self.long_lines = self.long_lines.saturating_add(other.long_lines);
        self.unread.extend(other.unread);
        self.unread.sort_by_key(|(number, _)| *number);
    }

    /// Gives the files other numbers: the one with number `n` becomes `numbers[n]`.
    ///
    /// A scan of some of the files numbers those; what it saw can be joined once they have their numbers among all.
    pub fn renumbered(mut self, numbers: &[usize]) -> Seen {
        for (number, _) in &mut self.unread {
            *number = numbers.get(*number).copied().unwrap_or(*number);
        }
        self
    }

    /// Counts it.
    pub fn scanned(self) -> Scanned {
        Scanned {
            collections: self.tallies.of(self.sought),
            files: self.files,
            bytes: self.bytes,
            lines: self.lines,
            unread: self.unread.into_iter().map(|(_, unread)| unread).collect(),
            damaged_texts: self.damaged_texts,
            long_lines: self.long_lines,
        }
    }
}
