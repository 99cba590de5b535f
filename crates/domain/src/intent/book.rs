//! Booking: one session, or a repetition.

use crate::entity::*;
use crate::time::Interval;
use crate::{ClientId, InvoiceId, Money, SeriesId, ServiceId, SessionId, TherapistId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Booking where a soft rule says no.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Anyway {
    /// The person clicked "Book anyway".
    pub anyway: bool,
    /// Why; needed for someone else's hours.
    pub reason: Option<String>,
}

/// Where and when a session is to be, as a person chose it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the session")]
pub struct Slot {
    pub at: Interval,
    pub place: Place,
    pub therapist: TherapistId,
    /// Who leads it with them: all of them, so that whoever is left out no longer does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub co_therapists: Vec<TherapistId>,
    /// Join link or address, for the places that need one.
    #[serde(default)]
    pub place_text: Option<String>,
}

impl Slot {
    /// Everyone who is to see the clients, the lead first.
    pub fn therapists(&self) -> impl Iterator<Item = TherapistId> {
        std::iter::once(self.therapist).chain(self.co_therapists.iter().copied())
    }
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the session")]
pub struct BookSession {
    pub session: SessionId,
    pub client: ClientId,
    /// Who else comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_clients: Vec<ClientId>,
    pub service: ServiceId,
    pub slot: Slot,
    pub price: Option<Money>,
    /// The draft invoice made with it, if one is wanted.
    pub invoice: Option<InvoiceId>,
    /// Who of the clients is billed; `client` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<ClientId>,
    pub notify: bool,
    pub anyway: Anyway,
}

/// A repetition. All of it or nothing: a person saw every occurrence before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the sessions")]
pub struct BookSeries {
    pub series: SeriesId,
    pub client: ClientId,
    /// Who else comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_clients: Vec<ClientId>,
    pub service: ServiceId,
    pub sessions: Vec<(SessionId, Slot)>,
    pub price: Option<Money>,
    /// The draft invoices made with it, one for each session in their order, if any are wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invoices: Vec<InvoiceId>,
    /// Who of the clients is billed; `client` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<ClientId>,
    pub notify: bool,
    pub anyway: Anyway,
}
