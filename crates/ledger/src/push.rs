//! Push: a batch in one transaction, an intent in one savepoint.

use crate::execute::{Counted, execute, verdict_of};
use crate::{Error, Ledger, history};
use safetalk_domain::{Clock, Moment};
use safetalk_wire::{MOST_INTENTS, Numbered, PushAnswer, PushRequest};
use sqlx::SqliteConnection;
use uuid::Uuid;

pub async fn push(ledger: &Ledger, request: PushRequest) -> Result<PushAnswer, Error> {
    let now = ledger.time.now();
    let device = request.device.uuid();
    // The writer is taken before anything is read: one order for everyone, no check that a commit can overtake.
    let mut transaction = ledger.vault.begin().await?;
    let mut head = history::head(&mut transaction).await?;
    let mut last_n = last_n(&mut transaction, device).await?;
    if !history::holds(&mut transaction, &head, &request.known).await?
        || last_n < request.acknowledged_n
    {
        return Ok(PushAnswer::ChangedHistory { head });
    }
    let before = head.position;
    let mut verdicts = Vec::with_capacity(request.batch.len());
    for numbered in request.batch.iter().take(MOST_INTENTS) {
        if numbered.n > last_n + 1 {
            return Ok(PushAnswer::Gap {
                expected_n: last_n + 1,
            });
        }
        let known = verdict_of(&mut transaction, numbered.intent.id).await?;
        let verdict = match known {
            Some(_) if is_another(&mut transaction, device, numbered).await? => {
                return Ok(PushAnswer::Fork);
            }
            Some(verdict) => verdict,
            None if numbered.n <= last_n => return Ok(PushAnswer::Fork),
            None => {
                let clock = Clock {
                    made_at: clamp(numbered, now),
                    now,
                };
                let counted = Counted {
                    device,
                    n: numbered.n,
                };
                execute(
                    &mut transaction,
                    &mut head,
                    &numbered.intent,
                    counted,
                    &clock,
                )
                .await?
            }
        };
        last_n = last_n.max(numbered.n);
        verdicts.push(verdict);
    }
    put_last_n(&mut transaction, device, last_n).await?;
    transaction.commit().await?;
    if head.position > before {
        ledger.poke.send_replace(head.position);
    }
    Ok(PushAnswer::Answered { verdicts, head })
}

/// The click's time, as far as the ledger's own times allow it: not before the device's last pull, not in the future.
fn clamp(numbered: &Numbered, now: Moment) -> Moment {
    numbered
        .intent
        .made_at
        .max(numbered.pulled_at.unwrap_or(Moment(i64::MIN)))
        .min(now)
}

/// Whether this device's number was used for another intent.
async fn is_another(
    connection: &mut SqliteConnection,
    device: Uuid,
    numbered: &Numbered,
) -> Result<bool, Error> {
    let (device, id) = (device.to_string(), numbered.intent.id.to_string());
    let found = sqlx::query_scalar!(
        "select id from intent where device = ?1 and n = ?2",
        device,
        numbered.n
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some_and(|other| other != id))
}

/// How far a device is counted.
pub async fn last_n(connection: &mut SqliteConnection, device: Uuid) -> Result<i64, Error> {
    let device = device.to_string();
    let found = sqlx::query_scalar!("select last_n from device where id = ?1", device)
        .fetch_optional(connection)
        .await?;
    Ok(found.unwrap_or(0))
}

/// Counts a device on.
pub async fn put_last_n(
    connection: &mut SqliteConnection,
    device: Uuid,
    last_n: i64,
) -> Result<(), Error> {
    let device = device.to_string();
    sqlx::query!(
        "insert into device (id, last_n) values (?1, ?2)
         on conflict (id) do update set last_n = excluded.last_n where last_n < excluded.last_n",
        device,
        last_n
    )
    .execute(connection)
    .await?;
    Ok(())
}
