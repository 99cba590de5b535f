//! The calendar part of a mail: one iTIP object (RFC 5545, 5546) that puts a session into the client's
//! calendar, moves it there, and takes it out.
//!
//! Written here rather than by the `icalendar` crate, which makes no VTIMEZONE and reads the clock for a
//! missing DTSTAMP; its parser reads every part back in the tests.

use chrono::{DateTime, Duration};
use chrono_tz::Tz;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::clean::{is_id, one_line};
use crate::error::Error;
use crate::when::Slot;
use crate::words::Language;
use crate::zone::{self, Rule};

/// What the client's calendar is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Put the session in, or change it.
    Request,
    /// Take it out.
    Cancel,
}

impl Method {
    /// The word, the same in the MIME type and in the body.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// One session for the client's calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// What is asked.
    pub method: Method,
    /// The session's id. The UID is made of it alone, so it stays the same for the session's life, whatever
    /// mail account the clinic uses.
    pub session_id: String,
    /// The number the ledger keeps with the session: one up on every change and on a cancellation.
    pub sequence: u32,
    /// When the change was made, UTC seconds.
    pub stamp: i64,
    /// When the session is.
    pub slot: Slot,
    /// The clinic's IANA zone.
    pub zone: String,
    /// The client's language, for the title.
    pub language: Language,
    /// The place, where the client should read it.
    pub location: Option<String>,
    /// The clinic's phone, the only thing the description says.
    pub phone: Option<String>,
}

/// The calendar object, CRLF lines of at most 75 octets. `organizer` and `attendee` are the addresses the
/// mail goes from and to: calendars ignore an update whose organizer is not its sender.
///
/// # Errors
/// When the zone, a moment or the id is not good.
pub fn calendar_part(invite: &Invite, organizer: &str, attendee: &str) -> Result<String, Error> {
    if !is_id(&invite.session_id) {
        return Err(Error::BadId);
    }
    if invite.slot.end <= invite.slot.start {
        return Err(Error::BadMoment);
    }
    let zone = zone::named(&invite.zone)?;
    let start = zone::local(zone, invite.slot.start)?;
    let end = zone::local(zone, invite.slot.end)?;
    // A wall-clock time in the hour that comes twice means its first showing (RFC 5545, 3.3.5), so the
    // second one can only be written in UTC.
    let in_utc = zone::is_second_showing(&start) || zone::is_second_showing(&end);

    let mut part = Part::default();
    part.line("BEGIN:VCALENDAR");
    part.line("PRODID:-//SafeTalk//SafeTalk Desktop//EN");
    part.line("VERSION:2.0");
    part.line("CALSCALE:GREGORIAN");
    part.line(&format!("METHOD:{}", invite.method.word()));
    if !in_utc {
        time_zone(&mut part, zone, invite.slot)?;
    }
    part.line("BEGIN:VEVENT");
    part.line(&format!("UID:{}@safetalk", invite.session_id));
    part.line(&format!("SEQUENCE:{}", invite.sequence));
    part.line(&format!("DTSTAMP:{}", utc(invite.stamp)?));
    for (name, moment, at) in [
        ("DTSTART", invite.slot.start, &start),
        ("DTEND", invite.slot.end, &end),
    ] {
        if in_utc {
            part.line(&format!("{name}:{}", utc(moment)?));
        } else {
            part.line(&format!("{name};TZID={}:{}", zone.name(), wall(at)));
        }
    }
    part.text("SUMMARY", &invite.language.say("calendar-title"));
    if let Some(phone) = filled(invite.phone.as_deref()) {
        let questions = invite
            .language
            .say_with("calendar-phone", &[("phone", &phone)]);
        part.text("DESCRIPTION", &questions);
    }
    if let Some(place) = filled(invite.location.as_deref()) {
        part.text("LOCATION", &place);
    }
    part.line(&format!("ORGANIZER:{}", mailto(organizer)));
    part.line(&format!(
        "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:{}",
        mailto(attendee)
    ));
    part.line("CLASS:PRIVATE");
    part.line("TRANSP:OPAQUE");
    part.line(match invite.method {
        Method::Request => "STATUS:CONFIRMED",
        Method::Cancel => "STATUS:CANCELLED",
    });
    part.line("END:VEVENT");
    part.line("END:VCALENDAR");
    Ok(part.0)
}

/// The zone's rules from a year before the session to a year after it: what a calendar needs to place this
/// one event, without a promise about summers to come.
fn time_zone(part: &mut Part, zone: Tz, slot: Slot) -> Result<(), Error> {
    const YEAR: i64 = 366 * 86_400;
    let (from, to) = (slot.start - YEAR, slot.end + YEAR);
    let mut rule = zone::rule(zone, from)?;
    part.line("BEGIN:VTIMEZONE");
    part.line(&format!("TZID:{}", zone.name()));
    observance(part, &rule, rule.offset, "19700101T000000");
    for (moment, next) in zone::changes(zone, from, to)? {
        // An observance begins on the wall clock of the rule before it.
        let utc = DateTime::from_timestamp(moment, 0).ok_or(Error::BadMoment)?;
        let onset = utc.naive_utc() + Duration::seconds(i64::from(rule.offset));
        let onset = onset.format("%Y%m%dT%H%M%S").to_string();
        observance(part, &next, rule.offset, &onset);
        rule = next;
    }
    part.line("END:VTIMEZONE");
    Ok(())
}

fn observance(part: &mut Part, rule: &Rule, before: i32, onset: &str) {
    let kind = if rule.summer { "DAYLIGHT" } else { "STANDARD" };
    part.line(&format!("BEGIN:{kind}"));
    part.line(&format!("DTSTART:{onset}"));
    part.line(&format!("TZOFFSETFROM:{}", offset(before)));
    part.line(&format!("TZOFFSETTO:{}", offset(rule.offset)));
    if let Some(name) = &rule.name {
        part.text("TZNAME", name);
    }
    part.line(&format!("END:{kind}"));
}

fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes, rest) = (
        seconds.abs() / 3600,
        seconds.abs() % 3600 / 60,
        seconds.abs() % 60,
    );
    if rest == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{rest:02}")
    }
}

fn utc(moment: i64) -> Result<String, Error> {
    let at = zone::local(Tz::UTC, moment)?;
    Ok(format!("{}Z", wall(&at)))
}

fn wall(at: &DateTime<Tz>) -> String {
    at.format("%Y%m%dT%H%M%S").to_string()
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(one_line).filter(|text| !text.is_empty())
}

/// An address as a URI. What has a meaning in a calendar line is percent-encoded.
fn mailto(address: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'@')
        .remove(b'.')
        .remove(b'-')
        .remove(b'_')
        .remove(b'~')
        .remove(b'+');
    format!("mailto:{}", utf8_percent_encode(address, RESERVED))
}

/// Content lines, folded as they are added.
#[derive(Default)]
struct Part(String);

impl Part {
    /// A property whose value is text.
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for c in one_line(value).chars() {
            if matches!(c, '\\' | ';' | ',') {
                escaped.push('\\');
            }
            escaped.push(c);
        }
        self.line(&format!("{name}:{escaped}"));
    }

    /// A content line: folded after 75 octets at most, never inside a character (RFC 5545, 3.1).
    fn line(&mut self, content: &str) {
        let mut room = 75;
        for c in content.chars() {
            if c.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = 74;
            }
            room -= c.len_utf8();
            self.0.push(c);
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_line_is_folded_and_unfolds_to_what_was_meant(value in any::<String>()) {
            let mut part = Part::default();
            part.text("SUMMARY", &value);
            let text = part.0;
            prop_assert!(text.ends_with("\r\n"));
            for line in text.trim_end_matches("\r\n").split("\r\n") {
                prop_assert!(line.len() <= 75, "{} octets: {line}", line.len());
                prop_assert!(!line.chars().any(char::is_control), "a control character: {line:?}");
            }
            let unfolded = text.replace("\r\n ", "");
            prop_assert_eq!(unfolded.matches("\r\n").count(), 1, "one property stays one line");
            let mut back = String::new();
            let mut escaped = false;
            for c in unfolded.trim_end_matches("\r\n")["SUMMARY:".len()..].chars() {
                if escaped || c != '\\' {
                    prop_assert!(escaped || !matches!(c, ';' | ','), "a separator unescaped");
                    back.push(c);
                    escaped = false;
                } else {
                    escaped = true;
                }
            }
            prop_assert_eq!(back, one_line(&value));
        }

        #[test]
        fn no_address_leaves_its_line(address in any::<String>()) {
            let uri = mailto(&address);
            prop_assert!(
                uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%@.-_~+:".contains(&byte)),
                "{uri}"
            );
        }
    }
}
