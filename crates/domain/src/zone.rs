//! Wall-clock time. The only place that turns a date and a time on the wall into a moment and back.
//!
//! A local time may not exist (clocks went forward) or exist twice (they went back). Nothing here guesses for a
//! person: [`Zone::resolve`] says which it is. Rules that have no one to ask (hours, repetitions) use
//! [`Zone::earliest`] and [`Zone::latest`].

use crate::time::{Interval, Moment};
use chrono::{Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// Minutes in an ordinary day, and the largest minute of a wall clock.
pub const DAY_MINUTES: u16 = 1440;

/// An IANA time zone, such as `Asia/Kuala_Lumpur`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, TS)]
#[ts(type = "string")]
pub struct Zone(Tz);

/// What a date and a time on the wall mean in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Local {
    /// The usual case.
    Once {
        /// The moment.
        at: Moment,
    },
    /// Clocks go back over this time: it comes twice.
    Twice {
        /// Before the clocks go back.
        first: Moment,
        /// After.
        second: Moment,
    },
    /// Clocks go forward over this time: it never comes.
    Never {
        /// The first moment after the gap.
        next: Moment,
    },
}

/// One calendar day of a zone: 23, 24 or 25 hours, and once in Apia none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The date on the wall.
    pub date: NaiveDate,
    /// From its first moment to the next day's first.
    pub span: Interval,
}

impl Day {
    /// Length in minutes.
    pub fn minutes(self) -> i64 {
        self.span.minutes()
    }
}

/// The name given is not in the IANA database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone")]
pub struct UnknownZone;

impl Zone {
    /// UTC itself.
    pub const UTC: Self = Self(Tz::UTC);

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The underlying zone, for formatting.
    pub fn tz(self) -> Tz {
        self.0
    }

    /// What `minute` (0..=1440 after midnight on the wall) of `date` means here.
    pub fn resolve(self, date: NaiveDate, minute: u16) -> Local {
        let wall = wall(date, minute);
        match self.0.from_local_datetime(&wall) {
            LocalResult::Single(at) => Local::Once {
                at: at.to_utc().into(),
            },
            LocalResult::Ambiguous(a, b) => {
                let (a, b): (Moment, Moment) = (a.to_utc().into(), b.to_utc().into());
                Local::Twice {
                    first: a.min(b),
                    second: a.max(b),
                }
            }
            LocalResult::None => Local::Never {
                next: self.after_gap(wall),
            },
        }
    }

    /// The first moment this wall time can mean; after a gap, the gap's end.
    pub fn earliest(self, date: NaiveDate, minute: u16) -> Moment {
        match self.resolve(date, minute) {
            Local::Once { at } => at,
            Local::Twice { first, .. } => first,
            Local::Never { next } => next,
        }
    }

    /// The last moment this wall time can mean; after a gap, the gap's end.
    pub fn latest(self, date: NaiveDate, minute: u16) -> Moment {
        match self.resolve(date, minute) {
            Local::Twice { second, .. } => second,
            _ => self.earliest(date, minute),
        }
    }

    /// The calendar day `date`.
    pub fn day(self, date: NaiveDate) -> Day {
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        Day {
            date,
            span: Interval::new(self.earliest(date, 0), self.earliest(next, 0)),
        }
    }

    /// The date on the wall at `at`.
    pub fn date(self, at: Moment) -> NaiveDate {
        at.utc().with_timezone(&self.0).date_naive()
    }

    /// Minutes after midnight that the wall clock shows at `at`.
    pub fn wall_minute(self, at: Moment) -> u16 {
        let local = at.utc().with_timezone(&self.0);
        u16::try_from(local.hour() * 60 + local.minute()).unwrap_or(0)
    }

    /// Whether the wall clock shows at `at` what it has shown before: the clocks went back over it.
    pub fn comes_again(self, at: Moment) -> bool {
        let zone = self.0;
        let wall = at.utc().with_timezone(&zone).naive_local();
        match zone.from_local_datetime(&wall) {
            LocalResult::Ambiguous(a, b) => at == a.to_utc().max(b.to_utc()).into(),
            LocalResult::Single(_) | LocalResult::None => false,
        }
    }

    /// Minutes east of UTC at `at`.
    pub fn offset_minutes(self, at: Moment) -> i32 {
        at.utc()
            .with_timezone(&self.0)
            .offset()
            .fix()
            .local_minus_utc()
            / 60
    }

    /// Weekday of a date, 0 = Monday.
    pub fn weekday(date: NaiveDate) -> u8 {
        u8::try_from(date.weekday().num_days_from_monday()).unwrap_or(0)
    }

    /// The end of the gap that swallows `wall`. Gaps are at most a day (Apia, 2011), so a bounded search suffices.
    fn after_gap(self, wall: NaiveDateTime) -> Moment {
        let mut low = 0;
        let mut high = i64::from(DAY_MINUTES) * 2;
        while low + 1 < high {
            let middle = (low + high) / 2;
            match self
                .0
                .from_local_datetime(&(wall + chrono::Duration::minutes(middle)))
            {
                LocalResult::None => low = middle,
                _ => high = middle,
            }
        }
        match self
            .0
            .from_local_datetime(&(wall + chrono::Duration::minutes(high)))
        {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc().into(),
            LocalResult::None => Moment(wall.and_utc().timestamp()),
        }
    }
}

/// The first and the last year a clinic plans in. What lies outside is moved to the nearest of their days, because no
/// calendar can count on from the last date there is.
const YEARS: (i32, i32) = (1900, 2999);

/// Whether a clinic can plan on this day.
pub fn is_planned(date: NaiveDate) -> bool {
    (YEARS.0..=YEARS.1).contains(&date.year())
}

fn wall(date: NaiveDate, minute: u16) -> NaiveDateTime {
    let year = date.year().clamp(YEARS.0, YEARS.1);
    let date = if is_planned(date) {
        date
    } else {
        NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(date)
    };
    date.and_time(chrono::NaiveTime::MIN) + chrono::Duration::minutes(i64::from(minute))
}

impl FromStr for Zone {
    type Err = UnknownZone;
    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        name.parse::<Tz>().map(Self).map_err(|_| UnknownZone)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}
