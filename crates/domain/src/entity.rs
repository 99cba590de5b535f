//! The things a clinic keeps. Each is *facts* (what rules read) and *details* (what only people read).

mod client;
mod clinic;
mod hours;
mod invoice;
mod log;
mod member;
mod notice;
mod resource;
mod session;

pub use client::*;
pub use clinic::*;
pub use hours::*;
pub use invoice::*;
pub use log::*;
pub use member::*;
pub use notice::*;
pub use resource::*;
pub use session::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A field that only people read, with the number of times it changed.
///
/// Two computers that change the same field are found out by comparing revisions, never texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Detail<T> {
    /// The value.
    pub value: T,
    /// 0 when first written, one up with every change.
    pub revision: u32,
}

impl<T> Detail<T> {
    /// A first value.
    pub fn new(value: T) -> Self {
        Self { value, revision: 0 }
    }
}

/// A language that the clinic's texts exist in.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Malay.
    Ms,
}

/// A way to reach a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Electronic mail.
    Email,
    /// WhatsApp; on a clinic's own computer a draft that a person sends.
    Whatsapp,
}

impl Channel {
    /// The word in ids.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Whatsapp => "whatsapp",
        }
    }
}
