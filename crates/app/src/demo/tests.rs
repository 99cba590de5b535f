//! What the demo clinic promises, at any hour at which somebody comes to look around.

use super::*;
use safetalk_domain::actions::Action;
use safetalk_domain::decide::{Flag, decide};
use safetalk_domain::world::Numbering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const ID: Uuid = Uuid::from_u128(0xD0);

fn kuala_lumpur() -> Zone {
    "Asia/Kuala_Lumpur".parse().expect("a zone")
}

/// A weekday at noon, a weekday in the lunch break, a Sunday afternoon, and three in the morning.
fn nows() -> [Moment; 4] {
    [
        ("2026-03-04", 12 * 60),
        ("2026-03-03", 13 * 60 + 30),
        ("2026-03-08", 15 * 60 + 7),
        ("2026-03-05", 3 * 60),
    ]
    .map(|(date, minute)| kuala_lumpur().earliest(date.parse().expect("a date"), minute))
}

/// The demo at each of them, decided once for all the tests.
fn lives() -> &'static [(Moment, Lived)] {
    static LIVES: LazyLock<Vec<(Moment, Lived)>> =
        LazyLock::new(|| nows().map(|now| (now, Lived::at(now))).to_vec());
    &LIVES
}

/// The demo as its ledger decides it.
#[derive(Clone, Default)]
struct Lived {
    world: World,
    history: Vec<Activity>,
    flags: BTreeMap<SessionId, Vec<Flag>>,
}

impl Lived {
    fn at(now: Moment) -> Self {
        let founding = founding(ID, Language::En, now);
        let mut lived = Self::default();
        lived.world.numbering = Numbering::Ledger;
        let member = founding.set_up.member.id;
        let set_up = Deed::new(now, Body::SetUpClinic(founding.set_up));
        let all = std::iter::once(set_up).chain(founding.then);
        for (n, deed) in (1u128..).zip(all) {
            lived.decide(IntentId(Uuid::from_u128(n)), member, deed, now);
        }
        lived
    }

    fn decide(&mut self, id: IntentId, member: MemberId, deed: Deed, now: Moment) {
        assert!(deed.made_at <= now, "nothing was done in the future");
        let intent = Intent {
            id,
            version: VERSION,
            actor: Actor::Member(member),
            made_at: deed.made_at,
            seen: 0,
            depends: Vec::new(),
            undoes: None,
            body: deed.body,
        };
        let clock = Clock {
            made_at: deed.made_at,
            now,
        };
        let decision = decide(&intent, &self.world, &clock)
            .unwrap_or_else(|refusal| panic!("{}: {refusal:?}", intent.body.name()));
        if let Body::BookSession(book) = &intent.body {
            self.flags.insert(book.session, decision.flags);
        } else {
            assert_eq!(decision.flags, [], "{}", intent.body.name());
        }
        for row in decision.rows {
            if let Row::Activity(line) = &row {
                self.history.push(line.clone());
            }
            self.world.put(row, 1);
        }
    }

    fn words(&self, now: Moment) -> BTreeMap<String, usize> {
        let mut words = BTreeMap::new();
        for session in self.world.sessions.values() {
            *words
                .entry(format!("{:?}", session.facts.word(now)))
                .or_default() += 1;
        }
        words
    }
}

#[test]
fn four_therapists_in_four_rooms_see_sixty_clients() {
    for (_, lived) in lives() {
        let world = &lived.world;
        assert_eq!(world.therapists.len(), 4);
        assert_eq!(world.rooms.len(), 4);
        assert_eq!(world.clients.len(), 60);
        let names: BTreeSet<_> = world
            .clients
            .values()
            .map(|client| &client.details.full_name.value)
            .collect();
        assert_eq!(names.len(), 60, "each by another name");
        assert!(
            world.clinic.as_ref().expect("a clinic").facts.demo,
            "it neither mails nor opens WhatsApp"
        );
    }
}

#[test]
fn its_sessions_fill_three_months_around_today() {
    let zone = kuala_lumpur();
    for (now, lived) in lives() {
        let world = &lived.world;
        let today = zone.date(*now);
        let days: BTreeSet<i64> = world
            .sessions
            .values()
            .map(|session| (zone.date(session.facts.at.start) - today).num_days())
            .collect();
        let (first, last) = (days.first().expect("a day"), days.last().expect("a day"));
        assert!((-45..=-43).contains(first), "it begins {first} days ago");
        assert!((43..=45).contains(last), "it ends in {last} days");
        assert_eq!(
            (*first..=*last).filter(|day| !days.contains(day)).count(),
            0,
            "no day is empty"
        );
        for (id, therapist) in &world.therapists {
            let led = world
                .sessions
                .values()
                .filter(|session| session.facts.is_seen_by(*id))
                .count();
            assert!(led > 100, "{} leads {led}", therapist.details.name.value);
        }
    }
}

#[test]
fn a_session_is_in_every_status_at_any_hour() {
    for (now, lived) in lives() {
        let words = lived.words(*now);
        let every = [
            ("Scheduled", 20),
            ("Confirmed", 20),
            ("InSession", 1),
            ("Completed", 20),
            ("NoShow", 3),
            ("Cancelled", 10),
        ];
        for (word, least) in every {
            let there = words.get(word).copied().unwrap_or_default();
            assert!(there >= least, "{word}: {there} of {words:?}");
        }
        assert_eq!(words.len(), every.len(), "{words:?}");
    }
}

#[test]
fn invoices_are_in_every_state_and_none_is_overdue_before_anybody_looked() {
    for (now, lived) in lives() {
        let (now, world) = (*now, &lived.world);
        let mut states: BTreeMap<String, usize> = BTreeMap::new();
        for invoice in world.invoices.values() {
            let status = invoice.facts.status;
            *states.entry(format!("{status:?}")).or_default() += 1;
            if status == InvoiceStatus::Issued {
                let today = kuala_lumpur().date(now);
                assert!(invoice.facts.due >= today, "due {}", invoice.facts.due);
            }
        }
        for state in ["Draft", "Issued", "Paid", "Void"] {
            assert!(states.contains_key(state), "{state}: {states:?}");
        }
    }
}

#[test]
fn the_clinic_keeps_to_its_own_hours_but_for_who_is_there_at_night() {
    for (now, lived) in lives() {
        let now = *now;
        for (session, flags) in &lived.flags {
            let going_on = lived.world.sessions[session].facts.at.holds(now);
            assert!(
                flags.is_empty() || going_on,
                "at {:?}: {flags:?}",
                lived.world.sessions[session].facts.at.start.utc()
            );
        }
    }
}

#[test]
fn what_happened_to_a_session_happened_in_its_order() {
    for (now, lived) in lives() {
        let now = *now;
        let mut of: BTreeMap<SessionId, Vec<&Activity>> = BTreeMap::new();
        for line in &lived.history {
            if let Some(session) = line.session {
                of.entry(session).or_default().push(line);
            }
        }
        assert_eq!(of.len(), lived.world.sessions.len());
        for (session, lines) in of {
            let at = lived.world.sessions[&session].facts.at;
            let booked = lines
                .iter()
                .find(|line| matches!(line.what, Happened::Booked { .. }))
                .expect("it was booked");
            assert_eq!(booked.at, lines[0].at, "before anything else");
            assert!(booked.at < at.start, "booked before it began");
            assert!(
                lines.windows(2).all(|pair| pair[0].at <= pair[1].at),
                "one after the other"
            );
            let last = lines.last().expect("it was booked");
            assert!(last.at <= now, "nothing is told of the future");
        }
    }
}

#[test]
fn it_is_the_same_clinic_for_everyone_who_comes_at_the_same_time() {
    let now = nows()[0];
    let one = founding(ID, Language::En, now);
    assert_eq!(one, founding(ID, Language::En, now), "to the last id");
    // Another clinic's ids are others; all else is the same.
    let lives = [ID, Uuid::from_u128(0xD1)].map(|id| {
        let sessions = founding(id, Language::En, now).then;
        sessions
            .into_iter()
            .filter_map(|deed| match deed.body {
                Body::BookSession(book) => Some((deed.made_at, book.slot.at, book.price)),
                _ => None,
            })
            .collect::<Vec<_>>()
    });
    assert_eq!(lives[0], lives[1]);
    let other = founding(Uuid::from_u128(0xD1), Language::En, now);
    assert_ne!(one.set_up.rooms[0].id, other.set_up.rooms[0].id);
}

#[test]
fn every_quick_action_can_be_tried_in_it() {
    for (now, lived) in lives() {
        let now = *now;
        let world = &lived.world;
        let actor = world.members.values().next().expect("a member");
        let allowed: BTreeSet<String> = world
            .sessions
            .values()
            .flat_map(|session| {
                let clients: Vec<_> = session
                    .facts
                    .clients()
                    .map(|id| &world.clients[&id].facts)
                    .collect();
                safetalk_domain::actions::quick_actions(&safetalk_domain::actions::Asking {
                    session: &session.facts,
                    clients: &clients,
                    actor,
                    clinic: &world.clinic.as_ref().expect("a clinic").facts,
                    now,
                })
            })
            .filter(|shown| shown.denial.is_none())
            .map(|shown| format!("{:?}", shown.action))
            .collect();
        let every: BTreeSet<_> = Action::ALL.map(|action| format!("{action:?}")).into();
        assert_eq!(allowed, every);
    }
}

#[test]
fn whenever_somebody_comes_nothing_of_it_is_refused_and_a_session_is_going_on() {
    // Each day of a week at another hour; and the very minute at which a booking was refused once.
    let monday = kuala_lumpur().earliest("2026-11-23".parse().expect("a date"), 0);
    let hours = (0..7).map(|n| monday.plus_minutes(n * 1440 + 8 * 60 + n * 97));
    for now in hours.chain([monday.plus_minutes(8 * 60 + 54)]) {
        let words = Lived::at(now).words(now);
        assert!(words.contains_key("InSession"), "at {now:?}: {words:?}");
    }
}
