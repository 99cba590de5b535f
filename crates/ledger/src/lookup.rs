//! The few questions that gathering asks, answered from the ledger's tables.

use crate::{Error, rows};
use safetalk_domain::gather::{Lookup, look_back};
use safetalk_domain::{
    Clinic, Interval, Invoice, InvoiceId, Kind, Notice, Occupancy, Position, ResourceId, Row,
    SessionId, TimeOff,
};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// The ledger's tables as they stand inside a transaction.
pub struct Tables<'c>(pub &'c mut SqliteConnection);

impl Lookup for Tables<'_> {
    type Error = Error;

    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Error> {
        rows::find(self.0, kind, id).await
    }

    async fn clinic(&mut self) -> Result<Option<Clinic>, Error> {
        let found = sqlx::query_scalar!("select body from clinic limit 1")
            .fetch_optional(&mut *self.0)
            .await?;
        found.map(|body| rows::entity(&body)).transpose()
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
        found.iter().map(|body| rows::entity(body)).collect()
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
            .map(|row| Ok((rows::entity(&row.body)?, row.position)))
            .collect()
    }

    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Error> {
        let session = session.to_string();
        let found = sqlx::query_scalar!("select body from notice where session = ?1", session)
            .fetch_all(&mut *self.0)
            .await?;
        found.iter().map(|body| rows::entity(body)).collect()
    }

    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Error> {
        let session = session.to_string();
        let found = sqlx::query_scalar!("select body from invoice where session = ?1", session)
            .fetch_all(&mut *self.0)
            .await?;
        found.iter().map(|body| rows::entity(body)).collect()
    }

    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Error> {
        let invoice = invoice.to_string();
        let found = sqlx::query_scalar!("select body from notice where invoice = ?1", invoice)
            .fetch_all(&mut *self.0)
            .await?;
        found.iter().map(|body| rows::entity(body)).collect()
    }
}
