//! The texts of a line of JSON, without reading the JSON.
//!
//! Every string that is not the name of a field is a text, however deep it is nested. A line that is broken, or a piece of an object
//! that is printed over many lines, gives its texts all the same: nothing is skipped because a bracket is missing.

use super::record::Record;
use memchr::{memchr, memchr2};

/// Adds the texts of a line to a record.
pub fn texts(line: &[u8], number: u64, record: &mut Record) {
    let mut at = 0;
    while let Some(open) = memchr(b'"', &line[at..]) {
        let start = at + open + 1;
        let (end, escaped) = end_of_string(line, start);
        at = (end + 1).min(line.len());
        if is_key(&line[at..]) && is_name(&line[start..end]) {
            continue;
        }
        let from = record.text.len();
        match escaped {
            false => record.text.extend_from_slice(&line[start..end]),
            true => unescape(&line[start..end], &mut record.text),
        }
        record.close(from, number);
    }
}

/// Where the string that begins at `start` ends, and whether anything in it is escaped.
fn end_of_string(line: &[u8], start: usize) -> (usize, bool) {
    let (mut at, mut escaped) = (start, false);
    while let Some(found) = memchr2(b'"', b'\\', &line[at..]) {
        if line[at + found] == b'"' {
            return (at + found, escaped);
        }
        escaped = true;
        at = (at + found + 2).min(line.len());
    }
    (line.len(), escaped)
}

/// Whether a colon follows: then the string was a key.
fn is_key(rest: &[u8]) -> bool {
    rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

/// Whether a key names a field. One with blanks, or with letters beyond ASCII, may be a text: `{"what is x": ["d1"]}`.
fn is_name(key: &[u8]) -> bool {
    key.iter().all(|byte| byte.is_ascii_graphic())
}

/// Appends a text with its escapes undone. What is no escape of JSON is taken as it stands.
pub fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(found) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..found]);
        rest = &rest[found + 1..];
        let Some(byte) = rest.first() else { return };
        match byte {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' | b'f' | b'b' => out.push(b' '),
            b'u' => {
                let (letter, bytes) = code_point(rest);
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[bytes.min(rest.len())..];
                continue;
            }
            other => out.push(*other),
        }
        rest = &rest[1..];
    }
    out.extend_from_slice(rest);
}

/// The letter of `uXXXX`, or of two of them that make a pair, and how many bytes they take.
fn code_point(rest: &[u8]) -> (char, usize) {
    let Some(first) = hex(rest.get(1..5)) else { return (char::REPLACEMENT_CHARACTER, 1) };
    if let Some(letter) = char::from_u32(first) {
        return (letter, 5);
    }
    let second = match rest.get(5..7) {
        Some(b"\\u") => hex(rest.get(7..11)).filter(|second| (0xDC00..0xE000).contains(second)),
        _ => None,
    };
    match second {
        Some(second) if first < 0xDC00 => {
            let letter = char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            (letter.unwrap_or(char::REPLACEMENT_CHARACTER), 11)
        }
        _ => (char::REPLACEMENT_CHARACTER, 5),
    }
}

fn hex(digits: Option<&[u8]>) -> Option<u32> {
    digits?.iter().try_fold(0, |number, digit| Some(number * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> Vec<String> {
        let mut record = Record::default();
        texts(line.as_bytes(), 1, &mut record);
        let text = String::from_utf8(record.text).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn every_string_that_names_no_field_is_a_text() {
        let cases: &[(&str, &[&str])] = &[
            (r#"{"query": "a b", "n": 1, "docs": ["c", {"text": "d"}], "x": null}"#, &["a b", "c", "d"]),
            (r#"  "title" : "printed over lines","#, &["printed over lines"]),
            (r#"{"text": "say \"yes\" \\ caf\u00e9 \ud83d\ude80"}"#, &["say \"yes\" \\ café 🚀"]),
            (r#"{"text": "cut off"#, &["cut off"]),
            (r#"{"text": "ends with \"#, &["ends with "]),
            (r#"["\ud800 \u12", "\q"]"#, &["\u{FFFD} \u{FFFD}12", "q"]),
            (r#"{"what is a b": ["d1"], "nDCG@10": "e"}"#, &["what is a b", "d1", "e"]),
            ("no string", &[]),
        ];
        for (line, expected) in cases {
            assert_eq!(read(line), *expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_serde_writes_is_read(texts in proptest::collection::vec("[^\n\r\t\u{8}\u{c}\u{b}\u{85}\u{2028}\u{2029}]{1,30}", 0..4)) {
            let line = serde_json::json!({ "key": texts }).to_string();
            prop_assert_eq!(read(&line).join("\n"), texts.join("\n"));
        }

        #[test]
        fn anything_can_be_read(bytes: Vec<u8>) {
            texts(&bytes, 1, &mut Record::default());
        }
    }
}
