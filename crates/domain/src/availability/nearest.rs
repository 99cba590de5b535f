//! The nearest free slots: where one could go instead.

use super::{Proposal, Resource, open_stretches};
use crate::Zone;
use crate::entity::Occupancy;
use crate::time::{Interval, Moment};

/// Free slots are looked for this many days ahead.
pub const HORIZON_DAYS: i64 = 14;

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// The slot that was wanted.
    pub wanted: Proposal,
    /// Nothing before this moment is offered.
    pub not_before: Moment,
    /// Starts are this many minutes apart on the wall clock.
    pub step_minutes: u16,
    /// How many at most.
    pub most: usize,
}

impl Search {
    /// The stretch searched: from the day of the wanted slot, or today if that is past, for two weeks.
    pub fn window(&self, zone: Zone) -> Interval {
        let first = self.wanted.at.start.max(self.not_before);
        let from = zone.day(zone.date(first)).span.start.max(self.not_before);
        Interval::new(from, from.plus_hours(24 * HORIZON_DAYS))
    }
}

/// Free slots of the wanted length, nearest to the wanted start first, in which no hard and no soft rule stands
/// against the therapist or the room (`None` for a place that is not a room).
pub fn nearest(
    search: &Search,
    therapist: &Resource<'_>,
    room: Option<&Resource<'_>>,
) -> Vec<Interval> {
    if therapist.archived || room.is_some_and(|room| room.archived) {
        return Vec::new();
    }
    let zone = therapist.zone;
    let window = search.window(zone);
    let wanted = &search.wanted;
    let length = wanted.at.end.0 - wanted.at.start.0;
    // What is held outside the window was not gathered, so nothing outside it is offered.
    let mut free = intersect(&[window], &open(therapist, window));
    if let Some(room) = room {
        free = intersect(&free, &open(room, window));
    }
    let mut blocked: Vec<Interval> = Vec::new();
    let turnover = i64::from(wanted.turnover_minutes);
    // Widening what is held by what either session needs around itself lets a bare interval test answer both.
    blocked.extend(held(therapist, wanted).map(|b| {
        b.at.padded(
            wanted.buffer_after.max(b.buffer_before).into(),
            wanted.buffer_before.max(b.buffer_after).into(),
        )
    }));
    blocked.extend(off(therapist));
    if let Some(room) = room {
        blocked.extend(held(room, wanted).map(|b| b.at.padded(turnover, 0)));
        blocked.extend(off(room));
    }
    blocked.sort_by_key(|b| b.start);

    let step = i64::from(search.step_minutes.max(5)) * 60;
    let mut starts: Vec<Moment> = Vec::new();
    for stretch in free {
        let mut start = next_step(zone, stretch.start, step);
        while start + length <= stretch.end {
            let slot = Interval::new(start, start + length);
            match blocked
                .iter()
                .filter(|b| b.meets(slot))
                .map(|b| b.end)
                .max()
            {
                None => {
                    starts.push(start);
                    start = next_step(zone, start + 60, step);
                }
                Some(end) => start = next_step(zone, end.max(start + 60), step),
            }
        }
    }
    starts.sort_by_key(|start| ((start.0 - wanted.at.start.0).abs(), *start));
    starts.truncate(search.most);
    starts
        .into_iter()
        .map(|start| Interval::new(start, start + length))
        .collect()
}

fn open(resource: &Resource<'_>, window: Interval) -> Vec<Interval> {
    match resource.hours {
        None => vec![window],
        Some((hours, _)) => open_stretches(resource.zone, hours, window),
    }
}

fn held<'a>(
    resource: &'a Resource<'_>,
    wanted: &'a Proposal,
) -> impl Iterator<Item = &'a Occupancy> + 'a {
    resource
        .busy
        .iter()
        .filter(|b| Some(b.session) != wanted.session && b.resource.is_some())
}

fn off<'a>(resource: &'a Resource<'_>) -> impl Iterator<Item = Interval> + 'a {
    resource
        .time_off
        .iter()
        .chain(resource.closures)
        .filter(|(off, _)| !off.facts.archived)
        .map(|(off, _)| off.facts.at)
}

fn intersect(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    let mut both = Vec::new();
    for x in a {
        for y in b.iter().filter(|y| y.meets(*x)) {
            both.push(Interval::new(x.start.max(y.start), x.end.min(y.end)));
        }
    }
    both
}

/// The first moment not before `at` whose wall-clock minute is a multiple of the step, so that slots read 09:00, 09:15.
fn next_step(zone: Zone, at: Moment, step: i64) -> Moment {
    let mut up = Moment(at.0 + (-at.0).rem_euclid(60));
    loop {
        let wall = i64::from(zone.wall_minute(up)) * 60;
        let ahead = (-wall).rem_euclid(step);
        if ahead == 0 {
            return up;
        }
        let next = up + ahead;
        let steady = zone.offset_minutes(up) == zone.offset_minutes(next);
        up = if steady && wall + ahead < DAY_SECONDS {
            return next;
        } else if steady {
            // The grid begins anew at midnight.
            up + (DAY_SECONDS - wall)
        } else {
            // The clocks change before it: only the wall can say.
            up + 60
        };
    }
}

const DAY_SECONDS: i64 = 24 * 60 * 60;
