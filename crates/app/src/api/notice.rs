//! Messages: every notice and where it stands.

use super::{Stamp, When};
use safetalk_domain::intent::WhatsappBecame;
use safetalk_domain::*;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A notice as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the notice")]
pub struct NoticeBrief {
    pub id: NoticeId,
    /// The others of the same mail, by their dates: one mail tells of a whole repetition.
    pub with: Vec<AlsoInMail>,
    pub kind: NoticeKind,
    pub channel: Channel,
    pub state: NoticeState,
    pub cause: Option<NoticeCause>,
    pub queued: Stamp,
    /// When its present state began.
    pub since: Stamp,
    /// Where it went or would go.
    pub to: Option<String>,
    pub client: ClientId,
    pub client_name: String,
    /// Whom to ring if it did not go.
    pub phone: Option<String>,
    pub session: Option<SessionId>,
    /// When that session is.
    pub session_when: Option<When>,
    pub invoice: Option<InvoiceId>,
    /// When it is tried again by itself.
    pub next_try: Option<Stamp>,
}

/// A notice that went, or would go, in another one's mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the notice")]
pub struct AlsoInMail {
    pub notice: NoticeId,
    pub session: Option<SessionId>,
}

/// `notice.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoticesRequest {
    /// Only those that wait or need a person.
    pub open_only: bool,
    /// How many at most.
    pub most: u16,
}

/// What `notice.list` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoticesView {
    /// Newest first.
    pub notices: Vec<NoticeBrief>,
    /// A mail account is set up.
    pub mail_ready: bool,
    /// Nothing went for more than 12 h, or mail was just set up: the person chooses what still goes.
    pub choose: bool,
}

/// Messages that do not leave, and what keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MailHold {
    /// How many wait.
    pub waiting: u32,
    /// Why.
    pub cause: NoticeCause,
    /// When it is tried again by itself.
    pub until: Option<Stamp>,
    /// It passes by itself; otherwise a person has to do something.
    pub passes: bool,
}

/// Why a message that is asked for now would not leave at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum MailStop {
    /// What keeps the clinic's mail from leaving.
    Cause(NoticeCause),
    /// What keeps it on this computer.
    Line(LineStop),
}

/// What keeps a message on this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LineStop {
    /// The clinic's server, which sends it, is out of reach: it goes when the server has it.
    ServerAway,
}

/// Every call that names just a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct NoticeRequest {
    pub notice: NoticeId,
}

/// `notice.retry`, `notice.drop`, `notice.text`: a message as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LetterRequest {
    /// The one it is known by.
    pub notice: NoticeId,
    /// The others in the same mail.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<NoticeId>>")]
    pub with: Vec<NoticeId>,
}

/// `notice.choose`: of the waiting list, what may go; the rest is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ChooseRequest {
    pub send: Vec<NoticeId>,
    pub drop: Vec<NoticeId>,
}

/// What a client reads or would read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of a message")]
pub struct NoticeText {
    pub to: Option<String>,
    pub subject: String,
    pub text: String,
}

/// `notice.preview`: what the client would be told of a change that is not made yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct PreviewRequest {
    pub client: ClientId,
    pub channel: Channel,
    pub kind: NoticeKind,
    /// The session as it stands, if there is one.
    pub session: Option<SessionId>,
    /// As it would stand.
    pub start: Option<super::check::Typed>,
    pub minutes: Option<u16>,
    pub place: Option<Place>,
    pub therapist: Option<TherapistId>,
    pub remark: Option<String>,
}

/// `notice.open_whatsapp`: opens the draft. In a demo clinic the text comes back instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WhatsappOpened {
    /// Set when nothing was opened because this is a demo clinic.
    pub shown_instead: Option<NoticeText>,
}

/// `notice.record_whatsapp`: what became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct WhatsappRequest {
    pub notice: NoticeId,
    pub became: WhatsappBecame,
}
