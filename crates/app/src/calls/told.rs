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
    notices: impl Iterator<Item = &'n Notice> + Clone,
) -> ToldView {
    let now = session.facts.snapshot();
    let says_so = |notice: &Notice| {
        client.is_none_or(|client| client.id == notice.facts.client)
            && notice.facts.tells.as_ref() == Some(&now)
    };
    // What a person took back, or said they had told themselves, is no longer meant.
    let meant = |notice: &Notice| says_so(notice) && notice.facts.state != NoticeState::Withdrawn;
    match told {
        Some(told) if told.what == now => ToldView::UpToDate {
            since: directory.stamp(told.at),
            personally: matches!(told.how, TellHow::Personally(_)),
        },
        // Booked across the desk and never changed: there is nothing they could have missed, unless somebody meant to write.
        None if session.facts.sequence == 0 && !notices.clone().any(meant) => ToldView::Nothing,
        // They said so themselves: that is sure only where nobody else comes and nobody wanted to write to them.
        _ if session
            .facts
            .cancelled
            .is_some_and(|cancelled| cancelled.by == CancelledBy::Client)
            && session.facts.more_clients.is_empty()
            && !notices.clone().any(says_so) =>
        {
            ToldView::Nothing
        }
        told => ToldView::Outdated {
            when: told.map(|told| directory.when(told.what.at)),
            waiting: notices.filter(|notice| says_so(notice)).any(|notice| {
                notice.facts.state.waits() || notice.facts.state == NoticeState::Sending
            }),
            phone: client.and_then(phone),
        },
    }
}

/// The number to ring.
pub fn phone(client: &Client) -> Option<String> {
    client
        .details
        .address(client.facts.guardian_receives, Channel::Whatsapp)
        .map(str::to_owned)
}
