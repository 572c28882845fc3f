//! A query as it is looked for: its words, and what they say.

use super::unions::{LONGEST, Unions, bit};
use crate::collection::QueryId;

/// Words of a query that are aligned with a text: each takes a step for every word of the text beside it. Those beyond are
/// compared without their order.
pub const ALIGNED: usize = 1024;

/// A query may differ in this share of its words, rounded down, and in one word if it has two or more.
const EDITED_SHARE: f64 = 0.34;

/// A query that has no word of at least this many bits tells nothing where it is not a whole text.
const TELLING_BITS: f32 = 9.0;

/// No function word has more bits than this.
const GRAMMAR_BITS: f32 = 7.0;

/// Bits that a query must say to be found within a longer text: chance would put it into one place of 270 million.
pub const CONTAINED_BITS: f32 = 28.0;

/// Words that a query must have to be found within a longer text: one or two are a mere mention of a subject.
pub const CONTAINED_WORDS: usize = 3;

/// A text of its own with so many words is no tag, name or heading that happens to be a query too.
const LONG_WORDS: usize = 4;

/// A query as it is looked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// Its collection.
    pub collection: u32,
    /// Its identifier there.
    pub id: QueryId,
    /// The numbers of its words in the vocabulary, [`ALIGNED`] at most.
    pub words: Vec<u32>,
    /// The numbers of the words beyond.
    pub beyond: Vec<u32>,
    /// Its words in normal form, as many as in `words`.
    pub spelled: Vec<String>,
    /// What each of its words says, in bits.
    pub weights: Vec<f32>,
    /// What all of these say.
    pub bits: f32,
    /// A bit for each of its words, by the last bits of the number: a quick look whether it has one.
    mask: u128,
    /// How many words may differ.
    pub edits: usize,
    /// Documents of the collections that hold it as a phrase, and that nearly do.
    pub common: [u32; 2],
}

impl Query {
    #[cfg(test)]
    pub fn of_equal_words(spelled: &[String], bits: f32) -> Query {
        let numbers = (0..spelled.len() as u32).collect::<Vec<_>>();
        let mut query = Query::new(0, QueryId::new("q"), numbers, spelled.to_vec());
        query.weigh(&vec![bits; spelled.len()]);
        query
    }

    /// A query of these words, by their numbers and in normal form; they say nothing yet.
    pub fn new(collection: u32, id: QueryId, mut words: Vec<u32>, mut spelled: Vec<String>) -> Query {
        let beyond = words.split_off(words.len().min(ALIGNED));
        spelled.truncate(ALIGNED);
        let n = words.len();
        let edits = ((n as f64 * EDITED_SHARE) as usize).max(usize::from(n > 1));
        let mask = words.iter().fold(0, |mask, word| mask | bit(*word));
        Query { collection, id, words, beyond, spelled, weights: Vec::new(), bits: 0.0, mask, edits, common: [0, 0] }
    }

    /// Learns what each word of the vocabulary says.
    pub fn weigh(&mut self, bits: &[f32]) {
        self.weights = self.words.iter().map(|word| bits[*word as usize]).collect();
        self.bits = self.weights.iter().sum();
    }

    /// How many words it has, aligned or not.
    pub fn length(&self) -> usize {
        self.words.len() + self.beyond.len()
    }

    /// Whether a text is it word for word, by the numbers of its words.
    pub fn is(&self, text: &[u32]) -> bool {
        text.len() == self.length() && text.starts_with(&self.words) && text.ends_with(&self.beyond)
    }

    /// Whether nobody writes it by chance as a text of its own.
    pub fn is_long(&self) -> bool {
        self.words.len() >= LONG_WORDS && self.bits >= CONTAINED_BITS
    }

    /// Whether it has a word that says something.
    pub fn is_telling(&self) -> bool {
        self.weights.iter().any(|bits| *bits >= TELLING_BITS)
    }

    /// Whether it is made of function words, or of words that are as frequent.
    pub fn is_grammar(&self) -> bool {
        self.weights.iter().all(|bits| *bits <= GRAMMAR_BITS)
    }

    /// Whether it could be found within a longer text, with so many bits of it.
    pub fn is_mere_mention(&self, bits: f32, wanted: f32) -> bool {
        self.words.len() < CONTAINED_WORDS || bits < wanted || !self.is_telling()
    }

    /// How many of its words a window lacks, as far as a quick look tells: never more than it does.
    pub fn lacks(&self, unions: &Unions, first: usize, end: usize) -> usize {
        match end - first > LONGEST {
            true => 0,
            false => (self.mask & !unions.of(first, end)).count_ones() as usize,
        }
    }

    /// What its telling words say that stand in a window.
    pub fn telling_left(&self, window: &[u32]) -> f32 {
        let words = self.words.iter().zip(&self.weights);
        words.filter(|(word, bits)| **bits >= TELLING_BITS && window.contains(word)).map(|(_, bits)| bits).sum()
    }
}
