//! What a scan read and found, in the report: part of schema version 1.

use crate::facts::Searched;
use crate::fingerprint::scan;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Files that were searched for texts of the collections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scan {
    /// The table of the configuration that names them: `[scan]` or `[distill]`.
    pub table: String,
    /// The paths, as the configuration names them.
    pub paths: Vec<String>,
    /// Files that were read, or begun.
    pub files: u64,
    /// Bytes that were read, unpacked.
    pub bytes: u64,
    /// Lines, or rows of Parquet, that were read.
    pub lines: u64,
    /// Files that could not be read, or not to their ends, with the reason.
    pub unread: Vec<UnreadFile>,
    /// Texts that are not wholly UTF-8.
    pub damaged_texts: u64,
    /// Lines too long to be records, read in pieces as running text.
    pub long_lines: u64,
    /// What was found of each collection.
    pub collections: Vec<FoundOf>,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnreadFile {
    /// The file.
    pub file: String,
    /// Why.
    pub why: String,
}

/// What was found of a collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FoundOf {
    /// The collection.
    pub collection: String,
    /// Whether it is evidence that whoever read these files has read the test.
    pub is_evidence: bool,
    /// Its queries.
    pub queries: Found,
    /// Its judgements: a query with a document that is relevant to it, in one record.
    pub judgements: Found,
    /// Its documents.
    pub documents: Found,
    /// Its queries that are evidence: as texts of their own, or many short ones.
    #[serde(default)]
    pub evident_queries: u64,
    /// Its judgements that are evidence.
    #[serde(default)]
    pub evident_judgements: u64,
    /// Queries that are ordinary language and were found as such.
    pub common_queries: u64,
    /// Documents too short to be looked for.
    pub short_documents: u64,
    /// Queries of more than 1,024 words: those beyond are compared without their order.
    #[serde(default, skip_serializing_if = "is_none")]
    pub long_queries: u64,
    /// Documents that are so like the queries that not every place in them was compared with these.
    #[serde(default, skip_serializing_if = "is_none")]
    pub crowded_documents: u64,
}

/// How many were found, each counted once where it was found best.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    /// How many were looked for; absent for judgements.
    pub sought: Option<u64>,
    /// A whole text, word for word.
    pub exact: u64,
    /// Word for word within a longer text.
    pub contained: u64,
    /// But for some words.
    pub near: u64,
    /// A part of a document.
    pub part: u64,
    /// Places where they stand.
    pub places: u64,
}

/// Whether there is none of something that is seldom there.
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What was searched under a table of the configuration.
pub(super) fn of(table: &str, searched: &Searched) -> Scan {
    let scanned = &searched.scanned;
    let unread = scanned.unread.iter().map(|one| UnreadFile { file: one.file.clone(), why: one.why.clone() });
    Scan {
        table: table.to_owned(),
        paths: searched.paths.clone(),
        files: scanned.files,
        bytes: scanned.bytes,
        lines: scanned.lines,
        unread: unread.collect(),
        damaged_texts: scanned.damaged_texts,
        long_lines: scanned.long_lines,
        collections: scanned.collections.iter().map(found_of).collect(),
    }
}

fn found_of(tally: &scan::Tally) -> FoundOf {
    FoundOf {
        collection: tally.collection.clone(),
        is_evidence: tally.is_evidence(),
        queries: found(&tally.queries, Some(tally.queries_sought)),
        judgements: found(&tally.judgements, None),
        documents: found(&tally.documents, Some(tally.documents_sought)),
        evident_queries: tally.evident_queries,
        evident_judgements: tally.evident_judgements,
        common_queries: tally.common_queries,
        short_documents: tally.short_documents,
        long_queries: tally.long_queries,
        crowded_documents: tally.crowded_documents,
    }
}

fn found(counted: &scan::Counted, sought: Option<u64>) -> Found {
    let scan::Counted { exact, contained, near, part, places } = *counted;
    Found { sought, exact, contained, near, part, places }
}
