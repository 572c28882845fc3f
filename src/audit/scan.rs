//! Searches what was read, and what is trained on, for texts of the collections.
//!
//! What was found is kept in the cache under the digests of all that determines it, but for a scan that could not read
//! everything: the next one may.

use super::gather::note_input;
use super::material::Material;
use super::{Progress, Surroundings, queries};
use crate::cache::{Cache, Key, digest_bytes, digest_file};
use crate::collection::Role;
use crate::config::{Loaded, Scan, Texts};
use crate::error::{Error, Result};
use crate::facts::{ScanFacts, Searched};
use crate::fingerprint::scan::{Fingerprints, FingerprintsBuilder, Input, Kind, Match, Settings, Unread, inputs, scan};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The kind of cache entry that holds what a scan found.
const FOUND: &str = "scans";

/// Examples that are kept of each collection and kind.
const EXAMPLES: usize = 10;

/// Searches `[scan]`, and the files of `[distill]` where something is `trained`. A clean collection of which the
/// former hold evidence becomes suspect.
///
/// # Errors
/// A path that leads nowhere; a corpus that cannot be read; a cache that cannot be written.
pub fn all(
    loaded: &Loaded,
    trained: bool,
    surroundings: &Surroundings,
    material: &mut Material,
    progress: &mut dyn Progress,
) -> Result<ScanFacts> {
    let config = loaded.config.scan.clone().unwrap_or_default();
    let read = read_paths(loaded, &config)?;
    let training: Vec<(String, Vec<PathBuf>)> = match loaded.config.distill.as_ref().filter(|_| trained) {
        None => Vec::new(),
        Some(distill) => [&distill.queries, &distill.corpus].map(|p| (p.clone(), vec![loaded.resolve(p)])).to_vec(),
    };
    let mut desk = Desk { config, surroundings, fingerprints: None, material };
    let mut facts = ScanFacts {
        read: desk.search("[scan]", read, progress)?,
        training: desk.search("[distill]", training, progress)?,
    };
    if loaded.config.report.texts == Texts::None {
        let all = facts.read.iter_mut().chain(&mut facts.training).flat_map(|searched| &mut searched.examples);
        all.for_each(|found| found.excerpt.clear());
    }
    suspect(&facts, material);
    Ok(facts)
}

/// The files and folders that each path of `[scan]` means.
fn read_paths(loaded: &Loaded, config: &Scan) -> Result<Vec<(String, Vec<PathBuf>)>> {
    let mut all = Vec::new();
    for path in &config.paths {
        let resolved = loaded.resolve(path);
        let found = match path.contains(['*', '?', '[']) && !resolved.exists() {
            false => vec![resolved],
            true => expand(loaded, path).map_err(|e| e.context(format!("[scan] path {path}")))?,
        };
        if found.is_empty() || found.iter().any(|path| !path.exists()) {
            return Err(Error::input(format!("[scan] path {path} leads to no file"))
                .help("check the path, which is relative to the configuration; what is not there cannot be searched"));
        }
        all.push((path.clone(), found));
    }
    Ok(all)
}

/// The paths that a pattern means, sorted. The folder that it starts from is taken as it is.
fn expand(loaded: &Loaded, path: &str) -> Result<Vec<PathBuf>> {
    let base = glob::Pattern::escape(&loaded.resolve("").to_string_lossy());
    let pattern = if Path::new(path).is_absolute() { PathBuf::from(path) } else { Path::new(&base).join(path) };
    let wrong = |why: String| Error::input(format!("this pattern cannot be used: {why}"));
    let paths = glob::glob(&pattern.to_string_lossy()).map_err(|error| wrong(error.to_string()))?;
    paths.map(|path| path.map_err(|error| wrong(error.to_string()))).collect()
}

/// What a search needs; fingerprints are made when the first is not in the cache.
struct Desk<'a> {
    config: Scan,
    surroundings: &'a Surroundings,
    fingerprints: Option<Fingerprints>,
    material: &'a mut Material,
}

impl Desk<'_> {
    /// Searches some files, unless the cache knows what is in them.
    fn search(
        &mut self,
        what: &str,
        paths: Vec<(String, Vec<PathBuf>)>,
        progress: &mut dyn Progress,
    ) -> Result<Option<Searched>> {
        if paths.is_empty() {
            return Ok(None);
        }
        progress.step(&format!("searching {what} for texts of the collections"), None);
        let (names, files): (Vec<String>, Vec<Vec<PathBuf>>) = paths.into_iter().unzip();
        let (mut inputs, mut unread) = inputs(&files.concat());
        inputs.retain(|input| match note_input(self.material, &input.path) {
            Ok(()) => true,
            Err(why) => {
                unread.push(Unread { file: input.path.display().to_string(), why: why.to_string() });
                false
            }
        });
        let key = self.key(&inputs)?;
        let cache = &self.surroundings.cache;
        let kept = cached(cache, &key).filter(|_| unread.is_empty());
        let (scanned, examples) = match kept {
            Some(kept) => kept,
            None => {
                let found = self.scan(&inputs, unread, progress)?;
                if found.0.unread.is_empty() {
                    let bytes = serde_json::to_vec(&found).expect("plain data with text for keys");
                    self.surroundings.cache.put(FOUND, &key, &bytes)?;
                }
                found
            }
        };
        Ok(Some(Searched { paths: names, scanned, examples }))
    }

    fn scan(&mut self, inputs: &[Input], unread: Vec<Unread>, progress: &mut dyn Progress) -> Result<Found> {
        if self.fingerprints.is_none() {
            let mut builder = FingerprintsBuilder::default();
            for gathered in &self.material.collections {
                builder.add(&gathered.collection, gathered.config.rel);
            }
            self.fingerprints = Some(builder.build()?);
        }
        let Some(fingerprints) = &self.fingerprints else { return Ok(Found::default()) };
        let settings = Settings {
            query_similarity: self.config.query_similarity as f32,
            document_similarity: self.config.document_similarity as f32,
            threads: self.surroundings.threads,
        };
        let (mut examples, mut kept) = (Vec::new(), BTreeMap::<(String, Kind), usize>::new());
        let listener = progress.listener(inputs.iter().map(|input| input.size).sum());
        let mut scanned = scan(inputs, fingerprints, settings, listener.as_ref(), |found: &Match| {
            let of_kind = kept.entry((found.collection.clone(), found.kind)).or_default();
            *of_kind += 1;
            if *of_kind <= EXAMPLES {
                examples.push(found.clone());
            }
            Ok(())
        })?;
        scanned.unread.splice(0..0, unread);
        Ok((scanned, examples))
    }

    /// Everything that determines what is found.
    fn key(&self, inputs: &[Input]) -> Result<Key> {
        let mut key = Key::of("scan/3").number(self.material.collections.len() as u64);
        for gathered in &self.material.collections {
            key = key.text(&gathered.config.name).text(&gathered.config.rel.to_string());
            for file in gathered.collection.location.files() {
                key = key.digest(&digest_file(file)?);
            }
        }
        for input in inputs {
            let name = input.path.display().to_string();
            let digest = self.material.inputs.get(&name).cloned().unwrap_or_default();
            key = key.text(&name).digest(&digest_bytes(digest.as_bytes()));
        }
        let settings = [self.config.query_similarity, self.config.document_similarity];
        Ok(settings.into_iter().fold(key, |key, value| key.number(value.to_bits())).build())
    }
}

/// What a scan found, as it is kept.
type Found = (crate::fingerprint::scan::Scanned, Vec<Match>);

fn cached(cache: &Cache, key: &Key) -> Option<Found> {
    serde_json::from_slice(&cache.get(FOUND, key)?).ok()
}

/// Whoever read a collection is not innocent of it, whatever dates and declarations say.
fn suspect(facts: &ScanFacts, material: &mut Material) {
    for tally in facts.evidence() {
        let found = material.collections.iter_mut().find(|gathered| gathered.config.name == tally.collection);
        if let Some(gathered) = found.filter(|gathered| gathered.role == Role::Clean) {
            gathered.role = Role::Suspect;
            gathered.was_read = true;
            gathered.role_reason = format!(
                "what was read ([scan]) holds {} of its queries word for word and {} of its judgements; otherwise: {}",
                tally.evident_queries, tally.evident_judgements, gathered.role_reason
            );
        }
    }
    queries::count_in_suspects(material);
}
