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

/// The fault of a line that gives a month, a year or a placeholder where a day is needed.
pub fn not_a_day(line: &str) -> Option<DateFault> {
    KEYS.iter().find_map(|(key, careful)| fault(key, *careful, value_of(line, key)?))
}

/// What stands behind `key =`, without quotes and comment.
fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let part_of_a_key = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    line.match_indices(key).find_map(|(at, _)| {
        let whole = !line[..at].ends_with(part_of_a_key);
        let value = line[at + key.len()..].trim_start().strip_prefix('=').filter(|_| whole)?.trim_start();
        value.trim_start_matches(['"', '\'']).split(['"', '\'', '#', ',', '}', ' ', '\t']).next()
    })
}

fn fault(key: &str, careful: Careful, value: &str) -> Option<DateFault> {
    if value == UNKNOWN_DAY {
        return Some(DateFault {
            what: format!("{key} is not filled in"),
            help: format!("give the day, or write # before the line: without {key} a collection counts as suspect"),
        });
    }
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
