//! Ranks as normal scores: any scorer's numbers, whatever their scale, on one.
//!
//! Blom (1958), "Statistical Estimates and Transformed Beta-Variables": rank r of n becomes the standard normal
//! quantile of (r - 3/8) / (n + 1/4); tied values share their average rank. Standardised afterwards (denominator n).

use super::distribution::normal_quantile;

/// The normal scores of one query's candidates: mean 0, variance 1, the same order as `x`.
///
/// `None` where there is no order to keep: fewer than two values, all of them equal, or one that is not finite.
pub fn normal_scores(x: &[f64]) -> Option<Vec<f64>> {
    if !varies(x) || x.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let n = x.len() as f64;
    let mut z: Vec<f64> = average_ranks(x).iter().map(|rank| normal_quantile((rank - 0.375) / (n + 0.25))).collect();
    let mean = z.iter().sum::<f64>() / n;
    z.iter_mut().for_each(|z| *z -= mean);
    let sd = (z.iter().map(|z| z * z).sum::<f64>() / n).sqrt();
    z.iter_mut().for_each(|z| *z /= sd);
    Some(z)
}

/// Whether at least two of the values differ.
pub(super) fn varies(x: &[f64]) -> bool {
    x.iter().any(|value| *value != x[0])
}

/// Ranks from one, ties averaged.
pub(super) fn average_ranks(x: &[f64]) -> Vec<f64> {
    let mut by_value: Vec<usize> = (0..x.len()).collect();
    by_value.sort_by(|&a, &b| x[a].total_cmp(&x[b]));
    let mut ranks = vec![0.0; x.len()];
    let mut rank = 0;
    for tied in by_value.chunk_by(|&a, &b| x[a] == x[b]) {
        let average = rank as f64 + (tied.len() + 1) as f64 / 2.0;
        for &i in tied {
            ranks[i] = average;
        }
        rank += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_average_rank() {
        assert_eq!(average_ranks(&[0.5, 9.0, 0.5, -1.0]), [2.5, 4.0, 2.5, 1.0]);
        assert_eq!(average_ranks(&[0.0, -0.0, 1.0]), [1.5, 1.5, 3.0]);
    }

    #[test]
    fn scores_are_standardised_and_keep_the_order() {
        let z = normal_scores(&[3.0, 100.0, -7.0, 3.5, 3.25]).unwrap();
        assert!(z.iter().sum::<f64>().abs() < 1e-12);
        assert!((z.iter().map(|z| z * z).sum::<f64>() / 5.0 - 1.0).abs() < 1e-12);
        assert!(z[2] < z[0] && z[0] < z[4] && z[4] < z[3] && z[3] < z[1]);
        assert_eq!(z, normal_scores(&[30.0, 31.0, 1.0, 30.2, 30.1]).unwrap());
    }

    #[test]
    fn without_an_order_there_are_no_scores() {
        for x in [&[][..], &[1.0], &[2.0, 2.0, 2.0], &[0.0, -0.0], &[1.0, f64::NAN], &[1.0, f64::INFINITY]] {
            assert_eq!(normal_scores(x), None, "{x:?}");
        }
    }
}
