//! What the text is in, and what is done to its words: names for the configuration. The doc comments are its pages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The language of documents and queries.
///
/// Scripts without spaces (Japanese, Chinese, Thai) are cut into character bigrams whatever the language, so that such
/// collections can be searched without a setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// English: Lucene's 33 stop words are left out, the possessive 's is dropped.
    #[default]
    English,
    /// Japanese: as `none`. Kana and kanji become character bigrams, Latin words between them are kept whole.
    Japanese,
    /// Any other language, or several: words are put in lower case, and none is left out.
    None,
}

/// How words are reduced to stems, so that `models` finds `model`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stemming {
    /// `porter` where the language is English, otherwise `none`.
    #[default]
    Auto,
    /// Porter's stemmer, as Lucene and Anserini have it.
    Porter,
    /// Snowball's newer stemmer for English, also called Porter2.
    English,
    /// Words stay as they are.
    None,
}
