//! One clinic's ledger in an encrypted SQLite file.
//!
//! The file's one writer is the clinic's lock. A row is its JSON; the columns that queries filter on are generated from
//! it (`docs/decisions/0002`).

mod read;
mod write;

use crate::store::{Store, Tx, View};
use crate::{Error, kept};
use async_trait::async_trait;
use safetalk_domain::Kind;
use safetalk_vault::{Key, Role, Vault};
use safetalk_wire::{Head, NO_MARK};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::path::Path;
use uuid::Uuid;

/// The schema, embedded.
static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/ledger-sqlite");

/// The file.
pub struct File(Vault);

/// A transaction over it, of the writer or of a reader.
struct Open(safetalk_vault::Transaction);

impl File {
    /// Makes a new, empty ledger at `path`.
    pub async fn create(path: &Path, key: &Key) -> Result<Self, Error> {
        Self::over(Vault::create(path, key, &MIGRATIONS, Role::Ledger).await?).await
    }

    /// Opens the ledger at `path`.
    pub async fn open(path: &Path, key: &Key) -> Result<Self, Error> {
        Self::over(Vault::open(path, key, &MIGRATIONS, Role::Ledger).await?).await
    }

    /// The first head of a new file is written by whoever opens it.
    async fn over(vault: Vault) -> Result<Self, Error> {
        let mut transaction = vault.begin().await?;
        let epoch = Uuid::new_v4().to_string();
        let mark = NO_MARK.to_string();
        sqlx::query!(
            "insert into clinic_head (one, epoch, position, mark) values (1, ?1, 0, ?2)
             on conflict (one) do nothing",
            epoch,
            mark
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Self(vault))
    }

    /// The file itself, for backups and checks.
    pub fn vault(&self) -> &Vault {
        &self.0
    }
}

#[async_trait]
impl Store for File {
    async fn begin(&self) -> Result<(Head, Box<dyn Tx>), Error> {
        let mut transaction = self.0.begin().await?;
        let head = head(&mut transaction).await?;
        Ok((head, Box::new(Open(transaction))))
    }

    async fn snapshot(&self) -> Result<(Head, Box<dyn View>), Error> {
        let mut transaction = self.0.readers().begin().await?;
        let head = head(&mut transaction).await?;
        Ok((head, Box::new(Open(transaction))))
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

/// Where the history stands.
async fn head(connection: &mut SqliteConnection) -> Result<Head, Error> {
    let row = sqlx::query!("select epoch, position, mark from clinic_head where one = 1")
        .fetch_one(connection)
        .await?;
    Ok(Head {
        epoch: kept::uuid(&row.epoch)?,
        position: row.position,
        mark: kept::uuid(&row.mark)?,
    })
}

/// A statement over the table of a kind. Table names are words of the domain, never input.
fn over(kind: Kind, statement: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(statement.replace("{table}", kind.table()))
}

/// Ids as one value that a statement takes apart.
fn ids(ids: &[Uuid]) -> Result<String, Error> {
    serde_json::to_string(ids).map_err(|_| Error::Body { what: "id" })
}
