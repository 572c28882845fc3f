//! A check whose work is done on several machines.
//!
//! A share scores some of the models, trains and scores some of the students, and searches some of the files ([`work`]).
//! It decides nothing: it writes a [`Part`] with what it computed. When all are there, [`Parts`] holds them together, and the
//! audit runs as ever, with all that takes long already in its cache: so its report is, byte for byte, that of a
//! check on one machine.

mod part;
mod parts;
mod processor;
mod work;

pub use part::{Card, Part, Terms};
pub use parts::Parts;
pub use work::{Done, work};

use crate::config::Loaded;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

/// More machines than this are a typing error.
const MOST: usize = 10_000;

/// Who does what takes long: scoring, training, searching files.
#[derive(Clone, Debug, Default)]
pub enum Work {
    /// This machine.
    #[default]
    Whole,
    /// This machine does a share of it, so nothing may be measured here that all have to agree on.
    Share,
    /// Shares have done it, so nothing is computed here that takes long.
    Done(Arc<Parts>),
}

impl Work {
    /// What shares have computed.
    pub fn parts(&self) -> Option<&Parts> {
        match self {
            Work::Done(parts) => Some(parts),
            Work::Whole | Work::Share => None,
        }
    }
}

/// One of several shares of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Share {
    /// Which, from one on.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

impl Share {
    /// Those of so many things that are this share's: neighbours, for the students of one arm learn from the same scores.
    pub fn items(self, all: usize) -> Range<usize> {
        (self.number - 1) * all / self.of..self.number * all / self.of
    }

    /// Those of the files with these sizes that are this share's, in their order: the largest first, each to the share
    /// that has least, so that all have about the same.
    pub fn files(self, sizes: &[u64]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..sizes.len()).collect();
        order.sort_by_key(|file| (Reverse(sizes[*file]), *file));
        let mut loads: BinaryHeap<Reverse<(u64, usize)>> = (1..=self.of).map(|number| Reverse((0, number))).collect();
        let mut own = Vec::new();
        for file in order {
            let Some(Reverse((load, number))) = loads.pop() else { break };
            if number == self.number {
                own.push(file);
            }
            // An empty file is opened too.
            loads.push(Reverse((load.saturating_add(sizes[file]).saturating_add(1), number)));
        }
        own.sort_unstable();
        own
    }
}

/// Inputs by paths that are the same on every machine: relative to the configuration, where they lie beside or below it.
fn relative(loaded: &Loaded, inputs: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let folder = loaded.resolve("");
    let path = |path: &String| {
        let inside = Path::new(path).strip_prefix(&folder).ok().filter(|_| folder != Path::new(""));
        inside.map_or_else(|| path.clone(), |inside| inside.to_string_lossy().into_owned())
    };
    inputs.iter().map(|(name, digest)| (path(name), digest.clone())).collect()
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.number, self.of)
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Share, String> {
        let (number, of) = text.split_once('/').unwrap_or_default();
        match (number.parse(), of.parse()) {
            (Ok(number), Ok(of)) if (1..=of).contains(&number) && of <= MOST => Ok(Share { number, of }),
            _ => {
                Err(format!("a share is K/N, as in 2/4 for the second of four, with K from 1 to N and N up to {MOST}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_is_a_number_of_a_number() {
        assert_eq!("2/4".parse(), Ok(Share { number: 2, of: 4 }));
        for text in ["", "/", "2", "0/4", "5/4", "1/0", "-1/4", "1/4/4", "a/b", "1/99999999999999999999", "1/10001"] {
            assert!(text.parse::<Share>().unwrap_err().contains("K/N"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn everything_is_done_once(of in 1_usize..20, items in 0_usize..50, sizes in prop::collection::vec(0_u64..9, 0..40)) {
            let shares: Vec<Share> = (1..=of).map(|number| Share { number, of }).collect();
            let done: Vec<usize> = shares.iter().flat_map(|share| share.items(items)).collect();
            prop_assert_eq!(done, (0..items).collect::<Vec<_>>());
            let mut read: Vec<usize> = shares.iter().flat_map(|share| share.files(&sizes)).collect();
            read.sort_unstable();
            prop_assert_eq!(read, (0..sizes.len()).collect::<Vec<_>>());
        }

        #[test]
        fn no_share_has_much_more_than_another(of in 1_usize..9, sizes in prop::collection::vec(0_u64..1000, 0..60)) {
            let load = |number| Share { number, of }.files(&sizes).into_iter().map(|file| sizes[file] + 1).sum::<u64>();
            let loads: Vec<u64> = (1..=of).map(load).collect();
            let (least, most) = (loads.iter().min().unwrap(), loads.iter().max().unwrap());
            let largest = sizes.iter().max().map_or(0, |size| size + 1);
            prop_assert!(most - least <= largest, "{loads:?}");
        }
    }
}
