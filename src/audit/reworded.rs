//! What rewording the queries costs the teacher, beyond what it costs references: shown, and deciding nothing.

use super::gather::note_input;
use super::material::{Gathered, Material};
use super::outcomes::{OnCollection, described, left_out};
use crate::collection::QueryId;
use crate::config::{Files, Loaded};
use crate::error::Result;
use crate::facts::{OutcomeFacts, RewordedFacts};
use crate::probe::reword::{MARK, Rewording};
use crate::runs::{self, Run, Scored, value};
use crate::stats::MIN_QUERIES;
use std::collections::{BTreeMap, BTreeSet};

/// The loss of each query, for one scorer on one collection: mean over its rewordings.
type Losses = BTreeMap<QueryId, f64>;

/// Reads the scores of reworded queries, of the teacher and of every reference that has them, and adds the outcome
/// `perturbation drop`; `None` where the teacher has none.
///
/// # Errors
/// A file that cannot be read or is none of scores.
pub fn look(
    loaded: &Loaded,
    material: &mut Material,
    outcomes: &mut Vec<OutcomeFacts>,
) -> Result<Option<RewordedFacts>> {
    let config = &loaded.config;
    let Some(files) = config.teacher.as_ref().and_then(|teacher| teacher.reworded.as_ref()) else { return Ok(None) };
    let mut scorers = vec![("teacher".to_owned(), files)];
    let references = config.reference.iter();
    scorers.extend(references.filter_map(|r| Some((format!("scorer.{}", r.name), r.reworded.as_ref()?))));
    let mut facts = RewordedFacts::default();
    let mut all: BTreeMap<String, BTreeMap<String, Losses>> = BTreeMap::new();
    for (scorer, files) in &scorers {
        for place in 0..material.collections.len() {
            let name = material.collections[place].config.name.clone();
            match losses(loaded, material, place, scorer, files)? {
                Ok(losses) => {
                    let mean = losses.values().sum::<f64>() / losses.len().max(1) as f64;
                    facts.losses.entry(name.clone()).or_default().insert(scorer.clone(), mean);
                    all.entry(name).or_default().insert(scorer.clone(), losses);
                }
                Err(why) => {
                    facts.missing.entry(name).or_insert_with(|| format!("{scorer}: {why}"));
                }
            }
        }
    }
    // One yardstick for all collections: a reference that lacks one would make it another.
    let covers = |name: &String| all.values().filter(|of| of.contains_key("teacher")).all(|of| of.contains_key(name));
    let names: Vec<String> = scorers.into_iter().skip(1).map(|(name, _)| name).filter(covers).collect();
    let drop = |gathered: &Gathered| beyond_references(gathered, all.get(&gathered.config.name), &names);
    outcomes.push(described(loaded, material, "perturbation drop", &names, drop));
    Ok(Some(facts))
}

/// The losses of a scorer on a collection; or why there are none.
fn losses(
    loaded: &Loaded,
    material: &mut Material,
    place: usize,
    scorer: &str,
    files: &Files,
) -> Result<Result<Losses, String>> {
    let name = material.collections[place].config.name.clone();
    let paths: Vec<_> = files.of(&name).iter().map(|path| loaded.resolve(path)).collect();
    if files.is_pattern() && !paths.iter().any(|path| path.exists()) {
        return Ok(Err(format!("no file {}", paths[0].display())));
    }
    let mut sums: BTreeMap<QueryId, (f64, usize)> = BTreeMap::new();
    for path in &paths {
        let context = |error: crate::error::Error| error.context(format!("reworded scores of {scorer} on {name}"));
        let run = runs::read(path).map_err(context)?;
        note_input(material, path)?;
        let gathered = &material.collections[place];
        for (query, loss) in of_run(loaded, gathered, scorer, &run) {
            let sum = sums.entry(query).or_default();
            *sum = (sum.0 + loss, sum.1 + 1);
        }
        let strange = strangers(gathered, &run);
        if let Some(first) = strange.first() {
            material.not_checked.push(format!(
                "{} of the {} queries in the reworded scores of {scorer} on {name}: they are rewordings of no query there, {first} for one",
                strange.len(),
                run.queries.len()
            ));
        }
    }
    match sums.is_empty() {
        true => Ok(Err(format!("no query is called as a measured one, {MARK} and typo, order, drop or paraphrase"))),
        false => Ok(Ok(sums.into_iter().map(|(query, (sum, n))| (query, sum / n as f64)).collect())),
    }
}

/// The query that a name of a run is a rewording of.
fn original(name: &QueryId) -> Option<QueryId> {
    let (query, how) = name.as_str().rsplit_once(MARK)?;
    Rewording::ALL.iter().any(|known| known.to_string() == how).then(|| QueryId::new(query))
}

/// Names that are rewordings of no query of the collection, measured or not.
fn strangers<'a>(gathered: &Gathered, run: &'a Run) -> Vec<&'a QueryId> {
    let known = |name: &&QueryId| original(name).is_some_and(|query| gathered.collection.queries.contains_key(&query));
    run.queries.keys().filter(|name| !known(name)).collect()
}

/// What each rewording costs: the measure of the original order minus that of the reworded one, over the documents
/// that both have scored.
fn of_run(loaded: &Loaded, gathered: &Gathered, scorer: &str, run: &Run) -> Vec<(QueryId, f64)> {
    let mut losses = Vec::new();
    for (name, reworded) in &run.queries {
        let Some(query) = original(name).filter(|query| gathered.measured.contains(query)) else { continue };
        let Some(original) = gathered.run(scorer, 0).map(|run| run.ranking(&query)).filter(|all| !all.is_empty())
        else {
            continue;
        };
        let both = |all: &[Scored], other: &[Scored]| -> Vec<Scored> {
            let other: BTreeSet<_> = other.iter().map(|scored| &scored.document).collect();
            all.iter().filter(|scored| other.contains(&scored.document)).cloned().collect()
        };
        let of = |ranking: &[Scored]| {
            let gate = &loaded.config.gate;
            value(&gate.measure, gathered.config.rel, &gathered.collection.qrels, &query, ranking)
        };
        let loss = of(&both(original, reworded)) - of(&both(reworded, original));
        losses.push((query, loss));
    }
    losses
}

/// The teacher's loss on each query minus the mean loss of the references that scored it reworded, too.
fn beyond_references(
    gathered: &Gathered,
    losses: Option<&BTreeMap<String, Losses>>,
    references: &[String],
) -> OnCollection {
    let Some(teacher) = losses.and_then(|losses| losses.get("teacher")) else {
        return Err(left_out(gathered, "the teacher did not score its queries reworded".to_owned(), None));
    };
    let others: Vec<&Losses> =
        references.iter().filter_map(|name| losses.and_then(|losses| losses.get(name))).collect();
    let beyond = |(query, loss): (&QueryId, &f64)| {
        let all: Option<Vec<f64>> = others.iter().map(|other| other.get(query).copied()).collect();
        let all = all?;
        Some((query.clone(), vec![loss - all.iter().sum::<f64>() / all.len().max(1) as f64]))
    };
    let rows: Vec<(QueryId, Vec<f64>)> =
        teacher.iter().filter(|(query, _)| gathered.measured.contains(*query)).filter_map(beyond).collect();
    match rows.len() {
        n if n < MIN_QUERIES => {
            Err(left_out(gathered, format!("{n} reworded queries, and it takes {MIN_QUERIES}"), Some(n)))
        }
        _ => Ok(rows.into_iter().unzip()),
    }
}
