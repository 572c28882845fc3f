//! What `check` prints: the collections, what was compared, what was found, and the verdict last, where eyes land.

use super::brief::brief;
use super::deciding;
use super::harmless::line;
use super::measured::{self, Measured};
use super::provenance;
use super::training;
use super::v1::{Case, Difference, Outcome, Report, Status};
use super::words::{self, Contrasted, Words};
use crate::checks::wording::{p_value, signed};
use crate::collection::Role;
use crate::config::Level;
use crate::verdict::{Outcome as GateResult, Verdict};
use anstyle::{AnsiColor, Color, Style};
use comfy_table::{CellAlignment, Table, presets};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The report as a terminal shows it, with ANSI styles; whoever prints it strips them where they do not belong.
/// `verbose` also lists what passed and what does not apply.
pub fn console(report: &Report, verbose: bool) -> String {
    let mut out = String::new();
    let w = words::of(report.config.report.lang);
    let teacher = report.teacher.as_ref().map(|teacher| (w.teacher)(&line(&teacher.name), teacher.training_cutoff));
    let _ = writeln!(out, "{BOLD}distilgate {}{BOLD:#}{}\n", report.distilgate, teacher.unwrap_or_default());
    let measured = measured::measured(report);
    let _ = writeln!(out, "{}", indented(&collections(report, &measured, w).to_string()));
    if measured.is_partial {
        let _ = writeln!(out, "  {DIM}{}{DIM:#}", w.labels.partial);
    }
    let _ = writeln!(out, "  {DIM}{}{DIM:#}\n", (w.arms)(&measured::kinds(report)));
    for outcome in &report.outcomes {
        compared(&mut out, outcome, report.config.gate.alpha, w);
    }
    found(&mut out, report, verbose);
    for (index, text) in report.training.iter().flat_map(training::lines).enumerate() {
        let _ = writeln!(out, "{DIM}{}{}{DIM:#}", if index == 0 { "" } else { "  " }, line(&text));
    }
    for ((cut, all), names) in cut_texts(report) {
        let _ = writeln!(out, "{DIM}{}{DIM:#}", (w.cut)(&names.join(", "), cut, all));
    }
    if !report.shared_queries.is_empty() {
        let _ = writeln!(out, "{DIM}{}{DIM:#}", (w.shared)(report.shared_queries.len()));
    }
    provenance_lines(&mut out, report, verbose);
    for what in &report.not_checked {
        let _ = writeln!(out, "{DIM}{}: {}{DIM:#}", w.labels.not_checked.to_lowercase(), line(&(w.phrase)(what)));
    }
    if !report.not_checked.is_empty() {
        out.push('\n');
    }
    verdict(&mut out, report, w);
    out
}

/// How many texts of how many were read only in part, and the arms that did: those with the same numbers together.
fn cut_texts(report: &Report) -> Vec<((usize, usize), Vec<String>)> {
    let mut all: Vec<((usize, usize), Vec<String>)> = Vec::new();
    for arm in &report.arms {
        let cut = arm.collections.iter().filter_map(|on| on.truncated.as_ref());
        let numbers =
            cut.fold((0, 0), |(cut, all), t| (cut + t.queries + t.documents, all + t.of_queries + t.of_documents));
        match all.iter_mut().find(|(same, _)| *same == numbers) {
            Some((_, names)) => names.push(line(&arm.name)),
            None => all.push((numbers, vec![line(&arm.name)])),
        }
    }
    all.retain(|((cut, _), _)| *cut > 0);
    all
}

/// Where things come from: the lock in one line, and with `verbose` a card each. `summary.md` has the cards too.
fn provenance_lines(out: &mut String, report: &Report, verbose: bool) {
    let cards = &report.provenance;
    if let Some(lock) = provenance::of_lock(cards) {
        let _ = writeln!(out, "{DIM}{}{DIM:#}", line(&lock));
    }
    if !verbose {
        return;
    }
    let teacher = cards.teacher.iter().map(|card| ("teacher".to_owned(), provenance::of_teacher(card)));
    let before = cards.before.iter().map(|card| ("student before".to_owned(), provenance::of_before(card)));
    let collections = cards.collections.iter().map(|card| {
        let clean = card.would_make_clean.iter().map(|text| format!("; {text}")).collect::<String>();
        (card.name.clone(), format!("{}; {}{clean}", provenance::declared(card), provenance::measured(card)))
    });
    for (name, text) in teacher.chain(before).chain(collections) {
        let _ = writeln!(out, "{DIM}provenance of {}: {}{DIM:#}", line(&name), line(&text));
    }
}

/// Role, size, and the measure of every student.
fn collections(report: &Report, measured: &Measured, w: &Words) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let head = [w.labels.collection, w.labels.role, w.labels.queries].map(str::to_owned).into_iter();
    table.set_header(head.chain(measured.arms.iter().map(|arm| line(arm))));
    for (collection, row) in report.collections.iter().zip(&measured.rows) {
        let head = [line(&collection.name), (w.role)(collection.role).to_owned(), row.queries.clone()];
        table.add_row(head.into_iter().chain(row.means.iter().cloned()));
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn indented(text: &str) -> String {
    text.lines().map(|l| format!(" {}", l.trim_end())).collect::<Vec<_>>().join("\n")
}

/// One outcome: means by collection, then suspect minus clean.
fn compared(out: &mut String, outcome: &Outcome, alpha: f64, w: &Words) {
    let shown = match &outcome.shown_because {
        Some(why) => format!("  {DIM}{}{DIM:#}", (w.shown)(&line(why))),
        None => String::new(),
    };
    let (name, unit) = ((w.outcome)(&line(&outcome.name)), (w.unit)(&outcome.unit));
    let said = (w.compared)(&name, &outcome.references.join(", "), &unit);
    let rest = said.strip_prefix(&name);
    let _ = match rest {
        Some(rest) => writeln!(out, "  {BOLD}{name}{BOLD:#}{rest}{shown}"),
        None => writeln!(out, "  {said}{shown}"),
    };
    for role in [Role::Suspect, Role::Clean] {
        let members = outcome.collections.iter().filter(|c| c.role == role);
        let means: Vec<String> = members.map(|c| format!("{} {}", line(&c.collection), signed(c.mean))).collect();
        if !means.is_empty() {
            let _ = writeln!(out, "    {} {}", padded((w.role)(role), 8), means.join("   "));
        }
    }
    for (collection, why) in &outcome.left_out {
        let _ = writeln!(out, "    {DIM}{}{DIM:#}", (w.without)(&line(collection), &line(why)));
    }
    if let Some(contrast) = &outcome.contrast {
        let (on, shown) =
            deciding::rests_on(outcome).map_or((None, &contrast.together), |(name, alone)| (Some(name), alone));
        let said = (w.contrast)(&Contrasted {
            on: on.map(line),
            delta: signed(shown.delta),
            interval: (w.interval)(alpha),
            lower: signed(shown.lower),
            upper: signed(shown.upper),
            p: line(&deciding::p(contrast, on)),
            adjusted: outcome.adjusted_p.map(p_value),
        });
        let _ = writeln!(out, "    {said}");
        if contrast.prior_contradicted {
            let (lower, upper) = (shown.lower_without_prior, shown.upper_without_prior);
            let _ = writeln!(out, "    {}", (w.without_prior)(&signed(lower), &signed(upper)));
        }
        if contrast.alone.len() > 1 {
            let said = |name: &str, d: &Difference| format!("{} {} ({})", line(name), signed(d.delta), p_value(d.p));
            let together = on.map(|_| said(w.labels.together, &contrast.together));
            let alone = contrast.alone.iter().map(|(name, d)| said(name, d)).chain(together);
            let _ = writeln!(out, "    {} {}", padded(w.labels.each_alone, 19), alone.collect::<Vec<_>>().join("   "));
        }
    }
    out.push('\n');
}

/// What the checks found, the gravest first.
fn found(out: &mut String, report: &Report, verbose: bool) {
    let mut cases: Vec<(&str, &Case)> =
        report.checks.iter().flat_map(|check| check.cases.iter().map(|case| (check.id.as_str(), case))).collect();
    cases.sort_by_key(|(_, case)| std::cmp::Reverse((case.status == Status::Found, case.level)));
    let phrase = words::of(report.config.report.lang).phrase;
    for (id, case) in cases {
        let (word, style) = match case.status {
            Status::Found => match case.level {
                Some(Level::Deny) => ("deny", colour(AnsiColor::Red)),
                Some(Level::Warn) => ("warn", colour(AnsiColor::Yellow)),
                _ => ("note", colour(AnsiColor::Cyan)),
            },
            Status::CouldNotRun => ("error", colour(AnsiColor::Red)),
            Status::Waived => ("waived", DIM),
            Status::Passed if verbose => ("pass", DIM),
            Status::NotApplicable if verbose => ("n/a", DIM),
            _ => continue,
        };
        let _ = writeln!(
            out,
            "{style}{word}{style:#} {BOLD}{id}{BOLD:#} {}: {}",
            line(&case.subject),
            line(&phrase(&case.message))
        );
        let more =
            case.place.iter().cloned().chain(case.evidence.iter().map(|text| phrase(text))).map(|text| line(&text));
        let waived = case.waived.iter().map(|waiver| format!("waived {}", line(&phrase(waiver))));
        let help = case.help.iter().map(|help| format!("help: {}", line(&phrase(help))));
        for text in more.chain(waived).chain(help) {
            let _ = writeln!(out, "     {text}");
        }
    }
    out.push('\n');
}

fn verdict(out: &mut String, report: &Report, w: &Words) {
    let style = match (report.verdict, report.result) {
        (Verdict::Inconclusive, _) | (_, GateResult::Inconclusive) => colour(AnsiColor::Yellow),
        (_, GateResult::Pass) => colour(AnsiColor::Green),
        _ => colour(AnsiColor::Red),
    }
    .bold();
    let b = brief(report);
    let (name, result) = ((w.verdict)(report.verdict).to_uppercase(), (w.result)(report.result));
    let sentence = line(&(w.sentences)(&b).join(w.labels.and));
    let _ = writeln!(out, "{style}{name}{style:#} ({result}, exit {}): {sentence}", report.exit_code);
    let _ = writeln!(out, "  {}", line(&(w.meaning)(&b)));
    for remark in &report.remarks {
        let _ = writeln!(out, "  {}", line(&(w.phrase)(remark)));
    }
    if !report.settles.is_empty() {
        let _ = writeln!(out, "  {}:", w.labels.settles);
        for settle in &report.settles {
            let _ = writeln!(out, "  - {}", line(&(w.phrase)(settle)));
        }
    }
}

fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

/// A text with blanks up to a width in columns of a terminal, of which a Chinese character takes two.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
