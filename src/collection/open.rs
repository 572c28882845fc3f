//! A collection: its queries and judgements in memory, its documents streamed when they are needed.

use super::complaint::quoted;
use super::counts::{Counts, DocumentCounts, JudgementCounts, QueryCounts};
use super::documents::{Documents, Entry};
use super::ids::{DocumentId, QueryId};
use super::judgements::{Judgements, read_judgements};
use super::lines::Marks;
use super::location::Location;
use super::qrels::Qrels;
use super::queries::{Queries, read_queries};
use crate::error::{Error, Place, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A collection that was opened.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Its name, as the config gives it.
    pub name: String,
    /// Where its files are.
    pub location: Location,
    /// The texts of all queries, judged or not; empty where the collection has judgements alone.
    pub queries: BTreeMap<QueryId, String>,
    /// The judgements.
    pub qrels: Qrels,
    /// What was counted on the way; of the documents, nothing before [`Collection::survey`].
    pub counts: Counts,
}

impl Collection {
    /// Reads queries and judgements. The corpus is not touched.
    ///
    /// Errors: those of the readers; no judgements are named; no document is relevant; none of the judged queries has
    /// a text.
    pub fn open(name: &str, location: &Location) -> Result<Collection> {
        let Some(qrels) = &location.qrels else {
            return Err(Error::input("it has no judgements, and nothing can be measured without")
                .help("add `qrels = `: four columns `query 0 document grade`, or BEIR's TSV"));
        };
        let judgements = read_judgements(qrels)?;
        let queries = location.queries.as_deref().map(read_queries).transpose()?;
        check_relevant(qrels, &judgements.qrels)?;
        if let (Some(queries), Some(path)) = (&queries, &location.queries) {
            check_same_queries(path, queries, &judgements.qrels)?;
        }
        let counts = count(queries.as_ref(), &judgements);
        Ok(Collection {
            name: name.to_owned(),
            location: location.clone(),
            queries: queries.map(|queries| queries.texts).unwrap_or_default(),
            qrels: judgements.qrels,
            counts,
        })
    }

    /// Whether there are documents to read.
    pub fn has_corpus(&self) -> bool {
        self.location.corpus.is_some()
    }

    /// The documents, streamed. Errors: the collection has no corpus, or it cannot be opened.
    pub fn documents(&self) -> Result<Documents> {
        let Some(corpus) = &self.location.corpus else {
            return Err(Error::input(format!("collection {} has no corpus, and its documents are needed", self.name))
                .help("add `corpus = ` to this collection: JSON lines, TSV or TREC documents"));
        };
        Documents::open(corpus)
    }

    /// Reads the corpus once, and adds what it holds to the counts.
    ///
    /// Errors: those of [`Documents`]; the corpus has none of the judged documents.
    pub fn survey(&mut self) -> Result<()> {
        self.surveyed(&mut |_| ())
    }

    /// As [`Collection::survey`], and hands over every document: its identifier, and title and text joined as BEIR does.
    ///
    /// Errors: the same. After one, what was handed over is not the whole corpus.
    pub fn survey_with(&mut self, hear: &mut dyn FnMut(&str, String)) -> Result<()> {
        self.surveyed(&mut |entry| hear(&entry.id, entry.joined()))
    }

    fn surveyed(&mut self, take: &mut dyn FnMut(&Entry<'_>)) -> Result<()> {
        let mut documents = self.documents()?;
        while documents.next_as(&mut *take)?.is_some() {}
        let judged = self.qrels.queries.values().flat_map(BTreeMap::keys);
        let unknown = judged.filter(|document| !documents.has_read(document)).count() as u64;
        if unknown == self.counts.judgements.judgements {
            return Err(self.no_judged_document());
        }
        if self.counts.documents.is_none() {
            self.counts.add_marks(documents.marks());
        }
        self.counts.documents = Some(DocumentCounts {
            documents: documents.documents(),
            repeated: documents.repeated(),
            empty: documents.empty(),
            judgements_of_unknown_documents: unknown,
        });
        Ok(())
    }

    /// The texts of some documents, title and text joined as BEIR does, in one pass over the corpus. A document that
    /// the corpus does not have is not in the answer.
    ///
    /// Errors: those of [`Documents`].
    pub fn texts_of(&self, wanted: &BTreeSet<DocumentId>) -> Result<BTreeMap<DocumentId, String>> {
        pick(self.documents()?, wanted)
    }

    fn no_judged_document(&self) -> Error {
        let example = self.qrels.queries.values().flat_map(BTreeMap::keys).next();
        let example =
            example.map_or(String::new(), |id| format!(", such as {}", super::complaint::quoted(id.as_str())));
        let error = Error::input(format!("the corpus has none of the judged documents{example}"))
            .help("check that corpus and judgements belong together and spell the ids alike");
        match &self.location.corpus {
            Some(corpus) => error.at(Place::file(corpus)),
            None => error,
        }
    }
}

/// The texts of some documents of a corpus, as [`Collection::texts_of`] gives them.
///
/// Errors: those of [`Documents`].
pub fn read_texts(corpus: &Path, wanted: &BTreeSet<DocumentId>) -> Result<BTreeMap<DocumentId, String>> {
    pick(Documents::open(corpus)?, wanted)
}

fn pick(mut documents: Documents, wanted: &BTreeSet<DocumentId>) -> Result<BTreeMap<DocumentId, String>> {
    let mut texts = BTreeMap::new();
    let mut take = |entry: &Entry<'_>| {
        if let Some(id) = wanted.get(&*entry.id) {
            texts.insert(id.clone(), entry.joined());
        }
    };
    while documents.next_as(&mut take)?.is_some() {}
    Ok(texts)
}

/// Without a relevant document no measure says anything.
fn check_relevant(path: &Path, qrels: &Qrels) -> Result<()> {
    if qrels.queries.values().flat_map(BTreeMap::values).any(|grade| *grade > 0) {
        return Ok(());
    }
    Err(Error::input("no document is judged relevant: every grade is 0 or less")
        .at(Place::file(path))
        .help("check the order of the columns, `query 0 document grade`, and the scale: higher is better"))
}

/// Queries and judgements of different collections, or with ids spelled in two ways, would measure nothing.
fn check_same_queries(path: &Path, queries: &Queries, qrels: &Qrels) -> Result<()> {
    if qrels.queries.keys().any(|query| queries.texts.contains_key(query)) {
        return Ok(());
    }
    let example = |id: Option<&QueryId>| quoted(id.map_or("", QueryId::as_str));
    let what = format!(
        "none of the judged queries has a text: judgements name {}, queries name {}",
        example(qrels.queries.keys().next()),
        example(queries.texts.keys().next())
    );
    Err(Error::input(what)
        .at(Place::file(path))
        .help("check that queries and judgements belong together and spell the ids alike"))
}

fn count(queries: Option<&Queries>, judgements: &Judgements) -> Counts {
    let mut counts = Counts {
        queries: queries.map(|queries| count_queries(queries, &judgements.qrels)),
        judgements: JudgementCounts::of(&judgements.qrels, judgements.repeated),
        ..Counts::default()
    };
    counts.add_marks(judgements.marks);
    if let Some(queries) = queries {
        counts.add_marks(queries.marks);
    }
    counts
}

fn count_queries(queries: &Queries, qrels: &Qrels) -> QueryCounts {
    let is_judged = |query: &QueryId| qrels.queries.contains_key(query);
    let has_text = |query: &QueryId| queries.texts.get(query).is_some_and(|text| !text.is_empty());
    QueryCounts {
        queries: queries.texts.len() as u64,
        repeated: queries.repeated,
        empty: queries.texts.values().filter(|text| text.is_empty()).count() as u64,
        without_judgements: queries.texts.keys().filter(|query| !is_judged(query)).count() as u64,
        judged_without_text: qrels.queries.keys().filter(|query| !has_text(query)).count() as u64,
    }
}

impl Counts {
    fn add_marks(&mut self, marks: Marks) {
        self.crlf_lines += marks.crlf_lines;
        self.byte_order_marks += u64::from(marks.bom);
    }
}
