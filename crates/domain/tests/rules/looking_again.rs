//! Before a notice leaves, the courier looks again: still true, still news, still in time.

use crate::support::*;
use NoticeCause::{
    AlreadyTold, InvoicePaid, InvoiceVoid, MayNotBeReached, Merged, Overtaken, TooLate,
};
use NoticeState::{Expired, Withdrawn};
use safetalk_domain::decide::{Flag, Look, NotTold, look_again, needs_choice};
use safetalk_domain::intent::{
    BookSession, EditClinic, IssueInvoice, RetryNotice, SendInvoice, VoidInvoice,
};
use safetalk_domain::*;

/// Everything the courier looks at, with a booking that waits and may go.
struct Case {
    notice: NoticeFacts,
    session: Option<SessionFacts>,
    told: Option<Told>,
    client: ClientFacts,
    invoice: Option<InvoiceFacts>,
    later_waits: bool,
    now: Moment,
}

impl Case {
    fn of(kind: NoticeKind) -> Self {
        let mut desk = Desk::new();
        desk.accept(BookSession {
            notify: true,
            ..tuesday_at_ten()
        });
        match kind {
            NoticeKind::Reminder => drop(desk.accept(remind(first(), Channel::Email))),
            NoticeKind::Invoice => {
                desk.accept(draft(1, Some(first())));
                desk.accept(IssueInvoice {
                    invoice: invoice_id(1),
                });
                desk.accept(SendInvoice {
                    invoice: invoice_id(1),
                    channel: Channel::Email,
                });
            }
            _ => {}
        }
        Self {
            notice: desk.queued().expect("it waits").facts,
            session: Some(desk.session(first()).facts),
            told: None,
            client: desk.client(MAYA).facts,
            invoice: desk.invoices().pop().map(|invoice| invoice.facts),
            later_waits: false,
            now: desk.now.plus_minutes(1),
        }
    }

    fn look(&self) -> Look {
        look_again(
            &self.notice,
            self.session.as_ref(),
            self.told.as_ref(),
            &self.client,
            self.invoice.as_ref(),
            self.later_waits,
            self.now,
        )
    }

    fn session(&mut self) -> &mut SessionFacts {
        self.session.as_mut().expect("there is one")
    }

    fn know(&mut self, at: Moment) {
        self.told = Some(Told {
            id: Told::id_of(first(), MAYA),
            session: first(),
            client: MAYA,
            what: self.notice.tells.clone().expect("it tells of a session"),
            at,
            how: TellHow::Personally(OWNER),
        });
    }
}

#[test]
fn what_is_true_news_and_in_time_is_sent() {
    for kind in [
        NoticeKind::Booked,
        NoticeKind::Reminder,
        NoticeKind::Invoice,
    ] {
        assert_eq!(Case::of(kind).look(), Look::Send, "{kind:?}");
    }
}

#[test]
fn nothing_is_sent_late() {
    for (kind, last, first_too_late) in [
        (NoticeKind::Booked, "2026-03-03 10:49", "2026-03-03 10:50"),
        (NoticeKind::Reminder, "2026-03-03 09:59", "2026-03-03 10:00"),
    ] {
        let mut case = Case::of(kind);
        case.now = kl(last);
        assert_eq!(case.look(), Look::Send, "{kind:?} at {last}");
        case.now = kl(first_too_late);
        assert_eq!(
            case.look(),
            Look::Settle(Expired, TooLate),
            "{kind:?} at {first_too_late}"
        );
        case.client.do_not_contact = true;
        assert_eq!(
            case.look(),
            Look::Settle(Expired, TooLate),
            "that it is over is said first"
        );
    }
}

#[test]
fn what_is_held_waits() {
    let mut case = Case::of(NoticeKind::Booked);
    case.notice.not_before = case.now + 9;
    assert_eq!(case.look(), Look::Wait(case.now + 9));
    case.notice.not_before = case.now;
    assert_eq!(
        case.look(),
        Look::Send,
        "the hold ends with its last second"
    );
}

#[test]
fn nobody_is_written_to_against_their_will() {
    type Change = fn(&mut ClientFacts);
    let changes: [Change; 3] = [
        |client| client.may_email = None,
        |client| client.has_email = false,
        |client| client.do_not_contact = true,
    ];
    for kind in [
        NoticeKind::Booked,
        NoticeKind::Reminder,
        NoticeKind::Invoice,
    ] {
        for change in changes {
            let mut case = Case::of(kind);
            change(&mut case.client);
            assert_eq!(
                case.look(),
                Look::Settle(Withdrawn, MayNotBeReached),
                "{kind:?}"
            );
        }
        let mut case = Case::of(kind);
        case.client.may_whatsapp = None;
        assert_eq!(
            case.look(),
            Look::Send,
            "the other channel's consent is not asked for"
        );
    }
}

#[test]
fn what_the_client_knows_by_now_is_not_said_again() {
    let mut case = Case::of(NoticeKind::Booked);
    case.know(case.now);
    assert_eq!(case.look(), Look::Settle(Withdrawn, AlreadyTold));
    case.know(case.notice.decided());
    assert_eq!(case.look(), Look::Settle(Withdrawn, AlreadyTold));
}

#[test]
fn what_the_client_knew_before_it_was_queued_does_not_keep_an_answer_back() {
    let mut case = Case::of(NoticeKind::Booked);
    case.know(case.notice.decided() - 1);
    assert_eq!(
        case.look(),
        Look::Send,
        "something else was in doubt when it was queued"
    );
}

#[test]
fn what_was_learnt_between_click_and_decision_was_weighed_when_it_was_decided() {
    let mut case = Case::of(NoticeKind::Booked);
    case.notice.queued_at = case.notice.decided().plus_hours(-8);
    case.know(case.notice.decided().plus_hours(-1));
    assert_eq!(
        case.look(),
        Look::Send,
        "the ledger knew of it and queued an answer to what was in doubt all the same"
    );
    case.notice.decided_at = None;
    assert_eq!(
        case.look(),
        Look::Settle(Withdrawn, AlreadyTold),
        "one from before this was written down was decided when it was queued"
    );
}

#[test]
fn knowing_something_else_is_no_reason_to_be_silent() {
    let mut case = Case::of(NoticeKind::Booked);
    case.know(case.now);
    if let Some(told) = &mut case.told {
        told.what.place = Place::Online;
    }
    assert_eq!(case.look(), Look::Send);
}

#[test]
fn a_reminder_of_what_one_knows_is_what_a_reminder_is() {
    let mut case = Case::of(NoticeKind::Reminder);
    case.know(case.now);
    assert_eq!(case.look(), Look::Send);
}

#[test]
fn what_is_no_longer_true_is_merged_into_a_later_one_or_overtaken() {
    type Change = fn(&mut SessionFacts);
    let changes: [Change; 4] = [
        |session| session.at = span("2026-03-04 10:00", 50),
        |session| session.place = Place::Online,
        |session| session.therapist = BEN,
        |session| session.status = SessionStatus::Cancelled,
    ];
    for kind in [NoticeKind::Booked, NoticeKind::Reminder] {
        for change in changes {
            for (later_waits, cause) in [(true, Merged), (false, Overtaken)] {
                let mut case = Case::of(kind);
                change(case.session());
                case.later_waits = later_waits;
                assert_eq!(case.look(), Look::Settle(Withdrawn, cause), "{kind:?}");
            }
        }
    }
}

#[test]
fn nobody_is_reminded_of_what_they_missed() {
    let mut case = Case::of(NoticeKind::Reminder);
    case.session().status = SessionStatus::NoShow;
    assert_eq!(case.look(), Look::Settle(Withdrawn, Overtaken));
}

#[test]
fn a_notice_whose_session_is_gone_is_overtaken() {
    let mut case = Case::of(NoticeKind::Booked);
    case.session = None;
    assert_eq!(case.look(), Look::Settle(Withdrawn, Overtaken));
}

#[test]
fn a_void_invoice_is_not_sent_and_a_changed_session_does_not_stop_a_valid_one() {
    let mut case = Case::of(NoticeKind::Invoice);
    case.session().status = SessionStatus::Cancelled;
    assert_eq!(case.look(), Look::Send);
    case.invoice.as_mut().expect("there is one").status = InvoiceStatus::Void;
    assert_eq!(case.look(), Look::Settle(Withdrawn, InvoiceVoid));
    case.invoice = None;
    assert_eq!(case.look(), Look::Settle(Withdrawn, InvoiceVoid));
}

#[test]
fn what_asked_for_the_money_is_not_sent_once_it_is_paid_and_what_was_sent_after_the_payment_is() {
    let mut case = Case::of(NoticeKind::Invoice);
    assert!(case.notice.owed, "it was asked to go while it was owed");
    let invoice = case.invoice.as_mut().expect("there is one");
    invoice.status = InvoiceStatus::Paid;
    assert_eq!(case.look(), Look::Settle(Withdrawn, InvoicePaid));
    case.notice.owed = false;
    assert_eq!(case.look(), Look::Send, "a receipt, as somebody asked");
}

#[test]
fn making_an_invoice_void_takes_back_what_waits_to_send_it() {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    desk.accept(draft(1, Some(first())));
    desk.accept(IssueInvoice {
        invoice: invoice_id(1),
    });
    desk.accept(SendInvoice {
        invoice: invoice_id(1),
        channel: Channel::Email,
    });
    let waiting = desk.queued().expect("waits").id;
    desk.accept(VoidInvoice {
        invoice: invoice_id(1),
    });
    let facts = desk.notice(waiting).facts;
    assert_eq!((facts.state, facts.cause), (Withdrawn, Some(InvoiceVoid)));
}

fn waiting_booking() -> Desk {
    let mut desk = Desk::new();
    desk.accept(BookSession {
        notify: true,
        ..tuesday_at_ten()
    });
    desk
}

fn waiting(desk: &Desk) -> Notice {
    let mut waiting = desk
        .notices()
        .into_iter()
        .filter(|notice| notice.facts.state == NoticeState::Queued);
    waiting.next().expect("it waits")
}

fn asks(desk: &Desk) -> bool {
    needs_choice(&waiting(desk).facts, &desk.the_clinic().facts, desk.now)
}

#[test]
fn after_twelve_hours_without_sending_a_person_chooses() {
    let mut desk = waiting_booking();
    desk.later(12 * 60);
    assert!(!asks(&desk), "twelve hours are still all right");
    desk.later(1);
    assert!(
        asks(&desk),
        "after more than twelve it must not go by itself"
    );
}

#[test]
fn what_stood_on_hold_through_the_silence_is_asked_about_and_released_like_the_rest() {
    let mut desk = waiting_booking();
    let mut held = waiting(&desk);
    held.facts.state = NoticeState::OnHold;
    let notice = held.id;
    desk.put(held);
    desk.later(12 * 60 + 1);
    let clinic = desk.the_clinic().facts;
    assert!(
        needs_choice(&desk.notice(notice).facts, &clinic, desk.now),
        "the night was as long for it"
    );
    desk.accept(RetryNotice { notice });
    assert!(!asks(&desk));
    assert_eq!(waiting(&desk).facts.state, NoticeState::Queued);
}

#[test]
fn what_a_person_released_goes_by_itself_for_another_twelve_hours() {
    let mut desk = waiting_booking();
    desk.later(13 * 60);
    let notice = waiting(&desk).id;
    desk.accept(RetryNotice { notice });
    assert!(!asks(&desk), "the person has just said so");
    desk.later(13 * 60);
    assert!(asks(&desk), "but not for ever");
}

#[test]
fn what_waited_in_an_outbox_overnight_is_asked_about_and_expires_by_the_decision() {
    let mut desk = Desk::new();
    desk.made_at = Some(desk.now.plus_hours(-13));
    desk.accept(BookSession {
        notify: true,
        ..tuesday_at_ten()
    });
    let facts = waiting(&desk).facts;
    assert_eq!(
        (facts.queued_at, facts.decided()),
        (desk.now.plus_hours(-13), desk.now),
        "both are written down: the click and the decision"
    );
    assert!(
        asks(&desk),
        "thirteen hours after the click nobody expects it to go by itself"
    );
    desk.made_at = Some(desk.now.plus_hours(-11));
    let notice = waiting(&desk).id;
    desk.accept(RetryNotice { notice });
    assert!(
        !asks(&desk),
        "someone said eleven hours ago that it shall go"
    );
    desk.later(61);
    assert!(
        asks(&desk),
        "that click too counts from when it was made, not from when it came in"
    );
}

#[test]
fn what_waited_in_an_outbox_until_the_session_was_over_is_not_queued() {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    desk.now = kl("2026-03-03 10:50");
    desk.made_at = Some(kl("2026-03-03 09:00"));
    let flags = desk.accept(cancel(first()));
    assert_eq!(
        flags,
        [Flag::NotTold {
            why: NotTold::Past,
            client: None
        }],
        "whether it may still go is decided by now, not by the click"
    );
    assert_eq!(desk.queued(), None);
}

#[test]
fn a_reminder_out_of_an_outbox_counts_as_one_that_waits_now() {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    desk.later(60);
    desk.made_at = Some(desk.now.plus_hours(-13));
    desk.accept(remind(first(), Channel::Email));
    assert_eq!(
        desk.refuse(remind(first(), Channel::Email)),
        Refusal::RecentlyReminded { at: desk.now },
        "it waits: a second click would make two of it"
    );
}

#[test]
fn what_waited_before_there_was_an_account_is_asked_about() {
    let mut desk = waiting_booking();
    desk.later(5);
    let account = |from: Option<&str>| EditClinic {
        mail: Some(from.map(str::to_owned)),
        ..EditClinic::default()
    };
    desk.accept(account(None));
    assert_eq!(desk.the_clinic().facts.mail_since, None, "mail cannot go");
    desk.later(5);
    desk.accept(account(Some("hello@clinic.example")));
    assert!(asks(&desk), "it was queued before the account was there");
    desk.later(5);
    desk.accept(account(Some("other@clinic.example")));
    let since = desk.the_clinic().facts.mail_since;
    assert_eq!(
        since,
        Some(desk.now.plus_minutes(-5)),
        "another address is no first set-up"
    );
}

#[test]
fn telling_personally_closes_what_a_person_would_have_to_look_at() {
    let mut desk = waiting_booking();
    let notice = waiting(&desk).id;
    desk.courier(notice, NoticeState::Sending).expect("it goes");
    desk.courier(notice, NoticeState::Uncertain)
        .expect("the line was cut");
    desk.accept(told_myself(first()));
    let facts = desk.notice(notice).facts;
    assert_eq!(
        (facts.state, facts.cause),
        (Withdrawn, Some(NoticeCause::ToldPersonally)),
        "the client knows, so nobody has to decide about it"
    );
}
