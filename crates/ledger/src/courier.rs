//! What the courier beside the ledger needs: the messages that wait, and a way to record what became of them.

use crate::execute::{COURIER, execute};
use crate::store::{Lease, View};
use crate::work::{Work, clinic};
use crate::{Error, Ledger, get, to_the_end};
use safetalk_domain::intent::{Actor, VERSION};
use safetalk_domain::{
    Body, Client, Clinic, Clock, Entity, Intent, IntentId, Invoice, MemberId, Moment, Notice,
    NoticeFacts, NoticeId, Session, Therapist, Told, ToldId,
};
use safetalk_wire::Verdict;
use std::collections::{BTreeMap, BTreeSet};
use uuid::{NoContext, Timestamp, Uuid};

/// A message that waits, with the rows that tell whether it may still go and what it says.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are the rows themselves")]
pub struct Candidate {
    pub notice: Notice,
    pub clinic: Clinic,
    pub client: Client,
    pub session: Option<Session>,
    pub told: Option<Told>,
    pub invoice: Option<Invoice>,
    pub therapist: Option<Therapist>,
    /// A later message of the same session and client waits.
    pub later_waits: bool,
}

impl Ledger {
    /// Messages on hold, queued or being sent, in the order in which they were queued.
    ///
    /// One that is being sent when the courier starts was left by a process that ended while sending. A message on hold
    /// holds back later ones of its session: the caller goes through one session's in this order.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn candidates(&self) -> Result<Vec<Candidate>, Error> {
        let store = self.store.clone();
        to_the_end(async move {
            let (_, mut view) = store.snapshot().await?;
            candidates(view.as_mut()).await
        })
        .await
    }

    /// Messages that wait, for the courier or as a draft for a person, and whose time has passed by `now`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn late(&self, now: Moment) -> Result<Vec<Notice>, Error> {
        let store = self.store.clone();
        to_the_end(async move { store.snapshot().await?.1.late(now).await }).await
    }

    /// The moment before which no waiting message may go; `None` when none waits.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_wake(&self) -> Result<Option<Moment>, Error> {
        let store = self.store.clone();
        to_the_end(async move { store.snapshot().await?.1.next_wake().await }).await
    }

    /// The bytes a notice was rendered to, if it was.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rendered(&self, notice: NoticeId) -> Result<Option<Vec<u8>>, Error> {
        let store = self.store.clone();
        to_the_end(async move { store.snapshot().await?.1.rendered(notice).await }).await
    }

    /// Keeps the bytes a notice was rendered to. The first ones stand, so that every retry is byte-equal; they are
    /// returned.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn put_rendered(&self, notice: NoticeId, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let (store, bytes) = (self.store.clone(), bytes.to_vec());
        to_the_end(async move {
            let (_, mut tx) = store.begin().await?;
            let kept = tx.put_rendered(notice, &bytes).await?;
            tx.commit().await?;
            Ok(kept)
        })
        .await
    }

    /// The notices that went, or were last tried, in the mail of `notice`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn carried_by(&self, notice: NoticeId) -> Result<Vec<NoticeId>, Error> {
        let store = self.store.clone();
        to_the_end(async move {
            let (_, mut view) = store.snapshot().await?;
            let found: Option<Notice> = get(view.as_mut(), notice.0).await?;
            Ok(found.map(|notice| notice.facts.carries).unwrap_or_default())
        })
        .await
    }

    /// Records what the courier did, as an intent of its own. It is final when this returns. Where several processes could
    /// speak for the courier, this one has a `lease`, and nothing is recorded once that is another's.
    ///
    /// # Errors
    /// [`Error::NotLeased`], [`Error::Database`], [`Error::Body`]. A refusal is in the verdict.
    pub async fn record(
        &self,
        body: Body,
        lease: Option<Lease>,
        now: Moment,
    ) -> Result<Verdict, Error> {
        let ledger = self.clone();
        to_the_end(async move {
            let mut work = Work::begin(&*ledger.store, COURIER, now).await?;
            if let Some(lease) = lease
                && !work.leased(lease).await?
            {
                return Err(Error::NotLeased);
            }
            let verdict = decided(&mut work, Actor::Courier, body, now).await?;
            ledger.commit(work).await?;
            Ok(verdict)
        })
        .await
    }

    /// Decides what a member wants of this ledger's keeper, and keeps a local setting with it: both, or neither if it is
    /// refused. What the setting says and what every device knows are never two things.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`]. A refusal is in the verdict.
    pub async fn act_with_setting(
        &self,
        member: MemberId,
        body: Body,
        (name, value): (&str, &str),
        now: Moment,
    ) -> Result<Verdict, Error> {
        let ledger = self.clone();
        let (name, value) = (name.to_owned(), value.to_owned());
        to_the_end(async move {
            let mut work = Work::begin(&*ledger.store, COURIER, now).await?;
            let verdict = decided(&mut work, Actor::Member(member), body, now).await?;
            if verdict.outcome.refusal().is_none() {
                work.put_setting(&name, &value).await?;
            }
            ledger.commit(work).await?;
            Ok(verdict)
        })
        .await
    }

    /// Asks for leave to speak for this clinic's courier for so many seconds; asked again, it lasts from then on. None while
    /// another process has it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn lease(&self, holder: Uuid, seconds: u32) -> Result<Option<Lease>, Error> {
        let store = self.store.clone();
        to_the_end(async move { store.lease(holder, seconds).await }).await
    }

    /// Gives it back.
    ///
    /// # Errors
    /// [`Error::Database`]; it runs out by itself then.
    pub async fn release(&self, lease: Lease) -> Result<(), Error> {
        let store = self.store.clone();
        to_the_end(async move { store.release(lease).await }).await
    }
}

async fn candidates(view: &mut dyn View) -> Result<Vec<Candidate>, Error> {
    let Some(clinic) = clinic(view).await? else {
        return Ok(Vec::new());
    };
    let notices = view.waiting().await?;
    let rows = Rows::of(view, &notices).await?;
    let mut candidates = Vec::with_capacity(notices.len());
    let mut seen = BTreeSet::new();
    // From the last one back, so that whoever comes later is known already.
    for notice in notices.into_iter().rev() {
        let of = (notice.facts.session, notice.facts.client);
        let later_waits = of.0.is_some() && seen.contains(&of);
        if notice.facts.state.waits() && notice.facts.tells.is_some() {
            seen.insert(of);
        }
        candidates.extend(rows.with(notice, &clinic, later_waits));
    }
    candidates.reverse();
    Ok(candidates)
}

/// Decides an intent that is made here, by nobody's device.
async fn decided(work: &mut Work, actor: Actor, body: Body, now: Moment) -> Result<Verdict, Error> {
    let n = work.last_n() + 1;
    let seconds = u64::try_from(now.0).unwrap_or(0);
    let intent = Intent {
        id: IntentId(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, 0))),
        version: VERSION,
        actor,
        made_at: now,
        seen: work.head.position,
        depends: Vec::new(),
        undoes: None,
        body,
    };
    let clock = Clock { made_at: now, now };
    let verdict = execute(work, n, &intent, &clock).await?;
    work.count(n);
    Ok(verdict)
}

/// The rows of all that waits, each kind read at once: the courier asks before every mail, and after an outage much waits.
struct Rows {
    clients: BTreeMap<Uuid, Client>,
    sessions: BTreeMap<Uuid, Session>,
    told: BTreeMap<Uuid, Told>,
    invoices: BTreeMap<Uuid, Invoice>,
    therapists: BTreeMap<Uuid, Therapist>,
}

impl Rows {
    async fn of(view: &mut dyn View, notices: &[Notice]) -> Result<Self, Error> {
        let facts = || notices.iter().map(|notice| &notice.facts);
        let sessions: BTreeMap<Uuid, Session> =
            many(view, facts().filter_map(|facts| facts.session)).await?;
        let leads = sessions.values().map(|session| session.facts.therapist);
        Ok(Self {
            clients: many(view, facts().map(|facts| facts.client)).await?,
            told: many(view, facts().filter_map(told_id)).await?,
            invoices: many(view, facts().filter_map(|facts| facts.invoice)).await?,
            therapists: many(view, leads).await?,
            sessions,
        })
    }

    /// The message with its rows; none when the client's row is gone, which cannot be told to anyone.
    fn with(&self, notice: Notice, clinic: &Clinic, later_waits: bool) -> Option<Candidate> {
        let facts = &notice.facts;
        let session = facts.session.and_then(|id| self.sessions.get(&id.0));
        Some(Candidate {
            clinic: clinic.clone(),
            client: self.clients.get(&facts.client.0)?.clone(),
            session: session.cloned(),
            told: told_id(facts).and_then(|id| self.told.get(&id.0)).cloned(),
            invoice: facts
                .invoice
                .and_then(|id| self.invoices.get(&id.0))
                .cloned(),
            therapist: session
                .and_then(|session| self.therapists.get(&session.facts.therapist.0))
                .cloned(),
            later_waits,
            notice,
        })
    }
}

/// Where it is written what the client knows of the session.
fn told_id(facts: &NoticeFacts) -> Option<ToldId> {
    facts
        .session
        .map(|session| Told::id_of(session, facts.client))
}

/// The entities of these ids that exist, by id.
async fn many<E: Entity>(
    view: &mut dyn View,
    ids: impl Iterator<Item = E::Id>,
) -> Result<BTreeMap<Uuid, E>, Error> {
    let ids: BTreeSet<Uuid> = ids.map(Into::into).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let found = view.many(E::KIND, &ids).await?;
    Ok(found
        .into_iter()
        .filter_map(E::of)
        .map(|row| (row.id(), row))
        .collect())
}
