//! How near a stretch of text is to a query: an alignment of their words, each weighed by how much it says.
//!
//! The query is aligned with the part of the text that costs least (Sellers 1980: the text around it is free). A word
//! that is missing costs what it says; an additional one costs what a word of the query says on average; one that is
//! replaced costs what it said; one that is misspelt or inflected a part of that; two neighbours that changed places
//! half of what the lesser says. Similarity is one minus the cost over what the whole query says.

use super::queries::Query;

/// A word that is inflected costs this part of what it says.
const INFLECTED: f32 = 0.2;

/// The cheapest alignment of a query within a stretch of words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alignment {
    /// What it costs, in bits.
    pub cost: f32,
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
    /// The spelling of a word, in lower case.
    fn spelling(&self, word: usize) -> String;
}

/// Aligns a query with the part of a stretch that costs least.
pub fn align(query: &Query, stretch: &impl Stretch) -> Alignment {
    let columns = stretch.len() + 1;
    let mean = query.bits / query.words.len() as f32;
    // Each cell: what it costs to get there, and where in the stretch that began.
    let mut rows: Vec<Vec<(f32, usize)>> = vec![(0..columns).map(|column| (0.0, column)).collect()];
    for (row, word) in query.words.iter().enumerate() {
        let weight = query.weights[row];
        let mut cells = Vec::with_capacity(columns);
        cells.push((rows[row][0].0 + weight, 0));
        for column in 1..columns {
            let above: (f32, usize) = rows[row][column];
            let diagonal: (f32, usize) = rows[row][column - 1];
            let left: (f32, usize) = cells[column - 1];
            let missing = (above.0 + weight, above.1);
            let additional = (left.0 + mean, left.1);
            let matched = match stretch.number(column - 1) == Some(*word) {
                true => diagonal,
                // Spelling is looked at only where the words around it fit so far.
                false => {
                    let part = likeness(&query.spelled[row], stretch, column - 1);
                    (diagonal.0 + weight * part, diagonal.1)
                }
            };
            let mut best = cheaper(cheaper(matched, missing), additional);
            if row > 0 && column > 1 && swapped(query, row, stretch, column) {
                let before = rows[row - 1][column - 2];
                best = cheaper(best, (before.0 + 0.5 * weight.min(query.weights[row - 1]), before.1));
            }
            cells.push(best);
        }
        rows.push(cells);
    }
    let last = &rows[query.words.len()];
    let mut best = Alignment { cost: f32::INFINITY, start: 0, end: 0 };
    for (end, (cost, start)) in last.iter().enumerate() {
        let shorter = end - start < best.end - best.start;
        if *cost < best.cost || (*cost == best.cost && shorter) {
            best = Alignment { cost: *cost, start: *start, end };
        }
    }
    best
}

/// The cheaper of two ways; of two that cost the same, the one that covers less.
fn cheaper(one: (f32, usize), other: (f32, usize)) -> (f32, usize) {
    if other.0 < one.0 || (other.0 == one.0 && other.1 > one.1) { other } else { one }
}

/// Whether the last two words of the query and of the stretch are each other's.
fn swapped(query: &Query, row: usize, stretch: &impl Stretch, column: usize) -> bool {
    stretch.number(column - 1) == Some(query.words[row - 1]) && stretch.number(column - 2) == Some(query.words[row])
}

/// Which part of a word is lost where another stands for it: 1 is all of it.
fn likeness(word: &str, stretch: &impl Stretch, place: usize) -> f32 {
    if word.len() < 4 || !word.is_ascii() || word.bytes().any(|byte| byte.is_ascii_digit()) {
        return 1.0;
    }
    let other = stretch.spelling(place);
    if other.len() < 3 || other.len() > 2 * word.len() || !other.is_ascii() {
        return 1.0;
    }
    let common = word.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let typos = strsim::osa_distance(word, &other);
    if typos <= if word.len() < 8 { 1 } else { 2 } {
        return (typos as f32 / word.len() as f32).max(0.05);
    }
    match common >= 4 && word.len() - common <= 3 && other.len() - common <= 3 {
        true => INFLECTED,
        false => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Words(Vec<&'static str>, Vec<String>);

    impl Stretch for Words {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn number(&self, word: usize) -> Option<u32> {
            self.1.iter().position(|known| known == self.0[word]).map(|number| number as u32)
        }
        fn spelling(&self, word: usize) -> String {
            self.0[word].to_owned()
        }
    }

    /// Similarity to a query of words that say 10 bits each, and the words covered.
    fn near(query: &str, text: &'static str) -> (f32, String) {
        let spelled: Vec<String> = query.split(' ').map(str::to_owned).collect();
        let query = Query::of_equal_words(&spelled, 10.0);
        let words = Words(text.split(' ').collect(), spelled);
        let found = align(&query, &words);
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
    fn numbers_are_not_misspelt() {
        assert!((near("budget of 2019 alone", "budget of 2020 alone").0 - 0.75).abs() < 0.001);
    }
}
