//! Whether one word is another with a letter or two mistyped.

/// More errors than these are not counted.
pub const MOST: usize = 2;

/// Places of one word that a letter of the other is compared with.
const WIDTH: usize = 2 * MOST + 1;

/// More errors than are counted.
const FAR: usize = MOST + 1;

/// The typing errors between a word in lower case and another in any: a letter lost, added, replaced, or exchanged with its
/// neighbour (the optimal string alignment distance). `None` where there are more than [`MOST`].
///
/// Only alignments that stray so far are looked at (Ukkonen 1985), so that two words of a megabyte take no longer than
/// reading them.
pub fn typos(word: &[u8], other: &[u8]) -> Option<usize> {
    if word.len().abs_diff(other.len()) > MOST {
        return None;
    }
    let letter = |place: usize| other[place - 1].to_ascii_lowercase();
    // Errors between the first letters of both, for as many of `other` as of `word`, less `MOST` up to more `MOST`.
    let mut before = [FAR; WIDTH];
    let mut above: [usize; WIDTH] = std::array::from_fn(|column| column.checked_sub(MOST).unwrap_or(FAR));
    for row in 1..=word.len() {
        let mut now = [FAR; WIDTH];
        for column in 0..WIDTH {
            let Some(place) = (row + column).checked_sub(MOST).filter(|place| *place <= other.len()) else { continue };
            if place == 0 {
                now[column] = row.min(FAR);
                continue;
            }
            let mut least = above[column] + usize::from(letter(place) != word[row - 1]);
            if column + 1 < WIDTH {
                least = least.min(above[column + 1] + 1);
            }
            if column > 0 {
                least = least.min(now[column - 1] + 1);
            }
            if row > 1 && place > 1 && letter(place) == word[row - 2] && letter(place - 1) == word[row - 1] {
                least = least.min(before[column] + 1);
            }
            now[column] = least.min(FAR);
        }
        if now == [FAR; WIDTH] && above == [FAR; WIDTH] {
            return None;
        }
        (before, above) = (above, now);
    }
    Some(above[other.len() + MOST - word.len()]).filter(|errors| *errors <= MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_words_are_compared_at_once() {
        let long = "ab".repeat(200_000);
        let mut other = long.clone().into_bytes();
        other.swap(3, 4);
        other.pop();
        assert_eq!(typos(long.as_bytes(), &other), Some(2));
        assert_eq!(typos(long.as_bytes(), "abc".repeat(133_333).as_bytes()), None);
    }

    fn known(word: &str, other: &str) -> Option<usize> {
        Some(strsim::osa_distance(word, &other.to_lowercase())).filter(|errors| *errors <= MOST)
    }

    proptest! {
        #[test]
        fn it_is_the_distance_as_far_as_that_is_small(word in "[ab]{0,9}", other in "[abcA]{0,9}") {
            prop_assert_eq!(typos(word.as_bytes(), other.as_bytes()), known(&word, &other));
        }

        #[test]
        fn edited_words_are_told(word in "[a-d]{1,20}", at in 0_usize..20, to in "[a-d]{0,2}") {
            let at = at % word.len();
            let other = format!("{}{to}{}", &word[..at], &word[at + 1..]);
            prop_assert_eq!(typos(word.as_bytes(), other.as_bytes()), known(&word, &other));
        }
    }
}
