//! Repetitions: every occurrence with its availability, before anything is saved.

use super::around::Around;
use super::check::{Asked, everyone};
use crate::api::act::Problem;
use crate::api::check::{Occurrence, SeriesRequest, Typed};
use crate::directory::Directory;
use crate::office::Office;
use chrono::Days;
use safetalk_domain::intent::Slot;
use safetalk_domain::refusal::Field;
use safetalk_domain::validate::between;
use safetalk_domain::zone::Local;
use safetalk_domain::*;

/// The most sessions of one repetition.
const MOST: i64 = 52;

/// The slots of a repetition: the same time on the wall, so that 09:00 stays 09:00 across a clock change. With each goes
/// whether it had to be moved, because that time does not exist on its day.
pub(super) fn slots(
    zone: Zone,
    start: Typed,
    minutes: u16,
    every_weeks: u8,
    count: u8,
) -> Result<Vec<(Interval, bool)>, Refusal> {
    between(Field::Repeat, every_weeks.into(), 1, 8)?;
    between(Field::Repeat, count.into(), 1, MOST)?;
    between(Field::Length, minutes.into(), 5, 24 * 60)?;
    let first = start.moment(zone, Field::Start)?;
    (0..u64::from(count))
        .map(|n| {
            let date = start
                .date
                .checked_add_days(Days::new(n * 7 * u64::from(every_weeks)))
                .unwrap_or(start.date);
            // Nobody can be asked about a clock change in half a year: a time that never comes is moved past the gap.
            let at = if n == 0 {
                first
            } else {
                zone.earliest(date, start.minute)
            };
            let moved = matches!(zone.resolve(date, start.minute), Local::Never { .. });
            Ok((Interval::new(at, at.plus_minutes(minutes.into())), moved))
        })
        .collect()
}

/// `session.preview_series`.
pub async fn preview(office: &Office, request: SeriesRequest) -> Result<Vec<Occurrence>, Problem> {
    let directory = Directory::read(office).await?;
    let mut occurrences = Vec::new();
    let mut earlier: Vec<Interval> = Vec::new();
    let slots = slots(
        directory.zone(),
        request.start,
        request.minutes,
        request.every_weeks,
        request.count,
    )?;
    let ids = everyone(request.therapist, &request.co_therapists);
    for (number, (at, moved)) in (1u16..).zip(slots) {
        let mut look = office.replica.read().await?;
        let around =
            Around::gather(&mut look, &ids, request.place, Some(request.service), at).await?;
        drop(look);
        let (therapists, room) = (around.therapists()?, around.room()?);
        let asked = Asked {
            office,
            directory: &directory,
            ids: &ids,
            therapists: &therapists,
            room: room.as_ref(),
        };
        let found = asked.unavailable(&around.proposal(None, at));
        let clients = asked.clients(&found).await?;
        let own = directory.member.overrides_own(&found, &ids);
        let may = own || directory.member.may(Grant::BookOutsideAvailability);
        let meets_itself = earlier.iter().any(|other| other.meets(at));
        occurrences.push(Occurrence {
            number,
            when: directory.when(at),
            available: found.is_empty() && !meets_itself,
            may_book_anyway: found.only_soft() && may && !meets_itself,
            reason_needed: !own,
            moved,
            therapist: asked.therapist_causes(&found, &clients),
            room: asked.causes(&found.room, &clients),
        });
        earlier.push(at);
    }
    Ok(occurrences)
}

/// The slots that are to be booked, without those the person left out.
pub(super) fn chosen(slots: Vec<Interval>, leave_out: &[u16], slot: &Slot) -> Vec<Slot> {
    (1u16..)
        .zip(slots)
        .filter(|(number, _)| !leave_out.contains(number))
        .map(|(_, at)| Slot { at, ..slot.clone() })
        .collect()
}
