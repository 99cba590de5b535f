//! What can happen to a booked session.

use super::{Anyway, ExtensionInvoice, Slot};
use crate::entity::*;
use crate::time::Moment;
use crate::{ClientId, Money, SeriesId, SessionId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
