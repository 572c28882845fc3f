//! What a teacher writes, held against what it was never shown: text can be copied from a prompt, or remembered.
//!
//! Only documents that are judged relevant and that were not among the candidates given to the teacher count: a long
//! run of their words in an answer was remembered. Thirteen words are the length that studies of contamination take
//! (Brown et al., *Language Models are Few-Shot Learners*, 2020, appendix C). An identifier of the collection that
//! stands in an answer is another sign, if nobody showed it.

use crate::collection::{DocumentId, QueryId};
use crate::text::tokens;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// A run of so many words of an unseen document is no chance.
pub const VERBATIM_WORDS: usize = 13;

/// Words of an answer, and of a document, that are looked at.
const MOST_WORDS: usize = 20_000;

/// What one answer shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verbatim {
    /// The query that was answered.
    pub query: QueryId,
    /// The judged document, not shown, that shares the longest run of words.
    pub document: DocumentId,
    /// How many words it has.
    pub words: usize,
    /// The run.
    pub run: String,
}

/// The longest run of words that an answer shares with any of the documents that it was not shown, if there is one.
/// Words of the query do not make a run, nor do those of a text that the teacher was shown.
pub fn longest_run(
    query: (&QueryId, &str),
    answer: &str,
    unseen: &[(&DocumentId, &str)],
    shown: &[&str],
) -> Option<Verbatim> {
    let mut words = tokens(answer);
    words.truncate(MOST_WORDS);
    let answered = digests(&words);
    let seen: Vec<Vec<u64>> = shown.iter().chain([&query.1]).map(|text| digests(&tokens(text))).collect();
    let mut best: Option<Verbatim> = None;
    for (document, text) in unseen {
        let mut there = digests(&tokens(text));
        there.truncate(MOST_WORDS);
        let (start, length) = common_run(&answered, &there);
        let run = &words[start..start + length];
        let digests = &answered[start..start + length];
        let is_shown = seen.iter().any(|seen| seen.windows(length.max(1)).any(|window| window == digests));
        if length > 0 && !is_shown && best.as_ref().is_none_or(|best| best.words < length) {
            best = Some(Verbatim {
                query: query.0.clone(),
                document: (*document).clone(),
                words: length,
                run: run.join(" "),
            });
        }
    }
    best
}

/// Words as numbers, which compare faster.
fn digests(words: &[String]) -> Vec<u64> {
    words.iter().map(|word| xxh3_64(word.as_bytes())).collect()
}

/// Where in `a` the longest run begins that `b` has too, and its length: the first of the longest.
fn common_run(a: &[u64], b: &[u64]) -> (usize, usize) {
    let mut row = vec![0_usize; b.len() + 1];
    let (mut end, mut length) = (0, 0);
    for (place, word) in a.iter().enumerate() {
        let mut diagonal = 0;
        for (column, other) in b.iter().enumerate() {
            let above = row[column + 1];
            row[column + 1] = if word == other { diagonal + 1 } else { 0 };
            if row[column + 1] > length {
                (end, length) = (place + 1, row[column + 1]);
            }
            diagonal = above;
        }
    }
    (end - length, length)
}

/// Whether a word can be told from a number or a name that stands in an answer by chance: letters and digits in five
/// characters or more, or six digits or more.
pub fn is_telling(id: &str) -> bool {
    let (digits, letters) =
        (id.chars().filter(char::is_ascii_digit).count(), id.chars().filter(|c| c.is_alphabetic()).count());
    digits >= 6 || (digits > 0 && letters > 0 && id.chars().count() >= 5)
}

/// Identifiers of documents that stand in an answer as they are. `known` says whether a word is one, and was not shown.
pub fn identifiers(answer: &str, known: impl Fn(&str) -> bool) -> Vec<&str> {
    let words = answer.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/')));
    let trimmed = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let mut found: Vec<&str> = trimmed.filter(|word| is_telling(word) && known(word)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_run_of_an_unseen_document_is_found() {
        let unseen =
            "Moths are active at night and keep their wings open while butterflies fly by day and close them at rest.";
        let answer =
            "I think that moths are active at night and keep their wings open while butterflies fly by day, mostly.";
        let id = QueryId::new("q1");
        let (one, two) = (DocumentId::new("d1"), DocumentId::new("d2"));
        let documents = [(&one, "moths are insects"), (&two, unseen)];
        let found = longest_run((&id, "moths and butterflies"), answer, &documents, &[]).unwrap();
        assert_eq!((found.document.as_str(), found.words), ("d2", 15), "{found:?}");
        assert!(found.run.starts_with("moths are active") && found.words >= VERBATIM_WORDS);
        let copied = longest_run((&id, "moths"), answer, &[(&two, unseen)], &["It says: ", unseen]);
        assert_eq!(copied, None, "what was shown can be copied");
    }

    #[test]
    fn the_question_itself_is_no_run() {
        let (id, document) = (QueryId::new("q1"), DocumentId::new("d1"));
        let question = "what is the difference between moths and butterflies";
        assert_eq!(longest_run((&id, question), question, &[(&document, question)], &[]), None);
        assert_eq!(longest_run((&id, question), "", &[(&document, question)], &[]), None);
    }

    #[test]
    fn identifiers_that_nobody_showed_are_found() {
        let known = |word: &str| ["MED-1234", "8801656", "193"].contains(&word);
        assert_eq!(identifiers("see [MED-1234], 8801656 and 193.", known), ["8801656", "MED-1234"]);
        assert!(!is_telling("193") && !is_telling("cancer") && !is_telling("2019"));
    }
}
