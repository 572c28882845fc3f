//! Twins beside their suspect collections: the same documents, fresh queries, and queries of one kind.

use super::blind::{Look, Profile, WITH_WORD, balance, blind, profiles};
use super::material::{Gathered, Material};
use super::request::BM25;
use super::{Progress, candidates, gather};
use crate::cache::digest_file;
use crate::collection::{Collection, DocumentId, QueryId, Role};
use crate::config::{Loaded, Texts};
use crate::error::{Error, Result};
use crate::facts::{Blind, SharedCorpus, TwinPairFacts};
use crate::runs::Run;
use crate::text::normalise;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// The blind classifier looks at so many queries of each at most: its time grows with their square.
const MOST_QUERIES: usize = 200;

/// The seed of the sample of queries.
const SAMPLE_SEED: u64 = 1;

/// Every suspect collection of the configuration beside each of its twins.
///
/// # Errors
/// A corpus that cannot be read.
pub fn pairs(loaded: &Loaded, material: &Material, progress: &mut dyn Progress) -> Result<Vec<TwinPairFacts>> {
    let mut pairs = Vec::new();
    for twin in &material.collections {
        let of = twin.config.twin_of.as_deref();
        let suspect = material.collections.iter().find(|suspect| Some(suspect.config.name.as_str()) == of);
        // A twin of a clean collection, or one that is suspect itself, compares nothing.
        let Some(suspect) = suspect.filter(|suspect| suspect.role == Role::Suspect && twin.role == Role::Clean) else {
            continue;
        };
        progress.step(&format!("comparing the queries of {} and {}", suspect.config.name, twin.config.name), None);
        pairs.push(pair(loaded, material, suspect, twin)?);
    }
    Ok(pairs)
}

fn pair(loaded: &Loaded, material: &Material, suspect: &Gathered, twin: &Gathered) -> Result<TwinPairFacts> {
    let runs = bm25(loaded, suspect, twin)?;
    let of_suspect = look(loaded, suspect, runs.as_ref().map(|(run, _)| run));
    let of_twin = look(loaded, twin, runs.as_ref().map(|(_, run)| run));
    let (suspect_name, twin_name) = (&suspect.config.name, &twin.config.name);
    let shared = material.shared_queries.iter().filter(|shared| {
        shared.counted_in == *suspect_name && shared.left_out.iter().any(|left| left.collection == *twin_name)
    });
    Ok(TwinPairFacts {
        suspect: suspect_name.clone(),
        twin: twin_name.clone(),
        queries: (of_suspect.len(), of_twin.len()),
        corpus: shared_corpus(suspect, twin)?,
        shared_queries: shared.count(),
        blind: blind(&of_suspect, &of_twin, loaded.config.gate.alpha).map(|blind| without_words(loaded, blind)),
        balance: balance(&of_suspect, &of_twin),
    })
}

/// What the measured queries of a collection are like: a seeded sample where there are many.
fn look(loaded: &Loaded, gathered: &Gathered, bm25: Option<&Run>) -> Vec<Profile> {
    let hash = |query: &QueryId| xxh3_64_with_seed(query.as_str().as_bytes(), SAMPLE_SEED);
    let mut queries: Vec<&QueryId> = gathered.measured.iter().collect();
    if queries.len() > MOST_QUERIES {
        queries.sort_by_key(|query| (hash(query), *query));
        queries.truncate(MOST_QUERIES);
        queries.sort();
    }
    let (rel, measure) = (gathered.config.rel, &loaded.config.gate.measure);
    profiles(Look { collection: &gathered.collection, rel, bm25, measure }, queries)
}

/// A report without texts names no word of a query either.
fn without_words(loaded: &Loaded, mut blind: Blind) -> Blind {
    if loaded.config.report.texts == Texts::None {
        blind.tells.retain(|tell| !tell.what.starts_with(WITH_WORD));
    }
    blind
}

/// BM25's rankings of the measured queries of both: those that are there already, or new ones where there are corpora.
fn bm25(loaded: &Loaded, suspect: &Gathered, twin: &Gathered) -> Result<Option<(Run, Run)>> {
    let there = |gathered: &Gathered| gathered.run(BM25, 0).cloned();
    if let Some(runs) = there(suspect).zip(there(twin)) {
        return Ok(Some(runs));
    }
    let can = |g: &Gathered| {
        g.collection.has_corpus() && g.measured.iter().all(|query| g.collection.queries.contains_key(query))
    };
    if !can(suspect) || !can(twin) {
        return Ok(None);
    }
    let depth = loaded.config.first_stage.depth;
    let index = candidates::index(loaded, suspect)?;
    let of_suspect = index.run(&gather::measured_texts(suspect)?, depth);
    // A corpus that both share is indexed once.
    let place = |gathered: &Gathered| gathered.collection.location.corpus.as_ref().and_then(|p| p.canonicalize().ok());
    let index = if place(suspect) == place(twin) { index } else { candidates::index(loaded, twin)? };
    Ok(Some((of_suspect, index.run(&gather::measured_texts(twin)?, depth))))
}

/// Whether both are over the same documents: one file, or all that is judged in either is in both, by content.
fn shared_corpus(suspect: &Gathered, twin: &Gathered) -> Result<SharedCorpus> {
    let of = |gathered: &Gathered| gathered.collection.location.corpus.clone();
    let (Some(of_suspect), Some(of_twin)) = (of(suspect), of(twin)) else { return Ok(SharedCorpus::NotCompared) };
    if same_file(&of_suspect, &of_twin)? {
        return Ok(SharedCorpus::Same);
    }
    let (suspect, twin) = (contents(&suspect.collection)?, contents(&twin.collection)?);
    let missing = |of: &Contents, from: &Contents| {
        of.judged.iter().filter(|digest| from.all.binary_search(digest).is_err()).count()
    };
    Ok(match (missing(&suspect, &twin), missing(&twin, &suspect)) {
        (0, 0) => SharedCorpus::Same,
        (missing_from_twin, missing_from_suspect) => SharedCorpus::Differs { missing_from_twin, missing_from_suspect },
    })
}

fn same_file(a: &Path, b: &Path) -> Result<bool> {
    let place = |path: &Path| path.canonicalize().map_err(|e| Error::reading(path, e));
    Ok(place(a)? == place(b)? || digest_file(a)? == digest_file(b)?)
}

/// Digests of the documents of a corpus, by their texts.
struct Contents {
    /// Of all, sorted.
    all: Vec<u64>,
    /// Of those that are judged.
    judged: BTreeSet<u64>,
}

fn contents(collection: &Collection) -> Result<Contents> {
    let ids: BTreeSet<&DocumentId> = collection.qrels.queries.values().flat_map(BTreeMap::keys).collect();
    let (mut all, mut judged) = (Vec::new(), BTreeSet::new());
    for document in collection.documents()? {
        let document = document?;
        let digest = xxh3_64(normalise(&document.joined()).as_bytes());
        all.push(digest);
        if ids.contains(&document.id) {
            judged.insert(digest);
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(Contents { all, judged })
}
