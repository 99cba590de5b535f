//! Hard and soft rules, their causes, who may override them and which are forgiven.

use crate::support::*;
use safetalk_domain::availability::{Cause, Unavailable};
use safetalk_domain::decide::Flag;
use safetalk_domain::intent::{
    Anyway, BookSession, MarkNoShow, ModifyDuration, RescheduleSession, RestoreSession, Slot,
};
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::*;

fn causes(refusal: Refusal) -> Unavailable {
    match refusal {
        Refusal::NotAvailable { unavailable } => unavailable,
        other => panic!("expected an answer about availability, got {other:?}"),
    }
}

/// Ann in room 2 (15 minutes of turnover) from 10:00 to 10:50 on Tuesday.
fn desk_with_ann_at_ten() -> Desk {
    let mut desk = Desk::new();
    desk.accept(BookSession {
        slot: slot(span("2026-03-03 10:00", 50), ANN, Place::Room(ROOM_2)),
        ..tuesday_at_ten()
    });
    desk
}

fn second(slot: Slot) -> BookSession {
    BookSession {
        notify: false,
        ..book(session_id(2), slot)
    }
}

#[test]
fn a_therapist_is_free_up_to_and_from_the_very_minute() {
    for (at, minutes, free) in [
        ("09:10", 50, true),
        ("09:11", 50, false),
        ("10:10", 20, false),
        ("10:00", 50, false),
        ("09:30", 120, false),
        ("10:49", 20, false),
        ("10:50", 50, true),
    ] {
        let mut desk = desk_with_ann_at_ten();
        let at = span(&format!("2026-03-03 {at}"), minutes);
        let result = desk.by(OWNER, second(slot(at, ANN, Place::Online)));
        assert_eq!(
            result.is_ok(),
            free,
            "{at:?}: touching is free, a shared minute is not"
        );
        if let Err(refusal) = result {
            let expected = Cause::Taken {
                session: first(),
                from: kl("2026-03-03 10:00"),
                until: kl("2026-03-03 10:50"),
            };
            assert_eq!(causes(refusal).therapist, [expected]);
        }
    }
}

#[test]
fn a_room_is_free_up_to_its_session_and_again_after_its_turnover() {
    let taken = Cause::Taken {
        session: first(),
        from: kl("2026-03-03 10:00"),
        until: kl("2026-03-03 11:05"),
    };
    let turnover = |until: &str| Cause::Turnover {
        session: first(),
        until: kl(until),
    };
    for (at, minutes, expected) in [
        // The new session's own turnover has to be over when the next begins.
        ("09:00", 45, None),
        ("09:00", 46, Some(turnover("2026-03-03 10:01"))),
        ("09:00", 60, Some(turnover("2026-03-03 10:15"))),
        ("09:00", 61, Some(taken.clone())),
        ("10:20", 20, Some(taken.clone())),
        ("10:49", 20, Some(taken)),
        ("10:50", 20, Some(turnover("2026-03-03 11:05"))),
        ("11:04", 20, Some(turnover("2026-03-03 11:05"))),
        ("11:05", 20, None),
    ] {
        let mut desk = desk_with_ann_at_ten();
        let at = span(&format!("2026-03-03 {at}"), minutes);
        let result = desk.by(OWNER, second(slot(at, BEN, Place::Room(ROOM_2))));
        let got = result.err().map(|refusal| {
            let unavailable = causes(refusal);
            assert_eq!(unavailable.therapist, [], "Ben is free");
            assert!(
                !unavailable.only_soft(),
                "nothing overrides a room that is taken"
            );
            unavailable.room
        });
        assert_eq!(
            got,
            expected.map(|cause| vec![cause]),
            "{at:?} for {minutes}"
        );
    }
}

#[test]
fn both_are_told_when_both_fail_and_the_therapist_is_apart_from_the_room() {
    let mut desk = desk_with_ann_at_ten();
    let at = span("2026-03-03 10:30", 50);
    let unavailable = causes(desk.refuse(second(slot(at, ANN, Place::Room(ROOM_2)))));
    assert!(matches!(unavailable.therapist[..], [Cause::Taken { .. }]));
    assert!(matches!(unavailable.room[..], [Cause::Taken { .. }]));
}

#[test]
fn two_neighbours_are_both_named_in_the_order_of_the_day() {
    let mut desk = desk_with_ann_at_ten();
    desk.accept(second(slot(
        span("2026-03-03 11:00", 50),
        ANN,
        Place::Online,
    )));
    let at = span("2026-03-03 10:30", 60);
    let unavailable = causes(desk.refuse(book(session_id(3), slot(at, ANN, Place::Online))));
    let named: Vec<_> = unavailable
        .therapist
        .iter()
        .map(|cause| match cause {
            Cause::Taken { session, .. } => *session,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(named, [first(), session_id(2)]);
}

#[test]
fn the_room_rule_applies_to_rooms_only() {
    let mut desk = desk_with_ann_at_ten();
    let at = span("2026-03-03 10:00", 50);
    desk.accept(second(slot(at, BEN, Place::Online)));
    let carol = TherapistId(uuid::Uuid::from_u128(0x32));
    desk.put(therapist(carol));
    desk.accept(book(session_id(3), slot(at, carol, Place::Elsewhere)));
    assert_eq!(desk.session(session_id(3)).facts.turnover_minutes, 0);
}

#[test]
fn a_session_is_never_in_its_own_way() {
    let mut desk = desk_with_ann_at_ten();
    let session = desk.session(first());
    let later = slot(span("2026-03-03 10:05", 50), ANN, Place::Room(ROOM_2));
    desk.accept(reschedule(&session, later));
    assert_eq!(desk.session(first()).facts.at, span("2026-03-03 10:05", 50));
}

#[test]
fn turnover_is_copied_and_a_later_change_of_the_setting_touches_no_session() {
    let mut desk = desk_with_ann_at_ten();
    desk.put(room(ROOM_2, 60));
    assert_eq!(desk.session(first()).facts.turnover_minutes, 15);
    let at = span("2026-03-03 11:05", 50);
    desk.accept(second(slot(at, BEN, Place::Room(ROOM_2))));
    assert_eq!(
        desk.session(session_id(2)).facts.turnover_minutes,
        60,
        "a new session takes the new setting"
    );
}

/// Each soft rule, and the cause it gives for Ann in room 1 on Tuesday at 10:00.
fn soft_rules() -> Vec<(&'static str, Row, Cause, bool)> {
    let leave = span("2026-03-03 09:00", 120);
    let off = |owner| {
        Row::from(TimeOff {
            id: time_off_id(1),
            facts: TimeOffFacts {
                owner,
                at: leave,
                archived: false,
            },
            details: TimeOffDetails::default(),
        })
    };
    let (from, until) = (leave.start, leave.end);
    let outside = Cause::OutsideHours {
        open: vec![span("2026-03-03 14:00", 120)],
    };
    vec![
        (
            "the therapist's hours",
            every_day(Owner::Therapist(ANN), 14 * 60, 16 * 60).into(),
            outside.clone(),
            true,
        ),
        (
            "the clinic's hours",
            every_day(Owner::Clinic(CLINIC), 14 * 60, 16 * 60).into(),
            outside.clone(),
            true,
        ),
        (
            "the room's hours",
            every_day(Owner::Room(ROOM_1), 14 * 60, 16 * 60).into(),
            outside,
            false,
        ),
        (
            "time off",
            off(Owner::Therapist(ANN)),
            Cause::TimeOff { from, until },
            true,
        ),
        (
            "a closed room",
            off(Owner::Room(ROOM_1)),
            Cause::TimeOff { from, until },
            false,
        ),
    ]
}

#[test]
fn every_soft_rule_says_not_available_and_book_anyway_takes_it_with_a_flag() {
    for (name, rule, cause, therapist) in soft_rules() {
        let mut desk = Desk::new();
        desk.put(rule);
        let unavailable = causes(desk.refuse(tuesday_at_ten()));
        let expected = if therapist {
            (vec![cause.clone()], vec![])
        } else {
            (vec![], vec![cause.clone()])
        };
        assert_eq!(
            (unavailable.therapist.clone(), unavailable.room.clone()),
            expected,
            "{name}"
        );
        assert!(unavailable.only_soft(), "{name} can be overridden");
        let flags = desk.accept(BookSession {
            anyway: anyway(None),
            ..tuesday_at_ten()
        });
        assert_eq!(
            flags,
            [Flag::BookedAnyway { cause }],
            "{name}, one's own without a reason"
        );
    }
}

#[test]
fn a_closure_of_the_clinic_stands_against_therapist_and_room() {
    let mut desk = Desk::new();
    desk.accept(time_off(
        1,
        Owner::Clinic(CLINIC),
        span("2026-03-03 00:00", 1440),
    ));
    let closed = Cause::Closed {
        from: kl("2026-03-03 00:00"),
        until: kl("2026-03-04 00:00"),
    };
    let unavailable = causes(desk.refuse(tuesday_at_ten()));
    assert_eq!(unavailable.therapist, std::slice::from_ref(&closed));
    assert_eq!(unavailable.room, [closed]);
}

#[test]
fn time_off_that_was_taken_back_or_only_touches_is_no_cause() {
    let mut desk = Desk::new();
    desk.accept(time_off(
        1,
        Owner::Therapist(ANN),
        span("2026-03-03 09:00", 60),
    ));
    desk.accept(time_off(
        2,
        Owner::Therapist(ANN),
        span("2026-03-03 10:50", 60),
    ));
    desk.accept(time_off(
        3,
        Owner::Therapist(ANN),
        span("2026-03-03 10:00", 60),
    ));
    desk.accept(intent::RemoveTimeOff {
        time_off: time_off_id(3),
    });
    assert_eq!(desk.accept(tuesday_at_ten()), []);
}

#[test]
fn a_buffer_is_asked_for_on_both_sides_and_the_longer_of_therapist_and_service_counts() {
    for (own, before, after, at, ok) in [
        (0, 0, 0, "10:50", true),
        (10, 0, 0, "10:59", false),
        (10, 0, 0, "11:00", true),
        (10, 20, 0, "11:00", false),
        (10, 20, 0, "11:10", true),
        (0, 0, 30, "10:50", true),
        (0, 0, 30, "08:41", false),
        (0, 0, 30, "08:40", true),
        (30, 0, 10, "08:41", false),
    ] {
        let mut desk = desk_with_ann_at_ten();
        desk.put(every_day(Owner::Clinic(CLINIC), 0, 24 * 60));
        let mut ann = therapist(ANN);
        ann.facts.buffer_minutes = own;
        desk.put(ann);
        let mut talk = service(TALK, 50, true);
        (talk.facts.buffer_before, talk.facts.buffer_after) = (before, after);
        desk.put(talk);
        let at = span(&format!("2026-03-03 {at}"), 50);
        let result = desk.by(OWNER, second(slot(at, ANN, Place::Online)));
        assert_eq!(
            result.is_ok(),
            ok,
            "buffer {own}, {before}, {after} at {at:?}"
        );
        if let Err(refusal) = result {
            let unavailable = causes(refusal);
            assert!(unavailable.only_soft(), "a buffer can be overridden");
            let minutes = if at.start > kl("2026-03-03 10:00") {
                own.max(before)
            } else {
                own.max(after)
            };
            let cause = Cause::Buffer {
                session: first(),
                minutes,
            };
            assert_eq!(unavailable.therapist, [cause]);
        }
    }
}

/// Needs 20 minutes before and 30 after.
const DEEP: ServiceId = ServiceId(uuid::Uuid::from_u128(0x5f));

/// Ann's session at ten is of a service that needs time around itself; nothing else does.
fn desk_with_a_deep_session_at_ten() -> Desk {
    let mut desk = Desk::new();
    desk.put(every_day(Owner::Clinic(CLINIC), 0, 24 * 60));
    let mut deep = service(DEEP, 50, true);
    (deep.facts.buffer_before, deep.facts.buffer_after) = (20, 30);
    desk.put(deep);
    desk.accept(BookSession {
        service: DEEP,
        ..tuesday_at_ten()
    });
    desk
}

#[test]
fn a_neighbours_buffer_is_asked_for_too() {
    for (at, ok, minutes) in [
        ("10:50", false, 30),
        ("11:19", false, 30),
        ("11:20", true, 0),
        ("09:10", false, 20),
        ("08:51", false, 20),
        ("08:50", true, 0),
    ] {
        let at = span(&format!("2026-03-03 {at}"), 50);
        let mut desk = desk_with_a_deep_session_at_ten();
        let result = desk.by(OWNER, second(slot(at, ANN, Place::Online)));
        assert_eq!(result.is_ok(), ok, "beside a deep session at {at:?}");
        if let Err(refusal) = result {
            let unavailable = causes(refusal);
            assert!(unavailable.only_soft(), "a buffer can be overridden");
            let session = first();
            assert_eq!(unavailable.therapist, [Cause::Buffer { session, minutes }]);
            assert_eq!(unavailable.room, [], "a room needs no buffer");
        }
        // The other way round, the same two sessions get the same answer.
        let mut desk = desk_with_a_deep_session_at_ten();
        desk.accept(cancel(first()));
        desk.accept(second(slot(at, ANN, Place::Online)));
        assert_eq!(
            desk.by(OWNER, restore(first())).is_ok(),
            ok,
            "restored beside a session at {at:?}"
        );
    }
    let mut desk = desk_with_a_deep_session_at_ten();
    desk.put(therapist(BEN));
    let next = span("2026-03-03 10:50", 50);
    desk.accept(second(slot(next, BEN, Place::Online)));
}

#[test]
fn moving_and_extending_into_a_neighbours_buffer_gets_the_same_answer_as_booking() {
    let buffer = |minutes| {
        let session = first();
        vec![Cause::Buffer { session, minutes }]
    };
    let mut desk = desk_with_a_deep_session_at_ten();
    desk.accept(second(slot(
        span("2026-03-03 08:00", 50),
        ANN,
        Place::Online,
    )));
    let early = desk.session(session_id(2));
    let refusal = desk.refuse(lengthen(&early, kl("2026-03-03 09:41")));
    assert_eq!(causes(refusal).therapist, buffer(20), "extending");
    desk.accept(lengthen(&early, kl("2026-03-03 09:40")));
    let early = desk.session(session_id(2));
    let to = slot(span("2026-03-03 11:00", 50), ANN, Place::Online);
    let refusal = desk.refuse(reschedule(&early, to.clone()));
    assert_eq!(causes(refusal).therapist, buffer(30), "dragging");
    desk.accept(RescheduleSession {
        anyway: anyway(Some("asked for it")),
        ..reschedule(&early, to)
    });
    // What stands is not asked about again.
    let late = desk.session(session_id(2));
    desk.accept(lengthen(&late, kl("2026-03-03 11:40")));
}

#[test]
fn buffers_are_copied_and_a_later_change_of_the_setting_touches_no_session() {
    let mut desk = desk_with_a_deep_session_at_ten();
    let facts = desk.session(first()).facts;
    assert_eq!((facts.buffer_before, facts.buffer_after), (20, 30));
    desk.put(service(DEEP, 50, true));
    let at = span("2026-03-03 10:50", 50);
    desk.refuse(second(slot(at, ANN, Place::Online)));
    let deep = desk.session(first());
    let to = with_ann(span("2026-03-04 10:00", 50));
    desk.accept(reschedule(&deep, to));
    let facts = desk.session(first()).facts;
    assert_eq!(
        (facts.buffer_before, facts.buffer_after),
        (0, 0),
        "deciding it anew copies what the setting says then"
    );
}

#[test]
fn book_anyway_for_someone_else_needs_the_grant_and_a_reason() {
    let bens = |by: Anyway| BookSession {
        slot: slot(span("2026-03-03 20:00", 50), BEN, Place::Online),
        anyway: by,
        ..tuesday_at_ten()
    };
    let mut desk = Desk::new();
    assert!(matches!(
        desk.refuse(bens(Anyway::default())),
        Refusal::NotAvailable { .. }
    ));
    assert_eq!(desk.refuse(bens(anyway(None))), Refusal::ReasonNeeded);
    assert_eq!(desk.refuse(bens(anyway(Some("  ")))), Refusal::ReasonNeeded);
    assert_eq!(
        desk.refuse_from(DESK, bens(anyway(Some("agreed by phone")))),
        Refusal::NotPermitted {
            grant: Grant::BookOutsideAvailability
        },
        "everyone's sessions do not include everyone's evenings"
    );
    assert!(matches!(
        desk.accept(bens(anyway(Some("agreed by phone"))))[..],
        [Flag::BookedAnyway { .. }]
    ));
}

#[test]
fn the_reason_for_booking_anyway_is_kept_in_the_history_and_only_where_something_gave_way() {
    let why = |text: &str| anyway(Some(text));
    let reasons = |desk: &Desk| -> Vec<Option<String>> {
        desk.history()
            .into_iter()
            .filter_map(|what| match what {
                Happened::Booked { anyway, .. }
                | Happened::Restored { anyway }
                | Happened::Rescheduled { anyway, .. }
                | Happened::DurationModified { anyway, .. } => Some(anyway),
                _ => None,
            })
            .collect()
    };
    let mut desk = Desk::new();
    let evening = slot(span("2026-03-03 20:00", 50), BEN, Place::Online);
    desk.accept(BookSession {
        slot: evening.clone(),
        anyway: why("asked by phone"),
        ..tuesday_at_ten()
    });
    desk.accept(cancel(first()));
    desk.accept(RestoreSession {
        anyway: why("it is on again"),
        ..restore(first())
    });
    let standing = desk.session(first());
    desk.accept(ModifyDuration {
        anyway: why("there is much to say"),
        ..lengthen(&standing, standing.facts.at.end.plus_minutes(10))
    });
    let longer = desk.session(first());
    desk.accept(RescheduleSession {
        anyway: why("a leftover of the dialog"),
        ..reschedule(&longer, with_ann(span("2026-03-03 10:00", 60)))
    });
    let said = |text: &str| Some(text.to_owned());
    let mut kept = reasons(&desk);
    kept.sort();
    let mut expected = vec![
        None,
        said("asked by phone"),
        said("it is on again"),
        said("there is much to say"),
    ];
    expected.sort();
    assert_eq!(kept, expected, "within hours nothing gave way");
    let moved = desk.session(first());
    desk.undo(RescheduleSession {
        anyway: why("undo"),
        ..reschedule(&moved, slot(longer.facts.at, BEN, Place::Online))
    });
    assert_eq!(
        reasons(&desk).iter().filter(|it| it.is_none()).count(),
        2,
        "what is taken back needs no reason"
    );
}

#[test]
fn ones_own_hours_are_overridden_without_grant_or_reason() {
    let mut desk = Desk::new();
    let evening = BookSession {
        slot: slot(span("2026-03-03 20:00", 50), BEN, Place::Online),
        anyway: anyway(None),
        ..tuesday_at_ten()
    };
    let decision = desk.by(BEN_SIGNED_IN, evening).expect("his own evening");
    assert!(matches!(decision.flags[..], [Flag::BookedAnyway { .. }]));
}

#[test]
fn nothing_overrides_a_hard_rule() {
    let mut desk = desk_with_ann_at_ten();
    let taken = BookSession {
        anyway: anyway(Some("please")),
        ..second(with_ann(span("2026-03-03 10:30", 50)))
    };
    assert!(!causes(desk.refuse(taken)).only_soft());
}

#[test]
fn a_reason_is_one_line_even_where_none_is_needed() {
    let mut desk = Desk::new();
    for (reason, problem) in [
        ("x".repeat(301), Invalid::TooLong { most: 300 }),
        ("two\nlines".to_owned(), Invalid::Characters),
    ] {
        let body = BookSession {
            anyway: anyway(Some(&reason)),
            ..tuesday_at_ten()
        };
        let field = Field::Reason;
        assert_eq!(desk.refuse(body), Refusal::Invalid { field, problem });
    }
}

#[test]
fn a_soft_rule_younger_than_what_the_person_saw_is_forgiven_with_a_flag() {
    for (name, rule, cause, _) in soft_rules() {
        let mut desk = Desk::new();
        desk.position = 20;
        desk.put(rule);
        desk.seen = Some(19);
        let flags = desk.accept(tuesday_at_ten());
        assert_eq!(flags, [Flag::SoftRuleChanged { cause }], "{name}");
    }
}

#[test]
fn a_soft_rule_as_old_as_what_the_person_saw_is_not_forgiven() {
    for (name, rule, ..) in soft_rules() {
        let mut desk = Desk::new();
        desk.position = 20;
        desk.put(rule);
        desk.seen = Some(20);
        assert!(causes(desk.refuse(tuesday_at_ten())).only_soft(), "{name}");
    }
}

#[test]
fn having_seen_little_excuses_neither_a_hard_rule_nor_a_grant_nor_an_older_soft_rule() {
    let mut desk = desk_with_ann_at_ten();
    desk.seen = Some(0);
    let at = span("2026-03-03 10:30", 50);
    assert!(
        !causes(desk.refuse(second(with_ann(at)))).only_soft(),
        "taken stays taken"
    );
    assert_eq!(
        desk.refuse_from(
            BEN_SIGNED_IN,
            second(with_ann(span("2026-03-03 12:00", 50)))
        ),
        Refusal::NotPermitted {
            grant: Grant::OrganisationSessions
        }
    );
    // One rule is forgiven, the other is not: the answer names the one that stands.
    desk.seen = None;
    desk.accept(time_off(
        1,
        Owner::Therapist(ANN),
        span("2026-03-03 12:00", 60),
    ));
    desk.seen = Some(desk.position);
    desk.accept(time_off(
        2,
        Owner::Room(ROOM_1),
        span("2026-03-03 12:00", 60),
    ));
    let unavailable = causes(desk.refuse(second(with_ann(span("2026-03-03 12:00", 50)))));
    assert_eq!(
        (unavailable.therapist.len(), unavailable.room.len()),
        (1, 0)
    );
}

#[test]
fn saving_the_same_hours_again_does_not_make_them_young() {
    let mut desk = Desk::new();
    let seen = desk.position;
    let week = every_day(Owner::Clinic(CLINIC), 9 * 60, 18 * 60).week;
    let same = intent::SetHours {
        owner: Owner::Clinic(CLINIC),
        week: Some(week),
    };
    assert_eq!(desk.accept(same), [Flag::AlreadySo]);
    desk.seen = Some(seen);
    let night = book(first(), with_ann(span("2026-03-03 22:00", 50)));
    assert!(matches!(desk.refuse(night), Refusal::NotAvailable { .. }));
}

#[test]
fn whoever_records_what_happened_is_not_told_that_it_was_outside_hours() {
    let mut desk = Desk::new();
    desk.accept(time_off(
        1,
        Owner::Clinic(CLINIC),
        span("2026-03-01 00:00", 1440),
    ));
    let sunday_night = book(first(), with_ann(span("2026-03-01 22:00", 50)));
    let flags = desk.accept(sunday_night);
    assert!(
        !flags
            .iter()
            .any(|flag| matches!(flag, Flag::BookedAnyway { .. })),
        "the past has no opening hours"
    );
    assert!(
        !causes(desk.refuse(second(with_ann(span("2026-03-01 22:30", 50))))).only_soft(),
        "but it cannot be lived twice"
    );
}

#[test]
fn what_was_archived_meanwhile_takes_no_booking() {
    let mut ann = therapist(ANN);
    ann.facts.archived = true;
    let mut shut = room(ROOM_1, 0);
    shut.facts.archived = true;
    let mut gone = maya();
    gone.facts.archived = true;
    let mut old = service(TALK, 50, true);
    old.facts.archived = true;
    for (row, what) in [
        (Row::from(ann), Thing::Therapist),
        (shut.into(), Thing::Room),
        (gone.into(), Thing::Client),
        (old.into(), Thing::Service),
    ] {
        let mut desk = Desk::new();
        desk.put(row);
        assert_eq!(desk.refuse(tuesday_at_ten()), Refusal::Archived { what });
    }
}

#[test]
fn what_happened_where_something_was_archived_meanwhile_is_written_down_all_the_same() {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    let mut ann = therapist(ANN);
    ann.facts.archived = true;
    let mut shut = room(ROOM_1, 0);
    shut.facts.archived = true;
    desk.put(ann);
    desk.put(shut);
    desk.now = kl("2026-03-03 10:20");
    let session = desk.session(first());
    desk.accept(lengthen(&session, kl("2026-03-03 11:00")));
    desk.accept(MarkNoShow {
        free_rest: true,
        ..no_show(first())
    });
    desk.accept(undo_no_show(first()));
    assert_eq!(desk.session(first()).facts.freed_from, None);
    // Of who leads it, only the room is changed: the therapist is there already.
    let session = desk.session(first());
    let elsewhere = slot(session.facts.at, ANN, Place::Room(ROOM_2));
    desk.accept(reschedule(&session, elsewhere));
    let session = desk.session(first());
    let later = slot(span("2026-03-03 12:00", 50), ANN, Place::Room(ROOM_2));
    assert_eq!(
        desk.refuse(reschedule(&session, later)),
        Refusal::Archived {
            what: Thing::Therapist
        },
        "at another time it would be a new booking"
    );
}

#[test]
fn restoring_into_an_archived_room_says_that_the_room_is_archived() {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    desk.accept(cancel(first()));
    let mut shut = room(ROOM_1, 0);
    shut.facts.archived = true;
    desk.put(shut);
    let unavailable = causes(desk.refuse(restore(first())));
    assert_eq!(unavailable.room, [Cause::Archived]);
    assert!(
        !unavailable.only_soft(),
        "booking anyway does not bring a room back"
    );
}
