//! Tables: rows of blocks on a narrow screen, and a box to scroll in where a wider one is still too narrow.

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
    /// What a check says, in the language of this code.
    Said(String, &'static str),
}

/// Lines of a list; of more, the first ones are shown and all are counted.
pub const MOST_LINES: usize = 100;

/// Rows of a table; of more, the first ones are shown and all are counted.
pub const MOST_ROWS: usize = 200;

/// Writes a table with a name, its heads and rows. A column of texts that are all empty is left out. On a narrow screen each
/// row is a block in which every cell has its head beside it, so that nothing lies off the screen.
pub fn table(h: &mut Html, name: &str, heads: &[&str], rows: &[Vec<Cell>], more: &str) {
    let shown =
        |place: &usize| rows.is_empty() || rows.iter().any(|row| row.get(*place).is_some_and(|cell| !cell.is_gap()));
    let columns: Vec<usize> = (0..heads.len()).filter(shown).collect();
    // What scrolls must be reachable by keyboard.
    h.within("div", &[("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", name)], |h| {
        // The roles are those of the elements. They are said, for a style sheet that makes blocks of rows takes them away.
        h.within("table", &[("role", "table")], |h| {
            h.within("thead", &[("role", "rowgroup")], |h| {
                h.within("tr", &[("role", "row")], |h| {
                    for &place in &columns {
                        let is_number = matches!(rows.first().and_then(|row| row.get(place)), Some(Cell::Number(_)));
                        let class: &[(&'static str, &str)] = if is_number { &[("class", "number")] } else { &[] };
                        h.leaf("th", &[&[("scope", "col"), ("role", "columnheader")], class].concat(), heads[place]);
                    }
                });
            });
            h.within("tbody", &[("role", "rowgroup")], |h| {
                for row in rows.iter().take(MOST_ROWS) {
                    h.within("tr", &[("role", "row")], |h| {
                        columns
                            .iter()
                            .filter_map(|place| Some((heads[*place], row.get(*place)?)))
                            .for_each(|(head, one)| cell(h, head, one));
                    });
                }
            });
        });
    });
    left_out(h, rows.len().saturating_sub(MOST_ROWS), more);
}

/// Says how many are not shown, where some are not.
pub fn left_out(h: &mut Html, n: usize, more: &str) {
    if n > 0 {
        h.leaf("p", &[("class", "caption")], &format!("{n} {more}"));
    }
}

impl Cell {
    /// Whether it is a text that is not there.
    fn is_gap(&self) -> bool {
        matches!(self, Cell::Foreign(text) if text.is_empty())
    }
}

/// A cell with the head of its column, which stands beside it on a narrow screen.
fn cell(h: &mut Html, head: &str, cell: &Cell) {
    let kind: &[(&'static str, &str)] = match cell {
        Cell::Text(_) | Cell::Code(_) => &[],
        Cell::Number(_) => &[("class", "number")],
        Cell::Foreign(text) if text.is_empty() => &[("class", "foreign gap")],
        Cell::Foreign(_) => &[("dir", "auto"), ("class", "foreign")],
        Cell::Said(_, code) => &[("dir", "auto"), ("class", "foreign"), ("lang", code)],
    };
    h.within("td", &[&[("role", "cell"), ("data-label", head)], kind].concat(), |h| match cell {
        Cell::Code(text) => h.leaf("code", &[("dir", "auto")], text),
        Cell::Text(text) | Cell::Number(text) | Cell::Foreign(text) | Cell::Said(text, _) => h.leaf("span", &[], text),
    });
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
    h.within("ul", &[], |h| {
        for line in lines.iter().take(MOST_LINES) {
            h.leaf("li", &[("dir", "auto")], line);
        }
    });
    left_out(h, lines.len().saturating_sub(MOST_LINES), more);
}
