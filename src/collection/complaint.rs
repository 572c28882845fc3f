//! What is wrong with one line, said by a parser that knows neither the file nor the line number.
//!
//! The reader that drives the parser adds both, and gathers the faults of the file. Text from the file is
//! always quoted through [`quoted`]: short, and without characters that would act on a terminal.

use crate::error::{Faults, Place};
use std::fmt::Write;
use std::path::Path;

/// How many characters of a field are shown in a message.
const QUOTED_LENGTH: usize = 40;

/// A fault in a line whose place in the file is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The column, counted in characters from one, where one is to blame.
    pub column: Option<u64>,
    /// What is wrong, and why it matters.
    pub what: String,
}

impl Complaint {
    /// The whole line is to blame.
    pub fn line(what: impl Into<String>) -> Complaint {
        Complaint { column: None, what: what.into() }
    }

    /// A column is to blame, counted in characters from one.
    pub fn column(column: u64, what: impl Into<String>) -> Complaint {
        Complaint { column: Some(column), what: what.into() }
    }

    /// A field is to blame; `field` has to be a part of `line`, not a copy.
    pub fn field(line: &str, field: &str, what: impl Into<String>) -> Complaint {
        Complaint::column(column_of(line, field), what)
    }

    /// Records the complaint, now that its place is known.
    pub fn record(self, faults: &mut Faults, path: &Path, line: u64) {
        faults.push(Place { path: path.to_owned(), line: Some(line), column: self.column }, self.what);
    }
}

/// The column at which a part of a line begins, counted in characters from one.
fn column_of(line: &str, part: &str) -> u64 {
    let offset = (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
    column_at(line, offset)
}

/// The column of a byte offset in a line, counted in characters from one.
pub fn column_at(line: &str, offset: usize) -> u64 {
    line.char_indices().take_while(|(at, _)| *at < offset).count() as u64 + 1
}

/// Text from a file as a message shows it: in quotes, at most 40 characters, control characters escaped.
pub fn quoted(text: &str) -> String {
    let mut shown = String::from("\"");
    for (position, letter) in text.chars().enumerate() {
        if position == QUOTED_LENGTH {
            shown.push('…');
            break;
        }
        if letter.is_control() || is_invisible(letter) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "{}", letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown.push('"');
    shown
}

/// Characters that change how the text around them is shown: directions, joiners, the byte order mark.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let line = "日本 語 x";
        let field = line.split(' ').nth(2).unwrap();
        assert_eq!(Complaint::field(line, field, "").column, Some(6));
    }

    #[test]
    fn quoted_text_is_short_and_harmless() {
        assert_eq!(quoted("1,25"), "\"1,25\"");
        assert_eq!(quoted("a\u{1b}[31m\u{202e}b"), "\"a\\u{1b}[31m\\u{202e}b\"");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 43);
    }
}
