//! Whatever people do in whatever order: no therapist and no room is ever held twice, and a session that is told of
//! is never told of falsely. [`Desk::act`] checks the occupancy after every accepted intent, by looking at all pairs.

use crate::support::*;
use proptest::prelude::*;
use safetalk_domain::decide::{Look, look_again};
use safetalk_domain::intent::*;
use safetalk_domain::*;

/// One click in a small clinic: 12 sessions, 2 therapists, 2 rooms or online, five-minute steps over two days.
#[derive(Clone, Debug)]
enum Click {
    Book(u128, Slot, bool),
    Series(u128, Slot, bool),
    Cancel(u128),
    Restore(u128, bool),
    Move(u128, Slot, bool),
    Swap(u128, u128),
    SeriesByADay(u128),
    End(u128, i64),
    NoShow(u128, bool),
    UndoNoShow(u128),
    Turnover(bool, u16),
    Undo,
    Later(i64),
    Post,
}

const SESSIONS: u128 = 12;

fn slots() -> impl Strategy<Value = Slot> {
    (0i64..2 * 144, 1i64..24, any::<bool>(), 0u8..5, 0u8..6).prop_map(
        |(start, long, ann, place, with)| {
            let start = kl("2026-03-02 08:00").plus_minutes(start * 5);
            let place = match place {
                0 | 1 => Place::Room(ROOM_1),
                2 | 3 => Place::Room(ROOM_2),
                _ => Place::Online,
            };
            let (therapist, other) = if ann { (ANN, BEN) } else { (BEN, ANN) };
            let co_therapists = match with {
                0..=3 => Vec::new(),
                4 => vec![other],
                // Nobody leads a session twice: refused.
                _ => vec![therapist],
            };
            Slot {
                co_therapists,
                ..slot(
                    Interval::new(start, start.plus_minutes(long * 5)),
                    therapist,
                    place,
                )
            }
        },
    )
}

fn click() -> impl Strategy<Value = Click> {
    let which = || 1..=SESSIONS;
    prop_oneof![
        6 => (which(), slots(), any::<bool>()).prop_map(|(n, slot, anyway)| Click::Book(n, slot, anyway)),
        1 => (which(), slots(), any::<bool>()).prop_map(|(n, slot, anyway)| Click::Series(n, slot, anyway)),
        3 => which().prop_map(Click::Cancel),
        3 => (which(), any::<bool>()).prop_map(|(n, anyway)| Click::Restore(n, anyway)),
        5 => (which(), slots(), any::<bool>()).prop_map(|(n, slot, anyway)| Click::Move(n, slot, anyway)),
        2 => (which(), which()).prop_map(|(a, b)| Click::Swap(a, b)),
        1 => which().prop_map(Click::SeriesByADay),
        3 => (which(), 1i64..40).prop_map(|(n, long)| Click::End(n, long * 5)),
        2 => (which(), any::<bool>()).prop_map(|(n, free)| Click::NoShow(n, free)),
        2 => which().prop_map(Click::UndoNoShow),
        1 => (any::<bool>(), 0u16..=120).prop_map(|(one, minutes)| Click::Turnover(one, minutes)),
        2 => Just(Click::Undo),
        3 => (1i64..300).prop_map(Click::Later),
        4 => Just(Click::Post),
    ]
}

fn override_if(yes: bool) -> Anyway {
    if yes {
        anyway(Some("agreed"))
    } else {
        Anyway::default()
    }
}

/// The slot a session has.
fn where_it_is(of: &Session) -> Slot {
    Slot {
        co_therapists: of.facts.co_therapists.clone(),
        ..slot(of.facts.at, of.facts.therapist, of.facts.place)
    }
}

/// The desk, and the last change of a session with the body that takes it back.
struct Play {
    desk: Desk,
    undo: Option<(IntentId, Body)>,
    accepted: u32,
}

impl Play {
    fn known(&self, n: u128) -> Option<Session> {
        self.desk.world().sessions.get(&session_id(n)).cloned()
    }

    fn act(&mut self, body: impl Wish) -> bool {
        let done = self.desk.by(OWNER, body).is_ok();
        self.accepted += u32::from(done);
        done
    }

    fn move_to(&mut self, session: &Session, to: Slot, anyway: bool) -> bool {
        let body = RescheduleSession {
            anyway: override_if(anyway),
            hold_seconds: if anyway { 10 } else { 0 },
            ..reschedule(session, to)
        };
        let done = self.act(body);
        if done {
            let now = self.desk.session(session.id);
            let was = where_it_is(session);
            let back = RescheduleSession {
                anyway: override_if(true),
                ..reschedule(&now, was)
            };
            self.undo = Some((self.desk.last, back.body()));
        }
        done
    }

    fn click(&mut self, click: &Click) {
        match click {
            Click::Book(n, slot, anyway) => {
                let body = BookSession {
                    // Every third is a couple's.
                    more_clients: if n % 3 == 0 { vec![JON] } else { Vec::new() },
                    anyway: override_if(*anyway),
                    ..book(session_id(*n), slot.clone())
                };
                if self.act(body) {
                    self.undo = Some((self.desk.last, cancel(session_id(*n)).body()));
                }
            }
            Click::Series(n, first, anyway) => {
                let sessions = (0..3)
                    .map(|week| {
                        let at = Interval::new(
                            first.at.start.plus_hours(24 * i64::from(week)),
                            first.at.end.plus_hours(24 * i64::from(week)),
                        );
                        let id = session_id((n + u128::from(week as u8)) % SESSIONS + 1);
                        (
                            id,
                            Slot {
                                at,
                                ..first.clone()
                            },
                        )
                    })
                    .collect();
                self.act(BookSeries {
                    sessions,
                    anyway: override_if(*anyway),
                    ..series(Vec::new())
                });
            }
            Click::Cancel(n) => {
                if self.act(cancel(session_id(*n))) {
                    let back = RestoreSession {
                        anyway: override_if(true),
                        ..restore(session_id(*n))
                    };
                    self.undo = Some((self.desk.last, back.body()));
                }
            }
            Click::Restore(n, anyway) => {
                self.act(RestoreSession {
                    anyway: override_if(*anyway),
                    ..restore(session_id(*n))
                });
            }
            Click::Move(n, to, anyway) => {
                if let Some(session) = self.known(*n) {
                    self.move_to(&session, to.clone(), *anyway);
                }
            }
            Click::Swap(a, b) => self.swap(*a, *b),
            Click::SeriesByADay(n) => self.series_by_a_day(*n),
            Click::End(n, minutes) => {
                if let Some(session) = self.known(*n) {
                    let end = session.facts.at.start.plus_minutes(*minutes);
                    self.act(ModifyDuration {
                        anyway: override_if(minutes % 2 == 0),
                        ..lengthen(&session, end)
                    });
                }
            }
            Click::NoShow(n, free_rest) => {
                self.act(MarkNoShow {
                    free_rest: *free_rest,
                    ..no_show(session_id(*n))
                });
            }
            Click::UndoNoShow(n) => drop(self.act(undo_no_show(session_id(*n)))),
            Click::Turnover(one, minutes) => {
                let id = if *one { ROOM_1 } else { ROOM_2 };
                self.desk.put(room(id, *minutes));
            }
            Click::Undo => {
                if let Some((undone, body)) = self.undo.take() {
                    self.desk.undoes = Some(undone);
                    self.act(Raw(body));
                    self.desk.undoes = None;
                }
            }
            Click::Later(minutes) => drop(self.desk.later(*minutes)),
            Click::Post => self.post(),
        }
    }

    /// Two sessions change places, over a third place as a person would do it.
    fn swap(&mut self, a: u128, b: u128) {
        let (Some(one), Some(two)) = (self.known(a), self.known(b)) else {
            return;
        };
        let aside = kl("2026-03-09 08:00");
        let long = one.facts.at.end.0 - one.facts.at.start.0;
        let parked = slot(
            Interval::new(aside, aside + long),
            one.facts.therapist,
            Place::Online,
        );
        if a != b && self.move_to(&one, parked, true) && self.move_to(&two, where_it_is(&one), true)
        {
            let one_now = self.desk.session(one.id);
            self.move_to(&one_now, where_it_is(&two), true);
        }
    }

    /// Every session of the repetition that `n` is part of, a day later, each in turn.
    fn series_by_a_day(&mut self, n: u128) {
        let Some(part) = self.known(n).and_then(|session| session.facts.series) else {
            return;
        };
        let world = self.desk.world();
        let parts = world.sessions.into_values();
        let parts = parts.filter(|it| it.facts.series.is_some_and(|it| it.series == part.series));
        for session in parts {
            let at = session.facts.at;
            let at = Interval::new(at.start.plus_hours(24), at.end.plus_hours(24));
            let to = Slot {
                at,
                ..where_it_is(&session)
            };
            self.move_to(&session, to, true);
        }
    }

    /// The courier looks at everything that waits, in order, and sends what is still true and news.
    fn post(&mut self) {
        let waiting: Vec<_> = self
            .desk
            .notices()
            .into_iter()
            .filter(|it| it.facts.state.waits())
            .collect();
        for notice in waiting {
            let Some(session) = notice.facts.session else {
                continue;
            };
            let standing = self.desk.session(session).facts;
            let told = self.desk.told_to(session, notice.facts.client);
            let client = self.desk.client(notice.facts.client).facts;
            let now = self.desk.now;
            match look_again(
                &notice.facts,
                Some(&standing),
                told.as_ref(),
                &client,
                None,
                false,
                now,
            ) {
                Look::Send => {
                    assert_ne!(
                        told.map(|told| told.what),
                        notice.facts.tells,
                        "the client is told once: without doubt about it, nothing is said twice"
                    );
                    assert_eq!(
                        notice.facts.tells,
                        Some(standing.snapshot()),
                        "never falsely"
                    );
                    self.desk.deliver(notice.id);
                }
                Look::Settle(state, cause) => {
                    self.desk
                        .courier_because(notice.id, state, Some(cause))
                        .expect("it waits");
                }
                Look::Wait(_) => {}
            }
        }
    }
}

fn play(clicks: &[Click]) -> Play {
    let mut play = Play {
        desk: Desk::new(),
        undo: None,
        accepted: 0,
    };
    for click in clicks {
        play.click(click);
    }
    play
}

proptest! {
    #![proptest_config(config(96, "tests/proptest-regressions/sequences.txt"))]

    #[test]
    fn no_sequence_of_clicks_holds_a_therapist_or_a_room_twice(
        clicks in proptest::collection::vec(click(), 1..60)
    ) {
        play(&clicks);
    }
}

#[test]
fn random_clicks_are_accepted_often_enough_to_prove_something() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = proptest::collection::vec(click(), 60);
    let accepted: u32 = (0..10)
        .map(|_| {
            let clicks = strategy
                .new_tree(&mut runner)
                .expect("a plain strategy")
                .current();
            play(&clicks).accepted
        })
        .sum();
    assert!(accepted > 100, "of 600 clicks only {accepted} did anything");
}

#[test]
fn two_sessions_change_places() {
    let mut play = play(&[
        Click::Book(
            1,
            slot(span("2026-03-03 10:00", 50), ANN, Place::Room(ROOM_1)),
            false,
        ),
        Click::Book(
            2,
            slot(span("2026-03-03 11:00", 50), BEN, Place::Room(ROOM_2)),
            false,
        ),
    ]);
    let (one, two) = (
        play.known(1).expect("booked"),
        play.known(2).expect("booked"),
    );
    play.click(&Click::Swap(1, 2));
    let (now_one, now_two) = (play.known(1).expect("there"), play.known(2).expect("there"));
    assert_eq!(now_one.facts.snapshot(), two.facts.snapshot());
    assert_eq!(now_two.facts.snapshot(), one.facts.snapshot());
}
