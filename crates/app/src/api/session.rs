//! Session Details, and what its Quick Actions send.

use super::check::{TrackPart, Typed};
use super::invoice::InvoiceBrief;
use super::notice::{MailStop, NoticeBrief};
use super::{ClientBrief, PlaceBrief, ServiceBrief, Stamp, TherapistBrief, When};
use chrono::NaiveDate;
use safetalk_domain::actions::QuickAction;
use safetalk_domain::intent::{Anyway, InvoiceFate};
use safetalk_domain::*;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `session.get` and every call that names just a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct SessionRequest {
    pub session: SessionId,
}

/// Session Details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionDetail {
    /// Which.
    pub id: SessionId,
    /// Now.
    pub now: Stamp,
    /// The word for its status.
    pub status: StatusWord,
    /// Where it stands in time.
    pub phase: Phase,
    /// When.
    pub when: When,
    /// Who.
    pub client: ClientBrief,
    /// How the client is reached.
    pub contact: ContactView,
    /// Who else comes: a couple, a family, a group.
    pub others: Vec<Participant>,
    /// With whom.
    pub therapist: TherapistBrief,
    /// And with whom else.
    pub co_therapists: Vec<TherapistBrief>,
    /// The therapist's open stretches that day.
    pub therapist_open: Vec<When>,
    /// What.
    pub service: ServiceBrief,
    /// Where.
    pub place: PlaceBrief,
    /// Part of a repetition.
    pub series: Option<SeriesPart>,
    /// Price.
    pub price: Option<Money>,
    /// Its invoices, newest first.
    pub invoices: Vec<InvoiceBrief>,
    /// Remarks, oldest first. Not for clinical notes.
    pub remarks: Vec<RemarkView>,
    /// Quick Actions, each with the reason where it is not available.
    pub actions: Vec<QuickAction>,
    /// What a dialog sends back, so that a session changed underneath is found out.
    pub guard: SessionGuard,
    /// What the client knows.
    pub told: ToldView,
    /// Messages about it, newest first.
    pub notices: Vec<NoticeBrief>,
    /// History, newest first.
    pub activity: Vec<ActivityView>,
    /// How often this client cancelled or missed in 12 months.
    pub attendance: Attendance,
    /// The day of the therapist, drawn as a track.
    pub therapist_track: Vec<TrackPart>,
    /// The day of the room.
    pub room_track: Vec<TrackPart>,
    /// The therapist's next free time that day for this length.
    pub next_free: Option<Stamp>,
    /// What a cancellation would do to its invoice by the clinic's policy.
    pub cancel: CancelOffer,
    /// What a no-show would charge by the clinic's policy.
    pub no_show_fee: Option<Money>,
    /// The session before it on the same calendar day.
    pub previous: Option<SessionId>,
    /// The session after it.
    pub next: Option<SessionId>,
    /// Kept here, not yet at the ledger.
    pub pending: bool,
}

/// A client who comes beside the one who is named first, and what is true of them alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Participant {
    /// Who.
    pub client: ClientBrief,
    /// How they are reached.
    pub contact: ContactView,
    /// What they know.
    pub told: ToldView,
    /// How often they cancelled or missed in 12 months.
    pub attendance: Attendance,
}

/// How a client is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactView {
    /// Where mail would go.
    pub email: Option<String>,
    /// Where WhatsApp would go.
    pub phone: Option<String>,
    /// The name messages use.
    pub called: String,
    /// A guardian receives instead.
    pub guardian: Option<String>,
    /// Language of messages.
    pub language: Language,
    /// Why mail may not go.
    pub no_email: Option<NoReach>,
    /// Why WhatsApp may not go.
    pub no_whatsapp: Option<NoReach>,
    /// A mail account is set up.
    pub mail_ready: bool,
    /// Why no mail can leave at the moment: what is sent now waits.
    pub mail_held: Option<MailStop>,
    /// The last email reminder that went or waits.
    pub last_email_reminder: Option<Reminded>,
    /// The last WhatsApp reminder that was sent, opened or is still to be opened.
    pub last_whatsapp_reminder: Option<Reminded>,
}

/// A reminder: since when it stands where it stands. Only one that was sent has been sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Reminded {
    /// Since when.
    #[serde(flatten)]
    pub since: Stamp,
    /// Where it stands.
    pub state: NoticeState,
}

/// What the client knows of the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ToldView {
    /// Nothing was ever said or needed to be.
    Nothing,
    /// They know it as it stands.
    UpToDate {
        /// Since when.
        since: Stamp,
        /// Personally, not by a message.
        personally: bool,
    },
    /// They know something else: they have NOT been told.
    Outdated {
        /// What they believe.
        when: Option<When>,
        /// A message is on its way.
        waiting: bool,
        /// Whom to ring.
        phone: Option<String>,
    },
}

/// A remark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct RemarkView {
    pub at: Stamp,
    pub by: String,
    pub text: String,
}

/// One line of Activity. The screen writes the sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActivityView {
    /// When.
    pub at: Stamp,
    /// Who; `None` is the program itself.
    pub by: Option<String>,
    /// The person who is working now.
    pub by_me: bool,
    /// What happened.
    pub what: Happened,
    /// From, in words.
    pub from: Option<SnapshotView>,
    /// To, in words.
    pub to: Option<SnapshotView>,
    /// Where a message went.
    pub address: Option<String>,
    /// Whom it concerns, where several come and it concerns one of them.
    pub client: Option<String>,
    /// Not yet at the ledger.
    pub pending: bool,
}

/// A session as it was or became, with the words for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SnapshotView {
    pub when: When,
    pub place: PlaceBrief,
    pub therapist: String,
    pub co_therapists: Vec<String>,
}

/// How a client kept their sessions in the last 12 months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Attendance {
    pub kept: u32,
    pub cancelled: u32,
    pub missed: u32,
}

/// What the Cancel popup offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CancelOffer {
    /// It would count as late.
    pub late: bool,
    /// The invoice it has.
    pub invoice: Option<InvoiceStatus>,
    /// What is preselected.
    pub fate: InvoiceFate,
    /// The fee for late cancellations.
    pub fee: Option<Money>,
    /// The client would be told.
    pub notify: bool,
}

/// `session.book`: one session, or a repetition of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the session")]
pub struct BookRequest {
    pub client: ClientId,
    /// Who else comes.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<ClientId>>")]
    pub more_clients: Vec<ClientId>,
    pub service: ServiceId,
    pub therapist: TherapistId,
    /// Who leads it with them.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<TherapistId>>")]
    pub co_therapists: Vec<TherapistId>,
    pub place: Place,
    pub place_text: Option<String>,
    pub start: Typed,
    pub minutes: u16,
    pub price: Option<Money>,
    /// Draft an invoice with it.
    pub invoice: bool,
    /// To whom; to `client` unless said otherwise.
    #[serde(default)]
    #[ts(optional)]
    pub bill: Option<ClientId>,
    pub notify: bool,
    pub anyway: Anyway,
    /// Repeat; with the numbers of the occurrences to leave out.
    pub repeat: Option<Repeat>,
}

/// A repetition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Repeat {
    pub every_weeks: u8,
    pub count: u8,
    pub leave_out: Vec<u16>,
}

/// What `session.book` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Booked {
    pub acted: super::act::Acted,
    pub sessions: Vec<SessionId>,
}

/// `session.cancel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct CancelRequest {
    pub session: SessionId,
    pub remark: Option<String>,
    pub remark_to_client: bool,
    pub by: CancelledBy,
    pub invoice: InvoiceFate,
    /// Who owes a fee; who was billed for the session unless said otherwise.
    #[serde(default)]
    #[ts(optional)]
    pub bill: Option<ClientId>,
    pub notify: bool,
}

/// `session.restore`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct RestoreRequest {
    pub session: SessionId,
    pub notify: bool,
    pub anyway: Anyway,
}

/// `session.reschedule`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct RescheduleRequest {
    pub session: SessionId,
    pub guard: SessionGuard,
    pub start: Typed,
    pub place: Place,
    /// Link or address; `None` keeps what it has as long as the place stays, an empty line takes it away.
    pub place_text: Option<String>,
    pub therapist: TherapistId,
    /// Who leads it with them from now on: all of them.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<TherapistId>>")]
    pub co_therapists: Vec<TherapistId>,
    pub notify: bool,
    pub anyway: Anyway,
}

/// `session.modify_duration`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct ModifyDurationRequest {
    pub session: SessionId,
    pub guard: SessionGuard,
    pub end: Typed,
    pub notify: bool,
    pub invoice: Option<ExtensionRequest>,
    pub anyway: Anyway,
}

/// The invoice for an extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the invoice")]
pub struct ExtensionRequest {
    pub amount: Money,
    #[ts(type = "string")]
    pub due: NaiveDate,
    pub text: String,
    pub send: Vec<Channel>,
    /// To whom; to who was billed for the session unless said otherwise.
    #[serde(default)]
    #[ts(optional)]
    pub bill: Option<ClientId>,
}

/// `session.no_show`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct NoShowRequest {
    pub session: SessionId,
    pub invoice: InvoiceFate,
    /// Who owes a fee; who was billed for the session unless said otherwise.
    #[serde(default)]
    #[ts(optional)]
    pub bill: Option<ClientId>,
    pub free_rest: bool,
}

/// `session.confirm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct ConfirmRequest {
    pub session: SessionId,
    pub confirmed: bool,
}

/// `session.remark`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct RemarkRequest {
    pub session: SessionId,
    pub text: String,
}

/// `session.remind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct RemindRequest {
    pub session: SessionId,
    pub channel: Channel,
    pub again: bool,
    /// To whom; to each who can be reached unless said otherwise.
    #[serde(default)]
    #[ts(optional)]
    pub client: Option<ClientId>,
}
