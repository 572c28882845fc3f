//! How much a word says: its surprise in bits, after the documents of the collections themselves.
//!
//! A text that holds `what is it` holds nothing of a test. Whether words stand together by chance is a matter of how
//! frequent each of them is: a word that makes up one in a thousand words of the documents carries 10 bits, and words
//! that stand together by chance in one place of a billion carry 30 bits together (as if they fell independently, which
//! words of one phrase do not: phrases that the documents themselves hold are told by counting them, see
//! [`super::queries`]).
//!
//! Small collections know little of frequencies, so a prior speaks first: it stands for [`PRIOR_WORDS`] words of running
//! text, in which function words of English have one share and all other words another.

use super::words;

/// How many words of running text the prior stands for.
const PRIOR_WORDS: f64 = 20_000.0;

/// The prior share of a word: about that of a content word in its own domain.
const PRIOR_SHARE: f64 = 1.0 / 16_384.0;

/// The least share of a function word: 7 bits.
const FUNCTION_SHARE: f64 = 1.0 / 128.0;

/// English words that carry grammar and the forms of a question, and no subject.
const FUNCTION_WORDS: &str = "a about after all also am an and any are as at be been before being between both but by can \
    could did do does doing don during each find few for from get give given had has have he her here him his how i if in \
    into is it its just like list ll me mean means more most much my name no nor not now of off on once only or other our \
    out over own re s same she should show so some such t than that the their them then there these they this those \
    through to too under until up us use used using ve very was we were what when where which while who whom whose why \
    will with would you your";

/// The surprise of each word of a vocabulary, in bits.
pub fn bits(vocabulary: &[u64], counts: &[u64], total: u64) -> Vec<f32> {
    let mut function: Vec<u64> = FUNCTION_WORDS.split_whitespace().map(words::digest).collect();
    function.sort_unstable();
    let of_word = |(hash, count): (&u64, &u64)| {
        let share = (*count as f64 + PRIOR_WORDS * PRIOR_SHARE) / (total as f64 + PRIOR_WORDS);
        let share = match function.binary_search(hash) {
            Ok(_) => share.max(FUNCTION_SHARE),
            Err(_) => share,
        };
        -share.log2() as f32
    };
    vocabulary.iter().zip(counts).map(of_word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_say_more_than_frequent_ones_and_function_words_little() {
        let vocabulary: Vec<u64> = ["what", "model", "theraderm"].map(words::digest).to_vec();
        let bits = bits(&vocabulary, &[0, 1000, 1], 1_000_000);
        assert_eq!(bits[0], 7.0);
        assert!((9.9..10.1).contains(&bits[1]), "{bits:?}");
        assert!(bits[2] > 15.0, "{bits:?}");
    }
}
