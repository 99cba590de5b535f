//! Opening and making a database, and telling apart the ways in which that fails.

use super::connect::{self, PAGE, sidecar};
use super::lock::Lock;
use super::{Role, Vault};
use crate::error::{Ailment, OpenError, diagnose_io, ends_early};
use crate::files::{create_private, folder_of, remove_if_there, sync_file, sync_folder};
use crate::key::Key;
use crate::recovery_file::RecoveryFile;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, SqlitePool};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// How every unencrypted SQLite file begins. An encrypted one begins with 16 random bytes.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";

impl Role {
    /// Written into the file as SQLite's application id.
    fn application_id(self) -> i32 {
        i32::from_be_bytes(match self {
            Self::Ledger => *b"STLG",
            Self::Replica => *b"STRP",
            Self::Accounts => *b"STAC",
        })
    }

    /// Screens read the replica, several queries at once, and every request reads the accounts; the ledger is read by
    /// push and pull only.
    fn readers(self) -> u32 {
        match self {
            Self::Ledger => 2,
            Self::Replica | Self::Accounts => 4,
        }
    }
}

pub(super) async fn open(
    path: &Path,
    key: &Key,
    migrator: &Migrator,
    role: Role,
) -> Result<Vault, OpenError> {
    let path = std::path::absolute(path)?;
    if !path.try_exists()? {
        return Err(OpenError::NotThere);
    }
    let lock = Lock::take(&sidecar(&path, ".lock"))?;
    open_locked(&path, key, migrator, role, lock).await
}

pub(super) async fn create(
    path: &Path,
    key: &Key,
    migrator: &Migrator,
    role: Role,
) -> Result<Vault, OpenError> {
    let path = std::path::absolute(path)?;
    let lock = Lock::take(&sidecar(&path, ".lock"))?;
    for remainder in ["", "-wal", "-shm", "-journal"] {
        if sidecar(&path, remainder).try_exists()? {
            return Err(OpenError::AlreadyThere);
        }
    }
    connect::require_cipher().await?;

    // Under the lock nobody else makes it, so what an earlier, killed attempt left may go.
    let draft = sidecar(&path, ".new");
    for remainder in ["", "-wal", "-shm", "-journal"] {
        remove_if_there(&sidecar(&draft, remainder))?;
    }
    create_private(&draft)?;
    let made = fill(&draft, key, migrator, role).await;
    if let Err(error) = made {
        // Best effort: the next attempt removes it, and the first error is the one to tell of.
        let _ = fs::remove_file(&draft);
        return Err(error);
    }
    sync_file(&draft)?;
    fs::rename(&draft, &path)?;
    sync_folder(folder_of(&path))?;
    open_locked(&path, key, migrator, role, lock).await
}

async fn fill(draft: &Path, key: &Key, migrator: &Migrator, role: Role) -> Result<(), OpenError> {
    let mut connection = connect::single(&connect::options(draft, key)).await?;
    let id = AssertSqlSafe(format!("pragma application_id = {}", role.application_id()));
    sqlx::query(id).execute(&mut connection).await?;
    migrate(migrator, &mut connection).await?;
    connection.close().await?;
    Ok(())
}

async fn open_locked(
    path: &Path,
    key: &Key,
    migrator: &Migrator,
    role: Role,
    lock: Lock,
) -> Result<Vault, OpenError> {
    refuse_what_is_no_vault(path)?;
    connect::require_cipher().await?;
    let recovered = fs::metadata(sidecar(path, "-wal")).is_ok_and(|log| log.len() > 0);
    let options = connect::options(path, key);
    let writer = connect::writer(&options)
        .await
        .map_err(|error| match ends_early(&error) {
            // The seal of the first page holds, so its page count is true and the file is shorter.
            true => OpenError::Truncated,
            false => tell_apart(error.into(), path, key),
        })?;
    match prepare(&writer, migrator, role).await {
        Ok(schema_version) => Ok(Vault {
            path: path.to_owned(),
            schema_version,
            recovered,
            readers: connect::readers(&options, role.readers()),
            options,
            writer,
            begun: Arc::default(),
            _lock: Arc::new(lock),
        }),
        Err(error) => {
            writer.close().await;
            Err(tell_apart(error, path, key))
        }
    }
}

/// Checks that an opened file is ours, writable and not from the future, and migrates it.
async fn prepare(writer: &SqlitePool, migrator: &Migrator, role: Role) -> Result<i64, OpenError> {
    let mut connection = writer.acquire().await?;
    let id: i32 = sqlx::query_scalar("pragma application_id")
        .fetch_one(&mut *connection)
        .await?;
    if id != role.application_id() {
        return Err(OpenError::Foreign);
    }
    let known = migrator
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    let found = connect::schema_version(&mut connection, &migrator.table_name).await?;
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    // SQLite opens a file it may not write without a word; the first write tells.
    sqlx::Connection::begin_with(&mut *connection, "begin immediate")
        .await?
        .rollback()
        .await?;
    migrate(migrator, &mut connection).await?;
    Ok(known)
}

/// `Migrator::run` on a connection makes a future that the compiler cannot prove `Send` ("implementation of `Acquire` is not
/// general enough", rust-lang/rust #100013), nor then any caller's, and no runtime takes those. What it calls inside can be.
async fn migrate(
    migrator: &Migrator,
    connection: &mut SqliteConnection,
) -> Result<(), MigrateError> {
    migrator.run_direct(None, connection, false).await
}

/// SQLite would take an empty file for a new database and a plain one for ours; neither is ever opened.
fn refuse_what_is_no_vault(path: &Path) -> Result<(), OpenError> {
    let mut header = Vec::new();
    let mut file = File::open(path)?;
    Read::by_ref(&mut file).take(16).read_to_end(&mut header)?;
    if header == PLAIN_HEADER {
        Err(OpenError::NotEncrypted)
    } else if file.metadata()?.len() < PAGE {
        Err(OpenError::Truncated)
    } else {
        Ok(())
    }
}

/// SQLCipher says one thing for a wrong key and for damage. The file's length and the recovery file beside it say more.
fn tell_apart(error: OpenError, path: &Path, key: &Key) -> OpenError {
    if !matches!(error, OpenError::Damaged) {
        return error;
    }
    match fs::metadata(path) {
        // Only after SQLite has refused it: a write that a crash cut in the middle of a page is mended from the log.
        Ok(file) if !file.len().is_multiple_of(PAGE) => return OpenError::Truncated,
        Ok(_) => {}
        Err(error) if diagnose_io(&error) == Ailment::ReadOnly => return OpenError::ReadOnly,
        Err(error) => return OpenError::Io(error),
    }
    match RecoveryFile::read(folder_of(path)) {
        Ok(file) if file.fits(key) => OpenError::Damaged,
        Ok(_) => OpenError::WrongKey,
        Err(_) => OpenError::WrongKeyOrDamaged,
    }
}
