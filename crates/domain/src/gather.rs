//! Gathering the World for an intent: written once, asked of both stores through [`Lookup`].

use crate::availability::LOOK_BACK_HOURS;
use crate::entity::*;
use crate::id::*;
use crate::intent::{Actor, Body, Intent, MOST_REASSIGNED, Slot};
use crate::row::{Entity, Kind, Row};
use crate::time::{Interval, Position};
use crate::world::World;
use std::future::Future;
use uuid::Uuid;

/// The few questions a store answers. Every answer comes with the position at which the row was decided.
pub trait Lookup: Send {
    /// What can go wrong in the store.
    type Error: Send;

    /// One row by id.
    fn row(
        &mut self,
        kind: Kind,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<(Row, Position)>, Self::Error>> + Send;

    /// The clinic of this store, if it is set up.
    fn clinic(&mut self) -> impl Future<Output = Result<Option<Clinic>, Self::Error>> + Send;

    /// Every member of the clinic. There are as many as it has seats for, and those who left.
    fn members(&mut self) -> impl Future<Output = Result<Vec<Member>, Self::Error>> + Send;

    /// What sessions hold of `resource` and meets `window`. The store need look back [`LOOK_BACK_HOURS`] only.
    fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> impl Future<Output = Result<Vec<Occupancy>, Self::Error>> + Send;

    /// Time off of `owner` that meets `window`.
    fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> impl Future<Output = Result<Vec<(TimeOff, Position)>, Self::Error>> + Send;

    /// Notices of a session.
    fn notices_of(
        &mut self,
        session: SessionId,
    ) -> impl Future<Output = Result<Vec<Notice>, Self::Error>> + Send;

    /// Invoices of a session.
    fn invoices_of(
        &mut self,
        session: SessionId,
    ) -> impl Future<Output = Result<Vec<Invoice>, Self::Error>> + Send;

    /// Notices of an invoice.
    fn notices_of_invoice(
        &mut self,
        invoice: InvoiceId,
    ) -> impl Future<Output = Result<Vec<Notice>, Self::Error>> + Send;
}

/// The most a buffer or a turnover may be.
pub const MOST_AROUND_MINUTES: i64 = 120;

/// The rows that `intent` touches or depends on.
pub async fn gather<L: Lookup>(intent: &Intent, look: &mut L) -> Result<World, L::Error> {
    let mut gathering = Gathering {
        look,
        world: World::default(),
    };
    gathering.world.clinic = gathering.look.clinic().await?;
    if let Actor::Member(id) = intent.actor {
        gathering.get::<Member>(id).await?;
    }
    gathering.body(&intent.body).await?;
    Ok(gathering.world)
}

/// Gathers what [`crate::availability`] needs for a slot of these therapists, over `window`, for callers that only ask.
pub async fn gather_slot<L: Lookup>(
    look: &mut L,
    therapists: &[TherapistId],
    place: Place,
    service: Option<ServiceId>,
    window: Interval,
) -> Result<World, L::Error> {
    let mut gathering = Gathering {
        look,
        world: World::default(),
    };
    gathering.world.clinic = gathering.look.clinic().await?;
    gathering.resources(therapists, place, window).await?;
    if let Some(service) = service {
        gathering.get::<Service>(service).await?;
    }
    Ok(gathering.world)
}

struct Gathering<'l, L> {
    look: &'l mut L,
    world: World,
}

impl<L: Lookup> Gathering<'_, L> {
    async fn get<E: Entity>(&mut self, id: E::Id) -> Result<(), L::Error> {
        if let Some((row, position)) = self.look.row(E::KIND, id.into()).await? {
            self.world.put(row, position);
        }
        Ok(())
    }

    async fn body(&mut self, body: &Body) -> Result<(), L::Error> {
        match body {
            Body::SetUpClinic(_) | Body::EditClinic(_) => Ok(()),
            Body::SaveTherapist(b) => self.get::<Therapist>(b.therapist).await,
            Body::SaveRoom(b) => self.get::<Room>(b.room).await,
            Body::SaveService(b) => self.get::<Service>(b.service).await,
            Body::SetHours(b) => {
                self.get::<Hours>(b.owner.uuid()).await?;
                self.owner(b.owner).await
            }
            Body::AddTimeOff(b) => {
                self.get::<TimeOff>(b.time_off).await?;
                self.owner(b.owner).await
            }
            Body::RemoveTimeOff(b) => {
                self.get::<TimeOff>(b.time_off).await?;
                // Whose it is decides who may take it back.
                match self.world.time_off.get(&b.time_off) {
                    Some((off, _)) => self.owner(off.facts.owner).await,
                    None => Ok(()),
                }
            }
            Body::AddClient(b) => self.client(b.client, b.record.usual_therapist).await,
            Body::EditClient(b) => self.client(b.client, b.usual_therapist.flatten()).await,
            Body::BookSession(b) => {
                for client in std::iter::once(&b.client).chain(&b.more_clients) {
                    self.get::<Client>(*client).await?;
                }
                self.get::<Service>(b.service).await?;
                self.session(b.session).await?;
                if let Some(invoice) = b.invoice {
                    self.get::<Invoice>(invoice).await?;
                }
                self.slot(&b.slot).await
            }
            Body::BookSeries(b) => {
                for client in std::iter::once(&b.client).chain(&b.more_clients) {
                    self.get::<Client>(*client).await?;
                }
                self.get::<Service>(b.service).await?;
                for (session, slot) in &b.sessions {
                    self.session(*session).await?;
                    self.slot(slot).await?;
                }
                for invoice in &b.invoices {
                    self.get::<Invoice>(*invoice).await?;
                }
                Ok(())
            }
            Body::RescheduleSession(b) => {
                self.session(b.session).await?;
                self.slot(&b.to).await
            }
            Body::ModifyDuration(b) => {
                self.session(b.session).await?;
                if let Some(invoice) = &b.invoice {
                    self.get::<Invoice>(invoice.invoice).await?;
                }
                self.own_slot(b.session, |at| Interval::new(at.start, b.end.max(at.end)))
                    .await
            }
            Body::RestoreSession(b) => self.whole(b.session).await,
            Body::UndoNoShow(b) => self.whole(b.session).await,
            Body::CancelSession(b) => self.session(b.session).await,
            Body::CancelSeries(b) => {
                for session in &b.sessions {
                    self.session(*session).await?;
                }
                Ok(())
            }
            Body::MarkNoShow(b) => self.session(b.session).await,
            Body::ConfirmSession(b) => self.session(b.session).await,
            Body::AddRemark(b) => self.session(b.session).await,
            Body::SendReminder(b) => self.session(b.session).await,
            Body::TellPersonally(b) => self.session(b.session).await,
            Body::RecordWhatsapp(b) => self.notice(b.notice).await,
            Body::RetryNotice(b) => self.notice(b.notice).await,
            Body::DropNotice(b) => self.notice(b.notice).await,
            Body::RecordDelivery(b) => {
                for notice in std::iter::once(&b.notice).chain(&b.with) {
                    self.notice(*notice).await?;
                }
                Ok(())
            }
            Body::DraftInvoice(b) => {
                self.get::<Client>(b.client).await?;
                if let Some(session) = b.session {
                    self.session(session).await?;
                }
                self.invoice(b.invoice).await
            }
            Body::IssueInvoice(b) => self.invoice(b.invoice).await,
            Body::PayInvoice(b) => self.invoice(b.invoice).await,
            Body::VoidInvoice(b) => self.invoice(b.invoice).await,
            Body::SendInvoice(b) => self.invoice(b.invoice).await,
            Body::SaveMember(b) => {
                if let Some(therapist) = b.therapist {
                    self.get::<Therapist>(therapist).await?;
                }
                self.members(Some(b.member)).await
            }
            Body::SetStanding(b) => self.members(Some(b.member)).await,
            Body::SetPlan(_) => self.members(None).await,
            Body::ReassignClients(b) => {
                self.get::<Therapist>(b.from).await?;
                self.get::<Therapist>(b.to).await?;
                // One more would be refused anyway.
                for client in b.clients.iter().take(MOST_REASSIGNED) {
                    self.get::<Client>(*client).await?;
                }
                Ok(())
            }
        }
    }

    /// All members: seats, therapists and who manages are rules about all of them. The one it is about is asked for by
    /// id too, which is how a store knows that an intent names it.
    async fn members(&mut self, about: Option<MemberId>) -> Result<(), L::Error> {
        if let Some(id) = about {
            self.get::<Member>(id).await?;
        }
        for member in self.look.members().await? {
            self.world.put(member.into(), 0);
        }
        Ok(())
    }

    async fn owner(&mut self, owner: Owner) -> Result<(), L::Error> {
        match owner {
            Owner::Clinic(_) => Ok(()),
            Owner::Therapist(id) => self.get::<Therapist>(id).await,
            Owner::Room(id) => self.get::<Room>(id).await,
        }
    }

    async fn client(
        &mut self,
        client: ClientId,
        therapist: Option<TherapistId>,
    ) -> Result<(), L::Error> {
        self.get::<Client>(client).await?;
        match therapist {
            Some(therapist) => self.get::<Therapist>(therapist).await,
            None => Ok(()),
        }
    }

    /// A session with its clients, therapists, service, room, messages, invoices and what each client was told.
    async fn session(&mut self, id: SessionId) -> Result<(), L::Error> {
        self.get::<Session>(id).await?;
        let Some(session) = self.world.sessions.get(&id).cloned() else {
            return Ok(());
        };
        let facts = &session.facts;
        for client in facts.clients() {
            self.get::<Client>(client).await?;
            self.get::<Told>(Told::id_of(id, client)).await?;
        }
        for therapist in facts.therapists() {
            self.get::<Therapist>(therapist).await?;
        }
        self.get::<Service>(facts.service).await?;
        if let Some(room) = facts.place.room() {
            self.get::<Room>(room).await?;
        }
        for notice in self.look.notices_of(id).await? {
            self.world.put(notice.into(), 0);
        }
        for invoice in self.look.invoices_of(id).await? {
            self.world.put(invoice.into(), 0);
        }
        Ok(())
    }

    /// A session and everything around its own slot.
    async fn whole(&mut self, id: SessionId) -> Result<(), L::Error> {
        self.session(id).await?;
        self.own_slot(id, |at| at).await
    }

    async fn own_slot(
        &mut self,
        id: SessionId,
        widen: impl Fn(Interval) -> Interval + Send,
    ) -> Result<(), L::Error> {
        match self
            .world
            .sessions
            .get(&id)
            .map(|session| session.facts.clone())
        {
            Some(facts) => {
                let therapists: Vec<_> = facts.therapists().collect();
                self.resources(&therapists, facts.place, widen(facts.at))
                    .await
            }
            None => Ok(()),
        }
    }

    async fn slot(&mut self, slot: &Slot) -> Result<(), L::Error> {
        let therapists: Vec<_> = slot.therapists().collect();
        self.resources(&therapists, slot.place, slot.at).await
    }

    /// Hours, time off and what is held of therapists and a room around `window`.
    async fn resources(
        &mut self,
        therapists: &[TherapistId],
        place: Place,
        window: Interval,
    ) -> Result<(), L::Error> {
        // Buffers and turnover reach at most two hours past either end.
        let wide = window.padded(MOST_AROUND_MINUTES, MOST_AROUND_MINUTES);
        for therapist in therapists.iter().copied() {
            self.get::<Therapist>(therapist).await?;
            self.get::<Hours>(therapist.0).await?;
            self.around(therapist.into(), wide).await?;
        }
        if let Some(room) = place.room() {
            self.get::<Room>(room).await?;
            self.get::<Hours>(room.0).await?;
            self.around(room.into(), wide).await?;
        }
        if let Some(clinic) = self.world.clinic.as_ref().map(|clinic| clinic.id) {
            self.get::<Hours>(clinic.0).await?;
            for (off, position) in self.look.time_off(clinic.0, wide).await? {
                self.world.put(off.into(), position);
            }
        }
        Ok(())
    }

    async fn around(&mut self, resource: ResourceId, window: Interval) -> Result<(), L::Error> {
        for row in self.look.occupancy(resource, window).await? {
            self.world.put(row.into(), 0);
        }
        for (off, position) in self.look.time_off(resource.0, window).await? {
            self.world.put(off.into(), position);
        }
        Ok(())
    }

    async fn notice(&mut self, id: NoticeId) -> Result<(), L::Error> {
        self.get::<Notice>(id).await?;
        let Some(facts) = self
            .world
            .notices
            .get(&id)
            .map(|notice| notice.facts.clone())
        else {
            return Ok(());
        };
        self.get::<Client>(facts.client).await?;
        if let Some(invoice) = facts.invoice {
            self.invoice(invoice).await?;
        }
        match facts.session {
            Some(session) => self.session(session).await,
            None => Ok(()),
        }
    }

    async fn invoice(&mut self, id: InvoiceId) -> Result<(), L::Error> {
        self.get::<Invoice>(id).await?;
        let Some(facts) = self
            .world
            .invoices
            .get(&id)
            .map(|invoice| invoice.facts.clone())
        else {
            return Ok(());
        };
        self.get::<Client>(facts.client).await?;
        for notice in self.look.notices_of_invoice(id).await? {
            self.world.put(notice.into(), 0);
        }
        match facts.session {
            Some(session) => self.session(session).await,
            None => Ok(()),
        }
    }
}

/// The moment from which a store has to look for stretches that still meet `window`.
pub fn look_back(window: Interval) -> crate::Moment {
    window.start.plus_hours(-LOOK_BACK_HOURS)
}
