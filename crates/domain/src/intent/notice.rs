//! Messages: reminders, and what became of each.

use crate::entity::*;
use crate::time::Moment;
use crate::{ClientId, NoticeId, SessionId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
    /// What WhatsApp was opened with: what the client reads, if it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendered: Option<Rendered>,
}

/// What a person says became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WhatsappBecame {
    /// WhatsApp is opened with it. Written down first, so that what may have gone is never thought a draft.
    Opened,
    /// It could not be opened after all: it is a draft as before.
    NotOpened,
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
