//! The pairs of reworded queries and documents that a teacher is to score.

use super::Progress;
use super::gather::{self, measured_texts};
use super::material::{Gathered, Material};
use super::request::Request;
use crate::collection::{DocumentId, QueryId, read_queries};
use crate::config::Loaded;
use crate::error::{Error, Result};
use crate::probe::reword::{Rewording, reword, reworded_id};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is reworded, and how.
#[derive(Clone, Debug)]
pub struct RewordingPlan {
    /// How queries are reworded here.
    pub rewordings: Vec<Rewording>,
    /// The user's own words, by the query's identifier: a file of queries.
    pub paraphrases: Option<std::path::PathBuf>,
    /// The seed of the rewordings.
    pub seed: u64,
    /// Documents of each query at most, the best of the teacher's or of the first stage first.
    pub depth: usize,
}

/// A line to score: what a teacher's command reads, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PairToScore<'a> {
    /// The reworded query: `q1~typo`.
    pub query_id: &'a QueryId,
    /// The document.
    pub doc_id: &'a DocumentId,
    /// The text of the reworded query.
    pub query: &'a str,
    /// The document's.
    pub text: &'a str,
}

/// What was written for one collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportedPairs {
    /// Pairs.
    pub pairs: u64,
    /// Bytes of queries and documents in them.
    pub bytes: u64,
    /// Reworded queries, by how.
    pub queries: BTreeMap<Rewording, usize>,
    /// Queries that could not be reworded in one of the ways, being too short.
    pub too_short: usize,
}

/// Calls `each` with every pair of every collection, in a stable order; `begin` is told before each collection.
///
/// # Errors
/// Collections or files that cannot be read; a collection without texts; what `begin` and `each` return.
pub fn export(
    loaded: &Loaded,
    plan: &RewordingPlan,
    progress: &mut dyn Progress,
    mut begin: impl FnMut(&str) -> Result<()>,
    mut each: impl FnMut(&PairToScore) -> Result<()>,
) -> Result<BTreeMap<String, ExportedPairs>> {
    let request = Request::of(loaded)?;
    let mut material = gather::open_all(loaded, &request, progress)?;
    gather::first_stages(loaded, &request, &mut material, progress)?;
    let paraphrases = match &plan.paraphrases {
        None => BTreeMap::new(),
        Some(path) => read_paraphrases(path, &material)?,
    };
    let mut all = BTreeMap::new();
    for gathered in &material.collections {
        let name = &gathered.config.name;
        begin(name)?;
        let written = of_collection(gathered, plan, &paraphrases, &mut each)
            .map_err(|error| error.context(format!("collection {name}")))?;
        all.insert(name.clone(), written);
    }
    Ok(all)
}

/// The user's own words. A query that no collection has is a mistake that should not cost calls.
fn read_paraphrases(path: &Path, material: &Material) -> Result<BTreeMap<QueryId, String>> {
    let texts = read_queries(path)?.texts;
    let known = |query: &QueryId| material.collections.iter().any(|gathered| gathered.measured.contains(query));
    match texts.keys().find(|query| !known(query)) {
        None => Ok(texts),
        Some(unknown) => Err(Error::input(format!("there is no measured query {unknown} to paraphrase"))
            .at(crate::error::Place::file(path))
            .help("the identifiers are those of the collections' queries")),
    }
}

fn of_collection(
    gathered: &Gathered,
    plan: &RewordingPlan,
    paraphrases: &BTreeMap<QueryId, String>,
    each: &mut impl FnMut(&PairToScore) -> Result<()>,
) -> Result<ExportedPairs> {
    if !gathered.collection.has_corpus() {
        return Err(
            Error::input("there are no documents to write").help("add `corpus` or `path` to the [[collection]]")
        );
    }
    let queries = measured_texts(gathered)?;
    let lists: BTreeMap<&QueryId, Vec<&DocumentId>> =
        queries.keys().map(|query| (query, documents(gathered, query, plan.depth))).collect();
    let wanted: BTreeSet<DocumentId> = lists.values().flatten().map(|document| (*document).clone()).collect();
    let texts = gathered.collection.texts_of(&wanted)?;
    let mut written = ExportedPairs::default();
    for (query, text) in &queries {
        for (how, query_text) in reworded(query, text, plan, paraphrases.get(query), &mut written.too_short) {
            *written.queries.entry(how).or_default() += 1;
            let query_id = reworded_id(query, how);
            for doc_id in &lists[query] {
                let Some(text) = texts.get(*doc_id) else { continue };
                each(&PairToScore { query_id: &query_id, doc_id, query: &query_text, text })?;
                written.pairs += 1;
                written.bytes += (query_text.len() + text.len()) as u64;
            }
        }
    }
    Ok(written)
}

/// The documents of a query: those that the teacher ranks, else the candidates.
fn documents<'a>(gathered: &'a Gathered, query: &QueryId, depth: usize) -> Vec<&'a DocumentId> {
    let teacher = gathered.run("teacher", 0).map(|run| run.ranking(query)).filter(|all| !all.is_empty());
    let candidates = || gathered.candidates.as_ref().map_or(&[][..], |list| list.run.ranking(query));
    teacher.unwrap_or_else(candidates).iter().take(depth).map(|scored| &scored.document).collect()
}

fn reworded(
    query: &QueryId,
    text: &str,
    plan: &RewordingPlan,
    paraphrase: Option<&String>,
    too_short: &mut usize,
) -> Vec<(Rewording, String)> {
    let mut made = Vec::new();
    for how in &plan.rewordings {
        match reword(query, text, *how, plan.seed) {
            Some(text) => made.push((*how, text)),
            None => *too_short += 1,
        }
    }
    made.extend(paraphrase.map(|text| (Rewording::Paraphrase, text.clone())));
    made
}
