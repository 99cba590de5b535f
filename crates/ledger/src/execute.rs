//! One intent, decided and stored in one savepoint.

use crate::constraint::{self, Constraint};
use crate::lookup::Tables;
use crate::{Error, history, rows};
use safetalk_domain::availability::{Cause, Unavailable};
use safetalk_domain::gather::{Lookup, gather};
use safetalk_domain::intent::Actor;
use safetalk_domain::refusal::Thing;
use safetalk_domain::world::Numbering;
use safetalk_domain::{
    Clock, Decision, Intent, IntentId, Occupancy, Refusal, ResourceId, Row, TherapistId, World,
    decide,
};
use safetalk_wire::{Head, Outcome, Verdict};
use sqlx::{Connection, SqliteConnection};
use uuid::Uuid;

/// The courier's own device. It counts like any other, and no other may speak for the courier.
pub const COURIER: Uuid = Uuid::nil();

/// What a device counted an intent as.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// The device's id as it is kept.
    pub device: Uuid,
    /// Its number.
    pub n: i64,
}

/// Decides `intent`, stores rows and verdict, and moves `head`. The caller commits.
pub async fn execute(
    connection: &mut SqliteConnection,
    head: &mut Head,
    intent: &Intent,
    counted: Counted,
    clock: &Clock,
) -> Result<Verdict, Error> {
    let stopped = if intent.actor == Actor::Courier && counted.device != COURIER {
        Some(Refusal::CourierOnly)
    } else {
        not_done(connection, intent).await?
    };
    let outcome = match stopped {
        Some(refusal) => Outcome::Refused { refusal },
        None => {
            let mut world = gather(intent, &mut Tables(connection)).await?;
            world.numbering = Numbering::Ledger;
            match decide(intent, &world, clock) {
                Err(refusal) => Outcome::Refused { refusal },
                Ok(decision) => store(connection, head, intent, &world, decision, clock).await?,
            }
        }
    };
    let verdict = Verdict {
        intent: intent.id,
        outcome,
        position: head.position,
    };
    put_verdict(connection, intent, counted, &verdict, clock).await?;
    Ok(verdict)
}

/// Refuses what depends on, or takes back, something that was refused.
async fn not_done(
    connection: &mut SqliteConnection,
    intent: &Intent,
) -> Result<Option<Refusal>, Error> {
    for id in &intent.depends {
        // One that was never sent cannot have made the rows; decide will say what is missing.
        if accepted(connection, *id).await? == Some(false) {
            return Ok(Some(Refusal::NotDone));
        }
    }
    match intent.undoes {
        Some(id) if accepted(connection, id).await? != Some(true) => Ok(Some(Refusal::NotDone)),
        _ => Ok(None),
    }
}

async fn accepted(connection: &mut SqliteConnection, id: IntentId) -> Result<Option<bool>, Error> {
    let id = id.to_string();
    let found = sqlx::query_scalar!("select accepted from intent where id = ?1", id)
        .fetch_optional(connection)
        .await?;
    Ok(found.map(|accepted| accepted == 1))
}

/// Writes an accepted decision, unless a constraint of the schema speaks against it.
async fn store(
    connection: &mut SqliteConnection,
    head: &mut Head,
    intent: &Intent,
    world: &World,
    decision: Decision,
    clock: &Clock,
) -> Result<Outcome, Error> {
    if decision.rows.is_empty() {
        return Ok(Outcome::of(decision.flags));
    }
    let mut savepoint = connection.begin().await?;
    let next = history::advance(&mut savepoint, head, intent.id, clock.now).await?;
    match rows::put(&mut savepoint, &decision.rows, next.position).await {
        Ok(()) => {
            savepoint.commit().await?;
            *head = next;
            Ok(Outcome::of(decision.flags))
        }
        Err(Error::Database(error)) => {
            let Some(constraint) = constraint::of(&error) else {
                return Err(error.into());
            };
            savepoint.rollback().await?;
            let refusal = match constraint {
                Constraint::InvoiceNumber => Refusal::Exists {
                    what: Thing::Invoice,
                },
                Constraint::NoOverlap => Refusal::NotAvailable {
                    unavailable: overlapped(connection, &decision.rows, world).await?,
                },
            };
            Ok(Outcome::Refused { refusal })
        }
        Err(error) => Err(error),
    }
}

/// What the rows of a decision would have met: the same answer that `decide` gives.
async fn overlapped(
    connection: &mut SqliteConnection,
    decided: &[Row],
    world: &World,
) -> Result<Unavailable, Error> {
    let mut unavailable = Unavailable::default();
    let mut wanted: Vec<(&Occupancy, ResourceId)> = Vec::new();
    for row in decided {
        if let Row::Occupancy(row) = row
            && let Some(resource) = row.resource
        {
            wanted.push((row, resource));
        }
    }
    for (row, resource) in &wanted {
        let mut held = Tables(connection).occupancy(*resource, row.at).await?;
        // Rows of the same decision were rolled back with it, but stand in each other's way too.
        held.extend(
            wanted
                .iter()
                .filter(|(other, of)| {
                    of == resource && other.id != row.id && other.at.meets(row.at)
                })
                .map(|(other, _)| (*other).clone()),
        );
        let is_therapist = world.therapists.contains_key(&TherapistId(resource.0));
        for other in held.into_iter().filter(|other| other.id != row.id) {
            let cause = Cause::Taken {
                session: other.session,
                from: other.at.start,
                until: other.at.end,
            };
            let causes = if is_therapist {
                &mut unavailable.therapist
            } else {
                &mut unavailable.room
            };
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
    }
    Ok(unavailable)
}

async fn put_verdict(
    connection: &mut SqliteConnection,
    intent: &Intent,
    counted: Counted,
    verdict: &Verdict,
    clock: &Clock,
) -> Result<(), Error> {
    let not_kept = |_| Error::Body { what: "intent" };
    let body = serde_json::to_string(intent).map_err(not_kept)?;
    let outcome = serde_json::to_string(&verdict.outcome).map_err(not_kept)?;
    let (id, device) = (intent.id.to_string(), counted.device.to_string());
    let accepted = i64::from(verdict.outcome.refusal().is_none());
    let version = i64::from(intent.version);
    sqlx::query!(
        "insert into intent (id, device, n, kind, version, body, verdict, accepted, position, at)
         values (?1, ?2, ?3, json_extract(?5, '$.body.kind'), ?4, ?5, ?6, ?7, ?8, ?9)",
        id,
        device,
        counted.n,
        version,
        body,
        outcome,
        accepted,
        verdict.position,
        clock.now.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The verdict an intent has already, if it was ever answered.
pub async fn verdict_of(
    connection: &mut SqliteConnection,
    id: IntentId,
) -> Result<Option<Verdict>, Error> {
    let text = id.to_string();
    let found = sqlx::query!("select verdict, position from intent where id = ?1", text)
        .fetch_optional(connection)
        .await?;
    found
        .map(|row| {
            Ok(Verdict {
                intent: id,
                outcome: serde_json::from_str(&row.verdict)
                    .map_err(|_| Error::Body { what: "verdict" })?,
                position: row.position,
            })
        })
        .transpose()
}
