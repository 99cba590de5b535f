//! Availability as a rule: which causes refuse, which are forgiven, which a person may override.

use super::{Flag, Work};
use crate::availability::{self, Found, Unavailable};
use crate::entity::*;
use crate::intent::{Anyway, Slot};
use crate::refusal::{Field, Invalid, Refusal, Thing};
use crate::time::Interval;
use crate::validate;
use crate::{ServiceId, SessionId};

/// What a session needs around itself, as the settings say when it is decided. It is copied to the session; a later
/// change of the settings touches no session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    turnover_minutes: u16,
    buffer_before: u16,
    buffer_after: u16,
}

impl Around {
    /// Copies it.
    pub(super) fn copy_to(self, facts: &mut SessionFacts) {
        facts.turnover_minutes = self.turnover_minutes;
        facts.buffer_before = self.buffer_before;
        facts.buffer_after = self.buffer_after;
    }
}

impl Work<'_> {
    /// Refuses a slot that is not available; returns what to copy to the session.
    pub(super) fn needs_slot(
        &mut self,
        session: Option<SessionId>,
        at: Interval,
        place: Place,
        therapist: crate::TherapistId,
        service: ServiceId,
        anyway: &Anyway,
    ) -> Result<Around, Refusal> {
        validate::optional_line(Field::Reason, anyway.reason.as_deref(), validate::LINE)?;
        let (unavailable, around, forgiven) =
            self.slot_causes(session, at, place, therapist, service)?;
        for cause in forgiven {
            self.flag(Flag::SoftRuleChanged { cause });
        }
        if unavailable.is_empty() {
            return Ok(around);
        }
        if !unavailable.only_soft() || !anyway.anyway {
            return Err(Refusal::NotAvailable { unavailable });
        }
        let own = self.actor()?.facts.therapist == Some(therapist);
        if !own {
            self.needs(Grant::BookOutsideAvailability)?;
            if anyway
                .reason
                .as_deref()
                .is_none_or(|reason| reason.trim().is_empty())
            {
                return Err(Refusal::ReasonNeeded);
            }
        }
        for cause in unavailable.therapist.into_iter().chain(unavailable.room) {
            self.flag(Flag::BookedAnyway { cause });
        }
        Ok(around)
    }

    /// Refuses a slot that is held or gone, soft rules apart: for what already was in force there once. Returns
    /// what to copy to the session.
    pub(super) fn needs_hard_slot(&self, session: &Session) -> Result<Around, Refusal> {
        let facts = &session.facts;
        let (mut unavailable, around, _) = self.slot_causes(
            Some(session.id),
            facts.at,
            facts.place,
            facts.therapist,
            facts.service,
        )?;
        unavailable.therapist.retain(availability::Cause::hard);
        unavailable.room.retain(availability::Cause::hard);
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
        therapist: crate::TherapistId,
        service: ServiceId,
    ) -> Result<(Unavailable, Around, Vec<availability::Cause>), Refusal> {
        let world = &self.world;
        let person = world.therapist(therapist)?;
        let wanted = world.proposal(session, at, place, person, world.services.get(&service));
        // Whoever records what happened is not told that it was outside hours.
        let past = at.end <= self.clock.made_at;
        let held = world.collect(therapist.into());
        let mut found = (
            availability::therapist(&wanted, &world.therapist_resource(person, &held)?, past),
            Vec::new(),
        );
        if let Place::Room(id) = place {
            let room = world.room(id)?;
            let held = world.collect(id.into());
            found.1 = availability::room(&wanted, &world.room_resource(room, &held)?, past);
        }
        let mut forgiven = Vec::new();
        let mut keep = |found: Vec<Found>| {
            let mut causes = Vec::new();
            for found in found {
                if !found.cause.hard() && found.since > self.intent.seen {
                    forgiven.push(found.cause);
                } else {
                    causes.push(found.cause);
                }
            }
            causes
        };
        let unavailable = Unavailable {
            therapist: keep(found.0),
            room: keep(found.1),
        };
        let around = Around {
            turnover_minutes: wanted.turnover_minutes,
            buffer_before: wanted.buffer_before,
            buffer_after: wanted.buffer_after,
        };
        Ok((unavailable, around, forgiven))
    }

    /// What a person chose, checked for what cannot be: times, archived things, a service that is not held online.
    ///
    /// `was` is the session's place until now: who is online may stay so, whatever became of the service.
    pub(super) fn sound_slot(
        &self,
        slot: &Slot,
        service: ServiceId,
        was: Option<Place>,
    ) -> Result<Slot, Refusal> {
        validate::stretch(slot.at)?;
        if self.world.therapist(slot.therapist)?.facts.archived {
            return Err(Refusal::Archived {
                what: Thing::Therapist,
            });
        }
        if let Place::Room(room) = slot.place
            && self.world.room(room)?.facts.archived
        {
            return Err(Refusal::Archived { what: Thing::Room });
        }
        let online_ok = was == Some(Place::Online)
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

/// The reason as history keeps it.
pub(super) fn reason(anyway: &Anyway) -> Option<String> {
    anyway
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|reason| anyway.anyway && !reason.is_empty())
        .map(str::to_owned)
}
