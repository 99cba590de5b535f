//! Computers: who holds which key, what they are called, and how a person ends them.

use crate::login::uuid;
use crate::{Accounts, DoorError, Error, PublicKey};
use safetalk_domain::{ClinicId, DeviceId, MemberId, Moment};
use safetalk_wire::http::{Computer, Ending};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// The most characters of a computer's name.
const LONGEST_LABEL: usize = 80;

/// As which member of which clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the types say it")]
pub struct Seat {
    pub clinic: ClinicId,
    pub member: MemberId,
}

impl Accounts {
    /// The computers of a clinic, or of one member of it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn computers(
        &self,
        clinic: ClinicId,
        of: Option<MemberId>,
        this: Option<Uuid>,
    ) -> Result<Vec<Computer>, Error> {
        let (clinic, member) = (clinic.to_string(), of.map(|member| member.to_string()));
        let found = sqlx::query!(
            "select computer.id as \"id!\", member as \"member!\", label as \"label!\",
                    computer.made_at as \"made_at!\", ended,
                    max(token.last_used) as \"last_used?: i64\"
             from computer left join token on token.computer = computer.id
             where clinic = ?1 and (?2 is null or member = ?2)
             group by computer.id order by computer.made_at, computer.id",
            clinic,
            member
        )
        .fetch_all(self.vault.readers())
        .await?;
        found
            .into_iter()
            .map(|row| {
                let id = uuid(&row.id)?;
                Ok(Computer {
                    id,
                    member: MemberId(uuid(&row.member)?),
                    label: row.label,
                    since: row.made_at,
                    last_used: row.last_used,
                    this: this == Some(id),
                    ended: row.ended.as_deref().map(ending).transpose()?,
                })
            })
            .collect()
    }

    /// Ends a computer's sign-in, as a person says. "Lost or stolen" stands for good. False when the clinic (or this
    /// member of it) has no such computer.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn revoke(
        &self,
        clinic: ClinicId,
        of: Option<MemberId>,
        computer: Uuid,
        how: Ending,
        now: Moment,
    ) -> Result<bool, Error> {
        let (clinic, computer) = (clinic.to_string(), computer.to_string());
        let member = of.map(|member| member.to_string());
        let word = match how {
            Ending::SignedOut => "signed_out",
            Ending::LostOrStolen => "lost_or_stolen",
        };
        let mut transaction = self.vault.begin().await?;
        let done = sqlx::query!(
            "update computer set
                ended = case when ended = 'lost_or_stolen' then ended else ?1 end,
                ended_at = case when ended = 'lost_or_stolen' then ended_at else ?2 end
             where id = ?3 and clinic = ?4 and (?5 is null or member = ?5)",
            word,
            now.0,
            computer,
            clinic,
            member
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether a computer may count its intents under this name: it used it first, or nobody did. Another computer's
    /// name means a copied file, which then takes a name of its own.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn may_count_as(
        &self,
        clinic: ClinicId,
        computer: Uuid,
        device: DeviceId,
    ) -> Result<bool, Error> {
        let (clinic, device, computer) =
            (clinic.to_string(), device.to_string(), computer.to_string());
        let owner = sqlx::query_scalar!(
            "select computer from device where clinic = ?1 and id = ?2",
            clinic,
            device
        )
        .fetch_optional(self.vault.readers())
        .await?;
        if let Some(owner) = owner {
            return Ok(owner == computer);
        }
        let mut transaction = self.vault.begin().await?;
        sqlx::query!(
            "insert into device (clinic, id, computer) values (?1, ?2, ?3)
             on conflict (clinic, id) do nothing",
            clinic,
            device,
            computer
        )
        .execute(&mut *transaction)
        .await?;
        let owner = sqlx::query_scalar!(
            "select computer from device where clinic = ?1 and id = ?2",
            clinic,
            device
        )
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(owner == computer)
    }
}

/// Finds or enters the computer with this key. One that was signed out is welcome again.
pub async fn enter(
    connection: &mut SqliteConnection,
    login: Uuid,
    seat: Seat,
    key: PublicKey,
    label: &str,
    now: Moment,
) -> Result<Uuid, DoorError> {
    let (clinic, member) = (seat.clinic.to_string(), seat.member.to_string());
    let key = key.0.as_slice();
    let label: String = label
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_LABEL)
        .collect();
    let (id, login) = (Uuid::new_v4().to_string(), login.to_string());
    let row = sqlx::query!(
        "insert into computer (id, clinic, member, login, public_key, label, made_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         on conflict (clinic, member, public_key)
         do update set label = excluded.label, login = excluded.login
         returning id, ended",
        id,
        clinic,
        member,
        login,
        key,
        label,
        now.0
    )
    .fetch_one(&mut *connection)
    .await?;
    match row.ended.as_deref().map(ending).transpose()? {
        Some(Ending::LostOrStolen) => return Err(DoorError::Lost),
        Some(Ending::SignedOut) => {
            sqlx::query!(
                "update computer set ended = null, ended_at = null where id = ?1",
                row.id
            )
            .execute(&mut *connection)
            .await?;
            sqlx::query!(
                "update token set ended_at = ?1 where computer = ?2 and ended_at is null",
                now.0,
                row.id
            )
            .execute(connection)
            .await?;
        }
        None => {}
    }
    Ok(uuid(&row.id)?)
}

/// How a computer was ended, as it is kept.
pub fn ending(word: &str) -> Result<Ending, Error> {
    match word {
        "signed_out" => Ok(Ending::SignedOut),
        "lost_or_stolen" => Ok(Ending::LostOrStolen),
        _ => Err(Error::Kept { what: "ending" }),
    }
}
