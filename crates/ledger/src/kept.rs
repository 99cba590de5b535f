//! Kept texts become values again; an error names the table, never the text.

use crate::Error;
use safetalk_domain::{Entity, IntentId, Kind, Position, Row};
use safetalk_wire::Verdict;
use uuid::Uuid;

/// A row from its kept body.
///
/// # Errors
/// [`Error::Body`].
pub fn row(kind: Kind, body: &str) -> Result<Row, Error> {
    Row::from_body(kind, body).map_err(|_| Error::Body { what: kind.table() })
}

/// An entity from its kept body.
///
/// # Errors
/// [`Error::Body`].
pub fn entity<E: Entity>(body: &str) -> Result<E, Error> {
    serde_json::from_str(body).map_err(|_| Error::Body {
        what: E::KIND.table(),
    })
}

/// The body of a row as it is kept.
///
/// # Errors
/// [`Error::Body`].
pub fn body(row: &Row) -> Result<String, Error> {
    row.body().map_err(|_| Error::Body {
        what: row.kind().table(),
    })
}

/// A verdict from its kept outcome.
///
/// # Errors
/// [`Error::Body`].
pub fn verdict(intent: IntentId, outcome: &str, position: Position) -> Result<Verdict, Error> {
    Ok(Verdict {
        intent,
        outcome: serde_json::from_str(outcome).map_err(|_| Error::Body { what: "verdict" })?,
        position,
    })
}

/// An id from its kept text.
///
/// # Errors
/// [`Error::Body`].
pub fn uuid(text: &str) -> Result<Uuid, Error> {
    Uuid::parse_str(text).map_err(|_| Error::Body { what: "id" })
}
