//! Measures of a run: a value for every judged query, and their mean, as ir_measures and trec_eval `-c` take it.
//!
//! The queries of the judgements count, and no others: one that the run does not answer has the value 0, also where
//! it has no relevant document; one that nobody judged is left out. (Outcomes leave out more: `audit`.)
//!
//! Every value equals what ir_measures 0.4 computes by default, to 1e-9, with one exception. Ties in score are broken
//! here in one way for all measures, trec_eval's ([`by_rank`](super::by_rank)): scores as 32-bit floats, then the
//! document identifier, descending. ir_measures does so for all but `RR@k` and `Judged`: for these two it compares
//! 64-bit floats and then takes identifiers in ascending order, so that `RR` and `RR@1000` of one run can differ.
//! Where results are tied, those two measures may therefore have another value here than there. (trec_eval 9 is meant,
//! from which pytrec_eval 0.5 is built; version 10 of 2026 compares 64-bit floats.)

use super::run::{Run, Scored};
use crate::collection::{DocumentId, Grade, Qrels, QueryId};
use crate::measure::{Ideal, Measure};
use std::collections::BTreeMap;

/// The values of several measures of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// The measures, as they were asked for.
    pub measures: Vec<Measure>,
    /// For every judged query a value of each measure, in the order of `measures`.
    pub queries: BTreeMap<QueryId, Vec<f64>>,
}

impl Evaluation {
    /// The mean of each measure over the queries, in the order of `measures`; NaN where there is no query.
    pub fn means(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.measures.len()];
        for values in self.queries.values() {
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
        sums.into_iter().map(|sum| sum / self.queries.len() as f64).collect()
    }
}

/// The values of measures for every judged query.
pub fn evaluate(qrels: &Qrels, run: &Run, measures: &[Measure]) -> Evaluation {
    let depth = depth(measures);
    let of_query = |(query, judgements): (&QueryId, &BTreeMap<DocumentId, Grade>)| {
        let ideal = Ideal::new(judgements.values().copied());
        let ranking = grades(judgements, run.ranking(query), depth);
        (query.clone(), measures.iter().map(|measure| measure.value(&ranking, &ideal)).collect())
    };
    Evaluation { measures: measures.to_vec(), queries: qrels.queries.iter().map(of_query).collect() }
}

/// One value: a measure of one query's ranking, which is in [`by_rank`](super::by_rank) order.
///
/// `rel` is the lowest relevant grade of the collection; a measure that names one of its own, `AP(rel=2)`, keeps it.
/// 0 where the query was not judged.
pub fn value(measure: &Measure, rel: Grade, qrels: &Qrels, query: &QueryId, ranking: &[Scored]) -> f64 {
    let Some(judgements) = qrels.queries.get(query) else { return 0.0 };
    let measure = if measure.rel() == 1 { measure.with_rel(rel.max(1)).unwrap_or(*measure) } else { *measure };
    let ideal = Ideal::new(judgements.values().copied());
    measure.value(&grades(judgements, ranking, measure.depth()), &ideal)
}

/// The grades of a ranking's first results; `None` for a document that nobody judged.
fn grades(judgements: &BTreeMap<DocumentId, Grade>, ranking: &[Scored], depth: Option<usize>) -> Vec<Option<Grade>> {
    let top = ranking.iter().take(depth.unwrap_or(usize::MAX));
    top.map(|scored| judgements.get(&scored.document).copied()).collect()
}

/// How many results from the top decide all of these measures; `None` where every result may.
fn depth(measures: &[Measure]) -> Option<usize> {
    measures.iter().map(Measure::depth).try_fold(0, |deepest, depth| Some(deepest.max(depth?)))
}

#[cfg(test)]
mod tests {
    use super::super::by_rank;
    use super::*;

    fn qrels(rows: &[(&str, &str, Grade)]) -> Qrels {
        let mut qrels = Qrels::default();
        for (query, document, grade) in rows {
            qrels.queries.entry((*query).into()).or_default().insert((*document).into(), *grade);
        }
        qrels
    }

    fn run(rows: &[(&str, &str, f64)]) -> Run {
        let mut run = Run::default();
        for (query, document, score) in rows {
            let scored = Scored { document: (*document).into(), score: *score };
            run.queries.entry((*query).into()).or_default().push(scored);
        }
        run.queries.values_mut().for_each(|ranking| ranking.sort_by(by_rank));
        run
    }

    fn measures(names: &[&str]) -> Vec<Measure> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    #[test]
    fn judged_queries_count_and_no_others() {
        let qrels = qrels(&[("answered", "d1", 1), ("missing", "d1", 1), ("hopeless", "d1", 0)]);
        let run = run(&[("answered", "d1", 1.0), ("hopeless", "d1", 1.0), ("unjudged", "d1", 1.0)]);
        let evaluation = evaluate(&qrels, &run, &measures(&["P@1", "Judged@1"]));
        let values = |query: &str| evaluation.queries[query].as_slice();
        assert_eq!(evaluation.queries.len(), 3);
        assert_eq!(
            (values("answered"), values("missing"), values("hopeless")),
            (&[1.0, 1.0][..], &[0.0, 0.0][..], &[0.0, 1.0][..])
        );
        assert_eq!(evaluation.means(), [1.0 / 3.0, 2.0 / 3.0]);
        assert!(evaluate(&Qrels::default(), &run, &measures(&["AP"])).means()[0].is_nan());
    }

    #[test]
    fn tied_scores_go_by_document_id_descending() {
        let qrels = qrels(&[("q", "b", 1)]);
        // The two scores of the second run are one and the same 32-bit float.
        for run in [run(&[("q", "a", 1.0), ("q", "b", 1.0)]), run(&[("q", "a", 1.000_000_01), ("q", "b", 1.0)])] {
            let evaluation = evaluate(&qrels, &run, &measures(&["RR", "RR@10", "Judged@1"]));
            assert_eq!(evaluation.queries["q"], [1.0, 1.0, 1.0]);
        }
    }

    #[test]
    fn the_deepest_measure_decides_how_far_is_looked() {
        assert_eq!(depth(&measures(&["nDCG@10", "AP@100", "P@5"])), Some(100));
        assert_eq!(depth(&measures(&["nDCG@10", "RR"])), None);
        assert_eq!(depth(&measures(&["nDCG(judged_only=True)@10"])), None);
        assert_eq!(depth(&[]), Some(0));
    }

    #[test]
    fn the_relevant_grade_of_a_collection_holds_unless_a_measure_names_one() {
        let qrels = qrels(&[("q", "a", 1), ("q", "b", 2), ("q", "c", 3)]);
        let run = run(&[("q", "a", 3.0), ("q", "b", 2.0), ("q", "c", 1.0)]);
        let value = |name: &str, rel| value(&name.parse().unwrap(), rel, &qrels, &"q".into(), run.ranking(&"q".into()));
        assert_eq!((value("RR", 1), value("RR", 2), value("RR(rel=3)", 2)), (1.0, 0.5, 1.0 / 3.0));
        assert_eq!(value("nDCG", 1), value("nDCG", 3));
    }
}
