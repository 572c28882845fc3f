//! Tables that scroll inside their own box where the screen is narrower than they are.

use super::markup::Html;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number, at the right.
    Number(String),
    /// An identifier or a path.
    Code(String),
    /// Text out of a collection, or of a check: in whatever language it is.
    Foreign(String),
}

/// Rows of a table; of more, the first ones are shown and all are counted.
pub const MOST_ROWS: usize = 200;

/// Writes a table with a name, its heads and rows.
pub fn table(h: &mut Html, name: &str, heads: &[&str], rows: &[Vec<Cell>], more: &str) {
    // What scrolls must be reachable by keyboard.
    h.within("div", &[("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", name)], |h| {
        h.within("table", &[], |h| {
            h.within("thead", &[], |h| {
                h.within("tr", &[], |h| {
                    for (place, head) in heads.iter().enumerate() {
                        let is_number = matches!(rows.first().and_then(|row| row.get(place)), Some(Cell::Number(_)));
                        let class: &[(&'static str, &str)] = if is_number { &[("class", "number")] } else { &[] };
                        h.leaf("th", &[&[("scope", "col")], class].concat(), head);
                    }
                });
            });
            h.within("tbody", &[], |h| {
                for row in rows.iter().take(MOST_ROWS) {
                    h.within("tr", &[], |h| row.iter().for_each(|one| cell(h, one)));
                }
            });
        });
    });
    if rows.len() > MOST_ROWS {
        h.leaf("p", &[("class", "caption")], &format!("{} {more}", rows.len() - MOST_ROWS));
    }
}

fn cell(h: &mut Html, cell: &Cell) {
    match cell {
        Cell::Text(text) => h.leaf("td", &[], text),
        Cell::Number(text) => h.leaf("td", &[("class", "number")], text),
        Cell::Code(text) => h.within("td", &[], |h| h.leaf("code", &[("dir", "auto")], text)),
        Cell::Foreign(text) => h.leaf("td", &[("dir", "auto"), ("class", "foreign")], text),
    }
}

/// Shorthands for cells.
pub fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

/// A number.
pub fn number(text: impl Into<String>) -> Cell {
    Cell::Number(text.into())
}

/// An identifier.
pub fn code(text: impl Into<String>) -> Cell {
    Cell::Code(text.into())
}

/// Text out of a collection, empty where there is none.
pub fn foreign(text: Option<&str>) -> Cell {
    Cell::Foreign(text.unwrap_or_default().to_owned())
}

/// A list of lines; of more than so many, the first are shown and all are counted.
pub fn list(h: &mut Html, lines: &[String], more: &str) {
    const MOST: usize = 100;
    h.within("ul", &[], |h| {
        for line in lines.iter().take(MOST) {
            h.leaf("li", &[("dir", "auto")], line);
        }
    });
    if lines.len() > MOST {
        h.leaf("p", &[("class", "caption")], &format!("{} {more}", lines.len() - MOST));
    }
}
