//! AdamW (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2), one pass over flat buffers.
//!
//! As `torch.optim.AdamW` computes it, with one difference that saves time and changes nothing: a row of an
//! embedding table that has never had a gradient has no moments, so it is passed over. Embedding tables, biases and
//! normalisations (everything with one dimension) do not decay.

use super::accumulate::Sums;
use super::graph::Weight;

/// The decay of the first moment.
const BETA1: f32 = 0.9;
/// The decay of the second moment.
const BETA2: f32 = 0.999;
/// Added to the root of the second moment.
const EPSILON: f32 = 1e-8;

/// The moments of every trained weight, and which rows of tables have some.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamW {
    /// Means of gradients.
    pub first: Vec<f32>,
    /// Means of squared gradients.
    pub second: Vec<f32>,
    /// For each table the rows that have had a gradient, as a bit for each.
    pub awake: Vec<Vec<u64>>,
}

/// The numbers of one update.
#[derive(Clone, Copy, Debug)]
pub struct Update {
    /// Counted from 1.
    pub step: usize,
    /// The learning rate now.
    pub rate: f32,
    /// The decay of weights.
    pub decay: f32,
    /// What gradients are multiplied by: clipping.
    pub scale: f32,
}

impl AdamW {
    /// Moments of zero.
    pub fn new(weights: &[Weight], sums: &Sums) -> AdamW {
        let n: usize = weights.iter().filter(|weight| weight.trained).map(Weight::len).sum();
        let awake = sums.tables.iter().map(|table| vec![0; weights[table.weight].shape[0].div_ceil(64)]).collect();
        AdamW { first: vec![0.0; n], second: vec![0.0; n], awake }
    }

    /// Moves the weights by one step against the gradients that `sums` holds.
    pub fn step(&mut self, weights: &[Weight], values: &mut [f32], sums: &Sums, update: Update) {
        for (table, awake) in sums.tables.iter().zip(&mut self.awake) {
            table.touched.iter().for_each(|row| awake[row / 64] |= 1 << (row % 64));
        }
        for (index, weight) in weights.iter().enumerate().filter(|(_, weight)| weight.trained) {
            let decay = if weight.shape.len() > 1 { update.decay } else { 0.0 };
            match sums.tables.iter().position(|table| table.weight == index) {
                None => self.move_range(weight.range(), values, &sums.values, Update { decay, ..update }),
                Some(table) => {
                    let width = weight.len() / weight.shape[0];
                    for row in rows(&self.awake[table].clone()) {
                        let begin = weight.offset + row * width;
                        self.move_range(begin..begin + width, values, &sums.values, Update { decay: 0.0, ..update });
                    }
                }
            }
        }
    }

    fn move_range(&mut self, range: std::ops::Range<usize>, values: &mut [f32], gradients: &[f32], update: Update) {
        let step = i32::try_from(update.step).unwrap_or(i32::MAX);
        // In 64 bits, as PyTorch has the numbers that are the same for all weights.
        let correction1 = 1.0 - f64::from(BETA1).powi(step);
        let correction2 = 1.0 - f64::from(BETA2).powi(step);
        let size = (f64::from(update.rate) / correction1) as f32;
        let root2 = (1.0 / correction2.sqrt()) as f32;
        let keep = 1.0 - update.rate * update.decay;
        let first = &mut self.first[range.clone()];
        let second = &mut self.second[range.clone()];
        let (values, gradients) = (&mut values[range.clone()], &gradients[range]);
        for (((w, m), v), g) in values.iter_mut().zip(first).zip(second).zip(gradients) {
            let g = g * update.scale;
            *m += (1.0 - BETA1) * (g - *m);
            *v = BETA2 * *v + (1.0 - BETA2) * g * g;
            *w = *w * keep - size * *m / (v.sqrt() * root2 + EPSILON);
        }
    }
}

/// The rows whose bit is set, in order.
fn rows(bits: &[u64]) -> impl Iterator<Item = usize> + '_ {
    let of_word = |(at, word): (usize, &u64)| {
        let word = *word;
        (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
    };
    bits.iter().enumerate().flat_map(of_word)
}

#[cfg(test)]
mod tests {
    use super::super::accumulate::Table;
    use super::*;

    /// Three steps of `torch.optim.AdamW([w], lr=0.1, weight_decay=0.1)` in PyTorch 2.15, in 64 bits.
    const EXPECTED: [[f64; 2]; 3] = [[0.89, -1.88], [0.785_351_0, -1.897_810_4], [0.680_322_6, -1.844_508_1]];

    #[test]
    fn steps_are_those_of_pytorch() {
        let weights = [Weight { name: "w".into(), shape: vec![1, 2], offset: 0, trained: true }];
        let gradients = [[0.5, -1.0], [0.3, 2.0], [0.4, -3.0]];
        let mut values = vec![1.0, -2.0];
        let mut sums = Sums { values: vec![0.0; 2], tables: Vec::new() };
        let mut adam = AdamW::new(&weights, &sums);
        for (index, (gradient, expected)) in gradients.iter().zip(EXPECTED).enumerate() {
            sums.values.copy_from_slice(gradient);
            adam.step(&weights, &mut values, &sums, Update { step: index + 1, rate: 0.1, decay: 0.1, scale: 1.0 });
            for (found, expected) in values.iter().zip(expected) {
                assert!((f64::from(*found) - expected).abs() < 2e-6, "step {}: {values:?}", index + 1);
            }
        }
    }

    #[test]
    fn rows_that_never_had_a_gradient_stay_and_others_go_on_by_their_moments() {
        let weights = [Weight { name: "table".into(), shape: vec![3, 1], offset: 0, trained: true }];
        let mut values = vec![1.0, 1.0, 1.0];
        let table = |touched: Vec<usize>| vec![Table { weight: 0, touched }];
        let mut sums = Sums { values: vec![0.0, 0.5, 0.0], tables: table(vec![1]) };
        let mut adam = AdamW::new(&weights, &sums);
        let update = |step| Update { step, rate: 0.1, decay: 0.1, scale: 1.0 };
        adam.step(&weights, &mut values, &sums, update(1));
        let after_one = values[1];
        sums = Sums { values: vec![0.5, 0.0, 0.0], tables: table(vec![0]) };
        adam.step(&weights, &mut values, &sums, update(2));
        assert!(values[1] < after_one && after_one < 1.0 && values[0] < 1.0, "{values:?}");
        assert_eq!(values[2], 1.0);
    }
}
