//! What is given decides what runs: from the tables of a configuration to the list of rankers.
//!
//! A student that is not given is trained, where `[distill]` says how: `after` from the teacher's scores, and beside
//! it a student from every innocent reference whose scores of the training pairs are given or can be made.

use super::request::{Purpose, Scorer, Source, Supervision};
use crate::config::{Arm, Config, Distill, Reference, ReferenceKind};
use crate::distill::losses::Mix;
use crate::error::{Error, Result};

/// The rankers, `before` first, and what is left out for lack of a file.
///
/// # Errors
/// Tables that give nothing, or two things where one is meant.
pub fn of(config: &Config) -> Result<(Vec<Scorer>, Vec<String>)> {
    let others = losses(config)?;
    let (mut scorers, mut not_checked) = (students(config)?, Vec::new());
    let mut add = |name: String, purpose, source: Source| scorers.push(Scorer { name, purpose, source });
    if let Some(source) = teacher(config)? {
        add("teacher".to_owned(), Purpose::Teacher, source);
    }
    for reference in &config.reference {
        let own = own_scores(reference)?;
        let student = student_of(reference, config.distill.as_ref(), &mut not_checked)?;
        if own.is_none() && student.is_none() && reference.kind.is_none() {
            return Err(Error::input(format!("[[reference]] {} gives nothing", reference.name)).help(
                "add `scores`, `model` or `kind` for its own scores, or `runs` of a student that learnt from it",
            ));
        }
        if let Some(source) = own {
            add(format!("scorer.{}", reference.name), Purpose::ReferenceScores, source);
        }
        if let Some(source) = student {
            add(format!("reference.{}", reference.name), Purpose::ReferenceArm, source);
        }
    }
    Ok((with_other_losses(scorers, &others), not_checked))
}

/// Losses that exist, that are different, and that the teacher's numbers are fit for. Gives those beside the first.
fn losses(config: &Config) -> Result<Vec<Mix>> {
    let Some(distill) = &config.distill else { return Ok(Vec::new()) };
    let gives = config.teacher.as_ref().map(|teacher| teacher.gives).unwrap_or_default();
    let mut losses: Vec<Mix> = Vec::new();
    for text in std::iter::once(&distill.loss).chain(&distill.also) {
        let loss = Mix::parse(text)?;
        loss.suits(gives).map_err(|e| e.context("[distill]"))?;
        if losses.iter().any(|other| other.to_string() == loss.to_string()) {
            return Err(Error::input(format!("[distill] names the loss {loss} twice"))
                .help("`also` is for losses beside `loss`, each once"));
        }
        losses.push(loss);
    }
    Ok(losses.split_off(1))
}

/// Every arm that is trained, once more for each further loss, behind it.
fn with_other_losses(scorers: Vec<Scorer>, losses: &[Mix]) -> Vec<Scorer> {
    let mut all = Vec::with_capacity(scorers.len());
    for scorer in scorers {
        let others: Vec<Scorer> = match &scorer.source {
            Source::Trained(supervision, _) => losses
                .iter()
                .map(|loss| Scorer {
                    name: format!("{}+{}", scorer.name, file_name(loss)),
                    purpose: Purpose::OtherLoss,
                    source: Source::Trained(supervision.clone(), loss.to_string()),
                })
                .collect(),
            _ => Vec::new(),
        };
        all.push(scorer);
        all.extend(others);
    }
    all
}

/// A loss as part of an arm's name, which becomes a folder: `margin-mse+0.1-lce`.
fn file_name(loss: &Mix) -> String {
    loss.to_string().replace(" + ", "+").replace(' ', "-")
}

/// The student before, the one after, and with `[distill]` those that the teacher's scores make.
fn students(config: &Config) -> Result<Vec<Scorer>> {
    let (before, after) = (&config.student.before, &config.student.after);
    let mut students = Vec::new();
    let mut add = |name: &str, purpose, source| students.push(Scorer { name: name.to_owned(), purpose, source });
    if let Some(arm) = before {
        add("before", Purpose::Before, arm_source("before", arm)?);
    }
    match (after, &config.distill) {
        (Some(arm), None) => add("after", Purpose::After, arm_source("after", arm)?),
        (Some(arm), Some(distill)) => {
            add("after", Purpose::After, arm_source("after", arm)?);
            add("redistilled", Purpose::Redistilled, taught(Supervision::Teacher, distill));
        }
        (None, Some(distill)) => add("after", Purpose::After, taught(Supervision::Teacher, distill)),
        (None, None) => {}
    }
    if config.distill.is_some() && before.as_ref().is_none_or(|arm| arm.model.is_none()) {
        return Err(Error::input("[distill] trains students, and there is no model to start from")
            .help("add `model` to [student.before]: the ONNX folder of the student as it was")
            .help("or leave [distill] out, where finished runs are compared"));
    }
    Ok(students)
}

/// Where the teacher's own scores come from.
///
/// # Errors
/// Two things where one is meant.
pub fn teacher(config: &Config) -> Result<Option<Source>> {
    let Some(teacher) = &config.teacher else { return Ok(None) };
    match (&teacher.scores, &teacher.model, &teacher.command) {
        (Some(_), Some(_), _) => Err(both("[teacher]", "model", "scores")),
        (Some(_), None, Some(_)) => Err(both("[teacher]", "command", "scores")),
        (None, Some(_), Some(_)) => Err(both("[teacher]", "command", "model")),
        (Some(files), None, None) => Ok(Some(Source::Files(files.clone(), teacher.format))),
        (None, Some(model), None) => Ok(Some(Source::Model(model.clone(), teacher.options.clone()))),
        (None, None, Some(command)) => Ok(Some(Source::Command(command.clone()))),
        (None, None, None) => Ok(None),
    }
}

/// A reference's own scores of the candidates. BM25's are a reference in every audit; judgements have none.
fn own_scores(reference: &Reference) -> Result<Option<Source>> {
    match (&reference.scores, &reference.model, reference.kind) {
        (Some(files), None, None) => Ok(Some(Source::Files(files.clone(), reference.format))),
        (None, Some(model), None) => Ok(Some(Source::Model(model.clone(), reference.options.clone()))),
        (None, None, _) => Ok(None),
        _ => Err(Error::input(format!("[[reference]] {} has more than one of scores, model and kind", reference.name))
            .help("keep the one that gives its own scores")),
    }
}

/// A reference's student: its finished runs, or one that is trained here.
fn student_of(
    reference: &Reference,
    distill: Option<&Distill>,
    not_checked: &mut Vec<String>,
) -> Result<Option<Source>> {
    let name = &reference.name;
    let training = reference.training_scores.as_ref();
    if let (Some(_), Some(other)) = (training, beside(reference)) {
        return Err(Error::input(format!("[[reference]] {name} has both `{other}` and `training-scores`"))
            .help("keep one: training-scores train a student here"));
    }
    if let Some(runs) = &reference.runs {
        return Ok(Some(Source::Files(runs.clone(), reference.format)));
    }
    let only_teaches = training.is_some() || reference.kind == Some(ReferenceKind::Labels);
    let Some(distill) = distill else {
        if only_teaches {
            return Err(Error::input(format!("[[reference]] {name} is for training, and nothing is trained"))
                .help("add [distill], which says how students are trained")
                .help("or `runs` of a student that learnt from it"));
        }
        return Ok(None);
    };
    let supervision = match (training, &reference.model, reference.kind) {
        (Some(path), _, _) => Supervision::File(path.clone(), reference.format),
        (None, Some(model), _) => Supervision::Model(model.clone(), reference.options.clone()),
        (None, None, Some(ReferenceKind::Bm25)) => Supervision::Bm25,
        (None, None, Some(ReferenceKind::Labels)) if distill.qrels.is_some() => Supervision::Labels,
        (None, None, Some(ReferenceKind::Labels)) => {
            return Err(Error::input(format!(
                "[[reference]] {name} learns from labels, and there are no training judgements"
            ))
            .help("add `qrels` to [distill]: judgements of the training queries"));
        }
        (None, None, None) => {
            if reference.scores.is_some() {
                not_checked.push(format!(
                    "a student of {name}: its scores of the training pairs were not given ([[reference]] training-scores)"
                ));
            }
            return Ok(None);
        }
    };
    Ok(Some(taught(supervision, distill)))
}

/// A student that is trained here, with the loss that decides.
fn taught(supervision: Supervision, distill: &Distill) -> Source {
    Source::Trained(supervision, distill.loss.clone())
}

/// What a reference cannot have beside `training-scores`.
fn beside(reference: &Reference) -> Option<&'static str> {
    match (&reference.runs, reference.kind) {
        (Some(_), _) => Some("runs"),
        (None, Some(_)) => Some("kind"),
        (None, None) => None,
    }
}

fn arm_source(name: &str, arm: &Arm) -> Result<Source> {
    match (&arm.model, &arm.runs) {
        (Some(_), Some(_)) => Err(both(&format!("[student.{name}]"), "model", "runs")),
        (Some(model), None) => Ok(Source::Model(model.clone(), arm.options.clone())),
        (None, Some(runs)) => Ok(Source::Files(runs.clone(), arm.format)),
        (None, None) => Err(Error::input(format!("[student.{name}] gives nothing"))
            .help("add `model`, an ONNX folder or file, or `runs`, its finished runs")),
    }
}

fn both(table: &str, one: &str, other: &str) -> Error {
    Error::input(format!("{table} has both `{one}` and `{other}`"))
        .help("keep one: a model is scored here, a command is asked, files are finished")
}
