//! Sessions as the calendar draws them.

use super::track;
use crate::api::act::Problem;
use crate::api::calendar::Block;
use crate::directory::{Directory, client_brief};
use crate::office::Office;
use safetalk_domain::zone::Day;
use safetalk_domain::*;
use std::collections::{BTreeMap, BTreeSet};

/// At most this many messages in trouble are looked at.
const MOST_TROUBLES: u32 = 200;

/// Blocks of `sessions` on `days`; a session over midnight has one on either side.
pub async fn blocks(
    office: &Office,
    directory: &Directory,
    days: &[Day],
    sessions: &[Session],
) -> Result<Vec<Block>, Problem> {
    let ids: Vec<ClientId> = sessions.iter().flat_map(|s| s.facts.clients()).collect();
    let clients: BTreeMap<ClientId, Client> = office
        .replica
        .read()
        .await?
        .many::<Client>(&ids)
        .await?
        .into_iter()
        .map(|client| (client.id, client))
        .collect();
    let pending = office.replica.read().await?.pending(Kind::Session).await?;
    let attention = in_trouble(office).await?;
    let mut blocks = Vec::with_capacity(sessions.len());
    for session in sessions {
        let facts = &session.facts;
        let client = clients.get(&facts.client).map(client_brief);
        for (index, day) in (0u8..)
            .zip(days)
            .filter(|(_, day)| facts.at.meets(day.span))
        {
            let (from, to) = track::minutes_in(*day, facts.at);
            blocks.push(Block {
                session: session.id,
                day: index,
                from,
                to,
                start: directory.stamp(facts.at.start),
                end: directory.stamp(facts.at.end),
                therapist: facts.therapist,
                co_therapists: facts.co_therapists.clone(),
                room: facts.place.room(),
                place: facts.place,
                client: facts.client,
                client_name: client.as_ref().map(|c| c.name.clone()).unwrap_or_default(),
                client_initials: client
                    .as_ref()
                    .map(|c| c.initials.clone())
                    .unwrap_or_default(),
                others: facts
                    .more_clients
                    .iter()
                    .filter_map(|id| clients.get(id).map(client_brief))
                    .collect(),
                service_name: directory.service(facts.service).name,
                status: facts.word(directory.now),
                turnover: turnover(facts),
                kept: kept(facts),
                pending: pending.contains(&session.id.0),
                attention: attention.contains(&session.id),
            });
        }
    }
    Ok(blocks)
}

/// Sessions with a message that a person has to look at.
async fn in_trouble(office: &Office) -> Result<BTreeSet<SessionId>, Problem> {
    let states = [
        NoticeState::Failed,
        NoticeState::Uncertain,
        NoticeState::Expired,
    ];
    let notices = office
        .replica
        .read()
        .await?
        .notices_in(&states, MOST_TROUBLES)
        .await?;
    Ok(notices
        .iter()
        .filter_map(|notice| notice.facts.session)
        .collect())
}

/// What its room is kept after it, as it was when it was decided: that is what availability keeps free, whatever is set now.
/// A cancelled session keeps nothing, and after one that was broken off the turnover is over before its end.
fn turnover(facts: &SessionFacts) -> u16 {
    if facts.status == SessionStatus::Cancelled || facts.freed_from.is_some() {
        return 0;
    }
    facts.place.room().map_or(0, |_| facts.turnover_minutes)
}

/// What is kept of each who leads it, likewise.
fn kept(facts: &SessionFacts) -> Vec<Buffers> {
    if facts.status == SessionStatus::Cancelled {
        return vec![Buffers::default(); 1 + facts.co_therapists.len()];
    }
    let lead = Buffers {
        before: facts.buffer_before,
        after: facts.buffer_after,
    };
    let others = 0..facts.co_therapists.len();
    let others = others.map(|n| facts.co_buffers.get(n).copied().unwrap_or_default());
    std::iter::once(lead).chain(others).collect()
}
