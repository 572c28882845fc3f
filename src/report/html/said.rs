//! What checks and the verdict say, in the language of the page where it has a phrase, and marked with that language; what
//! stays English is marked by what stands around it.

use super::markup::{Attributes, Html};
use super::table::{Cell, MOST_LINES, foreign, left_out};
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
    left_out(h, lines.len().saturating_sub(MOST_LINES), w.labels.more);
}

/// A sentence of the verdict at the top of the page.
pub fn remark(h: &mut Html, w: &Words, text: &str) {
    let (said, code) = said(w, text);
    h.leaf("p", &[("class", "remark"), ("lang", code.unwrap_or("en"))], &said);
}

#[cfg(test)]
mod tests {
    use crate::config::Language;
    use crate::report::html::html;
    use crate::report::tests::{everything, leaky};

    #[test]
    fn what_is_said_in_japanese_is_marked_so_and_what_is_not_stays_english() {
        let mut report = leaky();
        report.not_checked = vec!["nobody has a phrase for this".to_owned()];
        report
            .not_checked
            .push("the teacher itself: its own scores were not given ([teacher] scores, model or command)".to_owned());
        let english = html(&report);
        assert!(
            !english.contains("lang=\"ja\"") && english.contains("<li dir=\"auto\">nobody has a phrase for this</li>")
        );
        report.config.report.lang = Language::Ja;
        let page = html(&report);
        for said in [
            "<p dir=\"auto\" lang=\"ja\">超過改善幅が、「疑いあり」",
            "<span dir=\"auto\" lang=\"ja\">この改善を",
            "<p class=\"remark\" lang=\"ja\">excess-gain-divergence により不合格です",
            "<li dir=\"auto\">nobody has a phrase for this</li>",
            "<li dir=\"auto\" lang=\"ja\">教師モデル自体（",
        ] {
            assert!(page.contains(said), "{said}");
        }
    }

    #[test]
    fn text_from_data_stays_text_within_a_phrase() {
        let mut report = everything();
        report.config.report.lang = Language::Ja;
        report.settles = vec!["no file <script>alert(1)</script>{0}".to_owned()];
        let page = html(&report);
        assert!(page.contains("ファイル &lt;script&gt;alert(1)&lt;/script&gt;{0} がありません"));
        assert!(!page.contains("<script"));
    }
}
