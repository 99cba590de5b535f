//! Cancel, restore, reschedule, modify duration, no-show, confirm, remark.

use crate::support::*;
use safetalk_domain::actions::Denial;
use safetalk_domain::availability::Cause;
use safetalk_domain::decide::Flag;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Invalid};
use safetalk_domain::*;

fn booked() -> Desk {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    desk
}

fn at(text: &str) -> Desk {
    let mut desk = booked();
    desk.now = kl(text);
    desk
}

const BEFORE: &str = "2026-03-03 09:00";
const DURING: &str = "2026-03-03 10:20";
const AFTER: &str = "2026-03-03 12:00";

fn state(phase: Phase) -> Refusal {
    Refusal::Denied {
        denial: Denial::State { phase },
    }
}

#[test]
fn a_cancelled_session_frees_therapist_and_room_in_the_same_instant() {
    let mut desk = booked();
    desk.accept(cancel(first()));
    let facts = desk.session(first()).facts;
    assert_eq!(
        (facts.status, facts.sequence),
        (SessionStatus::Cancelled, 1)
    );
    desk.accept(book(session_id(2), with_ann(span("2026-03-03 10:00", 50))));
}

#[test]
fn cancelling_twice_is_one_cancel() {
    let mut desk = booked();
    desk.accept(cancel(first()));
    let stood = desk.session(first());
    desk.later(5);
    let again = CancelSession {
        by: CancelledBy::Clinic,
        ..cancel(first())
    };
    assert_eq!(desk.accept(again), [Flag::AlreadySo]);
    assert_eq!(
        desk.session(first()),
        stood,
        "who and when stay as they were"
    );
    assert_eq!(desk.queued(), None);
}

#[test]
fn whoever_cancels_second_leaves_their_remark_beside_the_first() {
    let mut desk = booked();
    for (remark, flags) in [("rang", vec![]), ("wrote too", vec![Flag::AlreadySo])] {
        let with_remark = CancelSession {
            remark: Some(remark.to_owned()),
            ..cancel(first())
        };
        assert_eq!(desk.accept(with_remark), flags);
    }
    let remarks = desk.session(first()).details.remarks;
    let texts: Vec<_> = remarks.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(texts, ["rang", "wrote too"]);
    assert_eq!(desk.session(first()).facts.sequence, 1, "it is one cancel");
    assert_eq!(desk.history().last(), Some(&Happened::Remarked));
}

#[test]
fn a_running_or_ended_session_can_be_cancelled_but_the_ended_one_tells_nobody() {
    for (now, told) in [(BEFORE, true), (DURING, true), (AFTER, false)] {
        let mut desk = at(now);
        let flags = desk.accept(cancel(first()));
        assert_eq!(desk.queued().is_some(), told, "at {now}");
        assert_eq!(
            flags,
            [],
            "at {now}: and nobody is asked to ring about what is over"
        );
    }
}

#[test]
fn late_is_less_notice_than_the_clinic_asks_for() {
    for (made_at, hours, late) in [
        ("2026-03-02 10:00", 24, false),
        ("2026-03-02 10:01", 24, true),
        ("2026-03-03 09:59", 24, true),
        ("2026-03-03 09:59", 0, false),
    ] {
        let mut desk = booked();
        desk.edit_clinic(|clinic| clinic.facts.late_cancel_hours = hours);
        desk.now = kl("2026-03-03 12:00");
        desk.made_at = Some(kl(made_at));
        desk.accept(cancel(first()));
        let cancelled = desk.session(first()).facts.cancelled.expect("it is");
        assert_eq!(cancelled.late, late, "{made_at} with {hours} h");
        assert_eq!(cancelled.at, kl(made_at), "notice periods go by the click");
    }
}

#[test]
fn a_fee_that_depends_on_a_wrong_clock_is_a_flag_and_not_a_charge() {
    // The device's clock is a day ahead: by it the cancellation is late, by the ledger's it is not.
    let mut desk = booked();
    desk.device_clock = Some(kl("2026-03-03 08:00"));
    let fee = CancelSession {
        invoice: InvoiceFate::Fee {
            amount: ringgit(80),
        },
        ..cancel(first())
    };
    assert_eq!(desk.accept(fee), [Flag::FeeNotCharged]);
    assert_eq!(desk.invoices(), []);
    assert_eq!(desk.session(first()).facts.status, SessionStatus::Cancelled);
}

#[test]
fn a_remark_stays_in_the_house_unless_it_is_ticked() {
    for (ticked, in_notice) in [(false, None), (true, Some("caught a cold".to_owned()))] {
        let mut desk = booked();
        desk.accept(CancelSession {
            remark: Some(" caught a cold ".to_owned()),
            remark_to_client: ticked,
            ..cancel(first())
        });
        assert_eq!(
            desk.session(first()).details.remarks[0].text,
            "caught a cold"
        );
        let details = desk.queued().expect("the client is told").details;
        assert_eq!(details.remark, in_notice, "ticked: {ticked}");
        assert_eq!(details.text, None, "the text is rendered when it leaves");
    }
}

#[test]
fn a_remark_that_cannot_be_is_refused_wherever_it_is_typed() {
    for (text, problem) in [
        ("x".repeat(2001), Invalid::TooLong { most: 2000 }),
        ("bell\u{7}".to_owned(), Invalid::Characters),
    ] {
        let field = Field::Remark;
        let mut desk = booked();
        let body = CancelSession {
            remark: Some(text.clone()),
            ..cancel(first())
        };
        assert_eq!(desk.refuse(body), Refusal::Invalid { field, problem });
        let body = AddRemark {
            session: first(),
            text,
        };
        assert_eq!(desk.refuse(body), Refusal::Invalid { field, problem });
    }
    let empty = AddRemark {
        session: first(),
        text: " \n ".to_owned(),
    };
    let problem = Invalid::Empty;
    assert_eq!(
        booked().refuse(empty),
        Refusal::Invalid {
            field: Field::Remark,
            problem
        }
    );
}

#[test]
fn every_remark_is_kept() {
    let mut desk = booked();
    for text in ["rang", "rang again"] {
        desk.accept(AddRemark {
            session: first(),
            text: text.to_owned(),
        });
    }
    let texts: Vec<_> = desk
        .session(first())
        .details
        .remarks
        .into_iter()
        .map(|r| r.text)
        .collect();
    assert_eq!(texts, ["rang", "rang again"]);
}

#[test]
fn a_restored_session_takes_its_slot_again_if_that_is_free() {
    let mut desk = booked();
    desk.accept(cancel(first()));
    assert_eq!(desk.accept(restore(first())), []);
    let facts = desk.session(first()).facts;
    assert_eq!(
        (facts.status, facts.cancelled, facts.sequence),
        (SessionStatus::Scheduled, None, 2)
    );

    desk.accept(cancel(first()));
    desk.accept(book(session_id(2), with_ann(span("2026-03-03 10:30", 50))));
    assert!(matches!(
        desk.refuse(restore(first())),
        Refusal::NotAvailable { .. }
    ));
}

#[test]
fn a_restored_session_copies_the_turnover_anew() {
    let mut desk = Desk::new();
    desk.accept(BookSession {
        slot: slot(span("2026-03-03 10:00", 50), ANN, Place::Room(ROOM_2)),
        ..tuesday_at_ten()
    });
    desk.accept(cancel(first()));
    desk.put(room(ROOM_2, 30));
    desk.accept(restore(first()));
    assert_eq!(desk.session(first()).facts.turnover_minutes, 30);
}

#[test]
fn restoring_what_stands_is_already_so_and_a_no_show_cannot_be_restored() {
    assert_eq!(booked().accept(restore(first())), [Flag::AlreadySo]);
    let mut desk = at(AFTER);
    desk.accept(no_show(first()));
    assert_eq!(desk.refuse(restore(first())), state(Phase::NoShow));
}

#[test]
fn a_rescheduled_session_keeps_its_identity_and_moves_what_it_holds() {
    let mut desk = booked();
    desk.accept(ConfirmSession {
        session: first(),
        confirmed: true,
    });
    let before = desk.session(first());
    let to = slot(span("2026-03-04 11:00", 60), BEN, Place::Room(ROOM_2));
    assert_eq!(desk.accept(reschedule(&before, to.clone())), []);
    let facts = desk.session(first()).facts;
    assert_eq!(
        (facts.at, facts.therapist, facts.place),
        (to.at, BEN, to.place)
    );
    assert_eq!((facts.turnover_minutes, facts.sequence), (15, 1));
    assert!(!facts.confirmed, "a reschedule clears the mark");
    let notice = desk.queued().expect("the client is told").facts;
    assert_eq!(notice.kind, NoticeKind::Rescheduled);
    desk.accept(book(session_id(2), with_ann(before.facts.at)));
}

#[test]
fn a_change_of_the_room_alone_tells_the_client_too() {
    let mut desk = booked();
    let before = desk.session(first());
    let to = slot(before.facts.at, ANN, Place::Room(ROOM_2));
    desk.accept(reschedule(&before, to));
    let tells = desk
        .queued()
        .expect("they would wait at the wrong door")
        .facts
        .tells;
    assert_eq!(tells.expect("a session").place, Place::Room(ROOM_2));
}

#[test]
fn a_session_that_changed_under_an_open_dialog_is_stale_with_what_stands_now() {
    type Meanwhile = fn(&mut Desk, &Session);
    let cases: [(&str, Meanwhile); 5] = [
        ("the place", |desk, session| {
            let to = slot(session.facts.at, ANN, Place::Room(ROOM_2));
            desk.accept(reschedule(session, to));
        }),
        ("the time", |desk, session| {
            desk.accept(reschedule(session, with_ann(span("2026-03-04 10:00", 50))));
        }),
        ("the end", |desk, session| {
            desk.accept(lengthen(session, kl("2026-03-03 11:00")));
        }),
        ("the therapist", |desk, session| {
            let to = slot(session.facts.at, BEN, session.facts.place);
            desk.accept(reschedule(session, to));
        }),
        ("the standing", |desk, _| {
            desk.accept(cancel(first()));
        }),
    ];
    for (what, meanwhile) in cases {
        let mut desk = booked();
        let seen = desk.session(first());
        meanwhile(&mut desk, &seen);
        let now = desk.session(first()).facts.guard();
        let to = with_ann(span("2026-03-05 10:00", 50));
        assert_eq!(
            desk.refuse(reschedule(&seen, to)),
            Refusal::Stale { now: now.clone() },
            "{what}"
        );
        let end = kl("2026-03-03 11:30");
        assert_eq!(
            desk.refuse(lengthen(&seen, end)),
            Refusal::Stale { now },
            "{what}"
        );
    }
}

#[test]
fn a_mark_or_a_remark_of_someone_else_makes_no_dialog_stale() {
    let mut desk = booked();
    let seen = desk.session(first());
    desk.accept(ConfirmSession {
        session: first(),
        confirmed: true,
    });
    desk.accept(AddRemark {
        session: first(),
        text: "rang".to_owned(),
    });
    desk.accept(reschedule(&seen, with_ann(span("2026-03-05 10:00", 50))));
    assert_eq!(
        desk.session(first()).details.remarks.len(),
        1,
        "and nothing of theirs is lost"
    );
}

#[test]
fn rescheduling_to_where_it_is_changes_nothing_even_outside_hours() {
    let mut desk = booked();
    desk.put(every_day(Owner::Therapist(ANN), 14 * 60, 16 * 60));
    let session = desk.session(first());
    assert_eq!(
        desk.accept(reschedule(&session, with_ann(session.facts.at))),
        [Flag::AlreadySo]
    );
    assert_eq!(desk.session(first()), session);
}

#[test]
fn another_link_is_kept_although_time_and_place_stay() {
    let online = |link: &str| Slot {
        place_text: Some(link.to_owned()),
        ..slot(span("2026-03-03 10:00", 50), ANN, Place::Online)
    };
    let mut desk = Desk::new();
    desk.accept(BookSession {
        slot: online("https://a.example"),
        ..tuesday_at_ten()
    });
    let session = desk.session(first());
    assert_eq!(
        desk.accept(reschedule(&session, online("https://b.example"))),
        []
    );
    assert_eq!(
        desk.session(first()).details.link.as_deref(),
        Some("https://b.example")
    );
}

#[test]
fn a_session_that_is_online_may_stay_so_although_its_service_no_longer_is() {
    let mut desk = Desk::new();
    desk.accept(BookSession {
        slot: slot(span("2026-03-03 10:00", 50), ANN, Place::Online),
        ..tuesday_at_ten()
    });
    desk.put(service(TALK, 50, false));
    let session = desk.session(first());
    let later = slot(span("2026-03-03 11:00", 50), ANN, Place::Online);
    desk.accept(reschedule(&session, later.clone()));
    let session = desk.session(first());
    let untyped = Slot {
        place_text: Some("x".repeat(301)),
        ..later
    };
    assert!(matches!(
        desk.refuse(reschedule(&session, untyped)),
        Refusal::Invalid { .. }
    ));
    desk.accept(reschedule(&session, with_ann(span("2026-03-03 12:00", 50))));
    let session = desk.session(first());
    let back = slot(span("2026-03-03 13:00", 50), ANN, Place::Online);
    assert!(matches!(
        desk.refuse(reschedule(&session, back)),
        Refusal::Invalid { .. }
    ));
}

#[test]
fn moving_a_session_to_someone_else_needs_leave_to_act_for_both() {
    let mut desk = Desk::new();
    desk.accept(BookSession {
        slot: slot(span("2026-03-03 10:00", 50), BEN, Place::Online),
        ..tuesday_at_ten()
    });
    let session = desk.session(first());
    let to_ann = slot(session.facts.at, ANN, Place::Online);
    assert_eq!(
        desk.refuse_from(BEN_SIGNED_IN, reschedule(&session, to_ann.clone())),
        Refusal::NotPermitted {
            grant: Grant::OrganisationSessions
        }
    );
    desk.by(DESK, reschedule(&session, to_ann))
        .expect("everyone's sessions");
    let session = desk.session(first());
    let back = slot(session.facts.at, BEN, Place::Online);
    assert_eq!(
        desk.refuse_from(BEN_SIGNED_IN, reschedule(&session, back)),
        Refusal::NotPermitted {
            grant: Grant::OrganisationSessions
        }
    );
}

#[test]
fn an_ended_session_can_be_moved_for_the_record_and_tells_nobody() {
    let mut desk = at(AFTER);
    let session = desk.session(first());
    let flags = desk.accept(reschedule(&session, with_ann(span("2026-03-03 08:00", 50))));
    assert_eq!(flags, [], "the past has no hours");
    assert_eq!(desk.queued(), None);
}

#[test]
fn cancelled_and_no_show_sessions_are_neither_moved_nor_changed_nor_missed() {
    let mut cancelled = at(AFTER);
    cancelled.accept(cancel(first()));
    let mut missed = at(AFTER);
    missed.accept(no_show(first()));
    for (mut desk, phase) in [(cancelled, Phase::Cancelled), (missed, Phase::NoShow)] {
        let session = desk.session(first());
        let to = with_ann(span("2026-03-05 10:00", 50));
        assert_eq!(desk.refuse(reschedule(&session, to)), state(phase));
        assert_eq!(
            desk.refuse(lengthen(&session, kl("2026-03-03 11:30"))),
            state(phase)
        );
        assert_eq!(desk.refuse(remind(first(), Channel::Email)), state(phase));
        if phase == Phase::NoShow {
            assert_eq!(desk.refuse(cancel(first())), state(phase));
        } else {
            assert_eq!(desk.refuse(no_show(first())), state(phase));
            assert_eq!(desk.refuse(undo_no_show(first())), state(phase));
        }
    }
}

#[test]
fn added_time_is_checked_and_what_comes_next_is_named() {
    let mut desk = booked();
    desk.accept(book(
        session_id(2),
        slot(span("2026-03-03 11:00", 50), BEN, Place::Room(ROOM_1)),
    ));
    let session = desk.session(first());
    let Refusal::NotAvailable { unavailable } =
        desk.refuse(lengthen(&session, kl("2026-03-03 11:01")))
    else {
        panic!("the room is taken")
    };
    assert_eq!(unavailable.therapist, []);
    assert!(
        matches!(unavailable.room[..], [Cause::Taken { session, .. }] if session == session_id(2))
    );
    desk.accept(lengthen(&session, kl("2026-03-03 11:00")));
}

#[test]
fn a_session_can_be_made_shorter_where_it_could_not_be_booked() {
    let mut desk = booked();
    desk.put(every_day(Owner::Therapist(ANN), 14 * 60, 16 * 60));
    let session = desk.session(first());
    assert_eq!(desk.accept(lengthen(&session, kl("2026-03-03 10:30"))), []);
    let facts = desk.session(first()).facts;
    assert_eq!((facts.at.minutes(), facts.sequence), (30, 1));
    assert_eq!(
        desk.queued().expect("told").facts.kind,
        NoticeKind::DurationModified
    );
}

#[test]
fn the_same_end_changes_nothing() {
    let mut desk = booked();
    let session = desk.session(first());
    assert_eq!(
        desk.accept(lengthen(&session, session.facts.at.end)),
        [Flag::AlreadySo]
    );
}

#[test]
fn what_happened_is_recorded_after_the_end_without_telling() {
    let mut desk = at(AFTER);
    let session = desk.session(first());
    desk.accept(lengthen(&session, kl("2026-03-03 11:10")));
    assert_eq!(desk.queued(), None);
}

#[test]
fn a_no_show_is_marked_from_the_start_on_and_by_the_click() {
    assert_eq!(at(BEFORE).refuse(no_show(first())), state(Phase::Future));
    at(DURING).accept(no_show(first()));
    at(AFTER).accept(no_show(first()));
    let mut clicked_early = at(DURING);
    clicked_early.made_at = Some(kl("2026-03-03 09:59"));
    assert_eq!(clicked_early.refuse(no_show(first())), state(Phase::Future));
}

#[test]
fn a_no_show_stays_on_the_calendar_and_twice_is_once() {
    let mut desk = at(DURING);
    desk.accept(no_show(first()));
    assert_eq!(desk.session(first()).facts.status, SessionStatus::NoShow);
    assert!(
        matches!(
            desk.refuse(book(session_id(2), with_ann(span("2026-03-03 10:30", 50)))),
            Refusal::NotAvailable { .. }
        ),
        "it still holds therapist and room"
    );
    assert_eq!(desk.accept(no_show(first())), [Flag::AlreadySo]);
    assert_eq!(desk.queued(), None, "nobody is told that they did not come");
}

fn free_rest() -> MarkNoShow {
    MarkNoShow {
        free_rest: true,
        ..no_show(first())
    }
}

#[test]
fn the_rest_of_a_no_show_can_be_freed_from_the_minute_of_the_click() {
    let mut desk = at(DURING);
    desk.now = desk.now + 42;
    desk.accept(free_rest());
    assert_eq!(
        desk.session(first()).facts.freed_from,
        Some(kl("2026-03-03 10:20"))
    );
    desk.accept(book(session_id(2), with_ann(span("2026-03-03 10:20", 30))));
}

#[test]
fn there_is_nothing_to_free_before_the_first_minute_has_passed_or_after_the_end() {
    for now in ["2026-03-03 10:00", "2026-03-03 10:50", AFTER] {
        let mut desk = at(now);
        desk.accept(free_rest());
        assert_eq!(desk.session(first()).facts.freed_from, None, "at {now}");
        assert!(
            desk.history()
                .contains(&Happened::NoShow { freed_rest: false })
        );
    }
}

#[test]
fn undoing_a_no_show_takes_the_freed_rest_back_only_if_nobody_has_it() {
    let mut desk = at(DURING);
    desk.accept(free_rest());
    desk.accept(undo_no_show(first()));
    assert_eq!(desk.session(first()).facts.freed_from, None);
    desk.accept(free_rest());
    desk.accept(book(session_id(2), with_ann(span("2026-03-03 10:20", 30))));
    assert!(matches!(
        desk.refuse(undo_no_show(first())),
        Refusal::NotAvailable { .. }
    ));
    assert_eq!(booked().accept(undo_no_show(first())), [Flag::AlreadySo]);
}

#[test]
fn undoing_a_no_show_asks_no_one_about_hours_again() {
    let mut desk = Desk::new();
    desk.accept(BookSession {
        slot: slot(span("2026-03-03 10:00", 50), BEN, Place::Room(ROOM_1)),
        ..tuesday_at_ten()
    });
    desk.put(every_day(Owner::Therapist(BEN), 14 * 60, 16 * 60));
    desk.now = kl(DURING);
    desk.by(DESK, free_rest()).expect("everyone's sessions");
    let decision = desk
        .by(DESK, undo_no_show(first()))
        .expect("it was booked before");
    assert_eq!(decision.flags, []);
}

#[test]
fn a_turnover_that_became_shorter_meanwhile_cannot_make_an_undo_overlap() {
    // Freed at 10:20 with 15 minutes of turnover; then the room's turnover is set to 0 and the room is booked from
    // 10:50. Taking the rest back needs [10:00, 10:50) only, and must not bring the old turnover back with it.
    let mut desk = Desk::new();
    desk.accept(BookSession {
        slot: slot(span("2026-03-03 10:00", 50), ANN, Place::Room(ROOM_2)),
        ..tuesday_at_ten()
    });
    desk.now = kl(DURING);
    desk.accept(free_rest());
    desk.put(room(ROOM_2, 0));
    desk.accept(book(
        session_id(2),
        slot(span("2026-03-03 10:50", 50), BEN, Place::Room(ROOM_2)),
    ));
    desk.accept(undo_no_show(first()));
}

#[test]
fn a_session_is_confirmed_and_no_longer_until_it_is_over() {
    let mark = |confirmed| ConfirmSession {
        session: first(),
        confirmed,
    };
    for now in [BEFORE, DURING] {
        let mut desk = at(now);
        assert_eq!(desk.accept(mark(true)), []);
        assert_eq!(desk.accept(mark(true)), [Flag::AlreadySo]);
        assert_eq!(desk.accept(mark(false)), []);
    }
    let over = Refusal::SessionState {
        session: first(),
        phase: Phase::Ended,
    };
    assert_eq!(at(AFTER).refuse(mark(true)), over);
    let mut desk = booked();
    desk.accept(cancel(first()));
    let phase = Phase::Cancelled;
    assert_eq!(
        desk.refuse(mark(true)),
        Refusal::SessionState {
            session: first(),
            phase
        }
    );
}

#[test]
fn the_word_on_screen_follows_the_clock() {
    let mut desk = booked();
    let word = |desk: &Desk, now: &str| desk.session(first()).facts.word(kl(now));
    assert_eq!(word(&desk, BEFORE), StatusWord::Scheduled);
    desk.accept(ConfirmSession {
        session: first(),
        confirmed: true,
    });
    assert_eq!(word(&desk, BEFORE), StatusWord::Confirmed);
    assert_eq!(word(&desk, "2026-03-03 10:00"), StatusWord::InSession);
    assert_eq!(word(&desk, "2026-03-03 10:50"), StatusWord::Completed);
    desk.now = kl(AFTER);
    desk.accept(no_show(first()));
    assert_eq!(word(&desk, AFTER), StatusWord::NoShow);
    desk.accept(undo_no_show(first()));
    desk.accept(cancel(first()));
    assert_eq!(word(&desk, AFTER), StatusWord::Cancelled);
}
