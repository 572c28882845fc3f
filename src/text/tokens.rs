//! Tokens for search: words, and character bigrams where a script has no spaces.
//!
//! Words are those of Unicode word segmentation (UAX #29), as in Lucene's `StandardTokenizer`: `can't`, `3.14` and
//! `foo_bar` are one word each, `x-ray` is two, and signs are none. Runs of unspaced script become overlapping
//! bigrams, as in Lucene's `CJKBigramFilter`; a run of one character is itself. Unlike there, kana and kanji form one
//! run, so that 行く is one bigram, and emoji are no tokens. Nothing here knows a language.
//!
//! NFKC comes first, so that wide letters and ligatures are found; but it would make `Acmetm` of `Acme™`, so the two
//! signs for marks become spaces before.

use super::characters::{is_letter_or_digit, runs};
use super::fold::fold;
use unicode_segmentation::UnicodeSegmentation;

/// Longer words are cut into pieces of so many characters, as Lucene does (`DEFAULT_MAX_TOKEN_LENGTH`).
pub const MAX_TOKEN_CHARS: usize = 255;

/// Signs that NFKC turns into letters, which would grow onto the word before.
const SIGNS_OF_MARKS: [char; 2] = ['™', '℠'];

/// The tokens of a text, in its order: NFKC, lower case.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for_each_token(text, |token| tokens.push(token.to_owned()));
    tokens
}

/// Calls `each` with the tokens of a text, as [`tokens`] gives them, without keeping them.
pub fn for_each_token(text: &str, mut each: impl FnMut(&str)) {
    let folded = if text.contains(SIGNS_OF_MARKS) { fold(&text.replace(SIGNS_OF_MARKS, " ")) } else { fold(text) };
    for (run, unspaced) in runs(&folded) {
        match unspaced {
            true => for_each_bigram(run, &mut each),
            false => run.unicode_words().for_each(|word| for_each_piece(word, &mut each)),
        }
    }
}

/// Overlapping bigrams of a run, or the run itself if it is one character; what holds no letter is left out.
fn for_each_bigram(run: &str, each: &mut impl FnMut(&str)) {
    let mut each_with_letter = |gram: &str| {
        if gram.contains(is_letter_or_digit) {
            each(gram);
        }
    };
    let ends = run.char_indices().map(|(start, c)| start + c.len_utf8()).skip(1);
    let mut bigrams = run.char_indices().map(|(start, _)| start).zip(ends).peekable();
    if bigrams.peek().is_none() {
        each_with_letter(run);
    }
    bigrams.for_each(|(start, end)| each_with_letter(&run[start..end]));
}

/// A word, in pieces of [`MAX_TOKEN_CHARS`] characters.
fn for_each_piece(word: &str, each: &mut impl FnMut(&str)) {
    let mut rest = word;
    while !rest.is_empty() {
        let end = rest.char_indices().nth(MAX_TOKEN_CHARS).map_or(rest.len(), |(end, _)| end);
        each(&rest[..end]);
        rest = &rest[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tokens_of_tricky_strings() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" \n\t", &[]),
            ("... --- !!! €", &[]),
            ("The Quick, brown fox.", &["the", "quick", "brown", "fox"]),
            ("can't won’t dogs' o'Neil's", &["can't", "won’t", "dogs", "o'neil's"]),
            ("3.14 1,000 v2.0 10%", &["3.14", "1,000", "v2.0", "10"]),
            ("U.S.A. e.g. a.b", &["u.s.a", "e.g", "a.b"]),
            ("foo_bar x-ray ___", &["foo_bar", "x", "ray"]),
            ("C++ and C#", &["c", "and", "c"]),
            ("https://example.org/a?b=c", &["https", "example.org", "a", "b", "c"]),
            ("WHAT CAUSES FLUTTER", &["what", "causes", "flutter"]),
            ("naïve nai\u{308}ve", &["naïve", "naïve"]),
            ("ﬁle ＷＩＤＥ ２０２４", &["file", "wide", "2024"]),
            ("co\u{AD}operate zero\u{200B}width", &["cooperate", "zero", "width"]),
            ("E = mc²", &["e", "mc2"]),
            ("Acme™ Widget® Care℠", &["acme", "widget", "care"]),
            ("I ❤\u{FE0F} 🚀", &["i"]),
            ("nul\u{0}bell\u{7}", &["nul", "bell"]),
            ("한국어 단어", &["한국어", "단어"]),
            ("猫", &["猫"]),
            ("猫が好き", &["猫が", "が好", "好き"]),
            ("東京タワー", &["東京", "京タ", "タワ", "ワー"]),
            ("ﾃﾞｰﾀ", &["デー", "ータ"]),
            ("時々、〆切", &["時々", "〆切"]),
            ("ジョン・スミス", &["ジョ", "ョン", "スミ", "ミス"]),
            ("2024年にBERTを公開", &["2024", "年に", "bert", "を公", "公開"]),
            ("𠮷野家", &["𠮷野", "野家"]),
            ("か\u{309A}", &["か\u{309A}"]),
            ("゛", &[]),
            ("ภาษาไทย", &["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]),
        ];
        for (text, expected) in cases {
            assert_eq!(&tokens(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_very_long_word_is_cut_into_pieces() {
        let lengths: Vec<usize> = tokens(&"ä".repeat(600)).iter().map(|token| token.chars().count()).collect();
        assert_eq!(lengths, [255, 255, 90]);
    }

    proptest! {
        #[test]
        fn every_token_holds_a_letter_or_a_digit_and_is_bounded(text: String) {
            for token in tokens(&text) {
                prop_assert!(token.contains(char::is_alphanumeric), "{:?}", token);
                prop_assert!(token.chars().count() <= MAX_TOKEN_CHARS);
            }
        }
    }
}
