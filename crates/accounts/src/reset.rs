//! A new password by a link that is good once.

use crate::secret::{self, AddressMark, Secret};
use crate::{Accounts, DoorError, Error, totp};
use safetalk_domain::Moment;
use uuid::Uuid;

/// How long such a link is good. Seconds.
pub const RESET_SECONDS: i64 = 30 * 60;

impl Accounts {
    /// A link that sets a new password for this login. Earlier ones end.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_reset(&self, login: Uuid, now: Moment) -> Result<Secret, Error> {
        let (secret, hash) = secret::new(Moment(now.0 + RESET_SECONDS))?;
        let login = login.to_string();
        let mut transaction = self.vault.begin().await?;
        sqlx::query!(
            "delete from reset where login = ?1 and used_at is null",
            login
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "insert into reset (hash, login, made_at, good_until) values (?1, ?2, ?3, ?4)",
            hash,
            login,
            now.0,
            secret.good_until.0
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(secret)
    }

    /// The login of an address. The caller tells nobody whether there is one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn login_at(&self, address: AddressMark) -> Result<Option<Uuid>, Error> {
        let mark = address.0.as_slice();
        let found = sqlx::query_scalar!("select id from login where address = ?1", mark)
            .fetch_optional(self.vault.readers())
            .await?;
        found.map(|id| crate::login::uuid(&id)).transpose()
    }

    /// Uses such a link: the password is new, and every computer of the login signs in again.
    ///
    /// # Errors
    /// [`DoorError::LinkGone`], [`DoorError::WeakPassword`], [`DoorError::Busy`].
    pub async fn reset(&self, link: &str, password: &str, now: Moment) -> Result<(), DoorError> {
        let hash = secret::hash(link);
        let good = sqlx::query_scalar!(
            "select 1 as \"good: i64\" from reset
             where hash = ?1 and used_at is null and good_until > ?2",
            hash,
            now.0
        )
        .fetch_optional(self.vault.readers())
        .await?;
        if good.is_none() {
            return Err(DoorError::LinkGone);
        }
        let password = self.kitchen.hash(password).await?;
        let mut transaction = self.vault.begin().await?;
        let login = sqlx::query_scalar!(
            "update reset set used_at = ?1
             where hash = ?2 and used_at is null and good_until > ?1 returning login",
            now.0,
            hash
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(DoorError::LinkGone)?;
        sqlx::query!(
            "update login set password = ?1 where id = ?2",
            password,
            login
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "update token set ended_at = ?1 where ended_at is null
             and computer in (select id from computer where login = ?2)",
            now.0,
            login
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Turns a login's second step off without a code: for who lost both app and paper, after a person who may do so
    /// has made sure who asks.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_totp(&self, login: Uuid) -> Result<(), Error> {
        let mut transaction = self.vault.begin().await?;
        totp::forget(&mut transaction, &login.to_string()).await?;
        transaction.commit().await?;
        Ok(())
    }
}
