//! The numbers per query, and their comparison between suspect and clean collections.

use super::material::{Gathered, Material};
use super::request::{BM25, Purpose, Request};
use super::residuals;
use crate::collection::QueryId;
use crate::config::Loaded;
use crate::facts::{ADEQUATE, ArmFacts, LeftOut, OutcomeFacts, OutcomeKind, SampleFacts, Weight};
use crate::runs::value;
use crate::stats::{ContrastSettings, MIN_QUERIES, Sample, contrast};

/// What one collection gives for an outcome: queries with a row of numbers each, or why it does not take part.
pub type OnCollection = Result<(Vec<QueryId>, Vec<Vec<f64>>), LeftOut>;

/// Every outcome that the configuration gives the scores for.
pub fn all(
    loaded: &Loaded,
    request: &Request,
    material: &Material,
    arms: &[ArmFacts],
    not_checked: &mut Vec<String>,
) -> Vec<OutcomeFacts> {
    let names = |purpose| request.with(purpose).map(|scorer| scorer.name.as_str()).collect::<Vec<&str>>();
    let reference_arms = names(Purpose::ReferenceArm);
    let innocent_scorers = names(Purpose::ReferenceScores);
    let before: Vec<&str> = names(Purpose::Before);
    let mut outcomes = Vec::new();
    if request.has("after") && request.has("before") {
        outcomes.push(gain(loaded, material, OutcomeKind::Gain, &before));
        if !reference_arms.is_empty() {
            outcomes.push(gain(loaded, material, OutcomeKind::ExcessGain, &reference_arms));
        }
    }
    let explained_by = |others: &[&str]| -> Vec<String> {
        let bm25 = material.collections.iter().any(|c| c.scores.contains_key(BM25)).then_some(BM25);
        bm25.into_iter().chain(before.iter().copied()).chain(others.iter().copied()).map(str::to_owned).collect()
    };
    if request.has("teacher") {
        outcomes.push(residual(
            loaded,
            material,
            OutcomeKind::TeacherLabelResidual,
            "teacher",
            explained_by(&innocent_scorers),
        ));
    } else {
        not_checked.push("the teacher itself: its own scores were not given ([teacher] scores or model)".to_owned());
    }
    if request.has("after") && !reference_arms.is_empty() {
        outcomes.push(residual(
            loaded,
            material,
            OutcomeKind::StudentLabelResidual,
            "after",
            explained_by(&reference_arms),
        ));
    } else if request.has("after") {
        not_checked.push(
            "what the student knows of the judgements: no reference arm was given ([[reference]] runs)".to_owned(),
        );
    }
    weigh(&mut outcomes, arms);
    outcomes
}

/// A gain: the measure of `after` minus the mean measure of other arms, per query and seed.
fn gain(loaded: &Loaded, material: &Material, kind: OutcomeKind, others: &[&str]) -> OutcomeFacts {
    let gate = &loaded.config.gate;
    let mut scorers = vec!["after"];
    scorers.extend(others);
    let seeds = material.seeds(&scorers);
    let on = |gathered: &Gathered| -> OnCollection {
        covered(gathered, &scorers)?;
        let queries = enough(gathered, gathered.complete_queries(&scorers))?;
        let of = |scorer: &str, seed: usize, query: &QueryId| {
            let ranking = gathered.run(scorer, seed).map_or(&[][..], |run| run.ranking(query));
            value(&gate.measure, gathered.config.rel, &gathered.collection.qrels, query, ranking)
        };
        let row = |query: &QueryId| {
            let minuend = |seed| of("after", seed, query);
            let subtrahend =
                |seed| others.iter().map(|other| of(other, seed, query)).sum::<f64>() / others.len() as f64;
            (0..seeds).map(|seed| minuend(seed) - subtrahend(seed)).collect()
        };
        let values = queries.iter().map(row).collect();
        Ok((queries, values))
    };
    let scale = match kind {
        OutcomeKind::Gain => gate.heterogeneity.gain,
        _ => gate.heterogeneity.excess_gain,
    };
    compare(
        loaded,
        material,
        kind,
        "after",
        others.iter().map(|o| (*o).to_owned()).collect(),
        scale,
        gate.tolerance,
        on,
    )
}

/// A label residual: what a scorer knows of the judgements beyond its references.
fn residual(
    loaded: &Loaded,
    material: &Material,
    kind: OutcomeKind,
    scorer: &str,
    references: Vec<String>,
) -> OutcomeFacts {
    let mut scorers = vec![scorer];
    scorers.extend(references.iter().map(String::as_str));
    let seeds = material.seeds(&scorers);
    let on = |gathered: &Gathered| -> OnCollection {
        covered(gathered, &scorers)?;
        residuals::on(gathered, scorer, &scorers[1..], seeds)
    };
    let scale = loaded.config.gate.heterogeneity.label_residual;
    compare(loaded, material, kind, scorer, references.clone(), scale, 0.0, on)
}

/// Hands an outcome to the one engine.
#[expect(clippy::too_many_arguments, reason = "each is a word of the outcome's definition")]
fn compare(
    loaded: &Loaded,
    material: &Material,
    kind: OutcomeKind,
    arm: &str,
    references: Vec<String>,
    scale: f64,
    tolerance: f64,
    on: impl Fn(&Gathered) -> OnCollection,
) -> OutcomeFacts {
    let (mut samples, mut left_out) = (Vec::new(), Vec::new());
    for gathered in &material.collections {
        match on(gathered) {
            Ok((queries, values)) => samples.push(SampleFacts {
                collection: gathered.config.name.clone(),
                role: gathered.role,
                queries,
                values,
            }),
            Err(left) => left_out.push(left),
        }
    }
    let settings = ContrastSettings { scale, tolerance, alpha: loaded.config.gate.alpha };
    let handed: Vec<Sample> =
        samples.iter().map(|s| Sample { name: s.collection.clone(), role: s.role, values: s.values.clone() }).collect();
    let (contrast, weight) = match contrast(&handed, &settings) {
        Ok(contrast) => (Some(contrast), Weight::Decides),
        Err(why) => (None, Weight::Shown(why.to_string())),
    };
    OutcomeFacts { kind, arm: arm.to_owned(), references, scale, tolerance, samples, left_out, contrast, weight }
}

/// Every scorer that an outcome needs has to cover the collection.
fn covered(gathered: &Gathered, scorers: &[&str]) -> Result<(), LeftOut> {
    match scorers.iter().find(|scorer| gathered.runs(scorer).is_empty()) {
        None => Ok(()),
        Some(missing) => {
            let why = gathered.missing.get(*missing).map(|why| format!(" ({why})")).unwrap_or_default();
            Err(left_out(gathered, format!("{missing} does not cover it{why}"), None))
        }
    }
}

/// A collection counts with at least ten queries.
fn enough(gathered: &Gathered, queries: Vec<QueryId>) -> Result<Vec<QueryId>, LeftOut> {
    match queries.len() {
        n if n < MIN_QUERIES => {
            Err(left_out(gathered, format!("{n} usable queries, and it takes {MIN_QUERIES}"), Some(n)))
        }
        _ => Ok(queries),
    }
}

/// A collection that does not take part.
pub fn left_out(gathered: &Gathered, reason: String, queries: Option<usize>) -> LeftOut {
    LeftOut { collection: gathered.config.name.clone(), reason, queries }
}

/// Says which outcomes decide (docs/statistics.md, sections 1 and 3).
fn weigh(outcomes: &mut [OutcomeFacts], arms: &[ArmFacts]) {
    let excess_decides =
        outcomes.iter().any(|outcome| outcome.kind == OutcomeKind::ExcessGain && outcome.contrast.is_some());
    for outcome in outcomes {
        let Some(clean) = outcome.contrast.as_ref().map(|contrast| contrast.clean) else { continue };
        let residual = matches!(outcome.kind, OutcomeKind::TeacherLabelResidual | OutcomeKind::StudentLabelResidual);
        let same = same_order(outcome, arms);
        outcome.weight = match (&outcome.kind, same) {
            (_, Some(same)) => Weight::Shown(same),
            (OutcomeKind::Gain, None) if excess_decides => {
                Weight::Shown("the excess gain over the references decides instead".to_owned())
            }
            (OutcomeKind::Probe(_), None) => Weight::Shown("probes describe, they do not decide".to_owned()),
            _ if residual && clean > ADEQUATE => Weight::Shown(format!(
                "the references are weak: {clean:.2} is left on clean collections, {ADEQUATE:.2} at most is adequate"
            )),
            _ => Weight::Decides,
        };
    }
}

/// An arm that orders a collection as the one that it is compared with does cannot be tested against it.
fn same_order(outcome: &OutcomeFacts, arms: &[ArmFacts]) -> Option<String> {
    let compared = match outcome.kind {
        // A gain over references that are all alike is still a gain; over `before` alone it is not.
        OutcomeKind::ExcessGain => vec!["before".to_owned()],
        _ => outcome.references.clone(),
    };
    let arm = arms.iter().find(|arm| arm.name == outcome.arm)?;
    arm.collections.iter().find_map(|on| {
        let same = on.same_order.iter().find(|same| compared.contains(&same.arm))?;
        Some(format!("on {} {} ranks exactly as {} does", on.collection, arm.name, same.arm))
    })
}
