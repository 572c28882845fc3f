//! The pages of the checks, taken from the `//!` text on top of each file.

use super::{ALL, Check, Family};
use std::fmt::Write;

/// The headings that every page has, in this order.
#[cfg(test)]
pub const HEADINGS: [&str; 5] = ["What it looks at", "Why it matters", "Example", "What to do", "References"];

/// A check's page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// What is wrong when it fires, in one line.
    pub summary: String,
    /// Everything below the summary, Markdown.
    pub body: String,
}

/// The page of a check.
pub fn page(check: &Check) -> Page {
    let lines = check.source.lines().take_while(|line| line.starts_with("//!"));
    let text: Vec<&str> = lines.map(|line| line.trim_start_matches("//!").strip_prefix(' ').unwrap_or("")).collect();
    let body = text.iter().skip(1).copied().collect::<Vec<_>>().join("\n");
    Page { summary: text.first().copied().unwrap_or_default().to_owned(), body: body.trim().to_owned() }
}

/// `docs/checks.md`: the list and every page.
pub fn markdown() -> String {
    let mut text = String::from(
        "# The checks\n\nWhat each looks at, why, and what to do. `distilgate explain NAME` prints one of these pages; \
         `[checks]` in the configuration sets levels. This page is made from the code.\n\n\
         | check | family | level | what it says |\n|---|---|---|---|\n",
    );
    for check in ALL {
        let summary = page(check).summary;
        let _ = writeln!(text, "| [`{0}`](#{0}) | {1} | {2} | {summary} |", check.id, check.family, check.level);
    }
    for family in Family::ALL {
        for check in ALL.iter().filter(|check| check.family == family) {
            let page = page(check);
            let body = page.body.replace("\n# ", "\n### ");
            let body = body.strip_prefix("# ").map(|rest| format!("### {rest}")).unwrap_or(body);
            let _ = write!(
                text,
                "\n## {}\n\n*{family}, {} unless the configuration says otherwise.* {}\n\n{body}\n",
                check.id, check.level, page.summary
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_every_heading() {
        for check in ALL {
            let page = page(check);
            let found: Vec<&str> = page.body.lines().filter_map(|line| line.strip_prefix("# ")).collect();
            assert_eq!(found, HEADINGS, "{}", check.id);
            assert!(page.summary.ends_with('.'), "{}: the summary is a sentence", check.id);
        }
    }
}
