//! What a user may say about an ONNX model that its folder does not say, or says wrongly.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a model reads a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// Query and document each become a vector; the score is the similarity of the two.
    BiEncoder,
    /// Query and document are read together; the model gives the score.
    CrossEncoder,
}

/// How a bi-encoder's vectors of tokens become one vector of a text. Named as sentence-transformers does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// The first one.
    Cls,
    /// The largest value in each dimension.
    Max,
    /// Their sum, divided by the square root of their number.
    MeanSqrtLen,
    /// Their mean, weighted by position: 1, 2, 3, ...
    WeightedMean,
    /// The last one.
    LastToken,
}

/// How two vectors are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Similarity {
    /// The cosine of the angle between them.
    Cosine,
    /// Their dot product.
    Dot,
}

/// How an ONNX model is read. What is left out is told from its graph and the files beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ModelOptions {
    /// `bi-encoder` or `cross-encoder`.
    pub architecture: Option<Architecture>,
    /// How a bi-encoder's vectors of tokens become one: `mean`, `cls`, `max`, `mean-sqrt-len`, `weighted-mean`, `last-token`.
    pub pooling: Option<Pooling>,
    /// Whether a bi-encoder's vectors are scaled to length 1.
    pub normalise: Option<bool>,
    /// How a bi-encoder's vectors are compared: `cosine` or `dot`.
    pub similarity: Option<Similarity>,
    /// The most tokens of a text (bi-encoder) or pair (cross-encoder) that are read, special tokens included; longer
    /// ones are cut, counted and reported.
    pub max_length: Option<usize>,
    /// Put in front of every query, as in `"query: "`.
    pub query_prefix: Option<String>,
    /// Put in front of every document.
    pub document_prefix: Option<String>,
}
