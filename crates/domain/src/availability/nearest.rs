//! The nearest free slots: where one could go instead.

use super::{Proposal, Resource, free};
use crate::Zone;
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
/// against any of the therapists or the room (`None` for a place that is not a room). Without a therapist there is none.
pub fn nearest(
    search: &Search,
    therapists: &[&Resource<'_>],
    room: Option<&Resource<'_>>,
) -> Vec<Interval> {
    let Some(zone) = therapists.first().map(|lead| lead.zone) else {
        return Vec::new();
    };
    let wanted = &search.wanted;
    // What is held outside the window was not gathered, so nothing outside it is offered.
    let mut slots: Vec<Interval> = free(wanted, search.window(zone), therapists, room)
        .into_iter()
        .flat_map(|stretch| slots_in(zone, stretch, wanted.at, search.step_minutes))
        .collect();
    slots.sort_by_key(|slot| ((slot.start.0 - wanted.at.start.0).abs(), slot.start));
    slots.truncate(search.most);
    slots
}

/// Slots as long as `wanted` that lie in `stretch`, in order, a step apart on the wall clock.
pub(super) fn slots_in(
    zone: Zone,
    stretch: Interval,
    wanted: Interval,
    step_minutes: u16,
) -> impl Iterator<Item = Interval> {
    let length = wanted.end.0 - wanted.start.0;
    let step = i64::from(step_minutes.max(5)) * 60;
    std::iter::successors(Some(next_step(zone, stretch.start, step)), move |start| {
        Some(next_step(zone, *start + 60, step))
    })
    .map(move |start| Interval::new(start, start + length))
    .take_while(move |slot| slot.end <= stretch.end)
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
