//! What some columns do not explain of others: modified Gram-Schmidt, twice over. Collinear columns are left out.

/// The residuals of two targets on the columns.
pub fn residuals(columns: Vec<Vec<f64>>, mut targets: [Vec<f64>; 2]) -> [Vec<f64>; 2] {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for mut column in columns {
        let before = dot(&column, &column);
        take_out(&basis, &mut column);
        let left = dot(&column, &column);
        if left > 1e-16 * before {
            column.iter_mut().for_each(|x| *x /= left.sqrt());
            basis.push(column);
        }
    }
    targets.iter_mut().for_each(|target| take_out(&basis, target));
    targets
}

fn take_out(basis: &[Vec<f64>], from: &mut [f64]) {
    for _ in 0..2 {
        for direction in basis {
            let along = dot(direction, from);
            from.iter_mut().zip(direction).for_each(|(x, d)| *x -= along * d);
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
