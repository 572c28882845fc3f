//! The queries that moved most between the students before and after, with the documents that moved them.

use super::material::{Gathered, Material};
use super::probes::EXCERPT;
use crate::collection::{DocumentId, QueryId};
use crate::config::{Loaded, Texts};
use crate::error::{Error, Result};
use crate::facts::{MovedDocument, MovedFacts, MovedQuery};
use crate::runs::value;
use std::collections::{BTreeMap, BTreeSet};

/// Queries that are named of each collection.
const QUERIES: usize = 5;
/// Documents that are named of each query.
const DOCUMENTS: usize = 6;
/// Ranks that are looked at.
const DEPTH: usize = 10;

/// The queries that moved most on every collection that both students cover.
///
/// Texts of documents are read where models were scored, so the corpora were read anyway, or where `is_red`: a
/// quick audit of finished runs that finds nothing does not read corpora for the sake of its evidence.
/// A corpus that cannot be read takes the texts with it, and no verdict: that is noted.
pub fn all(loaded: &Loaded, material: &Material, is_red: bool, not_checked: &mut Vec<String>) -> Vec<MovedFacts> {
    let covered = |gathered: &&Gathered| ["before", "after"].iter().all(|arm| !gathered.runs(arm).is_empty());
    let mut all = Vec::new();
    for gathered in material.collections.iter().filter(covered) {
        let mut queries = most_moved(loaded, gathered);
        if loaded.config.report.texts != Texts::None {
            let with_documents = is_red || gathered.candidates.is_some();
            if let Err(error) = add_texts(loaded.config.report.texts, gathered, with_documents, &mut queries) {
                let name = &gathered.config.name;
                not_checked.push(format!("texts of the documents that moved most on {name}: {}", first_line(&error)));
            }
        }
        all.push(MovedFacts { collection: gathered.config.name.clone(), queries });
    }
    all
}

/// The first line of an error: what is wrong, without its lines of help.
fn first_line(error: &Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

fn most_moved(loaded: &Loaded, gathered: &Gathered) -> Vec<MovedQuery> {
    let mean = |arm: &str, query: &QueryId| {
        let runs = gathered.runs(arm);
        let of = |run| value(&loaded.config.gate.measure, gathered.config.rel, &gathered.collection.qrels, query, run);
        runs.iter().map(|scores| of(scores.run.ranking(query))).sum::<f64>() / runs.len() as f64
    };
    let queries = gathered.complete_queries(&["before", "after"]);
    let mut moved: Vec<(QueryId, f64, f64)> =
        queries.into_iter().map(|query| (mean("before", &query), mean("after", &query), query)).map(swap).collect();
    moved.retain(|(_, before, after)| before != after);
    let change = |(_, before, after): &(QueryId, f64, f64)| (after - before).abs();
    moved.sort_by(|a, b| change(b).total_cmp(&change(a)).then_with(|| a.0.cmp(&b.0)));
    moved.truncate(QUERIES);
    let query = |(query, before, after): (QueryId, f64, f64)| MovedQuery {
        documents: documents(gathered, &query),
        query,
        text: None,
        before,
        after,
    };
    moved.into_iter().map(query).collect()
}

fn swap((before, after, query): (f64, f64, QueryId)) -> (QueryId, f64, f64) {
    (query, before, after)
}

/// Documents among the first ten of either student, those first whose rank and grade changed the measure most.
fn documents(gathered: &Gathered, query: &QueryId) -> Vec<MovedDocument> {
    let ranks = |arm| {
        let ranking = gathered.run(arm, 0).map_or(&[][..], |run| run.ranking(query));
        let ranks = ranking.iter().enumerate().map(|(place, scored)| (&scored.document, place + 1));
        ranks.collect::<BTreeMap<&DocumentId, usize>>()
    };
    let (before, after) = (ranks("before"), ranks("after"));
    let near = |(document, rank): (&&DocumentId, &usize)| (*rank <= DEPTH).then(|| (*document).clone());
    let shown: BTreeSet<DocumentId> = before.iter().filter_map(near).chain(after.iter().filter_map(near)).collect();
    let mut documents: Vec<MovedDocument> = shown
        .into_iter()
        .map(|document| MovedDocument {
            grade: gathered.collection.qrels.grade(query, &document),
            before: before.get(&document).copied(),
            after: after.get(&document).copied(),
            document,
            text: None,
        })
        .collect();
    // What a rank is worth falls as in DCG, whatever the measure is.
    let worth = |rank: Option<usize>| rank.filter(|r| *r <= DEPTH).map_or(0.0, |r| 1.0 / (1.0 + r as f64).log2());
    let weight = |d: &MovedDocument| {
        let grade = d.grade.unwrap_or(0).max(0) as f64;
        (grade * (worth(d.after) - worth(d.before)).abs(), (worth(d.after) - worth(d.before)).abs())
    };
    documents.sort_by(|a, b| {
        let (of_a, of_b) = (weight(a), weight(b));
        of_b.0.total_cmp(&of_a.0).then(of_b.1.total_cmp(&of_a.1)).then_with(|| a.document.cmp(&b.document))
    });
    documents.truncate(DOCUMENTS);
    documents
}

fn add_texts(shown: Texts, gathered: &Gathered, with_documents: bool, moved: &mut [MovedQuery]) -> Result<()> {
    let cut = |text: &str| shown.cut(text, EXCERPT);
    for query in moved.iter_mut() {
        query.text = gathered.collection.queries.get(&query.query).map(|text| cut(text));
    }
    if !with_documents || !gathered.collection.has_corpus() {
        return Ok(());
    }
    let wanted = moved.iter().flat_map(|query| &query.documents).map(|document| document.document.clone()).collect();
    let texts = gathered.collection.texts_of(&wanted)?;
    for document in moved.iter_mut().flat_map(|query| &mut query.documents) {
        document.text = texts.get(&document.document).map(|text| cut(text));
    }
    Ok(())
}
