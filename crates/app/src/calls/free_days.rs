//! How free each day of a month is, for the date grid of Reschedule and New Session.

use super::around::Around;
use super::calendar::{six_weeks, window};
use super::check::{STEP_MINUTES, everyone};
use crate::api::Stamp;
use crate::api::act::Problem;
use crate::api::check::{DayKind, FreeDayView, FreeDaysRequest, FreeDaysView};
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::availability::{self, NoTime};
use safetalk_domain::refusal::{Field, Thing};
use safetalk_domain::validate::between;
use safetalk_domain::*;

/// `session.free_days`.
pub async fn free_days(office: &Office, request: FreeDaysRequest) -> Result<FreeDaysView, Problem> {
    between(Field::Length, request.minutes.into(), 1, 24 * 60)?;
    let directory = Directory::read(office).await?;
    let zone = directory.zone();
    let service = match request.session {
        Some(id) => Some(
            office
                .replica
                .row::<Session>(id)
                .await?
                .ok_or(Refusal::NotFound {
                    what: Thing::Session,
                })?
                .facts
                .service,
        ),
        None => request.service,
    };
    let days = six_weeks(&directory, request.month);
    let whole = window(&days);
    let mut look = office.replica.read().await?;
    let around = Around::gather(
        &mut look,
        &everyone(request.therapist, &request.co_therapists),
        request.place,
        service,
        // What begins late on the last day may end on the next.
        whole.extended(request.minutes.into()),
    )
    .await?;
    drop(look);
    let (therapists, room) = (around.therapists()?, around.room()?);
    let wanted = around.proposal(
        request.session,
        Interval::new(
            whole.start,
            whole.start.plus_minutes(request.minutes.into()),
        ),
    );
    let step = service
        .and_then(|id| directory.services.get(&id))
        .map_or(STEP_MINUTES, |service| service.facts.step_minutes);
    let free = availability::free_days(
        &wanted,
        &days,
        directory.now,
        step,
        &therapists.iter().collect::<Vec<_>>(),
        room.as_ref(),
    );
    Ok(FreeDaysView {
        days: days
            .into_iter()
            .zip(free)
            .map(|(day, free)| FreeDayView {
                date: day.date,
                minutes: u16::try_from(free.minutes).unwrap_or(u16::MAX),
                first: free.first.ok().map(|at| Stamp::new(at, zone)),
                kind: match free.first {
                    Ok(_) => DayKind::Free,
                    Err(NoTime::Past) => DayKind::Past,
                    Err(NoTime::Closed) => DayKind::Closed,
                    Err(NoTime::TimeOff) => DayKind::TimeOff,
                    Err(NoTime::Taken) => DayKind::Taken,
                },
            })
            .collect(),
    })
}
