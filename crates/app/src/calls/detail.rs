//! Session Details.

use super::around::Around;
use super::calendar::stands;
use super::invoice::invoice_briefs;
use super::notice::notice_briefs;
use super::told::told_view;
use super::track::track;
use crate::api::When;
use crate::api::act::Problem;
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
use std::collections::{BTreeMap, BTreeSet};

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
    let client = replica
        .row::<Client>(facts.client)
        .await?
        .ok_or(Refusal::NotFound {
            what: Thing::Client,
        })?;
    let notices = replica.read().await?.notices_of_session(session.id).await?;
    let invoices = replica
        .read()
        .await?
        .invoices_of_session(session.id)
        .await?;
    let told = replica
        .row::<Told>(Told::id_of(session.id, client.id))
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
    let around = Around::gather(
        &mut look,
        facts.therapist,
        facts.place,
        Some(facts.service),
        day.span,
    )
    .await?;
    drop(look);
    let (therapist, room) = (around.therapist()?, around.room()?);
    let asking = Asking {
        session: facts,
        client: &client.facts,
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
    // Read before the answer is put together: a reader inside that expression lives until its end, and whoever holds one while
    // waiting for another can wait for ever.
    let attendance = replica
        .read()
        .await?
        .attendance(
            client.id,
            directory.now.plus_hours(-24 * 365),
            directory.now,
        )
        .await?;
    Ok(SessionDetail {
        id: session.id,
        now: directory.stamp(directory.now),
        status: facts.word(directory.now),
        phase: facts.phase(directory.now),
        when: directory.when(facts.at),
        client: client_brief(&client),
        contact: contact(&directory, &client, &notices),
        therapist: directory.therapist(facts.therapist),
        therapist_open: open_that_day(&directory, &therapist, day.span),
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
        told: told_view(
            &directory,
            &session,
            Some(&client),
            told.as_ref(),
            notices.iter(),
        ),
        activity: activity_views(&directory, &activity, &notices, &unsynced),
        attendance: attendance.into(),
        therapist_track: track(day, &therapist, Some(session.id)),
        room_track: room
            .as_ref()
            .map(|room| track(day, room, Some(session.id)))
            .unwrap_or_default(),
        next_free: next_free(&directory, &around, &session, &therapist, day.span),
        cancel: cancel_offer(&directory, &session, &client, &invoices),
        no_show_fee: directory.clinic.facts.no_show_fee,
        previous,
        next,
        pending: pending.contains(&session.id.0),
        invoices: invoice_briefs(office, &directory, invoices).await?,
        notices: notice_briefs(office, &directory, notices).await?,
    })
}

fn contact(directory: &Directory, client: &Client, notices: &[Notice]) -> ContactView {
    let receives = client.facts.guardian_receives;
    let last = |channel| last_reminder(notices.iter(), channel).map(|at| directory.stamp(at));
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
    therapist: &Resource<'_>,
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
    nearest(&search, &[therapist], None)
        .into_iter()
        .find(|slot| slot.start < day.end)
        .map(|slot| directory.stamp(slot.start))
}

/// What the Cancel popup preselects: void an unpaid invoice, keep a paid one, a fee if it would be late.
fn cancel_offer(
    directory: &Directory,
    session: &Session,
    client: &Client,
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
        (Some(amount), _) => InvoiceFate::Fee { amount },
        (None, Some(InvoiceStatus::Draft | InvoiceStatus::Issued)) => InvoiceFate::Void,
        _ => InvoiceFate::Keep,
    };
    let ended = session.facts.phase(directory.now) == Phase::Ended;
    let notify = stands(session)
        && !ended
        && clinic.plan.email
        && client.facts.reach(Channel::Email).is_ok();
    CancelOffer {
        late,
        invoice: own,
        fate,
        fee: clinic.late_cancel_fee,
        notify,
    }
}

/// Activity, newest first, with the words for what it names.
pub fn activity_views(
    directory: &Directory,
    activity: &[Activity],
    notices: &[Notice],
    pending: &BTreeSet<uuid::Uuid>,
) -> Vec<ActivityView> {
    let addresses: BTreeMap<NoticeId, Option<String>> = notices
        .iter()
        .map(|notice| (notice.id, notice.details.to.clone()))
        .collect();
    let snapshot = |s: &Snapshot| SnapshotView {
        when: directory.when(s.at),
        place: directory.place(s.place, None),
        therapist: directory.therapist(s.therapist).name,
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
                Happened::Booked { to } => (None, Some(to)),
                Happened::Rescheduled { from, to, .. }
                | Happened::DurationModified { from, to, .. } => (Some(from), Some(to)),
                _ => (None, None),
            };
            let notice = match &line.what {
                Happened::NoticeQueued { notice, .. } | Happened::NoticeMoved { notice, .. } => {
                    addresses.get(notice).cloned().flatten()
                }
                _ => None,
            };
            ActivityView {
                at: directory.stamp(line.at),
                by: line.by.map(|by| directory.member_name(by)),
                by_me: line.by == Some(directory.member.id),
                what: line.what.clone(),
                from: from.map(snapshot),
                to: to.map(snapshot),
                address: notice,
                pending: pending.contains(&line.id.0),
            }
        })
        .collect()
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
