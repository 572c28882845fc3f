//! What a configuration asks for: which rankers, what each is for, and what therefore has to be read.

use crate::config::{Arm, Files, Loaded, ModelOptions, ReferenceKind};
use crate::error::{Error, Place, Result};
use crate::runs::Format;

/// The reference that every audit has where it can: the first stage's scores.
pub const BM25: &str = "bm25";

/// A ranker that takes part.
#[derive(Clone, Debug, PartialEq)]
pub struct Scorer {
    /// `before`, `after`, `teacher`, `reference.NAME` (a student), `scorer.NAME` (a reference's own scores).
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Where its scores come from.
    pub source: Source,
}

/// What a ranker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The student as it was.
    Before,
    /// The student that ships.
    After,
    /// The teacher's own scores.
    Teacher,
    /// An innocent teacher's own scores: they explain the teacher's.
    ReferenceScores,
    /// An innocent teacher's student: what a gain is measured against.
    ReferenceArm,
}

/// Where scores come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Files, one per seed or repeat.
    Files(Files, Option<Format>),
    /// An ONNX model.
    Model(String, ModelOptions),
}

/// What a configuration asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The rankers, `before` first.
    pub scorers: Vec<Scorer>,
    /// Whether any of them is a model: then every arm ranks the first stage's candidates.
    pub scores_models: bool,
    /// Whether label residuals are asked for, and with them BM25 as a reference.
    pub needs_bm25: bool,
}

impl Request {
    /// Reads it off a configuration.
    ///
    /// # Errors
    /// A configuration that asks for nothing, or an arm that has both a model and runs, or neither.
    pub fn of(loaded: &Loaded) -> Result<Request> {
        let scorers = scorers(loaded).map_err(|e| e.at(Place::file(&loaded.path)))?;
        let request = Request {
            scores_models: scorers.iter().any(|s| matches!(s.source, Source::Model(..))),
            needs_bm25: scorers.iter().any(|s| !matches!(s.purpose, Purpose::Before | Purpose::After)),
            scorers,
        };
        request.asks_for_something(loaded).map_err(|e| e.at(Place::file(&loaded.path)))?;
        Ok(request)
    }

    /// The scorers with this purpose.
    pub fn with(&self, purpose: Purpose) -> impl Iterator<Item = &Scorer> {
        self.scorers.iter().filter(move |scorer| scorer.purpose == purpose)
    }

    /// Whether there is a scorer of this name.
    pub fn has(&self, name: &str) -> bool {
        self.scorers.iter().any(|scorer| scorer.name == name)
    }

    fn asks_for_something(&self, loaded: &Loaded) -> Result<()> {
        if loaded.config.collection.is_empty() {
            return Err(Error::input("there is no [[collection]], so nothing can be compared")
                .help("add one per evaluation collection: name, path, published")
                .help("`distilgate init` writes a configuration from the folders that it finds"));
        }
        let (after, teacher) = (self.has("after"), self.has("teacher"));
        if !after && !teacher {
            return Err(Error::input("there is nothing to audit: no student after, and no scores of the teacher")
                .help("add [student.after] with `model` or `runs`, the student that ships")
                .help("or `scores` (or `model`) to [teacher], to test the teacher itself"));
        }
        if after && !self.has("before") {
            return Err(Error::input("there is a student after and none before, so there is no gain")
                .help("add [student.before] with `model` or `runs`: the student as it was"));
        }
        Ok(())
    }
}

fn scorers(loaded: &Loaded) -> Result<Vec<Scorer>> {
    let config = &loaded.config;
    let mut scorers = Vec::new();
    let mut add = |name: String, purpose, source| scorers.push(Scorer { name, purpose, source });
    for (name, purpose, arm) in
        [("before", Purpose::Before, &config.student.before), ("after", Purpose::After, &config.student.after)]
    {
        if let Some(arm) = arm {
            add(name.to_owned(), purpose, arm_source(name, arm)?);
        }
    }
    if let Some(teacher) = &config.teacher {
        match (&teacher.scores, &teacher.model) {
            (Some(_), Some(_)) => return Err(both("[teacher]", "scores")),
            (Some(files), None) => {
                add("teacher".to_owned(), Purpose::Teacher, Source::Files(files.clone(), teacher.format))
            }
            (None, Some(model)) => {
                add("teacher".to_owned(), Purpose::Teacher, Source::Model(model.clone(), teacher.options.clone()));
            }
            (None, None) => {}
        }
    }
    for reference in &config.reference {
        let own = format!("scorer.{}", reference.name);
        match (&reference.scores, &reference.model, reference.kind) {
            (Some(files), None, None) => {
                add(own, Purpose::ReferenceScores, Source::Files(files.clone(), reference.format))
            }
            (None, Some(model), None) => {
                add(own, Purpose::ReferenceScores, Source::Model(model.clone(), reference.options.clone()));
            }
            // BM25's own scores are a reference in every audit; named here, it may carry `runs`.
            (None, None, Some(ReferenceKind::Bm25)) => {}
            (None, None, None) if reference.runs.is_some() => {}
            (None, None, None) => {
                return Err(Error::input(format!("[[reference]] {} gives nothing", reference.name)).help(
                    "add `scores`, `model` or `kind` for its own scores, or `runs` of a student that learnt from it",
                ));
            }
            _ => {
                return Err(Error::input(format!(
                    "[[reference]] {} has more than one of scores, model and kind",
                    reference.name
                ))
                .help("keep the one that gives its own scores"));
            }
        }
        if let Some(runs) = &reference.runs {
            let name = format!("reference.{}", reference.name);
            add(name, Purpose::ReferenceArm, Source::Files(runs.clone(), reference.format));
        }
    }
    Ok(scorers)
}

fn arm_source(name: &str, arm: &Arm) -> Result<Source> {
    match (&arm.model, &arm.runs) {
        (Some(_), Some(_)) => Err(both(&format!("[student.{name}]"), "runs")),
        (Some(model), None) => Ok(Source::Model(model.clone(), arm.options.clone())),
        (None, Some(runs)) => Ok(Source::Files(runs.clone(), arm.format)),
        (None, None) => Err(Error::input(format!("[student.{name}] gives nothing"))
            .help("add `model`, an ONNX folder or file, or `runs`, its finished runs")),
    }
}

fn both(table: &str, files: &str) -> Error {
    Error::input(format!("{table} has both `model` and `{files}`"))
        .help("keep one: a model is scored here, files are finished")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use std::path::{Path, PathBuf};

    fn request(text: &str) -> Result<Request> {
        let text = format!("{text}\n[[collection]]\nname = \"c\"\npath = \"c\"\n");
        let config = parse(&text, Path::new("distilgate.toml"))?;
        Request::of(&Loaded { config, path: PathBuf::from("distilgate.toml"), text })
    }

    #[test]
    fn runs_alone_read_no_corpus() {
        let request = request("[student.before]\nruns = \"a\"\n[student.after]\nruns = \"b\"").unwrap();
        assert!(!request.scores_models && !request.needs_bm25);
    }

    #[test]
    fn the_teacher_and_references_bring_bm25_in() {
        let request =
            request("[teacher]\nscores = \"t\"\n[[reference]]\nname = \"r\"\nscores = \"r\"\nruns = \"s\"").unwrap();
        assert!(request.needs_bm25);
        let names: Vec<&str> = request.scorers.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["teacher", "scorer.r", "reference.r"]);
    }

    #[test]
    fn what_cannot_be_audited_says_what_to_add() {
        for (text, part) in [
            ("", "nothing to audit"),
            ("[student.before]\nruns = \"a\"", "nothing to audit"),
            ("[student.after]\nruns = \"a\"", "none before"),
            ("[student.before]\nruns = \"a\"\nmodel = \"m\"", "both `model` and `runs`"),
            ("[student.after]\n", "gives nothing"),
            ("[[reference]]\nname = \"r\"", "gives nothing"),
        ] {
            let error = request(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
            assert!(error.contains("help:"), "{error}");
        }
    }
}
