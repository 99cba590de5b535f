//! Wall-clock time in six zones. Moments are written in UTC, so that the expectation comes from the IANA tables
//! and not from the code under test.

use crate::support::*;
use safetalk_domain::availability::open_stretches;
use safetalk_domain::zone::{Local, is_planned};
use safetalk_domain::*;

const KUALA_LUMPUR: &str = "Asia/Kuala_Lumpur";
const LONDON: &str = "Europe/London";
const NEW_YORK: &str = "America/New_York";
const LORD_HOWE: &str = "Australia/Lord_Howe";
const SAO_PAULO: &str = "America/Sao_Paulo";
const APIA: &str = "Pacific/Apia";
const ALL: [&str; 6] = [KUALA_LUMPUR, LONDON, NEW_YORK, LORD_HOWE, SAO_PAULO, APIA];

#[test]
fn an_ordinary_time_is_one_moment() {
    for (name, day, at, expected) in [
        (KUALA_LUMPUR, "2026-03-02", "09:00", "2026-03-02 01:00"),
        (LONDON, "2026-07-01", "09:00", "2026-07-01 08:00"),
        (NEW_YORK, "2026-01-15", "09:00", "2026-01-15 14:00"),
        (LORD_HOWE, "2026-07-01", "09:00", "2026-06-30 22:30"),
        (SAO_PAULO, "2026-03-02", "09:00", "2026-03-02 12:00"),
        (APIA, "2026-03-02", "09:00", "2026-03-01 20:00"),
    ] {
        let got = zone(name).resolve(date(day), minute(at));
        assert_eq!(got, Local::Once { at: utc(expected) }, "{name} {day} {at}");
    }
}

#[test]
fn a_time_that_clocks_jump_over_never_comes_and_the_first_after_it_is_named() {
    for (name, day, at, next) in [
        (LONDON, "2026-03-29", "01:00", "2026-03-29 01:00"),
        (LONDON, "2026-03-29", "01:59", "2026-03-29 01:00"),
        (NEW_YORK, "2026-03-08", "02:30", "2026-03-08 07:00"),
        // Half an hour only: 02:00 becomes 02:30.
        (LORD_HOWE, "2026-10-04", "02:15", "2026-10-03 15:30"),
        // At midnight: the day begins at 01:00.
        (SAO_PAULO, "2018-11-04", "00:00", "2018-11-04 03:00"),
        (SAO_PAULO, "2018-11-04", "00:59", "2018-11-04 03:00"),
        // A whole day: Apia went from the 29th to the 31st.
        (APIA, "2011-12-30", "00:00", "2011-12-30 10:00"),
        (APIA, "2011-12-30", "12:00", "2011-12-30 10:00"),
        (APIA, "2011-12-30", "23:59", "2011-12-30 10:00"),
    ] {
        let got = zone(name).resolve(date(day), minute(at));
        assert_eq!(got, Local::Never { next: utc(next) }, "{name} {day} {at}");
    }
}

#[test]
fn the_minutes_beside_a_jump_are_ordinary() {
    for (name, day, at, expected) in [
        (LONDON, "2026-03-29", "00:59", "2026-03-29 00:59"),
        (LONDON, "2026-03-29", "02:00", "2026-03-29 01:00"),
        (LORD_HOWE, "2026-10-04", "01:59", "2026-10-03 15:29"),
        (LORD_HOWE, "2026-10-04", "02:30", "2026-10-03 15:30"),
        (SAO_PAULO, "2018-11-04", "01:00", "2018-11-04 03:00"),
        (APIA, "2011-12-29", "23:59", "2011-12-30 09:59"),
        (APIA, "2011-12-31", "00:00", "2011-12-30 10:00"),
    ] {
        let got = zone(name).resolve(date(day), minute(at));
        assert_eq!(got, Local::Once { at: utc(expected) }, "{name} {day} {at}");
    }
}

#[test]
fn a_time_that_clocks_go_back_over_comes_twice() {
    for (name, day, at, first, second) in [
        (
            LONDON,
            "2026-10-25",
            "01:00",
            "2026-10-25 00:00",
            "2026-10-25 01:00",
        ),
        (
            LONDON,
            "2026-10-25",
            "01:59",
            "2026-10-25 00:59",
            "2026-10-25 01:59",
        ),
        (
            NEW_YORK,
            "2026-11-01",
            "01:30",
            "2026-11-01 05:30",
            "2026-11-01 06:30",
        ),
        // Half an hour apart.
        (
            LORD_HOWE,
            "2026-04-05",
            "01:45",
            "2026-04-04 14:45",
            "2026-04-04 15:15",
        ),
        // The last hour of Saturday, again.
        (
            SAO_PAULO,
            "2018-02-17",
            "23:30",
            "2018-02-18 01:30",
            "2018-02-18 02:30",
        ),
    ] {
        let expected = Local::Twice {
            first: utc(first),
            second: utc(second),
        };
        let got = zone(name).resolve(date(day), minute(at));
        assert_eq!(got, expected, "{name} {day} {at}");
        // Read back, each says which of the two it is.
        let zone = zone(name);
        assert!(!zone.comes_again(utc(first)), "{name} {day} {at}, first");
        assert!(zone.comes_again(utc(second)), "{name} {day} {at}, second");
        let over = utc(second).plus_hours(2);
        assert!(!zone.comes_again(over), "{name} {day}, when it is over");
    }
}

#[test]
fn a_day_is_as_long_as_the_clocks_say() {
    for (name, day, hours_and_minutes) in [
        (KUALA_LUMPUR, "2026-03-29", (24, 0)),
        (LONDON, "2026-03-29", (23, 0)),
        (LONDON, "2026-10-25", (25, 0)),
        (NEW_YORK, "2026-03-08", (23, 0)),
        (NEW_YORK, "2026-11-01", (25, 0)),
        (LORD_HOWE, "2026-10-04", (23, 30)),
        (LORD_HOWE, "2026-04-05", (24, 30)),
        (SAO_PAULO, "2018-11-04", (23, 0)),
        (SAO_PAULO, "2018-02-17", (25, 0)),
        (APIA, "2011-12-29", (24, 0)),
        (APIA, "2011-12-30", (0, 0)),
        (APIA, "2011-12-31", (24, 0)),
    ] {
        let (hours, minutes) = hours_and_minutes;
        let got = zone(name).day(date(day)).minutes();
        assert_eq!(got, hours * 60 + minutes, "{name} {day}");
    }
}

#[test]
fn days_follow_each_other_without_a_gap_or_an_overlap_in_every_zone() {
    for name in ALL {
        let zone = zone(name);
        for year in ["2011", "2018", "2026"] {
            let mut day = date(&format!("{year}-01-01"));
            for _ in 0..370 {
                let next = day.succ_opt().expect("there is a tomorrow");
                assert_eq!(
                    zone.day(day).span.end,
                    zone.day(next).span.start,
                    "{name} {day}"
                );
                day = next;
            }
        }
    }
}

#[test]
fn what_the_wall_shows_leads_back_to_the_moment_in_every_zone() {
    for name in ALL {
        let zone = zone(name);
        // Every 30 minutes of a year with all its changes.
        let start = utc("2026-01-01 00:00");
        for half_hour in 0..(365 * 48) {
            let at = start.plus_minutes(half_hour * 30);
            let back = zone.resolve(zone.date(at), zone.wall_minute(at));
            let ok = match back {
                Local::Once { at: one } => one == at,
                Local::Twice { first, second } => first == at || second == at,
                Local::Never { .. } => false,
            };
            assert!(ok, "{name}: {at:?} reads as {back:?}");
        }
    }
}

#[test]
fn hours_from_nine_begin_at_nine_on_both_sides_of_a_clock_change() {
    for (name, days) in [
        (LONDON, ["2026-03-28", "2026-03-29", "2026-03-30"]),
        (LONDON, ["2026-10-24", "2026-10-25", "2026-10-26"]),
        (NEW_YORK, ["2026-03-07", "2026-03-08", "2026-03-09"]),
        (LORD_HOWE, ["2026-10-03", "2026-10-04", "2026-10-05"]),
        (LORD_HOWE, ["2026-04-04", "2026-04-05", "2026-04-06"]),
        (SAO_PAULO, ["2018-11-03", "2018-11-04", "2018-11-05"]),
        (KUALA_LUMPUR, ["2026-03-28", "2026-03-29", "2026-03-30"]),
    ] {
        let zone = zone(name);
        let hours = every_day(Owner::Clinic(CLINIC), 9 * 60, 18 * 60);
        for day in days {
            let noon = zone.earliest(date(day), 12 * 60);
            let open: Vec<_> = open_stretches(zone, &hours, Interval::new(noon, noon + 60))
                .into_iter()
                .filter(|stretch| zone.date(stretch.start) == date(day))
                .collect();
            assert_eq!(open.len(), 1, "{name} {day} is open once");
            assert_eq!(zone.wall_minute(open[0].start), 9 * 60, "{name} {day}");
            assert_eq!(zone.wall_minute(open[0].end), 18 * 60, "{name} {day}");
            assert_eq!(
                open[0].minutes(),
                9 * 60,
                "{name} {day}: the change is at night"
            );
        }
    }
}

#[test]
fn hours_over_a_clock_change_are_open_for_the_time_that_really_passes() {
    for (name, day, minutes) in [
        (LONDON, "2026-03-29", 7 * 60),
        (LONDON, "2026-10-25", 9 * 60),
        (LORD_HOWE, "2026-10-04", 7 * 60 + 30),
        (LORD_HOWE, "2026-04-05", 8 * 60 + 30),
        (SAO_PAULO, "2018-11-04", 7 * 60),
    ] {
        let zone = zone(name);
        let hours = Hours {
            owner: Owner::Clinic(CLINIC),
            week: vec![WeekSpan {
                weekday: Zone::weekday(date(day)),
                from: 0,
                to: 8 * 60,
            }],
            given_up: false,
        };
        let span = zone.day(date(day)).span;
        let open = open_stretches(zone, &hours, span);
        assert_eq!(open.len(), 1, "{name} {day}");
        assert_eq!(
            open[0].minutes(),
            minutes,
            "{name} {day} from 00:00 to 08:00"
        );
    }
}

#[test]
fn hours_to_midnight_join_the_next_day_that_begins_there() {
    for (name, evening) in [
        (KUALA_LUMPUR, "2026-03-06"),
        (SAO_PAULO, "2018-11-03"), // the next day begins at 01:00
        (SAO_PAULO, "2018-02-17"), // the last hour comes twice
        (APIA, "2011-12-29"),      // the next day does not exist
    ] {
        let zone = zone(name);
        let hours = every_day(Owner::Clinic(CLINIC), 0, 24 * 60);
        let around = zone.day(date(evening)).span.padded(0, 60);
        let open = open_stretches(zone, &hours, around);
        assert_eq!(open.len(), 1, "{name}: always open is one stretch");
        assert!(open[0].covers(around), "{name}: over midnight too");
    }
}

#[test]
fn a_date_that_a_zone_left_out_has_no_hours() {
    let zone = zone(APIA);
    let hours = every_day(Owner::Clinic(CLINIC), 9 * 60, 18 * 60);
    let around = Interval::new(utc("2011-12-29 10:00"), utc("2011-12-31 09:00"));
    let starts: Vec<_> = open_stretches(zone, &hours, around)
        .iter()
        .map(|stretch| zone.date(stretch.start).to_string())
        .collect();
    assert_eq!(
        starts,
        ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"],
        "the 30th was never open"
    );
}

#[test]
fn a_moment_beyond_every_calendar_is_read_without_failing() {
    for name in ALL {
        for at in [i64::MIN, -1_i64 << 53, 1 << 53, i64::MAX] {
            let zone = zone(name);
            let _ = (zone.date(Moment(at)), zone.wall_minute(Moment(at)));
            let _ = zone.offset_minutes(Moment(at));
        }
    }
}

#[test]
fn a_date_beyond_every_calendar_is_no_day_to_plan_on_and_is_read_without_failing() {
    for name in ALL {
        for date in [chrono::NaiveDate::MIN, chrono::NaiveDate::MAX] {
            assert!(!is_planned(date), "{date}");
            let zone = zone(name);
            let _ = (zone.day(date), zone.latest(date, 1440));
        }
    }
    assert!(is_planned(date("2026-11-22")));
}
