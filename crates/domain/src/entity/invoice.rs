//! Invoices. An issued one never changes except to be paid or made void.

use crate::{ClientId, IntentId, Interval, InvoiceId, Moment, Money, SessionId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Invoice {
    /// Its id.
    pub id: InvoiceId,
    /// What rules read.
    pub facts: InvoiceFacts,
    /// What people read.
    pub details: InvoiceDetails,
}

/// What rules read of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InvoiceFacts {
    /// Who owes it.
    pub client: ClientId,
    /// For which session, if for one.
    pub session: Option<SessionId>,
    /// What for.
    pub kind: InvoiceKind,
    /// The intent that drafted it, so that taking the intent back finds it.
    #[ts(type = "string")]
    pub made_by: IntentId,
    /// How much.
    pub amount: Money,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// Prefix and running number, given by the ledger when it is issued. Away from the ledger an issued invoice waits for it.
    pub number: Option<String>,
    /// When it was issued.
    pub issued_at: Option<Moment>,
    /// The day it is due, on the clinic's calendar.
    #[ts(type = "string")]
    pub due: NaiveDate,
    /// Nobody typed `due`: it is so many days from the issue, and reckoned again when that happens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub due_by_terms: bool,
    /// When and how it was paid.
    pub paid: Option<Paid>,
    /// It was made void by a cancellation or a no-show. When that is taken back it is drafted anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void_with_session: bool,
}

/// What people read of an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InvoiceDetails {
    /// What is charged, in the clinic's words.
    pub text: String,
    /// What stood on it when it was issued. None of a draft, and of one that was issued before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub printed: Option<Printed>,
}

/// What an invoice says beside its amount, as it was at its issue: paper does not change when the settings do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Printed {
    /// The clinic's name.
    pub clinic_name: String,
    /// Its address.
    pub clinic_address: Option<String>,
    /// How to pay.
    pub payment_text: Option<String>,
    /// Who owes it, by their full name.
    pub billed_to: String,
    /// When the session was, if it is for one.
    pub session_at: Option<Interval>,
}

/// What an invoice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// A session.
    Session,
    /// Time added to one.
    Extension,
    /// A no-show's fee.
    NoShowFee,
    /// A late cancellation's fee.
    LateCancelFee,
}

/// Where an invoice stands. *Overdue* is not a status: it is derived from the due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// Not yet issued; may change.
    Draft,
    /// Issued; owed.
    Issued,
    /// Paid.
    Paid,
    /// Made void.
    Void,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Paid {
    /// The day, on the clinic's calendar.
    #[ts(type = "string")]
    pub on: NaiveDate,
    /// How.
    pub method: PayMethod,
}

/// How an invoice was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PayMethod {
    /// Cash.
    Cash,
    /// Bank transfer.
    Transfer,
    /// Card.
    Card,
    /// A QR code, such as DuitNow.
    Qr,
    /// Anything else.
    Other,
}

impl InvoiceFacts {
    /// Whether it is owed and past its due date.
    pub fn overdue(&self, today: NaiveDate) -> bool {
        self.status == InvoiceStatus::Issued && self.due < today
    }
}
