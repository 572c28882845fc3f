//! How near a stretch of text is to a query: an alignment of their words, each weighed by how much it says.
//!
//! The query is aligned with the part of the text that costs least (Sellers 1980: the text around it is free). A word
//! that is missing costs what it says; an additional one costs what a word of the query says on average; one that is
//! replaced costs what it said; one that is misspelt or inflected a part of that; two neighbours that changed places
//! half of what the lesser says. Similarity is one minus the cost over what the whole query says.

use super::effort::Effort;
use super::query::Query;
use super::typos::{self, typos};

/// A word that is inflected costs this part of what it says.
const INFLECTED: f32 = 0.2;

/// Letters that an ending may have, of an inflected word.
const ENDING: usize = 3;

/// A word out of its place costs this part of what it says.
const MOVED: f32 = 0.4;

/// Steps that a word of the query beside a word of the text takes.
const STEPS: usize = 4;

/// The cheapest alignment of a query within a stretch of words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alignment {
    /// What it costs, in bits.
    pub cost: f32,
    /// How many words are edited: missing, additional, replaced, misspelt, or changed places with a neighbour.
    pub edits: u32,
    /// The first word of the stretch that it covers, and one past the last one.
    pub start: usize,
    /// One past the last word of the stretch that it covers.
    pub end: usize,
}

/// A text to align with: the number of each word in the vocabulary, and its spelling where that is asked for.
pub trait Stretch {
    /// How many words there are.
    fn len(&self) -> usize;
    /// The number of a word; `None` where no query has it.
    fn number(&self, word: usize) -> Option<u32>;
    /// The bytes that a word came from, in whatever case.
    fn spelling(&self, word: usize) -> &[u8];
}

/// A way to align the first words of the query with words up to one of the stretch.
#[derive(Clone, Copy)]
struct Way {
    cost: f32,
    edits: u32,
    /// Where in the stretch it begins.
    start: usize,
}

impl Way {
    fn and(self, cost: f32) -> Way {
        Way { cost: self.cost + cost, edits: self.edits + u32::from(cost > 0.0), ..self }
    }

    /// The cheaper of two; of two that cost the same, the one that covers less.
    fn or(self, other: Way) -> Way {
        let better = other.cost < self.cost || (other.cost == self.cost && other.start > self.start);
        if better { other } else { self }
    }
}

/// Aligns a query with the part of a stretch that costs least; `None` where that is more than `most`, or more effort than
/// is left.
pub fn align(query: &Query, stretch: &impl Stretch, most: f32, effort: &mut Effort) -> Option<Alignment> {
    let columns = stretch.len() + 1;
    let mean = query.bits / query.words.len() as f32;
    let start_anywhere = || (0..columns).map(|start| Way { cost: 0.0, edits: 0, start }).collect();
    // The row before the last one, the last one, and the one that is made.
    let (mut before, mut above, mut ways): (Vec<Way>, Vec<Way>, Vec<Way>) =
        (start_anywhere(), start_anywhere(), Vec::new());
    for (row, word) in query.words.iter().enumerate() {
        if !effort.spend(STEPS * columns) {
            return None;
        }
        let weight = query.weights[row];
        ways.clear();
        ways.push(above[0].and(weight));
        for column in 1..columns {
            let diagonal = above[column - 1];
            let matched = match stretch.number(column - 1) == Some(*word) {
                true => diagonal,
                false => diagonal.and(weight * likeness(&query.spelled[row], stretch.spelling(column - 1), effort)),
            };
            let mut best = matched.or(above[column].and(weight)).or(ways[column - 1].and(mean));
            if row > 0 && column > 1 && swapped(query, row, stretch, column) {
                best = best.or(before[column - 2].and(0.5 * weight.min(query.weights[row - 1])));
            }
            ways.push(best);
        }
        // Every way to the end goes through one of two neighbouring rows, and none becomes cheaper.
        if ways.iter().chain(&above).all(|way| way.cost > most) {
            return None;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut ways);
    }
    let mut best = Alignment { cost: f32::INFINITY, edits: 0, start: 0, end: 0 };
    for (end, way) in above.iter().enumerate() {
        let shorter = end - way.start < best.end - best.start;
        if way.cost < best.cost || (way.cost == best.cost && shorter) {
            best = Alignment { cost: way.cost, edits: way.edits, start: way.start, end };
        }
    }
    (best.cost <= most && !effort.ran_out()).then_some(best)
}

/// Where the first stretch of a window begins that has exactly the words of a query, in any order.
pub fn same_words(query: &Query, window: &[u32]) -> Option<usize> {
    let n = query.words.len();
    let mut wanted = query.words.clone();
    wanted.sort_unstable();
    // How many of each word are still wanted; those that the query has not are counted together.
    let mut left: Vec<i64> = wanted.iter().map(|_| 0).chain([0]).collect();
    let slot = |word: &u32| match wanted.partition_point(|other| other < word) {
        slot if wanted.get(slot) == Some(word) => slot,
        _ => n,
    };
    wanted.iter().for_each(|word| left[slot(word)] += 1);
    let slots: Vec<usize> = window.iter().map(slot).collect();
    let mut unequal = left.iter().filter(|count| **count != 0).count();
    let mut change = |slot: usize, by: i64| {
        unequal -= usize::from(left[slot] != 0);
        left[slot] += by;
        unequal += usize::from(left[slot] != 0);
        unequal == 0
    };
    for (at, slot) in slots.iter().enumerate() {
        let mut is_same = change(*slot, -1);
        if let Some(gone) = at.checked_sub(n) {
            is_same = change(slots[gone], 1);
        }
        if is_same && at + 1 >= n {
            return Some(at + 1 - n);
        }
    }
    None
}

/// What a stretch costs that has the words of a query in another order.
pub fn reordered(query: &Query, stretch: &[u32]) -> f32 {
    MOVED * (query.bits - kept_in_order(query, stretch))
}

/// What the words say that stand in the same order in a query and a stretch: their heaviest common subsequence.
fn kept_in_order(query: &Query, stretch: &[u32]) -> f32 {
    let mut row = vec![0.0_f32; stretch.len() + 1];
    for (word, weight) in query.words.iter().zip(&query.weights) {
        let mut diagonal = 0.0;
        for column in 1..row.len() {
            let above = row[column];
            row[column] = match stretch[column - 1] == *word {
                true => diagonal + weight,
                false => above.max(row[column - 1]),
            };
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or(0.0)
}

/// Whether the last two words of the query and of the stretch are each other's.
fn swapped(query: &Query, row: usize, stretch: &impl Stretch, column: usize) -> bool {
    stretch.number(column - 1) == Some(query.words[row - 1]) && stretch.number(column - 2) == Some(query.words[row])
}

/// Which part of a word is lost where another stands for it: 1 is all of it.
fn likeness(word: &str, other: &[u8], effort: &mut Effort) -> f32 {
    // What is inflected or misspelt is not much longer or shorter, which is seen at once.
    if word.len() < 4 || other.len() < 3 || other.len().abs_diff(word.len()) > ENDING {
        return 1.0;
    }
    if word.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_digit()) || !other.is_ascii() {
        return 1.0;
    }
    if !effort.spend(STEPS * word.len()) {
        return 1.0;
    }
    let allowed = if word.len() < 8 { 1 } else { typos::MOST };
    if let Some(errors) = typos(word.as_bytes(), other).filter(|errors| *errors <= allowed) {
        return (errors as f32 / word.len() as f32).max(0.05);
    }
    let common = word.bytes().zip(other).take_while(|(a, b)| *a == b.to_ascii_lowercase()).count();
    match common >= 4 && word.len() - common <= ENDING && other.len() - common <= ENDING {
        true => INFLECTED,
        false => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Words(Vec<&'static str>, Vec<String>);

    impl Stretch for Words {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn number(&self, word: usize) -> Option<u32> {
            self.1.iter().position(|known| known == self.0[word]).map(|number| number as u32)
        }
        fn spelling(&self, word: usize) -> &[u8] {
            self.0[word].as_bytes()
        }
    }

    /// Similarity to a query of words that say 10 bits each, and the words covered.
    fn near(query: &str, text: &'static str) -> (f32, String) {
        let spelled: Vec<String> = query.split(' ').map(str::to_owned).collect();
        let query = Query::of_equal_words(&spelled, 10.0);
        let words = Words(text.split(' ').collect(), spelled);
        let found = align(&query, &words, f32::INFINITY, &mut Effort::default()).unwrap();
        (1.0 - found.cost / query.bits, words.0[found.start..found.end].join(" "))
    }

    #[test]
    fn edits_cost_what_they_change() {
        let query = "treatment of asthma in children";
        let cases = [
            ("treatment of asthma in children", 1.0, "treatment of asthma in children"),
            ("the treatment of asthma in children today", 1.0, "treatment of asthma in children"),
            ("treatment of severe asthma in children", 0.8, "treatment of severe asthma in children"),
            ("treatment of asthma children", 0.8, "treatment of asthma children"),
            ("treatment of asthma in adults", 0.8, "treatment of asthma in"),
            ("treatment of in asthma children", 0.9, "treatment of in asthma children"),
            ("treatments of asthma in children", 1.0 - 0.2 / 9.0, "treatments of asthma in children"),
            ("treatment of ashtma in children", 1.0 - 0.2 / 6.0, "treatment of ashtma in children"),
        ];
        for (text, similarity, covered) in cases {
            let (found, stretch) = near(query, text);
            assert!((found - similarity).abs() < 0.001, "{text}: {found}");
            assert_eq!(stretch, covered, "{text}");
        }
    }

    #[test]
    fn an_alignment_that_is_too_dear_is_none() {
        let spelled: Vec<String> = "treatment of asthma in children".split(' ').map(str::to_owned).collect();
        let query = Query::of_equal_words(&spelled, 10.0);
        let words = Words("treatment of asthma in adults".split(' ').collect(), spelled);
        let within = |most| align(&query, &words, most, &mut Effort::default()).map(|found| found.cost);
        assert_eq!((within(10.0), within(9.9)), (Some(10.0), None));
    }

    proptest! {
        #[test]
        fn the_same_words_are_found_where_they_first_stand(
            wanted in proptest::collection::vec(0_u32..4, 1..6),
            window in proptest::collection::vec(0_u32..5, 0..40),
        ) {
            let spelled: Vec<String> = wanted.iter().map(u32::to_string).collect();
            let mut query = Query::of_equal_words(&spelled, 10.0);
            query.words = wanted.clone();
            let sorted = |words: &[u32]| {
                let mut words = words.to_vec();
                words.sort_unstable();
                words
            };
            let first = window.windows(wanted.len()).position(|stretch| sorted(stretch) == sorted(&wanted));
            prop_assert_eq!(same_words(&query, &window), first);
        }
    }

    #[test]
    fn numbers_are_not_misspelt() {
        assert!((near("budget of 2019 alone", "budget of 2020 alone").0 - 0.75).abs() < 0.001);
    }
}
