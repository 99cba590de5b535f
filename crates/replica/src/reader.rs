//! What the screens ask: one snapshot of base and overlay, read through the views.

mod clients;
mod money;
mod notices;
mod sessions;

pub use clients::{Attendance, Visits};
pub use money::{InvoiceSums, Sum};

use crate::lookup::View;
use crate::{Error, rows};
use safetalk_domain::gather::Lookup;
use safetalk_domain::{
    Activity, Clinic, Entity, Interval, Invoice, InvoiceId, Kind, Member, Notice, Occupancy,
    Position, ResourceId, Row, SessionId, TimeOff,
};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A snapshot of what the screen shows. It cannot write. Drop it soon: the log of the file grows while it lives.
pub struct Reader {
    snapshot: Transaction<'static, Sqlite>,
}

impl Reader {
    pub(crate) fn new(snapshot: Transaction<'static, Sqlite>) -> Self {
        Self { snapshot }
    }

    fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.snapshot
    }

    /// The clinic, once it is set up or pulled.
    pub async fn clinic(&mut self) -> Result<Option<Clinic>, Error> {
        View::new(self.connection()).clinic().await
    }

    /// One row.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`]; so for every question.
    pub async fn get<E: Entity>(&mut self, id: E::Id) -> Result<Option<E>, Error> {
        let id: Uuid = id.into();
        let found: Option<String> =
            sqlx::query_scalar(rows::over(E::KIND, "select body from {kind} where id = ?1"))
                .bind(id.to_string())
                .fetch_optional(self.connection())
                .await?;
        found.map(|body| rows::entity(&body)).transpose()
    }

    /// The rows of these ids that exist, in no particular order.
    pub async fn many<E: Entity>(&mut self, ids: &[E::Id]) -> Result<Vec<E>, Error> {
        let ids: BTreeSet<String> = ids
            .iter()
            .map(|id| {
                let id: Uuid = (*id).into();
                id.to_string()
            })
            .collect();
        let ids = serde_json::to_string(&ids).map_err(|_| Error::Body { what: "id" })?;
        let found: Option<String> = sqlx::query_scalar(rows::over(
            E::KIND,
            "select group_concat(body) from (
                 select body from {kind} where id in (select value from json_each(?1))
             )",
        ))
        .bind(ids)
        .fetch_one(self.connection())
        .await?;
        rows::joined(found)
    }

    /// Every row of a kind, in the order of their ids. For the kinds a clinic has few of.
    pub async fn all<E: Entity>(&mut self) -> Result<Vec<E>, Error> {
        let found: Vec<(String, String)> = sqlx::query_as(rows::over(
            E::KIND,
            "select body, id from {kind} order by id",
        ))
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|(body, _)| body))
    }

    /// Rows of a kind that actions changed which the ledger has not answered yet: what is marked "Waiting to sync".
    pub async fn pending(&mut self, kind: Kind) -> Result<BTreeSet<Uuid>, Error> {
        let found: Vec<String> = sqlx::query_scalar(rows::over(
            kind,
            "select over.id from outbox join {kind}_overlay as over on over.changed_by = outbox.seq
             where outbox.verdict is null",
        ))
        .fetch_all(self.connection())
        .await?;
        found.iter().map(|id| rows::uuid(id)).collect()
    }

    /// A session's history, newest first.
    pub async fn activity_of_session(
        &mut self,
        session: SessionId,
        limit: u32,
    ) -> Result<Vec<Activity>, Error> {
        let session = session.to_string();
        let found = sqlx::query!(
            r#"select body as "body!: String", at from activity
             where session = ?1 order by at desc limit ?2"#,
            session,
            limit
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }
}

/// A screen gathers through the same questions as a decision.
impl Lookup for Reader {
    type Error = Error;

    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Error> {
        View::new(self.connection()).row(kind, id).await
    }

    async fn clinic(&mut self) -> Result<Option<Clinic>, Error> {
        View::new(self.connection()).clinic().await
    }

    async fn members(&mut self) -> Result<Vec<Member>, Error> {
        View::new(self.connection()).members().await
    }

    async fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> Result<Vec<Occupancy>, Error> {
        View::new(self.connection())
            .occupancy(resource, window)
            .await
    }

    async fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> Result<Vec<(TimeOff, Position)>, Error> {
        View::new(self.connection()).time_off(owner, window).await
    }

    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Error> {
        View::new(self.connection()).notices_of(session).await
    }

    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Error> {
        View::new(self.connection()).invoices_of(session).await
    }

    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Error> {
        View::new(self.connection())
            .notices_of_invoice(invoice)
            .await
    }
}
