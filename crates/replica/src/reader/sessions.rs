//! Sessions: by window, by client, beside each other, and by what their clients were told.

use super::Reader;
use crate::{Error, rows};
use safetalk_domain::gather::look_back;
use safetalk_domain::{ClientId, Interval, Moment, Session, SessionId};
use std::cmp::Reverse;

impl Reader {
    /// Sessions that meet `window`, by start; cancelled ones only if wanted.
    pub async fn sessions_in(
        &mut self,
        window: Interval,
        with_cancelled: bool,
    ) -> Result<Vec<Session>, Error> {
        let back = look_back(window);
        let found = sqlx::query_scalar!(
            r#"select group_concat(body) as "bodies?: String" from (
                 select body from session
                 where starts > ?1 and starts < ?2 and ends > ?3 and (?4 or status <> 'cancelled')
             )"#,
            back.0,
            window.end.0,
            window.start.0,
            with_cancelled
        )
        .fetch_one(self.connection())
        .await?;
        let mut sessions: Vec<Session> = rows::joined(found)?;
        sessions.sort_unstable_by_key(|session| (session.facts.at.start, session.id));
        Ok(sessions)
    }

    /// When sessions that stand begin within `window`, in order: enough to count them per day without reading them.
    pub async fn starts_in(&mut self, window: Interval) -> Result<Vec<Moment>, Error> {
        let found = sqlx::query_scalar!(
            r#"select starts as "starts!: i64" from session
             where starts >= ?1 and starts < ?2 and status <> 'cancelled' order by starts"#,
            window.start.0,
            window.end.0
        )
        .fetch_all(self.connection())
        .await?;
        Ok(found.into_iter().map(Moment).collect())
    }

    /// The last session that stands and begins before `moment`.
    pub async fn session_before(&mut self, moment: Moment) -> Result<Option<Session>, Error> {
        let found = sqlx::query!(
            r#"select body as "body!: String", starts from session
             where starts < ?1 and status <> 'cancelled' order by starts desc limit 1"#,
            moment.0
        )
        .fetch_optional(self.connection())
        .await?;
        found.map(|row| rows::entity(&row.body)).transpose()
    }

    /// The first session that stands and begins at `moment` or later.
    pub async fn session_from(&mut self, moment: Moment) -> Result<Option<Session>, Error> {
        let found = sqlx::query!(
            r#"select body as "body!: String", starts from session
             where starts >= ?1 and status <> 'cancelled' order by starts limit 1"#,
            moment.0
        )
        .fetch_optional(self.connection())
        .await?;
        found.map(|row| rows::entity(&row.body)).transpose()
    }

    /// A client's sessions of any status, latest start first.
    pub async fn sessions_of_client(
        &mut self,
        client: ClientId,
        limit: u32,
    ) -> Result<Vec<Session>, Error> {
        let id = client.to_string();
        let found = sqlx::query!(
            r#"select body as "body!: String", starts from session
             where client = ?1 order by starts desc limit ?2"#,
            id,
            limit
        )
        .fetch_all(self.connection())
        .await?;
        let mut sessions: Vec<Session> = rows::entities(found.iter().map(|row| &row.body))?;
        sessions.extend(self.sessions_joined(client).await?);
        sessions.sort_by_key(|session| Reverse(session.facts.at.start));
        sessions.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(sessions)
    }

    /// The sessions a client comes to beside another client who is named first, of any status.
    pub(super) async fn sessions_joined(
        &mut self,
        client: ClientId,
    ) -> Result<Vec<Session>, Error> {
        let id = client.to_string();
        let found = sqlx::query_scalar!(
            r#"select session as "session!: String" from session_more_base where client = ?1
             union select session from session_more_overlay where client = ?1"#,
            id
        )
        .fetch_all(self.connection())
        .await?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let mut ids = Vec::with_capacity(found.len());
        for id in &found {
            ids.push(SessionId(rows::uuid(id)?));
        }
        let mut sessions = self.many::<Session>(&ids).await?;
        // The overlay may say otherwise than the base below it.
        sessions.retain(|session| session.facts.is_with(client));
        Ok(sessions)
    }

    /// Sessions whose client was last told that they begin inside `window`, wherever they are now.
    pub async fn sessions_told_for(&mut self, window: Interval) -> Result<Vec<Session>, Error> {
        let found = sqlx::query_scalar!(
            r#"select session.body as "body!: String"
             from told join session on session.id = told.session
             where told.believes >= ?1 and told.believes < ?2"#,
            window.start.0,
            window.end.0
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(&found)
    }
}
