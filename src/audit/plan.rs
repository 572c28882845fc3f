//! What a set-up can reach, said before anybody waits for it: the chance of a pass if innocent, and the smallest effect
//! that it finds. From the user's own variances where finished runs give them, otherwise from usual ones.

mod training;

pub use training::PlannedTraining;

use super::command;
use super::gather;
use super::lessons;
use super::material::Material;
use super::request::{Purpose, Request, Source};
use super::share::Work;
use super::{Progress, Surroundings};
use crate::cache::Cache;
use crate::collection::{Date, Role};
use crate::command::Estimate;
use crate::config::{Loaded, ModelOptions};
use crate::error::Result;
use crate::facts::{Facts, OutcomeFacts, OutcomeKind, Weight};
use crate::onnx::Device;
use crate::ranker::Ranker;
use crate::stats::{ContrastSettings, MIN_QUERIES, PlannedCollection, Reach, Setup, Simulation, reach};
use serde::Serialize;
use std::path::Path;

/// Made-up audits: a share of 400 is known within 5 percentage points.
const SIMULATION: Simulation = Simulation { draws: 400, seed: 1 };

/// Pairs that one thread scores in a second with a model of [`PARAMETERS`], at 128 tokens a pair: a rough figure.
const PAIRS_PER_SECOND: f64 = 32.0;
/// The size of the model that the rate above was measured with.
const PARAMETERS: f64 = 10.7e6;

/// Standard deviation between the means of seeds of one recipe, in nDCG@10 over 50 queries: measured with a two-layer
/// bi-encoder, six losses, five collections and three seeds (docs/distilling.md).
const SEED_SD: f64 = 0.013;

/// What an audit would do, and what it can reach.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The rankers, and what each costs.
    pub arms: Vec<PlannedArm>,
    /// Collections with their role and the queries that would be measured.
    pub collections: Vec<(String, Role, usize)>,
    /// Whether roles depend on the day up to which the teacher may have read, and nobody gives it.
    pub no_cutoff: bool,
    /// Collections that count as suspect because nobody says when they became public.
    pub undated: Vec<String>,
    /// What each outcome can reach.
    pub outcomes: Vec<PlannedOutcome>,
    /// Rough minutes of scoring.
    pub minutes: f64,
    /// The students that would be trained.
    pub training: Option<PlannedTraining>,
    /// What a teacher that is a program would be asked.
    pub calls: Option<Estimate>,
    /// What it may be asked at most.
    pub max_calls: Option<u64>,
}

/// A ranker of the plan.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedArm {
    /// Its name.
    pub name: String,
    /// Where its scores come from.
    pub source: String,
    /// Pairs to score, at most; pairs to ask a program, less those that it answered before; 0 for finished files.
    pub pairs: usize,
    /// Whether it is a program that is asked.
    pub is_asked: bool,
}

/// What an outcome can reach.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedOutcome {
    /// The outcome.
    pub outcome: String,
    /// The unit of its effects.
    pub unit: String,
    /// `measured` from the runs at hand, or `usual`.
    pub variances: &'static str,
    /// Standard deviation between queries: the median collection's.
    pub sd: f64,
    /// How much collections are taken to differ.
    pub tau: f64,
    /// Suspect and clean collections that take part.
    pub shape: (usize, usize),
    /// What the upper bound has to stay below for a pass.
    pub margin: f64,
    /// What it can reach; absent where nothing can be compared.
    pub reach: Option<Reach>,
    /// Why nothing can be compared, or why it does not decide.
    pub why_not: Option<String>,
}

/// Standard deviation between queries, and how much collections differ: what real collections showed
/// (docs/statistics.md, section 2: the simulated table, and the line on real collections below it).
fn usual(kind: &OutcomeKind) -> (f64, f64) {
    match kind {
        OutcomeKind::Gain => (0.20, 0.05),
        OutcomeKind::ExcessGain => (0.10, 0.02),
        _ => (0.30, 0.05),
    }
}

/// Plans an audit without scoring anything.
///
/// # Errors
/// As the audit's own reading.
pub fn plan(loaded: &Loaded, threads: usize, cache: &Cache, progress: &mut dyn Progress) -> Result<Plan> {
    let request = Request::of(loaded)?;
    let mut plan = Plan {
        arms: Vec::new(),
        collections: Vec::new(),
        no_cutoff: false,
        undated: Vec::new(),
        outcomes: Vec::new(),
        minutes: 0.0,
        training: None,
        calls: None,
        max_calls: loaded.config.teacher.as_ref().and_then(|teacher| teacher.max_calls),
    };
    if request.scores_models {
        let mut material = gather::open_all(loaded, &request, progress)?;
        plan.collections =
            material.collections.iter().map(|c| (c.config.name.clone(), c.role, c.measured.len())).collect();
        plan.outcomes = kinds(&request).into_iter().map(|kind| from_usual(loaded, &request, &material, kind)).collect();
        let size = size_of_student(loaded, &request)?;
        plan.training = training::plan(loaded, &request, &mut material, size, threads, progress)?;
        if request.scorers.iter().any(|scorer| matches!(scorer.source, Source::Command(_))) {
            gather::first_stages(loaded, &request, &mut material, progress)?;
            plan.calls = command::cost(loaded, cache, &mut material)?;
        }
    } else {
        // Nothing costs anything here: the audit itself is the best plan.
        // But for the scan: it may take long, and what it finds changes no number here. The day plays no part either.
        let mut loaded = loaded.clone();
        loaded.config.scan = None;
        let surroundings = Surroundings {
            cache: Cache::new(Path::new("")),
            offline: true,
            threads,
            device: Device::Cpu,
            today: Date::LAST,
            waiver_day: Date::LAST,
            work: Work::Whole,
        };
        let facts = super::run(&loaded, &surroundings, progress)?.facts;
        plan.collections =
            facts.collections.iter().map(|c| (c.name.clone(), c.role, c.measured_queries.len())).collect();
        plan.outcomes = facts
            .outcomes
            .iter()
            .filter(|outcome| !outcome.kind.only_describes())
            .map(|outcome| from_facts(&facts, outcome))
            .collect();
    }
    let by_dates = || loaded.config.collection.iter().filter(|collection| collection.role.is_none());
    let cutoff = loaded.config.teacher.as_ref().and_then(|teacher| teacher.training_cutoff);
    plan.no_cutoff = cutoff.is_none() && by_dates().next().is_some();
    plan.undated = by_dates().filter(|c| c.published.is_none()).map(|c| c.name.clone()).collect();
    let queries: usize = plan.collections.iter().map(|(_, _, queries)| queries).sum();
    let all_pairs = queries * loaded.config.first_stage.depth;
    for scorer in &request.scorers {
        let (source, pairs, size) = match &scorer.source {
            Source::Files(files, _) => (files.0.join(", "), 0, 0.0),
            Source::Model(path, options) => (path.clone(), all_pairs, size_of(loaded, path, options)?),
            Source::Command(words) => (words.join(" "), plan.calls.map_or(0, |calls| calls.calls), 0.0),
            Source::Trained(supervision, _) => {
                let seeds = loaded.config.distill.as_ref().map_or(0, |distill| distill.seeds.len());
                let size = size_of_student(loaded, &request)?;
                (format!("trained here on {}", lessons::in_words(supervision)), seeds * all_pairs, size)
            }
        };
        plan.minutes += pairs as f64 * size / PAIRS_PER_SECOND / threads as f64 / 60.0;
        plan.arms.push(PlannedArm {
            name: scorer.name.clone(),
            source,
            pairs,
            is_asked: matches!(scorer.source, Source::Command(_)),
        });
    }
    Ok(plan)
}

/// The size of a model beside that of the one that the rates are for, by the weights that every token meets. A tiny one
/// costs more than its weights say.
fn size_of(loaded: &Loaded, path: &str, options: &ModelOptions) -> Result<f64> {
    let model = Ranker::check(&loaded.resolve(path), options)?;
    Ok((model.working_parameters as f64 / PARAMETERS).max(0.05))
}

/// The size of the student before, which the trained ones have too.
fn size_of_student(loaded: &Loaded, request: &Request) -> Result<f64> {
    request.start().map_or(Ok(0.0), |(path, options)| size_of(loaded, path, options))
}

/// The outcomes that a request will have.
fn kinds(request: &Request) -> Vec<OutcomeKind> {
    let references = request.with(Purpose::ReferenceArm).next().is_some();
    let mut kinds = Vec::new();
    if request.has("after") {
        kinds.push(if references { OutcomeKind::ExcessGain } else { OutcomeKind::Gain });
    }
    if request.has("teacher") {
        kinds.push(OutcomeKind::TeacherLabelResidual);
    }
    if request.has("after") && references {
        kinds.push(OutcomeKind::StudentLabelResidual);
    }
    kinds
}

fn from_usual(loaded: &Loaded, request: &Request, material: &Material, kind: OutcomeKind) -> PlannedOutcome {
    let (sd, tau) = usual(&kind);
    let gate = &loaded.config.gate;
    let settings = ContrastSettings { scale: kind.scale(gate), tolerance: kind.tolerance(gate), alpha: gate.alpha };
    let margin = kind.margin(gate);
    let usable = material.collections.iter().filter(|c| c.measured.len() >= MIN_QUERIES);
    let trains = kind != OutcomeKind::TeacherLabelResidual && request.trained().next().is_some();
    let seeds = loaded.config.distill.as_ref().filter(|_| trains).map_or(1, |distill| distill.seeds.len());
    let collections = usable.map(|c| PlannedCollection {
        name: c.config.name.clone(),
        role: c.role,
        n_queries: c.measured.len(),
        query_variance: sd * sd,
        n_seeds: seeds,
        seed_variance: if seeds > 1 { SEED_SD * SEED_SD } else { 0.0 },
    });
    let n_tests = kinds(request).len();
    let setup = Setup { collections: collections.collect(), tau, settings, margin, n_tests };
    // What references of the teacher's class leave was studied; without one, its residual does not count as a rule.
    let weak = kind == OutcomeKind::TeacherLabelResidual && request.with(Purpose::ReferenceScores).next().is_none();
    let why = weak.then(|| {
        "without a [[reference]] of the teacher's class the references are weak as a rule, and it is shown only"
            .to_owned()
    });
    outcome(kind.to_string(), kind.unit(gate), "usual", &setup, why)
}

fn from_facts(facts: &Facts, o: &OutcomeFacts) -> PlannedOutcome {
    let gate = &facts.config.gate;
    let why = match &o.weight {
        Weight::Decides => None,
        Weight::Shown(why) => Some(why.clone()),
    };
    let unit = o.kind.unit(gate);
    match &o.contrast {
        Some(contrast) => {
            let setup = Setup::of_contrast(contrast, o.kind.margin(gate), facts.tests.len().max(1));
            outcome(o.kind.to_string(), unit, "measured", &setup, why)
        }
        None => PlannedOutcome {
            outcome: o.kind.to_string(),
            unit,
            variances: "measured",
            sd: 0.0,
            tau: 0.0,
            shape: shape(o.samples.iter().map(|s| s.role)),
            margin: o.kind.margin(gate),
            reach: None,
            why_not: why,
        },
    }
}

fn outcome(name: String, unit: String, variances: &'static str, setup: &Setup, why: Option<String>) -> PlannedOutcome {
    let (reach, why_not) = match reach(setup, &[setup.margin], SIMULATION) {
        Ok(reach) => (Some(reach), why),
        Err(error) => (None, why.or(Some(error.to_string()))),
    };
    let mut sds: Vec<f64> = setup.collections.iter().map(|c| c.query_variance.sqrt()).collect();
    sds.sort_by(f64::total_cmp);
    PlannedOutcome {
        outcome: name,
        unit,
        variances,
        sd: sds.get(sds.len() / 2).copied().unwrap_or(0.0),
        tau: setup.tau,
        shape: shape(setup.collections.iter().map(|c| c.role)),
        margin: setup.margin,
        reach,
        why_not,
    }
}

fn shape(roles: impl Iterator<Item = Role>) -> (usize, usize) {
    roles.fold((0, 0), |(suspect, clean), role| match role {
        Role::Suspect => (suspect + 1, clean),
        Role::Clean => (suspect, clean + 1),
    })
}
