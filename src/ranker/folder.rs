//! The files of a model: where they are, and what their JSON says.
//!
//! Layouts: a folder as Optimum writes it, as sentence-transformers writes it (with the graph in `onnx/`), or an
//! `.onnx` file with a `tokenizer.json` beside it. The files are other programs', so fields that are not known
//! are ignored. What they mean together is decided in [`super::recipe`].

use crate::cache::read_at_most;
use crate::config::{Pooling, Similarity};
use crate::error::{Error, Place, Result};
use crate::onnx::check_fetched;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A configuration beyond this size is not one.
const MAX_CONFIG: u64 = 16 << 20;

/// The largest tokenizers, of models for a hundred languages, have about 35 MB.
const MAX_TOKENIZER: u64 = 256 << 20;

/// The names under which sentence-transformers has kept its own settings.
pub const SENTENCE_CONFIGS: [&str; 7] = [
    "sentence_bert_config.json",
    "sentence_roberta_config.json",
    "sentence_distilbert_config.json",
    "sentence_camembert_config.json",
    "sentence_albert_config.json",
    "sentence_xlm-roberta_config.json",
    "sentence_xlnet_config.json",
];

/// The files of one model.
#[derive(Clone, Debug)]
pub struct Folder {
    /// The folder that holds the configuration: that of the graph, or the one above it.
    pub root: PathBuf,
    /// The graph.
    pub model: PathBuf,
    /// The tokenizer's bytes.
    pub tokenizer: Vec<u8>,
    /// Where the tokenizer is.
    pub tokenizer_path: PathBuf,
    /// `config.json`: the transformer itself.
    pub config: Config,
    /// `tokenizer_config.json`.
    pub tokenizer_config: TokenizerConfig,
    /// `sentence_bert_config.json` or one of its other names.
    pub sentence: SentenceConfig,
    /// `config_sentence_transformers.json`.
    pub overall: OverallConfig,
    /// The modules after the transformer, if `modules.json` lists them.
    pub modules: Option<Vec<Module>>,
}

/// What is used of `config.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The family, as in `bert`.
    pub model_type: Option<String>,
    /// How many positions the model has been given.
    pub max_position_embeddings: Option<f64>,
    /// The id of the padding token, at which some families start to count positions.
    pub pad_token_id: Option<i64>,
    /// The labels of a classifier.
    pub id2label: Option<BTreeMap<String, Value>>,
}

/// What is used of `tokenizer_config.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TokenizerConfig {
    /// The maximum length; a number such as 1e30 where nobody set one.
    pub model_max_length: Option<f64>,
    /// `left` or `right`.
    pub truncation_side: Option<String>,
}

/// What is used of `sentence_bert_config.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SentenceConfig {
    /// The maximum length.
    pub max_seq_length: Option<f64>,
    /// Whether texts are put into lower case first.
    pub do_lower_case: bool,
}

/// What is used of `config_sentence_transformers.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OverallConfig {
    /// Texts put in front, by name.
    pub prompts: BTreeMap<String, Option<String>>,
    /// The name of the prompt that is used where nothing better is named.
    pub default_prompt_name: Option<String>,
    /// How vectors are compared.
    pub similarity_fn_name: Option<String>,
}

impl OverallConfig {
    /// The similarity that it names; an error text for one that is not supported.
    pub fn similarity(&self) -> Result<Option<Similarity>, String> {
        match self.similarity_fn_name.as_deref() {
            None => Ok(None),
            Some("cosine") => Ok(Some(Similarity::Cosine)),
            Some("dot" | "dot_product") => Ok(Some(Similarity::Dot)),
            Some(other) => Err(format!("similarity \"{other}\" is not supported: cosine and dot are")),
        }
    }
}

/// A module after the transformer.
#[derive(Clone, Debug, PartialEq)]
pub enum Module {
    /// Pools tokens.
    Pooling(PoolingConfig),
    /// Scales vectors to length 1.
    Normalize,
    /// Something else, by its type.
    Other(String),
}

/// What is used of `1_Pooling/config.json`, in its newer and its older spelling.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct PoolingConfig {
    pooling_mode: Option<Value>,
    pooling_mode_cls_token: bool,
    pooling_mode_max_tokens: bool,
    pooling_mode_mean_tokens: bool,
    pooling_mode_mean_sqrt_len_tokens: bool,
    pooling_mode_weightedmean_tokens: bool,
    pooling_mode_lasttoken: bool,
    /// Whether the tokens of the prompt are pooled too.
    pub include_prompt: Option<bool>,
}

impl PoolingConfig {
    /// The pooling that it names; an error text if there are several, or one that is not known.
    pub fn pooling(&self) -> Result<Pooling, String> {
        let older = [
            (self.pooling_mode_cls_token, "cls"),
            (self.pooling_mode_max_tokens, "max"),
            (self.pooling_mode_mean_tokens, "mean"),
            (self.pooling_mode_mean_sqrt_len_tokens, "mean_sqrt_len_tokens"),
            (self.pooling_mode_weightedmean_tokens, "weightedmean"),
            (self.pooling_mode_lasttoken, "lasttoken"),
        ];
        let modes: Vec<&str> = match &self.pooling_mode {
            Some(Value::String(mode)) => vec![mode],
            Some(Value::Array(modes)) => modes.iter().filter_map(Value::as_str).collect(),
            _ => older.iter().filter(|(set, _)| *set).map(|(_, mode)| *mode).collect(),
        };
        match modes.as_slice() {
            // What sentence-transformers does when nothing is set.
            [] | ["mean"] => Ok(Pooling::Mean),
            ["cls"] => Ok(Pooling::Cls),
            ["max"] => Ok(Pooling::Max),
            ["mean_sqrt_len_tokens"] => Ok(Pooling::MeanSqrtLen),
            ["weightedmean"] => Ok(Pooling::WeightedMean),
            ["lasttoken"] => Ok(Pooling::LastToken),
            [other] => Err(format!("pooling \"{other}\" is not known")),
            several => Err(format!("several poolings side by side are not supported: {}", several.join(", "))),
        }
    }
}

/// A line of `modules.json`.
#[derive(Debug, Deserialize)]
struct ModuleLine {
    #[serde(default)]
    path: String,
    r#type: String,
}

impl Folder {
    /// Finds and reads the files of the model that `path` names. Every error is the user's to mend (exit 2).
    pub fn read(path: &Path) -> Result<Folder> {
        let (root, model) = locate(path)?;
        let beside = model.parent().unwrap_or(Path::new("")).to_owned();
        // Optimum keeps everything beside the graph, sentence-transformers one folder above it.
        let find = |name: &str| [&beside, &root].into_iter().map(|f| f.join(name)).find(|file| file.is_file());
        let tokenizer_path = find("tokenizer.json").ok_or_else(|| no_tokenizer(&beside))?;
        let lines: Option<Vec<ModuleLine>> = find("modules.json").map(|file| json(&file)).transpose()?;
        let sentence = SENTENCE_CONFIGS.iter().find_map(|name| find(name));
        Ok(Folder {
            tokenizer: bounded(&tokenizer_path, MAX_TOKENIZER)?,
            tokenizer_path,
            config: optional(find("config.json"))?,
            tokenizer_config: optional(find("tokenizer_config.json"))?,
            sentence: optional(sentence)?,
            overall: optional(find("config_sentence_transformers.json"))?,
            modules: lines.map(|lines| modules(&root, lines)).transpose()?,
            root,
            model,
        })
    }
}

/// The folder that holds the configuration, and the graph.
fn locate(path: &Path) -> Result<(PathBuf, PathBuf)> {
    let metadata = fs::metadata(path).map_err(|e| Error::reading(path, e))?;
    if metadata.is_file() {
        let folder = path.parent().unwrap_or(Path::new(""));
        let nested = folder.file_name().is_some_and(|name| name == "onnx");
        let root = if nested { folder.parent().unwrap_or(folder) } else { folder };
        return Ok((root.to_owned(), path.to_owned()));
    }
    for name in ["model.onnx", "onnx/model.onnx"] {
        let model = path.join(name);
        if model.is_file() {
            return Ok((path.to_owned(), model));
        }
    }
    let error = Error::input("this folder has neither model.onnx nor onnx/model.onnx").at(Place::file(path));
    Err(match other_graphs(path).as_slice() {
        [] => {
            error.help("export the model to it with `optimum-cli export onnx` or sentence-transformers' ONNX backend")
        }
        others => error.help(format!("name the file itself, as in {}", others[0].display())),
    })
}

fn other_graphs(folder: &Path) -> Vec<PathBuf> {
    let inside = [folder.to_owned(), folder.join("onnx")];
    let entries = inside.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let mut graphs: Vec<_> = entries.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "onnx")).collect();
    graphs.sort();
    graphs
}

fn no_tokenizer(folder: &Path) -> Error {
    let vocabulary = folder.join("vocab.txt").is_file() || folder.join("sentencepiece.bpe.model").is_file();
    let why = if vocabulary { "; a vocabulary alone does not say how text is split" } else { "" };
    Error::input(format!("there is no tokenizer.json beside the model{why}"))
        .at(Place::file(folder))
        .help("write one: AutoTokenizer.from_pretrained(NAME).save_pretrained(FOLDER), in Python's transformers")
}

fn modules(root: &Path, lines: Vec<ModuleLine>) -> Result<Vec<Module>> {
    let module = |line: ModuleLine| {
        Ok(match line.r#type.rsplit('.').next().unwrap_or_default() {
            "Pooling" => {
                // The path is relative to the folder that the user gave; one that leaves it names no module.
                let inside = Path::new(&line.path).components().all(|c| matches!(c, std::path::Component::Normal(_)));
                let file = root.join(&line.path).join("config.json");
                Module::Pooling(optional(Some(file).filter(|file| inside && file.is_file()))?)
            }
            "Normalize" => Module::Normalize,
            _ => Module::Other(line.r#type),
        })
    };
    lines.into_iter().filter(|line| !line.r#type.ends_with(".Transformer")).map(module).collect()
}

fn optional<T: DeserializeOwned + Default>(file: Option<PathBuf>) -> Result<T> {
    file.map_or_else(|| Ok(T::default()), |file| json(&file))
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = bounded(path, MAX_CONFIG)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(bytes).map_err(|error| {
        let place = Place::column(path, error.line() as u64, error.column() as u64);
        Error::input(format!("this is not the JSON that belongs here: {error}"))
            .at(place)
            .help("copy the model's folder again from where it was exported")
    })
}

fn bounded(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let Some(bytes) = read_at_most(path, limit)? else {
        return Err(Error::input(format!(
            "this file has more than {} MB, which is too long for what it is",
            limit >> 20
        ))
        .at(Place::file(path))
        .help("check that it is what its name says"));
    };
    check_fetched(path, &bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exit;

    /// A folder with these files.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    #[test]
    fn every_layout_is_understood() {
        let config = r#"{"max_position_embeddings": 7}"#;
        for (files, given, model) in [
            (&["model.onnx", "tokenizer.json", "config.json"][..], "", "model.onnx"),
            (&["onnx/model.onnx", "tokenizer.json", "config.json"], "", "onnx/model.onnx"),
            (&["onnx/model.onnx", "onnx/tokenizer.json", "config.json"], "", "onnx/model.onnx"),
            (
                &["onnx/model_quantized.onnx", "tokenizer.json", "config.json"],
                "onnx/model_quantized.onnx",
                "onnx/model_quantized.onnx",
            ),
            (&["student.onnx", "tokenizer.json", "config.json"], "student.onnx", "student.onnx"),
        ] {
            let files: Vec<_> =
                files.iter().map(|name| (*name, if *name == "config.json" { config } else { "" })).collect();
            let root = folder(&files);
            let found = Folder::read(&root.path().join(given)).unwrap();
            assert_eq!(found.model, root.path().join(model));
            assert_eq!(found.config.max_position_embeddings, Some(7.0), "{files:?}");
        }
    }

    #[test]
    fn what_is_missing_or_broken_is_named() {
        let pooling = r#"[{"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]"#;
        let cases: [(&[(&str, &str)], &str); 7] = [
            (&[], "neither model.onnx nor onnx/model.onnx"),
            (&[("onnx/model_O4.onnx", "")], "model_O4.onnx"),
            (&[("model.onnx", "")], "no tokenizer.json"),
            (&[("model.onnx", ""), ("vocab.txt", "")], "a vocabulary alone"),
            (&[("model.onnx", ""), ("tokenizer.json", "version https://git-lfs.github.com/spec/v1")], "git lfs pull"),
            (&[("model.onnx", ""), ("tokenizer.json", ""), ("config.json", "{\n  oops")], "config.json:2:3"),
            (
                &[
                    ("model.onnx", ""),
                    ("tokenizer.json", ""),
                    ("modules.json", pooling),
                    ("1_Pooling/config.json", "oops"),
                ],
                "1_Pooling/config.json:1:",
            ),
        ];
        for (files, reason) in cases {
            let error = Folder::read(folder(files).path()).unwrap_err();
            assert_eq!(error.exit(), Exit::Unusable);
            assert!(error.to_string().contains(reason), "{error}");
        }
        assert!(Folder::read(Path::new("no/such")).is_err());
    }

    #[test]
    fn both_spellings_of_a_pooling_are_read() {
        for (config, expected) in [
            (r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#, Ok(Pooling::Cls)),
            (r#"{"pooling_mode_lasttoken": true}"#, Ok(Pooling::LastToken)),
            (r#"{"pooling_mode": "weightedmean"}"#, Ok(Pooling::WeightedMean)),
            (r#"{"pooling_mode": ["max"]}"#, Ok(Pooling::Max)),
            ("{}", Ok(Pooling::Mean)),
            (r#"{"pooling_mode": "median"}"#, Err("median")),
            (r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}"#, Err("cls, mean")),
        ] {
            let config: PoolingConfig = serde_json::from_str(config).unwrap();
            match (config.pooling(), expected) {
                (Ok(pooling), expected) => assert_eq!(Ok(pooling), expected),
                (Err(why), Err(expected)) => assert!(why.contains(expected), "{why}"),
                (Err(why), Ok(_)) => panic!("{why}"),
            }
        }
    }
}
