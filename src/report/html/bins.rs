//! How scores lie: the share of relevant documents and of all others in each bin, as two outlines.

use super::axis::at;
use super::markup::Html;
use crate::report::Histogram;

const WIDTH: f64 = 180.0;
const HEIGHT: f64 = 90.0;

/// Draws it: relevant documents as a filled outline, all others as a dashed one.
pub fn draw(h: &mut Html, id: &str, title: &str, description: &str, histogram: &Histogram) {
    let named = format!("{id}-title {id}-desc");
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    h.within("svg", &[("viewBox", &view), ("role", "img"), ("aria-labelledby", &named), ("class", "bins")], |h| {
        h.leaf("title", &[("id", &format!("{id}-title"))], title);
        h.leaf("desc", &[("id", &format!("{id}-desc"))], description);
        outline(h, &histogram.relevant, "relevant");
        outline(h, &histogram.other, "rest");
        let y = at(HEIGHT - 4.0);
        h.leaf("text", &[("x", "4"), ("y", &y), ("class", "label")], &number(histogram.low));
        h.leaf("text", &[("x", &at(WIDTH - 4.0)), ("y", &y), ("class", "value")], &number(histogram.high));
    });
}

/// A score with few digits.
fn number(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// Each bin's share of the class, the highest bin at the top.
fn outline(h: &mut Html, counts: &[u64], class: &'static str) {
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return;
    }
    let (base, top) = (HEIGHT - 18.0, 6.0);
    let width = (WIDTH - 8.0) / counts.len() as f64;
    let mut points = format!("4.0,{}", at(base));
    for (index, n) in counts.iter().enumerate() {
        let y = at(base - *n as f64 / most as f64 * (base - top));
        let (from, to) = (4.0 + width * index as f64, 4.0 + width * (index + 1) as f64);
        points.push_str(&format!(" {},{y} {},{y}", at(from), at(to)));
    }
    points.push_str(&format!(" {},{}", at(WIDTH - 4.0), at(base)));
    h.single("polygon", &[("points", &points), ("class", class)]);
}
