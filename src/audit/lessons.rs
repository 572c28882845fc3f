//! What each trained arm learns from: the training files, and every reference's scores of the teacher's pairs.

use super::gather::{self, note_input};
use super::material::Material;
use super::pairs::{Model, Pairs};
use super::request::{Purpose, Request, Supervision};
use super::{Progress, Surroundings};
use crate::cache::{Key, digest_file};
use crate::collection::{Collection, read_qrels};
use crate::config::{Distill, Loaded};
use crate::distill::{self, Lesson, TestQueries, Training, TrainingFiles, lesson};
use crate::error::{Error, Place, Result};
use crate::ranker::Ranker;
use crate::runs::{self, Run, Scored};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

/// The kind of cache entry that holds BM25's scores of training pairs.
pub const BM25_SCORES: &str = "bm25-scores";

/// Everything that students are trained from here.
pub struct Lessons {
    /// The texts and the teacher's lists.
    pub training: Training,
    /// The arms in the order of the request.
    pub arms: Vec<Taught>,
}

/// An arm before it is trained.
pub struct Taught {
    /// Its name.
    pub arm: String,
    /// What it learns from, in words.
    pub learns_from: String,
    /// With which loss.
    pub loss: String,
    /// The scores, and what was left out of them; `None` where nobody is to be trained from them here.
    pub lesson: Option<Lesson>,
}

/// Reads the training files of a configuration, where something is to be trained.
///
/// # Errors
/// Those of [`distill::read`].
pub fn read(
    loaded: &Loaded,
    request: &Request,
    material: &mut Material,
    progress: &mut dyn Progress,
) -> Result<Option<Training>> {
    let Some(config) = loaded.config.distill.as_ref().filter(|_| request.trained().next().is_some()) else {
        return Ok(None);
    };
    progress.step("reading the training data", None);
    let mut tests = TestQueries::default();
    material.collections.iter().for_each(|gathered| add_judged(&mut tests, &gathered.collection));
    let files = files(loaded, config);
    let training = distill::read(&files, &tests, config.candidates).map_err(|e| {
        let teacher = loaded.config.teacher.as_ref();
        let can_score = teacher.is_some_and(|teacher| teacher.command.is_some() || teacher.model.is_some());
        let help = (can_score && !files.scores.exists())
            .then_some("`distilgate ask` has the teacher score training pairs and makes this file");
        help.into_iter().fold(e.context("[distill]"), Error::help)
    })?;
    for path in [&files.queries, &files.corpus, &files.scores] {
        note_input(material, path)?;
    }
    Ok(Some(training))
}

/// The queries that the collections of a configuration test with, so that nobody trains on them.
///
/// # Errors
/// A collection that cannot be read.
pub fn test_queries(loaded: &Loaded) -> Result<TestQueries> {
    let mut tests = TestQueries::default();
    for config in &loaded.config.collection {
        let collection =
            gather::location(loaded, config).and_then(|location| Collection::open(&config.name, &location));
        add_judged(&mut tests, &collection.map_err(|e| e.context(format!("collection {}", config.name)))?);
    }
    Ok(tests)
}

/// A file of queries may hold the training ones too: those with judgements are what is tested with.
fn add_judged(tests: &mut TestQueries, collection: &Collection) {
    let judged = collection.qrels.queries.keys();
    for (query, text) in judged.filter_map(|query| Some((query, collection.queries.get(query)?))) {
        tests.add(&collection.name, query, text);
    }
}

fn files(loaded: &Loaded, config: &Distill) -> TrainingFiles {
    TrainingFiles {
        queries: loaded.resolve(&config.queries),
        corpus: loaded.resolve(&config.corpus),
        scores: loaded.resolve(&config.scores),
        format: config.format,
    }
}

/// Gathers what each arm learns from, of which a student is among the `own`: numbers in the order of arms and seeds.
/// Models score the training pairs here, through the cache.
///
/// # Errors
/// Files that cannot be read, models that cannot be run, references that leave no query to train on.
pub fn all(
    loaded: &Loaded,
    request: &Request,
    training: Training,
    own: &Range<usize>,
    surroundings: &Surroundings,
    material: &mut Material,
    progress: &mut dyn Progress,
) -> Result<Lessons> {
    let config = loaded.config.distill.as_ref();
    let (candidates, seeds) = config.map_or((0, 0), |config| (config.candidates, config.seeds.len()));
    let trained: Vec<_> = request.trained().collect();
    let mut arms: Vec<Taught> = Vec::new();
    for (number, (scorer, supervision, loss)) in trained.iter().enumerate() {
        // Arms with other losses stand behind the one that learns the same with the first.
        let same = trained[number + 1..].iter().take_while(|(other, ..)| other.purpose == Purpose::OtherLoss).count();
        let students = number * seeds..(number + same + 1) * seeds;
        let lesson = match supervision {
            _ if own.is_empty() || students.end <= own.start || own.end <= students.start => Ok(None),
            _ if scorer.purpose == Purpose::OtherLoss && !arms.is_empty() => Ok(arms[arms.len() - 1].lesson.clone()),
            Supervision::Teacher => {
                Ok(Some(Lesson { run: training.data.teacher.clone(), report: training.teacher.clone() }))
            }
            Supervision::Labels => labels(loaded, &training, material, candidates).map(Some),
            other => {
                let mut desk = Desk { loaded, training: &training, surroundings, material: &mut *material };
                let scores = desk.scores(&scorer.name, other, progress);
                scores.and_then(|scores| Lesson::of_reference(&scores, &training.data.teacher, candidates)).map(Some)
            }
        };
        let lesson = lesson.map_err(|e| e.context(format!("what {} learns from", scorer.name)))?;
        arms.push(Taught {
            arm: scorer.name.clone(),
            learns_from: in_words(supervision),
            loss: (*loss).to_owned(),
            lesson,
        });
    }
    Ok(Lessons { training, arms })
}

/// What training judgements teach.
fn labels(loaded: &Loaded, training: &Training, material: &mut Material, candidates: usize) -> Result<Lesson> {
    let Some(qrels) = loaded.config.distill.as_ref().and_then(|distill| distill.qrels.as_ref()) else {
        return Err(Error::input("there are no training judgements").help("add `qrels` to [distill]"));
    };
    let path = loaded.resolve(qrels);
    note_input(material, &path)?;
    Lesson::of_labels(&read_qrels(&path)?, &training.data.teacher, candidates).map_err(|e| e.at(Place::file(&path)))
}

/// What an arm learns from, in words.
pub fn in_words(supervision: &Supervision) -> String {
    match supervision {
        Supervision::Teacher => "the teacher's scores".to_owned(),
        Supervision::File(path, _) => format!("the scores in {path}"),
        Supervision::Model(path, _) => format!("the scores of {path}"),
        Supervision::Bm25 => "BM25 over the training corpus".to_owned(),
        Supervision::Labels => "training judgements".to_owned(),
    }
}

/// What it takes to get a reference's scores of the training pairs.
struct Desk<'a> {
    loaded: &'a Loaded,
    training: &'a Training,
    surroundings: &'a Surroundings,
    material: &'a mut Material,
}

impl Desk<'_> {
    fn scores(&mut self, arm: &str, supervision: &Supervision, progress: &mut dyn Progress) -> Result<Run> {
        let data = &self.training.data;
        match supervision {
            Supervision::Teacher => Ok(data.teacher.clone()),
            Supervision::File(path, format) => {
                let path = self.loaded.resolve(path);
                note_input(self.material, &path)?;
                runs::read_as(&path, *format)
            }
            Supervision::Model(path, options) => {
                let path = self.loaded.resolve(path);
                let digest = Ranker::check(&path, options)?.digest;
                let called = format!("the teacher of {arm}");
                let mut model = Model::new(arm, called, path, options.clone(), digest);
                let pairs = Pairs {
                    name: "the training pairs",
                    queries: &data.queries,
                    candidates: &data.teacher,
                    documents: &data.documents,
                };
                let scores = model.scores(&pairs, self.surroundings, progress)?;
                self.material.onnx_runtime = self.material.onnx_runtime.take().max(scores.onnx_runtime.clone());
                Ok(scores.ranked())
            }
            Supervision::Bm25 => self.bm25(progress),
            // Judgements make lists of their own.
            Supervision::Labels => Ok(Run::default()),
        }
    }

    /// BM25's scores, kept in the cache: a training corpus may be large, and is not indexed for anything else.
    fn bm25(&self, progress: &mut dyn Progress) -> Result<Run> {
        let settings = &self.loaded.config.first_stage.bm25;
        let corpus: PathBuf = self.loaded.resolve(&self.distill()?.corpus);
        let data = &self.training.data;
        let mut key = Key::of("bm25-scores/1").text(env!("CARGO_PKG_VERSION")).digest(&digest_file(&corpus)?);
        key = key.bytes(&serde_json::to_vec(settings).expect("settings are plain data"));
        for (query, list) in &data.teacher.queries {
            let text = data.queries.get(query).map_or("", String::as_str);
            key = key.text(query.as_str()).text(text).number(list.len() as u64);
            key = list.iter().fold(key, |key, scored| key.text(scored.document.as_str()));
        }
        let (key, cache) = (key.build(), &self.surroundings.cache);
        if let Some(run) = cache.get(BM25_SCORES, &key).and_then(|bytes| thawed(&bytes)) {
            return Ok(run);
        }
        if let Some(shares) = self.surroundings.work.parts() {
            return Err(shares.lack("BM25's scores of the training pairs"));
        }
        progress.step("BM25 over the training corpus", None);
        let run = lesson::bm25(&corpus, settings, data)?;
        cache.put(BM25_SCORES, &key, &frozen(&run))?;
        Ok(run)
    }

    fn distill(&self) -> Result<&Distill> {
        self.loaded.config.distill.as_ref().ok_or_else(|| Error::input("there is no [distill]"))
    }
}

/// A run as a cache entry.
fn frozen(run: &Run) -> Vec<u8> {
    let pairs = |list: &Vec<Scored>| list.iter().map(|s| (s.document.clone(), s.score)).collect::<Vec<_>>();
    let lists: BTreeMap<_, _> = run.queries.iter().map(|(query, list)| (query.clone(), pairs(list))).collect();
    serde_json::to_vec(&lists).expect("scores are plain data")
}

fn thawed(bytes: &[u8]) -> Option<Run> {
    let lists: BTreeMap<_, Vec<(_, f64)>> = serde_json::from_slice(bytes).ok()?;
    let scored = |list: Vec<(_, f64)>| list.into_iter().map(|(document, score)| Scored { document, score }).collect();
    Some(Run { queries: lists.into_iter().map(|(query, list)| (query, scored(list))).collect() })
}
