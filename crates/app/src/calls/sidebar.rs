//! What stands beside every screen: who works today, which rooms are free, what waits.

use super::calendar::{by_name, count, stands};
use super::time::{self, Time};
use crate::api::Nothing;
use crate::api::act::Problem;
use crate::api::calendar::{RoomNow, SidebarView, TherapistToday};
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::*;

/// `sidebar.get`.
pub async fn get(office: &Office, _: Nothing) -> Result<SidebarView, Problem> {
    let directory = Directory::read(office).await?;
    let today = directory.zone().day(directory.today());
    let sessions: Vec<Session> = office
        .replica
        .read()
        .await?
        .sessions_in(today.span, true)
        .await?
        .into_iter()
        .filter(stands)
        .collect();
    let time = Time::read(office, today.span).await?;
    let therapists = directory
        .therapists
        .values()
        .filter(|row| !row.facts.archived)
        .map(|row| TherapistToday {
            therapist: directory.therapist(row.id),
            sessions: count(
                sessions
                    .iter()
                    .filter(|s| s.facts.is_seen_by(row.id) && today.span.holds(s.facts.at.start))
                    .count(),
            ),
            away: time::away(&directory, &time, today, row.id.into()),
        });
    let therapists = therapists.collect();
    let open: Vec<RoomId> = directory
        .rooms
        .values()
        .filter(|row| !row.facts.archived)
        .map(|row| row.id)
        .collect();
    let lanes: Vec<ResourceId> = open.iter().copied().map(Into::into).collect();
    let busy = super::busy::busy(office, &directory, &lanes, today.span).await?;
    let mut rooms: Vec<RoomNow> = open
        .into_iter()
        .map(|room| room_now(&directory, &sessions, &busy, room))
        .collect();
    rooms.sort_by_key(|room| room.room.name.to_lowercase());
    let waiting = super::mail::waiting(office, &directory).await?;
    let line = super::account::line(office, &directory).await?;
    let attention = super::attention::count_all(office, &directory, &waiting).await?;
    Ok(SidebarView {
        clinic: directory.clinic.details.name.clone(),
        member: directory.member.details.name.clone(),
        demo: office.demo,
        now: directory.stamp(directory.now),
        first_weekday: directory.clinic.facts.first_weekday,
        therapists: by_name(therapists, |today: &TherapistToday| &today.therapist.name),
        rooms,
        attention: u32::try_from(attention).unwrap_or(u32::MAX),
        messages_waiting: waiting.messages,
        mail: waiting.held.filter(|hold| hold.passes),
        line,
    })
}

fn room_now(
    directory: &Directory,
    sessions: &[Session],
    busy: &[(ResourceId, Interval)],
    room: RoomId,
) -> RoomNow {
    let others = busy.iter().filter(|(lane, _)| *lane == room.into());
    let mut held: Vec<Interval> = sessions
        .iter()
        .flat_map(|session| session.occupancy(0))
        .filter(|held| held.resource == Some(room.into()))
        .map(|held| held.at)
        .chain(others.map(|(_, at)| *at))
        .filter(|at| at.end > directory.now)
        .collect();
    held.sort_by_key(|at| at.start);
    let busy = held.iter().find(|at| at.holds(directory.now));
    RoomNow {
        room: directory.room(room),
        busy_until: busy.map(|at| directory.stamp(at.end)),
        free_until: held
            .iter()
            .find(|at| at.start > directory.now)
            .filter(|_| busy.is_none())
            .map(|at| directory.stamp(at.start)),
    }
}
