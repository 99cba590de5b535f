//! What a client knows of a session: the truth, or that they have NOT been told.

use crate::api::session::ToldView;
use crate::directory::Directory;
use safetalk_domain::*;

/// What the client knows, from what they were last told and what waits to be sent.
pub fn told_view<'n>(
    directory: &Directory,
    session: &Session,
    client: Option<&Client>,
    told: Option<&Told>,
    mut notices: impl Iterator<Item = &'n Notice>,
) -> ToldView {
    let now = session.facts.snapshot();
    match told {
        Some(told) if told.what == now => ToldView::UpToDate {
            since: directory.stamp(told.at),
            personally: matches!(told.how, TellHow::Personally(_)),
        },
        // Booked across the desk and never changed: there is nothing they could have missed.
        None if session.facts.sequence == 0 => ToldView::Nothing,
        // They said so themselves.
        _ if session
            .facts
            .cancelled
            .is_some_and(|cancelled| cancelled.by == CancelledBy::Client) =>
        {
            ToldView::Nothing
        }
        told => ToldView::Outdated {
            when: told.map(|told| directory.when(told.what.at)),
            waiting: notices.any(|notice| on_its_way(notice, client, &now)),
            phone: client.and_then(phone),
        },
    }
}

/// Whether a message that says `now` to this client waits or is being sent.
fn on_its_way(notice: &Notice, client: Option<&Client>, now: &Snapshot) -> bool {
    let facts = &notice.facts;
    client.is_none_or(|client| client.id == facts.client)
        && facts.tells.as_ref() == Some(now)
        && (facts.state.waits() || facts.state == NoticeState::Sending)
}

/// The number to ring.
pub fn phone(client: &Client) -> Option<String> {
    client
        .details
        .address(client.facts.guardian_receives, Channel::Whatsapp)
        .map(str::to_owned)
}
