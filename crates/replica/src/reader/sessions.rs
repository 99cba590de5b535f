//! Sessions: by window, by client, by series, by therapist or room, and what their clients know.

use super::Reader;
use crate::{Error, rows};
use safetalk_domain::gather::look_back;
use safetalk_domain::{
    ClientId, Interval, Moment, RoomId, SeriesId, Session, SessionId, SessionStatus, TherapistId,
    Told,
};
use std::cmp::Reverse;
use std::collections::BTreeMap;

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

    /// A client's first session that stands and begins at `moment` or later.
    pub async fn next_session_of_client(
        &mut self,
        client: ClientId,
        moment: Moment,
    ) -> Result<Option<Session>, Error> {
        let id = client.to_string();
        let found = sqlx::query!(
            r#"select body as "body!: String", starts from session
             where client = ?1 and starts >= ?2 and status = 'scheduled' order by starts limit 1"#,
            id,
            moment.0
        )
        .fetch_optional(self.connection())
        .await?;
        let own: Option<Session> = found.map(|row| rows::entity(&row.body)).transpose()?;
        let joined = self.sessions_joined(client).await?.into_iter();
        let ahead = joined.filter(|session| {
            session.facts.at.start >= moment && session.facts.status == SessionStatus::Scheduled
        });
        Ok(own
            .into_iter()
            .chain(ahead)
            .min_by_key(|session| session.facts.at.start))
    }

    /// The sessions that were booked together, of any status, by start.
    pub async fn sessions_of_series(&mut self, series: SeriesId) -> Result<Vec<Session>, Error> {
        let series = series.to_string();
        let found = sqlx::query!(
            r#"select body as "body!: String", starts from session
             where series = ?1 order by starts"#,
            series
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }

    /// A therapist's sessions that stand and meet `window`, those they lead with another too, by start.
    pub async fn sessions_of_therapist(
        &mut self,
        therapist: TherapistId,
        window: Interval,
    ) -> Result<Vec<Session>, Error> {
        let (id, back) = (therapist.to_string(), look_back(window));
        let found = sqlx::query!(
            r#"select body as "body!: String", starts from session
             where therapist = ?1 and starts > ?2 and starts < ?3 and ends > ?4
             and status <> 'cancelled' order by starts"#,
            id,
            back.0,
            window.end.0,
            window.start.0
        )
        .fetch_all(self.connection())
        .await?;
        let mut sessions: Vec<Session> = rows::entities(found.iter().map(|row| &row.body))?;
        // What they lead with another is known by the time it holds of them.
        let held = sqlx::query_scalar!(
            r#"select session as "session!: String" from occupancy
             where resource = ?1 and starts > ?2 and starts < ?3 and ends > ?4"#,
            id,
            back.0,
            window.end.0,
            window.start.0
        )
        .fetch_all(self.connection())
        .await?;
        let mut led: Vec<SessionId> = Vec::new();
        for held in &held {
            let id = SessionId(rows::uuid(held)?);
            if !sessions.iter().any(|session| session.id == id) {
                led.push(id);
            }
        }
        sessions.extend(self.many::<Session>(&led).await?);
        sessions.sort_by_key(|session| (session.facts.at.start, session.id));
        Ok(sessions)
    }

    /// A room's sessions that stand and meet `window`, by start.
    pub async fn sessions_in_room(
        &mut self,
        room: RoomId,
        window: Interval,
    ) -> Result<Vec<Session>, Error> {
        let (room, back) = (room.to_string(), look_back(window));
        let found = sqlx::query!(
            r#"select body as "body!: String", starts from session
             where room = ?1 and starts > ?2 and starts < ?3 and ends > ?4
             and status <> 'cancelled' order by starts"#,
            room,
            back.0,
            window.end.0,
            window.start.0
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(found.iter().map(|row| &row.body))
    }

    /// What clients were told of the sessions that meet `window`.
    pub async fn told_in(&mut self, window: Interval) -> Result<Vec<Told>, Error> {
        let back = look_back(window);
        let found = sqlx::query_scalar!(
            r#"select told.body as "body!: String"
             from session join told on told.session = session.id
             where session.starts > ?1 and session.starts < ?2 and session.ends > ?3"#,
            back.0,
            window.end.0,
            window.start.0
        )
        .fetch_all(self.connection())
        .await?;
        rows::entities(&found)
    }

    /// Sessions that meet `window`, cancelled ones too, once for each client who was last told something else than
    /// what stands.
    pub async fn told_otherwise(
        &mut self,
        window: Interval,
    ) -> Result<Vec<(Session, Told)>, Error> {
        let told: BTreeMap<_, _> = self
            .told_in(window)
            .await?
            .into_iter()
            .map(|told| ((told.session, told.client), told))
            .collect();
        Ok(self
            .sessions_in(window, true)
            .await?
            .into_iter()
            .flat_map(|session| {
                let stands = session.facts.snapshot();
                session
                    .facts
                    .clients()
                    .filter_map(|client| told.get(&(session.id, client)))
                    .filter(|told| told.what != stands)
                    .map(|told| (session.clone(), told.clone()))
                    .collect::<Vec<_>>()
            })
            .collect())
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
