//! What was measured, gains by collection and arm, suspect minus clean, and label residuals.

use super::forest::{self, Forest, Line, Row, Shape};
use super::markup::Html;
use super::table::{number, table, text};
use crate::checks::wording::{p_value, signed};
use crate::collection::Role;
use crate::report::brief::{is_gain, margin};
use crate::report::v1::{Arm, Contrast, Outcome, Report};
use crate::report::words::Words;
use crate::stats::normal_quantile;
use std::collections::BTreeMap;

/// Rows of a plot; a page with more would not be read.
const MOST_ROWS: usize = 60;

/// The measure of every student by collection.
pub fn measured(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    let students: Vec<&Arm> = report.arms.iter().filter(|arm| !arm.name.starts_with("scorer.")).take(20).collect();
    let heads: Vec<&str> =
        [l.collection, l.role, l.queries].into_iter().chain(students.iter().map(|arm| arm.name.as_str())).collect();
    let rows: Vec<_> = report
        .collections
        .iter()
        .map(|c| {
            let of = |arm: &&Arm| {
                let on = arm.collections.iter().find(|on| on.collection == c.name);
                let value = on.and_then(|on| on.measures.get(&report.measure));
                number(value.map_or("-".to_owned(), |v| format!("{v:.3}")))
            };
            let head = [text(&c.name), text((w.role)(c.role)), number(c.measured_queries.to_string())];
            head.into_iter().chain(students.iter().map(of)).collect()
        })
        .collect();
    h.leaf("p", &[("class", "caption")], &report.measure);
    table(h, &format!("{}: {}", l.table, l.measured), &heads, &rows, l.more);
    true
}

/// Gains by collection and arm.
pub fn gains(h: &mut Html, report: &Report, w: &Words) -> bool {
    let mut plots = Vec::new();
    for outcome in report.outcomes.iter().filter(|outcome| is_gain(&outcome.name) && !outcome.collections.is_empty()) {
        let is_plain = outcome.references.iter().all(|reference| reference == "before");
        plots.push(levels(report, w, outcome, if is_plain { other_arms(report, outcome) } else { BTreeMap::new() }));
    }
    plots_of(h, &plots, w.labels.gains_caption)
}

/// The label residual of each scorer by collection.
pub fn residuals(h: &mut Html, report: &Report, w: &Words) -> bool {
    let shown = report.outcomes.iter().filter(|o| !is_gain(&o.name) && o.name.starts_with("label residual"));
    let plots: Vec<Forest> = shown
        .filter(|outcome| !outcome.collections.is_empty())
        .map(|outcome| levels(report, w, outcome, BTreeMap::new()))
        .collect();
    plots_of(h, &plots, w.labels.residuals_caption)
}

fn plots_of(h: &mut Html, plots: &[Forest], caption: &str) -> bool {
    if plots.is_empty() {
        return false;
    }
    h.leaf("p", &[("class", "caption")], caption);
    h.within("div", &[("class", "plots")], |h| {
        for plot in plots {
            h.within("figure", &[], |h| {
                h.leaf("figcaption", &[], &plot.title);
                forest::draw(h, plot);
            });
        }
    });
    true
}

/// The rows of the other arms on a collection.
type Others = BTreeMap<String, Vec<Row>>;

/// The level of an outcome on each collection, and its means.
fn levels(report: &Report, w: &Words, outcome: &Outcome, mut others: Others) -> Forest {
    let z = normal_quantile(1.0 - report.config.gate.alpha);
    let mut rows = Vec::new();
    for role in [Role::Suspect, Role::Clean] {
        for on in outcome.collections.iter().filter(|on| on.role == role) {
            rows.push(Row {
                label: format!("{} · {}", on.collection, (w.role)(role)),
                shape: if role == Role::Suspect { Shape::Suspect } else { Shape::Clean },
                value: on.mean,
                interval: on.standard_error.map(|error| (on.mean - z * error, on.mean + z * error)),
            });
            rows.extend(others.remove(&on.collection).into_iter().flatten());
        }
    }
    rows.truncate(MOST_ROWS);
    if let Some(contrast) = &outcome.contrast {
        let mean = |label: &str, value| Row { label: label.to_owned(), shape: Shape::Pooled, value, interval: None };
        rows.push(mean(w.labels.suspect_mean, contrast.clean + contrast.together.delta));
        rows.push(mean(w.labels.clean_mean, contrast.clean));
    }
    let title = title(w, outcome);
    let seen = rows.iter().map(|row| format!("{} {}", row.label, signed(row.value))).collect::<Vec<_>>().join("; ");
    let lines = outcome.contrast.iter().map(|c| Line {
        label: w.labels.clean_mean.to_owned(),
        value: c.clean,
        is_limit: false,
    });
    Forest { id: id("level", outcome), description: seen, title, rows, lines: lines.collect() }
}

/// Gains of the arms that are no part of the outcome: reference arms, and the recipe's own student.
fn other_arms(report: &Report, outcome: &Outcome) -> Others {
    let z = normal_quantile(1.0 - report.config.gate.alpha);
    let Some(before) = report.arms.iter().find(|arm| arm.name == "before") else { return Others::new() };
    let students = report.arms.iter().filter(|arm| arm.name.starts_with("reference.") || arm.name == "redistilled");
    let mut rows = Others::new();
    for arm in students.filter(|arm| arm.name != outcome.arm).take(6) {
        for on in &arm.collections {
            let Some(base) = before.collections.iter().find(|base| base.collection == on.collection) else { continue };
            let gains: Vec<f64> =
                on.by_query.iter().filter_map(|(query, value)| Some(value - base.by_query.get(query)?)).collect();
            let n = gains.len() as f64;
            if gains.len() < 2 {
                continue;
            }
            let mean = gains.iter().sum::<f64>() / n;
            let error = (gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
            rows.entry(on.collection.clone()).or_default().push(Row {
                label: format!("{} · {}", on.collection, arm.name),
                shape: Shape::Other,
                value: mean,
                interval: Some((mean - z * error, mean + z * error)),
            });
        }
    }
    rows
}

/// Suspect minus clean, for every outcome that was compared.
pub fn differences(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    let mut compared: Vec<(&Outcome, &Contrast)> =
        report.outcomes.iter().filter_map(|outcome| Some((outcome, outcome.contrast.as_ref()?))).take(12).collect();
    compared.sort_by_key(|(outcome, _)| !outcome.decides);
    let plots: Vec<Forest> =
        compared.iter().map(|(outcome, contrast)| contrasts(report, w, outcome, contrast)).collect();
    let drawn = plots_of(h, &plots, l.differences_caption);
    let interval = (w.interval)(report.config.gate.alpha);
    let heads = [l.outcome, l.decides, l.clean_mean, l.suspect_minus_clean, &interval, l.deciding_p];
    let rows = report.outcomes.iter().map(|outcome| {
        let decides = match &outcome.shown_because {
            None => text(l.yes),
            Some(why) => text(format!("{}: {why}", l.no)),
        };
        let numbers = match &outcome.contrast {
            Some(c) => [
                signed(c.clean),
                signed(c.together.delta),
                format!("{} – {}", signed(c.together.lower), signed(c.together.upper)),
                p_value(c.deciding_p),
            ],
            None => ["-"; 4].map(str::to_owned),
        };
        [text((w.outcome)(&outcome.name)), decides].into_iter().chain(numbers.map(number)).collect()
    });
    let rows: Vec<Vec<_>> = rows.collect();
    if !rows.is_empty() {
        table(h, &format!("{}: {}", l.table, l.differences), &heads, &rows, l.more);
    }
    drawn || !rows.is_empty()
}

fn contrasts(report: &Report, w: &Words, outcome: &Outcome, contrast: &Contrast) -> Forest {
    let l = w.labels;
    let row = |label: &str, shape, d: &crate::report::v1::Difference| Row {
        label: label.to_owned(),
        shape,
        value: d.delta,
        interval: Some((d.lower, d.upper)),
    };
    let mut rows: Vec<Row> =
        contrast.alone.iter().take(MOST_ROWS).map(|(name, d)| row(name, Shape::Suspect, d)).collect();
    rows.push(row(l.together, Shape::Pooled, &contrast.together));
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
    let seen = rows.iter().map(|row| {
        let (low, high) = row.interval.unwrap_or((row.value, row.value));
        format!("{} {}, {} – {}", row.label, signed(row.value), signed(low), signed(high))
    });
    let description = seen.collect::<Vec<_>>().join("; ");
    Forest { id: id("difference", outcome), title: title(w, outcome), description, rows, lines }
}

/// `excess gain against reference.open, in nDCG@10`.
fn title(w: &Words, outcome: &Outcome) -> String {
    let unit = if outcome.unit.is_empty() { String::new() } else { format!(" · {}", (w.unit)(&outcome.unit)) };
    let against =
        if outcome.references.is_empty() { String::new() } else { format!(" / {}", outcome.references.join(", ")) };
    let decides = if outcome.decides { format!(" · {}", w.labels.decides) } else { String::new() };
    format!("{} ({}{against}){unit}{decides}", (w.outcome)(&outcome.name), outcome.arm)
}

/// A name on the page: the letters of an outcome's name.
fn id(kind: &str, outcome: &Outcome) -> String {
    let letters = outcome.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    format!("{kind}-{}", letters.take(40).collect::<String>())
}
