//! The Quick Actions: each makes one intent, and knows the one that takes it back.

use crate::api::act::{Acted, Problem};
use crate::api::dashboard::ToldRequest;
use crate::api::session::*;
use crate::office::Office;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Thing};
use safetalk_domain::*;
use uuid::Uuid;

/// The session as this device knows it.
pub(super) async fn known(office: &Office, id: SessionId) -> Result<Session, Problem> {
    Ok(office
        .replica
        .row::<Session>(id)
        .await?
        .ok_or(Refusal::NotFound {
            what: Thing::Session,
        })?)
}

/// The text that belongs to the place it has.
fn text_of_place(session: &Session) -> Option<String> {
    match session.facts.place {
        Place::Room(_) => None,
        Place::Online => session.details.link.clone(),
        Place::Elsewhere => session.details.elsewhere.clone(),
    }
}

/// The clinic's zone.
pub(super) async fn zone(office: &Office) -> Result<Zone, Problem> {
    Ok(office
        .replica
        .clinic()
        .await?
        .ok_or(Refusal::NotFound {
            what: Thing::Clinic,
        })?
        .facts
        .zone)
}

/// Whatever stood before is allowed again when something is taken back.
fn back() -> Anyway {
    Anyway {
        anyway: true,
        reason: Some("undo".to_owned()),
    }
}

/// `session.cancel`.
pub async fn cancel(office: &Office, request: CancelRequest) -> Result<Acted, Problem> {
    let body = CancelSession {
        session: request.session,
        remark: request.remark,
        remark_to_client: request.remark_to_client,
        by: request.by,
        invoice: request.invoice,
        bill: request.bill,
        notify: request.notify,
    };
    let inverse = RestoreSession {
        session: request.session,
        notify: true,
        anyway: back(),
    };
    office
        .act_undoable(Body::CancelSession(body), |_| {
            Some(Body::RestoreSession(inverse))
        })
        .await
}

/// `session.restore`.
pub async fn restore(office: &Office, request: RestoreRequest) -> Result<Acted, Problem> {
    let session = known(office, request.session).await?;
    let by = session
        .facts
        .cancelled
        .map_or(CancelledBy::Clinic, |cancelled| cancelled.by);
    let (invoice, bill) = as_billed(
        &office
            .replica
            .read()
            .await?
            .invoices_of_session(session.id)
            .await?,
    );
    let inverse = CancelSession {
        session: request.session,
        remark: None,
        remark_to_client: false,
        by,
        invoice,
        bill,
        notify: true,
    };
    let body = RestoreSession {
        session: request.session,
        notify: request.notify,
        anyway: request.anyway,
    };
    office
        .act_undoable(Body::RestoreSession(body), |_| {
            Some(Body::CancelSession(inverse))
        })
        .await
}

/// What a cancellation has to do to the invoices so that they stand again as they do now, and who owes the fee.
fn as_billed(invoices: &[Invoice]) -> (InvoiceFate, Option<ClientId>) {
    let of = |kind: InvoiceKind| {
        invoices
            .iter()
            .filter(move |it| it.facts.kind == kind && it.facts.status != InvoiceStatus::Void)
    };
    let owed = of(InvoiceKind::LateCancelFee).find(|it| it.facts.status != InvoiceStatus::Paid);
    match owed {
        // Restoring makes an unpaid fee void.
        Some(fee) => (
            InvoiceFate::Fee {
                amount: fee.facts.amount,
            },
            Some(fee.facts.client),
        ),
        None if of(InvoiceKind::Session).next().is_some() => (InvoiceFate::Keep, None),
        None => (InvoiceFate::Void, None),
    }
}

/// `session.reschedule`.
pub async fn reschedule(office: &Office, request: RescheduleRequest) -> Result<Acted, Problem> {
    let before = known(office, request.session).await?;
    let start = request.start.moment(zone(office).await?, Field::Start)?;
    let minutes = before.facts.at.minutes();
    // Whoever moves a session in time says nothing of its link or address, and takes nothing away.
    let place_text = request.place_text.or_else(|| {
        (request.place == before.facts.place)
            .then(|| text_of_place(&before))
            .flatten()
    });
    let to = Slot {
        at: Interval::new(start, start.plus_minutes(minutes)),
        place: request.place,
        therapist: request.therapist,
        co_therapists: request.co_therapists,
        place_text,
    };
    let body = RescheduleSession {
        session: request.session,
        guard: request.guard,
        to: to.clone(),
        notify: request.notify,
        hold_seconds: 0,
        anyway: request.anyway,
    };
    let inverse = |rows: &[Row]| {
        let moved = session_in(rows, before.id)?;
        Some(Body::RescheduleSession(RescheduleSession {
            session: before.id,
            guard: moved.facts.guard(),
            to: Slot {
                at: before.facts.at,
                place: before.facts.place,
                therapist: before.facts.therapist,
                co_therapists: before.facts.co_therapists.clone(),
                place_text: text_of_place(&before),
            },
            notify: true,
            hold_seconds: 0,
            anyway: back(),
        }))
    };
    office
        .act_undoable(Body::RescheduleSession(body), inverse)
        .await
}

/// `session.modify_duration`.
pub async fn modify_duration(
    office: &Office,
    request: ModifyDurationRequest,
) -> Result<Acted, Problem> {
    let before = known(office, request.session).await?;
    let end = request.end.moment(zone(office).await?, Field::End)?;
    let invoice = request.invoice.map(|invoice| ExtensionInvoice {
        invoice: InvoiceId(Uuid::now_v7()),
        amount: invoice.amount,
        due: invoice.due,
        text: invoice.text,
        send: invoice.send,
        bill: invoice.bill,
    });
    let body = ModifyDuration {
        session: request.session,
        guard: request.guard,
        end,
        notify: request.notify,
        invoice,
        anyway: request.anyway,
    };
    let inverse = |rows: &[Row]| {
        let changed = session_in(rows, before.id)?;
        Some(Body::ModifyDuration(ModifyDuration {
            session: before.id,
            guard: changed.facts.guard(),
            end: before.facts.at.end,
            notify: true,
            invoice: None,
            anyway: back(),
        }))
    };
    office
        .act_undoable(Body::ModifyDuration(body), inverse)
        .await
}

/// `session.no_show`.
pub async fn no_show(office: &Office, request: NoShowRequest) -> Result<Acted, Problem> {
    let body = MarkNoShow {
        session: request.session,
        invoice: request.invoice,
        bill: request.bill,
        free_rest: request.free_rest,
    };
    let inverse = Body::UndoNoShow(UndoNoShow {
        session: request.session,
    });
    office
        .act_undoable(Body::MarkNoShow(body), |_| Some(inverse))
        .await
}

/// `session.undo_no_show`.
pub async fn undo_no_show(office: &Office, request: SessionRequest) -> Result<Acted, Problem> {
    office
        .act(Body::UndoNoShow(UndoNoShow {
            session: request.session,
        }))
        .await
}

/// `session.confirm`.
pub async fn confirm(office: &Office, request: ConfirmRequest) -> Result<Acted, Problem> {
    let body = |confirmed| {
        Body::ConfirmSession(ConfirmSession {
            session: request.session,
            confirmed,
        })
    };
    office
        .act_undoable(body(request.confirmed), |_| Some(body(!request.confirmed)))
        .await
}

/// `session.remark`.
pub async fn remark(office: &Office, request: RemarkRequest) -> Result<Acted, Problem> {
    office
        .act(Body::AddRemark(AddRemark {
            session: request.session,
            text: request.text,
        }))
        .await
}

/// `session.remind`.
pub async fn remind(office: &Office, request: RemindRequest) -> Result<Acted, Problem> {
    office
        .act(Body::SendReminder(SendReminder {
            session: request.session,
            channel: request.channel,
            again: request.again,
            client: request.client,
        }))
        .await
}

/// `told.personally`: "I told them myself".
pub async fn told_personally(office: &Office, request: ToldRequest) -> Result<Acted, Problem> {
    office
        .act(Body::TellPersonally(TellPersonally {
            session: request.session,
            client: request.client,
        }))
        .await
}

fn session_in(rows: &[Row], id: SessionId) -> Option<&Session> {
    rows.iter().find_map(|row| match row {
        Row::Session(session) if session.id == id => Some(session),
        _ => None,
    })
}
