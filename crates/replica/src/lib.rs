//! What one computer keeps of a clinic: rows as last pulled, what it wants, and what the screen shows.
//!
//! An action is decided here at once, by the same `decide` as at the ledger, and is *answered* when its outbox row is
//! committed. [`Replica::sync_once`] pushes the outbox and pulls what the ledger decided. Push and pull never touch a row
//! in place: they move the base, and the outbox is decided again on top. There is no undo code anywhere.
//!
//! Deliberately absent: the clock and the network. Times come in as arguments, the ledger as an [`Upstream`].
//!
//! **Invariant.** What the screen shows = the ledger's rows as last pulled, plus the outbox decided again on top, in order.
//!
//! [`Upstream`]: safetalk_wire::Upstream
#![forbid(unsafe_code)]

mod act;
mod error;
mod lookup;
mod meta;
mod outbox;
mod overlay;
mod pull;
mod reader;
mod rows;
mod sync;

pub use act::{Acted, Draft};
pub use error::{ActError, Error, SyncError};
pub use meta::Status;
pub use outbox::{Answer, Kept, Refused, Waiting};
pub use reader::{Attendance, InvoiceSums, Reader, Sum, Visits};
pub use safetalk_vault::Key;
pub use sync::Synced;

use safetalk_domain::{Clinic, Entity};
use safetalk_vault::{Role, Vault};
use sqlx::migrate::Migrator;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The schema, embedded.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/replica");

/// The replica of one member and clinic on this computer. Cloning it is cheap and gives the same one.
#[derive(Clone)]
pub struct Replica {
    vault: Vault,
    /// One batch in flight, in order.
    syncing: Arc<Mutex<()>>,
}

impl Replica {
    /// Makes a new, empty replica at `path`; its first pull fills it.
    ///
    /// # Errors
    /// [`Error::Open`] when a file is there already, or cannot be made.
    pub async fn create(path: &Path, key: &Key) -> Result<Self, Error> {
        Self::over(Vault::create(path, key, &MIGRATIONS, Role::Replica).await?).await
    }

    /// Opens the replica at `path`.
    ///
    /// # Errors
    /// [`Error::Open`] says what a person can do about it.
    pub async fn open(path: &Path, key: &Key) -> Result<Self, Error> {
        Self::over(Vault::open(path, key, &MIGRATIONS, Role::Replica).await?).await
    }

    async fn over(vault: Vault) -> Result<Self, Error> {
        let mut transaction = vault.begin().await?;
        meta::begin(&mut transaction).await?;
        transaction.commit().await?;
        Ok(Self {
            vault,
            syncing: Arc::new(Mutex::new(())),
        })
    }

    /// The file, for backups and checks.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// One snapshot of everything the screen shows. Several questions to one reader see the same moment.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read(&self) -> Result<Reader, Error> {
        Ok(Reader::new(self.vault.readers().begin().await?))
    }

    /// One row, as the screen shows it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn row<E: Entity>(&self, id: E::Id) -> Result<Option<E>, Error> {
        self.read().await?.get(id).await
    }

    /// The clinic, once it is set up or pulled.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn clinic(&self) -> Result<Option<Clinic>, Error> {
        self.read().await?.clinic().await
    }

    /// How far this computer is, and under which name.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn status(&self) -> Result<Status, Error> {
        let mut connection = self.vault.readers().acquire().await?;
        Ok(meta::get(&mut connection).await?.status())
    }

    /// Closes the file cleanly.
    pub async fn close(&self) {
        self.vault.close().await;
    }
}

impl std::fmt::Debug for Replica {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replica")
            .field("vault", &self.vault)
            .finish_non_exhaustive()
    }
}
