//! The work of one share: what is computed, and what is written down of it.

use super::part::{Answers, Entry, Part, Terms};
use super::{Share, Work, relative};
use crate::audit::fingerprints::open_lock;
use crate::audit::material::Material;
use crate::audit::request::Request;
use crate::audit::{NamedStudent, Progress, Surroundings};
use crate::audit::{canary, command, gather, lessons, queries, same_teacher, scan, score, students};
use crate::cache::Cache;
use crate::config::Loaded;
use crate::error::Result;

/// The kinds of cache entries that parts carry.
pub(super) const CARRIED: [&str; 2] = [crate::audit::pairs::SCORES, lessons::BM25_SCORES];

/// The kind of cache entry that holds the answers of a teacher's program.
pub(super) const ANSWERS: &str = crate::command::ANSWERS;

/// What a share computed.
#[derive(Debug)]
pub struct Done {
    /// For whoever merges.
    pub part: Part,
    /// The students that it trained, in the cache.
    pub students: Vec<NamedStudent>,
}

/// Does a share's work. What the cache has is not computed again.
///
/// # Errors
/// As the audit's own, as far as it gets.
pub fn work(
    loaded: &Loaded,
    share: Share,
    terms: Terms,
    surroundings: &Surroundings,
    progress: &mut dyn Progress,
) -> Result<Done> {
    let surroundings =
        &Surroundings { cache: surroundings.cache.recording(), work: Work::Share, ..surroundings.clone() };
    let mut part = Part::new(share, terms);
    let request = Request::of(loaded)?;
    let mut material = gather::open_all(loaded, &request, progress)?;
    // Whatever is wrong with a lock or a key is said by a share too, and not only when all are there.
    open_lock(loaded)?;
    canary::look(loaded, &mut material)?;
    let training = lessons::read(loaded, &request, &mut material, progress)?;
    search(&mut part, loaded, training.is_some(), surroundings, &mut material, progress)?;
    let mut models = score::check(loaded, &request, &mut material)?;
    gather::first_stages(loaded, &request, &mut material, progress)?;
    same_teacher::refuse_sources(loaded, &models)?;
    same_teacher::refuse_scores(loaded, &request, &material)?;
    // Whoever asks a program pays for its answers, so one share asks.
    if share.number == 1 {
        command::ask_all(loaded, surroundings, &mut material, progress)?;
    }
    let given = share.items(models.len());
    models = models.drain(given).collect();
    part.did.extend(models.iter().map(|model| format!("scored {}", model.called)));
    let mut folders = Vec::new();
    if let Some(training) = training {
        let own = share.items(students::count(loaded, &request));
        let lessons = lessons::all(loaded, &request, training, &own, surroundings, &mut material, progress)?;
        let trained = students::train(loaded, &request, lessons, &own, surroundings, progress)?;
        part.did.extend(trained.models.iter().map(|model| format!("trained and scored {}", model.called)));
        models.extend(trained.models);
        part.students = trained.cards;
        folders = trained.folders;
    }
    score::score(models, surroundings, &mut material, progress)?;
    part.onnx_runtime = material.onnx_runtime;
    part.inputs = relative(loaded, &material.inputs);
    carry(&mut part, &surroundings.cache);
    Ok(Done { part, students: folders })
}

/// Searches the share's own files, and all where that decides which queries are measured.
fn search(
    part: &mut Part,
    loaded: &Loaded,
    trained: bool,
    surroundings: &Surroundings,
    material: &mut Material,
    progress: &mut dyn Progress,
) -> Result<()> {
    let (share, tables) = (part.share, scan::tables(loaded, trained));
    let own = |sizes: &[u64]| share.files(sizes);
    part.searches = scan::search(loaded, &tables, &own, surroundings, material, progress)?;
    for search in part.searches.iter().filter(|search| !search.own.is_empty()) {
        part.did.push(format!("searched {} of {} files of {}", search.own.len(), search.files.len(), search.table));
    }
    if loaded.config.scan.is_some() && queries::may_move(material) {
        // Which queries are measured hangs on what all files hold.
        scan::all(loaded, trained, surroundings, material, progress)?;
        part.did.push("searched all files of [scan], for collections share queries".to_owned());
    }
    Ok(())
}

/// Puts into a part what was got from the cache or put into it.
fn carry(part: &mut Part, cache: &Cache) {
    for kind in CARRIED {
        for key in cache.used(kind) {
            // What somebody removed meanwhile is missed when parts are merged, by name.
            let content = cache.get(kind, &key).and_then(|bytes| String::from_utf8(bytes).ok());
            part.entries.extend(content.map(|content| Entry { kind: kind.to_owned(), key: key.digest(), content }));
        }
    }
    for key in cache.used(ANSWERS) {
        part.answers.push(Answers { key: key.digest(), lines: cache.log(ANSWERS, &key).lines() });
    }
}
