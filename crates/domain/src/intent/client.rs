//! Clients.

use super::given;
use crate::entity::*;
use crate::{ClientId, RoomId, ServiceId, TherapistId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A new client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the client")]
pub struct AddClient {
    pub client: ClientId,
    pub record: ClientRecord,
}

/// A client's record as a form holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClientRecord {
    /// Full name.
    pub full_name: String,
    /// The name messages use; the full name when empty.
    pub called: String,
    /// Email address.
    pub email: Option<String>,
    /// Numbers in E.164, the first one for WhatsApp.
    pub phones: Vec<String>,
    /// Who receives instead.
    pub guardian: Option<Guardian>,
    /// Whether the guardian does.
    pub guardian_receives: bool,
    /// Consent to email.
    pub may_email: bool,
    /// Consent to WhatsApp.
    pub may_whatsapp: bool,
    /// Nothing goes out.
    pub do_not_contact: bool,
    /// Language of messages.
    pub language: Language,
    /// Filled in when booking.
    pub usual_therapist: Option<TherapistId>,
    /// Filled in when booking.
    pub usual_service: Option<ServiceId>,
    /// Filled in when booking.
    pub usual_room: Option<RoomId>,
    /// No longer offered when booking.
    pub archived: bool,
}

/// A changed field and the revision it was read at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the pair says it")]
pub struct Change<T> {
    pub value: T,
    pub read_at_revision: u32,
}

/// Changed fields of a client; `None` leaves a field as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the client")]
pub struct EditClient {
    pub client: ClientId,
    pub full_name: Option<Change<String>>,
    pub called: Option<Change<String>>,
    pub email: Option<Change<Option<String>>>,
    pub phones: Option<Change<Vec<String>>>,
    pub guardian: Option<Change<Option<Guardian>>>,
    pub guardian_receives: Option<bool>,
    pub may_email: Option<bool>,
    pub may_whatsapp: Option<bool>,
    pub do_not_contact: Option<bool>,
    pub language: Option<Language>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub usual_therapist: Option<Option<TherapistId>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub usual_service: Option<Option<ServiceId>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub usual_room: Option<Option<RoomId>>,
    pub archived: Option<bool>,
    /// The revisions that the fields without one of their own were read at. An intent of an older build says none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<FactRevisions>,
}
