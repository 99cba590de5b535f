//! What cancelling, missing and taking that back does to invoices: fees, added time, and what was paid already.

use super::invoices::{drafted, in_state, pay, status, void};
use crate::support::*;
use InvoiceStatus::{Draft, Issued, Paid, Void};
use safetalk_domain::decide::Flag;
use safetalk_domain::intent::*;
use safetalk_domain::*;
use std::collections::BTreeSet;

fn statuses(desk: &Desk) -> Vec<(InvoiceKind, InvoiceStatus, i64)> {
    let mut all: Vec<_> = desk
        .invoices()
        .into_iter()
        .map(|it| (it.facts.kind, it.facts.status, it.facts.amount.minor))
        .collect();
    all.sort_by_key(|it| format!("{it:?}"));
    all
}

const FEE: InvoiceFate = InvoiceFate::Fee {
    amount: Money {
        minor: 8000,
        currency: Currency::MYR,
    },
};

#[test]
fn what_a_cancellation_does_to_the_invoice() {
    use InvoiceKind::{LateCancelFee, Session};
    let fee = (LateCancelFee, Issued, 8000);
    for (from, fate, expected) in [
        (Draft, InvoiceFate::Keep, vec![(Session, Draft, 15000)]),
        (Issued, InvoiceFate::Keep, vec![(Session, Issued, 15000)]),
        (Draft, InvoiceFate::Void, vec![(Session, Void, 15000)]),
        (Issued, InvoiceFate::Void, vec![(Session, Void, 15000)]),
        (Paid, InvoiceFate::Void, vec![(Session, Paid, 15000)]),
        (Draft, FEE, vec![fee, (Session, Void, 15000)]),
        (Issued, FEE, vec![fee, (Session, Void, 15000)]),
        (Paid, FEE, vec![(Session, Paid, 15000)]),
    ] {
        let mut desk = in_state(from);
        desk.now = kl("2026-03-03 09:00");
        desk.accept(CancelSession {
            invoice: fate,
            ..cancel(first())
        });
        assert_eq!(statuses(&desk), expected, "{from:?} with {fate:?}");
    }
}

#[test]
fn what_a_no_show_does_to_the_invoice() {
    use InvoiceKind::{NoShowFee, Session};
    let fee = (NoShowFee, Issued, 8000);
    for (from, fate, expected) in [
        (Draft, InvoiceFate::Keep, vec![(Session, Issued, 15000)]),
        (Issued, InvoiceFate::Keep, vec![(Session, Issued, 15000)]),
        (Paid, InvoiceFate::Keep, vec![(Session, Paid, 15000)]),
        (Void, InvoiceFate::Keep, vec![(Session, Void, 15000)]),
        (Draft, InvoiceFate::Void, vec![(Session, Void, 15000)]),
        (Issued, FEE, vec![fee, (Session, Void, 15000)]),
        (Paid, FEE, vec![(Session, Paid, 15000)]),
    ] {
        let mut desk = in_state(from);
        desk.now = kl("2026-03-03 10:20");
        desk.accept(MarkNoShow {
            invoice: fate,
            ..no_show(first())
        });
        assert_eq!(statuses(&desk), expected, "{from:?} with {fate:?}");
    }
}

#[test]
fn what_was_paid_counts_towards_the_fee_and_only_the_rest_is_charged() {
    use InvoiceKind::{NoShowFee, Session};
    for (fee, expected, flags) in [
        (80, vec![(Session, Paid, 15000)], vec![Flag::FeeCovered]),
        (150, vec![(Session, Paid, 15000)], vec![Flag::FeeCovered]),
        (
            200,
            vec![(NoShowFee, Issued, 5000), (Session, Paid, 15000)],
            vec![],
        ),
    ] {
        let mut desk = in_state(Paid);
        desk.now = kl("2026-03-03 10:20");
        let told = desk.accept(MarkNoShow {
            invoice: InvoiceFate::Fee {
                amount: ringgit(fee),
            },
            ..no_show(first())
        });
        assert_eq!((statuses(&desk), told), (expected, flags), "a fee of {fee}");
        desk.accept(undo_no_show(first()));
        assert!(
            statuses(&desk).contains(&(Session, Paid, 15000)),
            "what was paid stays on record"
        );
        assert!(
            !statuses(&desk)
                .iter()
                .any(|(kind, status, _)| *kind == NoShowFee && *status == Issued),
            "the fee is taken back"
        );
    }
}

#[test]
fn a_fee_that_was_paid_is_not_charged_again_when_the_no_show_is_marked_again() {
    let mut desk = drafted();
    desk.now = kl("2026-03-03 10:20");
    let missed = || MarkNoShow {
        invoice: FEE,
        ..no_show(first())
    };
    desk.accept(missed());
    let fee = desk
        .invoices()
        .into_iter()
        .find(|it| it.facts.kind == InvoiceKind::NoShowFee)
        .expect("the fee");
    desk.accept(PayInvoice {
        invoice: fee.id,
        ..pay(1)
    });
    desk.accept(undo_no_show(first()));
    assert_eq!(desk.accept(missed()), [Flag::FeeCovered]);
    let fees = statuses(&desk);
    let fees: Vec<_> = fees
        .iter()
        .filter(|(kind, ..)| *kind == InvoiceKind::NoShowFee)
        .collect();
    assert_eq!(fees, [&(InvoiceKind::NoShowFee, Paid, 8000)]);
}

#[test]
fn taking_a_cancellation_or_a_no_show_back_drafts_the_invoice_anew_and_voids_the_fee() {
    use InvoiceKind::{LateCancelFee, NoShowFee, Session};
    let anew = |kind| {
        vec![
            (kind, Void, 8000),
            (Session, Draft, 15000),
            (Session, Void, 15000),
        ]
    };
    let mut desk = in_state(Issued);
    desk.accept(CancelSession {
        invoice: FEE,
        ..cancel(first())
    });
    desk.accept(restore(first()));
    assert_eq!(statuses(&desk), anew(LateCancelFee));
    let mut desk = in_state(Issued);
    desk.now = kl("2026-03-03 10:20");
    desk.accept(MarkNoShow {
        invoice: FEE,
        ..no_show(first())
    });
    desk.accept(undo_no_show(first()));
    assert_eq!(statuses(&desk), anew(NoShowFee));
}

#[test]
fn restoring_a_session_whose_invoice_stands_drafts_no_second_one() {
    for from in [Draft, Issued, Paid] {
        let mut desk = in_state(from);
        desk.accept(cancel(first()));
        desk.accept(restore(first()));
        assert_eq!(statuses(&desk), [(InvoiceKind::Session, from, 15000)]);
    }
}

fn extended(desk: &mut Desk, send: &[Channel]) {
    let session = desk.session(first());
    let invoice = Some(extension(2, ringgit(30), send));
    desk.accept(ModifyDuration {
        invoice,
        notify: false,
        ..lengthen(&session, kl("2026-03-03 11:00"))
    });
}

#[test]
fn added_time_is_billed_apart_issued_at_once_and_sent_as_ticked() {
    let mut desk = drafted();
    extended(&mut desk, &[Channel::Email, Channel::Whatsapp]);
    let facts = desk.invoice(invoice_id(2)).facts;
    assert_eq!(
        (facts.kind, facts.status, facts.due),
        (InvoiceKind::Extension, Issued, date("2026-03-09"))
    );
    let channels: BTreeSet<_> = desk
        .notices()
        .iter()
        .map(|notice| notice.facts.channel)
        .collect();
    assert_eq!(channels.len(), 2);
    assert_eq!(status(&desk), Draft, "the session's own invoice stays");
}

#[test]
fn an_extension_is_not_half_done_when_its_invoice_cannot_be_sent() {
    let mut desk = drafted();
    desk.edit_client(|maya| maya.facts.has_email = false);
    let session = desk.session(first());
    let invoice = Some(extension(2, ringgit(30), &[Channel::Email]));
    let body = ModifyDuration {
        invoice,
        ..lengthen(&session, kl("2026-03-03 11:00"))
    };
    let channel = Channel::Email;
    assert_eq!(
        desk.refuse(body),
        Refusal::NoReach {
            channel,
            why: NoReach::NoAddress
        }
    );
}

#[test]
fn undoing_an_extension_makes_its_unpaid_invoice_void_and_keeps_it_from_being_sent() {
    let mut desk = drafted();
    extended(&mut desk, &[Channel::Email]);
    let mail = desk.queued().expect("waits").id;
    let session = desk.session(first());
    let back = lengthen(&session, kl("2026-03-03 10:50"));
    assert_eq!(desk.undo(back), [] as [Flag; 0]);
    assert_eq!(desk.invoice(invoice_id(2)).facts.status, Void);
    assert_eq!(desk.notice(mail).facts.state, NoticeState::Withdrawn);
    assert_eq!(
        status(&desk),
        Draft,
        "another invoice of the session is not touched"
    );
}

#[test]
fn undoing_an_extension_that_was_paid_keeps_the_money_on_record() {
    let mut desk = drafted();
    extended(&mut desk, &[]);
    let extension = desk.last;
    desk.accept(pay(2));
    let session = desk.session(first());
    desk.undoes = Some(extension);
    desk.accept(lengthen(&session, kl("2026-03-03 10:50")));
    assert_eq!(desk.invoice(invoice_id(2)).facts.status, Paid);
}

#[test]
fn cancelling_a_session_that_never_began_voids_what_was_to_be_added_and_restoring_drafts_both() {
    use InvoiceKind::{Extension, Session};
    for (at, fate, extension) in [
        ("2026-03-02 12:00", InvoiceFate::Void, Void),
        ("2026-03-02 12:00", InvoiceFate::Keep, Issued),
        ("2026-03-03 12:00", InvoiceFate::Void, Issued),
    ] {
        let mut desk = in_state(Issued);
        extended(&mut desk, &[]);
        desk.now = kl(at);
        desk.accept(CancelSession {
            invoice: fate,
            ..cancel(first())
        });
        assert_eq!(
            desk.invoice(invoice_id(2)).facts.status,
            extension,
            "{fate:?} at {at}"
        );
        if extension == Void {
            desk.accept(restore(first()));
            let anew = [
                (Extension, Draft, 3000),
                (Extension, Void, 3000),
                (Session, Draft, 15000),
                (Session, Void, 15000),
            ];
            assert_eq!(statuses(&desk), anew);
            desk.accept(CancelSession {
                invoice: fate,
                ..cancel(first())
            });
            desk.accept(restore(first()));
            let drafts = statuses(&desk);
            let drafts = drafts.iter().filter(|(_, status, _)| *status == Draft);
            assert_eq!(drafts.count(), 2, "each once, however often");
        }
    }
}

#[test]
fn what_was_paid_of_added_time_stays_on_record_when_the_session_is_cancelled() {
    let mut desk = in_state(Issued);
    extended(&mut desk, &[]);
    desk.accept(pay(2));
    desk.accept(CancelSession {
        invoice: InvoiceFate::Void,
        ..cancel(first())
    });
    assert_eq!(desk.invoice(invoice_id(2)).facts.status, Paid);
}

#[test]
fn a_couple_billed_apart_gets_both_invoices_back_with_the_session_and_nobody_a_third() {
    let mut desk = Desk::new();
    desk.accept(together(first(), span("2026-03-03 10:00", 50)));
    for (n, client) in [(1, MAYA), (2, JON), (3, JON)] {
        desk.accept(DraftInvoice {
            client,
            ..draft(n, Some(first()))
        });
    }
    // A slip of the person's: this one was void before.
    desk.accept(void(3));
    desk.accept(CancelSession {
        invoice: InvoiceFate::Void,
        ..cancel(first())
    });
    desk.accept(restore(first()));
    let mut billed: Vec<_> = desk
        .invoices()
        .into_iter()
        .filter(|it| it.facts.status == Draft)
        .map(|it| it.facts.client)
        .collect();
    billed.sort();
    let mut couple = vec![MAYA, JON];
    couple.sort();
    assert_eq!(billed, couple);
}
