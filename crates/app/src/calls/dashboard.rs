//! The Dashboard: today, and what needs a person.

use super::blocks::blocks;
use super::invoice::invoice_briefs;
use super::letter;
use super::notice::notice_briefs;
use super::refused::refused;
use super::told::{phone, told_view};
use crate::api::Nothing;
use crate::api::act::Problem;
use crate::api::dashboard::*;
use crate::api::session::ToldView;
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::*;
use std::collections::BTreeMap;

/// An untold client stands here when their session is this near. Hours.
const UNTOLD_HOURS: i64 = 48;
/// A message that waits no longer than this is on its way, not in trouble. Seconds.
const PATIENCE_SECONDS: i64 = 120;
/// How many messages and invoices are listed.
const MOST: u32 = 50;

/// `dashboard.get`.
pub async fn get(office: &Office, _: Nothing) -> Result<DashboardView, Problem> {
    let directory = Directory::read(office).await?;
    let today = directory.zone().day(directory.today());
    let mut sessions = office
        .replica
        .read()
        .await?
        .sessions_in(today.span, true)
        .await?;
    sessions.retain(|session| today.span.holds(session.facts.at.start));
    sessions.sort_by_key(|session| (session.facts.at.start, session.facts.at.end, session.id));
    let attention = attention(office, &directory).await?;
    let untold: Vec<SessionId> = attention
        .iter()
        .filter_map(|item| match item {
            Attention::Untold { session, .. } => Some(*session),
            _ => None,
        })
        .collect();
    let next = sessions
        .iter()
        .find(|s| s.facts.status == SessionStatus::Scheduled && s.facts.at.end > directory.now)
        .map(|s| s.id);
    let blocks = blocks(office, &directory, &[today], &sessions).await?;
    let today = blocks
        .into_iter()
        .map(|block| TodaySession {
            therapist: directory.therapist(block.therapist),
            co_therapists: directory.therapists_of(&block.co_therapists),
            room_name: block.room.map(|room| directory.room(room).name),
            untold: untold.contains(&block.session),
            block,
        })
        .collect();
    Ok(DashboardView {
        now: directory.stamp(directory.now),
        today,
        next,
        attention,
        demo: office.demo,
    })
}

/// What needs a person, most urgent first.
pub async fn attention(office: &Office, directory: &Directory) -> Result<Vec<Attention>, Problem> {
    let mut items = untold(office, directory).await?;
    items.extend(refused(office, directory).await?);
    items.extend(waiting(office, directory).await?);
    let troubled = office
        .replica
        .read()
        .await?
        .notices_in(
            &[
                NoticeState::Failed,
                NoticeState::Uncertain,
                NoticeState::Expired,
                NoticeState::Opened,
            ],
            MOST,
        )
        .await?;
    for notice in notice_briefs(office, directory, troubled).await? {
        items.push(match notice.state {
            NoticeState::Opened => Attention::Whatsapp { notice },
            _ => Attention::Message { notice },
        });
    }
    let overdue = office
        .replica
        .read()
        .await?
        .overdue_invoices(directory.today(), MOST)
        .await?;
    items.extend(
        invoice_briefs(office, directory, overdue)
            .await?
            .into_iter()
            .map(|invoice| Attention::Overdue { invoice }),
    );
    if !office.demo {
        let backup = super::backup::view(office, directory).await;
        if backup.old {
            items.push(Attention::OldBackup {
                last_good: backup.last_good,
                trouble: backup.trouble,
            });
        }
    }
    Ok(items)
}

/// Clients whose session is within 48 h, or was to be, and who do not know how it stands.
async fn untold(office: &Office, directory: &Directory) -> Result<Vec<Attention>, Problem> {
    let soon = Interval::new(directory.now, directory.now.plus_hours(UNTOLD_HOURS));
    let mut sessions: BTreeMap<SessionId, Session> = office
        .replica
        .read()
        .await?
        .sessions_in(soon, true)
        .await?
        .into_iter()
        .map(|session| (session.id, session))
        .collect();
    // A session that was moved out of these hours is missed by a client who still believes in the old time.
    for session in office.replica.read().await?.sessions_told_for(soon).await? {
        sessions.insert(session.id, session);
    }
    let mut items = Vec::new();
    let each: Vec<(&Session, ClientId)> = sessions
        .values()
        .flat_map(|session| session.facts.clients().map(move |client| (session, client)))
        .collect();
    let ids: Vec<ToldId> = each
        .iter()
        .map(|(session, client)| Told::id_of(session.id, *client))
        .collect();
    let known: BTreeMap<ToldId, Told> = office
        .replica
        .read()
        .await?
        .many::<Told>(&ids)
        .await?
        .into_iter()
        .map(|told| (told.id, told))
        .collect();
    for (session, client_id) in each {
        let told = known.get(&Told::id_of(session.id, client_id));
        if told.is_some_and(|told| told.what == session.facts.snapshot())
            || (told.is_none() && session.facts.sequence == 0)
        {
            continue;
        }
        let client = office.replica.row::<Client>(client_id).await?;
        let notices = office
            .replica
            .read()
            .await?
            .notices_of_session(session.id)
            .await?;
        let ToldView::Outdated { waiting, .. } =
            told_view(directory, session, client.as_ref(), told, notices.iter())
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
        items.push((
            session.facts.at.start,
            Attention::Untold {
                session: session.id,
                client: client
                    .as_ref()
                    .map(|client| client.details.full_name.value.clone())
                    .unwrap_or_default(),
                client_id,
                phone: client.as_ref().and_then(phone),
                when: directory.when(session.facts.at),
                status: session.facts.word(directory.now),
                waiting,
            },
        ));
    }
    items.sort_by_key(|(start, _)| *start);
    Ok(items.into_iter().map(|(_, item)| item).collect())
}

/// Messages that wait for a mail account, or for a person to choose after a long silence.
async fn waiting(office: &Office, directory: &Directory) -> Result<Vec<Attention>, Problem> {
    let waiting = letter::count(office, &[NoticeState::Queued, NoticeState::OnHold]).await?;
    Ok(if waiting == 0 || office.demo {
        Vec::new()
    } else if !directory.clinic.facts.mail_ready {
        vec![Attention::MailNotSetUp { waiting }]
    } else if super::notice::must_choose(office, &directory.clinic.facts).await? {
        vec![Attention::ChooseWaiting { waiting }]
    } else {
        Vec::new()
    })
}
