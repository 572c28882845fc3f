//! Which words stand in a window of a text, in two looks: a bit for each word, joined over stretches of 2, 4, 8 ... words.
//!
//! A window is the union of two such stretches that overlap (a sparse table, as Bender and Farach-Colton 2000 use one for
//! minima). Bits are the last seven of a word's number (128 of them: with 64, windows of forty
//! words have half of all bits by chance), so a window may seem to have a word that it has not, and
//! never lacks one that it has.

/// A word that no query has.
pub const UNKNOWN: u32 = u32::MAX;

/// Stretches of 2 to the power of this are the longest: windows of up to 64 words.
const LEVELS: usize = 6;

/// Longer texts are not gone through beforehand: every word takes a hundred bytes.
const MOST_WORDS: usize = 1 << 19;

/// The longest window that can be asked for.
pub const LONGEST: usize = 1 << LEVELS;

/// The bit of a word.
#[inline]
pub fn bit(word: u32) -> u128 {
    1 << (word % 128)
}

/// The bits of the words of a text.
#[derive(Clone, Debug, Default)]
pub struct Unions {
    /// The union of the `2^level` words from each place on.
    levels: [Vec<u128>; LEVELS + 1],
    /// Whether they were taken: a text may be too long.
    is_known: bool,
}

impl Unions {
    /// Takes the words of a text.
    pub fn fill(&mut self, numbers: &[u32]) {
        self.is_known = numbers.len() <= MOST_WORDS;
        let numbers = if self.is_known { numbers } else { &[] };
        let bits = numbers.iter().map(|number| if *number == UNKNOWN { 0 } else { bit(*number) });
        self.levels[0].clear();
        self.levels[0].extend(bits);
        for level in 1..=LEVELS {
            let (shorter, longer) = self.levels.split_at_mut(level);
            let (shorter, longer) = (&shorter[level - 1], &mut longer[0]);
            let step = 1 << (level - 1);
            longer.clear();
            longer.extend(shorter.iter().zip(shorter.iter().skip(step)).map(|(a, b)| a | b));
        }
    }

    /// The bits of all words of a window, which must be of one word at least and of [`LONGEST`] at most; all bits where
    /// the text is too long.
    #[inline]
    pub fn of(&self, first: usize, end: usize) -> u128 {
        if !self.is_known {
            return u128::MAX;
        }
        let level = (end - first).ilog2() as usize;
        let stretches = &self.levels[level];
        stretches[first] | stretches[end - (1 << level)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_is_too_long_may_have_every_word() {
        let mut unions = Unions::default();
        unions.fill(&vec![1; MOST_WORDS + 1]);
        assert_eq!(unions.of(3, 5), u128::MAX);
        unions.fill(&[1; 8]);
        assert_eq!(unions.of(3, 5), bit(1));
    }

    proptest! {
        #[test]
        fn a_window_has_the_bits_of_its_words(
            numbers in proptest::collection::vec(prop_oneof![0_u32..500, Just(UNKNOWN)], 1..200),
            (from, long) in (0.0..1.0, 0.0..1.0),
        ) {
            let mut unions = Unions::default();
            // Another text was there before.
            unions.fill(&[1; 300]);
            unions.fill(&numbers);
            let first = (from * numbers.len() as f64) as usize;
            let most = (numbers.len() - first).min(LONGEST);
            let end = first + 1 + (long * most as f64) as usize % most;
            let expected = numbers[first..end].iter().filter(|n| **n != UNKNOWN).fold(0, |all, n| all | bit(*n));
            prop_assert_eq!(unions.of(first, end), expected);
        }
    }
}
