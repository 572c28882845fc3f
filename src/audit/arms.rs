//! What is to be known of each arm's scores: measures, coverage, ties, whose order and whose scores they are.

use super::lessons;
use super::material::{Gathered, Material, Scores};
use super::request::{BM25, Request, Source};
use crate::collection::{DocumentId, QueryId};
use crate::config::Loaded;
use crate::facts::{ArmFacts, ArmOnCollection, ArmSource, HistogramFacts, SameOrder, Scales};
use crate::measure::Measure;
use crate::runs::{Coverage, Run, Scored, value};
use crate::stats::MIN_CANDIDATES;
use std::collections::{BTreeMap, BTreeSet};

/// Bins of a histogram.
const BINS: usize = 24;

/// Describes every arm, `bm25` last.
pub fn describe(loaded: &Loaded, request: &Request, material: &Material) -> Vec<ArmFacts> {
    let mut arms: Vec<ArmFacts> = request
        .scorers
        .iter()
        .map(|scorer| {
            let source = match &scorer.source {
                Source::Files(..) => ArmSource::Files,
                Source::Command(words) => ArmSource::Command { command: words.join(" ") },
                Source::Model(path, _) => ArmSource::Model {
                    path: path.clone(),
                    description: material.models.get(&scorer.name).cloned().unwrap_or_default(),
                },
                Source::Trained(supervision, _) => ArmSource::Trained {
                    student: request.start().map(|(path, _)| path.to_owned()).unwrap_or_default(),
                    learns_from: lessons::in_words(supervision),
                    description: material.models.get(&scorer.name).cloned().unwrap_or_default(),
                },
            };
            arm(loaded, material, &scorer.name, source)
        })
        .collect();
    if material.collections.iter().any(|c| c.scores.contains_key(BM25) || c.missing.contains_key(BM25)) {
        arms.push(arm(loaded, material, BM25, ArmSource::Bm25));
    }
    arms
}

fn arm(loaded: &Loaded, material: &Material, name: &str, source: ArmSource) -> ArmFacts {
    let covered = material.collections.iter().filter(|gathered| !gathered.runs(name).is_empty());
    let missing = material
        .collections
        .iter()
        .filter_map(|gathered| Some((gathered.config.name.clone(), gathered.missing.get(name)?.clone())));
    ArmFacts {
        name: name.to_owned(),
        source,
        seeds: material.collections.iter().map(|gathered| gathered.runs(name).len()).max().unwrap_or(0),
        collections: covered.map(|gathered| on_collection(loaded, gathered, name)).collect(),
        missing: missing.collect(),
    }
}

fn on_collection(loaded: &Loaded, gathered: &Gathered, name: &str) -> ArmOnCollection {
    let gate = &loaded.config.gate;
    let seeds = gathered.runs(name);
    let judged: Measure = "Judged@10".parse().expect("a supported measure");
    let measures = [&gate.measure].into_iter().chain(&gate.also);
    let bounds = Bounds::of(seeds);
    ArmOnCollection {
        collection: gathered.config.name.clone(),
        measures: measures.filter_map(|m| Some((m.to_string(), mean(gathered, seeds, m)?))).collect(),
        by_query: by_query(gathered, seeds, &gate.measure),
        histogram: histogram(gathered, seeds, bounds.range),
        judged_at_10: mean(gathered, seeds, &judged),
        coverage: coverage(seeds),
        score_range: bounds.range,
        at_the_bounds: bounds.share(seeds),
        tied: tied(seeds),
        flat_queries: flat_queries(gathered, seeds),
        scales: scales(gathered, seeds),
        same_order: same_orders(gathered, name),
        borrowed_from: borrowed_from(gathered, name),
        repeated_rows: seeds.iter().map(|scores| scores.repeated_rows).sum(),
        truncated: seeds.first().and_then(|scores| scores.truncated),
    }
}

/// Mean over the measured queries that are complete, and over seeds; `None` where there is none.
fn mean(gathered: &Gathered, seeds: &[Scores], measure: &Measure) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0usize);
    for scores in seeds {
        let incomplete: BTreeSet<&QueryId> = scores.coverage.queries_with_missing.iter().collect();
        for query in gathered.measured.iter().filter(|query| !incomplete.contains(query)) {
            sum += value(measure, gathered.config.rel, &gathered.collection.qrels, query, scores.run.ranking(query));
            n += 1;
        }
    }
    (n > 0).then(|| sum / n as f64)
}

/// The measure of each measured query that every seed covers, averaged over seeds.
fn by_query(gathered: &Gathered, seeds: &[Scores], measure: &Measure) -> BTreeMap<QueryId, f64> {
    let incomplete: BTreeSet<&QueryId> =
        seeds.iter().flat_map(|scores| &scores.coverage.queries_with_missing).collect();
    let complete = gathered.measured.iter().filter(|query| !incomplete.contains(query));
    let of = |query: &QueryId, scores: &Scores| {
        value(measure, gathered.config.rel, &gathered.collection.qrels, query, scores.run.ranking(query))
    };
    let mean = |query: &QueryId| seeds.iter().map(|scores| of(query, scores)).sum::<f64>() / seeds.len() as f64;
    complete.map(|query| (query.clone(), mean(query))).collect()
}

/// How the scores lie, those of relevant documents apart from all others.
fn histogram(gathered: &Gathered, seeds: &[Scores], range: Option<(f64, f64)>) -> Option<HistogramFacts> {
    let (low, high) = range?;
    let mut found = HistogramFacts { low, high, relevant: vec![0; BINS], other: vec![0; BINS] };
    let width = high - low;
    for (query, ranking) in seeds.iter().flat_map(|scores| &scores.run.queries) {
        for scored in ranking {
            // Scores that are all equal lie in the first bin.
            let place = if width > 0.0 { ((scored.score - low) / width * BINS as f64) as usize } else { 0 };
            let grade = gathered.collection.qrels.grade(query, &scored.document);
            let is_relevant = grade.is_some_and(|grade| grade >= gathered.config.rel);
            let bins = if is_relevant { &mut found.relevant } else { &mut found.other };
            bins[place.min(BINS - 1)] += 1;
        }
    }
    Some(found)
}

/// The coverage over all seeds: a query that one seed lacks is incomplete.
fn coverage(seeds: &[Scores]) -> Coverage {
    let mut all = seeds.first().map(|scores| scores.coverage.clone()).unwrap_or_default();
    for scores in seeds.iter().skip(1) {
        all.missing_pairs += scores.coverage.missing_pairs;
        all.extra_pairs += scores.coverage.extra_pairs;
        all.pairs += scores.coverage.pairs;
        all.queries_with_missing.extend(scores.coverage.queries_with_missing.iter().cloned());
        all.queries_missing_entirely.extend(scores.coverage.queries_missing_entirely.iter().cloned());
    }
    all.queries_with_missing.sort();
    all.queries_with_missing.dedup();
    all.queries_missing_entirely.sort();
    all.queries_missing_entirely.dedup();
    all
}

/// The smallest and largest score of an arm on a collection.
struct Bounds {
    range: Option<(f64, f64)>,
}

impl Bounds {
    fn of(seeds: &[Scores]) -> Bounds {
        let range = all_scores(seeds).fold(None, |range: Option<(f64, f64)>, score| {
            let (low, high) = range.unwrap_or((score, score));
            Some((low.min(score), high.max(score)))
        });
        Bounds { range }
    }

    fn share(&self, seeds: &[Scores]) -> f64 {
        let Some((low, high)) = self.range else { return 0.0 };
        let total = all_scores(seeds).count();
        all_scores(seeds).filter(|score| *score == low || *score == high).count() as f64 / total as f64
    }
}

fn all_scores(seeds: &[Scores]) -> impl Iterator<Item = f64> {
    seeds.iter().flat_map(|scores| scores.run.queries.values().flatten()).map(|scored| scored.score)
}

/// Share of pairs whose score another pair of the same query has too.
fn tied(seeds: &[Scores]) -> f64 {
    let (mut tied, mut total) = (0usize, 0usize);
    for ranking in seeds.iter().flat_map(|scores| scores.run.queries.values()) {
        let same = |index: usize| {
            let is = |other: Option<&Scored>| other.is_some_and(|o| o.score as f32 == ranking[index].score as f32);
            is(index.checked_sub(1).and_then(|i| ranking.get(i))) || is(ranking.get(index + 1))
        };
        tied += (0..ranking.len()).filter(|index| same(*index)).count();
        total += ranking.len();
    }
    if total == 0 { 0.0 } else { tied as f64 / total as f64 }
}

/// Queries that some seed gives one score for all of their documents.
fn flat_queries(gathered: &Gathered, seeds: &[Scores]) -> Vec<QueryId> {
    let flat = |scores: &[f64]| scores.iter().all(|score| *score as f32 == scores[0] as f32);
    queries_with(gathered, seeds, flat)
}

/// Tells probabilities from scores that cannot be any.
fn scales(gathered: &Gathered, seeds: &[Scores]) -> Scales {
    let unit = |scores: &[f64]| {
        scores.iter().all(|score| (0.0..=1.0).contains(score)) && scores.iter().any(|s| *s > 0.0 && *s < 1.0)
    };
    let beyond = |scores: &[f64]| scores.iter().any(|score| !(-1.0..=2.0).contains(score));
    Scales { unit: queries_with(gathered, seeds, unit), beyond: queries_with(gathered, seeds, beyond) }
}

/// Measured queries of which this can be said in some seed, if they have as many documents as a label residual needs.
fn queries_with(gathered: &Gathered, seeds: &[Scores], said: impl Fn(&[f64]) -> bool) -> Vec<QueryId> {
    let of_query = |query: &&QueryId| {
        seeds.iter().any(|seed| {
            let scores: Vec<f64> = seed.run.ranking(query).iter().map(|scored| scored.score).collect();
            scores.len() >= MIN_CANDIDATES && said(&scores)
        })
    };
    gathered.measured.iter().filter(of_query).cloned().collect()
}

/// Arms that order every measured query's documents as this one does, with any seed; also this arm's own other seeds.
fn same_orders(gathered: &Gathered, name: &str) -> Vec<SameOrder> {
    let own = gathered.runs(name);
    let mut same = Vec::new();
    for (other, seeds) in &gathered.scores {
        let pairs = own.iter().enumerate().flat_map(|(i, a)| seeds.iter().enumerate().map(move |(j, b)| (i, a, j, b)));
        // Of one arm's own seeds each pair is looked at once, and no seed beside itself.
        let mut pairs = pairs.filter(|(i, _, j, _)| other != name || i < j);
        if let Some(queries) = pairs.find_map(|(_, a, _, b)| equal_orders(gathered, &a.run, &b.run)) {
            same.push(SameOrder { arm: other.clone(), queries });
        }
    }
    same
}

/// How many queries were compared, if the documents that both rank stand in the same order in all of them.
fn equal_orders(gathered: &Gathered, a: &Run, b: &Run) -> Option<usize> {
    let mut compared = 0;
    for query in &gathered.measured {
        let (a, b) = (documents(a, query), documents(b, query));
        if a.is_empty() || b.is_empty() {
            continue;
        }
        let known: BTreeSet<&DocumentId> = b.iter().copied().collect();
        let shared: BTreeSet<&DocumentId> = a.iter().copied().filter(|document| known.contains(document)).collect();
        let left = a.iter().filter(|document| shared.contains(*document));
        let right = b.iter().filter(|document| shared.contains(*document));
        // One document that both have is an order only where neither has another.
        if !left.eq(right) || (shared.len() < 2 && a != b) {
            return None;
        }
        compared += 1;
    }
    (compared > 0).then_some(compared)
}

/// A query's documents from best to worst.
fn documents<'a>(run: &'a Run, query: &QueryId) -> Vec<&'a DocumentId> {
    run.ranking(query).iter().map(|scored| &scored.document).collect()
}

/// The arm whose scores these are, in order, while the documents are not: BM25, or the student before.
fn borrowed_from(gathered: &Gathered, name: &str) -> Option<String> {
    let own = gathered.runs(name);
    let lenders = [BM25, "before"].into_iter().take_while(|lender| *lender != name);
    let lends = |lender: &&str| {
        gathered.run(lender, 0).is_some_and(|run| own.iter().any(|scores| borrows(gathered, &scores.run, run)))
    };
    lenders.into_iter().find(lends).map(str::to_owned)
}

/// Whether one run's scores are another's, query by query and in order, over documents in another order.
fn borrows(gathered: &Gathered, own: &Run, lender: &Run) -> bool {
    let scores = |ranking: &[Scored]| ranking.iter().map(|s| s.score as f32).collect::<Vec<f32>>();
    let mut reordered = false;
    for query in &gathered.measured {
        let (own, lender) = (own.ranking(query), lender.ranking(query));
        // A re-ranker of the top 20 leaves the rest as it was; one of a shorter list has fewer scores.
        let lender = &lender[..lender.len().min(own.len())];
        if scores(own) != scores(lender) {
            return false;
        }
        reordered |= own.iter().map(|s| &s.document).ne(lender.iter().map(|s| &s.document));
    }
    reordered
}
