//! The whole matrix of Quick Actions: what is shown against what is enforced, for every member, in every circumstance and
//! phase, on sessions of every kind.

use crate::support::*;
use safetalk_domain::actions::{Action, Asking, Denial, quick_actions};
use safetalk_domain::decide::Flag;
use safetalk_domain::intent::Slot;
use safetalk_domain::*;
use std::collections::BTreeSet;

/// Every phase, with a moment at which a session of Tuesday, 10:00 is in it.
const PHASES: [(Phase, &str); 5] = [
    (Phase::Future, "2026-03-02 09:00"),
    (Phase::Running, "2026-03-03 10:20"),
    (Phase::Ended, "2026-03-03 12:00"),
    (Phase::Cancelled, "2026-03-02 09:00"),
    (Phase::NoShow, "2026-03-03 12:00"),
];

/// Whoever acts in these tests. What they may do, and who they are, is what is tried.
const WHO: MemberId = BEN_SIGNED_IN;

fn tuesday() -> Interval {
    span("2026-03-03 10:00", 50)
}

/// One client with Ben in a room.
fn alone() -> intent::BookSession {
    intent::BookSession {
        slot: slot(tuesday(), BEN, Place::Room(ROOM_1)),
        ..tuesday_at_ten()
    }
}

/// A couple with two therapists, by a link: Ann leads.
fn two_by_two_online() -> intent::BookSession {
    intent::BookSession {
        more_clients: vec![JON],
        slot: Slot {
            co_therapists: vec![BEN],
            ..slot(tuesday(), ANN, Place::Online)
        },
        ..tuesday_at_ten()
    }
}

/// A couple with one therapist, at the clients' home.
fn couple_elsewhere() -> intent::BookSession {
    intent::BookSession {
        more_clients: vec![JON],
        slot: slot(tuesday(), BEN, Place::Elsewhere),
        ..tuesday_at_ten()
    }
}

/// One client with two therapists in a room that is cleared afterwards: Ben leads.
fn two_therapists() -> intent::BookSession {
    intent::BookSession {
        slot: Slot {
            co_therapists: vec![ANN],
            ..slot(tuesday(), BEN, Place::Room(ROOM_2))
        },
        ..tuesday_at_ten()
    }
}

/// A session in a phase, with the intents behind all its Quick Actions: asked again for every member and circumstance.
struct Table {
    phase: Phase,
    world: World,
    clock: Clock,
    intents: Vec<(Action, Intent)>,
}

impl Table {
    fn of(booking: intent::BookSession, (phase, now): (Phase, &str)) -> Self {
        Self::after(booking, (phase, now), |_| {})
    }

    /// The same, after something else has happened to it.
    fn after(
        booking: intent::BookSession,
        (phase, now): (Phase, &str),
        happened: impl FnOnce(&mut Desk),
    ) -> Self {
        let mut desk = Desk::new();
        desk.accept(booking);
        happened(&mut desk);
        desk.now = kl(now);
        match phase {
            Phase::Cancelled => drop(desk.accept(intent::CancelSession {
                notify: false,
                ..cancel(first())
            })),
            Phase::NoShow => drop(desk.accept(no_show(first()))),
            _ => {}
        }
        let session = desk.session(first());
        assert_eq!(session.facts.phase(desk.now), phase);
        let intents = Action::ALL
            .into_iter()
            .map(|action| {
                let actor = intent::Actor::Member(WHO);
                (action, desk.intent(actor, body_of(action, &session)))
            })
            .collect();
        Self {
            phase,
            world: desk.world(),
            clock: desk.clock(),
            intents,
        }
    }

    fn put(&mut self, row: impl Into<Row>) {
        self.world.put(row.into(), 1);
    }

    /// What the rules know of Maya, of the plan and of the clinic's mail.
    fn set(&mut self, circumstance: &Circumstance) {
        self.put(Client {
            facts: circumstance.client.clone(),
            ..maya()
        });
        let clinic = self.world.clinic.as_mut().expect("there is a clinic");
        clinic.facts.plan = circumstance.plan;
        clinic.facts.mail_ready = circumstance.mail_ready;
    }

    fn shown(&self) -> Vec<(Action, Option<Denial>)> {
        let session = &self.world.sessions[&first()];
        let clients: Vec<_> = session
            .facts
            .clients()
            .map(|id| &self.world.clients[&id].facts)
            .collect();
        let asking = Asking {
            session: &session.facts,
            clients: &clients,
            actor: &self.world.members[&WHO],
            clinic: &self.world.clinic.as_ref().expect("there is a clinic").facts,
            now: self.clock.now,
        };
        quick_actions(&asking)
            .into_iter()
            .map(|shown| (shown.action, shown.denial))
            .collect()
    }

    /// Holds what is shown against what is enforced; how many actions are allowed.
    fn agrees(&self) -> usize {
        let mut allowed = 0;
        for ((action, denial), (of, intent)) in self.shown().into_iter().zip(&self.intents) {
            assert_eq!(action, *of);
            let decided = decide(intent, &self.world, &self.clock);
            let done = match &decided {
                Ok(decision) => !decision.flags.contains(&Flag::AlreadySo),
                Err(_) => false,
            };
            assert_eq!(
                denial.is_none(),
                done,
                "{action:?} in {:?}: shown {denial:?}, decided {decided:?}",
                self.phase
            );
            match (denial, decided) {
                (None, _) => allowed += 1,
                (Some(Denial::Permission { .. }), Err(refusal)) => {
                    assert!(
                        matches!(refusal, Refusal::NotPermitted { .. }),
                        "{action:?}: {refusal:?}"
                    );
                }
                (Some(denial), Err(refusal)) => {
                    assert_eq!(refusal, Refusal::Denied { denial }, "{action:?}")
                }
                (Some(denial), Ok(_)) => {
                    assert!(
                        matches!(denial, Denial::State { .. }),
                        "already so is about state: {denial:?}"
                    );
                }
            }
        }
        allowed
    }
}

/// The intent behind a Quick Action, such that nothing but its permission, state and reach can stand against it.
fn body_of(action: Action, session: &Session) -> Body {
    match action {
        Action::Reschedule => {
            let later = Interval::new(
                session.facts.at.start.plus_minutes(60),
                session.facts.at.end.plus_minutes(60),
            );
            let to = Slot {
                co_therapists: session.facts.co_therapists.clone(),
                ..slot(later, session.facts.therapist, session.facts.place)
            };
            reschedule(session, to).body()
        }
        Action::ModifyDuration => lengthen(session, session.facts.at.end.plus_minutes(10)).body(),
        // Whoever asks again after a reminder went has been asked about it.
        Action::SendEmailReminder => remind_again(Channel::Email).body(),
        Action::SendWhatsappReminder => remind_again(Channel::Whatsapp).body(),
        Action::NoShow => no_show(first()).body(),
        Action::UndoNoShow => undo_no_show(first()).body(),
        Action::Cancel => cancel(first()).body(),
        Action::Restore => restore(first()).body(),
    }
}

fn remind_again(channel: Channel) -> intent::SendReminder {
    intent::SendReminder {
        again: true,
        ..remind(first(), channel)
    }
}

/// `sets` of grants, each with every relation to the session's therapists and every standing.
fn members(sets: impl IntoIterator<Item = BTreeSet<Grant>>) -> Vec<Member> {
    let mut all = Vec::new();
    for grants in sets {
        let grants: Vec<_> = grants.into_iter().collect();
        for therapist in [Some(BEN), Some(ANN), None] {
            for standing in [Standing::Active, Standing::Suspended, Standing::Removed] {
                let mut one = member(WHO, therapist, &grants);
                one.facts.standing = standing;
                all.push(one);
            }
        }
    }
    all
}

/// Every set of grants there is.
fn every_set() -> impl Iterator<Item = BTreeSet<Grant>> {
    (0..1u32 << Grant::ALL.len()).map(|set| {
        (0..Grant::ALL.len())
            .filter(|n| set & (1 << n) != 0)
            .map(|n| Grant::ALL[n])
            .collect()
    })
}

/// Every set of the grants an action can depend on; with none of them, all others together.
fn sets_that_matter() -> impl Iterator<Item = BTreeSet<Grant>> {
    let matter = [
        Grant::OwnSessions,
        Grant::OrganisationSessions,
        Grant::BookOutsideAvailability,
    ];
    let others: BTreeSet<_> = Grant::ALL
        .into_iter()
        .filter(|grant| !matter.contains(grant))
        .collect();
    (0u8..8).map(move |set| {
        if set == 0 {
            return others.clone();
        }
        (0..3)
            .filter(|n| set & (1 << n) != 0)
            .map(|n| matter[n])
            .collect()
    })
}

/// What the rules know of one client, of the clinic's plan and of its mail.
struct Circumstance {
    client: ClientFacts,
    plan: Plan,
    mail_ready: bool,
}

/// Every way a client can stand to being reached.
fn reaches() -> Vec<ClientFacts> {
    let base = maya().facts;
    (0u8..32)
        .map(|bits| {
            let on = |bit: u8| bits & (1 << bit) != 0;
            ClientFacts {
                may_email: base.may_email.filter(|_| on(0)),
                may_whatsapp: base.may_whatsapp.filter(|_| on(1)),
                has_email: on(2),
                has_phone: on(3),
                do_not_contact: on(4),
                ..base.clone()
            }
        })
        .collect()
}

/// Every combination of them with the plans' channels and the clinic's mail.
fn circumstances() -> Vec<Circumstance> {
    let mut all = Vec::new();
    for client in reaches() {
        for bits in 0u8..8 {
            all.push(Circumstance {
                client: client.clone(),
                plan: Plan {
                    email: bits & 1 != 0,
                    whatsapp: bits & 2 != 0,
                    ..Plan::FULL
                },
                mail_ready: bits & 4 != 0,
            });
        }
    }
    all
}

/// Of [`circumstances`], those in which one client can be sent a reminder: by email with consent, address, plan and mail,
/// by WhatsApp with consent, number and plan, and never who is not to be contacted.
const REMINDERS: usize = 256 / 32 + 256 / 16;

/// The actions that the five phases allow whoever may act, reminders apart.
const APART: usize = 3 + 4 + 4 + 1 + 1;

/// Every member in every circumstance in every phase; how much is allowed in all.
fn crossed(booking: &intent::BookSession, of_jon: &ClientFacts) -> usize {
    let circumstances = circumstances();
    std::thread::scope(|scope| {
        let phases = PHASES.map(|phase| {
            let circumstances = &circumstances;
            scope.spawn(move || {
                let mut table = Table::of(booking.clone(), phase);
                table.put(Client {
                    facts: of_jon.clone(),
                    ..jon()
                });
                let mut allowed = 0;
                for member in members(sets_that_matter()) {
                    table.put(member);
                    for circumstance in circumstances {
                        table.set(circumstance);
                        allowed += table.agrees();
                    }
                }
                allowed
            })
        });
        phases
            .into_iter()
            .map(|phase| phase.join().expect("what is shown is what is enforced"))
            .sum()
    })
}

#[test]
fn what_is_shown_is_what_is_enforced_for_every_member_in_every_circumstance_and_phase() {
    // Active with the organisation's sessions: 4 sets of grants, 3 relations. With one's own only: 2 sets, as Ben.
    let may = 4 * 3 + 2;
    assert_eq!(
        crossed(&alone(), &jon().facts),
        may * (circumstances().len() * APART + REMINDERS),
        "all others may do nothing"
    );
}

#[test]
fn so_it_is_for_a_couple_with_two_therapists_online() {
    // One's own is also what one leads with another: 2 sets, as Ben or as Ann.
    let may = 4 * 3 + 2 * 2;
    let silent = ClientFacts {
        do_not_contact: true,
        ..jon().facts
    };
    assert_eq!(
        crossed(&two_by_two_online(), &silent),
        may * (circumstances().len() * APART + REMINDERS),
        "a reminder goes to the one it can reach"
    );
}

#[test]
fn so_it_is_with_every_set_of_grants_there_is_on_sessions_of_every_kind() {
    // Of 512 sets, half have the organisation's sessions; a quarter has one's own and not those.
    let (everyones, ones_own) = (256 * 3, 128);
    let kinds: [(intent::BookSession, usize); 4] = [
        (alone(), everyones + ones_own),
        (two_by_two_online(), everyones + ones_own * 2),
        (couple_elsewhere(), everyones + ones_own),
        (two_therapists(), everyones + ones_own * 2),
    ];
    for (booking, may) in kinds {
        let mut allowed = 0;
        for phase in PHASES {
            let mut table = Table::of(booking.clone(), phase);
            for member in members(every_set()) {
                table.put(member);
                allowed += table.agrees();
            }
        }
        assert_eq!(allowed, may * (APART + 2), "{:?}", booking.slot);
    }
}

#[test]
fn a_couple_is_reminded_where_either_of_them_can_be() {
    for booking in [couple_elsewhere(), two_by_two_online()] {
        let mut table = Table::of(booking, PHASES[0]);
        table.put(member(WHO, Some(BEN), &[Grant::OwnSessions]));
        let mut reminders = 0;
        for one in circumstances() {
            table.set(&one);
            for other in reaches() {
                table.put(Client {
                    facts: other,
                    ..jon()
                });
                reminders += table.agrees() - 3;
            }
        }
        // Of 32 ways to stand, 4 can be reached by one channel: 1024 - 28 * 28 pairs have one who can be.
        let pairs = 32 * 32 - 28 * 28;
        assert_eq!(
            reminders,
            pairs * 2 + pairs * 4,
            "plan and mail; plan alone"
        );
    }
}

#[test]
fn neither_a_reminder_that_went_nor_a_plan_with_one_seat_changes_what_is_shown() {
    for phase in PHASES {
        let mut table = Table::after(alone(), phase, |desk| {
            for channel in [Channel::Email, Channel::Whatsapp] {
                desk.accept(remind(first(), channel));
            }
        });
        table.put(member(WHO, Some(BEN), &[Grant::OwnSessions]));
        for seats in [u16::MAX, 1, 0] {
            for mut circumstance in circumstances() {
                circumstance.plan.seats = seats;
                table.set(&circumstance);
                table.agrees();
            }
        }
    }
}
