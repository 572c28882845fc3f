//! Where texts of the collections turned up.

use crate::fingerprint::scan::{Match, Scanned, Tally};
use serde::{Deserialize, Serialize};

/// What was searched for texts of the collections.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanFacts {
    /// `[scan]`: what the student or a known teacher read.
    pub read: Option<Searched>,
    /// `[distill]`: what students are trained on here.
    pub training: Option<Searched>,
}

/// Some files that were searched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Searched {
    /// The paths, as the configuration names them.
    pub paths: Vec<String>,
    /// What was seen and counted.
    pub scanned: Scanned,
    /// The first matches of each collection and kind.
    pub examples: Vec<Match>,
}

impl Searched {
    /// What was found of a collection.
    pub fn of(&self, collection: &str) -> Option<&Tally> {
        self.scanned.collections.iter().find(|tally| tally.collection == collection)
    }
}

impl ScanFacts {
    /// Collections of which what was read holds a query word for word, or a judgement: evidence.
    pub fn evidence(&self) -> Vec<&Tally> {
        let tallies = self.read.iter().flat_map(|searched| &searched.scanned.collections);
        tallies.filter(|tally| tally.is_evidence()).collect()
    }

    /// How many files could not be read to their ends.
    pub fn unread(&self) -> usize {
        self.read.iter().chain(&self.training).map(|searched| searched.scanned.unread.len()).sum()
    }
}
