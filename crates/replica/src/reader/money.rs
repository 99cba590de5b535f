//! Invoices: of a session, of a client, by status, overdue, newest first, and in sums.

use super::Reader;
use crate::{Error, rows};
use chrono::NaiveDate;
use safetalk_domain::{ClientId, Invoice, InvoiceStatus, SessionId};

/// How many invoices, and how much in minor units of the clinic's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub count: u32,
    /// How much.
    pub minor: i64,
}

/// All invoices in sums. Void ones are in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InvoiceSums {
    /// Not issued yet.
    pub drafts: Sum,
    /// Issued and not paid, overdue ones included.
    pub outstanding: Sum,
    /// Issued, not paid and past their due date.
    pub overdue: Sum,
    /// Paid.
    pub paid: Sum,
}

impl Reader {
    /// A session's invoices, oldest first.
    pub async fn invoices_of_session(&mut self, session: SessionId) -> Result<Vec<Invoice>, Error> {
        let session = session.to_string();
        let found = sqlx::query!(
            r#"select body as "body!: String", drafted_by from invoice
             where session = ?1 order by drafted_by"#,
            session
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }

    /// A client's invoices, newest first.
    pub async fn invoices_of_client(
        &mut self,
        client: ClientId,
        limit: u32,
    ) -> Result<Vec<Invoice>, Error> {
        let client = client.to_string();
        let found = sqlx::query!(
            r#"select body as "body!: String", drafted_by from invoice
             where client = ?1 order by drafted_by desc limit ?2"#,
            client,
            limit
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }

    /// The newest invoices of any status.
    pub async fn newest_invoices(&mut self, limit: u32) -> Result<Vec<Invoice>, Error> {
        let found = sqlx::query!(
            r#"select body as "body!: String", drafted_by from invoice
             order by drafted_by desc limit ?1"#,
            limit
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }

    /// Invoices of one status, those due first on top.
    pub async fn invoices_in(
        &mut self,
        status: InvoiceStatus,
        limit: u32,
    ) -> Result<Vec<Invoice>, Error> {
        let status = word(status);
        let found = sqlx::query!(
            r#"select body as "body!: String", due from invoice
             where status = ?1 order by due limit ?2"#,
            status,
            limit
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }

    /// Issued, unpaid invoices that were due before `today`, the oldest debt first.
    pub async fn overdue_invoices(
        &mut self,
        today: NaiveDate,
        limit: u32,
    ) -> Result<Vec<Invoice>, Error> {
        let today = today.to_string();
        let found = sqlx::query!(
            r#"select body as "body!: String", due from invoice
             where status = 'issued' and due < ?1 order by due limit ?2"#,
            today,
            limit
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }

    /// All invoices in sums, as of `today` on the clinic's calendar.
    pub async fn invoice_sums(&mut self, today: NaiveDate) -> Result<InvoiceSums, Error> {
        let today = today.to_string();
        let found = sqlx::query!(
            r#"select status as "status!: String", due < ?1 as "past!: bool",
                 count(*) as "count!: i64", sum(minor) as "minor!: i64"
             from invoice group by 1, 2"#,
            today
        )
        .fetch_all(self.connection())
        .await?;
        let mut sums = InvoiceSums::default();
        for row in found {
            let add = |sum: &mut Sum| {
                sum.count += u32::try_from(row.count).unwrap_or(u32::MAX);
                sum.minor += row.minor;
            };
            match row.status.as_str() {
                "draft" => add(&mut sums.drafts),
                "paid" => add(&mut sums.paid),
                "issued" => {
                    add(&mut sums.outstanding);
                    if row.past {
                        add(&mut sums.overdue);
                    }
                }
                _ => {}
            }
        }
        Ok(sums)
    }
}

/// A status as a body spells it.
fn word(status: InvoiceStatus) -> &'static str {
    match status {
        InvoiceStatus::Draft => "draft",
        InvoiceStatus::Issued => "issued",
        InvoiceStatus::Paid => "paid",
        InvoiceStatus::Void => "void",
    }
}
