//! `summary.md`: the page for a pull request or a step summary, under 1 MiB whatever the data.

use super::brief::{Brief, brief};
use super::cut::cut;
use super::deciding;
use super::harmless::markdown as md;
use super::measured;
use super::provenance;
use super::training;
use super::v1::{Case, Report, Status};
use super::words::{self, Words};
use crate::config::Level;
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
    let w = words::of(report.config.report.lang);
    let b = brief(report);
    let _ = writeln!(out, "# distilgate: {} ({})\n", (w.verdict)(report.verdict), (w.result)(report.result));
    let sentence = capitalised(&joined(w, &b));
    let _ = writeln!(out, "**{}** {}\n", short(&sentence), short(&(w.meaning)(&b)));
    list(&mut out, None, &said(w, &report.remarks));
    signer(&mut out, w, &b);
    list(&mut out, Some(w.labels.settles), &said(w, &report.settles));
    collections(&mut out, report, w);
    outcomes(&mut out, report, w);
    findings(&mut out, report, w);
    if !report.shared_queries.is_empty() {
        let _ = writeln!(out, "{}.\n", (w.shared)(report.shared_queries.len()));
    }
    if let Some((recipe, arms)) = report.training.as_ref().map(training::lines).as_deref().and_then(<[_]>::split_first)
    {
        let _ = writeln!(out, "{}:\n", short(recipe));
        list(&mut out, None, arms);
    }
    provenance_cards(&mut out, report, w);
    list(&mut out, Some(w.labels.not_checked), &said(w, &report.not_checked));
    let command = super::harmless::line(&report.command).replace('`', "'");
    let _ = writeln!(out, "{}", (w.made_by)(&report.distilgate, &command));
    cut(out, most)
}

fn short(text: &str) -> String {
    md(&super::harmless::first(text, MOST_CHARACTERS))
}

/// Sentences in the language.
fn said(w: &Words, lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| (w.phrase)(line)).collect()
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

/// Why, with all tests that decided.
fn joined(w: &Words, b: &Brief<'_>) -> String {
    let said = (w.sentences)(b);
    said.join(w.labels.and) + w.labels.stop
}

/// Half a page in plain words for whoever signs.
fn signer(out: &mut String, w: &Words, b: &Brief<'_>) {
    let l = w.labels;
    let _ = writeln!(out, "## {}\n", l.signer);
    let _ = writeln!(out, "**{}:** {}\n", l.tested, short(&(w.tested)(b).join(l.gap)));
    let _ = writeln!(out, "**{}:** {}\n", l.decision, short(&(w.decision)(b)));
    let _ = writeln!(out, "**{}:**\n", l.meeting);
    for (place, said) in (w.meeting)(b).iter().enumerate() {
        let _ = writeln!(out, "{}. {}", place + 1, short(said));
    }
    let _ = writeln!(out, "\n**{}:**\n", l.change);
    list(out, None, &(w.change)(b));
}

fn collections(out: &mut String, report: &Report, w: &Words) {
    let l = w.labels;
    let measured = measured::measured(report);
    let heads: String = measured.arms.iter().map(|arm| format!(" {} |", md(arm))).collect();
    let _ = writeln!(out, "## {} {}\n", md(&report.measure), l.by_collection);
    let _ = writeln!(out, "| {} | {} | {} |{heads}", l.collection, l.role, l.queries);
    let _ = writeln!(out, "|---|---|---:|{}", "---:|".repeat(measured.arms.len()));
    for (collection, row) in report.collections.iter().zip(&measured.rows) {
        let (name, role) = (md(&collection.name), (w.role)(collection.role));
        let _ = writeln!(out, "| {name} | {role} | {} | {} |", row.queries, row.means.join(" | "));
    }
    out.push('\n');
    if measured.is_partial {
        let _ = writeln!(out, "{}\n", l.partial);
    }
    let _ = writeln!(out, "{}\n", md(&(w.arms)(&measured::kinds(report))));
}

fn outcomes(out: &mut String, report: &Report, w: &Words) {
    let l = w.labels;
    if report.outcomes.is_empty() {
        return;
    }
    let interval = (w.interval)(report.config.gate.alpha);
    let is_wider = deciding::is_wider(&report.outcomes);
    let mut heads = vec![l.outcome, l.decides, l.clean_mean, l.suspect_minus_clean, &interval];
    heads.extend(is_wider.then_some(l.deciding_interval));
    heads.push(l.deciding_p);
    let rule = "---|".repeat(heads.len() - 4);
    let _ = writeln!(out, "## {}\n\n| {} |\n|---|---|---:|---:|{rule}", l.differences, heads.join(" | "));
    for outcome in &report.outcomes {
        let decides = match &outcome.shown_because {
            None => l.yes.to_owned(),
            Some(why) => format!("{}: {}", l.no, short(&(w.phrase)(why))),
        };
        let numbers = deciding::numbers(outcome, is_wider).map(|n| md(&n)).collect::<Vec<_>>();
        let _ = writeln!(out, "| {} | {decides} | {} |", md(&(w.outcome)(&outcome.name)), numbers.join(" | "));
    }
    out.push('\n');
    if is_wider {
        let _ = writeln!(out, "{}\n", l.wider);
    }
}

/// A card for each collection, the teacher and the student before: what is declared and where, and what was measured.
fn provenance_cards(out: &mut String, report: &Report, w: &Words) {
    let l = w.labels;
    let cards = &report.provenance;
    let _ = writeln!(out, "## {}\n", l.provenance);
    if let Some(lock) = provenance::of_lock(cards) {
        let _ = writeln!(out, "{}.\n", short(&capitalised(&lock)));
    }
    let teacher = cards.teacher.iter().map(|card| format!("teacher {}: {}", card.name, provenance::of_teacher(card)));
    let before = cards.before.iter().map(|card| format!("student before: {}", provenance::of_before(card)));
    list(out, None, &teacher.chain(before).collect::<Vec<_>>());
    let heads = [l.collection, l.role, l.why, l.declared, l.counted, l.would_make_clean];
    let _ = writeln!(out, "| {} |\n|---|---|---|---|---|---|", heads.join(" | "));
    for card in &cards.collections {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            short(&card.name),
            (w.role)(card.role),
            short(&(w.phrase)(&card.role_reason)),
            short(&provenance::declared(card)),
            short(&provenance::measured(card)),
            card.would_make_clean.as_deref().map(|clean| short(&(w.phrase)(clean))).unwrap_or_default()
        );
    }
    out.push('\n');
}

fn findings(out: &mut String, report: &Report, w: &Words) {
    let l = w.labels;
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
    let heads = [l.level, l.check, l.place, l.what, l.to_do];
    let english = if l.english.is_empty() { String::new() } else { format!("{}\n\n", l.english) };
    let _ = writeln!(out, "## {}\n\n{english}| {} |\n|---|---|---|---|---|", l.findings, heads.join(" | "));
    for (id, case) in found.iter().take(MOST_FINDINGS) {
        let level = match (case.status, case.level) {
            (Status::Waived, _) => "waived".to_owned(),
            (Status::CouldNotRun, _) => "error".to_owned(),
            (_, level) => level.unwrap_or(Level::Note).to_string(),
        };
        let help = case.help.as_deref().map(|help| short(&(w.phrase)(help))).unwrap_or_default();
        let _ = writeln!(
            out,
            "| {level} | {id} | {} | {} | {help} |",
            short(&case.subject),
            short(&(w.phrase)(&case.message))
        );
    }
    if found.len() > MOST_FINDINGS {
        let _ = writeln!(out, "\n{} {}.", found.len() - MOST_FINDINGS, l.more);
    }
    out.push('\n');
}
