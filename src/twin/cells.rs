//! Cells of a sheet that a spreadsheet shows and never computes: text from data may begin like a formula.

use std::borrow::Cow;

/// Whether a spreadsheet would take a cell that begins so for a formula or a command (OWASP, "CSV injection").
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A cell that is text to a spreadsheet: with an apostrophe in front where it would be a formula.
pub fn harmless_cell(text: &str) -> Cow<'_, str> {
    // What looks as if it had been made harmless gets a further apostrophe, so that reading gives back what was written.
    let looks_done = text.strip_prefix('\'').is_some_and(|rest| is_formula(rest.trim_start_matches('\'')));
    match is_formula(text) || looks_done {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// What a cell says: without the apostrophe of [`harmless_cell`].
pub fn plain_cell(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text_and_comes_back() {
        for text in ["=1+1", "+1", "-q7", "@SUM(A1)", "\t=1", "'=1", "''-1", "plain", "it's", "'quoted'", "", "'"] {
            let cell = harmless_cell(text);
            assert!(!is_formula(&cell), "{cell}");
            assert_eq!(plain_cell(&cell), text);
        }
        assert_eq!(harmless_cell("plain"), "plain");
    }
}
