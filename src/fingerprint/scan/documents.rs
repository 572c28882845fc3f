//! The documents of the collections, found in a stream of words: whole, in parts, nearly, within longer texts.
//!
//! Of each document the [`SKETCH`] shingles with the smallest digests are kept in a table: a bottom-k sketch, which is
//! MinHash with one function (Broder 1997; Thorup 2013). Every shingle of a scanned text is looked up there, so that each
//! of the `k` is found with a probability of just the share `c` of the document's shingles that the text holds. A text
//! with three of them close together is a candidate: at `c` = 0.8 one in a hundred million is missed, at 0.5 one in 500,
//! at 0.3 one in ten. Containment and resemblance are found by the same pass, and a document that is wrapped anew,
//! cut short or surrounded by other text is no special case.
//!
//! Each candidate is then verified by all shingles of the document: true Jaccard similarity with the stretch of text
//! that it was found in, and the true share that is contained. Nothing is inferred from one match to another.

use super::effort::{Effort, TOLD};
use super::record::Record;
use super::shingles;
use super::table::Table;
use super::words::{self, Word};
use compact_str::CompactString;

/// Shingles of a document that are looked for.
pub const SKETCH: usize = 16;

/// How many of them make a candidate; of shorter documents as large a share.
pub const ENOUGH: usize = 3;

/// A shingle that more documents have is boilerplate, and makes no candidate.
const BOILERPLATE: usize = 100;

/// The least words that a part of a document must have to be told as one.
const PART_WORDS: u32 = 15;

/// The share of a part's shingles that must be the document's.
const PART_PURITY: f32 = 0.8;

/// The share of the document that a part must hold where it is a text of its own.
const PART_SHARE: f32 = 0.25;

/// The share of the document that a part must hold within a longer text.
const PART_SHARE_WITHIN: f32 = 0.45;

/// Steps that a sketched shingle in a text takes for each document that has it, which must be kept and sorted.
const HIT: usize = 16;

/// Steps that a shingle takes where a document is compared with a stretch of text.
const VERIFIED: usize = 8;

/// A document as it is looked for.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its collection.
    pub collection: u32,
    /// Its identifier there.
    pub id: CompactString,
    /// How many words it has.
    pub words: u32,
    /// Where its shingles begin among all.
    first: u32,
    /// How many different shingles it has.
    shingles: u32,
}

/// How a document was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Word for word, and nothing beside it.
    Exact,
    /// Within a longer text, word for word or nearly.
    Contained,
    /// Nearly, and nothing beside it.
    Near,
    /// A part of it.
    Part,
}

/// A document in a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DocumentFound {
    /// Which document of [`Documents`].
    pub document: u32,
    /// How.
    pub shape: Shape,
    /// Jaccard similarity of the shingles with those of the stretch that it was found in.
    pub similarity: f32,
    /// The share of the document's shingles that the stretch holds.
    pub contained: f32,
    /// The words that it covers: the first, and one past the last.
    pub words: (u32, u32),
}

/// All documents, ready to be found.
#[derive(Clone, Debug)]
pub struct Documents {
    /// The documents.
    pub all: Vec<Document>,
    /// The shingles of each document, sorted; 32 bits of each digest.
    shingles: Vec<u32>,
    /// The number of each sketched shingle.
    sketched: Table,
    /// Where in `postings` those of each sketched shingle begin; one more at the end.
    starts: Vec<u32>,
    /// Which document has a sketched shingle.
    postings: Vec<u32>,
}

/// Gathers documents.
#[derive(Debug, Default)]
pub struct DocumentsBuilder {
    all: Vec<Document>,
    shingles: Vec<u32>,
    /// Digest of a sketched shingle, and its document.
    sketches: Vec<(u64, u32)>,
    scratch: Vec<u64>,
}

impl DocumentsBuilder {
    /// Adds a document by its words; false where it is too short to have a shingle.
    pub fn add(&mut self, collection: u32, id: &str, words: &[Word]) -> bool {
        self.scratch.clear();
        shingles::for_each(words, |_, hash| self.scratch.push(hash));
        self.scratch.sort_unstable();
        self.scratch.dedup();
        if self.scratch.is_empty() {
            return false;
        }
        let number = self.all.len() as u32;
        self.sketches.extend(self.scratch.iter().take(SKETCH).map(|hash| (*hash, number)));
        let first = self.shingles.len();
        // The upper halves of sorted digests are sorted, too.
        self.shingles.extend(self.scratch.iter().map(|hash| upper(*hash)));
        self.all.push(Document {
            collection,
            id: id.into(),
            words: words.len() as u32,
            first: first as u32,
            shingles: self.scratch.len() as u32,
        });
        true
    }

    /// The documents.
    pub fn build(mut self) -> Documents {
        self.sketches.sort_unstable();
        let mut sketched = Table::with_room_for(self.sketches.len());
        let (mut starts, mut postings) = (vec![0], Vec::with_capacity(self.sketches.len()));
        for same in self.sketches.chunk_by(|a, b| a.0 == b.0) {
            if same.len() <= BOILERPLATE {
                sketched.get_or_insert(same[0].0, starts.len() as u32 - 1);
                postings.extend(same.iter().map(|(_, document)| *document));
                starts.push(postings.len() as u32);
            }
        }
        self.shingles.shrink_to_fit();
        Documents { all: self.all, shingles: self.shingles, sketched, starts, postings }
    }
}

fn upper(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// What is kept between records, so that nothing is allocated anew.
#[derive(Clone, Debug, Default)]
pub struct DocumentScratch {
    /// What finding may still cost.
    pub effort: Effort,
    hits: Vec<(u32, u32)>,
    shingles: Vec<u32>,
    seen: Vec<u32>,
}

impl Documents {
    /// Finds the documents in a record: those with `least` similarity to the stretch that they stand in, or with that
    /// share contained in it, and parts.
    pub fn find(&self, record: &Record, least: f32, scratch: &mut DocumentScratch, found: &mut Vec<DocumentFound>) {
        if self.all.is_empty() || record.words.len() < shingles::SIZE {
            return;
        }
        let DocumentScratch { effort, hits, shingles: of_text, seen } = scratch;
        hits.clear();
        of_text.clear();
        shingles::for_each(&record.words, |place, hash| {
            of_text.push(upper(hash));
            if let Some(number) = self.sketched.get(hash) {
                let (from, to) = (self.starts[number as usize], self.starts[number as usize + 1]);
                if effort.spend(HIT * (to - from) as usize) {
                    let documents = &self.postings[from as usize..to as usize];
                    hits.extend(documents.iter().map(|document| (*document, place as u32)));
                }
            }
        });
        hits.sort_unstable();
        for of_document in hits.chunk_by(|a, b| a.0 == b.0) {
            self.in_clusters(record, of_text, of_document, least, (seen, effort), found);
        }
    }

    /// Looks at each place where enough of a document's sketch stands close together.
    fn in_clusters(
        &self,
        record: &Record,
        of_text: &[u32],
        hits: &[(u32, u32)],
        least: f32,
        (seen, effort): (&mut Vec<u32>, &mut Effort),
        found: &mut Vec<DocumentFound>,
    ) {
        let number = hits[0].0;
        let document = &self.all[number as usize];
        let enough = ((document.shingles as usize).min(SKETCH) * ENOUGH).div_ceil(SKETCH);
        let reach = document.words + document.words / 2;
        let mut at = 0;
        while at + enough <= hits.len() {
            let end = at + hits[at..].partition_point(|hit| hit.1 <= hits[at].1 + reach);
            if end - at < enough {
                at += 1;
                continue;
            }
            let stretch = (hits[end - 1].1 - hits[at].1 + 2 * document.words) as usize;
            if !effort.spend(VERIFIED * stretch.min(of_text.len())) {
                return;
            }
            let verified = self.verify(record, of_text, number, (hits[at].1, hits[end - 1].1), least, seen);
            at = match verified {
                None => at + 1,
                Some(hit) => {
                    if hit.words.1 > record.fresh {
                        found.push(hit);
                        effort.spend(TOLD);
                    }
                    // Never back, so that each step makes progress.
                    end.max(at + 1).max(hits.partition_point(|other| other.1 < hit.words.1))
                }
            };
        }
    }

    /// Compares a document with the stretch of text around its hits.
    fn verify(
        &self,
        record: &Record,
        of_text: &[u32],
        number: u32,
        (low, high): (u32, u32),
        least: f32,
        seen: &mut Vec<u32>,
    ) -> Option<DocumentFound> {
        let document = &self.all[number as usize];
        let of_document = &self.shingles[document.first as usize..(document.first + document.shingles) as usize];
        let from = (low as usize).saturating_sub(document.words as usize);
        let to = (high as usize + document.words as usize).min(of_text.len());
        let has = |shingle: &u32| of_document.binary_search(shingle).is_ok();
        let (first, last) = tightest(&of_text[from..to], document.words, has)?;
        let (first, last) = (from + first, from + last);
        seen.clear();
        seen.extend_from_slice(&of_text[first..=last]);
        seen.sort_unstable();
        seen.dedup();
        let common = seen.iter().filter(|shingle| has(shingle)).count() as f32;
        let contained = common / of_document.len() as f32;
        let purity = common / seen.len() as f32;
        let similarity = common / (of_document.len() + seen.len()) as f32;
        let similarity = similarity / (1.0 - similarity.min(0.5));
        let words = (first as u32, (last + shingles::SIZE) as u32);
        let shape = self.shape(record, document, words, least, (similarity, contained, purity))?;
        Some(DocumentFound { document: number, shape, similarity, contained, words })
    }

    fn shape(
        &self,
        record: &Record,
        document: &Document,
        words: (u32, u32),
        least: f32,
        (similarity, contained, purity): (f32, f32, f32),
    ) -> Option<Shape> {
        let stretch = words.1 - words.0;
        if similarity >= least || contained >= least {
            let outside = record.words.len() as u32 - stretch;
            return Some(match outside * 5 > record.words.len() as u32 {
                true => Shape::Contained,
                false if similarity == 1.0 && outside == 0 && stretch == document.words => Shape::Exact,
                false => Shape::Near,
            });
        }
        let of_its_own = record.field_of(words.0).is_some_and(|field| stretch * 5 >= (field.end - field.first) * 4);
        // A line of wrapped text is no text of its own.
        let share = if of_its_own && !record.loose { PART_SHARE } else { PART_SHARE_WITHIN };
        (stretch >= PART_WORDS && purity >= PART_PURITY && contained >= share).then_some(Shape::Part)
    }
}

/// The first and the last shingle of a document in a stretch of shingles.
///
/// Where they lie further apart than in the document, those at the ends that stand between them again are left out: a
/// query in front of a document that holds it is no part of the document.
fn tightest(of_text: &[u32], words: u32, has: impl Fn(&u32) -> bool) -> Option<(usize, usize)> {
    let mut first = of_text.iter().position(&has)?;
    let mut last = of_text.iter().rposition(&has)?;
    let is_long = |first: usize, last: usize| last + shingles::SIZE - first > words as usize;
    if !is_long(first, last) {
        return Some((first, last));
    }
    let mut places: Vec<(u32, usize)> = (first..=last).map(|place| (of_text[place], place)).collect();
    places.sort_unstable();
    // The first place of a shingle from another place on.
    let from = |shingle: u32, place: usize| {
        let next = places.partition_point(|other| *other < (shingle, place));
        places.get(next).filter(|(other, _)| *other == shingle).map(|(_, place)| *place)
    };
    while is_long(first, last) && from(of_text[first], first + 1).is_some() {
        first += 1 + of_text[first + 1..=last].iter().position(&has)?;
    }
    while is_long(first, last) && from(of_text[last], first).is_some_and(|place| place < last) {
        last = first + of_text[first..last].iter().rposition(&has)?;
    }
    Some((first, last))
}

/// The words of a text.
pub fn words_of(text: &str) -> Vec<Word> {
    let mut cut = Vec::new();
    words::cut(text.as_bytes(), 0, &mut cut);
    cut
}
