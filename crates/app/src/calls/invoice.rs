//! Invoices.

use super::named::Named;
use super::notice::notice_briefs;
use crate::api::act::{Acted, Problem};
use crate::api::invoice::*;
use crate::directory::{Directory, client_brief};
use crate::office::Office;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::Thing;
use safetalk_domain::*;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The invoices with names and times.
pub async fn invoice_briefs(
    office: &Office,
    directory: &Directory,
    invoices: Vec<Invoice>,
) -> Result<Vec<InvoiceBrief>, Problem> {
    let Named { clients, sessions } = Named::read(
        office,
        invoices.iter().map(|invoice| invoice.facts.client),
        invoices.iter().filter_map(|invoice| invoice.facts.session),
    )
    .await?;
    let ids: Vec<InvoiceId> = invoices.iter().map(|invoice| invoice.id).collect();
    let sent: BTreeSet<InvoiceId> = office
        .replica
        .read()
        .await?
        .notices_with_invoices(&ids)
        .await?
        .iter()
        .filter(|notice| {
            !matches!(
                notice.facts.state,
                NoticeState::Withdrawn | NoticeState::Failed | NoticeState::Expired
            )
        })
        .filter_map(|notice| notice.facts.invoice)
        .collect();
    let mut briefs = Vec::with_capacity(invoices.len());
    for invoice in invoices {
        let facts = &invoice.facts;
        let Some(client) = clients.get(&facts.client) else {
            continue;
        };
        let at = facts
            .session
            .and_then(|id| sessions.get(&id))
            .map(|session| session.facts.at);
        briefs.push(InvoiceBrief {
            id: invoice.id,
            number: facts.number.clone(),
            kind: facts.kind,
            status: facts.status,
            overdue: facts.overdue(directory.today()),
            amount: facts.amount,
            due: facts.due,
            client: client_brief(client),
            session: facts.session,
            session_when: at.map(|at| directory.when(at)),
            sent: sent.contains(&invoice.id),
        });
    }
    Ok(briefs)
}

/// Invoices, newest first; of one client or in one state if asked.
pub async fn newest(
    office: &Office,
    client: Option<ClientId>,
    status: Option<InvoiceStatus>,
    most: u16,
) -> Result<Vec<Invoice>, Problem> {
    let mut read = office.replica.read().await?;
    let mut invoices = match (client, status) {
        (Some(client), _) => read.invoices_of_client(client, most.into()).await?,
        (None, Some(status)) => read.invoices_in(status, most.into()).await?,
        (None, None) => read.newest_invoices(most.into()).await?,
    };
    invoices.retain(|invoice| status.is_none_or(|status| invoice.facts.status == status));
    Ok(invoices)
}

/// `invoice.list`.
pub async fn list(office: &Office, request: InvoicesRequest) -> Result<InvoicesView, Problem> {
    let directory = Directory::read(office).await?;
    let most = request.most.clamp(1, 500);
    let invoices = if request.overdue {
        office
            .replica
            .read()
            .await?
            .overdue_invoices(directory.today(), most.into())
            .await?
    } else {
        newest(office, request.client, request.status, most).await?
    };
    let currency = directory.clinic.facts.currency;
    let sums = office
        .replica
        .read()
        .await?
        .invoice_sums(directory.today())
        .await?;
    Ok(InvoicesView {
        invoices: invoice_briefs(office, &directory, invoices).await?,
        owed: Money::new(sums.outstanding.minor, currency),
        overdue: Money::new(sums.overdue.minor, currency),
    })
}

/// `invoice.get`.
pub async fn get(office: &Office, request: InvoiceRequest) -> Result<InvoiceDetail, Problem> {
    let directory = Directory::read(office).await?;
    let replica = &office.replica;
    let invoice = replica
        .row::<Invoice>(request.invoice)
        .await?
        .ok_or(Refusal::NotFound {
            what: Thing::Invoice,
        })?;
    let client = replica
        .row::<Client>(invoice.facts.client)
        .await?
        .ok_or(Refusal::NotFound {
            what: Thing::Client,
        })?;
    let notices = replica
        .read()
        .await?
        .notices_with_invoices(&[invoice.id])
        .await?;
    let brief = invoice_briefs(office, &directory, vec![invoice.clone()])
        .await?
        .pop()
        .ok_or(Refusal::NotFound {
            what: Thing::Invoice,
        })?;
    // One that was issued before this was kept shows what holds now.
    let clinic = &directory.clinic.details;
    let printed = invoice.details.printed.unwrap_or_else(|| Printed {
        clinic_name: clinic.name.clone(),
        clinic_address: clinic.address.clone(),
        payment_text: clinic.payment_text.clone(),
        billed_to: client.details.full_name.value.clone(),
        session_at: None,
    });
    Ok(InvoiceDetail {
        session_when: printed
            .session_at
            .map(|at| directory.when(at))
            .or(brief.session_when),
        brief,
        text: invoice.details.text,
        issued: invoice.facts.issued_at.map(|at| directory.stamp(at)),
        paid: invoice.facts.paid,
        due_by_terms: invoice.facts.due_by_terms,
        clinic_name: printed.clinic_name,
        clinic_address: printed.clinic_address,
        payment_text: printed.payment_text,
        billed_to: printed.billed_to,
        no_email: client.facts.reach(Channel::Email).err(),
        no_whatsapp: client.facts.reach(Channel::Whatsapp).err(),
        email: client
            .details
            .address(client.facts.guardian_receives, Channel::Email)
            .map(str::to_owned),
        mail_ready: directory.clinic.facts.mail_ready,
        today: directory.today(),
        notices: notice_briefs(office, &directory, notices).await?,
    })
}

/// `invoice.draft`.
pub async fn draft(office: &Office, request: DraftRequest) -> Result<Acted, Problem> {
    let before = match request.invoice {
        Some(invoice) => office.replica.row::<Invoice>(invoice).await?,
        None => None,
    };
    let invoice = request.invoice.unwrap_or_else(|| InvoiceId(Uuid::now_v7()));
    let inverse = before.map_or(Body::VoidInvoice(VoidInvoice { invoice }), as_it_was);
    let body = DraftInvoice {
        invoice,
        client: request.client,
        session: request.session,
        amount: request.amount,
        due: request.due,
        text: request.text,
    };
    office
        .act_undoable(Body::DraftInvoice(body), |_| Some(inverse))
        .await
}

/// What makes a draft again what it was.
fn as_it_was(before: Invoice) -> Body {
    let facts = before.facts;
    Body::DraftInvoice(DraftInvoice {
        invoice: before.id,
        client: facts.client,
        session: facts.session,
        amount: facts.amount,
        due: (!facts.due_by_terms).then_some(facts.due),
        text: before.details.text,
    })
}

/// `invoice.issue`.
pub async fn issue(office: &Office, request: InvoiceRequest) -> Result<Acted, Problem> {
    office
        .act(Body::IssueInvoice(IssueInvoice {
            invoice: request.invoice,
        }))
        .await
}

/// `invoice.pay`.
pub async fn pay(office: &Office, request: PayRequest) -> Result<Acted, Problem> {
    let invoice = request.invoice;
    let paid = |paid| Body::PayInvoice(PayInvoice { invoice, paid });
    office
        .act_undoable(paid(Some(request.paid)), |_| Some(paid(None)))
        .await
}

/// `invoice.take_back`: the payment was none.
pub async fn take_back(office: &Office, request: InvoiceRequest) -> Result<Acted, Problem> {
    let invoice = request.invoice;
    let before = office.replica.row::<Invoice>(invoice).await?;
    let again = before.and_then(|before| before.facts.paid).map(|paid| {
        let paid = Some(paid);
        Body::PayInvoice(PayInvoice { invoice, paid })
    });
    let paid = None;
    office
        .act_undoable(Body::PayInvoice(PayInvoice { invoice, paid }), |_| again)
        .await
}

/// `invoice.void`.
pub async fn void(office: &Office, request: InvoiceRequest) -> Result<Acted, Problem> {
    office
        .act(Body::VoidInvoice(VoidInvoice {
            invoice: request.invoice,
        }))
        .await
}

/// `invoice.send`.
pub async fn send(office: &Office, request: SendRequest) -> Result<Acted, Problem> {
    office
        .act(Body::SendInvoice(SendInvoice {
            invoice: request.invoice,
            channel: request.channel,
        }))
        .await
}
