//! The clean collections differ more from each other than the prior expects.
//!
//! # What it looks at
//! For each outcome, the spread between clean collections without any prior (Paule-Mandel), against the scale that
//! `[gate] heterogeneity` gives.
//!
//! # Why it matters
//! How much collections differ when nobody cheats is what a divergence is measured against. Where the clean ones
//! contradict the prior, the larger of the p with and without it counts, so the gate grows careful instead of
//! finding leaks that are none.
//!
//! # Example
//! Plain gains of +0.02, +0.19 and -0.08 on three clean collections: a spread of 0.14 where 0.05 was expected.
//!
//! # What to do
//! Add clean collections, or references that take the differences away. Raise the scale only if you know why your
//! collections differ more; the report shows what it was.
//!
//! # References
//! `docs/statistics.md`, section 2. Paule, Mandel, *Consensus Values and Weighting Factors*, 1982.

use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::Facts;

pub(super) const ID: &str = "heterogeneity-above-scale";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Note;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let with_contrast = facts.outcomes.iter().filter_map(|outcome| Some((outcome, outcome.contrast.as_ref()?)));
    with_contrast
        .map(|(outcome, contrast)| {
            let subject = outcome.kind.to_string();
            let said = format!(
                "the clean collections differ by {:.3} where at most {:.3} was expected",
                contrast.tau_without_prior, outcome.scale
            );
            match contrast.prior_contradicted {
                true => Case::found(
                    subject,
                    Finding::new(
                        said,
                        "the larger p, with and without the prior, counts; more clean collections or references help",
                    ),
                ),
                false => Case::passed(
                    subject,
                    format!(
                        "a spread of {:.3} between clean collections, expected up to {:.3}",
                        contrast.tau_without_prior, outcome.scale
                    ),
                ),
            }
        })
        .collect()
}
