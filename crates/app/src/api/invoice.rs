//! Invoices.

use super::{ClientBrief, Stamp, When};
use chrono::NaiveDate;
use safetalk_domain::*;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An invoice as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the invoice")]
pub struct InvoiceBrief {
    pub id: InvoiceId,
    /// `None` until the ledger gave one.
    pub number: Option<String>,
    pub kind: InvoiceKind,
    pub status: InvoiceStatus,
    pub overdue: bool,
    pub amount: Money,
    #[ts(type = "string")]
    pub due: NaiveDate,
    pub client: ClientBrief,
    pub session: Option<SessionId>,
    pub session_when: Option<When>,
    /// A message with it went or waits.
    pub sent: bool,
}

/// `invoice.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InvoicesRequest {
    /// Only of this client.
    pub client: Option<ClientId>,
    /// Only in this state.
    pub status: Option<InvoiceStatus>,
    /// Only overdue ones.
    pub overdue: bool,
    /// How many at most.
    pub most: u16,
}

/// What `invoice.list` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InvoicesView {
    /// Newest first.
    pub invoices: Vec<InvoiceBrief>,
    /// What is owed in all, per currency of the clinic.
    pub owed: Money,
    /// Of it overdue.
    pub overdue: Money,
}

/// Every call that names just an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct InvoiceRequest {
    pub invoice: InvoiceId,
}

/// One invoice, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the invoice")]
pub struct InvoiceDetail {
    pub brief: InvoiceBrief,
    pub text: String,
    pub issued: Option<Stamp>,
    pub paid: Option<Paid>,
    /// Nobody typed the due date: it is reckoned again when the invoice is issued.
    pub due_by_terms: bool,
    /// As it stood when the invoice was issued; of a draft as it would stand now. So are the next four.
    pub clinic_name: String,
    pub clinic_address: Option<String>,
    pub payment_text: Option<String>,
    pub billed_to: String,
    pub session_when: Option<When>,
    /// Why it may not be sent by mail.
    pub no_email: Option<NoReach>,
    /// Why it may not be sent by WhatsApp.
    pub no_whatsapp: Option<NoReach>,
    /// Where mail would go.
    pub email: Option<String>,
    pub mail_ready: bool,
    #[ts(type = "string")]
    pub today: NaiveDate,
    pub notices: Vec<super::notice::NoticeBrief>,
}

/// `invoice.draft`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct DraftRequest {
    /// The draft that is changed; `None` makes one.
    pub invoice: Option<InvoiceId>,
    pub client: ClientId,
    pub session: Option<SessionId>,
    pub amount: Money,
    #[ts(type = "string | null")]
    pub due: Option<NaiveDate>,
    pub text: String,
}

/// `invoice.pay`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct PayRequest {
    pub invoice: InvoiceId,
    pub paid: Paid,
}

/// `invoice.send`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the intent")]
pub struct SendRequest {
    pub invoice: InvoiceId,
    pub channel: Channel,
}
