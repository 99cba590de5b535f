//! What sessions that this member may not see hold of therapists and rooms: when, and nothing more.

use super::track;
use crate::api::act::Problem;
use crate::api::calendar::{Shade, ShadeKind};
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::gather::Lookup as _;
use safetalk_domain::zone::Day;
use safetalk_domain::*;
use std::collections::BTreeSet;

/// What others hold of one of these lanes within `window`.
pub async fn busy(
    office: &Office,
    directory: &Directory,
    lanes: &[ResourceId],
    window: Interval,
) -> Result<Vec<(ResourceId, Interval)>, Problem> {
    if Sight::of(&directory.member).sees_all_sessions() {
        return Ok(Vec::new());
    }
    let mut read = office.replica.read().await?;
    let mut held = Vec::new();
    for lane in lanes.iter().copied() {
        for row in read.occupancy(lane, window).await? {
            held.push((lane, row));
        }
    }
    let sessions: Vec<SessionId> = held.iter().map(|(_, row)| row.session).collect();
    let seen: BTreeSet<SessionId> = read
        .many::<Session>(&sessions)
        .await?
        .into_iter()
        .map(|session| session.id)
        .collect();
    Ok(held
        .into_iter()
        .filter(|(_, row)| !seen.contains(&row.session))
        .map(|(lane, row)| (lane, row.at))
        .collect())
}

/// The same as lanes are shaded by it.
pub fn shades(days: &[Day], busy: &[(ResourceId, Interval)]) -> Vec<Shade> {
    let mut shades = Vec::new();
    for (index, day) in (0u8..).zip(days) {
        for (lane, at) in busy.iter().filter(|(_, at)| at.meets(day.span)) {
            let (from, to) = track::minutes_in(*day, *at);
            shades.push(Shade {
                day: index,
                from,
                to,
                resource: *lane,
                kind: ShadeKind::Busy,
                label: None,
            });
        }
    }
    shades
}
