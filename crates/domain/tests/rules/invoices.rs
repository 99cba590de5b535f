//! Invoices: numbered by the ledger only, never changed once issued, paid once.

use crate::support::*;
use InvoiceStatus::{Draft, Issued, Paid, Void};
use proptest::prelude::*;
use safetalk_domain::actions::Denial;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::world::Numbering;
use safetalk_domain::*;
use std::collections::BTreeSet;

/// A session with the draft invoice 1.
pub(super) fn drafted() -> Desk {
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

pub(super) fn void(n: u128) -> VoidInvoice {
    VoidInvoice {
        invoice: invoice_id(n),
    }
}

pub(super) fn pay(n: u128) -> PayInvoice {
    PayInvoice {
        invoice: invoice_id(n),
        paid: Some(safetalk_domain::Paid {
            on: date("2026-03-02"),
            method: PayMethod::Cash,
        }),
    }
}

pub(super) fn in_state(status: InvoiceStatus) -> Desk {
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

pub(super) fn status(desk: &Desk) -> InvoiceStatus {
    desk.invoice(invoice_id(1)).facts.status
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
            paid: Some(safetalk_domain::Paid {
                on: date(on),
                method: PayMethod::Card,
            }),
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
        let facts = desk.notice(notice).facts;
        assert_eq!(
            (facts.state, facts.cause),
            (NoticeState::Withdrawn, Some(NoticeCause::InvoicePaid)),
            "nobody is asked for what they paid"
        );
    }
    desk.accept(send(Channel::Email));
    assert_eq!(
        desk.queued().expect("asked for").facts.state,
        NoticeState::Queued
    );
}

#[test]
fn a_draft_that_is_changed_stays_of_the_action_that_made_it() {
    let mut desk = drafted();
    let before = desk.invoice(invoice_id(1)).facts;
    desk.accept(DraftInvoice {
        amount: ringgit(99),
        due: Some(date("2026-03-20")),
        text: "Agreed".to_owned(),
        ..draft(1, Some(first()))
    });
    let after = desk.invoice(invoice_id(1));
    assert_eq!(after.facts.amount, ringgit(99));
    assert_eq!(after.facts.due, date("2026-03-20"));
    assert_eq!(after.details.text, "Agreed");
    assert_eq!(
        (after.facts.made_by, after.facts.kind),
        (before.made_by, before.kind),
        "taking the booking back still finds it"
    );
}

#[test]
fn what_stands_on_an_issued_invoice_stays_whatever_is_changed_since() {
    let mut desk = drafted();
    desk.edit_clinic(|clinic| {
        clinic.details.address = Some("12 Jalan Ampang".to_owned());
        clinic.details.payment_text = Some("Maybank 1".to_owned());
    });
    assert_eq!(
        desk.invoice(invoice_id(1)).details.printed,
        None,
        "a draft shows what holds now"
    );
    desk.accept(issue(1));
    let issued = desk.invoice(invoice_id(1));
    let printed = issued.details.printed.clone().expect("it was written down");
    assert_eq!(printed.clinic_name, desk.the_clinic().details.name);
    assert_eq!(printed.clinic_address.as_deref(), Some("12 Jalan Ampang"));
    assert_eq!(printed.payment_text.as_deref(), Some("Maybank 1"));
    assert_eq!(printed.billed_to, desk.client(MAYA).details.full_name.value);
    assert_eq!(printed.session_at, Some(desk.session(first()).facts.at));
    desk.edit_clinic(|clinic| {
        clinic.details.name = "Another name".to_owned();
        clinic.details.address = None;
        clinic.details.payment_text = Some("Maybank 2".to_owned());
    });
    desk.edit_client(|maya| maya.details.full_name = Detail::new("Maya Tan".to_owned()));
    let session = desk.session(first());
    desk.accept(reschedule(&session, with_ann(span("2026-03-04 10:00", 50))));
    desk.accept(pay(1));
    assert_eq!(desk.invoice(invoice_id(1)).details, issued.details);
}

#[test]
fn an_invoice_kept_before_anything_was_written_down_is_read_as_it_is() {
    let old = serde_json::json!({ "text": "One session" });
    let details: InvoiceDetails = serde_json::from_value(old.clone()).expect("it is understood");
    assert_eq!(details.printed, None);
    assert_eq!(
        serde_json::to_value(details).expect("it is said"),
        old,
        "and said again in the same words"
    );
}

#[test]
fn a_payment_is_taken_back_and_the_invoice_is_owed_again_as_it_was() {
    let take_back = PayInvoice {
        paid: None,
        ..pay(1)
    };
    let mut desk = in_state(Issued);
    let before = desk.invoice(invoice_id(1));
    assert_eq!(
        desk.accept(take_back.clone()),
        [safetalk_domain::decide::Flag::AlreadySo]
    );
    desk.accept(pay(1));
    desk.undo(take_back.clone());
    assert_eq!(desk.invoice(invoice_id(1)), before);
    assert!(
        desk.history().contains(&Happened::PaymentTakenBack {
            invoice: invoice_id(1)
        }),
        "and who took it back is written down"
    );
    desk.accept(pay(1));
    assert_eq!(status(&desk), Paid, "it can be paid again");
    for state in [Draft, Void] {
        assert_eq!(
            in_state(state).refuse(take_back.clone()),
            Refusal::InvoiceState { status: state }
        );
    }
    assert_eq!(
        in_state(Paid).refuse_from(BEN_SIGNED_IN, take_back),
        Refusal::NotPermitted {
            grant: Grant::OrganisationSessions
        }
    );
}
