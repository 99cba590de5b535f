//! Activity: who did what, when, from what to what. Written with every change, never changed.

use super::{
    CancelledBy, Channel, InvoiceStatus, MemberFacts, NoticeCause, NoticeKind, NoticeState,
    PayMethod, Plan, Snapshot, Standing,
};
use crate::{
    ActivityId, ClientId, IntentId, InvoiceId, MemberId, Moment, Money, NoticeId, SessionId,
    TherapistId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One line of a record's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Activity {
    /// Derived from the intent.
    pub id: ActivityId,
    /// When the person clicked, or the courier was done.
    pub at: Moment,
    /// Who; `None` is the courier.
    pub by: Option<MemberId>,
    /// The intent it tells of.
    pub intent: IntentId,
    /// The session it belongs to.
    pub session: Option<SessionId>,
    /// The client it belongs to.
    pub client: Option<ClientId>,
    /// What happened.
    pub what: Happened,
}

/// What happened. Values, no prose: the screen writes the sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "fields are the values before and after, named so"
)]
pub enum Happened {
    /// A session was booked.
    Booked {
        to: Snapshot,
        /// The reason of whoever booked over a soft rule.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        anyway: Option<String>,
    },
    /// It moved.
    Rescheduled {
        from: Snapshot,
        to: Snapshot,
        anyway: Option<String>,
    },
    /// It is longer or shorter.
    DurationModified {
        from: Snapshot,
        to: Snapshot,
        anyway: Option<String>,
    },
    /// It was cancelled.
    Cancelled { by: CancelledBy, late: bool },
    /// It takes place after all.
    Restored {
        /// The reason of whoever brought it back over a soft rule.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        anyway: Option<String>,
    },
    /// The client did not come.
    NoShow { freed_rest: bool },
    /// It was taken back that the client did not come.
    NoShowUndone,
    /// It was marked confirmed, or no longer.
    Confirmed { confirmed: bool },
    /// Someone remarked something.
    Remarked,
    /// A message was queued.
    NoticeQueued {
        notice: NoticeId,
        notice_kind: NoticeKind,
        channel: Channel,
    },
    /// A message came to another state.
    NoticeMoved {
        notice: NoticeId,
        notice_kind: NoticeKind,
        channel: Channel,
        to: NoticeState,
        cause: Option<NoticeCause>,
        /// Where it went, or was to go, then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        address: Option<String>,
    },
    /// A member told the client.
    ToldPersonally,
    /// An invoice was drafted.
    InvoiceDrafted { invoice: InvoiceId, amount: Money },
    /// An invoice changed its status.
    InvoiceMoved {
        invoice: InvoiceId,
        to: InvoiceStatus,
        method: Option<PayMethod>,
    },
    /// A payment was taken back: the invoice is owed again.
    PaymentTakenBack { invoice: InvoiceId },
    /// A client record was made.
    ClientAdded,
    /// A client record changed; the names of the fields, not their texts.
    ClientChanged { fields: Vec<String> },
    /// A client record was archived or brought back.
    ClientArchived { archived: bool },
    /// A client was given to another therapist.
    ClientReassigned { from: TherapistId, to: TherapistId },
    /// A member was added.
    MemberAdded { member: MemberId, to: MemberFacts },
    /// A member's access, therapist or name changed; the name itself is not repeated.
    MemberChanged {
        member: MemberId,
        from: MemberFacts,
        to: MemberFacts,
        renamed: bool,
    },
    /// A member was suspended, removed or brought back.
    MemberStands {
        member: MemberId,
        from: Standing,
        to: Standing,
    },
    /// The subscription changed.
    PlanChanged { from: Plan, to: Plan },
}
