//! Moments and intervals. All of them are UTC; wall-clock time lives in [`crate::zone`].

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};
use ts_rs::TS;

/// The clinic's running number of a decision; the ledger gives it, without gaps.
pub type Position = i64;

/// 2 January of the year 1, in seconds since 1970.
const YEAR_1: i64 = -62_135_510_400;
/// 30 December of the year 9999, in seconds since 1970.
const YEAR_9999: i64 = 253_402_128_000;

/// A moment in UTC, in whole seconds since 1970. Sessions use whole minutes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(type = "number")]
pub struct Moment(pub i64);

impl Moment {
    /// The moment as chrono knows it; saturates at the years 1 and 9999, so that every zone can still show it.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.clamp(YEAR_1, YEAR_9999), 0)
            .expect("chrono knows every year from 1 to 9999")
    }

    /// `n` minutes later (earlier when negative).
    pub fn plus_minutes(self, n: i64) -> Self {
        Self(self.0.saturating_add(n.saturating_mul(60)))
    }

    /// `n` hours later (earlier when negative).
    pub fn plus_hours(self, n: i64) -> Self {
        self.plus_minutes(n.saturating_mul(60))
    }

    /// Whole minutes from `other` to this moment; negative when this one is earlier.
    pub fn minutes_since(self, other: Self) -> i64 {
        (self.0 - other.0).div_euclid(60)
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp())
    }
}

impl Add<i64> for Moment {
    type Output = Self;
    fn add(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

impl Sub<i64> for Moment {
    type Output = Self;
    fn sub(self, seconds: i64) -> Self {
        Self(self.0.saturating_sub(seconds))
    }
}

/// A half-open stretch of time, `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Interval {
    /// First moment inside.
    pub start: Moment,
    /// First moment no longer inside.
    pub end: Moment,
}

impl Interval {
    /// `[start, end)`. The caller sees to `start < end`; see [`crate::validate`] for what a person typed.
    pub fn new(start: Moment, end: Moment) -> Self {
        Self { start, end }
    }

    /// Whether the two share a moment. Touching ends do not.
    pub fn meets(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies wholly inside.
    pub fn covers(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether `at` lies inside.
    pub fn holds(self, at: Moment) -> bool {
        self.start <= at && at < self.end
    }

    /// Length in whole minutes.
    pub fn minutes(self) -> i64 {
        self.end.minutes_since(self.start)
    }

    /// The same start, `n` minutes longer at the end.
    pub fn extended(self, n: i64) -> Self {
        Self::new(self.start, self.end.plus_minutes(n))
    }

    /// Wider by `before` and `after` minutes.
    pub fn padded(self, before: i64, after: i64) -> Self {
        Self::new(
            self.start.plus_minutes(-before),
            self.end.plus_minutes(after),
        )
    }
}

/// The two times a decision is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// When the person clicked, already clamped to [ledger time of the device's last pull, now].
    /// Notice periods and the earliest no-show use it.
    pub made_at: Moment,
    /// When it is decided. Whether a message may still go uses it.
    pub now: Moment,
}
