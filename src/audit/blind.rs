//! What a query is like without asking a ranker that is judged: its length, its words, how it is judged, and what BM25
//! makes of it; and whether that is enough to tell two samples of queries apart ([`crate::stats::likeness`]).
//!
//! Attacks that compare what a model may have read with what it cannot have read often find nothing but a difference of
//! this kind (Das, Zhang and Tramèr 2024, "Blind baselines beat membership inference attacks for foundation models").

use crate::collection::{Collection, Grade, QueryId};
use crate::facts::{Balance, Blind, Tell};
use crate::measure::Measure;
use crate::runs::{Run, value};
use crate::stats::{Block, Likeness, likeness, normal_scores};
use crate::text::tokens;
use std::collections::{BTreeMap, BTreeSet};

/// Words that occur in more than one query are features, the most frequent so many.
const MOST_WORDS: usize = 500;

/// BM25's results that the shape of its scores is read off.
const TOP: usize = 10;

/// Things that are said to tell queries apart.
const TELLS: usize = 3;

/// What a number of a query is.
const LENGTH: &str = "words in the query";
const CHARACTERS: &str = "characters in the query";
const RELEVANT: &str = "relevant documents";
const JUDGED: &str = "judged documents";
const FOUND: &str = "what BM25 finds";
const TOP_SCORE: &str = "top score of BM25";
const SECOND: &str = "BM25's fall to the second";
const TENTH: &str = "BM25's fall to the tenth";

/// What the name of a word's share begins with.
pub const WITH_WORD: &str = "share with the word ";

/// Those whose balance is shown; the others serve the classifier.
const BALANCED: [&str; 4] = [LENGTH, RELEVANT, JUDGED, FOUND];

/// What one query is like.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Numbers by what they are.
    numbers: Vec<(&'static str, f64)>,
    words: BTreeSet<String>,
}

/// How queries are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The collection.
    pub collection: &'a Collection,
    /// Relevant from this grade on.
    pub rel: Grade,
    /// BM25's ranking of the queries, where there is one.
    pub bm25: Option<&'a Run>,
    /// What is measured of it.
    pub measure: &'a Measure,
}

/// What each of these queries is like.
pub fn profiles<'a>(look: Look<'_>, queries: impl IntoIterator<Item = &'a QueryId>) -> Vec<Profile> {
    queries.into_iter().map(|query| profile(look, query)).collect()
}

fn profile(look: Look<'_>, query: &QueryId) -> Profile {
    let text = look.collection.queries.get(query).map_or("", String::as_str);
    let words = tokens(text);
    let nothing = BTreeMap::new();
    let judged = look.collection.qrels.queries.get(query).unwrap_or(&nothing);
    let relevant = judged.values().filter(|grade| **grade >= look.rel).count();
    let mut numbers = vec![
        (LENGTH, words.len() as f64),
        (CHARACTERS, text.chars().count() as f64),
        (RELEVANT, relevant as f64),
        (JUDGED, judged.len() as f64),
    ];
    if let Some(run) = look.bm25 {
        let ranking = run.ranking(query);
        let score = |rank: usize| ranking.get(rank).map_or(0.0, |scored| scored.score);
        let top = score(0);
        // As a share of the top score a fall means the same on every scale.
        let fall = |rank: usize| if top > 0.0 { 1.0 - score(rank) / top } else { 0.0 };
        numbers.extend([
            (FOUND, value(look.measure, look.rel, &look.collection.qrels, query, ranking)),
            (TOP_SCORE, top),
            (SECOND, fall(1)),
            (TENTH, fall(TOP - 1)),
        ]);
    }
    Profile { numbers, words: words.into_iter().collect() }
}

/// Tries to tell the queries of a twin from the suspect's; `None` with too few of either.
pub fn blind(suspect: &[Profile], twin: &[Profile], alpha: f64) -> Option<Blind> {
    let all: Vec<&Profile> = suspect.iter().chain(twin).collect();
    let is_twin: Vec<bool> = (0..all.len()).map(|i| i >= suspect.len()).collect();
    let (numbers, number_tells) = number_block(&all, &is_twin);
    let (words, word_tells) = word_block(&all, &is_twin);
    let found = likeness(&[numbers, words], &is_twin, alpha)?;
    let Likeness { auc, p, needed, weights } = found;
    let mut tells: Vec<(f64, Tell)> =
        weights.into_iter().flatten().map(f64::abs).zip(number_tells.into_iter().chain(word_tells)).collect();
    tells.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.what.cmp(&b.1.what)));
    let tells = tells.into_iter().take(TELLS).map(|(_, tell)| tell).collect();
    Some(Blind { auc, p, needed, tells })
}

/// Numbers as normal scores, which no outlier bends, and their squares, by which a difference in spread shows too.
fn number_block(all: &[&Profile], is_twin: &[bool]) -> (Block, Vec<Tell>) {
    let (mut block, mut tells) = (Block::new(), Vec::new());
    for (what, values) in columns(all) {
        let Some(z) = normal_scores(&values) else { continue };
        block.push(z.iter().map(|z| z * z).collect());
        block.push(z);
        let (suspect, twin) = apart(&values, is_twin);
        tells.push(Tell { what: format!("spread of {what}"), suspect: deviation(&suspect), twin: deviation(&twin) });
        tells.push(Tell { what: what.to_owned(), suspect: mean(&suspect), twin: mean(&twin) });
    }
    (block, tells)
}

/// Which query has which word; a query's words weigh the same together, however many there are.
fn word_block(all: &[&Profile], is_twin: &[bool]) -> (Block, Vec<Tell>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter().flat_map(|profile| &profile.words).for_each(|word| *counts.entry(word).or_default() += 1);
    let mut words: Vec<(&str, usize)> =
        counts.into_iter().filter(|(_, count)| *count > 1 && *count < all.len()).collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    words.truncate(MOST_WORDS);
    let known: BTreeSet<&str> = words.iter().map(|(word, _)| *word).collect();
    let sizes: Vec<f64> = all
        .iter()
        .map(|profile| (profile.words.iter().filter(|word| known.contains(word.as_str())).count() as f64).sqrt())
        .collect();
    let has = |word: &str| -> Vec<f64> { all.iter().map(|p| f64::from(u8::from(p.words.contains(word)))).collect() };
    let (mut block, mut tells) = (Block::new(), Vec::new());
    for (word, _) in words {
        let holds = has(word);
        block.push(holds.iter().zip(&sizes).map(|(has, size)| if *has > 0.0 { has / size } else { 0.0 }).collect());
        let (suspect, twin) = apart(&holds, is_twin);
        tells.push(Tell { what: format!("{WITH_WORD}{word}"), suspect: mean(&suspect), twin: mean(&twin) });
    }
    (block, tells)
}

/// The numbers that should be alike on both sides.
pub fn balance(suspect: &[Profile], twin: &[Profile]) -> Vec<Balance> {
    let all: Vec<&Profile> = suspect.iter().chain(twin).collect();
    let is_twin: Vec<bool> = (0..all.len()).map(|i| i >= suspect.len()).collect();
    let mut balance = Vec::new();
    for (what, values) in columns(&all).into_iter().filter(|(what, _)| BALANCED.contains(what)) {
        let (suspect, twin) = apart(&values, &is_twin);
        let pooled = ((deviation(&suspect).powi(2) + deviation(&twin).powi(2)) / 2.0).sqrt();
        let (suspect, twin) = (mean(&suspect), mean(&twin));
        let difference = (pooled > 0.0).then(|| (twin - suspect) / pooled);
        balance.push(Balance { what: what.to_owned(), suspect, twin, difference });
    }
    balance
}

/// The numbers that every profile has, as columns.
fn columns(all: &[&Profile]) -> Vec<(&'static str, Vec<f64>)> {
    let fewest = all.iter().map(|profile| profile.numbers.len()).min().unwrap_or(0);
    let column = |i: usize| (all[0].numbers[i].0, all.iter().map(|profile| profile.numbers[i].1).collect());
    (0..fewest).map(column).collect()
}

fn apart(values: &[f64], is_twin: &[bool]) -> (Vec<f64>, Vec<f64>) {
    let of = |twin: bool| values.iter().zip(is_twin).filter(|(_, is)| **is == twin).map(|(value, _)| *value).collect();
    (of(false), of(true))
}

/// The mean; 0 of nothing.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The standard deviation, denominator n - 1; 0 of fewer than two.
fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len().saturating_sub(1).max(1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles(lengths: impl Fn(usize) -> f64, word: &str) -> Vec<Profile> {
        let one = |i: usize| Profile {
            numbers: vec![(LENGTH, lengths(i)), (JUDGED, 10.0)],
            words: [word.to_owned(), format!("w{}", i % 5)].into(),
        };
        (0..30).map(one).collect()
    }

    #[test]
    fn words_and_numbers_and_their_spread_are_what_it_tells_by() {
        let plain = |i: usize| (i % 4) as f64;
        let told = |suspect: &[Profile], twin: &[Profile]| {
            let found = blind(suspect, twin, 0.05).unwrap();
            (found.p <= 0.05).then(|| found.tells[0].what.clone())
        };
        let old = profiles(plain, "the");
        assert_eq!(told(&old, &profiles(plain, "the")), None);
        assert_eq!(told(&old, &profiles(|i| plain(i) + 4.0, "the")).as_deref(), Some(LENGTH));
        assert_eq!(
            told(&old, &profiles(|i| 4.0 * plain(i) - 4.5, "the")).as_deref(),
            Some("spread of words in the query")
        );
        let by_word = told(&old, &profiles(plain, "what")).unwrap();
        assert!(by_word.starts_with(WITH_WORD), "{by_word}");
    }

    #[test]
    fn balance_is_in_standard_deviations() {
        let balance = balance(&profiles(|i| (i % 2) as f64, "a"), &profiles(|i| (i % 2) as f64 + 1.0, "a"));
        let length = &balance[0];
        assert_eq!((length.what.as_str(), length.suspect, length.twin), (LENGTH, 0.5, 1.5));
        // The variance of a coin with denominator n - 1: 30 / 29 / 4.
        assert!((length.difference.unwrap() - 1.0 / (30.0_f64 / 29.0 / 4.0).sqrt()).abs() < 1e-12);
        assert_eq!(balance[1].difference, None, "judged alike everywhere");
    }
}
