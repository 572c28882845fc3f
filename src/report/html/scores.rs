//! Before and after for each query, and how scores lie.

use super::bins;
use super::markup::Html;
use super::slopes::{self, Slopes};
use super::table::left_out;
use crate::checks::wording::{count, signed};
use crate::collection::Role;
use crate::report::v1::{Arm, OutcomeOnCollection, Report};
use crate::report::words::Words;

/// Plots of one kind; more are counted.
const MOST_PLOTS: usize = 60;

/// Before and after for each query of the collections that the gain was compared on.
pub fn slopes(h: &mut Html, report: &Report, w: &Words) -> bool {
    let Some(gain) = report.outcomes.iter().find(|outcome| outcome.name == "gain") else { return false };
    let Some(before) = report.arms.iter().find(|arm| arm.name == "before") else { return false };
    let mut plots = Vec::new();
    for role in [Role::Suspect, Role::Clean] {
        let on = gain.collections.iter().filter(|on| on.role == role);
        plots.extend(on.filter_map(|on| Some((on, pairs(before, on)?))));
    }
    if plots.is_empty() {
        return false;
    }
    h.leaf("p", &[("class", "caption")], w.labels.slopes_caption);
    h.within("div", &[("class", "small-plots")], |h| {
        for (index, (on, queries)) in plots.iter().take(MOST_PLOTS).enumerate() {
            let title = format!("{} · {}", on.collection, (w.role)(on.role));
            let (up, down) =
                (queries.iter().filter(|(a, b)| b > a).count(), queries.iter().filter(|(a, b)| b < a).count());
            let plot = Slopes {
                id: format!("slopes-{index}"),
                description: format!(
                    "{}: ↑ {up}, ↓ {down}, {}",
                    count(queries.len(), "query", "queries"),
                    signed(on.mean)
                ),
                title: title.clone(),
                sides: (w.labels.before.to_owned(), w.labels.after.to_owned()),
                queries: queries.clone(),
            };
            h.within("figure", &[], |h| {
                h.within("figcaption", &[], |h| {
                    h.leaf("span", &[], &title);
                    h.leaf("span", &[("class", "change")], &format!("↑{up} ↓{down}"));
                });
                slopes::draw(h, &plot);
            });
        }
    });
    more(h, plots.len(), w);
    true
}

/// Before and after for each query: the gain is kept by query, and so is the measure before.
fn pairs(before: &Arm, on: &OutcomeOnCollection) -> Option<Vec<(f64, f64)>> {
    let base = before.collections.iter().find(|base| base.collection == on.collection)?;
    let pair = |(query, gain): (&String, &f64)| base.by_query.get(query).map(|before| (*before, before + gain));
    let pairs: Vec<(f64, f64)> = on.by_query.iter().filter_map(pair).collect();
    (!pairs.is_empty()).then_some(pairs)
}

/// How every arm's scores lie on every collection.
pub fn distributions(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    let drawn = |arm: &&Arm| arm.collections.iter().any(|on| on.histogram.is_some());
    let arms: Vec<&Arm> = report.arms.iter().filter(drawn).collect();
    if arms.is_empty() {
        return false;
    }
    h.leaf("p", &[("class", "caption")], l.scores_caption);
    let mut left = MOST_PLOTS;
    let mut all = 0;
    for (place, arm) in arms.iter().enumerate() {
        let histograms: Vec<_> =
            arm.collections.iter().filter_map(|on| Some((on.collection.as_str(), on.histogram.as_ref()?))).collect();
        all += histograms.len();
        if left == 0 {
            continue;
        }
        h.within("details", if arm.name == "teacher" { &[("open", "")] } else { &[] }, |h| {
            h.leaf("summary", &[], &arm.name);
            h.within("div", &[("class", "small-plots")], |h| {
                for (index, (collection, histogram)) in histograms.iter().take(left).enumerate() {
                    let (relevant, rest) =
                        (histogram.relevant.iter().sum::<u64>(), histogram.other.iter().sum::<u64>());
                    let description = format!("{} {relevant}; {} {rest}", l.relevant, l.other);
                    let title = format!("{collection} · {}", arm.name);
                    h.within("figure", &[], |h| {
                        h.leaf("figcaption", &[], collection);
                        bins::draw(h, &format!("bins-{place}-{index}"), &title, &description, histogram);
                    });
                }
            });
        });
        left -= histograms.len().min(left);
    }
    more(h, all, w);
    true
}

fn more(h: &mut Html, plots: usize, w: &Words) {
    left_out(h, plots.saturating_sub(MOST_PLOTS), w.labels.more);
}
