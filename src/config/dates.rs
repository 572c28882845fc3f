//! Dates that are no whole day, and which day to give instead: vendors publish months.
//!
//! The careful day is the one that makes more collections suspect: the last for what a teacher may have read, the first
//! for what was published. A wrong "clean" hides a leak.

use crate::collection::Date;

/// What `distilgate init` writes for a date that it cannot know.
pub const UNKNOWN_DAY: &str = "YYYY-MM-DD";

/// The keys that hold dates, with the day that is careful for each.
const KEYS: [(&str, Careful); 3] = [
    ("training-cutoff", Careful::Last("everything of that time then counts as read")),
    ("published", Careful::First("a day that is too late could call it clean, and hide a leak")),
    ("until", Careful::Last("a waiver holds on its last day too")),
];

/// Which day of a month or year to give, and why.
#[derive(Clone, Copy)]
enum Careful {
    First(&'static str),
    Last(&'static str),
}

/// What is wrong with a date, and what to write.
#[derive(Debug, PartialEq, Eq)]
pub struct DateFault {
    /// What is wrong.
    pub what: String,
    /// What to write.
    pub help: String,
}

/// The fault of a value that should be a day and at which an error of the text is, at a byte offset.
pub fn not_a_day(text: &str, at: usize) -> Option<DateFault> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |before| before + 1);
    let line = text[start..].lines().next()?;
    KEYS.iter().find_map(|(key, careful)| fault(key, *careful, value_of(line, key, at - start)?))
}

/// The value behind `key =` where the error is at it, without quotes and comment. The key begins the line, or an entry of
/// a table in braces.
fn value_of<'a>(line: &'a str, key: &str, at: usize) -> Option<&'a str> {
    line.match_indices(key).find_map(|(begin, _)| {
        let begins = line[..begin].trim_end();
        let rest = line[begin + key.len()..].trim_start().strip_prefix('=')?.trim_start();
        let value = rest.split(['#', ',', '}']).next()?.trim_end();
        let from = line.len() - rest.len();
        let is_it = begins.is_empty() || begins.ends_with(['{', ',']);
        (is_it && (from..=from + value.len()).contains(&at)).then(|| value.trim_matches(['"', '\'']))
    })
}

fn fault(key: &str, careful: Careful, value: &str) -> Option<DateFault> {
    if value == UNKNOWN_DAY {
        return Some(DateFault {
            what: format!("{key} is not filled in"),
            help: format!("give the day, or write # before the line: without {key} a collection counts as suspect"),
        });
    }
    Some(part_of_a_date(key, careful, value).unwrap_or_else(|| DateFault {
        what: format!("{key} has to be a day, and {value:?} is none"),
        help: format!("write it as {key} = 2019-11-15: the year, the month from 01 to 12, the day"),
    }))
}

/// A year or a month, and which day of it to give.
fn part_of_a_date(key: &str, careful: Careful, value: &str) -> Option<DateFault> {
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten();
    let (year, month) = match value.split_once('-') {
        Some((year, month)) if month.len() <= 2 => (year, Some(number(month)?)),
        Some(_) => return None,
        None => (value, None),
    };
    let year = number(year).filter(|_| year.len() == 4)?;
    let (kind, first, last) = match month {
        Some(month) => ("month", month as u8, month as u8),
        None => ("year", 1, 12),
    };
    let (which, day, why) = match careful {
        Careful::First(why) => ("first", Date::new(year, first, 1)?, why),
        Careful::Last(why) => ("last", (28..=31).rev().find_map(|day| Date::new(year, last, day))?, why),
    };
    Some(DateFault {
        what: format!("{key} is a {kind}, {value}, and has to be a day"),
        help: format!("give a whole day; for a {kind} its {which}: {key} = {day} ({why})"),
    })
}
