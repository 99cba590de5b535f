//! Members: who may add, change, suspend and remove whom, whose clients are given away, and what the plan has seats for.

use crate::support::*;
use safetalk_domain::decide::Flag;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::*;
use std::collections::BTreeSet;

fn stand(member: MemberId, standing: Standing) -> SetStanding {
    SetStanding { member, standing }
}

fn facts(desk: &Desk, member: MemberId) -> MemberFacts {
    desk.world().members[&member].facts.clone()
}

fn grants(of: &[Grant]) -> BTreeSet<Grant> {
    of.iter().copied().collect()
}

fn not_permitted(grant: Grant) -> Refusal {
    Refusal::NotPermitted { grant }
}

/// The last line of history.
fn last(desk: &Desk) -> Happened {
    let written = desk.history();
    written
        .last()
        .expect("every change is written down")
        .clone()
}

/// Every set of grants, in each standing.
fn every_actor() -> impl Iterator<Item = (BTreeSet<Grant>, Standing)> {
    (0..1u32 << Grant::ALL.len()).flat_map(|set| {
        let grants: BTreeSet<_> = (0..Grant::ALL.len())
            .filter(|n| set & (1 << n) != 0)
            .map(|n| Grant::ALL[n])
            .collect();
        [Standing::Active, Standing::Suspended, Standing::Removed]
            .map(|standing| (grants.clone(), standing))
    })
}

#[test]
fn each_of_it_takes_its_own_grant_and_no_other_whoever_asks_in_whatever_standing() {
    let cara = new_member(1).member;
    let wishes: [(Grant, Body); 4] = [
        (
            Grant::ManageMembers,
            SaveMember {
                grants: grants(&Grant::ALL),
                ..new_member(2)
            }
            .body(),
        ),
        (
            Grant::ManageMembers,
            stand(DESK, Standing::Suspended).body(),
        ),
        (
            Grant::ReassignClients,
            ReassignClients {
                from: ANN,
                to: BEN,
                clients: vec![MAYA],
            }
            .body(),
        ),
        (
            Grant::ManageSubscription,
            SetPlan {
                plan: Plan {
                    whatsapp: false,
                    ..Plan::FULL
                },
            }
            .body(),
        ),
    ];
    let mut desk = Desk::new();
    desk.edit_client(|maya| maya.facts.usual_therapist = Some(ANN));
    let mut accepted = 0;
    for (held, standing) in every_actor() {
        let mut actor = member(cara, None, &[]);
        actor.facts.grants = held.clone();
        actor.facts.standing = standing;
        for (needed, wish) in &wishes {
            let mut desk = desk.clone();
            desk.put(actor.clone());
            let may = standing == Standing::Active && held.contains(needed);
            match desk.by(cara, Raw(wish.clone())) {
                Ok(decision) => {
                    assert!(may, "{held:?} {standing:?}: {wish:?}");
                    assert_eq!(decision.flags, []);
                    accepted += 1;
                }
                Err(refusal) => {
                    assert!(!may, "{held:?} {standing:?}: {refusal:?}");
                    assert!(matches!(refusal, Refusal::NotPermitted { .. }));
                }
            }
        }
    }
    assert_eq!(accepted, 256 * 4, "half of all sets have a grant");
}

#[test]
fn a_member_is_added_active_and_what_they_may_do_is_written_down() {
    let mut desk = Desk::new();
    let wanted = SaveMember {
        name: "  Cara  ".to_owned(),
        grants: grants(&[Grant::OwnSessions, Grant::ViewClients]),
        ..new_member(1)
    };
    assert_eq!(desk.accept(wanted.clone()), []);
    let cara = desk.world().members[&wanted.member].clone();
    assert_eq!(cara.details.name, "Cara");
    assert_eq!(cara.facts.standing, Standing::Active);
    assert_eq!(cara.facts.grants, wanted.grants);
    assert_eq!(
        last(&desk),
        Happened::MemberAdded {
            member: cara.id,
            to: cara.facts,
        }
    );
    assert_eq!(
        desk.refuse(wanted),
        Refusal::Exists {
            what: Thing::Member
        }
    );
}

#[test]
fn a_changed_access_is_written_down_from_what_to_what() {
    let mut desk = Desk::new();
    let before = facts(&desk, BEN_SIGNED_IN);
    desk.accept(SaveMember {
        grants: grants(&[Grant::OwnSessions, Grant::ManageClients]),
        ..save_as_is(&desk, BEN_SIGNED_IN)
    });
    let after = facts(&desk, BEN_SIGNED_IN);
    assert_eq!(
        after.grants,
        grants(&[Grant::OwnSessions, Grant::ManageClients])
    );
    assert_eq!(
        last(&desk),
        Happened::MemberChanged {
            member: BEN_SIGNED_IN,
            from: before,
            to: after.clone(),
            renamed: true,
        }
    );
    assert_eq!(
        desk.accept(save_as_is(&desk, BEN_SIGNED_IN)),
        [Flag::AlreadySo]
    );
    assert_eq!(facts(&desk, BEN_SIGNED_IN), after);
}

#[test]
fn a_form_that_was_open_while_access_was_taken_does_not_give_it_back() {
    let mut desk = Desk::new();
    let open = save_as_is(&desk, BEN_SIGNED_IN);
    desk.accept(SaveMember {
        grants: grants(&[]),
        ..open.clone()
    });
    assert_eq!(
        desk.refuse(SaveMember {
            name: "Ben".to_owned(),
            ..open
        }),
        Refusal::MemberStale {
            now: facts(&desk, BEN_SIGNED_IN)
        }
    );
    let unknown = new_member(9).member;
    assert_eq!(
        desk.refuse(SaveMember {
            member: unknown,
            ..save_as_is(&desk, DESK)
        }),
        Refusal::NotFound {
            what: Thing::Member
        }
    );
    desk.accept(stand(DESK, Standing::Removed));
    assert_eq!(
        desk.refuse(save_as_is(&desk, DESK)),
        Refusal::Archived {
            what: Thing::Member
        },
        "whoever was removed is brought back first"
    );
}

#[test]
fn who_manages_members_gives_every_grant_also_one_they_do_not_hold_and_to_themselves() {
    let mut desk = Desk::new();
    let manager = new_member(1).member;
    desk.put(member(manager, None, &[Grant::ManageMembers]));
    let form = SaveMember {
        grants: grants(&Grant::ALL),
        ..save_as_is(&desk, manager)
    };
    assert!(desk.by(manager, form).is_ok());
    assert_eq!(facts(&desk, manager).grants, grants(&Grant::ALL));
}

#[test]
fn the_last_active_member_who_manages_members_keeps_that_grant() {
    let mut desk = Desk::new();
    let without = |desk: &Desk| {
        let mut form = save_as_is(desk, OWNER);
        form.grants.remove(&Grant::ManageMembers);
        form
    };
    assert_eq!(desk.refuse(without(&desk.clone())), Refusal::LastManager);
    let second = new_member(1).member;
    desk.put(member(second, None, &[Grant::ManageMembers]));
    // One who is suspended manages nobody.
    desk.accept(stand(second, Standing::Suspended));
    assert_eq!(desk.refuse(without(&desk.clone())), Refusal::LastManager);
    desk.accept(stand(second, Standing::Active));
    assert_eq!(desk.accept(without(&desk.clone())), []);
    assert_eq!(
        desk.refuse(stand(DESK, Standing::Suspended)),
        not_permitted(Grant::ManageMembers),
        "it is gone"
    );
}

#[test]
fn nobody_suspends_or_removes_themselves() {
    let mut desk = Desk::new();
    desk.put(member(new_member(1).member, None, &Grant::ALL));
    for standing in [Standing::Suspended, Standing::Removed] {
        assert_eq!(desk.refuse(stand(OWNER, standing)), Refusal::NotOneself);
    }
    assert_eq!(
        desk.accept(stand(OWNER, Standing::Active)),
        [Flag::AlreadySo]
    );
    assert_eq!(
        desk.refuse(stand(NOBODY, Standing::Suspended)),
        Refusal::NotFound {
            what: Thing::Member
        }
    );
}

#[test]
fn who_is_suspended_or_removed_may_do_nothing_until_they_are_brought_back() {
    for away in [Standing::Suspended, Standing::Removed] {
        let mut desk = Desk::new();
        let bens = BookSession {
            notify: false,
            ..book(
                first(),
                slot(span("2026-03-03 10:00", 50), BEN, Place::Room(ROOM_1)),
            )
        };
        desk.accept(stand(BEN_SIGNED_IN, away));
        assert_eq!(
            last(&desk),
            Happened::MemberStands {
                member: BEN_SIGNED_IN,
                from: Standing::Active,
                to: away,
            }
        );
        assert!(matches!(
            desk.refuse_from(BEN_SIGNED_IN, bens.clone()),
            Refusal::NotPermitted { .. }
        ));
        desk.accept(stand(BEN_SIGNED_IN, Standing::Active));
        assert!(desk.by(BEN_SIGNED_IN, bens).is_ok());
    }
}

#[test]
fn no_more_members_than_the_plan_has_seats_and_a_suspended_one_keeps_theirs() {
    let mut desk = Desk::new();
    let full = Refusal::SeatsTaken { seats: 3 };
    desk.edit_clinic(|clinic| clinic.facts.plan.seats = 3);
    assert_eq!(desk.refuse(new_member(1)), full);
    desk.accept(stand(DESK, Standing::Suspended));
    assert_eq!(desk.refuse(new_member(1)), full, "the seat stays");
    desk.accept(stand(DESK, Standing::Removed));
    desk.accept(new_member(1));
    for back in [Standing::Active, Standing::Suspended] {
        assert_eq!(desk.refuse(stand(DESK, back)), full);
    }
    // An operator may have given the clinic a smaller plan: then who has a seat can still be suspended.
    desk.edit_clinic(|clinic| clinic.facts.plan.seats = 2);
    desk.accept(stand(BEN_SIGNED_IN, Standing::Suspended));
    assert_eq!(
        desk.refuse(stand(BEN_SIGNED_IN, Standing::Active)),
        Refusal::SeatsTaken { seats: 2 }
    );
}

#[test]
fn a_therapist_is_at_most_one_active_member() {
    let mut desk = Desk::new();
    let as_ben = SaveMember {
        therapist: Some(BEN),
        ..new_member(1)
    };
    assert_eq!(desk.refuse(as_ben.clone()), Refusal::TherapistTaken);
    assert_eq!(
        desk.refuse(SaveMember {
            therapist: Some(BEN),
            ..save_as_is(&desk.clone(), DESK)
        }),
        Refusal::TherapistTaken
    );
    desk.accept(stand(BEN_SIGNED_IN, Standing::Suspended));
    desk.accept(as_ben);
    assert_eq!(
        desk.refuse(stand(BEN_SIGNED_IN, Standing::Active)),
        Refusal::TherapistTaken,
        "somebody else is this therapist now"
    );
    assert_eq!(
        desk.refuse(SaveMember {
            therapist: Some(TherapistId(NOBODY.0)),
            ..new_member(2)
        }),
        Refusal::NotFound {
            what: Thing::Therapist
        }
    );
}

#[test]
fn clients_are_given_to_another_therapist_and_their_sessions_stay() {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    for client in [MAYA, JON] {
        desk.edit(client, |client| client.facts.usual_therapist = Some(ANN));
    }
    let booked = desk.session(first());
    let both = ReassignClients {
        from: ANN,
        to: BEN,
        clients: vec![MAYA, JON, MAYA],
    };
    assert_eq!(desk.accept(both.clone()), []);
    for client in [MAYA, JON] {
        let facts = desk.client(client).facts;
        assert_eq!(facts.usual_therapist, Some(BEN));
        assert_eq!(facts.revisions.usual_therapist, 1, "each once");
    }
    assert_eq!(
        last(&desk),
        Happened::ClientReassigned { from: ANN, to: BEN }
    );
    assert_eq!(desk.session(first()), booked);
    assert_eq!(desk.accept(both), [Flag::AlreadySo]);
}

#[test]
fn a_client_who_was_given_to_somebody_else_meanwhile_stays_there() {
    let mut desk = Desk::new();
    desk.edit(MAYA, |maya| maya.facts.usual_therapist = Some(BEN));
    desk.edit(JON, |jon| jon.facts.usual_therapist = None);
    let wanted = ReassignClients {
        from: ANN,
        to: BEN,
        clients: vec![MAYA, JON],
    };
    assert_eq!(desk.accept(wanted.clone()), [Flag::AlreadySo]);
    assert_eq!(desk.client(JON).facts.usual_therapist, None);
    let mut left = therapist(BEN);
    left.facts.archived = true;
    desk.put(left);
    assert_eq!(
        desk.refuse(wanted),
        Refusal::Archived {
            what: Thing::Therapist
        },
        "nobody is given to a therapist who has left"
    );
    assert_eq!(
        desk.refuse(ReassignClients {
            from: ANN,
            to: ANN,
            clients: Vec::new(),
        }),
        Refusal::Invalid {
            field: Field::Therapist,
            problem: Invalid::Twice,
        }
    );
    assert_eq!(
        desk.refuse(ReassignClients {
            from: BEN,
            to: ANN,
            clients: vec![MAYA; MOST_REASSIGNED + 1],
        }),
        Refusal::Invalid {
            field: Field::Client,
            problem: Invalid::TooLarge { most: 500 },
        }
    );
}

#[test]
fn a_plan_has_a_seat_for_everyone_who_is_there() {
    let mut desk = Desk::new();
    let plan = |seats| SetPlan {
        plan: Plan {
            email: true,
            whatsapp: false,
            seats,
        },
    };
    assert_eq!(
        desk.refuse(plan(2)),
        Refusal::Invalid {
            field: Field::Seats,
            problem: Invalid::TooSmall { least: 3 },
        }
    );
    assert_eq!(desk.accept(plan(3)), []);
    assert_eq!(desk.the_clinic().facts.plan, plan(3).plan);
    assert_eq!(
        last(&desk),
        Happened::PlanChanged {
            from: Plan::FULL,
            to: plan(3).plan,
        }
    );
    assert_eq!(desk.accept(plan(3)), [Flag::AlreadySo]);
    desk.accept(stand(DESK, Standing::Removed));
    assert_eq!(desk.accept(plan(2)), [], "who left has no seat");
}
