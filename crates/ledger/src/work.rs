//! A write transaction with what it has read and what it came to.
//!
//! The clinic's lock is held, so that a row read once stays true until the commit; what the transaction writes itself is
//! remembered too. A batch of fifty intents asks for its therapists, rooms and weeks once. Positions and answers are
//! handed to the keeper together, just before the commit.

use crate::Error;
use crate::links::{Changes, held};
use crate::store::{Answered, Answers, Given, Lease, Store, Tx};
use safetalk_domain::gather::Lookup;
use safetalk_domain::sight::{About, Sight};
use safetalk_domain::{
    ClientId, Clinic, Entity as _, Intent, IntentId, Interval, Invoice, InvoiceId, Kind, Member,
    MemberId, Moment, Notice, Occupancy, Position, ResourceId, Row, SessionId, TimeOff,
};
use safetalk_wire::{Head, Known, NO_MARK, Verdict};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// A write transaction of one device's batch.
pub struct Work {
    tx: Box<dyn Tx>,
    /// Where the history stands, with what this transaction gave.
    pub head: Head,
    began: Position,
    answers: Answers,
    rows: HashMap<(Kind, Uuid), Option<(Row, Position)>>,
    clinic: Option<Option<Clinic>>,
    verdicts: HashMap<IntentId, Verdict>,
    numbers: BTreeMap<i64, IntentId>,
}

impl Work {
    /// Takes the clinic's lock and begins a batch of `device`.
    pub async fn begin(store: &dyn Store, device: Uuid, now: Moment) -> Result<Self, Error> {
        let (head, mut tx) = store.begin().await?;
        let last_n = tx.last_n(device).await?;
        Ok(Self {
            tx,
            head,
            began: head.position,
            answers: Answers::none(device, last_n, now),
            rows: HashMap::new(),
            clinic: None,
            verdicts: HashMap::new(),
            numbers: BTreeMap::new(),
        })
    }

    /// How far the device is counted, with this batch.
    pub fn last_n(&self) -> i64 {
        self.answers.last_n
    }

    /// Counts the device on; never back.
    pub fn count(&mut self, n: i64) {
        self.answers.last_n = self.answers.last_n.max(n);
    }

    /// Whose batch it is.
    pub fn device(&self) -> Uuid {
        self.answers.device
    }

    /// Whether what a device knows is a part of this history.
    pub async fn holds(&mut self, known: &Known) -> Result<bool, Error> {
        holds(self.tx.as_mut(), &self.head, known).await
    }

    /// Fetches what these intents, those they name and their device's numbers came to before.
    pub async fn remember(
        &mut self,
        intents: impl Iterator<Item = (i64, &Intent)>,
    ) -> Result<(), Error> {
        let mut ids = Vec::new();
        let mut numbers = Vec::new();
        for (n, intent) in intents {
            numbers.push(n);
            ids.push(intent.id);
            ids.extend(&intent.depends);
            ids.extend(intent.undoes);
        }
        let (Some(first), Some(last)) = (numbers.iter().min(), numbers.iter().max()) else {
            return Ok(());
        };
        // New numbers were never counted, so there is nothing to ask for in the ordinary case.
        if *first <= self.last_n() {
            let counted = self.tx.counted(self.device(), *first, *last).await?;
            self.numbers.extend(counted);
        }
        ids.sort_unstable();
        ids.dedup();
        for verdict in self.tx.verdicts(&ids).await? {
            self.verdicts.insert(verdict.intent, verdict);
        }
        Ok(())
    }

    /// The verdict of an intent that was [remembered](Self::remember), or answered in this batch.
    pub fn verdict_of(&self, intent: IntentId) -> Option<&Verdict> {
        self.verdicts.get(&intent)
    }

    /// Whether it was accepted; `None` if it was never answered.
    pub fn accepted(&self, intent: IntentId) -> Option<bool> {
        let verdict = self.verdict_of(intent)?;
        Some(verdict.outcome.refusal().is_none())
    }

    /// Whether this device's number was used for another intent.
    pub fn is_another(&self, n: i64, intent: IntentId) -> bool {
        self.numbers.get(&n).is_some_and(|other| *other != intent)
    }

    /// Writes the rows of an accepted decision at the next position, unless a constraint of the schema speaks against
    /// them.
    pub async fn put(
        &mut self,
        intent: IntentId,
        rows: &[Row],
    ) -> Result<Option<crate::Constraint>, Error> {
        let mut changes = Changes::default();
        for row in rows {
            if matches!(row.kind(), Kind::Session | Kind::Client) {
                let before = self.row(row.kind(), row.id()).await?;
                changes.note(before.as_ref().map(|(before, _)| before), row);
            }
        }
        let next = Head {
            epoch: self.head.epoch,
            position: self.head.position + 1,
            mark: Uuid::new_v4(),
        };
        if let Some(constraint) = self.tx.put_rows(rows, next.position).await? {
            return Ok(Some(constraint));
        }
        if !changes.is_empty() {
            changes.keep(self.tx.as_mut(), next.position).await?;
        }
        for row in rows {
            if let Row::Clinic(clinic) = row {
                self.clinic = Some(Some(clinic.clone()));
            }
            self.rows
                .insert((row.kind(), row.id()), Some((row.clone(), next.position)));
        }
        self.answers.given.push(Given {
            position: next.position,
            mark: next.mark,
            intent,
        });
        self.head = next;
        Ok(None)
    }

    /// Whether `member` may see all of these clients, as far as they exist.
    pub async fn sees(&mut self, member: MemberId, clients: &[ClientId]) -> Result<bool, Error> {
        let known = self.row(Kind::Member, member.uuid()).await?;
        let sight = known
            .and_then(|(row, _)| Member::of(row))
            .map_or(Sight::NOTHING, |member| Sight::of(&member));
        let about = clients.iter().copied().map(About::Client);
        let held = held(self.tx.as_mut(), &sight, about).await?;
        for client in clients {
            let of = held.get(&client.uuid()).copied().unwrap_or_default();
            if !sight.sees(About::Client(*client), of)
                && self.row(Kind::Client, client.uuid()).await?.is_some()
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Notes the answer to an intent.
    pub fn answer(&mut self, n: i64, intent: &Intent, verdict: Verdict) {
        self.numbers.insert(n, intent.id);
        self.verdicts.insert(intent.id, verdict.clone());
        self.answers.answered.push(Answered {
            n,
            intent: intent.clone(),
            verdict,
        });
    }

    /// Whether a lease still holds, and will until the commit.
    pub async fn leased(&mut self, lease: Lease) -> Result<bool, Error> {
        self.tx.holds(lease).await
    }

    /// Keeps a local setting with the rest.
    pub async fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.tx.put_setting(name, value).await
    }

    /// Makes it all final. Says where the history stands now, and whether it moved.
    pub async fn commit(mut self) -> Result<(Head, bool), Error> {
        let moved = self.head.position > self.began;
        if moved {
            self.tx.put_head(&self.head).await?;
        }
        self.tx.put_answers(&self.answers).await?;
        self.tx.commit().await?;
        Ok((self.head, moved))
    }
}

/// Whether what a device knows is a part of the history that `view` looks at.
pub async fn holds(
    view: &mut (impl crate::store::View + ?Sized),
    head: &Head,
    known: &Known,
) -> Result<bool, Error> {
    let same_epoch = match known.epoch {
        None => known.cursor == 0,
        Some(epoch) => epoch == head.epoch,
    };
    if !same_epoch {
        return Ok(false);
    }
    if known.cursor == 0 {
        return Ok(known.mark == NO_MARK);
    }
    Ok(view.mark_of(known.cursor).await? == Some(known.mark))
}

/// The questions that gathering asks.
impl Lookup for Work {
    type Error = Error;

    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Error> {
        if let Some(known) = self.rows.get(&(kind, id)) {
            return Ok(known.clone());
        }
        let found = self.tx.row(kind, id).await?;
        self.rows.insert((kind, id), found.clone());
        Ok(found)
    }

    async fn clinic(&mut self) -> Result<Option<Clinic>, Error> {
        if let Some(known) = &self.clinic {
            return Ok(known.clone());
        }
        let found = clinic(self.tx.as_mut()).await?;
        self.clinic = Some(found.clone());
        Ok(found)
    }

    async fn members(&mut self) -> Result<Vec<Member>, Error> {
        let rows = self.tx.rows(Kind::Member).await?;
        Ok(rows.into_iter().filter_map(Member::of).collect())
    }

    async fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> Result<Vec<Occupancy>, Error> {
        self.tx.occupancy(resource, window).await
    }

    async fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> Result<Vec<(TimeOff, Position)>, Error> {
        self.tx.time_off(owner, window).await
    }

    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Error> {
        self.tx.notices_of(session).await
    }

    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Error> {
        self.tx.invoices_of(session).await
    }

    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Error> {
        self.tx.notices_of_invoice(invoice).await
    }
}

/// The clinic of a ledger, if it is set up: it has one.
pub async fn clinic(
    view: &mut (impl crate::store::View + ?Sized),
) -> Result<Option<Clinic>, Error> {
    let rows = view.rows(Kind::Clinic).await?;
    Ok(rows.into_iter().find_map(safetalk_domain::Entity::of))
}
