//! From rows to what a client reads: picks the values, the documents crate writes the words.

use safetalk_documents as documents;
use safetalk_documents::{HourCycle, Invite, Mail, Method, NoticeText, Slot};
use safetalk_domain::*;

/// The rows a message is made of.
#[derive(Clone, Debug)]
pub struct Material<'a> {
    /// The clinic it comes from.
    pub clinic: &'a Clinic,
    /// Who reads it.
    pub client: &'a Client,
    /// The session it tells of; its details hold the link or address.
    pub session: Option<&'a Session>,
    /// Who leads that session; the link they keep stands in where the session has none of its own.
    pub therapist: Option<&'a Therapist>,
    /// The invoice it carries.
    pub invoice: Option<&'a Invoice>,
}

/// What a notice says, as far as it is not in the rows.
#[derive(Clone, Debug)]
pub struct Saying<'a> {
    /// What it is about.
    pub kind: NoticeKind,
    /// How the session stands by it.
    pub tells: Option<Snapshot>,
    /// What the client believed before.
    pub instead_of: Option<Snapshot>,
    /// The remark the client may read.
    pub remark: Option<&'a str>,
}

/// What cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsayable {
    /// A session or an invoice is missing.
    #[error("there is nothing to tell of")]
    Nothing,
    /// The invoice has no number yet.
    #[error("the invoice has no number yet")]
    NoNumber,
    /// There is no address to write to, or none to write from.
    #[error("no address")]
    NoAddress,
    /// A value could not be written.
    #[error("a value could not be written")]
    Document,
}

impl From<documents::Error> for Unsayable {
    fn from(_: documents::Error) -> Self {
        Self::Document
    }
}

/// The document a message is rendered from.
pub fn document(
    material: &Material<'_>,
    saying: &Saying<'_>,
) -> Result<documents::Notice, Unsayable> {
    let clinic = material.clinic;
    let receives = material.client.facts.guardian_receives;
    Ok(documents::Notice {
        kind: kind(material, saying)?,
        language: language(material.client.facts.language),
        hours: HourCycle::TwentyFour,
        zone: clinic.facts.zone.name().to_owned(),
        client_name: material.client.details.greeted(receives).to_owned(),
        clinic_name: from_whom(material, saying).to_owned(),
        clinic_phone: clinic.details.phone.clone(),
        place: place(material, saying),
    })
}

/// Who writes: the clinic as it is called now, and of an invoice as it was called on that.
fn from_whom<'a>(material: &'a Material<'_>, saying: &Saying<'_>) -> &'a str {
    material
        .invoice
        .filter(|_| saying.kind == NoticeKind::Invoice)
        .and_then(|invoice| invoice.details.printed.as_ref())
        .map_or(&material.clinic.details.name, |printed| {
            &printed.clinic_name
        })
}

fn kind(material: &Material<'_>, saying: &Saying<'_>) -> Result<documents::Kind, Unsayable> {
    use documents::Kind;
    if saying.kind == NoticeKind::Invoice {
        let invoice = material.invoice.ok_or(Unsayable::Nothing)?;
        return Ok(Kind::Invoice {
            number: invoice.facts.number.clone().ok_or(Unsayable::NoNumber)?,
            amount: documents::Money {
                minor: invoice.facts.amount.minor,
                currency: invoice.facts.amount.currency.code().to_owned(),
            },
            due: invoice.facts.due,
            payment: match &invoice.details.printed {
                Some(printed) => printed.payment_text.clone(),
                None => material.clinic.details.payment_text.clone(),
            },
        });
    }
    let tells = saying.tells.as_ref().ok_or(Unsayable::Nothing)?;
    let new = slot(tells.at);
    // Without an "instead of" the client only needs to know how it stands.
    let old = saying.instead_of.as_ref().map(|before| slot(before.at));
    Ok(match (saying.kind, old) {
        (NoticeKind::Cancelled, _) => {
            // The client knows the session by the time they were told, which need not be the last one.
            let slot = old.unwrap_or(new);
            Kind::Cancelled {
                slot,
                remark_to_client: saying.remark.map(str::to_owned),
            }
        }
        (NoticeKind::Rescheduled, Some(old)) => Kind::Rescheduled { old, new },
        (NoticeKind::DurationModified, Some(old)) => Kind::DurationChanged { old, new },
        (NoticeKind::Restored, _) => Kind::Restored { slot: new },
        (NoticeKind::Reminder, _) => Kind::Reminder { slot: new },
        _ => Kind::Booked { slot: new },
    })
}

fn slot(at: Interval) -> Slot {
    Slot {
        start: at.start.0,
        end: at.end.0,
    }
}

fn place(material: &Material<'_>, saying: &Saying<'_>) -> documents::Place {
    let details = material.session.map(|session| &session.details);
    let Some(tells) = saying.tells.as_ref() else {
        return documents::Place::Unsaid;
    };
    match tells.place {
        Place::Online => online_link(details, material.therapist, tells.therapist)
            .map_or(documents::Place::Unsaid, documents::Place::Online),
        Place::Elsewhere => details
            .and_then(|d| d.elsewhere.clone())
            .map_or(documents::Place::Unsaid, documents::Place::At),
        Place::Room(_) => documents::Place::Unsaid,
    }
}

/// Where to join: the session's own link, or the one its therapist keeps for all of theirs. A message that tells of another
/// therapist than the one whose row this is gets no link: better none than a door that leads to somebody else.
fn online_link(
    session: Option<&SessionDetails>,
    therapist: Option<&Therapist>,
    leads: TherapistId,
) -> Option<String> {
    session
        .and_then(|details| details.link.clone())
        .or_else(|| {
            therapist
                .filter(|therapist| therapist.id == leads)
                .and_then(|therapist| therapist.details.link.clone())
        })
}

fn language(language: Language) -> documents::Language {
    match language {
        Language::En => documents::Language::English,
        Language::Ms => documents::Language::Malay,
    }
}

/// One thing a mail tells of.
#[derive(Clone, Debug)]
pub struct Telling<'a> {
    /// The rows.
    pub material: Material<'a>,
    /// What it says of them.
    pub saying: Saying<'a>,
    /// The session's sequence.
    pub sequence: u32,
}

impl Telling<'_> {
    fn invite(&self, now: Moment) -> Result<Option<Invite>, Unsayable> {
        let (Some(session), Some(tells)) = (self.material.session, &self.saying.tells) else {
            return Ok(None);
        };
        if self.saying.kind == NoticeKind::Reminder {
            return Ok(None);
        }
        let clinic = self.material.clinic;
        Ok(Some(Invite {
            method: if tells.stands {
                Method::Request
            } else {
                Method::Cancel
            },
            session_id: session.id.to_string(),
            sequence: self.sequence,
            stamp: now.0,
            slot: slot(tells.at),
            zone: clinic.facts.zone.name().to_owned(),
            language: language(self.material.client.facts.language),
            location: location(&place(&self.material, &self.saying)),
            phone: clinic.details.phone.clone(),
        }))
    }
}

/// What several notices of one repetition say in one mail: the first one's words, with every date in order.
fn together(first: &Telling<'_>, others: &[Telling<'_>]) -> Result<documents::Notice, Unsayable> {
    let document = document(&first.material, &first.saying)?;
    if others.is_empty() {
        return Ok(document);
    }
    let mut slots = Vec::new();
    for one in std::iter::once(first).chain(others) {
        match kind(&one.material, &one.saying)? {
            documents::Kind::Booked { slot } | documents::Kind::Cancelled { slot, .. } => {
                slots.push(slot);
            }
            _ => return Err(Unsayable::Nothing),
        }
    }
    slots.sort_by_key(|slot| slot.start);
    let everywhere = others
        .iter()
        .all(|one| place(&one.material, &one.saying) == document.place);
    Ok(documents::Notice {
        kind: if first.saying.kind == NoticeKind::Cancelled {
            documents::Kind::SeriesCancelled { slots }
        } else {
            documents::Kind::SeriesBooked { slots }
        },
        place: if everywhere {
            document.place
        } else {
            documents::Place::Unsaid
        },
        ..document
    })
}

/// The whole mail as bytes, and what of it people see in the list of messages. `others` go in the same mail as `first`.
pub fn mail(
    first: &Telling<'_>,
    others: &[Telling<'_>],
    notice: NoticeId,
    from: (&str, &str),
    now: Moment,
) -> Result<(Vec<u8>, Mail), Unsayable> {
    let text = documents::notice_text(&together(first, others)?)?;
    let (from_name, from_address) = from;
    let to = address(&first.material, Channel::Email)?;
    let mut invites = Vec::new();
    for one in std::iter::once(first).chain(others) {
        invites.extend(one.invite(now)?);
    }
    invites.sort_by_key(|invite| invite.slot.start);
    let mail = Mail {
        notice_id: notice.to_string(),
        date: now.0,
        from_name: from_name.to_owned(),
        from_address: from_address.to_owned(),
        reply_to: None,
        to_address: to,
        text,
        invites,
    };
    Ok((documents::mail_bytes(&mail)?, mail))
}

fn location(place: &documents::Place) -> Option<String> {
    match place {
        documents::Place::Unsaid => None,
        documents::Place::Online(place) | documents::Place::At(place) => Some(place.clone()),
    }
}

/// Where it goes.
pub fn address(material: &Material<'_>, channel: Channel) -> Result<String, Unsayable> {
    let receives = material.client.facts.guardian_receives;
    material
        .client
        .details
        .address(receives, channel)
        .map(str::to_owned)
        .ok_or(Unsayable::NoAddress)
}

/// What a mail would say, without an address to send it to. `others` go in the same mail as `first`.
pub fn preview(first: &Telling<'_>, others: &[Telling<'_>]) -> Result<NoticeText, Unsayable> {
    Ok(documents::notice_text(&together(first, others)?)?)
}

/// What a WhatsApp draft says.
pub fn whatsapp(material: &Material<'_>, saying: &Saying<'_>) -> Result<String, Unsayable> {
    Ok(documents::whatsapp_text(&document(material, saying)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn therapist(n: u128, link: Option<&str>) -> Therapist {
        Therapist {
            id: TherapistId(Uuid::from_u128(n)),
            facts: TherapistFacts {
                buffer_minutes: 0,
                archived: false,
            },
            details: TherapistDetails {
                name: Detail::new("Somebody".to_owned()),
                hue: Hue::Teal,
                link: link.map(str::to_owned),
            },
        }
    }

    fn session(link: Option<&str>) -> SessionDetails {
        SessionDetails {
            remarks: Vec::new(),
            link: link.map(str::to_owned),
            elsewhere: None,
        }
    }

    #[test]
    fn the_therapists_link_stands_in_where_the_session_has_none() {
        let keeps = therapist(1, Some("https://meet.example.org/usual"));
        let own = session(Some("https://meet.example.org/once"));
        let none = session(None);
        assert_eq!(
            online_link(Some(&none), Some(&keeps), keeps.id).as_deref(),
            Some("https://meet.example.org/usual"),
            "the link they keep for all of theirs"
        );
        assert_eq!(
            online_link(Some(&own), Some(&keeps), keeps.id).as_deref(),
            Some("https://meet.example.org/once"),
            "the session's own goes before it"
        );
        assert_eq!(
            online_link(None, Some(&keeps), keeps.id).as_deref(),
            Some("https://meet.example.org/usual"),
            "a session that is only previewed has no details yet"
        );
        assert_eq!(
            online_link(Some(&none), Some(&therapist(1, None)), keeps.id),
            None
        );
    }

    #[test]
    fn nobody_is_sent_to_another_therapists_link() {
        let other = therapist(2, Some("https://meet.example.org/other"));
        let leads = TherapistId(Uuid::from_u128(1));
        assert_eq!(
            online_link(Some(&session(None)), Some(&other), leads),
            None,
            "the message tells of somebody else's session"
        );
    }
}
