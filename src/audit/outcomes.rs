//! The numbers per query, and their comparison between suspect and clean collections.

use super::material::{Gathered, Material};
use super::request::{BM25, Purpose, Request};
use super::residuals;
use crate::collection::QueryId;
use crate::config::{Gate, Loaded};
use crate::facts::{ADEQUATE, ArmFacts, LeftOut, OutcomeFacts, OutcomeKind, SampleFacts, Weight};
use crate::runs::value;
use crate::stats::{ContrastSettings, MIN_QUERIES, Sample, contrast};

/// What one collection gives for an outcome: queries with a row of numbers each, or why it does not take part.
pub type OnCollection = Result<(Vec<QueryId>, Vec<Vec<f64>>), LeftOut>;

/// An outcome that is asked for, before anything is computed.
struct Asked {
    kind: OutcomeKind,
    arm: &'static str,
    /// What the arm is compared with, by name.
    references: Vec<String>,
}

/// Every outcome that the configuration gives the scores for; what it does not give is said in `not_checked`.
pub fn all(
    gate: &Gate,
    request: &Request,
    material: &Material,
    arms: &[ArmFacts],
    not_checked: &mut Vec<String>,
) -> Vec<OutcomeFacts> {
    let asked = asked(request, material, not_checked);
    for outcome in &asked {
        not_checked.extend(seeds_left_out(material, outcome));
    }
    let mut outcomes: Vec<OutcomeFacts> = asked.into_iter().map(|outcome| compare(gate, material, outcome)).collect();
    weigh(&mut outcomes, arms);
    outcomes
}

fn asked(request: &Request, material: &Material, not_checked: &mut Vec<String>) -> Vec<Asked> {
    let names = |purpose| request.with(purpose).map(|scorer| scorer.name.clone()).collect::<Vec<String>>();
    let (before, students) = (names(Purpose::Before), names(Purpose::ReferenceArm));
    let bm25 = material.collections.iter().any(|c| c.scores.contains_key(BM25)).then(|| BM25.to_owned());
    let explained_by = |others: Vec<String>| bm25.iter().chain(&before).cloned().chain(others).collect::<Vec<String>>();
    let mut asked = Vec::new();
    let mut ask = |kind, arm, references| asked.push(Asked { kind, arm, references });
    if request.has("after") {
        ask(OutcomeKind::Gain, "after", before.clone());
        if !students.is_empty() {
            ask(OutcomeKind::ExcessGain, "after", students.clone());
        }
    }
    match request.has("teacher") {
        true => ask(OutcomeKind::TeacherLabelResidual, "teacher", explained_by(names(Purpose::ReferenceScores))),
        false => not_checked
            .push("the teacher itself: its own scores were not given ([teacher] scores, model or command)".to_owned()),
    }
    if request.has("after") {
        match students.is_empty() {
            false => ask(OutcomeKind::StudentLabelResidual, "after", explained_by(students)),
            true => not_checked.push(
                "what the student knows of the judgements: there is no reference arm ([[reference]] with `runs`, or with [distill] one to train from)".to_owned(),
            ),
        }
    }
    asked
}

/// Seeds that have no partner in another arm of the outcome.
fn seeds_left_out(material: &Material, outcome: &Asked) -> Option<String> {
    let scorers = outcome.scorers();
    let used = material.seeds(&scorers);
    let most =
        scorers.iter().map(|scorer| material.collections.iter().map(|c| c.runs(scorer).len()).max().unwrap_or(0));
    let more: Vec<String> =
        scorers.iter().zip(most).filter(|(_, n)| *n > used).map(|(scorer, n)| format!("{scorer} has {n}")).collect();
    let repeated = used == 1;
    (!more.is_empty() && !repeated).then(|| {
        format!(
            "seeds beyond the first {used} in the {}: {}, and every arm needs its own",
            outcome.kind,
            more.join(", ")
        )
    })
}

impl Asked {
    /// Everybody whose scores it takes, the arm first.
    fn scorers(&self) -> Vec<&str> {
        std::iter::once(self.arm).chain(self.references.iter().map(String::as_str)).collect()
    }

    /// Its numbers on one collection.
    fn on(&self, gate: &Gate, gathered: &Gathered, seeds: usize) -> OnCollection {
        let scorers = self.scorers();
        covered(gathered, &scorers)?;
        if self.kind.is_residual() {
            return residuals::on(gathered, self.arm, &scorers[1..], seeds);
        }
        let queries = enough(gathered, gathered.complete_queries(&scorers))?;
        let values = queries.iter().map(|query| self.gain(gate, gathered, query, seeds)).collect();
        Ok((queries, values))
    }

    /// The measure of the arm minus the mean measure of the others, for each seed.
    fn gain(&self, gate: &Gate, gathered: &Gathered, query: &QueryId, seeds: usize) -> Vec<f64> {
        let of = |scorer: &str, seed: usize| {
            let ranking = gathered.run(scorer, seed).map_or(&[][..], |run| run.ranking(query));
            value(&gate.measure, gathered.config.rel, &gathered.collection.qrels, query, ranking)
        };
        let others = |seed| self.references.iter().map(|other| of(other, seed)).sum::<f64>();
        (0..seeds).map(|seed| of(self.arm, seed) - others(seed) / self.references.len() as f64).collect()
    }
}

/// Hands an outcome to the one engine.
fn compare(gate: &Gate, material: &Material, asked: Asked) -> OutcomeFacts {
    let seeds = material.seeds(&asked.scorers());
    let on = |gathered: &Gathered| asked.on(gate, gathered, seeds);
    outcome(gate, material, (asked.kind.clone(), asked.arm), &asked.references, on)
}

/// An outcome about the teacher that describes and never decides, by its name; `on` gives its numbers on a collection.
pub fn described(
    loaded: &Loaded,
    material: &Material,
    name: &str,
    references: &[String],
    on: impl Fn(&Gathered) -> OnCollection,
) -> OutcomeFacts {
    let kind = OutcomeKind::Probe(name.to_owned());
    let weight = Weight::Shown("probes describe, they do not decide".to_owned());
    OutcomeFacts { weight, ..outcome(&loaded.config.gate, material, (kind, "teacher"), references, on) }
}

/// Gathers an outcome's numbers and compares suspect with clean collections.
fn outcome(
    gate: &Gate,
    material: &Material,
    (kind, arm): (OutcomeKind, &str),
    references: &[String],
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
    let (scale, tolerance) = (kind.scale(gate), kind.tolerance(gate));
    let handed: Vec<Sample> =
        samples.iter().map(|s| Sample { name: s.collection.clone(), role: s.role, values: s.values.clone() }).collect();
    let (contrast, weight) = match contrast(&handed, &ContrastSettings { scale, tolerance, alpha: gate.alpha }) {
        Ok(contrast) => (Some(contrast), Weight::Decides),
        Err(why) => (None, Weight::Shown(why.to_string())),
    };
    OutcomeFacts {
        kind,
        arm: arm.to_owned(),
        references: references.to_vec(),
        scale,
        tolerance,
        samples,
        left_out,
        contrast,
        weight,
    }
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

/// Why a label residual does not count of which so much is left on clean collections.
pub fn weak_references(clean: f64) -> String {
    format!("the references are weak: {clean:.2} is left on clean collections, {ADEQUATE:.2} at most is adequate")
}

/// Says which outcomes decide (docs/statistics.md, sections 1 and 3).
fn weigh(outcomes: &mut [OutcomeFacts], arms: &[ArmFacts]) {
    // With reference arms the excess gain is test (a), also where it cannot be computed: the plain gain, which raises
    // more false alarms, does not step in unseen.
    let has_references = outcomes.iter().any(|outcome| outcome.kind == OutcomeKind::ExcessGain);
    for outcome in outcomes {
        let Some(clean) = outcome.contrast.as_ref().map(|contrast| contrast.clean) else { continue };
        outcome.weight = match (&outcome.kind, outcome.same_order(arms)) {
            (_, Some(same)) => Weight::Shown(same),
            (OutcomeKind::Gain, None) if has_references => {
                Weight::Shown("the excess gain over the references decides instead".to_owned())
            }
            (kind, None) if kind.is_residual() && clean > ADEQUATE => Weight::Shown(weak_references(clean)),
            _ => Weight::Decides,
        };
    }
}
