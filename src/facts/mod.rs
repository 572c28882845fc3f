//! Everything gathered about one audit: plain, serialisable, no opinion.
//!
//! Facts are what [`crate::audit`] hands to [`crate::checks`] and [`crate::verdict`]. They hold numbers and
//! names, never a level and never a sentence of judgement, so that a check needs no configuration and no file
//! to be tested.

mod arms;
mod canary;
mod collections;
mod independence;
mod lock;
mod moved;
mod origin;
mod outcomes;
mod probe;
mod scan;
#[cfg(test)]
pub mod sample;
mod tests_that_decide;
mod training;
mod twins;

pub use arms::{ArmFacts, ArmOnCollection, ArmSource, HistogramFacts, SameOrder, Scales};
pub use canary::CanaryFacts;
pub use collections::{CandidateFacts, CollectionFacts, QueryElsewhere, SharedQuery};
pub use independence::{IndependenceFacts, SharedDocuments, SharedJudgements};
pub use lock::{LockFacts, LockedFacts, PartFacts, PrintFacts};
pub use moved::{MovedDocument, MovedFacts, MovedQuery};
pub use origin::OriginFacts;
pub use outcomes::{ADEQUATE, LeftOut, OutcomeFacts, OutcomeKind, SampleFacts, Weight};
pub use probe::{AnswerFacts, InspectedFacts, ProbeFacts, ProbedFacts, RewordedFacts, TextFacts};
pub use scan::{ScanFacts, Searched};
pub use tests_that_decide::{Between, PrimaryTest, primary_tests};
pub use training::{TrainedArm, TrainedStudent, TrainingFacts};
pub use twins::{Balance, Blind, SharedCorpus, Tell, TwinFacts, TwinPairFacts};

use crate::collection::Date;
use crate::config::{Config, Gives};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything gathered about one audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The version of the program that gathered them.
    pub version: String,
    /// The configuration with its defaults filled in.
    pub config: Config,
    /// The file that it was read from, as the user named it.
    pub config_path: String,
    /// What is known of the teacher.
    pub teacher: Option<TeacherFacts>,
    /// The collections, in the order of the configuration.
    pub collections: Vec<CollectionFacts>,
    /// Queries whose normalised text occurs in several collections, each counted once.
    pub shared_queries: Vec<SharedQuery>,
    /// Judged pairs and documents that several collections have.
    pub independence: IndependenceFacts,
    /// The collections held to the lock; absent where there is no lock.
    pub lock: Option<LockFacts>,
    /// The day that counts as today for the age of collections.
    pub today: Date,
    /// The day that waivers are held to: no configuration and no variable can set it, so that none is kept alive unseen.
    pub waiver_day: Date,
    /// Where the student before comes from, as far as anything says so.
    pub before: OriginFacts,
    /// Where each reference comes from, by name, as far as anything says so.
    pub references: BTreeMap<String, OriginFacts>,
    /// Where texts of the collections turned up.
    pub scan: ScanFacts,
    /// What the teacher makes of canaries; absent where there are none.
    pub canary: Option<CanaryFacts>,
    /// Students that were trained here.
    pub training: Option<TrainingFacts>,
    /// Every scorer and student, `before` first.
    pub arms: Vec<ArmFacts>,
    /// Numbers per query, compared between suspect and clean collections.
    pub outcomes: Vec<OutcomeFacts>,
    /// What the teacher's scores show beside the outcomes; absent without its scores.
    pub probe: Option<ProbeFacts>,
    /// Suspect collections beside their twins, and how like they are.
    pub twin_pairs: Vec<TwinPairFacts>,
    /// Twins against the suspect collections that they belong to, by outcome.
    pub twins: Vec<TwinFacts>,
    /// The tests that decide, with their p after Holm.
    pub tests: Vec<PrimaryTest>,
    /// The queries that moved most between the students before and after, by collection.
    pub moved: Vec<MovedFacts>,
    /// What was asked for or usual, and not looked at, with the reason.
    pub not_checked: Vec<String>,
    /// SHA-256 of every input file, by the path as the user named it.
    pub inputs: BTreeMap<String, String>,
    /// The library that models were scored with, where any was.
    pub onnx_runtime: Option<String>,
    /// Threads that training and scoring used.
    pub threads: usize,
}

impl Facts {
    /// The collection of this name.
    pub fn collection(&self, name: &str) -> Option<&CollectionFacts> {
        self.collections.iter().find(|c| c.name == name)
    }

    /// The arm of this name.
    pub fn arm(&self, name: &str) -> Option<&ArmFacts> {
        self.arms.iter().find(|a| a.name == name)
    }

    /// The outcome of this kind.
    pub fn outcome(&self, kind: OutcomeKind) -> Option<&OutcomeFacts> {
        self.outcomes.iter().find(|o| o.kind == kind)
    }

    /// The deciding test of this kind of outcome between suspect and clean collections, where there is one.
    pub fn test(&self, kind: OutcomeKind) -> Option<&PrimaryTest> {
        self.tests.iter().find(|t| t.kind == kind && t.between == Between::Roles)
    }

    /// The deciding test of this kind of outcome between suspect collections and matched twins, where there is one.
    pub fn twin_test(&self, kind: OutcomeKind) -> Option<&PrimaryTest> {
        self.tests.iter().find(|t| t.kind == kind && t.between == Between::Twins)
    }
}

/// What is known of the teacher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeacherFacts {
    /// Its name; `without a name` where the configuration gives none.
    pub name: String,
    /// The day up to which it may have read the web.
    pub training_cutoff: Option<Date>,
    /// What its numbers mean.
    pub gives: Gives,
    /// Whether its own scores were given or made here.
    pub has_scores: bool,
    /// Where the configuration speaks of it.
    pub config_line: Option<u64>,
}
