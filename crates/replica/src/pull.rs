//! Pull: pages are staged until all are there; then one transaction moves the base and decides the outbox again.

use crate::meta::Meta;
use crate::{Error, Replica, SyncError, meta, outbox, overlay, rows};
use safetalk_domain::{Kind, Moment};
use safetalk_wire::{After, Known, MOST_ROWS, PROTOCOL, PullAnswer, PullRequest, Pulled, Upstream};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

/// The time of the last pull is written down again after this long when nothing else changed. Seconds.
const NOTE_TIME_AFTER: i64 = 60;

/// Stands in `staging` for the body of a row that is to be erased.
const GONE: &str = "null";

/// What came of a pull.
pub enum Fetched {
    /// This computer has caught up.
    All {
        /// How many rows came.
        rows: usize,
        /// Kinds that may look different now.
        changed: BTreeSet<Kind>,
    },
    /// The ledger's history is another one.
    ChangedHistory,
    /// What the member may see has changed.
    ChangedScope(u32),
}

/// One pull, from the cursor to a snapshot.
pub struct Pull<'r> {
    replica: &'r Replica,
    now: Moment,
    rows: usize,
    staged: bool,
}

impl<'r> Pull<'r> {
    pub fn new(replica: &'r Replica, now: Moment) -> Self {
        Self {
            replica,
            now,
            rows: 0,
            staged: false,
        }
    }

    /// Fetches pass after pass until one fits a page: that page is a snapshot, and everything before it is staged.
    pub async fn run(mut self, upstream: &dyn Upstream) -> Result<Fetched, SyncError> {
        let start = meta::get(&mut *self.replica.vault.readers().acquire().await?).await?;
        let (mut known, mut scope) = (start.told(), start.scope);
        loop {
            let (mut upto, mut after): (_, Option<After>) = (None, None);
            loop {
                let answer = upstream
                    .pull(PullRequest {
                        protocol: PROTOCOL,
                        device: start.device,
                        known,
                        acknowledged: start.acknowledged,
                        scope,
                        upto,
                        after,
                        limit: MOST_ROWS,
                    })
                    .await?;
                let page = match answer {
                    PullAnswer::Page(page) => page,
                    PullAnswer::ChangedHistory => return Ok(Fetched::ChangedHistory),
                    PullAnswer::ChangedScope { scope } => return Ok(Fetched::ChangedScope(scope)),
                };
                self.rows += page.rows.len() + page.gone.len();
                scope = page.scope;
                if page.done && after.is_none() {
                    return Ok(self.apply(&start, page).await?);
                }
                self.stage(&page).await?;
                if page.done {
                    known = Known {
                        epoch: Some(page.epoch),
                        cursor: page.upto,
                        mark: page.mark,
                    };
                    break;
                }
                upto = Some(page.upto);
                after = page.after();
            }
        }
    }

    /// Keeps a page aside. The first one of a pull clears what an interrupted pull left.
    async fn stage(&mut self, page: &Pulled) -> Result<(), Error> {
        let mut transaction = self.replica.vault.begin().await?;
        if !self.staged {
            clear_staging(&mut transaction).await?;
        }
        for (position, row) in &page.rows {
            let what = row.kind().table();
            let body = row.body().map_err(|_| Error::Body { what })?;
            put_staging(&mut transaction, After::of(*position, row), &body).await?;
        }
        for gone in &page.gone {
            put_staging(&mut transaction, *gone, GONE).await?;
        }
        transaction.commit().await?;
        self.staged = true;
        Ok(())
    }

    /// Moves base and cursor, lets go of what has arrived, and decides the outbox again: all of it or nothing.
    async fn apply(self, start: &Meta, last: Pulled) -> Result<Fetched, Error> {
        let mut transaction = self.replica.vault.begin().await?;
        let mut meta = meta::get(&mut transaction).await?;
        let known = Known {
            epoch: Some(last.epoch),
            cursor: last.upto,
            mark: last.mark,
        };
        let settled = outbox::settle(&mut transaction, last.upto).await?;
        let still = self.rows == 0
            && settled == 0
            && !meta.resync
            && meta.acknowledged.is_none()
            && meta.known == known;
        let noted = meta
            .pulled_at
            .is_some_and(|at| (last.ledger_now.0 - at.0).abs() < NOTE_TIME_AFTER);
        if still && noted {
            return Ok(Fetched::All {
                rows: 0,
                changed: BTreeSet::new(),
            });
        }
        if start.resync {
            rows::clear_base(&mut transaction).await?;
        }
        let mut changed = BTreeSet::new();
        if self.staged {
            changed.extend(patch_from_staging(&mut transaction).await?);
        }
        // What an interrupted pull left there may be more than the member may see by now.
        clear_staging(&mut transaction).await?;
        for gone in &last.gone {
            rows::erase_base(&mut transaction, gone.kind, gone.id).await?;
            changed.insert(gone.kind);
        }
        for (position, row) in &last.rows {
            rows::put_base(&mut transaction, *position, row).await?;
            changed.insert(row.kind());
        }
        if start.resync {
            changed.extend(Kind::ALL.iter().copied());
        }
        meta.known = known;
        meta.scope = last.scope;
        meta.pulled_at = Some(last.ledger_now);
        meta.resync = false;
        // The ledger has just said that it knows what it answered.
        meta.acknowledged = meta.acknowledged.filter(|at| at.cursor > last.upto);
        meta::put(&mut transaction, &meta).await?;
        if !still {
            outbox::forget(&mut transaction, self.now).await?;
            changed.extend(overlay::rebuild(&mut transaction, self.now).await?);
        }
        transaction.commit().await?;
        Ok(Fetched::All {
            rows: self.rows,
            changed,
        })
    }
}

async fn patch_from_staging(connection: &mut SqliteConnection) -> Result<BTreeSet<Kind>, Error> {
    let mut kinds = BTreeSet::new();
    for kind in Kind::ALL.iter().copied() {
        let done = sqlx::query(rows::over(
            kind,
            "insert into {kind}_base (id, position, body)
             select id, position, body from staging where kind = ?1 and body <> ?2
             on conflict (id) do update set position = excluded.position, body = excluded.body",
        ))
        .bind(kind.table())
        .bind(GONE)
        .execute(&mut *connection)
        .await?;
        let erased = sqlx::query(rows::over(
            kind,
            "delete from {kind}_base
             where id in (select id from staging where kind = ?1 and body = ?2)",
        ))
        .bind(kind.table())
        .bind(GONE)
        .execute(&mut *connection)
        .await?;
        if done.rows_affected() + erased.rows_affected() > 0 {
            kinds.insert(kind);
        }
    }
    Ok(kinds)
}

/// Keeps a row aside, over what was kept of it before.
async fn put_staging(
    connection: &mut SqliteConnection,
    at: After,
    body: &str,
) -> Result<(), Error> {
    let (kind, id) = (at.kind.table(), at.id.to_string());
    sqlx::query!(
        "insert into staging (kind, id, position, body) values (?1, ?2, ?3, ?4)
                 on conflict (kind, id) do update
                 set position = excluded.position, body = excluded.body",
        kind,
        id,
        at.position,
        body
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets pages that were kept aside.
pub async fn clear_staging(connection: &mut SqliteConnection) -> Result<(), Error> {
    sqlx::query!("delete from staging")
        .execute(connection)
        .await?;
    Ok(())
}
