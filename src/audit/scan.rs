//! Searches what was read, and what is trained on, for texts of the collections.
//!
//! What was found is kept in the cache under the digests of all that determines it, but for a scan that could not read
//! everything: the next one may.

use super::material::Material;
use super::search::{Examples, Search};
use super::{Progress, Surroundings, queries};
use crate::cache::{Cache, Digest, Key, digest_file};
use crate::collection::Role;
use crate::config::{Loaded, Scan, Texts};
use crate::error::{Error, Result};
use crate::facts::ScanFacts;
use crate::fingerprint::scan::{Fingerprints, FingerprintsBuilder, Input, Match, Seen, Settings, Unread, inputs, see};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The kind of cache entry that holds what a scan found.
const FOUND: &str = "scans";

/// Searches `[scan]`, and the files of `[distill]` where something is `trained`. A clean collection of which the
/// former hold evidence becomes suspect. Where shares have searched, what they found is taken.
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
    let tables = tables(loaded, trained);
    let found = match surroundings.work.parts() {
        Some(shares) => {
            let sought = sought(loaded, material)?;
            tables.iter().map(|table| shares.search(table.name, &sought)).collect::<Result<Vec<_>>>()?
        }
        None => {
            let all = |sizes: &[u64]| (0..sizes.len()).collect();
            search(loaded, &tables, &all, surroundings, material, progress)?
        }
    };
    for search in &found {
        material.inputs.extend(search.read().map(|(file, digest)| (file.to_owned(), digest.to_owned())));
    }
    let mut facts = ScanFacts::default();
    for (table, found) in tables.into_iter().zip(found) {
        let searched = Some(found.searched(table.paths));
        match table.name {
            SCAN => facts.read = searched,
            _ => facts.training = searched,
        }
    }
    suspect(&facts, material);
    Ok(facts)
}

/// The table of what was read elsewhere.
const SCAN: &str = "[scan]";

/// A table of the configuration whose files are searched.
pub struct Table {
    /// `[scan]` or `[distill]`.
    name: &'static str,
    /// Its paths, as it names them.
    paths: Vec<String>,
}

/// The tables whose files are searched: `[scan]`, and `[distill]` where something is `trained`.
pub fn tables(loaded: &Loaded, trained: bool) -> Vec<Table> {
    let scan = loaded.config.scan.iter().map(|scan| Table { name: SCAN, paths: scan.paths.clone() });
    let distill = loaded.config.distill.iter().filter(|_| trained);
    let distill = distill.map(|d| Table { name: "[distill]", paths: vec![d.queries.clone(), d.corpus.clone()] });
    scan.chain(distill).filter(|table| !table.paths.is_empty()).collect()
}

/// Searches those files of each table whose numbers `own` says, given the sizes of all.
///
/// # Errors
/// As [`all`].
pub fn search(
    loaded: &Loaded,
    tables: &[Table],
    own: &dyn Fn(&[u64]) -> Vec<usize>,
    surroundings: &Surroundings,
    material: &Material,
    progress: &mut dyn Progress,
) -> Result<Vec<Search>> {
    let listed = tables.iter().map(|table| read_paths(loaded, table)).collect::<Result<Vec<_>>>()?;
    let config = loaded.config.scan.clone().unwrap_or_default();
    let shows_no_texts = loaded.config.report.texts == Texts::None;
    let sought = sought(loaded, material)?;
    let mut desk = Desk { config, shows_no_texts, sought, surroundings, fingerprints: None, material };
    tables.iter().zip(listed).map(|(table, paths)| desk.search(table.name, &paths, own, progress)).collect()
}

/// The files and folders that a table's paths mean; those of `[scan]` may be patterns.
fn read_paths(loaded: &Loaded, table: &Table) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for path in &table.paths {
        let resolved = loaded.resolve(path);
        let found = match table.name == SCAN && path.contains(['*', '?', '[']) && !resolved.exists() {
            false => vec![resolved],
            true => expand(loaded, path).map_err(|e| e.context(format!("[scan] path {path}")))?,
        };
        if table.name == SCAN && (found.is_empty() || found.iter().any(|path| !path.exists())) {
            return Err(Error::input(format!("[scan] path {path} leads to no file"))
                .help("check the path, which is relative to the configuration; what is not there cannot be searched"));
        }
        all.extend(found);
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
    shows_no_texts: bool,
    sought: Digest,
    surroundings: &'a Surroundings,
    fingerprints: Option<Fingerprints>,
    material: &'a Material,
}

impl Desk<'_> {
    /// Searches some of the files, unless the cache knows what is in them.
    fn search(
        &mut self,
        table: &str,
        paths: &[PathBuf],
        own: &dyn Fn(&[u64]) -> Vec<usize>,
        progress: &mut dyn Progress,
    ) -> Result<Search> {
        progress.step(&format!("searching {table} for texts of the collections"), None);
        let (files, unlisted) = inputs(paths);
        let sizes: Vec<u64> = files.iter().map(|file| file.size.unwrap_or(0)).collect();
        let names = files.iter().map(|file| file.path.display().to_string()).collect();
        let mut search = Search::new(table, self.sought, names, own(&sizes));
        search.unlisted = unlisted;
        let (mut opened, mut numbers) = (Vec::new(), Vec::new());
        for number in &search.own {
            let file = &files[*number];
            match self.digest(&file.path) {
                Ok(digest) => {
                    search.digests.push((*number, digest));
                    opened.push(file.clone());
                    numbers.push(*number);
                }
                Err(why) => search.unopened.push((*number, Unread::new(&file.path, why.to_string()))),
            }
        }
        let key = search.key();
        let cache = &self.surroundings.cache;
        let (seen, examples) = match cached(cache, &key) {
            // Another share has some.
            _ if search.own.is_empty() && !search.files.is_empty() => Found::default(),
            Some(kept) => kept,
            None => {
                let found = self.scan(&opened, progress)?;
                if found.0.unread.is_empty() && search.unlisted.is_empty() && search.unopened.is_empty() {
                    let bytes = serde_json::to_vec(&found).expect("plain data with text for keys");
                    self.surroundings.cache.put(FOUND, &key, &bytes)?;
                }
                found
            }
        };
        search.seen = seen.renumbered(&numbers);
        let numbered = |(place, found): (usize, Match)| Some((*numbers.get(place)?, found));
        search.examples = examples.into_iter().filter_map(numbered).collect();
        if self.shows_no_texts {
            search.examples.iter_mut().for_each(|(_, found)| found.excerpt.clear());
        }
        Ok(search)
    }

    fn scan(&mut self, inputs: &[Input], progress: &mut dyn Progress) -> Result<Found> {
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
        let places: BTreeMap<String, usize> =
            inputs.iter().enumerate().map(|(place, input)| (input.path.display().to_string(), place)).collect();
        let mut examples = Examples::default();
        let listener = progress.listener(inputs.iter().map(|input| input.size).sum());
        let seen = see(inputs, fingerprints, settings, listener.as_ref(), |found: &Match| {
            examples.add(places.get(&found.file).copied().unwrap_or(0), found);
            Ok(())
        })?;
        Ok((seen, examples.kept))
    }

    /// The digest of a file, which may be known already.
    fn digest(&self, path: &Path) -> Result<String> {
        match self.material.inputs.get(&path.display().to_string()) {
            Some(digest) => Ok(digest.clone()),
            None => digest_file(path).map(|digest| digest.to_string()),
        }
    }
}

/// The digest of what is looked for, and how.
fn sought(loaded: &Loaded, material: &Material) -> Result<Digest> {
    let mut key = Key::of("sought/1").number(material.collections.len() as u64);
    for gathered in &material.collections {
        key = key.text(&gathered.config.name).text(&gathered.config.rel.to_string());
        for file in gathered.collection.location.files() {
            key = key.digest(&digest_file(file)?);
        }
    }
    let config = loaded.config.scan.clone().unwrap_or_default();
    let settings = [config.query_similarity, config.document_similarity];
    Ok(settings.into_iter().fold(key, |key, value| key.number(value.to_bits())).build().digest())
}

/// What a scan found, as it is kept: examples with the places of their files among those that were scanned.
type Found = (Seen, Vec<(usize, Match)>);

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
