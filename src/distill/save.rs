//! A trained student on the disk: the folder that it came from, with new weights.
//!
//! The graph is the exporter's own, byte for byte but for the weights, so that whatever loaded the student before
//! loads it again: ONNX Runtime, Optimum, sentence-transformers.

use super::history::History;
use super::place::temporary_folder;
use super::trainer::Trainer;
use crate::cache::{Cache, Key, digest_bytes, digest_file, write_atomically};
use crate::error::{Error, Place, Result};
use crate::onnx::proto::{ModelProto, TensorProto};
use crate::ranker::{Prepared, SENTENCE_CONFIGS};
use prost::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// How the training went, beside the student.
pub const RECORD: &str = "distilled.json";

/// Small files that belong to a model, beside its [`SENTENCE_CONFIGS`]; nothing else of its folder is copied.
const COMPANIONS: [&str; 13] = [
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "config.json",
    "ort_config.json",
    "modules.json",
    "config_sentence_transformers.json",
    "README.md",
    "LICENSE",
];

/// Folders of sentence-transformers' modules are small too; anything longer is no configuration.
const MAX_COMPANION: u64 = 256 << 20;

/// What is written beside the student.
#[derive(Serialize, Deserialize)]
struct Record {
    /// The graph's file, relative to the folder.
    model: PathBuf,
    /// Its SHA-256: a file that was cut short is trained again.
    sha256: String,
    history: History,
    /// Whom it learnt from. It changes no weight, so it is no part of the key, and is written outside the cache alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    teacher: Option<String>,
}

/// A record beyond this was not written here.
const MAX_RECORD: u64 = 64 << 20;

/// Writes into a student's record whom it learnt from, so that whoever starts from it later is told. The folder must
/// be a copy: the record is replaced, never changed in place.
///
/// # Errors
/// A record that cannot be read or written.
pub fn name_teacher(folder: &Path, teacher: &str) -> Result<()> {
    let path = folder.join(RECORD);
    let bytes = fs::read(&path).map_err(|e| Error::reading(&path, e))?;
    let mut record: Record = serde_json::from_slice(&bytes).map_err(|e| not_a_record(&path, &e))?;
    record.teacher = Some(teacher.to_owned());
    write_atomically(&path, &serde_json::to_vec_pretty(&record).expect("a record is plain data"))
}

/// The record beside a model that was trained here, and whom it learnt from, where that is written in it; `None` where
/// there is no record. A model may be named by its folder or its file, which may lie one folder below the record.
///
/// # Errors
/// A record that cannot be read.
pub fn recorded_teacher(model: &Path) -> Result<Option<(PathBuf, Option<String>)>> {
    /// What matters here of a record, whatever version wrote it.
    #[derive(Deserialize)]
    struct Origin {
        #[serde(default)]
        teacher: Option<String>,
    }
    let folders = if model.is_dir() { 0..1 } else { 1..3 };
    let folders = model.ancestors().skip(folders.start).take(folders.len());
    let Some(path) = folders.map(|folder| folder.join(RECORD)).find(|path| path.is_file()) else {
        return Ok(None);
    };
    if fs::metadata(&path).is_ok_and(|m| m.len() > MAX_RECORD) {
        return Err(Error::input(format!("{} is too large for a record of a training", path.display())));
    }
    let bytes = fs::read(&path).map_err(|e| Error::reading(&path, e))?;
    let origin: Origin = serde_json::from_slice(&bytes).map_err(|e| not_a_record(&path, &e))?;
    Ok(Some((path, origin.teacher)))
}

fn not_a_record(path: &Path, error: &serde_json::Error) -> Error {
    Error::input(format!("{} is no record of a training: {error}", path.display())).at(Place::file(path))
}

/// Where the student with this key is, or will be.
pub fn folder(cache: &Cache, key: &Key) -> PathBuf {
    cache.folder().join("students").join(key.to_string())
}

/// How the training of a finished student went; `None` if it is not there, or not whole.
pub fn read(folder: &Path) -> Option<History> {
    let record: Record = serde_json::from_slice(&fs::read(folder.join(RECORD)).ok()?).ok()?;
    let inside = record.model.components().all(|part| matches!(part, Component::Normal(_)));
    let whole = inside && digest_file(&folder.join(&record.model)).ok()?.to_string() == record.sha256;
    whole.then_some(record.history)
}

/// Writes the student to a folder: beside it first, then renamed, so that it is there whole or not at all.
///
/// # Errors
/// A full disk, a folder that may not be written to (exit 4).
pub fn save(prepared: &Prepared, trainer: &Trainer, history: &History, folder: &Path) -> Result<()> {
    let mut model = prepared.model.proto.clone();
    put_weights(&mut model, trainer)?;
    let bytes = model.encode_to_vec();
    // A file may be called anything; in a folder it is found by this name.
    let relative =
        prepared.model.path.strip_prefix(&prepared.root).unwrap_or(Path::new("")).with_file_name("model.onnx");
    let record = Record {
        model: relative.clone(),
        sha256: digest_bytes(&bytes).to_string(),
        history: history.clone(),
        teacher: None,
    };
    let write = || -> io::Result<()> {
        let parent = folder.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(parent)?;
        let beside = temporary_folder(parent)?;
        copy_companions(&prepared.root, &relative, beside.path())?;
        put(&beside.path().join(&relative), &bytes)?;
        let record = serde_json::to_vec_pretty(&record).map_err(io::Error::other)?;
        put(&beside.path().join(RECORD), &record)?;
        put_in_place(beside.path(), folder)
    };
    write().map_err(|e| {
        let error = Error::writing(folder, e).context("saving the student").at(Place::file(folder));
        error.help("or choose another cache: --cache-dir FOLDER")
    })
}

/// Moves a folder that is whole to its place. Somebody else may have trained the same in the meantime: the same bytes,
/// so either will do, and theirs is not touched, for it may be in use. What is there and not whole makes way.
fn put_in_place(whole: &Path, folder: &Path) -> io::Result<()> {
    let moved = fs::rename(whole, folder);
    if moved.is_ok() || read(folder).is_some() {
        return Ok(());
    }
    if !folder.exists() {
        return moved;
    }
    let aside = temporary_folder(folder.parent().unwrap_or(Path::new("")))?;
    let _ = fs::rename(folder, aside.path().join("damaged"));
    fs::rename(whole, folder).or_else(|e| if read(folder).is_some() { Ok(()) } else { Err(e) })
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = fs::File::create(path)?;
    io::Write::write_all(&mut &file, bytes)?;
    file.sync_all()
}

/// Copies what belongs to the model: files of known names, beside the graph and above it, and modules' settings.
fn copy_companions(root: &Path, model: &Path, to: &Path) -> io::Result<()> {
    let beside = model.parent().unwrap_or(Path::new("")).to_owned();
    let mut files: Vec<PathBuf> = COMPANIONS.iter().chain(&SENTENCE_CONFIGS).map(PathBuf::from).collect();
    files.extend(files.clone().iter().map(|name| beside.join(name)));
    files.extend(module_settings(root));
    files.sort();
    files.dedup();
    for file in files {
        let from = root.join(&file);
        if fs::metadata(&from).is_ok_and(|m| m.is_file() && m.len() <= MAX_COMPANION) {
            put(&to.join(&file), &fs::read(&from)?)?;
        }
    }
    Ok(())
}

/// The settings of the modules that `modules.json` lists, where they lie inside the folder: `1_Pooling/config.json`.
fn module_settings(root: &Path) -> Vec<PathBuf> {
    let listed = fs::read(root.join("modules.json")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let listed: Vec<serde_json::Value> = listed.unwrap_or_default();
    let paths = listed.iter().filter_map(|module| module["path"].as_str()).map(PathBuf::from);
    let inside = |path: &PathBuf| path.components().all(|part| matches!(part, Component::Normal(_)));
    paths.filter(inside).map(|path| path.join("config.json")).collect()
}

/// Puts the trained weights into the model, where they were: initializers, or constants.
///
/// # Errors
/// A weight that has no place there: a student must not be saved as it was.
fn put_weights(model: &mut ModelProto, trainer: &Trainer) -> Result<()> {
    let trained = trainer.graph.weights.iter().filter(|weight| weight.trained);
    let mut trained: BTreeMap<&str, &[f32]> =
        trained.map(|weight| (weight.name.as_str(), &trainer.values[weight.range()])).collect();
    let Some(graph) = &mut model.graph else { return Ok(()) };
    for tensor in &mut graph.initializer {
        if let Some(values) = trained.remove(tensor.name()) {
            put_values(tensor, values)?;
        }
    }
    for node in graph.node.iter_mut().filter(|node| node.op_type() == "Constant") {
        let tensor = node.attribute.iter_mut().find_map(|attribute| attribute.t.as_mut());
        if let (Some(output), Some(tensor)) = (node.output.first(), tensor)
            && let Some(values) = trained.remove(output.as_str())
        {
            put_values(tensor, values)?;
        }
    }
    match trained.keys().next() {
        None => Ok(()),
        Some(name) => Err(Error::input(format!(
            "{} trained weights have no place in the model's file, \"{name}\" for one",
            trained.len()
        ))
        .help("export the model again with its weights as initializers, as every exporter does")),
    }
}

fn put_values(tensor: &mut TensorProto, values: &[f32]) -> Result<()> {
    if tensor.dims.iter().product::<i64>() != values.len() as i64 {
        return Err(Error::input(format!("the weight \"{}\" has another shape in the model's file", tensor.name())));
    }
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    tensor.float_data.clear();
    tensor.raw_data = Some(bytes.into());
    Ok(())
}
