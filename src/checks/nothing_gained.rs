//! The student gains nothing where the teacher cannot have seen the answers.
//!
//! # What it looks at
//! The plain average of the mean gains on the clean collections, and how well it is known from their queries. The plots show
//! another mean beside it, in which collections that are known better weigh more.
//!
//! # Why it matters
//! The gate asks whether a gain is real. Where there is none, a pass says only that there is nothing to be believed: a
//! student that has learned nothing has inherited nothing either.
//!
//! # Example
//! A cross-encoder with a fresh head stands still for its first few hundred steps, and then learns quickly. Trained for 90
//! steps it ranks as at random, as before; its arms do not diverge, whatever its teacher knows.
//!
//! # What to do
//! Where the student is trained here, give it more `steps`, or start from one that ranks already; `docs/distilling.md` says
//! what to expect. Where a finished student ships, ask what it ships for.
//!
//! # References
//! `docs/distilling.md`, "What to expect"; `docs/statistics.md`, section 2 (summary).

use super::wording::signed;
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, OutcomeKind};
use crate::stats::{Role, normal_quantile};

pub(super) const ID: &str = "nothing-gained";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Warn;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let Some(contrast) = facts.outcome(OutcomeKind::Gain).and_then(|outcome| outcome.contrast.as_ref()) else {
        return vec![Case::not_applicable("after", "no gain is compared")];
    };
    let clean = contrast.collections.iter().filter(|c| c.role == Role::Clean);
    let (count, sum, v) = clean.fold((0.0, 0.0, 0.0), |(count, sum, v), c| (count + 1.0, sum + c.mean, v + c.v));
    let (mean, error) = (sum / count, f64::sqrt(v) / count);
    let lower = mean - normal_quantile(1.0 - facts.config.gate.alpha) * error;
    let said = format!(
        "{} {} as the plain average of the clean collections' means, one-sided lower bound {}",
        facts.config.gate.measure,
        signed(mean),
        signed(lower)
    );
    vec![match lower > 0.0 {
        true => Case::passed("after", said),
        false => Case::found("after", Finding::new(format!("{said}: no gain can be told from none"), help(facts))),
    }]
}

fn help(facts: &Facts) -> &'static str {
    match facts.training.iter().flat_map(|training| &training.arms).any(|arm| arm.name == "after") {
        true => {
            "more steps in [distill], or a student before that ranks already: a cross-encoder with a fresh head takes about \
             a thousand steps"
        }
        false => "a pass then says that nothing was inherited, and not that the student is better",
    }
}
