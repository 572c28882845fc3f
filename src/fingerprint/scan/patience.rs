//! When the rest of a file is not compared any more: where block after block takes all the effort that it may.
//!
//! Which blocks those are depends on the file alone, not on how many threads look nor how fast: a block is judged by
//! blocks that are so far before it that they were told before it is read.

/// So many blocks in a row that take all their effort, and those that follow far enough behind are not compared.
pub const ROW: u64 = 16;

/// So many blocks behind. No more may be under way at a time.
pub const BEHIND: u64 = 64;

/// What the blocks of a file took, for queries and for documents.
#[derive(Clone, Debug, Default)]
pub(super) struct Patience {
    /// Which of the files it is.
    place: usize,
    blocks: u64,
    /// How many of the last blocks in a row took all effort.
    row: [u64; 2],
    /// The block that ended the first row that is long enough.
    ended: [Option<u64>; 2],
}

impl Patience {
    /// Takes down whether the next block of a file took all effort.
    pub(super) fn add(&mut self, place: usize, took_all: [bool; 2]) {
        if self.place != place {
            *self = Patience { place, ..Patience::default() };
        }
        for (kind, took_all) in took_all.into_iter().enumerate() {
            self.row[kind] = if took_all { self.row[kind] + 1 } else { 0 };
            if self.row[kind] == ROW {
                self.ended[kind].get_or_insert(self.blocks);
            }
        }
        self.blocks += 1;
    }

    /// Whether a block of a file, counted from zero, is not compared; all that are [`BEHIND`] before it were taken down.
    pub(super) fn is_over(&self, place: usize, block: u64) -> [bool; 2] {
        self.ended.map(|ended| self.place == place && ended.is_some_and(|ended| ended + BEHIND <= block))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_row_ends_it_and_what_is_known_early_changes_nothing() {
        let mut patience = Patience::default();
        // Fifteen are no row, whatever follows them; then sixteen are.
        for block in 0..40 {
            patience.add(3, [block != 15, false]);
        }
        let first = 31 + BEHIND;
        assert_eq!(patience.is_over(3, first - 1), [false, false]);
        assert_eq!(patience.is_over(3, first), [true, false]);
        (40..200).for_each(|_| patience.add(3, [false, true]));
        assert_eq!(patience.is_over(3, first - 1), [false, false]);
        assert_eq!(patience.is_over(3, first), [true, false]);
        assert_eq!(patience.is_over(3, 55 + BEHIND), [true, true]);
        assert_eq!(patience.is_over(4, first), [false, false]);
        patience.add(4, [true, true]);
        assert_eq!(patience.is_over(4, first), [false, false]);
    }
}
