//! What one arm learns: the scores of a teacher, or of an innocent one over the teacher's lists.
//!
//! Every arm is to see the same queries and documents in the same order, so that nothing but the scores differs between
//! them: an innocent teacher is restricted to the teacher's lists, and a query of which it says the same everywhere keeps
//! its place and teaches nothing. Judgements cannot hold to that: most of a list is not relevant, so that a sample of it
//! would mostly teach nothing. They learn from lists of their own, cut to a group's size, each with something relevant in
//! it. Scores are taken as they are: the sampler brings every teacher's to one spread.

use super::TrainingData;
use crate::collection::{DocumentId, Documents, Qrels, QueryId};
use crate::config::Bm25;
use crate::error::{Error, Result};
use crate::retrieve::Index;
use crate::runs::{Run, Scored, by_rank};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The seed of the choice of documents that are not relevant. Fixed: it is the same for every student.
const SEED: u64 = 1;

/// Scores to learn from, and what was left out of them.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// For each query the scored candidates.
    pub run: Run,
    /// What was left out.
    pub report: LessonReport,
}

/// What an arm learns from, and what was left out of it, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonReport {
    /// Queries that are used.
    pub queries: usize,
    /// Scored documents of these queries.
    pub pairs: usize,
    /// Pairs of the teacher's lists that have no score here.
    pub missing_pairs: usize,
    /// Queries left out because all their scores are equal; of judgements: none of the teacher's documents is relevant.
    /// Another reference's such queries stay: they teach nothing, and keep the order.
    pub equal_scores: usize,
    /// Queries left out because fewer documents are scored than a group takes.
    pub short_lists: usize,
}

impl Lesson {
    /// The teacher's own scores, for groups of so many candidates.
    pub fn of_teacher(mut scores: Run, candidates: usize) -> Lesson {
        let mut report = LessonReport::default();
        drop_short(&mut scores, candidates, &mut report);
        drop_flat(&mut scores, &mut report);
        Lesson::counted(scores, report)
    }

    /// An innocent teacher's scores of the teacher's lists, for groups of so many candidates.
    ///
    /// # Errors
    /// Nothing to learn from is left.
    pub fn of_reference(scores: &Run, teacher: &Run, candidates: usize) -> Result<Lesson> {
        let mut run = restrict(scores, teacher);
        let pairs = |run: &Run| run.queries.values().map(Vec::len).sum::<usize>();
        let mut report = LessonReport { missing_pairs: pairs(teacher) - pairs(&run), ..LessonReport::default() };
        drop_short(&mut run, candidates, &mut report);
        if run.queries.values().all(|list| is_flat(list)) {
            return Err(Error::input(format!(
                "none of the {} training queries can be used: {} have fewer than {candidates} scored documents, and of {} all scores are equal",
                teacher.queries.len(),
                report.short_lists,
                run.queries.len()
            ))
            .help("its scores have to be of the queries and documents that [distill] scores names"));
        }
        Ok(Lesson::counted(run, report))
    }

    /// Training judgements as scores of documents of the teacher's lists: the grade; 0 where nobody judged.
    ///
    /// Of each list so many documents are taken as a group has: the relevant ones, all but one place at most, and others
    /// by the hash of their names.
    ///
    /// # Errors
    /// No query has a relevant document and another one in its list.
    pub fn of_labels(qrels: &Qrels, teacher: &Run, candidates: usize) -> Result<Lesson> {
        let list = |query: &QueryId, list: &Vec<Scored>| {
            let grade = |scored: &Scored| f64::from(qrels.grade(query, &scored.document).unwrap_or(0));
            group(query, list.iter().map(|scored| (scored.document.clone(), grade(scored))).collect(), candidates)
        };
        let queries = teacher.queries.iter().map(|(query, scored)| (query.clone(), list(query, scored)));
        let (mut run, mut report) = (Run { queries: queries.collect() }, LessonReport::default());
        drop_short(&mut run, candidates, &mut report);
        drop_flat(&mut run, &mut report);
        if run.queries.is_empty() {
            return Err(Error::input(format!(
                "none of the {} training queries has a relevant document, and one that is not, among those that the teacher scored",
                teacher.queries.len()
            ))
            .help("distill.qrels has to judge the queries and documents that [distill] scores names"));
        }
        Ok(Lesson::counted(run, report))
    }

    fn counted(run: Run, report: LessonReport) -> Lesson {
        let (queries, pairs) = (run.queries.len(), run.queries.values().map(Vec::len).sum());
        Lesson { run, report: LessonReport { queries, pairs, ..report } }
    }
}

/// A list from which a group cannot be made.
fn drop_short(run: &mut Run, candidates: usize, report: &mut LessonReport) {
    let before = run.queries.len();
    run.queries.retain(|_, list| list.len() >= candidates.max(2));
    report.short_lists = before - run.queries.len();
}

/// A list that teaches nothing.
fn drop_flat(run: &mut Run, report: &mut LessonReport) {
    let before = run.queries.len();
    run.queries.retain(|_, list| !is_flat(list));
    report.equal_scores = before - run.queries.len();
}

/// Rankings stand in order: where the first and the last are equal, all are.
fn is_flat(list: &[Scored]) -> bool {
    list.first().map(|scored| scored.score) == list.last().map(|scored| scored.score)
}

/// As many documents as a group has: relevant ones first, but a place for another.
fn group(query: &QueryId, mut graded: Vec<(DocumentId, f64)>, candidates: usize) -> Vec<Scored> {
    let hash = |document: &DocumentId| {
        xxh3_64_with_seed(document.as_str().as_bytes(), xxh3_64_with_seed(query.as_str().as_bytes(), SEED))
    };
    graded.sort_by(|a, b| hash(&a.0).cmp(&hash(&b.0)).then_with(|| a.0.cmp(&b.0)));
    let (mut relevant, mut others): (Vec<_>, Vec<_>) = graded.into_iter().partition(|(_, grade)| *grade > 0.0);
    relevant.truncate(candidates - candidates.min(1).min(others.len()));
    others.truncate(candidates - relevant.len());
    ranked(relevant.into_iter().chain(others))
}

/// The part of a run that scores the teacher's pairs, for every query of the teacher.
fn restrict(scores: &Run, teacher: &Run) -> Run {
    let of = |query: &QueryId, list: &Vec<Scored>| {
        let wanted: BTreeSet<&DocumentId> = list.iter().map(|scored| &scored.document).collect();
        scores.ranking(query).iter().filter(|scored| wanted.contains(&scored.document)).cloned().collect()
    };
    Run { queries: teacher.queries.iter().map(|(query, list)| (query.clone(), of(query, list))).collect() }
}

/// BM25 over the training corpus: its scores of the teacher's pairs.
///
/// # Errors
/// Those of the corpus.
pub fn bm25(corpus: &Path, settings: &Bm25, data: &TrainingData) -> Result<Run> {
    let index = Index::of_corpus(Documents::open(corpus)?, settings)?;
    let score = |query: &QueryId, list: &Vec<Scored>| {
        let documents: Vec<DocumentId> = list.iter().map(|scored| scored.document.clone()).collect();
        let scores = index.scores(data.queries.get(query).map_or("", String::as_str), &documents);
        ranked(documents.into_iter().zip(scores).filter_map(|(document, score)| Some((document, score?))))
    };
    Ok(Run { queries: data.teacher.queries.iter().map(|(query, list)| (query.clone(), score(query, list))).collect() })
}

fn ranked(pairs: impl Iterator<Item = (DocumentId, f64)>) -> Vec<Scored> {
    let mut ranking: Vec<Scored> = pairs.map(|(document, score)| Scored { document, score }).collect();
    ranking.sort_by(by_rank);
    ranking
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::io::Write;

    fn run(lists: &[(&str, &[(&str, f64)])]) -> Run {
        let list = |pairs: &[(&str, f64)]| ranked(pairs.iter().map(|(document, score)| ((*document).into(), *score)));
        Run { queries: lists.iter().map(|(query, pairs)| ((*query).into(), list(pairs))).collect() }
    }

    #[test]
    fn a_reference_is_restricted_to_the_teachers_pairs() {
        let pairs = [("a", 1.0), ("b", 0.5)];
        let teacher = run(&[("q1", &pairs), ("q2", &[("a", 0.2), ("c", 0.1)]), ("q3", &pairs)]);
        let own = run(&[
            ("q1", &[("a", 10.0), ("b", 20.0), ("x", 99.0)]),
            ("q2", &[("a", 3.0)]),
            ("q3", &[("a", 2.0), ("b", 2.0)]),
        ]);
        let lesson = Lesson::of_reference(&own, &teacher, 2).unwrap();
        let expected = LessonReport { queries: 2, pairs: 4, missing_pairs: 1, equal_scores: 0, short_lists: 1 };
        assert_eq!(lesson.report, expected);
        // What says nothing of a query keeps its place.
        assert_eq!(lesson.run, run(&[("q1", &[("b", 20.0), ("a", 10.0)]), ("q3", &[("a", 2.0), ("b", 2.0)])]));
        assert_eq!(Lesson::of_teacher(teacher, 3).report.short_lists, 3);
    }

    #[test]
    fn a_reference_of_other_queries_is_refused() {
        let teacher = run(&[("q1", &[("a", 1.0), ("b", 0.5)])]);
        let error = Lesson::of_reference(&run(&[("z", &[("a", 1.0), ("b", 0.5)])]), &teacher, 2).unwrap_err();
        assert!(error.to_string().contains("none of the 1 training queries"), "{error}");
    }

    #[test]
    fn judgements_teach_in_every_group() {
        let list: Vec<(String, f64)> = (0..20).map(|d| (format!("d{d}"), f64::from(d))).collect();
        let list: Vec<(&str, f64)> = list.iter().map(|(document, score)| (document.as_str(), *score)).collect();
        let teacher = run(&[("one", &list), ("none", &list), ("all", &list[..5]), ("few", &list[..3])]);
        let mut qrels = Qrels::default();
        for (query, document, grade) in [("one", "d7", 2), ("one", "elsewhere", 1), ("one", "d3", -1), ("few", "d1", 1)]
        {
            qrels.queries.entry(query.into()).or_default().insert(document.into(), grade);
        }
        for d in 0..5 {
            qrels.queries.entry("all".into()).or_default().insert(DocumentId::new(format!("d{d}")), 1);
        }
        let lesson = Lesson::of_labels(&qrels, &teacher, 4).unwrap();
        let expected = LessonReport { queries: 1, pairs: 4, missing_pairs: 0, equal_scores: 2, short_lists: 1 };
        assert_eq!(lesson.report, expected);
        assert_eq!(lesson.run.queries["one"][0], Scored { document: "d7".into(), score: 2.0 });
        let error = Lesson::of_labels(&Qrels::default(), &teacher, 4).unwrap_err();
        assert!(error.to_string().contains("none of the 4 training queries has a relevant document"), "{error}");
    }

    #[test]
    fn bm25_scores_the_teachers_pairs() {
        let mut corpus = tempfile::NamedTempFile::new().unwrap();
        corpus.write_all(b"a\tsharks\nb\twhales\nc\ttrees\nd\twhales whales\n").unwrap();
        let data = TrainingData {
            queries: BTreeMap::from([("q".into(), "whales".to_owned())]),
            teacher: run(&[("q", &[("a", 1.0), ("b", 0.5), ("c", 0.2)])]),
            ..TrainingData::default()
        };
        let run = bm25(corpus.path(), &Bm25::default(), &data).unwrap();
        let scores = &run.queries["q"];
        assert_eq!((scores.len(), scores[0].document.as_str(), scores[1].score), (3, "b", 0.0));
    }
}
