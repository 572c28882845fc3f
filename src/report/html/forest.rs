//! A forest plot: a row for each number with its interval, and lines to compare with.

use super::axis::{Axis, at, mark};
use super::markup::Html;
use crate::checks::wording::signed;

/// A plot from plain numbers.
#[derive(Clone, Debug)]
pub struct Forest {
    /// Its name on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same in a sentence or two, for those who do not see it.
    pub description: String,
    /// The rows.
    pub rows: Vec<Row>,
    /// Vertical lines.
    pub lines: Vec<Line>,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is about.
    pub label: String,
    /// What the mark looks like.
    pub shape: Shape,
    /// The number.
    pub value: f64,
    /// Its interval, where there is one.
    pub interval: Option<(f64, f64)>,
}

/// Marks that are told apart without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A filled square: a suspect collection.
    Suspect,
    /// An open circle: a clean collection.
    Clean,
    /// A diamond: several together.
    Pooled,
    /// A small triangle: an arm to compare with.
    Other,
}

/// A vertical line.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is.
    pub label: String,
    /// Where.
    pub value: f64,
    /// Dashed: a limit. Otherwise a thin line.
    pub is_limit: bool,
}

const WIDTH: f64 = 360.0;
const ROW: f64 = 34.0;
const LINE: f64 = 15.0;

/// Draws it. Rows have their words above the mark, so that the plot can be read on a phone without turning it.
pub fn draw(h: &mut Html, forest: &Forest) {
    let top = 4.0 + LINE * forest.lines.len() as f64;
    let bottom = top + ROW * forest.rows.len() as f64 + 6.0;
    let height = bottom + 20.0;
    let ends =
        forest.rows.iter().flat_map(|row| [Some(row.value), row.interval.map(|i| i.0), row.interval.map(|i| i.1)]);
    let lines = forest.lines.iter().map(|line| Some(line.value));
    let axis = Axis::over(ends.chain(lines).flatten().chain([0.0]), 10.0, WIDTH - 10.0);
    let (title, description) = (format!("{}-title", forest.id), format!("{}-desc", forest.id));
    let view = format!("0 0 {WIDTH} {}", at(height));
    let named = format!("{title} {description}");
    h.within("svg", &[("viewBox", &view), ("role", "img"), ("aria-labelledby", &named), ("class", "forest")], |h| {
        h.leaf("title", &[("id", &title)], &forest.title);
        h.leaf("desc", &[("id", &description)], &forest.description);
        scale(h, &axis, top, bottom);
        for (index, line) in forest.lines.iter().enumerate() {
            vertical(h, &axis, line, 12.0 + LINE * index as f64, bottom);
        }
        for (index, row) in forest.rows.iter().enumerate() {
            draw_row(h, &axis, row, top + ROW * index as f64);
        }
    });
}

fn scale(h: &mut Html, axis: &Axis, top: f64, bottom: f64) {
    for value in axis.marks(4) {
        let x = at(axis.place(value));
        h.single("line", &[("x1", &x), ("x2", &x), ("y1", &at(top)), ("y2", &at(bottom)), ("class", "grid")]);
        h.leaf("text", &[("x", &x), ("y", &at(bottom + 14.0)), ("class", "axis")], &mark(value));
    }
}

fn vertical(h: &mut Html, axis: &Axis, line: &Line, y: f64, bottom: f64) {
    let place = axis.place(line.value);
    let x = at(place);
    let class = if line.is_limit { "limit" } else { "rule" };
    h.single("line", &[("x1", &x), ("x2", &x), ("y1", &at(y - 8.0)), ("y2", &at(bottom)), ("class", class)]);
    let (shift, anchor) = if place > WIDTH / 2.0 { (-4.0, "end") } else { (4.0, "start") };
    let text = format!("{} {}", line.label, signed(line.value));
    h.leaf("text", &[("x", &at(place + shift)), ("y", &at(y)), ("text-anchor", anchor), ("class", "note")], &text);
}

fn draw_row(h: &mut Html, axis: &Axis, row: &Row, top: f64) {
    let (y, class) = (top + 24.0, row.shape.class());
    h.leaf("text", &[("x", "10"), ("y", &at(top + 13.0)), ("class", "label")], &row.label);
    let number = match row.interval {
        Some((low, high)) => format!("{} [{}, {}]", signed(row.value), signed(low), signed(high)),
        None => signed(row.value),
    };
    h.leaf("text", &[("x", &at(WIDTH - 10.0)), ("y", &at(top + 13.0)), ("class", "value")], &number);
    if let Some((low, high)) = row.interval {
        let (from, to, y) = (at(axis.place(low)), at(axis.place(high)), at(y));
        h.single("line", &[("x1", &from), ("x2", &to), ("y1", &y), ("y2", &y), ("class", class)]);
    }
    row.shape.draw(h, axis.place(row.value), y);
}

impl Shape {
    fn class(self) -> &'static str {
        match self {
            Shape::Suspect => "suspect",
            Shape::Clean => "clean",
            Shape::Pooled => "pooled",
            Shape::Other => "other",
        }
    }

    fn draw(self, h: &mut Html, x: f64, y: f64) {
        let points =
            |corners: [(f64, f64); 4]| corners.map(|(dx, dy)| format!("{},{}", at(x + dx), at(y + dy))).join(" ");
        let corners = match self {
            Shape::Clean => {
                h.single("circle", &[("cx", &at(x)), ("cy", &at(y)), ("r", "4.5"), ("class", "clean")]);
                return;
            }
            Shape::Suspect => [(-4.5, -4.5), (4.5, -4.5), (4.5, 4.5), (-4.5, 4.5)],
            Shape::Pooled => [(0.0, -6.0), (7.0, 0.0), (0.0, 6.0), (-7.0, 0.0)],
            Shape::Other => [(0.0, -5.0), (0.0, -5.0), (5.0, 4.0), (-5.0, 4.0)],
        };
        h.single("polygon", &[("points", &points(corners)), ("class", self.class())]);
    }
}
