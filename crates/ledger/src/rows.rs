//! Rows of any kind: read by id, replaced by decisions.

use crate::Error;
use safetalk_domain::{Entity, Kind, Position, Row};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

/// A statement over the table of a kind. Table names are words of the domain, never input.
pub fn over(kind: Kind, statement: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(statement.replace("{table}", kind.table()))
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

/// One row with its position.
pub async fn find(
    connection: &mut SqliteConnection,
    kind: Kind,
    id: Uuid,
) -> Result<Option<(Row, Position)>, Error> {
    let found: Option<(String, Position)> = sqlx::query_as(over(
        kind,
        "select body, position from {table} where id = ?1",
    ))
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    found
        .map(|(body, position)| Ok((parse(kind, &body)?, position)))
        .transpose()
}

/// One entity.
pub async fn get<E: Entity>(
    connection: &mut SqliteConnection,
    id: Uuid,
) -> Result<Option<E>, Error> {
    let found: Option<String> =
        sqlx::query_scalar(over(E::KIND, "select body from {table} where id = ?1"))
            .bind(id.to_string())
            .fetch_optional(connection)
            .await?;
    found.map(|body| entity(&body)).transpose()
}

/// Every entity of a kind.
pub async fn all<E: Entity>(connection: &mut SqliteConnection) -> Result<Vec<E>, Error> {
    let found: Vec<String> =
        sqlx::query_scalar(over(E::KIND, "select body from {table} order by id"))
            .fetch_all(connection)
            .await?;
    found.iter().map(|body| entity(body)).collect()
}

/// Writes the rows of one decision at `position`.
///
/// What sessions hold is taken away first and put back after, so that rows of one decision never stand in each other's
/// way, and so that the trigger over them sees every new row.
pub async fn put(
    connection: &mut SqliteConnection,
    rows: &[Row],
    position: Position,
) -> Result<(), Error> {
    for row in rows.iter().filter(|row| row.kind() == Kind::Occupancy) {
        let id = row.id().to_string();
        sqlx::query!("delete from occupancy where id = ?1", id)
            .execute(&mut *connection)
            .await?;
    }
    for row in rows {
        let kind = row.kind();
        let body = row.body().map_err(|_| Error::Body { what: kind.table() })?;
        sqlx::query(over(
            kind,
            "insert into {table} (id, position, body) values (?1, ?2, ?3)
             on conflict (id) do update set position = excluded.position, body = excluded.body",
        ))
        .bind(row.id().to_string())
        .bind(position)
        .bind(body)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
