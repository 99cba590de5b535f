//! What a member sees: every kind of row against every set of grants that has to do with it.

use crate::support::*;
use safetalk_domain::sight::{About, Held, Link, Seen};
use safetalk_domain::*;
use std::collections::BTreeSet;

const GRANTS: [Grant; 7] = [
    Grant::OwnSessions,
    Grant::OrganisationSessions,
    Grant::ViewClients,
    Grant::ManageClients,
    Grant::ManageMembers,
    Grant::ManageClinic,
    Grant::ReassignClients,
];

/// A clinic in which every kind of row is there: a session of Ben's with Maya, which she was told of and which is billed,
/// an invoice of hers apart from it, and time off of everyone's.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.accept(intent::BookSession {
        slot: slot(span("2026-03-03 10:00", 50), BEN, Place::Room(ROOM_1)),
        notify: true,
        ..tuesday_at_ten()
    });
    let notice = desk.queued().expect("she is told").id;
    desk.deliver(notice);
    desk.accept(draft(1, Some(first())));
    desk.accept(draft(2, None));
    desk.put(Activity {
        id: ActivityId(uuid::Uuid::from_u128(0xac)),
        at: desk.now,
        by: Some(OWNER),
        intent: desk.last,
        session: None,
        client: None,
        what: Happened::Remarked,
    });
    for (n, owner) in [
        Owner::Clinic(CLINIC),
        Owner::Room(ROOM_1),
        Owner::Therapist(ANN),
        Owner::Therapist(BEN),
    ]
    .into_iter()
    .enumerate()
    {
        desk.accept(time_off(n as u128, owner, span("2026-03-09 10:00", 60)));
    }
    desk
}

fn rows(desk: &Desk) -> Vec<Row> {
    desk.rows.values().map(|(row, _)| row.clone()).collect()
}

/// The links of a subject, as a ledger keeps them, seen by `therapist`.
fn held(rows: &[Row], about: About, therapist: Option<TherapistId>) -> Held {
    let links: Vec<Link> = rows
        .iter()
        .flat_map(Row::links)
        .filter(|link| Some(link.subject) == about.subject())
        .collect();
    let own = links.iter().any(|link| Some(link.therapist) == therapist);
    Held {
        own,
        once: own,
        session: links.iter().any(|link| !link.usual),
    }
}

fn viewer(bits: usize, therapist: Option<TherapistId>) -> Member {
    let grants: Vec<Grant> = (0..GRANTS.len())
        .filter(|bit| bits >> bit & 1 == 1)
        .map(|bit| GRANTS[bit])
        .collect();
    member(NOBODY, therapist, &grants)
}

#[test]
fn every_kind_of_row_is_in_the_clinic_that_these_tests_look_at() {
    let there: BTreeSet<Kind> = rows(&desk()).iter().map(Row::kind).collect();
    let all: BTreeSet<Kind> = Kind::ALL.iter().copied().collect();
    assert_eq!(there, all, "a kind without a rule is found by these tests");
}

#[test]
fn what_is_about_a_session_or_a_client_is_seen_as_far_as_the_grants_go_and_all_else_by_everyone() {
    let desk = desk();
    let rows = rows(&desk);
    for bits in 0..1 << GRANTS.len() {
        for therapist in [None, Some(ANN), Some(BEN)] {
            let viewer = viewer(bits, therapist);
            let has = |grant| viewer.facts.grants.contains(&grant);
            // The one session is Ben's; Maya's usual therapist is nobody.
            let session = has(Grant::OrganisationSessions)
                || (has(Grant::OwnSessions) && therapist == Some(BEN));
            let maya = session || has(Grant::ViewClients) || has(Grant::ManageClients);
            let jon = has(Grant::ViewClients) || has(Grant::ManageClients);
            let sight = Sight::of(&viewer);
            for row in &rows {
                let wanted = match row {
                    Row::Session(_) | Row::Told(_) | Row::Notice(_) => session,
                    Row::Invoice(invoice) if invoice.facts.session.is_some() => session,
                    Row::Activity(line) if line.session.is_some() => session,
                    Row::Activity(line) if line.client.is_none() => has(Grant::ManageMembers),
                    Row::Client(client) if client.id == JON => jon,
                    Row::Client(_) | Row::Invoice(_) | Row::Activity(_) => maya,
                    Row::Clinic(_)
                    | Row::Member(_)
                    | Row::Therapist(_)
                    | Row::Room(_)
                    | Row::Service(_)
                    | Row::Hours(_)
                    | Row::TimeOff(_)
                    | Row::Occupancy(_) => true,
                };
                let held = held(&rows, row.about(), therapist);
                let seen = sight.project(row.clone(), held);
                assert_eq!(
                    matches!(seen, Seen::Row(_)),
                    wanted,
                    "{:?} as {therapist:?}: {row:?}",
                    viewer.facts.grants
                );
                if sight.asks(row.about()).is_none() {
                    let unasked = sight.project(row.clone(), Held::default());
                    assert!(
                        unasked == seen || (unasked, &seen) == (Seen::Nothing, &Seen::Gone),
                        "what is not asked for changes nothing: {row:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn who_does_not_work_here_sees_nothing_and_who_keeps_the_ledger_everything_as_it_is_kept() {
    let rows = rows(&desk());
    for standing in [Standing::Suspended, Standing::Removed] {
        let mut viewer = viewer(usize::MAX, Some(BEN));
        viewer.facts.standing = standing;
        for row in &rows {
            let held = held(&rows, row.about(), Some(BEN));
            let seen = Sight::of(&viewer).project(row.clone(), held);
            assert_eq!(seen, Seen::Nothing, "{standing:?}");
        }
    }
    for row in rows {
        let seen = Sight::WHOLE.project(row.clone(), Held::default());
        assert_eq!(seen, Seen::Row(row));
    }
}

#[test]
fn what_others_may_do_and_why_they_are_away_is_for_those_who_manage_it() {
    let rows = rows(&desk());
    for bits in 0..1 << GRANTS.len() {
        let viewer = viewer(bits, Some(BEN));
        let has = |grant| viewer.facts.grants.contains(&grant);
        let reasons = has(Grant::OrganisationSessions) || has(Grant::ManageClinic);
        let own = reasons || has(Grant::OwnSessions);
        let sight = Sight::of(&viewer);
        for row in rows.iter().cloned().chain([viewer.clone().into()]) {
            match sight.project(row.clone(), Held::default()) {
                Seen::Row(Row::Member(seen)) => {
                    let known = has(Grant::ManageMembers) || seen.id == viewer.id;
                    let Row::Member(member) = row else {
                        panic!("a member stays one");
                    };
                    assert_eq!(seen.details, member.details, "names are known");
                    assert_eq!(seen == member, known || member.facts.grants.is_empty());
                    assert!(known || seen.facts.grants.is_empty());
                }
                Seen::Row(Row::TimeOff(off)) => {
                    let known = match off.facts.owner {
                        Owner::Clinic(_) | Owner::Room(_) => true,
                        Owner::Therapist(BEN) => own,
                        Owner::Therapist(_) => reasons,
                    };
                    assert_eq!(!off.details.label.is_empty(), known, "{off:?}");
                }
                Seen::Row(seen) if row.about() == About::Clinic => assert_eq!(seen, row),
                _ => {}
            }
        }
    }
}

#[test]
fn what_concerned_somebody_once_is_gone_and_what_never_did_is_not_spoken_of() {
    let rows = rows(&desk());
    let viewer = member(NOBODY, Some(ANN), &[Grant::OwnSessions]);
    let sight = Sight::of(&viewer);
    let session = rows
        .iter()
        .find(|row| row.kind() == Kind::Session)
        .expect("a session");
    let once = Held {
        once: true,
        ..Held::default()
    };
    assert_eq!(sight.project(session.clone(), once), Seen::Gone);
    assert_eq!(
        sight.project(session.clone(), Held::default()),
        Seen::Nothing
    );
}

#[test]
fn what_a_session_holds_names_nobody_who_comes_to_it() {
    let desk = desk();
    let clients: Vec<String> = [MAYA, JON].map(|id| id.to_string()).into();
    for row in rows(&desk) {
        if row.about() == About::Clinic {
            let body = row.body().expect("rows are JSON");
            assert!(
                !clients.iter().any(|client| body.contains(client)),
                "seen by everyone, and names a client: {body}"
            );
        }
    }
}
