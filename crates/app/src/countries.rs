//! What a country suggests at the first run, and how its people write phone numbers.

use crate::api::setup::{Country, Defaults};
use phonenumber::metadata::DATABASE;
use safetalk_domain::refusal::{Field, Invalid};
use safetalk_domain::validate::invalid;
use safetalk_domain::{Currency, Refusal, WeekSpan, Zone};
use std::sync::LazyLock;

/// The table, read once.
static COUNTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    include_str!("countries.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(Entry::read)
        .collect()
});

/// The days of a week as the table writes them, in the order of the domain: 0 = Monday.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A line of the table.
#[derive(Debug)]
struct Entry {
    code: &'static str,
    currency: Currency,
    first_weekday: u8,
    rest: Vec<u8>,
    /// The usual one first.
    zones: Vec<&'static str>,
}

impl Entry {
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut field = || fields.next();
        Some(Self {
            code: field()?,
            currency: Currency::new(field()?)?,
            first_weekday: weekday(field()?)?,
            rest: field()?.split(' ').map(weekday).collect::<Option<_>>()?,
            zones: field()?.split(' ').collect(),
        })
    }

    /// The usual zone.
    fn zone(&self) -> Option<Zone> {
        self.zones.first()?.parse().ok()
    }

    /// International dialling code, where there are telephones.
    fn dial(&self) -> String {
        DATABASE
            .by_id(self.code)
            .map(|numbers| format!("+{}", numbers.country_code()))
            .unwrap_or_default()
    }

    /// Nine to six on the days that are not of rest.
    fn week(&self) -> Vec<WeekSpan> {
        week(|day| !self.rest.contains(&day))
    }
}

fn weekday(name: &str) -> Option<u8> {
    let place = DAYS.iter().position(|day| *day == name)?;
    u8::try_from(place).ok()
}

fn week(works: impl Fn(u8) -> bool) -> Vec<WeekSpan> {
    (0..7)
        .filter(|day| works(*day))
        .map(|weekday| WeekSpan {
            weekday,
            from: 9 * 60,
            to: 18 * 60,
        })
        .collect()
}

/// What the country suggests; without one the country that the computer's zone lies in. Where that says nothing, nothing is
/// suggested: a person is asked rather than taken for someone of another country.
pub fn defaults(country: Option<&str>) -> Defaults {
    defaults_at(country, iana_time_zone::get_timezone().ok().as_deref())
}

fn defaults_at(country: Option<&str>, local: Option<&str>) -> Defaults {
    let local = local.filter(|zone| !is_no_place(zone));
    let here = local.and_then(|zone| COUNTRIES.iter().find(|entry| entry.zones.contains(&zone)));
    let chosen = country.and_then(entry).or(here);
    // Who chooses a country means its usual zone, unless the computer stands in another of the same.
    let own = chosen.is_none() || here.map(|entry| entry.code) == chosen.map(|entry| entry.code);
    let zone = local
        .filter(|_| own)
        .and_then(|zone| zone.parse().ok())
        .or_else(|| chosen.and_then(Entry::zone));
    Defaults {
        country: chosen.map(|entry| entry.code.to_owned()),
        countries: COUNTRIES
            .iter()
            .map(|entry| Country {
                code: entry.code.to_owned(),
                dial: entry.dial(),
            })
            .collect(),
        zone,
        zones: chrono_tz::TZ_VARIANTS
            .iter()
            .filter_map(|zone| zone.name().parse().ok())
            .collect(),
        currency: chosen.map(|entry| entry.currency),
        first_weekday: chosen.map_or(0, |entry| entry.first_weekday),
        week: chosen.map_or_else(|| week(|day| day < 5), Entry::week),
    }
}

/// A computer that is set to UTC says nothing of where it stands; nobody's clinic opens by it.
fn is_no_place(zone: &str) -> bool {
    const NOWHERE: &[&str] = &["UTC", "UCT", "GMT", "Zulu", "Universal", "Greenwich"];
    zone.starts_with("Etc/") || NOWHERE.contains(&zone)
}

fn entry(code: &str) -> Option<&'static Entry> {
    COUNTRIES.iter().find(|entry| entry.code == code)
}

/// A number as people of `country` type it, in E.164; none where no such number is given out anywhere.
pub fn e164(country: &str, typed: &str) -> Option<String> {
    let country = country.parse().ok();
    let number = phonenumber::parse(country, typed.trim()).ok()?;
    number
        .is_valid()
        .then(|| number.format().mode(phonenumber::Mode::E164).to_string())
}

/// The clinic's own number as it was typed. What stands there already is kept, whatever it is.
///
/// # Errors
/// What is no number is refused.
pub fn own_number(
    country: &str,
    typed: Option<&str>,
    known: Option<&str>,
) -> Result<Option<String>, Refusal> {
    match typed.map(str::trim).filter(|typed| !typed.is_empty()) {
        None => Ok(None),
        same if same == known => Ok(known.map(str::to_owned)),
        Some(typed) => match e164(country, typed) {
            Some(number) => Ok(Some(number)),
            None => Err(invalid(Field::Phone, Invalid::NotAPhone)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_line_of_the_table_is_a_country_with_zones_that_are_known() {
        let lines = include_str!("countries.tsv")
            .lines()
            .filter(|line| !line.starts_with('#'));
        assert_eq!(COUNTRIES.len(), lines.count(), "a line cannot be read");
        assert!(COUNTRIES.len() > 240, "all of them: {}", COUNTRIES.len());
        let codes: BTreeSet<_> = COUNTRIES.iter().map(|entry| entry.code).collect();
        assert_eq!(codes.len(), COUNTRIES.len(), "each once");
        for entry in COUNTRIES.iter() {
            assert!(entry.zone().is_some(), "{}: {:?}", entry.code, entry.zones);
            assert!((1..=2).contains(&entry.rest.len()), "{}", entry.code);
        }
    }

    #[test]
    fn every_zone_that_is_a_place_lies_in_one_country() {
        let mut nowhere = Vec::new();
        for zone in chrono_tz::TZ_VARIANTS {
            let of = COUNTRIES
                .iter()
                .filter(|entry| entry.zones.contains(&zone.name()));
            match of.count() {
                1 => {}
                0 => nowhere.push(zone.name()),
                more => panic!("{}: {more} countries", zone.name()),
            }
        }
        nowhere.retain(|zone| !is_no_place(zone));
        // Rules without a place, of old.
        let rules = [
            "CET", "CST6CDT", "EET", "EST", "EST5EDT", "GMT+0", "GMT-0", "GMT0", "HST", "MET",
            "MST", "MST7MDT", "PST8PDT", "WET",
        ];
        nowhere.retain(|zone| !rules.contains(zone));
        assert_eq!(nowhere, [] as [&str; 0]);
    }

    #[test]
    fn a_country_suggests_its_money_its_zone_and_its_week() {
        for (country, currency, zone, first, works) in [
            ("MY", "MYR", "Asia/Kuala_Lumpur", 0, vec![0, 1, 2, 3, 4]),
            ("US", "USD", "America/New_York", 6, vec![0, 1, 2, 3, 4]),
            ("EG", "EGP", "Africa/Cairo", 5, vec![0, 1, 2, 3, 6]),
            ("NP", "NPR", "Asia/Kathmandu", 6, vec![0, 1, 2, 3, 4]),
            ("UA", "UAH", "Europe/Kyiv", 0, vec![0, 1, 2, 3, 4]),
            ("GH", "GHS", "Africa/Accra", 0, vec![0, 1, 2, 3, 4]),
        ] {
            let defaults = defaults_at(Some(country), Some("Europe/Berlin"));
            assert_eq!(defaults.country.as_deref(), Some(country));
            assert_eq!(
                defaults.currency.map(|it| it.code().to_owned()).as_deref(),
                Some(currency)
            );
            assert_eq!(defaults.zone, zone.parse().ok(), "{country}");
            assert_eq!(defaults.first_weekday, first, "{country}");
            let days: Vec<_> = defaults.week.iter().map(|span| span.weekday).collect();
            assert_eq!(days, works, "{country}");
        }
    }

    #[test]
    fn a_computer_stands_in_the_country_of_its_zone_and_keeps_its_zone() {
        for (zone, country) in [
            ("America/Chicago", "US"),
            ("America/Los_Angeles", "US"),
            ("US/Pacific", "US"),
            ("Australia/Perth", "AU"),
            ("Europe/Kyiv", "UA"),
            ("Asia/Kuching", "MY"),
            ("Asia/Kathmandu", "NP"),
        ] {
            let defaults = defaults_at(None, Some(zone));
            assert_eq!(defaults.country.as_deref(), Some(country), "{zone}");
            assert_eq!(defaults.zone, zone.parse().ok());
        }
        let chosen = defaults_at(Some("AU"), Some("Australia/Perth"));
        assert_eq!(chosen.zone, "Australia/Perth".parse().ok());
        let elsewhere = defaults_at(Some("MY"), Some("Australia/Perth"));
        assert_eq!(elsewhere.zone, "Asia/Kuala_Lumpur".parse().ok());
    }

    #[test]
    fn who_is_nowhere_is_asked_and_not_taken_for_a_malaysian() {
        for nowhere in [
            None,
            Some("Etc/UTC"),
            Some("UTC"),
            Some("Etc/GMT-8"),
            Some("GMT"),
            Some("Mars/Olympus"),
        ] {
            let defaults = defaults_at(None, nowhere);
            assert_eq!(defaults.country, None, "{nowhere:?}");
            assert_eq!(defaults.zone, None, "{nowhere:?}");
            assert_eq!(defaults.currency, None, "{nowhere:?}");
            assert_eq!(defaults.week.len(), 5, "a week to begin with");
        }
    }

    #[test]
    fn every_country_with_telephones_has_its_dialling_code() {
        let defaults = defaults_at(None, None);
        let dial = |code: &str| {
            let of = defaults.countries.iter().find(|it| it.code == code);
            of.expect("a country").dial.clone()
        };
        for (code, wanted) in [("MY", "+60"), ("UA", "+380"), ("US", "+1"), ("GB", "+44")] {
            assert_eq!(dial(code), wanted);
        }
        let without: Vec<_> = defaults
            .countries
            .iter()
            .filter(|country| country.dial.is_empty())
            .map(|country| country.code.as_str())
            .collect();
        assert_eq!(without, ["AQ", "GS", "PN", "TF", "UM"]);
    }

    #[test]
    fn numbers_are_understood_the_local_way() {
        for (country, typed, wanted) in [
            ("MY", "012-345 6789", Some("+60123456789")),
            ("MY", "+60 12 345 6789", Some("+60123456789")),
            ("DE", "030 5550142", Some("+49305550142")),
            ("MY", "+49 30 5550142", Some("+49305550142")),
            ("MY", "not a number", None),
            // As long as a number and given out to nobody.
            ("MY", "012-345 678", None),
            ("MY", "1234567", None),
            ("MY", "+60 99999999999", None),
        ] {
            assert_eq!(
                e164(country, typed).as_deref(),
                wanted,
                "{typed} as typed in {country}"
            );
        }
    }
}
