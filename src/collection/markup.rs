//! TREC's tagged text: topics between `<top>` and `</top>`, documents between `<DOC>` and `</DOC>`.
//!
//! It looks like XML and is not: classic topics never close `<num>` and `<title>`, texts hold bare `&` and `<`.
//! So blocks are found by their tags, and an element ends at its closing tag, or else at the next tag.

use super::complaint::{Complaint, quoted};
use super::lines::{LINE_LIMIT, Lines};
use crate::error::{Error, Faults, Place, Result};

/// A block with its tags cut off.
#[derive(Debug)]
pub struct Block {
    /// The line that the block begins in.
    pub line: u64,
    /// What stands in the opening tag behind its name: attributes.
    pub attributes: String,
    /// What stands between the tags.
    pub text: String,
}

/// The blocks of a file, one at a time.
pub struct Blocks {
    lines: Lines,
    name: &'static str,
    /// The line being read, and how far.
    pending: String,
    at: usize,
    number: u64,
}

impl Blocks {
    /// Blocks called `name` (lower case; files may write it as they like).
    pub fn new(lines: Lines, name: &'static str) -> Blocks {
        Blocks { lines, name, pending: String::new(), at: 0, number: 0 }
    }

    /// The lines below, for their marks.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The next block; text between blocks that is no tag, and a block without an end, are faults.
    ///
    /// Errors: as [`Lines::next_line`]; a block longer than a line may be.
    pub fn next_block(&mut self, faults: &mut Faults) -> Result<Option<Block>> {
        let Some(mut block) = self.opening(faults)? else { return Ok(None) };
        loop {
            let rest = &self.pending[self.at..];
            if let Some((end, after)) = closing_tag(rest, self.name) {
                block.text.push_str(&rest[..end]);
                self.at += after;
                return Ok(Some(block));
            }
            block.text.push_str(rest);
            block.text.push('\n');
            if block.text.len() > LINE_LIMIT {
                let what = format!("the block <{}> is longer than {} MiB", self.name, LINE_LIMIT >> 20);
                return Err(Error::input(what)
                    .at(Place::line(self.lines.path(), block.line))
                    .help(format!("check that </{}> ends it", self.name)));
            }
            if !self.advance(faults)? {
                let what = format!("the file ends before </{}>", self.name);
                Complaint::line(what).record(faults, self.lines.path(), block.line);
                return Ok(None);
            }
        }
    }

    /// Goes to the next opening tag.
    fn opening(&mut self, faults: &mut Faults) -> Result<Option<Block>> {
        loop {
            let rest = &self.pending[self.at..];
            let (outside, tag) = match opening_tag(rest, self.name) {
                Some(tag) => (&rest[..tag.start], Some(tag)),
                None => (rest, None),
            };
            if let Some(stray) = stray_text(outside) {
                let what = format!("{} stands outside of any <{}>", quoted(stray), self.name);
                Complaint::line(what).record(faults, self.lines.path(), self.number);
            }
            if let Some(tag) = tag {
                let attributes = rest[tag.attributes..tag.end - 1].to_owned();
                self.at += tag.end;
                return Ok(Some(Block { line: self.number, attributes, text: String::new() }));
            }
            if !self.advance(faults)? {
                return Ok(None);
            }
        }
    }

    /// Takes the next line; false at the end.
    fn advance(&mut self, faults: &mut Faults) -> Result<bool> {
        self.pending.clear();
        self.at = 0;
        let Some(line) = self.lines.next_line()? else { return Ok(false) };
        self.number = line.number;
        match line.text() {
            Ok(text) => self.pending.push_str(text),
            Err(complaint) => {
                let number = line.number;
                complaint.record(faults, self.lines.path(), number);
            }
        }
        Ok(true)
    }
}

/// Whether a file that begins with this line is tagged text: an identifier may begin with `<` too, before a tab.
pub fn is_tagged(first: &str) -> bool {
    first.trim_start().starts_with('<') && !first.contains('\t')
}

/// Where an opening tag is: `start` its `<`, `attributes` behind its name, `end` behind its `>`.
struct Tag {
    start: usize,
    attributes: usize,
    end: usize,
}

fn opening_tag(text: &str, name: &str) -> Option<Tag> {
    let mut from = 0;
    while let Some(found) = text[from..].find('<') {
        let start = from + found;
        let attributes = start + 1 + name.len();
        let named = text.get(start + 1..attributes).is_some_and(|word| word.eq_ignore_ascii_case(name));
        let ended = text.get(attributes..).is_some_and(|rest| rest.starts_with(['>', ' ', '\t']));
        if named && ended {
            let end = attributes + text[attributes..].find('>')? + 1;
            return Some(Tag { start, attributes, end });
        }
        from = start + 1;
    }
    None
}

/// Where the closing tag of `name` begins and ends.
fn closing_tag(text: &str, name: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(found) = text[from..].find("</") {
        let start = from + found;
        let end = start + 2 + name.len();
        let named = text.get(start + 2..end).is_some_and(|word| word.eq_ignore_ascii_case(name));
        if named && text[end..].starts_with('>') {
            return Some((start, end + 1));
        }
        from = start + 2;
    }
    None
}

/// The first text outside of tags that is more than blanks.
fn stray_text(outside: &str) -> Option<&str> {
    let mut rest = outside.trim_ascii();
    while let Some(behind) = rest.strip_prefix('<') {
        rest = behind.split_once('>').map_or("", |(_, rest)| rest).trim_ascii();
    }
    (!rest.is_empty()).then(|| rest.split('<').next().unwrap_or(rest).trim_ascii())
}

/// The text of the first element called `name` in a block: up to its closing tag, or else to the next tag.
pub fn element<'a>(block: &'a str, name: &str) -> Option<&'a str> {
    let rest = &block[opening_tag(block, name)?.end..];
    let end = match closing_tag(rest, name) {
        Some((end, _)) => end,
        None => next_tag(rest).unwrap_or(rest.len()),
    };
    Some(&rest[..end])
}

/// The texts of all elements called `name` in a block.
pub fn elements<'a>(block: &'a str, name: &str) -> Vec<&'a str> {
    let mut all = Vec::new();
    let mut rest = block;
    while let Some(found) = element(rest, name) {
        all.push(found);
        let end = found.as_ptr() as usize + found.len() - rest.as_ptr() as usize;
        rest = &rest[end..];
    }
    all
}

/// Where the next thing that looks like a tag begins: a bare `<` in a text does not.
fn next_tag(text: &str) -> Option<usize> {
    text.match_indices('<')
        .map(|(at, _)| at)
        .find(|at| text[at + 1..].starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/'))
}

/// The value of an attribute in an opening tag: `number="3"`.
pub fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = attributes.split_once(&format!("{name}="))?;
    let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
    rest[1..].split_once(quote).map(|(value, _)| value)
}

/// Text as people read it: tags dropped, the five entities of XML decoded, runs of blanks one blank.
pub fn plain_text(text: &str) -> String {
    let mut without_tags = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = next_tag(rest).and_then(|start| {
        let (_, behind) = rest[start..].split_once('>')?;
        Some((&rest[..start], behind))
    }) {
        without_tags.push_str(before);
        without_tags.push(' ');
        rest = behind;
    }
    without_tags.push_str(rest);
    let words: Vec<&str> = without_tags.split_whitespace().collect();
    // `&amp;` last, so that `&amp;lt;` becomes `&lt;` and no further.
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    entities.iter().fold(words.join(" "), |text, (entity, letter)| text.replace(entity, letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn blocks_of(text: &str, name: &'static str) -> (Vec<Block>, u64) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let mut blocks = Blocks::new(Lines::open(file.path()).unwrap(), name);
        let (mut all, mut faults) = (Vec::new(), Faults::new());
        while let Some(block) = blocks.next_block(&mut faults).unwrap() {
            all.push(block);
        }
        (all, faults.total())
    }

    #[test]
    fn blocks_are_found_however_they_are_laid_out() {
        let cases = [
            ("<top>\nx\n</top>\n\n<top>\ny\n</top>\n", vec![(1, "\nx\n"), (5, "\ny\n")], 0),
            ("<?xml version=\"1\"?><all><TOP>x</TOP><top>y</top></all>", vec![(1, "x"), (1, "y")], 0),
            ("<top>x</tops></top>", vec![(1, "x</tops>")], 0),
            ("words\n<top>x</top> more <top>y</top>", vec![(2, "x"), (2, "y")], 2),
            ("<top>x\n<top>y", vec![], 1),
            ("", vec![], 0),
        ];
        for (text, expected, faults) in cases {
            let (blocks, found) = blocks_of(text, "top");
            let blocks: Vec<_> = blocks.iter().map(|block| (block.line, block.text.as_str())).collect();
            assert_eq!((blocks, found), (expected, faults), "{text:?}");
        }
    }

    #[test]
    fn elements_end_at_their_tag_or_the_next() {
        let block = "<num> Number: 301\n<title> a < b\n<desc> Description:\nlong\n";
        assert_eq!(element(block, "num"), Some(" Number: 301\n"));
        assert_eq!(element(block, "title"), Some(" a < b\n"));
        assert_eq!(element("<DOCNO> d1 </DOCNO><TEXT>a<b>c</b></TEXT>", "text"), Some("a<b>c</b>"));
        assert_eq!(element("<titles>x</titles>", "title"), None);
        assert_eq!(attribute(" number=\"3\" type='x'", "type"), Some("x"));
    }

    #[test]
    fn text_is_what_people_read() {
        assert_eq!(plain_text(" a\n <b>c</b> &amp;lt; d &lt; 3 < 4 <e"), "a c &lt; d < 3 < 4 <e");
    }
}
