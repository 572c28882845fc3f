//! Excerpts: a piece of somebody's text, safe to show in a terminal, a log, an annotation, a table.

use super::characters::is_invisible;
use unicode_segmentation::UnicodeSegmentation;

const ELLIPSIS: char = '…';

/// The beginning of a text on one line, at most `max_chars` characters, with `…` at the end if something was cut.
///
/// White space of any kind becomes one space. Control characters (an escape sequence begins with one) become
/// U+FFFD, so that one sees that something was there; marks of direction and hidden characters are left out, so that
/// text cannot rearrange its surroundings. Letters, accents and emoji are never cut apart. Markup is not escaped:
/// each format does that for itself.
pub fn excerpt(text: &str, max_chars: usize) -> String {
    // Two more: one that is cut off may be a blank, which says nothing without what follows it.
    let line: String = harmless(text).take(max_chars.saturating_add(2)).collect();
    let line = line.trim_end();
    if line.chars().count() <= max_chars {
        return line.to_owned();
    }
    let Some(room) = max_chars.checked_sub(1) else { return String::new() };
    let mut cut = String::new();
    let mut used = 0;
    for letter in line.graphemes(true) {
        used += letter.chars().count();
        if used > room {
            break;
        }
        cut.push_str(letter);
    }
    cut.truncate(cut.trim_end().len());
    cut.push(ELLIPSIS);
    cut
}

/// The characters of one harmless line, without white space at its beginning.
fn harmless(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut after_space = true;
    text.chars().filter(|c| !is_hidden(*c)).filter_map(move |c| {
        let space = c.is_whitespace();
        let shown = match space {
            true if after_space => None,
            true => Some(' '),
            false if is_dangerous(c) => Some(char::REPLACEMENT_CHARACTER),
            false => Some(c),
        };
        after_space = space;
        shown
    })
}

/// Invisible characters, but for those that shape the letters and emoji around them.
fn is_hidden(c: char) -> bool {
    let shapes = matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}');
    is_invisible(c) && !shapes
}

/// Control characters, interlinear annotation, and code points that are not characters at all.
fn is_dangerous(c: char) -> bool {
    c.is_control() || matches!(c, '\u{FFF9}'..='\u{FFFB}' | '\u{FDD0}'..='\u{FDEF}') || (c as u32) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn excerpts() {
        let cases = [
            ("", 10, ""),
            ("short", 5, "short"),
            ("longer", 5, "long…"),
            ("one two three", 5, "one…"),
            ("  one\r\n\ttwo\u{2028}three  ", 20, "one two three"),
            ("abc", 0, ""),
            ("abc", 1, "…"),
            ("\u{1B}[31mred\u{7}", 20, "\u{FFFD}[31mred\u{FFFD}"),
            ("pay\u{202E}gnp.exe\u{2066}", 20, "paygnp.exe"),
            ("\u{FEFF}bom", 20, "bom"),
            ("e\u{301}e\u{301}e\u{301}", 4, "e\u{301}…"),
            ("👩\u{200D}🚀 in orbit", 20, "👩\u{200D}🚀 in orbit"),
            ("日本語の文章です", 5, "日本語の…"),
            ("exactly ten  ", 11, "exactly ten"),
            ("exactly ten and", 11, "exactly te…"),
            ("one two", 3, "on…"),
            ("one \t ", 3, "one"),
        ];
        for (text, max_chars, expected) in cases {
            assert_eq!(excerpt(text, max_chars), expected, "{text:?} at {max_chars}");
        }
    }

    proptest! {
        #[test]
        fn an_excerpt_is_short_and_one_line(text: String, max_chars in 0usize..40) {
            let excerpt = excerpt(&text, max_chars);
            prop_assert!(excerpt.chars().count() <= max_chars);
            let harmful = excerpt.contains(|c: char| c.is_control() || c == '\u{202E}');
            prop_assert!(!harmful);
        }
    }
}
