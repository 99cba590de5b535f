//! What a country suggests at the first run, and how its people write phone numbers.

use crate::api::setup::{Country, Defaults};
use safetalk_domain::refusal::{Field, Invalid};
use safetalk_domain::validate::invalid;
use safetalk_domain::{Currency, Refusal, WeekSpan, Zone};

/// Code, name, dialling code, currency, first weekday (0 = Monday), usual zone.
type Entry = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    u8,
    &'static str,
);

/// Countries by name. The first weekday follows Unicode CLDR's week data, currencies ISO 4217.
const COUNTRIES: &[Entry] = &[
    (
        "AR",
        "Argentina",
        "+54",
        "ARS",
        0,
        "America/Argentina/Buenos_Aires",
    ),
    ("AU", "Australia", "+61", "AUD", 0, "Australia/Sydney"),
    ("AT", "Austria", "+43", "EUR", 0, "Europe/Vienna"),
    ("BD", "Bangladesh", "+880", "BDT", 6, "Asia/Dhaka"),
    ("BE", "Belgium", "+32", "EUR", 0, "Europe/Brussels"),
    ("BR", "Brazil", "+55", "BRL", 6, "America/Sao_Paulo"),
    ("BN", "Brunei", "+673", "BND", 0, "Asia/Brunei"),
    ("CA", "Canada", "+1", "CAD", 6, "America/Toronto"),
    ("CL", "Chile", "+56", "CLP", 0, "America/Santiago"),
    ("CN", "China", "+86", "CNY", 0, "Asia/Shanghai"),
    ("CO", "Colombia", "+57", "COP", 6, "America/Bogota"),
    ("CZ", "Czechia", "+420", "CZK", 0, "Europe/Prague"),
    ("DK", "Denmark", "+45", "DKK", 0, "Europe/Copenhagen"),
    ("EG", "Egypt", "+20", "EGP", 5, "Africa/Cairo"),
    ("FI", "Finland", "+358", "EUR", 0, "Europe/Helsinki"),
    ("FR", "France", "+33", "EUR", 0, "Europe/Paris"),
    ("DE", "Germany", "+49", "EUR", 0, "Europe/Berlin"),
    ("GR", "Greece", "+30", "EUR", 0, "Europe/Athens"),
    ("HK", "Hong Kong", "+852", "HKD", 6, "Asia/Hong_Kong"),
    ("HU", "Hungary", "+36", "HUF", 0, "Europe/Budapest"),
    ("IN", "India", "+91", "INR", 6, "Asia/Kolkata"),
    ("ID", "Indonesia", "+62", "IDR", 6, "Asia/Jakarta"),
    ("IE", "Ireland", "+353", "EUR", 0, "Europe/Dublin"),
    ("IL", "Israel", "+972", "ILS", 6, "Asia/Jerusalem"),
    ("IT", "Italy", "+39", "EUR", 0, "Europe/Rome"),
    ("JP", "Japan", "+81", "JPY", 6, "Asia/Tokyo"),
    ("KE", "Kenya", "+254", "KES", 6, "Africa/Nairobi"),
    ("MY", "Malaysia", "+60", "MYR", 0, "Asia/Kuala_Lumpur"),
    ("MX", "Mexico", "+52", "MXN", 6, "America/Mexico_City"),
    ("NL", "Netherlands", "+31", "EUR", 0, "Europe/Amsterdam"),
    ("NZ", "New Zealand", "+64", "NZD", 0, "Pacific/Auckland"),
    ("NG", "Nigeria", "+234", "NGN", 0, "Africa/Lagos"),
    ("NO", "Norway", "+47", "NOK", 0, "Europe/Oslo"),
    ("PK", "Pakistan", "+92", "PKR", 6, "Asia/Karachi"),
    ("PH", "Philippines", "+63", "PHP", 6, "Asia/Manila"),
    ("PL", "Poland", "+48", "PLN", 0, "Europe/Warsaw"),
    ("PT", "Portugal", "+351", "EUR", 6, "Europe/Lisbon"),
    ("RO", "Romania", "+40", "RON", 0, "Europe/Bucharest"),
    ("WS", "Samoa", "+685", "WST", 6, "Pacific/Apia"),
    ("SA", "Saudi Arabia", "+966", "SAR", 6, "Asia/Riyadh"),
    ("SG", "Singapore", "+65", "SGD", 6, "Asia/Singapore"),
    ("ZA", "South Africa", "+27", "ZAR", 6, "Africa/Johannesburg"),
    ("KR", "South Korea", "+82", "KRW", 6, "Asia/Seoul"),
    ("ES", "Spain", "+34", "EUR", 0, "Europe/Madrid"),
    ("LK", "Sri Lanka", "+94", "LKR", 0, "Asia/Colombo"),
    ("SE", "Sweden", "+46", "SEK", 0, "Europe/Stockholm"),
    ("CH", "Switzerland", "+41", "CHF", 0, "Europe/Zurich"),
    ("TW", "Taiwan", "+886", "TWD", 6, "Asia/Taipei"),
    ("TH", "Thailand", "+66", "THB", 6, "Asia/Bangkok"),
    ("TR", "Türkiye", "+90", "TRY", 0, "Europe/Istanbul"),
    ("AE", "United Arab Emirates", "+971", "AED", 0, "Asia/Dubai"),
    ("GB", "United Kingdom", "+44", "GBP", 0, "Europe/London"),
    ("US", "United States", "+1", "USD", 6, "America/New_York"),
    ("VN", "Vietnam", "+84", "VND", 0, "Asia/Ho_Chi_Minh"),
];

/// What the country suggests; without one the computer's zone decides, and Malaysia where that says nothing.
pub fn defaults(country: Option<&str>) -> Defaults {
    let local = iana_time_zone::get_timezone().ok();
    let here = local
        .as_deref()
        .and_then(|zone| COUNTRIES.iter().find(|entry| entry.5 == zone));
    let chosen = country
        .and_then(entry)
        .or(here)
        .or_else(|| entry("MY"))
        .unwrap_or(&COUNTRIES[0]);
    let zone = zone_for(chosen, country.is_some(), local.as_deref());
    Defaults {
        country: chosen.0.to_owned(),
        countries: COUNTRIES
            .iter()
            .map(|c| Country {
                code: c.0.to_owned(),
                name: c.1.to_owned(),
                dial: c.2.to_owned(),
            })
            .collect(),
        zone: zone
            .parse()
            .or_else(|_| chosen.5.parse())
            .unwrap_or(Zone::UTC),
        zones: chrono_tz::TZ_VARIANTS
            .iter()
            .filter_map(|zone| zone.name().parse().ok())
            .collect(),
        currency: Currency::new(chosen.3).unwrap_or(Currency::MYR),
        first_weekday: chosen.4,
        week: week(chosen.0),
    }
}

/// The zone to begin with: the country's usual one where a person chose the country, else the computer's own. A computer that
/// is set to UTC says nothing of where it stands; nobody's clinic opens by it.
fn zone_for<'a>(chosen: &Entry, asked: bool, local: Option<&'a str>) -> &'a str {
    local
        .filter(|zone| !asked && !is_no_place(zone))
        .unwrap_or(chosen.5)
}

fn is_no_place(zone: &str) -> bool {
    const NOWHERE: &[&str] = &["UTC", "UCT", "GMT", "Zulu", "Universal", "Greenwich"];
    zone.starts_with("Etc/") || NOWHERE.contains(&zone)
}

fn entry(code: &str) -> Option<&'static Entry> {
    COUNTRIES.iter().find(|entry| entry.0 == code)
}

/// Nine to six on the country's working days.
fn week(country: &str) -> Vec<WeekSpan> {
    let days: &[u8] = match country {
        // Sunday to Thursday.
        "BD" | "EG" | "IL" | "SA" => &[6, 0, 1, 2, 3],
        _ => &[0, 1, 2, 3, 4],
    };
    days.iter()
        .map(|weekday| WeekSpan {
            weekday: *weekday,
            from: 9 * 60,
            to: 18 * 60,
        })
        .collect()
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

    #[test]
    fn every_entry_has_a_known_zone_and_currency() {
        for entry in COUNTRIES {
            assert!(
                entry.5.parse::<Zone>().is_ok(),
                "{} names the zone {}",
                entry.0,
                entry.5
            );
            assert!(
                Currency::new(entry.3).is_some(),
                "{} names the currency {}",
                entry.0,
                entry.3
            );
            assert!(entry.4 < 7, "{} has a first weekday", entry.0);
        }
    }

    #[test]
    fn malaysia_suggests_ringgit_and_its_own_zone() {
        let defaults = defaults(Some("MY"));
        assert_eq!(defaults.currency.code(), "MYR");
        assert_eq!(defaults.zone.name(), "Asia/Kuala_Lumpur");
        assert_eq!(defaults.week.len(), 5, "Monday to Friday");
    }

    #[test]
    fn a_computer_set_to_utc_does_not_say_where_the_clinic_is() {
        let malaysia = entry("MY").expect("the table has Malaysia");
        for nowhere in ["Etc/UTC", "UTC", "Etc/GMT-8", "GMT"] {
            assert_eq!(
                zone_for(malaysia, false, Some(nowhere)),
                "Asia/Kuala_Lumpur",
                "{nowhere} is no place"
            );
        }
        assert_eq!(zone_for(malaysia, false, None), "Asia/Kuala_Lumpur");
        assert_eq!(
            zone_for(malaysia, false, Some("Australia/Perth")),
            "Australia/Perth",
            "a zone that is a place is kept although the table lists another of its country"
        );
        assert_eq!(
            zone_for(malaysia, true, Some("Europe/Berlin")),
            "Asia/Kuala_Lumpur",
            "who chooses a country means its zone"
        );
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
