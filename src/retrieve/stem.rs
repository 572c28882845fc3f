//! Stems of English words: Porter's stemmer as Lucene has it, and Snowball's newer one.
//!
//! Snowball's `porter` is the algorithm as published (Porter, *An algorithm for suffix stripping*, 1980). Porter later
//! changed two rules of its second step, and Lucene follows him: `-bli` becomes `-ble`, and no longer `-abli` alone
//! `-able`; `-logi` becomes `-log`. So `possibly` meets `possible`, and `pathology` meets `pathological`.

use frostem::{Algorithm, Stemmer};
use std::borrow::Cow;

/// The stem of a word in lower case, by Porter's rules. Words of one or two letters stay, as in Lucene.
pub(super) fn porter(word: &str) -> Cow<'_, str> {
    if word.chars().nth(2).is_none() {
        return word.into();
    }
    let published = Stemmer::new(Algorithm::Porter).stem(word);
    if let Some(before) = before_ending(&published, word, "bli") {
        let able = format!("{before}ble");
        return Stemmer::new(Algorithm::Porter).stem(&able).into_owned().into();
    }
    if let Some(before) = before_ending(&published, word, "logi") {
        return format!("{before}log").into();
    }
    published
}

/// The stem of a word in lower case, by the rules of Snowball's English stemmer.
pub(super) fn english(word: &str) -> Cow<'_, str> {
    Stemmer::new(Algorithm::English).stem(word)
}

/// The word itself.
pub(super) fn none(word: &str) -> Cow<'_, str> {
    word.into()
}

/// What stands before one of the two endings, if the second step met it: the first step made its `i` of the `y` or the
/// `ies` that the word ends in, and what stands before has a vowel and a consonant after it.
fn before_ending<'a>(published: &'a str, word: &str, ending: &str) -> Option<&'a str> {
    let met = ["y", "ies", "i"].iter().any(|last| word.ends_with(last));
    published.strip_suffix(ending).filter(|before| met && has_measure(before))
}

/// Whether Porter's measure, the number of times that a vowel is followed by a consonant, is above zero.
fn has_measure(part: &str) -> bool {
    let mut after_consonant = false;
    let mut vowel_seen = false;
    for letter in part.chars() {
        let vowel = matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u') || (letter == 'y' && after_consonant);
        if vowel_seen && !vowel {
            return true;
        }
        vowel_seen |= vowel;
        after_consonant = !vowel;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Examples that Porter gives in his paper, one or more for each step; where he shows the effect of a single step,
    /// the stem here is the one after all steps.
    #[test]
    fn porter_stems_as_published() {
        let cases = [
            ("caresses", "caress"),
            ("ponies", "poni"),
            ("cats", "cat"),
            ("feed", "feed"),
            ("agreed", "agre"),
            ("plastered", "plaster"),
            ("motoring", "motor"),
            ("sing", "sing"),
            ("conflated", "conflat"),
            ("hopping", "hop"),
            ("falling", "fall"),
            ("hissing", "hiss"),
            ("filing", "file"),
            ("happy", "happi"),
            ("sky", "sky"),
            ("relational", "relat"),
            ("vietnamization", "vietnam"),
            ("hopefulness", "hope"),
            ("electricity", "electr"),
            ("adjustment", "adjust"),
            ("adoption", "adopt"),
            ("probate", "probat"),
            ("rate", "rate"),
            ("controlling", "control"),
            ("generalizations", "gener"),
            ("oscillators", "oscil"),
        ];
        for (word, stem) in cases {
            assert_eq!(porter(word), stem, "{word}");
        }
    }

    /// As Lucene's `PorterStemFilter` stems them.
    #[test]
    fn two_endings_go_as_in_lucene() {
        let cases = [
            ("possibly", "possibl"),
            ("possible", "possibl"),
            ("assemblies", "assembl"),
            ("irreversibly", "irrevers"),
            ("probably", "probabl"),
            ("nobly", "nobli"),
            ("analogy", "analog"),
            ("pathologies", "patholog"),
            ("pathological", "patholog"),
            ("biology", "biologi"),
            ("us", "us"),
            ("is", "is"),
        ];
        for (word, stem) in cases {
            assert_eq!(porter(word), stem, "{word}");
        }
    }

    proptest! {
        #[test]
        fn any_word_can_be_stemmed(word in "[a-zéöß'’ıſа-я가-힣0-9\u{301}]{0,12}(s|ing|ed|ly|ies|bly|logy|ness|)") {
            porter(&word);
            english(&word);
        }
    }
}
