//! `[lock]`: what `distilgate.lock` holds, and when a collection is due to be replaced.

use crate::collection::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// What the lock holds, and when a collection is due to be replaced. `distilgate fingerprint --update` writes the lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct LockConfig {
    /// The lock, where it is not `distilgate.lock` beside the configuration: configurations of one folder with
    /// different collections need a lock each.
    pub file: String,
    /// `each`: a tag per document, so that drift names it, its identifier and 11 bytes each. `whole`: their number
    /// and one digest, for corpora whose lock would be too large to commit.
    pub documents: LockedDocuments,
    /// The day that counts as today for the age of collections and for what is first seen; left out, `--today`, or the
    /// system's date.
    pub today: Option<Date>,
    /// A collection that was published longer ago is stale. Five years are about as long as TREC's own collections are
    /// in use before their tracks move on, and every teacher in use has had the time to read them.
    pub stale_after: Span,
    /// A collection that has been in the lock for longer is due to be replaced: what decisions were made on for so long
    /// has been tuned to, and is more likely to have leaked.
    pub refresh_after: Span,
}

impl Default for LockConfig {
    fn default() -> LockConfig {
        LockConfig {
            file: "distilgate.lock".to_owned(),
            documents: LockedDocuments::Each,
            today: None,
            stale_after: Span { count: 5, unit: Unit::Year },
            refresh_after: Span { count: 1, unit: Unit::Year },
        }
    }
}

/// How much of the documents a lock holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LockedDocuments {
    /// A tag per document.
    #[default]
    Each,
    /// Their number and one digest.
    Whole,
}

/// A span of the calendar, written as `90 days`, `18 months` or `1 year`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    count: u32,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

const UNITS: [(&str, Unit); 4] =
    [("day", Unit::Day), ("week", Unit::Week), ("month", Unit::Month), ("year", Unit::Year)];

/// A longer span is a mistake in the unit.
const MOST_YEARS: u32 = 1000;

impl Span {
    /// The day on which the span is over that begins on this one.
    pub fn after(self, start: Date) -> Date {
        match self.unit {
            Unit::Day => start.plus_days(self.count),
            Unit::Week => start.plus_days(7 * self.count),
            Unit::Month => start.plus_months(self.count),
            Unit::Year => start.plus_months(12 * self.count),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = UNITS.iter().find(|(_, unit)| *unit == self.unit).map_or("", |(name, _)| name);
        write!(f, "{} {name}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        let read = || {
            let (count, unit) = text.trim().split_once(' ')?;
            let unit = unit.trim().strip_suffix('s').unwrap_or(unit.trim());
            let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit)?;
            let per_year = match unit {
                Unit::Day => 366,
                Unit::Week => 53,
                Unit::Month => 12,
                Unit::Year => 1,
            };
            let count = count.parse().ok().filter(|n| (1..=MOST_YEARS * per_year).contains(n))?;
            Some(Span { count, unit: *unit })
        };
        read().ok_or_else(|| format!("\"{text}\" is no span of time: write 90 days, 18 months or 1 year"))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[1-9][0-9]* (day|week|month|year)s?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written_and_added_to_a_day() {
        for (text, shown, start, end) in [
            ("1 day", "1 day", "2024-02-29", "2024-03-01"),
            ("2 weeks", "2 weeks", "2023-12-25", "2024-01-08"),
            ("1 month", "1 month", "2024-01-31", "2024-02-29"),
            ("18 months", "18 months", "2024-08-31", "2026-02-28"),
            ("1 years", "1 year", "2024-02-29", "2025-02-28"),
            ("5 years", "5 years", "2019-11-15", "2024-11-15"),
            ("1000 years", "1000 years", "9500-01-01", "9999-12-31"),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.to_string(), shown);
            assert_eq!(span.after(start.parse().unwrap()).to_string(), end, "{text} after {start}");
        }
        for text in ["", "1", "year", "0 days", "-1 days", "1.5 years", "1y", "10 minutes", "99999999 days"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
