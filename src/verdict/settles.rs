//! What would settle an open question, from the user's own variances.

use super::decide::{deciding, gain_test};
use super::{Remedy, Verdict};
use crate::checks::wording::{self, count, signed};
use crate::collection::Role;
use crate::facts::{Facts, OutcomeFacts, OutcomeKind, Weight};
use crate::stats::{
    Contrast, MIN_QUERIES, Setup, Simulation, Summary, collections_needed, queries_needed, seeds_needed,
    twin_queries_needed,
};

/// Made-up audits behind each answer; a share of 100 is known within 8 percentage points.
const SIMULATION: Simulation = Simulation { draws: 100, seed: 1 };

/// A line, and what kind of thing it asks for.
type Settle = (Remedy, String);

/// What would settle it, a line each, the cheapest first; nothing where nothing is open.
pub fn what_would_settle(facts: &Facts, verdict: Verdict) -> Vec<Settle> {
    let mut lines = Vec::new();
    match verdict {
        Verdict::Clean => {}
        Verdict::Contaminated => {
            lines.push((Remedy::OtherCollections, "evaluate on collections that nobody has read".to_owned()));
        }
        Verdict::Divergent => {
            let rejecting = facts.tests.iter().filter(|test| test.rejects);
            let outcomes = rejecting.filter_map(|test| deciding(facts, test.kind.clone()));
            lines.extend(outcomes.filter_map(|(outcome, contrast)| twin(outcome, contrast, None)).take(1));
            lines.extend(reference_students(facts));
            lines.extend(teacher_scores(facts));
        }
        Verdict::GainsAgree => lines.extend(teacher_scores(facts)),
        Verdict::Inconclusive => open_questions(facts, &mut lines),
    }
    lines
}

fn open_questions(facts: &Facts, lines: &mut Vec<Settle>) {
    let asked = facts.outcome(OutcomeKind::ExcessGain).or_else(|| facts.outcome(OutcomeKind::Gain));
    lines.extend(
        asked
            .and_then(|outcome| outcome.same_order(&facts.arms))
            .map(|same| format!("{same}: check both paths; if they are right, nothing was distilled"))
            .map(|line| (Remedy::Inputs, line)),
    );
    lines.extend(asked.map(|outcome| more_collections(facts, outcome)).unwrap_or_default());
    for (outcome, contrast) in
        [gain_test(facts), deciding(facts, OutcomeKind::TeacherLabelResidual)].into_iter().flatten()
    {
        let margin = outcome.kind.margin(&facts.config.gate);
        if wording::upper_bound(contrast) >= margin {
            lines.extend(reference_students(facts).filter(|_| outcome.kind.is_gain()));
            tighter(facts, outcome, contrast, margin, lines);
        }
    }
    lines.extend(teacher_scores(facts));
}

/// How a bound comes below its margin: more queries, clean collections, seeds, or a twin.
fn tighter(facts: &Facts, outcome: &OutcomeFacts, contrast: &Contrast, margin: f64, lines: &mut Vec<Settle>) {
    let setup = Setup::of_contrast(contrast, margin, facts.tests.len().max(1));
    let name = &outcome.kind;
    let now = contrast.collections.iter().map(|c| c.n_queries).min().unwrap_or(0);
    let queries = queries_needed(&setup, 0.0, SIMULATION).ok().flatten();
    let mut helps = false;
    if let Some(n) = queries.filter(|n| *n > now) {
        helps = true;
        let line = format!("for the {name}: at least {n} queries in each collection, the smallest has {now} now");
        lines.push((Remedy::MoreData, line));
    }
    if let Some(n) = collections_needed(&setup, 0.0, SIMULATION).ok().flatten().filter(|n| *n > 0) {
        helps = true;
        let more = count(n, "more clean collection", "more clean collections");
        lines.push((Remedy::MoreData, format!("for the {name}: {more} like the present ones")));
    }
    let seeds = contrast.collections.iter().map(|c| c.n_seeds).min().unwrap_or(1);
    if let Some(n) = seeds_needed(&setup, 0.0, SIMULATION).ok().flatten().filter(|n| seeds > 1 && *n > seeds) {
        helps = true;
        lines.push((Remedy::MoreData, format!("for the {name}: {n} seeds instead of {seeds}")));
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
        let line = format!("for the {name}: only a twin or better references would settle it; {why}");
        lines.push((Remedy::References, line));
    }
    lines.extend(twin(outcome, contrast, Some(margin)));
}

/// A twin of the suspect collection that differs most, and how many queries it needs: to find a difference as large as
/// the margin that a bound has to come below, as `twin plan` counts them; without one, the difference that was measured.
fn twin(outcome: &OutcomeFacts, contrast: &Contrast, margin: Option<f64>) -> Option<Settle> {
    let worst = contrast.alone.iter().max_by(|a, b| a.difference.delta.total_cmp(&b.difference.delta))?;
    let suspect = contrast.collections.iter().find(|c| c.name == worst.name)?;
    let summary = Summary {
        n_queries: suspect.n_queries,
        n_seeds: suspect.n_seeds,
        mean: suspect.mean,
        query_variance: suspect.query_variance,
        seed_variance: suspect.seed_variance,
    };
    let needed = |effect: f64| {
        let n = twin_queries_needed(&summary, effect, contrast.settings.alpha)?.max(MIN_QUERIES);
        Some((effect, n))
    };
    let detectable = worst.difference.delta.max(worst.difference.mde);
    let of_margin = margin.and_then(needed);
    let (effect, n) = of_margin.or_else(|| needed(detectable))?;
    let (size, too_few) = match (margin, of_margin) {
        (Some(_), Some(_)) => (", as large as the margin,", String::new()),
        (Some(margin), None) => {
            let own = count(summary.n_queries, "query of its own", "queries of its own");
            ("", format!("{own} are too few to find one as small as the margin of {margin}; "))
        }
        (None, _) => ("", String::new()),
    };
    let line = format!(
        "a twin of {0}: {n} fresh queries over its documents find a difference of {1} in the {2}{size} in 80 % of cases \
         ({too_few}distilgate twin plan --for {0} --report distilgate-report/report.json writes a sheet for them)",
        worst.name,
        signed(effect),
        outcome.kind
    );
    Some((Remedy::Twin, line))
}

/// Collections that are missing before an outcome can be compared, and those that could take part.
fn more_collections(facts: &Facts, outcome: &OutcomeFacts) -> Vec<Settle> {
    let of = |role| outcome.samples.iter().filter(|s| s.role == role).count();
    let (suspect, clean) = (of(Role::Suspect), of(Role::Clean));
    let takes_no_part = outcome.left_out.iter();
    let mut lines: Vec<Settle> = takes_no_part
        .map(|left| format!("{} has to take part in the {}: now {}", left.collection, outcome.kind, left.reason))
        .map(|line| (Remedy::Inputs, line))
        .collect();
    if clean < 2 && facts.teacher.as_ref().is_none_or(|teacher| teacher.training_cutoff.is_none()) {
        let line =
            "`training-cutoff` in [teacher] and `published` in each [[collection]]: without dates all are suspect";
        lines.push((Remedy::Dates, line.to_owned()));
    } else if clean < 2 {
        let missing = count(2 - clean, "more clean collection", "more clean collections");
        lines.push((Remedy::MoreData, format!("{missing}, published after the teacher's training cutoff")));
    }
    if suspect == 0 {
        let line = "a collection that the teacher may have seen: with none there is nothing to compare";
        lines.push((Remedy::MoreData, line.to_owned()));
    }
    lines
}

/// Reference arms: plain gains differ more between collections than excess gains do.
fn reference_students(facts: &Facts) -> Option<Settle> {
    let gate = &facts.config.gate;
    let plain = deciding(facts, OutcomeKind::Gain).is_some();
    let what = match facts.config.distill {
        Some(_) => "a [[reference]] to train a student from (`kind = \"bm25\"` needs no file)",
        None => "a [[reference]] with `runs`: a student of the same recipe from an innocent teacher",
    };
    let line = format!(
        "{what}; excess gains are expected to differ by {} between collections, plain gains by {}",
        gate.heterogeneity.excess_gain, gate.heterogeneity.gain
    );
    plain.then_some((Remedy::References, line))
}

/// The teacher's own scores, or references that explain them.
fn teacher_scores(facts: &Facts) -> Option<Settle> {
    let Some(outcome) = facts.outcome(OutcomeKind::TeacherLabelResidual) else {
        let line = "the teacher's own scores (`scores` or `model` in [teacher]), and a [[reference]] of its class";
        return Some((Remedy::TeacherScores, line.to_owned()));
    };
    match (&outcome.weight, &outcome.contrast) {
        (Weight::Shown(why), Some(_)) if outcome.same_order(&facts.arms).is_none() => Some((
            Remedy::References,
            format!(
                "for the teacher: a [[reference]] of its class with its own scores, whose training data are known ({why})"
            ),
        )),
        (Weight::Shown(_), Some(_)) => {
            let line = "for the teacher: a reference that does not rank exactly as it does";
            Some((Remedy::References, line.to_owned()))
        }
        (Weight::Shown(_), None) if !outcome.left_out.is_empty() => {
            let names: Vec<&str> = outcome.left_out.iter().map(|left| left.collection.as_str()).collect();
            let line =
                format!("for the teacher: its scores where they are missing or too few, on {}", names.join(", "));
            Some((Remedy::TeacherScores, line))
        }
        _ => None,
    }
}
