//! Hours and time off.

use super::calendar::stands;
use super::session::zone;
use super::time::time_off_between;
use crate::api::Nothing;
use crate::api::act::{Acted, Problem};
use crate::api::clinic::*;
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::intent::{AddTimeOff, RemoveTimeOff, SetHours};
use safetalk_domain::refusal::Field;
use safetalk_domain::*;
use uuid::Uuid;

/// Time off is listed this far ahead. Days.
const AHEAD_DAYS: i64 = 730;

/// `hours.get`.
pub async fn get(office: &Office, _: Nothing) -> Result<HoursView, Problem> {
    let directory = Directory::read(office).await?;
    let ahead = Interval::new(directory.now, directory.now.plus_hours(24 * AHEAD_DAYS));
    let mut off = time_off_between(office, ahead).await?;
    off.sort_by_key(|off| (off.facts.at.start, off.id));
    let mut time_off = Vec::with_capacity(off.len());
    for off in off {
        let sessions = office
            .replica
            .read()
            .await?
            .sessions_in(off.facts.at, true)
            .await?;
        let inside = sessions
            .iter()
            .filter(|s| stands(s) && of_owner(off.facts.owner, s))
            .count();
        time_off.push(TimeOffView {
            id: off.id,
            owner: off.facts.owner,
            start: directory.stamp(off.facts.at.start),
            end: directory.stamp(off.facts.at.end),
            label: off.details.label,
            sessions: u16::try_from(inside).unwrap_or(u16::MAX),
        });
    }
    Ok(HoursView {
        hours: weeks(office).await?,
        time_off,
    })
}

/// The weeks that hold.
async fn weeks(office: &Office) -> Result<Vec<Hours>, Problem> {
    let mut weeks = office.replica.read().await?.all::<Hours>().await?;
    weeks.retain(|hours| !hours.given_up);
    Ok(weeks)
}

fn of_owner(owner: Owner, session: &Session) -> bool {
    match owner {
        Owner::Clinic(_) => true,
        Owner::Therapist(id) => session.facts.is_seen_by(id),
        Owner::Room(id) => session.facts.place == Place::Room(id),
    }
}

/// `hours.set`.
pub async fn set(office: &Office, request: SetHoursRequest) -> Result<Acted, Problem> {
    let owner = request.owner;
    let before = weeks(office)
        .await?
        .into_iter()
        .find(|hours| hours.owner == owner)
        .map(|hours| hours.week);
    let set = |week| Body::SetHours(SetHours { owner, week });
    // Only the clinic's week cannot be given up, and that one is there from the beginning.
    let inverse = (before.is_some() || !matches!(owner, Owner::Clinic(_))).then(|| set(before));
    office.act_undoable(set(request.week), |_| inverse).await
}

/// `time_off.add`.
pub async fn add_time_off(office: &Office, request: AddTimeOffRequest) -> Result<Acted, Problem> {
    let zone = zone(office).await?;
    let at = Interval::new(
        request.start.moment(zone, Field::Start)?,
        request.end.moment(zone, Field::End)?,
    );
    let time_off = TimeOffId(Uuid::now_v7());
    let inverse = Body::RemoveTimeOff(RemoveTimeOff { time_off });
    let body = AddTimeOff {
        time_off,
        owner: request.owner,
        at,
        label: request.label,
    };
    office
        .act_undoable(Body::AddTimeOff(body), |_| Some(inverse))
        .await
}

/// `time_off.remove`.
pub async fn remove_time_off(
    office: &Office,
    request: RemoveTimeOffRequest,
) -> Result<Acted, Problem> {
    let time_off = request.time_off;
    let before = office.replica.row::<TimeOff>(time_off).await?;
    let again = before.filter(|off| !off.facts.archived).map(|off| {
        Body::AddTimeOff(AddTimeOff {
            time_off: TimeOffId(Uuid::now_v7()),
            owner: off.facts.owner,
            at: off.facts.at,
            label: off.details.label,
        })
    });
    office
        .act_undoable(Body::RemoveTimeOff(RemoveTimeOff { time_off }), |_| again)
        .await
}
