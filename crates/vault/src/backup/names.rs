//! The names of backup files, and which of them to keep.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How a backup's name ends.
const EXTENSION: &str = ".stbackup";
/// In the name: year, month, day, hour and minute in UTC, so that names sort by time wherever the computer travels.
const MINUTE: &str = "%Y-%m-%d-%H%M";
const DAILY: usize = 14;
const MONTHLY: usize = 12;
const DAY: i64 = 86_400;

/// `safetalk-<clinic>-YYYY-MM-DD-HHMM.stbackup`, from a time in seconds UTC.
pub(super) fn file_name(clinic: Uuid, made_at: i64) -> String {
    let minute = DateTime::from_timestamp(made_at, 0)
        .unwrap_or(DateTime::UNIX_EPOCH)
        .format(MINUTE);
    format!("{}{minute}{EXTENSION}", prefix(clinic))
}

/// When the file was made, in seconds UTC to the minute, if it is a backup of this clinic.
pub(super) fn made_at(name: &str, clinic: Uuid) -> Option<i64> {
    let minute = name
        .strip_prefix(prefix(clinic).as_str())?
        .strip_suffix(EXTENSION)?;
    let parsed = NaiveDateTime::parse_from_str(minute, MINUTE).ok()?;
    let seconds = parsed.and_utc().timestamp();
    // Only names we could have written: chrono also reads "2026-1-2-0000".
    (file_name(clinic, seconds) == name).then_some(seconds)
}

/// The last 8 digits: in a time-ordered UUID the first ones are the same for clinics made within a minute.
fn prefix(clinic: Uuid) -> String {
    let digits = clinic.simple().to_string();
    format!("safetalk-{}-", &digits[digits.len() - 8..])
}

/// Which of `names` to keep at `now` (seconds UTC): of the last 14 days and of the last 12 months that have a backup
/// (in UTC), the newest each. Names that are not backups of this clinic are always kept, as are backups dated more than
/// a day ahead: a clock that was wrong once must neither push out good backups nor delete any.
#[must_use]
pub fn to_keep<'a>(names: &[&'a str], clinic: Uuid, now: i64) -> BTreeSet<&'a str> {
    let mut keep = BTreeSet::new();
    let mut backups = Vec::new();
    for &name in names {
        match made_at(name, clinic) {
            Some(made_at) if made_at <= now.saturating_add(DAY) => backups.push((made_at, name)),
            _ => {
                keep.insert(name);
            }
        }
    }
    backups.sort_unstable_by(|a, b| b.cmp(a));
    let mut days = BTreeSet::new();
    let mut months = BTreeSet::new();
    for (made_at, name) in backups {
        let day = DateTime::from_timestamp(made_at, 0)
            .map_or(NaiveDate::default(), |time| time.date_naive());
        let first_of_day = days.len() < DAILY && days.insert(day);
        let first_of_month = months.len() < MONTHLY && months.insert((day.year(), day.month()));
        if first_of_day || first_of_month {
            keep.insert(name);
        }
    }
    keep
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLINIC: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_cafe_0123);

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp()
    }

    fn kept(names: &[String], now: &str) -> Vec<String> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        to_keep(&names, CLINIC, at(now))
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_name_tells_clinic_and_minute_and_is_read_back() {
        let name = file_name(CLINIC, at("2026-03-09T08:05:59Z"));
        assert_eq!(name, "safetalk-cafe0123-2026-03-09-0805.stbackup");
        assert_eq!(made_at(&name, CLINIC), Some(at("2026-03-09T08:05:00Z")));
        assert_eq!(
            made_at(&name, Uuid::from_u128(5)),
            None,
            "another clinic's backup is none of ours"
        );
        for other in [
            "safetalk-cafe0123-2026-3-9-0805.stbackup",
            "safetalk-cafe0123-2026-03-09-0805.stbackup.part",
            "safetalk-cafe0123-2026-13-09-0805.stbackup",
            "safetalk-cafe0123-2026-03-09-0805 (1).stbackup",
            "letter.pdf",
            "",
        ] {
            assert_eq!(made_at(other, CLINIC), None, "{other} is not ours to judge");
        }
    }

    #[test]
    fn of_one_day_the_newest_is_kept() {
        let day: Vec<String> = [
            "2026-03-09T08:00:00Z",
            "2026-03-09T12:00:00Z",
            "2026-03-09T18:30:00Z",
        ]
        .map(|time| file_name(CLINIC, at(time)))
        .into();
        assert_eq!(
            kept(&day, "2026-03-09T18:30:10Z"),
            ["safetalk-cafe0123-2026-03-09-1830.stbackup"]
        );
    }

    #[test]
    fn after_years_of_daily_backups_14_days_and_12_months_are_kept() {
        let today = at("2026-03-20T17:00:00Z");
        let names: Vec<String> = (0..800)
            .map(|days| file_name(CLINIC, today - days * DAY))
            .collect();
        let kept = kept(&names, "2026-03-20T17:05:00Z");
        let expected: BTreeSet<String> = (0..14)
            .map(|days| file_name(CLINIC, today - days * DAY))
            // March's newest is today's; the eleven months before keep their last day.
            .chain(
                [
                    "2026-02-28",
                    "2026-01-31",
                    "2025-12-31",
                    "2025-11-30",
                    "2025-10-31",
                    "2025-09-30",
                    "2025-08-31",
                    "2025-07-31",
                    "2025-06-30",
                    "2025-05-31",
                    "2025-04-30",
                ]
                .map(|day| file_name(CLINIC, at(&format!("{day}T17:00:00Z")))),
            )
            .collect();
        assert_eq!(kept, expected.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_computer_that_was_off_for_a_year_keeps_its_old_days() {
        let names: Vec<String> = (1..=9)
            .map(|day| file_name(CLINIC, at(&format!("2025-01-0{day}T10:00:00Z"))))
            .collect();
        assert_eq!(
            kept(&names, "2026-03-20T10:00:00Z"),
            names,
            "days count when they have a backup, not when they pass"
        );
    }

    #[test]
    fn running_it_again_deletes_nothing_more() {
        let today = at("2026-03-20T17:00:00Z");
        let names: Vec<String> = (0..2000)
            .map(|step| file_name(CLINIC, today - step * 40_000))
            .collect();
        let once = kept(&names, "2026-03-20T17:05:00Z");
        assert_eq!(kept(&once, "2026-03-20T17:05:00Z"), once);
    }

    #[test]
    fn files_that_are_not_this_clinics_backups_are_never_given_up() {
        let mut names: Vec<String> = (0..40)
            .map(|days| file_name(Uuid::from_u128(9), at("2026-03-20T17:00:00Z") - days * DAY))
            .collect();
        names.push("tax 2025.pdf".to_owned());
        assert_eq!(
            kept(&names, "2026-03-20T17:05:00Z").len(),
            41,
            "all 40 of another clinic and the letter"
        );
    }

    #[test]
    fn a_backup_from_a_wrong_clock_neither_counts_nor_goes() {
        let mut names: Vec<String> = (0..14)
            .map(|days| file_name(CLINIC, at("2099-05-20T10:00:00Z") + days * DAY))
            .collect();
        names.push(file_name(CLINIC, at("2026-03-20T10:00:00Z")));
        assert_eq!(
            kept(&names, "2026-03-20T10:00:30Z").len(),
            15,
            "the good one stays although 14 later days are there"
        );
    }

    #[test]
    fn the_newest_backup_is_always_kept() {
        for gap in [60, 3_600, DAY, 40 * DAY] {
            let newest = at("2026-03-20T17:00:00Z");
            let names: Vec<String> = (0..100)
                .map(|step| file_name(CLINIC, newest - step * gap))
                .collect();
            assert!(
                kept(&names, "2026-03-20T17:05:00Z").contains(&names[0]),
                "made every {gap} s"
            );
        }
    }
}
