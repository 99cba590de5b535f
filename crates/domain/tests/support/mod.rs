//! A clinic in memory, as small as a ledger can be: it gathers through [`Lookup`], decides, and keeps the rows.
//!
//! Every intent any test acts through [`Desk::act`] is also held to what is true of all of them: it is decided the
//! same twice, and the same when unrelated rows lie in the World; it changes no row that it neither gathered, derived
//! from itself nor named; and afterwards nothing is occupied twice.
#![forbid(unsafe_code)]

pub mod bodies;
pub mod checks;
pub mod people;
pub mod times;

pub use bodies::*;
pub use checks::config;
pub use people::*;
pub use times::*;

use safetalk_domain::decide::Flag;
use safetalk_domain::gather::{Lookup, gather};
use safetalk_domain::intent::{Actor, RecordDelivery, VERSION};
use safetalk_domain::world::Numbering;
use safetalk_domain::*;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use uuid::Uuid;

/// The rows of one clinic, and the times and positions the next intent is made with.
#[derive(Clone, Debug)]
pub struct Desk {
    pub rows: BTreeMap<(Kind, Uuid), (Row, Position)>,
    /// When the next intent is decided, and made unless `made_at` says otherwise.
    pub now: Moment,
    /// When the next intent was made, after clamping.
    pub made_at: Option<Moment>,
    /// When the next intent was made by the device's own clock, before clamping.
    pub device_clock: Option<Moment>,
    /// What its device had pulled; the present position unless set.
    pub seen: Option<Position>,
    /// What it takes back.
    pub undoes: Option<IntentId>,
    pub numbering: Numbering,
    pub position: Position,
    pub last: IntentId,
}

impl Desk {
    /// The clinic of [`people`]: Monday morning, an hour before it opens.
    pub fn new() -> Self {
        let mut desk = Self {
            rows: BTreeMap::new(),
            now: kl("2026-03-02 08:00"),
            made_at: None,
            device_clock: None,
            seen: None,
            undoes: None,
            numbering: Numbering::Ledger,
            position: 10,
            last: IntentId(Uuid::nil()),
        };
        for row in everyone() {
            desk.put(row);
        }
        desk
    }

    /// Lays a row down as if it had been decided at the present position.
    pub fn put(&mut self, row: impl Into<Row>) {
        let row = row.into();
        if let Row::Session(session) = &row {
            for held in session.occupancy(0) {
                self.put(held);
            }
        }
        let at = self.position;
        self.rows.insert((row.kind(), row.id()), (row, at));
    }

    /// The intent `actor` would make of `body` now, with the next id.
    pub fn intent(&mut self, actor: Actor, body: Body) -> Intent {
        let next = self.last.0.as_u128().max(1 << 80) + 1;
        self.last = IntentId(Uuid::from_u128(next));
        Intent {
            id: self.last,
            version: VERSION,
            actor,
            made_at: self.device_clock.or(self.made_at).unwrap_or(self.now),
            seen: self.seen.unwrap_or(self.position),
            depends: Vec::new(),
            undoes: self.undoes,
            body,
        }
    }

    pub fn clock(&self) -> Clock {
        Clock {
            made_at: self.made_at.unwrap_or(self.now),
            now: self.now,
        }
    }

    /// Gathers, decides and, when it is accepted, keeps the rows.
    pub fn act(&mut self, actor: Actor, body: Body) -> Result<Decision, Refusal> {
        let intent = self.intent(actor, body);
        self.act_intent(&intent)
    }

    pub fn act_intent(&mut self, intent: &Intent) -> Result<Decision, Refusal> {
        let clock = self.clock();
        let mut world = ready(gather(intent, self));
        world.numbering = self.numbering;
        let decided = decide(intent, &world, &clock);
        checks::decided_the_same_elsewhere(self, intent, &world, &clock, &decided);
        if let Ok(decision) = &decided {
            checks::touches_only_what_it_may(intent, &world, decision);
            self.position += 1;
            for row in &decision.rows {
                self.rows
                    .insert((row.kind(), row.id()), (row.clone(), self.position));
            }
            checks::nothing_is_occupied_twice(self);
            checks::occupancy_is_what_sessions_imply(self);
        }
        self.undoes = None;
        self.made_at = None;
        self.device_clock = None;
        decided
    }

    /// By the member who may do everything.
    pub fn by(&mut self, member: MemberId, body: impl Wish) -> Result<Decision, Refusal> {
        self.act(Actor::Member(member), body.body())
    }

    /// By the owner; it has to be accepted.
    pub fn accept(&mut self, body: impl Wish) -> Vec<Flag> {
        self.by(OWNER, body)
            .expect("the owner's intent is accepted")
            .flags
    }

    /// By the owner; it has to be refused, and then nothing changed.
    pub fn refuse(&mut self, body: impl Wish) -> Refusal {
        self.refuse_from(OWNER, body)
    }

    pub fn refuse_from(&mut self, member: MemberId, body: impl Wish) -> Refusal {
        let before = self.rows.clone();
        let refusal = self.by(member, body).expect_err("it is refused");
        assert_eq!(self.rows, before, "a refusal changes nothing");
        refusal
    }

    /// By the owner, taking back the last intent.
    pub fn undo(&mut self, body: impl Wish) -> Vec<Flag> {
        self.undoes = Some(self.last);
        self.accept(body)
    }

    /// The courier records a step.
    pub fn courier(&mut self, notice: NoticeId, state: NoticeState) -> Result<Decision, Refusal> {
        self.courier_because(notice, state, None)
    }

    pub fn courier_because(
        &mut self,
        notice: NoticeId,
        state: NoticeState,
        cause: Option<NoticeCause>,
    ) -> Result<Decision, Refusal> {
        let body = Body::RecordDelivery(RecordDelivery {
            notice,
            state,
            cause,
            not_before: None,
            rendered: None,
            with: Vec::new(),
            counted: true,
        });
        self.act(Actor::Courier, body)
    }

    /// The courier takes a notice and the mail server accepts it.
    pub fn deliver(&mut self, notice: NoticeId) {
        self.courier(notice, NoticeState::Sending)
            .expect("a waiting notice can be taken");
        self.courier(notice, NoticeState::Sent)
            .expect("a taken notice can be sent");
    }

    pub fn later(&mut self, minutes: i64) -> &mut Self {
        self.now = self.now.plus_minutes(minutes);
        self
    }

    /// Every row of every kind.
    pub fn world(&self) -> World {
        let mut world = World {
            numbering: self.numbering,
            ..World::default()
        };
        for (row, position) in self.rows.values() {
            world.put(row.clone(), *position);
        }
        world
    }

    pub fn the_clinic(&self) -> Clinic {
        self.world().clinic.expect("there is a clinic")
    }

    pub fn edit_clinic(&mut self, change: impl FnOnce(&mut Clinic)) {
        let mut clinic = self.the_clinic();
        change(&mut clinic);
        self.put(clinic);
    }

    pub fn session(&self, id: SessionId) -> Session {
        self.world().sessions[&id].clone()
    }

    pub fn client(&self, id: ClientId) -> Client {
        self.world().clients[&id].clone()
    }

    pub fn edit_client(&mut self, change: impl FnOnce(&mut Client)) {
        self.edit(MAYA, change);
    }

    pub fn edit(&mut self, client: ClientId, change: impl FnOnce(&mut Client)) {
        let mut client = self.client(client);
        change(&mut client);
        self.put(client);
    }

    pub fn invoice(&self, id: InvoiceId) -> Invoice {
        self.world().invoices[&id].clone()
    }

    pub fn invoices(&self) -> Vec<Invoice> {
        self.world().invoices.into_values().collect()
    }

    /// Notices in the order they were queued by.
    pub fn notices(&self) -> Vec<Notice> {
        let mut notices: Vec<_> = self.world().notices.into_values().collect();
        notices.sort_by_key(|notice| notice.facts.intent);
        notices
    }

    pub fn notice(&self, id: NoticeId) -> Notice {
        self.world().notices[&id].clone()
    }

    /// The notice the last intent queued, if it queued exactly one.
    pub fn queued(&self) -> Option<Notice> {
        let mut made: Vec<_> = self
            .notices()
            .into_iter()
            .filter(|notice| notice.facts.intent == self.last)
            .collect();
        assert!(made.len() <= 1, "one change is told in one notice");
        made.pop()
    }

    pub fn told_to(&self, session: SessionId, client: ClientId) -> Option<Told> {
        self.world().told_of(session, client).cloned()
    }

    pub fn told(&self, session: SessionId) -> Option<Told> {
        self.told_to(session, MAYA)
    }

    pub fn history(&self) -> Vec<Happened> {
        let mut lines: Vec<_> = self
            .rows
            .values()
            .filter_map(|(row, position)| match row {
                Row::Activity(line) => Some((*position, line.clone())),
                _ => None,
            })
            .collect();
        lines.sort_by_key(|(position, _)| *position);
        lines.into_iter().map(|(_, line)| line.what).collect()
    }
}

impl Lookup for Desk {
    type Error = Infallible;

    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Infallible> {
        Ok(self.rows.get(&(kind, id)).cloned())
    }

    async fn clinic(&mut self) -> Result<Option<Clinic>, Infallible> {
        Ok(self.world().clinic)
    }

    async fn members(&mut self) -> Result<Vec<Member>, Infallible> {
        Ok(self.world().members.into_values().collect())
    }

    async fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> Result<Vec<Occupancy>, Infallible> {
        Ok(self
            .rows
            .values()
            .filter_map(|(row, _)| match row {
                Row::Occupancy(row) => Some(row.clone()),
                _ => None,
            })
            .filter(|row| row.resource == Some(resource) && row.at.meets(window))
            .collect())
    }

    async fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> Result<Vec<(TimeOff, Position)>, Infallible> {
        Ok(self
            .rows
            .values()
            .filter_map(|(row, position)| match row {
                Row::TimeOff(row) => Some((row.clone(), *position)),
                _ => None,
            })
            .filter(|(row, _)| row.facts.owner.uuid() == owner && row.facts.at.meets(window))
            .collect())
    }

    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Infallible> {
        Ok(self.world().notices_of(session).cloned().collect())
    }

    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Infallible> {
        Ok(self.world().invoices_of(session).cloned().collect())
    }

    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Infallible> {
        Ok(self
            .world()
            .notices
            .into_values()
            .filter(|notice| notice.facts.invoice == Some(invoice))
            .collect())
    }
}

/// A memory store never waits, so its futures are ready at the first poll.
fn ready<T>(future: impl Future<Output = Result<T, Infallible>>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(value)) => value,
        Poll::Ready(Err(never)) => match never {},
        Poll::Pending => panic!("the rows are in memory: nothing can be waited for"),
    }
}
