//! Quick Actions: the table of the design, and the reason why one is not available. `matrix` holds all of it against what is
//! enforced.

use crate::support::*;
use safetalk_domain::actions::{Action, Asking, Denial, quick_actions};
use safetalk_domain::*;

const PHASES: [(Phase, &str); 5] = [
    (Phase::Future, "2026-03-02 09:00"),
    (Phase::Running, "2026-03-03 10:20"),
    (Phase::Ended, "2026-03-03 12:00"),
    (Phase::Cancelled, "2026-03-02 09:00"),
    (Phase::NoShow, "2026-03-03 12:00"),
];

/// A session in room 1 with Ben, in `phase`.
fn desk_in(phase: Phase, now: &str) -> Desk {
    let mut desk = Desk::new();
    desk.accept(intent::BookSession {
        slot: slot(span("2026-03-03 10:00", 50), BEN, Place::Room(ROOM_1)),
        ..tuesday_at_ten()
    });
    desk.now = kl(now);
    match phase {
        Phase::Cancelled => drop(desk.accept(intent::CancelSession {
            notify: false,
            ..cancel(first())
        })),
        Phase::NoShow => drop(desk.accept(no_show(first()))),
        _ => {}
    }
    assert_eq!(desk.session(first()).facts.phase(desk.now), phase);
    desk
}

/// The intent behind a Quick Action, such that nothing but its permission, state and reach can stand against it.
fn body_of(action: Action, desk: &Desk) -> Body {
    let session = desk.session(first());
    match action {
        Action::Reschedule => {
            let later = Interval::new(
                session.facts.at.start.plus_minutes(60),
                session.facts.at.end.plus_minutes(60),
            );
            reschedule(&session, slot(later, BEN, Place::Room(ROOM_1))).body()
        }
        Action::ModifyDuration => lengthen(&session, session.facts.at.end.plus_minutes(10)).body(),
        Action::SendEmailReminder => remind(first(), Channel::Email).body(),
        Action::SendWhatsappReminder => remind(first(), Channel::Whatsapp).body(),
        Action::NoShow => no_show(first()).body(),
        Action::UndoNoShow => undo_no_show(first()).body(),
        Action::Cancel => cancel(first()).body(),
        Action::Restore => restore(first()).body(),
    }
}

fn shown(desk: &Desk, member: MemberId) -> Vec<(Action, Option<Denial>)> {
    let world = desk.world();
    let (session, clinic) = (desk.session(first()), desk.the_clinic());
    let asking = Asking {
        session: &session.facts,
        clients: &[&world.clients[&MAYA].facts],
        actor: &world.members[&member],
        clinic: &clinic.facts,
        now: desk.now,
    };
    quick_actions(&asking)
        .into_iter()
        .map(|shown| (shown.action, shown.denial))
        .collect()
}

#[test]
fn every_action_is_drawn_in_the_order_of_the_screen() {
    let desk = desk_in(Phase::Future, PHASES[0].1);
    let drawn: Vec<_> = shown(&desk, OWNER)
        .into_iter()
        .map(|(action, _)| action)
        .collect();
    assert_eq!(drawn, Action::ALL);
}

#[test]
fn the_table_of_the_design_is_what_the_owner_sees() {
    use Action::*;
    let table: [(Phase, &[Action]); 5] = [
        (
            Phase::Future,
            &[
                Reschedule,
                ModifyDuration,
                SendEmailReminder,
                SendWhatsappReminder,
                Cancel,
            ],
        ),
        (
            Phase::Running,
            &[Reschedule, ModifyDuration, NoShow, Cancel],
        ),
        (Phase::Ended, &[Reschedule, ModifyDuration, NoShow, Cancel]),
        (Phase::Cancelled, &[Restore]),
        (Phase::NoShow, &[UndoNoShow]),
    ];
    for ((phase, now), (row, expected)) in PHASES.into_iter().zip(table) {
        assert_eq!(phase, row);
        let desk = desk_in(phase, now);
        let allowed: Vec<_> = shown(&desk, OWNER)
            .into_iter()
            .filter_map(|(action, denial)| denial.is_none().then_some(action))
            .collect();
        assert_eq!(allowed, expected, "{phase:?}");
        for (action, denial) in shown(&desk, OWNER) {
            assert!(
                denial.is_none() || denial == Some(Denial::State { phase }),
                "{action:?} in {phase:?} is denied for its state: {denial:?}"
            );
        }
    }
}

#[test]
fn permission_is_told_before_state_plan_and_reach() {
    let mut desk = desk_in(Phase::Cancelled, PHASES[3].1);
    desk.put(member(DESK, None, &[]));
    desk.edit_clinic(|clinic| clinic.facts.plan.email = false);
    desk.edit_client(|maya| maya.facts.do_not_contact = true);
    let grant = Grant::OrganisationSessions;
    for (action, denial) in shown(&desk, DESK) {
        assert_eq!(denial, Some(Denial::Permission { grant }), "{action:?}");
        let body = body_of(action, &desk);
        assert_eq!(
            desk.refuse_from(DESK, Raw(body)),
            Refusal::NotPermitted { grant },
            "{action:?}"
        );
    }
}

#[test]
fn the_reason_is_told_in_the_order_a_person_can_act_on_it() {
    let mut desk = desk_in(Phase::Future, PHASES[0].1);
    let email = |desk: &Desk| shown(desk, OWNER)[2].1;
    let channel = Channel::Email;
    assert_eq!(email(&desk), None);
    desk.edit_clinic(|clinic| clinic.facts.mail_ready = false);
    assert_eq!(email(&desk), Some(Denial::MailNotSetUp));
    desk.edit_client(|maya| maya.facts.may_email = None);
    assert_eq!(
        email(&desk),
        Some(Denial::Reach {
            channel,
            why: NoReach::NoConsent
        })
    );
    desk.edit_client(|maya| maya.facts.has_email = false);
    assert_eq!(
        email(&desk),
        Some(Denial::Reach {
            channel,
            why: NoReach::NoAddress
        })
    );
    desk.edit_client(|maya| maya.facts.do_not_contact = true);
    assert_eq!(
        email(&desk),
        Some(Denial::Reach {
            channel,
            why: NoReach::DoNotContact
        })
    );
    desk.edit_clinic(|clinic| clinic.facts.plan.email = false);
    assert_eq!(email(&desk), Some(Denial::Plan { channel }));
}
