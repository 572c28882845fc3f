//! Nobody has read the sample of the teacher's answers, or somebody found something in it.
//!
//! # What it looks at
//! The sample in `inspection.csv`, half random and half most suspicious, and what `reviews` in `[inspection]` says of it.
//!
//! # Why it matters
//! Numbers tell where to look, and people see what numbers do not: a rationale that names the collection, a document that
//! is relevant for no reason in the texts. It costs a quarter of an hour before money is spent on distilling.
//!
//! # Example
//! 20 pairs to read, 0 reviewed.
//!
//! # What to do
//! Fill in the columns `verdict` (fine, suspicious, unsure), `reviewer`, `date` and `comment` of `inspection.csv`, keep it with
//! the configuration, and name it: `[inspection] reviews = "reviews.csv"`.
//!
//! # References
//! `docs/probes.md`.

use super::wording::{count, named};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{Facts, InspectedFacts, ProbeFacts};
use crate::probe::reviews::ReviewVerdict;

pub(super) const ID: &str = "unreviewed-answers";
pub(super) const FAMILY: Family = Family::Probes;
pub(super) const LEVEL: Level = Level::Note;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let Some(probe) = facts.probe.as_ref().filter(|probe| !probe.inspection.is_empty()) else {
        let why = "there is no sample: the teacher's own scores of a suspect collection are needed";
        return vec![Case::not_applicable("teacher", why)];
    };
    let n = probe.inspection.len();
    let said =
        |verdict| probe.inspection.iter().filter(move |one| one.review.as_ref().is_some_and(|r| r.verdict == verdict));
    let [fine, suspicious, unsure] =
        [ReviewVerdict::Fine, ReviewVerdict::Suspicious, ReviewVerdict::Unsure].map(|verdict| said(verdict).count());
    let reviewed = fine + suspicious + unsure;
    let counts = format!(
        "{} to read: {reviewed} reviewed, {fine} fine, {suspicious} suspicious, {unsure} unsure",
        count(n, "pair of the teacher's answers", "pairs of the teacher's answers")
    );
    if suspicious > 0 {
        let evidence = said(ReviewVerdict::Suspicious).filter_map(|one| in_words(probe, one));
        let help = "read them together with the reviewer; if the texts do not explain the scores, the teacher knew";
        return vec![Case::found("teacher", Finding::new(counts, help).level(Level::Warn).evidence(evidence))];
    }
    vec![match reviewed == n {
        true => Case::passed("teacher", counts),
        false => Case::found(
            "teacher",
            Finding::new(counts, "fill in inspection.csv and name it as `reviews` in [inspection]"),
        ),
    }]
}

fn in_words(probe: &ProbeFacts, one: &InspectedFacts) -> Option<String> {
    let (pair, review) = (&one.pair, one.review.as_ref()?);
    let by = [&review.reviewer, &review.date, &review.comment].map(String::as_str);
    let by: Vec<&str> = by.into_iter().filter(|text| !text.is_empty()).collect();
    Some(format!(
        "{} query {}, {}{}: {}",
        pair.collection,
        named(&pair.query, probe.query(&pair.collection, &pair.query)),
        named(&pair.document, probe.document(&pair.collection, &pair.document)),
        pair.rank.map(|rank| format!(" at rank {rank}")).unwrap_or_default(),
        if by.is_empty() { "suspicious".to_owned() } else { format!("suspicious ({})", by.join(", ")) }
    ))
}
