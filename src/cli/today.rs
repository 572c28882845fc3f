//! Which day it is: as given, so that a run can be repeated, or as the system says.

use crate::collection::Date;
use crate::config::LockConfig;
use junit_report::OffsetDateTime;

/// The day for the age of collections and for what is first seen: `given` on the command line, else that of `[lock]`,
/// else that of `SOURCE_DATE_EPOCH`, else the system's in UTC.
pub fn today(given: Option<Date>, lock: &LockConfig) -> Date {
    let fixed = || {
        let seconds = super::check::fixed_time()?;
        OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(day)
    };
    given.or(lock.today).or_else(fixed).unwrap_or_else(by_the_clock)
}

/// Today in UTC. A clock outside the calendar says its last day: then everything is old, and no waiver holds.
pub fn by_the_clock() -> Date {
    day(OffsetDateTime::now_utc()).unwrap_or(Date::LAST)
}

fn day(time: OffsetDateTime) -> Option<Date> {
    let date = time.date();
    Date::new(u16::try_from(date.year()).ok()?, u8::from(date.month()), date.day())
}
