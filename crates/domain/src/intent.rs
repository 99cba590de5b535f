//! What a person can want. Every change of a kept row is one of these.
//!
//! A body carries every id that another intent may name; all other rows get ids derived from the intent's own.
//! Kinds are never removed and fields are only added with a default: a device may have been away for months.

use crate::entity::*;
use crate::time::{Interval, Moment, Position};
use crate::{
    ClientId, ClinicId, IntentId, InvoiceId, MemberId, Money, NoticeId, RoomId, SeriesId,
    ServiceId, SessionId, TherapistId, TimeOffId,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
    /// Record a payment.
    PayInvoice(PayInvoice),
    /// Make an invoice void.
    VoidInvoice(VoidInvoice),
    /// Send an issued invoice to the client.
    SendInvoice(SendInvoice),
    /// What the courier did; never made by a device.
    RecordDelivery(RecordDelivery),
}

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
    pub week: Vec<WeekSpan>,
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

/// Booking where a soft rule says no.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Anyway {
    /// The person clicked "Book anyway".
    pub anyway: bool,
    /// Why; needed for someone else's hours.
    pub reason: Option<String>,
}

/// Where and when a session is to be, as a person chose it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the session")]
pub struct Slot {
    pub at: Interval,
    pub place: Place,
    pub therapist: TherapistId,
    /// Who leads it with them: all of them, so that whoever is left out no longer does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub co_therapists: Vec<TherapistId>,
    /// Join link or address, for the places that need one.
    #[serde(default)]
    pub place_text: Option<String>,
}

impl Slot {
    /// Everyone who is to see the clients, the lead first.
    pub fn therapists(&self) -> impl Iterator<Item = TherapistId> {
        std::iter::once(self.therapist).chain(self.co_therapists.iter().copied())
    }
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the session")]
pub struct BookSession {
    pub session: SessionId,
    pub client: ClientId,
    /// Who else comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_clients: Vec<ClientId>,
    pub service: ServiceId,
    pub slot: Slot,
    pub price: Option<Money>,
    /// The draft invoice made with it, if one is wanted.
    pub invoice: Option<InvoiceId>,
    /// Who of the clients is billed; `client` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<ClientId>,
    pub notify: bool,
    pub anyway: Anyway,
}

/// A repetition. All of it or nothing: a person saw every occurrence before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the sessions")]
pub struct BookSeries {
    pub series: SeriesId,
    pub client: ClientId,
    /// Who else comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_clients: Vec<ClientId>,
    pub service: ServiceId,
    pub sessions: Vec<(SessionId, Slot)>,
    pub price: Option<Money>,
    pub notify: bool,
    pub anyway: Anyway,
}

/// A cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelSession {
    /// Which.
    pub session: SessionId,
    /// For the record; never to the client unless `remark_to_client`.
    pub remark: Option<String>,
    /// The client may read the remark.
    pub remark_to_client: bool,
    /// Who wanted it.
    pub by: CancelledBy,
    /// What becomes of its invoice.
    pub invoice: InvoiceFate,
    /// Who of the clients owes a fee; who was billed for the session unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<ClientId>,
    /// Tell every client; ignored once the session has ended.
    pub notify: bool,
}

/// A repetition taken back: those of its sessions that still stand as they were booked. What somebody has changed, cancelled
/// or held since is theirs, and stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct CancelSeries {
    pub series: SeriesId,
    pub sessions: Vec<SessionId>,
    pub by: CancelledBy,
    pub notify: bool,
}

/// What becomes of a session's invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InvoiceFate {
    /// It stays as it is.
    Keep,
    /// It is made void; a paid one stays.
    Void,
    /// It is replaced by a fee.
    Fee {
        /// How much.
        amount: Money,
    },
}

/// A cancelled session brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct RestoreSession {
    pub session: SessionId,
    pub notify: bool,
    pub anyway: Anyway,
}

/// Another date, time, place or therapist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct RescheduleSession {
    pub session: SessionId,
    pub guard: SessionGuard,
    pub to: Slot,
    pub notify: bool,
    /// Seconds its notice waits so that it can be taken back unsent; 0 for a button, 10 for a drag.
    #[serde(default)]
    pub hold_seconds: u16,
    pub anyway: Anyway,
}

/// Another end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct ModifyDuration {
    pub session: SessionId,
    pub guard: SessionGuard,
    pub end: Moment,
    pub notify: bool,
    pub invoice: Option<ExtensionInvoice>,
    pub anyway: Anyway,
}

/// The invoice for added time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the invoice")]
pub struct ExtensionInvoice {
    pub invoice: InvoiceId,
    pub amount: Money,
    pub due: NaiveDate,
    pub text: String,
    pub send: Vec<Channel>,
    /// Who of the clients is billed; who was billed for the session unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<ClientId>,
}

/// The client did not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkNoShow {
    /// Which.
    pub session: SessionId,
    /// A draft becomes issued, an issued one stays; or a fee replaces it.
    pub invoice: InvoiceFate,
    /// Who of the clients owes a fee; who was billed for the session unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<ClientId>,
    /// Free the rest of the slot.
    pub free_rest: bool,
}

/// They did come after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the id says it")]
pub struct UndoNoShow {
    pub session: SessionId,
}

/// The mark "Confirmed".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct ConfirmSession {
    pub session: SessionId,
    pub confirmed: bool,
}

/// A remark for the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct AddRemark {
    pub session: SessionId,
    pub text: String,
}

/// A reminder now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendReminder {
    /// Of which session.
    pub session: SessionId,
    /// Which way.
    pub channel: Channel,
    /// The person was asked because one went or waits within 12 h, and wants another.
    pub again: bool,
    /// To whom of the clients; to each who can be reached this way unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientId>,
}

/// What became of a WhatsApp draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct RecordWhatsapp {
    pub notice: NoticeId,
    pub became: WhatsappBecame,
}

/// What a person says became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WhatsappBecame {
    /// WhatsApp was opened with it.
    Opened,
    /// It was sent.
    Sent,
    /// It was not sent.
    NotSent,
}

/// A member told the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct TellPersonally {
    pub session: SessionId,
    /// Whom of the clients; all of them unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientId>,
}

/// Try a notice again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct RetryNotice {
    pub notice: NoticeId,
}

/// Give a notice up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct DropNotice {
    pub notice: NoticeId,
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the invoice")]
pub struct DraftInvoice {
    pub invoice: InvoiceId,
    pub client: ClientId,
    pub session: Option<SessionId>,
    pub amount: Money,
    pub due: Option<NaiveDate>,
    pub text: String,
}

/// Issue a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the id says it")]
pub struct IssueInvoice {
    pub invoice: InvoiceId,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct PayInvoice {
    pub invoice: InvoiceId,
    pub paid: Paid,
}

/// Make an invoice void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the id says it")]
pub struct VoidInvoice {
    pub invoice: InvoiceId,
}

/// Send an issued invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct SendInvoice {
    pub invoice: InvoiceId,
    pub channel: Channel,
}

/// What the courier did with a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordDelivery {
    /// Which.
    pub notice: NoticeId,
    /// Where it stands now.
    pub state: NoticeState,
    /// Why.
    pub cause: Option<NoticeCause>,
    /// For one that is queued again: not before this moment.
    pub not_before: Option<Moment>,
    /// A mail server asked to come back later: one attempt more.
    #[serde(default)]
    pub counted: bool,
    /// What was rendered, when it was.
    pub rendered: Option<Rendered>,
    /// Further notices that go in the same mail: they stand as this one does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<NoticeId>,
}

/// A notice as its recipient reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of a message")]
pub struct Rendered {
    pub to: String,
    pub subject: String,
    pub text: String,
}

impl Body {
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
