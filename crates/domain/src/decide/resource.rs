//! Therapists, rooms, services, hours and time off.

use super::{Flag, Work};
use crate::entity::*;
use crate::intent::{AddTimeOff, RemoveTimeOff, SaveRoom, SaveService, SaveTherapist, SetHours};
use crate::refusal::{Field, Invalid, Refusal, Thing};
use crate::validate::{self, LINE, NAME, limits};

pub(super) fn save_therapist(work: &mut Work<'_>, body: &SaveTherapist) -> Result<(), Refusal> {
    work.needs(Grant::ManageClinic)?;
    let (name, link) = sound_therapist(&body.name, body.link.as_deref(), body.buffer_minutes)?;
    let known = work.world.therapists.get(&body.therapist);
    let name = revised(known.map(|known| &known.details.name), name);
    work.put(Therapist {
        id: body.therapist,
        facts: TherapistFacts {
            buffer_minutes: body.buffer_minutes,
            archived: body.archived,
        },
        details: TherapistDetails {
            name,
            hue: body.hue,
            link,
        },
    });
    Ok(())
}

pub(super) fn save_room(work: &mut Work<'_>, body: &SaveRoom) -> Result<(), Refusal> {
    work.needs(Grant::ManageClinic)?;
    let (name, note) = sound_room(&body.name, body.note.as_deref(), body.turnover_minutes)?;
    let name = revised(
        work.world
            .rooms
            .get(&body.room)
            .map(|known| &known.details.name),
        name,
    );
    work.put(Room {
        id: body.room,
        facts: RoomFacts {
            turnover_minutes: body.turnover_minutes,
            archived: body.archived,
        },
        details: RoomDetails { name, note },
    });
    Ok(())
}

pub(super) fn save_service(work: &mut Work<'_>, body: &SaveService) -> Result<(), Refusal> {
    work.needs(Grant::ManageClinic)?;
    let name = sound_service(&body.name, &body.facts, &work.world.clinic()?.facts)?;
    let name = revised(
        work.world
            .services
            .get(&body.service)
            .map(|known| &known.details.name),
        name,
    );
    work.put(Service {
        id: body.service,
        facts: body.facts.clone(),
        details: ServiceDetails { name },
    });
    Ok(())
}

pub(super) fn sound_therapist(
    name: &str,
    link: Option<&str>,
    buffer: u16,
) -> Result<(String, Option<String>), Refusal> {
    validate::within(Field::Buffer, buffer.into(), limits::AROUND_MINUTES)?;
    Ok((
        validate::line(Field::Name, name, NAME)?,
        validate::optional_line(Field::Link, link, LINE)?,
    ))
}

pub(super) fn sound_room(
    name: &str,
    note: Option<&str>,
    turnover: u16,
) -> Result<(String, Option<String>), Refusal> {
    validate::within(Field::Turnover, turnover.into(), limits::AROUND_MINUTES)?;
    Ok((
        validate::line(Field::Name, name, NAME)?,
        validate::optional_line(Field::Place, note, LINE)?,
    ))
}

pub(super) fn sound_service(
    name: &str,
    facts: &ServiceFacts,
    clinic: &ClinicFacts,
) -> Result<String, Refusal> {
    validate::within(Field::Length, facts.minutes.into(), limits::SERVICE_MINUTES)?;
    for buffer in [facts.buffer_before, facts.buffer_after] {
        validate::within(Field::Buffer, buffer.into(), limits::AROUND_MINUTES)?;
    }
    validate::within(Field::Step, facts.step_minutes.into(), limits::STEP_MINUTES)?;
    if let Some(price) = facts.price {
        validate::amount(price, clinic)?;
    }
    validate::line(Field::Name, name, NAME)
}

pub(super) fn set_hours(work: &mut Work<'_>, body: &SetHours) -> Result<(), Refusal> {
    may_change_time_of(work, body.owner)?;
    if body.week.is_none() && matches!(body.owner, Owner::Clinic(_)) {
        // There is nobody whose week the clinic could follow.
        return Err(validate::invalid(Field::Hours, Invalid::Empty));
    }
    let hours = Hours {
        owner: body.owner,
        week: validate::week(body.week.as_deref().unwrap_or_default())?,
        given_up: body.week.is_none(),
    };
    // Putting the same week again would make it young, and a young soft rule is forgiven.
    let known = work.world.hours.get(&body.owner.uuid());
    if known.map_or(hours.given_up, |(known, _)| *known == hours) {
        work.flag(Flag::AlreadySo);
    } else {
        work.put(hours);
    }
    Ok(())
}

pub(super) fn add_time_off(work: &mut Work<'_>, body: &AddTimeOff) -> Result<(), Refusal> {
    may_change_time_of(work, body.owner)?;
    if body.at.end <= body.at.start {
        return Err(validate::invalid(Field::End, Invalid::EndBeforeStart));
    }
    if work.world.time_off.contains_key(&body.time_off) {
        return Err(Refusal::Exists {
            what: Thing::TimeOff,
        });
    }
    let label = validate::optional_line(Field::Label, Some(&body.label), LINE)?.unwrap_or_default();
    work.put(TimeOff {
        id: body.time_off,
        facts: TimeOffFacts {
            owner: body.owner,
            at: body.at,
            archived: false,
        },
        details: TimeOffDetails { label },
    });
    Ok(())
}

pub(super) fn remove_time_off(work: &mut Work<'_>, body: &RemoveTimeOff) -> Result<(), Refusal> {
    let (off, _) = work
        .world
        .time_off
        .get(&body.time_off)
        .ok_or(Refusal::NotFound {
            what: Thing::TimeOff,
        })?;
    let mut off = off.clone();
    may_change_time_of(work, off.facts.owner)?;
    if off.facts.archived {
        work.flag(Flag::AlreadySo);
        return Ok(());
    }
    off.facts.archived = true;
    work.put(off);
    Ok(())
}

/// One's own time is one's own; everyone else's needs the grant.
fn may_change_time_of(work: &Work<'_>, owner: Owner) -> Result<(), Refusal> {
    match owner {
        Owner::Clinic(id) if work.world.clinic()?.id != id => {
            return Err(Refusal::NotFound {
                what: Thing::Clinic,
            });
        }
        Owner::Therapist(id) => {
            work.world.therapist(id)?;
            if work.actor()?.facts.therapist == Some(id) {
                return Ok(());
            }
        }
        Owner::Room(id) => drop(work.world.room(id)?),
        Owner::Clinic(_) => {}
    }
    work.needs(Grant::ManageClinic)
}

/// The field with its new value, one revision up if that is another one.
pub(super) fn revised<T: PartialEq + Clone>(known: Option<&Detail<T>>, value: T) -> Detail<T> {
    match known {
        None => Detail::new(value),
        Some(known) if known.value == value => known.clone(),
        Some(known) => Detail {
            value,
            revision: known.revision + 1,
        },
    }
}
