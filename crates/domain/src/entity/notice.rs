//! Messages to clients, and what each client was last told.

use super::{Channel, Snapshot};
use crate::{ClientId, IntentId, InvoiceId, MemberId, Moment, NoticeId, SessionId, ToldId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A message to a client. Queued with the decision it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notice {
    /// Derived from the intent, the recipient and the channel; also the mail's Message-ID.
    pub id: NoticeId,
    /// What rules read.
    pub facts: NoticeFacts,
    /// What people read.
    pub details: NoticeDetails,
}

/// What rules read of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoticeFacts {
    /// The decision it tells of.
    pub intent: IntentId,
    /// To whom.
    pub client: ClientId,
    /// Which way.
    pub channel: Channel,
    /// What it says.
    pub kind: NoticeKind,
    /// The session it tells of.
    pub session: Option<SessionId>,
    /// The invoice it carries.
    pub invoice: Option<InvoiceId>,
    /// The invoice was not paid yet when it was asked to go: it asks for the money, and only as long as that is owed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owed: bool,
    /// What it says of the session.
    pub tells: Option<Snapshot>,
    /// What the client knew before, as far as it says "instead of".
    pub instead_of: Option<Snapshot>,
    /// The session's sequence when it was queued.
    pub sequence: u32,
    /// Where it stands.
    pub state: NoticeState,
    /// Why it stands there.
    pub cause: Option<NoticeCause>,
    /// When the person clicked, as the ledger bounds it: what waited overnight in an outbox is not new in the morning.
    pub queued_at: Moment,
    /// When it was decided; later than `queued_at` if it waited in an outbox. See [`Self::decided`].
    #[serde(default)]
    pub decided_at: Option<Moment>,
    /// Not before this moment: the end of the undo window, or of a back-off.
    pub not_before: Moment,
    /// Not after this moment.
    pub expires: Option<Moment>,
    /// How often a mail server asked to come back later, since a person last released it.
    pub attempts: u32,
    /// How often a person asked for it to be sent again.
    #[serde(default)]
    pub round: u32,
    /// When its present state began.
    pub since: Moment,
    /// When a person last clicked that it shall go, bounded as `queued_at` is.
    #[serde(default)]
    pub released_at: Option<Moment>,
    /// The other notices that went, or were last tried, in this one's mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carries: Vec<NoticeId>,
}

/// What people read of a notice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoticeDetails {
    /// The remark, if the person ticked that the client may read it.
    pub remark: Option<String>,
    /// Where it went; set when it is rendered.
    pub to: Option<String>,
    /// The subject as rendered.
    pub subject: Option<String>,
    /// The text as rendered.
    pub text: Option<String>,
}

/// What a notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A session was booked.
    Booked,
    /// It moved.
    Rescheduled,
    /// It is longer or shorter.
    DurationModified,
    /// It was cancelled.
    Cancelled,
    /// It takes place after all.
    Restored,
    /// It comes soon.
    Reminder,
    /// An invoice.
    Invoice,
}

/// Where a notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// Waits for the end of the undo window.
    OnHold,
    /// Waits for the courier.
    Queued,
    /// A WhatsApp draft waits for a person to open it.
    Draft,
    /// A WhatsApp draft was opened; nobody has said yet whether it was sent.
    Opened,
    /// The courier has it.
    Sending,
    /// The mail server took it, or a person said so.
    Sent,
    /// It could not be sent; a person decides.
    Failed,
    /// It may or may not have been sent; a person decides.
    Uncertain,
    /// Taken back before it went.
    Withdrawn,
    /// Its time passed before it could go.
    Expired,
}

impl NoticeFacts {
    /// Whether notices of its kind that one click made for one client go in one mail: a repetition that was booked, or
    /// taken back.
    pub fn goes_with(&self, other: &Self) -> bool {
        matches!(self.kind, NoticeKind::Booked | NoticeKind::Cancelled)
            && (self.intent, self.client, self.channel, self.kind)
                == (other.intent, other.client, other.channel, other.kind)
    }

    /// When it was decided. What the client learnt until then was weighed when it was queued; what they learn
    /// afterwards makes it old.
    pub fn decided(&self) -> Moment {
        self.decided_at.unwrap_or(self.queued_at)
    }

    /// Whether it is on its way or may have arrived, without anyone knowing yet.
    pub fn may_have_arrived(&self) -> bool {
        matches!(
            self.state,
            NoticeState::Sending | NoticeState::Uncertain | NoticeState::Opened
        ) || self.cause == Some(NoticeCause::NeverConfirmed)
    }
}

impl NoticeState {
    /// Whether it may still go out by itself.
    pub fn waits(self) -> bool {
        matches!(self, Self::OnHold | Self::Queued)
    }

    /// Whether it has not begun to leave, so that it can still be taken back.
    pub fn can_be_withdrawn(self) -> bool {
        matches!(
            self,
            Self::OnHold | Self::Queued | Self::Draft | Self::Failed
        )
    }

    /// Whether a person has to look at it.
    pub fn needs_a_person(self) -> bool {
        matches!(
            self,
            Self::Failed | Self::Uncertain | Self::Expired | Self::Opened
        )
    }
}

/// Why a notice stands where it stands. Never holds an address or a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCause {
    /// The client already knows it.
    AlreadyTold,
    /// A later notice says it.
    Merged,
    /// The session changed since, and nobody asked to tell.
    Overtaken,
    /// What it tells of is over.
    TooLate,
    /// What it tells of is over, and nobody said whether the opened draft was sent.
    NeverConfirmed,
    /// Undone.
    Undone,
    /// A person told the client.
    ToldPersonally,
    /// A person dropped it.
    Dropped,
    /// The client may no longer be reached this way.
    MayNotBeReached,
    /// The invoice was made void.
    InvoiceVoid,
    /// The invoice was paid.
    InvoicePaid,
    /// A demo clinic sends nothing: the message was shown instead.
    Demo,
    /// No mail account is set up.
    MailNotSetUp,
    /// The keychain did not give the password.
    NoPassword,
    /// The mail server did not accept name and password.
    WrongPassword,
    /// The provider wants an app password.
    AppPasswordNeeded,
    /// The provider has switched signing in with a password off for this mailbox.
    PasswordSignInOff,
    /// The server does not let us send from this address.
    SenderRefused,
    /// The server does not know the recipient.
    RecipientRefused,
    /// The recipient's mailbox is full.
    MailboxFull,
    /// The provider limits how many may go.
    TooManyMessages,
    /// The message itself was refused.
    MessageRefused,
    /// No encrypted line could be made.
    TlsFailed,
    /// The server's certificate is not trusted.
    CertificateUntrusted,
    /// It has expired, or is not valid yet: or this computer's clock is wrong.
    CertificateExpired,
    /// It is another server's.
    CertificateOtherHost,
    /// There is no way to the server's network.
    NoInternet,
    /// The server's name is not known.
    HostNotFound,
    /// Nobody listens there.
    ConnectionRefused,
    /// What answers there is no mail server.
    NotAMailServer,
    /// The server did not answer in time.
    Silent,
    /// The line was cut before the message was handed over.
    LineCut,
    /// The line was cut, or the program ended, after the message was handed over.
    CutWhileSending,
    /// What was sent cannot be written down here (a full or read-only disk), so nothing may be sent.
    DiskUnwritable,
    /// The server has a passing problem.
    ServerBusy,
}

/// What a client was last told of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Told {
    /// Derived from session and client.
    pub id: ToldId,
    /// Which session.
    pub session: SessionId,
    /// Which client.
    pub client: ClientId,
    /// What they know.
    pub what: Snapshot,
    /// Since when.
    pub at: Moment,
    /// How.
    pub how: TellHow,
}

/// How a client came to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum TellHow {
    /// By this notice.
    Notice(NoticeId),
    /// A member told them.
    Personally(MemberId),
}

impl Told {
    /// The id of what `client` was told of `session`.
    pub fn id_of(session: SessionId, client: ClientId) -> ToldId {
        ToldId(crate::id::derive(session.0, "told", &client.to_string()))
    }
}
