//! A story, acted out, and what has to be true of it.

use super::devices::Device;
use super::faults::Fault;
use super::line::{ByNumber, Line};
use super::shelf::Shelf;
use super::sketch::Ids;
use super::steps::{MOST_DEVICES, Step};
use crate::table::{CLINIC, Hand, OWNER, add_maya, double_booking, ledger_rows, set_up};
use crate::wishes::{Screen, Wish};
use safetalk_domain::intent::Actor;
use safetalk_domain::*;
use safetalk_ledger::Ledger;
use safetalk_wire::{Now as _, Outcome, PushRequest, Upstream as _};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// How often everyone syncs at the end until nobody has anything more to say.
const LAST_ROUNDS: usize = 6;
/// A page small enough for a pull to have several.
const PAGE: u32 = 7;

/// Computers with a cloned disk are counted from here.
const CLONES: u64 = 1_000;

/// What happened, one line a step: the same seed gives the same trace.
pub type Trace = Vec<String>;

/// A seat: a device, its clock, and the last copy of its disk.
struct Seat<D: Device> {
    device: D,
    computer: u64,
    hours_wrong: i64,
    copy: Option<(D::Image, usize)>,
    /// What was wanted here and has to come to something.
    wanted: BTreeSet<IntentId>,
    /// What was answered to it, in the history as it is.
    said: BTreeMap<IntentId, Outcome>,
}

/// Everything in a story.
pub struct Story<S: Shelf, D: Device> {
    shelf: S,
    ledger: Ledger,
    clock: Hand,
    seats: Vec<Seat<D>>,
    made: BTreeMap<IntentId, Intent>,
    remarks: usize,
    images: u64,
    late: Mutex<Vec<PushRequest>>,
    by_number: Mutex<ByNumber>,
    /// Which invoice had a number, in the history as it is.
    numbers: BTreeMap<String, InvoiceId>,
    fault: Option<Fault>,
    trace: Trace,
}

/// What a wish sees at a device, with words that nobody said before.
struct At<'d, D>(&'d D, String);

impl<D: Device> Screen for At<'_, D> {
    async fn session(&self, id: SessionId) -> Option<Session> {
        self.0.session(id).await
    }

    async fn maya(&self) -> Option<Client> {
        self.0.maya().await
    }

    async fn outbox(&self) -> Vec<Intent> {
        self.0.outbox().await
    }

    fn words(&self) -> String {
        self.1.clone()
    }
}

impl<S: Shelf, D: Device> Story<S, D> {
    /// A clinic that is set up, on these devices.
    pub async fn begin(
        mut shelf: S,
        clock: &Hand,
        devices: Vec<D>,
        fault: Option<Fault>,
    ) -> Result<Self, String> {
        let ledger = shelf.open().await;
        let seat = |(computer, device)| Seat {
            device,
            computer,
            hours_wrong: 0,
            copy: None,
            wanted: BTreeSet::new(),
            said: BTreeMap::new(),
        };
        let mut story = Self {
            shelf,
            ledger,
            clock: clock.clone(),
            seats: (0..).zip(devices).map(seat).collect(),
            made: BTreeMap::new(),
            remarks: 0,
            images: 0,
            late: Mutex::default(),
            by_number: Mutex::default(),
            numbers: BTreeMap::new(),
            fault,
            trace: Trace::new(),
        };
        story.sync(0, &[]).await?;
        let there = story.ledger.row::<Clinic>(CLINIC).await;
        let there = there.map_err(|error| error.to_string())?.is_some();
        for body in [set_up(), add_maya()].into_iter().skip(usize::from(there)) {
            let now = story.clock.now();
            let first = &mut story.seats[0].device;
            let intent = first.act(body.into(), now).await;
            story.keep(0, intent.ok_or("the clinic could not be set up")?);
        }
        for seat in 0..story.seats.len() {
            story.sync(seat, &[]).await?;
        }
        Ok(story)
    }

    /// Goes through the steps, and then lets everyone sync until there is nothing more to say.
    pub async fn tell(mut self, steps: &[Step]) -> Result<Trace, String> {
        for step in steps {
            self.step(step)
                .await
                .map_err(|wrong| format!("{wrong}\n{}", self.trace.join("\n")))?;
        }
        let end = self.end().await;
        end.map_err(|wrong| format!("{wrong}\n{}", self.trace.join("\n")))?;
        Ok(self.trace)
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        self.trace.push(format!("{step:?}"));
        let count = self.seats.len();
        let of = |seat: &usize| seat % count;
        match step {
            Step::Want(seat, wishes) => {
                let seat = of(seat);
                for wish in wishes {
                    self.want(seat, wish).await?;
                }
            }
            Step::Sync(seat, fates) => self.sync(of(seat), fates).await?,
            Step::Arrive => {
                let late = std::mem::take(self.late.get_mut().unwrap());
                for request in late {
                    // Nobody waits for the answer any more.
                    let _ = self.ledger.push(request).await;
                }
            }
            Step::Restart(seat) => {
                let seat = self.seats.remove(of(seat));
                self.seats.push(Seat {
                    device: seat.device.restarted().await,
                    ..seat
                });
            }
            Step::Clone(seat) if self.seats.len() < MOST_DEVICES => {
                let (seat, image) = self.copied(of(seat)).await;
                let said = self.seats[seat].said.clone();
                let device = D::of(&image, self.ids()).await;
                self.seats.push(Seat {
                    device,
                    computer: CLONES + self.images,
                    hours_wrong: 0,
                    copy: None,
                    wanted: BTreeSet::new(),
                    said,
                });
            }
            Step::Clone(_) => {}
            Step::Copy(seat) => {
                let (seat, image) = self.copied(of(seat)).await;
                let until = self.made.len();
                self.seats[seat].copy = Some((image, until));
            }
            Step::PutBack(seat) => self.put_back(of(seat)).await,
            Step::BackUp => self.ledger = self.shelf.back_up(self.ledger.clone()).await,
            Step::Restore(announced) => self.restore(*announced).await?,
            Step::Clock(seat, hours) => {
                let seat = of(seat);
                self.seats[seat].hours_wrong = *hours;
            }
            Step::Wait(minutes) => self.clock.forward(*minutes),
        }
        Ok(())
    }

    fn ids(&mut self) -> Ids {
        self.images += 1;
        Ids(0xc10e_0000 + self.images, 0)
    }

    /// Copies the disk of a seat, which is last at the table afterwards.
    async fn copied(&mut self, seat: usize) -> (usize, D::Image) {
        let seat = self.seats.remove(seat);
        let (device, image) = seat.device.image().await;
        self.seats.push(Seat { device, ..seat });
        (self.seats.len() - 1, image)
    }

    /// A disk is lost and an older copy takes its place: what was only on the lost one is gone.
    async fn put_back(&mut self, seat: usize) {
        let Some((image, _)) = self.seats[seat].copy.clone() else {
            return;
        };
        let ids = self.ids();
        let seat = &mut self.seats[seat];
        seat.device = D::of(&image, ids).await;
        let kept: BTreeSet<IntentId> = seat.device.kept().await.into_iter().collect();
        seat.wanted.retain(|id| kept.contains(id));
        seat.said.clear();
    }

    async fn restore(&mut self, announced: bool) -> Result<(), String> {
        let (ledger, restored) = self.shelf.restore(self.ledger.clone()).await;
        self.ledger = ledger;
        if !restored {
            return Ok(());
        }
        if announced {
            let begun = self.ledger.begin_epoch().await;
            begun.map_err(|error| error.to_string())?;
        }
        self.numbers.clear();
        for seat in &mut self.seats {
            seat.said.clear();
        }
        Ok(())
    }

    fn keep(&mut self, seat: usize, intent: Intent) {
        self.seats[seat].wanted.insert(intent.id);
        self.made.insert(intent.id, intent);
    }

    fn now(&self, seat: usize) -> Moment {
        self.clock.now().plus_hours(self.seats[seat].hours_wrong)
    }

    async fn want(&mut self, seat: usize, wish: &Wish) -> Result<(), String> {
        if let Wish::Wait(minutes) = wish {
            self.clock.forward(*minutes);
        }
        self.remarks += 1;
        let now = self.now(seat);
        let device = &mut self.seats[seat].device;
        let words = format!("remark {}", self.remarks);
        let draft = wish.draft(&At(&*device, words)).await;
        let done = match draft {
            Some(draft) => device.act(draft, now).await,
            None => None,
        };
        self.trace.push(format!(
            "  {seat}: {wish:?} {}",
            if done.is_some() { "done" } else { "not done" }
        ));
        if let Some(intent) = done {
            self.keep(seat, intent);
        }
        self.nothing_flickers(seat).await
    }

    async fn sync(&mut self, seat: usize, fates: &[super::line::Fate]) -> Result<(), String> {
        let now = self.now(seat);
        let computer = self.seats[seat].computer;
        let (to, fates) = self.shelf.line(computer, &self.ledger, fates).await;
        let line = Line {
            to,
            ledger: &self.ledger,
            fates: Mutex::new(fates.into()),
            late: &self.late,
            page: PAGE,
            fault: self.fault,
            by_number: &self.by_number,
        };
        let done = self.seats[seat].device.sync(&line, now).await;
        self.trace.push(format!(
            "  {seat}: {}",
            done.as_ref()
                .map_or("cut off".to_owned(), |v| format!("{} answers", v.len()))
        ));
        for verdict in done.into_iter().flatten() {
            let outcome = verdict.outcome.clone();
            let said = &mut self.seats[seat].said;
            if let Some(before) = said.insert(verdict.intent, outcome)
                && before != verdict.outcome
            {
                return Err(format!(
                    "{:?} was answered twice, and not the same",
                    verdict.intent
                ));
            }
        }
        if let Some(intent) = self.seats[seat].device.contradicted() {
            return Err(format!("{intent:?} was answered twice, and not the same"));
        }
        self.nothing_flickers(seat).await?;
        self.ledger_is_right().await
    }

    /// Everything that anyone remarked at this device, and that was not refused, is on its screen.
    async fn nothing_flickers(&self, seat: usize) -> Result<(), String> {
        let seat = &self.seats[seat];
        let rows = seat.device.rows().await;
        let shown: BTreeSet<IntentId> = rows
            .iter()
            .filter_map(|row| match row {
                Row::Activity(activity) => Some(activity.intent),
                _ => None,
            })
            .collect();
        let refused = seat.device.refused().await;
        for id in &seat.wanted {
            let is_remark = matches!(self.made[id].body, Body::AddRemark(_));
            if is_remark && !shown.contains(id) && !refused.iter().any(|(one, _)| one == id) {
                return Err(format!("the remark of {id:?} is neither shown nor refused"));
            }
        }
        Ok(())
    }

    /// What has to be true of the ledger at every moment.
    async fn ledger_is_right(&mut self) -> Result<(), String> {
        let rows = ledger_rows(&self.ledger).await;
        if let Some(found) = double_booking(&rows) {
            return Err(found);
        }
        for row in &rows {
            if let Row::Invoice(invoice) = row
                && let Some(number) = &invoice.facts.number
            {
                let first = *self.numbers.entry(number.clone()).or_insert(invoice.id);
                if first != invoice.id {
                    return Err(format!("{number} names two invoices"));
                }
            }
        }
        match self.shelf.wrong(&self.ledger, &self.made).await {
            Some(wrong) => Err(wrong),
            None => Ok(()),
        }
    }

    async fn end(&mut self) -> Result<(), String> {
        self.trace.push("the end".to_owned());
        for _ in 0..LAST_ROUNDS {
            for seat in 0..self.seats.len() {
                self.sync(seat, &[]).await?;
            }
        }
        let held = ledger_rows(&self.ledger).await;
        let in_force = self.shelf.in_force(&self.ledger).await;
        let mut refused = BTreeSet::new();
        for (n, seat) in self.seats.iter().enumerate() {
            if seat.device.rows().await != held {
                return Err(format!("{n} shows other rows than the ledger holds"));
            }
            let waiting = seat.device.waiting().await;
            if waiting > 0 {
                return Err(format!("{waiting} actions of {n} were never answered"));
            }
            let said = seat.device.refused().await;
            refused.extend(said.iter().filter(|(_, last)| *last).map(|(id, _)| *id));
        }
        for id in self.seats.iter().flat_map(|seat| &seat.wanted) {
            if !in_force.contains(id) && !refused.contains(id) {
                return Err(format!(
                    "{:?} came to nothing, and nobody is told",
                    self.made[id]
                ));
            }
        }
        told_of_what_is_so(&held, &in_force)?;
        remarks_are_there(&held, &in_force, &self.made)
    }
}

/// Nobody is told of a change that was refused, and of none twice.
fn told_of_what_is_so(held: &[Row], in_force: &BTreeSet<IntentId>) -> Result<(), String> {
    let mut told = BTreeSet::new();
    for row in held {
        let Row::Notice(notice) = row else { continue };
        let facts = &notice.facts;
        if !in_force.contains(&facts.intent) {
            return Err(format!("{:?} tells of what was refused", notice.id));
        }
        let of = (
            facts.intent,
            facts.client,
            format!(
                "{:?} {:?} {:?} {:?}",
                facts.channel, facts.kind, facts.session, facts.invoice
            ),
        );
        if !told.insert(of) {
            return Err(format!(
                "{:?} tells of something for the second time",
                notice.id
            ));
        }
    }
    Ok(())
}

/// Every remark that is in force is there once.
fn remarks_are_there(
    held: &[Row],
    in_force: &BTreeSet<IntentId>,
    made: &BTreeMap<IntentId, Intent>,
) -> Result<(), String> {
    for (id, intent) in made {
        let (Body::AddRemark(body), true) = (&intent.body, in_force.contains(id)) else {
            continue;
        };
        debug_assert_eq!(intent.actor, Actor::Member(OWNER));
        let times = held
            .iter()
            .filter_map(|row| match row {
                Row::Session(session) => Some(&session.details.remarks),
                _ => None,
            })
            .flatten()
            .filter(|remark| remark.text == body.text)
            .count();
        if times != 1 {
            return Err(format!("the remark of {id:?} is there {times} times"));
        }
    }
    Ok(())
}
