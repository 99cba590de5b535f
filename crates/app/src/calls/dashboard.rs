//! The Dashboard: today, and what needs a person.

use super::attention::attention;
use super::blocks::blocks;
use crate::api::Nothing;
use crate::api::act::Problem;
use crate::api::dashboard::*;
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::*;

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
    let waiting = super::mail::waiting(office, &directory).await?;
    let attention = attention(office, &directory, &waiting).await?;
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
        mail: waiting.held.filter(|hold| hold.passes),
        demo: office.demo,
    })
}
