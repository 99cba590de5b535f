//! What a person can want. Every change of a kept row is one of these.
//!
//! A body carries every id that another intent may name; all other rows get ids derived from the intent's own.
//! Kinds are never removed and fields are only added with a default: a device may have been away for months.

mod book;
mod client;
mod clinic;
mod invoice;
mod member;
mod notice;
mod session;

pub use book::*;
pub use client::*;
pub use clinic::*;
pub use invoice::*;
pub use member::*;
pub use notice::*;
pub use session::*;

use crate::time::{Moment, Position};
use crate::{ClientId, IntentId, MemberId, SessionId};
use serde::{Deserialize, Serialize};

/// The version of intents this build makes. Older ones are understood for ever.
pub const VERSION: u16 = 1;

/// One click, as it is kept in the outbox and sent to the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// UUIDv7; the idempotency key for ever.
    pub id: IntentId,
    /// See [`VERSION`].
    pub version: u16,
    /// Who clicked.
    pub actor: Actor,
    /// When, by the device's clock.
    pub made_at: Moment,
    /// The position the device had pulled when it was made.
    pub seen: Position,
    /// Intents of the same outbox whose rows it names.
    #[serde(default)]
    pub depends: Vec<IntentId>,
    /// The intent it takes back.
    #[serde(default)]
    pub undoes: Option<IntentId>,
    /// What is wanted.
    pub body: Body,
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// A person.
    Member(MemberId),
    /// The courier beside the ledger, recording what became of a notice.
    Courier,
}

impl Actor {
    /// The member, if a person acts.
    pub fn member(self) -> Option<MemberId> {
        match self {
            Self::Member(id) => Some(id),
            Self::Courier => None,
        }
    }
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// The first intent of a clinic's history.
    SetUpClinic(SetUpClinic),
    /// Change the clinic's settings.
    EditClinic(EditClinic),
    /// Add or change a therapist.
    SaveTherapist(SaveTherapist),
    /// Add or change a room.
    SaveRoom(SaveRoom),
    /// Add or change a service.
    SaveService(SaveService),
    /// Replace one owner's week.
    SetHours(SetHours),
    /// Add time off.
    AddTimeOff(AddTimeOff),
    /// Take time off back.
    RemoveTimeOff(RemoveTimeOff),
    /// Add a client.
    AddClient(AddClient),
    /// Change a client's record, field by field.
    EditClient(EditClient),
    /// Book one session.
    BookSession(BookSession),
    /// Book a repetition.
    BookSeries(BookSeries),
    /// Cancel a session.
    CancelSession(CancelSession),
    /// Cancel what still stands as it was booked in a repetition.
    CancelSeries(CancelSeries),
    /// Bring a cancelled session back.
    RestoreSession(RestoreSession),
    /// Another date, time, place or therapist.
    RescheduleSession(RescheduleSession),
    /// Another end.
    ModifyDuration(ModifyDuration),
    /// The client did not come.
    MarkNoShow(MarkNoShow),
    /// They did after all.
    UndoNoShow(UndoNoShow),
    /// Mark as confirmed, or no longer.
    ConfirmSession(ConfirmSession),
    /// Remark something.
    AddRemark(AddRemark),
    /// Remind the client now.
    SendReminder(SendReminder),
    /// Say what became of a WhatsApp draft.
    RecordWhatsapp(RecordWhatsapp),
    /// A member told the client.
    TellPersonally(TellPersonally),
    /// Try a failed notice again, or send an uncertain one once more.
    RetryNotice(RetryNotice),
    /// Give a notice up.
    DropNotice(DropNotice),
    /// Draft an invoice.
    DraftInvoice(DraftInvoice),
    /// Issue a draft.
    IssueInvoice(IssueInvoice),
    /// Record a payment, or take it back.
    PayInvoice(PayInvoice),
    /// Make an invoice void.
    VoidInvoice(VoidInvoice),
    /// Send an issued invoice to the client.
    SendInvoice(SendInvoice),
    /// Add a member, or change a member's name, grants and therapist.
    SaveMember(SaveMember),
    /// Suspend or remove a member, or bring one back.
    SetStanding(SetStanding),
    /// Give clients of one therapist to another.
    ReassignClients(ReassignClients),
    /// Change what the subscription includes.
    SetPlan(SetPlan),
    /// What the courier did; never made by a device.
    RecordDelivery(RecordDelivery),
}

impl Body {
    /// The clients it names on its author's word, and not by a row that says who may act on it. Whoever may not see one of
    /// them has no such client to choose.
    pub fn clients(&self) -> Vec<ClientId> {
        let (one, more): (ClientId, &[ClientId]) = match self {
            Self::BookSession(body) => (body.client, &body.more_clients),
            Self::BookSeries(body) => (body.client, &body.more_clients),
            Self::EditClient(body) => (body.client, &[]),
            Self::DraftInvoice(body) => (body.client, &[]),
            Self::ReassignClients(body) => return body.clients.clone(),
            _ => return Vec::new(),
        };
        std::iter::once(one).chain(more.iter().copied()).collect()
    }

    /// The kind's name, the same as in its JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SetUpClinic(_) => "set_up_clinic",
            Self::EditClinic(_) => "edit_clinic",
            Self::SaveTherapist(_) => "save_therapist",
            Self::SaveRoom(_) => "save_room",
            Self::SaveService(_) => "save_service",
            Self::SetHours(_) => "set_hours",
            Self::AddTimeOff(_) => "add_time_off",
            Self::RemoveTimeOff(_) => "remove_time_off",
            Self::AddClient(_) => "add_client",
            Self::EditClient(_) => "edit_client",
            Self::BookSession(_) => "book_session",
            Self::BookSeries(_) => "book_series",
            Self::CancelSession(_) => "cancel_session",
            Self::CancelSeries(_) => "cancel_series",
            Self::RestoreSession(_) => "restore_session",
            Self::RescheduleSession(_) => "reschedule_session",
            Self::ModifyDuration(_) => "modify_duration",
            Self::MarkNoShow(_) => "mark_no_show",
            Self::UndoNoShow(_) => "undo_no_show",
            Self::ConfirmSession(_) => "confirm_session",
            Self::AddRemark(_) => "add_remark",
            Self::SendReminder(_) => "send_reminder",
            Self::RecordWhatsapp(_) => "record_whatsapp",
            Self::TellPersonally(_) => "tell_personally",
            Self::RetryNotice(_) => "retry_notice",
            Self::DropNotice(_) => "drop_notice",
            Self::DraftInvoice(_) => "draft_invoice",
            Self::IssueInvoice(_) => "issue_invoice",
            Self::PayInvoice(_) => "pay_invoice",
            Self::VoidInvoice(_) => "void_invoice",
            Self::SendInvoice(_) => "send_invoice",
            Self::SaveMember(_) => "save_member",
            Self::SetStanding(_) => "set_standing",
            Self::ReassignClients(_) => "reassign_clients",
            Self::SetPlan(_) => "set_plan",
            Self::RecordDelivery(_) => "record_delivery",
        }
    }

    /// The one session it is about, if it names one that exists before it.
    pub fn session(&self) -> Option<SessionId> {
        match self {
            Self::CancelSession(b) => Some(b.session),
            Self::RestoreSession(b) => Some(b.session),
            Self::RescheduleSession(b) => Some(b.session),
            Self::ModifyDuration(b) => Some(b.session),
            Self::MarkNoShow(b) => Some(b.session),
            Self::UndoNoShow(b) => Some(b.session),
            Self::ConfirmSession(b) => Some(b.session),
            Self::AddRemark(b) => Some(b.session),
            Self::SendReminder(b) => Some(b.session),
            Self::TellPersonally(b) => Some(b.session),
            _ => None,
        }
    }
}

/// A field that is there, even as `null`, was given: `null` empties it, and only a field that is missing stays as it is.
/// Plain serde takes both for missing, and an emptied field would be lost between a device and its outbox.
fn given<'de, T, D>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::<T>::deserialize(from).map(Some)
}
