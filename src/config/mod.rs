//! `distilgate.toml`: types, defaults, levels, loading.
//!
//! Every key is typed here once. Its doc comment is its documentation everywhere: `docs/config.md`, the JSON
//! Schema for editors and the comments that `distilgate init` writes are all made from it. Names of checks
//! are plain text at this point; `checks/` validates them when a command starts.

mod bm25;
mod canary;
mod collections;
mod dates;
mod distill;
mod files;
mod first_stage;
mod gate;
mod inspection;
mod levels;
mod load;
mod lock;
mod models;
mod rankers;
mod reference_page;
mod scan;

pub use bm25::Bm25;
pub use canary::CanaryConfig;
pub use collections::CollectionConfig;
pub use dates::UNKNOWN_DAY;
pub use distill::{Budget, Distill, Train};
pub use files::Files;
pub use first_stage::FirstStage;
pub use gate::{Gate, Heterogeneity, Inconclusive, Require};
pub use inspection::Inspection;
pub use levels::{Level, Waiver};
pub use load::{CONFIG_NAME, Loaded, find, load, nearest, parse};
pub use lock::{LockConfig, LockedDocuments, Span};
pub use models::{Architecture, ModelOptions, Pooling, Similarity};
pub use rankers::{Arm, Gives, Reference, ReferenceKind, Student, Teacher};
pub use reference_page::{json_schema, markdown, meaning};
pub use scan::Scan;

use crate::text::excerpt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole configuration, one TOML file. Paths are relative to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// What decides, and how strictly.
    pub gate: Gate,
    /// The big ranker that the student learns from.
    pub teacher: Option<Teacher>,
    /// The small ranker, before and after.
    pub student: Student,
    /// Innocent teachers: their own scores explain the teacher's, their students are what the gain is measured against.
    pub reference: Vec<Reference>,
    /// How students are trained here, where none is given or to have references' students.
    pub distill: Option<Distill>,
    /// Where the candidate lists come from.
    pub first_stage: FirstStage,
    /// The evaluation collections, suspect and clean.
    pub collection: Vec<CollectionConfig>,
    /// What `distilgate.lock` holds, and when a collection is due to be replaced.
    pub lock: LockConfig,
    /// What the student or a known teacher read.
    pub scan: Option<Scan>,
    /// The teacher's answers that people should read.
    pub inspection: Inspection,
    /// Planted documents with random labels, and what the teacher says of them.
    pub canary: Option<CanaryConfig>,
    /// What reports show.
    pub report: Report,
    /// Levels of single checks: `deny`, `warn`, `note` or `allow`. `distilgate explain` lists the checks.
    pub checks: BTreeMap<String, Level>,
    /// Findings that are known and accepted until a date.
    pub waiver: Vec<Waiver>,
}

/// How much of queries and documents a report shows; reports travel as artifacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Texts {
    /// The first words.
    #[default]
    Excerpt,
    /// Everything.
    Full,
    /// Identifiers only.
    None,
}

/// The language that reports are written in. What checks say of single findings is English in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Language::En => "en",
            Language::Ja => "ja",
        })
    }
}

impl std::str::FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Language, String> {
        match text {
            "en" => Ok(Language::En),
            "ja" => Ok(Language::Ja),
            _ => Err(format!("no report is written in \"{text}\": en or ja")),
        }
    }
}

impl Texts {
    /// As much of a text as a report may show where it shows texts: all of it, or the first `most` characters.
    pub fn cut(self, text: &str, most: usize) -> String {
        match self {
            Texts::Full => text.to_owned(),
            Texts::Excerpt | Texts::None => excerpt(text, most),
        }
    }
}

/// What reports show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Report {
    /// How much of queries and documents a report shows: `excerpt`, `full` or `none`.
    pub texts: Texts,
    /// The language of the summary, the page and the console: `en` or `ja`.
    pub lang: Language,
}

/// The word that a configuration has for a choice: `cross-encoder`, `mean`.
pub fn word(choice: impl Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
