//! What the checks said: findings in full, the rest as a table.

use super::markup::Html;
use super::said;
use super::table::{code, foreign, left_out, table, text};
use crate::config::Level;
use crate::report::v1::{Case, Report, Status};
use crate::report::words::Words;
use std::cmp::Reverse;

/// Findings shown in full.
const MOST: usize = 100;

/// Every finding with its evidence and what to do, the gravest first; what passed in a box to open.
pub fn findings(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    if !l.english.is_empty() {
        h.leaf("p", &[("class", "caption")], l.english);
    }
    let cases = || report.checks.iter().flat_map(|check| check.cases.iter().map(move |case| (check.id.as_str(), case)));
    let is_found = |case: &Case| matches!(case.status, Status::Found | Status::Waived | Status::CouldNotRun);
    let mut found: Vec<(&str, &Case)> = cases().filter(|(_, case)| is_found(case)).collect();
    found.sort_by_key(|(_, case)| Reverse((case.status == Status::Found, case.level)));
    if found.is_empty() {
        h.leaf("p", &[], l.nothing_found);
    }
    for (id, case) in found.iter().take(MOST) {
        finding(h, id, case, w);
    }
    left_out(h, found.len().saturating_sub(MOST), l.more);
    let quiet: Vec<Vec<_>> = cases()
        .filter(|(_, case)| !is_found(case))
        .map(|(id, case)| {
            vec![code(id), foreign(Some(&case.subject)), text(status(case)), said::cell(w, &case.message)]
        })
        .collect();
    if !quiet.is_empty() {
        h.within("details", &[], |h| {
            h.leaf("summary", &[], &format!("{} ({})", l.passed, quiet.len()));
            h.within("div", &[("lang", "en")], |h| {
                table(h, &format!("{}: {}", l.table, l.passed), &[l.check, l.place, l.level, l.what], &quiet, l.more)
            });
        });
    }
    true
}

fn status(case: &Case) -> &'static str {
    match (case.status, case.level) {
        (Status::Passed, _) => "passed",
        (Status::NotApplicable, _) => "does not apply",
        (Status::Allowed, _) => "allowed",
        (Status::Waived, _) => "waived",
        (Status::CouldNotRun, _) => "could not run",
        (Status::Found, Some(Level::Deny)) => "deny",
        (Status::Found, Some(Level::Warn)) => "warn",
        (Status::Found, _) => "note",
    }
}

fn finding(h: &mut Html, id: &str, case: &Case, w: &Words) {
    let l = w.labels;
    let status = status(case);
    let is_grave = case.status != Status::Waived && case.level != Some(Level::Note);
    let open: &[(&'static str, &str)] =
        if is_grave { &[("class", "finding"), ("open", "")] } else { &[("class", "finding")] };
    h.within("details", open, |h| {
        h.within("summary", &[], |h| {
            h.leaf("span", &[("class", &format!("level {}", status.replace(' ', "-")))], status);
            h.leaf("code", &[], id);
            h.leaf("span", &[("dir", "auto")], &case.subject);
        });
        h.within("div", &[("lang", "en")], |h| {
            said::leaf(h, w, "p", &case.message);
            if let Some(place) = &case.place {
                h.within("p", &[], |h| h.leaf("code", &[("dir", "auto")], place));
            }
            if !case.evidence.is_empty() {
                said::list(h, w, &case.evidence);
            }
            if let Some(waiver) = &case.waived {
                h.leaf("p", &[], &format!("{}: {waiver}", l.waived));
            }
            if let Some(help) = &case.help {
                h.within("p", &[("class", "help")], |h| {
                    h.leaf("strong", &[], &format!("{}:", l.to_do));
                    said::leaf(h, w, "span", help);
                });
            }
        });
    });
}
