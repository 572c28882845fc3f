//! Rewordings of queries: one letter, one place, one word. They are the same every time, and keyed by the query.
//!
//! What rewording shows is not much: memory in an encoder is not keyed to the wording (docs/statistics.md, section 6).
//! It stays for teachers that generate text, and it decides nothing.

use crate::collection::QueryId;
use crate::text::is_unspaced;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use std::fmt;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What parts the identifier of a query from the name of its rewording.
pub const MARK: char = '~';

/// How a query was reworded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rewording {
    /// Two neighbouring letters of a word of four letters or more changed places; in text without spaces two characters.
    Typo,
    /// The words were turned at one place: `a b c` became `b c a`.
    Order,
    /// One word was left out, never the longest; in text without spaces one character.
    Drop,
    /// The user's own words.
    Paraphrase,
}

impl Rewording {
    /// Those that are made here.
    pub const MADE: [Rewording; 3] = [Rewording::Typo, Rewording::Order, Rewording::Drop];

    /// All of them.
    pub const ALL: [Rewording; 4] = [Rewording::Typo, Rewording::Order, Rewording::Drop, Rewording::Paraphrase];
}

impl fmt::Display for Rewording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rewording::Typo => "typo",
            Rewording::Order => "order",
            Rewording::Drop => "drop",
            Rewording::Paraphrase => "paraphrase",
        })
    }
}

/// The identifier of a reworded query in files of scores: `q1~typo`.
pub fn reworded_id(query: &QueryId, rewording: Rewording) -> QueryId {
    QueryId::new(format!("{query}{MARK}{rewording}"))
}

/// A query in other words; `None` where it is too short for that, or nothing would change.
pub fn reword(id: &QueryId, text: &str, rewording: Rewording, seed: u64) -> Option<String> {
    let key = format!("{rewording}\n{id}\n{text}");
    let mut random = ChaCha8Rng::seed_from_u64(xxh3_64_with_seed(key.as_bytes(), seed));
    let words: Vec<&str> = text.split_whitespace().collect();
    let unspaced = text.chars().filter(|c| is_unspaced(*c)).count() * 2 > text.chars().count();
    let made = match (rewording, unspaced) {
        (Rewording::Typo, false) => typo(&words, &mut random)?,
        (Rewording::Order, false) => turned(&words, &mut random)?,
        (Rewording::Drop, false) => without_a_word(&words, &mut random)?,
        (Rewording::Typo, true) => swapped(text, &mut random)?,
        (Rewording::Drop, true) => without_a_character(text, &mut random)?,
        // Without spaces nobody here knows where a word ends.
        (Rewording::Order, true) | (Rewording::Paraphrase, _) => return None,
    };
    (made != text).then_some(made)
}

/// A number below `most`, which must not be zero.
fn below(random: &mut ChaCha8Rng, most: usize) -> usize {
    (random.next_u64() % most as u64) as usize
}

fn typo(words: &[&str], random: &mut ChaCha8Rng) -> Option<String> {
    let long: Vec<usize> = (0..words.len()).filter(|place| words[*place].chars().count() >= 4).collect();
    let place = *long.get(below(random, long.len().max(1)))?;
    let mut letters: Vec<char> = words[place].chars().collect();
    // The first letter stays, as in most slips of people who type.
    let pairs: Vec<usize> = (1..letters.len() - 1).filter(|at| letters[*at] != letters[at + 1]).collect();
    let at = *pairs.get(below(random, pairs.len().max(1)))?;
    letters.swap(at, at + 1);
    let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    words[place] = letters.into_iter().collect();
    Some(words.join(" "))
}

fn turned(words: &[&str], random: &mut ChaCha8Rng) -> Option<String> {
    let cut = 1 + below(random, words.len().checked_sub(1).filter(|places| *places > 0)?);
    Some([&words[cut..], &words[..cut]].concat().join(" "))
}

fn without_a_word(words: &[&str], random: &mut ChaCha8Rng) -> Option<String> {
    let longest = words.iter().map(|word| word.chars().count()).max()?;
    let kept = words.iter().position(|word| word.chars().count() == longest)?;
    let places: Vec<usize> = (0..words.len()).filter(|place| *place != kept).collect();
    let gone = *places.get(below(random, places.len().max(1)))?;
    let left: Vec<&str> = words.iter().enumerate().filter(|(place, _)| *place != gone).map(|(_, word)| *word).collect();
    Some(left.join(" "))
}

fn swapped(text: &str, random: &mut ChaCha8Rng) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    let different = |at: &usize| letters[*at] != letters[at + 1];
    let pairs: Vec<usize> = (0..letters.len().saturating_sub(1)).filter(different).collect();
    let at = *pairs.get(below(random, pairs.len().max(1)))?;
    letters.swap(at, at + 1);
    Some(letters.into_iter().collect())
}

fn without_a_character(text: &str, random: &mut ChaCha8Rng) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return None;
    }
    let gone = below(random, letters.len());
    Some(letters.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, letter)| letter).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<Option<String>> {
        Rewording::MADE.iter().map(|rewording| reword(&QueryId::new("q1"), text, *rewording, 1)).collect()
    }

    #[test]
    fn each_rewording_changes_one_thing() {
        let text = "treatment of asthma in children";
        let made = all(text);
        let sorted = |text: &str| {
            let mut letters: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
            letters.sort_unstable();
            letters
        };
        let [typo, order, drop] = &made[..] else { panic!("three") };
        let (typo, order, drop) = (typo.as_ref().unwrap(), order.as_ref().unwrap(), drop.as_ref().unwrap());
        assert_eq!(sorted(typo), sorted(text));
        assert_eq!(typo.split(' ').zip(text.split(' ')).filter(|(a, b)| a != b).count(), 1, "{typo}");
        assert_eq!(sorted(order), sorted(text));
        assert!(format!("{text} {text}").contains(order.as_str()), "{order}");
        assert_eq!(drop.split(' ').count(), 4);
        assert!(drop.contains("treatment"), "{drop}");
        assert_eq!(all(text), made, "the same every time");
    }

    #[test]
    fn what_is_too_short_is_not_reworded() {
        assert_eq!(all("flu"), [None, None, None]);
        assert_eq!(all(""), [None, None, None]);
        assert_eq!(all("aaaa aaaa"), [None, None, Some("aaaa".to_owned())]);
    }

    #[test]
    fn text_without_spaces_is_reworded_by_characters() {
        let made = all("飛行機の翼の形");
        assert!(made[0].as_ref().unwrap().chars().count() == 7 && made[1].is_none());
        assert_eq!(made[2].as_ref().unwrap().chars().count(), 6);
    }

    proptest! {
        #[test]
        fn a_rewording_is_another_text_or_none(text: String, seed: u64) {
            for rewording in Rewording::MADE {
                if let Some(made) = reword(&QueryId::new("q"), &text, rewording, seed) {
                    prop_assert_ne!(made, text.clone());
                }
            }
        }
    }
}
