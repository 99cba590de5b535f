//! Zones, and the moments at which their clocks change.

use chrono::{DateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::{OffsetComponents as _, OffsetName as _, Tz};

use crate::error::Error;

/// The zone of an IANA name.
pub(crate) fn named(name: &str) -> Result<Tz, Error> {
    name.parse().map_err(|_| Error::UnknownZone)
}

/// A moment on the zone's wall clock. Years 1 to 9999, which is what a calendar file can write.
pub(crate) fn local(zone: Tz, moment: i64) -> Result<DateTime<Tz>, Error> {
    const FIRST: i64 = -62_135_596_800 + 86_400;
    const LAST: i64 = 253_402_300_799 - 86_400;
    if !(FIRST..=LAST).contains(&moment) {
        return Err(Error::BadMoment);
    }
    let utc = DateTime::<Utc>::from_timestamp(moment, 0).ok_or(Error::BadMoment)?;
    Ok(utc.with_timezone(&zone))
}

/// What a zone's clock follows from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Seconds ahead of UTC.
    pub(crate) offset: i32,
    /// Whether that is summer time.
    pub(crate) summer: bool,
    /// The zone's abbreviation, where it has one.
    pub(crate) name: Option<String>,
}

/// The rule in force at a moment.
pub(crate) fn rule(zone: Tz, moment: i64) -> Result<Rule, Error> {
    let at = local(zone, moment)?;
    Ok(Rule {
        offset: at.offset().fix().local_minus_utc(),
        summer: at.offset().dst_offset().num_seconds() > 0,
        name: at.offset().abbreviation().map(ToOwned::to_owned),
    })
}

/// Every change of the clock in `(from, to]`: the moment and the rule that begins then.
///
/// chrono-tz tells no transitions, only the rule at a moment, so days are compared and the day that differs
/// is halved down to the second. Two changes within one day that cancel out would be missed; no zone has
/// such a day.
pub(crate) fn changes(zone: Tz, from: i64, to: i64) -> Result<Vec<(i64, Rule)>, Error> {
    const DAY: i64 = 86_400;
    let mut found = Vec::new();
    let mut known = (from, rule(zone, from)?);
    while known.0 < to {
        let next = known.0.saturating_add(DAY).min(to);
        let after = rule(zone, next)?;
        if after != known.1 {
            let (mut low, mut high) = (known.0, next);
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if rule(zone, middle)? == known.1 {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            found.push((high, rule(zone, high)?));
        }
        known = (next, after);
    }
    Ok(found)
}

/// True when the wall clock shows this moment's time for the second time (the hour that comes twice).
pub(crate) fn is_second_showing(at: &DateTime<Tz>) -> bool {
    match at.timezone().from_local_datetime(&at.naive_local()) {
        chrono::LocalResult::Ambiguous(first, _) => first != *at,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_changes_of_a_year_are_found_to_the_second() {
        let year = (1_767_225_600, 1_798_761_600); // 2026
        let count = |zone: Tz| changes(zone, year.0, year.1).expect("in range").len();
        assert_eq!(count(Tz::Asia__Kuala_Lumpur), 0);
        assert_eq!(
            count(Tz::America__Sao_Paulo),
            0,
            "Brazil gave summer time up"
        );
        assert_eq!(
            count(Tz::Australia__Lord_Howe),
            2,
            "by half an hour, but twice"
        );
        let london = changes(Tz::Europe__London, year.0, year.1).expect("in range");
        let moments: Vec<i64> = london.iter().map(|change| change.0).collect();
        assert_eq!(
            moments,
            [1_774_746_000, 1_792_890_000],
            "29 March and 25 October 2026, 01:00 UTC"
        );
        assert!(london[0].1.summer && !london[1].1.summer);
    }
}
