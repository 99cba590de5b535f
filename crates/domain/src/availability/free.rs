//! Free time: the stretches, and the days, in which a session of some length still fits.

use super::nearest::slots_in;
use super::{Proposal, Resource, open_stretches};
use crate::entity::{Buffers, Occupancy};
use crate::time::{Interval, Moment};
use crate::zone::Day;

/// How free a day is for a session of the wanted length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeDay {
    /// Minutes of the day that lie in stretches long enough for it.
    pub minutes: i64,
    /// The first start on the grid of the wall clock, or why there is none.
    pub first: Result<Moment, NoTime>,
}

/// Why a session of the wanted length does not fit on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTime {
    /// The day, or what was open of it, is over.
    Past,
    /// The therapists and the room are never open together, or one takes no bookings any more.
    Closed,
    /// Time off or a closure takes what was open.
    TimeOff,
    /// Sessions leave no stretch that is long enough.
    Taken,
}

/// The stretches of `window`, in order, in which nothing hard and nothing soft stands against the therapist or the
/// room, each long enough for what is wanted. Of `wanted.at` only the length counts.
pub fn free(
    wanted: &Proposal,
    window: Interval,
    therapists: &[&Resource<'_>],
    room: Option<&Resource<'_>>,
) -> Vec<Interval> {
    let length = wanted.at.end.0 - wanted.at.start.0;
    let taken = ordered(off(therapists, room).chain(held(wanted, therapists, room)));
    open(window, therapists, room)
        .into_iter()
        .flat_map(|stretch| left_over(stretch, &taken))
        .filter(|stretch| stretch.end.0 - stretch.start.0 >= length)
        .collect()
}

/// How free each of `days` is: for the date grid, so that a person sees where to look before looking.
/// Nothing before `not_before` counts.
pub fn free_days(
    wanted: &Proposal,
    days: &[Day],
    not_before: Moment,
    step_minutes: u16,
    therapists: &[&Resource<'_>],
    room: Option<&Resource<'_>>,
) -> Vec<FreeDay> {
    let (Some(lead), Some(first), Some(last)) = (therapists.first(), days.first(), days.last())
    else {
        return Vec::new();
    };
    let length = wanted.at.end.0 - wanted.at.start.0;
    // A session may begin on the last day and end on the next.
    let window = Interval::new(first.span.start.max(not_before), last.span.end + length);
    let stretches = free(wanted, window, therapists, room);
    days.iter()
        .map(|day| {
            let fitting: Vec<Interval> = stretches
                .iter()
                .filter_map(|stretch| {
                    let from = Interval::new(stretch.start.max(day.span.start), stretch.end);
                    slots_in(lead.zone, from, wanted.at, step_minutes)
                        .next()
                        .filter(|slot| day.span.holds(slot.start))
                        .map(|slot| Interval::new(slot.start, stretch.end.min(day.span.end)))
                })
                .collect();
            FreeDay {
                minutes: fitting.iter().map(|stretch| stretch.minutes()).sum(),
                first: fitting
                    .first()
                    .map(|stretch| stretch.start)
                    .ok_or_else(|| no_time(day.span, not_before, therapists, room)),
            }
        })
        .collect()
}

/// Why nothing is free on `day`, seen from `not_before`.
fn no_time(
    day: Interval,
    not_before: Moment,
    therapists: &[&Resource<'_>],
    room: Option<&Resource<'_>>,
) -> NoTime {
    let hours = open(day, therapists, room);
    let off = ordered(off(therapists, room));
    let here = |stretch: &Interval| stretch.end > not_before;
    if day.end <= not_before {
        NoTime::Past
    } else if hours.is_empty() {
        NoTime::Closed
    } else if !hours.iter().any(here) {
        NoTime::Past
    } else if !hours
        .iter()
        .flat_map(|stretch| left_over(*stretch, &off))
        .any(|stretch| here(&stretch))
    {
        NoTime::TimeOff
    } else {
        NoTime::Taken
    }
}

/// What of `span` the stretches of `taken`, ordered by their start, leave over.
pub fn left_over(span: Interval, taken: &[Interval]) -> Vec<Interval> {
    let mut gaps = Vec::new();
    let mut from = span.start;
    for stretch in taken.iter().filter(|stretch| stretch.meets(span)) {
        if from < stretch.start {
            gaps.push(Interval::new(from, stretch.start));
        }
        from = from.max(stretch.end);
    }
    if from < span.end {
        gaps.push(Interval::new(from, span.end));
    }
    gaps
}

/// Where all are open in `window`; nowhere once one of them takes no bookings any more, or without a therapist.
fn open(
    window: Interval,
    therapists: &[&Resource<'_>],
    room: Option<&Resource<'_>>,
) -> Vec<Interval> {
    if therapists.is_empty() {
        return Vec::new();
    }
    all(therapists, room).fold(vec![window], |open, resource| {
        match (resource.archived, resource.hours) {
            (true, _) => Vec::new(),
            (false, None) => open,
            (false, Some((hours, _))) => {
                intersect(&open, &open_stretches(resource.zone, hours, window))
            }
        }
    })
}

/// What sessions hold. Widening it by what either session needs around itself lets a bare interval test answer buffers
/// and turnover too.
fn held<'a>(
    wanted: &'a Proposal,
    therapists: &'a [&'a Resource<'_>],
    room: Option<&'a Resource<'_>>,
) -> impl Iterator<Item = Interval> + 'a {
    let busy = |resource: &'a Resource<'_>| {
        resource
            .busy
            .iter()
            .filter(|row| Some(row.session) != wanted.session && row.resource.is_some())
    };
    let around = |therapist: &Resource<'_>, row: &Occupancy| {
        let Buffers { before, after } = wanted.buffers(therapist);
        row.at.padded(
            after.max(row.buffer_before).into(),
            before.max(row.buffer_after).into(),
        )
    };
    let ready = |row: &Occupancy| row.at.padded(wanted.turnover_minutes.into(), 0);
    therapists
        .iter()
        .flat_map(move |therapist| busy(therapist).map(move |row| around(therapist, row)))
        .chain(room.into_iter().flat_map(busy).map(ready))
}

/// Time off and closures of any of them.
fn off<'a>(
    therapists: &'a [&'a Resource<'_>],
    room: Option<&'a Resource<'_>>,
) -> impl Iterator<Item = Interval> + 'a {
    all(therapists, room)
        .flat_map(|resource| resource.time_off.iter().chain(resource.closures))
        .filter(|(off, _)| !off.facts.archived)
        .map(|(off, _)| off.facts.at)
}

fn all<'a, 'r>(
    therapists: &'a [&'a Resource<'r>],
    room: Option<&'a Resource<'r>>,
) -> impl Iterator<Item = &'a Resource<'r>> {
    therapists.iter().copied().chain(room)
}

fn ordered(stretches: impl Iterator<Item = Interval>) -> Vec<Interval> {
    let mut stretches: Vec<Interval> = stretches.collect();
    stretches.sort_by_key(|stretch| stretch.start);
    stretches
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
