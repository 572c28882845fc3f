//! The exact one-sided binomial test: how often a coin does so well.
//!
//! Clopper and Pearson (1934); the sum is the regularised incomplete beta function (Abramowitz and Stegun 26.5.24).

use super::distribution::incomplete_beta;

/// P(X >= `successes`) of `trials` tosses of a fair coin; 1 for no success.
pub fn fair_coin_p(successes: u64, trials: u64) -> f64 {
    tail(successes, trials, 0.5)
}

/// P(X >= `successes`) of `trials` tosses of a coin that succeeds with probability `chance`.
fn tail(successes: u64, trials: u64, chance: f64) -> f64 {
    if successes == 0 {
        return 1.0;
    }
    if successes > trials {
        return 0.0;
    }
    incomplete_beta(successes as f64, (trials - successes + 1) as f64, chance)
}

/// The share of labels that somebody must know, and toss a coin for the rest, so that so many tosses show it at `alpha` in
/// `power` of cases; `None` where not even knowing all does.
pub fn share_found(trials: u64, alpha: f64, power: f64) -> Option<f64> {
    let needed = successes_needed(trials, alpha)?;
    // A thousandth is finer than anybody asks.
    (0..=1000).map(|n| f64::from(n) / 1000.0).find(|share| tail(needed, trials, 0.5 + share / 2.0) >= power)
}

/// The fewest successes of so many tosses with a p of at most `alpha`; `None` where not even all of them do.
pub fn successes_needed(trials: u64, alpha: f64) -> Option<u64> {
    if fair_coin_p(trials, trials) > alpha {
        return None;
    }
    // The p falls with the successes: the first that is small enough lies in this half-open range.
    let (mut too_few, mut enough) = (0, trials);
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if fair_coin_p(middle, trials) <= alpha { enough = middle } else { too_few = middle }
    }
    Some(enough)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of binomial coefficients, added up as whole numbers.
    #[test]
    fn it_is_the_sum_of_the_tail() {
        for trials in 1..=40u64 {
            let mut row = vec![1u128];
            for _ in 0..trials {
                row = std::iter::once(1).chain(row.windows(2).map(|w| w[0] + w[1])).chain([1]).collect();
            }
            for successes in 0..=trials {
                let tail: u128 = row[successes as usize..].iter().sum();
                let exact = tail as f64 / 2f64.powi(trials as i32);
                let found = fair_coin_p(successes, trials);
                assert!((found - exact).abs() <= 1e-12 * exact, "{successes} of {trials}: {found} is not {exact}");
            }
        }
    }

    /// Independent values: the sum of `math.comb(n, i)` over 2^n as a fraction of whole numbers, Python 3.
    #[test]
    fn large_numbers_keep_their_digits() {
        for (successes, trials, p) in
            [(60, 100, 0.028443966820490395), (260, 400, 1.0232535282321587e-9), (5000, 10000, 0.5039893230696911)]
        {
            assert!((fair_coin_p(successes, trials) - p).abs() < 1e-9 * p, "{}", fair_coin_p(successes, trials));
        }
    }

    #[test]
    fn what_can_be_found_grows_with_the_tosses() {
        assert_eq!(share_found(4, 0.05, 0.8), None);
        assert_eq!(share_found(5, 0.05, 0.8).map(|share| tail(5, 5, 0.5 + share / 2.0) >= 0.8), Some(true));
        let shares: Vec<f64> = [10, 25, 50, 100, 400].map(|n| share_found(n, 0.05, 0.8).unwrap()).to_vec();
        assert!(shares.is_sorted_by(|a, b| a > b), "{shares:?}");
        // Independent value: the sums of `math.comb(100, i) p^i (1 - p)^(100 - i)` from 59 on, Python 3.
        assert_eq!(shares[3], 0.252);
    }

    #[test]
    fn the_fewest_successes_are_where_p_crosses_alpha() {
        assert_eq!(successes_needed(4, 0.05), None);
        assert_eq!(successes_needed(5, 0.05), Some(5));
        for trials in 5..200 {
            let needed = successes_needed(trials, 0.05).unwrap();
            assert!(fair_coin_p(needed, trials) <= 0.05 && fair_coin_p(needed - 1, trials) > 0.05);
        }
    }
}
