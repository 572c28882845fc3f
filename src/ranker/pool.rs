//! From the vectors of a text's tokens to its one vector. Plain loops in a fixed order, so the same bytes each
//! time. The definitions are sentence-transformers' (`modules/pooling.py`); there is no padding to leave out.

use crate::config::Pooling;

/// Below this a vector counts as zero and is not scaled; PyTorch's `normalize` has the same bound.
const SMALLEST_NORM: f32 = 1e-12;

/// Pools one text: `tokens` are its vectors one after the other, `width` numbers each, at least one of them.
pub fn pool(pooling: Pooling, tokens: &[f32], width: usize) -> Vec<f32> {
    let rows = || tokens.chunks_exact(width);
    let count = (tokens.len() / width) as f32;
    match pooling {
        Pooling::Cls => tokens[..width].to_vec(),
        Pooling::LastToken => tokens[tokens.len() - width..].to_vec(),
        Pooling::Max => fold(rows(), vec![f32::NEG_INFINITY; width], |best, x, _| best.max(x)),
        Pooling::Mean => scaled(sum(rows(), width), 1.0 / count),
        Pooling::MeanSqrtLen => scaled(sum(rows(), width), 1.0 / count.sqrt()),
        Pooling::WeightedMean => {
            let weights = count * (count + 1.0) / 2.0;
            scaled(fold(rows(), vec![0.0; width], |sum, x, position| sum + x * position), 1.0 / weights)
        }
    }
}

/// Scales a vector to length 1; one of zeros stays as it is.
pub fn normalise(vector: &mut [f32]) {
    let norm = dot(vector, vector).sqrt() as f32;
    let factor = 1.0 / norm.max(SMALLEST_NORM);
    vector.iter_mut().for_each(|x| *x *= factor);
}

/// The dot product, summed in 64 bits.
pub fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

/// The cosine of the angle; 0 where one of the vectors is zero.
pub fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let norms = (dot(a, a) * dot(b, b)).sqrt();
    if norms > 0.0 { dot(a, b) / norms } else { 0.0 }
}

fn sum<'a>(rows: impl Iterator<Item = &'a [f32]>, width: usize) -> Vec<f32> {
    fold(rows, vec![0.0; width], |sum, x, _| sum + x)
}

/// Folds each dimension over the rows; `step` is told the position too, counted from one.
fn fold<'a>(rows: impl Iterator<Item = &'a [f32]>, start: Vec<f32>, step: impl Fn(f32, f32, f32) -> f32) -> Vec<f32> {
    rows.zip(1..).fold(start, |mut folded, (row, position)| {
        folded.iter_mut().zip(row).for_each(|(f, x)| *f = step(*f, *x, position as f32));
        folded
    })
}

fn scaled(mut vector: Vec<f32>, factor: f32) -> Vec<f32> {
    vector.iter_mut().for_each(|x| *x *= factor);
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pooling_does_what_it_says() {
        let tokens = [1.0, -4.0, 3.0, 8.0, 2.0, 2.0, 2.0, 2.0];
        for (pooling, expected) in [
            (Pooling::Mean, [2.0, 2.0]),
            (Pooling::Cls, [1.0, -4.0]),
            (Pooling::Max, [3.0, 8.0]),
            (Pooling::MeanSqrtLen, [4.0, 4.0]),
            (Pooling::WeightedMean, [2.1, 2.6]),
            (Pooling::LastToken, [2.0, 2.0]),
        ] {
            let pooled = pool(pooling, &tokens, 2);
            assert!(pooled.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{pooling:?}: {pooled:?}");
            assert_eq!(pool(pooling, &tokens[..2], 2), tokens[..2], "a single token is its own pool: {pooling:?}");
        }
    }

    #[test]
    fn a_vector_of_zeros_has_no_direction_and_makes_no_nan() {
        let mut zeros = [0.0; 3];
        normalise(&mut zeros);
        assert_eq!(zeros, [0.0; 3]);
        assert_eq!(cosine(&zeros, &[1.0, 2.0, 3.0]), 0.0);
        let mut vector = [3.0, 4.0];
        normalise(&mut vector);
        assert_eq!(vector, [0.6, 0.8]);
        assert!((cosine(&[2.0, 0.0], &[1.0, 1.0]) - 0.5f64.sqrt()).abs() < 1e-12);
    }
}
