//! Whether two samples of queries can be told apart without looking at any answer: a blind classifier.
//!
//! A linear discriminant with a ridge in its least-squares form (Fisher 1936; Hoerl and Kennard 1970), over two kinds
//! of features that weigh the same together: numbers of a query, and its words. Cross-validated: a query's score comes
//! from a fit that has not seen it. How well the scores separate is the area under the ROC curve (AUC); whether that is
//! more than chance is told by permuting the labels (Ojala and Garriga 2010, "Permutation tests for studying classifier
//! performance"): every permutation goes through the whole of it, so the p-value is exact however few queries or many
//! features there are.
//!
//! Why not logistic regression: the least-squares fit is linear in the labels, so folds are solved once and a
//! permutation costs a product of a matrix and a vector. Nothing here is tuned: folds do not look at labels, the ridge
//! says "as much noise as signal", and neither changes the rate of false alarms.

use super::normal_scores::average_ranks;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parts of the cross-validation.
const FOLDS: usize = 10;

/// Permutations of the labels; with 999 of them the smallest p is 0.001.
const PERMUTATIONS: usize = 999;

/// The seed of folds and permutations.
const SEED: u64 = 1;

/// The variance of the noise, where each block of features has a variance of one: as much noise as one block's signal.
const RIDGE: f64 = 1.0;

/// The fewest queries of each kind: with fewer no permutation test at 5 % means anything after cross-validation.
pub const FEWEST: usize = 5;

/// Columns of features that weigh the same together as another block's: one value for each query.
pub type Block = Vec<Vec<f64>>;

/// What the blind classifier found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Likeness {
    /// The cross-validated area under the curve: 0.5 is chance, 1 tells every two queries apart.
    pub auc: f64,
    /// The share of permuted labels that separate at least as well, the real ones among them.
    pub p: f64,
    /// The area from which on these many queries would have been told apart at alpha.
    pub needed: f64,
    /// For each block and column, what one standard deviation of it adds to a query's score for the second kind.
    pub weights: Vec<Vec<f64>>,
}

/// Tries to tell the queries that are `second` from the others. `None` with fewer than [`FEWEST`] of either kind, or where no feature
/// varies.
pub fn likeness(blocks: &[Block], second: &[bool], alpha: f64) -> Option<Likeness> {
    let n_second = second.iter().filter(|s| **s).count();
    if n_second < FEWEST || second.len() - n_second < FEWEST {
        return None;
    }
    let blocks: Vec<Block> = blocks.iter().filter_map(|block| unit_block(block, second.len())).collect();
    if blocks.iter().all(|block| block.iter().flatten().all(|x| *x == 0.0)) {
        return None;
    }
    let kernel = kernel(&blocks, second.len());
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let hat = held_out(&kernel, &folds(second.len(), &mut random));
    let of = |labels: &[bool]| auc(&product(&hat, &signs(labels)), labels);
    let found = of(second);
    let mut labels = second.to_vec();
    let mut permuted: Vec<f64> = (0..PERMUTATIONS)
        .map(|_| {
            shuffle(&mut labels, &mut random);
            of(&labels)
        })
        .collect();
    // Two sums of the same numbers in another order may differ in the last digit.
    let as_good = permuted.iter().filter(|auc| **auc >= found - 1e-12).count();
    permuted.sort_by(|a, b| b.total_cmp(a));
    let may_be_better = (alpha * (PERMUTATIONS + 1) as f64) as usize;
    Some(Likeness {
        auc: found,
        p: (1 + as_good) as f64 / (PERMUTATIONS + 1) as f64,
        needed: permuted[may_be_better.saturating_sub(1).min(PERMUTATIONS - 1)],
        weights: weights(&blocks, &kernel, second),
    })
}

/// Held-out scores with these folds, their area, and the weights of all columns, for the test against another
/// implementation.
#[cfg(test)]
pub(super) fn with_folds(blocks: &[Block], second: &[bool], folds: &[usize]) -> (Vec<f64>, f64, Vec<f64>) {
    let blocks: Vec<Block> = blocks.iter().filter_map(|block| unit_block(block, second.len())).collect();
    let kernel = kernel(&blocks, second.len());
    let scores = product(&held_out(&kernel, folds), &signs(second));
    let weights = weights(&blocks, &kernel, second).concat();
    (scores.clone(), auc(&scores, second), weights)
}

/// A block with centred columns and a mean squared row of one; `None` for one without columns. A block in which nothing
/// varies stays zero.
fn unit_block(block: &Block, rows: usize) -> Option<Block> {
    if block.is_empty() {
        return None;
    }
    let mut block = block.clone();
    for column in &mut block {
        let mean = column.iter().sum::<f64>() / rows as f64;
        column.iter_mut().for_each(|x| *x -= mean);
    }
    let size = (block.iter().flatten().map(|x| x * x).sum::<f64>() / rows as f64).sqrt();
    if size > 1e-12 {
        block.iter_mut().flatten().for_each(|x| *x /= size);
    } else {
        block.iter_mut().flatten().for_each(|x| *x = 0.0);
    }
    Some(block)
}

/// Inner products of all rows.
fn kernel(blocks: &[Block], rows: usize) -> Vec<Vec<f64>> {
    let mut kernel = vec![vec![0.0; rows]; rows];
    for column in blocks.iter().flatten() {
        // Words are mostly absent, but centred; that makes no zero, and the loop stays plain.
        for (row, a) in kernel.iter_mut().zip(column) {
            row.iter_mut().zip(column).for_each(|(k, b)| *k += a * b);
        }
    }
    kernel
}

/// The fold of each query, without a look at its label.
fn folds(rows: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut folds: Vec<usize> = (0..rows).map(|row| row % FOLDS.min(rows)).collect();
    shuffle(&mut folds, random);
    folds
}

/// The matrix that turns labels into held-out scores: a row for each query, zero for those of its own fold.
fn held_out(kernel: &[Vec<f64>], folds: &[usize]) -> Vec<Vec<f64>> {
    let rows = kernel.len();
    let mut hat = vec![vec![0.0; rows]; rows];
    for fold in 0..FOLDS {
        let (test, train): (Vec<usize>, Vec<usize>) = (0..rows).partition(|row| folds[*row] == fold);
        let Some(ridge) = Ridge::fit(kernel, &train) else { continue };
        for row in test {
            for (from, weight) in train.iter().zip(ridge.row(&kernel[row])) {
                hat[row][*from] = weight;
            }
        }
    }
    hat
}

/// A kernel ridge fit of some rows, centred on their mean; without an intercept, so that folds with other shares of the
/// second kind are comparable.
struct Ridge<'a> {
    train: &'a [usize],
    /// Lower triangle of the Cholesky factor of the centred kernel plus the ridge.
    factor: Vec<Vec<f64>>,
    means: Vec<f64>,
    mean: f64,
}

impl<'a> Ridge<'a> {
    fn fit(kernel: &[Vec<f64>], train: &'a [usize]) -> Option<Ridge<'a>> {
        let n = train.len() as f64;
        let means: Vec<f64> = train.iter().map(|i| train.iter().map(|j| kernel[*i][*j]).sum::<f64>() / n).collect();
        let mean = means.iter().sum::<f64>() / n;
        let centred = |a: usize, b: usize| kernel[train[a]][train[b]] - means[a] - means[b] + mean;
        let matrix: Vec<Vec<f64>> = (0..train.len())
            .map(|a| (0..=a).map(|b| centred(a, b) + if a == b { RIDGE } else { 0.0 }).collect())
            .collect();
        Some(Ridge { train, factor: cholesky(matrix)?, means, mean })
    }

    /// What each training label adds to the score of a row with these inner products.
    fn row(&self, products: &[f64]) -> Vec<f64> {
        let own: f64 = self.train.iter().map(|j| products[*j]).sum::<f64>() / self.train.len() as f64;
        let centred =
            self.train.iter().zip(&self.means).map(|(j, mean)| products[*j] - own - mean + self.mean).collect();
        solve(&self.factor, centred)
    }
}

/// The lower Cholesky factor of a symmetric matrix given by its lower triangle; `None` where it is not positive definite.
fn cholesky(mut matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    for i in 0..matrix.len() {
        let (done, rest) = matrix.split_at_mut(i);
        let row = &mut rest[0];
        for (j, other) in done.iter().enumerate() {
            let along: f64 = row[..j].iter().zip(&other[..j]).map(|(a, b)| a * b).sum();
            row[j] = (row[j] - along) / other[j];
        }
        let left = row[i] - row[..i].iter().map(|x| x * x).sum::<f64>();
        if left.is_nan() || left <= 0.0 {
            return None;
        }
        row[i] = left.sqrt();
    }
    Some(matrix)
}

/// Solves L L' x = b.
fn solve(factor: &[Vec<f64>], mut b: Vec<f64>) -> Vec<f64> {
    for i in 0..b.len() {
        let known: f64 = factor[i][..i].iter().zip(&b).map(|(l, x)| l * x).sum();
        b[i] = (b[i] - known) / factor[i][i];
    }
    for i in (0..b.len()).rev() {
        b[i] /= factor[i][i];
        let x = b[i];
        b[..i].iter_mut().zip(&factor[i]).for_each(|(b, l)| *b -= l * x);
    }
    b
}

/// What a standard deviation of each column adds to the score in a fit to all queries.
fn weights(blocks: &[Block], kernel: &[Vec<f64>], second: &[bool]) -> Vec<Vec<f64>> {
    let all: Vec<usize> = (0..second.len()).collect();
    let Some(ridge) = Ridge::fit(kernel, &all) else { return Vec::new() };
    let y = signs(second);
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    let alpha = solve(&ridge.factor, y.iter().map(|y| y - mean).collect());
    let weight = |column: &Vec<f64>| {
        let sd = (column.iter().map(|x| x * x).sum::<f64>() / column.len() as f64).sqrt();
        sd * column.iter().zip(&alpha).map(|(x, a)| x * a).sum::<f64>()
    };
    blocks.iter().map(|block| block.iter().map(weight).collect()).collect()
}

fn signs(labels: &[bool]) -> Vec<f64> {
    labels.iter().map(|second| if *second { 1.0 } else { -1.0 }).collect()
}

fn product(matrix: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum()).collect()
}

/// The area under the ROC curve by the rank sum of Mann and Whitney (1947); ties count half.
fn auc(scores: &[f64], second: &[bool]) -> f64 {
    let ranks = average_ranks(scores);
    let n = second.iter().filter(|s| **s).count() as f64;
    let others = second.len() as f64 - n;
    let sum: f64 = ranks.iter().zip(second).filter(|(_, s)| **s).map(|(rank, _)| rank).sum();
    (sum - n * (n + 1.0) / 2.0) / (n * others)
}

/// Fisher and Yates' shuffle.
fn shuffle<T>(items: &mut [T], random: &mut ChaCha8Rng) {
    for i in (1..items.len()).rev() {
        // The modulus of 64 bits favours no place by more than 1 in 10^16.
        items.swap(i, (random.next_u64() % (i as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern.
    fn noise(n: usize, seed: u64) -> Vec<f64> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        (0..n).map(|_| (random.next_u32() as f64) / f64::from(u32::MAX) - 0.5).collect()
    }

    fn halves(n: usize) -> Vec<bool> {
        (0..n).map(|i| i % 2 == 1).collect()
    }

    #[test]
    fn what_differs_is_told_apart_and_by_what_is_said() {
        let second = halves(60);
        let shifted: Vec<f64> = noise(60, 1).iter().zip(&second).map(|(x, s)| x + if *s { 0.8 } else { 0.0 }).collect();
        let found = likeness(&[vec![noise(60, 2), shifted, noise(60, 3)]], &second, 0.05).unwrap();
        assert!(found.auc > 0.9 && found.p <= 0.001, "{found:?}");
        let weights = &found.weights[0];
        assert!(weights[1] > 3.0 * weights[0].abs() && weights[1] > 3.0 * weights[2].abs(), "{weights:?}");
    }

    /// The exactness that everything rests on: of audits without a difference 5 % are told apart at 5 %.
    #[test]
    fn what_does_not_differ_is_told_apart_as_often_as_alpha_says() {
        let second = halves(24);
        let rejected = (0..200)
            .filter(|seed| {
                let block = (0..6).map(|column| noise(24, 1000 + 10 * seed + column)).collect();
                likeness(&[block], &second, 0.05).unwrap().p <= 0.05
            })
            .count();
        // Binomial (200, 0.05): 4 to 18 holds in 99 % of cases.
        assert!((4..=18).contains(&rejected), "{rejected} of 200");
    }

    #[test]
    fn the_needed_area_is_where_p_crosses_alpha() {
        for seed in 0..40 {
            let second = halves(30);
            let found = likeness(&[vec![noise(30, 500 + seed), noise(30, 900 + seed)]], &second, 0.05).unwrap();
            assert_eq!(found.p <= 0.05, found.auc > found.needed + 1e-12, "{found:?}");
        }
    }

    #[test]
    fn nothing_can_be_said_of_too_few_or_of_what_does_not_vary() {
        assert_eq!(likeness(&[vec![noise(8, 1)]], &halves(8), 0.05), None);
        assert_eq!(likeness(&[vec![vec![3.0; 20]]], &halves(20), 0.05), None);
        assert_eq!(likeness(&[], &halves(20), 0.05), None);
    }

    #[test]
    fn ties_count_half() {
        assert_eq!(auc(&[1.0, 1.0, 1.0, 1.0], &halves(4)), 0.5);
        assert_eq!(auc(&[0.0, 1.0, 0.0, 1.0], &halves(4)), 1.0);
        assert_eq!(auc(&[0.0, 1.0, 1.0, 2.0], &halves(4)), 0.875);
    }
}
