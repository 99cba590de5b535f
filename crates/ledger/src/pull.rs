//! Pull: pages of rows, one snapshot each.

use crate::history;
use crate::{Error, Ledger, rows};
use safetalk_domain::{Kind, Position, Row};
use safetalk_wire::{
    After, LEAST_PROTOCOL, MOST_ROWS, NO_MARK, PullAnswer, PullRequest, Pulled, UpstreamError,
};
use sqlx::SqliteConnection;

/// One member who may see everything: the only scope of a ledger inside the app.
const SCOPE: u32 = 1;

pub async fn pull(ledger: &Ledger, request: &PullRequest) -> Result<PullAnswer, UpstreamError> {
    if request.protocol < LEAST_PROTOCOL {
        return Err(UpstreamError::TooOld {
            least: LEAST_PROTOCOL,
        });
    }
    Ok(page(ledger, request).await?)
}

async fn page(ledger: &Ledger, request: &PullRequest) -> Result<PullAnswer, Error> {
    let ledger_now = ledger.time.now();
    let mut snapshot = ledger.vault.readers().begin().await?;
    let head = history::head(&mut snapshot).await?;
    let upto = request.upto.unwrap_or(head.position);
    if !history::holds(&mut snapshot, &head, &request.known).await? || upto > head.position {
        return Ok(PullAnswer::ChangedHistory);
    }
    if request.known.epoch.is_some() && request.scope != SCOPE {
        return Ok(PullAnswer::ChangedScope { scope: SCOPE });
    }
    let limit = request.limit.clamp(1, MOST_ROWS) as usize;
    let mut found = Vec::new();
    for kind in Kind::ALL.iter().copied() {
        let after = match request.after {
            Some(after) if kind < after.kind => continue,
            Some(after) if kind == after.kind => Some(after),
            _ => None,
        };
        let room = limit - found.len();
        found.extend(of_kind(&mut snapshot, kind, request.known.cursor, upto, after, room).await?);
        if found.len() == limit {
            break;
        }
    }
    let mark = history::mark_of(&mut snapshot, upto)
        .await?
        .unwrap_or(NO_MARK);
    Ok(PullAnswer::Page(Pulled {
        done: found.len() < limit,
        rows: found,
        upto,
        mark,
        epoch: head.epoch,
        scope: SCOPE,
        ledger_now,
    }))
}

async fn of_kind(
    connection: &mut SqliteConnection,
    kind: Kind,
    cursor: Position,
    upto: Position,
    after: Option<After>,
    limit: usize,
) -> Result<Vec<(Position, Row)>, Error> {
    let (position, id) = match after {
        Some(after) => (after.position, after.id.to_string()),
        // No id is empty, so everything at the next position comes after it.
        None => (cursor + 1, String::new()),
    };
    let found: Vec<(Position, String)> = sqlx::query_as(rows::over(
        kind,
        "select position, body from {table}
         where (position, id) > (?1, ?2) and position <= ?3
         order by position, id limit ?4",
    ))
    .bind(position)
    .bind(id)
    .bind(upto)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?;
    found
        .into_iter()
        .map(|(position, body)| Ok((position, rows::parse(kind, &body)?)))
        .collect()
}
