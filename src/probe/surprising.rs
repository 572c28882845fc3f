//! Surprising agreement: pairs that every reference ranks against the judgements, and the teacher with them.
//!
//! For each query, of the pairs of a relevant and a judged or unjudged other document that all references order the
//! wrong way round, the share that the teacher orders as the judgements do. A better ranker agrees more often, too: it
//! describes, gives a reviewer examples to read, and decides nothing.

use super::{Probed, ProbedQuery};
use crate::collection::{DocumentId, QueryId};
use serde::{Deserialize, Serialize};

/// An example: two documents that only the teacher orders as the judgements do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurprisingPair {
    /// The query.
    pub query: QueryId,
    /// The document that is judged relevant, and that every reference puts lower.
    pub relevant: DocumentId,
    /// The one that is not.
    pub other: DocumentId,
    /// By how many places the reference that comes nearest to the judgement misses it.
    pub places: usize,
}

/// One collection's surprising agreement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Surprising {
    /// Pairs that every reference orders the wrong way round.
    pub wrong: usize,
    /// How many of them the teacher orders as the judgements do.
    pub agreed: usize,
    /// The queries that have such pairs, with the share that the teacher agrees on.
    pub queries: Vec<(QueryId, f64)>,
    /// The pairs that the references miss by most, one for each query at most.
    pub examples: Vec<SurprisingPair>,
}

/// The surprising agreement of a collection, with the `most` examples that the references miss by most.
pub fn surprising(probed: &Probed, most: usize) -> Surprising {
    let mut found = Surprising::default();
    for query in probed.queries.iter().filter(|query| !query.list.references.is_empty()) {
        let (wrong, agreed, example) = of_query(query);
        found.wrong += wrong;
        found.agreed += agreed;
        if wrong > 0 {
            found.queries.push((query.query.clone(), agreed as f64 / wrong as f64));
        }
        found.examples.extend(example);
    }
    found.examples.sort_by(|a, b| b.places.cmp(&a.places).then_with(|| a.query.cmp(&b.query)));
    found.examples.truncate(most);
    found
}

/// Pairs that all references order wrongly, how many of them the teacher does not, and the furthest of those.
fn of_query(query: &ProbedQuery) -> (usize, usize, Option<SurprisingPair>) {
    let list = &query.list;
    let ranks: Vec<Vec<usize>> = list.references.iter().map(|scores| places(scores)).collect();
    let (mut wrong, mut agreed, mut furthest): (usize, usize, Option<SurprisingPair>) = (0, 0, None);
    for relevant in (0..list.score.len()).filter(|place| list.relevant[*place]) {
        for other in (0..list.score.len()).filter(|place| !list.relevant[*place]) {
            if !list.references.iter().all(|scores| scores[relevant] < scores[other]) {
                continue;
            }
            wrong += 1;
            if list.score[relevant] <= list.score[other] {
                continue;
            }
            agreed += 1;
            let missed = ranks.iter().map(|ranks| ranks[relevant].saturating_sub(ranks[other])).min().unwrap_or(0);
            if furthest.as_ref().is_none_or(|pair| pair.places < missed) {
                furthest = Some(SurprisingPair {
                    query: query.query.clone(),
                    relevant: query.documents[relevant].clone(),
                    other: query.documents[other].clone(),
                    places: missed,
                });
            }
        }
    }
    (wrong, agreed, furthest)
}

/// The place of each document in a ranking, the best being 0; equal scores share the first place.
fn places(scores: &[f64]) -> Vec<usize> {
    scores.iter().map(|own| scores.iter().filter(|other| *other > own).count()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::Role;
    use crate::stats::CandidateList;

    /// Documents a (relevant), b, c, d with the teacher's and two references' scores.
    fn one(teacher: [f64; 4], references: [[f64; 4]; 2]) -> Probed {
        let list = CandidateList {
            score: teacher.to_vec(),
            relevant: vec![true, false, false, false],
            references: references.iter().map(|scores| scores.to_vec()).collect(),
        };
        let documents = ["a", "b", "c", "d"].map(DocumentId::new).to_vec();
        let query = ProbedQuery { query: QueryId::new("q"), documents, list };
        Probed { collection: "c".to_owned(), role: Role::Suspect, queries: vec![query] }
    }

    #[test]
    fn only_pairs_that_every_reference_gets_wrong_count() {
        // Both references put b and c above a; only one of them puts d above it.
        let references = [[1.0, 2.0, 4.0, 3.0], [1.0, 3.0, 2.0, 0.0]];
        let found = surprising(&one([5.0, 6.0, 1.0, 0.0], references), 3);
        assert_eq!((found.wrong, found.agreed), (2, 1));
        assert_eq!(found.queries, [(QueryId::new("q"), 0.5)]);
        let example = &found.examples[0];
        assert_eq!((example.other.as_str(), example.places), ("c", 1));
    }

    #[test]
    fn equal_scores_agree_with_nobody() {
        let found = surprising(&one([1.0; 4], [[1.0, 2.0, 2.0, 1.0], [1.0, 2.0, 1.0, 1.0]]), 3);
        assert_eq!((found.wrong, found.agreed, found.examples.len()), (1, 0, 0));
    }
}
