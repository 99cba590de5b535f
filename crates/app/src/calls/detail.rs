//! Session Details.

use super::around::Around;
use super::calendar::stands;
use super::invoice::invoice_briefs;
use super::notice::notice_briefs;
use super::told::told_view;
use super::track::track;
use crate::api::When;
use crate::api::act::Problem;
use crate::api::notice::MailStop;
use crate::api::session::*;
use crate::directory::{Directory, client_brief};
use crate::office::Office;
use safetalk_domain::actions::{Asking, quick_actions};
use safetalk_domain::availability::{Resource, Search, nearest, open_stretches};
use safetalk_domain::decide::last_reminder;
use safetalk_domain::intent::InvoiceFate;
use safetalk_domain::refusal::Thing;
use safetalk_domain::*;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::iter::once;

/// How many lines of history are shown.
const MOST_ACTIVITY: u32 = 200;

/// `session.get`.
pub async fn get(office: &Office, request: SessionRequest) -> Result<SessionDetail, Problem> {
    let directory = Directory::read(office).await?;
    let replica = &office.replica;
    let session = replica
        .row::<Session>(request.session)
        .await?
        .ok_or(Refusal::NotFound {
            what: Thing::Session,
        })?;
    let facts = &session.facts;
    let mut clients = Vec::new();
    for id in facts.clients() {
        clients.push(replica.row::<Client>(id).await?.ok_or(Refusal::NotFound {
            what: Thing::Client,
        })?);
    }
    let notices = replica.read().await?.notices_of_session(session.id).await?;
    let invoices = replica
        .read()
        .await?
        .invoices_of_session(session.id)
        .await?;
    let activity = replica
        .read()
        .await?
        .activity_of_session(session.id, MOST_ACTIVITY)
        .await?;
    let pending = replica.read().await?.pending(Kind::Session).await?;
    let unsynced = replica.read().await?.pending(Kind::Activity).await?;

    let day = directory.zone().day(directory.zone().date(facts.at.start));
    let mut look = replica.read().await?;
    let ids: Vec<TherapistId> = facts.therapists().collect();
    let around =
        Around::gather(&mut look, &ids, facts.place, Some(facts.service), day.span).await?;
    drop(look);
    let (therapists, room) = (around.therapists()?, around.room()?);
    let therapist = therapists.first().ok_or(Refusal::NotFound {
        what: Thing::Therapist,
    })?;
    let reached: Vec<&ClientFacts> = clients.iter().map(|client| &client.facts).collect();
    let asking = Asking {
        session: facts,
        clients: &reached,
        actor: &directory.member,
        clinic: &directory.clinic.facts,
        now: directory.now,
    };
    let previous = replica
        .read()
        .await?
        .session_before(facts.at.start)
        .await?
        .map(|session| session.id);
    let next = replica
        .read()
        .await?
        .session_from(facts.at.start + 1)
        .await?
        .map(|session| session.id);
    let mail_held = super::mail::held(office, &directory).await?;
    let mut participants = Vec::with_capacity(clients.len());
    for client in &clients {
        let one = participant(office, &directory, &session, client, &notices, mail_held);
        participants.push(one.await?);
    }
    let mut others = participants.into_iter();
    let first = others.next().ok_or(Refusal::NotFound {
        what: Thing::Client,
    })?;
    Ok(SessionDetail {
        id: session.id,
        now: directory.stamp(directory.now),
        status: facts.word(directory.now),
        phase: facts.phase(directory.now),
        when: directory.when(facts.at),
        client: first.client,
        contact: first.contact,
        others: others.collect(),
        therapist: directory.therapist(facts.therapist),
        co_therapists: directory.therapists_of(&facts.co_therapists),
        therapist_open: open_that_day(&directory, therapist, day.span),
        service: directory.service(facts.service),
        place: directory.place(facts.place, Some(&session.details)),
        series: facts.series,
        price: facts.price,
        remarks: session
            .details
            .remarks
            .iter()
            .map(|remark| RemarkView {
                at: directory.stamp(remark.at),
                by: directory.member_name(remark.by),
                text: remark.text.clone(),
            })
            .collect(),
        actions: quick_actions(&asking),
        guard: facts.guard(),
        told: first.told,
        activity: activity_views(&directory, &activity, &notices, &clients, &unsynced),
        attendance: first.attendance,
        therapist_track: track(day, therapist, Some(session.id)),
        room_track: room
            .as_ref()
            .map(|room| track(day, room, Some(session.id)))
            .unwrap_or_default(),
        next_free: next_free(&directory, &around, &session, &therapists, day.span),
        cancel: cancel_offer(&directory, &session, &clients, &invoices),
        no_show_fee: directory.clinic.facts.no_show_fee,
        previous,
        next,
        pending: pending.contains(&session.id.0),
        invoices: invoice_briefs(office, &directory, invoices).await?,
        notices: notice_briefs(office, &directory, notices).await?,
    })
}

/// A client of the session, and what is true of them alone.
async fn participant(
    office: &Office,
    directory: &Directory,
    session: &Session,
    client: &Client,
    notices: &[Notice],
    mail_held: Option<MailStop>,
) -> Result<Participant, Problem> {
    let told = office
        .replica
        .row::<Told>(Told::id_of(session.id, client.id))
        .await?;
    // Read before the answer is put together: a reader inside that expression lives until its end, and whoever holds one
    // while waiting for another can wait for ever.
    let attendance = office
        .replica
        .read()
        .await?
        .attendance(
            client.id,
            directory.now.plus_hours(-24 * 365),
            directory.now,
        )
        .await?;
    Ok(Participant {
        client: client_brief(client),
        contact: contact(directory, client, notices, mail_held),
        told: told_view(
            directory,
            session,
            Some(client),
            told.as_ref(),
            notices.iter(),
        ),
        attendance: attendance.into(),
    })
}

fn contact(
    directory: &Directory,
    client: &Client,
    notices: &[Notice],
    mail_held: Option<MailStop>,
) -> ContactView {
    let receives = client.facts.guardian_receives;
    let last = |channel| {
        notices
            .iter()
            .filter(|it| it.facts.client == client.id)
            .filter_map(|it| Some((last_reminder(once(it), channel)?, it.facts.state)))
            .max_by_key(|(at, _)| *at)
            .map(|(at, state)| Reminded {
                since: directory.stamp(at),
                state,
            })
    };
    ContactView {
        email: client
            .details
            .address(receives, Channel::Email)
            .map(str::to_owned),
        phone: super::told::phone(client),
        called: client.details.greeted(receives).to_owned(),
        guardian: client
            .details
            .guardian
            .value
            .as_ref()
            .filter(|_| receives)
            .map(|guardian| guardian.name.clone()),
        language: client.facts.language,
        no_email: client.facts.reach(Channel::Email).err(),
        no_whatsapp: client.facts.reach(Channel::Whatsapp).err(),
        mail_ready: directory.clinic.facts.mail_ready,
        mail_held,
        last_email_reminder: last(Channel::Email),
        last_whatsapp_reminder: last(Channel::Whatsapp),
    }
}

fn open_that_day(directory: &Directory, therapist: &Resource<'_>, day: Interval) -> Vec<When> {
    let Some((hours, _)) = therapist.hours else {
        return Vec::new();
    };
    open_stretches(directory.zone(), hours, day)
        .into_iter()
        .filter(|stretch| stretch.meets(day))
        .map(|stretch| directory.when(stretch))
        .collect()
}

fn next_free(
    directory: &Directory,
    around: &Around,
    session: &Session,
    therapists: &[Resource<'_>],
    day: Interval,
) -> Option<crate::api::Stamp> {
    let service = directory.services.get(&session.facts.service);
    let after = Interval::new(
        session.facts.at.end.max(directory.now),
        session.facts.at.end.max(directory.now)
            + (session.facts.at.end.0 - session.facts.at.start.0),
    );
    let search = Search {
        wanted: around.proposal(None, after),
        not_before: after.start,
        step_minutes: service.map_or(15, |s| s.facts.step_minutes),
        most: 1,
    };
    nearest(&search, &therapists.iter().collect::<Vec<_>>(), None)
        .into_iter()
        .find(|slot| slot.start < day.end)
        .map(|slot| directory.stamp(slot.start))
}

/// What the Cancel popup preselects: void an unpaid invoice, keep a paid one, a fee if it would be late.
fn cancel_offer(
    directory: &Directory,
    session: &Session,
    clients: &[Client],
    invoices: &[Invoice],
) -> CancelOffer {
    let clinic = &directory.clinic.facts;
    let hours = i64::from(clinic.late_cancel_hours);
    let late = hours > 0 && session.facts.at.start.plus_hours(-hours) < directory.now;
    let own = invoices
        .iter()
        .filter(|invoice| {
            invoice.facts.kind == InvoiceKind::Session
                && invoice.facts.status != InvoiceStatus::Void
        })
        .map(|i| i.facts.status)
        .next();
    let fee = clinic.late_cancel_fee.filter(|_| late);
    let fate = match (fee, own) {
        // What was paid is not charged for again unless a person says so.
        (_, Some(InvoiceStatus::Paid)) => InvoiceFate::Keep,
        (Some(amount), _) => InvoiceFate::Fee { amount },
        (None, Some(InvoiceStatus::Draft | InvoiceStatus::Issued)) => InvoiceFate::Void,
        _ => InvoiceFate::Keep,
    };
    let ended = session.facts.phase(directory.now) == Phase::Ended;
    let notify = stands(session)
        && !ended
        && clinic.plan.email
        && clients
            .iter()
            .any(|client| client.facts.reach(Channel::Email).is_ok());
    CancelOffer {
        late,
        invoice: own,
        fate,
        fee: clinic.late_cancel_fee,
        notify,
    }
}

/// Activity, newest first, with the words for what it names; of several `clients` those it concerns are named.
pub fn activity_views(
    directory: &Directory,
    activity: &[Activity],
    notices: &[Notice],
    clients: &[Client],
    pending: &BTreeSet<uuid::Uuid>,
) -> Vec<ActivityView> {
    let several = clients.len() > 1;
    let client = |id: ClientId| clients.iter().find(|client| client.id == id);
    let notice = |id: &NoticeId| notices.iter().find(|notice| notice.id == *id);
    // What has not gone yet goes to wherever the client is reached by then.
    let goes_to = |notice: &Notice| {
        let facts = &notice.facts;
        let to = client(facts.client)?;
        let waits = facts.state.waits() || facts.state == NoticeState::Draft;
        waits
            .then(|| {
                to.details
                    .address(to.facts.guardian_receives, facts.channel)
            })?
            .map(str::to_owned)
    };
    let snapshot = |s: &Snapshot| SnapshotView {
        when: directory.when(s.at),
        place: directory.place(s.place, None),
        therapist: directory.therapist(s.therapist).name,
        co_therapists: s
            .co_therapists
            .iter()
            .map(|id| directory.therapist(*id).name)
            .collect(),
    };
    let mut lines: Vec<&Activity> = activity.iter().collect();
    // Moments are whole seconds. Within one, an action stands before the messages it made, and before what became of them.
    lines.sort_by_key(|line| {
        let of_message = matches!(
            line.what,
            Happened::NoticeQueued { .. } | Happened::NoticeMoved { .. }
        );
        Reverse((line.at, line.by.is_none(), line.intent, of_message))
    });
    lines
        .into_iter()
        .map(|line| {
            let (from, to) = match &line.what {
                Happened::Booked { to, .. } => (None, Some(to)),
                Happened::Rescheduled { from, to, .. }
                | Happened::DurationModified { from, to, .. } => (Some(from), Some(to)),
                _ => (None, None),
            };
            let address = match &line.what {
                Happened::NoticeQueued { notice: id, .. } => {
                    notice(id).and_then(|it| goes_to(it).or_else(|| it.details.to.clone()))
                }
                Happened::NoticeMoved { address, .. } => address.clone(),
                _ => None,
            };
            ActivityView {
                at: directory.stamp(line.at),
                by: line.by.map(|by| directory.member_name(by)),
                by_me: line.by == Some(directory.member.id),
                what: line.what.clone(),
                from: from.map(snapshot),
                to: to.map(snapshot),
                address,
                client: line
                    .client
                    .filter(|_| several && of_one(&line.what))
                    .and_then(client)
                    .map(|client| client.details.full_name.value.clone()),
                pending: pending.contains(&line.id.0),
            }
        })
        .collect()
}

/// Whether a line of a session's history is about one of its clients rather than all.
fn of_one(what: &Happened) -> bool {
    matches!(
        what,
        Happened::NoticeQueued { .. }
            | Happened::NoticeMoved { .. }
            | Happened::ToldPersonally
            | Happened::InvoiceDrafted { .. }
            | Happened::InvoiceMoved { .. }
    )
}

impl From<safetalk_replica::Attendance> for Attendance {
    fn from(kept: safetalk_replica::Attendance) -> Self {
        Self {
            kept: kept.completed,
            cancelled: kept.cancelled,
            missed: kept.no_show,
        }
    }
}
