//! Reminders, and what becomes of notices.

use super::{NotTold, Work};
use crate::actions::Action;
use crate::entity::*;
use crate::id::*;
use crate::intent::{
    DropNotice, RecordDelivery, RecordWhatsapp, Rendered, RetryNotice, SendReminder,
    TellPersonally, WhatsappBecame,
};
use crate::refusal::{Refusal, Thing};
use crate::time::Moment;

/// A second reminder within this many hours is asked about first.
pub const REMIND_AGAIN_HOURS: i64 = 12;

pub(super) fn remind(work: &mut Work<'_>, body: &SendReminder) -> Result<(), Refusal> {
    let action = match body.channel {
        Channel::Email => Action::SendEmailReminder,
        Channel::Whatsapp => Action::SendWhatsappReminder,
    };
    let session = work.session_for(action, body.session)?;
    let clients = chosen(&session, body.client)?;
    let mut reachable = Vec::new();
    for client in clients {
        match work.world.client(client)?.facts.reach(body.channel) {
            Ok(()) => reachable.push(client),
            // Whoever was asked for alone is not left out in silence.
            Err(why) if body.client.is_some() => {
                return Err(Refusal::NoReach {
                    channel: body.channel,
                    why,
                });
            }
            Err(why) => work.flag_not_told(&session, client, NotTold::Reach { why }),
        }
    }
    let again = reachable.iter().filter_map(|client| {
        let sent = work.world.notices_to(session.id, *client);
        last_reminder(sent, body.channel)
    });
    if !body.again
        && let Some(at) = again.max()
        && at.plus_hours(REMIND_AGAIN_HOURS) > work.clock.now
    {
        return Err(Refusal::RecentlyReminded { at });
    }
    for client in reachable {
        remind_client(work, &session, client, body.channel);
    }
    Ok(())
}

/// The client a person chose, if they come at all, or everyone who does.
fn chosen(session: &Session, client: Option<ClientId>) -> Result<Vec<ClientId>, Refusal> {
    match client {
        None => Ok(session.facts.clients().collect()),
        Some(client) if session.facts.is_with(client) => Ok(vec![client]),
        Some(_) => Err(Refusal::NotFound {
            what: Thing::Client,
        }),
    }
}

fn remind_client(work: &mut Work<'_>, session: &Session, client: ClientId, channel: Channel) {
    let what = format!("{}/{client}/{}", session.id, channel.as_str());
    let facts = NoticeFacts {
        intent: work.intent.id,
        client,
        channel,
        kind: NoticeKind::Reminder,
        session: Some(session.id),
        invoice: None,
        owed: false,
        tells: Some(session.facts.snapshot()),
        instead_of: None,
        sequence: session.facts.sequence,
        state: match channel {
            Channel::Email => NoticeState::Queued,
            Channel::Whatsapp => NoticeState::Draft,
        },
        cause: None,
        queued_at: work.clock.made_at,
        decided_at: Some(work.clock.now),
        not_before: work.clock.now,
        expires: Some(session.facts.at.start),
        attempts: 0,
        round: 0,
        since: work.clock.now,
        released_at: None,
        carries: Vec::new(),
    };
    work.queue(Notice {
        id: NoticeId(work.intent.id.derive("notice", &what)),
        facts,
        details: NoticeDetails::default(),
    });
}

/// When the last reminder by `channel` went, was opened, or began to wait where it waits now: one that spent the night
/// in an outbox came in only this morning, and a second click would make two of it.
pub fn last_reminder<'n>(
    notices: impl Iterator<Item = &'n Notice>,
    channel: Channel,
) -> Option<Moment> {
    notices
        .filter(|notice| {
            notice.facts.kind == NoticeKind::Reminder && notice.facts.channel == channel
        })
        .filter(|notice| {
            !matches!(
                notice.facts.state,
                NoticeState::Withdrawn | NoticeState::Expired | NoticeState::Failed
            )
        })
        .map(|notice| notice.facts.since.max(notice.facts.queued_at))
        .max()
}

/// Refuses a channel that the plan lacks, that cannot reach the client, or that is not set up.
pub(super) fn needs_channel(
    work: &Work<'_>,
    client: ClientId,
    channel: Channel,
) -> Result<(), Refusal> {
    let clinic = &work.world.clinic()?.facts;
    if !clinic.plan.includes(channel) {
        return Err(Refusal::Denied {
            denial: crate::actions::Denial::Plan { channel },
        });
    }
    work.world
        .client(client)?
        .facts
        .reach(channel)
        .map_err(|why| Refusal::NoReach { channel, why })
}

pub(super) fn record_whatsapp(work: &mut Work<'_>, body: &RecordWhatsapp) -> Result<(), Refusal> {
    let mut notice = own_notice(work, body.notice)?;
    let state = notice.facts.state;
    // What expired meanwhile may be reported all the same: the person did it, and perhaps in time.
    let open = matches!(
        state,
        NoticeState::Draft | NoticeState::Opened | NoticeState::Expired
    );
    if notice.facts.channel != Channel::Whatsapp || !open {
        return Err(Refusal::NoticeState { state });
    }
    if body.became == WhatsappBecame::Opened
        && too_late(&notice.facts, work.clock.made_at).is_some()
    {
        return Err(Refusal::NoticeState {
            state: NoticeState::Expired,
        });
    }
    match body.became {
        WhatsappBecame::Opened => {
            let channel = Channel::Whatsapp;
            let client = work.world.client(notice.facts.client)?;
            client
                .facts
                .reach(channel)
                .map_err(|why| Refusal::NoReach { channel, why })?;
            if let Some(rendered) = &body.rendered {
                keep_rendered(&mut notice, rendered);
            }
            work.move_notice(notice, NoticeState::Opened, None)
        }
        WhatsappBecame::NotOpened if state == NoticeState::Opened => {
            work.move_notice(notice, NoticeState::Draft, None)
        }
        WhatsappBecame::NotOpened => return Err(Refusal::NoticeState { state }),
        WhatsappBecame::Sent => {
            let facts = notice.facts.clone();
            work.move_notice(notice.clone(), NoticeState::Sent, None);
            // A person says so when they come to it. What the client was told of since the draft was made, they know better.
            let knows_newer = facts.session.is_some_and(|session| {
                work.world
                    .told_of(session, facts.client)
                    .is_some_and(|told| {
                        facts.tells.as_ref() != Some(&told.what) && told.at > facts.decided()
                    })
            });
            if !knows_newer {
                learnt(work, &facts, TellHow::Notice(notice.id));
            }
        }
        WhatsappBecame::NotSent => {
            work.move_notice(notice, NoticeState::Withdrawn, Some(NoticeCause::Dropped))
        }
    }
    Ok(())
}

pub(super) fn tell_personally(work: &mut Work<'_>, body: &TellPersonally) -> Result<(), Refusal> {
    let session = work.own_session(body.session)?;
    let by = work.actor()?.id;
    for client in chosen(&session, body.client)? {
        work.withdraw_waiting(session.id, Some(client), NoticeCause::ToldPersonally);
        // Whatever became of the others, the client knows now: nobody has to look at them any more.
        let open: Vec<_> = work
            .world
            .notices_to(session.id, client)
            .filter(|notice| {
                notice.facts.kind != NoticeKind::Invoice && notice.facts.state.needs_a_person()
            })
            .cloned()
            .collect();
        for notice in open {
            work.move_notice(
                notice,
                NoticeState::Withdrawn,
                Some(NoticeCause::ToldPersonally),
            );
        }
        work.log(Some(session.id), Some(client), Happened::ToldPersonally);
        put_told(
            work,
            session.id,
            client,
            session.facts.snapshot(),
            TellHow::Personally(by),
        );
    }
    Ok(())
}

pub(super) fn retry(work: &mut Work<'_>, body: &RetryNotice) -> Result<(), Refusal> {
    let mut notice = own_notice(work, body.notice)?;
    let state = notice.facts.state;
    if !matches!(
        state,
        NoticeState::Failed | NoticeState::Uncertain | NoticeState::Queued | NoticeState::OnHold
    ) || notice.facts.channel != Channel::Email
    {
        return Err(Refusal::NoticeState { state });
    }
    needs_channel(work, notice.facts.client, Channel::Email)?;
    notice.facts.not_before = work.clock.now;
    notice.facts.attempts = 0;
    // A new promise only where the last one came to its end. What still waits keeps its round: it is by the round that the
    // record of this computer knows a message that went after a backup which calls it waiting.
    if matches!(state, NoticeState::Failed | NoticeState::Uncertain) {
        notice.facts.round += 1;
    }
    notice.facts.released_at = Some(work.clock.made_at);
    work.move_notice(notice, NoticeState::Queued, None);
    Ok(())
}

pub(super) fn drop_it(work: &mut Work<'_>, body: &DropNotice) -> Result<(), Refusal> {
    let notice = own_notice(work, body.notice)?;
    match notice.facts.state {
        NoticeState::OnHold
        | NoticeState::Queued
        | NoticeState::Draft
        | NoticeState::Opened
        | NoticeState::Failed
        | NoticeState::Uncertain
        | NoticeState::Expired => {
            work.move_notice(notice, NoticeState::Withdrawn, Some(NoticeCause::Dropped));
            Ok(())
        }
        state => Err(Refusal::NoticeState { state }),
    }
}

pub(super) fn record_delivery(work: &mut Work<'_>, body: &RecordDelivery) -> Result<(), Refusal> {
    let state = work.world.notice(body.notice)?.facts.state;
    let demo = body.state == NoticeState::Withdrawn && body.cause == Some(NoticeCause::Demo);
    // A demo shows a draft instead of handing it to a person to send, and closes it as it does a mail.
    let shown = demo && matches!(state, NoticeState::Draft | NoticeState::Opened);
    if !shown && !may_move(state, body.state) {
        return Err(Refusal::NoticeState { state });
    }
    for id in &body.with {
        let state = work.world.notice(*id)?.facts.state;
        if may_move(state, body.state) {
            record_one(work, body, *id)?;
        } else if body.state == NoticeState::Sending {
            // The mail would say what was taken back meanwhile.
            return Err(Refusal::NoticeState { state });
        }
    }
    record_one(work, body, body.notice)
}

fn record_one(work: &mut Work<'_>, body: &RecordDelivery, id: NoticeId) -> Result<(), Refusal> {
    let mut notice = work.world.notice(id)?.clone();
    let state = notice.facts.state;
    if body.state == NoticeState::Sending {
        // Between the last look and this mark the client may have been set to "do not contact".
        let channel = notice.facts.channel;
        let client = work.world.client(notice.facts.client)?;
        client
            .facts
            .reach(channel)
            .map_err(|why| Refusal::NoReach { channel, why })?;
        notice.facts.carries = if id == body.notice {
            body.with.clone()
        } else {
            Vec::new()
        };
    }
    if let Some(not_before) = body.not_before {
        notice.facts.not_before = not_before;
    }
    if body.counted {
        notice.facts.attempts += 1;
    }
    if let Some(rendered) = &body.rendered {
        keep_rendered(&mut notice, rendered);
    }
    let facts = notice.facts.clone();
    if body.state == NoticeState::Sending || (body.state == state && state == NoticeState::Queued) {
        // Every attempt in the history would bury what matters.
        notice.facts.state = body.state;
        notice.facts.cause = body.cause;
        notice.facts.since = work.clock.now;
        work.put(notice);
    } else {
        work.move_notice(notice, body.state, body.cause);
    }
    let shown = body.state == NoticeState::Withdrawn && body.cause == Some(NoticeCause::Demo);
    if body.state == NoticeState::Sent || shown {
        learnt(work, &facts, TellHow::Notice(id));
    }
    Ok(())
}

/// Keeps what the client reads, and where.
fn keep_rendered(notice: &mut Notice, rendered: &Rendered) {
    notice.details.to = Some(rendered.to.clone());
    notice.details.subject = Some(rendered.subject.clone());
    notice.details.text = Some(rendered.text.clone());
}

/// The steps a courier may record.
fn may_move(from: NoticeState, to: NoticeState) -> bool {
    use NoticeState::{
        Draft, Expired, Failed, OnHold, Opened, Queued, Sending, Sent, Uncertain, Withdrawn,
    };
    matches!(
        (from, to),
        (
            OnHold | Queued,
            Queued | Sending | Withdrawn | Expired | Failed
        ) | (Draft | Opened, Expired)
            | (
                Sending,
                Queued | Sent | Failed | Uncertain | Withdrawn | Expired
            )
    )
}

/// The client now knows what the notice tells.
fn learnt(work: &mut Work<'_>, facts: &NoticeFacts, how: TellHow) {
    if let (Some(session), Some(what)) = (facts.session, facts.tells.clone()) {
        put_told(work, session, facts.client, what, how);
    }
}

fn put_told(
    work: &mut Work<'_>,
    session: SessionId,
    client: ClientId,
    what: Snapshot,
    how: TellHow,
) {
    work.put(Told {
        id: Told::id_of(session, client),
        session,
        client,
        what,
        at: work.clock.now,
        how,
    });
}

/// A notice of a session or client this member may act on.
fn own_notice(work: &Work<'_>, id: NoticeId) -> Result<Notice, Refusal> {
    let notice = work.world.notice(id)?.clone();
    match notice.facts.session {
        Some(session) => work.own_session(session).map(drop)?,
        None => work.needs(Grant::ManageClients)?,
    }
    Ok(notice)
}

/// After this many hours without sending, a person chooses what of the waiting list still goes.
pub const SILENCE_HOURS: i64 = 12;

/// Whether `notice` has waited so long, or since before there was a mail account, that only a person can let it go.
///
/// It counts from the click, wherever the click waited: in the ledger for the line, or in an outbox for the ledger.
pub fn needs_choice(notice: &NoticeFacts, clinic: &ClinicFacts, now: Moment) -> bool {
    let since = notice
        .released_at
        .unwrap_or(notice.queued_at)
        .max(notice.queued_at);
    let line = now
        .plus_hours(-SILENCE_HOURS)
        .max(clinic.mail_since.unwrap_or(Moment(i64::MIN)));
    notice.state.waits() && notice.channel == Channel::Email && since < line
}

/// Why `notice` can no longer arrive in time, if it cannot. An opened draft may have gone: that is not denied.
pub fn too_late(notice: &NoticeFacts, now: Moment) -> Option<NoticeCause> {
    notice.expires.filter(|expires| *expires <= now)?;
    Some(match notice.state {
        NoticeState::Opened => NoticeCause::NeverConfirmed,
        _ => NoticeCause::TooLate,
    })
}

/// What the courier finds when it looks again, just before sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It is still true and news to the client.
    Send,
    /// Do not send; record this state and cause.
    Settle(NoticeState, NoticeCause),
    /// Its time has not come.
    Wait(Moment),
}

/// Looks again: whether `notice` is still true, still news and still in time.
///
/// `later_waits` says whether a later notice of the same session and client waits.
pub fn look_again(
    notice: &NoticeFacts,
    session: Option<&SessionFacts>,
    told: Option<&Told>,
    client: &ClientFacts,
    invoice: Option<&InvoiceFacts>,
    later_waits: bool,
    now: Moment,
) -> Look {
    let settle = |cause| Look::Settle(NoticeState::Withdrawn, cause);
    if let Some(cause) = too_late(notice, now) {
        return Look::Settle(NoticeState::Expired, cause);
    }
    // Before anything is waited for: it was on its way when the invoice was paid or made void, and was put off.
    if notice.kind == NoticeKind::Invoice {
        match invoice.map(|invoice| invoice.status) {
            None | Some(InvoiceStatus::Void) => return settle(NoticeCause::InvoiceVoid),
            Some(InvoiceStatus::Paid) if notice.owed => return settle(NoticeCause::InvoicePaid),
            Some(_) => {}
        }
    }
    if notice.not_before > now {
        return Look::Wait(notice.not_before);
    }
    if client.reach(notice.channel).is_err() {
        return settle(NoticeCause::MayNotBeReached);
    }
    if notice.kind == NoticeKind::Invoice {
        return Look::Send;
    }
    let (Some(session), Some(tells)) = (session, &notice.tells) else {
        return settle(NoticeCause::Overtaken);
    };
    if session.snapshot() != *tells {
        return settle(if later_waits {
            NoticeCause::Merged
        } else {
            NoticeCause::Overtaken
        });
    }
    match notice.kind {
        NoticeKind::Reminder if session.status != SessionStatus::Scheduled => {
            settle(NoticeCause::Overtaken)
        }
        NoticeKind::Reminder => Look::Send,
        // What they knew before it was queued does not count: then it was queued to answer something in doubt.
        _ if told.is_some_and(|told| told.what == *tells && told.at >= notice.decided()) => {
            settle(NoticeCause::AlreadyTold)
        }
        _ => Look::Send,
    }
}
