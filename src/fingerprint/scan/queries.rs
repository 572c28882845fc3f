//! The queries of the collections, found in a stream of words: exactly, within a longer text, and nearly.
//!
//! Each query is kept under its rarest words, one more than the words that an edit of the allowed size can take away, so
//! that at least one of them is left (the pigeonhole argument of prefix filtering: Chaudhuri, Ganti and Kaushik 2006).
//! Where such a word turns up, the words around it are compared: first by number, then by alignment.
//!
//! What is a find and what is chance is a matter of how much the words say ([`super::surprise`]), and of how the
//! collections' own documents talk: a phrase that several of them hold is language, and no trace of a test.

use super::effort::{Effort, TOLD};
use super::near::{COMMON_FROM, Text, Tried};
use super::query::{CONTAINED_BITS, Query};
use super::record::Record;
use super::table::Table;
use super::unions::{UNKNOWN, Unions};
use crate::collection::QueryId;
use std::collections::HashSet;
use std::ops::Range;
use xxhash_rust::xxh3::Xxh3;

/// Steps that a query takes that is kept under a word of the text, before anything is compared.
const POSTING: usize = 4;

/// Words of a query and a text that are compared in a step, where they are the same.
const AT_ONCE: usize = 16;

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
    /// The digest of each query's words, with its number, sorted.
    digests: Vec<(u64, u32)>,
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

    /// Whether a query has more words than are aligned with a text.
    pub fn is_long(&self, query: u32) -> bool {
        !self.all[query as usize].beyond.is_empty()
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
        let digest_of = |query: &Query| digest(query.words.iter().chain(&query.beyond));
        let mut digests: Vec<(u64, u32)> = self.all.iter().map(digest_of).zip(0..).collect();
        digests.sort_unstable();
        Queries { all: self.all, vocabulary: self.vocabulary, starts, postings: of_word.concat(), digests }
    }
}

/// The places of a query's rarest words, as many as leave one after every allowed edit.
fn rarest(query: &Query) -> Vec<usize> {
    let mut places: Vec<usize> = (0..query.words.len()).collect();
    places.sort_by(|a, b| query.weights[*b].total_cmp(&query.weights[*a]).then(a.cmp(b)));
    places.truncate(query.edits + 1);
    places
}

/// A digest of words by their numbers.
fn digest<'a>(numbers: impl IntoIterator<Item = &'a u32>) -> u64 {
    let mut digest = Xxh3::new();
    numbers.into_iter().for_each(|number| digest.update(&number.to_le_bytes()));
    digest.digest()
}

/// What is kept between records, so that nothing is allocated anew.
#[derive(Clone, Debug, Default)]
pub struct QueryScratch {
    /// What finding may still cost.
    pub effort: Effort,
    /// Digests of the whole texts that were told since that was used up.
    told: HashSet<u64>,
    numbers: Vec<u32>,
    unions: Unions,
    tried: Tried,
    /// For each query, one past the last word of where it was found last.
    found_until: Vec<u32>,
    touched: Vec<u32>,
}

impl QueryScratch {
    /// Begins a block that may take so much effort.
    pub fn begin(&mut self, effort: Effort) {
        self.effort = effort;
        self.told.clear();
    }
}

impl Queries {
    /// Finds the queries in a record; nothing below `least` similarity.
    ///
    /// Where the effort is used up, whole texts that are queries word for word are found from there on, each once.
    pub fn find(&self, record: &Record, least: f32, scratch: &mut QueryScratch, found: &mut Vec<QueryFound>) {
        scratch.numbers.clear();
        scratch.numbers.extend(record.words.iter().map(|word| self.vocabulary.get(word.hash).unwrap_or(UNKNOWN)));
        scratch.found_until.resize(self.all.len(), 0);
        scratch.tried.clear();
        let looked_until = match scratch.effort.ran_out() {
            true => 0,
            false => self.compare_parts(record, least, scratch, found),
        };
        if looked_until < scratch.numbers.len() {
            self.whole_texts(record, looked_until, scratch, found);
        }
        scratch.touched.drain(..).for_each(|query| scratch.found_until[query as usize] = 0);
    }

    /// Compares the queries with the words that were in the block before too, and then with the others; gives how far the
    /// effort sufficed.
    ///
    /// The words of the block before may take their share of the effort and no more: they were compared there, but for
    /// what stands across the border.
    fn compare_parts(
        &self,
        record: &Record,
        least: f32,
        scratch: &mut QueryScratch,
        found: &mut Vec<QueryFound>,
    ) -> usize {
        scratch.unions.fill(&scratch.numbers);
        let (fresh, all) = (record.fresh as usize, scratch.numbers.len());
        let overlap = record.words.get(fresh).filter(|_| fresh > 0).map_or(0, |word| word.start as usize);
        let aside = if overlap > 0 { scratch.effort.set_aside(overlap) } else { 0 };
        let in_overlap = self.compare(record, 0..fresh, least, scratch, found);
        let ran_out = scratch.effort.take_back(aside);
        let looked_until = self.compare(record, fresh..all, least, scratch, found);
        scratch.effort.end(ran_out);
        if ran_out { in_overlap } else { looked_until }
    }

    /// Compares the queries with the words around each that they are kept under; gives how far the effort sufficed.
    fn compare(
        &self,
        record: &Record,
        part: Range<usize>,
        least: f32,
        scratch: &mut QueryScratch,
        found: &mut Vec<QueryFound>,
    ) -> usize {
        let QueryScratch { effort, numbers, unions, tried, found_until, touched, .. } = scratch;
        let text = Text { record, numbers, unions };
        let end = part.end;
        for (at, number) in part.map(|at| (at, numbers[at])).filter(|(_, number)| *number != UNKNOWN) {
            let (from, to) = (self.starts[number as usize], self.starts[number as usize + 1]);
            if !effort.spend(POSTING * (to - from) as usize) {
                return at;
            }
            for (query, place) in &self.postings[from as usize..to as usize] {
                if found_until[*query as usize] > at as u32 {
                    continue;
                }
                let around = (*query, *place as usize, at);
                let exact = self.exact(text, around, effort);
                let hit = exact.or_else(|| self.near(text, around, least, (tried, effort)));
                if effort.ran_out() {
                    return at;
                }
                let Some(hit) = hit else { continue };
                // Words behind a match may lead back to it.
                if hit.words.0 < found_until[*query as usize] {
                    continue;
                }
                found_until[*query as usize] = hit.words.1.max(at as u32 + 1);
                touched.push(*query);
                if hit.words.1 > record.fresh {
                    found.push(hit);
                    effort.spend(TOLD);
                }
            }
        }
        end
    }

    /// The queries that are whole texts, of those that end behind a word.
    fn whole_texts(&self, record: &Record, from: usize, scratch: &mut QueryScratch, found: &mut Vec<QueryFound>) {
        let QueryScratch { numbers, told, found_until, .. } = scratch;
        let behind = record.fields.partition_point(|field| field.end as usize <= from);
        for field in record.fields[behind..].iter().filter(|field| field.end > record.fresh) {
            let text = &numbers[field.first as usize..field.end as usize];
            let digest = digest(text);
            let first = self.digests.partition_point(|(other, _)| *other < digest);
            let same = self.digests[first..].iter().take_while(|(other, _)| *other == digest);
            // One text may be many queries, and stand there many times.
            if same.clone().next().is_none() || !told.insert(digest) {
                continue;
            }
            let is_new =
                |query: &u32| self.all[*query as usize].is(text) && found_until[*query as usize] <= field.first;
            let words = (field.first, field.end);
            for query in same.map(|(_, query)| *query).filter(is_new) {
                let common = self.all[query as usize].is_grammar();
                found.push(QueryFound { query, manner: Manner::Exact, similarity: 1.0, words, whole: true, common });
            }
        }
    }

    /// The query word for word, around a word that it has at `place`.
    fn exact(&self, text: Text, (query, place, at): (u32, usize, usize), effort: &mut Effort) -> Option<QueryFound> {
        let about = &self.all[query as usize];
        let start = at.checked_sub(place)?;
        let end = start + about.words.len();
        if text.numbers.get(start..end)? != about.words.as_slice() {
            return None;
        }
        let end = start + about.length();
        if !effort.spend(about.length() / AT_ONCE) || !about.is(text.numbers.get(start..end)?) {
            return None;
        }
        let words = (start as u32, end as u32);
        let whole = is_whole(text.record, words, 0);
        let common = match whole {
            true => about.is_grammar(),
            false => about.is_mere_mention(about.bits, CONTAINED_BITS) || about.common[0] >= COMMON_FROM,
        };
        let manner = if whole { Manner::Exact } else { Manner::Contained };
        Some(QueryFound { query, manner, similarity: 1.0, words, whole, common })
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
pub fn is_whole(record: &Record, words: (u32, u32), others: usize) -> bool {
    record.field_of(words.0).is_some_and(|field| {
        let outside = words.0.abs_diff(field.first) + words.1.abs_diff(field.end);
        outside as usize <= others
    })
}
