//! The record of what was handed to mail servers, in a database of its own: the one that is never put back to yesterday.
//!
//! Its statements are not checked while compiling: the macros look at one database, and that is the ledgers'.

use crate::{BRACES, Error, PATIENCE, options};
use async_trait::async_trait;
use safetalk_courier::{NoticeRef, RecordError, Recorded, SentRecord};
use safetalk_domain::ClinicId;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPoolOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgPool};
use std::io::ErrorKind;
use uuid::Uuid;

/// The schema, embedded.
static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sent-postgres");

/// Connections at most: a record is one short statement.
const CONNECTIONS: u32 = 4;

/// Brings the schema up to date, as the role that owns it. Another database than the ledgers' is wanted.
///
/// # Errors
/// [`Error::Database`] when the database is out of reach; [`Error::Migration`], also when it is the ledgers' own.
pub async fn migrate_sent(url: &str) -> Result<(), Error> {
    let mut connection = options(url)?.connect().await?;
    MIGRATIONS.run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// The sent record of all clinics. Cloning it is cheap and gives the same connections.
#[derive(Clone)]
pub struct Sent {
    pool: PgPool,
}

impl Sent {
    /// Opens it. `url` is a `postgres://` address; it may hold a password and is never logged.
    ///
    /// # Errors
    /// [`Error::Database`] when it is out of reach, [`Error::Schema`] when it was not migrated.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options(url)?.options(BRACES))
            .await?;
        let there: bool = sqlx::query_scalar("select to_regclass('sent') is not null")
            .fetch_one(&pool)
            .await?;
        if !there {
            return Err(Error::Schema {
                found: 0,
                needed: 1,
            });
        }
        Ok(Self { pool })
    }

    /// Takes the record of a clinic over: whoever wrote about it before hands nothing over any more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin(&self, clinic: ClinicId) -> Result<ClinicsSent, Error> {
        let token: i64 = sqlx::query_scalar(
            "insert into sent_courier (clinic_id, token) values ($1, 1)
             on conflict (clinic_id) do update set token = sent_courier.token + 1 returning token",
        )
        .bind(clinic.uuid())
        .fetch_one(&self.pool)
        .await?;
        Ok(ClinicsSent {
            pool: self.pool.clone(),
            clinic: clinic.uuid(),
            token,
        })
    }

    /// Waits for what is under way and closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl std::fmt::Debug for Sent {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sent").finish_non_exhaustive()
    }
}

/// The sent record of one clinic, in the hands of one courier.
pub struct ClinicsSent {
    pool: PgPool,
    clinic: Uuid,
    token: i64,
}

impl ClinicsSent {
    /// Whether nobody has taken it over since.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn is_ours(&self) -> Result<bool, Error> {
        let token: i64 = sqlx::query_scalar("select token from sent_courier where clinic_id = $1")
            .bind(self.clinic)
            .fetch_one(&self.pool)
            .await?;
        Ok(token == self.token)
    }

    /// An attempt, and handing over: only by who has the record, and only after what may come before.
    async fn step(
        &self,
        notice: &NoticeRef,
        state: &str,
        after: &[&str],
    ) -> Result<(), RecordError> {
        let written = sqlx::query(
            "with mine as (select 1 from sent_courier where clinic_id = $1 and token = $2 for share)
             insert into sent (clinic_id, notice, round, state) select $1, $3, $4, $5 from mine
             on conflict (clinic_id, notice, round) do update set state = excluded.state
             where sent.state = any($6)",
        )
        .bind(self.clinic)
        .bind(self.token)
        .bind(&notice.id)
        .bind(i64::from(notice.round))
        .bind(state)
        .bind(after)
        .execute(&self.pool)
        .await
        .map_err(unwritten)?;
        if written.rows_affected() == 1 {
            Ok(())
        } else {
            Err(RecordError {
                kind: ErrorKind::PermissionDenied,
            })
        }
    }

    /// What came of handing over: true, whoever has the record now.
    async fn result(
        &self,
        notice: &NoticeRef,
        state: &str,
        at: Option<i64>,
        code: Option<i32>,
    ) -> Result<(), RecordError> {
        sqlx::query(
            "insert into sent (clinic_id, notice, round, state, at, code) values ($1, $2, $3, $4, $5, $6)
             on conflict (clinic_id, notice, round) do update set state = excluded.state, at = excluded.at,
                 code = excluded.code where sent.state <> 'sent'",
        )
        .bind(self.clinic)
        .bind(&notice.id)
        .bind(i64::from(notice.round))
        .bind(state)
        .bind(at)
        .bind(code)
        .execute(&self.pool)
        .await
        .map_err(unwritten)?;
        Ok(())
    }
}

/// The text of an error of the database is not carried on: it may quote a statement.
fn unwritten(_: sqlx::Error) -> RecordError {
    RecordError {
        kind: ErrorKind::Other,
    }
}

#[async_trait]
impl SentRecord for ClinicsSent {
    async fn look(&self, notice: &NoticeRef) -> Result<Recorded, RecordError> {
        let found: Option<(String, Option<i64>, Option<i32>)> = sqlx::query_as(
            "select state, at, code from sent where clinic_id = $1 and notice = $2 and round = $3",
        )
        .bind(self.clinic)
        .bind(&notice.id)
        .bind(i64::from(notice.round))
        .fetch_optional(&self.pool)
        .await
        .map_err(unwritten)?;
        Ok(match found {
            None => Recorded::Nothing,
            Some((state, at, code)) => match (state.as_str(), at, code.map(u16::try_from)) {
                ("opened", ..) => Recorded::Opened,
                ("not_sent", ..) => Recorded::NotSent,
                ("sent", Some(at), Some(Ok(code))) => Recorded::Sent { at, code },
                // What is not understood may make a notice uncertain, never send it twice.
                _ => Recorded::Handing,
            },
        })
    }

    async fn write(&self, notice: &NoticeRef, what: Recorded) -> Result<(), RecordError> {
        match what {
            Recorded::Nothing => Err(RecordError {
                kind: ErrorKind::InvalidInput,
            }),
            Recorded::Opened => self.step(notice, "opened", &["opened", "not_sent"]).await,
            Recorded::Handing => self.step(notice, "handing", &["opened"]).await,
            Recorded::NotSent => self.result(notice, "not_sent", None, None).await,
            Recorded::Sent { at, code } => {
                self.result(notice, "sent", Some(at), Some(code.into()))
                    .await
            }
        }
    }
}
