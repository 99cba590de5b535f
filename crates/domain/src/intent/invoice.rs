//! Invoices.

use crate::entity::*;
use crate::{ClientId, InvoiceId, Money, SessionId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

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

/// A payment, or one taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named as elsewhere")]
pub struct PayInvoice {
    pub invoice: InvoiceId,
    /// `None` takes the payment back: it was another invoice's, another day's, or paid another way.
    pub paid: Option<Paid>,
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
