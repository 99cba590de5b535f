//! One open encrypted database: a writer, readers, and the promise that no other process has it.

mod connect;
mod ending;
mod lock;
mod open;

use crate::error::{Ailment, OpenError, diagnose};
use crate::files::folder_of;
use crate::key::Key;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqlitePool};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A write transaction: every one begins with `begin immediate`, so it never fails half-way for want of the lock.
pub type Transaction = sqlx::Transaction<'static, sqlx::Sqlite>;

/// What a file is for. It is written into the file, so that one is never opened as the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Where decisions become final.
    Ledger,
    /// What one member may see of it, and the outbox.
    Replica,
    /// Who may sign in to a server.
    Accounts,
}

/// After so many write transactions [`Vault::tidy`] finds it worth its two flushes of the disk.
const TIDY_AFTER: u32 = 16;

/// How deep [`Vault::check`] looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The structure of every table. Reads the whole file once.
    Quick,
    /// Also the seal of every page, every index against its table, every foreign key.
    Full,
}

/// An open encrypted database. Cloning it is cheap and gives the same one.
///
/// At most one process has it open: a file `<name>.lock` beside it is held as long as a clone lives.
#[derive(Clone)]
pub struct Vault {
    path: PathBuf,
    schema_version: i64,
    recovered: bool,
    options: SqliteConnectOptions,
    writer: SqlitePool,
    readers: SqlitePool,
    /// Write transactions begun since the log was last moved into the database.
    begun: Arc<AtomicU32>,
    /// Held for its `Drop`.
    _lock: Arc<lock::Lock>,
}

impl Vault {
    /// Opens an existing database and brings its schema up to date.
    ///
    /// # Errors
    /// See [`OpenError`]; the file is unchanged after any of them, except that migrations before a failed one stay.
    pub async fn open(
        path: &Path,
        key: &Key,
        migrator: &Migrator,
        role: Role,
    ) -> Result<Self, OpenError> {
        open::open(path, key, migrator, role).await
    }

    /// Makes a new database; the only way to make one. It appears under its name when it is complete.
    ///
    /// # Errors
    /// [`OpenError::AlreadyThere`] when the database or a remainder of one (`-wal`, `-journal`) exists: a remainder may
    /// hold the only copy of what a person did. Else as [`open`](Self::open).
    pub async fn create(
        path: &Path,
        key: &Key,
        migrator: &Migrator,
        role: Role,
    ) -> Result<Self, OpenError> {
        open::create(path, key, migrator, role).await
    }

    /// Begins a write transaction, waiting for the one before it to end. There is one writer: a task that holds a
    /// transaction and begins another waits for itself, until the pool gives up after 30 s.
    ///
    /// Dropping the transaction (also when its future is cancelled, at whatever point) rolls it back before the next
    /// one begins; a commit that was already under way is then whole or absent, and the caller finds out by the
    /// intent's id. After an error that is not one of the schema's own constraints the transaction must be dropped:
    /// a full disk makes SQLite roll back by itself, and later statements would stand alone.
    ///
    /// # Errors
    /// What sqlx says; [`diagnose`] tells what ails.
    pub async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.writer.begin_with("begin immediate").await
    }

    /// Moves what the log holds into the database, once enough has come together. To be called between times, when nobody
    /// waits: neither readers nor the writer wait for it, and what a reader still looks at stays for the next call.
    ///
    /// # Errors
    /// What sqlx says. Nothing is lost by it: the log goes on growing, and the next call or a later commit moves it.
    pub async fn tidy(&self) -> Result<(), sqlx::Error> {
        if self.begun.load(Ordering::Relaxed) < TIDY_AFTER {
            return Ok(());
        }
        self.begun.store(0, Ordering::Relaxed);
        sqlx::query("pragma wal_checkpoint(passive)")
            .execute(&self.readers)
            .await?;
        Ok(())
    }

    /// Connections that see the last commit and cannot write.
    #[must_use]
    pub fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// The newest migration in the file.
    #[must_use]
    pub fn schema_version(&self) -> i64 {
        self.schema_version
    }

    /// Whether the process before this one did not close the file: it was killed, or the machine went down. Everything
    /// committed is there; a [`check`](Self::check) at leisure is advised.
    #[must_use]
    pub fn recovered(&self) -> bool {
        self.recovered
    }

    /// Looks for damage. The list is empty when the file is sound; its lines name tables and pages, never contents.
    ///
    /// # Errors
    /// What sqlx says, other than damage.
    pub async fn check(&self, depth: Depth) -> Result<Vec<String>, sqlx::Error> {
        // Its own connection: a broken page makes the one that met it useless.
        let options = self.options.clone().pragma("query_only", "on");
        let found = connect::problems_of_file(options, depth).await;
        match found {
            Err(error) if diagnose(&error) == Ailment::Damaged => Ok(vec![
                "the file is too damaged to be looked through".to_owned(),
            ]),
            found => found,
        }
    }

    /// Closes the database cleanly: everything is moved into the one file. Dropping it without loses nothing either.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Writes a consistent copy, encrypted with the same key, while others go on reading and writing.
    pub(crate) async fn copy_to(&self, target: &Path) -> Result<(), sqlx::Error> {
        let mut connection = connect::single(&self.options).await?;
        let copied = sqlx::query("vacuum into ?1")
            .bind(target.to_string_lossy().into_owned())
            .execute(&mut connection)
            .await;
        connection.close().await?;
        copied.map(drop)
    }

    /// Opens a copy of this database with this database's key and looks for damage.
    pub(crate) async fn problems_of_copy(&self, copy: &Path) -> Result<Vec<String>, sqlx::Error> {
        connect::problems_of_file(
            self.options.clone().filename(copy).read_only(true),
            Depth::Full,
        )
        .await
    }

    /// The folder of the clinic.
    pub(crate) fn folder(&self) -> &Path {
        folder_of(&self.path)
    }

    /// The file's name in its folder.
    pub(crate) fn file_name(&self) -> String {
        self.path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }
}

impl fmt::Debug for Vault {
    /// Without the connection options, which hold the key, and without the path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("schema_version", &self.schema_version)
            .field("recovered", &self.recovered)
            .finish_non_exhaustive()
    }
}

/// Whether a file under this key at this path is sound; for a restored file that nobody has opened yet.
pub(crate) async fn problems_of_file(path: &Path, key: &Key) -> Result<Vec<String>, sqlx::Error> {
    connect::problems_of_file(connect::options(path, key).read_only(true), Depth::Full).await
}
