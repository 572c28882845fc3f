//! A record: what belongs together in a scanned file, as one stream of words with the fields that they stand in.
//!
//! A line of JSON is a record whose fields are its texts; a line of TSV or CSV one whose fields are its columns. A block
//! of plain text is one record too, with a field for each line, so that a text that was wrapped anew is found.

use super::words::{self, Word};

/// The words of one text: a string of JSON, a column, a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The first of its words.
    pub first: u32,
    /// One past the last of its words.
    pub end: u32,
    /// The line that it begins in, counted from one.
    pub line: u64,
}

/// No more of a text is shown than begins in so many bytes.
const MOST_AROUND: usize = 16 << 10;

/// Texts of a file that belong together. It is filled, looked at, and filled again, so that nothing is allocated.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The texts one after the other, as they were read, escapes undone.
    pub text: Vec<u8>,
    /// Their words.
    pub words: Vec<Word>,
    /// The texts that have any word, in their order.
    pub fields: Vec<Field>,
    /// Words before this one were in the block before too, and what ends there was told there.
    pub fresh: u32,
    /// Whether its lines are records of their own as far as judgements go: plain text.
    pub loose: bool,
    /// Lines with bytes that are not UTF-8.
    pub damaged: u64,
}

impl Record {
    /// Makes it empty.
    pub fn clear(&mut self) {
        self.text.clear();
        self.words.clear();
        self.fields.clear();
        (self.fresh, self.loose, self.damaged) = (0, false, 0);
    }

    /// Adds a text.
    pub fn push(&mut self, text: &[u8], line: u64) {
        let start = self.text.len();
        self.text.extend_from_slice(text);
        self.close(start, line);
    }

    /// Adds a text whose bytes were put at the end of [`Record::text`] already, from `start` on.
    pub fn close(&mut self, start: usize, line: u64) {
        let first = self.words.len() as u32;
        if !words::cut(&self.text[start..], start, &mut self.words) {
            self.damaged += 1;
        }
        let end = self.words.len() as u32;
        if end > first {
            self.fields.push(Field { first, end, line });
        }
        // Texts must not run together: a word is a run of letters.
        self.text.push(b'\n');
    }

    /// The field that a word stands in.
    pub fn field_of(&self, word: u32) -> Option<&Field> {
        let after = self.fields.partition_point(|field| field.first <= word);
        self.fields.get(after.checked_sub(1)?)
    }

    /// The line of a word.
    pub fn line_of(&self, word: u32) -> u64 {
        self.field_of(word).map_or(0, |field| field.line)
    }

    /// The text from one word to before another, with some of what stands around it.
    pub fn around(&self, first: u32, end: u32, margin: usize) -> String {
        let start = self.words.get(first as usize).map_or(0, |word| word.start as usize);
        let stop = match end.checked_sub(1).and_then(|last| self.words.get(last as usize)) {
            Some(word) => word.end as usize,
            None => start,
        };
        let from = start.saturating_sub(margin);
        // Words may be as long as the text, and only the beginning is shown.
        let to = (stop + margin).min(self.text.len()).min(start + MOST_AROUND);
        String::from_utf8_lossy(&self.text[from..to.max(from)]).trim_matches('\u{FFFD}').to_owned()
    }
}
