//! Which queries and candidates a step learns from.
//!
//! Everything follows from the seed, the texts and the names in the teacher's lists, nothing from its scores: arms
//! whose teachers scored the same pairs see the same texts in the same order. A step can be made without those
//! before it, so a training that was interrupted goes on where it was.

use super::data::TrainingData;
use crate::collection::{DocumentId, QueryId};
use crate::error::{Error, Result};
use crate::runs::Scored;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::collections::BTreeMap;

/// Streams of random numbers at and above this are for the order of queries, those below for their candidates.
const ORDERS: u64 = 1 << 63;

/// A query and some of its candidates, with the teacher's scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'a> {
    /// The query.
    pub query: &'a QueryId,
    /// The candidates, in an order that says nothing.
    pub documents: Vec<&'a DocumentId>,
    /// The teacher's scores of them.
    pub teacher: Vec<f32>,
}

/// The lists that groups are sampled from.
pub struct Sampler<'a> {
    lists: Vec<(&'a QueryId, Vec<&'a Scored>)>,
    candidates: usize,
    seed: u64,
    /// What the teacher's scores are multiplied by, so that they spread by 1 within a list, on average.
    scale: f64,
    /// Queries whose list is too short for a group.
    pub too_short: usize,
}

impl<'a> Sampler<'a> {
    /// Prepares the lists of queries that have a text, and documents enough for a group.
    ///
    /// # Errors
    /// No such list, or a teacher that never prefers one document to another (exit 2).
    pub fn new(data: &'a TrainingData, candidates: usize, seed: u64) -> Result<Sampler<'a>> {
        let mut lists: Vec<(&QueryId, Vec<&Scored>)> = Vec::new();
        let mut too_short = 0;
        for (query, ranking) in &data.teacher.queries {
            if !data.queries.contains_key(query) {
                continue;
            }
            let mut list: Vec<&Scored> = ranking.iter().filter(|s| data.documents.contains_key(&s.document)).collect();
            list.sort_by(|a, b| a.document.cmp(&b.document));
            if list.len() < candidates {
                too_short += 1;
            } else {
                lists.push((query, list));
            }
        }
        if lists.is_empty() {
            return Err(Error::input(format!(
                "there is nothing to learn from: no training query has a text and {candidates} scored documents with texts"
            ))
            .help("score more documents for each query, or set distill.candidates lower"));
        }
        let spread = spread(&lists);
        if !spread.is_finite() {
            return Err(Error::input("the teacher's scores of one query are too far apart to be computed with")
                .help("check distill.scores: scores beyond 1e150 are no scores"));
        }
        if spread == 0.0 {
            return Err(Error::input(
                "the teacher gives all documents of a query the same score, for every training query",
            )
            .help("check distill.scores: a constant column teaches nothing"));
        }
        Ok(Sampler { lists, candidates, seed, scale: 1.0 / spread, too_short })
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many queries are learned from.
    pub fn queries(&self) -> usize {
        self.lists.len()
    }

    /// The groups of a step, counted from 0, with `groups` queries in each; the teacher's scores are spread by `scale`.
    pub fn step(&self, step: usize, groups: usize, scale: f64) -> Vec<Group<'a>> {
        let first = step * groups;
        let mut order = (usize::MAX, Vec::new());
        (first..first + groups)
            .map(|number| {
                let (epoch, place) = (number / self.lists.len(), number % self.lists.len());
                if order.0 != epoch {
                    order = (epoch, shuffled(self.lists.len(), self.random(ORDERS + epoch as u64)));
                }
                self.group(order.1[place], number, scale)
            })
            .collect()
    }

    fn group(&self, list: usize, number: usize, scale: f64) -> Group<'a> {
        let (query, list) = &self.lists[list];
        let picked = shuffled(list.len(), self.random(number as u64));
        let picked: Vec<&Scored> = picked.iter().take(self.candidates).map(|at| list[*at]).collect();
        Group {
            query,
            documents: picked.iter().map(|scored| &scored.document).collect(),
            teacher: picked.iter().map(|scored| (scored.score * self.scale * scale) as f32).collect(),
        }
    }

    fn random(&self, stream: u64) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(stream);
        random
    }
}

impl Group<'_> {
    /// Whether the teacher says the same of all candidates: such a group keeps its place and teaches nothing.
    pub fn is_flat(&self) -> bool {
        self.teacher.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// 0 to n - 1 in an order that the stream gives (Fisher and Yates), written out so that it never changes.
fn shuffled(n: usize, mut random: ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for at in (1..n).rev() {
        // The bias of a remainder of 64 bits is below 1e-12 for lists of this length.
        order.swap(at, (random.next_u64() % (at as u64 + 1)) as usize);
    }
    order
}

/// The standard deviation of scores within a list, the mean over lists.
fn spread(lists: &[(&QueryId, Vec<&Scored>)]) -> f64 {
    let of_list = |list: &Vec<&Scored>| {
        let n = list.len() as f64;
        let mean = list.iter().map(|s| s.score).sum::<f64>() / n;
        (list.iter().map(|s| (s.score - mean).powi(2)).sum::<f64>() / n).sqrt()
    };
    lists.iter().map(|(_, list)| of_list(list)).sum::<f64>() / lists.len() as f64
}

/// The places of texts in a step: each text once.
#[derive(Debug, Default)]
pub struct Places<'a, T: Ord> {
    places: BTreeMap<&'a T, usize>,
}

impl<'a, T: Ord> Places<'a, T> {
    /// Nothing yet.
    pub fn new() -> Places<'a, T> {
        Places { places: BTreeMap::new() }
    }

    /// The place of a text, and whether it is new; the first is at `next`.
    pub fn of(&mut self, text: &'a T, next: usize) -> (usize, bool) {
        match self.places.get(text) {
            Some(place) => (*place, false),
            None => {
                self.places.insert(text, next);
                (next, true)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Run;
    use std::collections::BTreeSet;

    fn data(score: impl Fn(usize, usize) -> f64) -> TrainingData {
        let mut data = TrainingData { teacher: Run::default(), ..TrainingData::default() };
        for q in 0..5 {
            let query = QueryId::new(format!("q{q}"));
            data.queries.insert(query.clone(), format!("query {q}"));
            let ranking = (0..6).map(|d| Scored { document: DocumentId::new(format!("d{d}")), score: score(q, d) });
            data.teacher.queries.insert(query, ranking.collect());
        }
        for d in 0..6 {
            data.documents.insert(DocumentId::new(format!("d{d}")), format!("document {d}"));
        }
        data
    }

    #[test]
    fn teachers_that_scored_the_same_pairs_give_the_same_texts_in_the_same_order() {
        let (one, other) = (data(|q, d| (q * d) as f64 + d as f64), data(|q, d| -((q + d * d) as f64)));
        let texts = |data: &TrainingData| -> Vec<(String, Vec<String>)> {
            let sampler = Sampler::new(data, 3, 7).unwrap();
            (0..4)
                .flat_map(|step| sampler.step(step, 2, 1.0))
                .map(|g| (g.query.to_string(), g.documents.iter().map(ToString::to_string).collect()))
                .collect()
        };
        assert_eq!(texts(&one), texts(&other));
    }

    #[test]
    fn every_query_has_its_turn_before_one_comes_again_and_candidates_differ() {
        let data = data(|q, d| (q + d) as f64);
        let sampler = Sampler::new(&data, 3, 1).unwrap();
        let groups: Vec<Group> = (0..5).flat_map(|step| sampler.step(step, 2, 1.0)).collect();
        let first: BTreeSet<&QueryId> = groups[..5].iter().map(|group| group.query).collect();
        assert_eq!(first.len(), 5);
        for group in &groups {
            assert_eq!(group.documents.iter().collect::<BTreeSet<_>>().len(), 3);
        }
        // A step does not depend on those before it.
        assert_eq!(sampler.step(3, 2, 1.0), groups[6..8]);
    }

    #[test]
    fn scores_spread_by_one_whatever_their_unit() {
        let [one, other] = [1.0, 100.0].map(|unit| data(move |q, d| unit * ((q * 7 + d * 3) % 5) as f64));
        let teacher = |data: &TrainingData| Sampler::new(data, 6, 1).unwrap().step(0, 5, 2.0)[0].teacher.clone();
        assert!(teacher(&one).iter().zip(teacher(&other)).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn what_teaches_nothing_is_refused() {
        let error = Sampler::new(&data(|q, _| q as f64), 3, 1).err().unwrap();
        assert!(error.to_string().contains("the same score"), "{error}");
        let error = Sampler::new(&data(|q, d| (q + d) as f64), 7, 1).err().unwrap();
        assert!(error.to_string().contains("7 scored documents"), "{error}");
    }
}
