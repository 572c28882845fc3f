//! A query in a text but for some words, or with its words in another order.

use super::align::{Stretch, align, reordered, same_words};
use super::effort::Effort;
use super::enough::{SHORT, has_enough, missing};
use super::queries::{Manner, Queries, QueryFound, is_whole};
use super::query::Query;
use super::record::Record;
use super::unions::{UNKNOWN, Unions};
use std::collections::HashMap;

/// A query of so many words is told with one word edited, however much that word says, where it is nearly a whole text.
const ONE_EDIT_FROM: usize = 4;

/// Bits that telling words must have left then.
const ONE_EDIT_BITS: f32 = 18.0;

/// Bits that must be left of a query that is nearly a whole text.
const NEAR_WHOLE_BITS: f32 = 16.0;

/// Bits that must be left of a query that is nearly found within a longer text.
const NEAR_CONTAINED_BITS: f32 = 34.0;

/// A phrase is common if so many documents of the collections hold it.
pub const COMMON_FROM: u32 = 3;

/// Steps that a word takes to be sorted among others.
const SORTED: usize = 8;

/// Words that are compared at once in a short window.
const AT_ONCE: usize = 16;

/// Counts of long windows that are remembered of a record.
const MOST_COUNTS: usize = 1 << 16;

/// A text that is looked at.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    /// The record.
    pub record: &'a Record,
    /// The number of each of its words.
    pub numbers: &'a [u32],
    /// Which words stand in a window of it.
    pub unions: &'a Unions,
}

/// What was tried in a record, so that nothing is compared twice.
#[derive(Clone, Debug, Default)]
pub struct Tried {
    /// What came of the window that a query was aligned with last.
    edited: HashMap<u32, (i64, Option<QueryFound>)>,
    /// What came of the stretch in which a query's words were last found in another order.
    turned: HashMap<u32, (usize, Option<QueryFound>)>,
    /// How many words of a query some of the windows lack that are long.
    lacking: HashMap<(u32, usize, i64), usize>,
}

impl Tried {
    /// Forgets a record.
    pub fn clear(&mut self) {
        // A map that was large once takes long to empty.
        if !(self.edited.is_empty() && self.turned.is_empty() && self.lacking.is_empty()) {
            *self = Tried::default();
        }
    }

    /// Whether a window of so many words from a place on, which may lie before the text or reach beyond it, may have all
    /// but `edits` words of a query. Where it says yes, finding out has been paid for.
    ///
    /// A window has at most as many words more of the query as another one as it has words that the other has not. So
    /// the words of long windows are counted in some places only.
    fn may_have(
        &mut self,
        (number, query): (u32, &Query),
        (start, length, edits): (i64, usize, usize),
        numbers: &[u32],
        effort: &mut Effort,
    ) -> bool {
        let n = query.words.len();
        if length <= SHORT {
            return effort.spend(n * length / AT_ONCE);
        }
        let step = (n / 8).max(1) as i64;
        let place = start.div_euclid(step);
        let counted = place * step + step / 2;
        let steps = SORTED * (n + length);
        let lacking = match self.lacking.get(&(number, edits, place)) {
            Some(lacking) => *lacking,
            None if !effort.spend(steps) => return false,
            None => {
                // Counts that were forgotten are counted, and paid for, again.
                if self.lacking.len() == MOST_COUNTS {
                    self.lacking.clear();
                }
                let inside = |place: i64| usize::try_from(place).unwrap_or(0).min(numbers.len());
                let lacking = missing(&query.words, &numbers[inside(counted)..inside(counted + length as i64)]);
                self.lacking.insert((number, edits, place), lacking);
                lacking
            }
        };
        lacking <= edits + start.abs_diff(counted) as usize && effort.spend(steps)
    }
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

    fn spelling(&self, word: usize) -> &[u8] {
        let word = self.record.words[self.first + word];
        &self.record.text[word.start as usize..word.end as usize]
    }
}

impl Queries {
    /// The query but for a few words, or with its words in another order, around a word that it has at a place.
    pub(super) fn near(
        &self,
        text: Text,
        around: (u32, usize, usize),
        least: f32,
        (tried, effort): (&mut Tried, &mut Effort),
    ) -> Option<QueryFound> {
        match self.edited(text, around, least, (tried, effort)) {
            None => self.reordered(text, around, least, (tried, effort)),
            found => found,
        }
    }

    fn edited(
        &self,
        text: Text,
        (query, place, at): (u32, usize, usize),
        least: f32,
        (tried, effort): (&mut Tried, &mut Effort),
    ) -> Option<QueryFound> {
        let about = &self.all[query as usize];
        let (n, edits) = (about.words.len(), about.edits);
        let first = at.saturating_sub(place + edits);
        let end = (at + n - place + edits).min(text.numbers.len());
        let window = &text.numbers[first..end];
        let start = at as i64 - (place + edits) as i64;
        if n < 2
            || about.lacks(text.unions, first, end) > edits
            || !tried.may_have((query, about), (start, n + 2 * edits, edits), text.numbers, effort)
        {
            return None;
        }
        if let Some((_, found)) = tried.edited.get(&query).filter(|(tried, _)| *tried == start) {
            return *found;
        }
        if !has_enough(&about.words, window, edits) {
            return None;
        }
        let found = self.aligned(text, query, (first, end), least, effort);
        tried.edited.insert(query, (start, found));
        found
    }

    /// The query within a window, if it is near enough.
    fn aligned(
        &self,
        text: Text,
        query: u32,
        (first, end): (usize, usize),
        least: f32,
        effort: &mut Effort,
    ) -> Option<QueryFound> {
        let about = &self.all[query as usize];
        let (n, edits, window) = (about.words.len(), about.edits, &text.numbers[first..end]);
        // One edited word may cost what it says; a little more, since sums are rounded.
        let dearest = about.weights.iter().copied().fold((1.0 - least) * about.bits, f32::max) * 1.001;
        let aligned = align(about, &Window { record: text.record, numbers: window, first }, dearest, effort)?;
        let words = ((first + aligned.start) as u32, (first + aligned.end) as u32);
        let mut similarity = 1.0 - aligned.cost / about.bits;
        // One edited word is one edited word, even if it says more than all others: where the others say enough.
        let one = aligned.edits == 1 && n >= ONE_EDIT_FROM && is_whole(text.record, words, edits);
        if one && effort.spend(n * window.len() / AT_ONCE) && about.telling_left(window) >= ONE_EDIT_BITS {
            similarity = similarity.max(1.0 - 1.0 / n as f32);
        }
        if similarity < least || aligned.end == aligned.start {
            return None;
        }
        self.told_near(text, (query, words, similarity), least, effort)
    }

    /// The words of the query in another order, with nothing between them.
    fn reordered(
        &self,
        text: Text,
        (query, _, at): (u32, usize, usize),
        least: f32,
        (tried, effort): (&mut Tried, &mut Effort),
    ) -> Option<QueryFound> {
        let about = &self.all[query as usize];
        let n = about.words.len();
        let first = (at + 1).saturating_sub(n);
        let end = (at + n).min(text.numbers.len());
        let window = &text.numbers[first..end];
        let start = at as i64 + 1 - n as i64;
        // Trying all places is dear, and the quick look says yes too often.
        if n < 2
            || about.lacks(text.unions, first, end) > 0
            || !tried.may_have((query, about), (start, 2 * n - 1, 0), text.numbers, effort)
            // In a long window that is found out below.
            || (window.len() <= SHORT && !has_enough(&about.words, window, 0))
            || !effort.spend(SORTED * window.len())
        {
            return None;
        }
        let from = first + same_words(about, window)?;
        if let Some((_, found)) = tried.turned.get(&query).filter(|(tried, _)| *tried == from) {
            return *found;
        }
        if !effort.spend(n * n) {
            return None;
        }
        let similarity = 1.0 - reordered(about, &text.numbers[from..from + n]) / about.bits;
        let words = (from as u32, (from + n) as u32);
        let found = match similarity >= least {
            true => self.told_near(text, (query, words, similarity), least, effort),
            false => None,
        };
        tried.turned.insert(query, (from, found));
        found
    }

    fn told_near(
        &self,
        text: Text,
        (query, words, similarity): (u32, (u32, u32), f32),
        least: f32,
        effort: &mut Effort,
    ) -> Option<QueryFound> {
        let about = &self.all[query as usize];
        let (similarity, words) = with_beyond(about, text.numbers, words, similarity, effort)?;
        if similarity < least {
            return None;
        }
        let left = about.bits * similarity;
        let whole = is_whole(text.record, words, about.edits);
        let common = match whole {
            true => !about.is_telling() || left < NEAR_WHOLE_BITS,
            false => about.is_mere_mention(left, NEAR_CONTAINED_BITS) || about.common[1] >= COMMON_FROM,
        };
        Some(QueryFound { query, manner: Manner::Near, similarity, words, whole, common })
    }
}

/// How near a long query is, with the words beyond those that were aligned: the share of them that stands behind, in
/// whatever order. `None` where that is too much effort.
fn with_beyond(
    query: &Query,
    numbers: &[u32],
    words: (u32, u32),
    similarity: f32,
    effort: &mut Effort,
) -> Option<(f32, (u32, u32))> {
    let beyond = query.beyond.len();
    if beyond == 0 {
        return Some((similarity, words));
    }
    let from = words.1 as usize;
    let to = (from + beyond).min(numbers.len());
    if !effort.spend(SORTED * (beyond + to - from)) {
        return None;
    }
    let there = beyond - missing(&query.beyond, &numbers[from..to]);
    let (aligned, all) = (query.words.len() as f32, query.length() as f32);
    let similarity = (aligned * similarity + there as f32) / all;
    // Word for word it was not found.
    Some((similarity.min(1.0 - 1.0 / all), (words.0, to as u32)))
}
