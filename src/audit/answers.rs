//! Reads what the teacher wrote, and looks in it for what it was not shown.

use super::gather::note_input;
use super::material::{Gathered, Material};
use crate::collection::{DocumentId, QueryId, read_queries};
use crate::config::{Loaded, Texts};
use crate::error::Result;
use crate::facts::AnswerFacts;
use crate::probe::verbatim::{Verbatim, identifiers, longest_run};
use std::collections::{BTreeMap, BTreeSet};

/// Runs and identifiers that are named of each collection.
const SHOWN: usize = 10;

/// The answers of `[teacher] answers`; `None` where none are given.
///
/// # Errors
/// A file that cannot be read, or that is no list of queries with texts; a corpus that cannot be read.
pub fn look(loaded: &Loaded, material: &mut Material) -> Result<Option<AnswerFacts>> {
    let Some(files) = loaded.config.teacher.as_ref().and_then(|teacher| teacher.answers.as_ref()) else {
        return Ok(None);
    };
    let mut facts = AnswerFacts::default();
    let mut read = Vec::new();
    for gathered in &material.collections {
        let name = &gathered.config.name;
        let paths: Vec<_> = files.of(name).iter().map(|path| loaded.resolve(path)).collect();
        if files.is_pattern() && !paths.iter().any(|path| path.exists()) {
            facts.missing.insert(name.clone(), format!("no file {}", paths[0].display()));
            continue;
        }
        if !gathered.collection.has_corpus() {
            facts.missing.insert(name.clone(), "it has no corpus, so nobody knows what its documents say".to_owned());
            continue;
        }
        let mut found = Found::default();
        for path in &paths {
            let answers = read_queries(path).map_err(|error| error.context(format!("[teacher] answers for {name}")))?;
            of_collection(gathered, &answers.texts, &mut found)?;
            read.push(path.clone());
        }
        if found.answers == 0 {
            facts.missing.insert(name.clone(), "no answer is about one of its judged queries".to_owned());
            continue;
        }
        if loaded.config.report.texts == Texts::None {
            found.verbatim.iter_mut().for_each(|verbatim| verbatim.run.clear());
        }
        found.verbatim.sort_by(|a, b| b.words.cmp(&a.words).then_with(|| a.query.cmp(&b.query)));
        found.verbatim.truncate(SHOWN);
        found.identifiers.truncate(SHOWN);
        facts.answers.insert(name.clone(), found.answers);
        facts.verbatim.insert(name.clone(), found.verbatim);
        facts.identifiers.insert(name.clone(), found.identifiers);
    }
    read.iter().try_for_each(|path| note_input(material, path))?;
    Ok(Some(facts))
}

/// What was found in the answers about one collection.
#[derive(Default)]
struct Found {
    answers: usize,
    verbatim: Vec<Verbatim>,
    identifiers: Vec<(QueryId, String)>,
}

fn of_collection(gathered: &Gathered, answers: &BTreeMap<QueryId, String>, found: &mut Found) -> Result<()> {
    let qrels = &gathered.collection.qrels;
    let judged: BTreeSet<&str> = qrels.queries.values().flatten().map(|(document, _)| document.as_str()).collect();
    let unseen: BTreeMap<&QueryId, BTreeSet<DocumentId>> =
        answers.keys().map(|query| (query, unseen(gathered, query))).collect();
    let scored: BTreeSet<DocumentId> =
        answers.keys().flat_map(|query| shown(gathered, query)).map(DocumentId::new).collect();
    let wanted = unseen.values().flatten().cloned().chain(scored).collect();
    let texts = gathered.collection.texts_of(&wanted)?;
    for (query, answer) in answers.iter().filter(|(query, _)| qrels.queries.contains_key(*query)) {
        found.answers += 1;
        let text = gathered.collection.queries.get(query).map_or("", String::as_str);
        let documents: Vec<(&DocumentId, &str)> =
            unseen[query].iter().filter_map(|id| Some((id, texts.get(id)?.as_str()))).collect();
        let shown = shown(gathered, query);
        let shown_texts: Vec<&str> =
            shown.iter().filter_map(|id| texts.get(&DocumentId::new(id)).map(String::as_str)).collect();
        found.verbatim.extend(longest_run((query, text), answer, &documents, &shown_texts));
        let was_shown = |word: &str| shown.contains(word) || shown_texts.iter().any(|text| text.contains(word));
        let known = |word: &str| judged.contains(word) && !was_shown(word) && !text.contains(word);
        found.identifiers.extend(identifiers(answer, known).into_iter().map(|id| (query.clone(), id.to_owned())));
    }
    Ok(())
}

/// Documents that the teacher scored for a query: what it was shown.
fn shown<'a>(gathered: &'a Gathered, query: &QueryId) -> BTreeSet<&'a str> {
    let runs = gathered.runs("teacher").iter();
    runs.flat_map(|scores| scores.run.ranking(query)).map(|scored| scored.document.as_str()).collect()
}

/// Relevant documents that it was not shown.
fn unseen(gathered: &Gathered, query: &QueryId) -> BTreeSet<DocumentId> {
    let shown = shown(gathered, query);
    let judged = gathered.collection.qrels.queries.get(query).into_iter().flatten();
    let relevant = judged.filter(|(_, grade)| **grade >= gathered.config.rel).map(|(document, _)| document);
    relevant.filter(|document| !shown.contains(document.as_str())).cloned().collect()
}
