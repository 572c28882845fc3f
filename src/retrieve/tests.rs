//! What the first stage finds: against another implementation, and in the corners.

use super::Index;
use crate::collection::{DocumentId, QueryId};
use crate::config::Bm25;
use crate::error::{Error, Exit};
use crate::runs::{Scored, by_rank};
use crate::text::{Language, is_unspaced};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;
use unicode_normalization::is_nfkc;

const CORPUS: &str = include_str!("../../fixtures/bm25/corpus.jsonl");
const QUERIES: &str = include_str!("../../fixtures/bm25/queries.jsonl");
const EXPECTED: &str = include_str!("../../fixtures/bm25/expected.json");
const LUCENE: &str = include_str!("../../fixtures/bm25/lucene.run");

/// A line of the fixture's corpus or queries.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    title: String,
    text: String,
}

/// What `fixtures/bm25/make.py` says that some settings find.
#[derive(Deserialize)]
struct Case {
    name: String,
    settings: Bm25,
    run: BTreeMap<String, Vec<(String, f64)>>,
}

fn lines(jsonl: &str) -> Vec<Line> {
    jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn corpus() -> Vec<(String, String)> {
    lines(CORPUS).into_iter().map(|line| (line.id, format!("{} {}", line.title, line.text))).collect()
}

fn queries() -> BTreeMap<QueryId, String> {
    lines(QUERIES).into_iter().map(|line| (QueryId::new(line.id), line.text)).collect()
}

fn index(documents: &[(String, String)], settings: &Bm25) -> Index {
    let documents = documents.iter().map(|(id, text)| Ok((DocumentId::new(id), text.clone())));
    Index::build(documents, settings).unwrap()
}

fn small(documents: &[(&str, &str)]) -> Index {
    let documents: Vec<_> = documents.iter().map(|(id, text)| (id.to_string(), text.to_string())).collect();
    index(&documents, &Bm25::default())
}

fn ids(ranking: &[Scored]) -> Vec<&str> {
    ranking.iter().map(|scored| scored.document.as_str()).collect()
}

#[test]
fn finds_what_an_independent_implementation_finds() {
    let cases: Vec<Case> = serde_json::from_str(EXPECTED).unwrap();
    for Case { name, settings, run } in cases {
        let index = index(&corpus(), &settings);
        for (id, text) in queries() {
            let found = index.search(&text, 10);
            let expected = &run[id.as_str()];
            assert_eq!(ids(&found), expected.iter().map(|(id, _)| id).collect::<Vec<_>>(), "{name}, {id}: {text}");
            for (ours, (_, theirs)) in found.iter().zip(expected) {
                assert!((ours.score - theirs).abs() < 1e-5, "{name}, {id}, {}: {} {theirs}", ours.document, ours.score);
            }
        }
    }
}

/// `fixtures/bm25/Lucene.java` asked Lucene itself, through Anserini, with the texts that the two treat alike.
#[test]
fn finds_what_lucene_finds() {
    let alike = |text: &str| is_nfkc(text) && !text.contains(is_unspaced);
    let documents: Vec<_> = corpus().into_iter().filter(|(_, text)| alike(text)).collect();
    let index = index(&documents, &Bm25::default());
    let mut lucene: BTreeMap<QueryId, Vec<Scored>> = BTreeMap::new();
    for line in LUCENE.lines() {
        let columns: Vec<&str> = line.split(' ').collect();
        let scored = Scored { document: DocumentId::from(columns[2]), score: columns[4].parse().unwrap() };
        lucene.entry(QueryId::from(columns[0])).or_default().push(scored);
    }
    for (id, text) in queries().into_iter().filter(|(_, text)| alike(text)) {
        let found = index.search(&text, 100);
        let mut expected = lucene.remove(&id).unwrap_or_default();
        expected.sort_by(by_rank);
        assert_eq!(ids(&found), ids(&expected), "{id}: {text}");
        for (ours, theirs) in found.iter().zip(&expected) {
            assert!((ours.score - theirs.score).abs() < 1e-5, "{id}, {}: {ours:?} {theirs:?}", ours.document);
        }
    }
    assert!(lucene.is_empty(), "these queries were not compared: {:?}", lucene.keys());
}

#[test]
fn the_order_of_the_documents_changes_nothing() {
    let mut documents = corpus();
    let forward = index(&documents, &Bm25::default()).run(&queries(), 10);
    documents.reverse();
    assert_eq!(index(&documents, &Bm25::default()).run(&queries(), 10), forward);
    documents.sort_by_key(|(_, text)| text.len());
    assert_eq!(index(&documents, &Bm25::default()).run(&queries(), 10), forward);
}

#[test]
fn ties_go_by_document_id_descending_also_at_the_cut() {
    let index = small(&[("b", "tie"), ("10", "tie"), ("a", "tie"), ("9", "tie"), ("c", "no match")]);
    assert_eq!(ids(&index.search("tie", 9)), ["b", "a", "9", "10"]);
    assert_eq!(ids(&index.search("tie", 2)), ["b", "a"]);
    assert_eq!(ids(&index.search("tie", 0)), [""; 0]);
}

#[test]
fn the_best_k_are_the_first_k_of_all() {
    let index = index(&corpus(), &Bm25::default());
    for text in queries().values() {
        let all = index.search(text, usize::MAX);
        assert!(all.is_sorted_by(|a, b| by_rank(a, b).is_lt()), "{text}");
        for k in 0..12 {
            assert_eq!(index.search(text, k), all[..k.min(all.len())], "{text}");
        }
    }
}

#[test]
fn a_query_without_a_word_that_counts_finds_nothing() {
    let index = index(&corpus(), &Bm25::default());
    for query in ["", "  ", "?!", "to be or not to be", "zeppelin"] {
        assert_eq!(index.search(query, 10), [], "{query:?}");
    }
    let run = index.run(&BTreeMap::from([(QueryId::new("q"), String::new())]), 10);
    assert_eq!(run.queries[&QueryId::new("q")], []);
}

#[test]
fn case_does_not_matter() {
    let index = index(&corpus(), &Bm25::default());
    assert_eq!(index.search("TYRE PRESSURE ON GRAVEL", 10), index.search("tyre pressure on gravel", 10));
}

#[test]
fn empty_documents_are_indexed_and_never_found_and_do_not_change_scores() {
    let without = small(&[("a", "red apple"), ("b", "green apple tree")]);
    let with = small(&[("e1", ""), ("a", "red apple"), ("e2", " \n"), ("b", "green apple tree"), ("e3", "the of")]);
    assert_eq!(with.search("apple tree", 10), without.search("apple tree", 10));
    assert_eq!((with.len(), with.empty_documents(), without.empty_documents()), (5, 3, 0));
}

#[test]
fn an_index_of_nothing_finds_nothing() {
    for index in [small(&[]), small(&[("empty", "")])] {
        assert_eq!(index.search("anything", 10), []);
    }
    assert!(small(&[]).is_empty());
}

#[test]
fn scores_of_given_documents_are_those_of_the_search() {
    let index = small(&[("a", "red apple"), ("b", "green pear"), ("c", "apple, apple")]);
    let found = index.search("apple", 10);
    let asked = ["c", "b", "nowhere", "a"].map(DocumentId::from);
    let expected = [Some(found[0].score), Some(0.0), None, Some(found[1].score)];
    assert_eq!(ids(&found), ["c", "a"]);
    assert_eq!(index.scores("apple", &asked), expected);
}

/// By hand: two documents of two and four terms (mean 3), k1 = 1, b = 0.5. `pear` occurs in one of the two:
/// idf = ln(1 + 1.5 / 1.5) = ln 2; tf part = 2 / (2 + 0.5 + 0.5 * 4 / 3) = 12 / 19.
#[test]
fn a_score_that_can_be_done_by_hand() {
    let documents = [("a", "red apple"), ("b", "pear pear green tree")].map(|(id, t)| (id.to_owned(), t.to_owned()));
    let index = index(&documents, &Bm25 { k1: 1.0, b: 0.5, ..Bm25::default() });
    let score = index.search("pears", 1)[0].score;
    assert!((score - std::f64::consts::LN_2 * 12.0 / 19.0).abs() < 1e-15);
}

#[test]
fn japanese_is_found_in_any_language() {
    for language in [Language::English, Language::Japanese, Language::None] {
        let index = index(&corpus(), &Bm25 { language, ..Bm25::default() });
        assert_eq!(ids(&index.search("りんごの剪定", 1)), ["ja1"], "{language:?}");
    }
}

#[test]
fn repeated_identifiers_and_broken_streams_are_errors() {
    let text = String::from("text");
    let twice = ["x", "y", "x", "z", "y", "x"].map(|id| Ok((DocumentId::new(id), text.clone())));
    let error = Index::build(twice.into_iter(), &Bm25::default()).err().unwrap();
    assert_eq!(error.exit(), Exit::Unusable);
    assert!(error.what().ends_with("apart: x, y (2 in all)"), "{error}");

    let broken = [Ok((DocumentId::new("x"), text)), Err(Error::input("line 2 is broken"))];
    let error = Index::build(broken.into_iter(), &Bm25::default()).err().unwrap();
    assert_eq!(error.what(), "line 2 is broken");

    let error = Index::build(std::iter::empty(), &Bm25 { b: 2.0, ..Bm25::default() }).err().unwrap();
    assert!(error.what().contains("b of BM25 is 2"));
}

proptest! {
    #[test]
    fn no_text_breaks_the_index(texts in prop::collection::vec(any::<String>(), 0..8), query: String) {
        let documents: Vec<_> = texts.into_iter().enumerate().map(|(n, text)| (n.to_string(), text)).collect();
        for found in index(&documents, &Bm25::default()).search(&query, 5) {
            prop_assert!(found.score.is_finite() && found.score > 0.0);
        }
    }
}
