//! Reads a file in blocks of whole lines, so that every core has work and memory does not depend on the file.
//!
//! A block of text whose lines are no records begins with the end of the block before it, so that what stands across
//! the border is found; what ends before the border was told there. A line that is longer than [`LONG_LINE`] is read in
//! pieces in the same way, as text without records.

use crate::collection::source::{BOM, Source};
use crate::error::{Error, Result};
use memchr::{memchr, memchr_iter, memchr2_iter, memrchr};
use std::path::Path;

/// Bytes in a block, about.
const BLOCK: usize = 1 << 20;

/// A longer line is read in pieces.
pub const LONG_LINE: usize = 4 << 20;

/// How much of a block of text is read again with the next one.
const OVERLAP: usize = 32 << 10;

/// What the lines of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An object on each line.
    JsonLines,
    /// One object or list over many lines.
    Json,
    /// Columns between tabs.
    Tabs,
    /// Columns between commas, quoted.
    Commas,
    /// Text between tags: TREC's documents and topics, HTML, XML.
    Markup,
    /// Text.
    Text,
    /// Rows of a Parquet file, as [`super::parquet`] writes them down.
    Rows,
}

impl Kind {
    /// Whether each line is a record of its own.
    pub fn has_records(self) -> bool {
        matches!(self, Kind::JsonLines | Kind::Tabs | Kind::Commas | Kind::Rows)
    }

    /// What the first bytes of a file show; the name tells only CSV, since text has commas, too.
    pub fn of(path: &Path, head: &[u8]) -> Kind {
        let head = head.strip_prefix(&BOM).unwrap_or(head);
        let text = head.trim_ascii_start();
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
        let lines = || head.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(5);
        match text.first() {
            Some(b'{') if line.len() > 1 && line.ends_with(b"}") => Kind::JsonLines,
            // The first line may be longer than what was read of it.
            Some(b'{') if line.len() > 1 && !head.contains(&b'\n') => Kind::JsonLines,
            Some(b'[') if line.len() > 1 && line.ends_with(b"]") && lines().count() > 1 => Kind::JsonLines,
            Some(b'{') if line[1..].trim_ascii_start().is_empty() => Kind::Json,
            Some(b'{') if line.contains(&b'"') => Kind::JsonLines,
            Some(b'[') if matches!(text[1..].trim_ascii_start().first(), Some(b'{' | b'"' | b'[')) => Kind::Json,
            Some(b'<') if text[1..].iter().take(200).any(|byte| *byte == b'>') => Kind::Markup,
            _ if has_ending(path, "csv") => Kind::Commas,
            _ if has_ending(path, "tsv") || (lines().count() > 0 && lines().all(|line| line.contains(&b'\t'))) => {
                Kind::Tabs
            }
            _ => Kind::Text,
        }
    }
}

/// Whether a file's name ends so, packed or not.
fn has_ending(path: &Path, ending: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = [".gz", ".zst", ".zstd"].iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(&name);
    name.rsplit('.').next() == Some(ending) && name.len() > ending.len()
}

/// Some lines of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What its lines are.
    pub kind: Kind,
    /// Its bytes, those of the block before first.
    pub bytes: Vec<u8>,
    /// How many of them belong to the block before.
    pub overlap: usize,
    /// The number of the line that it begins in, counted from one.
    pub line: u64,
    /// Whether it is a piece of a line that is too long to be read at once.
    pub is_piece: bool,
}

/// A file that gives its blocks.
pub struct Blocks {
    source: Source,
    kind: Option<Kind>,
    pending: Vec<u8>,
    /// The line that `pending` begins in.
    line: u64,
    /// The end of the block before, and the line that it begins in.
    tail: Vec<u8>,
    tail_line: u64,
    /// Whether `pending` begins within a line that is read in pieces.
    in_piece: bool,
    ended: bool,
    error: Option<Error>,
    /// Bytes read so far, unpacked.
    pub bytes: u64,
    /// Lines that were read in pieces.
    pub long_lines: u64,
    block: usize,
    long: usize,
}

impl Blocks {
    /// The blocks of a file.
    pub fn new(source: Source) -> Blocks {
        Blocks {
            source,
            kind: None,
            pending: Vec::new(),
            line: 1,
            tail: Vec::new(),
            tail_line: 1,
            in_piece: false,
            ended: false,
            error: None,
            bytes: 0,
            long_lines: 0,
            block: BLOCK,
            long: LONG_LINE,
        }
    }

    /// Lines read so far.
    pub fn lines(&self) -> u64 {
        self.line - 1
    }

    /// The next block; `None` at the end. After an error, what was read before it is given first.
    ///
    /// Errors: the file cannot be read on, its packed data was cut off or is damaged, or it holds no text.
    pub fn next_block(&mut self) -> Result<Option<Block>> {
        let cut = loop {
            self.fill();
            let kind = *self.kind.get_or_insert_with(|| Kind::of(self.source.path(), &self.pending));
            if self.pending.is_empty() {
                return self.error.take().map_or(Ok(None), Err);
            }
            if self.ended {
                let rest = if self.in_piece { memchr(b'\n', &self.pending) } else { None };
                break rest.map_or(self.pending.len(), |end| end + 1);
            }
            if let Some(cut) = self.cut(kind) {
                break cut;
            }
        };
        let block = self.take(cut);
        if self.bytes <= (self.block + self.long) as u64
            && memchr(0, &block.bytes[..block.bytes.len().min(8192)]).is_some()
        {
            self.pending.clear();
            self.ended = true;
            return Err(Error::input("this is no text: it has zero bytes in it")
                .at(crate::error::Place::file(self.source.path()))
                .help("leave it out, or write its texts as JSONL"));
        }
        Ok(Some(block))
    }

    /// Reads until there is a block, or the end.
    fn fill(&mut self) {
        let before = self.pending.len();
        let wanted = if before < self.block { self.block - before } else { self.block };
        if self.ended {
            return;
        }
        match self.source.read_bytes(&mut self.pending, wanted as u64, self.line - 1) {
            Ok(read) => self.ended = read < wanted,
            Err(error) => {
                self.ended = true;
                self.error = Some(error);
            }
        }
        self.bytes += (self.pending.len() - before) as u64;
        if before == 0 && self.line == 1 && self.pending.starts_with(&BOM) {
            self.pending.drain(..BOM.len());
        }
    }

    /// Where the pending bytes can be cut; `None` where more are needed.
    fn cut(&mut self, kind: Kind) -> Option<usize> {
        if self.in_piece {
            // The rest of the long line, or another piece of it.
            return match memchr(b'\n', &self.pending) {
                Some(end) => Some(end + 1),
                None => Some(self.at_blank()),
            };
        }
        let end = match kind {
            Kind::Commas => outside_quotes(&self.pending),
            _ => memrchr(b'\n', &self.pending).map(|end| end + 1),
        };
        match end {
            Some(end) => Some(end),
            None if self.pending.len() < self.long => None,
            None => {
                self.long_lines += 1;
                Some(self.at_blank())
            }
        }
    }

    /// Behind the last blank of the pending bytes, so that no word is cut; at their end where there is none near it.
    fn at_blank(&self) -> usize {
        let end = self.pending.len();
        let near = end.saturating_sub(1024);
        self.pending[near..].iter().rposition(u8::is_ascii_whitespace).map_or(end, |blank| near + blank + 1)
    }

    /// Takes the pending bytes up to a place.
    fn take(&mut self, cut: usize) -> Block {
        let kind = self.kind.unwrap_or(Kind::Text);
        let fresh = &self.pending[..cut];
        let ends_line = fresh.ends_with(b"\n") || (self.ended && cut == self.pending.len());
        let is_piece = self.in_piece || !ends_line;
        let mut bytes = std::mem::take(&mut self.tail);
        let (overlap, line) = (bytes.len(), if bytes.is_empty() { self.line } else { self.tail_line });
        bytes.extend_from_slice(fresh);
        self.line += memchr_iter(b'\n', fresh).count() as u64;
        if self.ended && cut == self.pending.len() && !fresh.ends_with(b"\n") {
            self.line += 1;
        }
        self.pending.drain(..cut);
        self.in_piece = !ends_line;
        if !self.ended && (self.in_piece || !kind.has_records()) {
            let near = bytes.len().saturating_sub(OVERLAP);
            let wanted: &[u8] = if self.in_piece { b" \n" } else { b"\n\n" };
            let start =
                memchr2_iter(wanted[0], wanted[1], &bytes[near..]).next().map_or(bytes.len(), |at| near + at + 1);
            self.tail = bytes[start..].to_vec();
            self.tail_line = self.line - memchr_iter(b'\n', &self.tail).count() as u64;
        }
        Block { kind, bytes, overlap, line, is_piece }
    }
}

/// Behind the last line break that is in no quotes.
fn outside_quotes(bytes: &[u8]) -> Option<usize> {
    let (mut quoted, mut last) = (false, None);
    for at in memchr2_iter(b'"', b'\n', bytes) {
        match bytes[at] {
            b'"' if quoted => quoted = false,
            b'"' => quoted = at == 0 || matches!(bytes[at - 1], b',' | b'\n' | b'"'),
            _ if !quoted => last = Some(at + 1),
            _ => {}
        }
    }
    last
}
