//! What a decision is made from: the rows that an intent touches or depends on, gathered beforehand.

use crate::availability::{Proposal, Resource};
use crate::entity::*;
use crate::id::*;
use crate::refusal::{Refusal, Thing};
use crate::row::Row;
use crate::time::{Interval, Position};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Whether an invoice number can be given here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbering {
    /// At the ledger: yes.
    Ledger,
    /// Anywhere else an issued invoice waits for its number.
    #[default]
    Away,
}

/// The rows a decision may look at.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "fields are the tables")]
pub struct World {
    pub numbering: Numbering,
    pub clinic: Option<Clinic>,
    pub members: BTreeMap<MemberId, Member>,
    pub therapists: BTreeMap<TherapistId, Therapist>,
    pub rooms: BTreeMap<RoomId, Room>,
    pub services: BTreeMap<ServiceId, Service>,
    pub clients: BTreeMap<ClientId, Client>,
    pub sessions: BTreeMap<SessionId, Session>,
    pub invoices: BTreeMap<InvoiceId, Invoice>,
    pub notices: BTreeMap<NoticeId, Notice>,
    pub told: BTreeMap<ToldId, Told>,
    /// Hours by owner, with the position they were decided at.
    pub hours: BTreeMap<Uuid, (Hours, Position)>,
    /// Time off by its own id.
    pub time_off: BTreeMap<TimeOffId, (TimeOff, Position)>,
    /// What sessions hold, by its own id.
    pub occupancy: BTreeMap<OccupancyId, Occupancy>,
}

impl World {
    /// Adds or replaces a row. `position` is where it was decided; hours and time off remember it.
    pub fn put(&mut self, row: Row, position: Position) {
        match row {
            Row::Clinic(row) => self.clinic = Some(row),
            Row::Member(row) => drop(self.members.insert(row.id, row)),
            Row::Therapist(row) => drop(self.therapists.insert(row.id, row)),
            Row::Room(row) => drop(self.rooms.insert(row.id, row)),
            Row::Service(row) => drop(self.services.insert(row.id, row)),
            Row::Client(row) => drop(self.clients.insert(row.id, row)),
            Row::Session(row) => drop(self.sessions.insert(row.id, row)),
            Row::Invoice(row) => drop(self.invoices.insert(row.id, row)),
            Row::Notice(row) => drop(self.notices.insert(row.id, row)),
            Row::Told(row) => drop(self.told.insert(row.id, row)),
            Row::Hours(row) => drop(self.hours.insert(row.owner.uuid(), (row, position))),
            Row::TimeOff(row) => drop(self.time_off.insert(row.id, (row, position))),
            Row::Occupancy(row) => drop(self.occupancy.insert(row.id, row)),
            Row::Activity(_) => {}
        }
    }

    /// The clinic, or the refusal that there is none.
    pub fn clinic(&self) -> Result<&Clinic, Refusal> {
        self.clinic.as_ref().ok_or(Refusal::NotFound {
            what: Thing::Clinic,
        })
    }

    /// A session by id.
    pub fn session(&self, id: SessionId) -> Result<&Session, Refusal> {
        self.sessions.get(&id).ok_or(Refusal::NotFound {
            what: Thing::Session,
        })
    }

    /// A client by id.
    pub fn client(&self, id: ClientId) -> Result<&Client, Refusal> {
        self.clients.get(&id).ok_or(Refusal::NotFound {
            what: Thing::Client,
        })
    }

    /// A therapist by id.
    pub fn therapist(&self, id: TherapistId) -> Result<&Therapist, Refusal> {
        self.therapists.get(&id).ok_or(Refusal::NotFound {
            what: Thing::Therapist,
        })
    }

    /// A room by id.
    pub fn room(&self, id: RoomId) -> Result<&Room, Refusal> {
        self.rooms
            .get(&id)
            .ok_or(Refusal::NotFound { what: Thing::Room })
    }

    /// A service by id.
    pub fn service(&self, id: ServiceId) -> Result<&Service, Refusal> {
        self.services.get(&id).ok_or(Refusal::NotFound {
            what: Thing::Service,
        })
    }

    /// An invoice by id.
    pub fn invoice(&self, id: InvoiceId) -> Result<&Invoice, Refusal> {
        self.invoices.get(&id).ok_or(Refusal::NotFound {
            what: Thing::Invoice,
        })
    }

    /// A notice by id.
    pub fn notice(&self, id: NoticeId) -> Result<&Notice, Refusal> {
        self.notices.get(&id).ok_or(Refusal::NotFound {
            what: Thing::Notice,
        })
    }

    /// Invoices of one session, in a fixed order.
    pub fn invoices_of(&self, session: SessionId) -> impl Iterator<Item = &Invoice> {
        self.invoices
            .values()
            .filter(move |invoice| invoice.facts.session == Some(session))
    }

    /// Notices of one session, in a fixed order.
    pub fn notices_of(&self, session: SessionId) -> impl Iterator<Item = &Notice> {
        self.notices
            .values()
            .filter(move |notice| notice.facts.session == Some(session))
    }

    /// Notices of one session to one of its clients, in a fixed order.
    pub fn notices_to(
        &self,
        session: SessionId,
        client: ClientId,
    ) -> impl Iterator<Item = &Notice> {
        self.notices_of(session)
            .filter(move |notice| notice.facts.client == client)
    }

    /// What `client` was last told of a session.
    pub fn told_of(&self, session: SessionId, client: ClientId) -> Option<&Told> {
        self.told.get(&Told::id_of(session, client))
    }

    /// What is held, off and open, collected for one resource so that [`crate::availability`] can borrow it.
    pub fn collect(&self, resource: ResourceId) -> Collected {
        let off = |owner: Uuid| {
            self.time_off
                .values()
                .filter(|(off, _)| off.facts.owner.uuid() == owner)
                .cloned()
                .collect()
        };
        Collected {
            busy: self
                .occupancy
                .values()
                .filter(|row| row.resource == Some(resource))
                .cloned()
                .collect(),
            time_off: off(resource.0),
            closures: self
                .clinic
                .as_ref()
                .map(|clinic| off(clinic.id.0))
                .unwrap_or_default(),
        }
    }

    /// A therapist as availability sees them. Without a week of their own they follow the clinic's.
    pub fn therapist_resource<'a>(
        &'a self,
        therapist: &Therapist,
        collected: &'a Collected,
    ) -> Result<Resource<'a>, Refusal> {
        let clinic = self.clinic()?;
        let own = self.hours.get(&therapist.id.0);
        let hours = match own {
            Some((week, since)) if !week.given_up => Some((week, *since)),
            // The clinic's week holds for them since theirs was given up, or since it was changed itself.
            given_up => self
                .hours
                .get(&clinic.id.0)
                .map(|(week, since)| (week, given_up.map_or(*since, |(_, at)| *at.max(since)))),
        };
        Ok(Resource {
            buffer_minutes: therapist.facts.buffer_minutes,
            ..collected.resource(clinic.facts.zone, hours, therapist.facts.archived)
        })
    }

    /// A room as availability sees it. Without a week of its own it is always open.
    pub fn room_resource<'a>(
        &'a self,
        room: &Room,
        collected: &'a Collected,
    ) -> Result<Resource<'a>, Refusal> {
        Ok(collected.resource(
            self.clinic()?.facts.zone,
            self.hours
                .get(&room.id.0)
                .filter(|(week, _)| !week.given_up)
                .map(|(week, since)| (week, *since)),
            room.facts.archived,
        ))
    }

    /// What a slot for `service` needs around itself.
    pub fn proposal(
        &self,
        session: Option<SessionId>,
        at: Interval,
        place: Place,
        service: Option<&Service>,
    ) -> Proposal {
        let turnover = place
            .room()
            .and_then(|id| self.rooms.get(&id))
            .map_or(0, |room| room.facts.turnover_minutes);
        Proposal {
            session,
            at,
            turnover_minutes: turnover,
            buffer_before: service.map_or(0, |service| service.facts.buffer_before),
            buffer_after: service.map_or(0, |service| service.facts.buffer_after),
        }
    }
}

/// Rows of one resource, owned, for [`Resource`] to borrow from.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "fields are those of Resource")]
pub struct Collected {
    pub busy: Vec<Occupancy>,
    pub time_off: Vec<(TimeOff, Position)>,
    pub closures: Vec<(TimeOff, Position)>,
}

impl Collected {
    fn resource<'a>(
        &'a self,
        zone: crate::Zone,
        hours: Option<(&'a Hours, Position)>,
        archived: bool,
    ) -> Resource<'a> {
        Resource {
            zone,
            hours,
            time_off: &self.time_off,
            closures: &self.closures,
            busy: &self.busy,
            buffer_minutes: 0,
            archived,
        }
    }
}
