//! The rules for what the program writes: which lines are answers, and which answers can be used.

use super::batch::Pair;
use crate::error::{Error, Result, quiet};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How much of a line that cannot be used is shown, in characters.
const SHOWN: usize = 120;

/// Lines that are no JSON and are shown; the rest is counted.
const LOG_SHOWN: usize = 3;

/// Answers to a set of pairs, as they are heard.
#[derive(Debug)]
pub struct Answers<'a> {
    places: BTreeMap<(&'a str, &'a str), usize>,
    scores: Vec<Option<f64>>,
    /// Pairs that have a score.
    pub answered: usize,
    /// Answers that were given again, with the same score.
    pub repeated: u64,
    /// Lines that are no answers.
    pub log_lines: u64,
    /// The first of them.
    pub log: Vec<String>,
    lines: u64,
}

/// A line that begins with a brace. What else it holds is the program's own affair.
#[derive(Deserialize)]
struct Said {
    query_id: Option<Value>,
    doc_id: Option<Value>,
    score: Option<Value>,
}

impl<'a> Answers<'a> {
    /// No answer yet to any of the pairs that are asked.
    pub fn to(pairs: impl Iterator<Item = &'a Pair>) -> Answers<'a> {
        let places: BTreeMap<(&str, &str), usize> = pairs
            .enumerate()
            .map(|(index, pair)| ((pair.query_id.as_str(), pair.document_id.as_str()), index))
            .collect();
        let scores = vec![None; places.len()];
        Answers { places, scores, answered: 0, repeated: 0, log_lines: 0, log: Vec::new(), lines: 0 }
    }

    /// How many pairs were asked.
    pub fn asked(&self) -> usize {
        self.scores.len()
    }

    /// How many lines were heard.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Hears a line; gives the place of the pair and its score where the line answers one.
    ///
    /// # Errors
    /// Broken JSON, a score that is no number, a pair that nobody asked for, another score for the same pair.
    pub fn hear(&mut self, line: &[u8]) -> Result<Option<(usize, f64)>> {
        self.lines += 1;
        let text = String::from_utf8_lossy(line);
        let text = text.trim();
        if !text.starts_with('{') {
            if !text.is_empty() {
                self.log_lines += 1;
                if self.log.len() < LOG_SHOWN {
                    self.log.push(cut(text));
                }
            }
            return Ok(None);
        }
        self.answer(text).map_err(|e| e.context(format!("line {}", self.lines)))
    }

    fn answer(&mut self, text: &str) -> Result<Option<(usize, f64)>> {
        let said: Said = serde_json::from_str(text).map_err(|e| broken(text, &e))?;
        let (query, document) = (id(said.query_id, "query_id", text)?, id(said.doc_id, "doc_id", text)?);
        let pair = || format!("query {}, document {}", quiet(&query), quiet(&document));
        let score = said.score.unwrap_or(Value::Null);
        let Some(score) = score.as_f64().filter(|score| score.is_finite()) else {
            return Err(Error::input(format!("the score of {} is {}, and no number", pair(), cut(&score.to_string())))
                .help("a pair that has no score is left out: it is asked again, and then counted as missing"));
        };
        let Some(&place) = self.places.get(&(query.as_str(), document.as_str())) else {
            return Err(Error::input(format!("it scores {}, which nobody asked for", pair()))
                .help("answer with the query_id and doc_id of a line that was read, as they are"));
        };
        match self.scores[place] {
            None => {
                self.scores[place] = Some(score);
                self.answered += 1;
                Ok(Some((place, score)))
            }
            Some(first) if first == score => {
                self.repeated += 1;
                Ok(None)
            }
            Some(first) => Err(Error::input(format!("it scores {} twice, with {first} and then {score}", pair()))
                .help("answer each pair once; a noisy teacher is asked again with `repeats` in [teacher]")),
        }
    }
}

/// A line that is no JSON, with what is meant where a program writes what JSON has no word for.
fn broken(text: &str, error: &serde_json::Error) -> Error {
    let words = ["NaN", "Infinity", "-Infinity", "nan", "inf", "-inf"];
    let score = text.split("\"score\"").nth(1).map(|rest| rest.trim_start_matches([':', ' ']));
    if let Some(word) = words.iter().find(|word| score.is_some_and(|rest| rest.starts_with(**word))) {
        return Error::input(format!("the score is {word}, and no number: {}", cut(text)))
            .help("a pair that has no score is left out: it is asked again, and then counted as missing");
    }
    let reason = error.to_string();
    let reason = reason.split(" at line").next().unwrap_or_default();
    Error::input(format!("this begins as JSON and is none ({reason}): {}", cut(text)))
        .help("write one object on a line, as {\"query_id\": \"q1\", \"doc_id\": \"d1\", \"score\": 1.5}")
}

/// An identifier, which is a text or a whole number.
fn id(value: Option<Value>, key: &str, text: &str) -> Result<String> {
    match value {
        Some(Value::String(text)) => Ok(text),
        Some(Value::Number(number)) if !number.is_f64() => Ok(number.to_string()),
        _ => Err(Error::input(format!("this has no {key}: {}", cut(text)))
            .help("write one object on a line, as {\"query_id\": \"q1\", \"doc_id\": \"d1\", \"score\": 1.5}")),
    }
}

/// A text as one harmless line that is not too long.
pub fn cut(text: &str) -> String {
    let line = quiet(text);
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::{DocumentId, QueryId};

    fn pairs() -> Vec<Pair> {
        ["d1", "d2"]
            .map(|document| Pair {
                query_id: QueryId::new("q1"),
                document_id: DocumentId::new(document),
                query: "a query".into(),
                text: document.into(),
            })
            .to_vec()
    }

    #[test]
    fn answers_are_told_from_other_lines() {
        let pairs = pairs();
        let mut answers = Answers::to(pairs.iter());
        let mut hear = |line: &str| answers.hear(line.as_bytes()).unwrap();
        assert_eq!(hear("loading the model\n"), None);
        assert_eq!(hear("\n"), None);
        assert_eq!(hear(r#"{"query_id":"q1","doc_id":"d2","score":-2,"why":{"a":[1]}}"#), Some((1, -2.0)));
        assert_eq!(hear(r#"{"query_id":"q1","doc_id":"d1","score":1e-3}"#), Some((0, 0.001)));
        assert_eq!(hear(r#"{"query_id":"q1","doc_id":"d2","score":-2.0}"#), None);
        assert_eq!((answers.answered, answers.repeated, answers.log_lines), (2, 1, 1));
        assert_eq!(answers.log, ["loading the model"]);
    }

    #[test]
    fn what_cannot_be_used_is_said_with_its_line() {
        for (line, part) in [
            (r#"{"query_id":"q1","doc_id":"d1","score":"#, "line 2: this begins as JSON and is none (EOF"),
            (r#"{"query_id":"q1","doc_id":"d1","score":null}"#, "query q1, document d1 is null, and no number"),
            (r#"{"query_id":"q1","doc_id":"d1"}"#, "query q1, document d1 is null"),
            (r#"{"query_id":"q1","doc_id":"d1","score":"1"}"#, "is \"1\", and no number"),
            (r#"{"query_id":"q1","doc_id":"d1","score":NaN}"#, "the score is NaN, and no number"),
            (r#"{"query_id":"q1","doc_id":"d1","score": -Infinity}"#, "the score is -Infinity"),
            (r#"{"query_id":"q1","doc_id":"d1","score":1e999}"#, "begins as JSON and is none (number out of range"),
            (r#"{"query_id":"q1","score":1}"#, "this has no doc_id"),
            (r#"{"query_id":1.5,"doc_id":"d1","score":1}"#, "this has no query_id"),
            (r#"{"query_id":"q1","doc_id":"d9","score":1}"#, "it scores query q1, document d9, which nobody asked for"),
            (r#"{"query_id":"q1","doc_id":"d2","score":2}"#, "document d2 twice, with 1 and then 2"),
        ] {
            let pairs = pairs();
            let mut answers = Answers::to(pairs.iter());
            answers.hear(br#"{"query_id":"q1","doc_id":"d2","score":1}"#).unwrap();
            let error = answers.hear(line.as_bytes()).unwrap_err();
            assert_eq!(error.exit(), crate::Exit::Unusable);
            assert!(error.to_string().contains(part), "{line}: {error}");
            assert!(error.to_string().contains("help:"), "{error}");
        }
    }

    #[test]
    fn what_is_shown_is_short_and_obeyed_by_no_terminal() {
        let shown = cut(&format!("\u{1b}[31m::error::{}", "x".repeat(500)));
        assert!(shown.chars().count() <= SHOWN + 3 && !shown.contains('\u{1b}'), "{shown}");
    }
}
