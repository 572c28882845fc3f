//! Before and after for each query of a collection: a line each, so that one sees whether many moved or a few.

use super::axis::{Axis, at};
use super::markup::Html;

/// A plot from plain numbers.
#[derive(Clone, Debug)]
pub struct Slopes {
    /// Its name on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same in a sentence or two.
    pub description: String,
    /// The words under both sides.
    pub sides: (String, String),
    /// Before and after for each query.
    pub queries: Vec<(f64, f64)>,
}

/// Lines that are drawn; of more, those that moved most.
pub const MOST: usize = 120;

const WIDTH: f64 = 180.0;
const HEIGHT: f64 = 170.0;

/// Draws it: rising lines are solid, falling ones dashed, those that stay dotted, the mean thick with its numbers.
pub fn draw(h: &mut Html, slopes: &Slopes) {
    let (left, right) = (44.0, WIDTH - 44.0);
    let axis = Axis::over(slopes.queries.iter().flat_map(|(a, b)| [*a, *b]), HEIGHT - 24.0, 8.0);
    let (title, description) = (format!("{}-title", slopes.id), format!("{}-desc", slopes.id));
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    let named = format!("{title} {description}");
    h.within("svg", &[("viewBox", &view), ("role", "img"), ("aria-labelledby", &named), ("class", "slopes")], |h| {
        h.leaf("title", &[("id", &title)], &slopes.title);
        h.leaf("desc", &[("id", &description)], &slopes.description);
        let line = |h: &mut Html, a: f64, b: f64, class: &'static str| {
            let (a, b) = (at(axis.place(a)), at(axis.place(b)));
            let ends = [("x1", at(left)), ("x2", at(right)), ("y1", a), ("y2", b)];
            let ends: Vec<(&'static str, &str)> = ends.iter().map(|(name, value)| (*name, value.as_str())).collect();
            h.single("line", &[ends.as_slice(), &[("class", class)]].concat());
        };
        let mut drawn: Vec<&(f64, f64)> = slopes.queries.iter().collect();
        drawn.sort_by(|a, b| (b.1 - b.0).abs().total_cmp(&(a.1 - a.0).abs()));
        for (a, b) in drawn.into_iter().take(MOST) {
            line(
                h,
                *a,
                *b,
                if b > a {
                    "up"
                } else if b < a {
                    "down"
                } else {
                    "same"
                },
            );
        }
        let n = slopes.queries.len().max(1) as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| slopes.queries.iter().map(of).sum::<f64>() / n;
        let (before, after) = (mean(|q| q.0), mean(|q| q.1));
        line(h, before, after, "mean");
        let number = |h: &mut Html, x: f64, value: f64, class: &'static str| {
            let y = at(axis.place(value) + 4.0);
            h.leaf("text", &[("x", &at(x)), ("y", &y), ("class", class)], &format!("{value:.3}"));
        };
        number(h, left - 6.0, before, "value");
        number(h, right + 6.0, after, "label");
        h.leaf("text", &[("x", &at(left)), ("y", &at(HEIGHT - 6.0)), ("class", "axis")], &slopes.sides.0);
        h.leaf("text", &[("x", &at(right)), ("y", &at(HEIGHT - 6.0)), ("class", "axis")], &slopes.sides.1);
    });
}
