//! Invoices: numbered by the ledger only, never changed once issued, and what cancelling and missing does to them.

use crate::support::*;
use InvoiceStatus::{Draft, Issued, Paid, Void};
use proptest::prelude::*;
use safetalk_domain::actions::Denial;
use safetalk_domain::decide::Flag;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::world::Numbering;
use safetalk_domain::*;
use std::collections::BTreeSet;

/// A session with the draft invoice 1.
fn drafted() -> Desk {
    let mut desk = Desk::new();
    desk.accept(BookSession {
        invoice: Some(invoice_id(1)),
        ..tuesday_at_ten()
    });
    desk
}

fn issue(n: u128) -> IssueInvoice {
    IssueInvoice {
        invoice: invoice_id(n),
    }
}

fn void(n: u128) -> VoidInvoice {
    VoidInvoice {
        invoice: invoice_id(n),
    }
}

fn pay(n: u128) -> PayInvoice {
    PayInvoice {
        invoice: invoice_id(n),
        paid: safetalk_domain::Paid {
            on: date("2026-03-02"),
            method: PayMethod::Cash,
        },
    }
}

fn in_state(status: InvoiceStatus) -> Desk {
    let mut desk = drafted();
    match status {
        Draft => {}
        Issued => drop(desk.accept(issue(1))),
        Paid => {
            desk.accept(issue(1));
            desk.accept(pay(1));
        }
        Void => drop(desk.accept(void(1))),
    }
    desk
}

fn status(desk: &Desk) -> InvoiceStatus {
    desk.invoice(invoice_id(1)).facts.status
}

fn statuses(desk: &Desk) -> Vec<(InvoiceKind, InvoiceStatus, i64)> {
    let mut all: Vec<_> = desk
        .invoices()
        .into_iter()
        .map(|it| (it.facts.kind, it.facts.status, it.facts.amount.minor))
        .collect();
    all.sort_by_key(|it| format!("{it:?}"));
    all
}

#[test]
fn the_ledger_numbers_in_a_row() {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    for n in 1..=3 {
        desk.accept(draft(n, Some(first())));
        desk.accept(issue(n));
    }
    let numbers: Vec<_> = desk
        .invoices()
        .into_iter()
        .filter_map(|it| it.facts.number)
        .collect();
    assert_eq!(numbers, ["INV-0001", "INV-0002", "INV-0003"]);
    assert_eq!(desk.the_clinic().facts.next_invoice, 4);
}

#[test]
fn away_from_the_ledger_an_invoice_waits_for_its_number() {
    let mut desk = drafted();
    desk.numbering = Numbering::Away;
    desk.accept(issue(1));
    let facts = desk.invoice(invoice_id(1)).facts;
    assert_eq!((facts.status, facts.number), (Issued, None));
    assert_eq!(
        desk.the_clinic().facts.next_invoice,
        1,
        "only the ledger counts"
    );
}

#[test]
fn a_number_is_not_given_again_when_its_invoice_is_made_void() {
    let mut desk = in_state(Issued);
    desk.accept(void(1));
    desk.accept(draft(2, Some(first())));
    desk.accept(issue(2));
    assert_eq!(
        desk.invoice(invoice_id(1)).facts.number.as_deref(),
        Some("INV-0001")
    );
    assert_eq!(
        desk.invoice(invoice_id(2)).facts.number.as_deref(),
        Some("INV-0002")
    );
}

#[test]
fn the_next_number_can_only_go_forward() {
    let next = |n| EditClinic {
        next_invoice: Some(n),
        ..EditClinic::default()
    };
    let mut desk = in_state(Issued);
    let field = Field::InvoiceNumber;
    let problem = Invalid::TooSmall { least: 2 };
    assert_eq!(desk.refuse(next(1)), Refusal::Invalid { field, problem });
    let problem = Invalid::TooLarge { most: 999_999_999 };
    assert_eq!(
        desk.refuse(next(1_000_000_000)),
        Refusal::Invalid { field, problem }
    );
    desk.accept(next(2));
    desk.accept(next(500));
    desk.accept(draft(2, Some(first())));
    desk.accept(issue(2));
    assert_eq!(
        desk.invoice(invoice_id(2)).facts.number.as_deref(),
        Some("INV-0500")
    );
}

proptest! {
    #![proptest_config(config(24, "tests/proptest-regressions/invoices.txt"))]

    #[test]
    fn no_number_names_two_invoices_whatever_prefix_and_next_number_are_set(
        settings in proptest::collection::vec(("[A1]{0,2}-?[01]{0,4}", 0u32..12_000), 1..12)
    ) {
        let mut desk = Desk::new();
        desk.accept(tuesday_at_ten());
        let mut numbers = BTreeSet::new();
        for (n, (prefix, ahead)) in (1..).zip(settings) {
            let next = desk.the_clinic().facts.next_invoice + ahead;
            desk.accept(EditClinic {
                invoice_prefix: Some(prefix),
                next_invoice: Some(next),
                ..EditClinic::default()
            });
            desk.accept(draft(n, Some(first())));
            desk.accept(issue(n));
            let number = desk.invoice(invoice_id(n)).facts.number.expect("at the ledger");
            prop_assert!(numbers.insert(number.clone()), "{number} names two invoices");
        }
    }

    #[test]
    fn a_share_of_a_price_lies_between_nothing_and_the_whole(
        minor in 0i64..=money::MOST_MINOR, part in 0i64..=1440, whole in 1i64..=1440
    ) {
        let price = Money::new(minor, Currency::MYR);
        let share = price.pro_rata(part, whole).minor;
        // Exact to half a unit: |share * whole - minor * part| * 2 <= whole.
        let off = i128::from(share) * i128::from(whole) - i128::from(minor) * i128::from(part);
        prop_assert!(off.abs() * 2 <= i128::from(whole));
        prop_assert!(part > whole || share <= minor, "a part is no more than the whole");
        prop_assert!(share >= 0);
        prop_assert!(price.pro_rata(part + 1, whole).minor >= share, "more time is never cheaper");
        prop_assert_eq!(price.pro_rata(whole, whole), price);
    }
}

#[test]
fn a_share_of_nothing_or_for_no_time_is_nothing_and_half_a_unit_rounds_up() {
    let price = ringgit(150);
    for (part, whole, minor) in [
        (0, 50, 0),
        (-5, 50, 0),
        (10, 0, 0),
        (10, 50, 3000),
        (50, 50, 15000),
    ] {
        assert_eq!(
            price.pro_rata(part, whole).minor,
            minor,
            "{part} of {whole}"
        );
    }
    assert_eq!(Money::new(1, Currency::MYR).pro_rata(1, 2).minor, 1);
    assert_eq!(
        Money::new(i64::MAX, Currency::MYR).pro_rata(1440, 1).minor,
        i64::MAX
    );
}

#[test]
fn each_step_is_allowed_from_its_own_states_only() {
    type Step = fn(&mut Desk) -> Result<Decision, Refusal>;
    let steps: [(&str, Step, &[InvoiceStatus]); 5] = [
        ("issue", |desk| desk.by(OWNER, issue(1)), &[Draft]),
        ("pay", |desk| desk.by(OWNER, pay(1)), &[Issued]),
        ("void", |desk| desk.by(OWNER, void(1)), &[Draft, Issued]),
        (
            "change",
            |desk| desk.by(OWNER, draft(1, Some(first()))),
            &[Draft],
        ),
        (
            "send",
            |desk| {
                desk.by(
                    OWNER,
                    SendInvoice {
                        invoice: invoice_id(1),
                        channel: Channel::Email,
                    },
                )
            },
            &[Issued, Paid],
        ),
    ];
    for (name, step, from) in steps {
        for state in [Draft, Issued, Paid, Void] {
            let mut desk = in_state(state);
            let before = desk.invoice(invoice_id(1));
            let result = step(&mut desk).map(drop);
            let expected = if from.contains(&state) {
                Ok(())
            } else {
                Err(Refusal::InvoiceState { status: state })
            };
            assert_eq!(result, expected, "{name} a {state:?} one");
            let after = desk.invoice(invoice_id(1));
            if state != Draft {
                assert_eq!(
                    (
                        before.facts.amount,
                        before.facts.number,
                        before.facts.due,
                        before.details
                    ),
                    (
                        after.facts.amount,
                        after.facts.number,
                        after.facts.due,
                        after.details
                    ),
                    "an issued one never changes"
                );
            }
        }
    }
}

#[test]
fn a_payment_is_neither_of_next_week_nor_of_another_age() {
    for (on, ok) in [
        ("2026-03-03", true),
        ("2026-03-04", false),
        ("2016-03-06", true),
        ("2016-03-03", false),
    ] {
        let mut desk = in_state(Issued);
        let body = PayInvoice {
            paid: safetalk_domain::Paid {
                on: date(on),
                method: PayMethod::Card,
            },
            ..pay(1)
        };
        let result = desk.by(OWNER, body);
        assert_eq!(result.is_ok(), ok, "{on}");
        if let Err(refusal) = result {
            assert!(matches!(
                refusal,
                Refusal::Invalid {
                    field: Field::Paid,
                    ..
                }
            ));
        }
    }
}

#[test]
fn a_due_date_is_within_ten_years_and_a_text_is_one_line() {
    for due in ["2040-01-01", "2001-01-01"] {
        let body = DraftInvoice {
            due: Some(date(due)),
            ..draft(1, Some(first()))
        };
        let mut desk = Desk::new();
        desk.accept(tuesday_at_ten());
        assert!(
            matches!(
                desk.refuse(body),
                Refusal::Invalid {
                    field: Field::Due,
                    ..
                }
            ),
            "{due}"
        );
    }
    let body = DraftInvoice {
        text: "x".repeat(301),
        ..draft(1, Some(first()))
    };
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    let problem = Invalid::TooLong { most: 300 };
    assert_eq!(
        desk.refuse(body),
        Refusal::Invalid {
            field: Field::Label,
            problem
        }
    );
}

#[test]
fn overdue_is_derived_and_begins_the_day_after() {
    let facts = in_state(Issued).invoice(invoice_id(1)).facts;
    assert!(!facts.overdue(date("2026-03-09")));
    assert!(facts.overdue(date("2026-03-10")));
    assert!(
        !in_state(Paid)
            .invoice(invoice_id(1))
            .facts
            .overdue(date("2026-04-01"))
    );
}

#[test]
fn an_invoice_drafted_long_before_is_due_so_many_days_from_its_issue_unless_a_day_was_typed() {
    let mut desk = drafted();
    desk.accept(DraftInvoice {
        due: Some(date("2026-03-20")),
        ..draft(2, Some(first()))
    });
    desk.now = kl("2026-04-20 09:00");
    desk.accept(issue(1));
    desk.accept(issue(2));
    let due = |n| desk.invoice(invoice_id(n)).facts.due;
    assert_eq!(due(1), date("2026-04-27"), "it is not overdue at once");
    assert_eq!(due(2), date("2026-03-20"), "what was typed stands");
}

#[test]
fn whoever_may_act_on_the_session_bills_it_and_others_need_the_clients_grant() {
    let mut desk = drafted();
    desk.accept(BookSession {
        slot: slot(span("2026-03-05 10:00", 50), BEN, Place::Online),
        ..BookSession {
            session: session_id(2),
            ..tuesday_at_ten()
        }
    });
    let sessions = Refusal::NotPermitted {
        grant: Grant::OrganisationSessions,
    };
    for body in [
        draft(2, Some(first())).body(),
        issue(1).body(),
        pay(1).body(),
        void(1).body(),
        SendInvoice {
            invoice: invoice_id(1),
            channel: Channel::Email,
        }
        .body(),
        // Ann's invoice does not become Ben's by naming his session.
        draft(1, Some(session_id(2))).body(),
    ] {
        assert_eq!(desk.refuse_from(BEN_SIGNED_IN, Raw(body)), sessions);
    }
    desk.by(BEN_SIGNED_IN, draft(2, Some(session_id(2))))
        .expect("his own session");
    let clients = Refusal::NotPermitted {
        grant: Grant::ManageClients,
    };
    assert_eq!(desk.refuse_from(BEN_SIGNED_IN, draft(3, None)), clients);
    desk.accept(draft(3, None));
}

#[test]
fn an_invoice_names_things_that_exist_and_the_client_of_its_session() {
    let unknown = ClientId(uuid::Uuid::from_u128(0xdead));
    let mut desk = drafted();
    for session in [None, Some(first())] {
        let body = DraftInvoice {
            client: unknown,
            ..draft(2, session)
        };
        assert_eq!(
            desk.refuse(body),
            Refusal::NotFound {
                what: Thing::Client
            }
        );
    }
    let mut other = maya();
    other.id = ClientId(uuid::Uuid::from_u128(0x61));
    desk.put(other.clone());
    let body = DraftInvoice {
        client: other.id,
        ..draft(2, Some(first()))
    };
    assert_eq!(
        desk.refuse(body),
        Refusal::NotFound {
            what: Thing::Client
        }
    );
    assert_eq!(
        desk.refuse(issue(9)),
        Refusal::NotFound {
            what: Thing::Invoice
        }
    );
}

#[test]
fn sending_an_invoice_needs_a_way_to_the_client() {
    let send = |channel| SendInvoice {
        invoice: invoice_id(1),
        channel,
    };
    let mut desk = in_state(Issued);
    desk.accept(send(Channel::Email));
    let mail = desk.queued().expect("waits").facts;
    assert_eq!(
        (mail.kind, mail.state, mail.tells),
        (NoticeKind::Invoice, NoticeState::Queued, None)
    );
    desk.accept(send(Channel::Whatsapp));
    assert_eq!(
        desk.queued().expect("a draft").facts.state,
        NoticeState::Draft
    );
    desk.edit_client(|maya| maya.facts.may_whatsapp = None);
    let channel = Channel::Whatsapp;
    assert_eq!(
        desk.refuse(send(channel)),
        Refusal::NoReach {
            channel,
            why: NoReach::NoConsent
        }
    );
    desk.edit_clinic(|clinic| clinic.facts.plan.whatsapp = false);
    assert_eq!(
        desk.refuse(send(channel)),
        Refusal::Denied {
            denial: Denial::Plan { channel }
        }
    );
}

#[test]
fn what_waits_to_ask_for_money_is_taken_back_when_it_is_paid_and_may_be_sent_again() {
    let send = |channel| SendInvoice {
        invoice: invoice_id(1),
        channel,
    };
    let mut desk = in_state(Issued);
    let mut waiting = Vec::new();
    for channel in [Channel::Email, Channel::Whatsapp] {
        desk.accept(send(channel));
        waiting.push(desk.queued().expect("waits").id);
    }
    desk.accept(pay(1));
    for notice in waiting {
        assert_eq!(
            desk.notice(notice).facts.state,
            NoticeState::Withdrawn,
            "nobody is asked for what they paid"
        );
    }
    desk.accept(send(Channel::Email));
    assert_eq!(
        desk.queued().expect("asked for").facts.state,
        NoticeState::Queued
    );
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
