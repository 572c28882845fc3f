//! An arm lacks scores that it should have.
//!
//! # What it looks at
//! For each arm and collection, the pairs of query and candidate without a score, or the queries without a ranking. For
//! each arm that is trained here, the teacher's training pairs without a score of an innocent reference.
//!
//! # Why it matters
//! A missing score is not a low score. Nothing is guessed: the query leaves every outcome that needs it. Where many
//! are missing, what is left is no longer a fair sample, so above 5 % of a collection's queries the build fails.
//!
//! # Example
//! The teacher's file lacks three of 5,400 pairs, in two queries of `dl20`. A run lacks 25 of 323 queries: its mean is over the
//! other 298, and the finding says what it would be if the 25 counted as 0, as programs for evaluation have it.
//!
//! # What to do
//! Score the missing pairs. If the teacher refused them, say so in the file's documentation and accept the warning. A
//! finished run that says nothing of a query because its retriever found nothing needs a line for it, with a document
//! of the corpus that is not relevant: the query then counts as 0, as `trec_eval -c` counts it. Without one, and with
//! the level set to `warn`, the query is left out of the comparison for all arms.
//!
//! # References
//! `docs/statistics.md`, section 1.

use super::wording::{count, percent, some};
use super::{Case, Family, Finding};
use crate::config::Level;
use crate::facts::{ArmFacts, ArmOnCollection, Facts, TrainedArm};

pub(super) const ID: &str = "incomplete-scores";
pub(super) const FAMILY: Family = Family::Provenance;
pub(super) const LEVEL: Level = Level::Warn;

/// Above this share of a collection's queries what is left is no fair sample (docs/statistics.md, section 1).
const MOST_MISSING: f64 = 0.05;

/// What to do about queries of which a finished run says nothing.
const FINISHED_RUN: &str = "rank them too; where the retriever found nothing, give each one line with a document of the \
    corpus that is not relevant, and it counts as 0; or accept it with `-W incomplete-scores` (incomplete-scores = \"warn\" in \
    [checks]): they stay out of this arm's mean, and of every outcome that needs this arm, there for all arms";

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    let cases = facts.arms.iter().enumerate().flat_map(|(place, arm)| {
        let covered = arm.collections.iter().map(move |on| covered(facts, place, on).on(&on.collection));
        let missing = arm.missing.iter().map(|(collection, why)| uncovered(arm, collection, why).on(collection));
        covered.chain(missing)
    });
    let trained = facts.training.iter().flat_map(|training| &training.arms);
    cases.chain(trained.map(in_training)).collect()
}

/// An innocent teacher that did not score all that the teacher did.
fn in_training(arm: &TrainedArm) -> Case {
    let subject = format!("{} in training", arm.name);
    let missing = arm.lesson.missing_pairs;
    if missing == 0 {
        return Case::passed(subject, format!("{} pairs, none missing", arm.lesson.pairs));
    }
    let said = format!(
        "{} that the teacher scored {} no score in {}",
        count(missing, "training pair", "training pairs"),
        if missing == 1 { "has" } else { "have" },
        arm.learns_from
    );
    Case::found(
        subject,
        Finding::new(said, "score them: its students see other pairs than the teacher's, in another order"),
    )
}

fn covered(facts: &Facts, place: usize, on: &ArmOnCollection) -> Case {
    let arm = &facts.arms[place];
    let subject = format!("{} on {}", arm.name, on.collection);
    let coverage = &on.coverage;
    match (coverage.queries_with_missing.len(), coverage.missing_pairs) {
        (0, 0) => Case::passed(subject, format!("{} pairs, none missing", coverage.pairs)),
        (0, holes) => Case::found(subject, lost_pairs(arm, holes, coverage.pairs)),
        _ => Case::found(subject, lost_queries(facts, same_before(&facts.arms[..place], on), on)),
    }
}

/// Documents that everybody else scored: label residuals do without them, no query leaves.
fn lost_pairs(arm: &ArmFacts, holes: u64, pairs: u64) -> Finding {
    let said = format!(
        "{} beside its {pairs} lack a score, and every other scorer has one; the label residual does without",
        count(holes as usize, "pair", "pairs")
    );
    let help = match arm.name.as_str() {
        "bm25" => "the corpus lacks these documents: check that it is whole",
        _ => "score the missing pairs",
    };
    Finding::new(said, help)
}

/// An arm that was spoken of already and lacks the same queries there.
fn same_before<'a>(arms: &'a [ArmFacts], on: &ArmOnCollection) -> Option<&'a str> {
    let lacks = |other: &ArmOnCollection| other.coverage.queries_with_missing == on.coverage.queries_with_missing;
    arms.iter().find(|arm| arm.on(&on.collection).is_some_and(lacks)).map(|arm| arm.name.as_str())
}

/// The mean over the queries that a ranking answers, and what it would be if the others counted as 0.
fn means(facts: &Facts, on: &ArmOnCollection) -> Option<String> {
    let (answered, all) = (on.by_query.len(), on.coverage.queries as usize);
    let is_whole = on.coverage.queries_with_missing == on.coverage.queries_missing_entirely;
    if answered == 0 || !is_whole {
        return None;
    }
    let sum: f64 = on.by_query.values().sum();
    Some(format!(
        "; {} is {:.3} over the other {answered}, and would be {:.3} if these counted as 0",
        facts.config.gate.measure,
        sum / answered as f64,
        sum / all.max(answered) as f64
    ))
}

fn lost_queries(facts: &Facts, same: Option<&str>, on: &ArmOnCollection) -> Finding {
    let coverage = &on.coverage;
    let queries = coverage.queries_with_missing.len();
    let share = queries as f64 / coverage.queries.max(1) as f64;
    let pairs = match coverage.missing_pairs {
        0 => String::new(),
        n => format!(" ({} of {})", count(n as usize, "pair", "pairs"), coverage.pairs),
    };
    let same_ones = same.map(|arm| format!(", the same that {arm} lacks")).unwrap_or_default();
    let means = means(facts, on).unwrap_or_default();
    let said = format!("{queries} of {} queries lack scores{pairs}{same_ones}{means}", coverage.queries);
    let help = match coverage.extra_pairs {
        // Without candidates no pairs are missing: finished runs that say nothing of these queries.
        0 if coverage.missing_pairs == 0 => FINISHED_RUN,
        0 => "score the missing pairs; these queries leave every outcome that needs this arm",
        _ => {
            "it ranks other documents than the candidates: score these, or take the candidates from a run of yours with \
             [first-stage] run; these queries leave every outcome that needs this arm"
        }
    };
    let which = format!("{} of the queries: {}", percent(share), some(&coverage.queries_with_missing, 10));
    let finding = Finding::new(said, help).level(if share > MOST_MISSING { Level::Deny } else { LEVEL });
    if same.is_some() { finding } else { finding.evidence([which]) }
}

fn uncovered(arm: &ArmFacts, collection: &str, why: &str) -> Case {
    let help = format!(
        "add its scores of {collection}; without them the collection leaves every outcome that needs {}",
        arm.name
    );
    let finding = Finding::new(format!("it does not cover the collection: {why}"), help);
    Case::found(format!("{} on {collection}", arm.name), finding)
}
