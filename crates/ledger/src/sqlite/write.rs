//! Writes to the file.

use super::{Open, over};
use crate::store::{Answers, Tx, View as _};
use crate::{Constraint, Error, Share, kept};
use async_trait::async_trait;
use safetalk_domain::{Kind, NoticeId, Position, Row};
use safetalk_wire::Head;
use sqlx::{Acquire as _, SqliteConnection};
use uuid::Uuid;

#[async_trait]
impl Tx for Open {
    async fn put_rows(
        &mut self,
        rows: &[Row],
        position: Position,
    ) -> Result<Option<Constraint>, Error> {
        let mut savepoint = self.0.begin().await?;
        match write(&mut savepoint, rows, position).await {
            Ok(()) => {
                savepoint.commit().await?;
                Ok(None)
            }
            Err(Error::Database(error)) => {
                let Some(constraint) = Constraint::of(&error) else {
                    return Err(error.into());
                };
                savepoint.rollback().await?;
                Ok(Some(constraint))
            }
            Err(error) => Err(error),
        }
    }

    async fn put_head(&mut self, head: &Head) -> Result<(), Error> {
        let (epoch, mark) = (head.epoch.to_string(), head.mark.to_string());
        sqlx::query!(
            "update clinic_head set epoch = ?1, position = ?2, mark = ?3 where one = 1",
            epoch,
            head.position,
            mark
        )
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn put_answers(&mut self, answers: &Answers) -> Result<(), Error> {
        let (device, at) = (answers.device.to_string(), answers.at.0);
        for given in &answers.given {
            let (mark, intent) = (given.mark.to_string(), given.intent.to_string());
            sqlx::query!(
                "insert into position (position, mark, intent, at) values (?1, ?2, ?3, ?4)",
                given.position,
                mark,
                intent,
                at
            )
            .execute(&mut *self.0)
            .await?;
        }
        for answered in &answers.answered {
            let (id, kind) = (answered.intent.id.to_string(), answered.intent.body.name());
            let (body, outcome) = answered.texts()?;
            let accepted = i64::from(answered.accepted());
            let version = i64::from(answered.intent.version);
            sqlx::query!(
                "insert into intent (id, device, n, kind, version, body, verdict, accepted, position, at)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                id,
                device,
                answered.n,
                kind,
                version,
                body,
                outcome,
                accepted,
                answered.verdict.position,
                at
            )
            .execute(&mut *self.0)
            .await?;
        }
        sqlx::query!(
            "insert into device (id, last_n) values (?1, ?2)
             on conflict (id) do update set last_n = excluded.last_n where last_n < excluded.last_n",
            device,
            answers.last_n
        )
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn put_rendered(&mut self, notice: NoticeId, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let id = notice.to_string();
        sqlx::query!(
            "insert into rendered (notice, bytes) values (?1, ?2) on conflict (notice) do nothing",
            id,
            bytes
        )
        .execute(&mut *self.0)
        .await?;
        let kept = self.rendered(notice).await?;
        kept.ok_or(Error::Database(sqlx::Error::RowNotFound))
    }

    async fn put_shares(&mut self, shares: &[Share]) -> Result<(), Error> {
        for share in shares {
            let (subject, therapist) = (share.subject.to_string(), share.therapist.to_string());
            sqlx::query!(
                "insert into share (subject, therapist, sessions, usual) values (?1, ?2, ?3, ?4)
                 on conflict (subject, therapist) do update
                 set sessions = excluded.sessions, usual = excluded.usual",
                subject,
                therapist,
                share.sessions,
                share.usual
            )
            .execute(&mut *self.0)
            .await?;
        }
        Ok(())
    }

    async fn touch(&mut self, subjects: &[Uuid], position: Position) -> Result<(), Error> {
        let subjects = super::ids(subjects)?;
        for kind in Kind::ALL.iter().copied() {
            for statement in touches(kind) {
                sqlx::query(over(kind, statement))
                    .bind(&subjects)
                    .bind(position)
                    .execute(&mut *self.0)
                    .await?;
            }
        }
        Ok(())
    }

    /// What a row is about stands in columns generated from its body.
    async fn file(&mut self, _: &[(Position, Row)]) -> Result<(), Error> {
        Ok(())
    }

    async fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Error> {
        sqlx::query!(
            "insert into setting (name, value) values (?1, ?2)
             on conflict (name) do update set value = excluded.value",
            name,
            value
        )
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<(), Error> {
        Ok(self.0.commit().await?)
    }
}

/// Moves the rows of a kind that are about some subjects; each statement goes by one index.
fn touches(kind: Kind) -> &'static [&'static str] {
    const ITSELF: &str = "update {table} set position = ?2
        where id in (select value from json_each(?1))";
    const SESSION: &str = "update {table} set position = ?2
        where session in (select value from json_each(?1))";
    const CLIENT: &str = "update {table} set position = ?2
        where session is null and client in (select value from json_each(?1))";
    match kind {
        Kind::Client | Kind::Session => &[ITSELF],
        Kind::Told => &[SESSION],
        Kind::Invoice | Kind::Notice | Kind::Activity => &[SESSION, CLIENT],
        Kind::Clinic
        | Kind::Member
        | Kind::Therapist
        | Kind::Room
        | Kind::Service
        | Kind::Hours
        | Kind::TimeOff
        | Kind::Occupancy => &[],
    }
}

/// Takes away what sessions hold and puts it back, so that the trigger over it sees every new row.
async fn write(
    connection: &mut SqliteConnection,
    rows: &[Row],
    position: Position,
) -> Result<(), Error> {
    for row in rows.iter().filter(|row| row.kind() == Kind::Occupancy) {
        let id = row.id().to_string();
        sqlx::query!("delete from occupancy where id = ?1", id)
            .execute(&mut *connection)
            .await?;
    }
    for row in rows {
        sqlx::query(over(
            row.kind(),
            "insert into {table} (id, position, body) values (?1, ?2, ?3)
             on conflict (id) do update set position = excluded.position, body = excluded.body",
        ))
        .bind(row.id().to_string())
        .bind(position)
        .bind(kept::body(row)?)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
