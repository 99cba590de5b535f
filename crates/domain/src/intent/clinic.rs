//! The clinic, who works there, its rooms, services and time.

use super::given;
use crate::entity::*;
use crate::time::Interval;
use crate::{ClinicId, Money, RoomId, ServiceId, TherapistId, TimeOffId};
use serde::{Deserialize, Serialize};

/// The clinic, its first member and what they set up with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are the rows themselves")]
pub struct SetUpClinic {
    pub clinic: Clinic,
    pub member: Member,
    pub therapists: Vec<Therapist>,
    pub rooms: Vec<Room>,
    pub services: Vec<Service>,
    pub hours: Vec<Hours>,
}

/// New settings; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the clinic")]
pub struct EditClinic {
    pub clinic: Option<ClinicId>,
    pub name: Option<String>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub phone: Option<Option<String>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub address: Option<Option<String>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub payment_text: Option<Option<String>>,
    pub invoice_prefix: Option<String>,
    pub next_invoice: Option<u32>,
    pub due_days: Option<u16>,
    pub first_weekday: Option<u8>,
    pub late_cancel_hours: Option<u16>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub late_cancel_fee: Option<Option<Money>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub no_show_fee: Option<Option<Money>>,
    /// Whether a mail account is set up, and the mailbox it sends from.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub mail: Option<Option<String>>,
}

/// A therapist as they should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the therapist")]
pub struct SaveTherapist {
    pub therapist: TherapistId,
    pub name: String,
    pub hue: Hue,
    pub link: Option<String>,
    pub buffer_minutes: u16,
    pub archived: bool,
}

/// A room as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the room")]
pub struct SaveRoom {
    pub room: RoomId,
    pub name: String,
    pub note: Option<String>,
    pub turnover_minutes: u16,
    pub archived: bool,
}

/// A service as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the service")]
pub struct SaveService {
    pub service: ServiceId,
    pub name: String,
    pub facts: ServiceFacts,
}

/// One owner's week. An empty week means never open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of hours")]
pub struct SetHours {
    pub owner: Owner,
    /// `None` gives a week of one's own up: a therapist follows the clinic's again, a room is open at any time.
    pub week: Option<Vec<WeekSpan>>,
}

/// Time off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of time off")]
pub struct AddTimeOff {
    pub time_off: TimeOffId,
    pub owner: Owner,
    pub at: Interval,
    pub label: String,
}

/// Time off taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the id says it")]
pub struct RemoveTimeOff {
    pub time_off: TimeOffId,
}
