//! A login: found by its address, proved by its password and perhaps a second step.

use crate::computer::Seat;
use crate::secret::AddressMark;
use crate::{Accounts, DoorError, Error, totp};
use safetalk_domain::{ClinicId, MemberId, Moment};
use safetalk_wire::http::{Account, MemberAccess};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// A login that has proved itself.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The login.
    pub login: Uuid,
    /// Where it works.
    pub seats: Vec<Seat>,
}

impl Accounts {
    /// Proves address, password and code. Takes as long for an address that nobody has.
    ///
    /// # Errors
    /// [`DoorError::Wrong`] whatever is not right, [`DoorError::CodeWanted`] once the password is, [`DoorError::Busy`].
    pub async fn verify(
        &self,
        address: AddressMark,
        password: &str,
        code: Option<&str>,
        now: Moment,
    ) -> Result<Verified, DoorError> {
        let mark = address.0.as_slice();
        let found = sqlx::query!("select id, password from login where address = ?1", mark)
            .fetch_optional(self.vault.readers())
            .await?;
        let (login, hash) = match found {
            Some(row) => (Some(row.id), Some(row.password)),
            None => (None, None),
        };
        let right = self.kitchen.verify(password, hash).await?;
        let login = login.filter(|_| right).ok_or(DoorError::Wrong)?;
        let mut transaction = self.vault.begin().await?;
        totp::prove(&mut transaction, &login, code, now).await?;
        let seats = seats(&mut transaction, &login).await?;
        transaction.commit().await?;
        Ok(Verified {
            login: uuid(&login)?,
            seats,
        })
    }

    /// Whether a member has a login, for "reset" and "invite".
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn login_of(
        &self,
        clinic: ClinicId,
        member: MemberId,
    ) -> Result<Option<Uuid>, Error> {
        let (clinic, member) = (clinic.to_string(), member.to_string());
        let found = sqlx::query_scalar!(
            "select login from seat where clinic = ?1 and member = ?2",
            clinic,
            member
        )
        .fetch_optional(self.vault.readers())
        .await?;
        found.map(|login| uuid(&login)).transpose()
    }

    /// Which members of a clinic can sign in, or are invited to. Those of whom nothing is known here are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn access(&self, clinic: ClinicId, now: Moment) -> Result<Vec<MemberAccess>, Error> {
        let clinic = clinic.to_string();
        let found = sqlx::query!(
            "select member as \"member!\", max(signs_in) as \"signs_in!: bool\",
                    max(second_step) as \"second_step!: bool\", max(good_until) as \"good_until: i64\"
             from (select seat.member, 1 as signs_in, login.totp_confirmed_at is not null as second_step,
                          null as good_until
                   from seat join login on login.id = seat.login where seat.clinic = ?1
                   union all
                   select invite.member, 0, 0, invite.good_until from invite
                   where invite.clinic = ?1 and invite.used_at is null and invite.good_until > ?2)
             group by member order by member",
            clinic,
            now.0
        )
        .fetch_all(self.vault.readers())
        .await?;
        found
            .into_iter()
            .map(|row| {
                Ok(MemberAccess {
                    member: MemberId(uuid(&row.member)?),
                    signs_in: row.signs_in,
                    second_step: row.second_step,
                    invited_until: row.good_until,
                })
            })
            .collect()
    }

    /// How a login is protected.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn account(&self, login: Uuid) -> Result<Account, Error> {
        let login = login.to_string();
        let found = sqlx::query!(
            "select totp_confirmed_at is not null as \"second_step!: bool\",
                    (select count(*) from recovery_code
                     where recovery_code.login = login.id and used_at is null) as \"codes_left!: i64\"
             from login where id = ?1",
            login
        )
        .fetch_one(self.vault.readers())
        .await?;
        Ok(Account {
            second_step: found.second_step,
            codes_left: found.codes_left,
        })
    }

    /// In how many clinics a login works.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn clinics_of(&self, login: Uuid) -> Result<i64, Error> {
        let login = login.to_string();
        Ok(sqlx::query_scalar!(
            "select count(*) as \"count: i64\" from seat where login = ?1",
            login
        )
        .fetch_one(self.vault.readers())
        .await?)
    }

    /// Whether the accounts can be read at all.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn look(&self) -> Result<(), Error> {
        sqlx::query_scalar!("select 1 as \"one: i64\"")
            .fetch_one(self.vault.readers())
            .await?;
        Ok(())
    }
}

async fn seats(connection: &mut SqliteConnection, login: &str) -> Result<Vec<Seat>, Error> {
    let found = sqlx::query!(
        "select clinic, member from seat where login = ?1 order by made_at, clinic",
        login
    )
    .fetch_all(connection)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(Seat {
                clinic: ClinicId(uuid(&row.clinic)?),
                member: MemberId(uuid(&row.member)?),
            })
        })
        .collect()
}

/// An id as it is kept.
pub fn uuid(text: &str) -> Result<Uuid, Error> {
    Uuid::parse_str(text).map_err(|_| Error::Kept { what: "id" })
}
