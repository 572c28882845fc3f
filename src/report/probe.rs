//! What the teacher's scores show: as the report's types, as JSON, and as a form for reviewers.

use super::v1::Outcome;
use super::v1_probe::*;
use crate::config::word;
use crate::facts::{Facts, InspectedFacts, ProbeFacts, ProbedFacts};
use crate::probe::carrying::CarryingPair;
use crate::probe::reviews;
use crate::probe::surprising::SurprisingPair;
use crate::probe::verbatim::Verbatim;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the teacher's scores show.
pub(super) fn build(probe: &ProbeFacts) -> Probe {
    let references = probe.references.iter().map(|share| ReferencePart {
        name: share.name.clone(),
        alone: share.alone,
        without: share.without,
    });
    Probe {
        references: references.collect(),
        collections: probe.collections.iter().map(|probed| collection(probe, probed)).collect(),
        answers: answers(probe),
        reworded: probe.reworded.as_ref().map(|reworded| reworded.losses.clone()).unwrap_or_default(),
        inspection: probe.inspection.iter().map(|one| inspected(probe, one)).collect(),
    }
}

fn collection(probe: &ProbeFacts, probed: &ProbedFacts) -> ProbedCollection {
    let name = &probed.collection;
    let carrying = probed.carrying.as_ref();
    let heavy = |pair: &CarryingPair| HeavyPair {
        query: pair.query.to_string(),
        query_text: probe.query(name, &pair.query).map(str::to_owned),
        document: pair.document.to_string(),
        document_text: probe.document(name, &pair.document).map(str::to_owned),
        relevant: pair.relevant,
        surprise: pair.surprise,
        share: pair.share,
    };
    let surprising = |pair: &SurprisingPair| SurprisingExample {
        query: pair.query.to_string(),
        query_text: probe.query(name, &pair.query).map(str::to_owned),
        relevant: pair.relevant.to_string(),
        relevant_text: probe.document(name, &pair.relevant).map(str::to_owned),
        other: pair.other.to_string(),
        other_text: probe.document(name, &pair.other).map(str::to_owned),
        places: pair.places,
    };
    ProbedCollection {
        collection: name.clone(),
        role: probed.role,
        pairs: carrying.map(|carrying| carrying.pairs),
        half: carrying.map(|carrying| carrying.half),
        heaviest: carrying.iter().flat_map(|carrying| &carrying.heaviest).map(heavy).collect(),
        surprising_pairs: probed.surprising.wrong,
        surprising_agreed: probed.surprising.agreed,
        surprising: probed.surprising.examples.iter().map(surprising).collect(),
    }
}

fn answers(probe: &ProbeFacts) -> BTreeMap<String, Answers> {
    let Some(facts) = &probe.answers else { return BTreeMap::new() };
    let run = |found: &Verbatim| VerbatimRun {
        query: found.query.to_string(),
        document: found.document.to_string(),
        words: found.words,
        run: found.run.clone(),
    };
    let read = facts.answers.iter().map(|(name, answers)| {
        let identifiers = facts.identifiers.get(name).into_iter().flatten();
        let of = Answers {
            answers: *answers,
            runs: facts.verbatim.get(name).into_iter().flatten().map(run).collect(),
            identifiers: identifiers.map(|(query, id)| (query.to_string(), id.clone())).collect(),
            missing: None,
        };
        (name.clone(), of)
    });
    let missing = facts
        .missing
        .iter()
        .map(|(name, why)| (name.clone(), Answers { missing: Some(why.clone()), ..Answers::default() }));
    read.chain(missing).collect()
}

fn inspected(probe: &ProbeFacts, one: &InspectedFacts) -> InspectedPair {
    let (pair, review) = (&one.pair, one.review.as_ref());
    InspectedPair {
        item: reviews::item(pair),
        collection: pair.collection.clone(),
        query: pair.query.to_string(),
        query_text: probe.query(&pair.collection, &pair.query).map(str::to_owned),
        document: pair.document.to_string(),
        document_text: probe.document(&pair.collection, &pair.document).map(str::to_owned),
        rank: pair.rank,
        relevant: pair.relevant,
        picked: word(pair.picked),
        verdict: review.map(|review| word(review.verdict)),
        reviewer: review.map(|review| review.reviewer.clone()),
        date: review.map(|review| review.date.clone()),
        comment: review.map(|review| review.comment.clone()),
    }
}

/// What `probe --format json` prints; fields are only ever added.
#[derive(Serialize)]
struct Printed {
    teacher: String,
    outcomes: Vec<Outcome>,
    probe: Option<Probe>,
}

/// The teacher's outcomes and what its scores show, as JSON.
pub fn probe_json(facts: &Facts) -> String {
    let printed = Printed {
        teacher: facts.teacher.as_ref().map(|teacher| teacher.name.clone()).unwrap_or_default(),
        outcomes: facts
            .outcomes
            .iter()
            .filter(|o| o.arm == "teacher")
            .map(|o| super::build::outcome(facts, o))
            .collect(),
        probe: facts.probe.as_ref().map(build),
    };
    serde_json::to_string_pretty(&printed).expect("plain data with text for keys") + "\n"
}

/// `inspection.csv`, the form for reviewers; `None` where there is no sample.
pub fn inspection(facts: &Facts) -> Option<Vec<u8>> {
    let probe = facts.probe.as_ref().filter(|probe| !probe.inspection.is_empty())?;
    let rows = probe.inspection.iter().map(|one| (&one.pair, one.review.as_ref()));
    Some(reviews::write(rows, |pair| {
        let texts = (probe.query(&pair.collection, &pair.query), probe.document(&pair.collection, &pair.document));
        (texts.0.unwrap_or_default().to_owned(), texts.1.unwrap_or_default().to_owned())
    }))
}
