//! What a collection holds, in numbers: also what is unusual about it, so that nothing is passed over in silence.

use super::qrels::{Grade, Qrels};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The numbers of a collection. A part that was not read has no numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// Queries; absent where the collection has judgements alone.
    pub queries: Option<QueryCounts>,
    /// Judgements.
    pub judgements: JudgementCounts,
    /// Documents; absent where the corpus was not read.
    pub documents: Option<DocumentCounts>,
    /// Lines that end with CRLF, in all files that were read.
    pub crlf_lines: u64,
    /// Files that begin with a byte order mark.
    pub byte_order_marks: u64,
}

/// The numbers of the queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct QueryCounts {
    /// Different queries.
    pub queries: u64,
    /// Queries that stand there again, with the same text.
    pub repeated: u64,
    /// Queries whose text is empty.
    pub empty: u64,
    /// Queries that nobody judged a document for.
    pub without_judgements: u64,
    /// Judged queries that have no text, or an empty one: no model can rank for them.
    pub judged_without_text: u64,
}

/// The numbers of the judgements.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct JudgementCounts {
    /// Different pairs of query and document that were judged.
    pub judgements: u64,
    /// Queries with a judgement.
    pub judged_queries: u64,
    /// Judgements that stand there again, with the same grade.
    pub repeated: u64,
    /// Judgements with a grade below zero, which count as not relevant.
    pub negative: u64,
    /// How many judgements have each grade.
    pub grades: BTreeMap<Grade, u64>,
}

/// The numbers of the documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DocumentCounts {
    /// Different documents.
    pub documents: u64,
    /// Documents that stand there again, with the same content.
    pub repeated: u64,
    /// Documents with neither title nor text.
    pub empty: u64,
    /// Judgements of documents that the corpus does not have.
    pub judgements_of_unknown_documents: u64,
}

impl Counts {
    /// Whether documents that are not relevant were judged too, so that "unjudged" is not the same as "not relevant".
    pub fn judges_non_relevant(&self, rel: Grade) -> bool {
        self.judgements.grades.range(..rel).next().is_some()
    }
}

impl JudgementCounts {
    /// Counts judgements; `repeated` is known to the reader alone.
    pub fn of(qrels: &Qrels, repeated: u64) -> JudgementCounts {
        let mut counts = JudgementCounts { repeated, judged_queries: qrels.queries.len() as u64, ..Default::default() };
        for grade in qrels.queries.values().flat_map(BTreeMap::values) {
            counts.judgements += 1;
            counts.negative += u64::from(*grade < 0);
            *counts.grades.entry(*grade).or_default() += 1;
        }
        counts
    }
}
