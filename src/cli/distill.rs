//! `distilgate distill`: trains a student from scores and saves it as ONNX.

use super::progress::Bars;
use super::{Global, printing};
use crate::audit::Progress;
use crate::config::{Budget, Distill, Loaded, ModelOptions, Train};
use crate::distill::budget::Asked;
use crate::distill::losses::Mix;
use crate::distill::{self, Files, Job, Recipe, TestQueries, Tick, Trained, TrainingData, TrainingFiles, Workplace};
use crate::error::{Error, Exit, Result};
use crate::onnx::{Runtime, Search};
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Options of `distill`.
#[derive(Debug, Args)]
pub struct DistillArgs {
    /// The student to start from: an ONNX folder or file; without it [student.before] of the configuration
    #[arg(long, value_name = "MODEL")]
    student: Option<PathBuf>,
    /// Training queries (JSONL or TSV); without it those of [distill]
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// The documents that the scores name
    #[arg(long, value_name = "FILE")]
    corpus: Option<PathBuf>,
    /// The teacher's scores: a run or a score file
    #[arg(long, value_name = "FILE")]
    scores: Option<PathBuf>,
    /// The loss, or a mix: margin-mse, kl, ranknet, lce, listnet, rank-only, "margin-mse + 0.1 lce"
    #[arg(long, value_name = "LOSS")]
    loss: Option<String>,
    /// Updates of the weights
    #[arg(long, value_name = "N")]
    steps: Option<usize>,
    /// What is trained: all, last-N or head
    #[arg(long, value_name = "WHAT")]
    train: Option<Train>,
    /// Queries in a step
    #[arg(long, value_name = "N")]
    groups: Option<usize>,
    /// Candidates of each query in a step
    #[arg(long, value_name = "N")]
    candidates: Option<usize>,
    /// The learning rate at its highest
    #[arg(long, value_name = "RATE")]
    learning_rate: Option<f64>,
    /// The most tokens of a text or pair
    #[arg(long, value_name = "N")]
    max_length: Option<usize>,
    /// The seed of the order of queries and candidates; without it the first of [distill]
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Where the student goes: a folder that is not there yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Everything that is asked for, from flags and configuration together.
struct Order {
    student: PathBuf,
    options: ModelOptions,
    files: TrainingFiles,
    /// Queries that must not be learned from: those of the configuration's collections.
    tests: TestQueries,
    /// Whether a configuration says which those are.
    tests_are_known: bool,
    recipe: Recipe,
    /// A budget in place of the recipe's steps, and the configuration that gives it.
    budget: Option<(PathBuf, Budget)>,
    seed: u64,
    /// The name of the teacher, where the scores are those that the configuration gives.
    teacher: Option<String>,
}

/// Trains the student and copies it to where it is wanted.
///
/// # Errors
/// Inputs that cannot be used (exit 2), surroundings that fail (exit 4).
pub fn run(args: &DistillArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    if args.out.exists() {
        return Err(Error::input(format!("{} is there already", args.out.display()))
            .help("name a folder that is not there yet; nothing is overwritten"));
    }
    let mut order = Order::of(args, global)?;
    let training = distill::read(&order.files, &order.tests, order.recipe.candidates)?;
    let cache = global.cache()?;
    let search = Search::from_environment(cache.folder(), global.offline).on(global.device);
    let mut bars = Bars::new(global.quiet);
    let runtime = Runtime::get(&search, &mut |what| bars.step(what, None))?;
    let place = Workplace::new(runtime, &cache, global.threads());
    let place = Workplace { checkpoint_every: checkpoint_every(place.checkpoint_every)?, ..place };
    if let Some((config, budget)) = order.budget.take() {
        order.recipe.steps = steps(&order.job(&training.data), &config, budget, &place, &mut bars)?;
    }
    let job = order.job(&training.data);
    bars.step("training", Some(order.recipe.steps as u64));
    let mut before = 0;
    let trained = distill::train(&job, &place, &mut |tick: Tick| {
        bars.done((tick.step - before) as u64);
        bars.state(&format!("loss {:.4}", tick.loss));
        before = tick.step;
    })?;
    bars.finish();
    distill::place(&trained.folder, &args.out, Files::Copied).map_err(|e| {
        let whole = trained.folder.display();
        Error::writing(&args.out, e).help(format!("the student is whole in {whole}: it is not trained again"))
    })?;
    if let Some(teacher) = &order.teacher {
        distill::name_teacher(&args.out, teacher)?;
    }
    report(&order, &trained, &args.out, out).map_err(printing)?;
    match training.report.copied_queries() {
        0 if !order.tests_are_known => {
            writeln!(out, "  no configuration names test collections, so test queries were not looked for")
                .map_err(printing)?;
        }
        0 => {}
        copies => writeln!(out, "  {copies} training queries were test queries, word for word, and left out")
            .map_err(printing)?,
    }
    Ok(Exit::Pass)
}

/// What a budget allows: of this command for its one student.
fn steps(job: &Job, config: &Path, budget: Budget, place: &Workplace, bars: &mut Bars) -> Result<usize> {
    let asked = Asked { config, job, trainings: 1, budget };
    if let Some(steps) = asked.fixed()? {
        return Ok(steps);
    }
    bars.step("measuring how long a step takes", None);
    let (steps, said) = asked.measured(place)?;
    bars.landmark(&said);
    Ok(steps)
}

impl Order {
    fn job<'a>(&'a self, data: &'a TrainingData) -> Job<'a> {
        Job { student: &self.student, options: &self.options, data, recipe: &self.recipe, seed: self.seed }
    }

    fn of(args: &DistillArgs, global: &Global) -> Result<Order> {
        let complete =
            args.student.is_some() && args.queries.is_some() && args.corpus.is_some() && args.scores.is_some();
        // Where flags say everything a configuration is not needed; one that is there still says what is tested with.
        let here = std::env::current_dir().map_err(|e| Error::reading(".", e))?;
        let found = crate::config::find(global.config.as_deref(), &here).is_ok();
        let loaded = if found || !complete { Some(global.load()?) } else { None };
        let config = loaded.as_ref().and_then(|loaded| loaded.config.distill.clone()).unwrap_or_default();
        let resolve = |path: &str| loaded.as_ref().map_or_else(|| PathBuf::from(path), |loaded| loaded.resolve(path));
        let file = |flag: &Option<PathBuf>, key: &str, value: &str| match (flag, value) {
            (Some(path), _) => Ok(path.clone()),
            (None, "") => Err(missing(&format!("distill.{key}"), &format!("--{key}"))),
            (None, value) => Ok(resolve(value)),
        };
        let files = TrainingFiles {
            queries: file(&args.queries, "queries", &config.queries)?,
            corpus: file(&args.corpus, "corpus", &config.corpus)?,
            scores: file(&args.scores, "scores", &config.scores)?,
            format: config.format,
        };
        let tests_are_known = loaded.is_some();
        let tests = loaded.as_ref().map_or_else(|| Ok(TestQueries::default()), crate::audit::test_queries)?;
        let (student, options) = student(args, loaded.as_ref())?;
        let seed = args.seed.or(config.seeds.first().copied()).unwrap_or(1);
        let config = args.applied_to(config);
        config.validate()?;
        let teacher = loaded.as_ref().and_then(|loaded| loaded.config.teacher.as_ref());
        Mix::parse(&config.loss)?.suits(teacher.map(|teacher| teacher.gives).unwrap_or_default())?;
        let named =
            teacher.map(|teacher| teacher.name.clone()).filter(|name| args.scores.is_none() && !name.is_empty());
        let steps = config.steps;
        let budget = loaded.and_then(|loaded| Some((loaded.path, config.budget?)));
        Ok(Order {
            student,
            options,
            files,
            tests,
            recipe: Recipe::of(&config, steps),
            budget,
            seed,
            tests_are_known,
            teacher: named,
        })
    }
}

impl DistillArgs {
    /// The configuration with what the flags say in its place.
    fn applied_to(&self, mut config: Distill) -> Distill {
        let set = |value: &mut f64, flag: Option<f64>| *value = flag.unwrap_or(*value);
        config.loss = self.loss.clone().unwrap_or(config.loss);
        config.steps = self.steps.unwrap_or(config.steps);
        config.budget = config.budget.filter(|_: &Budget| self.steps.is_none());
        config.train = self.train.unwrap_or(config.train);
        config.groups = self.groups.unwrap_or(config.groups);
        config.candidates = self.candidates.unwrap_or(config.candidates);
        config.max_length = self.max_length.or(config.max_length);
        set(&mut config.learning_rate, self.learning_rate);
        for (key, flag) in [
            (&mut config.queries, &self.queries),
            (&mut config.corpus, &self.corpus),
            (&mut config.scores, &self.scores),
        ] {
            if let Some(path) = flag {
                *key = path.display().to_string();
            }
        }
        config
    }
}

/// The student to start from, and how it is read.
fn student(args: &DistillArgs, loaded: Option<&Loaded>) -> Result<(PathBuf, ModelOptions)> {
    let before = loaded.and_then(|loaded| Some((loaded, loaded.config.student.before.as_ref()?)));
    match (&args.student, before) {
        (Some(path), _) => Ok((path.clone(), ModelOptions::default())),
        (None, Some((loaded, arm))) => match &arm.model {
            Some(model) => Ok((loaded.resolve(model), arm.options.clone())),
            None => Err(missing("[student.before] model", "--student")),
        },
        (None, None) => Err(missing("[student.before] model", "--student")),
    }
}

fn missing(key: &str, flag: &str) -> Error {
    Error::input(format!("{key} is not given")).help(format!("add it to the configuration, or give {flag}"))
}

/// How long a training runs before its state is kept, in seconds: for tests, which kill it in between, and for machines
/// that are taken away at short notice. It changes no byte of the result.
const CHECKPOINT_SECONDS: &str = "DISTILGATE_CHECKPOINT_SECONDS";

/// What [`CHECKPOINT_SECONDS`] says, if it is set.
fn checkpoint_every(usual: Duration) -> Result<Duration> {
    let Some(text) = std::env::var_os(CHECKPOINT_SECONDS).filter(|text| !text.is_empty()) else { return Ok(usual) };
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    seconds.map(Duration::from_secs).ok_or_else(|| {
        Error::input(format!("{CHECKPOINT_SECONDS} is {text:?}, not a number of seconds"))
            .help("leave it out, or set 30")
    })
}

fn report(order: &Order, trained: &Trained, folder: &Path, out: &mut dyn Write) -> std::io::Result<()> {
    let history = &trained.history;
    writeln!(out, "{}", folder.display())?;
    writeln!(
        out,
        "  {} steps of {}, seed {}: loss {:.4} at first, {:.4} at last",
        order.recipe.steps,
        order.recipe.loss,
        order.seed,
        history.first_loss(),
        history.recent_loss()
    )?;
    writeln!(
        out,
        "  {} training queries; {:.1} of {:.1} million weights trained",
        history.queries,
        history.trained_weights as f64 / 1e6,
        history.all_weights as f64 / 1e6
    )?;
    if history.too_short > 0 {
        writeln!(out, "  {} queries have fewer than {} scored documents", history.too_short, order.recipe.candidates)?;
    }
    if history.flat_groups > 0 {
        writeln!(
            out,
            "  {} groups taught nothing: the teacher scores all their candidates alike",
            history.flat_groups
        )?;
    }
    history.notes.iter().try_for_each(|note| writeln!(out, "  {note}"))
}
