//! Which rows of a step are computed together.
//!
//! Rows are sorted by length and cut into micro-batches of about equal size, so that little is padded and every
//! worker has as much to do. The loss is taken over all rows of the step afterwards, so a group need not stay
//! together.

/// How many tokens a micro-batch has about. Fewer make the products of matrices slower and add up gradients more
/// often; more only take memory (time per token was flat from 256 to 2048).
const TOKENS: usize = 1024;

/// How many a micro-batch of several rows has at most, padding included: a long row must not pad many short ones.
const MOST_TOKENS: usize = 2 * TOKENS;

/// Rows that are computed together, padded to one length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MicroBatch {
    /// The length of its longest row, in tokens.
    pub length: usize,
    /// Its rows, by their place in the step.
    pub rows: Vec<usize>,
}

impl MicroBatch {
    /// Its tokens, padding included.
    pub fn tokens(&self) -> usize {
        self.length * self.rows.len()
    }
}

/// Hands out single rows of these lengths to so many workers: a list for each. Deterministic.
pub fn alone(lengths: &[(usize, usize)], workers: usize) -> Vec<Vec<MicroBatch>> {
    let single = |(row, length): &(usize, usize)| MicroBatch { length: *length, rows: vec![*row] };
    share_out(lengths.iter().map(single).collect(), workers.max(1))
}

/// Plans the micro-batches of rows of these lengths for so many workers: a list for each. Deterministic.
pub fn plan(lengths: &[usize], workers: usize) -> Vec<Vec<MicroBatch>> {
    let workers = workers.max(1);
    let mut rows: Vec<usize> = (0..lengths.len()).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(lengths[*row]), *row));
    let total: usize = lengths.iter().sum();
    let count = workers * total.div_ceil(TOKENS * workers).max(1);
    let mut batches: Vec<MicroBatch> = Vec::new();
    let (mut before, mut last) = (0, usize::MAX);
    for row in rows {
        // The row belongs to the part of all tokens that its middle falls into.
        let part = (2 * before + lengths[row]) * count / (2 * total.max(1));
        before += lengths[row];
        match batches.last_mut() {
            Some(batch) if part == last && batch.length * (batch.rows.len() + 1) <= MOST_TOKENS => batch.rows.push(row),
            _ => batches.push(MicroBatch { length: lengths[row], rows: vec![row] }),
        }
        last = part;
    }
    share_out(batches, workers)
}

/// The largest first, each to the worker that has least to do.
fn share_out(mut batches: Vec<MicroBatch>, workers: usize) -> Vec<Vec<MicroBatch>> {
    batches.sort_by_key(|batch| std::cmp::Reverse(batch.tokens()));
    let mut plan = vec![Vec::new(); workers];
    let mut load = vec![0; workers];
    for batch in batches {
        let least = (0..workers).min_by_key(|worker| (load[*worker], *worker)).unwrap_or(0);
        load[least] += batch.tokens();
        plan[least].push(batch);
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_row_is_in_one_batch_and_none_is_cut(lengths in prop::collection::vec(1usize..600, 0..80), workers in 1usize..5) {
            let plan = plan(&lengths, workers);
            prop_assert_eq!(plan.len(), workers);
            let mut rows: Vec<usize> = plan.iter().flatten().flat_map(|batch| batch.rows.clone()).collect();
            rows.sort_unstable();
            prop_assert_eq!(rows, (0..lengths.len()).collect::<Vec<_>>());
            for batch in plan.iter().flatten() {
                prop_assert!(batch.rows.iter().all(|row| lengths[*row] <= batch.length));
                prop_assert!(batch.rows.len() == 1 || batch.tokens() <= MOST_TOKENS);
            }
        }
    }

    #[test]
    fn a_long_row_does_not_pad_many_short_ones() {
        let lengths = [vec![500], vec![5; 60]].concat();
        let tokens: usize = plan(&lengths, 1)[0].iter().map(MicroBatch::tokens).sum();
        assert!(tokens <= MOST_TOKENS + 60 * 5, "{tokens} tokens for {}", lengths.iter().sum::<usize>());
    }

    #[test]
    fn workers_have_about_the_same_to_do_and_little_is_padded() {
        let lengths: Vec<usize> = (0..32).map(|i| 40 + 7 * i).collect();
        let plan = plan(&lengths, 2);
        let load: Vec<usize> = plan.iter().map(|batches| batches.iter().map(MicroBatch::tokens).sum()).collect();
        let total: usize = lengths.iter().sum();
        assert!(load[0].abs_diff(load[1]) * 10 < total, "{load:?}");
        assert!(load.iter().sum::<usize>() * 20 < total * 23, "{load:?} for {total}");
    }
}
