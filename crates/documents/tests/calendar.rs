//! The calendar part, read back by the `icalendar` crate's parser, in zones whose clocks change in every way.

use chrono::{DateTime, NaiveDateTime, Utc};
use icalendar::parser::{Component, read_calendar, unfold};
use proptest::prelude::*;
use safetalk_documents::{Error, Invite, Language, Method, Slot, calendar_part};

fn invite(zone: &str, slot: Slot) -> Invite {
    Invite {
        method: Method::Request,
        session_id: "0198c5a2-0000-7abc-8def-0123456789ab".to_owned(),
        sequence: 3,
        stamp: 1_795_000_000,
        slot,
        zone: zone.to_owned(),
        language: Language::Malay,
        location: Some("12, Jalan Bukit; Blok \\B".to_owned()),
        phone: Some("+60 3-1234 5678".to_owned()),
    }
}

fn part(invite: &Invite) -> Result<String, Error> {
    calendar_part(invite, "clinic@example.org", "o'hara+1@example.net")
}

fn slot(start: i64) -> Slot {
    Slot {
        start,
        end: start + 3000,
    }
}

fn value<'a>(component: &'a Component<'_>, name: &str) -> &'a str {
    component
        .properties
        .iter()
        .find(|property| property.name.as_str() == name)
        .map(|property| property.val.as_str())
        .unwrap_or_else(|| panic!("{name} is missing"))
}

/// A local time with the offset that the part's own VTIMEZONE gives it (RFC 5545, 3.6.5: the observance
/// that began last).
fn by_its_own_rules(zone: &Component<'_>, local: &str) -> DateTime<Utc> {
    let read =
        |text: &str| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").expect("a local time");
    let local = read(local);
    let observance = zone
        .components
        .iter()
        .filter(|observance| read(value(observance, "DTSTART")) <= local)
        .max_by_key(|observance| read(value(observance, "DTSTART")))
        .expect("a rule in force");
    let offset = value(observance, "TZOFFSETTO");
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let hours: i64 = offset[1..3].parse().expect("hours");
    let minutes: i64 = offset[3..5].parse().expect("minutes");
    (local - chrono::Duration::minutes(sign * (hours * 60 + minutes))).and_utc()
}

#[test]
fn a_request_and_a_cancellation_as_they_are_sent() {
    let mut invite = invite("Europe/London", slot(1_795_672_800));
    insta::assert_snapshot!("request", part(&invite).expect("a good invite"));
    invite.method = Method::Cancel;
    invite.sequence = 4;
    invite.zone = "Asia/Kuala_Lumpur".to_owned();
    invite.language = Language::English;
    invite.location = None;
    insta::assert_snapshot!("cancel", part(&invite).expect("a good invite"));
}

#[test]
fn the_uid_depends_on_the_session_alone() {
    let first = invite("Europe/London", slot(1_795_672_800));
    let mut later = invite("Asia/Kuala_Lumpur", slot(1_799_000_000));
    later.method = Method::Cancel;
    later.sequence = 9;
    let uid = |invite: &Invite, organizer: &str| {
        let text = calendar_part(invite, organizer, "client@example.net").expect("a good invite");
        let line = text.lines().find(|line| line.starts_with("UID:"));
        line.expect("a UID").to_owned()
    };
    assert_eq!(
        uid(&first, "clinic@example.org"),
        uid(&later, "new@example.com"),
        "a move, a cancellation and a new mail account speak of the same entry"
    );
}

#[test]
fn the_hour_that_comes_twice_is_told_apart() {
    // London, 25 October 2026: 00:30 UTC is 01:30 summer time, 01:30 UTC is 01:30 winter time.
    let first = part(&invite(
        "Europe/London",
        Slot {
            start: 1_792_888_200,
            end: 1_792_889_100,
        },
    ));
    let second = part(&invite(
        "Europe/London",
        Slot {
            start: 1_792_891_800,
            end: 1_792_892_700,
        },
    ));
    let (first, second) = (first.expect("good"), second.expect("good"));
    assert!(
        first.contains("DTSTART;TZID=Europe/London:20261025T013000"),
        "a wall-clock time means its first showing: {first}"
    );
    assert!(
        second.contains("DTSTART:20261025T013000Z") && !second.contains("TZID"),
        "the second showing can only be said in UTC: {second}"
    );
}

#[test]
fn nonsense_is_refused() {
    let good = || invite("Europe/London", slot(1_795_672_800));
    let mut bad = good();
    bad.zone = "Europe/Atlantis".to_owned();
    assert_eq!(part(&bad), Err(Error::UnknownZone));
    let mut bad = good();
    bad.session_id = "x\r\nATTENDEE:mailto:evil@example.org".to_owned();
    assert_eq!(part(&bad), Err(Error::BadId));
    let mut bad = good();
    bad.slot.end = bad.slot.start;
    assert_eq!(part(&bad), Err(Error::BadMoment));
    let mut bad = good();
    bad.slot = slot(i64::MAX - 4000);
    assert_eq!(part(&bad), Err(Error::BadMoment));
}

proptest! {
    #[test]
    fn a_parser_reads_back_the_very_moments(
        zone in prop::sample::select(vec![
            "Asia/Kuala_Lumpur", "Europe/London", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe",
            "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata", "America/St_Johns",
        ]),
        // 2005 to 2040, on the second: summer times come and go, and Apia skips a whole day in 2011.
        start in 1_104_537_600_i64..2_208_988_800,
        minutes in 5_i64..1440,
    ) {
        let slot = Slot { start, end: start + minutes * 60 };
        let text = part(&invite(zone, slot)).expect("a good invite");
        let unfolded = unfold(&text);
        let calendar = read_calendar(&unfolded).expect("it parses");
        let find = |name: &str| calendar.components.iter().find(|c| c.name.as_str() == name);
        let event = find("VEVENT").expect("an event");
        for (name, moment) in [("DTSTART", slot.start), ("DTEND", slot.end)] {
            let written = value(event, name);
            let read = match written.strip_suffix('Z') {
                Some(utc) => NaiveDateTime::parse_from_str(utc, "%Y%m%dT%H%M%S").expect("UTC").and_utc(),
                None => {
                    let rules = find("VTIMEZONE").expect("a zone");
                    prop_assert_eq!(value(rules, "TZID"), zone);
                    by_its_own_rules(rules, written)
                }
            };
            prop_assert_eq!(read.timestamp(), moment, "{} in {}", name, zone);
        }
        prop_assert_eq!(value(event, "SEQUENCE"), "3");
        prop_assert_eq!(value(event, "CLASS"), "PRIVATE");
        prop_assert_eq!(value(event, "ORGANIZER"), "mailto:clinic@example.org");
        prop_assert_eq!(value(event, "ATTENDEE"), "mailto:o%27hara+1@example.net");
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75));
    }
}
