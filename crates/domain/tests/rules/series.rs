//! A repetition: told in one mail, taken back in one step, and every occurrence known for itself.

use crate::support::*;
use NoticeState::{Queued, Sending, Sent, Withdrawn};
use safetalk_domain::decide::Flag;
use safetalk_domain::intent::*;
use safetalk_domain::*;

fn tuesdays(n: i64) -> Vec<Slot> {
    (0..n)
        .map(|week| {
            let at = span("2026-03-03 10:00", 50);
            let ahead = 7 * 24 * week;
            with_ann(Interval::new(
                at.start.plus_hours(ahead),
                at.end.plus_hours(ahead),
            ))
        })
        .collect()
}

/// Three Tuesdays, booked and not yet told.
fn booked() -> Desk {
    let mut desk = Desk::new();
    desk.accept(series(tuesdays(3)));
    desk
}

/// The notices the last click queued, as the courier takes them: the first one carries the others.
fn letter(desk: &Desk) -> (NoticeId, Vec<NoticeId>) {
    let mut made: Vec<NoticeId> = desk
        .notices()
        .into_iter()
        .filter(|notice| notice.facts.intent == desk.last && notice.facts.state == Queued)
        .map(|notice| notice.id)
        .collect();
    made.sort();
    (made[0], made[1..].to_vec())
}

fn record(
    desk: &mut Desk,
    (notice, with): &(NoticeId, Vec<NoticeId>),
    state: NoticeState,
) -> Result<Decision, Refusal> {
    let body = Body::RecordDelivery(RecordDelivery {
        notice: *notice,
        state,
        cause: None,
        not_before: None,
        counted: false,
        rendered: None,
        with: with.clone(),
    });
    desk.act(Actor::Courier, body)
}

fn send(desk: &mut Desk) {
    let letter = letter(desk);
    record(desk, &letter, Sending).expect("they go together");
    record(desk, &letter, Sent).expect("the server took it");
}

fn statuses(desk: &Desk) -> Vec<SessionStatus> {
    (1..=3)
        .map(|n| desk.session(session_id(n)).facts.status)
        .collect()
}

#[test]
fn the_notices_of_a_repetition_go_together_and_others_do_not() {
    let mut desk = booked();
    let of_series: Vec<NoticeFacts> = desk.notices().into_iter().map(|it| it.facts).collect();
    assert_eq!(of_series.len(), 3, "every occurrence has its own");
    assert!(of_series[0].goes_with(&of_series[1]));
    desk.accept(remind(first(), Channel::Email));
    let reminder = desk.notices().pop().expect("it waits").facts;
    assert!(!reminder.goes_with(&of_series[0]));
    assert!(!reminder.goes_with(&reminder), "a reminder goes alone");
    let third = desk.session(session_id(3));
    let to = with_ann(span("2026-03-18 10:00", 50));
    desk.accept(reschedule(&third, to));
    let moved = desk.notices().pop().expect("it waits").facts;
    assert!(!of_series[0].goes_with(&moved), "another click");
}

#[test]
fn one_mail_tells_of_every_occurrence() {
    let mut desk = booked();
    let whole = letter(&desk);
    record(&mut desk, &whole, Sending).expect("they go together");
    assert_eq!(desk.notice(whole.0).facts.carries, whole.1);
    for id in &whole.1 {
        let facts = desk.notice(*id).facts;
        assert_eq!((facts.state, facts.carries), (Sending, vec![]));
    }
    record(&mut desk, &whole, Sent).expect("the server took it");
    for n in 1..=3 {
        let session = desk.session(session_id(n));
        let told = desk.told(session.id).expect("they know");
        assert_eq!(told.what, session.facts.snapshot(), "occurrence {n}");
    }
}

#[test]
fn an_occurrence_changed_meanwhile_keeps_the_whole_mail_from_saying_what_is_not() {
    let mut desk = booked();
    let whole = letter(&desk);
    desk.accept(cancel(session_id(2)));
    assert_eq!(
        record(&mut desk, &whole, Sending).expect_err("one of them was taken back"),
        Refusal::NoticeState { state: Withdrawn },
        "the mail was written with its date in it"
    );
    assert!(
        desk.notices().iter().all(|it| it.facts.state != Sending),
        "none of them went"
    );
}

#[test]
fn taken_back_before_it_went_nobody_hears_of_it() {
    let mut desk = booked();
    assert_eq!(desk.undo(cancel_series(3)), []);
    assert_eq!(statuses(&desk), [SessionStatus::Cancelled; 3]);
    for notice in desk.notices() {
        assert_eq!(
            (notice.facts.state, notice.facts.cause),
            (Withdrawn, Some(NoticeCause::Undone))
        );
    }
    // Their slots are free at once.
    desk.accept(BookSession {
        notify: false,
        ..book(session_id(9), tuesdays(3).remove(2))
    });
}

#[test]
fn taken_back_after_it_went_every_cancellation_goes_in_one_mail() {
    let mut desk = booked();
    let booking = desk.last;
    send(&mut desk);
    desk.undoes = Some(booking);
    assert_eq!(desk.accept(cancel_series(3)), [Flag::ToldTheOpposite]);
    let whole = letter(&desk);
    assert_eq!(whole.1.len(), 2, "one mail for all three");
    let kinds: Vec<NoticeKind> = std::iter::once(&whole.0)
        .chain(&whole.1)
        .map(|id| desk.notice(*id).facts.kind)
        .collect();
    assert_eq!(kinds, [NoticeKind::Cancelled; 3]);
    send(&mut desk);
    for n in 1..=3 {
        assert!(!desk.told(session_id(n)).expect("they know").what.stands);
    }
}

#[test]
fn what_somebody_changed_since_is_theirs_and_stays() {
    let mut desk = booked();
    let second = desk.session(session_id(2));
    desk.accept(reschedule(&second, with_ann(span("2026-03-11 10:00", 50))));
    desk.accept(cancel(session_id(3)));
    desk.accept(restore(session_id(3)));
    desk.accept(cancel_series(3));
    assert_eq!(
        statuses(&desk),
        [
            SessionStatus::Cancelled,
            SessionStatus::Scheduled,
            SessionStatus::Scheduled
        ],
        "only what stands as it was booked is taken back"
    );
    assert_eq!(desk.accept(cancel_series(3)), [Flag::AlreadySo]);
}

#[test]
fn what_has_begun_is_not_taken_back() {
    let mut desk = booked();
    desk.now = kl("2026-03-10 10:10");
    desk.accept(cancel_series(3));
    assert_eq!(
        statuses(&desk),
        [
            SessionStatus::Scheduled,
            SessionStatus::Scheduled,
            SessionStatus::Cancelled
        ]
    );
}

#[test]
fn a_session_of_another_repetition_is_not_touched() {
    let mut desk = booked();
    desk.accept(BookSession {
        notify: false,
        ..book(session_id(9), with_ann(span("2026-03-04 10:00", 50)))
    });
    let other = CancelSeries {
        sessions: vec![session_id(9)],
        ..cancel_series(3)
    };
    assert_eq!(desk.accept(other), [Flag::AlreadySo]);
    assert_eq!(
        desk.session(session_id(9)).facts.status,
        SessionStatus::Scheduled
    );
}
