//! Cuts bytes into the words of normal form `v1`, each as a digest of 64 bits (xxh3) with the place that it came from.
//!
//! The words are those of [`normalise`], and character bigrams where a script has no spaces. Two texts have the same
//! words exactly if their normal forms are equal, but for the final sigma of Greek, which is taken for a sigma: whether
//! one is final depends on signs that a word does not have. Runs of ASCII are cut without a copy; only a run that holds
//! anything else goes the long way through Unicode.

use crate::text::{normalise, runs};
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_64;

/// One word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The digest of its normal form.
    pub hash: u64,
    /// Where it begins in the text, in bytes.
    pub start: u32,
    /// Where it ends. Words of a run that is not ASCII all have the place of the run.
    pub end: u32,
}

/// What a byte does to a word.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Parts,
    Letter,
    Wide,
}

/// The class of each byte, and the lower case of each letter.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Parts; 256];
    let mut byte = 0;
    while byte < 256 {
        if byte >= 0x80 {
            classes[byte] = Class::Wide;
        } else if (byte as u8).is_ascii_alphanumeric() {
            classes[byte] = Class::Letter;
        }
        byte += 1;
    }
    classes
};

/// Longer words go the long way.
const SHORT: usize = 64;

/// Appends the words of `text`, whose first byte is at `base`; gives whether all of it was UTF-8.
///
/// Bytes that are not UTF-8 part words, as any other sign does.
pub fn cut(text: &[u8], base: usize, words: &mut Vec<Word>) -> bool {
    let mut whole = true;
    let mut at = 0;
    while at < text.len() {
        match CLASSES[text[at] as usize] {
            Class::Parts => at += 1,
            Class::Letter => at = short_word(text, at, base, words, &mut whole),
            Class::Wide => match sign_at(&text[at..]) {
                0 => at = long_way(text, at, base, words, &mut whole),
                bytes => at += bytes,
            },
        }
    }
    whole
}

/// Takes the word that begins at `start`; gives where it ends.
fn short_word(text: &[u8], start: usize, base: usize, words: &mut Vec<Word>, whole: &mut bool) -> usize {
    let mut lower = [0; SHORT];
    let most = text.len().min(start + SHORT);
    let mut at = start;
    while at < most && CLASSES[text[at] as usize] == Class::Letter {
        // Setting this bit lowers a letter and leaves a digit as it is.
        lower[at - start] = text[at] | 0x20;
        at += 1;
    }
    let goes_on = match text.get(at) {
        None => false,
        Some(byte) => match CLASSES[*byte as usize] {
            Class::Parts => false,
            Class::Letter => true,
            Class::Wide => sign_at(&text[at..]) == 0,
        },
    };
    if goes_on {
        return long_way(text, start, base, words, whole);
    }
    words.push(Word { hash: xxh3_64(&lower[..at - start]), start: (base + start) as u32, end: (base + at) as u32 });
    at
}

/// How many bytes a frequent sign that is not ASCII has here; 0 where there is none.
///
/// A no-break space, dashes and quotation marks (U+2010 to U+201F), `…`, and the Japanese comma and full stop: all of
/// them become a space in the normal form, whatever follows.
fn sign_at(text: &[u8]) -> usize {
    match text {
        [0xC2, 0xA0, ..] => 2,
        [0xE2, 0x80, 0x90..=0x9F | 0xA6, ..] | [0xE3, 0x80, 0x81..=0x82, ..] => 3,
        _ => 0,
    }
}

/// Takes the run of letters and of anything that is not ASCII that begins at `start`; gives where it ends.
#[cold]
fn long_way(text: &[u8], start: usize, base: usize, words: &mut Vec<Word>, whole: &mut bool) -> usize {
    let mut end = start;
    while let Some(byte) = text.get(end) {
        match CLASSES[*byte as usize] {
            Class::Parts => break,
            Class::Wide if sign_at(&text[end..]) > 0 => break,
            _ => end += 1,
        }
    }
    let run = String::from_utf8_lossy(&text[start..end]);
    *whole &= matches!(run, Cow::Borrowed(_));
    for_each_word(&normalise(&run), |word| {
        words.push(Word { hash: xxh3_64(word.as_bytes()), start: (base + start) as u32, end: (base + end) as u32 });
    });
    end
}

/// Calls `each` with the words of a text in normal form.
fn for_each_word(normal: &str, mut each: impl FnMut(&str)) {
    let sigma: Cow<str> = if normal.contains('ς') { normal.replace('ς', "σ").into() } else { normal.into() };
    for (run, unspaced) in sigma.split(' ').flat_map(runs) {
        match unspaced {
            true => for_each_bigram(run, &mut each),
            false => each(run),
        }
    }
}

/// Overlapping bigrams of a run, or the run itself if it is one character.
fn for_each_bigram(run: &str, each: &mut impl FnMut(&str)) {
    let starts: Vec<usize> = run.char_indices().map(|(start, _)| start).collect();
    if starts.len() == 1 {
        return each(run);
    }
    for (place, start) in starts.iter().enumerate().take(starts.len() - 1) {
        each(&run[*start..starts.get(place + 2).copied().unwrap_or(run.len())]);
    }
}

/// The words of a text in their normal form, as [`cut`] digests them.
pub fn spelled(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for_each_word(&normalise(text), |word| words.push(word.to_owned()));
    words
}

/// The digest of a word in normal form.
pub fn digest(word: &str) -> u64 {
    xxh3_64(word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hashes(text: &[u8]) -> Vec<u64> {
        let mut words = Vec::new();
        cut(text, 0, &mut words);
        words.iter().map(|word| word.hash).collect()
    }

    #[test]
    fn words_are_those_of_the_normal_form() {
        let cases: &[(&str, &[&str])] = &[
            ("What's  NEW,\nin 2024?", &["what", "s", "new", "in", "2024"]),
            ("don’t “quote” a\u{A0}b… c—d", &["don", "t", "quote", "a", "b", "c", "d"]),
            ("naïve CAFÉ cafe\u{301}", &["naïve", "café", "café"]),
            ("ＷＩＤＥ ﬁle", &["wide", "file"]),
            ("東京・大阪。x", &["東京", "大阪", "x"]),
            ("猫が好き", &["猫が", "が好", "好き"]),
            ("ΟΔΟΣ οδός", &["οδοσ", "οδόσ"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(spelled(text), *expected, "{text}");
            assert_eq!(hashes(text.as_bytes()), expected.iter().map(|word| digest(word)).collect::<Vec<_>>(), "{text}");
        }
    }

    #[test]
    fn a_place_is_that_of_the_word() {
        let mut words = Vec::new();
        assert!(cut(b"one  two", 100, &mut words));
        assert_eq!((words[1].start, words[1].end), (105, 108));
    }

    #[test]
    fn bytes_that_are_not_utf8_part_words_and_are_told() {
        let mut words = Vec::new();
        assert!(!cut(b"caf\xE9 noir", 0, &mut words));
        assert_eq!(hashes(b"caf\xE9 noir"), [digest("caf"), digest("noir")]);
    }

    proptest! {
        #[test]
        fn cutting_is_normalising(text: String) {
            let expected: Vec<u64> = spelled(&text).iter().map(|word| digest(word)).collect();
            prop_assert_eq!(hashes(text.as_bytes()), expected);
        }

        #[test]
        fn cutting_words_is_normalising(text in "[a-zA-Zéß'’ .…\u{301}日本語ΣA-Z0-9 -]{0,80}") {
            let expected: Vec<u64> = spelled(&text).iter().map(|word| digest(word)).collect();
            prop_assert_eq!(hashes(text.as_bytes()), expected);
        }

        #[test]
        fn any_bytes_can_be_cut(bytes: Vec<u8>) {
            hashes(&bytes);
        }
    }
}
