//! Invoices: drafted, issued with a number of the ledger's, paid, made void, sent.

use super::Work;
use crate::entity::*;
use crate::id::*;
use crate::intent::{DraftInvoice, IssueInvoice, PayInvoice, SendInvoice, VoidInvoice};
use crate::refusal::{Field, Invalid, Refusal, Thing};
use crate::world::Numbering;
use crate::{Money, validate};
use chrono::{Days, NaiveDate};

pub(super) fn draft(work: &mut Work<'_>, body: &DraftInvoice) -> Result<(), Refusal> {
    may_bill(work, body.session)?;
    if let Some(known) = work.world.invoices.get(&body.invoice) {
        // Naming another session does not make another's invoice one's own.
        may_bill(work, known.facts.session)?;
        if known.facts.status != InvoiceStatus::Draft {
            return Err(Refusal::InvoiceState {
                status: known.facts.status,
            });
        }
    }
    work.world.client(body.client)?;
    let billed = body.session.map(|id| work.world.session(id)).transpose()?;
    if billed.is_some_and(|session| !session.facts.is_with(body.client)) {
        return Err(Refusal::NotFound {
            what: Thing::Client,
        });
    }
    let text = validate::optional_line(Field::Label, Some(&body.text), validate::LINE)?
        .unwrap_or_default();
    // A draft that is changed stays what it is for, and of the action that made it: taking that back finds it.
    let (kind, made_by) = work
        .world
        .invoices
        .get(&body.invoice)
        .map_or((InvoiceKind::Session, work.intent.id), |known| {
            (known.facts.kind, known.facts.made_by)
        });
    put_draft(
        work,
        (body.invoice, made_by),
        body.client,
        body.session,
        kind,
        validate::owed(body.amount, &work.world.clinic()?.facts)?,
        body.due,
        text,
    )
}

/// Drafts an invoice for a session, to one of its clients.
pub(super) fn draft_for(
    work: &mut Work<'_>,
    id: InvoiceId,
    (session, client): (&Session, ClientId),
    kind: InvoiceKind,
    amount: Money,
    due: Option<NaiveDate>,
    text: String,
) -> Result<(), Refusal> {
    if work.world.invoices.contains_key(&id) {
        return Err(Refusal::Exists {
            what: Thing::Invoice,
        });
    }
    let made_by = work.intent.id;
    let session = Some(session.id);
    put_draft(
        work,
        (id, made_by),
        client,
        session,
        kind,
        amount,
        due,
        text,
    )
}

#[expect(clippy::too_many_arguments, reason = "an invoice has this many parts")]
fn put_draft(
    work: &mut Work<'_>,
    (id, made_by): (InvoiceId, IntentId),
    client: ClientId,
    session: Option<SessionId>,
    kind: InvoiceKind,
    amount: Money,
    due: Option<NaiveDate>,
    text: String,
) -> Result<(), Refusal> {
    let clinic = &work.world.clinic()?.facts;
    let amount = validate::amount(amount, clinic)?;
    let today = clinic.zone.date(work.clock.made_at);
    let due_by_terms = due.is_none();
    let due = due.unwrap_or_else(|| by_terms(clinic, today));
    // Ten years either way: anything else is a slip of the keyboard.
    let days = (due - today).num_days();
    validate::between(Field::Due, days, -3_650, 3_650)?;
    let facts = InvoiceFacts {
        client,
        session,
        kind,
        made_by,
        amount,
        status: InvoiceStatus::Draft,
        number: None,
        issued_at: None,
        due,
        due_by_terms,
        paid: None,
        void_with_session: false,
    };
    work.log(
        session,
        Some(client),
        Happened::InvoiceDrafted {
            invoice: id,
            amount,
        },
    );
    work.put(Invoice {
        id,
        facts,
        details: InvoiceDetails {
            text,
            printed: None,
        },
    });
    Ok(())
}

/// The day an invoice of `issued` is due where nobody typed another.
fn by_terms(clinic: &ClinicFacts, issued: NaiveDate) -> NaiveDate {
    issued
        .checked_add_days(Days::new(clinic.due_days.into()))
        .unwrap_or(issued)
}

pub(super) fn issue_one(work: &mut Work<'_>, body: &IssueInvoice) -> Result<(), Refusal> {
    let invoice = work.world.invoice(body.invoice)?.clone();
    may_bill(work, invoice.facts.session)?;
    match invoice.facts.status {
        InvoiceStatus::Draft => issue(work, body.invoice),
        status => Err(Refusal::InvoiceState { status }),
    }
}

/// Issues a draft. Only the ledger gives numbers; away from it the invoice waits for one.
pub(super) fn issue(work: &mut Work<'_>, id: InvoiceId) -> Result<(), Refusal> {
    let mut invoice = work.world.invoice(id)?.clone();
    if work.world.numbering == Numbering::Ledger {
        let mut clinic = work.world.clinic()?.clone();
        let prefix = &clinic.details.invoice_prefix;
        // After a digit the running number could not be told from the prefix, and one number could name two invoices.
        let between = if prefix.ends_with(|last: char| last.is_ascii_digit()) {
            "-"
        } else {
            ""
        };
        invoice.facts.number = Some(format!("{prefix}{between}{:04}", clinic.facts.next_invoice));
        clinic.facts.next_invoice += 1;
        work.put(clinic);
    }
    if invoice.facts.due_by_terms {
        let clinic = &work.world.clinic()?.facts;
        invoice.facts.due = by_terms(clinic, clinic.zone.date(work.clock.made_at));
    }
    invoice.facts.status = InvoiceStatus::Issued;
    invoice.facts.issued_at = Some(work.clock.made_at);
    invoice.details.printed = Some(printed(work, &invoice.facts)?);
    moved(work, &invoice, None);
    work.put(invoice);
    Ok(())
}

/// What an invoice says beside its amount, as of now.
fn printed(work: &Work<'_>, invoice: &InvoiceFacts) -> Result<Printed, Refusal> {
    let clinic = &work.world.clinic()?.details;
    let session = invoice
        .session
        .map(|id| work.world.session(id))
        .transpose()?;
    Ok(Printed {
        clinic_name: clinic.name.clone(),
        clinic_address: clinic.address.clone(),
        payment_text: clinic.payment_text.clone(),
        billed_to: work
            .world
            .client(invoice.client)?
            .details
            .full_name
            .value
            .clone(),
        session_at: session.map(|session| session.facts.at),
    })
}

pub(super) fn pay(work: &mut Work<'_>, body: &PayInvoice) -> Result<(), Refusal> {
    let mut invoice = work.world.invoice(body.invoice)?.clone();
    may_bill(work, invoice.facts.session)?;
    let Some(paid) = &body.paid else {
        return take_back(work, invoice);
    };
    if invoice.facts.status != InvoiceStatus::Issued {
        return Err(Refusal::InvoiceState {
            status: invoice.facts.status,
        });
    }
    let today = work.world.clinic()?.facts.zone.date(work.clock.now);
    // Tomorrow is allowed: the bank's calendar may be ahead of the clinic's.
    validate::between(Field::Paid, (paid.on - today).num_days(), -3_650, 1)?;
    invoice.facts.status = InvoiceStatus::Paid;
    invoice.facts.paid = Some(paid.clone());
    moved(work, &invoice, Some(paid.method));
    // What waits asks for the money. Whoever wants it sent all the same can send it again.
    withdraw_waiting(work, invoice.id, NoticeCause::InvoicePaid);
    work.put(invoice);
    Ok(())
}

/// A payment that was none. What it took back of the messages stays so: whoever wants one to go sends it again.
fn take_back(work: &mut Work<'_>, mut invoice: Invoice) -> Result<(), Refusal> {
    match invoice.facts.status {
        InvoiceStatus::Paid => {}
        InvoiceStatus::Issued => {
            work.flag(super::Flag::AlreadySo);
            return Ok(());
        }
        status => return Err(Refusal::InvoiceState { status }),
    }
    invoice.facts.status = InvoiceStatus::Issued;
    invoice.facts.paid = None;
    let what = Happened::PaymentTakenBack {
        invoice: invoice.id,
    };
    work.log(invoice.facts.session, Some(invoice.facts.client), what);
    work.put(invoice);
    Ok(())
}

pub(super) fn void_one(work: &mut Work<'_>, body: &VoidInvoice) -> Result<(), Refusal> {
    let invoice = work.world.invoice(body.invoice)?.clone();
    may_bill(work, invoice.facts.session)?;
    match invoice.facts.status {
        InvoiceStatus::Draft | InvoiceStatus::Issued => {
            void(work, invoice);
            Ok(())
        }
        status => Err(Refusal::InvoiceState { status }),
    }
}

/// Makes an invoice void and takes back what waits to send it.
pub(super) fn void(work: &mut Work<'_>, mut invoice: Invoice) {
    invoice.facts.status = InvoiceStatus::Void;
    moved(work, &invoice, None);
    withdraw_waiting(work, invoice.id, NoticeCause::InvoiceVoid);
    work.put(invoice);
}

/// Takes back what waits to send an invoice, drafts included.
fn withdraw_waiting(work: &mut Work<'_>, invoice: InvoiceId, cause: NoticeCause) {
    let waiting: Vec<_> = work
        .world
        .notices
        .values()
        .filter(|notice| {
            notice.facts.invoice == Some(invoice) && notice.facts.state.can_be_withdrawn()
        })
        .cloned()
        .collect();
    for notice in waiting {
        work.move_notice(notice, NoticeState::Withdrawn, Some(cause));
    }
}

pub(super) fn send(work: &mut Work<'_>, body: &SendInvoice) -> Result<(), Refusal> {
    let invoice = work.world.invoice(body.invoice)?.clone();
    may_bill(work, invoice.facts.session)?;
    match invoice.facts.status {
        InvoiceStatus::Issued | InvoiceStatus::Paid => {
            queue_invoice(work, body.invoice, body.channel)
        }
        status => Err(Refusal::InvoiceState { status }),
    }
}

/// Queues the message that carries an invoice.
pub(super) fn queue_invoice(
    work: &mut Work<'_>,
    id: InvoiceId,
    channel: Channel,
) -> Result<(), Refusal> {
    let invoice = work.world.invoice(id)?.clone();
    super::notice::needs_channel(work, invoice.facts.client, channel)?;
    let what = format!("{}/{}/{}", id, invoice.facts.client, channel.as_str());
    let facts = NoticeFacts {
        intent: work.intent.id,
        client: invoice.facts.client,
        channel,
        kind: NoticeKind::Invoice,
        session: invoice.facts.session,
        invoice: Some(id),
        owed: invoice.facts.status == InvoiceStatus::Issued,
        tells: None,
        instead_of: None,
        sequence: 0,
        state: match channel {
            Channel::Email => NoticeState::Queued,
            Channel::Whatsapp => NoticeState::Draft,
        },
        cause: None,
        queued_at: work.clock.made_at,
        decided_at: Some(work.clock.now),
        not_before: work.clock.now,
        expires: None,
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
    Ok(())
}

/// Whoever may act on the session may bill it; an invoice without one needs the clients' grant.
fn may_bill(work: &Work<'_>, session: Option<SessionId>) -> Result<(), Refusal> {
    match session {
        Some(session) => work.own_session(session).map(drop),
        None => work.needs(Grant::ManageClients),
    }
}

fn moved(work: &mut Work<'_>, invoice: &Invoice, method: Option<PayMethod>) {
    let what = Happened::InvoiceMoved {
        invoice: invoice.id,
        to: invoice.facts.status,
        method,
    };
    work.log(invoice.facts.session, Some(invoice.facts.client), what);
}

/// A prefix a number can begin with.
pub(super) fn prefix(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().count() > 12 {
        return Err(validate::invalid(
            Field::InvoicePrefix,
            Invalid::TooLong { most: 12 },
        ));
    }
    if !text
        .chars()
        .all(|c| c.is_alphanumeric() || "-/._ ".contains(c))
    {
        return Err(validate::invalid(Field::InvoicePrefix, Invalid::Characters));
    }
    Ok(text.to_owned())
}
