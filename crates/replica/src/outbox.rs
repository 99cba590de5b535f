//! The outbox: everything this computer wanted, with the ledger's answers. Nothing leaves it unanswered.

use crate::meta::Meta;
use crate::{Error, Replica, rows};
use safetalk_domain::{DeviceId, Intent, IntentId, Moment, Position, Refusal};
use safetalk_wire::{MOST_INTENTS, Numbered, Outcome, Verdict};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// Answered actions are kept this long, so that a restored ledger can be told again. Days.
const KEEP_DAYS: i64 = 35;

/// An action as the outbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What was wanted.
    pub intent: Intent,
    /// What came of it so far.
    pub answer: Answer,
}

/// What came of an action so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Not sent, or not answered yet; in force on this screen.
    Waiting,
    /// Not answered yet; on the rows known here it would be refused.
    Doubtful(Refusal),
    /// The ledger has answered.
    Final(Outcome),
}

/// An action that could not be done and that no person has closed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What was wanted.
    pub intent: Intent,
    /// Why not.
    pub refusal: Refusal,
    /// The ledger has said so; otherwise it may still come to pass.
    pub is_final: bool,
}

/// What waits to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How many actions.
    pub actions: usize,
    /// When the oldest of them was made.
    pub since: Option<Moment>,
}

/// An action whose rows belong on top of the base.
pub struct Standing {
    pub seq: i64,
    pub intent: Intent,
}

impl Replica {
    /// Actions that could not be done, oldest first: what stands in "Needs attention".
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn refused(&self) -> Result<Vec<Refused>, Error> {
        let found = sqlx::query!(
            "select body, doubt, verdict from outbox
             where closed = 0 and (accepted = 0 or doubt is not null) order by seq"
        )
        .fetch_all(self.vault.readers())
        .await?;
        let mut refused = Vec::with_capacity(found.len());
        for row in found {
            let said = row.verdict.as_deref().map(outcome).transpose()?;
            let is_final = said.is_some();
            let refusal = match said {
                Some(Outcome::Refused { refusal }) => Some(refusal),
                Some(_) => None,
                None => row.doubt.as_deref().map(doubt).transpose()?,
            };
            if let Some(refusal) = refusal {
                refused.push(Refused {
                    intent: intent(&row.body)?,
                    refusal,
                    is_final,
                });
            }
        }
        Ok(refused)
    }

    /// A person has seen a final refusal: it leaves "Needs attention". Whether there was one to close.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn close_refused(&self, intent: IntentId) -> Result<bool, Error> {
        let id = intent.to_string();
        let mut transaction = self.vault.begin().await?;
        let done = sqlx::query!(
            "update outbox set closed = 1 where intent = ?1 and accepted = 0 and closed = 0",
            id
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// An action of this computer, for an undo or to show what became of it; `None` once it is no longer kept.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn kept(&self, id: IntentId) -> Result<Option<Kept>, Error> {
        let id = id.to_string();
        let found = sqlx::query!(
            "select body, doubt, verdict from outbox where intent = ?1",
            id
        )
        .fetch_optional(self.vault.readers())
        .await?;
        let Some(row) = found else {
            return Ok(None);
        };
        let answer = match (row.verdict.as_deref(), row.doubt.as_deref()) {
            (Some(verdict), _) => Answer::Final(outcome(verdict)?),
            (None, Some(text)) => Answer::Doubtful(doubt(text)?),
            (None, None) => Answer::Waiting,
        };
        Ok(Some(Kept {
            intent: intent(&row.body)?,
            answer,
        }))
    }

    /// How much waits to be answered.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn waiting(&self) -> Result<Waiting, Error> {
        let row = sqlx::query!(
            r#"select count(*) as "actions!: i64", min(made_at) as "since?: i64"
             from outbox where verdict is null"#
        )
        .fetch_one(self.vault.readers())
        .await?;
        Ok(Waiting {
            actions: usize::try_from(row.actions).unwrap_or(usize::MAX),
            since: row.since.map(Moment),
        })
    }
}

/// Keeps a new action; returns its place in the order.
pub async fn add(
    connection: &mut SqliteConnection,
    meta: &Meta,
    intent: &Intent,
) -> Result<i64, Error> {
    let (device, id) = (meta.device.to_string(), intent.id.to_string());
    let body = serde_json::to_string(intent).map_err(|_| Error::Body { what: "intent" })?;
    let pulled_at = meta.pulled_at.map(|at| at.0);
    let done = sqlx::query!(
        "insert into outbox (device, n, intent, body, made_at, pulled_at, due, in_base, closed)
         values (?1, ?2, ?3, ?4, ?5, ?6, 1, 0, 0)",
        device,
        meta.next_n,
        id,
        body,
        intent.made_at.0,
        pulled_at
    )
    .execute(connection)
    .await?;
    Ok(done.last_insert_rowid())
}

/// The next batch to send, in order.
pub async fn due(connection: &mut SqliteConnection) -> Result<Vec<Numbered>, Error> {
    let most = i64::try_from(MOST_INTENTS).unwrap_or(i64::MAX);
    let found = sqlx::query!(
        "select n, pulled_at, body from outbox where due = 1 order by seq limit ?1",
        most
    )
    .fetch_all(connection)
    .await?;
    found
        .into_iter()
        .map(|row| {
            Ok(Numbered {
                n: row.n,
                pulled_at: row.pulled_at.map(Moment),
                intent: intent(&row.body)?,
            })
        })
        .collect()
}

/// The highest number of this device that was answered.
pub async fn acknowledged_n(
    connection: &mut SqliteConnection,
    device: DeviceId,
) -> Result<i64, Error> {
    let device = device.to_string();
    let found = sqlx::query_scalar!(
        r#"select max(n) as "n?: i64" from outbox where device = ?1 and due = 0"#,
        device
    )
    .fetch_one(connection)
    .await?;
    Ok(found.unwrap_or(0))
}

/// Keeps the ledger's answer.
pub async fn answer(
    connection: &mut SqliteConnection,
    verdict: &Verdict,
    now: Moment,
) -> Result<(), Error> {
    let id = verdict.intent.to_string();
    let text =
        serde_json::to_string(&verdict.outcome).map_err(|_| Error::Body { what: "verdict" })?;
    let accepted = i64::from(verdict.outcome.refusal().is_none());
    sqlx::query!(
        "update outbox set verdict = ?2, accepted = ?3, position = ?4, acknowledged_at = ?5,
         due = 0, doubt = null where intent = ?1",
        id,
        text,
        accepted,
        verdict.position,
        now.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Actions that are not in the base and were not refused, in order: unanswered ones, and accepted ones whose position
/// has not been pulled, so that nothing flickers back.
pub async fn standing(connection: &mut SqliteConnection) -> Result<Vec<Standing>, Error> {
    let found = sqlx::query!(
        "select seq, body from outbox
         where verdict is null or (accepted = 1 and in_base = 0) order by seq"
    )
    .fetch_all(connection)
    .await?;
    found
        .into_iter()
        .map(|row| {
            Ok(Standing {
                seq: row.seq,
                intent: intent(&row.body)?,
            })
        })
        .collect()
}

/// Keeps why an unanswered action would be refused on the rows known here.
pub async fn put_doubt(
    connection: &mut SqliteConnection,
    seq: i64,
    refusal: Option<&Refusal>,
) -> Result<(), Error> {
    let text = refusal
        .map(serde_json::to_string)
        .transpose()
        .map_err(|_| Error::Body { what: "refusal" })?;
    sqlx::query!(
        "update outbox set doubt = ?2 where seq = ?1 and verdict is null and doubt is not ?2",
        seq,
        text
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The id of an action that is not answered yet.
pub async fn unanswered(
    connection: &mut SqliteConnection,
    seq: i64,
) -> Result<Option<IntentId>, Error> {
    let found = sqlx::query_scalar!(
        "select intent from outbox where seq = ?1 and verdict is null",
        seq
    )
    .fetch_optional(connection)
    .await?;
    found.map(|id| Ok(IntentId(rows::uuid(&id)?))).transpose()
}

/// Everything up to `upto` is in the base now.
pub async fn settle(connection: &mut SqliteConnection, upto: Position) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update outbox set in_base = 1 where accepted = 1 and in_base = 0 and position <= ?1",
        upto
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Forgets what was answered long ago and needs nobody any more.
pub async fn forget(connection: &mut SqliteConnection, now: Moment) -> Result<(), Error> {
    let before = now.plus_hours(-24 * KEEP_DAYS);
    sqlx::query!(
        "delete from outbox where acknowledged_at < ?1 and due = 0
         and ((accepted = 1 and in_base = 1) or closed = 1)",
        before.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Accepted actions are sent again, for the ledger may have lost them.
pub async fn send_again(connection: &mut SqliteConnection) -> Result<(), Error> {
    sqlx::query!("update outbox set due = 1 where accepted = 1")
        .execute(connection)
        .await?;
    Ok(())
}

/// Gives everything that is to be sent new numbers under a new device name. Ids stay.
pub async fn rename(connection: &mut SqliteConnection, meta: &mut Meta) -> Result<(), Error> {
    meta.device = DeviceId(Uuid::new_v4());
    let device = meta.device.to_string();
    sqlx::query!(
        "update outbox set device = ?1, n = numbered.n from (
             select seq as of_seq, row_number() over (order by seq) as n from outbox where due = 1
         ) as numbered where outbox.seq = numbered.of_seq",
        device
    )
    .execute(&mut *connection)
    .await?;
    let sent = sqlx::query_scalar!(r#"select count(*) as "count!: i64" from outbox where due = 1"#)
        .fetch_one(connection)
        .await?;
    meta.next_n = sent + 1;
    Ok(())
}

fn intent(body: &str) -> Result<Intent, Error> {
    serde_json::from_str(body).map_err(|_| Error::Body { what: "intent" })
}

fn outcome(text: &str) -> Result<Outcome, Error> {
    serde_json::from_str(text).map_err(|_| Error::Body { what: "verdict" })
}

fn doubt(text: &str) -> Result<Refusal, Error> {
    serde_json::from_str(text).map_err(|_| Error::Body { what: "refusal" })
}
