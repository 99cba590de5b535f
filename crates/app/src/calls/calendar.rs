//! The calendar: days with their lanes, and the month beside them.

use super::blocks::blocks;
use super::busy;
use super::time::{Time, shades};
use crate::api::act::Problem;
use crate::api::calendar::*;
use crate::directory::Directory;
use crate::office::Office;
use chrono::{Datelike, Days, NaiveDate};
use safetalk_domain::availability::open_stretches;
use safetalk_domain::refusal::{Field, Invalid};
use safetalk_domain::validate::invalid;
use safetalk_domain::zone::Day;
use safetalk_domain::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The most days of one view.
const MOST_DAYS: u8 = 42;
/// Cancelled sessions leave the calendar after this many days, unless asked for.
const CANCELLED_DAYS: i64 = 7;

/// `calendar.view`.
pub async fn view(office: &Office, request: CalendarRequest) -> Result<CalendarView, Problem> {
    if request.days == 0 || request.days > MOST_DAYS {
        return Err(invalid(
            Field::Length,
            Invalid::TooLarge {
                most: MOST_DAYS.into(),
            },
        )
        .into());
    }
    let directory = Directory::read(office).await?;
    let days: Vec<Day> = request
        .from
        .iter_days()
        .take(request.days.into())
        .map(|date| directory.zone().day(date))
        .collect();
    let window = window(&days);
    let mut sessions = office
        .replica
        .read()
        .await?
        .sessions_in(window, true)
        .await?;
    let since = directory.now.plus_hours(-24 * CANCELLED_DAYS);
    sessions.retain(|s| {
        request.all_cancelled
            || s.facts
                .cancelled
                .is_none_or(|cancelled| cancelled.at >= since)
    });
    let blocks = blocks(office, &directory, &days, &sessions).await?;
    let time = Time::read(office, window).await?;
    let used: BTreeSet<Uuid> = sessions
        .iter()
        .flat_map(|s| {
            let room = s.facts.place.room().map(|room| room.0);
            s.facts.therapists().map(|id| id.0).chain(room)
        })
        .collect();
    let therapists: Vec<_> = directory
        .therapists
        .values()
        .filter(|row| !row.facts.archived || used.contains(&row.id.0))
        .map(|row| directory.therapist(row.id))
        .collect();
    let rooms: Vec<_> = directory
        .rooms
        .values()
        .filter(|row| !row.facts.archived || used.contains(&row.id.0))
        .map(|row| directory.room(row.id))
        .collect();
    let lanes: Vec<ResourceId> = therapists
        .iter()
        .map(|t| t.id.into())
        .chain(rooms.iter().map(|r| r.id.into()))
        .collect();
    let mut shades: Vec<_> = lanes
        .iter()
        .flat_map(|lane| shades(&directory, &time, &days, *lane))
        .collect();
    let busy = busy::busy(office, &directory, &lanes, window).await?;
    shades.extend(busy::shades(&days, &busy));
    Ok(CalendarView {
        now: directory.stamp(directory.now),
        offset_minutes: directory.zone().offset_minutes(window.start),
        days: days
            .iter()
            .map(|day| day_view(&directory, &time, *day, &sessions))
            .collect(),
        therapists: by_name(therapists, |t| &t.name),
        rooms: by_name(rooms, |r| &r.name),
        blocks,
        shades,
    })
}

fn day_view(directory: &Directory, time: &Time, day: Day, sessions: &[Session]) -> DayView {
    let open = directory
        .therapists
        .values()
        .filter(|row| !row.facts.archived)
        .any(|row| {
            let hours = time.week(directory, row.id.into());
            hours.is_none_or(|hours| {
                open_stretches(directory.zone(), hours, day.span)
                    .iter()
                    .any(|stretch| stretch.meets(day.span))
            })
        });
    let now = day
        .span
        .holds(directory.now)
        .then(|| directory.now.minutes_since(day.span.start));
    DayView {
        date: day.date,
        minutes: u16::try_from(day.minutes()).unwrap_or(0),
        now_minute: now.and_then(|minute| u16::try_from(minute).ok()),
        start: directory.stamp(day.span.start),
        open,
        sessions: count(
            sessions
                .iter()
                .filter(|s| stands(s) && day.span.holds(s.facts.at.start))
                .count(),
        ),
        shift: shift(directory.zone(), day),
    }
}

/// Where the clocks change on `day`: the first minute at which they show something else than what has passed.
fn shift(zone: Zone, day: Day) -> Option<ClockShift> {
    let before = zone.offset_minutes(day.span.start);
    let by = zone.offset_minutes(day.span.end) - before;
    if by == 0 {
        return None;
    }
    let (mut low, mut high) = (0, day.minutes());
    while low + 1 < high {
        let middle = (low + high) / 2;
        if zone.offset_minutes(day.span.start.plus_minutes(middle)) == before {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(ClockShift {
        at_minute: u16::try_from(high).ok()?,
        by_minutes: i16::try_from(by).ok()?,
    })
}

/// Whether a session takes place or took place.
pub fn stands(session: &Session) -> bool {
    session.facts.status != SessionStatus::Cancelled
}

/// A count as the screen gets it.
pub fn count(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

pub(super) fn window(days: &[Day]) -> Interval {
    match (days.first(), days.last()) {
        (Some(first), Some(last)) => Interval::new(first.span.start, last.span.end),
        _ => Interval::new(Moment(0), Moment(0)),
    }
}

/// Sorted the way people read names.
pub fn by_name<T>(mut list: Vec<T>, name: impl Fn(&T) -> &String) -> Vec<T> {
    list.sort_by_key(|item| name(item).to_lowercase());
    list
}

/// Six weeks that hold the month of `date`, beginning with the clinic's first weekday.
pub(super) fn six_weeks(directory: &Directory, date: NaiveDate) -> Vec<Day> {
    let first = date.with_day(1).unwrap_or(date);
    let before = (7 + Zone::weekday(first) - directory.clinic.facts.first_weekday.min(6)) % 7;
    first
        .checked_sub_days(Days::new(before.into()))
        .unwrap_or(first)
        .iter_days()
        .take(42)
        .map(|date| directory.zone().day(date))
        .collect()
}

/// `calendar.month`.
pub async fn month(office: &Office, request: MonthRequest) -> Result<MonthView, Problem> {
    let directory = Directory::read(office).await?;
    let first = NaiveDate::from_ymd_opt(request.year, request.month.into(), 1)
        .ok_or_else(|| invalid(Field::Start, Invalid::Unknown))?;
    let days = six_weeks(&directory, first);
    let starts = office
        .replica
        .read()
        .await?
        .starts_in(window(&days))
        .await?;
    let mut per_day: BTreeMap<NaiveDate, u16> = BTreeMap::new();
    for start in starts {
        *per_day.entry(directory.zone().date(start)).or_default() += 1;
    }
    Ok(MonthView {
        today: directory.today(),
        days: days
            .iter()
            .map(|day| MonthDay {
                date: day.date,
                inside: day.date.month() == first.month(),
                sessions: per_day.get(&day.date).copied().unwrap_or(0),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift_of(zone: &str, date: (i32, u32, u32)) -> Option<ClockShift> {
        let zone: Zone = zone.parse().expect("a known zone");
        let date = NaiveDate::from_ymd_opt(date.0, date.1, date.2).expect("a date");
        shift(zone, zone.day(date))
    }

    #[test]
    fn a_day_tells_where_its_clocks_change() {
        let forward = ClockShift {
            at_minute: 60,
            by_minutes: 60,
        };
        assert_eq!(
            shift_of("Europe/London", (2026, 3, 29)),
            Some(forward),
            "at 01:00 the clocks show 02:00"
        );
        let back = ClockShift {
            at_minute: 120,
            by_minutes: -60,
        };
        assert_eq!(
            shift_of("Europe/London", (2026, 10, 25)),
            Some(back),
            "at 02:00 they show 01:00 again"
        );
        let half = ClockShift {
            at_minute: 120,
            by_minutes: 30,
        };
        assert_eq!(
            shift_of("Australia/Lord_Howe", (2026, 10, 4)),
            Some(half),
            "Lord Howe moves by half an hour"
        );
        assert_eq!(
            shift_of("Asia/Kuala_Lumpur", (2026, 3, 29)),
            None,
            "Malaysia does not change its clocks"
        );
    }
}
