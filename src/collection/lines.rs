//! The lines of a file, one at a time, without an allocation for each.
//!
//! Line breaks are LF or CRLF, a byte order mark in front is dropped; both are counted. A line longer than
//! [`LINE_LIMIT`] is refused before it is held, so that no file, however packed, takes the memory of the machine.

use super::complaint::{Complaint, column_at};
use super::source::{BOM, Source, not_utf8};
use crate::error::{Error, Place, Result};
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

/// The longest line that is read, in bytes: far more than any document, far less than memory.
pub const LINE_LIMIT: usize = 16 * 1024 * 1024;

/// What was unusual about the lines of a file, though it could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Lines read so far.
    pub lines: u64,
    /// Lines that end with CRLF.
    pub crlf_lines: u64,
    /// Whether the file began with a byte order mark.
    pub bom: bool,
}

/// One line, without its line break.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its number, counted from one.
    pub number: u64,
    bytes: &'a [u8],
}

impl<'a> Line<'a> {
    /// Its text; a complaint with the column where it stops being UTF-8.
    pub fn text(&self) -> Result<&'a str, Complaint> {
        std::str::from_utf8(self.bytes).map_err(|error| {
            let (valid, rest) = self.bytes.split_at(error.valid_up_to());
            let valid = String::from_utf8_lossy(valid);
            Complaint::column(column_at(&valid, valid.len()), not_utf8(rest))
        })
    }

    /// Its text, with a replacement character for what is not UTF-8; enough to tell what kind of line it is.
    pub fn lossy(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.bytes)
    }

    /// Whether it has nothing but blanks; such lines mean nothing in any of the formats.
    pub fn is_blank(&self) -> bool {
        self.bytes.trim_ascii().is_empty()
    }
}

/// An open file that gives its lines.
pub struct Lines {
    source: Source,
    buffer: Vec<u8>,
    /// Where the text of the line is in the buffer.
    text: Range<usize>,
    marks: Marks,
    /// Whether the line in the buffer was only peeked at.
    again: bool,
    ended: bool,
}

impl Lines {
    /// Opens a file: plain, gzip or zstd. Errors as [`Source::open`].
    pub fn open(path: &Path) -> Result<Lines> {
        let source = Source::open(path)?;
        Ok(Lines { source, buffer: Vec::new(), text: 0..0, marks: Marks::default(), again: false, ended: false })
    }

    /// The file, as the user named it.
    pub fn path(&self) -> &Path {
        self.source.path()
    }

    /// What was unusual about the lines read so far.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// The next line; `None` at the end, and after an error.
    ///
    /// Errors: the file cannot be read on, its packed data was cut off or is damaged, or the line is too long.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>> {
        if !self.again && !self.fill()? {
            return Ok(None);
        }
        self.again = false;
        Ok(Some(self.line()))
    }

    /// The next line that is not blank, which stays the next line: what kind of file is this?
    ///
    /// Errors: as [`Lines::next_line`].
    pub fn peek(&mut self) -> Result<Option<Line<'_>>> {
        while self.again || self.fill()? {
            self.again = !self.line().is_blank();
            if self.again {
                return Ok(Some(self.line()));
            }
        }
        Ok(None)
    }

    fn line(&self) -> Line<'_> {
        Line { number: self.marks.lines, bytes: &self.buffer[self.text.clone()] }
    }

    /// Reads a line into the buffer; false at the end.
    fn fill(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        // Only a line that comes back whole leaves the file open.
        self.ended = true;
        self.buffer.clear();
        // Two bytes more than a line may have leave room for its line break.
        let read = self.source.read_line(&mut self.buffer, LINE_LIMIT as u64 + 2, self.marks.lines)?;
        if read == 0 {
            return Ok(false);
        }
        self.marks.lines += 1;
        let start = self.start();
        let end = self.end();
        if end > LINE_LIMIT {
            return Err(Error::input(format!("the line is longer than {} MiB", LINE_LIMIT >> 20))
                .at(Place::line(self.source.path(), self.marks.lines))
                .help("check that the file has one record on each line"));
        }
        self.text = start..end;
        self.ended = false;
        Ok(true)
    }

    /// Where the text of the line in the buffer begins: behind a byte order mark in the first one.
    fn start(&mut self) -> usize {
        if self.marks.lines == 1 && self.buffer.starts_with(&BOM) {
            self.marks.bom = true;
            return BOM.len();
        }
        0
    }

    /// Where the text of the line in the buffer ends: before its line break.
    fn end(&mut self) -> usize {
        let line = self.buffer.as_slice();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        match line.strip_suffix(b"\r") {
            None => line.len(),
            Some(line) => {
                self.marks.crlf_lines += 1;
                line.len()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn lines_of(bytes: &[u8]) -> (Vec<Result<String, Complaint>>, Marks) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut lines = Lines::open(file.path()).unwrap();
        let mut all = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            assert_eq!(line.number, all.len() as u64 + 1);
            all.push(line.text().map(str::to_owned));
        }
        (all, lines.marks())
    }

    #[test]
    fn line_breaks_and_marks_are_stripped_and_counted() {
        let cases: [(&[u8], &[&str], u64, bool); 6] = [
            (b"", &[], 0, false),
            (b"a\nb", &["a", "b"], 0, false),
            (b"a\r\nb\r\n", &["a", "b"], 2, false),
            (b"\xEF\xBB\xBFa\n\n", &["a", ""], 0, true),
            (b"\xEF\xBB\xBF", &[""], 0, true),
            (b"a\rb\n\r", &["a\rb", ""], 1, false),
        ];
        for (bytes, expected, crlf_lines, bom) in cases {
            let (lines, marks) = lines_of(bytes);
            let lines: Vec<_> = lines.into_iter().map(Result::unwrap).collect();
            assert_eq!(lines, expected);
            assert_eq!(marks, Marks { lines: expected.len() as u64, crlf_lines, bom });
        }
    }

    #[test]
    fn a_line_that_was_peeked_at_comes_again() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"\n \na\nb").unwrap();
        let mut lines = Lines::open(file.path()).unwrap();
        assert_eq!(lines.peek().unwrap().unwrap().text(), Ok("a"));
        assert_eq!(lines.peek().unwrap().unwrap().number, 3);
        assert_eq!(lines.next_line().unwrap().unwrap().text(), Ok("a"));
        assert_eq!(lines.next_line().unwrap().unwrap().number, 4);
        assert!(lines.peek().unwrap().is_none());
    }

    #[test]
    fn a_line_that_is_not_utf8_does_not_hide_the_next() {
        let (lines, _) = lines_of(b"\xC3\xA9\xE9\nb\n");
        assert_eq!(lines[0].as_ref().unwrap_err().column, Some(2));
        assert_eq!(lines[1].as_deref(), Ok("b"));
    }

    #[test]
    fn a_line_beyond_the_limit_is_refused_without_being_held() {
        // 200 MB of one letter pack to some kilobytes, as a hostile file would be.
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let letters = std::io::Read::take(std::io::repeat(b'x'), 200_000_000);
        zstd::stream::copy_encode(std::io::Read::chain(&b"first\n"[..], letters), &mut file, 1).unwrap();
        let mut lines = Lines::open(file.path()).unwrap();
        assert_eq!(lines.next_line().unwrap().unwrap().text(), Ok("first"));
        let error = lines.next_line().unwrap_err();
        assert_eq!(error.place().unwrap().line, Some(2));
        assert!(error.what().contains("longer than 16 MiB"), "{error}");
        assert!(lines.buffer.capacity() <= 4 * LINE_LIMIT);
        assert!(lines.next_line().unwrap().is_none());
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_read() {
        let mut bytes = vec![b'x'; LINE_LIMIT];
        bytes.extend(b"\r\ny");
        let (lines, _) = lines_of(&bytes);
        assert_eq!(lines.len(), 2);
    }
}
