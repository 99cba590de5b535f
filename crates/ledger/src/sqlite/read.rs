//! Questions to the file.

use super::{Open, over};
use crate::store::View;
use crate::{Error, Share, kept};
use async_trait::async_trait;
use safetalk_domain::gather::look_back;
use safetalk_domain::{
    IntentId, Interval, Invoice, InvoiceId, Kind, Moment, Notice, NoticeId, Occupancy, Position,
    ResourceId, Row, SessionId, TherapistId, TimeOff,
};
use safetalk_wire::{After, Mark, Verdict};
use uuid::Uuid;

#[async_trait]
impl View for Open {
    async fn mark_of(&mut self, position: Position) -> Result<Option<Mark>, Error> {
        let found = sqlx::query_scalar!("select mark from position where position = ?1", position)
            .fetch_optional(&mut *self.0)
            .await?;
        found.map(|mark| kept::uuid(&mark)).transpose()
    }

    async fn last_n(&mut self, device: Uuid) -> Result<i64, Error> {
        let device = device.to_string();
        let found = sqlx::query_scalar!("select last_n from device where id = ?1", device)
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(found.unwrap_or(0))
    }

    async fn counted(
        &mut self,
        device: Uuid,
        first: i64,
        last: i64,
    ) -> Result<Vec<(i64, IntentId)>, Error> {
        let device = device.to_string();
        let found = sqlx::query!(
            "select n, id from intent where device = ?1 and n between ?2 and ?3",
            device,
            first,
            last
        )
        .fetch_all(&mut *self.0)
        .await?;
        found
            .iter()
            .map(|row| Ok((row.n, IntentId(kept::uuid(&row.id)?))))
            .collect()
    }

    async fn verdicts(&mut self, intents: &[IntentId]) -> Result<Vec<Verdict>, Error> {
        let mut verdicts = Vec::new();
        for id in intents {
            let text = id.to_string();
            let found = sqlx::query!("select verdict, position from intent where id = ?1", text)
                .fetch_optional(&mut *self.0)
                .await?;
            if let Some(row) = found {
                verdicts.push(kept::verdict(*id, &row.verdict, row.position)?);
            }
        }
        Ok(verdicts)
    }

    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Error> {
        let found: Option<(String, Position)> = sqlx::query_as(over(
            kind,
            "select body, position from {table} where id = ?1",
        ))
        .bind(id.to_string())
        .fetch_optional(&mut *self.0)
        .await?;
        found
            .map(|(body, position)| Ok((kept::row(kind, &body)?, position)))
            .transpose()
    }

    async fn many(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<Row>, Error> {
        let ids = super::ids(ids)?;
        let found: Vec<String> = sqlx::query_scalar(over(
            kind,
            "select body from {table} where id in (select value from json_each(?1))",
        ))
        .bind(ids)
        .fetch_all(&mut *self.0)
        .await?;
        found.iter().map(|body| kept::row(kind, body)).collect()
    }

    async fn rows(&mut self, kind: Kind) -> Result<Vec<Row>, Error> {
        let found: Vec<String> =
            sqlx::query_scalar(over(kind, "select body from {table} order by id"))
                .fetch_all(&mut *self.0)
                .await?;
        found.iter().map(|body| kept::row(kind, body)).collect()
    }

    async fn page(
        &mut self,
        kind: Kind,
        cursor: Position,
        after: Option<After>,
        upto: Position,
        limit: usize,
    ) -> Result<Vec<(Position, Row)>, Error> {
        let (position, id) = match after {
            Some(after) => (after.position, after.id.to_string()),
            // No id is empty, so everything at the next position comes after it.
            None => (cursor + 1, String::new()),
        };
        let found: Vec<(Position, String)> = sqlx::query_as(over(
            kind,
            "select position, body from {table}
             where (position, id) > (?1, ?2) and position <= ?3
             order by position, id limit ?4",
        ))
        .bind(position)
        .bind(id)
        .bind(upto)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&mut *self.0)
        .await?;
        found
            .into_iter()
            .map(|(position, body)| Ok((position, kept::row(kind, &body)?)))
            .collect()
    }

    async fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> Result<Vec<Occupancy>, Error> {
        let (resource, back) = (resource.to_string(), look_back(window));
        let found = sqlx::query_scalar!(
            "select body from occupancy
             where resource = ?1 and starts > ?2 and starts < ?3 and ends > ?4",
            resource,
            back.0,
            window.end.0,
            window.start.0
        )
        .fetch_all(&mut *self.0)
        .await?;
        found.iter().map(|body| kept::entity(body)).collect()
    }

    async fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> Result<Vec<(TimeOff, Position)>, Error> {
        let owner = owner.to_string();
        let found = sqlx::query!(
            "select body, position from time_off where owner = ?1 and ends > ?2 and starts < ?3",
            owner,
            window.start.0,
            window.end.0
        )
        .fetch_all(&mut *self.0)
        .await?;
        found
            .iter()
            .map(|row| Ok((kept::entity(&row.body)?, row.position)))
            .collect()
    }

    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Error> {
        let session = session.to_string();
        let found = sqlx::query_scalar!("select body from notice where session = ?1", session)
            .fetch_all(&mut *self.0)
            .await?;
        found.iter().map(|body| kept::entity(body)).collect()
    }

    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Error> {
        let session = session.to_string();
        let found = sqlx::query_scalar!("select body from invoice where session = ?1", session)
            .fetch_all(&mut *self.0)
            .await?;
        found.iter().map(|body| kept::entity(body)).collect()
    }

    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Error> {
        let invoice = invoice.to_string();
        let found = sqlx::query_scalar!("select body from notice where invoice = ?1", invoice)
            .fetch_all(&mut *self.0)
            .await?;
        found.iter().map(|body| kept::entity(body)).collect()
    }

    async fn waiting(&mut self) -> Result<Vec<Notice>, Error> {
        let found = sqlx::query_scalar!(
            "select notice.body from notice
             join intent on intent.id = notice.body ->> '$.facts.intent'
             where notice.state in ('on_hold', 'queued', 'sending')
             order by intent.position, notice.id"
        )
        .fetch_all(&mut *self.0)
        .await?;
        found.iter().map(|body| kept::entity(body)).collect()
    }

    async fn late(&mut self, now: Moment) -> Result<Vec<Notice>, Error> {
        let found = sqlx::query_scalar!(
            "select body from notice
             where state in ('on_hold', 'queued', 'draft', 'opened') and body ->> '$.facts.expires' <= ?1",
            now.0
        )
        .fetch_all(&mut *self.0)
        .await?;
        found.iter().map(|body| kept::entity(body)).collect()
    }

    async fn next_wake(&mut self) -> Result<Option<Moment>, Error> {
        let found = sqlx::query_scalar!(
            "select min(not_before) as \"at?: i64\" from notice where state in ('on_hold', 'queued')"
        )
        .fetch_one(&mut *self.0)
        .await?;
        Ok(found.map(Moment))
    }

    async fn rendered(&mut self, notice: NoticeId) -> Result<Option<Vec<u8>>, Error> {
        let id = notice.to_string();
        let found = sqlx::query_scalar!("select bytes from rendered where notice = ?1", id)
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(found)
    }

    async fn shares(&mut self, subjects: &[Uuid]) -> Result<Vec<Share>, Error> {
        let subjects = super::ids(subjects)?;
        let found = sqlx::query!(
            r#"select subject, therapist, sessions, usual as "usual: bool" from share
             where subject in (select value from json_each(?1))"#,
            subjects
        )
        .fetch_all(&mut *self.0)
        .await?;
        found
            .iter()
            .map(|row| {
                Ok(Share {
                    therapist: TherapistId(kept::uuid(&row.therapist)?),
                    subject: kept::uuid(&row.subject)?,
                    sessions: row.sessions,
                    usual: row.usual,
                })
            })
            .collect()
    }

    async fn setting(&mut self, name: &str) -> Result<Option<String>, Error> {
        let found = sqlx::query_scalar!("select value from setting where name = ?1", name)
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(found)
    }
}
