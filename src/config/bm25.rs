//! `[first-stage.bm25]`: how BM25 cuts texts into terms and weighs them.

use crate::error::{Error, Result};
use crate::text::{Language, Stemming};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How documents are found that every arm then scores: BM25, as Lucene and Anserini compute it.
///
/// The defaults are Anserini's for English. Text in scripts without spaces (Japanese, Chinese, Thai) is always cut
/// into character bigrams, whatever the language, so that such collections work without a setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bm25 {
    /// How much repeated words count: at 0 a word counts once, however often it occurs; the higher, the longer
    /// further occurrences add to the score. Zero or more. 0.9 is Anserini's default, 1.2 Lucene's.
    #[schemars(range(min = 0.0))]
    pub k1: f64,

    /// How much long documents are held back: 0 not at all, 1 in full proportion to their length. Between 0 and 1.
    /// 0.4 is Anserini's default, 0.75 Lucene's.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub b: f64,

    /// The language of documents and queries: `"english"` leaves out Lucene's stop words and the possessive 's,
    /// `"japanese"` and `"none"` keep every word.
    pub language: Language,

    /// How words are reduced to their stems, so that `models` finds `model`: `"porter"`, `"english"` (Snowball's newer
    /// rules) or `"none"`. `"auto"` is `"porter"` for English and `"none"` for everything else.
    pub stemming: Stemming,
}

impl Default for Bm25 {
    fn default() -> Bm25 {
        Bm25 { k1: 0.9, b: 0.4, language: Language::default(), stemming: Stemming::default() }
    }
}

impl Bm25 {
    /// Whether the numbers can be used; an error says which cannot (exit 2).
    pub fn validate(&self) -> Result<()> {
        if !(self.k1.is_finite() && self.k1 >= 0.0) {
            return Err(Error::input(format!("k1 of BM25 is {}, but it has to be a number of zero or more", self.k1))
                .help("0.9 is the default, 1.2 is Lucene's"));
        }
        if !(0.0..=1.0).contains(&self.b) {
            return Err(Error::input(format!("b of BM25 is {}, but it has to lie between 0 and 1", self.b))
                .help("0.4 is the default, 0.75 is Lucene's"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;

    #[test]
    fn numbers_outside_their_range_are_refused() {
        let refused = [(-0.1, 0.4), (f64::NAN, 0.4), (f64::INFINITY, 0.4), (0.9, -0.1), (0.9, 1.1), (0.9, f64::NAN)];
        for (k1, b) in refused {
            let error = Bm25 { k1, b, ..Bm25::default() }.validate().unwrap_err();
            assert_eq!(error.exit(), Exit::Unusable, "{k1} {b}");
        }
        for (k1, b) in [(0.0, 0.0), (0.9, 0.4), (1.2, 0.75), (1000.0, 1.0), (f64::MAX, 1.0)] {
            assert!(Bm25 { k1, b, ..Bm25::default() }.validate().is_ok(), "{k1} {b}");
        }
    }

    #[test]
    fn settings_are_read_from_toml() {
        let settings: Bm25 = toml::from_str("k1 = 1.2\nlanguage = 'japanese'\nstemming = 'english'").unwrap();
        let expected = Bm25 { k1: 1.2, language: Language::Japanese, stemming: Stemming::English, ..Bm25::default() };
        assert_eq!(settings, expected);
        assert!(toml::from_str::<Bm25>("k2 = 1.0").unwrap_err().to_string().contains("unknown field `k2`"));
    }
}
