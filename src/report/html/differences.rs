//! Suspect minus clean: a plot for each outcome that was compared, and a table of all.

use super::forest::{Forest, Line, Row, Shape};
use super::gains::{plot, plots_of, title};
use super::markup::Html;
use super::table::{number, table, text};
use crate::report::brief::{is_gain, margin};
use crate::report::deciding;
use crate::report::v1::{Contrast, Difference, Outcome, Report};
use crate::report::words::Words;

/// Plots, and rows of one; a page with more would not be read.
const MOST_PLOTS: usize = 12;
const MOST_ROWS: usize = 60;

/// Suspect minus clean, for every outcome that was compared.
pub fn differences(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    let mut compared: Vec<(&Outcome, &Contrast)> =
        report.outcomes.iter().filter_map(|outcome| Some((outcome, outcome.contrast.as_ref()?))).collect();
    compared.sort_by_key(|(outcome, _)| !outcome.decides);
    let more = compared.len().saturating_sub(MOST_PLOTS);
    compared.truncate(MOST_PLOTS);
    let plots: Vec<Forest> =
        compared.iter().map(|(outcome, contrast)| contrasts(report, w, outcome, contrast)).collect();
    let drawn = plots_of(h, w, "difference", &plots, more, l.differences_caption);
    let is_wider = deciding::is_wider(&report.outcomes);
    let interval = (w.interval)(report.config.gate.alpha);
    let mut heads = vec![l.outcome, l.decides, l.clean_mean, l.suspect_minus_clean, &interval];
    heads.extend(is_wider.then_some(l.deciding_interval));
    heads.push(l.deciding_p);
    let rows = report.outcomes.iter().map(|outcome| {
        let decides = match &outcome.shown_because {
            None => text(l.yes),
            Some(why) => text(format!("{}: {}", l.no, (w.phrase)(why))),
        };
        let numbers = deciding::numbers(outcome, is_wider);
        [text((w.outcome)(&outcome.name)), decides].into_iter().chain(numbers.map(number)).collect()
    });
    let rows: Vec<Vec<_>> = rows.collect();
    if !rows.is_empty() {
        table(h, &format!("{}: {}", l.table, l.differences), &heads, &rows, l.more);
    }
    if is_wider {
        h.leaf("p", &[("class", "caption")], l.wider);
    }
    drawn || !rows.is_empty()
}

fn contrasts(report: &Report, w: &Words, outcome: &Outcome, contrast: &Contrast) -> Forest {
    let l = w.labels;
    let row = |label: &str, shape, d: &Difference| Row {
        label: label.to_owned(),
        shape,
        value: Some(d.delta),
        interval: Some((d.lower, d.upper)),
    };
    let rests_on = deciding::rests_on(outcome).map(|(name, _)| name);
    let mut rows = Vec::new();
    // The one that decides comes first, so that it is never among those left out.
    let mut suspects: Vec<(&String, &Difference)> = contrast.alone.iter().collect();
    suspects.sort_by_key(|(name, _)| rests_on != Some(name.as_str()));
    for (name, alone) in suspects.into_iter().take(MOST_ROWS) {
        rows.push(row(name, Shape::Suspect, alone));
        // What decides is shown, whichever it is, and nothing else as if it did.
        if rests_on == Some(name.as_str()) {
            rows.extend(wider(w, contrast, alone));
        }
    }
    rows.push(row(l.together, Shape::Pooled, &contrast.together));
    if outcome.decides && rests_on.is_none() {
        rows.extend(wider(w, contrast, &contrast.together));
    }
    let mut lines = Vec::new();
    if outcome.decides {
        let value = margin(report, &outcome.name);
        lines.push(Line { label: l.margin.to_owned(), value, is_limit: true });
    }
    let (label, value) = match is_gain(&outcome.name) {
        true => (l.tolerance, report.config.gate.tolerance),
        false => (l.no_difference, 0.0),
    };
    lines.push(Line { label: label.to_owned(), value, is_limit: false });
    let more = contrast.alone.len().saturating_sub(MOST_ROWS);
    Forest { more, ..plot(title(w, outcome), rows, lines) }
}

/// The interval that decides, where it is another one than that with the prior.
fn wider(w: &Words, contrast: &Contrast, difference: &Difference) -> Option<Row> {
    let interval = deciding::of(contrast, difference)?;
    let label = w.labels.deciding_interval.to_owned();
    Some(Row { label, shape: Shape::Interval, value: None, interval: Some(interval) })
}
