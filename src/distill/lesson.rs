//! What one arm learns: the scores of a teacher, or of an innocent one over the teacher's lists.
//!
//! Every arm is to see the same queries and documents, so that nothing but the scores differs between them: an innocent
//! teacher is restricted to the teacher's lists. Queries that it says nothing about (judgements without a relevant
//! document in the list, say) are left out for it alone and counted: where lists differ, so does the order in which they
//! are seen. Scores are taken as they are: the sampler brings every teacher's to one spread.

use super::TrainingData;
use crate::collection::{DocumentId, Documents, QueryId, read_qrels};
use crate::config::Bm25;
use crate::error::{Error, Result};
use crate::retrieve::Index;
use crate::runs::{Run, Scored, by_rank};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

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
    /// Queries left out because all their scores are equal; of judgements: none of the list, or all of it, is relevant.
    pub equal_scores: usize,
    /// Queries left out because fewer documents are scored than a group takes.
    pub short_lists: usize,
}

impl Lesson {
    /// The teacher's own scores, for groups of so many candidates.
    pub fn of_teacher(scores: Run, candidates: usize) -> Lesson {
        let mut lesson = Lesson { run: scores, report: LessonReport::default() };
        lesson.drop_unusable(candidates);
        lesson
    }

    /// An innocent teacher's scores of the teacher's lists, for groups of so many candidates.
    ///
    /// # Errors
    /// No query is left.
    pub fn of_reference(scores: &Run, teacher: &Run, candidates: usize) -> Result<Lesson> {
        let mut lesson = Lesson { run: restrict(scores, teacher), report: LessonReport::default() };
        let pairs = |run: &Run| run.queries.values().map(Vec::len).sum::<usize>();
        lesson.report.missing_pairs = pairs(teacher) - pairs(&lesson.run);
        lesson.drop_unusable(candidates);
        if lesson.run.queries.is_empty() {
            return Err(Error::input(format!(
                "none of the {} training queries can be used: {} have fewer than {candidates} scored documents, and of {} all scores are equal",
                teacher.queries.len(),
                lesson.report.short_lists,
                lesson.report.equal_scores
            ))
            .help("its scores have to be of the queries and documents that [distill] scores names"));
        }
        Ok(lesson)
    }

    /// Leaves out queries that no ranking loss can learn from, and counts what is left.
    fn drop_unusable(&mut self, candidates: usize) {
        let LessonReport { short_lists, equal_scores, .. } = &mut self.report;
        self.run.queries.retain(|_, list| {
            // Rankings stand in order: where the first and the last are equal, all are.
            let short = list.len() < candidates.max(2);
            let equal = list.first().map(|s| s.score) == list.last().map(|s| s.score);
            *short_lists += usize::from(short);
            *equal_scores += usize::from(equal && !short);
            !short && !equal
        });
        self.report.queries = self.run.queries.len();
        self.report.pairs = self.run.queries.values().map(Vec::len).sum();
    }
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
    let texts = Documents::open(corpus)?.map(|document| {
        document.map(|d| {
            let text = d.joined();
            (d.id, text)
        })
    });
    let index = Index::build(texts, settings)?;
    let score = |query: &QueryId, list: &Vec<Scored>| {
        let documents: Vec<DocumentId> = list.iter().map(|scored| scored.document.clone()).collect();
        let scores = index.scores(data.queries.get(query).map_or("", String::as_str), &documents);
        ranked(documents.into_iter().zip(scores).filter_map(|(document, score)| Some((document, score?))))
    };
    Ok(Run { queries: data.teacher.queries.iter().map(|(query, list)| (query.clone(), score(query, list))).collect() })
}

/// Training judgements as scores of the teacher's pairs: the grade; 0 where nobody judged.
///
/// # Errors
/// Those of the reader; none of the teacher's pairs is relevant.
pub fn labels(qrels: &Path, data: &TrainingData) -> Result<Run> {
    let qrels = read_qrels(qrels)?;
    let score = |query: &QueryId, list: &Vec<Scored>| {
        let grade = |scored: &Scored| f64::from(qrels.grade(query, &scored.document).unwrap_or(0));
        ranked(list.iter().map(|scored| (scored.document.clone(), grade(scored))))
    };
    let queries = data.teacher.queries.iter().map(|(query, list)| (query.clone(), score(query, list)));
    Ok(Run { queries: queries.collect() })
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
        let expected = LessonReport { queries: 1, pairs: 2, missing_pairs: 1, equal_scores: 1, short_lists: 1 };
        assert_eq!(lesson.report, expected);
        assert_eq!(lesson.run, run(&[("q1", &[("b", 20.0), ("a", 10.0)])]));
        assert_eq!(Lesson::of_teacher(teacher, 3).report.short_lists, 3);
    }

    #[test]
    fn a_reference_of_other_queries_is_refused() {
        let teacher = run(&[("q1", &[("a", 1.0), ("b", 0.5)])]);
        let error = Lesson::of_reference(&run(&[("z", &[("a", 1.0), ("b", 0.5)])]), &teacher, 2).unwrap_err();
        assert!(error.to_string().contains("none of the 1 training queries"), "{error}");
    }

    #[test]
    fn judgements_and_words_score_the_teachers_pairs() {
        let write = |text: &str| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file
        };
        let data = TrainingData {
            queries: BTreeMap::from([("q".into(), "whales".to_owned())]),
            teacher: run(&[("q", &[("a", 1.0), ("b", 0.5), ("c", 0.2)])]),
            ..TrainingData::default()
        };
        let qrels = write("q 0 b 2\nq 0 z 1\n");
        assert_eq!(labels(qrels.path(), &data).unwrap(), run(&[("q", &[("a", 0.0), ("b", 2.0), ("c", 0.0)])]));
        let corpus = write("a\tsharks\nb\twhales\nc\ttrees\nd\twhales whales\n");
        let run = bm25(corpus.path(), &Bm25::default(), &data).unwrap();
        let scores = &run.queries["q"];
        assert_eq!((scores.len(), scores[0].document.as_str()), (3, "b"));
        assert_eq!(scores[1].score, 0.0);
    }
}
