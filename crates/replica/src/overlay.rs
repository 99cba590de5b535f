//! The overlay: what the outbox, decided again on the base, makes of the ledger's rows.

use crate::lookup::View;
use crate::{Error, outbox, rows};
use safetalk_domain::gather::gather;
use safetalk_domain::{Clock, Intent, IntentId, Kind, Moment, Refusal, decide};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

/// Empties the overlay and decides the outbox again, in order. Tells the kinds of rows it had or has.
pub async fn rebuild(
    connection: &mut SqliteConnection,
    now: Moment,
) -> Result<BTreeSet<Kind>, Error> {
    let mut kinds = rows::clear_overlay(connection).await?;
    for standing in outbox::standing(connection).await? {
        match decide_again(connection, &standing.intent, now).await? {
            Ok(rows) => {
                rows::put_overlay(connection, &rows, standing.seq).await?;
                kinds.extend(rows.iter().map(|row| row.kind()));
                outbox::put_doubt(connection, standing.seq, None).await?;
            }
            // Not final: until the ledger has spoken it may still come to pass.
            Err(refusal) => outbox::put_doubt(connection, standing.seq, Some(&refusal)).await?,
        }
    }
    Ok(kinds)
}

async fn decide_again(
    connection: &mut SqliteConnection,
    intent: &Intent,
    now: Moment,
) -> Result<Result<Vec<safetalk_domain::Row>, Refusal>, Error> {
    for id in intent.depends.iter().copied().chain(intent.undoes) {
        if is_not_done(connection, id).await? {
            return Ok(Err(Refusal::NotDone));
        }
    }
    let world = gather(intent, &mut View::new(connection)).await?;
    // A sync that began before the click has an older time than the click: what has come to pass since then would be
    // refused here, and vanish from the screen until the ledger speaks.
    let clock = Clock {
        made_at: intent.made_at,
        now: now.max(intent.made_at),
    };
    Ok(decide(intent, &world, &clock).map(|decision| decision.rows))
}

/// Whether an action was refused, or would be on the rows known here. One that is no longer kept was in force.
pub async fn is_not_done(connection: &mut SqliteConnection, id: IntentId) -> Result<bool, Error> {
    let id = id.to_string();
    let found = sqlx::query_scalar!(
        r#"select (coalesce(accepted, 1) = 0 or (verdict is null and doubt is not null)) as "refused!: bool"
         from outbox where intent = ?1"#,
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.unwrap_or(false))
}
