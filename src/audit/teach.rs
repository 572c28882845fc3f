//! The teacher's scores of pairs, where nobody has them yet; the teacher is a model or a program.
//!
//! Training pairs, for `[distill] scores`: for each training query the documents that BM25 ranks first in the training
//! corpus, as in most work on distilling rankers. Test queries are left out before anybody pays for them. Or the judged
//! pairs of a collection, for canaries: there both documents of a query are judged.

use super::command;
use super::lessons;
use super::pairs::{Model, Pairs};
use super::request::Source;
use super::sources;
use super::{Progress, Surroundings};
use crate::cache::Cache;
use crate::collection::{Collection, DocumentId, Documents, Location, QueryId, read_queries, read_texts};
use crate::command::{Estimate, Pair};
use crate::config::Loaded;
use crate::error::{Error, Place, Result};
use crate::ranker::Ranker;
use crate::retrieve::Index;
use crate::runs::{Run, Scored};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Pairs to be scored.
#[derive(Debug)]
pub struct PairsToTeach {
    /// What they are called.
    pub name: String,
    /// Which they are, in words that follow "pairs".
    pub which: String,
    /// Texts of the queries.
    pub queries: BTreeMap<QueryId, String>,
    /// Texts of the documents.
    pub documents: BTreeMap<DocumentId, String>,
    /// For each query the documents.
    pub candidates: Run,
    /// Training queries that are test queries, word for word, and so left out.
    pub test_copies: usize,
    /// Training queries for which BM25 finds fewer documents than a student compares in one step, and so left out.
    pub too_few: usize,
}

/// Chooses `depth` documents for each training query of a configuration.
///
/// # Errors
/// No `[distill]`, files that cannot be read, nothing left to score.
pub fn pairs(loaded: &Loaded, depth: usize, progress: &mut dyn Progress) -> Result<PairsToTeach> {
    let Some(config) = &loaded.config.distill else {
        return Err(Error::input("there is no [distill], so no training queries are known")
            .at(Place::file(&loaded.path))
            .help("add [distill] with `queries` and `corpus`, and the path of the `scores` that are to be made"));
    };
    if depth < config.candidates {
        return Err(Error::input(format!(
            "a student compares {} documents of a query in one step (distill.candidates), and only {depth} would be scored",
            config.candidates
        ))
        .help("give a larger --depth, or a smaller distill.candidates"));
    }
    let tests = lessons::test_queries(loaded)?;
    let (queries, corpus) = (loaded.resolve(&config.queries), loaded.resolve(&config.corpus));
    progress.step("reading the training queries", None);
    let mut texts = read_queries(&queries).map_err(|e| e.context("[distill] queries"))?.texts;
    let all = texts.len();
    texts.retain(|_, text| !tests.holds(text));
    let test_copies = all - texts.len();
    progress.step("BM25 over the training corpus", None);
    let documents = Documents::open(&corpus).map_err(|e| e.context("[distill] corpus"))?;
    let mut candidates = Index::of_corpus(documents, &loaded.config.first_stage.bm25)?.run(&texts, depth);
    let found = candidates.queries.len();
    candidates.queries.retain(|_, list| list.len() >= config.candidates);
    let too_few = found - candidates.queries.len();
    texts.retain(|query, _| candidates.queries.contains_key(query));
    if texts.is_empty() {
        return Err(Error::input(format!(
            "no training query is left: {test_copies} of {all} are test queries, and for {too_few} BM25 finds fewer than {} documents",
            config.candidates
        ))
        .at(Place::file(&queries))
        .help("check that the training queries belong to this corpus, and set distill.candidates lower"));
    }
    let wanted: BTreeSet<DocumentId> = candidates.queries.values().flatten().map(|s| s.document.clone()).collect();
    let documents = read_texts(&corpus, &wanted)?;
    let which = format!("of {} training queries the documents that BM25 ranks first", texts.len());
    let name = "the training pairs".to_owned();
    Ok(PairsToTeach { name, which, queries: texts, documents, candidates, test_copies, too_few })
}

/// Every judged pair of the collection in a folder.
///
/// # Errors
/// A collection that cannot be read, judged queries or documents without a text.
pub fn judged(folder: &Path) -> Result<PairsToTeach> {
    let name = folder.display().to_string();
    let read = || {
        let collection = Collection::open(&name, &Location::folder(folder, None)?)?;
        let mut candidates = Run::default();
        for (query, grades) in &collection.qrels.queries {
            let documents = grades.keys().map(|document| Scored { document: document.clone(), score: 0.0 });
            candidates.queries.insert(query.clone(), documents.collect());
        }
        let texts = |query: &QueryId| Some((query.clone(), collection.queries.get(query)?.clone()));
        let queries: BTreeMap<_, _> = candidates.queries.keys().filter_map(texts).collect();
        let wanted: BTreeSet<_> = candidates.queries.values().flatten().map(|s| s.document.clone()).collect();
        let documents = collection.texts_of(&wanted)?;
        let (without, missing) = (candidates.queries.len() - queries.len(), wanted.len() - documents.len());
        if without + missing > 0 {
            return Err(Error::input(format!("{without} judged queries and {missing} judged documents have no text"))
                .help("complete the collection: nothing can be said of a pair without its texts"));
        }
        let which = format!("of {} queries all that is judged", queries.len());
        Ok(PairsToTeach { name: name.clone(), which, queries, documents, candidates, test_copies: 0, too_few: 0 })
    };
    read().map_err(|e| e.context(format!("collection {name}")))
}

/// Whether the teacher of a configuration is one that can score pairs: a program or a model.
///
/// # Errors
/// It is not (exit 2).
pub fn can_score(loaded: &Loaded) -> Result<()> {
    match sources::teacher(&loaded.config).map_err(|e| e.at(Place::file(&loaded.path)))? {
        Some(Source::Command(_) | Source::Model(..)) => Ok(()),
        _ => Err(no_scorer(loaded)),
    }
}

fn no_scorer(loaded: &Loaded) -> Error {
    Error::input("there is no teacher here that could score anything").at(loaded.table_place("[teacher]")).help(
        "add `command` (a program, as for an API) or `model` (an ONNX model) to [teacher]; see docs/teacher-command.md",
    )
}

/// What asking the teacher's program about them takes; `None` where the teacher is a model, which costs time alone.
///
/// # Errors
/// A program whose files cannot be read.
pub fn cost(loaded: &Loaded, pairs: &PairsToTeach, cache: &Cache) -> Result<Option<Estimate>> {
    command::cost_of(loaded, &pairs.name, pairs.for_a_program(), cache)
}

/// The teacher's scores of them. A pair without an answer is missing.
///
/// # Errors
/// A teacher that scores nothing here, that costs more than is allowed, or that fails.
pub fn score(
    loaded: &Loaded,
    pairs: &PairsToTeach,
    surroundings: &Surroundings,
    progress: &mut dyn Progress,
) -> Result<Run> {
    match sources::teacher(&loaded.config)? {
        Some(Source::Command(_)) => {
            command::ask(loaded, &pairs.name, pairs.for_a_program(), &surroundings.cache, progress)
        }
        Some(Source::Model(name, options)) => {
            let path = loaded.resolve(&name);
            let digest = Ranker::check(&path, &options).map_err(|e| e.context("[teacher] model"))?.digest;
            let mut model = Model::new("teacher", "the teacher".to_owned(), path, options, digest);
            let pairs = Pairs {
                name: &pairs.name,
                queries: &pairs.queries,
                candidates: &pairs.candidates,
                documents: &pairs.documents,
            };
            model.scores(&pairs, surroundings, progress).map(|scores| scores.ranked())
        }
        _ => Err(no_scorer(loaded)),
    }
}

impl PairsToTeach {
    fn for_a_program(&self) -> Vec<Pair> {
        command::pairs_of(&self.queries, &self.candidates, &self.documents)
    }
}
