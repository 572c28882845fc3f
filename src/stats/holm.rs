//! Sharing alpha among the primary tests.
//!
//! Holm (1979), "A simple sequentially rejective multiple test procedure": the smallest of m p-values is multiplied
//! by m, the next by m - 1, and so on, never less than the one before. Valid whatever the tests have in common.

/// Holm's adjusted p-values, in the order given: a test rejects where its adjusted p is at most alpha.
///
/// A p that is not a number counts as 1, since it is evidence of nothing; others are held to 0..=1.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let p: Vec<f64> = p.iter().map(|&p| if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) }).collect();
    let mut by_size: Vec<usize> = (0..p.len()).collect();
    by_size.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut running = 0.0_f64;
    for (rank, &test) in by_size.iter().enumerate() {
        running = running.max((p.len() - rank) as f64 * p[test]).min(1.0);
        adjusted[test] = running;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smallest_first_and_never_less_than_the_one_before() {
        let cases: [(&[f64], &[f64]); 5] = [
            (&[], &[]),
            (&[0.2], &[0.2]),
            (&[0.01, 0.5], &[0.02, 0.5]),
            (&[0.03, 0.02], &[0.04, 0.04]),
            (&[0.75, 0.75], &[1.0, 1.0]),
        ];
        for (p, adjusted) in cases {
            assert_eq!(holm(p), adjusted);
        }
    }

    #[test]
    fn what_is_not_a_number_rejects_nothing_and_costs_a_test() {
        assert_eq!(holm(&[f64::NAN, 0.02]), [1.0, 0.04]);
        assert_eq!(holm(&[-1.0, 2.0]), [0.0, 1.0]);
    }
}
