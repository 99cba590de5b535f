//! Money: integer minor units and an ISO 4217 currency. No floating point anywhere.

use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// The largest amount a person may enter, in minor units (ten million ringgit); above it, it is a slip of the keyboard.
pub const MOST_MINOR: i64 = 1_000_000_000;

/// An ISO 4217 code of three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, TS)]
#[ts(type = "string")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Malaysian ringgit.
    pub const MYR: Self = Self(*b"MYR");

    /// A code of three ASCII capital letters.
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(bytes))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is made of ASCII capitals only")
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        Self::new(&code)
            .ok_or_else(|| serde::de::Error::custom("a currency is three capital letters"))
    }
}

/// An amount in minor units of its currency (sen, cents; whole yen).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Money {
    /// Minor units.
    #[ts(type = "number")]
    pub minor: i64,
    /// Its currency.
    pub currency: Currency,
}

impl Money {
    /// `minor` units of `currency`.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The share of this price for `part` of `whole` minutes, rounded half up to the minor unit.
    pub fn pro_rata(self, part: i64, whole: i64) -> Self {
        if whole <= 0 || part <= 0 {
            return Self::new(0, self.currency);
        }
        let exact = i128::from(self.minor) * i128::from(part) * 2 + i128::from(whole);
        let minor = i64::try_from(exact / (i128::from(whole) * 2)).unwrap_or(i64::MAX);
        Self::new(minor, self.currency)
    }
}
