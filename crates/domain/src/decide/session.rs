//! What can happen to a booked session.

use super::book::{MOST_OCCURRENCES, set_place_text};
use super::money::{revive_drafts, settle_invoices};
use super::{Flag, Work};
use crate::actions::Action;
use crate::entity::*;
use crate::intent::{
    AddRemark, CancelSeries, CancelSession, ConfirmSession, InvoiceFate, MarkNoShow,
    RescheduleSession, RestoreSession, UndoNoShow,
};
use crate::refusal::{Field, Invalid, Refusal};
use crate::time::Moment;
use crate::validate;

pub(super) fn cancel(work: &mut Work<'_>, body: &CancelSession) -> Result<(), Refusal> {
    let remark = validate::optional_text(Field::Remark, body.remark.as_deref())?;
    let mut session = work.own_session(body.session)?;
    // Cancel twice is one cancel: whoever wanted it has it. What they wrote is kept beside what the first one wrote.
    if session.facts.status == SessionStatus::Cancelled {
        work.flag(Flag::AlreadySo);
        if remark.is_some() {
            push_remark(work, &mut session, remark.as_deref());
            work.log_session(&session, Happened::Remarked);
            work.put(session);
        }
        return Ok(());
    }
    let mut session = work.session_for(Action::Cancel, body.session)?;
    let ended = session.facts.phase(work.clock.made_at) == Phase::Ended;
    let late = late(work, &session, work.clock.made_at)?;
    // The person decided on the fee by the device's own clock. Where that and the ledger's disagree, nobody is charged.
    let by_device = self::late(work, &session, work.intent.made_at)?;
    let fate = if body.invoice.fee().is_some() && by_device != late {
        work.flag(Flag::FeeNotCharged);
        InvoiceFate::Keep
    } else {
        body.invoice
    };
    session.facts.status = SessionStatus::Cancelled;
    session.facts.cancelled = Some(Cancelled {
        at: work.clock.made_at,
        by: body.by,
        late,
    });
    session.facts.sequence += 1;
    push_remark(work, &mut session, remark.as_deref());
    work.log_session(&session, Happened::Cancelled { by: body.by, late });
    work.put_session(session.clone());
    settle_invoices(work, &session, fate, InvoiceKind::LateCancelFee, body.bill)?;
    let to_client = remark.filter(|_| body.remark_to_client);
    work.tell(
        &session,
        NoticeKind::Cancelled,
        body.notify && !ended,
        0,
        to_client,
    )
}

pub(super) fn cancel_series(work: &mut Work<'_>, body: &CancelSeries) -> Result<(), Refusal> {
    let most = i64::try_from(body.sessions.len()).unwrap_or(i64::MAX);
    validate::between(Field::Repeat, most, 1, MOST_OCCURRENCES)?;
    let mut changed = false;
    for id in &body.sessions {
        let facts = work.own_session(*id)?.facts;
        let of_it = facts.series.is_some_and(|part| part.series == body.series);
        // Every change of time, place, person or standing counts the sequence up.
        let as_booked = facts.status == SessionStatus::Scheduled && facts.sequence == 0;
        if !of_it || !as_booked || facts.phase(work.clock.made_at) != Phase::Future {
            continue;
        }
        changed = true;
        cancel(
            work,
            &CancelSession {
                session: *id,
                remark: None,
                remark_to_client: false,
                by: body.by,
                invoice: InvoiceFate::Void,
                bill: None,
                notify: body.notify,
            },
        )?;
    }
    if !changed {
        work.flag(Flag::AlreadySo);
    }
    Ok(())
}

/// Whether cancelling at `made_at` is later than the clinic asks for.
fn late(work: &Work<'_>, session: &Session, made_at: Moment) -> Result<bool, Refusal> {
    let hours = i64::from(work.world.clinic()?.facts.late_cancel_hours);
    Ok(hours > 0 && session.facts.at.start.plus_hours(-hours) < made_at)
}

pub(super) fn restore(work: &mut Work<'_>, body: &RestoreSession) -> Result<(), Refusal> {
    if work.own_session(body.session)?.facts.status == SessionStatus::Scheduled {
        work.flag(Flag::AlreadySo);
        return Ok(());
    }
    let mut session = work.session_for(Action::Restore, body.session)?;
    let facts = &session.facts;
    let around = work.needs_slot(
        Some(session.id),
        facts.at,
        facts.place,
        &facts.therapists().collect::<Vec<_>>(),
        facts.service,
        &body.anyway,
    )?;
    session.facts.status = SessionStatus::Scheduled;
    session.facts.cancelled = None;
    let anyway = around.reason();
    around.copy_to(&mut session.facts);
    session.facts.sequence += 1;
    work.log_session(&session, Happened::Restored { anyway });
    work.put_session(session.clone());
    revive_drafts(work, &session)?;
    let future = session.facts.at.start > work.clock.now;
    work.tell(
        &session,
        NoticeKind::Restored,
        body.notify && future,
        0,
        None,
    )
}

pub(super) fn reschedule(work: &mut Work<'_>, body: &RescheduleSession) -> Result<(), Refusal> {
    guarded(work, body.session, &body.guard)?;
    let mut session = work.session_for(Action::Reschedule, body.session)?;
    let ended = session.facts.phase(work.clock.made_at) == Phase::Ended;
    // Whoever leads it already may be moved with it; giving it to someone else takes their time.
    for therapist in body.to.therapists() {
        if !session.facts.is_seen_by(therapist) {
            work.needs_therapist(therapist)?;
        }
    }
    let to = work.sound_slot(&body.to, session.facts.service, Some(&session.facts))?;
    let from = session.facts.snapshot();
    let texts = session.details.clone();
    set_place_text(&mut session.details, &to);
    if (to.at, to.place) == (from.at, from.place) && to.therapists().eq(session.facts.therapists())
    {
        if session.details == texts {
            work.flag(Flag::AlreadySo);
            return Ok(());
        }
        // Another link or address moves nothing, but whoever holds the old one waits in the wrong place.
        session.facts.sequence += 1;
        let anyway = None;
        work.log_session(
            &session,
            Happened::Rescheduled {
                from: from.clone(),
                to: from,
                anyway,
            },
        );
        work.put(session.clone());
        return work.tell_if(
            body.notify && !ended,
            &session,
            NoticeKind::Rescheduled,
            body.hold_seconds,
            None,
        );
    }
    let around = work.needs_slot(
        Some(session.id),
        to.at,
        to.place,
        &to.therapists().collect::<Vec<_>>(),
        session.facts.service,
        &body.anyway,
    )?;
    session.facts.at = to.at;
    session.facts.place = to.place;
    session.facts.therapist = to.therapist;
    session.facts.co_therapists.clone_from(&to.co_therapists);
    let anyway = around.reason();
    around.copy_to(&mut session.facts);
    session.facts.zone = work.world.clinic()?.facts.zone;
    session.facts.confirmed = false;
    session.facts.sequence += 1;
    work.log_session(
        &session,
        Happened::Rescheduled {
            from,
            to: session.facts.snapshot(),
            anyway,
        },
    );
    work.put_session(session.clone());
    work.tell(
        &session,
        NoticeKind::Rescheduled,
        // From one past time to another is a correction of the books; out of the past it has still to be attended.
        body.notify && !(ended && to.at.end <= work.clock.made_at),
        body.hold_seconds,
        None,
    )
}

/// Refuses a change whose author looked at something that no longer stands.
pub(super) fn guarded(
    work: &Work<'_>,
    session: crate::SessionId,
    guard: &SessionGuard,
) -> Result<(), Refusal> {
    let now = work.own_session(session)?.facts.guard();
    if now == *guard {
        Ok(())
    } else {
        Err(Refusal::Stale { now })
    }
}

pub(super) fn no_show(work: &mut Work<'_>, body: &MarkNoShow) -> Result<(), Refusal> {
    if work.own_session(body.session)?.facts.status == SessionStatus::NoShow {
        work.flag(Flag::AlreadySo);
        return Ok(());
    }
    let mut session = work.session_for(Action::NoShow, body.session)?;
    session.facts.status = SessionStatus::NoShow;
    // Only what is still to come can be freed.
    let at = session.facts.at;
    let minute = Moment(work.clock.made_at.0.div_euclid(60) * 60);
    let freed = body.free_rest && at.holds(minute) && minute > at.start;
    session.facts.freed_from = freed.then_some(minute);
    work.log_session(&session, Happened::NoShow { freed_rest: freed });
    work.put_session(session.clone());
    work.withdraw_waiting(session.id, None, NoticeCause::Overtaken);
    settle_invoices(
        work,
        &session,
        body.invoice,
        InvoiceKind::NoShowFee,
        body.bill,
    )
}

pub(super) fn undo_no_show(work: &mut Work<'_>, body: &UndoNoShow) -> Result<(), Refusal> {
    if work.own_session(body.session)?.facts.status == SessionStatus::Scheduled {
        work.flag(Flag::AlreadySo);
        return Ok(());
    }
    let mut session = work.session_for(Action::UndoNoShow, body.session)?;
    // A freed rest may have been booked by someone else since.
    if session.facts.freed_from.is_some() {
        work.needs_hard_slot(&session)?.copy_to(&mut session.facts);
    }
    session.facts.status = SessionStatus::Scheduled;
    session.facts.freed_from = None;
    work.log_session(&session, Happened::NoShowUndone);
    work.put_session(session.clone());
    super::money::take_back_fee(work, &session, InvoiceKind::NoShowFee)
}

pub(super) fn confirm(work: &mut Work<'_>, body: &ConfirmSession) -> Result<(), Refusal> {
    let mut session = work.own_session(body.session)?;
    let phase = session.facts.phase(work.clock.made_at);
    if !matches!(phase, Phase::Future | Phase::Running) {
        return Err(Refusal::SessionState {
            session: session.id,
            phase,
        });
    }
    if session.facts.confirmed == body.confirmed {
        work.flag(Flag::AlreadySo);
        return Ok(());
    }
    session.facts.confirmed = body.confirmed;
    work.log_session(
        &session,
        Happened::Confirmed {
            confirmed: body.confirmed,
        },
    );
    work.put(session);
    Ok(())
}

pub(super) fn remark(work: &mut Work<'_>, body: &AddRemark) -> Result<(), Refusal> {
    let mut session = work.own_session(body.session)?;
    let text =
        validate::optional_text(Field::Remark, Some(&body.text))?.ok_or(Refusal::Invalid {
            field: Field::Remark,
            problem: Invalid::Empty,
        })?;
    push_remark(work, &mut session, Some(&text));
    work.log_session(&session, Happened::Remarked);
    work.put(session);
    Ok(())
}

fn push_remark(work: &Work<'_>, session: &mut Session, text: Option<&str>) {
    if let (Some(text), Some(by)) = (text, work.intent.actor.member()) {
        session.details.remarks.push(Remark {
            at: work.clock.made_at,
            by,
            text: text.to_owned(),
        });
    }
}

impl InvoiceFate {
    /// The fee, if there is one.
    pub fn fee(self) -> Option<crate::Money> {
        match self {
            Self::Fee { amount } => Some(amount),
            Self::Keep | Self::Void => None,
        }
    }
}
