//! Tokens: what a signed-in computer carries, and whether it is still good.

use crate::computer::Seat;
use crate::login::uuid;
use crate::secret::{self, Secret};
use crate::{Accounts, DoorError, Error, PublicKey};
use safetalk_domain::{ClinicId, MemberId, Moment};
use safetalk_wire::http::Ending;
use uuid::Uuid;

/// A token that is not used for so long is not good any more. Seconds.
pub const SLIDING_SECONDS: i64 = 30 * 86_400;
/// No token is good for longer than this. Seconds.
pub const ABSOLUTE_SECONDS: i64 = 365 * 86_400;
/// The last use is written down to within this. Seconds.
const NOTE_AFTER: i64 = 300;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The login.
    pub login: Uuid,
    /// The computer.
    pub computer: Uuid,
    /// Clinic and member.
    pub seat: Seat,
    /// The public half of the computer's key.
    pub key: PublicKey,
}

/// Why a token is not good.
#[derive(Debug, thiserror::Error)]
pub enum TokenTrouble {
    /// There is none such, or it has run out.
    #[error("not signed in")]
    SignedOut,
    /// A person ended the computer's sign-in.
    #[error("ended by a person")]
    Ended(Ending),
    /// Something broke.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for TokenTrouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Accounts {
    /// Signs a computer in: the token for it. What it had before stays good until the new one is used, so that a lost
    /// answer signs nobody out.
    ///
    /// # Errors
    /// [`DoorError::Lost`] for a computer that was reported lost or stolen.
    pub async fn admit(
        &self,
        login: Uuid,
        seat: Seat,
        key: PublicKey,
        label: &str,
        now: Moment,
    ) -> Result<Secret, DoorError> {
        let (secret, hash) = secret::new(Moment(now.0 + ABSOLUTE_SECONDS))?;
        let slides_until = now.0 + SLIDING_SECONDS;
        let mut transaction = self.vault.begin().await?;
        let computer =
            crate::computer::enter(&mut transaction, login, seat, key, label, now).await?;
        let computer = computer.to_string();
        sqlx::query!(
            "insert into token (hash, computer, made_at, slides_until, good_until)
             values (?1, ?2, ?3, ?4, ?5)",
            hash,
            computer,
            now.0,
            slides_until,
            secret.good_until.0
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(secret)
    }

    /// Who carries this token. The caller makes sure that the request is signed with the computer's key, and then says
    /// so with [`used`](Self::used).
    ///
    /// # Errors
    /// [`TokenTrouble`].
    pub async fn bearer(&self, token: &str, now: Moment) -> Result<Bearer, TokenTrouble> {
        let hash = secret::hash(token);
        let row = sqlx::query!(
            "select computer.id, computer.clinic, computer.member, computer.login,
                    computer.public_key, computer.ended, token.slides_until, token.good_until,
                    token.ended_at
             from token join computer on computer.id = token.computer where token.hash = ?1",
            hash
        )
        .fetch_optional(self.vault.readers())
        .await?
        .ok_or(TokenTrouble::SignedOut)?;
        if let Some(ended) = row.ended {
            return Err(TokenTrouble::Ended(crate::computer::ending(&ended)?));
        }
        if row.ended_at.is_some() || now.0 >= row.slides_until || now.0 >= row.good_until {
            return Err(TokenTrouble::SignedOut);
        }
        let key = row
            .public_key
            .try_into()
            .map_err(|_| Error::Kept { what: "key" })?;
        Ok(Bearer {
            login: uuid(&row.login)?,
            computer: uuid(&row.id)?,
            seat: Seat {
                clinic: ClinicId(uuid(&row.clinic)?),
                member: MemberId(uuid(&row.member)?),
            },
            key: PublicKey(key),
        })
    }

    /// Notes that a token was used, and ends what its computer had before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn used(&self, token: &str, now: Moment) -> Result<(), Error> {
        let hash = secret::hash(token);
        let last = sqlx::query_scalar!("select last_used from token where hash = ?1", hash)
            .fetch_one(self.vault.readers())
            .await?;
        if last.is_some_and(|last| now.0 - last < NOTE_AFTER) {
            return Ok(());
        }
        let slides_until = now.0 + SLIDING_SECONDS;
        let mut transaction = self.vault.begin().await?;
        if last.is_none() {
            sqlx::query!(
                "delete from token where hash <> ?1 and made_at <= (select made_at from token where hash = ?1)
                 and computer = (select computer from token where hash = ?1)",
                hash
            )
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query!(
            "update token set last_used = ?1, slides_until = max(slides_until, ?2) where hash = ?3",
            now.0,
            slides_until,
            hash
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Signs this computer out: it may sign in again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sign_out(&self, computer: Uuid, now: Moment) -> Result<(), Error> {
        let computer = computer.to_string();
        let mut transaction = self.vault.begin().await?;
        sqlx::query!(
            "update token set ended_at = ?1 where computer = ?2 and ended_at is null",
            now.0,
            computer
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
