//! Text from data, made harmless for each format: it can neither forge an annotation nor break out.

use std::borrow::Cow;

/// One line that a terminal or a log shows and never obeys.
pub use crate::error::quiet as line;

/// The first `most` characters of a text, with a sign that there was more.
pub fn first(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// The content of a CDATA section: what XML 1.0 allows, with `]]>` taken apart. `junit-report` writes both as they come.
pub fn cdata(text: &str) -> String {
    allowed(text).replace("]]>", "]]&gt;")
}

/// The value of an attribute: one line of what XML 1.0 allows. Quotes and brackets are the writer's to escape.
pub fn attribute(text: &str) -> String {
    allowed(&line(text))
}

/// The characters that XML 1.0 allows.
fn allowed(text: &str) -> String {
    let allowed =
        |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().filter(allowed).collect()
}

/// One line of Markdown in which nothing is markup, a table's cell included.
pub fn markdown(text: &str) -> String {
    let text = line(text);
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A name to notify follows a gap; `nDCG@10` is none.
            '@' if !before.is_alphanumeric() => out.push_str("&#64;"),
            // Workflow commands and links.
            ':' if matches!(letters.peek(), Some(':' | '/')) => out.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}[31m</testcase>]]>\n::error::x|`b`\u{202e}<script> @all";

    #[test]
    fn hostile_text_becomes_one_quiet_line() {
        assert_eq!(line(HOSTILE), "a [31m</testcase>]]> ::error::x|`b`<script> @all");
        assert_eq!(line("x ##[error]forged"), "x # #[error]forged");
    }

    #[test]
    fn xml_keeps_only_what_readers_read() {
        assert_eq!(cdata("a\u{0}\u{1b}\u{fffe}b]]>c"), "ab]]&gt;c");
        assert_eq!(attribute("a\u{0}\nb"), "a  b");
    }

    #[test]
    fn markdown_shows_text_as_text() {
        let text = markdown(HOSTILE);
        assert!(!text.contains('<') && !text.contains("::") && !text.contains('\n'));
        assert!(text.contains("\\|\\`b\\`") && !text.contains("@all"));
        assert_eq!(markdown("nDCG@10: +0.1"), "nDCG@10: +0.1");
    }
}
