//! Whether a window of a text has enough of a query's words for the two to be compared.

/// Longer windows are sorted.
pub const SHORT: usize = u128::BITS as usize;

/// Whether a window has all but so many of a query's words, each as often as the query.
pub fn has_enough(query: &[u32], window: &[u32], edits: usize) -> bool {
    if window.len() > SHORT {
        return missing(query, window) <= edits;
    }
    let (mut taken, mut missing) = (0_u128, 0);
    for word in query {
        let is_free = |(place, number): &(usize, &u32)| *number == word && taken & (1 << place) == 0;
        // Most words are not there at all, which is seen several places at a time.
        let free = window.contains(word).then(|| window.iter().enumerate().find(is_free)).flatten();
        match free {
            Some((place, _)) => taken |= 1 << place,
            None => missing += 1,
        }
        if missing > edits {
            return false;
        }
    }
    true
}

/// How many of a query's words a window lacks, each counted as often as the query has it.
pub fn missing(query: &[u32], window: &[u32]) -> usize {
    let (mut wanted, mut given) = (query.to_vec(), window.to_vec());
    wanted.sort_unstable();
    given.sort_unstable();
    let mut given = given.into_iter().peekable();
    let is_there = |word: &u32| {
        while given.next_if(|other| other < word).is_some() {}
        given.next_if_eq(word).is_some()
    };
    wanted.len() - wanted.iter().copied().filter(is_there).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Short and long windows are gone through in different ways.
        #[test]
        fn a_word_counts_as_often_as_both_have_it(
            query in proptest::collection::vec(0_u32..20, 1..40),
            window in proptest::collection::vec(0_u32..20, 0..300),
            edits in 0_usize..10,
        ) {
            let of = |words: &[u32], word: u32| words.iter().filter(|other| **other == word).count();
            let lacking: usize = (0..20).map(|word| of(&query, word).saturating_sub(of(&window, word))).sum();
            prop_assert_eq!(has_enough(&query, &window, edits), lacking <= edits);
        }
    }
}
