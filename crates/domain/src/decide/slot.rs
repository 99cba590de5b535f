//! Availability as a rule: which causes refuse, which are forgiven, which a person may override.

use super::{Flag, Work};
use crate::availability::{self, Cause, CoUnavailable, Found, Unavailable};
use crate::entity::*;
use crate::intent::{Anyway, Slot};
use crate::refusal::{Field, Invalid, Refusal, Thing};
use crate::time::Interval;
use crate::validate;
use crate::{ServiceId, SessionId, TherapistId};
use std::collections::BTreeSet;

/// The most therapists who lead one session.
pub const MOST_THERAPISTS: i64 = 6;

/// What a session needs around itself, as the settings say when it is decided. It is copied to the session; a later
/// change of the settings touches no session.
#[derive(Clone, Debug)]
pub(super) struct Around {
    turnover_minutes: u16,
    /// What who leads it keeps free.
    lead: Buffers,
    /// What each co-therapist keeps free, in their order.
    others: Vec<Buffers>,
    /// Why a soft rule gave way, where one did and a person said why.
    anyway: Option<String>,
}

impl Around {
    /// The reason as history keeps it: of a person who booked over a soft rule. What is taken back needs none.
    pub(super) fn reason(&self) -> Option<String> {
        self.anyway.clone()
    }

    /// Copies it.
    pub(super) fn copy_to(self, facts: &mut SessionFacts) {
        facts.turnover_minutes = self.turnover_minutes;
        facts.buffer_before = self.lead.before;
        facts.buffer_after = self.lead.after;
        facts.co_buffers = self.others;
    }
}

impl Work<'_> {
    /// Refuses a slot that is not available; returns what to copy to the session.
    pub(super) fn needs_slot(
        &mut self,
        session: Option<SessionId>,
        at: Interval,
        place: Place,
        therapists: &[TherapistId],
        service: ServiceId,
        anyway: &Anyway,
    ) -> Result<Around, Refusal> {
        validate::optional_line(Field::Reason, anyway.reason.as_deref(), validate::LINE)?;
        let (unavailable, mut around, forgiven) =
            self.slot_causes(session, at, place, therapists, service)?;
        for cause in forgiven {
            self.flag(Flag::SoftRuleChanged { cause });
        }
        if unavailable.is_empty() {
            return Ok(around);
        }
        if !unavailable.only_soft() || !anyway.anyway {
            return Err(Refusal::NotAvailable { unavailable });
        }
        if !self.actor()?.overrides_own(&unavailable, therapists) {
            self.needs(Grant::BookOutsideAvailability)?;
            if anyway
                .reason
                .as_deref()
                .is_none_or(|reason| reason.trim().is_empty())
            {
                return Err(Refusal::ReasonNeeded);
            }
        }
        for cause in unavailable.causes() {
            self.flag(Flag::BookedAnyway {
                cause: cause.clone(),
            });
        }
        if self.intent.undoes.is_none() {
            around.anyway = reason(anyway);
        }
        Ok(around)
    }

    /// Refuses a slot that is held or gone, soft rules apart: for what already was in force there once. Returns
    /// what to copy to the session.
    pub(super) fn needs_hard_slot(&self, session: &Session) -> Result<Around, Refusal> {
        let facts = &session.facts;
        let therapists: Vec<_> = facts.therapists().collect();
        let (mut unavailable, around, _) = self.slot_causes(
            Some(session.id),
            facts.at,
            facts.place,
            &therapists,
            facts.service,
        )?;
        unavailable.retain(Cause::hard);
        if unavailable.is_empty() {
            Ok(around)
        } else {
            Err(Refusal::NotAvailable { unavailable })
        }
    }

    /// What stands against a slot, what it needs around itself, and the soft causes younger than what the person saw.
    fn slot_causes(
        &self,
        session: Option<SessionId>,
        at: Interval,
        place: Place,
        therapists: &[TherapistId],
        service: ServiceId,
    ) -> Result<(Unavailable, Around, Vec<Cause>), Refusal> {
        let world = &self.world;
        let wanted = world.proposal(session, at, place, world.services.get(&service));
        // Whoever records what happened is not told that it was outside hours.
        let past = at.end <= self.clock.made_at;
        let mut forgiven = Vec::new();
        let mut keep = |found: Vec<Found>| {
            let mut causes = Vec::new();
            for found in found {
                if !found.cause.hard() && found.since > self.intent.seen {
                    if !forgiven.contains(&found.cause) {
                        forgiven.push(found.cause);
                    }
                } else {
                    causes.push(found.cause);
                }
            }
            causes
        };
        let mut unavailable = Unavailable::default();
        let mut buffers = Vec::new();
        for (n, id) in therapists.iter().copied().enumerate() {
            let person = world.therapist(id)?;
            let held = world.collect(id.into());
            let resource = world.therapist_resource(person, &held)?;
            buffers.push(wanted.buffers(&resource));
            let causes = keep(availability::therapist(&wanted, &resource, past));
            if n == 0 {
                unavailable.therapist = causes;
            } else if !causes.is_empty() {
                unavailable.co_therapists.push(CoUnavailable {
                    therapist: id,
                    causes,
                });
            }
        }
        if let Place::Room(id) = place {
            let room = world.room(id)?;
            let held = world.collect(id.into());
            let resource = world.room_resource(room, &held)?;
            unavailable.room = keep(availability::room(&wanted, &resource, past));
        }
        let mut buffers = buffers.into_iter();
        let around = Around {
            turnover_minutes: wanted.turnover_minutes,
            lead: buffers.next().unwrap_or_default(),
            others: buffers.collect(),
            anyway: None,
        };
        Ok((unavailable, around, forgiven))
    }

    /// What a person chose, checked for what cannot be: times, archived things, a service that is not held online.
    ///
    /// `was` is the session until now: who is online may stay so, whatever became of the service, and who is not moved in time
    /// may stay where they are, whatever became of the room.
    pub(super) fn sound_slot(
        &self,
        slot: &Slot,
        service: ServiceId,
        was: Option<&SessionFacts>,
    ) -> Result<Slot, Refusal> {
        validate::stretch(slot.at)?;
        let most = i64::try_from(slot.co_therapists.len()).unwrap_or(i64::MAX);
        validate::between(Field::Therapist, most, 0, MOST_THERAPISTS - 1)?;
        let there = was.filter(|was| was.at.start == slot.at.start);
        let mut seen = BTreeSet::new();
        for therapist in slot.therapists() {
            let stays = there.is_some_and(|was| was.is_seen_by(therapist));
            if self.world.therapist(therapist)?.facts.archived && !stays {
                return Err(Refusal::Archived {
                    what: Thing::Therapist,
                });
            }
            if !seen.insert(therapist) {
                return Err(validate::invalid(Field::Therapist, Invalid::Twice));
            }
        }
        if let Place::Room(room) = slot.place
            && self.world.room(room)?.facts.archived
            && there.is_none_or(|was| was.place != slot.place)
        {
            return Err(Refusal::Archived { what: Thing::Room });
        }
        let online_ok = was.is_some_and(|was| was.place == Place::Online)
            || self
                .world
                .services
                .get(&service)
                .is_none_or(|service| service.facts.may_be_online);
        if slot.place == Place::Online && !online_ok {
            return Err(validate::invalid(Field::Place, Invalid::NotForThisService));
        }
        let place_text =
            validate::optional_line(Field::Place, slot.place_text.as_deref(), validate::LINE)?;
        Ok(Slot {
            place_text,
            ..slot.clone()
        })
    }
}

impl Member {
    /// Whether all that "Book anyway" would override is this member's own: their hours, or a room for a session of theirs.
    pub fn overrides_own(&self, unavailable: &Unavailable, therapists: &[TherapistId]) -> bool {
        let own = |id: TherapistId| self.facts.therapist == Some(id);
        let lead_is_in_the_way = !unavailable.therapist.is_empty();
        if !lead_is_in_the_way && unavailable.co_therapists.is_empty() {
            return therapists.iter().copied().any(own);
        }
        unavailable
            .co_therapists
            .iter()
            .all(|other| own(other.therapist))
            && (!lead_is_in_the_way || therapists.first().copied().is_some_and(own))
    }
}

/// What was typed as the reason.
fn reason(anyway: &Anyway) -> Option<String> {
    anyway
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|reason| anyway.anyway && !reason.is_empty())
        .map(str::to_owned)
}
