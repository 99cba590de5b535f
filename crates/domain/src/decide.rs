//! The one function that says what an intent changes, or why it may not.
//!
//! It runs on a device at the click, again after every pull, and at the ledger, where it is final. Given the same
//! intent and the same rows it makes the same rows with the same ids.

mod book;
mod client;
mod clinic;
mod duration;
mod invoice;
mod member;
mod money;
mod notice;
mod resource;
mod session;
mod slot;
mod tell;
mod work;

pub use client::{ClientField, client_problems};
pub use notice::{Look, last_reminder, look_again, needs_choice, too_late};
pub use tell::NotTold;
pub use work::Work;

use crate::actions::{Action, Asking, Denial, allowed};
use crate::availability::Cause;
use crate::entity::*;
use crate::intent::{Actor, Body, Intent, VERSION};
use crate::refusal::{Refusal, Thing};
use crate::row::Row;
use crate::time::Clock;
use crate::world::World;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What an accepted intent changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Rows as they stand afterwards, each at most once, in a fixed order. Notices are among them.
    pub rows: Vec<Row>,
    /// What its author should know although it was accepted.
    pub flags: Vec<Flag>,
}

/// Something its author should know although the intent was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Flag {
    /// It was so already; nothing changed.
    AlreadySo,
    /// A soft rule says no, but it was made after the person looked.
    SoftRuleChanged {
        /// Which.
        cause: Cause,
    },
    /// A soft rule says no, and the person said "Book anyway".
    BookedAnyway {
        /// Which.
        cause: Cause,
    },
    /// The client was not told by a message.
    NotTold {
        /// Why.
        why: NotTold,
        /// Which one, where there are several and the others are told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        client: Option<crate::ClientId>,
    },
    /// The client had been told already, and will be told the opposite.
    ToldTheOpposite,
    /// Someone else changed this field first; theirs stands, this value was not taken.
    FieldKept {
        /// Its name.
        field: String,
    },
    /// By the clock of the device the fee would differ; none was charged.
    FeeNotCharged,
    /// The session's invoice is paid and covers the fee; none was charged beside it.
    FeeCovered,
}

/// Decides `intent` on the rows of `world`.
///
/// # Errors
/// A [`Refusal`] says why nothing changes. It is an answer, not a fault.
pub fn decide(intent: &Intent, world: &World, clock: &Clock) -> Result<Decision, Refusal> {
    if intent.version > VERSION {
        return Err(Refusal::TooNew);
    }
    let mut work = Work::new(intent, world, clock);
    match (&intent.body, intent.actor) {
        (Body::RecordDelivery(body), Actor::Courier) => notice::record_delivery(&mut work, body)?,
        (Body::RecordDelivery(_), _) | (_, Actor::Courier) => return Err(Refusal::CourierOnly),
        (Body::SetUpClinic(body), Actor::Member(_)) => clinic::set_up(&mut work, body)?,
        (body, Actor::Member(_)) => {
            work.actor_stands()?;
            by_member(&mut work, body)?;
        }
    }
    Ok(work.finish())
}

fn by_member(work: &mut Work<'_>, body: &Body) -> Result<(), Refusal> {
    work.withdraw_undone();
    match body {
        Body::EditClinic(b) => clinic::edit(work, b),
        Body::SaveTherapist(b) => resource::save_therapist(work, b),
        Body::SaveRoom(b) => resource::save_room(work, b),
        Body::SaveService(b) => resource::save_service(work, b),
        Body::SetHours(b) => resource::set_hours(work, b),
        Body::AddTimeOff(b) => resource::add_time_off(work, b),
        Body::RemoveTimeOff(b) => resource::remove_time_off(work, b),
        Body::AddClient(b) => client::add(work, b),
        Body::EditClient(b) => client::edit(work, b),
        Body::BookSession(b) => book::book(work, b),
        Body::BookSeries(b) => book::book_series(work, b),
        Body::CancelSession(b) => session::cancel(work, b),
        Body::CancelSeries(b) => session::cancel_series(work, b),
        Body::RestoreSession(b) => session::restore(work, b),
        Body::RescheduleSession(b) => session::reschedule(work, b),
        Body::ModifyDuration(b) => duration::modify(work, b),
        Body::MarkNoShow(b) => session::no_show(work, b),
        Body::UndoNoShow(b) => session::undo_no_show(work, b),
        Body::ConfirmSession(b) => session::confirm(work, b),
        Body::AddRemark(b) => session::remark(work, b),
        Body::SendReminder(b) => notice::remind(work, b),
        Body::RecordWhatsapp(b) => notice::record_whatsapp(work, b),
        Body::TellPersonally(b) => notice::tell_personally(work, b),
        Body::RetryNotice(b) => notice::retry(work, b),
        Body::DropNotice(b) => notice::drop_it(work, b),
        Body::DraftInvoice(b) => invoice::draft(work, b),
        Body::IssueInvoice(b) => invoice::issue_one(work, b),
        Body::PayInvoice(b) => invoice::pay(work, b),
        Body::VoidInvoice(b) => invoice::void_one(work, b),
        Body::SendInvoice(b) => invoice::send(work, b),
        Body::SaveMember(b) => member::save(work, b),
        Body::SetStanding(b) => member::set_standing(work, b),
        Body::ReassignClients(b) => client::reassign(work, b),
        Body::SetPlan(b) => member::set_plan(work, b),
        Body::SetUpClinic(_) | Body::RecordDelivery(_) => Err(Refusal::CourierOnly),
    }
}

impl Work<'_> {
    /// The member who acts, if they may act at all.
    fn actor_stands(&self) -> Result<(), Refusal> {
        let member = self.actor()?;
        if member.facts.standing == Standing::Active {
            Ok(())
        } else {
            Err(Refusal::NotPermitted {
                grant: Grant::OwnSessions,
            })
        }
    }

    /// The member who acts.
    fn actor(&self) -> Result<&Member, Refusal> {
        let id = self.intent.actor.member().ok_or(Refusal::NotFound {
            what: Thing::Member,
        })?;
        self.world.members.get(&id).ok_or(Refusal::NotFound {
            what: Thing::Member,
        })
    }

    /// Refuses without `grant`.
    fn needs(&self, grant: Grant) -> Result<(), Refusal> {
        if self.actor()?.may(grant) {
            Ok(())
        } else {
            Err(Refusal::NotPermitted { grant })
        }
    }

    /// The session, if `action` may be used on it by this member now.
    fn session_for(&self, action: Action, id: crate::SessionId) -> Result<Session, Refusal> {
        let session = self.world.session(id)?;
        // Notice periods go by the click; whether a reminder may still go, by the decision.
        let now = match action {
            Action::SendEmailReminder | Action::SendWhatsappReminder => self.clock.now,
            _ => self.clock.made_at,
        };
        let clients = session
            .facts
            .clients()
            .map(|client| Ok(&self.world.client(client)?.facts))
            .collect::<Result<Vec<_>, Refusal>>()?;
        let asking = Asking {
            session: &session.facts,
            clients: &clients,
            actor: self.actor()?,
            clinic: &self.world.clinic()?.facts,
            now,
        };
        allowed(action, &asking).map_err(|denial| match denial {
            Denial::Permission { grant } => Refusal::NotPermitted { grant },
            denial => Refusal::Denied { denial },
        })?;
        Ok(session.clone())
    }

    /// The session, if this member may act on it at all.
    fn own_session(&self, id: crate::SessionId) -> Result<Session, Refusal> {
        let session = self.world.session(id)?;
        let actor = self.actor()?;
        if actor.may_act_on(&session.facts) {
            Ok(session.clone())
        } else {
            Err(Refusal::NotPermitted {
                grant: actor.lacks(session.facts.therapists()),
            })
        }
    }

    /// Refuses a member who may not act for `therapist`.
    fn needs_therapist(&self, therapist: crate::TherapistId) -> Result<(), Refusal> {
        let actor = self.actor()?;
        if actor.may_act_for(therapist) {
            return Ok(());
        }
        Err(Refusal::NotPermitted {
            grant: actor.lacks(std::iter::once(therapist)),
        })
    }
}
