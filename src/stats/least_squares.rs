//! Least squares residuals on a few columns that may be collinear.
//!
//! References of one family rank alike, and one may be a mixture of others: collinear columns are the normal case.
//! The space that the columns span is found by one-sided Jacobi rotations (Hestenes, 1958; Demmel and Veselić,
//! 1992, "Jacobi's method is more accurate than QR"): columns are rotated in pairs until all are orthogonal, and
//! their lengths are then the singular values. Directions below the rounding of the longest one are dropped, which
//! is the minimum-norm solution that LAPACK gives. Meant for up to some ten columns of any length.

/// Sweeps after which rotating ends; convergence is quadratic and takes well under ten.
const MAX_SWEEPS: usize = 60;

/// An orthonormal basis of what some columns span.
pub(super) struct ColumnSpace {
    basis: Vec<Vec<f64>>,
}

impl ColumnSpace {
    /// The space that these columns span; all have the same length.
    pub fn of(mut columns: Vec<Vec<f64>>) -> ColumnSpace {
        let rows = columns.first().map_or(0, Vec::len);
        orthogonalise(&mut columns);
        let singular: Vec<f64> = columns.iter().map(|column| dot(column, column).sqrt()).collect();
        let largest = singular.iter().copied().fold(0.0, f64::max);
        let cut_off = f64::EPSILON * rows.max(columns.len()) as f64 * largest;
        let basis = columns
            .into_iter()
            .zip(singular)
            .filter(|(_, s)| *s > cut_off)
            .map(|(column, s)| column.into_iter().map(|x| x / s).collect())
            .collect();
        ColumnSpace { basis }
    }

    /// What of `x` the columns do not explain.
    pub fn residual(&self, x: &[f64]) -> Vec<f64> {
        let mut residual = x.to_vec();
        for direction in &self.basis {
            let along = dot(direction, &residual);
            for (r, d) in residual.iter_mut().zip(direction) {
                *r -= along * d;
            }
        }
        residual
    }
}

/// Rotates pairs of columns until every two are orthogonal to working precision.
fn orthogonalise(columns: &mut [Vec<f64>]) {
    for _ in 0..MAX_SWEEPS {
        let mut rotated = false;
        for i in 1..columns.len() {
            let (before, from_i) = columns.split_at_mut(i);
            for a in before {
                rotated |= rotate(a, &mut from_i[0]);
            }
        }
        if !rotated {
            return;
        }
    }
}

/// Makes two columns orthogonal by a rotation in the plane that they span; says whether one was needed.
fn rotate(a: &mut [f64], b: &mut [f64]) -> bool {
    let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
    if ab.abs() <= f64::EPSILON * (aa * bb).sqrt() {
        return false;
    }
    let zeta = (bb - aa) / (2.0 * ab);
    let tan = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
    let cos = 1.0 / tan.hypot(1.0);
    let sin = cos * tan;
    for (a, b) in a.iter_mut().zip(b) {
        (*a, *b) = (cos * *a - sin * *b, sin * *a + cos * *b);
    }
    true
}

/// The inner product.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern, the same every time.
    fn column(seed: usize, rows: usize) -> Vec<f64> {
        (0..rows).map(|i| ((i * i * (seed + 3)) as f64).sin()).collect()
    }

    fn combine(a: &[f64], x: f64, b: &[f64], y: f64) -> Vec<f64> {
        a.iter().zip(b).map(|(a, b)| x * a + y * b).collect()
    }

    #[test]
    fn a_residual_is_orthogonal_to_every_column() {
        let columns: Vec<Vec<f64>> = (0..6).map(|k| column(k, 200)).collect();
        let x = column(9, 200);
        let residual = ColumnSpace::of(columns.clone()).residual(&x);
        assert!(dot(&residual, &residual) > 1.0);
        for c in &columns {
            assert!(dot(&residual, c).abs() < 1e-12);
        }
    }

    #[test]
    fn collinear_columns_change_nothing() {
        let (a, b, x) = (column(1, 80), column(2, 80), column(3, 80));
        let plain = ColumnSpace::of(vec![a.clone(), b.clone()]);
        for third in [a.clone(), combine(&a, 0.3, &b, -2.0), vec![0.0; 80]] {
            let more = ColumnSpace::of(vec![a.clone(), third, b.clone()]);
            assert_eq!(more.basis.len(), 2);
            for (p, m) in plain.residual(&x).iter().zip(more.residual(&x)) {
                assert!((p - m).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn what_lies_in_the_space_leaves_nothing() {
        let (a, b) = (column(1, 50), column(2, 50));
        let residual = ColumnSpace::of(vec![a.clone(), b.clone()]).residual(&combine(&a, 4.0, &b, 0.5));
        assert!(dot(&residual, &residual) < 1e-24);
    }

    #[test]
    fn without_columns_everything_is_left() {
        assert_eq!(ColumnSpace::of(vec![]).residual(&[1.0, 2.0]), [1.0, 2.0]);
    }
}
