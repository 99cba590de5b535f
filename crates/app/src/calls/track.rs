//! A resource's day as a track: what is busy, what is closed.

use crate::api::check::{TrackKind, TrackPart};
use safetalk_domain::availability::{Resource, left_over, open_stretches};
use safetalk_domain::zone::Day;
use safetalk_domain::{Interval, SessionId};

/// The parts of `day` in which the resource is closed, busy, or held by `own`.
pub fn track(day: Day, resource: &Resource<'_>, own: Option<SessionId>) -> Vec<TrackPart> {
    let mut parts: Vec<TrackPart> = closed(day, resource)
        .into_iter()
        .map(|at| part(day, at, TrackKind::Closed))
        .collect();
    for held in resource
        .busy
        .iter()
        .filter(|held| held.resource.is_some() && held.at.meets(day.span))
    {
        let kind = if Some(held.session) == own {
            TrackKind::Own
        } else {
            TrackKind::Busy
        };
        let at = Interval::new(
            held.at.start,
            held.at.end.plus_minutes(-i64::from(held.turnover_minutes)),
        );
        parts.push(part(day, at, kind));
    }
    parts
}

/// The stretches of `day` in which the resource is not open.
pub fn closed(day: Day, resource: &Resource<'_>) -> Vec<Interval> {
    let mut gaps = Vec::new();
    if let Some((hours, _)) = resource.hours {
        gaps.extend(left_over(
            day.span,
            &open_stretches(resource.zone, hours, day.span),
        ));
    }
    for (off, _) in resource.time_off.iter().chain(resource.closures) {
        if !off.facts.archived && off.facts.at.meets(day.span) {
            gaps.push(clip(off.facts.at, day.span));
        }
    }
    gaps
}

/// The part of `at` that lies in `span`.
pub fn clip(at: Interval, span: Interval) -> Interval {
    Interval::new(at.start.max(span.start), at.end.min(span.end))
}

/// Minutes passed from the day's start, clipped to the day.
pub fn minutes_in(day: Day, at: Interval) -> (u16, u16) {
    let clipped = clip(at, day.span);
    let minutes = |moment: safetalk_domain::Moment| {
        u16::try_from(moment.minutes_since(day.span.start).max(0)).unwrap_or(0)
    };
    (minutes(clipped.start), minutes(clipped.end))
}

fn part(day: Day, at: Interval, kind: TrackKind) -> TrackPart {
    let (from, to) = minutes_in(day, at);
    TrackPart { from, to, kind }
}
