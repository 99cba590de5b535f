//! What the courier beside the ledger needs: the messages that wait, and a way to record what became of them.

use crate::execute::{COURIER, Counted, execute};
use crate::{Error, Ledger, history, push, rows};
use safetalk_domain::intent::{Actor, VERSION};
use safetalk_domain::{
    Body, Client, Clinic, Clock, Intent, IntentId, Invoice, Moment, Notice, NoticeId, Room,
    Service, Session, Therapist, Told,
};
use safetalk_wire::Verdict;
use sqlx::SqliteConnection;
use std::collections::BTreeSet;
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
    pub room: Option<Room>,
    pub service: Option<Service>,
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
        let mut snapshot = self.vault.readers().begin().await?;
        let bodies = sqlx::query_scalar!(
            "select notice.body from notice
             join intent on intent.id = notice.body ->> '$.facts.intent'
             where notice.state in ('on_hold', 'queued', 'sending')
             order by intent.position, notice.id"
        )
        .fetch_all(&mut *snapshot)
        .await?;
        let clinic = sqlx::query_scalar!("select body from clinic limit 1")
            .fetch_optional(&mut *snapshot)
            .await?;
        let Some(clinic) = clinic else {
            return Ok(Vec::new());
        };
        let clinic: Clinic = rows::entity(&clinic)?;
        let mut candidates = Vec::with_capacity(bodies.len());
        let mut seen = BTreeSet::new();
        // From the last one back, so that whoever comes later is known already.
        for body in bodies.iter().rev() {
            let notice: Notice = rows::entity(body)?;
            let of = (notice.facts.session, notice.facts.client);
            let later_waits = of.0.is_some() && seen.contains(&of);
            if notice.facts.state.waits() && notice.facts.tells.is_some() {
                seen.insert(of);
            }
            candidates.extend(with_rows(&mut snapshot, notice, &clinic, later_waits).await?);
        }
        candidates.reverse();
        Ok(candidates)
    }

    /// Messages that wait, for the courier or as a draft for a person, and whose time has passed by `now`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn late(&self, now: Moment) -> Result<Vec<Notice>, Error> {
        let bodies = sqlx::query_scalar!(
            "select body from notice
             where state in ('on_hold', 'queued', 'draft', 'opened') and body ->> '$.facts.expires' <= ?1",
            now.0
        )
        .fetch_all(self.vault.readers())
        .await?;
        bodies.iter().map(|body| rows::entity(body)).collect()
    }

    /// The moment before which no waiting message may go; `None` when none waits.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_wake(&self) -> Result<Option<Moment>, Error> {
        let found = sqlx::query_scalar!(
            "select min(not_before) as \"at?: i64\" from notice where state in ('on_hold', 'queued')"
        )
        .fetch_one(self.vault.readers())
        .await?;
        Ok(found.map(Moment))
    }

    /// The bytes a notice was rendered to, if it was.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rendered(&self, notice: NoticeId) -> Result<Option<Vec<u8>>, Error> {
        let id = notice.to_string();
        let found = sqlx::query_scalar!("select bytes from rendered where notice = ?1", id)
            .fetch_optional(self.vault.readers())
            .await?;
        Ok(found)
    }

    /// Keeps the bytes a notice was rendered to. The first ones stand, so that every retry is byte-equal; they are
    /// returned.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn put_rendered(&self, notice: NoticeId, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let id = notice.to_string();
        let mut transaction = self.vault.begin().await?;
        sqlx::query!(
            "insert into rendered (notice, bytes) values (?1, ?2) on conflict (notice) do nothing",
            id,
            bytes
        )
        .execute(&mut *transaction)
        .await?;
        let kept = sqlx::query_scalar!("select bytes from rendered where notice = ?1", id)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(kept)
    }

    /// Records what the courier did, as an intent of its own. It is final when this returns.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`]. A refusal is in the verdict.
    pub async fn record(&self, body: Body, now: Moment) -> Result<Verdict, Error> {
        let mut transaction = self.vault.begin().await?;
        let mut head = history::head(&mut transaction).await?;
        let before = head.position;
        let n = push::last_n(&mut transaction, COURIER).await? + 1;
        let seconds = u64::try_from(now.0).unwrap_or(0);
        let intent = Intent {
            id: IntentId(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, 0))),
            version: VERSION,
            actor: Actor::Courier,
            made_at: now,
            seen: head.position,
            depends: Vec::new(),
            undoes: None,
            body,
        };
        let clock = Clock { made_at: now, now };
        let counted = Counted { device: COURIER, n };
        let verdict = execute(&mut transaction, &mut head, &intent, counted, &clock).await?;
        push::put_last_n(&mut transaction, COURIER, n).await?;
        transaction.commit().await?;
        if head.position > before {
            self.poke.send_replace(head.position);
        }
        Ok(verdict)
    }
}

/// The message with its rows; none when the client's row is gone, which cannot be told to anyone.
async fn with_rows(
    connection: &mut SqliteConnection,
    notice: Notice,
    clinic: &Clinic,
    later_waits: bool,
) -> Result<Option<Candidate>, Error> {
    let facts = &notice.facts;
    let Some(client) = rows::get::<Client>(connection, facts.client.0).await? else {
        return Ok(None);
    };
    let session = match facts.session {
        Some(id) => rows::get::<Session>(connection, id.0).await?,
        None => None,
    };
    let told = match facts.session {
        Some(id) => rows::get::<Told>(connection, Told::id_of(id, facts.client).0).await?,
        None => None,
    };
    let invoice = match facts.invoice {
        Some(id) => rows::get::<Invoice>(connection, id.0).await?,
        None => None,
    };
    let (mut therapist, mut room, mut service) = (None, None, None);
    if let Some(session) = &session {
        therapist = rows::get::<Therapist>(connection, session.facts.therapist.0).await?;
        service = rows::get::<Service>(connection, session.facts.service.0).await?;
        if let Some(id) = session.facts.place.room() {
            room = rows::get::<Room>(connection, id.0).await?;
        }
    }
    Ok(Some(Candidate {
        notice,
        clinic: clinic.clone(),
        client,
        session,
        told,
        invoice,
        therapist,
        room,
        service,
        later_waits,
    }))
}
