//! Clients: list, page, form.

use super::invoice::InvoiceBrief;
use super::notice::NoticeBrief;
use super::session::Attendance;
use super::{ClientBrief, PlaceBrief, RoomBrief, ServiceBrief, Stamp, TherapistBrief, When};
use safetalk_domain::decide::ClientField;
use safetalk_domain::intent::ClientRecord;
use safetalk_domain::refusal::Invalid;
use safetalk_domain::*;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `client.list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClientsRequest {
    /// Part of a name, an address or a number.
    pub query: String,
    /// Also archived ones.
    pub archived: bool,
    /// How many at most.
    pub most: u16,
}

/// A client in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the client")]
pub struct ClientRow {
    pub client: ClientBrief,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub archived: bool,
    pub do_not_contact: bool,
    /// Why mail may not go.
    pub no_email: Option<NoReach>,
    pub usual_therapist: Option<TherapistBrief>,
    /// Filled in when booking.
    pub usual_service: Option<ServiceId>,
    /// Filled in when booking.
    pub usual_room: Option<RoomId>,
    pub next_session: Option<Stamp>,
    pub last_session: Option<Stamp>,
}

/// Every call that names just a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct ClientRequest {
    pub client: ClientId,
}

/// `phone.call`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CallRequest {
    /// In E.164.
    pub phone: String,
}

/// A client's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the client")]
pub struct ClientDetail {
    pub client: ClientBrief,
    /// The form's content.
    pub record: ClientRecord,
    /// What each field was read at, so that a merge can compare revisions. Send it back with the form.
    pub revisions: ClientRevisions,
    pub may_email: Option<ConsentView>,
    pub may_whatsapp: Option<ConsentView>,
    /// Taken back, and not given anew.
    pub email_withdrawn: Option<ConsentView>,
    /// Taken back, and not given anew.
    pub whatsapp_withdrawn: Option<ConsentView>,
    pub usual_therapist: Option<TherapistBrief>,
    pub usual_service: Option<ServiceBrief>,
    pub usual_room: Option<RoomBrief>,
    pub attendance: Attendance,
    /// Newest first.
    pub sessions: Vec<ClientSession>,
    pub notices: Vec<NoticeBrief>,
    pub invoices: Vec<InvoiceBrief>,
}

/// Revisions of a client's fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the client")]
pub struct ClientRevisions {
    pub full_name: u32,
    pub called: u32,
    pub email: u32,
    pub phones: u32,
    pub guardian: u32,
    pub facts: FactRevisions,
}

/// A consent with the words for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ConsentView {
    pub at: Stamp,
    pub by: String,
}

/// A session on a client's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the session")]
pub struct ClientSession {
    pub session: SessionId,
    pub when: When,
    /// Who else comes.
    pub with: Vec<ClientBrief>,
    pub therapist: TherapistBrief,
    pub co_therapists: Vec<TherapistBrief>,
    pub place: PlaceBrief,
    pub service: String,
    pub status: StatusWord,
}

/// `client.save`: a new client, or the whole form of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveClientRequest {
    /// `None` adds one.
    pub client: Option<ClientId>,
    /// The form. Phones may be typed the local way; the clinic's country completes them.
    pub record: ClientRecord,
    /// The form as it was opened, so that only changed fields are sent on.
    pub before: Option<ClientRecord>,
    /// As it came with the page.
    pub revisions: ClientRevisions,
    /// The person saw the clients that look the same and means another one.
    pub duplicates_seen: bool,
}

/// What `client.save` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum SavedClient {
    /// Saved.
    Saved {
        client: ClientId,
        acted: super::act::Acted,
    },
    /// Nothing was saved: these fields cannot be so, all of them at once.
    Invalid { problems: Vec<ClientProblem> },
    /// These look the same; ask, then send `duplicates_seen`.
    Duplicates { clients: Vec<ClientRow> },
}

/// A field of the form that cannot be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ClientProblem {
    pub field: ClientField,
    pub problem: Invalid,
}
