//! Batches without padding: only texts of exactly the same length are computed together.
//!
//! No time goes into padding, and none can change the last bits of a score. The batches follow from the lengths
//! alone, so the same candidates get the same bytes. In other company a text may be one of a batch of another
//! size: models that leave pooling to us gave the same bytes then too where it was tried; one that pools inside
//! its graph differed in the seventh digit.

use std::collections::BTreeMap;

/// How many tokens a batch holds at most, unless a single text has more. Larger batches do not gain anything on
/// a CPU, they lose: what a layer computes for about 500 tokens still fits into a core's cache. Measured with
/// MiniLM, at 2048 tokens the same texts took a fifth longer.
const MAX_TOKENS: usize = 512;

/// Some texts, or pairs, of one length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How many tokens each of them has.
    pub length: usize,
    /// Which ones, by their place in the list that was planned.
    pub members: Vec<usize>,
}

/// Plans the batches for items of these lengths. The longest come first, so that memory is claimed once and
/// threads end at about the same time.
pub fn plan(lengths: &[usize]) -> Vec<Batch> {
    let mut by_length: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (item, length) in lengths.iter().enumerate() {
        by_length.entry(*length).or_default().push(item);
    }
    let mut batches = Vec::new();
    for (length, items) in by_length.into_iter().rev() {
        let most = (MAX_TOKENS / length.max(1)).max(1);
        batches.extend(items.chunks(most).map(|members| Batch { length, members: members.to_vec() }));
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_holds_one_length_and_a_bounded_number_of_tokens() {
        let lengths = [3, 250, 3, 5000, 250, 250, 7, 0];
        let expected =
            [(5000, vec![3]), (250, vec![1, 4]), (250, vec![5]), (7, vec![6]), (3, vec![0, 2]), (0, vec![7])];
        let plan: Vec<_> = plan(&lengths).into_iter().map(|batch| (batch.length, batch.members)).collect();
        assert_eq!(plan, expected);
        assert!(super::plan(&[]).is_empty());
    }
}
