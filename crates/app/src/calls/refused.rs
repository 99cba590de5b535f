//! Changes the ledger refused: what was wanted, when, for whom, and what may be done instead.

use super::told::phone;
use crate::api::Nothing;
use crate::api::act::{Changed, Problem};
use crate::api::dashboard::*;
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::intent::{BookSession, Slot};
use safetalk_domain::*;
use safetalk_replica::Refused;

/// Those that nobody has dealt with, oldest first.
pub async fn refused(office: &Office, directory: &Directory) -> Result<Vec<Attention>, Problem> {
    let mut items = Vec::new();
    for change in office.replica.refused().await? {
        let refused = told_of(office, directory, change).await?;
        items.push(Attention::Refused { refused });
    }
    Ok(items)
}

/// `refused.close`.
pub async fn close_refused(
    office: &Office,
    request: CloseRefusedRequest,
) -> Result<Nothing, Problem> {
    office.replica.close_refused(request.intent).await?;
    office.host.emit_changed(Changed {
        tables: vec!["outbox".to_owned()],
        ..Changed::default()
    });
    Ok(Nothing {})
}

/// What a body names of the clinic's rows.
#[derive(Default)]
struct Named {
    session: Option<SessionId>,
    client: Option<ClientId>,
    invoice: Option<InvoiceId>,
    /// When it would have been.
    at: Option<Interval>,
    /// The slot that was not given, to book another.
    slot: Option<Slot>,
    /// What it is called where it is no client's.
    thing: Option<String>,
}

async fn told_of(
    office: &Office,
    directory: &Directory,
    change: Refused,
) -> Result<RefusedChange, Problem> {
    let replica = &office.replica;
    let body = &change.intent.body;
    let mut named = named(directory, body);
    if let Some(id) = notice_of(body)
        && let Some(notice) = replica.row::<Notice>(id).await?
    {
        named.session = notice.facts.session;
        named.client = Some(notice.facts.client);
        named.at = notice.facts.tells.map(|tells| tells.at);
    }
    let invoice = match named.invoice {
        Some(id) => replica.row::<Invoice>(id).await?,
        None => None,
    };
    if let Some(invoice) = &invoice {
        named.client = Some(invoice.facts.client);
    }
    // A booking that was refused has left no session behind.
    let session = match named.session {
        Some(id) => replica.row::<Session>(id).await?,
        None => None,
    };
    let client_id = named
        .client
        .or(session.as_ref().map(|session| session.facts.client));
    let client = match client_id {
        Some(id) => replica.row::<Client>(id).await?,
        None => None,
    };
    let at = match (body, &session) {
        (Body::ModifyDuration(wanted), Some(session)) => {
            Some(Interval::new(session.facts.at.start, wanted.end))
        }
        _ => named
            .at
            .or(session.as_ref().map(|session| session.facts.at)),
    };
    // A new client that was refused is no row either.
    let (new_name, new_phone) = match body {
        Body::AddClient(wanted) => (
            Some(wanted.record.full_name.clone()),
            wanted.record.phones.first().cloned(),
        ),
        _ => (None, None),
    };
    Ok(RefusedChange {
        intent: change.intent.id,
        at: directory.stamp(change.intent.made_at),
        wanted: wanted(body),
        when: at.map(|at| directory.when(at)),
        session: session.as_ref().map(|session| session.id),
        client_id: client.as_ref().map(|client| client.id),
        client: client
            .as_ref()
            .map(|client| client.details.full_name.value.clone())
            .or(new_name),
        phone: client.as_ref().and_then(phone).or(new_phone),
        invoice: invoice.map(|invoice| invoice.id),
        thing: named.thing,
        again: named.slot.map(|slot| BookAgain {
            therapist: slot.therapist,
            room: match slot.place {
                Place::Room(room) => Some(room),
                Place::Online | Place::Elsewhere => None,
            },
        }),
        refusal: change.refusal,
    })
}

fn named(directory: &Directory, body: &Body) -> Named {
    let of_client = |client| Named {
        client: Some(client),
        ..Named::default()
    };
    let of_thing = |name: &str| Named {
        thing: Some(name.to_owned()).filter(|name| !name.is_empty()),
        ..Named::default()
    };
    let of_invoice = |invoice| Named {
        invoice: Some(invoice),
        ..Named::default()
    };
    match body {
        Body::BookSession(BookSession { client, slot, .. }) => Named {
            at: Some(slot.at),
            slot: Some(slot.clone()),
            ..of_client(*client)
        },
        Body::BookSeries(wanted) => Named {
            at: wanted.sessions.first().map(|(_, slot)| slot.at),
            slot: wanted.sessions.first().map(|(_, slot)| slot.clone()),
            ..of_client(wanted.client)
        },
        Body::RescheduleSession(wanted) => Named {
            session: Some(wanted.session),
            at: Some(wanted.to.at),
            ..Named::default()
        },
        Body::CancelSeries(wanted) => Named {
            session: wanted.sessions.first().copied(),
            ..Named::default()
        },
        Body::EditClient(wanted) => of_client(wanted.client),
        Body::SaveTherapist(wanted) => of_thing(&wanted.name),
        Body::SaveRoom(wanted) => of_thing(&wanted.name),
        Body::SaveService(wanted) => of_thing(&wanted.name),
        Body::SaveMember(wanted) => of_thing(&wanted.name),
        Body::SetStanding(wanted) => of_thing(&directory.member_name(wanted.member)),
        Body::ReassignClients(wanted) => of_thing(&directory.therapist(wanted.from).name),
        Body::SetHours(wanted) => of_thing(&owner_name(directory, wanted.owner)),
        Body::AddTimeOff(wanted) => Named {
            at: Some(wanted.at),
            ..of_thing(&owner_name(directory, wanted.owner))
        },
        Body::DraftInvoice(wanted) => Named {
            session: wanted.session,
            ..of_client(wanted.client)
        },
        Body::IssueInvoice(wanted) => of_invoice(wanted.invoice),
        Body::PayInvoice(wanted) => of_invoice(wanted.invoice),
        Body::VoidInvoice(wanted) => of_invoice(wanted.invoice),
        Body::SendInvoice(wanted) => of_invoice(wanted.invoice),
        _ => Named {
            session: body.session(),
            ..Named::default()
        },
    }
}

fn notice_of(body: &Body) -> Option<NoticeId> {
    match body {
        Body::RecordWhatsapp(wanted) => Some(wanted.notice),
        Body::RetryNotice(wanted) => Some(wanted.notice),
        Body::DropNotice(wanted) => Some(wanted.notice),
        _ => None,
    }
}

fn owner_name(directory: &Directory, owner: Owner) -> String {
    match owner {
        Owner::Clinic(_) => directory.clinic.details.name.clone(),
        Owner::Therapist(id) => directory.therapist(id).name,
        Owner::Room(id) => directory.room(id).name,
    }
}

/// The click, in the screen's words. Every kind has one: what is refused is never called something else.
fn wanted(body: &Body) -> Wanted {
    match body {
        Body::SetUpClinic(_) | Body::EditClinic(_) => Wanted::Settings,
        Body::SaveTherapist(_) => Wanted::Therapist,
        Body::SaveRoom(_) => Wanted::Room,
        Body::SaveService(_) => Wanted::Service,
        Body::SetHours(_) => Wanted::Hours,
        Body::AddTimeOff(_) => Wanted::TimeOff,
        Body::RemoveTimeOff(_) => Wanted::NoTimeOff,
        Body::AddClient(_) => Wanted::NewClient,
        Body::EditClient(_) => Wanted::EditClient,
        Body::BookSession(_) => Wanted::Book,
        Body::BookSeries(_) => Wanted::BookSeries,
        Body::CancelSession(_) => Wanted::Cancel,
        Body::CancelSeries(_) => Wanted::CancelSeries,
        Body::RestoreSession(_) => Wanted::Restore,
        Body::RescheduleSession(_) => Wanted::Reschedule,
        Body::ModifyDuration(_) => Wanted::ModifyDuration,
        Body::MarkNoShow(_) => Wanted::NoShow,
        Body::UndoNoShow(_) => Wanted::UndoNoShow,
        Body::ConfirmSession(wanted) if wanted.confirmed => Wanted::Confirm,
        Body::ConfirmSession(_) => Wanted::Unconfirm,
        Body::AddRemark(_) => Wanted::Remark,
        Body::SendReminder(_) => Wanted::Remind,
        Body::RecordWhatsapp(_) | Body::RecordDelivery(_) => Wanted::RecordMessage,
        Body::TellPersonally(_) => Wanted::TellPersonally,
        Body::RetryNotice(_) => Wanted::RetryMessage,
        Body::DropNotice(_) => Wanted::DropMessage,
        Body::DraftInvoice(_) => Wanted::DraftInvoice,
        Body::IssueInvoice(_) => Wanted::IssueInvoice,
        Body::PayInvoice(wanted) if wanted.paid.is_none() => Wanted::TakeBackPayment,
        Body::PayInvoice(_) => Wanted::PayInvoice,
        Body::VoidInvoice(_) => Wanted::VoidInvoice,
        Body::SendInvoice(_) => Wanted::SendInvoice,
        Body::SaveMember(_) => Wanted::Member,
        Body::SetStanding(wanted) => match wanted.standing {
            Standing::Active => Wanted::BringMemberBack,
            Standing::Suspended => Wanted::SuspendMember,
            Standing::Removed => Wanted::RemoveMember,
        },
        Body::ReassignClients(_) => Wanted::ReassignClients,
        Body::SetPlan(_) => Wanted::Subscription,
    }
}
