//! Invites: a link, for one address, good once, that gives a member their login.

use crate::login::uuid;
use crate::secret::{self, AddressMark, Secret};
use crate::{Accounts, DoorError, Error};
use safetalk_domain::{ClinicId, MemberId, Moment};
use uuid::Uuid;

/// How long an invite is good. Seconds.
pub const INVITE_SECONDS: i64 = 7 * 86_400;

impl Accounts {
    /// Invites the person at this address to sign in as this member. An earlier invite of the member ends.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn invite(
        &self,
        clinic: ClinicId,
        member: MemberId,
        address: AddressMark,
        now: Moment,
    ) -> Result<Secret, Error> {
        let (secret, hash) = secret::new(Moment(now.0 + INVITE_SECONDS))?;
        let (clinic, member) = (clinic.to_string(), member.to_string());
        let mark = address.0.as_slice();
        let mut transaction = self.vault.begin().await?;
        sqlx::query!(
            "delete from invite where clinic = ?1 and member = ?2 and used_at is null",
            clinic,
            member
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "insert into invite (hash, clinic, member, address, made_at, good_until)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
            hash,
            clinic,
            member,
            mark,
            now.0,
            secret.good_until.0
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(secret)
    }

    /// Uses an invite: makes the login with this password, or proves the one that the address has, and gives it the seat.
    ///
    /// # Errors
    /// [`DoorError::LinkGone`] for a link that is not good or is another address's, [`DoorError::Wrong`] when the
    /// address has a login with another password, [`DoorError::WeakPassword`], [`DoorError::Busy`].
    pub async fn accept(
        &self,
        link: &str,
        address: AddressMark,
        password: &str,
        now: Moment,
    ) -> Result<(), DoorError> {
        let (hash, mark) = (secret::hash(link), address.0.as_slice());
        let good = sqlx::query_scalar!(
            "select 1 as \"good: i64\" from invite
             where hash = ?1 and address = ?2 and used_at is null and good_until > ?3",
            hash,
            mark,
            now.0
        )
        .fetch_optional(self.vault.readers())
        .await?;
        if good.is_none() {
            return Err(DoorError::LinkGone);
        }
        // Slow, and therefore before the transaction; the invite is used up inside it.
        let known = sqlx::query!("select id, password from login where address = ?1", mark)
            .fetch_optional(self.vault.readers())
            .await?;
        let login = match known {
            Some(login) => {
                if !self.kitchen.verify(password, Some(login.password)).await? {
                    return Err(DoorError::Wrong);
                }
                Login::Known(uuid(&login.id)?)
            }
            None => Login::New(self.kitchen.hash(password).await?),
        };
        let mut transaction = self.vault.begin().await?;
        let invite = sqlx::query!(
            "update invite set used_at = ?1
             where hash = ?2 and address = ?3 and used_at is null and good_until > ?1
             returning clinic, member",
            now.0,
            hash,
            mark
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(DoorError::LinkGone)?;
        let login = match login {
            Login::Known(id) => id.to_string(),
            Login::New(password) => {
                let id = Uuid::new_v4().to_string();
                let made = sqlx::query!(
                    "insert into login (id, address, password, made_at) values (?1, ?2, ?3, ?4)
                     on conflict (address) do nothing",
                    id,
                    mark,
                    password,
                    now.0
                )
                .execute(&mut *transaction)
                .await?;
                if made.rows_affected() == 0 {
                    // Another invite of the same address was quicker, perhaps with another password.
                    return Err(DoorError::Busy);
                }
                id
            }
        };
        sqlx::query!(
            "insert into seat (clinic, member, login, made_at) values (?1, ?2, ?3, ?4)
             on conflict (clinic, member) do update set login = excluded.login",
            invite.clinic,
            invite.member,
            login,
            now.0
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}

enum Login {
    Known(Uuid),
    /// The hash of its password.
    New(String),
}
