//! The Dashboard: today, and what needs attention.

use super::account::LineTrouble;
use super::calendar::Block;
use super::clinic::BackupTrouble;
use super::invoice::InvoiceBrief;
use super::notice::{MailHold, NoticeBrief};
use super::{Stamp, TherapistBrief, When};
use safetalk_domain::*;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `dashboard.get`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DashboardView {
    /// Now.
    pub now: Stamp,
    /// Today's sessions, earliest first; cancelled ones included.
    pub today: Vec<TodaySession>,
    /// The one running or coming next.
    pub next: Option<SessionId>,
    /// What needs attention, most urgent first.
    pub attention: Vec<Attention>,
    /// What keeps messages from leaving, as far as that passes by itself.
    pub mail: Option<MailHold>,
    /// Nothing leaves this clinic.
    pub demo: bool,
}

/// A session of today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct TodaySession {
    pub block: Block,
    pub therapist: TherapistBrief,
    pub co_therapists: Vec<TherapistBrief>,
    pub room_name: Option<String>,
    /// The client has not been told how it stands.
    pub untold: bool,
}

/// Something that needs a person, with its one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Attention {
    /// A client whose session is within 48 h does not know how it stands. Action: Call / "I told them myself".
    Untold {
        session: SessionId,
        client: String,
        client_id: ClientId,
        phone: Option<String>,
        when: When,
        status: StatusWord,
        waiting: bool,
    },
    /// A message that failed, is uncertain or expired. Action: open it.
    Message { notice: NoticeBrief },
    /// A WhatsApp draft was opened and nobody said whether it was sent. Action: say so.
    Whatsapp { notice: NoticeBrief },
    /// A WhatsApp draft waits and nobody has opened it. Action: open it.
    Draft { notice: NoticeBrief },
    /// A change that was refused. Action: what to do instead.
    Refused { refused: RefusedChange },
    /// An invoice is overdue. Action: open it.
    Overdue { invoice: InvoiceBrief },
    /// Sessions of the next 24 h that nobody confirmed, the nearest first. Action: mark it confirmed, or open the day.
    Unconfirmed { sessions: Vec<Unconfirmed> },
    /// The last good backup is older than three days. Action: back up now, or choose a folder where there is none.
    OldBackup {
        last_good: Option<Stamp>,
        trouble: Option<BackupTrouble>,
    },
    /// Mail is not set up and messages wait for it. Action: set it up.
    MailNotSetUp { waiting: u32 },
    /// This computer and the clinic's server are not in step until a person does something. Action: sign in again.
    Line { trouble: LineTrouble, waiting: u32 },
    /// Messages wait for something that does not pass by itself. Action: mail settings, or try now.
    MailHeld { hold: MailHold },
    /// Messages wait since mail could not leave for more than 12 h. Action: choose what still goes.
    ChooseWaiting { waiting: u32 },
}

/// A session that nobody confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Unconfirmed {
    pub session: SessionId,
    /// The first client.
    pub client: String,
    /// Who comes with them.
    pub others: Vec<String>,
    pub when: When,
}

/// A change the ledger refused, in front of the person who wanted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RefusedChange {
    /// The click.
    pub intent: IntentId,
    /// When it was made.
    pub at: Stamp,
    /// What was wanted.
    pub wanted: Wanted,
    /// When that would have been: the new time of what was to move, the time of the session otherwise.
    pub when: Option<When>,
    /// The session as it stands, if there is one.
    pub session: Option<SessionId>,
    /// The client's record, if there is one.
    pub client_id: Option<ClientId>,
    /// For whom.
    pub client: Option<String>,
    /// The number to ring.
    pub phone: Option<String>,
    /// The invoice it was about.
    pub invoice: Option<InvoiceId>,
    /// The room, service or person it was about, where that is no client.
    pub thing: Option<String>,
    /// For a booking: what New Session begins with when it is tried again.
    pub again: Option<BookAgain>,
    /// Why not.
    pub refusal: Refusal,
}

/// The rest of what New Session begins with; client and time stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the session")]
pub struct BookAgain {
    pub therapist: TherapistId,
    pub room: Option<RoomId>,
}

/// What a person wanted, by its click.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Wanted {
    Settings,
    Therapist,
    Room,
    Service,
    Hours,
    TimeOff,
    NoTimeOff,
    NewClient,
    EditClient,
    Book,
    BookSeries,
    Cancel,
    CancelSeries,
    Restore,
    Reschedule,
    ModifyDuration,
    NoShow,
    UndoNoShow,
    Confirm,
    Unconfirm,
    Remark,
    Remind,
    RecordMessage,
    TellPersonally,
    RetryMessage,
    DropMessage,
    DraftInvoice,
    IssueInvoice,
    PayInvoice,
    TakeBackPayment,
    VoidInvoice,
    SendInvoice,
    Member,
    BringMemberBack,
    SuspendMember,
    RemoveMember,
    ReassignClients,
    Subscription,
}

/// `refused.close`: the person has dealt with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct CloseRefusedRequest {
    pub intent: IntentId,
}

/// `told.personally`: "I told them myself".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct ToldRequest {
    pub session: SessionId,
    /// Whom; everyone who comes unless said otherwise.
    #[serde(default)]
    #[ts(optional)]
    pub client: Option<ClientId>,
}
