//! Writes HTML and SVG so that text from data cannot become markup: names of elements and attributes are fixed in the
//! code, everything else passes through [`escaped`].

use crate::text::excerpt;
use std::fmt::Write;

/// Characters of one text from the data; more are cut, and `report.json` holds the rest.
pub const MOST_CHARACTERS: usize = 2_000;

/// Elements without content or end.
const VOID: [&str; 3] = ["meta", "link", "br"];

/// Attributes of an element.
pub type Attributes<'a> = &'a [(&'static str, &'a str)];

/// A page that grows.
#[derive(Debug, Default)]
pub struct Html {
    out: String,
}

impl Html {
    /// An element with whatever `content` writes into it.
    pub fn within(&mut self, tag: &'static str, attributes: Attributes<'_>, content: impl FnOnce(&mut Html)) {
        self.begin(tag, attributes);
        self.out.push('>');
        content(self);
        let _ = writeln!(self.out, "</{tag}>");
    }

    /// An element that holds a text.
    pub fn leaf(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) {
        self.begin(tag, attributes);
        self.out.push('>');
        self.text(text);
        let _ = writeln!(self.out, "</{tag}>");
    }

    /// An element without content.
    pub fn single(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.begin(tag, attributes);
        self.out.push_str(if VOID.contains(&tag) { ">\n" } else { "/>\n" });
    }

    /// A text on one line, cut where it is longer than anybody reads.
    pub fn text(&mut self, text: &str) {
        self.out.push_str(&escaped(&excerpt(text, MOST_CHARACTERS)));
    }

    /// The style sheet, which no data reach.
    pub fn style(&mut self, css: &'static str) {
        let _ = writeln!(self.out, "<style>\n{css}</style>");
    }

    /// Adds what was written apart.
    pub fn append(&mut self, other: Html) {
        self.out.push_str(&other.out);
    }

    /// The whole page.
    pub fn page(self) -> String {
        format!("<!DOCTYPE html>\n{}", self.out)
    }

    fn begin(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        let _ = write!(self.out, "<{tag}");
        for (name, value) in attributes {
            let _ = write!(self.out, " {name}=\"{}\"", escaped(&excerpt(value, MOST_CHARACTERS)));
        }
    }
}

/// A text in which nothing is markup, inside an element and inside an attribute in double quotes.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Old browsers ended an attribute here.
            '`' => out.push_str("&#96;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_read_back_and_nothing_but_text(text in "\\PC*|[<>&\"'`/=!\\-\\]a ]{0,40}") {
            let mut html = Html::default();
            html.leaf("p", &[("title", &text)], &text);
            let mut reader = quick_xml::Reader::from_str(&html.out);
            let (mut elements, mut read) = (0, String::new());
            loop {
                match reader.read_event().unwrap() {
                    quick_xml::events::Event::Eof => break,
                    quick_xml::events::Event::Start(e) => {
                        elements += 1;
                        let title = e.attributes().next().unwrap().unwrap();
                        let title = quick_xml::escape::unescape(std::str::from_utf8(title.value.as_bytes()).unwrap()).unwrap().into_owned();
                        prop_assert_eq!(title, excerpt(&text, MOST_CHARACTERS));
                    }
                    quick_xml::events::Event::Text(e) => read.push_str(&e),
                    quick_xml::events::Event::GeneralRef(e) => {
                        read.push_str(&quick_xml::escape::unescape(&format!("&{};", &*e)).unwrap());
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(elements, 1);
            prop_assert_eq!(read.trim_end_matches('\n'), excerpt(&text, MOST_CHARACTERS));
        }
    }

    #[test]
    fn a_megabyte_is_cut() {
        let mut html = Html::default();
        html.leaf("p", &[], &"<".repeat(1 << 20));
        assert!(html.out.len() < 5 * MOST_CHARACTERS);
    }
}
