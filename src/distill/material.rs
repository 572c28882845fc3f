//! Reads what a student is trained from: queries, the documents that a teacher scored, and its scores.
//!
//! Exact copies of test queries never get in: a student that was trained on the test measures nothing. What is left
//! out is counted, and nothing is left out in silence. Only the texts that the scores name are kept of the corpus.
//! Copies are told by their normal form ([`crate::text::normalise`]); near copies are not looked for.

use super::TrainingData;
use super::lesson::{Lesson, LessonReport};
use crate::collection::{DocumentId, QueryId, read_queries, read_texts};
use crate::error::{Error, Place, Result};
use crate::runs::{self, Format, Run};
use crate::text::normalise;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Where the training files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingFiles {
    /// Training queries.
    pub queries: PathBuf,
    /// The documents that the scores name, and perhaps others.
    pub corpus: PathBuf,
    /// The teacher's scores.
    pub scores: PathBuf,
    /// The form of the scores, where four columns leave it open.
    pub format: Option<Format>,
}

/// What was read, and what of it was left out: plain numbers and names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingReport {
    /// Queries of the file.
    pub queries: usize,
    /// Those of them that the teacher scored nothing for.
    pub without_scores: usize,
    /// Scored queries that are test queries, word for word: left out.
    pub test_copies: Vec<TestCopy>,
    /// Rows of the scores that stand there again, with the same score: counted once.
    pub repeated_rows: u64,
    /// Documents that are used, with neither title nor text.
    pub empty_documents: usize,
}

/// A training query that is a test query, word for word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TestCopy {
    /// The training query.
    pub query: QueryId,
    /// The collection that tests with it.
    pub collection: String,
    /// Its identifier there.
    pub test_query: QueryId,
}

/// The queries that rankers are tested with, by their normal form.
#[derive(Clone, Debug, Default)]
pub struct TestQueries {
    by_text: BTreeMap<String, Vec<(String, QueryId)>>,
}

/// Everything that was read, before it is known which scores a student learns from.
#[derive(Debug)]
pub struct Training {
    /// The texts, and the teacher's scores of them: the lists that every other teacher is restricted to.
    pub data: TrainingData,
    /// What was left out of the files.
    pub report: TrainingReport,
    /// What was left out of the teacher's lists.
    pub teacher: LessonReport,
}

impl TrainingReport {
    /// Training queries that are test queries, in one collection or several.
    pub fn copied_queries(&self) -> usize {
        self.test_copies.iter().map(|copy| &copy.query).collect::<BTreeSet<_>>().len()
    }
}

impl TestQueries {
    /// Adds a query of a collection. A text without a letter or digit is equal to nothing.
    pub fn add(&mut self, collection: &str, query: &QueryId, text: &str) {
        let text = normalise(text);
        if !text.is_empty() {
            self.by_text.entry(text).or_default().push((collection.to_owned(), query.clone()));
        }
    }

    /// Whether a text is a test query.
    pub fn holds(&self, text: &str) -> bool {
        self.by_text.contains_key(&normalise(text))
    }

    /// The test queries that a text is a copy of.
    fn copies<'a>(&'a self, query: &'a QueryId, text: &str) -> impl Iterator<Item = TestCopy> + 'a {
        let same = self.by_text.get(&normalise(text)).into_iter().flatten();
        same.map(|(collection, test)| TestCopy {
            query: query.clone(),
            collection: collection.clone(),
            test_query: test.clone(),
        })
    }
}

/// Reads the training files and leaves out what must not be trained on, or cannot be: a group takes `candidates`
/// documents of a query.
///
/// # Errors
/// Those of the readers; scores that name queries or documents without a text; nothing left to train on.
pub fn read(files: &TrainingFiles, tests: &TestQueries, candidates: usize) -> Result<Training> {
    let queries = read_queries(&files.queries)?.texts;
    let reading = runs::read_counted(&files.scores, files.format)?;
    let mut report = TrainingReport {
        queries: queries.len(),
        without_scores: queries.keys().filter(|query| !reading.run.queries.contains_key(*query)).count(),
        repeated_rows: reading.repeated,
        ..TrainingReport::default()
    };
    let mut scores = reading.run;
    let mut texts = scored_texts(files, queries, &scores)?;
    report.test_copies = texts.iter().flat_map(|(query, text)| tests.copies(query, text)).collect();
    for copy in &report.test_copies {
        scores.queries.remove(&copy.query);
    }
    let teacher = Lesson::of_teacher(scores, candidates);
    if teacher.run.queries.is_empty() {
        return Err(nothing_left(files, &report, &teacher.report, candidates));
    }
    texts.retain(|query, _| teacher.run.queries.contains_key(query));
    let documents = documents(files, &teacher.run)?;
    report.empty_documents = documents.values().filter(|text| text.is_empty()).count();
    let data = TrainingData { queries: texts, documents, teacher: teacher.run };
    Ok(Training { data, report, teacher: teacher.report })
}

/// The texts of the queries that have scores.
fn scored_texts(
    files: &TrainingFiles,
    mut queries: BTreeMap<QueryId, String>,
    scores: &Run,
) -> Result<BTreeMap<QueryId, String>> {
    queries.retain(|query, text| !text.is_empty() && scores.queries.contains_key(query));
    let missing = scores.queries.keys().filter(|query| !queries.contains_key(*query));
    without_text(missing, scores.queries.len(), "queries", &files.scores, &files.queries)?;
    Ok(queries)
}

fn documents(files: &TrainingFiles, scores: &Run) -> Result<BTreeMap<DocumentId, String>> {
    let wanted: BTreeSet<DocumentId> = scores.queries.values().flatten().map(|s| s.document.clone()).collect();
    let texts = read_texts(&files.corpus, &wanted)?;
    let missing = wanted.iter().filter(|document| !texts.contains_key(*document));
    without_text(missing, wanted.len(), "documents", &files.scores, &files.corpus)?;
    Ok(texts)
}

fn without_text<I: std::fmt::Display>(
    missing: impl Iterator<Item = I>,
    all: usize,
    what: &str,
    scores: &Path,
    texts: &Path,
) -> Result<()> {
    let missing: Vec<I> = missing.collect();
    let Some(first) = missing.first() else { return Ok(()) };
    let file = texts.display();
    Err(Error::input(format!(
        "{} of the {all} {what} that are scored have no text in {file}, {first} for one",
        missing.len()
    ))
    .at(Place::file(scores))
    .help(format!("a student cannot learn from a text that is not there: check that {file} belongs to these scores"))
    .help("or leave these rows out of the scores"))
}

fn nothing_left(files: &TrainingFiles, report: &TrainingReport, teacher: &LessonReport, candidates: usize) -> Error {
    Error::input(format!(
        "no training query is left: {} are copies of test queries, {} have fewer than {candidates} scored documents, and of {} all scores are equal",
        report.copied_queries(),
        teacher.short_lists,
        teacher.equal_scores
    ))
    .at(Place::file(&files.scores))
    .help("a student learns from differences between documents of one query: score more of each, or set distill.candidates lower")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::TempDir;

    const QUERIES: &str = "q1\tblue whales\nq2\tWhat is a fjord?\nq3\ttea\nq4\tnobody scored this\nq5\tone\n";
    const CORPUS: &str = "d1\tone\nd2\ttwo\nd3\t\nd4\tunused\n";
    const SCORES: &str = "q1\td1\t2\nq1\td2\t1\nq2\td1\t1\nq2\td3\t0\nq3\td1\t5\nq3\td2\t5\nq5\td1\t1\n";

    fn files(folder: &TempDir, queries: &str, corpus: &str, scores: &str) -> TrainingFiles {
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        TrainingFiles {
            queries: write("queries.tsv", queries),
            corpus: write("corpus.tsv", corpus),
            scores: write("scores.tsv", scores),
            format: None,
        }
    }

    fn tests() -> TestQueries {
        let mut tests = TestQueries::default();
        tests.add("dl19", &"t7".into(), "what is  a FJORD");
        tests.add("dl19", &"t8".into(), "?!");
        tests
    }

    #[test]
    fn what_cannot_or_must_not_be_trained_on_is_left_out_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let training = read(&files(&folder, QUERIES, CORPUS, SCORES), &tests(), 2).unwrap();
        assert_eq!(training.data.queries.keys().map(QueryId::as_str).collect::<Vec<_>>(), ["q1"]);
        assert_eq!(training.data.documents.len(), 2);
        assert_eq!((training.report.queries, training.report.without_scores), (5, 1));
        let copy = TestCopy { query: "q2".into(), collection: "dl19".to_owned(), test_query: "t7".into() };
        assert_eq!(training.report.test_copies, [copy]);
        assert_eq!((training.teacher.equal_scores, training.teacher.short_lists), (1, 1));
    }

    #[test]
    fn texts_that_are_not_there_are_counted_and_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for (queries, corpus, part) in [
            ("q1\ta\nq2\t\n", CORPUS, "3 of the 4 queries that are scored have no text in"),
            (QUERIES, "d1\tone\n", "1 of the 2 documents that are scored have no text in"),
        ] {
            let error = read(&files(&folder, queries, corpus, SCORES), &tests(), 2).unwrap_err();
            assert_eq!(error.exit(), crate::Exit::Unusable);
            assert!(error.to_string().contains(part), "{error}");
            assert!(error.to_string().contains("for one"), "{error}");
        }
    }

    #[test]
    fn nothing_to_train_on_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let scores = "q2\td1\t1\nq2\td3\t0\nq3\td1\t5\nq3\td2\t5\nq5\td1\t1\n";
        let error = read(&files(&folder, QUERIES, CORPUS, scores), &tests(), 2).unwrap_err().to_string();
        let said = "1 are copies of test queries, 1 have fewer than 2 scored documents, and of 1 all scores are equal";
        assert!(error.contains(said), "{error}");
    }
}
