//! The head of the history, and whether a device knows the same one.

use crate::Error;
use safetalk_domain::{IntentId, Moment, Position};
use safetalk_wire::{Head, Known, Mark, NO_MARK};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// The head of the history; the first one of a new file.
pub async fn begin(connection: &mut SqliteConnection) -> Result<Head, Error> {
    let epoch = Uuid::new_v4().to_string();
    let mark = NO_MARK.to_string();
    sqlx::query!(
        "insert into clinic_head (one, epoch, position, mark) values (1, ?1, 0, ?2)
         on conflict (one) do nothing",
        epoch,
        mark
    )
    .execute(&mut *connection)
    .await?;
    head(connection).await
}

/// Where the history stands.
pub async fn head(connection: &mut SqliteConnection) -> Result<Head, Error> {
    let row = sqlx::query!("select epoch, position, mark from clinic_head where one = 1")
        .fetch_one(connection)
        .await?;
    Ok(Head {
        epoch: uuid(&row.epoch)?,
        position: row.position,
        mark: uuid(&row.mark)?,
    })
}

/// Keeps where the history stands.
pub async fn put_head(connection: &mut SqliteConnection, head: &Head) -> Result<(), Error> {
    let (epoch, mark) = (head.epoch.to_string(), head.mark.to_string());
    sqlx::query!(
        "update clinic_head set epoch = ?1, position = ?2, mark = ?3 where one = 1",
        epoch,
        head.position,
        mark
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives the next position to `intent`.
pub async fn advance(
    connection: &mut SqliteConnection,
    head: &Head,
    intent: IntentId,
    at: Moment,
) -> Result<Head, Error> {
    let next = Head {
        epoch: head.epoch,
        position: head.position + 1,
        mark: Uuid::new_v4(),
    };
    let (mark, intent) = (next.mark.to_string(), intent.to_string());
    sqlx::query!(
        "insert into position (position, mark, intent, at) values (?1, ?2, ?3, ?4)",
        next.position,
        mark,
        intent,
        at.0
    )
    .execute(&mut *connection)
    .await?;
    put_head(connection, &next).await?;
    Ok(next)
}

/// The mark of a position that was given.
pub async fn mark_of(
    connection: &mut SqliteConnection,
    position: Position,
) -> Result<Option<Mark>, Error> {
    if position == 0 {
        return Ok(Some(NO_MARK));
    }
    let found = sqlx::query_scalar!("select mark from position where position = ?1", position)
        .fetch_optional(connection)
        .await?;
    found.map(|mark| uuid(&mark)).transpose()
}

/// Whether what a device knows is a part of this history.
pub async fn holds(
    connection: &mut SqliteConnection,
    head: &Head,
    known: &Known,
) -> Result<bool, Error> {
    let same_epoch = match known.epoch {
        None => known.cursor == 0,
        Some(epoch) => epoch == head.epoch,
    };
    Ok(same_epoch && mark_of(connection, known.cursor).await? == Some(known.mark))
}

/// An id as it is kept.
pub fn uuid(text: &str) -> Result<Uuid, Error> {
    Uuid::parse_str(text).map_err(|_| Error::Body { what: "id" })
}
