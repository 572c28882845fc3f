//! Facts to findings: one file per check, one list.
//!
//! A check looks at [`Facts`] and says, for each collection or arm that it concerns, whether it passed, found
//! something, or does not apply and why. It cannot fail: whatever can go wrong went wrong while reading. It
//! gives a default level; `[checks]` and waivers are applied afterwards, in [`settle`], and nowhere else.
//!
//! A new check is a new file and a line in each of the two lists below. Its `//!` text is its page:
//! `distilgate explain NAME` prints it and `docs/checks.md` holds it.

mod baseline;
mod case;
mod found_in_files;
mod origins;
mod pages;
mod settle;
pub mod wording;

mod before_knows_teacher;
mod borrowed_scores;
mod bounded_scores;
mod canary;
mod document_overlap;
mod drift;
mod excess_gain_divergence;
mod expired_waiver;
mod flat_scores;
mod gain_divergence;
mod heterogeneity_above_scale;
mod identical_arms;
mod incomplete_scores;
mod judgement_overlap;
mod mixed_scales;
mod nothing_gained;
mod perturbation_drop;
mod query_overlap;
mod reference_knows_teacher;
mod regressed;
mod role_without_reason;
mod shared_corpus;
mod shared_judgements;
mod shared_queries;
mod stale_collection;
mod student_label_residual;
mod surprising_agreement;
mod teacher_label_residual;
mod too_few_collections;
mod too_few_queries;
mod twin_divergence;
mod unjudged_top;
mod unknown_provenance;
mod unmatched_twin;
mod unread_file;
mod unreviewed_answers;
mod unused_waiver;
mod verbatim_answer;
mod weak_references;

pub use baseline::{Baseline, KnownFinding, accept};
pub(crate) use canary::sentence as canary_sentence;
pub use case::{Case, Family, Finding, Status};
pub use pages::{Page, markdown, page};
pub use settle::{Settled, SettledCase, check_of, settle, validate};

use crate::config::Level;
use crate::facts::Facts;

/// A named rule that turns facts into findings.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its name: kebab-case, the fault that it finds.
    pub id: &'static str,
    /// The test suite that it belongs to.
    pub family: Family,
    /// Its level where the configuration says nothing.
    pub level: Level,
    /// The file that it is written in; the `//!` text on top is its page.
    source: &'static str,
    /// What it says of the facts.
    run: fn(&Facts) -> Vec<Case>,
}

/// Makes the list of checks from their module names. Ids, pages and tests follow from it.
macro_rules! checks {
    ($($module:ident),* $(,)?) => {
        /// Every check, in alphabetical order.
        pub const ALL: &[Check] = &[$(Check {
            id: $module::ID,
            family: $module::FAMILY,
            level: $module::LEVEL,
            source: include_str!(concat!(stringify!($module), ".rs")),
            run: $module::run,
        }),*];

        /// The module names, for the test that holds ids to file names.
        #[cfg(test)]
        const MODULES: &[&str] = &[$(stringify!($module)),*];
    };
}

checks! {
    before_knows_teacher,
    borrowed_scores,
    bounded_scores,
    canary,
    document_overlap,
    drift,
    excess_gain_divergence,
    expired_waiver,
    flat_scores,
    gain_divergence,
    heterogeneity_above_scale,
    identical_arms,
    incomplete_scores,
    judgement_overlap,
    mixed_scales,
    nothing_gained,
    perturbation_drop,
    query_overlap,
    reference_knows_teacher,
    regressed,
    role_without_reason,
    shared_corpus,
    shared_judgements,
    shared_queries,
    stale_collection,
    student_label_residual,
    surprising_agreement,
    teacher_label_residual,
    too_few_collections,
    too_few_queries,
    twin_divergence,
    unjudged_top,
    unknown_provenance,
    unmatched_twin,
    unread_file,
    unreviewed_answers,
    unused_waiver,
    verbatim_answer,
    weak_references,
}

/// The check of this name.
pub fn find(id: &str) -> Option<&'static Check> {
    ALL.iter().find(|check| check.id == id)
}

/// What every check says of the facts, in the order of the list. A check that concerns nothing here says so.
pub fn run(facts: &Facts) -> Vec<(&'static Check, Vec<Case>)> {
    ALL.iter()
        .map(|check| {
            let mut cases = (check.run)(facts);
            if cases.is_empty() {
                cases.push(Case::not_applicable("all", "nothing here that it concerns"));
            }
            (check, cases)
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests;
