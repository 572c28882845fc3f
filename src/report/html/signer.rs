//! The top of the page: the verdict, and half a page for whoever signs.

use super::markup::Html;
use super::table::left_out;
use crate::report::brief::Brief;
use crate::report::v1::Report;
use crate::report::words::Words;
use crate::verdict::{Outcome as GateResult, Verdict};

/// Remarks beside the verdict.
const MOST_REMARKS: usize = 20;

/// The verdict in one sentence with the number that decided it, and what to do next.
pub fn verdict(h: &mut Html, report: &Report, w: &Words, b: &Brief<'_>) {
    let (class, sign) = match (report.verdict, report.result) {
        (Verdict::Inconclusive, _) | (_, GateResult::Inconclusive) => ("open", "?"),
        (_, GateResult::Pass) => ("pass", "\u{2713}"),
        (_, GateResult::Fail) => ("fail", "\u{2715}"),
    };
    h.within("div", &[("class", &format!("verdict {class}"))], |h| {
        h.within("h1", &[], |h| {
            h.leaf("span", &[("class", "sign"), ("aria-hidden", "true")], sign);
            let result =
                format!("{} ({}, exit {})", (w.verdict)(report.verdict), (w.result)(report.result), report.exit_code);
            h.leaf("span", &[], &result);
        });
        for (place, said) in (w.sentences)(b).iter().enumerate() {
            h.leaf("p", &[("class", if place == 0 { "sentence" } else { "further" })], &whole(said, w.labels.stop));
        }
        h.leaf("p", &[], &(w.meaning)(b));
        for remark in report.remarks.iter().take(MOST_REMARKS) {
            super::said::remark(h, w, remark);
        }
        left_out(h, report.remarks.len().saturating_sub(MOST_REMARKS), w.labels.more);
        h.within("p", &[("class", "next")], |h| {
            h.leaf("strong", &[], w.labels.next);
            h.leaf("span", &[], &(w.next)(b));
        });
    });
}

/// A sentence with a large letter at its beginning and the full stop of its language at its end.
fn whole(text: &str, stop: &str) -> String {
    let mut letters = text.chars();
    let text: String = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    text + stop
}

/// What was tested, what it means, what to say, what would change our mind.
pub fn half_page(h: &mut Html, w: &Words, b: &Brief<'_>) {
    let l = w.labels;
    h.within("section", &[("id", "signer"), ("aria-labelledby", "signer-heading"), ("class", "signer")], |h| {
        h.leaf("h2", &[("id", "signer-heading")], l.signer);
        h.within("div", &[("class", "parts")], |h| {
            part(h, l.tested, |h| {
                for said in (w.tested)(b) {
                    h.leaf("p", &[], &said);
                }
            });
            part(h, l.decision, |h| h.leaf("p", &[], &(w.decision)(b)));
            part(h, l.meeting, |h| {
                h.within("ol", &[], |h| {
                    for said in (w.meeting)(b) {
                        h.leaf("li", &[], &said);
                    }
                });
            });
            part(h, l.change, |h| {
                h.within("ul", &[], |h| {
                    for said in (w.change)(b) {
                        h.leaf("li", &[], &said);
                    }
                });
            });
        });
    });
}

fn part(h: &mut Html, heading: &str, content: impl FnOnce(&mut Html)) {
    h.within("div", &[], |h| {
        h.leaf("h3", &[], heading);
        content(h);
    });
}
