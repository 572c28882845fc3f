//! When a collection was published, and so whether a teacher may have seen it.
//!
//! A collection is clean only where that follows from two dates, or where somebody says so. Everything unknown
//! makes it suspect: a wrong "suspect" asks for a date, a wrong "clean" hides a leak.

use super::Role;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error as _, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A day of the calendar, as in `2019-11-15`. In TOML a local date or a string, in JSON a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The date, if the calendar has it.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Date> {
        let exists = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
        exists.then_some(Date { year, month, day })
    }

    /// The last day that there is.
    pub const LAST: Date = Date { year: 9999, month: 12, day: 31 };

    /// So many days later, as far as the calendar goes.
    pub fn plus_days(self, n: u32) -> Date {
        let mut date = self;
        let mut left = n;
        while left > 0 && date != Date::LAST {
            let rest_of_month = u32::from(days(date.year, date.month) - date.day);
            if left <= rest_of_month {
                return Date { day: date.day + left as u8, ..date };
            }
            left -= rest_of_month + 1;
            date = Date { day: 1, ..date }.plus_months(1);
        }
        date
    }

    /// The same day so many months later, or the last of a month that is shorter, as far as the calendar goes.
    pub fn plus_months(self, n: u32) -> Date {
        let months = u64::from(self.year) * 12 + u64::from(self.month - 1) + u64::from(n);
        let (year, month) = (months / 12, (months % 12) as u8 + 1);
        match u16::try_from(year).ok().filter(|year| *year <= Date::LAST.year) {
            Some(year) => Date { year, month, day: self.day.min(days(year, month)) },
            None => Date::LAST,
        }
    }
}

/// The days of a month in the Gregorian calendar.
fn days(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}-{:02}", self.year, self.month, self.day))
    }
}

/// Why a text is not a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotADate(String);

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a date; a date is year-month-day, as in 2019-11-15", super::complaint::quoted(&self.0))
    }
}

impl std::error::Error for NotADate {}

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Date, NotADate> {
        parse(text).ok_or_else(|| NotADate(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Date> {
    let form = |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    if text.len() != "2019-11-15".len() || !text.bytes().enumerate().all(form) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?)
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DateVisitor)
    }
}

struct DateVisitor;

impl<'de> Visitor<'de> for DateVisitor {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as 2019-11-15")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Date, E> {
        text.parse().map_err(E::custom)
    }

    /// TOML hands its own dates over as a map with one private key.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Date, A::Error> {
        let datetime = toml::value::Datetime::deserialize(MapAccessDeserializer::new(map))?;
        match (datetime.date, datetime.time) {
            (Some(date), None) => Date::new(date.year, date.month, date.day)
                .ok_or_else(|| A::Error::custom(NotADate(datetime.to_string()))),
            _ => Err(A::Error::custom(NotADate(datetime.to_string()))),
        }
    }
}

impl JsonSchema for Date {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date",
            "description": "A day of the calendar, as in 2019-11-15."
        })
    }
}

/// What is known about the origin of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// When the queries and judgements were first published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Date>,
    /// The role that somebody gave it, whatever the dates say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Why that role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

impl Provenance {
    /// The role against a teacher's training cut-off, and the reason in words that follow "because".
    ///
    /// The day of the cut-off itself still counts as seen.
    pub fn role(&self, cutoff: Option<Date>) -> (Role, String) {
        if let Some(role) = self.role {
            let because = self.because.as_deref().map(str::trim).filter(|text| !text.is_empty());
            let reason = because.unwrap_or("the config says so, without a reason");
            return (role, reason.to_owned());
        }
        match (self.published, cutoff) {
            (Some(published), Some(cutoff)) if published > cutoff => {
                (Role::Clean, format!("it was published on {published}, after the training cut-off {cutoff}"))
            }
            (Some(published), Some(cutoff)) => {
                (Role::Suspect, format!("it was published on {published}, not after the training cut-off {cutoff}"))
            }
            (None, _) => (Role::Suspect, "it is not known when it was published".to_owned()),
            (Some(published), None) => {
                (Role::Suspect, format!("it was published on {published}, but the training cut-off is not known"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for text in ["2019-11-15", "2000-02-29", "2024-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(date(text).to_string(), text);
        }
        for text in ["2019-02-29", "1900-02-29", "2019-13-01", "2019-00-01", "2019-04-31", "2019-1-1", "0000-01-01"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        for text in ["", "2019", "15.11.2019", "2019-11-15T00:00:00", "+019-11-15", "2019-1é-5", "２０１９-11-15"]
        {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn dates_order_as_time_does() {
        assert!(date("2019-12-31") < date("2020-01-01"));
        assert!(date("2020-01-31") < date("2020-02-01"));
    }

    #[test]
    fn toml_gives_a_date_or_a_text() {
        let read = |text: &str| toml::from_str::<Provenance>(text);
        for text in ["published = 2019-11-15", "published = \"2019-11-15\""] {
            assert_eq!(read(text).unwrap().published, Some(date("2019-11-15")));
        }
        for text in ["published = 2019-11-15T10:00:00", "published = 10:00:00", "published = 2019", "published = \"x\""]
        {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("2019-11-15"), "{error}");
        }
        assert_eq!(serde_json::to_string(&date("2019-11-15")).unwrap(), "\"2019-11-15\"");
    }

    #[test]
    fn a_role_follows_from_dates_and_doubt_makes_suspect() {
        let dated = |text: &str| Provenance { published: Some(date(text)), ..Provenance::default() };
        let said = |role, because: Option<&str>| Provenance {
            role: Some(role),
            because: because.map(str::to_owned),
            ..dated("2019-11-15")
        };
        let cutoff = Some(date("2023-10-01"));
        let cases = [
            (dated("2023-10-02"), cutoff, Role::Clean, "after the training cut-off 2023-10-01"),
            (dated("2023-10-01"), cutoff, Role::Suspect, "not after the training cut-off"),
            (dated("2019-11-15"), cutoff, Role::Suspect, "published on 2019-11-15"),
            (dated("2023-10-02"), None, Role::Suspect, "cut-off is not known"),
            (Provenance::default(), cutoff, Role::Suspect, "not known when"),
            (Provenance::default(), None, Role::Suspect, "not known when"),
            (said(Role::Clean, Some("never left the house")), cutoff, Role::Clean, "never left the house"),
            (said(Role::Clean, Some(" ")), None, Role::Clean, "without a reason"),
            (said(Role::Suspect, None), None, Role::Suspect, "without a reason"),
        ];
        for (provenance, cutoff, role, reason) in cases {
            let (found, why) = provenance.role(cutoff);
            assert_eq!(found, role, "{provenance:?}");
            assert!(why.contains(reason), "{why}");
        }
    }
}
