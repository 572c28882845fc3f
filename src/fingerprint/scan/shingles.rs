//! Shingles: the runs of [`SIZE`] words of a text, each as one digest.

use super::words::Word;

/// Words in a shingle. One changed word changes as many shingles.
pub const SIZE: usize = 5;

/// The base of the rolling digest: odd, with its bits spread.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// Calls `each` with the place of each shingle's first word and its digest.
///
/// The digest is a polynomial of the words' digests, which rolls on in two multiplications (Karp and Rabin 1987), and
/// then the finaliser of xxh3, which spreads its bits.
pub fn for_each(words: &[Word], mut each: impl FnMut(usize, u64)) {
    let top = (1..SIZE).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut rolling = 0_u64;
    for (place, word) in words.iter().enumerate() {
        if place >= SIZE {
            rolling = rolling.wrapping_sub(words[place - SIZE].hash.wrapping_mul(top));
        }
        rolling = rolling.wrapping_mul(BASE).wrapping_add(word.hash);
        if place + 1 >= SIZE {
            each(place + 1 - SIZE, avalanche(rolling));
        }
    }
}

/// XXH3's avalanche.
fn avalanche(mut hash: u64) -> u64 {
    hash ^= hash >> 37;
    hash = hash.wrapping_mul(0x1656_6791_9E37_79F9);
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(hashes: &[u64]) -> Vec<Word> {
        hashes.iter().map(|hash| Word { hash: *hash, start: 0, end: 0 }).collect()
    }

    proptest! {
        #[test]
        fn a_shingle_depends_on_its_words_alone(before: Vec<u64>, shingle: [u64; SIZE], after: Vec<u64>) {
            let mut alone = None;
            for_each(&words(&shingle), |_, hash| alone = Some(hash));
            let mut within = None;
            let text = [before.as_slice(), &shingle, &after].concat();
            for_each(&words(&text), |place, hash| if place == before.len() { within = Some(hash) });
            prop_assert_eq!(alone, within);
        }
    }
}
