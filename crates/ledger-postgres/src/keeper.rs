//! One clinic's transactions.

use crate::seal::Seal;
use async_trait::async_trait;
use safetalk_domain::{ClinicId, Kind};
use safetalk_ledger::{Error, Lease, Store, Tx, View};
use safetalk_wire::Head;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

/// Keeps one clinic's ledger.
pub struct Keeper {
    pool: PgPool,
    clinic: ClinicId,
    seal: Arc<Seal>,
    /// Writers of this process wait here, and only the first of them holds a connection: thirty computers of one clinic
    /// cannot take every connection away from the others. What orders writers is the lock in the database.
    writer: Arc<Mutex<()>>,
}

/// A transaction of one clinic.
pub struct Open {
    pub transaction: Transaction<'static, Postgres>,
    pub clinic: Uuid,
    pub seal: Arc<Seal>,
    /// Held as long as a writer is at work.
    _writer: Option<OwnedMutexGuard<()>>,
}

impl Keeper {
    pub fn new(pool: PgPool, clinic: ClinicId, seal: Seal) -> Self {
        Self {
            pool,
            clinic,
            seal: Arc::new(seal),
            writer: Arc::default(),
        }
    }
}

#[async_trait]
impl Store for Keeper {
    async fn begin(&self) -> Result<(Head, Box<dyn Tx>), Error> {
        let writer = Arc::clone(&self.writer).lock_owned().await;
        let mut transaction = begin(&self.pool, self.clinic).await?;
        // The first statement: in read committed whatever comes after it sees every commit before it.
        let row = sqlx::query!(
            "select epoch, position, mark from clinic_head where clinic_id = $1 for update",
            self.clinic.uuid()
        )
        .fetch_one(&mut *transaction)
        .await?;
        let head = Head {
            epoch: row.epoch,
            position: row.position,
            mark: row.mark,
        };
        let open = Open {
            transaction,
            clinic: self.clinic.uuid(),
            seal: Arc::clone(&self.seal),
            _writer: Some(writer),
        };
        Ok((head, Box::new(open)))
    }

    async fn snapshot(&self) -> Result<(Head, Box<dyn View>), Error> {
        let mut transaction = start(
            &self.pool,
            "begin isolation level repeatable read read only",
            self.clinic,
        )
        .await?;
        let row = sqlx::query!(
            "select epoch, position, mark from clinic_head where clinic_id = $1",
            self.clinic.uuid()
        )
        .fetch_one(&mut *transaction)
        .await?;
        let head = Head {
            epoch: row.epoch,
            position: row.position,
            mark: row.mark,
        };
        let open = Open {
            transaction,
            clinic: self.clinic.uuid(),
            seal: Arc::clone(&self.seal),
            _writer: None,
        };
        Ok((head, Box::new(open)))
    }

    async fn lease(&self, holder: Uuid, seconds: u32) -> Result<Option<Lease>, Error> {
        let mut transaction = begin(&self.pool, self.clinic).await?;
        let fence = sqlx::query_scalar!(
            "insert into courier_lease as held (clinic_id, holder, fence, until)
             values ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
             on conflict (clinic_id) do update set holder = excluded.holder, until = excluded.until,
                 fence = case when held.holder = excluded.holder then held.fence else held.fence + 1 end
             where held.holder = excluded.holder or held.until < clock_timestamp()
             returning fence",
            self.clinic.uuid(),
            holder,
            f64::from(seconds)
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(fence.map(|fence| Lease { holder, fence }))
    }

    async fn release(&self, lease: Lease) -> Result<(), Error> {
        let mut transaction = begin(&self.pool, self.clinic).await?;
        sqlx::query!(
            "update courier_lease set until = '-infinity' where clinic_id = $1 and holder = $2 and fence = $3",
            self.clinic.uuid(),
            lease.holder,
            lease.fence
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Connections belong to the database; other clinics use them.
    async fn close(&self) {}
}

/// Begins to write rows of `clinic`.
pub async fn begin(
    pool: &PgPool,
    clinic: ClinicId,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    start(pool, "begin isolation level read committed", clinic).await
}

/// Begins, and says whose rows it is about, in one message. An id is hexadecimal digits and hyphens, so nothing but an id
/// can be said.
async fn start(
    pool: &PgPool,
    begin: &str,
    clinic: ClinicId,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let both = format!("{begin}; set local safetalk.clinic = '{clinic}'");
    pool.begin_with(AssertSqlSafe(both)).await
}

/// A statement over the table of a kind. Table names are words of the domain, never input.
pub fn over(kind: Kind, statement: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(statement.replace("{table}", kind.table()))
}
