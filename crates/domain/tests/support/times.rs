//! Moments as a person writes them.

use chrono::{NaiveDate, NaiveDateTime, Timelike};
use safetalk_domain::zone::Local;
use safetalk_domain::{Interval, Moment, Zone};

pub fn zone(name: &str) -> Zone {
    name.parse().expect("a zone of the IANA database")
}

pub fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date as 2026-03-02")
}

/// Minutes after midnight of "09:30".
pub fn minute(text: &str) -> u16 {
    let (hour, minute) = text.split_once(':').expect("a time as 09:30");
    hour.parse::<u16>().expect("hours") * 60 + minute.parse::<u16>().expect("minutes")
}

/// A wall-clock time that exists once in `zone`.
pub fn local(zone: Zone, text: &str) -> Moment {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("2026-03-02 09:00");
    let minute = u16::try_from(wall.hour() * 60 + wall.minute()).expect("a minute of the day");
    match zone.resolve(wall.date(), minute) {
        Local::Once { at } => at,
        other => panic!("{text} is not one moment in {zone:?}: {other:?}"),
    }
}

/// A wall-clock time in Kuala Lumpur, where the clinic is.
pub fn kl(text: &str) -> Moment {
    local(zone("Asia/Kuala_Lumpur"), text)
}

/// From a time in Kuala Lumpur, so many minutes long.
pub fn span(text: &str, minutes: i64) -> Interval {
    let start = kl(text);
    Interval::new(start, start.plus_minutes(minutes))
}

/// A moment in UTC, written as "2011-12-30 10:00".
pub fn utc(text: &str) -> Moment {
    local(Zone::UTC, text)
}
