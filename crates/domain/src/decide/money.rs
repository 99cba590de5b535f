//! What a cancellation or a no-show does to the session's invoices.

use super::{Flag, Work, invoice};
use crate::Money;
use crate::entity::*;
use crate::id::{ClientId, InvoiceId};
use crate::intent::InvoiceFate;
use crate::refusal::{Refusal, Thing};
use crate::validate;

/// Who owes what is charged for `session`: whom the person chose, or who was billed for it, or the client named first.
pub(super) fn payer(
    work: &Work<'_>,
    session: &Session,
    chosen: Option<ClientId>,
) -> Result<ClientId, Refusal> {
    match chosen {
        Some(client) if session.facts.is_with(client) => Ok(client),
        Some(_) => Err(Refusal::NotFound {
            what: Thing::Client,
        }),
        None => Ok(work
            .world
            .invoices_of(session.id)
            .filter(|it| it.facts.kind == InvoiceKind::Session)
            .max_by_key(|it| (it.facts.status != InvoiceStatus::Void, it.facts.issued_at))
            .map_or(session.facts.client, |it| it.facts.client)),
    }
}

/// Applies `fate` to the invoices of the session itself. Those of added time stay as they are, unless nothing took place:
/// then nobody owes what was to be added.
pub(super) fn settle_invoices(
    work: &mut Work<'_>,
    session: &Session,
    fate: InvoiceFate,
    fee: InvoiceKind,
    bill: Option<ClientId>,
) -> Result<(), Refusal> {
    let payer = payer(work, session, bill)?;
    let own: Vec<_> = work
        .world
        .invoices_of(session.id)
        .filter(|invoice| match invoice.facts.kind {
            InvoiceKind::Session => true,
            InvoiceKind::Extension => {
                fate != InvoiceFate::Keep && session.facts.at.start > work.clock.made_at
            }
            InvoiceKind::NoShowFee | InvoiceKind::LateCancelFee => false,
        })
        .cloned()
        .collect();
    for mut invoice in own {
        match (fate, invoice.facts.status) {
            // A no-show is billed as the session would have been.
            (InvoiceFate::Keep, InvoiceStatus::Draft) if fee == InvoiceKind::NoShowFee => {
                invoice::issue(work, invoice.id)?
            }
            (
                InvoiceFate::Void | InvoiceFate::Fee { .. },
                InvoiceStatus::Draft | InvoiceStatus::Issued,
            ) => {
                invoice.facts.void_with_session = true;
                invoice::void(work, invoice);
            }
            _ => {}
        }
    }
    if let Some(fee_asked) = fate.fee() {
        let fee_asked = validate::amount(fee_asked, &work.world.clinic()?.facts)?;
        let amount = beyond_paid(work, session, fee, fee_asked);
        if amount.minor == 0 && fee_asked.minor > 0 {
            work.flag(Flag::FeeCovered);
            return Ok(());
        }
        let id = InvoiceId(work.intent.id.derive("invoice", &session.id.to_string()));
        invoice::draft_for(work, id, (session, payer), fee, amount, None, String::new())?;
        invoice::issue(work, id)?;
    }
    Ok(())
}

/// What of `fee` is still owed. A fee stands in for the session's own invoice; where that is paid it cannot be
/// replaced, so what was paid counts towards the fee and only the rest is charged. So does the same fee, paid before the
/// no-show or the cancellation was taken back and made again.
fn beyond_paid(work: &Work<'_>, session: &Session, kind: InvoiceKind, fee: Money) -> Money {
    let paid: i64 = work
        .world
        .invoices_of(session.id)
        .filter(|invoice| {
            (invoice.facts.kind == InvoiceKind::Session || invoice.facts.kind == kind)
                && invoice.facts.status == InvoiceStatus::Paid
        })
        .map(|invoice| invoice.facts.amount.minor)
        .sum();
    Money {
        minor: (fee.minor - paid).max(0),
        ..fee
    }
}

/// A restored session whose invoices were made void by its cancellation gets new drafts.
pub(super) fn revive_drafts(work: &mut Work<'_>, session: &Session) -> Result<(), Refusal> {
    take_back_fee(work, session, InvoiceKind::LateCancelFee)
}

/// Makes an unpaid fee void and drafts anew what was made void for it.
pub(super) fn take_back_fee(
    work: &mut Work<'_>,
    session: &Session,
    fee: InvoiceKind,
) -> Result<(), Refusal> {
    let all: Vec<_> = work.world.invoices_of(session.id).cloned().collect();
    for invoice in all.iter().filter(|i| {
        i.facts.kind == fee
            && matches!(i.facts.status, InvoiceStatus::Draft | InvoiceStatus::Issued)
    }) {
        invoice::void(work, invoice.clone());
    }
    for mut gone in voided_with_it(&all) {
        let (kind, client) = (gone.facts.kind, gone.facts.client);
        let of_whom = format!("{}/{client}/{}", session.id, gone.id);
        invoice::draft_for(
            work,
            InvoiceId(work.intent.id.derive("invoice", &of_whom)),
            (session, client),
            kind,
            gone.facts.amount,
            None,
            gone.details.text.clone(),
        )?;
        // Once: a later cancellation marks those that it makes void itself.
        if gone.facts.void_with_session {
            gone.facts.void_with_session = false;
            work.put(gone);
        }
    }
    Ok(())
}

/// Of a session's invoices those that its cancellation or no-show made void, where nobody has billed the client anew since.
fn voided_with_it(all: &[Invoice]) -> Vec<Invoice> {
    let stands = |kind: InvoiceKind, client: Option<ClientId>| {
        all.iter().any(|it| {
            it.facts.kind == kind
                && client.is_none_or(|client| it.facts.client == client)
                && it.facts.status != InvoiceStatus::Void
        })
    };
    let marked: Vec<Invoice> = all
        .iter()
        .filter(|it| it.facts.void_with_session && it.facts.status == InvoiceStatus::Void)
        .filter(|it| {
            it.facts.kind != InvoiceKind::Session || !stands(it.facts.kind, Some(it.facts.client))
        })
        .cloned()
        .collect();
    // Those made void before they were marked: the last one, if the session has no other.
    if marked.is_empty() && !stands(InvoiceKind::Session, None) {
        return all
            .iter()
            .filter(|it| it.facts.kind == InvoiceKind::Session)
            .max_by_key(|it| it.facts.issued_at)
            .cloned()
            .into_iter()
            .collect();
    }
    marked
}
