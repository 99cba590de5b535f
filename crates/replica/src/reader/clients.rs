//! Clients: searched by what a person remembers of them, and how reliably they come.

use super::Reader;
use crate::Error;
use safetalk_domain::{CancelledBy, Client, ClientId, Moment, SessionStatus};
use std::collections::BTreeMap;

/// How a client's sessions went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Ended, and neither cancelled nor a no-show.
    pub completed: u32,
    /// Cancelled by the client, late ones included: what the clinic called off says nothing of who comes.
    pub cancelled: u32,
    /// Cancelled with less notice than the clinic asks for.
    pub cancelled_late: u32,
    /// The client did not come.
    pub no_show: u32,
}

/// When a client was there last, and comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visits {
    /// The start of the last session that is over and was not cancelled.
    pub last: Option<Moment>,
    /// The start of the next one that stands.
    pub next: Option<Moment>,
}

impl Visits {
    fn add(&mut self, last: Option<i64>, next: Option<i64>) {
        self.last = self.last.max(last.map(Moment));
        self.next = [self.next, next.map(Moment)].into_iter().flatten().min();
    }
}

/// How well a client answers a search; less is better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The name begins with it.
    Name,
    /// A later word of the name begins with it.
    Word,
    /// It is somewhere in the name.
    Inside,
    /// It is in the address or a number.
    Reach,
}

impl Reader {
    /// Clients whose name, address or number holds `text`, the best answers first; an empty text finds everyone, by
    /// name. Case does not matter, in any script that has it.
    pub async fn search_clients(
        &mut self,
        text: &str,
        with_archived: bool,
        limit: usize,
    ) -> Result<Vec<Client>, Error> {
        let found = sqlx::query!(
            r#"select id as "id!: String", full_name as "full_name!: String",
                 called as "called!: String", email as "email?: String", phones as "phones!: String"
             from client where archived in (0, ?1)"#,
            with_archived
        )
        .fetch_all(self.connection())
        .await?;
        let needle = text.trim().to_lowercase();
        let digits: String = needle.chars().filter(char::is_ascii_digit).collect();
        let is_number = digits.len() > 2
            && needle
                .chars()
                .all(|c| c.is_ascii_digit() || " +-()./".contains(c));
        let mut ranked = Vec::new();
        for row in found {
            let name = row.full_name.to_lowercase();
            let called = row.called.to_lowercase();
            let email = row.email.unwrap_or_default().to_lowercase();
            let number = is_number.then_some(digits.as_str());
            if let Some(rank) = rank(&needle, number, &name, &called, &email, &row.phones) {
                ranked.push((rank, name, row.id));
            }
        }
        ranked.sort();
        ranked.truncate(limit);
        let mut ids = Vec::with_capacity(ranked.len());
        for (_, _, id) in &ranked {
            ids.push(ClientId(crate::rows::uuid(id)?));
        }
        let mut clients: BTreeMap<ClientId, Client> = self
            .many::<Client>(&ids)
            .await?
            .into_iter()
            .map(|client| (client.id, client))
            .collect();
        Ok(ids.iter().filter_map(|id| clients.remove(id)).collect())
    }

    /// When each of these clients was there last and comes next, beside others too.
    pub async fn visits(
        &mut self,
        clients: &[ClientId],
        now: Moment,
    ) -> Result<BTreeMap<ClientId, Visits>, Error> {
        let ids = serde_json::to_string(clients).map_err(|_| Error::Body { what: "id" })?;
        let own = sqlx::query!(
            r#"select value || '' as "client!: String",
                 (select starts from session where client = value and starts < ?2 and ends <= ?2
                  and status <> 'cancelled' order by starts desc limit 1) as "last?: i64",
                 (select starts from session where client = value and starts >= ?2
                  and status = 'scheduled' order by starts limit 1) as "next?: i64"
             from json_each(?1)"#,
            ids,
            now.0
        )
        .fetch_all(self.connection())
        .await?;
        let mut visits: BTreeMap<ClientId, Visits> = BTreeMap::new();
        for row in own {
            let client = ClientId(crate::rows::uuid(&row.client)?);
            visits.entry(client).or_default().add(row.last, row.next);
        }
        // The overlay may say of a session otherwise than the base below it: its body tells who comes.
        let joined = sqlx::query!(
            r#"select more.client as "client!: String", at.starts as "starts!: i64", at.ends as "ends!: i64",
                 at.status as "status!: String"
             from (select client, session from session_more_base where client in (select value from json_each(?1))
                   union
                   select client, session from session_more_overlay
                   where client in (select value from json_each(?1))) as more
             join session as at on at.id = more.session
             where at.status <> 'cancelled' and exists (
                 select 1 from json_each(at.body, '$.facts.more_clients') where value = more.client
             )"#,
            ids
        )
        .fetch_all(self.connection())
        .await?;
        for row in joined {
            let client = ClientId(crate::rows::uuid(&row.client)?);
            let last = Some(row.starts).filter(|_| row.ends <= now.0);
            let next = Some(row.starts).filter(|at| *at >= now.0 && row.status == "scheduled");
            visits.entry(client).or_default().add(last, next);
        }
        Ok(visits)
    }

    /// How a client's sessions that begin from `since` to before `now` went.
    pub async fn attendance(
        &mut self,
        client: ClientId,
        since: Moment,
        now: Moment,
    ) -> Result<Attendance, Error> {
        let id = client.to_string();
        let row = sqlx::query!(
            r#"select coalesce(sum(status = 'scheduled' and ends <= ?3), 0) as "completed!: i64",
                 coalesce(sum(status = 'cancelled' and body ->> '$.facts.cancelled.by' = 'client'), 0)
                   as "cancelled!: i64",
                 coalesce(sum(status = 'cancelled' and late and body ->> '$.facts.cancelled.by' = 'client'), 0)
                   as "cancelled_late!: i64",
                 coalesce(sum(status = 'no_show'), 0) as "no_show!: i64"
             from session where client = ?1 and starts >= ?2 and starts < ?3"#,
            id,
            since.0,
            now.0
        )
        .fetch_one(self.connection())
        .await?;
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        let mut attendance = Attendance {
            completed: count(row.completed),
            cancelled: count(row.cancelled),
            cancelled_late: count(row.cancelled_late),
            no_show: count(row.no_show),
        };
        for session in self.sessions_joined(client).await? {
            let facts = session.facts;
            if facts.at.start < since || facts.at.start >= now {
                continue;
            }
            match facts.status {
                SessionStatus::Scheduled if facts.at.end <= now => attendance.completed += 1,
                SessionStatus::Scheduled => {}
                SessionStatus::NoShow => attendance.no_show += 1,
                SessionStatus::Cancelled => {
                    let own = facts
                        .cancelled
                        .filter(|cancelled| cancelled.by == CancelledBy::Client);
                    attendance.cancelled += u32::from(own.is_some());
                    let late = own.is_some_and(|cancelled| cancelled.late);
                    attendance.cancelled_late += u32::from(late);
                }
            }
        }
        Ok(attendance)
    }
}

/// How well a client answers, if at all. Everything but the numbers is in lower case.
fn rank(
    needle: &str,
    number: Option<&str>,
    name: &str,
    called: &str,
    email: &str,
    phones: &str,
) -> Option<Rank> {
    let names = [name, called];
    let word = |name: &&str| name.split_whitespace().any(|word| word.starts_with(needle));
    if names.iter().any(|name| name.starts_with(needle)) {
        Some(Rank::Name)
    } else if names.iter().any(word) {
        Some(Rank::Word)
    } else if names.iter().any(|name| name.contains(needle)) {
        Some(Rank::Inside)
    } else if email.contains(needle) || number.is_some_and(|number| phones.contains(number)) {
        Some(Rank::Reach)
    } else {
        None
    }
}
