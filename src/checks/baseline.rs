//! What an earlier result had found already: it is shown, and fails nothing.
//!
//! A finding is known where the same check said of the same subject something at least as grave. Numbers move from run to
//! run, so the message is no part of it; but a check that now finds two things where it found one has found something new, and
//! so has one whose own level has risen. A waiver in the earlier result makes nothing known: it held until its date.

use super::{Settled, SettledCase};
use crate::config::Level;

/// The findings of an earlier result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// A finding each.
    pub findings: Vec<KnownFinding>,
}

/// A finding of an earlier result.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownFinding {
    /// The check.
    pub check: String,
    /// The collection or arm.
    pub subject: String,
    /// How grave it was.
    pub level: Level,
    /// What it said.
    pub message: String,
}

/// Marks what the baseline has already. Each finding of the baseline makes one known, those with its very words first.
pub fn accept(settled: &mut [Settled], baseline: &Baseline) {
    let mut left: Vec<&KnownFinding> = baseline.findings.iter().collect();
    for same_words in [true, false] {
        for Settled { check, cases } in settled.iter_mut() {
            for case in cases.iter_mut().filter(|case| case.known.is_none() && case.waived.is_none()) {
                let is_same = |known: &&KnownFinding| is_known(known, check.id, case, same_words);
                if let Some(index) = left.iter().position(is_same) {
                    case.known = Some(left.swap_remove(index).message.clone());
                }
            }
        }
    }
}

fn is_known(known: &KnownFinding, check: &str, case: &SettledCase, same_words: bool) -> bool {
    let Some(finding) = case.case.finding() else { return false };
    known.check == check
        && known.subject == case.case.subject
        && known.level >= case.level
        && (!same_words || known.message == finding.message)
}
