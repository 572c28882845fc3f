//! Does a scorer know the judgements beyond what innocent scorers explain?
//!
//! Partial regression (Frisch and Waugh, 1933) with queries as clusters: within each query the scores and every
//! reference's scores become normal scores, the label (relevant or not) is centred but not scaled, score and label
//! are residualised on the references by least squares pooled over the collection, and the coefficient b of the
//! label's residual is the collection's mean outcome. Its influence values per query are the outcomes, so their
//! variance over queries is the cluster-robust one (Liang and Zeger, 1986). b says how many standard deviations
//! higher the scorer puts relevant documents than the references explain.
//!
//! This file does not judge whether the references are adequate; that is the clean collections' mean in a
//! [`super::contrast`].

use super::least_squares::{ColumnSpace, dot};
use super::normal_scores::{normal_scores, varies};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A query needs this many candidates.
pub const MIN_CANDIDATES: usize = 5;

/// A collection needs this many usable queries.
pub const MIN_QUERIES: usize = 10;

/// Below this share of its squares a label or score counts as determined by the references.
const DETERMINED: f64 = 1e-8;

/// One query's candidates, as every scorer sees them. All lists run over the same documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CandidateList {
    /// The scorer's scores, higher is better, any scale.
    pub score: Vec<f64>,
    /// Whether the document is judged relevant; unjudged counts as not.
    pub relevant: Vec<bool>,
    /// Each reference's scores, `[reference][document]`.
    pub references: Vec<Vec<f64>>,
}

/// Queries that could not be used, by the first reason that applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unused {
    /// Fewer than [`MIN_CANDIDATES`] candidates.
    pub few_candidates: usize,
    /// All candidates relevant, or none.
    pub one_label: usize,
    /// The scorer gives all candidates the same score.
    pub tied_scorer: usize,
    /// A reference gives all candidates the same score.
    pub tied_reference: usize,
}

/// One collection's label residual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LabelResidual {
    /// b: standard deviations of the score by which a relevant document stands higher than the references explain.
    pub coefficient: f64,
    /// The queries used, as positions in the lists given.
    pub queries: Vec<usize>,
    /// The outcome of each of these queries; their mean is the coefficient.
    pub values: Vec<f64>,
    /// The other queries.
    pub unused: Unused,
}

/// One collection's label residual of a scorer with several seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeededLabelResidual {
    /// b of each seed.
    pub coefficients: Vec<f64>,
    /// The queries used: those usable in every seed, as positions in the lists given.
    pub queries: Vec<usize>,
    /// Their outcomes, `[query][seed]`, as a [`super::Sample`] takes them.
    pub values: Vec<Vec<f64>>,
    /// The other queries, by the first seed and reason that applied.
    pub unused: Unused,
}

/// Why a collection has no label residual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NotApplicable {
    /// Fewer than [`MIN_QUERIES`] queries can be used.
    TooFewQueries {
        /// How many can.
        usable: usize,
        /// Why the others cannot.
        unused: Unused,
    },
    /// The references' scores determine which documents are relevant: nothing is left for the scorer to know.
    ReferencesDetermineLabel,
    /// The references' scores determine the scorer's: it is one of them, or a mixture.
    ReferencesAreScorer,
    /// The lists of one query do not fit together, or a score is not finite.
    Malformed {
        /// The query, counted from zero.
        query: usize,
        /// What is wrong.
        reason: String,
    },
    /// The seeds have different numbers of queries, or there is none.
    UnequalSeeds,
}

impl fmt::Display for NotApplicable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotApplicable::TooFewQueries { usable, unused } => {
                write!(f, "only {usable} queries can be used, {MIN_QUERIES} are needed")?;
                let reasons = [
                    (unused.few_candidates, "have too few candidates"),
                    (unused.one_label, "have only relevant candidates, or none"),
                    (unused.tied_scorer, "get the same score for all candidates"),
                    (unused.tied_reference, "get the same score for all candidates from a reference"),
                ];
                for (n, reason) in reasons.iter().filter(|(n, _)| *n > 0) {
                    write!(f, "; {n} {reason}")?;
                }
                Ok(())
            }
            NotApplicable::ReferencesDetermineLabel => {
                f.write_str("the references determine which documents are relevant: are they the judgements?")
            }
            NotApplicable::ReferencesAreScorer => {
                f.write_str("the references determine the scores: the scorer is one of them, or a mixture")
            }
            NotApplicable::Malformed { query, reason } => write!(f, "query {}: {reason}", query + 1),
            NotApplicable::UnequalSeeds => f.write_str("every seed needs the same queries, and there must be a seed"),
        }
    }
}

impl std::error::Error for NotApplicable {}

/// The label residual of one scorer on one collection.
pub fn label_residual(queries: &[CandidateList]) -> Result<LabelResidual, NotApplicable> {
    let (used, unused) = usable_queries(&[queries])?;
    let (coefficient, values) = fit(queries, &used)?;
    Ok(LabelResidual { coefficient, queries: used, values, unused })
}

/// The label residual of a scorer with several seeds, `[seed][query]`; query q is the same one in every seed.
///
/// Each seed is fitted by itself, on the queries that are usable in every seed, so that the mean of a seed's
/// outcomes is its coefficient.
pub fn label_residual_seeds(seeds: &[Vec<CandidateList>]) -> Result<SeededLabelResidual, NotApplicable> {
    if seeds.is_empty() || seeds.iter().any(|queries| queries.len() != seeds[0].len()) {
        return Err(NotApplicable::UnequalSeeds);
    }
    let lists: Vec<&[CandidateList]> = seeds.iter().map(Vec::as_slice).collect();
    let (used, unused) = usable_queries(&lists)?;
    let fits = seeds.iter().map(|queries| fit(queries, &used)).collect::<Result<Vec<_>, _>>()?;
    Ok(SeededLabelResidual {
        coefficients: fits.iter().map(|(coefficient, _)| *coefficient).collect(),
        values: (0..used.len()).map(|q| fits.iter().map(|(_, values)| values[q]).collect()).collect(),
        queries: used,
        unused,
    })
}

/// The queries that can be used in every seed, and a count of the others; refuses what is malformed or too little.
fn usable_queries(seeds: &[&[CandidateList]]) -> Result<(Vec<usize>, Unused), NotApplicable> {
    let references = seeds.iter().find_map(|queries| queries.first()).map_or(0, |q| q.references.len());
    let mut used = Vec::new();
    let mut unused = Unused::default();
    for query in 0..seeds.iter().map(|queries| queries.len()).min().unwrap_or(0) {
        let mut usable = true;
        for list in seeds.iter().map(|queries| &queries[query]) {
            check(list, references).map_err(|reason| NotApplicable::Malformed { query, reason })?;
            usable = usable && is_usable(list, &mut unused);
        }
        if usable {
            used.push(query);
        }
    }
    if used.len() < MIN_QUERIES {
        return Err(NotApplicable::TooFewQueries { usable: used.len(), unused });
    }
    Ok((used, unused))
}

/// Whether one query's lists fit together.
fn check(list: &CandidateList, references: usize) -> Result<(), String> {
    let n = list.score.len();
    if list.relevant.len() != n {
        return Err(format!("{n} scores but {} labels", list.relevant.len()));
    }
    if list.references.len() != references {
        return Err(format!("{} references where the first query has {references}", list.references.len()));
    }
    if let Some(reference) = list.references.iter().find(|r| r.len() != n) {
        return Err(format!("{n} scores but {} of a reference", reference.len()));
    }
    if std::iter::once(&list.score).chain(&list.references).flatten().any(|x| !x.is_finite()) {
        return Err("a score is not a finite number".to_owned());
    }
    Ok(())
}

/// Whether a query can be used; counts it where it cannot.
fn is_usable(list: &CandidateList, unused: &mut Unused) -> bool {
    let counter = if list.score.len() < MIN_CANDIDATES {
        &mut unused.few_candidates
    } else if list.relevant.iter().all(|r| *r == list.relevant[0]) {
        &mut unused.one_label
    } else if !varies(&list.score) {
        &mut unused.tied_scorer
    } else if list.references.iter().any(|r| !varies(r)) {
        &mut unused.tied_reference
    } else {
        return true;
    };
    *counter += 1;
    false
}

/// How one candidate pulls at a collection's coefficient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pull {
    /// The query, as a position in the lists given.
    pub query: usize,
    /// The candidate, as a position in its lists.
    pub document: usize,
    /// Standard deviations by which the scorer puts it higher than the references explain.
    pub score: f64,
    /// How much more relevant it is than the references explain; 1 is a relevant document that nothing speaks for.
    pub label: f64,
    /// Its share of the coefficient: the shares of all candidates add up to it.
    pub share: f64,
}

/// What every candidate adds to the coefficient of [`label_residual`], in the order of the lists.
pub fn pulls(queries: &[CandidateList]) -> Result<Vec<Pull>, NotApplicable> {
    let (used, _) = usable_queries(&[queries])?;
    let left = leave(queries, &used)?;
    let places = used.iter().flat_map(|&query| (0..queries[query].score.len()).map(move |document| (query, document)));
    let pull = |((query, document), (score, label)): ((usize, usize), (&f64, &f64))| Pull {
        query,
        document,
        score: *score,
        label: *label,
        share: score * label / left.squares,
    };
    Ok(places.zip(left.score.iter().zip(&left.label)).map(pull).collect())
}

/// What the references leave of score and label, over the candidates of all used queries.
struct Left {
    score: Vec<f64>,
    label: Vec<f64>,
    /// The squares of the label's rest.
    squares: f64,
}

fn leave(queries: &[CandidateList], used: &[usize]) -> Result<Left, NotApplicable> {
    let lists = || used.iter().map(|&q| &queries[q]);
    let scores = |x: &[f64]| normal_scores(x).expect("a usable query's scores are finite and vary");
    let score: Vec<f64> = lists().flat_map(|q| scores(&q.score)).collect();
    let label: Vec<f64> = lists().flat_map(|q| centred(&q.relevant)).collect();
    let references = lists().next().map_or(0, |q| q.references.len());
    let columns = (0..references).map(|k| lists().flat_map(|q| scores(&q.references[k])).collect()).collect();

    let explained = ColumnSpace::of(columns);
    let score_left = explained.residual(&score);
    let label_left = explained.residual(&label);
    let squares = dot(&label_left, &label_left);
    if squares <= DETERMINED * dot(&label, &label) {
        return Err(NotApplicable::ReferencesDetermineLabel);
    }
    if dot(&score_left, &score_left) <= DETERMINED * dot(&score, &score) {
        return Err(NotApplicable::ReferencesAreScorer);
    }
    Ok(Left { score: score_left, label: label_left, squares })
}

/// The coefficient and the influence value of each used query.
fn fit(queries: &[CandidateList], used: &[usize]) -> Result<(f64, Vec<f64>), NotApplicable> {
    let Left { score: score_left, label: label_left, squares } = leave(queries, used)?;
    let b = dot(&score_left, &label_left) / squares;

    // Influence of query q: b + n * (sum over its documents of (score - b * label) * label) / squares.
    let n = used.len() as f64;
    let mut start = 0;
    let values = used
        .iter()
        .map(|&q| {
            let rows = start..start + queries[q].score.len();
            start = rows.end;
            let (score, label) = (&score_left[rows.clone()], &label_left[rows]);
            let pull: f64 = score.iter().zip(label).map(|(t, y)| (t - b * y) * y).sum();
            b + n * pull / squares
        })
        .collect();
    Ok((b, values))
}

/// Labels as 0 and 1, minus their mean within the query.
fn centred(relevant: &[bool]) -> Vec<f64> {
    let share = relevant.iter().filter(|r| **r).count() as f64 / relevant.len() as f64;
    relevant.iter().map(|r| f64::from(u8::from(*r)) - share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores without a pattern, the same every time; the first two documents are relevant and stand `lift` higher.
    fn list(seed: usize, lift: f64) -> CandidateList {
        let noise = |k: usize| (0..12).map(|d| ((seed * 53 + d * 17 + k * 7919) as f64).sin()).collect::<Vec<_>>();
        let relevant: Vec<bool> = (0..12).map(|d| d < 2).collect();
        let score = noise(1).iter().zip(&relevant).map(|(x, r)| if *r { x + lift } else { *x }).collect();
        CandidateList { score, relevant, references: vec![noise(2), noise(3)] }
    }

    fn lists(n: usize, lift: f64) -> Vec<CandidateList> {
        (0..n).map(|seed| list(seed, lift)).collect()
    }

    #[test]
    fn a_scorer_that_knows_the_labels_has_a_larger_coefficient() {
        let innocent = label_residual(&lists(40, 0.0)).unwrap();
        let memorised = label_residual(&lists(40, 1.0)).unwrap();
        assert!(innocent.coefficient.abs() < 0.3, "{}", innocent.coefficient);
        assert!(memorised.coefficient > innocent.coefficient + 0.8, "{}", memorised.coefficient);
    }

    #[test]
    fn the_mean_of_the_outcomes_is_the_coefficient() {
        let found = label_residual(&lists(17, 0.5)).unwrap();
        let mean = found.values.iter().sum::<f64>() / 17.0;
        assert!((mean - found.coefficient).abs() < 1e-12);
    }

    #[test]
    fn the_pulls_of_all_candidates_add_up_to_the_coefficient() {
        let mut queries = lists(17, 0.5);
        queries[3].relevant = vec![true; 12];
        let found = label_residual(&queries).unwrap();
        let pulls = pulls(&queries).unwrap();
        assert_eq!(pulls.len(), 16 * 12);
        assert!(pulls.iter().all(|pull| pull.query != 3));
        assert!((pulls.iter().map(|pull| pull.share).sum::<f64>() - found.coefficient).abs() < 1e-12);
        let heaviest = pulls.iter().max_by(|a, b| a.share.total_cmp(&b.share)).unwrap();
        assert!(queries[heaviest.query].relevant[heaviest.document] && heaviest.score > 0.0, "{heaviest:?}");
    }

    #[test]
    fn queries_that_cannot_be_used_are_counted_by_reason() {
        let mut queries = lists(14, 0.0);
        queries[1] = CandidateList { score: vec![1.0], relevant: vec![true], references: vec![vec![1.0]; 2] };
        queries[4].relevant = vec![true; 12];
        queries[6].score = vec![3.0; 12];
        queries[9].references[1] = vec![0.0; 12];
        let found = label_residual(&queries).unwrap();
        assert_eq!(found.queries, [0, 2, 3, 5, 7, 8, 10, 11, 12, 13]);
        assert_eq!(found.unused, Unused { few_candidates: 1, one_label: 1, tied_scorer: 1, tied_reference: 1 });

        queries.truncate(10);
        let error = label_residual(&queries).unwrap_err().to_string();
        assert!(error.starts_with("only 6 queries can be used, 10 are needed; 1 have too few candidates"), "{error}");
    }

    #[test]
    fn references_that_leave_nothing_to_know_do_not_apply() {
        let mut queries = lists(12, 0.0);
        for q in &mut queries {
            q.references.push(q.score.iter().map(|x| 3.0 * x + 1.0).collect());
        }
        assert_eq!(label_residual(&queries), Err(NotApplicable::ReferencesAreScorer));
        for q in &mut queries {
            q.references[2] = q.relevant.iter().map(|r| f64::from(u8::from(*r))).collect();
        }
        assert_eq!(label_residual(&queries), Err(NotApplicable::ReferencesDetermineLabel));
    }

    #[test]
    fn lists_that_do_not_fit_together_are_refused_with_their_query() {
        let broken: [fn(&mut CandidateList); 4] = [
            |q| q.score[3] = f64::NAN,
            |q| q.relevant.truncate(11),
            |q| q.references.truncate(1),
            |q| q.references[0].push(1.0),
        ];
        for change in broken {
            let mut queries = lists(12, 0.0);
            change(&mut queries[5]);
            let error = label_residual(&queries).unwrap_err();
            assert!(matches!(error, NotApplicable::Malformed { query: 5, .. }), "{error}");
        }
        assert!(matches!(label_residual(&[]), Err(NotApplicable::TooFewQueries { usable: 0, .. })));
    }

    #[test]
    fn seeds_keep_the_queries_that_are_usable_in_each() {
        let (mut first, mut second) = (lists(14, 0.4), lists(14, 0.6));
        first[2].score = vec![0.0; 12];
        second[5].score = vec![0.0; 12];
        let found = label_residual_seeds(&[first.clone(), second.clone()]).unwrap();
        assert_eq!(found.queries, [0, 1, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13]);
        assert_eq!(found.unused.tied_scorer, 2);
        let mean = |seed: usize| found.values.iter().map(|v| v[seed]).sum::<f64>() / 12.0;
        for seed in [0, 1] {
            assert!((mean(seed) - found.coefficients[seed]).abs() < 1e-12);
        }
        first.remove(5);
        assert_eq!(label_residual_seeds(&[first, second]), Err(NotApplicable::UnequalSeeds));
        assert_eq!(label_residual_seeds(&[]), Err(NotApplicable::UnequalSeeds));
    }

    #[test]
    fn one_seed_is_the_plain_label_residual() {
        let queries = lists(12, 0.4);
        let plain = label_residual(&queries).unwrap();
        let seeded = label_residual_seeds(&[queries]).unwrap();
        assert_eq!(seeded.coefficients, [plain.coefficient]);
        assert_eq!(seeded.values.concat(), plain.values);
    }
}
