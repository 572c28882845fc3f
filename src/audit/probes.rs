//! What the teacher's scores show beside the label residual, and the sample of them for people to read.

use super::material::{Gathered, Material};
use super::outcomes::{OnCollection, described, left_out};
use super::{answers, residuals, reworded};
use crate::collection::{DocumentId, QueryId};
use crate::config::{Loaded, Texts};
use crate::error::Result;
use crate::facts::{AnswerFacts, InspectedFacts, OutcomeFacts, OutcomeKind, ProbeFacts, ProbedFacts, TextFacts};
use crate::probe::inspection::{self, Inspected, Quoted};
use crate::probe::verbatim::VERBATIM_WORDS;
use crate::probe::{Probed, ProbedQuery, carrying, references, reviews, surprising};
use crate::stats::{CandidateList, MIN_QUERIES};
use std::collections::{BTreeMap, BTreeSet};

/// Pairs that are named of each collection.
const SHOWN: usize = 5;

/// The longest excerpt of a text that reports show, in characters.
pub const EXCERPT: usize = 200;

/// Everything that the teacher's scores show; `None` where there are none. The outcomes that it adds describe only.
///
/// # Errors
/// Files of answers, rewordings or reviews that cannot be read or used; a corpus that cannot be read.
pub fn all(
    loaded: &Loaded,
    material: &mut Material,
    outcomes: &mut Vec<OutcomeFacts>,
) -> Result<Option<(ProbeFacts, Vec<Probed>)>> {
    let Some(residual) = outcomes.iter().find(|outcome| outcome.kind == OutcomeKind::TeacherLabelResidual) else {
        return Ok(None);
    };
    let names = residual.references.clone();
    let probed: Vec<Probed> =
        material.collections.iter().filter_map(|gathered| of_collection(gathered, &names)).collect();
    let collections: Vec<ProbedFacts> = probed.iter().map(facts).collect();
    let agreement = |gathered: &Gathered| agreement(gathered, &collections);
    outcomes.push(described(loaded, material, "surprising agreement", &names, agreement));
    let (answers, reworded) = (answers::look(loaded, material)?, reworded::look(loaded, material, outcomes)?);
    let sample = inspection::sample(
        &probed,
        &quoted(answers.as_ref()),
        loaded.config.inspection.size,
        loaded.config.inspection.seed,
    );
    let mut probe = ProbeFacts {
        references: references::shares(&probed, &names),
        collections,
        answers,
        reworded,
        inspection: reviewed(loaded, material, sample)?,
        texts: BTreeMap::new(),
    };
    probe.texts = texts(loaded, material, &probe)?;
    Ok(Some((probe, probed)))
}

/// Documents that the teacher quoted without having been shown them, the longest runs first.
fn quoted(answers: Option<&AnswerFacts>) -> Vec<Quoted> {
    let all = answers.iter().flat_map(|answers| &answers.verbatim);
    let mut long: Vec<(usize, Quoted)> = all
        .flat_map(|(collection, found)| found.iter().map(move |found| (collection, found)))
        .filter(|(_, found)| found.words >= VERBATIM_WORDS)
        .map(|(collection, found)| (found.words, (collection.clone(), found.query.clone(), found.document.clone())))
        .collect();
    long.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    long.into_iter().map(|(_, quoted)| quoted).collect()
}

/// A collection as everybody sees it; `None` where somebody does not cover it.
pub fn of_collection(gathered: &Gathered, references: &[String]) -> Option<Probed> {
    let names: Vec<&str> = references.iter().map(String::as_str).collect();
    let all: Vec<&str> = std::iter::once("teacher").chain(names.iter().copied()).collect();
    if all.iter().any(|scorer| gathered.runs(scorer).is_empty()) {
        return None;
    }
    let queries = gathered.complete_queries(&all);
    Some(Probed {
        collection: gathered.config.name.clone(),
        role: gathered.role,
        queries: queries.into_iter().map(|query| of_query(gathered, query, &names)).collect(),
    })
}

/// A query with the mean of the teacher's repeats.
fn of_query(gathered: &Gathered, query: QueryId, references: &[&str]) -> ProbedQuery {
    let repeats = gathered.runs("teacher").len();
    let (documents, mut list) = residuals::candidates(gathered, &query, "teacher", references, 0);
    let others: Vec<CandidateList> = (1..repeats)
        .map(|repeat| residuals::candidates(gathered, &query, "teacher", references, repeat))
        .filter(|(same, _)| *same == documents)
        .map(|(_, list)| list)
        .collect();
    for (place, score) in list.score.iter_mut().enumerate() {
        *score = (*score + others.iter().map(|other| other.score[place]).sum::<f64>()) / (1 + others.len()) as f64;
    }
    let documents = documents.into_iter().cloned().collect();
    ProbedQuery { query, documents, list }
}

fn facts(probed: &Probed) -> ProbedFacts {
    ProbedFacts {
        collection: probed.collection.clone(),
        role: probed.role,
        carrying: carrying::carrying(probed, SHOWN).ok(),
        surprising: surprising::surprising(probed, SHOWN),
    }
}

/// The share of surprising pairs that the teacher agrees on, for each query that has any.
fn agreement(gathered: &Gathered, collections: &[ProbedFacts]) -> OnCollection {
    let name = &gathered.config.name;
    let Some(probed) = collections.iter().find(|probed| probed.collection == *name) else {
        return Err(left_out(gathered, "the teacher or a reference does not cover it".to_owned(), None));
    };
    let queries = &probed.surprising.queries;
    if queries.len() < MIN_QUERIES {
        let why = format!("{} queries have pairs that every reference ranks against the judgements", queries.len());
        return Err(left_out(gathered, why, Some(queries.len())));
    }
    Ok(queries.iter().map(|(query, share)| (query.clone(), vec![*share])).unzip())
}

/// The sample with what reviewers said of it.
fn reviewed(loaded: &Loaded, material: &mut Material, sample: Vec<Inspected>) -> Result<Vec<InspectedFacts>> {
    let mut said = match &loaded.config.inspection.reviews {
        None => BTreeMap::new(),
        Some(path) => {
            let path = loaded.resolve(path);
            let said = reviews::read(&path, &sample).map_err(|error| error.context("[inspection] reviews"))?;
            super::gather::note_input(material, &path)?;
            said
        }
    };
    Ok(sample.into_iter().map(|pair| InspectedFacts { review: said.remove(&reviews::item(&pair)), pair }).collect())
}

/// Texts of everything that is named, as far as reports may show them.
fn texts(loaded: &Loaded, material: &Material, probe: &ProbeFacts) -> Result<BTreeMap<String, TextFacts>> {
    let shown = loaded.config.report.texts;
    if shown == Texts::None {
        return Ok(BTreeMap::new());
    }
    let cut = |text: &str| shown.cut(text, EXCERPT);
    let mut all = BTreeMap::new();
    for gathered in &material.collections {
        let name = &gathered.config.name;
        let (queries, documents) = named(probe, name);
        if queries.is_empty() {
            continue;
        }
        let known = |query: &QueryId| Some((query.clone(), cut(gathered.collection.queries.get(query)?)));
        let documents = match gathered.collection.has_corpus() {
            true => gathered.collection.texts_of(&documents)?,
            false => BTreeMap::new(),
        };
        let texts = TextFacts {
            queries: queries.iter().filter_map(known).collect(),
            documents: documents.into_iter().map(|(document, text)| (document, cut(&text))).collect(),
        };
        all.insert(name.clone(), texts);
    }
    Ok(all)
}

/// Queries and documents of a collection that are named somewhere.
fn named(probe: &ProbeFacts, collection: &str) -> (BTreeSet<QueryId>, BTreeSet<DocumentId>) {
    let (mut queries, mut documents) = (BTreeSet::new(), BTreeSet::new());
    let mut name = |query: &QueryId, all: &[&DocumentId]| {
        queries.insert(query.clone());
        documents.extend(all.iter().map(|document| (*document).clone()));
    };
    if let Some(probed) = probe.on(collection) {
        for pair in probed.carrying.iter().flat_map(|carrying| &carrying.heaviest) {
            name(&pair.query, &[&pair.document]);
        }
        for pair in &probed.surprising.examples {
            name(&pair.query, &[&pair.relevant, &pair.other]);
        }
    }
    for inspected in probe.inspection.iter().filter(|inspected| inspected.pair.collection == collection) {
        name(&inspected.pair.query, &[&inspected.pair.document]);
    }
    (queries, documents)
}
