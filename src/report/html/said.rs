//! What checks and the verdict say, in the language of the page where it has a phrase, and marked with that language; what
//! stays English is marked by what stands around it.

use super::markup::{Attributes, Html};
use super::table::{Cell, MOST_LINES, foreign};
use crate::report::words::Words;

/// A sentence in the language, and that language's code where it is another text than the English one.
fn said(w: &Words, text: &str) -> (String, Option<&'static str>) {
    let said = (w.phrase)(text);
    let code = (said != text).then_some(w.code);
    (said, code)
}

/// A sentence in an element of its own.
pub fn leaf(h: &mut Html, w: &Words, tag: &'static str, text: &str) {
    let (said, code) = said(w, text);
    let attributes: Attributes<'_> = match code {
        Some(code) => &[("dir", "auto"), ("lang", code)],
        None => &[("dir", "auto")],
    };
    h.leaf(tag, attributes, &said);
}

/// A sentence in a cell.
pub fn cell(w: &Words, text: &str) -> Cell {
    match said(w, text) {
        (said, Some(code)) => Cell::Said(said, code),
        (same, None) => foreign(Some(&same)),
    }
}

/// Sentences in a list; of more than so many, the first are shown and all are counted.
pub fn list(h: &mut Html, w: &Words, lines: &[String]) {
    h.within("ul", &[], |h| lines.iter().take(MOST_LINES).for_each(|line| leaf(h, w, "li", line)));
    if lines.len() > MOST_LINES {
        h.leaf("p", &[("class", "caption")], &format!("{} {}", lines.len() - MOST_LINES, w.labels.more));
    }
}

/// A sentence of the verdict at the top of the page.
pub fn remark(h: &mut Html, w: &Words, text: &str) {
    let (said, code) = said(w, text);
    h.leaf("p", &[("class", "remark"), ("lang", code.unwrap_or("en"))], &said);
}
