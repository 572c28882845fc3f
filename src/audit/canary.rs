//! Canaries: the key held to its commitment, and the teacher's scores of them counted.

use super::gather::note_input;
use super::material::Material;
use crate::canary::{hold, read_key, read_lock, tally};
use crate::config::Loaded;
use crate::error::Result;
use crate::facts::CanaryFacts;
use crate::runs;
use crate::stats::successes_needed;
use std::path::{Path, PathBuf};

/// What `[canary]` says, where there is one.
///
/// # Errors
/// Files that cannot be read; a key that does not match its commitment; canaries without a score.
pub fn look(loaded: &Loaded, material: &mut Material) -> Result<Option<CanaryFacts>> {
    let Some(config) = &loaded.config.canary else { return Ok(None) };
    let (key_path, lock_path) = (loaded.resolve(&config.key), loaded.resolve(&config.lock));
    let published = config.published.as_ref().map(|path| loaded.resolve(path));
    let (key, lock) = (read_key(&key_path)?, read_lock(&lock_path)?);
    hold(&key, &key_path, &lock, &lock_path, published.as_deref())?;
    let paths: Vec<PathBuf> = config.scores.0.iter().map(|path| loaded.resolve(path)).collect();
    for path in paths.iter().chain([&lock_path, &key_path]) {
        note_input(material, path)?;
    }
    let read = |path: &PathBuf| runs::read(path).map_err(|e| e.context("[canary] scores"));
    let runs = paths.iter().map(read).collect::<Result<Vec<_>>>()?;
    let named: Vec<(runs::Run, &Path)> = runs.into_iter().zip(paths.iter().map(PathBuf::as_path)).collect();
    let found = tally(&key, &named)?;
    Ok(Some(CanaryFacts {
        pairs: found.pairs,
        labelled: found.labelled,
        other: found.other,
        ties: found.ties,
        p: found.p,
        needed: successes_needed((found.labelled + found.other) as u64, loaded.config.gate.alpha),
        repeats: named.len(),
        published_checked: published.is_some(),
        config_line: loaded.table_place("[canary]").line,
    }))
}
