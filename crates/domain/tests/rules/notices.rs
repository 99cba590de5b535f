//! The client is told once and never falsely: what is queued, merged, withdrawn and answered.

use crate::support::*;
use NoticeState::{Expired, Failed, OnHold, Queued, Sending, Sent, Uncertain, Withdrawn};
use safetalk_domain::actions::Denial;
use safetalk_domain::decide::{Flag, NotTold};
use safetalk_domain::intent::*;
use safetalk_domain::*;

/// Booked for Tuesday at ten, and Maya knows it.
pub(super) fn told() -> Desk {
    let mut desk = waiting();
    let notice = desk.queued().expect("the booking is told").id;
    desk.deliver(notice);
    desk.later(1);
    desk
}

/// Booked for Tuesday at ten; the message waits.
pub(super) fn waiting() -> Desk {
    let mut desk = Desk::new();
    desk.accept(BookSession {
        notify: true,
        ..tuesday_at_ten()
    });
    desk
}

/// To Wednesday at `time`.
fn move_to(desk: &mut Desk, time: &str, notify: bool) -> Vec<Flag> {
    let session = desk.session(first());
    let to = with_ann(span(&format!("2026-03-04 {time}"), 50));
    desk.accept(RescheduleSession {
        notify,
        ..reschedule(&session, to)
    })
}

/// Back to Tuesday at ten.
fn back(desk: &Desk) -> RescheduleSession {
    reschedule(
        &desk.session(first()),
        with_ann(span("2026-03-03 10:00", 50)),
    )
}

fn snapshot(desk: &Desk) -> Snapshot {
    desk.session(first()).facts.snapshot()
}

pub(super) fn stands(desk: &Desk, id: NoticeId) -> (NoticeState, Option<NoticeCause>) {
    let facts = desk.notice(id).facts;
    (facts.state, facts.cause)
}

#[test]
fn what_the_client_knows_is_what_was_sent() {
    let desk = told();
    let told = desk.told(first()).expect("sent");
    assert_eq!(told.what, snapshot(&desk));
    assert!(matches!(told.how, TellHow::Notice(_)));
    assert_eq!(waiting().told(first()), None, "what waits is not known");
}

#[test]
fn a_change_says_what_it_replaces() {
    let mut desk = told();
    let before = snapshot(&desk);
    move_to(&mut desk, "10:00", true);
    let facts = desk.queued().expect("news").facts;
    assert_eq!(
        (facts.instead_of, facts.tells),
        (Some(before), Some(snapshot(&desk)))
    );
    assert_eq!(
        facts.sequence, 1,
        "the client's calendar orders changes by it"
    );
}

#[test]
fn a_later_change_takes_the_place_of_one_that_still_waits() {
    let mut desk = told();
    move_to(&mut desk, "10:00", true);
    let one = desk.queued().expect("news").id;
    move_to(&mut desk, "11:00", true);
    assert_eq!(stands(&desk, one), (Withdrawn, Some(NoticeCause::Merged)));
    assert_eq!(
        desk.queued().expect("news").facts.tells,
        Some(snapshot(&desk))
    );
}

#[test]
fn a_change_nobody_tells_of_takes_back_what_would_now_be_false() {
    let mut desk = waiting();
    let booking = desk.queued().expect("news").id;
    move_to(&mut desk, "10:00", false);
    assert_eq!(
        stands(&desk, booking),
        (Withdrawn, Some(NoticeCause::Overtaken))
    );
    assert_eq!(desk.queued(), None);
}

#[test]
fn moving_back_to_what_the_client_knows_sends_nothing() {
    let mut desk = told();
    move_to(&mut desk, "10:00", true);
    let there = desk.queued().expect("news").id;
    let body = back(&desk);
    assert_eq!(desk.accept(body), []);
    assert_eq!(desk.queued(), None, "they know it already");
    assert_eq!(
        stands(&desk, there),
        (Withdrawn, Some(NoticeCause::Overtaken))
    );
}

#[test]
fn moving_back_while_the_change_is_on_its_way_is_told() {
    for state in [Sending, Uncertain] {
        let mut desk = told();
        move_to(&mut desk, "10:00", true);
        let there = desk.queued().expect("news").id;
        desk.courier(there, Sending).expect("taken");
        if state == Uncertain {
            desk.courier(there, Uncertain).expect("the line was cut");
        }
        desk.later(1);
        let body = back(&desk);
        desk.accept(body);
        let answer = desk
            .queued()
            .expect("the client may believe Wednesday")
            .facts;
        assert_eq!(answer.tells, Some(snapshot(&desk)), "{state:?}");
        let told = desk.told(first());
        let look = decide::look_again(
            &answer,
            Some(&desk.session(first()).facts),
            told.as_ref(),
            &desk.client(MAYA).facts,
            None,
            false,
            desk.now,
        );
        assert_eq!(
            look,
            decide::Look::Send,
            "{state:?}: knowing it before does not count"
        );
    }
}

#[test]
fn what_was_in_doubt_before_the_client_was_told_again_is_answered_already() {
    let mut desk = told();
    move_to(&mut desk, "10:00", true);
    let lost = desk.queued().expect("news").id;
    desk.courier(lost, Sending).expect("taken");
    desk.courier(lost, Uncertain).expect("the line was cut");
    desk.later(1);
    let body = RescheduleSession {
        notify: false,
        ..back(&desk)
    };
    desk.accept(body);
    desk.accept(told_myself(first()));
    desk.later(1);
    move_to(&mut desk, "12:00", false);
    let body = back(&desk);
    desk.accept(body);
    assert_eq!(desk.queued(), None, "they were told in person since");
}

#[test]
fn a_drag_holds_its_notice_and_undoing_it_within_the_hold_sends_nothing() {
    let mut desk = told();
    let session = desk.session(first());
    let to = with_ann(span("2026-03-04 10:00", 50));
    desk.accept(RescheduleSession {
        hold_seconds: 10,
        ..reschedule(&session, to)
    });
    let held = desk.queued().expect("offered in the toast");
    assert_eq!(
        (held.facts.state, held.facts.not_before),
        (OnHold, desk.now + 10)
    );
    let body = back(&desk);
    assert_eq!(desk.undo(body), []);
    assert_eq!(
        stands(&desk, held.id),
        (Withdrawn, Some(NoticeCause::Undone))
    );
    assert_eq!(desk.queued(), None);
}

#[test]
fn undoing_a_change_the_client_knows_tells_the_opposite_with_a_flag() {
    for state in [Sending, Sent, Uncertain] {
        let mut desk = told();
        move_to(&mut desk, "10:00", true);
        let undone = desk.last;
        let notice = desk.queued().expect("news").id;
        desk.courier(notice, Sending).expect("taken");
        if state != Sending {
            desk.courier(notice, state).expect("and then");
        }
        desk.later(1);
        let body = back(&desk);
        desk.undoes = Some(undone);
        assert_eq!(desk.accept(body), [Flag::ToldTheOpposite], "{state:?}");
        assert_eq!(
            desk.queued().expect("news").facts.tells,
            Some(snapshot(&desk))
        );
    }
}

#[test]
fn undoing_what_a_person_told_is_told_too() {
    let mut desk = told();
    move_to(&mut desk, "10:00", false);
    let undone = desk.last;
    desk.accept(told_myself(first()));
    let body = back(&desk);
    desk.undoes = Some(undone);
    assert_eq!(desk.accept(body), [Flag::ToldTheOpposite]);
    assert!(desk.queued().is_some(), "they believe Wednesday");
}

#[test]
fn undoing_what_was_never_said_says_nothing() {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    desk.undo(cancel(first()));
    assert_eq!(desk.notices(), [], "nobody heard of the booking");
    let mut desk = waiting();
    let booking = desk.queued().expect("waits").id;
    desk.undo(cancel(first()));
    assert_eq!(
        stands(&desk, booking),
        (Withdrawn, Some(NoticeCause::Undone))
    );
    assert_eq!(desk.queued(), None);
}

#[test]
fn undoing_a_change_brings_back_the_news_that_was_merged_into_it() {
    // The booking waits, a move takes its place, the move is undone: now the booking has to be told after all.
    for notify in [true, false] {
        let mut desk = waiting();
        let booking = desk.queued().expect("waits").id;
        move_to(&mut desk, "10:00", notify);
        assert_eq!(stands(&desk, booking).0, Withdrawn);
        let body = back(&desk);
        assert_eq!(desk.undo(body), []);
        let news = desk
            .queued()
            .expect("or the client would never hear of it")
            .facts;
        assert_eq!(
            (news.kind, news.tells),
            (NoticeKind::Booked, Some(snapshot(&desk)))
        );
    }
}

#[test]
fn a_new_link_is_told_although_the_time_stays() {
    let online = |link: &str| Slot {
        place_text: Some(link.to_owned()),
        ..slot(span("2026-03-03 10:00", 50), ANN, Place::Online)
    };
    let mut desk = Desk::new();
    desk.accept(book(first(), online("https://a.example")));
    let notice = desk.queued().expect("news").id;
    desk.deliver(notice);
    desk.later(1);
    let session = desk.session(first());
    desk.accept(reschedule(&session, online("https://b.example")));
    let news = desk.queued().expect("the old link leads nowhere").facts;
    assert_eq!((news.instead_of, news.sequence), (None, 1));
}

#[test]
fn cancelling_takes_back_reminders_that_wait_and_reports_the_cancellation_once() {
    let mut desk = told();
    desk.accept(remind(first(), Channel::Email));
    let mail = desk.queued().expect("waits").id;
    desk.accept(remind(first(), Channel::Whatsapp));
    let draft = desk.queued().expect("a draft").id;
    desk.accept(cancel(first()));
    for reminder in [mail, draft] {
        assert_eq!(
            stands(&desk, reminder),
            (Withdrawn, Some(NoticeCause::Merged))
        );
    }
    let news = desk.queued().expect("news").facts;
    assert!(!news.tells.expect("a session").stands);
    desk.accept(cancel(first()));
    assert_eq!(desk.queued(), None);
}

#[test]
fn invoices_are_about_money_and_outlive_a_cancellation() {
    let mut desk = told();
    desk.accept(draft(1, Some(first())));
    desk.accept(IssueInvoice {
        invoice: invoice_id(1),
    });
    desk.accept(SendInvoice {
        invoice: invoice_id(1),
        channel: Channel::Email,
    });
    let bill = desk.queued().expect("waits").id;
    desk.accept(cancel(first()));
    assert_eq!(stands(&desk, bill), (Queued, None));
}

#[test]
fn a_no_show_takes_back_what_waits_and_queues_nothing() {
    let mut desk = waiting();
    let booking = desk.queued().expect("waits").id;
    desk.now = kl("2026-03-03 10:20");
    desk.accept(no_show(first()));
    assert_eq!(
        stands(&desk, booking),
        (Withdrawn, Some(NoticeCause::Overtaken))
    );
    assert_eq!(desk.queued(), None);
}

#[test]
fn a_failed_message_is_replaced_by_the_next_one() {
    let mut desk = waiting();
    let failed = desk.queued().expect("waits").id;
    desk.courier_because(failed, Failed, Some(NoticeCause::WrongPassword))
        .expect("failed");
    move_to(&mut desk, "10:00", true);
    assert_eq!(
        stands(&desk, failed),
        (Withdrawn, Some(NoticeCause::Merged))
    );
}

#[test]
fn telling_in_person_takes_back_what_waits_and_is_known_from_then_on() {
    let mut desk = waiting();
    let booking = desk.queued().expect("waits").id;
    desk.accept(told_myself(first()));
    assert_eq!(
        stands(&desk, booking),
        (Withdrawn, Some(NoticeCause::ToldPersonally))
    );
    let told = desk.told(first()).expect("told");
    assert_eq!(
        (told.what, told.how),
        (snapshot(&desk), TellHow::Personally(OWNER))
    );
    assert!(desk.history().contains(&Happened::ToldPersonally));
}

#[test]
fn a_session_moved_out_of_the_past_that_the_client_expects_is_still_told() {
    // Told of Thursday; moved to a time that is over: they would come on Thursday for nothing.
    let mut desk = Desk::new();
    desk.accept(book(first(), with_ann(span("2026-03-05 10:00", 50))));
    let notice = desk.queued().expect("news").id;
    desk.deliver(notice);
    let session = desk.session(first());
    let flags = desk.accept(reschedule(&session, with_ann(span("2026-03-01 10:00", 50))));
    assert_eq!(flags, []);
    let news = desk.queued().expect("news").facts;
    assert_eq!(
        news.expires,
        Some(kl("2026-03-05 10:50")),
        "until the session they expect is over"
    );
}

#[test]
fn an_ended_session_moved_into_the_future_is_told_and_one_moved_within_the_past_is_not() {
    for (to, is_told) in [("2026-03-05 10:00", true), ("2026-03-03 08:00", false)] {
        let mut desk = told();
        desk.now = kl("2026-03-03 12:00");
        let session = desk.session(first());
        let flags = desk.accept(reschedule(&session, with_ann(span(to, 50))));
        assert_eq!(flags, [], "{to}");
        assert_eq!(desk.queued().is_some(), is_told, "{to}");
    }
}

#[test]
fn an_ended_session_moved_into_the_future_says_so_when_nobody_can_be_told() {
    let mut desk = told();
    desk.edit_client(|maya| maya.facts.may_email = None);
    desk.now = kl("2026-03-03 12:00");
    let session = desk.session(first());
    let why = NotTold::Reach {
        why: NoReach::NoConsent,
    };
    assert_eq!(
        desk.accept(reschedule(&session, with_ann(span("2026-03-05 10:00", 50)))),
        [Flag::NotTold { why, client: None }]
    );
}

#[test]
fn a_notice_expires_with_the_session_and_a_reminder_at_its_start() {
    let mut desk = waiting();
    assert_eq!(
        desk.queued().expect("news").facts.expires,
        Some(kl("2026-03-03 10:50"))
    );
    desk.accept(remind(first(), Channel::Email));
    let reminder = desk.queued().expect("waits").facts;
    assert_eq!(reminder.expires, Some(kl("2026-03-03 10:00")));
    assert_eq!(
        (reminder.kind, reminder.instead_of),
        (NoticeKind::Reminder, None)
    );
}

#[test]
fn a_second_reminder_within_twelve_hours_is_asked_about() {
    for (sent, minutes, asks) in [
        (false, 1, true),
        (true, 12 * 60 - 1, true),
        (true, 12 * 60, false),
    ] {
        let mut desk = told();
        desk.accept(remind(first(), Channel::Email));
        let at = desk.now;
        if sent {
            let reminder = desk.queued().expect("waits").id;
            desk.deliver(reminder);
        }
        desk.later(minutes);
        let result = desk.by(OWNER, remind(first(), Channel::Email));
        let expected = if asks {
            Err(Refusal::RecentlyReminded { at })
        } else {
            Ok(())
        };
        assert_eq!(
            result.map(drop),
            expected,
            "sent: {sent}, {minutes} minutes later"
        );
        desk.accept(SendReminder {
            again: true,
            ..remind(first(), Channel::Email)
        });
        desk.accept(remind(first(), Channel::Whatsapp));
    }
}

#[test]
fn a_reminder_that_never_went_does_not_count() {
    for state in [Failed, Expired, Withdrawn] {
        let mut desk = told();
        desk.accept(remind(first(), Channel::Email));
        let reminder = desk.queued().expect("waits").id;
        desk.courier(reminder, state).expect("settled");
        desk.accept(remind(first(), Channel::Email));
    }
}

#[test]
fn whether_a_reminder_may_still_go_is_decided_by_now_and_not_by_the_click() {
    let mut desk = told();
    desk.now = kl("2026-03-03 10:00");
    desk.made_at = Some(kl("2026-03-03 08:00"));
    let denial = Denial::State {
        phase: Phase::Running,
    };
    assert_eq!(
        desk.refuse(remind(first(), Channel::Email)),
        Refusal::Denied { denial }
    );
}

#[test]
fn a_change_that_cannot_be_told_still_takes_back_what_would_be_false() {
    let mut desk = waiting();
    let booking = desk.queued().expect("waits").id;
    desk.edit_client(|maya| maya.facts.do_not_contact = true);
    let why = NotTold::Reach {
        why: NoReach::DoNotContact,
    };
    assert_eq!(
        move_to(&mut desk, "10:00", true),
        [Flag::NotTold { why, client: None }]
    );
    assert_eq!(
        stands(&desk, booking),
        (Withdrawn, Some(NoticeCause::Overtaken))
    );
}
