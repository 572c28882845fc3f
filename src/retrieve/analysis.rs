//! From text to terms: what is done to words for a language. For English the chain is that of Lucene's
//! `EnglishAnalyzer` and Anserini's default: possessives, lower case, stop words, Porter.

use super::stem;
use crate::config::Bm25;
use crate::text::{Language, Stemming, for_each_token};
use std::borrow::Cow;

/// Lucene's `EnglishAnalyzer.ENGLISH_STOP_WORDS_SET`, sorted.
const ENGLISH_STOPWORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of",
    "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will", "with",
];

/// The settings, worked out.
#[derive(Clone)]
pub(super) struct Analysis {
    /// Whether English stop words and possessives are left out.
    english: bool,
    stem: fn(&str) -> Cow<'_, str>,
}

impl Analysis {
    /// What the settings ask for.
    pub(super) fn new(settings: &Bm25) -> Analysis {
        let english = settings.language == Language::English;
        let stem = match settings.stemming {
            Stemming::Auto if english => stem::porter,
            Stemming::Porter => stem::porter,
            Stemming::English => stem::english,
            Stemming::Auto | Stemming::None => stem::none,
        };
        Analysis { english, stem }
    }

    /// The terms of a text, in its order.
    pub(super) fn terms(&self, text: &str) -> Vec<String> {
        let mut terms = Vec::new();
        for_each_token(text, |token| terms.extend(self.term(token).map(Cow::into_owned)));
        terms
    }

    /// The term of a token in lower case; `None` for a stop word.
    pub(super) fn term<'a>(&self, token: &'a str) -> Option<Cow<'a, str>> {
        let word = if self.english { without_possessive(token) } else { token };
        if self.english && ENGLISH_STOPWORDS.binary_search(&word).is_ok() {
            return None;
        }
        Some((self.stem)(word))
    }
}

/// A word without 's at its end, with a straight or a curly apostrophe.
fn without_possessive(word: &str) -> &str {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(settings: Bm25, text: &str) -> String {
        Analysis::new(&settings).terms(text).join(" ")
    }

    #[test]
    fn english_text_becomes_stems() {
        let cases = [
            ("The models' scores were NOT into it", "model score were"),
            ("Porter's dog’s IT's", "porter dog"),
            ("to be or not to be", ""),
            ("us is as gas", "us ga"),
            ("relational databases", "relat databas"),
            ("2020s F-16", "2020 f 16"),
            ("日本語のモデルと the models", "日本 本語 語の のモ モデ デル ルと model"),
        ];
        for (text, expected) in cases {
            assert_eq!(terms(Bm25::default(), text), expected, "{text}");
        }
    }

    #[test]
    fn settings_override_the_language() {
        let base = Bm25::default();
        let text = "The generously hopping model's data";
        let cases = [
            (Bm25 { language: Language::None, ..base.clone() }, "the generously hopping model's data"),
            (Bm25 { language: Language::Japanese, ..base.clone() }, "the generously hopping model's data"),
            (Bm25 { stemming: Stemming::English, ..base.clone() }, "generous hop model data"),
            (Bm25 { stemming: Stemming::None, ..base.clone() }, "generously hopping model data"),
            (Bm25 { language: Language::None, stemming: Stemming::Porter, ..base }, "the gener hop model' data"),
        ];
        for (settings, expected) in cases {
            assert_eq!(terms(settings.clone(), text), expected, "{settings:?}");
        }
    }

    #[test]
    fn stop_words_are_sorted() {
        assert!(ENGLISH_STOPWORDS.is_sorted());
    }
}
