//! Sessions in a zone whose clocks change: what people agreed on stays on the wall.

use crate::support::*;
use safetalk_domain::availability::Cause;
use safetalk_domain::decide::Flag;
use safetalk_domain::intent::BookSession;
use safetalk_domain::*;

/// The clinic of [`Desk::new`], moved to another zone, on the eve of `day`.
fn desk_in(name: &str, day: &str) -> Desk {
    let mut desk = Desk::new();
    desk.edit_clinic(|clinic| clinic.facts.zone = zone(name));
    desk.now = zone(name).day(date(day)).span.start.plus_hours(-24 * 10);
    desk
}

fn nine_to_ten(name: &str, day: &str) -> Interval {
    let start = zone(name).earliest(date(day), 9 * 60);
    Interval::new(start, start.plus_minutes(60))
}

#[test]
fn nine_o_clock_is_open_on_every_day_around_a_clock_change_in_six_zones() {
    for (name, days) in [
        (
            "Asia/Kuala_Lumpur",
            ["2026-03-28", "2026-03-29", "2026-03-30"],
        ),
        ("Europe/London", ["2026-03-28", "2026-03-29", "2026-03-30"]),
        ("Europe/London", ["2026-10-24", "2026-10-25", "2026-10-26"]),
        (
            "America/New_York",
            ["2026-03-07", "2026-03-08", "2026-03-09"],
        ),
        (
            "Australia/Lord_Howe",
            ["2026-10-03", "2026-10-04", "2026-10-05"],
        ),
        (
            "America/Sao_Paulo",
            ["2018-11-03", "2018-11-04", "2018-11-05"],
        ),
        (
            "America/New_York",
            ["2026-10-31", "2026-11-01", "2026-11-02"],
        ),
        (
            "Australia/Lord_Howe",
            ["2026-04-04", "2026-04-05", "2026-04-06"],
        ),
        (
            "America/Sao_Paulo",
            ["2018-02-17", "2018-02-18", "2018-02-19"],
        ),
        ("Pacific/Apia", ["2011-12-28", "2011-12-29", "2011-12-31"]),
        ("Pacific/Apia", ["2011-09-23", "2011-09-24", "2011-09-25"]),
    ] {
        let mut desk = desk_in(name, days[0]);
        for (n, day) in (1..).zip(days) {
            let at = nine_to_ten(name, day);
            let flags = desk.accept(book(session_id(n), with_ann(at)));
            assert_eq!(flags, [], "{name} {day}: 09:00 is inside 09:00 to 18:00");
            let early = Interval::new(at.start.plus_minutes(-60), at.start);
            let refusal = desk.refuse(book(session_id(n + 10), with_ann(early)));
            let Refusal::NotAvailable { unavailable } = refusal else {
                panic!("{name} {day}: {refusal:?}")
            };
            assert!(
                matches!(unavailable.therapist[..], [Cause::OutsideHours { .. }]),
                "{name} {day}: 08:00 is before opening, the clock change or not"
            );
        }
    }
}

#[test]
fn a_session_over_midnight_needs_both_days_open() {
    let mut desk = Desk::new();
    desk.put(every_day(Owner::Therapist(ANN), 20 * 60, 24 * 60));
    let night = span("2026-03-03 23:30", 60);
    let refusal = desk.refuse(book(first(), with_ann(night)));
    let Refusal::NotAvailable { unavailable } = refusal else {
        panic!("{refusal:?}")
    };
    let [Cause::OutsideHours { open }] = &unavailable.therapist[..] else {
        panic!("{unavailable:?}")
    };
    assert_eq!(
        open[..],
        [span("2026-03-03 20:00", 240)],
        "open that evening"
    );

    desk.put(Hours {
        owner: Owner::Therapist(ANN),
        week: vec![
            WeekSpan {
                weekday: 1,
                from: 20 * 60,
                to: 24 * 60,
            },
            WeekSpan {
                weekday: 2,
                from: 0,
                to: 60,
            },
        ],
        given_up: false,
    });
    let flags = desk.accept(book(first(), with_ann(night)));
    assert_eq!(
        flags,
        [],
        "Tuesday to 24:00 and Wednesday from 00:00 are one stretch"
    );
    let other = BookSession {
        slot: with_ann(span("2026-03-04 00:15", 20)),
        ..book(session_id(2), with_ann(night))
    };
    assert!(
        matches!(desk.refuse(other), Refusal::NotAvailable { .. }),
        "the next day's small hours are taken by it"
    );
}

#[test]
fn a_session_over_the_doubled_hour_lasts_as_long_as_it_says() {
    let name = "Europe/London";
    let mut desk = desk_in(name, "2026-10-25");
    desk.put(every_day(Owner::Clinic(CLINIC), 0, 24 * 60));
    // 00:30 summer time to 01:30 winter time: two hours.
    let at = Interval::new(utc("2026-10-24 23:30"), utc("2026-10-25 01:30"));
    assert_eq!(desk.accept(book(first(), with_ann(at))), [] as [Flag; 0]);
    let second_half_past_one = Interval::new(utc("2026-10-25 01:15"), utc("2026-10-25 01:45"));
    assert!(
        matches!(
            desk.refuse(book(session_id(2), with_ann(second_half_past_one))),
            Refusal::NotAvailable { .. }
        ),
        "01:15 the second time is still taken"
    );
    let after = Interval::new(utc("2026-10-25 01:30"), utc("2026-10-25 02:00"));
    assert_eq!(desk.accept(book(session_id(3), with_ann(after))), []);
}
