//! The people the clinic sees, and how each may be reached.

use super::{Channel, Detail, Language};
use crate::{ClientId, MemberId, Moment, RoomId, ServiceId, TherapistId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// What rules read.
    pub facts: ClientFacts,
    /// What people read.
    pub details: ClientDetails,
}

/// What rules read of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClientFacts {
    /// Consent to email.
    pub may_email: Option<Consent>,
    /// Consent to WhatsApp.
    pub may_whatsapp: Option<Consent>,
    /// When and by whom the consent to email was taken back, if it was and has not been given anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub email_withdrawn: Option<Consent>,
    /// As `email_withdrawn`, of WhatsApp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub whatsapp_withdrawn: Option<Consent>,
    /// Nothing goes out, whatever the consents say.
    pub do_not_contact: bool,
    /// Whoever receives has an email address.
    pub has_email: bool,
    /// Whoever receives has a phone number for WhatsApp.
    pub has_phone: bool,
    /// A guardian receives instead of the client.
    pub guardian_receives: bool,
    /// The language messages are written in.
    pub language: Language,
    /// Filled in when booking.
    pub usual_therapist: Option<TherapistId>,
    /// Filled in when booking.
    pub usual_service: Option<ServiceId>,
    /// Filled in when booking.
    pub usual_room: Option<RoomId>,
    /// No longer offered when booking.
    pub archived: bool,
    /// How often each of these changed.
    #[serde(default)]
    pub revisions: FactRevisions,
}

/// How often each of a client's facts that a form holds has changed: 0 when first written, one up with every change.
/// Two computers that change the same one are found out by these, as for a [`Detail`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the client")]
pub struct FactRevisions {
    pub guardian_receives: u32,
    pub may_email: u32,
    pub may_whatsapp: u32,
    pub do_not_contact: u32,
    pub language: u32,
    pub usual_therapist: u32,
    pub usual_service: u32,
    pub usual_room: u32,
}

/// That a client may be written to, since when and who wrote it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Consent {
    /// When it was recorded.
    pub at: Moment,
    /// By whom.
    pub by: MemberId,
}

/// What people read of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClientDetails {
    /// Full name.
    pub full_name: Detail<String>,
    /// The name messages use.
    pub called: Detail<String>,
    /// The client's own address.
    pub email: Detail<Option<String>>,
    /// The client's own numbers, the first one for WhatsApp. E.164.
    pub phones: Detail<Vec<String>>,
    /// Who receives instead, if `guardian_receives`.
    pub guardian: Detail<Option<Guardian>>,
}

/// Who receives a client's messages instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Guardian {
    /// The name messages use.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number, E.164.
    pub phone: Option<String>,
}

/// Why a client cannot be reached by a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoReach {
    /// The client is not to be contacted at all.
    DoNotContact,
    /// No address or number is known.
    NoAddress,
    /// No consent for this channel.
    NoConsent,
}

impl ClientFacts {
    /// Whether a message may go to this client by `channel`, and if not, why.
    pub fn reach(&self, channel: Channel) -> Result<(), NoReach> {
        let (known, consent) = match channel {
            Channel::Email => (self.has_email, self.may_email),
            Channel::Whatsapp => (self.has_phone, self.may_whatsapp),
        };
        if self.do_not_contact {
            Err(NoReach::DoNotContact)
        } else if !known {
            Err(NoReach::NoAddress)
        } else if consent.is_none() {
            Err(NoReach::NoConsent)
        } else {
            Ok(())
        }
    }
}

impl ClientDetails {
    /// Where a message goes: the guardian's address if the guardian receives, else the client's.
    pub fn address(&self, guardian_receives: bool, channel: Channel) -> Option<&str> {
        let guardian = self.guardian.value.as_ref().filter(|_| guardian_receives);
        match (channel, guardian) {
            (Channel::Email, Some(guardian)) => guardian.email.as_deref(),
            (Channel::Email, None) => self.email.value.as_deref(),
            (Channel::Whatsapp, Some(guardian)) => guardian.phone.as_deref(),
            (Channel::Whatsapp, None) => self.phones.value.first().map(String::as_str),
        }
    }

    /// The name a message greets.
    pub fn greeted(&self, guardian_receives: bool) -> &str {
        match self.guardian.value.as_ref().filter(|_| guardian_receives) {
            Some(guardian) => &guardian.name,
            None => &self.called.value,
        }
    }
}
