//! The second step of signing in: a code of an authenticator app, or one from paper.

use crate::secret::{hash, random};
use crate::{Accounts, DoorError, Error};
use safetalk_domain::Moment;
use sqlx::SqliteConnection;
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

/// How many codes on paper.
const RECOVERY_CODES: usize = 10;

impl Accounts {
    /// A new secret for an authenticator app, in Base32. It counts once [`confirm_totp`](Self::confirm_totp) took a code.
    ///
    /// # Errors
    /// [`DoorError::Wrong`] when the second step is on already.
    pub async fn begin_totp(&self, login: Uuid) -> Result<String, DoorError> {
        let secret = random::<20>()?;
        let (kept, id) = (secret.as_slice(), login.to_string());
        let mut transaction = self.vault.begin().await?;
        let done = sqlx::query!(
            "update login set totp_secret = ?1 where id = ?2 and totp_confirmed_at is null",
            kept,
            id
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        if done.rows_affected() == 0 {
            return Err(DoorError::Wrong);
        }
        Ok(Secret::from(secret.as_slice()).to_base32())
    }

    /// Turns the second step on; the codes for paper are told this once.
    ///
    /// # Errors
    /// [`DoorError::Wrong`] when the code is not of the app, or it is on already.
    pub async fn confirm_totp(
        &self,
        login: Uuid,
        code: &str,
        now: Moment,
    ) -> Result<Vec<String>, DoorError> {
        let id = login.to_string();
        let mut transaction = self.vault.begin().await?;
        let found = sqlx::query!(
            "select totp_secret, totp_confirmed_at from login where id = ?1",
            id
        )
        .fetch_one(&mut *transaction)
        .await?;
        let secret = match found.totp_confirmed_at {
            None => found.totp_secret.ok_or(DoorError::Wrong)?,
            Some(_) => return Err(DoorError::Wrong),
        };
        let step = step_of(&secret, code, 0, now)?.ok_or(DoorError::Wrong)?;
        sqlx::query!(
            "update login set totp_confirmed_at = ?1, totp_step = ?2 where id = ?3",
            now.0,
            step,
            id
        )
        .execute(&mut *transaction)
        .await?;
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let code = hex::encode(random::<8>()?);
            let kept = hash(&code);
            sqlx::query!(
                "insert into recovery_code (login, hash) values (?1, ?2)",
                id,
                kept
            )
            .execute(&mut *transaction)
            .await?;
            codes.push(format!("{}-{}", &code[..8], &code[8..]));
        }
        transaction.commit().await?;
        Ok(codes)
    }

    /// Turns the second step off.
    ///
    /// # Errors
    /// [`DoorError::Wrong`] when the code is not right.
    pub async fn end_totp(&self, login: Uuid, code: &str, now: Moment) -> Result<(), DoorError> {
        let id = login.to_string();
        let mut transaction = self.vault.begin().await?;
        prove(&mut transaction, &id, Some(code), now).await?;
        forget(&mut transaction, &id).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Forgets the second step of a login.
pub async fn forget(connection: &mut SqliteConnection, login: &str) -> Result<(), Error> {
    sqlx::query!(
        "update login set totp_secret = null, totp_confirmed_at = null where id = ?1",
        login
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from recovery_code where login = ?1", login)
        .execute(connection)
        .await?;
    Ok(())
}

/// Proves the second step, where there is one, and uses the code up. The caller commits.
pub async fn prove(
    connection: &mut SqliteConnection,
    login: &str,
    code: Option<&str>,
    now: Moment,
) -> Result<(), DoorError> {
    let found = sqlx::query!(
        "select totp_secret, totp_confirmed_at, totp_step from login where id = ?1",
        login
    )
    .fetch_one(&mut *connection)
    .await?;
    let (Some(secret), Some(_)) = (found.totp_secret, found.totp_confirmed_at) else {
        return Ok(());
    };
    let code = code.ok_or(DoorError::CodeWanted)?;
    if let Some(step) = step_of(&secret, code, found.totp_step, now)? {
        sqlx::query!("update login set totp_step = ?1 where id = ?2", step, login)
            .execute(connection)
            .await?;
        return Ok(());
    }
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    let kept = hash(&plain);
    let used = sqlx::query!(
        "update recovery_code set used_at = ?1 where login = ?2 and hash = ?3 and used_at is null",
        now.0,
        login,
        kept
    )
    .execute(connection)
    .await?;
    if used.rows_affected() == 1 {
        Ok(())
    } else {
        Err(DoorError::Wrong)
    }
}

/// The step of 30 s that a code is of, if it comes after the last one used.
fn step_of(secret: &[u8], code: &str, last: i64, now: Moment) -> Result<Option<i64>, Error> {
    let seconds = u64::try_from(now.0).unwrap_or(0);
    let step = app(secret)?.check(code.trim(), seconds);
    Ok(step
        .and_then(|step| i64::try_from(step).ok())
        .filter(|step| *step > last))
}

fn app(secret: &[u8]) -> Result<Totp, Error> {
    Builder::new()
        .with_secret(secret)
        .build()
        .map_err(|_| Error::Kept { what: "secret" })
}
