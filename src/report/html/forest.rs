//! A forest plot: a row for each number with its interval, and lines to compare with.

use super::axis::{Axis, at, mark};
use super::markup::Html;
use crate::checks::wording::{ends, signed};

/// A plot from plain numbers.
#[derive(Clone, Debug)]
pub struct Forest {
    /// What it shows.
    pub title: String,
    /// The same in a sentence or two, for those who do not see it.
    pub description: String,
    /// The rows.
    pub rows: Vec<Row>,
    /// Rows that are left out.
    pub more: usize,
    /// Vertical lines.
    pub lines: Vec<Line>,
    /// Numbers of plots beside it, for a scale in common.
    pub beside: Vec<f64>,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is about.
    pub label: String,
    /// What the mark looks like.
    pub shape: Shape,
    /// The number; an interval may stand alone.
    pub value: Option<f64>,
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
    /// A thin line with ends: an interval alone.
    Interval,
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

/// Heights in pixels; places from left to right are shares of the width, so that words keep their size on every screen.
const ROW: f64 = 38.0;
const LINE: f64 = 16.0;

/// Draws it under a name that nothing else on the page has. Rows have their words above the mark, so that the plot can be read on a phone without turning it.
pub fn draw(h: &mut Html, id: &str, forest: &Forest) {
    let top = 4.0 + LINE * forest.lines.len() as f64;
    let bottom = top + ROW * forest.rows.len() as f64 + 6.0;
    let axis = Axis::over(forest.numbers().chain(forest.beside.iter().copied()), 1.0, 99.0);
    let (title, description) = (format!("{id}-title"), format!("{id}-desc"));
    let (named, height) = (format!("{title} {description}"), at(bottom + 20.0));
    let size = [("width", "100%"), ("height", height.as_str())];
    let named = [("role", "img"), ("aria-labelledby", named.as_str()), ("class", "forest")];
    h.within("svg", &[size.as_slice(), &named].concat(), |h| {
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

impl Forest {
    /// Every number that its scale must hold; zero is always there.
    pub fn numbers(&self) -> impl Iterator<Item = f64> {
        let of_row = |row: &Row| [row.value, row.interval.map(|i| i.0), row.interval.map(|i| i.1)];
        let lines = self.lines.iter().map(|line| Some(line.value));
        self.rows.iter().flat_map(of_row).chain(lines).flatten().chain([0.0])
    }
}

/// A place from left to right.
fn across(axis: &Axis, value: f64) -> String {
    format!("{:.2}%", axis.place(value))
}

fn scale(h: &mut Html, axis: &Axis, top: f64, bottom: f64) {
    for value in axis.marks(4) {
        let x = across(axis, value);
        h.single("line", &[("x1", &x), ("x2", &x), ("y1", &at(top)), ("y2", &at(bottom)), ("class", "grid")]);
        h.leaf("text", &[("x", &x), ("y", &at(bottom + 14.0)), ("class", "axis")], &mark(value));
    }
}

fn vertical(h: &mut Html, axis: &Axis, line: &Line, y: f64, bottom: f64) {
    let x = across(axis, line.value);
    let class = if line.is_limit { "limit" } else { "rule" };
    h.single("line", &[("x1", &x), ("x2", &x), ("y1", &at(y - 8.0)), ("y2", &at(bottom)), ("class", class)]);
    let (shift, anchor) = if axis.place(line.value) > 50.0 { ("-4", "end") } else { ("4", "start") };
    let text = format!("{} {}", line.label, signed(line.value));
    h.leaf("text", &[("x", &x), ("dx", shift), ("y", &at(y)), ("text-anchor", anchor), ("class", "note")], &text);
}

fn draw_row(h: &mut Html, axis: &Axis, row: &Row, top: f64) {
    let (y, class) = (top + 27.0, row.shape.class());
    h.leaf("text", &[("x", "0"), ("y", &at(top + 14.0)), ("class", "label")], &row.label);
    let numbers: Vec<String> =
        row.value.map(signed).into_iter().chain(row.interval.map(|(low, high)| ends(low, high))).collect();
    h.leaf("text", &[("x", "100%"), ("y", &at(top + 14.0)), ("class", "value")], &numbers.join(" "));
    if let Some((low, high)) = row.interval {
        let (from, to, middle) = (across(axis, low), across(axis, high), at(y));
        h.single("line", &[("x1", &from), ("x2", &to), ("y1", &middle), ("y2", &middle), ("class", class)]);
        if row.shape == Shape::Interval {
            for x in [&from, &to] {
                let (above, below) = (at(y - 4.0), at(y + 4.0));
                h.single("line", &[("x1", x), ("x2", x), ("y1", &above), ("y2", &below), ("class", class)]);
            }
        }
    }
    if let Some(value) = row.value {
        row.shape.draw(h, &across(axis, value), y);
    }
}

impl Shape {
    fn class(self) -> &'static str {
        match self {
            Shape::Suspect => "suspect",
            Shape::Clean => "clean",
            Shape::Pooled => "pooled",
            Shape::Interval => "interval",
        }
    }

    fn draw(self, h: &mut Html, x: &str, y: f64) {
        let corners = match self {
            Shape::Interval => return,
            Shape::Clean => return h.single("circle", &[("cx", x), ("cy", &at(y)), ("r", "4.5"), ("class", "clean")]),
            Shape::Suspect => "-4.5,-4.5 4.5,-4.5 4.5,4.5 -4.5,4.5",
            Shape::Pooled => "0,-6 7,0 0,6 -7,0",
        };
        // Corners are no shares of a width: a picture of its own has its origin there.
        h.within("svg", &[("x", x), ("y", &at(y)), ("class", "mark")], |h| {
            h.single("polygon", &[("points", corners), ("class", self.class())]);
        });
    }
}
