//! `[teacher]`, `[student]` and `[[reference]]`: the rankers that are compared.

use super::{Files, ModelOptions};
use crate::collection::Date;
use crate::error::{Error, Result};
use crate::runs::Format;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The big ranker that the student learns from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// The teacher as a program, for an API: it reads pairs as lines of JSON and writes their scores
    /// (docs/teacher-command.md).
    pub command: Option<Vec<String>>,
    /// Seconds in which the command may neither take a pair nor answer one, before it is killed.
    pub timeout: u64,
    /// How often the command is started again for pairs without an answer.
    pub retries: u64,
    /// Pairs that the command is given in a second, at most.
    pub rate: Option<f64>,
    /// Pairs that the command is given in all, at most. More are refused before the first one; `check --max-calls`
    /// stands before it.
    pub max_calls: Option<u64>,
    /// How often the command scores each pair. A noisy teacher is asked several times, and its spread is part of every
    /// interval.
    pub repeats: u64,
    /// What it wrote about each query, where it gives texts: rationales, or listwise answers. Queries with a text, in any
    /// form in which queries are read.
    pub answers: Option<Files>,
    /// Its scores of reworded queries, as `probe export` names them: `q1~typo`.
    pub reworded: Option<Files>,
    /// How the model is read, where its folder does not say.
    pub options: ModelOptions,
}

/// Repeats beyond this are a mistake: the spread of a teacher is known long before.
const MAX_REPEATS: u64 = 100;

/// A day: nothing is waited for any longer.
const MAX_TIMEOUT: u64 = 86_400;

impl Default for Teacher {
    fn default() -> Teacher {
        Teacher {
            name: String::new(),
            training_cutoff: None,
            training_data: Vec::new(),
            terms: None,
            gives: Gives::default(),
            scores: None,
            format: None,
            model: None,
            command: None,
            timeout: 300,
            retries: 2,
            rate: None,
            max_calls: None,
            repeats: 1,
            answers: None,
            reworded: None,
            options: ModelOptions::default(),
        }
    }
}

impl Teacher {
    /// What types do not say of a command.
    pub(super) fn validate(&self) -> Result<()> {
        let Some(command) = &self.command else { return self.needs_no_command() };
        if command.first().is_none_or(|program| program.trim().is_empty()) {
            return Err(Error::input("teacher.command names no program")
                .help("name the program and its arguments, as in command = [\"python3\", \"ask.py\"]"));
        }
        if self.rate.is_some_and(|rate| !(rate.is_finite() && rate > 0.0)) {
            return Err(Error::input(format!(
                "teacher.rate is {}, and must be above 0",
                self.rate.unwrap_or_default()
            ))
            .help("give pairs in a second, as in 0.5 or 20; without it there is no limit"));
        }
        if self.rate.is_some_and(|rate| 1.0 / rate >= self.timeout as f64) {
            return Err(Error::input(format!(
                "teacher.rate gives a pair every {:.0} seconds, and teacher.timeout waits for {}",
                1.0 / self.rate.unwrap_or(1.0),
                self.timeout
            ))
            .help("raise `timeout` well above the time between two pairs"));
        }
        for (key, value, most) in [
            ("timeout", self.timeout, MAX_TIMEOUT),
            ("repeats", self.repeats, MAX_REPEATS),
            ("retries", self.retries.saturating_add(1), 101),
        ] {
            if value == 0 || value > most {
                let (value, least, most) = if key == "retries" { (value - 1, 0, most - 1) } else { (value, 1, most) };
                return Err(Error::input(format!("teacher.{key} is {value}, and must lie between {least} and {most}"))
                    .help("leave it out for the default, which `distilgate explain keys` lists"));
            }
        }
        Ok(())
    }

    /// A key that is for a command does nothing without one.
    fn needs_no_command(&self) -> Result<()> {
        let usual = Teacher::default();
        let given = [
            ("timeout", self.timeout != usual.timeout),
            ("retries", self.retries != usual.retries),
            ("rate", self.rate.is_some()),
            ("max-calls", self.max_calls.is_some()),
            ("repeats", self.repeats != usual.repeats),
        ];
        match given.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((key, _)) => Err(Error::input(format!("teacher.{key} is for a `command`, and there is none"))
                .help("leave it out, or add `command`; repeats of a finished teacher are several files in `scores`")),
        }
    }
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
    /// Its scores of reworded queries, as those of the teacher.
    pub reworded: Option<Files>,
    /// The name of the teacher that the reference itself was distilled from, where it was. One that learnt from the
    /// teacher of this audit knows what that one knows, and hides it.
    pub distilled_from: Option<String>,
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
