//! Whether a therapist and a room are free: the one answer behind booking, rescheduling, extending and restoring.
//!
//! *Hard*: a therapist holds `[start, end)`, a room `[start, end + turnover)`, and neither is ever held twice; nothing
//! overrides it. *Soft*: hours, time off, closures and buffers; "Book anyway" may override them.

mod free;
mod nearest;

pub use free::{FreeDay, NoTime, free, free_days, left_over};
pub use nearest::{HORIZON_DAYS, Search, nearest};

use crate::entity::*;
use crate::time::{Interval, Moment, Position};
use crate::{SessionId, TherapistId, Zone};
use chrono::Days;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far before its start a stretch can begin that still meets a session: 24 h of session and 2 h of turnover.
pub const LOOK_BACK_HOURS: i64 = 26;

/// What has to be free, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Proposal {
    /// The session itself, whose own stretch does not count.
    pub session: Option<SessionId>,
    /// When.
    pub at: Interval,
    /// The room's turnover. Minutes.
    pub turnover_minutes: u16,
    /// Minutes each therapist should have free before, by the service; their own buffer may ask for more.
    pub buffer_before: u16,
    /// Minutes each therapist should have free after, by the service; their own buffer may ask for more.
    pub buffer_after: u16,
}

impl Proposal {
    /// The minutes `therapist` should have free before and after.
    pub fn buffers(&self, therapist: &Resource<'_>) -> Buffers {
        let own = therapist.buffer_minutes;
        Buffers {
            before: self.buffer_before.max(own),
            after: self.buffer_after.max(own),
        }
    }
}

/// What is known of a therapist or a room around the proposal.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// The zone hours are read in.
    pub zone: Zone,
    /// Its week, or the clinic's; `None` is always open. With the position it was decided at.
    pub hours: Option<(&'a Hours, Position)>,
    /// Its time off.
    pub time_off: &'a [(TimeOff, Position)],
    /// The clinic's closures.
    pub closures: &'a [(TimeOff, Position)],
    /// What sessions hold of it.
    pub busy: &'a [Occupancy],
    /// Minutes a therapist keeps free around every session of their own; 0 for a room.
    pub buffer_minutes: u16,
    /// It takes no bookings any more.
    pub archived: bool,
}

/// Why a therapist or a room is not available.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// Another session holds it.
    Taken {
        /// That session.
        session: SessionId,
        /// Since when.
        from: Moment,
        /// Until when.
        until: Moment,
    },
    /// The room is being made ready, before or after.
    Turnover {
        /// The neighbouring session.
        session: SessionId,
        /// When the room is ready.
        until: Moment,
    },
    /// It no longer takes bookings.
    Archived,
    /// Outside its hours.
    OutsideHours {
        /// When it is open on that day.
        open: Vec<Interval>,
    },
    /// Time off, or the room is closed.
    TimeOff {
        /// Since when.
        from: Moment,
        /// Until when.
        until: Moment,
    },
    /// The clinic is closed.
    Closed {
        /// Since when.
        from: Moment,
        /// Until when.
        until: Moment,
    },
    /// Too close to another of the therapist's sessions, by what either of them needs around itself.
    Buffer {
        /// That session.
        session: SessionId,
        /// Minutes that should be free between.
        minutes: u16,
    },
}

impl Cause {
    /// Whether nothing overrides it.
    pub fn hard(&self) -> bool {
        matches!(
            self,
            Self::Taken { .. } | Self::Turnover { .. } | Self::Archived
        )
    }
}

/// A cause and the position its rule was decided at; a soft rule younger than what the person saw is forgiven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Why.
    pub cause: Cause,
    /// When the rule behind it was decided; 0 for hard causes.
    pub since: Position,
}

/// The answer that is not "Slot Available".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Unavailable {
    /// Causes of "Therapist is not available"; of several, those of the lead.
    pub therapist: Vec<Cause>,
    /// Causes of "Room is not available".
    pub room: Vec<Cause>,
    /// Further causes of "Therapist is not available": those of the co-therapists who are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<CoUnavailable>>")]
    pub co_therapists: Vec<CoUnavailable>,
}

/// A co-therapist who is not available.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoUnavailable {
    /// Who.
    pub therapist: TherapistId,
    /// Why; never empty.
    pub causes: Vec<Cause>,
}

impl Unavailable {
    /// Nothing stands against it.
    pub fn is_empty(&self) -> bool {
        self.causes().next().is_none()
    }

    /// Whether "Book anyway" could help: there is a cause and none is hard.
    pub fn only_soft(&self) -> bool {
        !self.is_empty() && !self.causes().any(Cause::hard)
    }

    /// Every cause: of the lead, of the co-therapists, of the room.
    pub fn causes(&self) -> impl Iterator<Item = &Cause> {
        let others = self.co_therapists.iter().flat_map(|other| &other.causes);
        self.therapist.iter().chain(others).chain(&self.room)
    }

    /// Leaves the causes for which `keep` says so.
    pub fn retain(&mut self, keep: impl Fn(&Cause) -> bool) {
        self.therapist.retain(&keep);
        self.room.retain(&keep);
        for other in &mut self.co_therapists {
            other.causes.retain(&keep);
        }
        self.co_therapists.retain(|other| !other.causes.is_empty());
    }
}

/// Why `therapist` is not available for `wanted`; empty when they are.
///
/// `past` leaves soft rules out: whoever records what happened is not told that it was outside hours.
pub fn therapist(wanted: &Proposal, therapist: &Resource<'_>, past: bool) -> Vec<Found> {
    let mut found = hard(wanted.session, wanted.at, therapist);
    if !past {
        found.extend(soft(wanted.at, therapist));
        if !found.iter().any(|f| f.cause.hard()) {
            found.extend(buffers(wanted, therapist));
        }
    }
    found
}

/// Why `room` is not available for `wanted`; empty when it is.
pub fn room(wanted: &Proposal, room: &Resource<'_>, past: bool) -> Vec<Found> {
    let mut found = hard(
        wanted.session,
        wanted.at.extended(i64::from(wanted.turnover_minutes)),
        room,
    );
    // A clash that is turnover only, the session's own or its neighbour's, is said so.
    for f in &mut found {
        if let Cause::Taken {
            session,
            from,
            until,
        } = f.cause
            && let Some(other) = room.busy.iter().find(|b| b.session == session)
        {
            let theirs =
                Interval::new(from, until.plus_minutes(-i64::from(other.turnover_minutes)));
            if !theirs.meets(wanted.at) {
                let until = if wanted.at.end <= from {
                    wanted.at.end.plus_minutes(wanted.turnover_minutes.into())
                } else {
                    until
                };
                f.cause = Cause::Turnover { session, until };
            }
        }
    }
    if !past {
        found.extend(soft(wanted.at, room));
    }
    found
}

fn hard(own: Option<SessionId>, at: Interval, resource: &Resource<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    // What is archived takes no new sessions; one that is there, and is not moved, may stay as long as it takes.
    let stays = resource
        .busy
        .iter()
        .any(|b| Some(b.session) == own && b.resource.is_some() && b.at.start == at.start);
    if resource.archived && !stays {
        found.push(Found {
            cause: Cause::Archived,
            since: 0,
        });
    }
    let mut taken: Vec<_> = resource
        .busy
        .iter()
        .filter(|b| Some(b.session) != own && b.resource.is_some() && b.at.meets(at))
        .collect();
    taken.sort_by_key(|b| (b.at.start, b.session));
    found.extend(taken.into_iter().map(|b| Found {
        cause: Cause::Taken {
            session: b.session,
            from: b.at.start,
            until: b.at.end,
        },
        since: 0,
    }));
    found
}

fn soft(at: Interval, resource: &Resource<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some((hours, since)) = resource.hours {
        let open = open_stretches(resource.zone, hours, at);
        if !open.iter().any(|stretch| stretch.covers(at)) {
            let day = resource.zone.day(resource.zone.date(at.start)).span;
            let open = open
                .into_iter()
                .filter(|stretch| stretch.meets(day))
                .collect();
            found.push(Found {
                cause: Cause::OutsideHours { open },
                since,
            });
        }
    }
    let off = |list: &[(TimeOff, Position)], cause: fn(Moment, Moment) -> Cause| {
        list.iter()
            .filter(|(off, _)| !off.facts.archived && off.facts.at.meets(at))
            .map(|(off, since)| Found {
                cause: cause(off.facts.at.start, off.facts.at.end),
                since: *since,
            })
            .collect::<Vec<_>>()
    };
    found.extend(off(resource.time_off, |from, until| Cause::TimeOff {
        from,
        until,
    }));
    found.extend(off(resource.closures, |from, until| Cause::Closed {
        from,
        until,
    }));
    found
}

/// The first session that is too near. Between two sessions lies the longer of what the earlier one needs after it and
/// what the later one needs before it, whichever of them was booked first.
fn buffers(wanted: &Proposal, therapist: &Resource<'_>) -> Option<Found> {
    let Buffers { before, after } = wanted.buffers(therapist);
    therapist
        .busy
        .iter()
        .filter(|b| Some(b.session) != wanted.session && b.resource.is_some())
        .filter_map(|b| {
            let (gap, minutes) = if b.at.start >= wanted.at.end {
                (b.at.start.0 - wanted.at.end.0, after.max(b.buffer_before))
            } else {
                (wanted.at.start.0 - b.at.end.0, before.max(b.buffer_after))
            };
            (gap < i64::from(minutes) * 60).then_some((b, minutes))
        })
        .min_by_key(|(b, _)| b.at.start)
        .map(|(near, minutes)| Found {
            cause: Cause::Buffer {
                session: near.session,
                minutes,
            },
            since: 0,
        })
}

/// The open stretches of `hours` on every day that `around` touches, in order, joined where they touch (at midnight).
pub fn open_stretches(zone: Zone, hours: &Hours, around: Interval) -> Vec<Interval> {
    let mut stretches: Vec<Interval> = Vec::new();
    let last = zone.date(around.end).checked_add_days(Days::new(1));
    let mut date = zone.date(around.start).checked_sub_days(Days::new(1));
    while let (Some(today), Some(last)) = (date, last)
        && today <= last
    {
        // A date that a zone left out (Apia, 30 December 2011) has no hours.
        if zone.day(today).minutes() > 0 {
            let weekday = Zone::weekday(today);
            for span in hours.week.iter().filter(|span| span.weekday == weekday) {
                let (start, end) = (zone.earliest(today, span.from), zone.latest(today, span.to));
                match stretches.last_mut() {
                    Some(before) if start <= before.end => before.end = before.end.max(end),
                    _ if start < end => stretches.push(Interval::new(start, end)),
                    _ => {}
                }
            }
        }
        date = today.succ_opt();
    }
    stretches
}
