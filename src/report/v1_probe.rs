//! The report's frozen types of what the teacher's scores show, version 1. Within a version fields are only added.

use crate::collection::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the teacher's scores show beside the outcomes; it describes, and decides nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Probe {
    /// What each reference explains.
    pub references: Vec<ReferencePart>,
    /// Collections that the teacher and every reference cover.
    pub collections: Vec<ProbedCollection>,
    /// What the teacher wrote, by collection; empty where no answers were given.
    pub answers: BTreeMap<String, Answers>,
    /// The mean loss of the measure where queries are reworded, by collection and scorer.
    pub reworded: BTreeMap<String, BTreeMap<String, f64>>,
    /// The sample for people to read; `inspection.csv` is the form to fill in.
    pub inspection: Vec<InspectedPair>,
}

/// A reference's part in explaining the teacher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReferencePart {
    /// The reference.
    pub name: String,
    /// The mean label residual on clean collections with it alone.
    pub alone: Option<f64>,
    /// The same with all references but it.
    pub without: Option<f64>,
}

/// What the teacher's scores show on one collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProbedCollection {
    /// The collection.
    pub collection: String,
    /// Suspect or clean.
    pub role: Role,
    /// Pairs that the label residual was made from; absent where there is none.
    pub pairs: Option<usize>,
    /// How many of the heaviest pairs add up to half of what speaks for memory.
    pub half: Option<usize>,
    /// The pairs that add most to the label residual.
    pub heaviest: Vec<HeavyPair>,
    /// Pairs that every reference ranks against the judgements.
    pub surprising_pairs: usize,
    /// How many of them the teacher ranks with the judgements.
    pub surprising_agreed: usize,
    /// Those that the references miss by most.
    pub surprising: Vec<SurprisingExample>,
}

/// A pair that adds much to the label residual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HeavyPair {
    /// The query.
    pub query: String,
    /// Its text, as far as the report may show it.
    pub query_text: Option<String>,
    /// The document.
    pub document: String,
    /// Its text, as far as the report may show it.
    pub document_text: Option<String>,
    /// Whether it is judged relevant.
    pub relevant: bool,
    /// Standard deviations by which the teacher puts it higher than the references explain.
    pub surprise: f64,
    /// What it adds to the coefficient.
    pub share: f64,
}

/// Two documents that only the teacher orders as the judgements do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SurprisingExample {
    /// The query.
    pub query: String,
    /// Its text, as far as the report may show it.
    pub query_text: Option<String>,
    /// The relevant document.
    pub relevant: String,
    /// Its text, as far as the report may show it.
    pub relevant_text: Option<String>,
    /// The other one.
    pub other: String,
    /// Its text, as far as the report may show it.
    pub other_text: Option<String>,
    /// Places by which even the nearest reference misses the judgement.
    pub places: usize,
}

/// What the teacher wrote about the queries of a collection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answers {
    /// Answers that were read.
    pub answers: usize,
    /// The longest runs of words of judged documents that the teacher was not shown.
    pub runs: Vec<VerbatimRun>,
    /// Identifiers of judged documents that it was not shown: query and identifier.
    pub identifiers: Vec<(String, String)>,
    /// Why nothing could be looked at.
    pub missing: Option<String>,
}

/// Words of a judged document that the teacher was not shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VerbatimRun {
    /// The query.
    pub query: String,
    /// The document.
    pub document: String,
    /// How many words in a row.
    pub words: usize,
    /// The words, as far as the report may show them.
    pub run: String,
}

/// A pair of the sample for people to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InspectedPair {
    /// Its name in `inspection.csv`.
    pub item: String,
    /// The collection.
    pub collection: String,
    /// The query.
    pub query: String,
    /// Its text, as far as the report may show it.
    pub query_text: Option<String>,
    /// The document.
    pub document: String,
    /// Its text, as far as the report may show it.
    pub document_text: Option<String>,
    /// Its place in the teacher's ranking, from one; absent for a document that the teacher did not score.
    pub rank: Option<usize>,
    /// Whether it is judged relevant.
    pub relevant: bool,
    /// Why it was picked: `random`, `residual`, `as-labels` or `verbatim`.
    pub picked: String,
    /// `fine`, `suspicious` or `unsure`; absent where nobody has looked.
    pub verdict: Option<String>,
    /// Who looked.
    pub reviewer: Option<String>,
    /// When.
    pub date: Option<String>,
    /// What else was said.
    pub comment: Option<String>,
}
