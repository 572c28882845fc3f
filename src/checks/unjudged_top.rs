//! The student brings up documents that nobody judged.
//!
//! # What it looks at
//! The share of judged documents among the first ten, of `after` against `before`: found where it falls by more
//! than 0.05. Only where the collection has judged non-relevant documents; elsewhere unjudged means not relevant.
//!
//! # Why it matters
//! An unjudged document counts as not relevant. A ranker that finds new documents is punished for it, and one
//! that finds the pool's is not, so gains are understated, and not evenly.
//!
//! # Example
//! 97 % of the first ten of the student before are judged, 84 % of those of the student after.
//!
//! # What to do
//! Judge the new documents, or read the gain on this collection as a lower bound.
//!
//! # References
//! Buckley, Voorhees, *Retrieval Evaluation with Incomplete Information*, SIGIR 2004.

use super::wording::percent;
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{ArmFacts, Facts};

pub(super) const ID: &str = "unjudged-top";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Warn;

/// Half a document in ten: with it nDCG@10 can move by as much as gains of interest.
const FALL: f64 = 0.05;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let (Some(before), Some(after)) = (facts.arm("before"), facts.arm("after")) else {
        return vec![Case::not_applicable("all", "it compares the student before and after")];
    };
    let mut cases = Vec::new();
    for collection in &facts.collections {
        let judged = |arm: &ArmFacts| arm.on(&collection.name)?.judged_at_10;
        let (Some(was), Some(is)) = (judged(before), judged(after)) else { continue };
        let subject = format!("after on {}", collection.name);
        let case = if !collection.counts.judges_non_relevant(collection.rel) {
            Case::not_applicable(subject, "only relevant documents are judged here: unjudged means not relevant")
        } else {
            let said = format!("{} of its first ten are judged, {} of those of before", percent(is), percent(was));
            match was - is > FALL {
                true => Case::found(
                    subject,
                    Finding::new(said, "judge the new documents, or read the gain here as a lower bound"),
                ),
                false => Case::passed(subject, said),
            }
        };
        cases.push(case.on(&collection.name));
    }
    cases
}
