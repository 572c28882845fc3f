//! Reads the collections and the files of every arm, and decides which queries count.

use super::candidates::{self, CandidateList};
use super::material::{Gathered, Material, Scores};
use super::request::{BM25, Request, Source};
use super::{Progress, queries};
use crate::cache::digest_file;
use crate::collection::{Collection, Location, Provenance};
use crate::config::{Bm25, CollectionConfig, Loaded, word};
use crate::error::{Error, Result};
use crate::runs::{self, Run, Scored};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is said where queries are too many and too much alike to be compared with each other.
const ALIKE_QUERIES: &str = "whether more queries of the collections are nearly the same: so many are so much alike that \
    only some were compared; those that are the same word for word count once";

/// Opens the collections and decides which of their queries count. No corpus, run or model is read.
pub fn open_all(loaded: &Loaded, request: &Request, progress: &mut dyn Progress) -> Result<Material> {
    let mut material = Material { not_checked: request.not_checked.clone(), ..Material::default() };
    for config in &loaded.config.collection {
        progress.step(&format!("reading {}", config.name), None);
        let gathered = open(loaded, config, &mut material)?;
        material.collections.push(gathered);
    }
    let (shared, all_compared) = queries::count_once(&mut material.collections);
    material.shared_queries = shared;
    if !all_compared {
        material.not_checked.push(ALIKE_QUERIES.to_owned());
    }
    if request.scores_models {
        queries::sample(&mut material, loaded.config.gate.queries);
    }
    Ok(material)
}

/// Reads every run that is given as a file, and builds the candidate lists where models will be scored.
pub fn first_stages(
    loaded: &Loaded,
    request: &Request,
    material: &mut Material,
    progress: &mut dyn Progress,
) -> Result<()> {
    let mut collections = std::mem::take(&mut material.collections);
    for gathered in &mut collections {
        progress.step(&format!("first stage of {}", gathered.config.name), None);
        first_stage(loaded, request, gathered, material)?;
    }
    covers_something(&collections, request)?;
    material.collections = collections;
    Ok(())
}

/// An arm whose files exist for no collection at all is a wrong path, not a gap.
fn covers_something(collections: &[Gathered], request: &Request) -> Result<()> {
    for scorer in request.scorers.iter().filter(|scorer| matches!(scorer.source, Source::Files(..))) {
        let missing: Vec<&String> = collections.iter().filter_map(|c| c.missing.get(&scorer.name)).collect();
        if missing.len() == collections.len() {
            let first = missing.first().map(|why| why.as_str()).unwrap_or_default();
            return Err(Error::input(format!("{} has no file for any collection: {first}", scorer.name)).help(
                "check the path; it is relative to the configuration, and {collection} becomes a collection's name",
            ));
        }
    }
    Ok(())
}

fn open(loaded: &Loaded, config: &CollectionConfig, material: &mut Material) -> Result<Gathered> {
    let name = &config.name;
    let in_context = |e: Error| e.context(format!("collection {name}"));
    let location = location(loaded, config).map_err(in_context)?;
    let collection = Collection::open(name, &location).map_err(in_context)?;
    // The corpus is noted where it is read: finished runs alone need none.
    for path in [&location.qrels, &location.queries].into_iter().flatten() {
        note_input(material, path)?;
    }
    let provenance = Provenance { published: config.published, role: config.role, because: config.because.clone() };
    let cutoff = loaded.config.teacher.as_ref().and_then(|teacher| teacher.training_cutoff);
    let (role, role_reason) = provenance.role(cutoff);
    let measured = queries::usable(&collection.qrels, config.rel);
    Ok(Gathered {
        config: config.clone(),
        role,
        role_reason,
        was_read: false,
        usable_queries: measured.len(),
        measured,
        collection,
        candidates: None,
        scores: BTreeMap::new(),
        missing: BTreeMap::new(),
    })
}

/// Where a collection's files are: its single files, completed from its folder.
pub fn location(loaded: &Loaded, config: &CollectionConfig) -> Result<Location> {
    let file = |path: &Option<String>| path.as_ref().map(|path| loaded.resolve(path));
    let given = Location { corpus: file(&config.corpus), queries: file(&config.queries), qrels: file(&config.qrels) };
    match &config.path {
        Some(path) => given.completed_from(&loaded.resolve(path), config.split.as_deref()),
        None => Ok(given),
    }
}

/// Reads the runs, and BM25's scores where they are needed.
fn first_stage(loaded: &Loaded, request: &Request, gathered: &mut Gathered, material: &mut Material) -> Result<()> {
    let depth = loaded.config.first_stage.depth;
    let given = candidates::given_run(loaded, gathered)?;
    if let Some((path, _)) = &given {
        note_input(material, path)?;
    }
    let index = match given {
        None if request.scores_models || (request.needs_bm25 && gathered.collection.location.corpus.is_some()) => {
            if let Some(corpus) = &gathered.collection.location.corpus {
                note_input(material, corpus)?;
            }
            gathered.collection.survey()?;
            Some(candidates::index(loaded, gathered)?)
        }
        _ => None,
    };
    if request.scores_models {
        gathered.candidates = Some(match (&given, &index) {
            (Some((path, run)), _) => candidates::cut(run, gathered, path.display().to_string(), depth),
            (None, Some(index)) => {
                let texts = measured_texts(gathered)?;
                candidates::cut(
                    &index.run(&texts, depth),
                    gathered,
                    bm25_in_words(&loaded.config.first_stage.bm25),
                    depth,
                )
            }
            (None, None) => {
                return Err(Error::input("there is no first stage").help("add corpus, or [first-stage] run"));
            }
        });
    }
    read_files(loaded, request, gathered, material)?;
    let bm25 = match (&gathered.candidates, given, index) {
        (Some(CandidateList { run, .. }), _, _) => Some(run.clone()),
        (None, Some((_, run)), _) => Some(run),
        // BM25 scores what others scored: where nobody did, it has nothing to be incomplete in.
        (None, None, Some(_)) if gathered.scores.is_empty() => {
            gathered.missing.insert(BM25.to_owned(), "no other scorer covers it".to_owned());
            return Ok(());
        }
        (None, None, Some(index)) => Some(score_what_others_scored(gathered, &index)?),
        (None, None, None) => None,
    };
    match bm25 {
        Some(run) => add(gathered, BM25, &[run]),
        None if request.needs_bm25 => {
            let why = "there is neither a corpus to index nor a [first-stage] run";
            gathered.missing.insert(BM25.to_owned(), why.to_owned());
        }
        None => {}
    }
    Ok(())
}

/// `BM25 (k1 0.9, b 0.4, english, auto stemming)`.
fn bm25_in_words(bm25: &Bm25) -> String {
    format!("BM25 (k1 {}, b {}, {}, {} stemming)", bm25.k1, bm25.b, word(bm25.language), word(bm25.stemming))
}

/// BM25's scores of every document that some arm ranks.
fn score_what_others_scored(gathered: &Gathered, index: &crate::retrieve::Index) -> Result<Run> {
    let texts = measured_texts(gathered)?;
    let mut queries = BTreeMap::new();
    for (query, text) in &texts {
        let runs = gathered.scores.values().flatten();
        let ranked: BTreeSet<_> = runs.flat_map(|s| s.run.ranking(query)).map(|s| s.document.clone()).collect();
        let documents: Vec<_> = ranked.into_iter().collect();
        let scores = index.scores(text, &documents);
        let known =
            documents.into_iter().zip(scores).filter_map(|(document, score)| Some(Scored { document, score: score? }));
        let mut ranking: Vec<Scored> = known.collect();
        ranking.sort_by(runs::by_rank);
        queries.insert(query.clone(), ranking);
    }
    Ok(Run { queries })
}

/// The texts of the measured queries.
///
/// # Errors
/// A measured query without a text: nothing can be ranked for it.
pub fn measured_texts(gathered: &Gathered) -> Result<BTreeMap<crate::collection::QueryId, String>> {
    let texts = &gathered.collection.queries;
    let missing: Vec<_> = gathered.measured.iter().filter(|query| !texts.contains_key(*query)).collect();
    if let Some(first) = missing.first() {
        return Err(Error::input(format!(
            "collection {}: {} judged queries have no text, {first} for one",
            gathered.config.name,
            missing.len()
        ))
        .help("add the queries, in `queries.jsonl` or the file that `queries` names"));
    }
    Ok(gathered.measured.iter().map(|query| (query.clone(), texts[query].clone())).collect())
}

/// Reads the files of every arm that is given as files.
fn read_files(loaded: &Loaded, request: &Request, gathered: &mut Gathered, material: &mut Material) -> Result<()> {
    for scorer in &request.scorers {
        let Source::Files(files, format) = &scorer.source else { continue };
        let paths: Vec<_> = files.of(&gathered.config.name).iter().map(|path| loaded.resolve(path)).collect();
        let found = paths.iter().filter(|path| path.exists()).count();
        if found == 0 && files.is_pattern() {
            // A path with {collection} in it that leads nowhere: this arm does not cover the collection.
            gathered.missing.insert(scorer.name.clone(), format!("no file {}", paths[0].display()));
            continue;
        }
        let mut seeds = Vec::new();
        for path in &paths {
            let context = |e: Error| e.context(format!("{} on {}", scorer.name, gathered.config.name));
            seeds.push(runs::read_counted(path, *format).map_err(context)?);
            note_input(material, path)?;
        }
        let (seeds, repeated): (Vec<Run>, Vec<u64>) = seeds.into_iter().map(|r| (r.run, r.repeated)).unzip();
        add(gathered, &scorer.name, &seeds);
        for (scores, repeated) in gathered.scores.get_mut(&scorer.name).into_iter().flatten().zip(repeated) {
            scores.repeated_rows = repeated;
        }
    }
    Ok(())
}

/// Adds the runs of a scorer, restricted to the candidates where there are some.
pub fn add(gathered: &mut Gathered, scorer: &str, seeds: &[Run]) {
    let scores = seeds.iter().map(|run| {
        let (run, coverage) = match &gathered.candidates {
            Some(list) => candidates::restrict(run, gathered, &list.run),
            None => candidates::as_given(run, gathered),
        };
        Scores { run, coverage, ..Scores::default() }
    });
    let scores: Vec<Scores> = scores.collect();
    gathered.scores.insert(scorer.to_owned(), scores);
}

/// Notes the digest of a file that was read.
pub fn note_input(material: &mut Material, path: &Path) -> Result<()> {
    let name = path.display().to_string();
    if let std::collections::btree_map::Entry::Vacant(entry) = material.inputs.entry(name) {
        entry.insert(digest_file(path)?.to_string());
    }
    Ok(())
}
