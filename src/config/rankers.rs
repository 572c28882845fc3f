//! `[teacher]`, `[student]` and `[[reference]]`: the rankers that are compared.

use super::{Files, ModelOptions};
use crate::collection::Date;
use crate::runs::Format;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The big ranker that the student learns from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Teacher {
    /// Its name, as reports show it.
    pub name: String,
    /// The day up to which it may have read the web. A collection published later is clean.
    pub training_cutoff: Option<Date>,
    /// What it is said to be trained on, as its vendor declares it. Shown on its provenance card.
    pub training_data: Vec<String>,
    /// The terms that its scores may be used under, for training above all. Shown on its provenance card.
    pub terms: Option<String>,
    /// What its numbers mean: `scores`, `order` (only the ranks are its own) or `grades`.
    pub gives: Gives,
    /// Its scores of the candidates: a run, a score file or labels. A list of files is repeats.
    pub scores: Option<Files>,
    /// The form of `scores`, where four columns leave it open.
    pub format: Option<Format>,
    /// The teacher as an ONNX model, scored here.
    pub model: Option<String>,
    /// How the model is read, where its folder does not say.
    pub options: ModelOptions,
}

/// What a teacher's numbers mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gives {
    /// Scores: differences mean something.
    #[default]
    Scores,
    /// Only the order is the teacher's, as with listwise prompts.
    Order,
    /// A few grades, with many ties.
    Grades,
}

/// The small ranker, before and after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Student {
    /// The student as it was.
    pub before: Option<Arm>,
    /// The student that ships.
    pub after: Option<Arm>,
}

/// A student: a model that is scored here, or its finished runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Arm {
    /// An ONNX model: a folder with `model.onnx` and `tokenizer.json`, or the `.onnx` file.
    pub model: Option<String>,
    /// Its finished runs. A list of files is seeds.
    pub runs: Option<Files>,
    /// The form of `runs`, where four columns leave it open.
    pub format: Option<Format>,
    /// The name of the teacher that it was distilled from, where it was. A student before that comes from the teacher
    /// of this audit knows what that one knows: its gain is then smaller than the leak.
    pub distilled_from: Option<String>,
    /// How the model is read, where its folder does not say.
    pub options: ModelOptions,
}

/// An innocent teacher. Best: the teacher's class, with known training data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Reference {
    /// Its name, as reports show it.
    pub name: String,
    /// Its own scores of the candidates. A list of files is repeats.
    pub scores: Option<Files>,
    /// The reference as an ONNX model, scored here.
    pub model: Option<String>,
    /// A built-in reference: `bm25` (the first stage's scores) or `labels` (training judgements).
    pub kind: Option<ReferenceKind>,
    /// Runs of a student that the same recipe distilled from it: the arm `reference.NAME`. A list is seeds. Without
    /// them, and with `[distill]`, that student is trained here.
    pub runs: Option<Files>,
    /// Its scores of the pairs that `[distill] scores` names, for training a student on them: needed beside `scores`;
    /// a `model` scores these pairs here where they are not given.
    pub training_scores: Option<String>,
    /// The form of `scores`, `runs` and `training-scores`, where four columns leave it open.
    pub format: Option<Format>,
    /// How the model is read, where its folder does not say.
    pub options: ModelOptions,
}

/// A built-in reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceKind {
    /// The first stage's scores.
    Bm25,
    /// Training judgements (`[distill] qrels`): the student learns from people's labels, and nobody's scores. Training
    /// queries without a relevant document among those that the teacher scored are left out for it.
    Labels,
}
