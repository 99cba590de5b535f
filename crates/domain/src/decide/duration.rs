//! Modify Duration: another end. The added time is checked like any other.

use super::money::payer;
use super::session::guarded;
use super::{Flag, Work, invoice};
use crate::actions::Action;
use crate::entity::*;
use crate::intent::ModifyDuration;
use crate::refusal::Refusal;
use crate::time::Interval;
use crate::validate;

pub(super) fn modify(work: &mut Work<'_>, body: &ModifyDuration) -> Result<(), Refusal> {
    guarded(work, body.session, &body.guard)?;
    let mut session = work.session_for(Action::ModifyDuration, body.session)?;
    let ended = session.facts.phase(work.clock.made_at) == Phase::Ended;
    let from = session.facts.snapshot();
    let at = Interval::new(session.facts.at.start, body.end);
    validate::stretch(at)?;
    if at == session.facts.at {
        work.flag(Flag::AlreadySo);
        return Ok(());
    }
    let mut anyway = None;
    if at.end > session.facts.at.end {
        let facts = &session.facts;
        let around = work.needs_slot(
            Some(session.id),
            at,
            facts.place,
            &facts.therapists().collect::<Vec<_>>(),
            facts.service,
            &body.anyway,
        )?;
        anyway = around.reason();
        around.copy_to(&mut session.facts);
    }
    session.facts.at = at;
    session.facts.sequence += 1;
    work.log_session(
        &session,
        Happened::DurationModified {
            from,
            to: session.facts.snapshot(),
            anyway,
        },
    );
    work.put_session(session.clone());
    void_undone_extension(work, &session);
    if let Some(extension) = &body.invoice {
        let text = validate::optional_line(
            crate::refusal::Field::Label,
            Some(&extension.text),
            validate::LINE,
        )?
        .unwrap_or_default();
        let payer = payer(work, &session, extension.bill)?;
        invoice::draft_for(
            work,
            extension.invoice,
            (&session, payer),
            InvoiceKind::Extension,
            validate::owed(extension.amount, &work.world.clinic()?.facts)?,
            Some(extension.due),
            text,
        )?;
        invoice::issue(work, extension.invoice)?;
        for channel in &extension.send {
            invoice::queue_invoice(work, extension.invoice, *channel)?;
        }
    }
    work.tell(
        &session,
        NoticeKind::DurationModified,
        body.notify && !(ended && at.end <= work.clock.made_at),
        0,
        None,
    )
}

/// Undoing an extension makes the invoice it came with void, unless that is paid.
fn void_undone_extension(work: &mut Work<'_>, session: &Session) {
    let Some(undone) = work.intent.undoes else {
        return;
    };
    let made: Vec<_> = work
        .world
        .invoices_of(session.id)
        .filter(|invoice| invoice.facts.made_by == undone)
        .cloned()
        .collect();
    for made in made {
        if matches!(
            made.facts.status,
            InvoiceStatus::Draft | InvoiceStatus::Issued
        ) {
            invoice::void(work, made);
        }
    }
}
