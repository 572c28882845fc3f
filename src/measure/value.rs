//! The definitions: from the grades of a ranking to one number. Sources are named at each.

use super::{Ideal, Kind, Measure};

impl Measure {
    /// The value for one query, in [0, 1].
    ///
    /// `ranking` holds the grade of each result from best to worst, `None` where nobody judged the document.
    /// Grades may end after [`depth`](Measure::depth) results; what follows is not looked at.
    pub fn value(&self, ranking: &[Option<i32>], ideal: &Ideal) -> f64 {
        if self.judged_only {
            // A negative grade stands for "in the pool, but not judged" in trec_eval, which drops it here too.
            let judged: Vec<Option<i32>> = ranking.iter().copied().filter(|grade| *grade >= Some(0)).collect();
            self.of_top(first(&judged, self.cutoff), ideal)
        } else {
            self.of_top(first(ranking, self.cutoff), ideal)
        }
    }

    /// The value when `top` is all that is looked at.
    fn of_top(&self, top: &[Option<i32>], ideal: &Ideal) -> f64 {
        let relevant = |grade: &Option<i32>| *grade >= Some(self.rel);
        let n_found = || top.iter().filter(|grade| relevant(grade)).count();
        match self.kind {
            Kind::Ndcg => ndcg(top, first(ideal.grades(), self.cutoff)),
            Kind::Ap => ratio(precision_at_relevant(top.iter().map(relevant)), ideal.n_relevant(self.rel)),
            // Voorhees, "The TREC-8 Question Answering Track Report", 1999: one over the rank of the first relevant
            // result, 0 where none is in sight.
            Kind::Rr => top.iter().position(relevant).map_or(0.0, |index| 1.0 / (index + 1) as f64),
            // The share of all relevant documents that were found. (What some call Recall@k is Success@k.)
            Kind::R => ratio(n_found() as f64, ideal.n_relevant(self.rel)),
            // Divided by the cutoff even where fewer results came back: missing results count as not relevant.
            Kind::P => ratio(n_found() as f64, self.cutoff.unwrap_or(top.len())),
            // Divided by the results that came back, unlike P: it describes them, it does not reward them.
            Kind::Judged => ratio(top.iter().filter(|grade| grade.is_some()).count() as f64, top.len()),
            Kind::Success => f64::from(top.iter().any(relevant)),
        }
    }
}

/// Normalised discounted cumulative gain with the grade as gain ("linear" gains) and the discount log2(rank + 1).
///
/// Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 2002, as trec_eval's `ndcg` and
/// `ndcg_cut` compute it: rank 1 is not exempt from the discount, and the ideal is cut off where the ranking is.
/// Gains 2^grade - 1 (Burges 2005) are another measure, `nDCG(dcg='exp-log2')`, which is not offered here.
fn ndcg(top: &[Option<i32>], ideal: &[i32]) -> f64 {
    let best = dcg(ideal.iter().copied());
    if best > 0.0 { dcg(top.iter().map(|grade| grade.unwrap_or(0))) / best } else { 0.0 }
}

/// The sum over ranks r of grade / log2(r + 1); grades of 0 and below add nothing.
fn dcg(grades: impl Iterator<Item = i32>) -> f64 {
    let gain = |(index, grade)| f64::from(grade) / ((index + 2) as f64).log2();
    // Not `sum`: of nothing that is -0.0, which would show.
    grades.enumerate().filter(|(_, grade)| *grade > 0).map(gain).fold(0.0, |sum, gain| sum + gain)
}

/// The sum of the precisions at the rank of each relevant result. Divided by the number of relevant documents, found
/// or not, it is average precision (Harman 1992; trec_eval's `map` and `map_cut`), also under a cutoff.
fn precision_at_relevant(top: impl Iterator<Item = bool>) -> f64 {
    let mut n_found = 0;
    let mut sum = 0.0;
    for (index, relevant) in top.enumerate() {
        if relevant {
            n_found += 1;
            sum += f64::from(n_found) / (index + 1) as f64;
        }
    }
    sum
}

/// The first `cutoff` elements, or all of them.
fn first<T>(all: &[T], cutoff: Option<usize>) -> &[T] {
    &all[..cutoff.map_or(all.len(), |cutoff| cutoff.min(all.len()))]
}

/// `part / whole`, and 0 for a part of nothing.
fn ratio(part: f64, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The value of a measure on a ranking written as grades, `-` for an unjudged document, with further judged
    /// grades that were not retrieved after a bar.
    fn value(measure: &str, written: &str) -> f64 {
        let (found, missed) = written.split_once('|').unwrap_or((written, ""));
        let ranking: Vec<Option<i32>> = found.split_whitespace().map(|grade| grade.parse().ok()).collect();
        let missed = missed.split_whitespace().map(|grade| grade.parse().unwrap());
        let ideal = Ideal::new(ranking.iter().flatten().copied().chain(missed));
        measure.parse::<Measure>().unwrap().value(&ranking, &ideal)
    }

    #[test]
    fn values_by_hand() {
        let cases = [
            // The example of Wikipedia's article on discounted cumulative gain: DCG 6.861, ideal 8.740.
            ("nDCG@6", "3 2 3 0 1 2 | 3 2", 0.785),
            // Rank 1 is discounted by log2(2) = 1, rank 2 by log2(3): 1/1.585.
            ("nDCG", "0 1", 0.631),
            ("nDCG@1", "1 | 2", 0.5),
            ("nDCG", "- 1", 0.631),
            ("nDCG", "-1 1", 0.631),
            ("nDCG(judged_only=True)", "- -1 1", 1.0),
            ("nDCG@1", "0 1", 0.0),
            // Relevant at ranks 1, 3 and 6 of three relevant: (1/1 + 2/3 + 3/6) / 3.
            ("AP", "1 0 1 0 0 1", 0.722),
            ("AP@5", "1 0 1 0 0 1", 0.556),
            ("AP", "1 0 1 0 0 1 | 1 1 1", 0.361),
            ("AP(rel=2)", "1 0 2", 0.333),
            ("AP(judged_only=True)", "- 1 - 1", 1.0),
            ("RR", "0 - 1", 0.333),
            ("RR@2", "0 - 1", 0.0),
            ("RR(rel=2)", "1 2", 0.5),
            ("R@2", "1 1 1 | 1", 0.5),
            ("R(rel=2)@10", "1 2 | 3", 0.5),
            ("P@2", "1 0 1", 0.5),
            ("P@10", "1 1", 0.2),
            ("Judged@2", "- 0 1", 0.5),
            ("Judged@10", "-1 0 - -", 0.5),
            ("Judged", "- 1 1 1", 0.75),
            ("Success@1", "0 1", 0.0),
            ("Success@2", "0 1", 1.0),
            ("Success(rel=2)@2", "0 1", 0.0),
        ];
        for (measure, ranking, expected) in cases {
            let value = value(measure, ranking);
            assert!((value - expected).abs() < 5e-4, "{measure} of {ranking}: {value} instead of {expected}");
        }
    }

    #[test]
    fn nothing_found_or_nothing_to_find_is_zero() {
        for measure in ["nDCG", "nDCG@3", "AP", "AP@3", "RR", "R@3", "P@3", "Success@3"] {
            for ranking in ["", "| 1", "0 0", "- -", "-1 -2", "0 | 1"] {
                let value = value(measure, ranking);
                assert_eq!(value.to_bits(), 0, "{measure} of {ranking}: {value}");
            }
        }
        assert_eq!(value("Judged@3", "| 1"), 0.0);
    }

    const MEASURES: [&str; 12] = [
        "nDCG",
        "nDCG@3",
        "AP",
        "AP@3",
        "AP(rel=2)",
        "RR",
        "RR@3",
        "R@3",
        "P@3",
        "Judged@3",
        "Success@3",
        "nDCG(judged_only=True)@3",
    ];

    proptest! {
        #[test]
        fn a_value_lies_between_zero_and_one(ranking: Vec<Option<i32>>, missed: Vec<i32>) {
            let ideal = Ideal::new(ranking.iter().flatten().copied().chain(missed));
            for measure in MEASURES {
                let value = measure.parse::<Measure>().unwrap().value(&ranking, &ideal);
                prop_assert!((0.0..=1.0 + 1e-12).contains(&value), "{measure}: {value}");
            }
        }

        #[test]
        fn the_ideal_ranking_scores_one(grades in prop::collection::vec(1..5, 3..20)) {
            let ideal = Ideal::new(grades);
            let ranking: Vec<Option<i32>> = ideal.grades().iter().copied().map(Some).collect();
            for measure in ["nDCG", "nDCG@3", "AP", "RR", "P@3", "Judged@3", "Success@3"] {
                let value = measure.parse::<Measure>().unwrap().value(&ranking, &ideal);
                prop_assert!((value - 1.0).abs() < 1e-12, "{measure}: {value}");
            }
        }

        #[test]
        fn results_below_the_depth_change_nothing(ranking: Vec<Option<i32>>, missed: Vec<i32>) {
            let ideal = Ideal::new(ranking.iter().flatten().copied().chain(missed));
            for measure in MEASURES {
                let measure: Measure = measure.parse().unwrap();
                let short = first(&ranking, measure.depth());
                prop_assert_eq!(measure.value(&ranking, &ideal), measure.value(short, &ideal));
            }
        }

        #[test]
        fn a_better_document_higher_up_never_costs(ranking in prop::collection::vec(0..4, 2..12), at in 0usize..12) {
            let at = at % (ranking.len() - 1);
            let ideal = Ideal::new(ranking.iter().copied());
            let before: Vec<Option<i32>> = ranking.iter().copied().map(Some).collect();
            let mut after = before.clone();
            if after[at] < after[at + 1] {
                after.swap(at, at + 1);
            }
            for measure in MEASURES {
                let measure: Measure = measure.parse().unwrap();
                prop_assert!(measure.value(&after, &ideal) >= measure.value(&before, &ideal) - 1e-12, "{measure}");
            }
        }
    }
}
