//! `[[collection]]`: an evaluation collection and what is known of its past.

use crate::collection::{Date, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An evaluation collection. The role, suspect or clean, follows from `published` and the teacher's `training-cutoff`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CollectionConfig {
    /// Its name in reports, and what `{collection}` in paths stands for.
    pub name: String,
    /// A folder as BEIR lays it out: `corpus.jsonl`, `queries.jsonl`, `qrels/*.tsv`, plain, gzip or zstd.
    pub path: Option<String>,
    /// The documents, where they are not in `path`: JSONL or TSV.
    pub corpus: Option<String>,
    /// The queries, where they are not in `path`: JSONL, TSV or TREC topics.
    pub queries: Option<String>,
    /// The judgements, where they are not in `path`: TREC qrels or BEIR's TSV.
    pub qrels: Option<String>,
    /// Which file in `qrels/` of `path`; `test` unless said otherwise.
    pub split: Option<String>,
    /// The day on which its queries and judgements became public, as in `published = 2019-11-15`.
    pub published: Option<Date>,
    /// `suspect` or `clean`, against what the dates say; needs a `because`.
    pub role: Option<Role>,
    /// Why the role is known better than the dates tell.
    pub because: Option<String>,
    /// Where it came from: an address, a paper, the team that made it. Shown on its provenance card.
    pub source: Option<String>,
    /// The terms that it may be used under. Shown on its provenance card.
    pub licence: Option<String>,
    /// A document is relevant from this grade on. 2 is the convention for TREC Deep Learning.
    #[serde(default = "one")]
    pub rel: i32,
    /// The suspect collection that this one is a twin of: fresh queries over the same documents.
    pub twin_of: Option<String>,
}

fn one() -> i32 {
    1
}
