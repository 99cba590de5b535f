//! What the screen may ask and what it gets: plain data, turned into TypeScript by `cargo xtask types`.
//!
//! Times come as [`Stamp`]s: the moment, and the date and minute on the clinic's wall clock, so that the screen only
//! formats and never does zone arithmetic.

pub mod account;
pub mod act;
pub mod calendar;
pub mod check;
pub mod client;
pub mod clinic;
pub mod dashboard;
pub mod invoice;
pub mod member;
pub mod notice;
pub mod session;
pub mod setup;

use chrono::NaiveDate;
use safetalk_domain::{ClientId, Hue, Moment, Place, RoomId, ServiceId, TherapistId, Zone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A moment with its reading on the clinic's wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Stamp {
    /// UTC seconds.
    pub at: Moment,
    /// Date on the wall, `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub date: NaiveDate,
    /// Minutes after midnight that the wall clock shows.
    pub minute: u16,
    /// The clocks went back over this time, and it is the later of the two.
    pub second: bool,
}

impl Stamp {
    /// `at` read in `zone`.
    pub fn new(at: Moment, zone: Zone) -> Self {
        Self {
            at,
            date: zone.date(at),
            minute: zone.wall_minute(at),
            second: zone.comes_again(at),
        }
    }
}

/// A stretch of time with its reading on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct When {
    /// First moment inside.
    pub start: Stamp,
    /// First moment outside.
    pub end: Stamp,
    /// Length in minutes that pass.
    pub minutes: i32,
    /// Minutes east of UTC at the start, for "GMT+8".
    pub offset_minutes: i32,
}

/// A therapist as lists and chips show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the therapist")]
pub struct TherapistBrief {
    pub id: TherapistId,
    pub name: String,
    pub initials: String,
    pub hue: Hue,
    pub archived: bool,
}

/// A room as lists and chips show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the room")]
pub struct RoomBrief {
    pub id: RoomId,
    pub name: String,
    pub archived: bool,
}

/// A client as lists and chips show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the client")]
pub struct ClientBrief {
    pub id: ClientId,
    pub name: String,
    pub initials: String,
}

/// A service as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the service")]
pub struct ServiceBrief {
    pub id: ServiceId,
    pub name: String,
    pub minutes: u16,
}

/// A place with the words for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlaceBrief {
    /// Which.
    pub place: Place,
    /// The room's name, if it is one.
    pub name: Option<String>,
    /// The room's note, the link, or the address.
    pub note: Option<String>,
}

/// No argument, or no answer beyond "done".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Nothing {}
