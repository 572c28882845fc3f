//! A teacher that is a program: what it is asked, what that costs, and its answers as runs.

use super::gather::{self, note_input};
use super::material::{Gathered, Material};
use super::score::Texts;
use super::{Progress, Surroundings};
use crate::cache::{Cache, Key, digest_file};
use crate::collection::{DocumentId, QueryId};
use crate::command::{Asker, Batch, Estimate, Identity, Kept, Listener, Pair, Program, Terms, estimate};
use crate::config::{Gives, Loaded, Teacher};
use crate::error::{Error, Result};
use crate::runs::{self, Run, Scored};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The arm whose scores these are.
const TEACHER: &str = "teacher";

/// What a program is to be asked.
struct Questions {
    /// For each collection a batch for each repeat.
    batches: Vec<Vec<Batch>>,
    kept: Kept,
}

/// What a program answered.
struct AllAnswers {
    /// For each list a run for each repeat.
    runs: Vec<Vec<Run>>,
    /// Answers that are kept from before the program's files changed.
    older: usize,
    /// Different answers.
    answers: usize,
}

/// What asking the teacher's program takes; `None` where the teacher is none. Nothing is asked.
///
/// # Errors
/// Queries or candidates without a text.
pub fn cost(loaded: &Loaded, cache: &Cache, material: &mut Material) -> Result<Option<Estimate>> {
    let Some((teacher, words)) = command(loaded) else { return Ok(None) };
    Ok(Some(Questions::of(loaded, teacher, words, cache, material)?.cost()))
}

/// Asks the teacher's program about every candidate, where the teacher is one, and adds a run for each repeat.
///
/// # Errors
/// More calls than are allowed (before the first one), and those of [`Asker::ask`].
pub fn ask_all(
    loaded: &Loaded,
    surroundings: &Surroundings,
    material: &mut Material,
    progress: &mut dyn Progress,
) -> Result<()> {
    let Some((teacher, words)) = command(loaded) else { return Ok(()) };
    let questions = Questions::of(loaded, teacher, words, &surroundings.cache, material)?;
    let cost = questions.cost();
    if let Some(shares) = surroundings.work.parts().filter(|_| cost.calls > 0) {
        return Err(shares.lack("all answers of the teacher's command"));
    }
    allowed(&cost, teacher).map_err(|e| e.at(loaded.table_place("[teacher]")))?;
    let asked = questions.ask(loaded, teacher, words, progress)?;
    if asked.older > 0 {
        material.not_checked.push(format!(
            "whether the teacher's command would still give {} of its {} answers: they are kept from before its files \
             changed, and another `name` in [teacher] asks anew",
            asked.older, asked.answers
        ));
    }
    for (gathered, repeats) in material.collections.iter_mut().zip(&asked.runs) {
        gather::add(gathered, TEACHER, repeats);
    }
    Ok(())
}

/// What asking the teacher's program about these pairs takes; `None` where the teacher is none. Nothing is asked.
///
/// # Errors
/// A program whose files cannot be read.
pub fn cost_of(loaded: &Loaded, name: &str, pairs: Vec<Pair>, cache: &Cache) -> Result<Option<Estimate>> {
    let Some((teacher, words)) = command(loaded) else { return Ok(None) };
    Ok(Some(Questions::of_pairs(loaded, teacher, words, cache, (name, pairs))?.cost()))
}

/// Asks the teacher's program about these pairs, once.
///
/// # Errors
/// A teacher that is no program, and those of [`ask_all`].
pub fn ask(loaded: &Loaded, name: &str, pairs: Vec<Pair>, cache: &Cache, progress: &mut dyn Progress) -> Result<Run> {
    let Some((teacher, words)) = command(loaded) else { return Err(Error::input("the teacher is no program")) };
    let questions = Questions::of_pairs(loaded, teacher, words, cache, (name, pairs))?;
    allowed(&questions.cost(), teacher).map_err(|e| e.at(loaded.table_place("[teacher]")))?;
    let asked = questions.ask(loaded, teacher, words, progress)?;
    Ok(asked.runs.into_iter().flatten().next().unwrap_or_default())
}

fn command(loaded: &Loaded) -> Option<(&Teacher, &[String])> {
    let teacher = loaded.config.teacher.as_ref()?;
    Some((teacher, teacher.command.as_deref()?))
}

/// Refuses what costs more than was allowed.
fn allowed(cost: &Estimate, teacher: &Teacher) -> Result<()> {
    match teacher.max_calls {
        Some(most) if cost.calls as u64 > most => Err(Error::input(format!(
            "max-calls is {most}, and the teacher's command would be asked more: {}",
            cost.in_words()
        ))
        .help("nothing was asked; raise max-calls in [teacher], or pass --max-calls N")
        .help("or ask less: [gate] queries, [first-stage] depth, repeats in [teacher]")),
        _ => Ok(()),
    }
}

impl Questions {
    /// Every candidate of every collection, once for each repeat.
    fn of(
        loaded: &Loaded,
        teacher: &Teacher,
        words: &[String],
        cache: &Cache,
        material: &mut Material,
    ) -> Result<Questions> {
        let program = program(loaded, words, material)?;
        let identity = Identity { name: teacher.name.clone(), words: words.to_vec(), program };
        let listwise = teacher.gives == Gives::Order;
        let mut batches = Vec::new();
        for gathered in &material.collections {
            let pairs: Arc<[Pair]> = pairs(gathered)?.into();
            let batch = |repeat| Batch::new(&gathered.config.name, Arc::clone(&pairs), listwise, repeat);
            batches.push((1..=teacher.repeats).map(batch).collect());
        }
        Ok(Questions { batches, kept: Kept::of(cache, &identity) })
    }

    /// Pairs of one list, once.
    fn of_pairs(
        loaded: &Loaded,
        teacher: &Teacher,
        words: &[String],
        cache: &Cache,
        (name, pairs): (&str, Vec<Pair>),
    ) -> Result<Questions> {
        let program = program(loaded, words, &mut Material::default())?;
        let identity = Identity { name: teacher.name.clone(), words: words.to_vec(), program };
        let batch = Batch::new(name, pairs.into(), teacher.gives == Gives::Order, 1);
        Ok(Questions { batches: vec![vec![batch]], kept: Kept::of(cache, &identity) })
    }

    /// Asks them.
    fn ask(
        self,
        loaded: &Loaded,
        teacher: &Teacher,
        words: &[String],
        progress: &mut dyn Progress,
    ) -> Result<AllAnswers> {
        progress.notice(&format!("asking the teacher's command: {}", self.cost().in_words()));
        let program = Program {
            words: words.to_vec(),
            folder: loaded.path.parent().map(Path::to_owned).unwrap_or_default(),
            timeout: Duration::from_secs(teacher.timeout),
            rate: teacher.rate,
        };
        let Questions { batches, kept } = self;
        let mut asker = Asker::new(Terms { program, retries: teacher.retries, max_calls: teacher.max_calls }, kept);
        let mut runs = Vec::new();
        for batches in &batches {
            let mut repeats = Vec::new();
            for batch in batches {
                let repeat = if batches.len() > 1 { format!(", repeat {}", batch.repeat) } else { String::new() };
                progress
                    .step(&format!("asking the teacher about {}{repeat}", batch.name), Some(batch.pairs.len() as u64));
                repeats.push(run(batch, &asker.ask(batch, &mut Heard(progress))?));
            }
            runs.push(repeats);
        }
        let keys: BTreeSet<Key> = batches.iter().flatten().flat_map(|batch| &batch.keys).copied().collect();
        Ok(AllAnswers { runs, older: asker.kept.by_another(&keys), answers: keys.len() })
    }

    fn cost(&self) -> Estimate {
        let all: Vec<Batch> = self.batches.iter().flatten().cloned().collect();
        estimate(&all, &self.kept)
    }
}

/// The digest of the program's own files: the words that name files beside the configuration.
fn program(loaded: &Loaded, words: &[String], material: &mut Material) -> Result<Option<Key>> {
    let is_own = |index: usize, word: &str| {
        let path = Path::new(word);
        // A first word without a slash is looked for in the system's folders.
        path.is_relative() && (index > 0 || path.components().count() > 1)
    };
    let named = words.iter().enumerate().filter(|(index, word)| is_own(*index, word));
    let files: Vec<PathBuf> = named.map(|(_, word)| loaded.resolve(word)).filter(|path| path.is_file()).collect();
    let mut key = Key::of("program/1");
    for path in &files {
        note_input(material, path)?;
        key = key.digest(&digest_file(path)?);
    }
    Ok((!files.is_empty()).then(|| key.build()))
}

/// The candidates of a collection with their texts.
fn pairs(gathered: &Gathered) -> Result<Vec<Pair>> {
    let texts = Texts::of(gathered)?;
    let none = Run::default();
    let candidates = gathered.candidates.as_ref().map_or(&none, |list| &list.run);
    Ok(pairs_of(&texts.queries, candidates, &texts.documents))
}

/// Each query with its candidates, query by query, in the order of the candidates. A text is held once.
pub fn pairs_of(
    queries: &BTreeMap<QueryId, String>,
    candidates: &Run,
    documents: &BTreeMap<DocumentId, String>,
) -> Vec<Pair> {
    let documents: BTreeMap<&DocumentId, Arc<str>> =
        documents.iter().map(|(document, text)| (document, Arc::from(text.as_str()))).collect();
    let mut pairs = Vec::new();
    for (query, text) in queries {
        let text: Arc<str> = Arc::from(text.as_str());
        for document in candidates.ranking(query).iter().map(|scored| &scored.document) {
            let Some(of_document) = documents.get(document) else { continue };
            pairs.push(Pair {
                query_id: query.clone(),
                document_id: document.clone(),
                query: Arc::clone(&text),
                text: Arc::clone(of_document),
            });
        }
    }
    pairs
}

/// The answers as a run; a pair without one is missing from it.
fn run(batch: &Batch, scores: &[Option<f64>]) -> Run {
    let mut run = Run::default();
    for (pair, score) in batch.pairs.iter().zip(scores) {
        let Some(score) = *score else { continue };
        let scored = Scored { document: pair.document_id.clone(), score };
        run.queries.entry(pair.query_id.clone()).or_default().push(scored);
    }
    run.queries.values_mut().for_each(|ranking| ranking.sort_by(runs::by_rank));
    run
}

/// Hands on how the asking goes.
struct Heard<'a>(&'a mut dyn Progress);

impl Listener for Heard<'_> {
    fn answered(&mut self, pairs: usize) {
        self.0.done(pairs as u64);
    }

    fn note(&mut self, what: &str) {
        self.0.notice(what);
    }
}
