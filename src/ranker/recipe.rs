//! How a model turns texts into a score, decided once from its graph, its folder and the user's overrides.
//!
//! Nothing is run. What the folder does not say is assumed as sentence-transformers assumes it, and noted; what
//! this program would compute differently than the model's makers is refused by name.

use super::folder::{Config, Folder, Module};
use crate::config::{Architecture, ModelOptions, Pooling, Similarity};
use crate::error::{Error, Place, Result};
use crate::onnx::proto::tensor_proto::DataType;
use crate::onnx::{Model, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Used where nothing says how many tokens the model can read.
const DEFAULT_MAX_LENGTH: usize = 512;

/// No text is read beyond this, whatever a configuration says: attention takes memory by its square.
const LARGEST_MAX_LENGTH: usize = 8192;

/// Families that count positions from the one after the padding token's id, and so can read fewer tokens than
/// they have positions.
const SHIFTED: [&str; 7] = ["roberta", "xlm-roberta", "camembert", "mpnet", "xlm-roberta-xl", "longformer", "xmod"];

/// What is read from the graph's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// A vector for each token `[batch, tokens, dimensions]`, which are pooled.
    Tokens,
    /// A vector for each text `[batch, dimensions]`.
    Embedding,
    /// One logit, or two of which the second is for "relevant", for each pair `[batch, 1 or 2]` or `[batch]`.
    Logits,
}

/// Everything that determines a model's scores, apart from its weights and tokenizer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recipe {
    /// Bi-encoder or cross-encoder.
    pub architecture: Architecture,
    /// The graph's output that is read.
    pub output: String,
    /// What that output is.
    pub reading: Reading,
    /// How tokens are pooled; `None` unless [`Reading::Tokens`].
    pub pooling: Option<Pooling>,
    /// Whether vectors are scaled to length 1.
    pub normalise: bool,
    /// How vectors are compared; `None` for a cross-encoder.
    pub similarity: Option<Similarity>,
    /// The most tokens that are read at once, special tokens included.
    pub max_length: usize,
    /// Whether the end of a long text is kept instead of its beginning.
    pub keep_end: bool,
    /// Whether texts are put into lower case first.
    pub lower_case: bool,
    /// Put in front of every query.
    pub query_prefix: String,
    /// Put in front of every document.
    pub document_prefix: String,
    /// The inputs that the graph declares, in its order.
    pub inputs: Vec<Input>,
    /// What was assumed because nothing says it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What is fed into a graph's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Feeding {
    /// The token ids.
    InputIds,
    /// 1 for a token; there is no padding.
    AttentionMask,
    /// 0 for the query and 1 for the document, where the tokenizer says so.
    TokenTypeIds,
    /// 0, 1, 2, ...
    PositionIds,
}

/// An input of the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// What is fed into it.
    pub feeding: Feeding,
    /// Whether its integers have 32 bits rather than 64.
    pub narrow: bool,
}

impl Recipe {
    /// Decides; every error is the user's to mend (exit 2) and names the override that would settle it.
    pub fn decide(model: &Model, folder: &Folder, options: &ModelOptions) -> Result<Recipe> {
        Recipe::decide_anywhere(model, folder, options).map_err(|error| error.at(Place::file(&folder.model)))
    }

    fn decide_anywhere(model: &Model, folder: &Folder, options: &ModelOptions) -> Result<Recipe> {
        let (architecture, reading, port) = tell(&model.outputs(), options)?;
        check_labels(reading, &port, &folder.config)?;
        refuse_idle_overrides(reading, options)?;
        let mut recipe = Recipe {
            architecture,
            output: port.name,
            reading,
            pooling: None,
            normalise: false,
            similarity: None,
            max_length: max_length(model, folder, options)?,
            keep_end: folder.tokenizer_config.truncation_side.as_deref() == Some("left"),
            lower_case: folder.sentence.do_lower_case,
            query_prefix: prefix(folder, &options.query_prefix, &["query"]),
            document_prefix: prefix(folder, &options.document_prefix, &["document", "passage", "corpus"]),
            inputs: inputs(&model.inputs(), &folder.config)?,
            notes: Vec::new(),
        };
        if architecture == Architecture::BiEncoder {
            recipe.decide_vectors(folder, options)?;
        }
        Ok(recipe)
    }

    /// Pooling, normalisation and similarity of a bi-encoder.
    fn decide_vectors(&mut self, folder: &Folder, options: &ModelOptions) -> Result<()> {
        let modules = folder.modules.as_deref().unwrap_or_default();
        if self.reading == Reading::Tokens {
            refuse_unknown_modules(modules)?;
            self.decide_pooling(modules, options)?;
        }
        self.normalise = options.normalise.unwrap_or_else(|| modules.contains(&Module::Normalize));
        let named = || folder.overall.similarity().map_err(|why| Error::input(why).help(SAY_SIMILARITY));
        let similarity = options.similarity.map_or_else(named, |similarity| Ok(Some(similarity)))?;
        // For vectors of length 1 the two are the same, so there is nothing to assume.
        if similarity.is_none() && !self.normalise {
            self.notes.push("the folder names no similarity; cosine is assumed".into());
        }
        self.similarity = Some(similarity.unwrap_or(Similarity::Cosine));
        Ok(())
    }

    fn decide_pooling(&mut self, modules: &[Module], options: &ModelOptions) -> Result<()> {
        let config = modules.iter().find_map(|module| match module {
            Module::Pooling(config) => Some(config),
            _ => None,
        });
        if config.is_some_and(|config| config.include_prompt == Some(false)) && self.has_prefix() {
            return Err(Error::input("this model leaves its prompt out of the pooling, which is not supported")
                .help("set both prefixes to \"\", or export the model with its pooling inside the graph"));
        }
        self.pooling = Some(match (options.pooling, config) {
            (Some(pooling), _) => pooling,
            (None, Some(config)) => config.pooling().map_err(|why| Error::input(why).help(SAY_POOLING))?,
            (None, None) => {
                self.notes.push("the folder does not say how tokens are pooled; mean is assumed".into());
                Pooling::Mean
            }
        });
        Ok(())
    }

    fn has_prefix(&self) -> bool {
        !self.query_prefix.is_empty() || !self.document_prefix.is_empty()
    }
}

const SAY_POOLING: &str = "set pooling to mean, cls, max, mean-sqrt-len, weighted-mean or last-token";
const SAY_SIMILARITY: &str = "set similarity to cosine or dot";
const SAY_ARCHITECTURE: &str = "set architecture to bi-encoder or cross-encoder";

/// What kind of ranker the outputs make, and the output to read.
fn tell(outputs: &[Port], options: &ModelOptions) -> Result<(Architecture, Reading, Port)> {
    let named = |names: &[&str]| outputs.iter().find(|port| names.contains(&port.name.as_str())).cloned();
    let only = || <&[Port; 1]>::try_from(outputs).ok().map(|[port]| port.clone());
    let of_rank = |rank| outputs.iter().find(|port| port.rank() == Some(rank)).cloned();
    let embedding = || named(&["sentence_embedding"]).map(|port| (Reading::Embedding, port));
    let tokens = || named(&["token_embeddings", "last_hidden_state"]).map(|port| (Reading::Tokens, port));
    let logits = || named(&["logits", "scores", "score"]).map(|port| (Reading::Logits, port));
    let chosen = match options.architecture {
        Some(Architecture::BiEncoder) => embedding()
            .or_else(tokens)
            .or_else(|| of_rank(3).map(|port| (Reading::Tokens, port)))
            .or_else(|| of_rank(2).map(|port| (Reading::Embedding, port))),
        Some(Architecture::CrossEncoder) => logits()
            .or_else(|| of_rank(2).map(|port| (Reading::Logits, port)))
            .or_else(|| of_rank(1).map(|port| (Reading::Logits, port))),
        None => embedding().or_else(tokens).or_else(logits).or_else(|| only().and_then(by_shape)),
    };
    let Some((reading, port)) = chosen else {
        let all: Vec<String> = outputs.iter().map(Port::to_string).collect();
        let what = format!(
            "the outputs of this model do not tell whether it is a bi-encoder or a cross-encoder: {}",
            all.join("; ")
        );
        return Err(Error::input(what).help(SAY_ARCHITECTURE));
    };
    check_output(reading, &port)?;
    let architecture = match reading {
        Reading::Logits => Architecture::CrossEncoder,
        Reading::Tokens | Reading::Embedding => Architecture::BiEncoder,
    };
    Ok((architecture, reading, port))
}

/// The reading of an only output that has no telling name.
fn by_shape(port: Port) -> Option<(Reading, Port)> {
    match (port.rank()?, port.last_dimension()) {
        (3, _) => Some((Reading::Tokens, port)),
        (2, Some(1 | 2)) => Some((Reading::Logits, port)),
        _ => None,
    }
}

fn check_output(reading: Reading, port: &Port) -> Result<()> {
    let fits = match (reading, port.rank()) {
        (_, None) => true,
        (Reading::Tokens, Some(rank)) => rank == 3,
        (Reading::Embedding, Some(rank)) => rank == 2,
        (Reading::Logits, Some(rank)) => rank == 1 || rank == 2,
    };
    if !fits {
        let wanted = match reading {
            Reading::Tokens => "[batch, tokens, dimensions]",
            Reading::Embedding => "[batch, dimensions]",
            Reading::Logits => "[batch, 1 or 2]; a language model or a tagger is no ranker",
        };
        return Err(Error::input(format!("the output {port} is not {wanted}")).help(SAY_ARCHITECTURE));
    }
    match port.element {
        None | Some(DataType::Float) => Ok(()),
        Some(_) => {
            Err(Error::input(format!("the output {port} is not of 32-bit floats")).help("export the model in fp32"))
        }
    }
}

/// A cross-encoder has one logit or two.
fn check_labels(reading: Reading, port: &Port, config: &Config) -> Result<()> {
    let labels = port.last_dimension().filter(|_| port.rank() == Some(2));
    let labels = labels.or_else(|| config.id2label.as_ref().and_then(|labels| i64::try_from(labels.len()).ok()));
    match (reading, labels) {
        (Reading::Logits, Some(labels)) if labels != 1 && labels != 2 => {
            Err(Error::input(format!("this is a classifier with {labels} classes; a cross-encoder has one or two"))
                .help("give the model that was trained to rank"))
        }
        _ => Ok(()),
    }
}

/// An override that would change nothing is a misunderstanding, and is told.
fn refuse_idle_overrides(reading: Reading, options: &ModelOptions) -> Result<()> {
    let vectors = options.pooling.is_some() || options.normalise.is_some() || options.similarity.is_some();
    match reading {
        Reading::Logits if vectors => {
            Err(Error::input("pooling, normalise and similarity are of no use to a cross-encoder, which this model is")
                .help("leave them out, or set architecture to bi-encoder"))
        }
        Reading::Embedding if options.pooling.is_some() => {
            Err(Error::input("pooling is of no use to this model, whose graph pools its tokens itself")
                .help("leave it out"))
        }
        _ => Ok(()),
    }
}

fn refuse_unknown_modules(modules: &[Module]) -> Result<()> {
    match modules.iter().find_map(|module| if let Module::Other(name) = module { Some(name) } else { None }) {
        None => Ok(()),
        Some(name) => Err(Error::input(format!("modules.json asks for {name}, which is not in the graph"))
            .help("export the model so that the graph has an output \"sentence_embedding\"")),
    }
}

/// The inputs, each with what is fed into it.
fn inputs(ports: &[Port], config: &Config) -> Result<Vec<Input>> {
    let shifted = config.model_type.as_deref().is_some_and(|family| SHIFTED.contains(&family));
    let input = |port: &Port| {
        let feeding = match port.name.as_str() {
            "input_ids" => Feeding::InputIds,
            "attention_mask" => Feeding::AttentionMask,
            "token_type_ids" => Feeding::TokenTypeIds,
            "position_ids" if !shifted => Feeding::PositionIds,
            _ => {
                return Err(Error::input(format!("the model wants an input that a ranker does not have: {port}"))
                    .help("export it with input_ids, attention_mask and, if it has them, token_type_ids"));
            }
        };
        match port.element {
            Some(DataType::Int64) => Ok(Input { name: port.name.clone(), feeding, narrow: false }),
            Some(DataType::Int32) => Ok(Input { name: port.name.clone(), feeding, narrow: true }),
            _ => Err(Error::input(format!("the input {port} is not of 32-bit or 64-bit integers"))
                .help("export the model again, without a quantised input")),
        }
    };
    let inputs = ports.iter().map(input).collect::<Result<Vec<_>>>()?;
    if !inputs.iter().any(|input| input.feeding == Feeding::InputIds) {
        let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
        return Err(Error::input(format!("the model has no input \"input_ids\"; it has {}", names.join(", ")))
            .help("give a model that reads text"));
    }
    Ok(inputs)
}

/// The override, else sentence-transformers' setting, else the tokenizer's, else the model's; never more than
/// the model has positions for.
fn max_length(model: &Model, folder: &Folder, options: &ModelOptions) -> Result<usize> {
    let sane =
        |length: Option<f64>| length.filter(|length| *length >= 1.0 && *length < 1e9).map(|length| length as usize);
    let positions =
        sane(folder.config.max_position_embeddings).or_else(|| table_of_positions(model)).map(|positions| {
            let shifted = folder.config.model_type.as_deref().is_some_and(|family| SHIFTED.contains(&family));
            let unused = if shifted { folder.config.pad_token_id.unwrap_or(1).max(0) as usize + 1 } else { 0 };
            positions.saturating_sub(unused).max(1)
        });
    if let (Some(wanted), Some(positions)) = (options.max_length, positions)
        && wanted > positions
    {
        return Err(Error::input(format!(
            "max-length {wanted} is more than the {positions} tokens that this model can read"
        ))
        .help(format!("set max-length to {positions} or less")));
    }
    let length = options
        .max_length
        .or_else(|| sane(folder.sentence.max_seq_length))
        .or_else(|| sane(folder.tokenizer_config.model_max_length))
        .or(positions)
        .unwrap_or(DEFAULT_MAX_LENGTH);
    Ok(length.min(positions.unwrap_or(LARGEST_MAX_LENGTH)).min(LARGEST_MAX_LENGTH))
}

/// How many positions the model has a vector for, told from the weights: exporters keep the name of that table.
fn table_of_positions(model: &Model) -> Option<usize> {
    let is_table = |name: &str| name.ends_with("position_embeddings.weight");
    let table = model.graph().initializer.iter().find(|weight| is_table(weight.name()) && weight.dims.len() == 2)?;
    usize::try_from(table.dims[0]).ok().filter(|positions| *positions > 0)
}

/// The override, else the first of these prompts that the folder has, else its default prompt.
fn prefix(folder: &Folder, given: &Option<String>, names: &[&str]) -> String {
    let prompt = |name: &str| folder.overall.prompts.get(name).cloned().flatten();
    let default = || folder.overall.default_prompt_name.as_deref().and_then(prompt);
    let prompt = names.iter().find_map(|name| prompt(name)).or_else(default);
    given.clone().or(prompt).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::Dimension;

    fn port(name: &str, shape: &[i64]) -> Port {
        // Here -1 stands for a size that is known at run time only.
        let size = |size: &i64| if *size < 0 { Dimension::Free(String::new()) } else { Dimension::Fixed(*size) };
        Port { name: name.into(), element: Some(DataType::Float), shape: Some(shape.iter().map(size).collect()) }
    }

    #[test]
    fn the_outputs_tell_what_kind_of_ranker_it_is() {
        use Reading::{Embedding, Logits, Tokens};
        let tokens = || port("last_hidden_state", &[-1, -1, 32]);
        for (outputs, expected) in [
            (vec![tokens()], (Tokens, "last_hidden_state")),
            (vec![tokens(), port("pooler_output", &[-1, 32])], (Tokens, "last_hidden_state")),
            (
                vec![port("token_embeddings", &[-1, -1, 32]), port("sentence_embedding", &[-1, 32])],
                (Embedding, "sentence_embedding"),
            ),
            (vec![port("logits", &[-1, 1])], (Logits, "logits")),
            (vec![port("logits", &[-1, 2])], (Logits, "logits")),
            (vec![port("logits", &[-1, -1])], (Logits, "logits")),
            (vec![port("logits", &[-1])], (Logits, "logits")),
            (vec![port("1234", &[-1, -1, 32])], (Tokens, "1234")),
            (vec![port("output", &[-1, 1])], (Logits, "output")),
        ] {
            let (architecture, reading, port) = tell(&outputs, &ModelOptions::default()).unwrap();
            assert_eq!((reading, port.name.as_str()), expected);
            assert_eq!(architecture == Architecture::CrossEncoder, reading == Logits);
        }
    }

    #[test]
    fn outputs_that_do_not_tell_are_refused_and_an_override_helps() {
        let outputs = [port("output", &[-1, 32])];
        let error = tell(&outputs, &ModelOptions::default()).unwrap_err().to_string();
        assert!(error.contains("output float[?, 32]") && error.contains("set architecture"), "{error}");
        let bi_encoder = ModelOptions { architecture: Some(Architecture::BiEncoder), ..ModelOptions::default() };
        assert_eq!(tell(&outputs, &bi_encoder).unwrap().1, Reading::Embedding);
    }

    #[test]
    fn what_is_no_ranker_is_refused() {
        let half = Port { element: Some(DataType::Float16), ..port("logits", &[-1, 1]) };
        for (output, reason) in [
            (port("logits", &[-1, -1, 30000]), "a language model or a tagger"),
            (port("sentence_embedding", &[-1]), "is not [batch, dimensions]"),
            (half, "export the model in fp32"),
        ] {
            let error = tell(&[output], &ModelOptions::default()).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        let labels = |shape: &[i64], config: &str| {
            check_labels(Reading::Logits, &port("logits", shape), &serde_json::from_str(config).unwrap())
        };
        assert!(labels(&[-1, 3], "{}").unwrap_err().to_string().contains("3 classes"));
        assert!(labels(&[-1, -1], r#"{"id2label": {"0": "a", "1": "b", "2": "c"}}"#).is_err());
        assert!(labels(&[-1, 2], r#"{"id2label": {"0": "a", "1": "b", "2": "c"}}"#).is_ok(), "the graph knows better");
    }

    #[test]
    fn inputs_are_fed_what_their_names_say() {
        let integer = |name: &str, element| Port { element: Some(element), ..port(name, &[-1, -1]) };
        let ids = || integer("input_ids", DataType::Int64);
        let config = |text: &str| serde_json::from_str::<Config>(text).unwrap();
        let made = inputs(&[ids(), integer("position_ids", DataType::Int32)], &config("{}")).unwrap();
        assert_eq!((made[1].feeding, made[1].narrow), (Feeding::PositionIds, true));
        for (ports, family, reason) in [
            (vec![ids(), integer("pixel_values", DataType::Int64)], "{}", "pixel_values"),
            (vec![ids(), integer("position_ids", DataType::Int64)], r#"{"model_type": "xlm-roberta"}"#, "position_ids"),
            (vec![ids(), integer("attention_mask", DataType::Float)], "{}", "32-bit or 64-bit integers"),
            (vec![integer("attention_mask", DataType::Int64)], "{}", "no input \"input_ids\""),
        ] {
            let error = inputs(&ports, &config(family)).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
