//! What was measured, gains by collection and arm, and label residuals.

use super::forest::{self, Forest, Line, Row, Shape};
use super::markup::Html;
use super::table::{Cell, left_out, number, table, text};
use crate::checks::wording::{ends, signed};
use crate::collection::Role;
use crate::report::brief::is_gain;
use crate::report::measured;
use crate::report::v1::{Arm, Collection, Outcome, OutcomeOnCollection, Report};
use crate::report::words::Words;
use crate::stats::normal_quantile;

/// Rows of a plot; a page with more would not be read.
const MOST_ROWS: usize = 60;
/// Columns of the table.
const MOST_ARMS: usize = 20;
/// Plots of other arms.
const MOST_OTHERS: usize = 6;

/// The measure of every student by collection.
pub fn measured(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    let measured = measured::measured(report);
    let arms = measured.arms.iter().map(String::as_str).take(MOST_ARMS);
    let heads: Vec<&str> = [l.collection, l.role, l.queries].into_iter().chain(arms).collect();
    let row = |(c, row): (&Collection, &measured::Row)| {
        let head = [text(&c.name), text((w.role)(c.role)), number(&row.queries)];
        head.into_iter().chain(row.means.iter().take(MOST_ARMS).map(number)).collect()
    };
    let rows: Vec<Vec<Cell>> = report.collections.iter().zip(&measured.rows).map(row).collect();
    h.leaf("p", &[("class", "caption")], &report.measure);
    table(h, &format!("{}: {}", l.table, l.measured), &heads, &rows, l.more);
    left_out(h, measured.arms.len().saturating_sub(MOST_ARMS), l.more);
    if measured.is_partial {
        h.leaf("p", &[("class", "caption")], l.partial);
    }
    h.leaf("p", &[("class", "caption")], &(w.arms)(&measured::kinds(report)));
    true
}

/// Gains by collection and arm, all on one scale.
pub fn gains(h: &mut Html, report: &Report, w: &Words) -> bool {
    let mut plots = Vec::new();
    let mut more = 0;
    for outcome in report.outcomes.iter().filter(|outcome| is_gain(&outcome.name) && !outcome.collections.is_empty()) {
        plots.push(levels(report, w, outcome));
        if outcome.references.iter().all(|reference| reference == "before") {
            let mut others = other_arms(report, w, outcome);
            more += others.len().saturating_sub(MOST_OTHERS);
            others.truncate(MOST_OTHERS);
            plots.extend(others);
        }
    }
    let all: Vec<f64> = plots.iter().flat_map(Forest::numbers).collect();
    plots.iter_mut().for_each(|plot| plot.beside = all.clone());
    let caption = (w.gains_caption)(&(w.interval)(report.config.gate.alpha));
    plots_of(h, w, "gain", &plots, more, &caption)
}

/// The label residual of each scorer by collection.
pub fn residuals(h: &mut Html, report: &Report, w: &Words) -> bool {
    let shown = report.outcomes.iter().filter(|o| !is_gain(&o.name) && o.name.starts_with("label residual"));
    let plots: Vec<Forest> =
        shown.filter(|outcome| !outcome.collections.is_empty()).map(|outcome| levels(report, w, outcome)).collect();
    plots_of(h, w, "residual", &plots, 0, w.labels.residuals_caption)
}

/// Plots of a kind, and how many more there are. They are numbered, for names of arms may be alike in their letters.
pub(super) fn plots_of(h: &mut Html, w: &Words, kind: &str, plots: &[Forest], more: usize, caption: &str) -> bool {
    if plots.is_empty() {
        return false;
    }
    h.leaf("p", &[("class", "caption")], caption);
    h.within("div", &[("class", "plots")], |h| {
        for (place, plot) in plots.iter().enumerate() {
            h.within("figure", &[], |h| {
                h.leaf("figcaption", &[], &plot.title);
                forest::draw(h, &format!("{kind}-{place}"), plot);
                left_out(h, plot.more, w.labels.more);
            });
        }
    });
    left_out(h, more, w.labels.more);
    true
}

/// The level of an outcome on each collection, and its means.
fn levels(report: &Report, w: &Words, outcome: &Outcome) -> Forest {
    let z = normal_quantile(1.0 - report.config.gate.alpha);
    let of = |on: &OutcomeOnCollection| {
        let interval = on.standard_error.map(|error| (on.mean - z * error, on.mean + z * error));
        on_collection(w, &on.collection, on.role, on.mean, interval)
    };
    let mut rows: Vec<Row> = by_role(&outcome.collections, |on| on.role).map(of).collect();
    let more = cut(&mut rows);
    if let Some(contrast) = &outcome.contrast {
        let mean = |label: &str, value| Row {
            label: label.to_owned(),
            shape: Shape::Pooled,
            value: Some(value),
            interval: None,
        };
        rows.push(mean(w.labels.suspect_mean, contrast.clean + contrast.together.delta));
        rows.push(mean(w.labels.clean_mean, contrast.clean));
    }
    let lines = outcome.contrast.iter().map(|c| Line {
        label: w.labels.clean_mean.to_owned(),
        value: c.clean,
        is_limit: false,
    });
    Forest { more, ..plot(title(w, outcome), rows, lines.collect()) }
}

/// Leaves the first rows, and says how many went.
fn cut(rows: &mut Vec<Row>) -> usize {
    let more = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    more
}

/// A collection's row.
fn on_collection(w: &Words, name: &str, role: Role, mean: f64, interval: Option<(f64, f64)>) -> Row {
    Row {
        label: format!("{name} · {}", (w.role)(role)),
        shape: if role == Role::Suspect { Shape::Suspect } else { Shape::Clean },
        value: Some(mean),
        interval,
    }
}

/// Suspect ones, then clean ones.
fn by_role<T>(all: &[T], role: impl Fn(&T) -> Role + Copy) -> impl Iterator<Item = &T> {
    [Role::Suspect, Role::Clean].into_iter().flat_map(move |of| all.iter().filter(move |one| role(one) == of))
}

/// A plot whose description says its numbers.
pub(super) fn plot(title: String, rows: Vec<Row>, lines: Vec<Line>) -> Forest {
    let said = |row: &Row| {
        let numbers = row.value.map(signed).into_iter().chain(row.interval.map(|(low, high)| ends(low, high)));
        format!("{} {}", row.label, numbers.collect::<Vec<_>>().join(" "))
    };
    let description = rows.iter().map(said).collect::<Vec<_>>().join("; ");
    Forest { title, description, rows, more: 0, lines, beside: Vec::new() }
}

/// Gains of the arms that are no part of the outcome, a plot each: reference arms, and the recipe's own student.
fn other_arms(report: &Report, w: &Words, outcome: &Outcome) -> Vec<Forest> {
    let Some(before) = report.arms.iter().find(|arm| arm.name == "before") else { return Vec::new() };
    let students = report.arms.iter().filter(|arm| arm.name.starts_with("reference.") || arm.name == "redistilled");
    let of_arm = |arm: &Arm| {
        let of = |collection: &Collection| {
            let (mean, interval) = gain_of(report, before, arm, &collection.name)?;
            Some(on_collection(w, &collection.name, collection.role, mean, Some(interval)))
        };
        let mut rows: Vec<Row> = by_role(&report.collections, |c| c.role).filter_map(of).collect();
        let more = cut(&mut rows);
        let name = (w.compared)(&(w.gain_of)(&arm.name), "before", &(w.unit)(&outcome.unit));
        (!rows.is_empty()).then(|| Forest { more, ..plot(name, rows, Vec::new()) })
    };
    students.filter(|arm| arm.name != outcome.arm).filter_map(of_arm).collect()
}

/// The mean gain of an arm on a collection, and its interval over queries.
fn gain_of(report: &Report, before: &Arm, arm: &Arm, collection: &str) -> Option<(f64, (f64, f64))> {
    let on = |arm: &'_ Arm| arm.collections.iter().position(|on| on.collection == collection);
    let (base, on) = (&before.collections[on(before)?].by_query, &arm.collections[on(arm)?].by_query);
    let gains: Vec<f64> = on.iter().filter_map(|(query, value)| Some(value - base.get(query)?)).collect();
    let n = gains.len() as f64;
    if gains.len() < 2 {
        return None;
    }
    let mean = gains.iter().sum::<f64>() / n;
    let error = (gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
    let z = normal_quantile(1.0 - report.config.gate.alpha);
    Some((mean, (mean - z * error, mean + z * error)))
}

/// `excess gain against reference.open, in nDCG@10 · decides`.
pub(super) fn title(w: &Words, outcome: &Outcome) -> String {
    let decides = if outcome.decides { format!(" · {}", w.labels.decides) } else { String::new() };
    let name = (w.outcome)(&outcome.name);
    (w.compared)(&name, &outcome.references.join(", "), &(w.unit)(&outcome.unit)) + &decides
}
