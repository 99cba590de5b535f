//! Members: who may do what, who may act at all, and how many the plan has seats for.
//!
//! [`Grant::ManageMembers`] is the grant that gives grants, every one of them and also to oneself: whoever holds it can
//! reset a password and so sign in as anybody, and a grant whose last holder has left could otherwise never be given again
//! (`docs/decisions/0030-who-gives-grants.md`). What must hold is that somebody active has it.

use super::{Flag, Work};
use crate::MemberId;
use crate::entity::*;
use crate::intent::{SaveMember, SetPlan, SetStanding};
use crate::refusal::{Field, Refusal, Thing};
use crate::validate::{self, NAME};

pub(super) fn save(work: &mut Work<'_>, body: &SaveMember) -> Result<(), Refusal> {
    work.needs(Grant::ManageMembers)?;
    let name = validate::line(Field::Name, &body.name, NAME)?;
    if let Some(therapist) = body.therapist {
        work.world.therapist(therapist)?;
    }
    let known = known(work, body)?;
    let facts = MemberFacts {
        grants: body.grants.clone(),
        standing: known
            .as_ref()
            .map_or(Standing::Active, |known| known.facts.standing),
        therapist: body.therapist,
    };
    let member = Member {
        id: body.member,
        facts: facts.clone(),
        details: MemberDetails { name },
    };
    match known {
        Some(before) if before == member => {
            work.flag(Flag::AlreadySo);
            return Ok(());
        }
        Some(before) => {
            let changed = Happened::MemberChanged {
                member: member.id,
                from: before.facts,
                to: facts,
                renamed: before.details.name != member.details.name,
            };
            put(work, member)?;
            work.log(None, None, changed);
        }
        None => {
            let id = member.id;
            put(work, member)?;
            has_seats(work)?;
            work.log(
                None,
                None,
                Happened::MemberAdded {
                    member: id,
                    to: facts,
                },
            );
        }
    }
    Ok(())
}

/// The member a form was opened on, as they stand; `None` where one is added.
fn known(work: &Work<'_>, body: &SaveMember) -> Result<Option<Member>, Refusal> {
    let known = work.world.members.get(&body.member);
    let Some(guard) = &body.guard else {
        return match known {
            None => Ok(None),
            Some(_) => Err(Refusal::Exists {
                what: Thing::Member,
            }),
        };
    };
    let known = known.ok_or(Refusal::NotFound {
        what: Thing::Member,
    })?;
    if known.facts.standing == Standing::Removed {
        return Err(Refusal::Archived {
            what: Thing::Member,
        });
    }
    // A grant that somebody took meanwhile must not come back with a form that was open since before.
    if known.facts.guard() != *guard {
        return Err(Refusal::MemberStale {
            now: known.facts.clone(),
        });
    }
    Ok(Some(known.clone()))
}

pub(super) fn set_standing(work: &mut Work<'_>, body: &SetStanding) -> Result<(), Refusal> {
    work.needs(Grant::ManageMembers)?;
    let mut member = work
        .world
        .members
        .get(&body.member)
        .ok_or(Refusal::NotFound {
            what: Thing::Member,
        })?
        .clone();
    let (from, to) = (member.facts.standing, body.standing);
    if from == to {
        work.flag(Flag::AlreadySo);
        return Ok(());
    }
    if work.actor()?.id == member.id {
        return Err(Refusal::NotOneself);
    }
    member.facts.standing = to;
    let id = member.id;
    put(work, member)?;
    // Suspending somebody who has a seat never fails for the lack of one.
    if to == Standing::Active || !from.takes_seat() {
        has_seats(work)?;
    }
    work.log(
        None,
        None,
        Happened::MemberStands {
            member: id,
            from,
            to,
        },
    );
    Ok(())
}

pub(super) fn set_plan(work: &mut Work<'_>, body: &SetPlan) -> Result<(), Refusal> {
    work.needs(Grant::ManageSubscription)?;
    let mut clinic = work.world.clinic()?.clone();
    let (from, to) = (clinic.facts.plan, body.plan);
    if from == to {
        work.flag(Flag::AlreadySo);
        return Ok(());
    }
    // Nobody loses a seat by a number: members are removed first, by name.
    let seats = i64::from(u16::MAX);
    validate::between(Field::Seats, to.seats.into(), taken(work), seats)?;
    clinic.facts.plan = to;
    work.put(clinic);
    work.log(None, None, Happened::PlanChanged { from, to });
    Ok(())
}

/// Changes a member, if what has to hold of all members still does.
fn put(work: &mut Work<'_>, member: Member) -> Result<(), Refusal> {
    if member.facts.standing == Standing::Active
        && let Some(therapist) = member.facts.therapist
        && active_but(work, member.id).any(|other| other.facts.therapist == Some(therapist))
    {
        return Err(Refusal::TherapistTaken);
    }
    work.put(member);
    if !work
        .world
        .members
        .values()
        .any(|member| member.may(Grant::ManageMembers))
    {
        return Err(Refusal::LastManager);
    }
    Ok(())
}

fn active_but<'w>(work: &'w Work<'_>, id: MemberId) -> impl Iterator<Item = &'w Member> {
    work.world
        .members
        .values()
        .filter(move |other| other.id != id && other.facts.standing == Standing::Active)
}

/// How many seats are taken.
fn taken(work: &Work<'_>) -> i64 {
    let taken = work
        .world
        .members
        .values()
        .filter(|member| member.facts.standing.takes_seat())
        .count();
    i64::try_from(taken).unwrap_or(i64::MAX)
}

/// Refuses where more seats are taken than the plan has.
fn has_seats(work: &Work<'_>) -> Result<(), Refusal> {
    let seats = work.world.clinic()?.facts.plan.seats;
    if taken(work) > i64::from(seats) {
        Err(Refusal::SeatsTaken { seats })
    } else {
        Ok(())
    }
}
