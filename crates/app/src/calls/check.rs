//! The message box: the same availability that `decide` uses, with words and alternatives.

use super::around::Around;
use super::track::track;
use crate::api::act::Problem;
use crate::api::check::*;
use crate::directory::Directory;
use crate::office::Office;
use chrono::Days;
use safetalk_domain::availability::{
    self, Cause, CoUnavailable, Found, Proposal, Resource, Search, Unavailable, nearest,
};
use safetalk_domain::gather::gather_slot;
use safetalk_domain::refusal::Thing;
use safetalk_domain::zone::{DAY_MINUTES, Local};
use safetalk_domain::*;
use std::collections::BTreeMap;

/// How many alternatives are offered.
const ALTERNATIVES: usize = 3;
/// Starts are suggested this many minutes apart when no service says otherwise.
pub(super) const STEP_MINUTES: u16 = 15;

/// `session.check`.
pub async fn check(office: &Office, request: CheckRequest) -> Result<CheckAnswer, Problem> {
    let directory = Directory::read(office).await?;
    let zone = directory.zone();
    let session =
        match request.session {
            Some(id) => Some(office.replica.row::<Session>(id).await?.ok_or(
                Refusal::NotFound {
                    what: Thing::Session,
                },
            )?),
            None => None,
        };
    let service_id = request
        .service
        .or(session.as_ref().map(|s| s.facts.service));
    let service = service_id.and_then(|id| directory.services.get(&id));
    let start = request.start.read(zone);
    let end = request.end.map(|end| end.read(zone));
    let slot = slot(&request, zone, session.as_ref(), service);
    let day = zone.day(request.start.date);
    let around = slot.unwrap_or(day.span);
    let wanted_window = Interval::new(
        day.span.start.min(around.start),
        day.span.end.max(around.end),
    );

    let mut look = office.replica.read().await?;
    let ahead = Interval::new(
        wanted_window
            .start
            .min(directory.now.max(wanted_window.start)),
        wanted_window
            .end
            .plus_hours(24 * availability::HORIZON_DAYS),
    );
    let ids = everyone(request.therapist, &request.co_therapists);
    let around = Around::gather(&mut look, &ids, request.place, service_id, ahead).await?;
    drop(look);
    let (therapists, room) = (around.therapists()?, around.room()?);

    let asked = Asked {
        office,
        directory: &directory,
        ids: &ids,
        therapists: &therapists,
        room: room.as_ref(),
    };
    let propose = |at| around.proposal(request.session, at);
    let found = slot
        .map(|at| asked.unavailable(&propose(at)))
        .unwrap_or_default();
    let clients = asked.clients(&found).await?;
    let step = service.map_or(STEP_MINUTES, |service| service.facts.step_minutes);
    let alternatives = match slot {
        Some(at) if !found.is_empty() => {
            let search = Search {
                wanted: propose(at),
                not_before: directory.now,
                step_minutes: step,
                most: ALTERNATIVES + 1,
            };
            let people: Vec<_> = therapists.iter().collect();
            let mut slots = nearest(&search, &people, room.as_ref());
            // Where the session already is, is no alternative.
            slots.retain(|free| {
                !session
                    .as_ref()
                    .is_some_and(|s| stands_there(s, &request, *free))
            });
            slots.truncate(ALTERNATIVES);
            slots
        }
        _ => Vec::new(),
    };
    let minutes = slot.map_or(i64::from(request.minutes.unwrap_or(60)), Interval::minutes);
    let longer = session
        .as_ref()
        .zip(slot)
        .map(|(s, at)| (s, at.end.minutes_since(s.facts.at.end)))
        .filter(|(_, added)| request.end.is_some() && *added > 0);
    let own = directory.member.overrides_own(&found, &ids);
    let room_missing = !found.room.is_empty();
    Ok(CheckAnswer {
        start,
        end,
        slot: slot.map(|at| directory.when(at)),
        available: slot.is_some() && found.is_empty(),
        may_book_anyway: found.only_soft()
            && (own || directory.member.may(Grant::BookOutsideAvailability)),
        reason_needed: !own,
        therapist: asked.therapist_causes(&found, &clients),
        room: asked.causes(&found.room, &clients),
        alternatives: alternatives
            .into_iter()
            .map(|at| directory.when(at))
            .collect(),
        free_rooms: match slot {
            Some(at) if room_missing => asked.free_rooms(request.session, at).await?,
            _ => Vec::new(),
        },
        therapist_track: therapists
            .first()
            .map(|lead| track(day, lead, request.session))
            .unwrap_or_default(),
        co_tracks: ids
            .iter()
            .zip(&therapists)
            .skip(1)
            .map(|(id, therapist)| CoTrack {
                therapist: directory.therapist(*id),
                track: track(day, therapist, request.session),
            })
            .collect(),
        room_track: room
            .as_ref()
            .map(|room| track(day, room, request.session))
            .unwrap_or_default(),
        starts: asked.starts(request.start.date, step, minutes, &propose),
        next: asked.next(slot, request.session).await?,
        extension_price: longer
            .and_then(|(session, added)| extension_price(session, service, added)),
        extension_due: longer.and_then(|_| {
            directory
                .today()
                .checked_add_days(Days::new(directory.clinic.facts.due_days.into()))
        }),
    })
}

/// Those who are to lead a session, the lead first, each once.
pub(super) fn everyone(lead: TherapistId, others: &[TherapistId]) -> Vec<TherapistId> {
    let mut ids = vec![lead];
    for id in others {
        if !ids.contains(id) {
            ids.push(*id);
        }
    }
    ids
}

/// The stretch that was typed, if it can be read and runs forwards.
fn slot(
    request: &CheckRequest,
    zone: Zone,
    session: Option<&Session>,
    service: Option<&Service>,
) -> Option<Interval> {
    let pick = |local, second| match local {
        Local::Once { at } => Some(at),
        Local::Twice { second: at, .. } if second => Some(at),
        Local::Twice { first, .. } => Some(first),
        Local::Never { .. } => None,
    };
    let start = pick(request.start.read(zone), request.start.second)?;
    let end = match request.end {
        Some(end) => pick(end.read(zone), end.second)?,
        None => {
            let usual = session
                .map(|s| s.facts.at.minutes())
                .or(service.map(|s| i64::from(s.facts.minutes)));
            start.plus_minutes(request.minutes.map(i64::from).or(usual)?)
        }
    };
    (start < end && end.minutes_since(start) <= 24 * 60).then(|| Interval::new(start, end))
}

/// Whether the session already has this slot.
fn stands_there(session: &Session, request: &CheckRequest, slot: Interval) -> bool {
    let facts = &session.facts;
    let therapists = everyone(request.therapist, &request.co_therapists);
    facts.at == slot && facts.place == request.place && facts.therapists().eq(therapists)
}

/// The price of `added` minutes by what the session or its service costs.
fn extension_price(session: &Session, service: Option<&Service>, added: i64) -> Option<Money> {
    match (session.facts.price, service) {
        (Some(price), _) => {
            // Of the length it was booked for: what was added before has its own price.
            let booked = session.facts.booked_minutes.map(i64::from);
            Some(price.pro_rata(added, booked.unwrap_or(session.facts.at.minutes())))
        }
        (None, Some(service)) => service
            .facts
            .price
            .map(|price| price.pro_rata(added, service.facts.minutes.into())),
        (None, None) => None,
    }
}

/// What an availability question is asked of.
pub(super) struct Asked<'a> {
    pub office: &'a Office,
    pub directory: &'a Directory,
    /// Who is to lead it, the lead first.
    pub ids: &'a [TherapistId],
    /// Each of them.
    pub therapists: &'a [Resource<'a>],
    pub room: Option<&'a Resource<'a>>,
}

impl Asked<'_> {
    /// Every cause, hard and soft.
    pub fn unavailable(&self, wanted: &Proposal) -> Unavailable {
        self.causes_of(wanted, wanted.at.end <= self.directory.now)
    }

    /// Every cause; `past` leaves soft rules out.
    fn causes_of(&self, wanted: &Proposal, past: bool) -> Unavailable {
        let causes =
            |found: Vec<Found>| -> Vec<Cause> { found.into_iter().map(|it| it.cause).collect() };
        let mut of_each = self
            .therapists
            .iter()
            .map(|one| causes(availability::therapist(wanted, one, past)));
        Unavailable {
            therapist: of_each.next().unwrap_or_default(),
            co_therapists: self
                .ids
                .iter()
                .skip(1)
                .zip(of_each)
                .filter(|(_, causes)| !causes.is_empty())
                .map(|(id, causes)| CoUnavailable {
                    therapist: *id,
                    causes,
                })
                .collect(),
            room: self
                .room
                .map(|room| causes(availability::room(wanted, room, past)))
                .unwrap_or_default(),
        }
    }

    /// Names of the clients whose sessions stand in the way, as far as this member may know them.
    pub async fn clients(
        &self,
        found: &Unavailable,
    ) -> Result<BTreeMap<SessionId, String>, Problem> {
        let mut names = BTreeMap::new();
        for cause in found.causes() {
            let (Cause::Taken { session, .. }
            | Cause::Turnover { session, .. }
            | Cause::Buffer { session, .. }) = cause
            else {
                continue;
            };
            let Some(row) = self.office.replica.row::<Session>(*session).await? else {
                continue;
            };
            if self.directory.member.may_act_on(&row.facts) {
                names.insert(*session, names_of(self.office, &row).await?);
            }
        }
        Ok(names)
    }

    /// The lines under "Therapist is not available": of several therapists each says whose it is.
    pub fn therapist_causes(
        &self,
        found: &Unavailable,
        clients: &BTreeMap<SessionId, String>,
    ) -> Vec<CauseView> {
        let several = self.ids.len() > 1;
        let lead = self.ids.first().map(|lead| (*lead, &found.therapist));
        let others = found.co_therapists.iter();
        lead.into_iter()
            .chain(others.map(|other| (other.therapist, &other.causes)))
            .flat_map(|(id, causes)| {
                let whose = several.then(|| self.directory.therapist(id).name);
                causes.iter().map(move |cause| CauseView {
                    therapist: whose.clone(),
                    ..self.cause(cause, clients)
                })
            })
            .collect()
    }

    /// The lines under the message.
    pub fn causes(
        &self,
        causes: &[Cause],
        clients: &BTreeMap<SessionId, String>,
    ) -> Vec<CauseView> {
        causes
            .iter()
            .map(|cause| self.cause(cause, clients))
            .collect()
    }

    fn cause(&self, cause: &Cause, clients: &BTreeMap<SessionId, String>) -> CauseView {
        let stamp = |at| Some(self.directory.stamp(at));
        let blank = |kind| CauseView {
            kind,
            from: None,
            until: None,
            minutes: None,
            open: Vec::new(),
            client: None,
            therapist: None,
        };
        let client = |session: &SessionId| clients.get(session).cloned();
        match cause {
            Cause::Taken {
                session,
                from,
                until,
            } => CauseView {
                from: stamp(*from),
                until: stamp(*until),
                client: client(session),
                ..blank(CauseKind::Taken)
            },
            Cause::Turnover { session, until } => CauseView {
                until: stamp(*until),
                client: client(session),
                ..blank(CauseKind::Turnover)
            },
            Cause::Archived => blank(CauseKind::Archived),
            Cause::OutsideHours { open } => CauseView {
                open: open.iter().map(|at| self.directory.when(*at)).collect(),
                ..blank(CauseKind::OutsideHours)
            },
            Cause::TimeOff { from, until } => CauseView {
                from: stamp(*from),
                until: stamp(*until),
                ..blank(CauseKind::TimeOff)
            },
            Cause::Closed { from, until } => CauseView {
                from: stamp(*from),
                until: stamp(*until),
                ..blank(CauseKind::Closed)
            },
            Cause::Buffer { session, minutes } => CauseView {
                minutes: Some(*minutes),
                client: client(session),
                ..blank(CauseKind::Buffer)
            },
        }
    }

    /// Starts over the whole day in the service's step; free ones say so, taken ones stay selectable.
    fn starts(
        &self,
        date: chrono::NaiveDate,
        step: u16,
        minutes: i64,
        propose: &dyn Fn(Interval) -> Proposal,
    ) -> Vec<StartOption> {
        let zone = self.directory.zone();
        let mut starts = Vec::new();
        for minute in (0..DAY_MINUTES).step_by(usize::from(step.max(5))) {
            let (Local::Once { at } | Local::Twice { first: at, .. }) = zone.resolve(date, minute)
            else {
                continue;
            };
            let slot = Interval::new(at, at.plus_minutes(minutes));
            // Hours count on a day that is over too: a suggestion is no record of what happened.
            let free = self.causes_of(&propose(slot), false).is_empty();
            // Nights are offered only where they can be booked.
            if free || (7 * 60..21 * 60).contains(&minute) {
                starts.push(StartOption {
                    at: self.directory.stamp(at),
                    free,
                });
            }
        }
        starts
    }

    /// Rooms that are free at `at`.
    async fn free_rooms(
        &self,
        session: Option<SessionId>,
        at: Interval,
    ) -> Result<Vec<crate::api::RoomBrief>, Problem> {
        let mut free = Vec::new();
        for room in self
            .directory
            .rooms
            .values()
            .filter(|room| !room.facts.archived)
        {
            let mut look = self.office.replica.read().await?;
            let world = gather_slot(&mut look, &[], Place::Room(room.id), None, at).await?;
            let held = world.collect(room.id.into());
            let resource = world.room_resource(room, &held)?;
            let wanted = Proposal {
                session,
                at,
                turnover_minutes: room.facts.turnover_minutes,
                buffer_before: 0,
                buffer_after: 0,
            };
            if availability::room(&wanted, &resource, false).is_empty() {
                free.push(self.directory.room(room.id));
            }
        }
        Ok(super::calendar::by_name(free, |room| &room.name))
    }

    /// The next session of any of the therapists after the slot, the same day or the next.
    async fn next(
        &self,
        slot: Option<Interval>,
        own: Option<SessionId>,
    ) -> Result<Option<NextSession>, Problem> {
        let Some(slot) = slot else { return Ok(None) };
        let horizon = slot.start.plus_hours(24);
        let next = self
            .therapists
            .iter()
            .flat_map(|therapist| therapist.busy)
            .filter(|held| {
                held.resource.is_some()
                    && Some(held.session) != own
                    && held.at.start >= slot.start
                    && held.at.start < horizon
            })
            .min_by_key(|held| held.at.start);
        let Some(held) = next else { return Ok(None) };
        let Some(session) = self.office.replica.row::<Session>(held.session).await? else {
            return Ok(None);
        };
        Ok(Some(NextSession {
            session: session.id,
            start: self.directory.stamp(session.facts.at.start),
            client: names_of(self.office, &session).await?,
            status: session.facts.word(self.directory.now),
        }))
    }
}

/// The names of everyone who comes to a session.
pub(super) async fn names_of(office: &Office, session: &Session) -> Result<String, Problem> {
    let mut names = Vec::new();
    for id in session.facts.clients() {
        if let Some(client) = office.replica.row::<Client>(id).await? {
            names.push(client.details.full_name.value);
        }
    }
    Ok(names.join(", "))
}
