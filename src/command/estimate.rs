//! What asking would cost, said before the first call.

use super::batch::Batch;
use super::kept::Kept;
use crate::cache::Key;
use serde::Serialize;
use std::collections::BTreeSet;

/// Bytes of text that are taken for a token: a rule of thumb for English. Other scripts have more tokens.
const BYTES_PER_TOKEN: u64 = 4;

/// Tokens of so many bytes of text, roughly.
pub fn tokens(bytes: u64) -> u64 {
    bytes.div_ceil(BYTES_PER_TOKEN)
}

/// What is to be asked, and what of it was answered before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// Pairs in all, over collections and repeats.
    pub pairs: usize,
    /// Those that were answered before.
    pub kept: usize,
    /// Those that have the texts of another one, which is asked for both.
    pub twice: usize,
    /// Those that are to be asked, a call each where the program makes one for each pair.
    pub calls: usize,
    /// Tokens of their queries and documents, roughly; what a prompt adds is not counted.
    pub tokens: u64,
}

/// What asking these batches takes.
pub fn estimate(batches: &[Batch], kept: &Kept) -> Estimate {
    let (mut estimate, mut bytes) = (Estimate::default(), 0);
    let mut asked: BTreeSet<Key> = BTreeSet::new();
    for batch in batches {
        estimate.pairs += batch.pairs.len();
        for unit in &batch.units {
            if unit.clone().all(|index| kept.score(&batch.keys[index]).is_some()) {
                estimate.kept += unit.len();
                continue;
            }
            if !asked.insert(batch.keys[unit.start]) {
                estimate.twice += unit.len();
                continue;
            }
            estimate.calls += unit.len();
            bytes += batch.pairs[unit.clone()].iter().map(super::Pair::bytes).sum::<u64>();
        }
    }
    estimate.tokens = tokens(bytes);
    estimate
}

impl Estimate {
    /// `5400 pairs, 1200 of them answered before: 4200 to ask, roughly 630000 tokens of query and document`.
    pub fn in_words(&self) -> String {
        let less = |n: usize, why: &str| if n > 0 { format!(", {n} of them {why}") } else { String::new() };
        let (answered, twice) = (less(self.kept, "answered before"), less(self.twice, "with the texts of another"));
        match self.calls {
            0 => format!("{} pairs, all answered before: nothing to ask", self.pairs),
            calls => format!(
                "{} pairs{answered}{twice}: {calls} to ask, roughly {} tokens of query and document (a token for every \
                 {BYTES_PER_TOKEN} bytes; what a prompt adds is not counted)",
                self.pairs, self.tokens
            ),
        }
    }
}
