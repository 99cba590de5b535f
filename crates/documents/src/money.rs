//! Amounts as a client reads them.

use iso_currency::Currency;

use crate::clean::one_line;
use crate::error::Error;

/// An amount in the smallest unit of its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// Minor units: 18000 is RM 180.00, 500 is ¥ 500.
    pub minor: i64,
    /// ISO 4217 code, upper case.
    pub currency: String,
}

/// "RM 1,800.00", "€ 95.00", "¥ 500", "BHD 1.500".
///
/// A symbol stands only where it names one currency; every kind of dollar but the ones with their own
/// letters is written by its code.
///
/// # Errors
/// When the currency is not one of ISO 4217.
pub fn money_text(money: &Money) -> Result<String, Error> {
    let currency = Currency::from_code(&money.currency).ok_or(Error::UnknownCurrency)?;
    let decimals = usize::from(currency.exponent().unwrap_or(0));
    let digits = format!(
        "{:0width$}",
        money.minor.unsigned_abs(),
        width = decimals + 1
    );
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let sign = if money.minor < 0 { "-" } else { "" };
    let name = symbol(currency).map_or_else(|| one_line(&money.currency), ToOwned::to_owned);
    let grouped = group(whole);
    Ok(if part.is_empty() {
        format!("{sign}{name} {grouped}")
    } else {
        format!("{sign}{name} {grouped}.{part}")
    })
}

fn symbol(currency: Currency) -> Option<&'static str> {
    Some(match currency {
        Currency::MYR => "RM",
        Currency::EUR => "€",
        Currency::GBP => "£",
        Currency::JPY => "¥",
        Currency::INR => "₹",
        Currency::IDR => "Rp",
        Currency::SGD => "S$",
        Currency::USD => "US$",
        Currency::AUD => "A$",
        Currency::NZD => "NZ$",
        Currency::CAD => "CA$",
        Currency::HKD => "HK$",
        Currency::BRL => "R$",
        _ => return None,
    })
}

fn group(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let table = [
            (18_000, "MYR", "RM 180.00"),
            (9_500, "EUR", "€ 95.00"),
            (500, "JPY", "¥ 500"),
            (1_500, "BHD", "BHD 1.500"),
            (123_456_789, "MYR", "RM 1,234,567.89"),
            (5, "USD", "US$ 0.05"),
            (0, "GBP", "£ 0.00"),
            (-1_050, "MYR", "-RM 10.50"),
            (i64::MIN, "JPY", "-¥ 9,223,372,036,854,775,808"),
        ];
        for (minor, currency, expected) in table {
            let money = Money {
                minor,
                currency: currency.to_owned(),
            };
            assert_eq!(money_text(&money).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn an_unknown_currency_is_refused() {
        let money = Money {
            minor: 1,
            currency: "ZZZ".to_owned(),
        };
        assert_eq!(money_text(&money), Err(Error::UnknownCurrency));
    }
}
