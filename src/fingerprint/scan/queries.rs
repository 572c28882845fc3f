//! The queries of the collections, found in a stream of words: exactly, within a longer text, and nearly.
//!
//! Each query is kept under its rarest words, one more than the words that an edit of the allowed size can take away, so
//! that at least one of them is left (the pigeonhole argument of prefix filtering: Chaudhuri, Ganti and Kaushik 2006).
//! Where such a word turns up, the words around it are compared: first by number, then by alignment.
//!
//! What is a find and what is chance is a matter of how much the words say ([`super::surprise`]), and of how the
//! collections' own documents talk: a phrase that several of them hold is language, and no trace of a test.

use super::align::{Stretch, align, reordered};
use super::enough::has_enough;
use super::record::Record;
use super::table::Table;
use super::unions::{LONGEST, UNKNOWN, Unions, bit};
use crate::collection::QueryId;

/// A query may differ in this share of its words, rounded down, and in one word if it has two or more.
const EDITED_SHARE: f64 = 0.34;

/// A query that has no word of at least this many bits tells nothing where it is not a whole text.
const TELLING_BITS: f32 = 9.0;

/// No function word has more bits than this.
const GRAMMAR_BITS: f32 = 7.0;

/// Bits that a query must say to be found within a longer text: chance would put it into one place of 270 million.
const CONTAINED_BITS: f32 = 28.0;

/// Words that a query must have to be found within a longer text: one or two are a mere mention of a subject.
const CONTAINED_WORDS: usize = 3;

/// A query of so many words is told with one word edited, however much that word says, where it is nearly a whole text.
const ONE_EDIT_FROM: usize = 4;

/// Bits that telling words must have left then.
const ONE_EDIT_BITS: f32 = 18.0;

/// A text of its own with so many words is no tag, name or heading that happens to be a query too.
const LONG_WORDS: usize = 4;

/// Bits that must be left of a query that is nearly a whole text.
const NEAR_WHOLE_BITS: f32 = 16.0;

/// Bits that must be left of a query that is nearly found within a longer text.
const NEAR_CONTAINED_BITS: f32 = 34.0;

/// A phrase is common if so many documents of the collections hold it.
const COMMON_FROM: u32 = 3;

/// A query as it is looked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// Its collection.
    pub collection: u32,
    /// Its identifier there.
    pub id: QueryId,
    /// The numbers of its words in the vocabulary.
    pub words: Vec<u32>,
    /// Its words in normal form.
    pub spelled: Vec<String>,
    /// What each of its words says, in bits.
    pub weights: Vec<f32>,
    /// What all of its words say.
    pub bits: f32,
    /// A bit for each of its words, by the last bits of the number: a quick look whether it has one.
    mask: u128,
    /// How many words may differ.
    edits: usize,
    /// Documents of the collections that hold it as a phrase, and that nearly do.
    common: [u32; 2],
}

impl Query {
    #[cfg(test)]
    pub fn of_equal_words(spelled: &[String], bits: f32) -> Query {
        let numbers = (0..spelled.len() as u32).collect::<Vec<_>>();
        let mut query = Query::new(0, QueryId::new("q"), numbers, spelled.to_vec());
        query.weigh(&vec![bits; spelled.len()]);
        query
    }

    fn new(collection: u32, id: QueryId, words: Vec<u32>, spelled: Vec<String>) -> Query {
        let n = words.len();
        let edits = ((n as f64 * EDITED_SHARE) as usize).max(usize::from(n > 1));
        let mask = words.iter().fold(0, |mask, word| mask | bit(*word));
        Query { collection, id, words, spelled, weights: Vec::new(), bits: 0.0, mask, edits, common: [0, 0] }
    }

    fn weigh(&mut self, bits: &[f32]) {
        self.weights = self.words.iter().map(|word| bits[*word as usize]).collect();
        self.bits = self.weights.iter().sum();
    }

    /// Whether nobody writes it by chance as a text of its own.
    pub fn is_long(&self) -> bool {
        self.words.len() >= LONG_WORDS && self.bits >= CONTAINED_BITS
    }

    /// Whether it has a word that says something.
    fn is_telling(&self) -> bool {
        self.weights.iter().any(|bits| *bits >= TELLING_BITS)
    }

    /// Whether it is made of function words, or of words that are as frequent.
    fn is_grammar(&self) -> bool {
        self.weights.iter().all(|bits| *bits <= GRAMMAR_BITS)
    }

    /// Whether it could be found within a longer text, with so many bits of it.
    fn is_mere_mention(&self, bits: f32, wanted: f32) -> bool {
        self.words.len() < CONTAINED_WORDS || bits < wanted || !self.is_telling()
    }

    /// How many of its words a window lacks, as far as a quick look tells: never more than it does.
    fn lacks(&self, unions: &Unions, first: usize, end: usize) -> usize {
        match end - first > LONGEST {
            true => 0,
            false => (self.mask & !unions.of(first, end)).count_ones() as usize,
        }
    }

    /// What its telling words say that stand in a window.
    fn telling_left(&self, window: &[u32]) -> f32 {
        let words = self.words.iter().zip(&self.weights);
        words.filter(|(word, bits)| **bits >= TELLING_BITS && window.contains(word)).map(|(_, bits)| bits).sum()
    }
}

/// How a query was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manner {
    /// A whole text is the query.
    Exact,
    /// A longer text holds it, word for word.
    Contained,
    /// A text is it, or holds it, but for a few words.
    Near,
}

/// A query in a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QueryFound {
    /// Which query of [`Queries`].
    pub query: u32,
    /// How.
    pub manner: Manner,
    /// One where it is exact.
    pub similarity: f32,
    /// The words that it covers: the first, and one past the last.
    pub words: (u32, u32),
    /// Whether it is a whole text, or nearly one.
    pub whole: bool,
    /// Whether it is ordinary language and tells nothing.
    pub common: bool,
}

/// All queries, ready to be found.
#[derive(Clone, Debug)]
pub struct Queries {
    /// The queries.
    pub all: Vec<Query>,
    /// The number of each word.
    vocabulary: Table,
    /// Where in `postings` those of each word begin; one more at the end.
    starts: Vec<u32>,
    /// Which query has a word, and at which place.
    postings: Vec<(u32, u32)>,
}

/// Gathers queries.
#[derive(Debug)]
pub struct QueriesBuilder {
    all: Vec<Query>,
    vocabulary: Table,
    hashes: Vec<u64>,
}

impl Default for QueriesBuilder {
    fn default() -> QueriesBuilder {
        QueriesBuilder { all: Vec::new(), vocabulary: Table::with_room_for(1 << 12), hashes: Vec::new() }
    }
}

impl QueriesBuilder {
    /// Adds a query and gives its number; `None` where its text has no word.
    pub fn add(&mut self, collection: u32, id: &QueryId, text: &str) -> Option<u32> {
        let spelled = super::words::spelled(text);
        let mut numbers = Vec::with_capacity(spelled.len());
        for word in &spelled {
            let hash = super::words::digest(word);
            let number = self.vocabulary.get_or_insert(hash, self.hashes.len() as u32);
            if number as usize == self.hashes.len() {
                self.hashes.push(hash);
            }
            numbers.push(number);
        }
        if numbers.is_empty() {
            return None;
        }
        self.all.push(Query::new(collection, id.clone(), numbers, spelled));
        Some(self.all.len() as u32 - 1)
    }

    /// The words of all queries, in the order of their numbers.
    pub fn vocabulary(&self) -> (&Table, &[u64]) {
        (&self.vocabulary, &self.hashes)
    }

    /// The queries, given what each word of the vocabulary says in bits.
    pub fn build(mut self, bits: &[f32]) -> Queries {
        let mut of_word: Vec<Vec<(u32, u32)>> = vec![Vec::new(); self.hashes.len()];
        for (number, query) in self.all.iter_mut().enumerate() {
            query.weigh(bits);
            for place in rarest(query) {
                of_word[query.words[place] as usize].push((number as u32, place as u32));
            }
        }
        let mut starts = vec![0];
        for postings in &of_word {
            starts.push(starts.last().copied().unwrap_or(0) + postings.len() as u32);
        }
        Queries { all: self.all, vocabulary: self.vocabulary, starts, postings: of_word.concat() }
    }
}

/// The places of a query's rarest words, as many as leave one after every allowed edit.
fn rarest(query: &Query) -> Vec<usize> {
    let mut places: Vec<usize> = (0..query.words.len()).collect();
    places.sort_by(|a, b| query.weights[*b].total_cmp(&query.weights[*a]).then(a.cmp(b)));
    places.truncate(query.edits + 1);
    places
}

/// What is kept between records, so that nothing is allocated anew.
#[derive(Clone, Debug, Default)]
pub struct QueryScratch {
    numbers: Vec<u32>,
    unions: Unions,
    /// For each query, one past the last word of where it was found last.
    found_until: Vec<u32>,
    touched: Vec<u32>,
}

/// A stretch of a record.
struct Window<'a> {
    record: &'a Record,
    numbers: &'a [u32],
    first: usize,
}

impl Stretch for Window<'_> {
    fn len(&self) -> usize {
        self.numbers.len()
    }

    fn number(&self, word: usize) -> Option<u32> {
        Some(self.numbers[word]).filter(|number| *number != UNKNOWN)
    }

    fn spelling(&self, word: usize) -> String {
        let word = self.record.words[self.first + word];
        String::from_utf8_lossy(&self.record.text[word.start as usize..word.end as usize]).to_ascii_lowercase()
    }
}

impl Queries {
    /// Finds the queries in a record; nothing below `least` similarity.
    pub fn find(&self, record: &Record, least: f32, scratch: &mut QueryScratch, found: &mut Vec<QueryFound>) {
        let QueryScratch { numbers, unions, found_until, touched } = scratch;
        numbers.clear();
        numbers.extend(record.words.iter().map(|word| self.vocabulary.get(word.hash).unwrap_or(UNKNOWN)));
        unions.fill(numbers);
        found_until.resize(self.all.len(), 0);
        for at in 0..numbers.len() {
            let number = numbers[at];
            if number == UNKNOWN {
                continue;
            }
            let (from, to) = (self.starts[number as usize], self.starts[number as usize + 1]);
            for (query, place) in &self.postings[from as usize..to as usize] {
                if found_until[*query as usize] > at as u32 {
                    continue;
                }
                let around = (*query, *place as usize, at);
                let Some(hit) =
                    self.exact(record, numbers, around).or_else(|| self.near(record, (numbers, unions), around, least))
                else {
                    continue;
                };
                // Words behind a match may lead back to it.
                if hit.words.0 < found_until[*query as usize] {
                    continue;
                }
                found_until[*query as usize] = hit.words.1.max(at as u32 + 1);
                touched.push(*query);
                if hit.words.1 > record.fresh {
                    found.push(hit);
                }
            }
        }
        touched.drain(..).for_each(|query| found_until[query as usize] = 0);
    }

    /// The query word for word, around a word that it has at `place`.
    fn exact(&self, record: &Record, numbers: &[u32], (query, place, at): (u32, usize, usize)) -> Option<QueryFound> {
        let about = &self.all[query as usize];
        let start = at.checked_sub(place)?;
        let end = start + about.words.len();
        if numbers.get(start..end)? != about.words.as_slice() {
            return None;
        }
        let words = (start as u32, end as u32);
        let whole = is_whole(record, words, 0);
        let common = match whole {
            true => about.is_grammar(),
            false => about.is_mere_mention(about.bits, CONTAINED_BITS) || about.common[0] >= COMMON_FROM,
        };
        let manner = if whole { Manner::Exact } else { Manner::Contained };
        Some(QueryFound { query, manner, similarity: 1.0, words, whole, common })
    }

    /// The query but for a few words, or with its words in another order.
    fn near(
        &self,
        record: &Record,
        text: (&[u32], &Unions),
        around: (u32, usize, usize),
        least: f32,
    ) -> Option<QueryFound> {
        self.edited(record, text, around, least).or_else(|| self.reordered(record, text, around, least))
    }

    fn edited(
        &self,
        record: &Record,
        (numbers, unions): (&[u32], &Unions),
        (query, place, at): (u32, usize, usize),
        least: f32,
    ) -> Option<QueryFound> {
        let about = &self.all[query as usize];
        let (n, edits) = (about.words.len(), about.edits);
        let first = at.saturating_sub(place + edits);
        let end = (at + n - place + edits).min(numbers.len());
        let window = &numbers[first..end];
        if n < 2 || about.lacks(unions, first, end) > edits || !has_enough(&about.words, window, edits) {
            return None;
        }
        let aligned = align(about, &Window { record, numbers: window, first });
        let words = ((first + aligned.start) as u32, (first + aligned.end) as u32);
        let mut similarity = 1.0 - aligned.cost / about.bits;
        // One edited word is one edited word, even if it says more than all others: where the others say enough.
        let one = aligned.edits == 1 && n >= ONE_EDIT_FROM && is_whole(record, words, edits);
        if one && about.telling_left(window) >= ONE_EDIT_BITS {
            similarity = similarity.max(1.0 - 1.0 / n as f32);
        }
        (similarity >= least && aligned.end > aligned.start).then(|| self.told_near(record, query, words, similarity))
    }

    /// The words of the query in another order, with nothing between them.
    fn reordered(
        &self,
        record: &Record,
        (numbers, unions): (&[u32], &Unions),
        (query, _, at): (u32, usize, usize),
        least: f32,
    ) -> Option<QueryFound> {
        let about = &self.all[query as usize];
        let n = about.words.len();
        let first = (at + 1).saturating_sub(n);
        let end = (at + n).min(numbers.len());
        let window = &numbers[first..end];
        // Trying all places is dear, and the quick look says yes too often.
        if n < 2 || about.lacks(unions, first, end) > 0 || !has_enough(&about.words, window, 0) {
            return None;
        }
        let (from, cost) = reordered(about, window)?;
        let words = ((first + from) as u32, (first + from + n) as u32);
        let similarity = 1.0 - cost / about.bits;
        (similarity >= least).then(|| self.told_near(record, query, words, similarity))
    }

    fn told_near(&self, record: &Record, query: u32, words: (u32, u32), similarity: f32) -> QueryFound {
        let about = &self.all[query as usize];
        let left = about.bits * similarity;
        let whole = is_whole(record, words, about.edits);
        let common = match whole {
            true => !about.is_telling() || left < NEAR_WHOLE_BITS,
            false => about.is_mere_mention(left, NEAR_CONTAINED_BITS) || about.common[1] >= COMMON_FROM,
        };
        QueryFound { query, manner: Manner::Near, similarity, words, whole, common }
    }

    /// Counts the queries that a document of the collections holds, as a phrase or nearly.
    pub fn learn(&mut self, found: &[QueryFound]) {
        let mut seen: Vec<(u32, usize)> = found
            .iter()
            .filter(|hit| !hit.whole)
            .map(|hit| (hit.query, usize::from(hit.manner == Manner::Near)))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        for (query, manner) in seen {
            let common = &mut self.all[query as usize].common;
            // What holds the phrase nearly holds it, too.
            common[1] += 1;
            if manner == 0 {
                common[0] += 1;
            }
        }
    }
}

/// Whether words are a whole field, but for a few words before or behind.
fn is_whole(record: &Record, words: (u32, u32), others: usize) -> bool {
    record.field_of(words.0).is_some_and(|field| {
        let outside = words.0.abs_diff(field.first) + words.1.abs_diff(field.end);
        outside as usize <= others
    })
}
