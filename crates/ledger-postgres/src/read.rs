//! Questions to the database. Every one names the clinic itself; row security would hide other clinics' rows anyway.

use crate::keeper::{Open, over};
use async_trait::async_trait;
use safetalk_domain::gather::look_back;
use safetalk_domain::{
    Entity, IntentId, Interval, Invoice, InvoiceId, Kind, Moment, Notice, NoticeId, Occupancy,
    Position, ResourceId, Row, SessionId, TherapistId, TimeOff,
};
use safetalk_ledger::{Error, Share, View, kept};
use safetalk_wire::{After, Mark, Verdict};
use uuid::Uuid;

impl Open {
    /// A row of a kind from what is kept of it.
    fn opened(&self, kind: Kind, id: Uuid, body: &[u8]) -> Result<Row, Error> {
        kept::row(kind, &self.seal.text(kind.table(), id, body)?)
    }

    /// The same, where the kind is known.
    fn one<E: Entity>(&self, id: Uuid, body: &[u8]) -> Result<E, Error> {
        kept::entity(&self.seal.text(E::KIND.table(), id, body)?)
    }
}

#[async_trait]
impl View for Open {
    async fn mark_of(&mut self, position: Position) -> Result<Option<Mark>, Error> {
        let found = sqlx::query_scalar!(
            "select mark from position where clinic_id = $1 and position = $2",
            self.clinic,
            position
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        Ok(found)
    }

    async fn last_n(&mut self, device: Uuid) -> Result<i64, Error> {
        let found = sqlx::query_scalar!(
            "select last_n from device where clinic_id = $1 and id = $2",
            self.clinic,
            device
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        Ok(found.unwrap_or(0))
    }

    async fn counted(
        &mut self,
        device: Uuid,
        first: i64,
        last: i64,
    ) -> Result<Vec<(i64, IntentId)>, Error> {
        let found = sqlx::query!(
            "select n, id from intent where clinic_id = $1 and device = $2 and n between $3 and $4",
            self.clinic,
            device,
            first,
            last
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(found.iter().map(|row| (row.n, IntentId(row.id))).collect())
    }

    async fn verdicts(&mut self, intents: &[IntentId]) -> Result<Vec<Verdict>, Error> {
        let ids: Vec<Uuid> = intents.iter().map(|id| id.uuid()).collect();
        let found = sqlx::query!(
            "select id, verdict, position from intent where clinic_id = $1 and id = any($2)",
            self.clinic,
            &ids[..]
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .iter()
            .map(|row| {
                let outcome = self.seal.text("verdict", row.id, &row.verdict)?;
                kept::verdict(IntentId(row.id), &outcome, row.position)
            })
            .collect()
    }

    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Error> {
        let found: Option<(Vec<u8>, Position)> = sqlx::query_as(over(
            kind,
            "select body, position from {table} where clinic_id = $1 and id = $2",
        ))
        .bind(self.clinic)
        .bind(id)
        .fetch_optional(&mut *self.transaction)
        .await?;
        found
            .map(|(body, position)| Ok((self.opened(kind, id, &body)?, position)))
            .transpose()
    }

    async fn many(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<Row>, Error> {
        let found: Vec<(Uuid, Vec<u8>)> = sqlx::query_as(over(
            kind,
            "select id, body from {table} where clinic_id = $1 and id = any($2)",
        ))
        .bind(self.clinic)
        .bind(ids)
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .iter()
            .map(|(id, body)| self.opened(kind, *id, body))
            .collect()
    }

    async fn rows(&mut self, kind: Kind) -> Result<Vec<Row>, Error> {
        let found: Vec<(Uuid, Vec<u8>)> = sqlx::query_as(over(
            kind,
            "select id, body from {table} where clinic_id = $1 order by id",
        ))
        .bind(self.clinic)
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .iter()
            .map(|(id, body)| self.opened(kind, *id, body))
            .collect()
    }

    async fn page(
        &mut self,
        kind: Kind,
        cursor: Position,
        after: Option<After>,
        upto: Position,
        limit: usize,
    ) -> Result<Vec<(Position, Row)>, Error> {
        // No id is greater than the greatest, so everything at the cursor itself comes before it.
        let (position, id) = after.map_or((cursor, Uuid::max()), |row| (row.position, row.id));
        let found: Vec<(Position, Uuid, Vec<u8>)> = sqlx::query_as(over(
            kind,
            "select position, id, body from {table}
             where clinic_id = $1 and (position, id) > ($2, $3) and position <= $4
             order by position, id limit $5",
        ))
        .bind(self.clinic)
        .bind(position)
        .bind(id)
        .bind(upto)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .into_iter()
            .map(|(position, id, body)| Ok((position, self.opened(kind, id, &body)?)))
            .collect()
    }

    async fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> Result<Vec<Occupancy>, Error> {
        let found = sqlx::query!(
            "select id, body from occupancy
             where clinic_id = $1 and resource = $2 and starts > $3 and starts < $4 and ends > $5",
            self.clinic,
            resource.0,
            look_back(window).0,
            window.end.0,
            window.start.0
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .iter()
            .map(|row| self.one(row.id, &row.body))
            .collect()
    }

    async fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> Result<Vec<(TimeOff, Position)>, Error> {
        let found = sqlx::query!(
            "select id, body, position from time_off
             where clinic_id = $1 and owner = $2 and ends > $3 and starts < $4",
            self.clinic,
            owner,
            window.start.0,
            window.end.0
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .iter()
            .map(|row| Ok((self.one(row.id, &row.body)?, row.position)))
            .collect()
    }

    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Error> {
        let found = sqlx::query!(
            "select id, body from notice where clinic_id = $1 and session = $2",
            self.clinic,
            session.uuid()
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .iter()
            .map(|row| self.one(row.id, &row.body))
            .collect()
    }

    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Error> {
        let found = sqlx::query!(
            "select id, body from invoice where clinic_id = $1 and session = $2",
            self.clinic,
            session.uuid()
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .iter()
            .map(|row| self.one(row.id, &row.body))
            .collect()
    }

    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Error> {
        let found = sqlx::query!(
            "select id, body from notice where clinic_id = $1 and invoice = $2",
            self.clinic,
            invoice.uuid()
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .iter()
            .map(|row| self.one(row.id, &row.body))
            .collect()
    }

    async fn waiting(&mut self) -> Result<Vec<Notice>, Error> {
        let found = sqlx::query!(
            "select notice.id, notice.body from notice
             join intent on intent.clinic_id = notice.clinic_id and intent.id = notice.intent
             where notice.clinic_id = $1 and notice.open
             order by intent.position, notice.id",
            self.clinic
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .iter()
            .map(|row| self.one(row.id, &row.body))
            .collect()
    }

    async fn late(&mut self, now: Moment) -> Result<Vec<Notice>, Error> {
        let found = sqlx::query!(
            "select id, body from notice where clinic_id = $1 and expires <= $2",
            self.clinic,
            now.0
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        found
            .iter()
            .map(|row| self.one(row.id, &row.body))
            .collect()
    }

    async fn next_wake(&mut self) -> Result<Option<Moment>, Error> {
        let found = sqlx::query_scalar!(
            "select min(due) from notice where clinic_id = $1",
            self.clinic
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok(found.map(Moment))
    }

    async fn rendered(&mut self, notice: NoticeId) -> Result<Option<Vec<u8>>, Error> {
        let found = sqlx::query_scalar!(
            "select bytes from rendered where clinic_id = $1 and notice = $2",
            self.clinic,
            notice.uuid()
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        found
            .map(|bytes| self.seal.open("rendered", notice.uuid(), &bytes))
            .transpose()
    }

    async fn shares(&mut self, subjects: &[Uuid]) -> Result<Vec<Share>, Error> {
        let found = sqlx::query!(
            "select subject, therapist, sessions, usual from share
             where clinic_id = $1 and subject = any($2)",
            self.clinic,
            subjects
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(found
            .iter()
            .map(|row| Share {
                therapist: TherapistId(row.therapist),
                subject: row.subject,
                sessions: row.sessions,
                usual: row.usual,
            })
            .collect())
    }

    async fn setting(&mut self, name: &str) -> Result<Option<String>, Error> {
        let found = sqlx::query_scalar!(
            "select value from setting where clinic_id = $1 and name = $2",
            self.clinic,
            name
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        Ok(found)
    }
}
