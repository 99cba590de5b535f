//! The ledgers of many clinics in one PostgreSQL.
//!
//! A keeper behind the ledger's border ([`safetalk_ledger::Store`]): it answers the same few questions as the encrypted file
//! does, and one suite of tests runs over both. The desktop does not link it.
//!
//! Deliberately absent: any rule of the protocol or the clinic, `notify` inside a transaction, and a role that bypasses
//! row security: a [`Database`] refuses to be opened by one.
//!
//! **Invariants.** Every transaction names its clinic before anything else and sees no other's rows. A writer locks the
//! clinic's row of `clinic_head` first. A statement that fails ends its transaction, unless the schema's own constraints
//! spoke inside a savepoint. What a row says never leaves the process unsealed.
#![forbid(unsafe_code)]

mod error;
mod keeper;
mod read;
mod seal;
mod sent;
mod write;

pub use error::Error;
pub use seal::Seal;
pub use sent::{ClinicsSent, Sent, migrate_sent};

use keeper::Keeper;
use safetalk_domain::{ClinicId, Position};
use safetalk_ledger::{Key, Ledger, Now};
use safetalk_wire::NO_MARK;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _, PgPool};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The schema, embedded.
static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/ledger-postgres");

/// What a head's proof is bound to.
const PROOF: &str = "clinic_head";

/// How long a caller waits for a free connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long whoever asks whether it is there waits for an answer.
const GLANCE: Duration = Duration::from_secs(3);

/// Belt and braces: whatever hangs gives the clinic's lock back by itself.
const BRACES: [(&str, &str); 2] = [
    ("statement_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "60s"),
];

/// Brings the schema up to date, as the role that owns it. `url` is a `postgres://` address; it may hold a password and
/// is never logged.
///
/// # Errors
/// [`Error::Database`] when the database is out of reach; [`Error::Migration`], which leaves what earlier ones did.
pub async fn migrate(url: &str) -> Result<(), Error> {
    let mut connection = options(url)?.connect().await?;
    MIGRATIONS.run(&mut connection).await?;
    // Servers look at it before they serve.
    sqlx::query("grant select on _sqlx_migrations to safetalk_app")
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// A database with the ledgers of many clinics. Cloning it is cheap and gives the same connections.
#[derive(Clone)]
pub struct Database {
    pool: PgPool,
}

impl Database {
    /// Opens it for serving, with at most `connections` connections. `url` is a `postgres://` address; it may hold a
    /// password and is never logged.
    ///
    /// # Errors
    /// [`Error::Database`] when it is out of reach, [`Error::Bypasses`] when row security would not hold for this role,
    /// [`Error::Schema`] when its schema is older than this program.
    pub async fn connect(url: &str, connections: u32) -> Result<Self, Error> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            .connect_with(options(url)?.options(BRACES))
            .await?;
        let bypasses: bool = sqlx::query_scalar(
            "select rolsuper or rolbypassrls from pg_roles where rolname = current_user",
        )
        .fetch_one(&pool)
        .await?;
        if bypasses {
            return Err(Error::Bypasses);
        }
        let found = newest(&pool).await?;
        let needed = MIGRATIONS.iter().map(|one| one.version).max();
        if found < needed {
            return Err(Error::Schema {
                found: found.unwrap_or(0),
                needed: needed.unwrap_or(0),
            });
        }
        Ok(Self { pool })
    }

    /// Makes room for a clinic's ledger under its key, with nothing in it. `false` when it is there already.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn create(&self, clinic: ClinicId, key: &Key) -> Result<bool, Error> {
        let pool = self.pool.clone();
        let proof = Seal::under(key).close(PROOF, Uuid::nil(), b"");
        // In its own task, as everything that begins a transaction is: sqlx's `begin` must not be dropped.
        let made = tokio::spawn(async move {
            let mut transaction = keeper::begin(&pool, clinic).await?;
            let made = sqlx::query!(
                "insert into clinic_head (clinic_id, epoch, position, mark, proof) values ($1, $2, 0, $3, $4)
                 on conflict (clinic_id) do nothing",
                clinic.uuid(),
                Uuid::new_v4(),
                NO_MARK,
                proof
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok::<bool, Error>(made.rows_affected() == 1)
        });
        made.await.map_err(|_| safetalk_ledger::Error::Ending)?
    }

    /// The ledger of a clinic that was [created](Self::create) under this key. A process asks once for each clinic and
    /// clones the answer: only then is everyone poked who listens, and writers of one clinic wait for each other without
    /// holding connections that other clinics need.
    ///
    /// # Errors
    /// [`Error::NoClinic`] when there is none under this id; [`Error::Key`] when it is another's key;
    /// [`Error::Ledger`].
    pub async fn ledger(
        &self,
        clinic: ClinicId,
        key: &Key,
        time: Arc<dyn Now>,
    ) -> Result<Ledger, Error> {
        let pool = self.pool.clone();
        let seal = Seal::under(key);
        let looked = tokio::spawn(async move {
            let mut transaction = keeper::begin(&pool, clinic).await?;
            let proof = sqlx::query_scalar!(
                "select proof from clinic_head where clinic_id = $1",
                clinic.uuid()
            )
            .fetch_optional(&mut *transaction)
            .await?;
            transaction.rollback().await?;
            let proof = proof.ok_or(Error::NoClinic)?;
            seal.open(PROOF, Uuid::nil(), &proof)
                .map_err(|_| Error::Key)?;
            Ok::<Seal, Error>(seal)
        });
        let seal = looked.await.map_err(|_| safetalk_ledger::Error::Ending)??;
        let keeper = Keeper::new(self.pool.clone(), clinic, seal);
        Ok(Ledger::over(Arc::new(keeper), time).await?)
    }

    /// Every clinic whose history has begun, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn clinics(&self) -> Result<Vec<ClinicId>, Error> {
        let pool = self.pool.clone();
        let found = tokio::spawn(async move {
            // Nobody's transaction: it sees every head, and nothing else.
            let mut transaction = keeper::begin(&pool, ClinicId(Uuid::nil())).await?;
            let found = sqlx::query_scalar!(
                "select clinic_id from clinic_head where position > 0 order by clinic_id"
            )
            .fetch_all(&mut *transaction)
            .await?;
            transaction.rollback().await?;
            Ok::<Vec<Uuid>, Error>(found)
        });
        let found = found.await.map_err(|_| safetalk_ledger::Error::Ending)??;
        Ok(found.into_iter().map(ClinicId).collect())
    }

    /// Every clinic whose history has begun, and how far it is: where that moved, some process has written.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn positions(&self) -> Result<Vec<(ClinicId, Position)>, Error> {
        let pool = self.pool.clone();
        let found = tokio::spawn(async move {
            // Nobody's transaction, as above.
            let mut transaction = keeper::begin(&pool, ClinicId(Uuid::nil())).await?;
            let found =
                sqlx::query!("select clinic_id, position from clinic_head where position > 0")
                    .fetch_all(&mut *transaction)
                    .await?;
            transaction.rollback().await?;
            let heads = found.into_iter();
            let heads = heads.map(|head| (ClinicId(head.clinic_id), head.position));
            Ok::<Vec<(ClinicId, Position)>, Error>(heads.collect())
        });
        found.await.map_err(|_| safetalk_ledger::Error::Ending)?
    }

    /// Whether it answers, within seconds.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn look(&self) -> Result<(), Error> {
        let look = sqlx::query("select 1").execute(&self.pool);
        let looked = tokio::time::timeout(GLANCE, look).await;
        looked.map_err(|_| sqlx::Error::PoolTimedOut)??;
        Ok(())
    }

    /// Waits for what is under way and closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl std::fmt::Debug for Database {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("connections", &self.pool.size())
            .finish_non_exhaustive()
    }
}

/// The newest migration in the database; none in one that was never migrated, where not even their table is.
async fn newest(pool: &PgPool) -> Result<Option<i64>, sqlx::Error> {
    let migrated: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(pool)
        .await?;
    if !migrated {
        return Ok(None);
    }
    sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
        .fetch_one(pool)
        .await
}

/// How connections are made. Statements are not logged: with them go times and ids of people's sessions. Over a network
/// they are encrypted, to a server that proves its name, or not made at all, whatever the address asks for.
fn options(url: &str) -> Result<PgConnectOptions, Error> {
    let mut options = PgConnectOptions::from_str(url).map_err(|_| Error::Address)?;
    let here = options.get_socket().is_some()
        || matches!(options.get_host(), "localhost" | "127.0.0.1" | "::1");
    if !here {
        options = options.ssl_mode(PgSslMode::VerifyFull);
    }
    Ok(options
        .application_name("safetalk")
        .disable_statement_logging())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_a_network_the_server_proves_its_name_or_no_connection_is_made() {
        let mode = |url: &str| options(url).map(|options| options.get_ssl_mode());
        for url in [
            "postgres://s@db.example.org/ledgers",
            "postgres://s@db.example.org/ledgers?sslmode=disable",
            "postgres://s@db.example.org/ledgers?sslmode=require",
        ] {
            assert!(
                matches!(mode(url), Ok(PgSslMode::VerifyFull)),
                "{url} goes over a network"
            );
        }
        for url in [
            "postgres://s@localhost/l?host=%2Frun%2Fpostgresql&sslmode=disable",
            "postgres://s@127.0.0.1/l?sslmode=disable",
        ] {
            assert!(
                matches!(mode(url), Ok(PgSslMode::Disable)),
                "{url} stays on this computer"
            );
        }
    }
}
