//! Label residuals: the candidate lists that a scorer and all its references have scored.

use super::material::Gathered;
use super::outcomes::{OnCollection, left_out};
use crate::collection::{DocumentId, QueryId};
use crate::runs::Run;
use crate::stats::{CandidateList, NotApplicable, label_residual_seeds};
use std::collections::BTreeMap;

/// The scorer's label residual on one collection: influence values per query and seed.
pub fn on(gathered: &Gathered, scorer: &str, references: &[&str], seeds: usize) -> OnCollection {
    let mut all = vec![scorer];
    all.extend(references);
    let queries = gathered.complete_queries(&all);
    let lists: Vec<Vec<CandidateList>> = (0..seeds)
        .map(|seed| queries.iter().map(|query| candidates(gathered, query, scorer, references, seed).1).collect())
        .collect();
    match label_residual_seeds(&lists) {
        Ok(residual) => Ok((residual.queries.iter().map(|index| queries[*index].clone()).collect(), residual.values)),
        Err(why) => {
            let usable = match why {
                NotApplicable::TooFewQueries { usable, .. } => Some(usable),
                _ => None,
            };
            Err(left_out(gathered, why.to_string(), usable))
        }
    }
}

/// The documents of one query that everybody has scored, with everybody's scores, in the order of their names.
pub fn candidates<'a>(
    gathered: &'a Gathered,
    query: &QueryId,
    scorer: &str,
    references: &[&str],
    seed: usize,
) -> (Vec<&'a DocumentId>, CandidateList) {
    let by_document = |name: &str| -> BTreeMap<&'a DocumentId, f64> {
        let ranking = gathered.run(name, seed).map_or(&[][..], |run: &Run| run.ranking(query));
        ranking.iter().map(|scored| (&scored.document, scored.score)).collect()
    };
    let own = by_document(scorer);
    let others: Vec<BTreeMap<&'a DocumentId, f64>> = references.iter().map(|name| by_document(name)).collect();
    let documents: Vec<&'a DocumentId> =
        own.keys().copied().filter(|document| others.iter().all(|other| other.contains_key(document))).collect();
    let relevant = |document: &&DocumentId| {
        gathered.collection.qrels.grade(query, document).is_some_and(|g| g >= gathered.config.rel)
    };
    let list = CandidateList {
        score: documents.iter().map(|document| own[document]).collect(),
        relevant: documents.iter().map(relevant).collect(),
        references: others.iter().map(|other| documents.iter().map(|document| other[document]).collect()).collect(),
    };
    (documents, list)
}
