//! What would settle an open question, from the user's own variances.

use super::Verdict;
use super::decide::{deciding, gain_test};
use crate::checks::wording::{count, signed};
use crate::collection::Role;
use crate::facts::{Facts, OutcomeFacts, OutcomeKind, Weight};
use crate::stats::{
    Contrast, Setup, Simulation, Summary, collections_needed, queries_needed, seeds_needed, twin_queries_needed,
};

/// Made-up audits behind each answer; a share of 200 is known within 6 percentage points.
const SIMULATION: Simulation = Simulation { draws: 200, seed: 1 };

/// What would settle it, a line each, the cheapest first.
pub fn what_would_settle(facts: &Facts, verdict: Verdict) -> Vec<String> {
    let mut lines = Vec::new();
    match verdict {
        Verdict::Clean => {}
        Verdict::Contaminated => lines.push("evaluate on collections that nobody has read".to_owned()),
        Verdict::Divergent => {
            let rejecting = facts.tests.iter().filter(|test| test.rejects);
            let outcomes = rejecting.filter_map(|test| deciding(facts, test.kind.clone()));
            lines.extend(outcomes.filter_map(|(outcome, contrast)| twin(outcome, contrast)).take(1));
            lines.extend(reference_students(facts));
            lines.extend(teacher_scores(facts));
        }
        Verdict::GainsAgree => lines.extend(teacher_scores(facts)),
        Verdict::Inconclusive => open_questions(facts, &mut lines),
    }
    lines
}

fn open_questions(facts: &Facts, lines: &mut Vec<String>) {
    let gate = &facts.config.gate;
    lines.extend(more_collections(facts));
    if let Some((outcome, contrast)) = gain_test(facts)
        && contrast.together.upper >= gate.margin
    {
        lines.extend(reference_students(facts));
        tighter(facts, outcome, contrast, gate.margin, lines);
    }
    if let Some((outcome, contrast)) = deciding(facts, OutcomeKind::TeacherLabelResidual)
        && contrast.together.upper >= gate.residual_margin
    {
        tighter(facts, outcome, contrast, gate.residual_margin, lines);
    }
    lines.extend(teacher_scores(facts));
}

/// How a bound comes below its margin: more queries, clean collections, seeds, or a twin.
fn tighter(facts: &Facts, outcome: &OutcomeFacts, contrast: &Contrast, margin: f64, lines: &mut Vec<String>) {
    let setup = Setup::of_contrast(contrast, margin, facts.tests.len().max(1));
    let name = &outcome.kind;
    let now = contrast.collections.iter().map(|c| c.n_queries).min().unwrap_or(0);
    let queries = queries_needed(&setup, 0.0, SIMULATION).ok().flatten();
    let mut helps = false;
    if let Some(n) = queries.filter(|n| *n > now) {
        helps = true;
        lines.push(format!("for the {name}: at least {n} queries in each collection, the smallest has {now} now"));
    }
    if let Some(n) = collections_needed(&setup, 0.0, SIMULATION).ok().flatten().filter(|n| *n > 0) {
        helps = true;
        lines.push(format!(
            "for the {name}: {} like the present ones",
            count(n, "more clean collection", "more clean collections")
        ));
    }
    let seeds = contrast.collections.iter().map(|c| c.n_seeds).min().unwrap_or(1);
    if let Some(n) = seeds_needed(&setup, 0.0, SIMULATION).ok().flatten().filter(|n| seeds > 1 && *n > seeds) {
        helps = true;
        lines.push(format!("for the {name}: {n} seeds instead of {seeds}"));
    }
    if !helps {
        // The bound would hold in most audits of this size: what was measured, not its noise, stands in the way.
        let why = match queries {
            Some(_) => format!(
                "{} was measured, and this set-up is large enough to pass without a difference",
                signed(contrast.together.delta)
            ),
            None => format!(
                "collections differ by about {:.3} from each other, and more queries do not change that",
                setup.tau
            ),
        };
        lines.push(format!("for the {name}: nothing but a twin or better references; {why}"));
    }
    lines.extend(twin(outcome, contrast));
}

/// A twin of the suspect collection that differs most, and how many queries it needs.
fn twin(outcome: &OutcomeFacts, contrast: &Contrast) -> Option<String> {
    let worst = contrast.alone.iter().max_by(|a, b| a.difference.delta.total_cmp(&b.difference.delta))?;
    let suspect = contrast.collections.iter().find(|c| c.name == worst.name)?;
    let summary = Summary {
        n_queries: suspect.n_queries,
        n_seeds: suspect.n_seeds,
        mean: suspect.mean,
        query_variance: suspect.query_variance,
        seed_variance: suspect.seed_variance,
    };
    let effect = worst.difference.delta.max(worst.difference.mde);
    let n = twin_queries_needed(&summary, effect, contrast.settings.alpha)?;
    Some(format!(
        "a twin of {}: {n} fresh queries over its documents find a difference of {} in the {} in 80 % of cases",
        worst.name,
        signed(effect),
        outcome.kind
    ))
}

/// Collections that are missing before anything can be compared.
fn more_collections(facts: &Facts) -> Option<String> {
    let of = |role| facts.collections.iter().filter(|c| c.role == role).count();
    let (suspect, clean) = (of(Role::Suspect), of(Role::Clean));
    match (suspect, clean) {
        (0, _) => Some("a collection that the teacher may have seen: with none there is nothing to compare".to_owned()),
        (_, 2..) => None,
        (_, clean) => Some(format!(
            "{}, published after the teacher's training cutoff",
            count(2 - clean, "more clean collection", "more clean collections")
        )),
    }
}

/// Reference arms: plain gains differ more between collections than excess gains do.
fn reference_students(facts: &Facts) -> Option<String> {
    let gate = &facts.config.gate;
    let plain = deciding(facts, OutcomeKind::Gain).is_some();
    plain.then(|| {
        format!(
            "a [[reference]] with `runs`: a student of the same recipe from an innocent teacher; excess gains are expected \
             to differ by {} between collections, plain gains by {}",
            gate.heterogeneity.excess_gain, gate.heterogeneity.gain
        )
    })
}

/// The teacher's own scores, or references that explain them.
fn teacher_scores(facts: &Facts) -> Option<String> {
    let Some(outcome) = facts.outcome(OutcomeKind::TeacherLabelResidual) else {
        return Some(
            "the teacher's own scores (`scores` or `model` in [teacher]), and a [[reference]] of its class".to_owned(),
        );
    };
    match &outcome.weight {
        Weight::Decides => None,
        Weight::Shown(why) => Some(format!(
            "for the teacher: a [[reference]] of its class with its own scores, whose training data are known ({why})"
        )),
    }
}
