//! The few questions that gathering asks, answered from what the screen shows.

use crate::{Error, rows};
use safetalk_domain::gather::{Lookup, look_back};
use safetalk_domain::{
    Clinic, Interval, Invoice, InvoiceId, Kind, Member, Notice, Occupancy, Position, ResourceId,
    Row, SessionId, TimeOff,
};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// Base and overlay as they stand inside a transaction, with the ids that were asked for.
pub struct View<'c> {
    connection: &'c mut SqliteConnection,
    /// Rows asked for by id, found or not.
    pub asked: Vec<(Kind, Uuid)>,
}

impl<'c> View<'c> {
    /// A view through this connection.
    pub fn new(connection: &'c mut SqliteConnection) -> Self {
        Self {
            connection,
            asked: Vec::new(),
        }
    }
}

impl Lookup for View<'_> {
    type Error = Error;

    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Error> {
        self.asked.push((kind, id));
        rows::find(self.connection, kind, id).await
    }

    async fn clinic(&mut self) -> Result<Option<Clinic>, Error> {
        let found = sqlx::query_scalar!(r#"select body as "body!: String" from clinic limit 1"#)
            .fetch_optional(&mut *self.connection)
            .await?;
        found.map(|body| rows::entity(&body)).transpose()
    }

    async fn members(&mut self) -> Result<Vec<Member>, Error> {
        let found: Vec<String> = sqlx::query_scalar(rows::over(
            Kind::Member,
            "select body from {kind} order by id",
        ))
        .fetch_all(&mut *self.connection)
        .await?;
        rows::entities(&found)
    }

    async fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> Result<Vec<Occupancy>, Error> {
        let (resource, back) = (resource.to_string(), look_back(window));
        let found = sqlx::query_scalar!(
            r#"select body as "body!: String" from occupancy
             where resource = ?1 and starts > ?2 and starts < ?3 and ends > ?4"#,
            resource,
            back.0,
            window.end.0,
            window.start.0
        )
        .fetch_all(&mut *self.connection)
        .await?;
        rows::entities(&found)
    }

    async fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> Result<Vec<(TimeOff, Position)>, Error> {
        let owner = owner.to_string();
        let found = sqlx::query!(
            r#"select body as "body!: String", position as "position!: i64" from time_off
             where owner = ?1 and ends > ?2 and starts < ?3"#,
            owner,
            window.start.0,
            window.end.0
        )
        .fetch_all(&mut *self.connection)
        .await?;
        found
            .iter()
            .map(|row| Ok((rows::entity(&row.body)?, row.position)))
            .collect()
    }

    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Error> {
        let session = session.to_string();
        let found = sqlx::query_scalar!(
            r#"select body as "body!: String" from notice where session = ?1"#,
            session
        )
        .fetch_all(&mut *self.connection)
        .await?;
        rows::entities(&found)
    }

    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Error> {
        let session = session.to_string();
        let found = sqlx::query_scalar!(
            r#"select body as "body!: String" from invoice where session = ?1"#,
            session
        )
        .fetch_all(&mut *self.connection)
        .await?;
        rows::entities(&found)
    }

    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Error> {
        let invoice = invoice.to_string();
        let found = sqlx::query_scalar!(
            r#"select body as "body!: String" from notice where invoice = ?1"#,
            invoice
        )
        .fetch_all(&mut *self.connection)
        .await?;
        rows::entities(&found)
    }
}
