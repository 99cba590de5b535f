//! Rows of any kind: read from the view, written to base or overlay.

use crate::Error;
use safetalk_domain::{Entity, Kind, Position, Row};
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A statement over the tables of a kind. Table names are words of the domain, never input.
pub fn over(kind: Kind, statement: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(statement.replace("{kind}", kind.table()))
}

/// A row from its kept body.
pub fn parse(kind: Kind, body: &str) -> Result<Row, Error> {
    Row::from_body(kind, body).map_err(|_| Error::Body { what: kind.table() })
}

/// An entity from its kept body.
pub fn entity<E: Entity>(body: &str) -> Result<E, Error> {
    serde_json::from_str(body).map_err(|_| Error::Body {
        what: E::KIND.table(),
    })
}

/// Entities from their kept bodies.
pub fn entities<'b, E: Entity>(
    bodies: impl IntoIterator<Item = &'b String>,
) -> Result<Vec<E>, Error> {
    bodies.into_iter().map(|body| entity(body)).collect()
}

/// Entities from their kept bodies, joined by commas: how `group_concat(body)` gives a set of any size as one row. Each row
/// on its own costs a wake-up of the database's thread and of this one; of a full week that was more than reading it.
pub fn joined<E: Entity>(bodies: Option<String>) -> Result<Vec<E>, Error> {
    let list = format!("[{}]", bodies.unwrap_or_default());
    serde_json::from_str(&list).map_err(|_| Error::Body {
        what: E::KIND.table(),
    })
}

/// An id as it is kept.
pub fn uuid(text: &str) -> Result<Uuid, Error> {
    Uuid::parse_str(text).map_err(|_| Error::Body { what: "id" })
}

/// One row with its position, as the screen shows it. What is not decided by the ledger yet has position 0.
pub async fn find(
    connection: &mut SqliteConnection,
    kind: Kind,
    id: Uuid,
) -> Result<Option<(Row, Position)>, Error> {
    let found: Option<(String, Position)> = sqlx::query_as(over(
        kind,
        "select body, position from {kind} where id = ?1",
    ))
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    found
        .map(|(body, position)| Ok((parse(kind, &body)?, position)))
        .transpose()
}

/// The action that made a row which the ledger does not know yet.
pub async fn maker(
    connection: &mut SqliteConnection,
    kind: Kind,
    id: Uuid,
) -> Result<Option<i64>, Error> {
    let found = sqlx::query_scalar(over(
        kind,
        "select made_by from {kind}_overlay as over where id = ?1
         and not exists (select 1 from {kind}_base as base where base.id = over.id)",
    ))
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    Ok(found)
}

/// Writes the rows of one local decision over the base.
pub async fn put_overlay(
    connection: &mut SqliteConnection,
    rows: &[Row],
    seq: i64,
) -> Result<(), Error> {
    for row in rows {
        let kind = row.kind();
        let body = row.body().map_err(|_| Error::Body { what: kind.table() })?;
        sqlx::query(over(
            kind,
            "insert into {kind}_overlay (id, position, body, made_by, changed_by)
             values (?1, 0, ?2, ?3, ?3)
             on conflict (id) do update set body = excluded.body, changed_by = excluded.changed_by",
        ))
        .bind(row.id().to_string())
        .bind(body)
        .bind(seq)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Empties the overlay; tells which kinds had rows in it.
pub async fn clear_overlay(connection: &mut SqliteConnection) -> Result<BTreeSet<Kind>, Error> {
    let mut had = BTreeSet::new();
    for kind in Kind::ALL.iter().copied() {
        let done = sqlx::query(over(kind, "delete from {kind}_overlay"))
            .execute(&mut *connection)
            .await?;
        if done.rows_affected() > 0 {
            had.insert(kind);
        }
    }
    Ok(had)
}

/// Puts a row that the ledger decided into the base.
pub async fn put_base(
    connection: &mut SqliteConnection,
    position: Position,
    row: &Row,
) -> Result<(), Error> {
    let kind = row.kind();
    let body = row.body().map_err(|_| Error::Body { what: kind.table() })?;
    sqlx::query(over(
        kind,
        "insert into {kind}_base (id, position, body) values (?1, ?2, ?3)
         on conflict (id) do update set position = excluded.position, body = excluded.body",
    ))
    .bind(row.id().to_string())
    .bind(position)
    .bind(body)
    .execute(connection)
    .await?;
    Ok(())
}

/// Erases a row from the base: its member may see it no longer.
pub async fn erase_base(
    connection: &mut SqliteConnection,
    kind: Kind,
    id: Uuid,
) -> Result<(), Error> {
    sqlx::query(over(kind, "delete from {kind}_base where id = ?1"))
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Empties the base, before it is replaced whole.
pub async fn clear_base(connection: &mut SqliteConnection) -> Result<(), Error> {
    for kind in Kind::ALL.iter().copied() {
        sqlx::query(over(kind, "delete from {kind}_base"))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
