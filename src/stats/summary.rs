//! One collection's outcomes: their mean, and how well it is known.
//!
//! Queries are the sample, and seeds of training are a second one: the variance of the mean is that between
//! queries (of the seed-averaged outcome) over their number, plus that between the seeds' means over theirs. This
//! file judges nothing; [`super::contrast`] puts a floor under the variance.

use super::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Outcomes beyond this size, either side of zero, are refused: their squares would leave the range of f64.
pub const LARGEST_OUTCOME: f64 = 1e50;

/// One collection's outcomes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// The collection.
    pub name: String,
    /// Whether the teacher may have seen it.
    pub role: Role,
    /// The outcomes, `[query][seed]`: every query has the same number of seeds, one if nothing was repeated.
    pub values: Vec<Vec<f64>>,
}

/// Outcomes without seeds in the shape that [`Sample`] has.
pub fn one_seed(values: &[f64]) -> Vec<Vec<f64>> {
    values.iter().map(|&x| vec![x]).collect()
}

/// What a collection's outcomes amount to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// How many queries.
    pub n_queries: usize,
    /// How many seeds each.
    pub n_seeds: usize,
    /// Mean outcome over queries and seeds.
    pub mean: f64,
    /// Variance between queries of the seed-averaged outcome (denominator n - 1).
    pub query_variance: f64,
    /// Variance between the seeds' means (denominator n - 1); zero with one seed, where it is not known.
    pub seed_variance: f64,
}

impl Summary {
    /// The variance of the mean, from queries and seeds; without the floor that a contrast applies.
    pub fn variance_of_mean(&self) -> f64 {
        self.query_variance / self.n_queries as f64 + self.seed_variance / self.n_seeds as f64
    }
}

/// Why outcomes cannot be summarised. Queries and seeds are counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnusableOutcomes {
    /// A variance needs at least two queries.
    TooFewQueries {
        /// How many there are.
        n_queries: usize,
    },
    /// A query has no outcome at all, or another number of seeds than the first query.
    RaggedSeeds {
        /// The query.
        query: usize,
        /// Its number of seeds.
        n_seeds: usize,
        /// The first query's number of seeds.
        expected: usize,
    },
    /// An outcome is not a number, or beyond [`LARGEST_OUTCOME`].
    NotANumber {
        /// The query.
        query: usize,
        /// The seed.
        seed: usize,
    },
}

impl fmt::Display for UnusableOutcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnusableOutcomes::TooFewQueries { n_queries } => {
                write!(f, "a mean and its variance need at least 2 queries, there are {n_queries}")
            }
            UnusableOutcomes::RaggedSeeds { query, n_seeds, expected } => {
                let expected = expected.max(&1);
                write!(f, "query {} has {n_seeds} seeds where {expected} are expected", query + 1)
            }
            UnusableOutcomes::NotANumber { query, seed } => {
                write!(f, "the outcome of query {}, seed {}, is not a usable number", query + 1, seed + 1)
            }
        }
    }
}

impl std::error::Error for UnusableOutcomes {}

/// Summarises the outcomes `[query][seed]` of one collection.
pub fn summary(values: &[Vec<f64>]) -> Result<Summary, UnusableOutcomes> {
    let n_queries = values.len();
    if n_queries < 2 {
        return Err(UnusableOutcomes::TooFewQueries { n_queries });
    }
    let n_seeds = values[0].len();
    for (query, seeds) in values.iter().enumerate() {
        if seeds.is_empty() || seeds.len() != n_seeds {
            return Err(UnusableOutcomes::RaggedSeeds { query, n_seeds: seeds.len(), expected: n_seeds });
        }
        if let Some(seed) = seeds.iter().position(|x| !is_usable(*x)) {
            return Err(UnusableOutcomes::NotANumber { query, seed });
        }
    }
    let per_query: Vec<f64> = values.iter().map(|seeds| mean(seeds)).collect();
    let per_seed: Vec<f64> =
        (0..n_seeds).map(|s| values.iter().map(|seeds| seeds[s]).sum::<f64>() / n_queries as f64).collect();
    Ok(Summary {
        n_queries,
        n_seeds,
        mean: mean(&per_query),
        query_variance: variance(&per_query),
        seed_variance: if n_seeds > 1 { variance(&per_seed) } else { 0.0 },
    })
}

/// Whether a number is one that can be computed with; NaN is not.
pub(super) fn is_usable(x: f64) -> bool {
    x.abs() <= LARGEST_OUTCOME
}

/// The mean of at least one number.
fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// The variance of at least two numbers, denominator n - 1.
fn variance(x: &[f64]) -> f64 {
    let mean = mean(x);
    x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (x.len() - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_averaged_within_a_query_and_add_their_own_variance() {
        let s = summary(&[vec![1.0, 3.0], vec![2.0, 6.0], vec![3.0, 9.0]]).unwrap();
        assert_eq!((s.n_queries, s.n_seeds, s.mean), (3, 2, 4.0));
        assert_eq!(s.query_variance, 4.0); // of 2, 4, 6
        assert_eq!(s.seed_variance, 8.0); // of 2 and 6
        assert_eq!(s.variance_of_mean(), 4.0 / 3.0 + 8.0 / 2.0);
    }

    #[test]
    fn one_seed_has_no_variance_between_seeds() {
        let s = summary(&one_seed(&[1.0, 2.0])).unwrap();
        assert_eq!((s.seed_variance, s.variance_of_mean()), (0.0, 0.25));
    }

    #[test]
    fn what_cannot_be_summarised_says_why() {
        let cases: [(&[Vec<f64>], &str); 5] = [
            (&[], "at least 2 queries, there are 0"),
            (&[vec![1.0]], "there are 1"),
            (&[vec![1.0, 2.0], vec![1.0]], "query 2 has 1 seeds where 2 are expected"),
            (&[vec![], vec![]], "query 1 has 0 seeds where 1 are expected"),
            (&[vec![1.0], vec![f64::NAN]], "query 2, seed 1, is not a usable number"),
        ];
        for (values, text) in cases {
            let error = summary(values).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
        assert!(summary(&one_seed(&[1.0, 1e60])).is_err());
    }
}
