//! Fresh queries over the same documents do not show what the suspect collection shows.
//!
//! # What it looks at
//! A suspect collection against its twin, by gain or excess gain and by each label residual that counts: Welch's
//! test per pair, pairs pooled by inverse variance.
//!
//! # Why it matters
//! A twin shares its documents with the suspect collection, so skill in the domain shows on both. What is left is
//! knowledge of the published judgements. No other comparison can tell the two apart.
//!
//! # Example
//! The teacher's label residual is 0.45 on the public queries of 2022 and 0.06 on queries that were written last
//! month over the same tickets.
//!
//! # What to do
//! A twin speaks only if its queries are like the suspect's. Whether a blind classifier tells them apart is not
//! tested by this version: the difference is shown, and decides nothing by itself.
//!
//! # References
//! `docs/statistics.md`, section 4. Welch, *The generalization of "Student's" problem*, Biometrika 1947.

use super::wording::{interval, p_value, signed};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::Facts;

pub(super) const ID: &str = "twin-divergence";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Deny;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    if facts.twins.is_empty() {
        return vec![Case::not_applicable(
            "all",
            "no collection is `twin-of` another with 10 usable queries on both sides",
        )];
    }
    facts.twins.iter().map(|twin| {
        let pairs: Vec<String> = twin.pairs.iter().map(|(suspect, fresh)| format!("{suspect} minus {fresh}")).collect();
        let subject = format!("{} ({})", twin.kind, pairs.join(", "));
        let t = &twin.twin;
        let said = format!(
            "the {} differs by {} between suspect and twin ({} {} to {}, {})",
            twin.kind,
            signed(t.delta),
            interval(facts.config.gate.alpha),
            signed(t.lower),
            signed(t.upper),
            p_value(t.p)
        );
        if t.p > facts.config.gate.alpha {
            return Case::passed(subject, said);
        }
        // Not a deny: without the test of likeness a twin that differs for an innocent reason would fail a build.
        let finding = Finding::new(said, "look whether the twin's queries are like the suspect's: length, topics, judging depth; if they are, this speaks for a leak")
            .level(Level::Warn);
        Case::found(subject, finding)
    }).collect()
}
