//! New Session: one, or a repetition.

use super::series::{chosen, slots};
use super::session::zone;
use crate::api::act::Problem;
use crate::api::session::{BookRequest, Booked};
use crate::office::Office;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::Field;
use safetalk_domain::validate::between;
use safetalk_domain::*;
use uuid::Uuid;

/// `session.book`.
pub async fn book(office: &Office, request: BookRequest) -> Result<Booked, Problem> {
    let zone = zone(office).await?;
    between(Field::Length, request.minutes.into(), 5, 24 * 60)?;
    let start = request.start.moment(zone, Field::Start)?;
    let slot = Slot {
        at: Interval::new(start, start.plus_minutes(request.minutes.into())),
        place: request.place,
        therapist: request.therapist,
        co_therapists: request.co_therapists.clone(),
        place_text: request.place_text.clone(),
    };
    let new_id = || SessionId(Uuid::now_v7());
    if let Some(repeat) = &request.repeat {
        let all = slots(
            zone,
            request.start,
            request.minutes,
            repeat.every_weeks,
            repeat.count,
        )?;
        let all = all.into_iter().map(|(at, _)| at).collect();
        let sessions: Vec<(SessionId, Slot)> = chosen(all, &repeat.leave_out, &slot)
            .into_iter()
            .map(|slot| (new_id(), slot))
            .collect();
        let ids: Vec<SessionId> = sessions.iter().map(|(id, _)| *id).collect();
        let inverse = CancelSeries {
            series: SeriesId(Uuid::now_v7()),
            sessions: ids.clone(),
            by: CancelledBy::Clinic,
            notify: true,
        };
        let invoices = if request.invoice {
            ids.iter().map(|_| InvoiceId(Uuid::now_v7())).collect()
        } else {
            Vec::new()
        };
        let body = BookSeries {
            series: inverse.series,
            client: request.client,
            more_clients: request.more_clients,
            service: request.service,
            sessions,
            price: request.price,
            invoices,
            bill: request.bill,
            notify: request.notify,
            anyway: request.anyway,
        };
        return Ok(Booked {
            acted: office
                .act_undoable(Body::BookSeries(body), |_| {
                    Some(Body::CancelSeries(inverse))
                })
                .await?,
            sessions: ids,
        });
    }
    let session = new_id();
    let body = BookSession {
        session,
        client: request.client,
        more_clients: request.more_clients,
        service: request.service,
        slot,
        price: request.price,
        invoice: request.invoice.then(|| InvoiceId(Uuid::now_v7())),
        bill: request.bill,
        notify: request.notify,
        anyway: request.anyway,
    };
    let inverse = CancelSession {
        session,
        remark: None,
        remark_to_client: false,
        by: CancelledBy::Clinic,
        invoice: InvoiceFate::Void,
        bill: None,
        notify: true,
    };
    let acted = office
        .act_undoable(Body::BookSession(body), |_| {
            Some(Body::CancelSession(inverse))
        })
        .await?;
    Ok(Booked {
        acted,
        sessions: vec![session],
    })
}
