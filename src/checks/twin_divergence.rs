//! Fresh queries over the same documents do not show what the suspect collection shows.
//!
//! # What it looks at
//! A suspect collection against its twin, by gain or excess gain and by each label residual that counts: Welch's
//! test per pair, pairs pooled by inverse variance. Only matched pairs decide; what makes a pair a matched one is in
//! `unmatched-twin`. The test shares alpha with the others by Holm's correction.
//!
//! # Why it matters
//! A twin shares its documents with the suspect collection, so skill in the domain shows on both. What is left is
//! knowledge of the published judgements. No other comparison can tell the two apart, so this one alone, with canaries
//! and with what was read, says `contaminated`.
//!
//! # Example
//! The teacher's label residual is 0.45 on the public queries of 2022 and 0.06 on queries that were written last
//! month over the same tickets.
//!
//! # What to do
//! Take gains on the suspect collection for nothing, and evaluate on the twin. Where an honest reason is likely, such as
//! another way of judging, look at `unmatched-twin` and at the pairs that carry the difference.
//!
//! # References
//! `docs/twins.md`; `docs/statistics.md`, section 4. Welch, *The generalization of "Student's" problem*, Biometrika 1947.

use super::wording::{count, p_value, signed, twin_sentence};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, TwinFacts, Weight};

pub(super) const ID: &str = "twin-divergence";
pub(super) const FAMILY: Family = Family::Gate;
pub(super) const LEVEL: Level = Level::Deny;

const HELP: &str = "take the gain on the suspect collection for nothing, and evaluate on the twin; look whether the twin \
                    was judged as the suspect collection was";

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    if facts.twins.is_empty() {
        let why = "no clean collection is `twin-of` a suspect one with 10 usable queries on both sides";
        return vec![Case::not_applicable("all", why)];
    }
    facts.twins.iter().map(|twin| on(facts, twin)).collect()
}

fn on(facts: &Facts, twin: &TwinFacts) -> Case {
    let pairs: Vec<String> = twin.pairs.iter().map(|(suspect, fresh)| format!("{suspect} minus {fresh}")).collect();
    let subject = format!("{} ({})", twin.kind, pairs.join(", "));
    let said = twin_sentence(facts, twin);
    if let Weight::Shown(why) = &twin.weight {
        return Case::not_applicable(subject, format!("shown, does not decide: {why}; {said}"));
    }
    match facts.twin_test(twin.kind.clone()).filter(|test| test.rejects) {
        None => Case::passed(subject, said),
        Some(test) => {
            let of = twin.pairs.iter().zip(&twin.twin.pairs).map(|((suspect, fresh), pair)| {
                let (a, b) = (&pair.suspect, &pair.twin);
                let queries = |n| count(n, "query", "queries");
                format!(
                    "{suspect} {} ({}), {fresh} {} ({}), difference {}",
                    signed(a.mean),
                    queries(a.n_queries),
                    signed(b.mean),
                    queries(b.n_queries),
                    signed(pair.delta)
                )
            });
            let holm = format!(
                "{} after Holm's correction over {}",
                p_value(test.adjusted_p),
                count(facts.tests.len(), "test", "tests")
            );
            Case::found(subject, Finding::new(said, HELP).evidence(of.chain([holm])))
        }
    }
}
