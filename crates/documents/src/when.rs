//! Dates and times as a client reads them.

use chrono::{DateTime, Datelike as _, NaiveDate, Offset as _, Timelike as _};
use chrono_tz::Tz;

use crate::error::Error;
use crate::words::Language;
use crate::zone;

/// Twelve or twenty-four hours on the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HourCycle {
    /// 2:00 pm.
    Twelve,
    /// 14:00.
    TwentyFour,
}

/// A span of time, `[start, end)`, UTC seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The first second.
    pub start: i64,
    /// The first second after it.
    pub end: i64,
}

/// A date without a time: "Thursday, 26 November 2026".
#[must_use]
pub fn date_text(language: Language, date: NaiveDate) -> String {
    language.say_with(
        "date-long",
        &[
            ("weekday", &weekday(language, date, "weekday")),
            ("day", &date.day().to_string()),
            ("month", &month(language, date, "month")),
            ("year", &date.year().to_string()),
        ],
    )
}

/// A short date for a subject: "Thu 26 Nov".
pub(crate) fn short_date_text(
    language: Language,
    zone: &str,
    moment: i64,
) -> Result<String, Error> {
    let date = zone::local(zone::named(zone)?, moment)?.date_naive();
    Ok(language.say_with(
        "date-short",
        &[
            ("weekday", &weekday(language, date, "weekday-short")),
            ("day", &date.day().to_string()),
            ("month", &month(language, date, "month-short")),
        ],
    ))
}

/// A slot in the zone: "Thursday, 26 November 2026, 14:00–14:50 (GMT+8)".
///
/// When the clocks change inside the slot, each time carries its own difference from GMT; otherwise the
/// two could read as a session that ends before it starts.
///
/// # Errors
/// When the zone is unknown, a moment is out of range, or the end is not after the start.
pub fn slot_text(
    language: Language,
    cycle: HourCycle,
    zone: &str,
    slot: Slot,
) -> Result<String, Error> {
    let zone = zone::named(zone)?;
    if slot.end <= slot.start {
        return Err(Error::BadMoment);
    }
    let start = zone::local(zone, slot.start)?;
    let end = zone::local(zone, slot.end)?;
    let (from, to) = (
        time_text(language, cycle, &start),
        time_text(language, cycle, &end),
    );
    let (before, after) = (gmt(&start), gmt(&end));
    let times = if before == after {
        format!("{from}–{to} ({before})")
    } else {
        format!("{from} ({before})–{to} ({after})")
    };
    Ok(language.say_with(
        "moment",
        &[
            ("date", &date_text(language, start.date_naive())),
            ("times", &times),
        ],
    ))
}

fn time_text(language: Language, cycle: HourCycle, at: &DateTime<Tz>) -> String {
    match cycle {
        HourCycle::TwentyFour => format!("{:02}:{:02}", at.hour(), at.minute()),
        HourCycle::Twelve => {
            let (pm, hour) = at.hour12();
            let key = if pm { "time-pm" } else { "time-am" };
            language.say_with(key, &[("time", &format!("{hour}:{:02}", at.minute()))])
        }
    }
}

/// The difference from GMT: "GMT+8", "GMT+5:30", "GMT".
fn gmt(at: &DateTime<Tz>) -> String {
    let seconds = at.offset().fix().local_minus_utc();
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
    let sign = if seconds < 0 { '-' } else { '+' };
    match (hours, minutes) {
        (0, 0) => "GMT".to_owned(),
        (_, 0) => format!("GMT{sign}{hours}"),
        _ => format!("GMT{sign}{hours}:{minutes:02}"),
    }
}

fn weekday(language: Language, date: NaiveDate, key: &str) -> String {
    language.say(&format!("{key}-{}", date.weekday().number_from_monday()))
}

fn month(language: Language, date: NaiveDate, key: &str) -> String {
    language.say(&format!("{key}-{}", date.month()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use HourCycle::{Twelve, TwentyFour};
    use Language::{English, Malay};

    /// Thursday, 26 November 2026, 06:00 UTC.
    const AFTERNOON: Slot = Slot {
        start: 1_795_672_800,
        end: 1_795_675_800,
    };

    #[test]
    fn a_slot_reads_as_people_write_it() {
        let table = [
            (
                English,
                TwentyFour,
                "Asia/Kuala_Lumpur",
                "Thursday, 26 November 2026, 14:00–14:50 (GMT+8)",
            ),
            (
                Malay,
                TwentyFour,
                "Asia/Kuala_Lumpur",
                "Khamis, 26 November 2026, 14:00–14:50 (GMT+8)",
            ),
            (
                English,
                Twelve,
                "Asia/Kuala_Lumpur",
                "Thursday, 26 November 2026, 2:00 pm–2:50 pm (GMT+8)",
            ),
            (
                Malay,
                Twelve,
                "Asia/Kuala_Lumpur",
                "Khamis, 26 November 2026, 2:00 PTG–2:50 PTG (GMT+8)",
            ),
            (
                English,
                TwentyFour,
                "Asia/Kolkata",
                "Thursday, 26 November 2026, 11:30–12:20 (GMT+5:30)",
            ),
            (
                English,
                TwentyFour,
                "Europe/London",
                "Thursday, 26 November 2026, 06:00–06:50 (GMT)",
            ),
            (
                English,
                Twelve,
                "America/New_York",
                "Thursday, 26 November 2026, 1:00 am–1:50 am (GMT-5)",
            ),
            (
                English,
                TwentyFour,
                "America/St_Johns",
                "Thursday, 26 November 2026, 02:30–03:20 (GMT-3:30)",
            ),
        ];
        for (language, cycle, zone, expected) in table {
            assert_eq!(
                slot_text(language, cycle, zone, AFTERNOON).as_deref(),
                Ok(expected),
                "{zone}"
            );
        }
    }

    #[test]
    fn a_slot_across_a_clock_change_shows_both_differences() {
        // London, 25 October 2026: at 02:00 BST the clock goes back to 01:00 GMT.
        let night = Slot {
            start: 1_792_888_200,
            end: 1_792_891_800,
        };
        assert_eq!(
            slot_text(English, TwentyFour, "Europe/London", night).as_deref(),
            Ok("Sunday, 25 October 2026, 01:30 (GMT+1)–01:30 (GMT)"),
            "without the differences it would seem to last no time"
        );
    }

    #[test]
    fn midnight_and_noon_are_twelve() {
        let midnight = Slot {
            start: 1_795_622_400,
            end: 1_795_665_600,
        };
        assert_eq!(
            slot_text(English, Twelve, "Asia/Kuala_Lumpur", midnight).as_deref(),
            Ok("Thursday, 26 November 2026, 12:00 am–12:00 pm (GMT+8)")
        );
    }

    #[test]
    fn nonsense_is_refused() {
        let swapped = Slot { start: 10, end: 10 };
        let far = Slot {
            start: i64::MAX - 1,
            end: i64::MAX,
        };
        let text = |zone, slot| slot_text(English, TwentyFour, zone, slot);
        assert_eq!(text("Asia/Kuala_Lumpur", swapped), Err(Error::BadMoment));
        assert_eq!(text("Asia/Kuala_Lumpur", far), Err(Error::BadMoment));
        assert_eq!(text("Mars/Olympus", AFTERNOON), Err(Error::UnknownZone));
    }
}
