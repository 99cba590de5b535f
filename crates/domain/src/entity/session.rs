//! Sessions, and the stretches of time they hold.

use crate::{
    ClientId, Interval, MemberId, Moment, Money, OccupancyId, ResourceId, RoomId, SeriesId,
    ServiceId, SessionId, TherapistId, Zone,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A booked session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Session {
    /// The same through every reschedule.
    pub id: SessionId,
    /// What rules read.
    pub facts: SessionFacts,
    /// What people read.
    pub details: SessionDetails,
}

/// What rules read of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionFacts {
    /// Who comes; of several, the one who is named first and billed unless a person chooses another.
    pub client: ClientId,
    /// Who else comes: a couple, a family, a group. In the order in which they were booked; never `client` again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_clients: Vec<ClientId>,
    /// Who sees them; of several, the one who leads.
    pub therapist: TherapistId,
    /// Who leads it with them; never `therapist` again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub co_therapists: Vec<TherapistId>,
    /// What it is.
    pub service: ServiceId,
    /// Where.
    pub place: Place,
    /// When, at most 24 h.
    pub at: Interval,
    /// The clinic's zone when it was decided.
    pub zone: Zone,
    /// The room's turnover, copied when it was decided. Minutes; 0 outside a room.
    pub turnover_minutes: u16,
    /// Minutes its therapist should have free before it, copied when it was decided.
    #[serde(default)]
    pub buffer_before: u16,
    /// Minutes its therapist should have free after it, copied when it was decided.
    #[serde(default)]
    pub buffer_after: u16,
    /// The same of each co-therapist, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub co_buffers: Vec<Buffers>,
    /// What a person did to it.
    pub status: SessionStatus,
    /// Marked as confirmed; a reschedule clears it.
    pub confirmed: bool,
    /// The repetition it was booked in.
    pub series: Option<SeriesPart>,
    /// Its price.
    pub price: Option<Money>,
    /// How long it was booked for: what its price is the price of, however long it becomes. Minutes; unknown of a session
    /// that was booked before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub booked_minutes: Option<u16>,
    /// One up with every change of time, place, therapist or standing. The client's calendar orders changes by it.
    pub sequence: u32,
    /// When and by whom it was cancelled.
    pub cancelled: Option<Cancelled>,
    /// Set when a no-show freed the rest: the session holds its resources only until then.
    pub freed_from: Option<Moment>,
}

/// Minutes a therapist keeps free around a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Buffers {
    pub before: u16,
    pub after: u16,
}

/// What people read of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionDetails {
    /// Everything anyone remarked, oldest first. Nothing is overwritten.
    pub remarks: Vec<Remark>,
    /// Where to join, when online.
    pub link: Option<String>,
    /// Where to go, when elsewhere.
    pub elsewhere: Option<String>,
}

/// One remark. Not for clinical notes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Remark {
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: MemberId,
    /// The text.
    pub text: String,
}

/// Where a session takes place. Only a room can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Place {
    /// In a room of the clinic.
    Room(RoomId),
    /// By a link.
    Online,
    /// Somewhere else, written down in the details.
    Elsewhere,
}

impl Place {
    /// The room, if it is one.
    pub fn room(self) -> Option<RoomId> {
        match self {
            Self::Room(id) => Some(id),
            Self::Online | Self::Elsewhere => None,
        }
    }
}

/// What a person did to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// It stands.
    Scheduled,
    /// It was cancelled and holds nothing.
    Cancelled,
    /// The client did not come.
    NoShow,
}

/// Which part of a repetition a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeriesPart {
    /// The repetition.
    pub series: SeriesId,
    /// Counted from 1.
    pub number: u16,
    /// How many were booked together.
    pub of: u16,
}

/// A cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Cancelled {
    /// When the person clicked.
    pub at: Moment,
    /// Who wanted it.
    pub by: CancelledBy,
    /// With less notice than the clinic asks for.
    pub late: bool,
}

/// Who wanted a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CancelledBy {
    /// The client.
    Client,
    /// The therapist.
    Therapist,
    /// The clinic.
    Clinic,
}

/// Where a session stands in time: the columns of the table of Quick Actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not begun.
    Future,
    /// Begun, not ended.
    Running,
    /// Ended.
    Ended,
    /// Cancelled.
    Cancelled,
    /// A no-show.
    NoShow,
}

/// The word on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    /// Booked.
    Scheduled,
    /// Booked and confirmed.
    Confirmed,
    /// Going on now.
    InSession,
    /// Over.
    Completed,
    /// The client did not come.
    NoShow,
    /// Cancelled.
    Cancelled,
}

impl SessionFacts {
    /// Where the session stands at `now`.
    pub fn phase(&self, now: Moment) -> Phase {
        match self.status {
            SessionStatus::Cancelled => Phase::Cancelled,
            SessionStatus::NoShow => Phase::NoShow,
            SessionStatus::Scheduled if now < self.at.start => Phase::Future,
            SessionStatus::Scheduled if now < self.at.end => Phase::Running,
            SessionStatus::Scheduled => Phase::Ended,
        }
    }

    /// The word shown for it at `now`.
    pub fn word(&self, now: Moment) -> StatusWord {
        match self.phase(now) {
            Phase::Future if self.confirmed => StatusWord::Confirmed,
            Phase::Future => StatusWord::Scheduled,
            Phase::Running => StatusWord::InSession,
            Phase::Ended => StatusWord::Completed,
            Phase::Cancelled => StatusWord::Cancelled,
            Phase::NoShow => StatusWord::NoShow,
        }
    }

    /// Everyone who comes, each once.
    pub fn clients(&self) -> impl Iterator<Item = ClientId> {
        std::iter::once(self.client).chain(self.more_clients.iter().copied())
    }

    /// Everyone who sees them, each once, the lead first.
    pub fn therapists(&self) -> impl Iterator<Item = TherapistId> {
        std::iter::once(self.therapist).chain(self.co_therapists.iter().copied())
    }

    /// Whether `client` comes.
    pub fn is_with(&self, client: ClientId) -> bool {
        self.clients().any(|other| other == client)
    }

    /// Whether `therapist` sees them.
    pub fn is_seen_by(&self, therapist: TherapistId) -> bool {
        self.therapists().any(|other| other == therapist)
    }

    /// What a client can be told of it. It names no other client.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            at: self.at,
            place: self.place,
            therapist: self.therapist,
            co_therapists: self.co_therapists.clone(),
            stands: self.status != SessionStatus::Cancelled,
        }
    }

    /// The values a change of time, place or person depends on.
    pub fn guard(&self) -> SessionGuard {
        SessionGuard {
            at: self.at,
            place: self.place,
            therapist: self.therapist,
            co_therapists: self.co_therapists.clone(),
            status: self.status,
        }
    }
}

/// The old values an intent relies on. If one no longer holds at the ledger, the intent is stale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionGuard {
    /// When.
    pub at: Interval,
    /// Where.
    pub place: Place,
    /// Who.
    pub therapist: TherapistId,
    /// Who else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<TherapistId>>")]
    pub co_therapists: Vec<TherapistId>,
    /// Standing.
    pub status: SessionStatus,
}

/// What a client is told of a session: as much of it as they can be wrong about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Snapshot {
    /// When.
    pub at: Interval,
    /// Where.
    pub place: Place,
    /// With whom.
    pub therapist: TherapistId,
    /// And with whom else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<TherapistId>>")]
    pub co_therapists: Vec<TherapistId>,
    /// Whether it takes place.
    pub stands: bool,
}

/// A stretch of time that a session holds of a therapist or a room. Conflicts are found from these rows alone.
///
/// There is one row per session and role for ever (its therapist, its room, its first, second … co-therapist); a session
/// that holds nothing of a role has it with `resource: None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Occupancy {
    /// Derived from session and role.
    pub id: OccupancyId,
    /// Who holds it.
    pub session: SessionId,
    /// What is held; `None` when nothing is.
    pub resource: Option<ResourceId>,
    /// From start to end, for a room to the end of its turnover.
    pub at: Interval,
    /// How much of the end is turnover. Minutes.
    pub turnover_minutes: u16,
    /// Minutes that should be free before it; never held, and 0 for a room.
    #[serde(default)]
    pub buffer_before: u16,
    /// Minutes that should be free after it; never held, and 0 for a room.
    #[serde(default)]
    pub buffer_after: u16,
}

impl Session {
    /// What this session holds now: a row for its therapist, for each co-therapist and for its room.
    ///
    /// A row is never deleted: one for the room is there without a room, and `places` says how many co-therapists the
    /// session had before, so that a place nobody holds any more keeps its row without a resource.
    pub fn occupancy(&self, places: usize) -> Vec<Occupancy> {
        let facts = &self.facts;
        let holds = facts.status != SessionStatus::Cancelled;
        let at = Interval::new(
            facts.at.start,
            facts
                .freed_from
                .map_or(facts.at.end, |freed| freed.min(facts.at.end)),
        );
        let row = |role: &str, resource: Option<ResourceId>, turnover: u16| Occupancy {
            id: OccupancyId(crate::id::derive(self.id.0, "occupancy", role)),
            session: self.id,
            resource: resource.filter(|_| holds && at.start < at.end),
            at: at.extended(i64::from(turnover)),
            turnover_minutes: turnover,
            buffer_before: 0,
            buffer_after: 0,
        };
        let mut rows = vec![
            Occupancy {
                buffer_before: facts.buffer_before,
                buffer_after: facts.buffer_after,
                ..row("therapist", Some(facts.therapist.into()), 0)
            },
            row(
                "room",
                facts.place.room().map(Into::into),
                facts.place.room().map_or(0, |_| facts.turnover_minutes),
            ),
        ];
        for place in 0..places.max(facts.co_therapists.len()) {
            let held = facts.co_therapists.get(place).copied().map(Into::into);
            let buffers = facts.co_buffers.get(place).copied().unwrap_or_default();
            rows.push(Occupancy {
                buffer_before: buffers.before,
                buffer_after: buffers.after,
                ..row(&format!("co_therapist/{}", place + 1), held, 0)
            });
        }
        rows
    }
}
