//! The ledger's side of the counter: what the courier asks of whoever keeps the notices.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::cause::Cause;
use crate::smtp::Envelope;

/// Which notice is meant, and in which round.
///
/// A round is one promise to send. It starts at 0 and goes up by one only when a *person* asks for an
/// uncertain or failed notice to be sent again. What the record knows of an earlier round does not hold
/// back the next one, and nothing but a person can start one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NoticeRef {
    /// The notice's id, without white space.
    pub id: String,
    /// The round.
    pub round: u32,
}

/// A notice that is due, marked `sending` and ready to go.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which notice.
    pub notice: NoticeRef,
    /// How many attempts the server has answered with "later" in this round; 0 at first.
    pub attempts: u32,
    /// From and to.
    pub envelope: Envelope,
    /// The whole message, rendered once and stored: every attempt takes these very bytes.
    pub message: Vec<u8>,
}

impl std::fmt::Debug for Claim {
    /// Without the message and the addresses.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claim")
            .field("notice", &self.notice)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// How a claimed notice stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Settled {
    /// A server has taken it.
    Sent {
        /// When, UTC seconds.
        at: i64,
        /// The server's reply code.
        code: u16,
    },
    /// It goes back to the queue.
    Again {
        /// Not before this moment, UTC seconds.
        not_before: i64,
        /// Whether this was an attempt of its own, so that [`Claim::attempts`] is one more next time. Not
        /// counted is what was nobody's fault but the line's or the account's.
        counted: bool,
        /// Why it did not go; `None` when it was interrupted (a crash, quitting) before the handing over.
        cause: Option<Cause>,
    },
    /// It will not go; a person has to act.
    Failed {
        /// Why.
        cause: Cause,
    },
    /// It was handed over and nobody knows what became of it; a person has to decide.
    Uncertain,
}

/// What went wrong at the desk. Carries no text: it may quote a statement with a client's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// The store did not answer or refused (a full or read-only disk, a locked file).
    #[error("the store of notices is out of reach")]
    Unavailable,
    /// The store is closed and will not open again for this courier.
    #[error("the store of notices is closed")]
    Closed,
}

/// What the courier asks of the ledger. Every moment is UTC seconds.
///
/// The courier works one notice at a time, so an implementation sees no two calls at once from it.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Settles what can no longer arrive in time, whether or not mail can go: what is queued or held, and the drafts
    /// that only a person can send. The courier asks for it in every round, also while it rests.
    async fn settle_late(&self, now: i64) -> Result<(), DeskError>;

    /// The notices that stand as `sending`. Asked once, when the courier starts and nothing is under way:
    /// each one was interrupted, and the courier settles it by its record.
    async fn interrupted(&self) -> Result<Vec<NoticeRef>, DeskError>;

    /// Claims the notice that is due first, or says that none is.
    ///
    /// The desk looks again before it hands one out: what is withdrawn, merged into a later one, expired
    /// or held until a person has chosen is settled inside and never claimed. Notices of one session leave
    /// in order: a later one is not claimed while an earlier one of its session is queued (even if that one
    /// waits for its next attempt) or sending. One that is uncertain holds nothing back: it may have left, and
    /// a client who heard of a booking must still hear of its cancellation. The text is rendered once and
    /// stored, and the mark `sending` is durable before this returns.
    async fn next_due(&self, now: i64) -> Result<Option<Claim>, DeskError>;

    /// Writes down how a claimed notice stands. Durable before it returns; settling twice the same way is
    /// the same as once.
    async fn settle(&self, notice: &NoticeRef, settled: Settled, now: i64)
    -> Result<(), DeskError>;

    /// The next moment at which [`Desk::next_due`] may have something, if any is known.
    async fn next_wake(&self, now: i64) -> Result<Option<i64>, DeskError>;
}
