//! The clinic and what its plan includes.

use super::Channel;
use crate::{ClinicId, Currency, Moment, Money, Zone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A clinic: one set of books, one history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Clinic {
    /// Its id.
    pub id: ClinicId,
    /// What rules read.
    pub facts: ClinicFacts,
    /// What people read.
    pub details: ClinicDetails,
}

/// Days from issue to due date, until the clinic says otherwise.
const DUE_DAYS: u16 = 7;

impl Clinic {
    /// A new clinic, with everything that is not said at its default.
    pub fn beginning(
        id: ClinicId,
        name: String,
        country: String,
        zone: Zone,
        currency: Currency,
        first_weekday: u8,
    ) -> Self {
        Self {
            id,
            facts: ClinicFacts {
                country,
                zone,
                currency,
                first_weekday,
                plan: Plan::FULL,
                mail_ready: false,
                mail_since: None,
                demo: false,
                due_days: DUE_DAYS,
                next_invoice: 1,
                late_cancel_hours: 0,
                late_cancel_fee: None,
                no_show_fee: None,
            },
            details: ClinicDetails {
                name,
                invoice_prefix: "INV-".to_owned(),
                ..ClinicDetails::default()
            },
        }
    }
}

/// What rules read of a clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClinicFacts {
    /// ISO 3166 country, two capitals. Gives defaults for phones and paper.
    pub country: String,
    /// The zone its hours and sessions are read in.
    pub zone: Zone,
    /// The currency of its prices.
    pub currency: Currency,
    /// First day of a week, 0 = Monday.
    pub first_weekday: u8,
    /// What the subscription includes.
    pub plan: Plan,
    /// Whether mail can go out: an account is set up where the ledger is.
    pub mail_ready: bool,
    /// Since when it could. What was queued before goes only if a person chooses so.
    #[serde(default)]
    pub mail_since: Option<Moment>,
    /// A clinic to look around in: nothing ever leaves it.
    pub demo: bool,
    /// Days from issue to due date of an invoice.
    pub due_days: u16,
    /// The number the next issued invoice gets. Only the ledger counts it up.
    pub next_invoice: u32,
    /// A cancellation with less notice than this counts as late. Hours; 0 switches the policy off.
    pub late_cancel_hours: u16,
    /// Fee for a late cancellation.
    pub late_cancel_fee: Option<Money>,
    /// Fee for a no-show that replaces the session's invoice.
    pub no_show_fee: Option<Money>,
}

/// What people read of a clinic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClinicDetails {
    /// Its name, as clients know it.
    pub name: String,
    /// Phone in E.164, printed in messages.
    pub phone: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// How to pay, printed on invoices.
    pub payment_text: Option<String>,
    /// What stands before an invoice's number.
    pub invoice_prefix: String,
    /// The mailbox messages come from.
    pub from_address: Option<String>,
}

/// What a subscription includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Plan {
    /// Email to clients.
    pub email: bool,
    /// WhatsApp to clients.
    pub whatsapp: bool,
    /// How many members there may be, those that are suspended included.
    pub seats: u16,
}

impl Plan {
    /// Everything: the plan of a clinic on its own computer.
    pub const FULL: Self = Self {
        email: true,
        whatsapp: true,
        seats: u16::MAX,
    };

    /// Whether messages may go this way.
    pub fn includes(self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.email,
            Channel::Whatsapp => self.whatsapp,
        }
    }
}
