//! From a configuration to facts: reads, scores, measures.
//!
//! The steps, in order, each a file: what is asked for ([`request`], [`sources`]), the collections and which of their
//! queries count ([`gather`]), whether they are what the lock says and independent ([`fingerprints`]), what students are trained from ([`lessons`]), their training ([`students`]), the scores
//! of every arm ([`score`], and [`command`] for a teacher that is a program), what is to be known of each arm ([`arms`]), the numbers per query ([`outcomes`]), what else the teacher's scores show ([`probes`]), how like
//! twins are ([`twins`], [`blind`]), and their tests ([`tests_that_decide`]), and the queries that moved most ([`moved`]). Nothing is judged here.
//! What takes long can be done by several machines: [`share`].

mod answers;
mod arms;
pub mod blind;
mod canary;
mod candidates;
mod command;
pub mod export;
pub mod fingerprints;
mod gather;
mod holes;
mod independence;
mod lessons;
mod material;
mod moved;
mod origin;
mod outcomes;
mod pairs;
pub mod plan;
mod probes;
mod queries;
mod request;
mod residuals;
mod reworded;
mod same_teacher;
mod scan;
mod score;
mod search;
pub mod share;
mod sources;
mod students;
pub mod teach;
mod tests_that_decide;
mod twins;

pub use gather::location;
pub use lessons::test_queries;
pub use request::{Purpose, Request, Scorer, Source, Supervision};

use crate::cache::Cache;
use crate::collection::Date;
use crate::config::Loaded;
use crate::error::Result;
use crate::facts::{Facts, TeacherFacts, TrainingFacts, primary_tests};
use crate::fingerprint::scan::Listener;
use crate::onnx::Device;
use crate::probe::Probed;
use share::Work;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What an audit runs in.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Where scores, trained students and ONNX Runtime are kept between runs.
    pub cache: Cache,
    /// Never use the network.
    pub offline: bool,
    /// Threads to train and score with.
    pub threads: usize,
    /// What ONNX Runtime computes on.
    pub device: Device,
    /// The day that counts as today for the age of collections.
    pub today: Date,
    /// The day that waivers are held to: the system's, unless the command line names one.
    pub waiver_day: Date,
    /// Who does what takes long.
    pub work: Work,
}

/// Hears how far the audit is. The library prints nothing itself.
pub trait Progress {
    /// A new step begins: "scoring dl19 with before", and how many units it has, where that is known.
    fn step(&mut self, what: &str, units: Option<u64>);
    /// This many units of the step are done.
    fn done(&mut self, units: u64);
    /// How the step stands: "loss 0.123".
    fn state(&mut self, _state: &str) {}
    /// Something that whoever waits should read, whether or not they look at a bar.
    fn notice(&mut self, _what: &str) {}
    /// Something begins that takes minutes, which a log should show too.
    fn landmark(&mut self, _what: &str) {}
    /// Files of so many bytes are searched: who hears from another thread how far that is.
    fn listener(&mut self, _total: Option<u64>) -> Box<dyn Listener> {
        Box::new(Unheard)
    }
}

/// Hears and says nothing.
struct Unheard;

impl Listener for Unheard {
    fn reached(&self, _stored: u64, _unpacked: u64) {}
}

/// Nobody listens.
#[derive(Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&mut self, _what: &str, _units: Option<u64>) {}
    fn done(&mut self, _units: u64) {}
}

/// Everything that one audit gathers, and how long it took; durations never enter anything that is compared.
#[derive(Debug)]
pub struct Audited {
    /// What was gathered.
    pub facts: Facts,
    /// The runs that the arms were measured on, by arm, collection and seed, for `runs/`.
    pub runs: Vec<NamedRun>,
    /// The students that were trained, for `students/`.
    pub students: Vec<NamedStudent>,
    /// Those of them that were not in the cache.
    pub fresh: Fresh,
    /// The teacher's scores beside its references', where there are some.
    pub probed: Vec<Probed>,
    /// How long it took.
    pub duration: Duration,
}

/// The students that an audit trained itself, where others were in the cache already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fresh {
    /// How many.
    pub students: usize,
    /// How long their training took.
    pub duration: Duration,
}

/// A run with the names of its arm and collection.
#[derive(Clone, Debug)]
pub struct NamedRun {
    /// The arm.
    pub arm: String,
    /// The collection.
    pub collection: String,
    /// The seed, or its place from one, where there are several.
    pub seed: Option<u64>,
    /// The run.
    pub run: crate::runs::Run,
}

/// A student that was trained here, with the name of its arm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedStudent {
    /// The arm.
    pub arm: String,
    /// The seed that it was trained with.
    pub seed: u64,
    /// Its folder, in the cache.
    pub folder: PathBuf,
}

impl NamedStudent {
    /// Where it belongs in a folder of students: `ARM/seed-N`.
    pub fn place(&self, students: &Path) -> PathBuf {
        students.join(&self.arm).join(format!("{}{}", NamedStudent::SEED, self.seed))
    }

    /// What the folder of a seed begins with.
    pub const SEED: &str = "seed-";
}

/// Runs the audit that a configuration asks for.
///
/// # Errors
/// Whatever keeps its inputs from being read, its models from being scored, or ONNX Runtime from being found.
pub fn run(loaded: &Loaded, surroundings: &Surroundings, progress: &mut dyn Progress) -> Result<Audited> {
    let start = std::time::Instant::now();
    let request = Request::of(loaded)?;
    let mut material = gather::open_all(loaded, &request, progress)?;
    let (lock, independence) = fingerprints::look(loaded, &mut material, progress)?;
    let before = origin::of_before(loaded, &mut material.not_checked);
    let references = origin::of_references(loaded, &mut material.not_checked);
    let canary = canary::look(loaded, &mut material)?;
    // Whatever is wrong with a file is said before anything that takes minutes.
    let training = lessons::read(loaded, &request, &mut material, progress)?;
    let scan = scan::all(loaded, training.is_some(), surroundings, &mut material, progress)?;
    let mut models = score::check(loaded, &request, &mut material)?;
    gather::first_stages(loaded, &request, &mut material, progress)?;
    if let Some(shares) = surroundings.work.parts() {
        shares.read_the_same(loaded, &material.inputs)?;
        material.not_checked.extend(shares.doubt());
    }
    same_teacher::refuse_sources(loaded, &models)?;
    same_teacher::refuse_scores(loaded, &request, &material)?;
    // Before anything is trained: a teacher that cannot be asked is said early, and what it says is kept.
    command::ask_all(loaded, surroundings, &mut material, progress)?;
    let (mut folders, mut trained, mut fresh) = (Vec::new(), None, Fresh::default());
    if let Some(training) = training {
        let all = 0..students::count(loaded, &request);
        let lessons = lessons::all(loaded, &request, training, &all, surroundings, &mut material, progress)?;
        if let Some(shares) = surroundings.work.parts() {
            shares.read_the_same(loaded, &material.inputs)?;
        }
        let students = students::train(loaded, &request, lessons, &all, surroundings, progress)?;
        models.extend(students.models);
        material.models.extend(students.descriptions);
        (folders, trained, fresh) = (students.folders, Some(students.facts), students.fresh);
    }
    if let Some(shares) = surroundings.work.parts() {
        shares.read_all_of(loaded, &material.inputs)?;
    }
    score::score(models, surroundings, &mut material, progress)?;
    same_teacher::refuse_scores(loaded, &request, &material)?;
    progress.step("comparing", None);
    let mut arms = arms::describe(loaded, &request, &material);
    holes::note(&request, &material, &mut arms);
    let mut not_checked = std::mem::take(&mut material.not_checked);
    let mut outcomes = outcomes::all(&loaded.config.gate, &request, &material, &arms, &mut not_checked);
    let (probe, probed) = probes::all(loaded, &mut material, &mut outcomes)?.unzip();
    not_checked.append(&mut material.not_checked);
    let alpha = loaded.config.gate.alpha;
    let twin_pairs = twins::pairs(loaded, &material, progress)?;
    let twins = tests_that_decide::twins(&outcomes, &twin_pairs, &arms, alpha);
    let tests = primary_tests(&outcomes, &twins, alpha);
    let moved = moved::all(loaded, &material, tests.iter().any(|test| test.rejects), &mut not_checked);
    let seeds = trained.as_ref().map(|trained: &TrainingFacts| trained.seeds.clone()).unwrap_or_default();
    let runs = material.named_runs(&request, &seeds);
    let facts = Facts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config: loaded.config.clone(),
        config_path: loaded.path.display().to_string(),
        teacher: teacher(loaded),
        collections: material.collection_facts(loaded),
        shared_queries: material.shared_queries,
        independence,
        lock,
        today: surroundings.today,
        waiver_day: surroundings.waiver_day,
        before,
        references,
        scan,
        canary,
        training: trained,
        arms,
        outcomes,
        probe,
        twin_pairs,
        twins,
        tests,
        moved,
        not_checked,
        inputs: material.inputs,
        onnx_runtime: material.onnx_runtime,
        threads: surroundings.threads,
    };
    let probed = probed.unwrap_or_default();
    Ok(Audited { facts, runs, students: folders, fresh, probed, duration: start.elapsed() })
}

fn teacher(loaded: &Loaded) -> Option<TeacherFacts> {
    let teacher = loaded.config.teacher.as_ref()?;
    let name = if teacher.name.is_empty() { "without a name" } else { &teacher.name };
    Some(TeacherFacts {
        name: name.to_owned(),
        training_cutoff: teacher.training_cutoff,
        gives: teacher.gives,
        has_scores: teacher.scores.is_some() || teacher.model.is_some() || teacher.command.is_some(),
        config_line: loaded.table_place("[teacher]").line,
    })
}
