//! Therapists, rooms and services: what a session is made of.

use super::Detail;
use crate::{Money, RoomId, ServiceId, TherapistId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Someone who sees clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Therapist {
    /// Its id.
    pub id: TherapistId,
    /// What rules read.
    pub facts: TherapistFacts,
    /// What people read.
    pub details: TherapistDetails,
}

/// What rules read of a therapist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TherapistFacts {
    /// Minutes kept free before and after each of their sessions, unless the service asks for more. A soft rule.
    pub buffer_minutes: u16,
    /// No longer takes bookings.
    pub archived: bool,
}

/// What people read of a therapist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TherapistDetails {
    /// Full name.
    pub name: Detail<String>,
    /// Colour on the calendar.
    pub hue: Hue,
    /// Link for online sessions, if they keep one.
    pub link: Option<String>,
}

/// A colour of the calendar; the screen knows its shades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names of colours say all there is")]
pub enum Hue {
    Sky,
    Violet,
    Clay,
    Plum,
    Teal,
    Ochre,
    Indigo,
    Slate,
}

impl Hue {
    /// In the order new therapists get them; neighbours are far apart for colour-blind eyes.
    pub const ALL: [Self; 8] = [
        Self::Sky,
        Self::Violet,
        Self::Clay,
        Self::Plum,
        Self::Teal,
        Self::Ochre,
        Self::Indigo,
        Self::Slate,
    ];
}

/// A room of the clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// What rules read.
    pub facts: RoomFacts,
    /// What people read.
    pub details: RoomDetails,
}

/// What rules read of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoomFacts {
    /// Minutes it needs after a session, 0 to 120. Copied to a session when that is decided.
    pub turnover_minutes: u16,
    /// No longer takes bookings.
    pub archived: bool,
}

/// What people read of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoomDetails {
    /// Its name.
    pub name: Detail<String>,
    /// Where it is, what it has ("Ground floor, step-free").
    pub note: Option<String>,
}

/// A kind of session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// What rules read.
    pub facts: ServiceFacts,
    /// What people read.
    pub details: ServiceDetails,
}

/// What rules read of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServiceFacts {
    /// Usual length.
    pub minutes: u16,
    /// Usual price.
    pub price: Option<Money>,
    /// Minutes the therapist keeps free before it. A soft rule.
    pub buffer_before: u16,
    /// Minutes the therapist keeps free after it. A soft rule.
    pub buffer_after: u16,
    /// Whether it may take place online.
    pub may_be_online: bool,
    /// Suggested starts are this many minutes apart.
    pub step_minutes: u16,
    /// No longer offered.
    pub archived: bool,
}

/// What people read of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServiceDetails {
    /// Its name; never told to a client in a message.
    pub name: Detail<String>,
}
