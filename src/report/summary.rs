//! `summary.md`: the page for a pull request or a step summary, under 1 MiB whatever the data.

use super::cut::cut;
use super::harmless::markdown as md;
use super::provenance;
use super::training;
use super::v1::{Case, Report, Status};
use crate::checks::wording::{count, interval, p_value, signed};
use crate::config::Level;
use crate::verdict::Outcome as GateResult;
use std::fmt::Write;

/// GitHub drops a summary above this size.
const MOST_BYTES: usize = 1 << 20;
/// Findings shown in full; more are counted.
const MOST_FINDINGS: usize = 50;
/// Characters of one text from the data; more are cut.
const MOST_CHARACTERS: usize = 1_000;

/// The report as Markdown, in the size that GitHub takes.
pub fn summary(report: &Report) -> String {
    summary_within(report, MOST_BYTES)
}

/// The report as Markdown in at most so many bytes.
pub fn summary_within(report: &Report, most: usize) -> String {
    let mut out = String::new();
    let result = match report.result {
        GateResult::Pass => "pass",
        GateResult::Fail => "fail",
        GateResult::Inconclusive => "not decided",
    };
    let _ = writeln!(out, "# distilgate: {} ({result})\n", report.verdict);
    let _ = writeln!(out, "**{}.** {}\n", short(&capitalised(&report.sentence)), report.meaning);
    list(&mut out, None, &report.remarks);
    list(&mut out, Some("What would settle it"), &report.settles);
    collections(&mut out, report);
    outcomes(&mut out, report);
    findings(&mut out, report);
    if !report.shared_queries.is_empty() {
        let shared = count(report.shared_queries.len(), "query stands", "queries stand");
        let _ = writeln!(out, "{shared} in several collections and count once; report.json lists them.\n");
    }
    if let Some((recipe, arms)) = report.training.as_ref().map(training::lines).as_deref().and_then(<[_]>::split_first)
    {
        let _ = writeln!(out, "{}:\n", short(recipe));
        list(&mut out, None, arms);
    }
    provenance_cards(&mut out, report);
    list(&mut out, Some("Not checked"), &report.not_checked);
    let _ = writeln!(
        out,
        "Made by distilgate {}; again with `{}`.",
        report.distilgate,
        super::harmless::line(&report.command).replace('`', "'")
    );
    cut(out, most)
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", md(&text[..end])),
        None => md(text),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn list(out: &mut String, title: Option<&str>, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    if let Some(title) = title {
        let _ = writeln!(out, "{title}:\n");
    }
    for line in lines {
        let _ = writeln!(out, "- {}", short(line));
    }
    out.push('\n');
}

fn collections(out: &mut String, report: &Report) {
    let students: Vec<_> = report.arms.iter().filter(|arm| !arm.name.starts_with("scorer.")).collect();
    let heads: String = students.iter().map(|arm| format!(" {} |", md(&arm.name))).collect();
    let _ = writeln!(out, "## {} by collection\n\n| collection | role | queries |{heads}", md(&report.measure));
    let _ = writeln!(out, "|---|---|---:|{}", "---:|".repeat(students.len()));
    for collection in &report.collections {
        let cells: String = students
            .iter()
            .map(|arm| {
                let on = arm.collections.iter().find(|on| on.collection == collection.name);
                let value = on.and_then(|on| on.measures.get(&report.measure));
                format!(" {} |", value.map_or("-".to_owned(), |v| format!("{v:.3}")))
            })
            .collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} |{cells}",
            md(&collection.name),
            collection.role,
            collection.measured_queries
        );
    }
    out.push('\n');
}

fn outcomes(out: &mut String, report: &Report) {
    if report.outcomes.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "## Suspect minus clean\n\n| outcome | decides | clean | suspect minus clean | {} | deciding p |\n|---|---|---:|---:|---|---|",
        interval(report.config.gate.alpha)
    );
    for outcome in &report.outcomes {
        let decides = match &outcome.shown_because {
            None => "yes".to_owned(),
            Some(why) => format!("no: {}", short(why)),
        };
        let _ = match &outcome.contrast {
            Some(c) => writeln!(
                out,
                "| {} | {decides} | {} | {} | {} to {} | {} |",
                md(&outcome.name),
                signed(c.clean),
                signed(c.together.delta),
                signed(c.together.lower),
                signed(c.together.upper),
                md(&p_value(c.deciding_p))
            ),
            None => writeln!(out, "| {} | {decides} | - | - | - | - |", md(&outcome.name)),
        };
    }
    out.push('\n');
}

/// A card for each collection, the teacher and the student before: what is declared and where, and what was measured.
fn provenance_cards(out: &mut String, report: &Report) {
    let cards = &report.provenance;
    out.push_str("## Provenance\n\n");
    if let Some(lock) = provenance::of_lock(cards) {
        let _ = writeln!(out, "{}.\n", short(&capitalised(&lock)));
    }
    let teacher = cards.teacher.iter().map(|card| format!("teacher {}: {}", card.name, provenance::of_teacher(card)));
    let before = cards.before.iter().map(|card| format!("student before: {}", provenance::of_before(card)));
    list(out, None, &teacher.chain(before).collect::<Vec<_>>());
    out.push_str(
        "| collection | role | why | declared | measured | what would make it clean |\n|---|---|---|---|---|---|\n",
    );
    for card in &cards.collections {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            short(&card.name),
            card.role,
            short(&card.role_reason),
            short(&provenance::declared(card)),
            short(&provenance::measured(card)),
            card.would_make_clean.as_deref().map(short).unwrap_or_default()
        );
    }
    out.push('\n');
}

fn findings(out: &mut String, report: &Report) {
    let mut found: Vec<(&str, &Case)> = report
        .checks
        .iter()
        .flat_map(|check| check.cases.iter().map(|case| (check.id.as_str(), case)))
        .filter(|(_, case)| matches!(case.status, Status::Found | Status::Waived | Status::CouldNotRun))
        .collect();
    if found.is_empty() {
        return;
    }
    found.sort_by_key(|(_, case)| std::cmp::Reverse((case.status == Status::Found, case.level)));
    out.push_str("## Findings\n\n| level | check | where | what | what to do |\n|---|---|---|---|---|\n");
    for (id, case) in found.iter().take(MOST_FINDINGS) {
        let level = match (case.status, case.level) {
            (Status::Waived, _) => "waived".to_owned(),
            (Status::CouldNotRun, _) => "error".to_owned(),
            (_, level) => level.unwrap_or(Level::Note).to_string(),
        };
        let help = case.help.as_deref().map(short).unwrap_or_default();
        let _ = writeln!(out, "| {level} | {id} | {} | {} | {help} |", short(&case.subject), short(&case.message));
    }
    if found.len() > MOST_FINDINGS {
        let _ = writeln!(out, "\n{} more are in report.json.", found.len() - MOST_FINDINGS);
    }
    out.push('\n');
}
