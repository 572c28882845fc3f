//! Which regions of a corpus the queries of a collection cover: queries that share a characteristic word.
//!
//! A word is characteristic of a query where it is frequent in the query and its relevant documents, rare in the corpus
//! (tf-idf, Spärck Jones 1972). Regions are a greedy cover: the word that is
//! characteristic of most queries takes them, then the word of most that are left, and so on; what is left in the end
//! joins the region whose words it shares most. A reader sees from the words why a query is where it is, and the same
//! collection always gives the same regions.

use crate::collection::QueryId;
use crate::text::tokens;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Words that are characteristic of a query, at most.
const CHARACTERISTIC: usize = 20;

/// Words that name a region.
const NAMING: usize = 4;

/// A word of a region is characteristic of at least so many of its queries.
const FEWEST: usize = 2;

/// A region of the corpus that queries ask about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Region {
    /// The words that say what it is about, the one that its queries share first.
    pub words: Vec<String>,
    /// The queries.
    pub queries: Vec<QueryId>,
}

/// In how many documents of a corpus each word occurs.
#[derive(Clone, Debug, Default)]
pub struct Frequencies {
    documents: usize,
    of: HashMap<String, u32>,
}

impl Frequencies {
    /// Counts one document.
    pub fn add(&mut self, text: &str) {
        self.documents += 1;
        let words: BTreeSet<String> = tokens(text).into_iter().collect();
        for word in words {
            *self.of.entry(word).or_default() += 1;
        }
    }

    /// How surprising a word is: the logarithm of one in so many documents; 0 for a word in all of them.
    pub fn surprise(&self, word: &str) -> f64 {
        let holding = self.of.get(word).copied().unwrap_or(1).max(1);
        (self.documents.max(1) as f64 / f64::from(holding)).ln()
    }
}

/// The words that are characteristic of a query, with their weights.
type Words = BTreeMap<String, f64>;

/// The regions, at most so many, the largest first; queries that share nothing with any region are a last one. `texts` are
/// each query with its relevant documents, joined.
pub fn regions(texts: &BTreeMap<QueryId, String>, frequencies: &Frequencies, most: usize) -> Vec<Region> {
    let shared = shared_words(texts.values());
    let all: BTreeMap<&QueryId, Words> =
        texts.iter().map(|(query, text)| (query, characteristic(text, &shared, frequencies))).collect();
    let mut left: BTreeSet<&QueryId> = all.keys().copied().collect();
    let mut seeds: Vec<(String, BTreeSet<&QueryId>)> = Vec::new();
    while seeds.len() < most {
        let Some(word) = most_shared(left.iter().map(|query| &all[query])) else { break };
        let (taken, rest) = left.into_iter().partition(|query| all[query].contains_key(&word));
        seeds.push((word, taken));
        left = rest;
    }
    let centres: Vec<Words> = seeds.iter().map(|(_, queries)| sums(queries.iter().map(|query| &all[query]))).collect();
    let mut alone = BTreeSet::new();
    for query in left {
        let likeness = |centre: &Words| all[query].iter().filter_map(|(w, x)| Some(x * centre.get(w)?)).sum::<f64>();
        // A large region has large sums for being large alone.
        let share = |place: usize| likeness(&centres[place]) / seeds[place].1.len() as f64;
        let best = (0..centres.len()).max_by(|a, b| share(*a).total_cmp(&share(*b)).then(b.cmp(a)));
        match best.filter(|place| share(*place) > 0.0) {
            Some(place) => seeds[place].1.insert(query),
            None => alone.insert(query),
        };
    }
    let region = |word: Option<String>, queries: BTreeSet<&QueryId>| Region {
        words: named(word, sums(queries.iter().map(|query| &all[query]))),
        queries: queries.into_iter().cloned().collect(),
    };
    let mut regions: Vec<Region> = seeds.into_iter().map(|(word, queries)| region(Some(word), queries)).collect();
    regions.sort_by_key(|region| std::cmp::Reverse(region.queries.len()));
    if !alone.is_empty() {
        regions.push(region(None, alone));
    }
    regions
}

/// Words that occur in the texts of several queries: others group nothing.
fn shared_words<'a>(texts: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    let (mut once, mut shared) = (BTreeSet::new(), BTreeSet::new());
    for text in texts {
        let words: BTreeSet<String> = tokens(text).into_iter().collect();
        for word in words {
            if !once.insert(word.clone()) {
                shared.insert(word);
            }
        }
    }
    shared
}

/// The words that are characteristic of a text, with their weights.
fn characteristic(text: &str, shared: &BTreeSet<String>, frequencies: &Frequencies) -> Words {
    let mut counts: Words = Words::new();
    for word in tokens(text) {
        // Numbers and single letters are nobody's subject.
        if word.chars().count() > 1 && !word.chars().all(char::is_numeric) && shared.contains(&word) {
            *counts.entry(word).or_default() += 1.0;
        }
    }
    let weighed = counts.into_iter().map(|(word, count)| {
        let weight = (1.0 + count.ln()) * frequencies.surprise(&word);
        (word, weight)
    });
    heaviest(weighed, CHARACTERISTIC).into_iter().filter(|(_, weight)| *weight > 0.0).collect()
}

/// The words with the largest weights, the largest first; of equal ones the first in the alphabet.
fn heaviest(words: impl Iterator<Item = (String, f64)>, most: usize) -> Vec<(String, f64)> {
    let mut words: Vec<(String, f64)> = words.collect();
    words.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.truncate(most);
    words
}

/// The word that is characteristic of most queries; of several the one with the larger weight in all.
fn most_shared<'a>(queries: impl Iterator<Item = &'a Words>) -> Option<String> {
    let mut shared: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for (word, weight) in queries.flatten() {
        let entry = shared.entry(word).or_default();
        entry.0 += 1;
        entry.1 += weight;
    }
    let enough = shared.into_iter().filter(|(_, (queries, _))| *queries >= FEWEST);
    let best = enough.max_by(|(a, (n, x)), (b, (m, y))| n.cmp(m).then(x.total_cmp(y)).then_with(|| b.cmp(a)));
    best.map(|(word, _)| word.to_owned())
}

/// The weights of all words of some queries.
fn sums<'a>(queries: impl Iterator<Item = &'a Words>) -> Words {
    let mut sums = Words::new();
    for (word, weight) in queries.flatten() {
        *sums.entry(word.clone()).or_default() += weight;
    }
    sums
}

/// The words that name a region: the shared one, then those with the largest weight in all.
fn named(shared: Option<String>, words: Words) -> Vec<String> {
    let others = words.into_iter().filter(|(word, _)| Some(word) != shared.as_ref());
    let others = heaviest(others, NAMING).into_iter().map(|(word, _)| word);
    shared.iter().cloned().chain(others).take(NAMING).collect()
}

/// Shares `n` among the regions by their sizes: whole numbers by the largest remainders.
pub fn share(n: usize, regions: &[Region]) -> Vec<usize> {
    let all: usize = regions.iter().map(|region| region.queries.len()).sum();
    let exact = |region: &Region| (n * region.queries.len()) as f64 / all.max(1) as f64;
    let mut shares: Vec<usize> = regions.iter().map(|region| exact(region) as usize).collect();
    let mut order: Vec<usize> = (0..regions.len()).collect();
    order.sort_by(|a, b| exact(&regions[*b]).fract().total_cmp(&exact(&regions[*a]).fract()).then(a.cmp(b)));
    let missing = n.saturating_sub(shares.iter().sum());
    for region in order.into_iter().cycle().take(if regions.is_empty() { 0 } else { missing }) {
        shares[region] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(texts: &[(&str, &str)], most: usize) -> Vec<Region> {
        let mut frequencies = Frequencies::default();
        for text in
            ["the heart of a patient", "the wing of a plane", "the cell", "the patient", "the plane", "the rest"]
        {
            frequencies.add(text);
        }
        let texts = texts.iter().map(|(id, text)| (QueryId::new(id), (*text).to_owned())).collect();
        regions(&texts, &frequencies, most)
    }

    #[test]
    fn queries_with_a_word_in_common_are_a_region() {
        let texts = [
            ("q1", "the heart of old patients"),
            ("q2", "the heart attack"),
            ("q3", "the wing in wind"),
            ("q4", "the wing flutter"),
            ("q5", "the heart of a cell"),
            ("q6", "something else"),
        ];
        let found = made(&texts, 8);
        assert_eq!(found[0].words[0], "heart");
        assert_eq!(found[0].queries.len(), 3);
        assert_eq!(found[1].words[0], "wing");
        assert_eq!(found[2].queries, [QueryId::new("q6")]);
        assert_eq!(found, made(&texts, 8), "the same every time");
        assert_eq!(made(&texts, 1).len(), 2, "one region, and what shares nothing with it");
    }

    #[test]
    fn fresh_queries_are_shared_as_the_old_ones_are() {
        let region = |n: usize| Region { words: vec![], queries: vec![QueryId::new("q"); n] };
        assert_eq!(share(10, &[region(5), region(3), region(2)]), [5, 3, 2]);
        assert_eq!(share(7, &[region(1), region(1), region(1)]), [3, 2, 2]);
        assert_eq!(share(0, &[region(1)]), [0]);
        assert_eq!(share(3, &[]), Vec::<usize>::new());
    }
}
