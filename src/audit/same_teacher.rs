//! Refuses a reference that is the teacher: it would explain everything that the teacher knows, and hide every leak.
//!
//! The same model, the same scores, or the same scores to learn from. An equal order from other scores is for a check to
//! find (`identical-arms`): two rankers may agree.

use super::material::{Gathered, Material};
use super::pairs::Model;
use super::request::Request;
use crate::cache::{Digest, digest_file};
use crate::collection::{DocumentId, QueryId};
use crate::config::{Files, Gives, Loaded, Reference};
use crate::error::{Error, Result};
use crate::runs::Run;
use crate::stats::MIN_QUERIES;
use std::collections::BTreeMap;

/// The arm that references are held to.
const TEACHER: &str = "teacher";

/// Refuses the teacher's model, and the teacher's scores of the training pairs.
///
/// # Errors
/// A reference that has them, or a file that cannot be read.
pub fn refuse_sources(loaded: &Loaded, models: &[Model]) -> Result<()> {
    let digest = |arm: &str| models.iter().find(|model| model.arm == arm).map(|model| model.digest);
    let scores = loaded.config.distill.as_ref().map(|distill| loaded.resolve(&distill.scores));
    for reference in &loaded.config.reference {
        let name = &reference.name;
        let own = digest(&format!("scorer.{name}"));
        if own.is_some() && own == digest(TEACHER) {
            return Err(is_the_teacher(loaded, name, "its model is the teacher's"));
        }
        if let Some(collection) = same_file(loaded, reference)? {
            let why = format!("its scores of {collection} are the teacher's file, byte for byte");
            return Err(is_the_teacher(loaded, name, &why));
        }
        let (Some(scores), Some(training)) = (&scores, &reference.training_scores) else { continue };
        if digest_file(scores)? == digest_file(&loaded.resolve(training))? {
            return Err(is_the_teacher(loaded, name, "its training-scores are the teacher's, byte for byte"));
        }
    }
    Ok(())
}

/// The first collection of which reference and teacher have one and the same file of an order. Files of scores are held
/// to each other number by number, in whatever form they are.
fn same_file(loaded: &Loaded, reference: &Reference) -> Result<Option<String>> {
    let Some(teacher) = loaded.config.teacher.as_ref().filter(|teacher| teacher.gives == Gives::Order) else {
        return Ok(None);
    };
    let (Some(own), Some(others)) = (&teacher.scores, &reference.scores) else { return Ok(None) };
    for collection in &loaded.config.collection {
        let digests = |files: &Files| -> Result<Vec<Digest>> {
            let paths = files.of(&collection.name).into_iter().map(|path| loaded.resolve(&path));
            paths.filter(|path| path.exists()).map(|path| digest_file(&path)).collect()
        };
        let of_teacher = digests(own)?;
        if digests(others)?.iter().any(|digest| of_teacher.contains(digest)) {
            return Ok(Some(collection.name.clone()));
        }
    }
    Ok(None)
}

/// Refuses the teacher's own scores of the candidates, as far as they are known by now.
///
/// # Errors
/// A reference that has them.
pub fn refuse_scores(loaded: &Loaded, request: &Request, material: &Material) -> Result<()> {
    // Ranks written as scores are equal wherever orders are.
    if loaded.config.teacher.as_ref().is_none_or(|teacher| teacher.gives == Gives::Order) {
        return Ok(());
    }
    for (name, arm) in request.references() {
        let both = |gathered: &&Gathered| !gathered.runs(TEACHER).is_empty() && !gathered.runs(arm).is_empty();
        let shared: Vec<&Gathered> = material.collections.iter().filter(both).collect();
        let equal: Vec<(&Gathered, usize)> =
            shared.iter().filter_map(|gathered| Some((*gathered, equal_queries(gathered, arm)?))).collect();
        // A few queries may agree by chance where there are few grades; a whole audit or a usable collection does not.
        let some = equal.iter().find(|(_, queries)| equal.len() == shared.len() || *queries >= MIN_QUERIES);
        if let Some((gathered, queries)) = some {
            let why = format!(
                "its scores of {queries} queries of {} are the teacher's, number by number",
                gathered.config.name
            );
            return Err(is_the_teacher(loaded, name, &why));
        }
    }
    Ok(())
}

fn is_the_teacher(loaded: &Loaded, name: &str, why: &str) -> Error {
    Error::input(format!("the reference {name} is the teacher: {why}"))
        .at(loaded.table_place("[teacher]"))
        .help("leave it out: it would explain everything that the teacher knows, and hide a leak")
        .help("a reference is another ranker of the teacher's class, whose training data are known")
}

/// How many queries have different scores, and the same from both, if every query has the same from both in some
/// repeat.
fn equal_queries(gathered: &Gathered, reference: &str) -> Option<usize> {
    let pairs = gathered.runs(TEACHER).iter().flat_map(|a| gathered.runs(reference).iter().map(move |b| (a, b)));
    pairs.into_iter().find_map(|(a, b)| equal_scores(gathered, &a.run, &b.run))
}

fn equal_scores(gathered: &Gathered, a: &Run, b: &Run) -> Option<usize> {
    let mut telling = 0;
    for query in &gathered.measured {
        let (a, b) = (scores(a, query), scores(b, query));
        let shared: Vec<(f32, f32)> =
            a.iter().filter_map(|(document, score)| Some((*score, *b.get(document)?))).collect();
        if shared.iter().any(|(a, b)| a != b) {
            return None;
        }
        telling += usize::from(shared.iter().any(|(score, _)| *score != shared[0].0));
    }
    (telling > 0).then_some(telling)
}

/// Scores as runs order by them: 32-bit floats.
fn scores<'a>(run: &'a Run, query: &QueryId) -> BTreeMap<&'a DocumentId, f32> {
    run.ranking(query).iter().map(|scored| (&scored.document, scored.score as f32)).collect()
}
