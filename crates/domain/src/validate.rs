//! What a person typed, checked before it becomes part of a row.

use crate::refusal::{Field, Invalid, Refusal};
use crate::{ClinicFacts, Interval, Moment, Money, WeekSpan};

/// The most characters of a name.
pub const NAME: usize = 120;
/// The most characters of a line.
pub const LINE: usize = 300;
/// The most characters of a text of several lines.
pub const TEXT: usize = 2_000;

/// The numbers a form takes: the same for the core and the screens.
pub mod limits {
    /// Two bounds, both allowed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Bounds {
        /// The least.
        pub least: i64,
        /// The most.
        pub most: i64,
    }

    const fn up_to(most: i64) -> Bounds {
        Bounds { least: 0, most }
    }

    /// An amount, in minor units.
    pub const AMOUNT: Bounds = up_to(crate::money::MOST_MINOR);
    /// A buffer or a turnover.
    pub const AROUND_MINUTES: Bounds = up_to(crate::gather::MOST_AROUND_MINUTES);
    /// What a service takes.
    pub const SERVICE_MINUTES: Bounds = Bounds {
        least: 5,
        most: 24 * 60,
    };
    /// How far apart the times that a service is offered at are.
    pub const STEP_MINUTES: Bounds = SERVICE_MINUTES;
    /// The days an invoice can be given.
    pub const DUE_DAYS: Bounds = up_to(365);
    /// The hours of notice a clinic can ask for: at most four weeks.
    pub const NOTICE_HOURS: Bounds = up_to(24 * 28);
    /// The number of an invoice.
    pub const INVOICE_NUMBER: Bounds = Bounds {
        least: 1,
        most: 999_999_999,
    };

    /// All of them, by the name a screen knows them by.
    pub const ALL: [(&str, Bounds); 7] = [
        ("amount", AMOUNT),
        ("around_minutes", AROUND_MINUTES),
        ("service_minutes", SERVICE_MINUTES),
        ("step_minutes", STEP_MINUTES),
        ("due_days", DUE_DAYS),
        ("notice_hours", NOTICE_HOURS),
        ("invoice_number", INVOICE_NUMBER),
    ];
}

/// The years a session can be in, 1970 to 2199: anything else is a slip of the keyboard.
const CALENDAR: Interval = Interval {
    start: Moment(0),
    end: Moment(7_258_118_400),
};

/// The refusal of `field` for `problem`.
pub fn invalid(field: Field, problem: Invalid) -> Refusal {
    Refusal::Invalid { field, problem }
}

/// A name or line: trimmed, not empty, at most `most` characters, no control characters.
pub fn line(field: Field, text: &str, most: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid(field, Invalid::Empty));
    }
    bounded(field, text, most)?;
    if text.chars().any(char::is_control) {
        return Err(invalid(field, Invalid::Characters));
    }
    Ok(text.to_owned())
}

/// As [`line`], but nothing is allowed too.
pub fn optional_line(
    field: Field,
    text: Option<&str>,
    most: usize,
) -> Result<Option<String>, Refusal> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => line(field, text, most).map(Some),
    }
}

/// A text of several lines, or nothing.
pub fn optional_text(field: Field, text: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    bounded(field, text, TEXT)?;
    if text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t')
    {
        return Err(invalid(field, Invalid::Characters));
    }
    Ok(Some(text.replace("\r\n", "\n")))
}

fn bounded(field: Field, text: &str, most: usize) -> Result<(), Refusal> {
    if text.chars().count() > most {
        return Err(invalid(
            field,
            Invalid::TooLong {
                most: u32::try_from(most).unwrap_or(u32::MAX),
            },
        ));
    }
    Ok(())
}

/// An email address a mail server can be asked to deliver to: one `@`, a dotted host, no spaces or control characters.
pub fn email(field: Field, text: &str) -> Result<String, Refusal> {
    let text = line(field, text, 254)?;
    let bad = || invalid(field, Invalid::NotAnEmail);
    let (local, host) = text.rsplit_once('@').ok_or_else(bad)?;
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if local_ok && host.contains('.') && host.split('.').all(label_ok) {
        Ok(text)
    } else {
        Err(bad())
    }
}

/// A number in E.164: `+`, then 7 to 15 digits, not beginning with 0.
pub fn phone(field: Field, text: &str) -> Result<String, Refusal> {
    let text = line(field, text, 32)?;
    let digits = text.strip_prefix('+').unwrap_or("");
    let ok = (7..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    if ok {
        Ok(text)
    } else {
        Err(invalid(field, Invalid::NotAPhone))
    }
}

/// An amount: the clinic's currency, not below zero, not absurd.
pub fn amount(amount: Money, clinic: &ClinicFacts) -> Result<Money, Refusal> {
    if amount.currency != clinic.currency {
        return Err(invalid(Field::Amount, Invalid::OtherCurrency));
    }
    within(Field::Amount, amount.minor, limits::AMOUNT)?;
    Ok(amount)
}

/// An amount somebody is asked to pay: a price may be nothing, an invoice over nothing is a slip.
pub fn owed(owed: Money, clinic: &ClinicFacts) -> Result<Money, Refusal> {
    let owed = amount(owed, clinic)?;
    between(Field::Amount, owed.minor, 1, limits::AMOUNT.most)?;
    Ok(owed)
}

/// A number between two bounds, both allowed.
pub fn between(field: Field, n: i64, least: i64, most: i64) -> Result<(), Refusal> {
    if n < least {
        Err(invalid(field, Invalid::TooSmall { least }))
    } else if n > most {
        Err(invalid(field, Invalid::TooLarge { most }))
    } else {
        Ok(())
    }
}

/// A number within its limits.
pub fn within(field: Field, n: i64, bounds: limits::Bounds) -> Result<(), Refusal> {
    between(field, n, bounds.least, bounds.most)
}

/// A session's stretch: whole minutes, the end after the start, at most 24 hours, in a year of this or the next century.
pub fn stretch(at: Interval) -> Result<(), Refusal> {
    if at.start.0.rem_euclid(60) != 0 {
        return Err(invalid(Field::Start, Invalid::NotAMinute));
    }
    if at.end.0.rem_euclid(60) != 0 {
        return Err(invalid(Field::End, Invalid::NotAMinute));
    }
    if at.end <= at.start {
        return Err(invalid(Field::End, Invalid::EndBeforeStart));
    }
    if !CALENDAR.holds(at.start) {
        return Err(invalid(Field::Start, Invalid::Unknown));
    }
    between(Field::Length, at.minutes(), 1, 24 * 60)
}

/// A week: known days, each stretch forwards, none overlapping another.
pub fn week(week: &[WeekSpan]) -> Result<Vec<WeekSpan>, Refusal> {
    let mut week = week.to_vec();
    week.sort_by_key(|span| (span.weekday, span.from));
    for span in &week {
        if span.weekday > 6 || span.to > crate::zone::DAY_MINUTES {
            return Err(invalid(Field::Hours, Invalid::Unknown));
        }
        if span.to <= span.from {
            return Err(invalid(Field::Hours, Invalid::EndBeforeStart));
        }
    }
    if week
        .windows(2)
        .any(|pair| pair[0].weekday == pair[1].weekday && pair[1].from < pair[0].to)
    {
        return Err(invalid(Field::Hours, Invalid::Overlap));
    }
    Ok(week)
}
