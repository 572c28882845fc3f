//! The records of a block.

use super::blocks::{Block, Kind};
use super::json;
use super::parquet::{FIELD_END, ROW_END};
use super::record::Record;
use memchr::{memchr, memchr_iter};

/// Calls `each` with every record of a block; `record` is filled again and again.
pub fn for_each_record(block: &Block, record: &mut Record, mut each: impl FnMut(&Record)) {
    record.clear();
    if block.is_piece || !block.kind.has_records() {
        stream(block, record);
        return each(record);
    }
    if block.kind == Kind::Commas {
        return comma_records(block, record, each);
    }
    let end = if block.kind == Kind::Rows { ROW_END } else { b'\n' };
    for (number, line) in (block.line..).zip(pieces(&block.bytes, end)) {
        record.clear();
        match block.kind {
            Kind::JsonLines => json::texts(line, number, record),
            Kind::Rows => pieces(line, FIELD_END).for_each(|text| record.push(text, number)),
            _ => line.split(|byte| *byte == b'\t').for_each(|column| record.push(column, number)),
        }
        if !record.words.is_empty() {
            each(record);
        }
    }
}

/// The lines of a block, without their line breaks.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    pieces(bytes, b'\n')
}

/// What stands before each `mark`, and behind the last one.
fn pieces(bytes: &[u8], mark: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr(mark, rest).unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        Some(line)
    })
}

/// A block as one record, with a field for each line, or each string or stretch between tags.
fn stream(block: &Block, record: &mut Record) {
    record.loose = true;
    let fresh_line = block.line + memchr_iter(b'\n', &block.bytes[..block.overlap]).count() as u64;
    let (old, fresh) = block.bytes.split_at(block.overlap);
    for (part, first) in [(old, block.line), (fresh, fresh_line)] {
        record.fresh = record.words.len() as u32;
        for (number, line) in (first..).zip(lines(part)) {
            match block.kind {
                Kind::Json | Kind::JsonLines if block.is_piece => {
                    let start = record.text.len();
                    json::unescape(line, &mut record.text);
                    record.close(start, number);
                }
                Kind::Json => json::texts(line, number, record),
                Kind::Markup => between_tags(line, number, record),
                _ => record.push(line, number),
            }
        }
    }
}

/// Adds the texts of a line that stand between tags. What no bracket closes is text.
fn between_tags(line: &[u8], number: u64, record: &mut Record) {
    let mut rest = line;
    while let Some(open) = memchr(b'<', rest) {
        let Some(close) = memchr(b'>', &rest[open..]) else { break };
        record.push(&rest[..open], number);
        rest = &rest[open + close + 1..];
    }
    record.push(rest, number);
}

/// The records of a block of CSV (RFC 4180): columns may be quoted, and then hold commas, line breaks and doubled quotes.
fn comma_records(block: &Block, record: &mut Record, mut each: impl FnMut(&Record)) {
    let (mut number, mut rest) = (block.line, block.bytes.as_slice());
    while !rest.is_empty() {
        let start = record.text.len();
        let (used, breaks) = column(rest, &mut record.text);
        record.close(start, number);
        rest = &rest[used..];
        let ends = rest.first() != Some(&b',');
        rest = rest.get(1..).unwrap_or_default();
        number += breaks + u64::from(ends);
        if ends || rest.is_empty() {
            if !record.words.is_empty() {
                each(record);
            }
            record.clear();
        }
    }
}

/// Appends one column; gives how many bytes it takes and how many line breaks it holds.
fn column(rest: &[u8], out: &mut Vec<u8>) -> (usize, u64) {
    let (mut at, mut quoted, mut breaks) = (0, false, 0);
    while let Some(byte) = rest.get(at) {
        match byte {
            b'"' if quoted && rest.get(at + 1) == Some(&b'"') => {
                out.push(b'"');
                at += 1;
            }
            // Only in front of a column does it open one (RFC 4180, section 2.5): elsewhere it is an inch mark.
            b'"' if quoted => quoted = false,
            b'"' if at == 0 => quoted = true,
            b',' | b'\n' if !quoted => break,
            other => {
                breaks += u64::from(*other == b'\n');
                out.push(*other);
            }
        }
        at += 1;
    }
    (at, breaks)
}
