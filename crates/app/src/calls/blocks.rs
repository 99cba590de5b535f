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
                strip: strip(session),
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

/// Minutes drawn below a session: the room's turnover or a therapist's buffer, whichever is longer, as they were when it was
/// decided. That is what availability keeps free, whatever is set now.
fn strip(session: &Session) -> u16 {
    let facts = &session.facts;
    if facts.status == SessionStatus::Cancelled {
        return 0;
    }
    let buffers = facts.co_buffers.iter().map(|buffers| buffers.after);
    buffers
        .chain([facts.turnover_minutes, facts.buffer_after])
        .max()
        .unwrap_or(0)
}
