//! When a therapist, a room or the clinic is open, and when not. Soft rules, all of them.

use crate::{ClinicId, Interval, RoomId, TherapistId, TimeOffId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Whose hours or time off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Owner {
    /// The whole clinic: its default week, and closures.
    Clinic(ClinicId),
    /// One therapist.
    Therapist(TherapistId),
    /// One room.
    Room(RoomId),
}

impl Owner {
    /// The owner's bare id; also the id of its hours.
    pub fn uuid(self) -> Uuid {
        match self {
            Self::Clinic(id) => id.0,
            Self::Therapist(id) => id.0,
            Self::Room(id) => id.0,
        }
    }
}

/// The week of one owner. Its id is the owner's. A therapist without one follows the clinic's; a room is then open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Hours {
    /// Whose.
    pub owner: Owner,
    /// Open stretches, on the wall clock of the clinic's zone.
    pub week: Vec<WeekSpan>,
    /// Given up: as if there were none. A kept row is never deleted, and the position it was given up at counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
}

/// One open stretch of a week, in minutes after midnight on the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WeekSpan {
    /// 0 = Monday.
    pub weekday: u8,
    /// 0 to 1439.
    pub from: u16,
    /// Up to 1440, which is the end of the day.
    pub to: u16,
}

/// Time off, a closed room, a closed clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimeOff {
    /// Its id.
    pub id: TimeOffId,
    /// What rules read.
    pub facts: TimeOffFacts,
    /// What people read.
    pub details: TimeOffDetails,
}

/// What rules read of time off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimeOffFacts {
    /// Whose.
    pub owner: Owner,
    /// When.
    pub at: Interval,
    /// Taken back.
    pub archived: bool,
}

/// What people read of time off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimeOffDetails {
    /// "Lunch", "Leave".
    pub label: String,
}
