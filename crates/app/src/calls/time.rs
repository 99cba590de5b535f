//! Hours and time off, as lanes are shaded by them.

use super::track;
use crate::api::act::Problem;
use crate::api::calendar::{Shade, ShadeKind};
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::availability::{Resource, left_over, open_stretches};
use safetalk_domain::zone::Day;
use safetalk_domain::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Time off that meets `window`, of anyone.
pub async fn time_off_between(office: &Office, window: Interval) -> Result<Vec<TimeOff>, Problem> {
    let mut off = office.replica.read().await?.all::<TimeOff>().await?;
    off.retain(|off| !off.facts.archived && off.facts.at.meets(window));
    Ok(off)
}

/// Hours and time off around some days.
pub struct Time {
    hours: BTreeMap<Uuid, Hours>,
    off: Vec<(TimeOff, Position)>,
}

impl Time {
    /// Reads them.
    pub async fn read(office: &Office, window: Interval) -> Result<Self, Problem> {
        let hours = office
            .replica
            .read()
            .await?
            .all::<Hours>()
            .await?
            .into_iter()
            .filter(|row: &Hours| !row.given_up)
            .map(|row| (row.owner.uuid(), row))
            .collect();
        let off = time_off_between(office, window)
            .await?
            .into_iter()
            .map(|off| (off, 0))
            .collect();
        Ok(Self { hours, off })
    }

    pub fn of(&self, owner: Uuid) -> Vec<(TimeOff, Position)> {
        self.off
            .iter()
            .filter(|(off, _)| off.facts.owner.uuid() == owner)
            .cloned()
            .collect()
    }

    /// The week that holds for a therapist or room.
    pub fn week(&self, directory: &Directory, resource: ResourceId) -> Option<&Hours> {
        let own = self.hours.get(&resource.0);
        let room = directory.rooms.contains_key(&RoomId(resource.0));
        if room {
            own
        } else {
            own.or_else(|| self.hours.get(&directory.clinic.id.0))
        }
    }
}

/// What is shaded in a lane on `days`: outside its hours, time off, closures of the clinic.
pub fn shades(directory: &Directory, time: &Time, days: &[Day], lane: ResourceId) -> Vec<Shade> {
    let mut shades = Vec::new();
    let (off, closures) = (time.of(lane.0), time.of(directory.clinic.id.0));
    for (index, day) in (0u8..).zip(days) {
        let mut shade = |at: Interval, kind, label: Option<&str>| {
            let (from, to) = track::minutes_in(*day, at);
            let label = label.filter(|label| !label.is_empty()).map(str::to_owned);
            shades.push(Shade {
                day: index,
                from,
                to,
                resource: lane,
                kind,
                label,
            });
        };
        if let Some(hours) = time.week(directory, lane) {
            for gap in left_over(day.span, &open_stretches(directory.zone(), hours, day.span)) {
                shade(gap, ShadeKind::OutsideHours, None);
            }
        }
        for (list, kind) in [(&off, ShadeKind::TimeOff), (&closures, ShadeKind::Closed)] {
            for (off, _) in list.iter().filter(|(off, _)| off.facts.at.meets(day.span)) {
                shade(off.facts.at, kind, Some(&off.details.label));
            }
        }
    }
    shades
}

/// Whether nothing of the rest of today is open for a lane.
pub fn away(directory: &Directory, time: &Time, today: Day, lane: ResourceId) -> bool {
    let (off, closures) = (time.of(lane.0), time.of(directory.clinic.id.0));
    let resource = Resource {
        zone: directory.zone(),
        hours: time.week(directory, lane).map(|hours| (hours, 0)),
        time_off: &off,
        closures: &closures,
        busy: &[],
        buffer_minutes: 0,
        archived: false,
    };
    let mut closed = track::closed(today, &resource);
    closed.sort_by_key(|gap| gap.start);
    left_over(Interval::new(directory.now, today.span.end), &closed).is_empty()
}
