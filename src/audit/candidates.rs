//! The candidate lists: BM25 over the collection, or a run of the user's.

use super::material::Gathered;
use crate::collection::{DocumentId, QueryId};
use crate::config::Loaded;
use crate::error::{Error, Result};
use crate::retrieve::Index;
use crate::runs::{self, Coverage, Run, Scored};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// For each measured query the documents that every arm ranks.
#[derive(Debug)]
pub struct CandidateList {
    /// The lists, with the first stage's scores.
    pub run: Run,
    /// Where they come from, for the report.
    pub source: String,
    /// Candidates per query at most.
    pub depth: usize,
}

/// The first-stage run of a collection, where the configuration names one.
pub fn given_run(loaded: &Loaded, gathered: &Gathered) -> Result<Option<(PathBuf, Run)>> {
    let Some(files) = &loaded.config.first_stage.run else { return Ok(None) };
    let paths = files.of(&gathered.config.name);
    let [path] = paths.as_slice() else {
        return Err(Error::input("first-stage.run takes one file per collection").help("keep one path"));
    };
    let path = loaded.resolve(path);
    let run = runs::read(&path).map_err(|e| e.context(format!("first stage of {}", gathered.config.name)))?;
    Ok(Some((path, run)))
}

/// Indexes a collection for BM25.
pub fn index(loaded: &Loaded, gathered: &Gathered) -> Result<Index> {
    Index::of_corpus(gathered.collection.documents()?, &loaded.config.first_stage.bm25)
        .map_err(|e| e.context(format!("collection {}", gathered.config.name)))
}

/// The candidate lists of a collection: the first `depth` documents of a run.
pub fn cut(run: &Run, gathered: &Gathered, source: String, depth: usize) -> CandidateList {
    let first = |query| run.ranking(query).iter().take(depth).cloned().collect::<Vec<Scored>>();
    let queries = gathered.measured.iter().map(|query| (query.clone(), first(query))).collect();
    CandidateList { run: Run { queries }, source, depth }
}

/// The part of a run that ranks the candidates, and what is missing from it.
pub fn restrict(run: &Run, gathered: &Gathered, candidates: &Run) -> (Run, Coverage) {
    let kept = |query: &QueryId| {
        let wanted: BTreeSet<&DocumentId> = candidates.ranking(query).iter().map(|s| &s.document).collect();
        run.ranking(query).iter().filter(|s| wanted.contains(&s.document)).cloned().collect()
    };
    let queries = gathered.measured.iter().map(|query| (query.clone(), kept(query))).collect();
    (Run { queries }, runs::coverage(run, candidates))
}

/// A finished run as it is: its measured queries, and those that it does not answer.
pub fn as_given(run: &Run, gathered: &Gathered) -> (Run, Coverage) {
    let mut coverage = Coverage { queries: gathered.measured.len() as u64, ..Coverage::default() };
    let mut queries = BTreeMap::new();
    for query in &gathered.measured {
        let given = run.ranking(query);
        coverage.pairs += given.len() as u64;
        if given.is_empty() {
            coverage.queries_with_missing.push(query.clone());
            coverage.queries_missing_entirely.push(query.clone());
        }
        queries.insert(query.clone(), given.to_vec());
    }
    (Run { queries }, coverage)
}
