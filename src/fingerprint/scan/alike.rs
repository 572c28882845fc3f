//! Texts of the same kind that are nearly the same: queries of several collections that ask one thing.
//!
//! A text is as like another as a scan would tell it, were it found as a text of its own in a file; of the two
//! directions the lesser counts, so that nothing that stands in one of the two alone is overlooked.

use super::effort::Effort;
use super::queries::{Queries, QueriesBuilder, QueryScratch};
use super::record::Record;
use super::surprise;
use crate::collection::QueryId;
use std::collections::{BTreeMap, BTreeSet};

/// Texts of so many bytes more may be compared with each other as far as the effort goes: queries of one pattern are much
/// alike, a thousand of them a million times.
const ROOM: usize = 1 << 18;

/// Texts that are nearly the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alike {
    /// Pairs of them, by their places, with their similarity (below 1 unless their words are the same). Of equal texts the
    /// first stands for all.
    pub pairs: BTreeMap<(usize, usize), f32>,
    /// Whether all were compared: texts may be so like each other, and so many, that it takes too long.
    pub all_compared: bool,
}

/// The pairs of texts that are at least so alike. How much a word says is judged by its share among these texts and a
/// prior.
pub fn alike(texts: &[&str], least: f32) -> Alike {
    within(texts, least, Effort::for_bytes(ROOM + texts.iter().map(|text| text.len()).sum::<usize>()))
}

fn within(texts: &[&str], least: f32, effort: Effort) -> Alike {
    let mut seen = BTreeSet::new();
    let first: Vec<bool> = texts.iter().map(|text| seen.insert(*text)).collect();
    let different = || texts.iter().enumerate().filter(|(place, _)| first[*place]);
    let mut builder = QueriesBuilder::default();
    // The places of the texts that have words, by the numbers that they get.
    let mut places = Vec::new();
    for (place, text) in different() {
        if builder.add(0, &QueryId::new(""), text).is_some() {
            places.push(place);
        }
    }
    let queries = weighed(builder, texts);
    let (mut record, mut scratch, mut found) = (Record::default(), QueryScratch::default(), Vec::new());
    scratch.effort = effort;
    let mut one_way: BTreeMap<(usize, usize), f32> = BTreeMap::new();
    for (place, text) in different() {
        record.clear();
        record.push(text.as_bytes(), 1);
        found.clear();
        queries.find(&record, least, &mut scratch, &mut found);
        for hit in found.iter().filter(|hit| hit.whole && !hit.common) {
            one_way.insert((place, places[hit.query as usize]), hit.similarity);
        }
    }
    let both_ways = |(&(a, b), similarity): (&(usize, usize), &f32)| {
        let back = one_way.get(&(b, a)).filter(|_| a < b)?;
        Some(((a, b), similarity.min(*back)))
    };
    Alike { pairs: one_way.iter().filter_map(both_ways).collect(), all_compared: !scratch.effort.ran_out() }
}

/// The queries, weighed by the words of the texts.
fn weighed(builder: QueriesBuilder, texts: &[&str]) -> Queries {
    let (vocabulary, hashes) = builder.vocabulary();
    let (mut counts, mut total) = (vec![0; hashes.len()], 0);
    for text in texts {
        for word in super::words::spelled(text) {
            if let Some(number) = vocabulary.get(super::words::digest(&word)) {
                counts[number as usize] += 1;
                total += 1;
            }
        }
    }
    let bits = surprise::bits(hashes, &counts, total);
    builder.build(&bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_spellings_are_alike_and_subjects_are_not() {
        let texts = [
            "Treatment of asthma in children",
            "treatment of asthma in adults",
            "Treatments of asthma in children!",
            "what is it",
            "what is that",
            "plant-based diets",
            "plant-based diet",
            "plant-based diet for dogs",
            "",
        ];
        let found: Vec<(usize, usize)> = alike(&texts, 0.9).pairs.into_keys().collect();
        assert_eq!(found, [(0, 2), (5, 6)]);
        let looser: Vec<(usize, usize)> = alike(&texts, 0.7).pairs.into_keys().collect();
        assert_eq!(looser, [(0, 1), (0, 2), (5, 6)]);
    }

    #[test]
    fn of_equal_texts_the_first_stands_for_all() {
        let texts = ["plant-based diets", "plant-based diet", "plant-based diet", "plant-based diets"];
        assert_eq!(alike(&texts, 0.9).pairs.into_keys().collect::<Vec<_>>(), [(0, 1)]);
        let found = alike(&["quartz vortices jinx glyphs"; 50_000], 0.9);
        assert_eq!((found.pairs.len(), found.all_compared), (0, true));
    }

    #[test]
    fn texts_that_are_too_many_and_too_much_alike_are_told() {
        let texts: Vec<String> = (0..500).map(|n| format!("quartz vortices jinx glyphs x{n}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert!(!within(&texts, 0.9, Effort::for_bytes(0)).all_compared);
        assert!(alike(&texts[..100], 0.9).all_compared);
    }
}
