//! Booking: one session, or a repetition that is booked whole or not at all.

use super::Work;
use super::slot::Around;
use crate::entity::*;
use crate::id::*;
use crate::intent::{BookSeries, BookSession, Slot};
use crate::refusal::{Field, Invalid, Refusal, Thing};
use crate::{Money, validate};
use std::collections::BTreeSet;

/// The most sessions of one repetition.
pub const MOST_OCCURRENCES: i64 = 52;

/// The most clients of one session.
pub const MOST_CLIENTS: i64 = 30;

pub(super) fn book(work: &mut Work<'_>, body: &BookSession) -> Result<(), Refusal> {
    let clients = (body.client, body.more_clients.as_slice());
    let slot = bookable(work, clients, body.service, &body.slot)?;
    let price = price(work, body.price)?;
    if work.world.sessions.contains_key(&body.session) {
        return Err(Refusal::Exists {
            what: Thing::Session,
        });
    }
    let around = work.needs_slot(
        Some(body.session),
        slot.at,
        slot.place,
        &slot.therapists().collect::<Vec<_>>(),
        body.service,
        &body.anyway,
    )?;
    let anyway = around.reason();
    let session = new_session(
        work,
        body.session,
        clients,
        body.service,
        &slot,
        around,
        price,
        None,
    )?;
    work.log_session(
        &session,
        Happened::Booked {
            to: session.facts.snapshot(),
            anyway,
        },
    );
    work.put_session(session.clone());
    if let Some(invoice) = body.invoice {
        bill(work, &session, invoice, body.bill)?;
    }
    work.tell(&session, NoticeKind::Booked, body.notify, 0, None)
}

/// Drafts the invoice of a session that was booked. Where it costs nothing, nobody is billed.
fn bill(
    work: &mut Work<'_>,
    session: &Session,
    invoice: InvoiceId,
    to: Option<ClientId>,
) -> Result<(), Refusal> {
    let Some(amount) = session.facts.price.filter(|price| price.minor > 0) else {
        return Ok(());
    };
    let payer = super::money::payer(work, session, to)?;
    super::invoice::draft_for(
        work,
        invoice,
        (session, payer),
        InvoiceKind::Session,
        amount,
        None,
        String::new(),
    )
}

pub(super) fn book_series(work: &mut Work<'_>, body: &BookSeries) -> Result<(), Refusal> {
    let of = i64::try_from(body.sessions.len()).unwrap_or(i64::MAX);
    validate::between(Field::Repeat, of, 1, MOST_OCCURRENCES)?;
    let price = price(work, body.price)?;
    let mut unavailable = Vec::new();
    let mut booked = Vec::new();
    for (number, (id, slot)) in (1u16..).zip(&body.sessions) {
        let clients = (body.client, body.more_clients.as_slice());
        let slot = bookable(work, clients, body.service, slot)?;
        if work.world.sessions.contains_key(id) {
            return Err(Refusal::Exists {
                what: Thing::Session,
            });
        }
        match work.needs_slot(
            Some(*id),
            slot.at,
            slot.place,
            &slot.therapists().collect::<Vec<_>>(),
            body.service,
            &body.anyway,
        ) {
            Err(Refusal::NotAvailable { .. }) => unavailable.push(number),
            Err(other) => return Err(other),
            Ok(around) => {
                let part = SeriesPart {
                    series: body.series,
                    number,
                    of: u16::try_from(of).unwrap_or(u16::MAX),
                };
                let anyway = around.reason();
                let session = new_session(
                    work,
                    *id,
                    clients,
                    body.service,
                    &slot,
                    around,
                    price,
                    Some(part),
                )?;
                // Put at once, so that the next occurrence is checked against this one too.
                work.put_session(session.clone());
                booked.push((session, anyway));
            }
        }
    }
    if !unavailable.is_empty() {
        return Err(Refusal::SeriesNotAvailable {
            numbers: unavailable,
        });
    }
    let mut invoices = body.invoices.iter();
    for (session, anyway) in booked {
        work.log_session(
            &session,
            Happened::Booked {
                to: session.facts.snapshot(),
                anyway,
            },
        );
        if let Some(invoice) = invoices.next() {
            bill(work, &session, *invoice, body.bill)?;
        }
        work.tell(&session, NoticeKind::Booked, body.notify, 0, None)?;
    }
    Ok(())
}

fn bookable(
    work: &Work<'_>,
    clients: (ClientId, &[ClientId]),
    service: ServiceId,
    slot: &Slot,
) -> Result<Slot, Refusal> {
    // Whoever books takes the time of every therapist of it.
    for therapist in slot.therapists() {
        work.needs_therapist(therapist)?;
    }
    let most = i64::try_from(clients.1.len()).unwrap_or(i64::MAX);
    validate::between(Field::Client, most, 0, MOST_CLIENTS - 1)?;
    let mut seen = BTreeSet::new();
    for client in std::iter::once(clients.0).chain(clients.1.iter().copied()) {
        if work.world.client(client)?.facts.archived {
            return Err(Refusal::Archived {
                what: Thing::Client,
            });
        }
        if !seen.insert(client) {
            return Err(validate::invalid(Field::Client, Invalid::Twice));
        }
    }
    if work.world.service(service)?.facts.archived {
        return Err(Refusal::Archived {
            what: Thing::Service,
        });
    }
    work.sound_slot(slot, service, None)
}

fn price(work: &Work<'_>, price: Option<Money>) -> Result<Option<Money>, Refusal> {
    price
        .map(|price| validate::amount(price, &work.world.clinic()?.facts))
        .transpose()
}

#[expect(
    clippy::too_many_arguments,
    reason = "a session has this many parts, and each comes from elsewhere"
)]
fn new_session(
    work: &Work<'_>,
    id: SessionId,
    (client, more_clients): (ClientId, &[ClientId]),
    service: ServiceId,
    slot: &Slot,
    around: Around,
    price: Option<Money>,
    series: Option<SeriesPart>,
) -> Result<Session, Refusal> {
    let mut details = SessionDetails::default();
    set_place_text(&mut details, slot);
    let mut session = Session {
        id,
        facts: SessionFacts {
            client,
            more_clients: more_clients.to_vec(),
            therapist: slot.therapist,
            co_therapists: slot.co_therapists.clone(),
            service,
            place: slot.place,
            at: slot.at,
            zone: work.world.clinic()?.facts.zone,
            turnover_minutes: 0,
            co_buffers: Vec::new(),
            buffer_before: 0,
            buffer_after: 0,
            status: SessionStatus::Scheduled,
            confirmed: false,
            series,
            price,
            booked_minutes: u16::try_from(slot.at.minutes()).ok(),
            sequence: 0,
            cancelled: None,
            freed_from: None,
        },
        details,
    };
    around.copy_to(&mut session.facts);
    Ok(session)
}

/// Keeps the text that belongs to the place.
pub(super) fn set_place_text(details: &mut SessionDetails, slot: &Slot) {
    match slot.place {
        Place::Online => details.link.clone_from(&slot.place_text),
        Place::Elsewhere => details.elsewhere.clone_from(&slot.place_text),
        Place::Room(_) => {}
    }
}
