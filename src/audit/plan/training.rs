//! What training will cost: steps, students, and a rough figure of minutes.

use super::PAIRS_PER_SECOND;
use crate::audit::material::Material;
use crate::audit::request::{self, Request, Supervision};
use crate::audit::{Progress, lessons};
use crate::config::{Budget, Distill, Loaded};
use crate::distill::Recipe;
use crate::distill::budget::{FixedSteps, Purpose};
use crate::error::Result;
use crate::ranker::Ranker;
use serde::Serialize;

/// Pairs that one thread trains on in a second, with a model of the size that [`PAIRS_PER_SECOND`] is for: the
/// backward pass takes about twice what the forward pass takes. A rough figure; what saves work where only some tokens
/// or layers are needed is not counted.
const PAIRS_TRAINED_PER_SECOND: f64 = PAIRS_PER_SECOND / 3.0;

/// The students that would be trained.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedTraining {
    /// Arms that are trained.
    pub arms: usize,
    /// Seeds of each.
    pub seeds: usize,
    /// Steps of each arm and seed; absent where a time budget is given that was not measured yet.
    pub steps: Option<usize>,
    /// Pairs of query and document in a step.
    pub pairs_in_a_step: usize,
    /// Training queries that can be used.
    pub queries: usize,
    /// Training queries left out because they are test queries.
    pub test_copies: usize,
    /// Scored documents that a group takes: queries with fewer are left out.
    pub candidates: usize,
    /// Training queries left out because they have fewer scored documents than that.
    pub short_lists: usize,
    /// Training queries left out because all their scores are equal.
    pub equal_scores: usize,
    /// Pairs that references' models score first, at most.
    pub pairs_to_score: usize,
    /// Rough minutes of training, for all of them together.
    pub minutes: f64,
}

/// Plans the training. The training files are read, so that what is wrong with them is said now.
///
/// # Errors
/// As the reading of the training files.
pub fn plan(
    loaded: &Loaded,
    request: &Request,
    material: &mut Material,
    size: f64,
    threads: usize,
    progress: &mut dyn Progress,
) -> Result<Option<PlannedTraining>> {
    let Some(training) = lessons::read(loaded, request, material, progress)? else { return Ok(None) };
    let Some(config) = &loaded.config.distill else { return Ok(None) };
    let arms = request.trained().count();
    let models = request
        .trained()
        .filter(|(scorer, supervision, _)| {
            scorer.purpose != request::Purpose::OtherLoss && matches!(supervision, Supervision::Model(..))
        })
        .count();
    let pairs_in_a_step = config.groups * config.candidates;
    let pairs = (arms * config.seeds.len() * config.steps * pairs_in_a_step) as f64;
    let steps = match config.budget {
        None => Some(config.steps),
        Some(budget) => fixed(loaded, request, config, budget, arms * config.seeds.len())?,
    };
    let minutes = match config.budget {
        Some(budget) => budget.seconds as f64 / 60.0,
        None => pairs * size / PAIRS_TRAINED_PER_SECOND / threads as f64 / 60.0,
    };
    Ok(Some(PlannedTraining {
        arms,
        seeds: config.seeds.len(),
        steps,
        pairs_in_a_step,
        queries: training.teacher.queries,
        test_copies: training.report.copied_queries(),
        candidates: config.candidates,
        short_lists: training.teacher.short_lists,
        equal_scores: training.teacher.equal_scores,
        pairs_to_score: models * training.teacher.pairs,
        minutes,
    }))
}

/// The steps that a budget was found to allow in an earlier run.
fn fixed(
    loaded: &Loaded,
    request: &Request,
    config: &Distill,
    budget: Budget,
    trainings: usize,
) -> Result<Option<usize>> {
    let Some((start, options)) = request.start() else { return Ok(None) };
    let student = Ranker::check(&loaded.resolve(start), options)?.digest;
    let recipe = Recipe::of(config, config.steps);
    FixedSteps::of_config(&loaded.path)?.get(&Purpose { student, recipe: &recipe, trainings, budget })
}
