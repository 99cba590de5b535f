//! What needs a person. The Dashboard lists it, and the sidebar counts it at every change: both ask the same questions here.

use super::account;
use super::backup;
use super::invoice::invoice_briefs;
use super::letter::letters;
use super::mail::Waiting;
use super::named::Named;
use super::notice::notice_briefs;
use super::refused::refused;
use super::told::{phone, told_view};
use crate::api::act::Problem;
use crate::api::dashboard::*;
use crate::api::session::ToldView;
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::*;
use std::collections::BTreeMap;

/// An untold client stands here when their session is this near. Hours.
const UNTOLD_HOURS: i64 = 48;
/// A session that nobody confirmed stands here when it is this near. Hours.
const UNCONFIRMED_HOURS: i64 = 24;
/// A message that waits no longer than this is on its way, not in trouble. Seconds.
const PATIENCE_SECONDS: i64 = 120;
/// How many messages and invoices are listed.
const MOST: u32 = 50;

/// All of it, most urgent first.
pub async fn attention(
    office: &Office,
    directory: &Directory,
    waiting: &Waiting,
) -> Result<Vec<Attention>, Problem> {
    let mut items: Vec<Attention> = broken_line(office).await?.into_iter().collect();
    items.extend(untold(office, directory).await?);
    items.extend(refused(office, directory).await?);
    items.extend(held_up(office, directory, waiting));
    let troubled = troubled(office).await?;
    for notice in notice_briefs(office, directory, troubled).await? {
        items.push(match notice.state {
            NoticeState::Opened => Attention::Whatsapp { notice },
            _ => Attention::Message { notice },
        });
    }
    let drafts = notice_briefs(office, directory, drafts(office, directory).await?).await?;
    items.extend(drafts.into_iter().map(|notice| Attention::Draft { notice }));
    let overdue = overdue(office, directory).await?;
    items.extend(
        invoice_briefs(office, directory, overdue)
            .await?
            .into_iter()
            .map(|invoice| Attention::Overdue { invoice }),
    );
    let unconfirmed = unconfirmed(office, directory).await?;
    if !unconfirmed.is_empty() {
        items.push(Attention::Unconfirmed {
            sessions: named_unconfirmed(office, directory, unconfirmed).await?,
        });
    }
    if backup::is_old(office, directory.now).await {
        let backup = backup::view(office, directory).await?;
        items.push(Attention::OldBackup {
            last_good: backup.last_good,
            trouble: backup.trouble,
        });
    }
    Ok(items)
}

/// How many things that is, without the names that nobody reads in a number.
pub async fn count_all(
    office: &Office,
    directory: &Directory,
    waiting: &Waiting,
) -> Result<usize, Problem> {
    let count = usize::from(broken_line(office).await?.is_some())
        + untold_of(office, directory).await?.len()
        + office.replica.refused().await?.len()
        + held_up(office, directory, waiting).len()
        + letters(troubled(office).await?).len()
        + letters(drafts(office, directory).await?).len()
        + overdue(office, directory).await?.len()
        + usize::from(!unconfirmed(office, directory).await?.is_empty());
    Ok(count + usize::from(backup::is_old(office, directory.now).await))
}

/// What is the matter with the line to the clinic's server, where it takes a person.
async fn broken_line(office: &Office) -> Result<Option<Attention>, Problem> {
    let trouble = office.there().and_then(|there| there.trouble());
    let Some((trouble, true)) = trouble else {
        return Ok(None);
    };
    let waiting = account::waiting(office).await?;
    Ok(Some(Attention::Line { trouble, waiting }))
}

/// Messages that failed, are in doubt or came too late, and drafts of which nobody said what became of them.
async fn troubled(office: &Office) -> Result<Vec<Notice>, Problem> {
    use NoticeState::{Expired, Failed, Opened, Uncertain};
    let mut read = office.replica.read().await?;
    let states = [Failed, Uncertain, Expired, Opened];
    Ok(read.notices_in(&states, MOST).await?)
}

/// WhatsApp drafts that nobody has opened. One that was made just now is about to be.
async fn drafts(office: &Office, directory: &Directory) -> Result<Vec<Notice>, Problem> {
    let mut read = office.replica.read().await?;
    let mut drafts = read.notices_in(&[NoticeState::Draft], MOST).await?;
    drafts.retain(|notice| notice.facts.since + PATIENCE_SECONDS <= directory.now);
    Ok(drafts)
}

async fn overdue(office: &Office, directory: &Directory) -> Result<Vec<Invoice>, Problem> {
    let mut read = office.replica.read().await?;
    Ok(read.overdue_invoices(directory.today(), MOST).await?)
}

/// Sessions of the next 24 h that nobody confirmed, the nearest first.
async fn unconfirmed(office: &Office, directory: &Directory) -> Result<Vec<Session>, Problem> {
    let soon = Interval::new(directory.now, directory.now.plus_hours(UNCONFIRMED_HOURS));
    let mut sessions = office.replica.read().await?.sessions_in(soon, true).await?;
    sessions.retain(|session| session.facts.word(directory.now) == StatusWord::Scheduled);
    sessions.sort_by_key(|session| (session.facts.at.start, session.id));
    Ok(sessions)
}

async fn named_unconfirmed(
    office: &Office,
    directory: &Directory,
    sessions: Vec<Session>,
) -> Result<Vec<Unconfirmed>, Problem> {
    let clients = sessions.iter().flat_map(|session| session.facts.clients());
    let Named { clients, .. } = Named::read(office, clients, std::iter::empty()).await?;
    Ok(sessions
        .into_iter()
        .map(|session| {
            let mut names = session.facts.clients().map(|id| {
                clients
                    .get(&id)
                    .map(|client| client.details.full_name.value.clone())
                    .unwrap_or_default()
            });
            Unconfirmed {
                session: session.id,
                client: names.next().unwrap_or_default(),
                others: names.collect(),
                when: directory.when(session.facts.at),
            }
        })
        .collect())
}

/// Messages that wait for a mail account, for somebody to mend it, or for a person to choose after a long silence.
fn held_up(office: &Office, directory: &Directory, waiting: &Waiting) -> Vec<Attention> {
    let mut items = Vec::new();
    if waiting.messages == 0 || office.demo {
        return items;
    }
    if !directory.clinic.facts.mail_ready {
        items.push(Attention::MailNotSetUp {
            waiting: waiting.messages,
        });
        return items;
    }
    if let Some(hold) = waiting.held.filter(|hold| !hold.passes) {
        items.push(Attention::MailHeld { hold });
    }
    if waiting.choose {
        items.push(Attention::ChooseWaiting {
            waiting: waiting.messages,
        });
    }
    items
}

/// A client who does not know how a session stands.
struct Ignorance {
    session: Session,
    client_id: ClientId,
    client: Option<Client>,
    /// A message about it waits.
    waiting: bool,
}

/// Clients whose session is within 48 h, or was to be, and who do not know how it stands; the nearest first.
async fn untold(office: &Office, directory: &Directory) -> Result<Vec<Attention>, Problem> {
    let mut untold = untold_of(office, directory).await?;
    untold.sort_by_key(|one| one.session.facts.at.start);
    Ok(untold
        .into_iter()
        .map(|one| Attention::Untold {
            session: one.session.id,
            client: one
                .client
                .as_ref()
                .map(|client| client.details.full_name.value.clone())
                .unwrap_or_default(),
            client_id: one.client_id,
            phone: one.client.as_ref().and_then(phone),
            when: directory.when(one.session.facts.at),
            status: one.session.facts.word(directory.now),
            waiting: one.waiting,
        })
        .collect())
}

async fn untold_of(office: &Office, directory: &Directory) -> Result<Vec<Ignorance>, Problem> {
    let soon = Interval::new(directory.now, directory.now.plus_hours(UNTOLD_HOURS));
    let mut read = office.replica.read().await?;
    let mut sessions: BTreeMap<SessionId, Session> = read
        .sessions_in(soon, true)
        .await?
        .into_iter()
        .map(|session| (session.id, session))
        .collect();
    // A session that was moved out of these hours is missed by a client who still believes in the old time.
    for session in read.sessions_told_for(soon).await? {
        sessions.insert(session.id, session);
    }
    let each: Vec<(&Session, ClientId)> = sessions
        .values()
        .flat_map(|session| session.facts.clients().map(move |client| (session, client)))
        .collect();
    let ids: Vec<ToldId> = each
        .iter()
        .map(|(session, client)| Told::id_of(session.id, *client))
        .collect();
    let known: BTreeMap<ToldId, Told> = read
        .many::<Told>(&ids)
        .await?
        .into_iter()
        .map(|told| (told.id, told))
        .collect();
    let told_of = |session: &Session, client| known.get(&Told::id_of(session.id, client));
    // Most know it: only of the others the rest is read.
    let doubtful: Vec<(&Session, ClientId)> = each
        .into_iter()
        .filter(|(session, client)| match told_of(session, *client) {
            Some(told) => told.what != session.facts.snapshot(),
            None => true,
        })
        .collect();
    let (sessions_of, clients_of): (Vec<SessionId>, Vec<ClientId>) = doubtful
        .iter()
        .map(|(session, client)| (session.id, *client))
        .unzip();
    let clients: BTreeMap<ClientId, Client> = read
        .many::<Client>(&clients_of)
        .await?
        .into_iter()
        .map(|client| (client.id, client))
        .collect();
    let mut notices: BTreeMap<SessionId, Vec<Notice>> = BTreeMap::new();
    for notice in read.notices_of_sessions(&sessions_of).await? {
        if let Some(session) = notice.facts.session {
            notices.entry(session).or_default().push(notice);
        }
    }
    let mut untold = Vec::new();
    for (session, client_id) in doubtful {
        let client = clients.get(&client_id);
        let notices = notices.get(&session.id).map_or(&[][..], Vec::as_slice);
        let told = told_of(session, client_id);
        let ToldView::Outdated { waiting, .. } =
            told_view(directory, session, client, told, notices.iter())
        else {
            continue;
        };
        let fresh = notices.iter().any(|notice| {
            notice.facts.client == client_id
                && notice.facts.queued_at + PATIENCE_SECONDS > directory.now
                && notice.facts.state.waits()
        });
        if waiting && fresh && directory.clinic.facts.mail_ready {
            continue;
        }
        untold.push(Ignorance {
            session: session.clone(),
            client_id,
            client: client.cloned(),
            waiting,
        });
    }
    Ok(untold)
}
