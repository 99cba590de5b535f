//! Messages: of a session, of a client, by state, newest first.

use super::Reader;
use crate::{Error, rows};
use safetalk_domain::{ClientId, InvoiceId, Kind, Notice, NoticeState, SessionId};

impl Reader {
    /// A session's messages, newest first.
    pub async fn notices_of_session(&mut self, session: SessionId) -> Result<Vec<Notice>, Error> {
        let session = session.to_string();
        let found = sqlx::query!(
            r#"select body as "body!: String", queued_at from notice
             where session = ?1 order by queued_at desc"#,
            session
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }

    /// The messages of any of these sessions, newest first.
    pub async fn notices_of_sessions(
        &mut self,
        sessions: &[SessionId],
    ) -> Result<Vec<Notice>, Error> {
        let ids = serde_json::to_string(sessions).map_err(|_| Error::Body { what: "id" })?;
        let found: Vec<String> = sqlx::query_scalar(rows::over(
            Kind::Notice,
            "select body from {kind} where session in (select value from json_each(?1))
             order by queued_at desc",
        ))
        .bind(ids)
        .fetch_all(self.connection())
        .await?;
        rows::entities(&found)
    }

    /// A client's messages, newest first.
    pub async fn notices_of_client(
        &mut self,
        client: ClientId,
        limit: u32,
    ) -> Result<Vec<Notice>, Error> {
        let client = client.to_string();
        let found = sqlx::query!(
            r#"select body as "body!: String", queued_at from notice
             where client = ?1 order by queued_at desc limit ?2"#,
            client,
            limit
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }

    /// The messages that carry any of these invoices, newest first.
    pub async fn notices_with_invoices(
        &mut self,
        invoices: &[InvoiceId],
    ) -> Result<Vec<Notice>, Error> {
        let ids = serde_json::to_string(invoices).map_err(|_| Error::Body { what: "id" })?;
        let found: Vec<String> = sqlx::query_scalar(rows::over(
            Kind::Notice,
            "select body from {kind} where invoice in (select value from json_each(?1))
             order by queued_at desc",
        ))
        .bind(ids)
        .fetch_all(self.connection())
        .await?;
        rows::entities(&found)
    }

    /// Messages in any of `states`, newest first. A draft whose time has passed unopened is left out: a person made it and
    /// did not send it, and nothing can be done about it any more. Of one that was opened somebody may know what became.
    pub async fn notices_in(
        &mut self,
        states: &[NoticeState],
        limit: u32,
    ) -> Result<Vec<Notice>, Error> {
        let mut all: Vec<Notice> = Vec::new();
        for state in states {
            let state = word(*state)?;
            let found = sqlx::query!(
                r#"select body as "body!: String", queued_at from notice
                 where state = ?1 and (state <> 'expired' or body ->> '$.facts.channel' <> 'whatsapp'
                     or body ->> '$.facts.cause' = 'never_confirmed')
                 order by queued_at desc limit ?2"#,
                state,
                limit
            )
            .fetch_all(self.connection())
            .await?;
            all.append(&mut rows::entities(found.iter().map(|row| &row.body))?);
        }
        all.sort_by_key(|notice| std::cmp::Reverse((notice.facts.queued_at, notice.id)));
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// The newest messages of any state.
    pub async fn newest_notices(&mut self, limit: u32) -> Result<Vec<Notice>, Error> {
        let found = sqlx::query!(
            r#"select body as "body!: String", queued_at from notice
             order by queued_at desc limit ?1"#,
            limit
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }
}

/// A state as a body spells it.
fn word(state: NoticeState) -> Result<String, Error> {
    match serde_json::to_value(state) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(Error::Body { what: "state" }),
    }
}
