//! Where a decision becomes final: one transaction, one position, one order for all.
//!
//! A ledger keeps the rows of one clinic in an encrypted SQLite file. Every change is an intent: from a device by
//! push, from the courier beside it by [`Ledger::record`]. Each is decided in a savepoint by the same `decide` that the
//! device used; its rows, its verdict and its notices are stored together or not at all.
//!
//! Deliberately absent: the clock (a [`Now`] is given), the network, mail, and any way to change a row without an intent.
//!
//! **Invariants.** Positions have no gaps. An intent has one verdict for ever. No therapist and no room is held twice:
//! `decide` sees to it, and a trigger in the file speaks last.
#![forbid(unsafe_code)]

mod constraint;
mod courier;
mod error;
mod execute;
mod history;
mod lookup;
mod pull;
mod push;
mod rows;

pub use courier::Candidate;
pub use error::Error;
pub use safetalk_vault::Key;
pub use safetalk_wire::Now;

use async_trait::async_trait;
use safetalk_domain::{Entity, Position};
use safetalk_vault::{Role, Vault};
use safetalk_wire::{
    Head, PullAnswer, PullRequest, PushAnswer, PushRequest, Upstream, UpstreamError,
};
use sqlx::migrate::Migrator;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;

/// The schema, embedded.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/ledger-sqlite");

/// The ledger of one clinic. Cloning it is cheap and gives the same one.
#[derive(Clone)]
pub struct Ledger {
    vault: Vault,
    time: Arc<dyn Now>,
    poke: watch::Sender<Position>,
}

impl Ledger {
    /// Makes a new, empty ledger at `path`.
    ///
    /// # Errors
    /// [`Error::Open`] when a file is there already, or cannot be made.
    pub async fn create(path: &Path, key: &Key, time: Arc<dyn Now>) -> Result<Self, Error> {
        Self::over(
            Vault::create(path, key, &MIGRATIONS, Role::Ledger).await?,
            time,
        )
        .await
    }

    /// Opens the ledger at `path`.
    ///
    /// # Errors
    /// [`Error::Open`] says what a person can do about it.
    pub async fn open(path: &Path, key: &Key, time: Arc<dyn Now>) -> Result<Self, Error> {
        Self::over(
            Vault::open(path, key, &MIGRATIONS, Role::Ledger).await?,
            time,
        )
        .await
    }

    async fn over(vault: Vault, time: Arc<dyn Now>) -> Result<Self, Error> {
        let mut transaction = vault.begin().await?;
        let head = history::begin(&mut transaction).await?;
        transaction.commit().await?;
        Ok(Self {
            vault,
            time,
            poke: watch::Sender::new(head.position),
        })
    }

    /// The file, for backups and checks.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Where the history stands.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn head(&self) -> Result<Head, Error> {
        history::head(&mut *self.vault.readers().acquire().await?).await
    }

    /// Begins a new history after a restore, so that every device sends what the restored file does not know.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_epoch(&self) -> Result<Head, Error> {
        let mut transaction = self.vault.begin().await?;
        let mut head = history::head(&mut transaction).await?;
        head.epoch = Uuid::new_v4();
        history::put_head(&mut transaction, &head).await?;
        transaction.commit().await?;
        Ok(head)
    }

    /// The last position; changes after every commit that gave a new one.
    pub fn subscribe(&self) -> watch::Receiver<Position> {
        self.poke.subscribe()
    }

    /// One row, as it stands.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn row<E: Entity>(&self, id: E::Id) -> Result<Option<E>, Error> {
        let mut connection = self.vault.readers().acquire().await?;
        rows::get(&mut connection, id.into()).await
    }

    /// Every row of a kind, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn all<E: Entity>(&self) -> Result<Vec<E>, Error> {
        let mut connection = self.vault.readers().acquire().await?;
        rows::all(&mut connection).await
    }

    /// A local setting of this ledger; never a secret.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let found = sqlx::query_scalar!("select value from setting where name = ?1", name)
            .fetch_optional(self.vault.readers())
            .await?;
        Ok(found)
    }

    /// Keeps a local setting; never a secret.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        let mut transaction = self.vault.begin().await?;
        sqlx::query!(
            "insert into setting (name, value) values (?1, ?2)
             on conflict (name) do update set value = excluded.value",
            name,
            value
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Closes the file cleanly.
    pub async fn close(&self) {
        self.vault.close().await;
    }
}

#[async_trait]
impl Upstream for Ledger {
    async fn push(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        Ok(push::push(self, request).await?)
    }

    async fn pull(&self, request: PullRequest) -> Result<PullAnswer, UpstreamError> {
        pull::pull(self, &request).await
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger")
            .field("vault", &self.vault)
            .finish_non_exhaustive()
    }
}
