//! How every connection to an encrypted file is set up, and what is asked of it.

use super::{Depth, ending};
use crate::error::OpenError;
use crate::key::Key;
// Turns sqlx's SQLite into SQLCipher: cargo builds one libsqlite3-sys with the features of both.
use libsqlite3_sys as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// SQLCipher's page size, the least a database file can have.
pub(super) const PAGE: u64 = 4096;

/// The name of a file that belongs to the database: `-wal`, `-shm`, `-journal`, `.lock`, `.new`.
pub(super) fn sidecar(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Options common to all connections. They hold the key: never print them.
pub(super) fn options(path: &Path, key: &Key) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        // sqlx sends it before anything else, and logs every statement it sends unless told not to.
        .pragma("key", key.pragma().to_string())
        .disable_statement_logging()
        .create_if_missing(false)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        // Sorting must not spill clients' names into a temporary file.
        .pragma("temp_store", "memory")
        // 8 MiB per connection, in place of 2: decrypting a page again costs more than keeping it.
        .pragma("cache_size", "-8192")
        .pragma("cell_size_check", "on")
}

/// The one connection that writes.
pub(super) async fn writer(options: &SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let options = options
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        // A log that grew during one large transaction is cut back at the next checkpoint.
        .pragma("journal_size_limit", "67108864")
        // SQLite would move the log into the database inside whichever commit fills 1,000 pages of it, and that person would
        // wait for it (measured: 30 to 100 ms). `Vault::tidy` does it between times; this is for when nobody calls it.
        .pragma("wal_autocheckpoint", "4000");
    steady(1)
        // A full disk makes SQLite roll back by itself; sqlx then believes for ever that a transaction is open and
        // refuses the next one. Such a connection is replaced. (The ping before this hook has let queued rollbacks run.)
        .before_acquire(|connection, _| {
            let usable = !connection.is_in_transaction();
            Box::pin(async move { Ok(usable) })
        })
        .connect_with(options)
        .await
}

/// Connections that cannot write; opened as they are needed.
pub(super) fn readers(options: &SqliteConnectOptions, count: u32) -> SqlitePool {
    steady(count).connect_lazy_with(options.clone().pragma("query_only", "on"))
}

/// Connections cost threads and page caches, not sockets: they are kept once opened.
fn steady(count: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(count)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(|connection, _| Box::pin(ending::count(connection)))
}

/// A connection outside the pools, for one errand.
pub(super) async fn single(
    options: &SqliteConnectOptions,
) -> Result<SqliteConnection, sqlx::Error> {
    let mut connection = options.connect().await?;
    ending::count(&mut connection).await?;
    Ok(connection)
}

/// Makes sure, before any file is touched, that this build encrypts.
pub(super) async fn require_cipher() -> Result<(), OpenError> {
    let options = SqliteConnectOptions::new()
        .in_memory(true)
        .disable_statement_logging();
    let mut memory = single(&options).await?;
    let version: Option<String> = sqlx::query_scalar("pragma cipher_version")
        .fetch_optional(&mut memory)
        .await?;
    memory.close().await?;
    match version {
        Some(version) if !version.is_empty() => Ok(()),
        _ => Err(OpenError::NoCipher),
    }
}

/// The newest applied migration; 0 when there is none.
pub(super) async fn schema_version(
    connection: &mut SqliteConnection,
    table: &str,
) -> Result<i64, sqlx::Error> {
    let there: i64 =
        sqlx::query_scalar("select count(*) from sqlite_master where type = 'table' and name = ?1")
            .bind(table)
            .fetch_one(&mut *connection)
            .await?;
    if there == 0 {
        return Ok(0);
    }
    // The name is the caller's constant; sqlx itself writes it into its statements.
    let newest = AssertSqlSafe(format!("select coalesce(max(version), 0) from {table}"));
    sqlx::query_scalar(newest).fetch_one(connection).await
}

/// The problems SQLite and SQLCipher find in a database, at most about ten.
pub(super) async fn problems_of_file(
    options: SqliteConnectOptions,
    depth: Depth,
) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = single(&options).await?;
    let problems = problems_of(&mut connection, depth).await;
    connection.close().await?;
    problems
}

async fn problems_of(
    connection: &mut SqliteConnection,
    depth: Depth,
) -> Result<Vec<String>, sqlx::Error> {
    let checks: &[&'static str] = match depth {
        Depth::Quick => &["pragma quick_check(10)"],
        Depth::Full => &[
            "pragma cipher_integrity_check",
            "pragma integrity_check(10)",
            "pragma foreign_key_check",
        ],
    };
    let mut problems = Vec::new();
    for check in checks {
        for row in sqlx::query(*check).fetch_all(&mut *connection).await? {
            match row.try_get::<String, _>(0)? {
                sound if sound == "ok" => {}
                table if check.ends_with("foreign_key_check") => {
                    problems.push(format!("a row of {table} refers to nothing"));
                }
                problem => problems.push(problem),
            }
        }
        // The first check reads pages raw; the ones after it give up at a broken page and say nothing more.
        if !problems.is_empty() {
            problems.truncate(10);
            break;
        }
    }
    Ok(problems)
}
