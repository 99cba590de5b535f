//! Booking one session and repetitions, and everything a person can type wrongly.

use crate::support::*;
use safetalk_domain::decide::{Flag, NotTold};
use safetalk_domain::intent::{BookSeries, BookSession, Slot, VERSION};
use safetalk_domain::money::MOST_MINOR;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::*;
use uuid::Uuid;

fn invalid(field: Field, problem: Invalid) -> Refusal {
    Refusal::Invalid { field, problem }
}

#[test]
fn a_booking_keeps_what_was_chosen_and_says_so_in_the_history() {
    let mut desk = Desk::new();
    let at = span("2026-03-03 10:00", 50);
    let flags = desk.accept(BookSession {
        invoice: Some(invoice_id(1)),
        ..book(first(), slot(at, ANN, Place::Room(ROOM_2)))
    });
    assert_eq!(flags, []);
    let facts = desk.session(first()).facts;
    assert_eq!(
        (facts.at, facts.therapist, facts.place),
        (at, ANN, Place::Room(ROOM_2))
    );
    assert_eq!((facts.turnover_minutes, facts.sequence), (15, 0));
    assert_eq!(facts.zone, zone("Asia/Kuala_Lumpur"));
    let invoice = desk.invoice(invoice_id(1)).facts;
    assert_eq!(
        (invoice.status, invoice.amount),
        (InvoiceStatus::Draft, ringgit(150))
    );
    assert_eq!(invoice.due, date("2026-03-09"), "seven days from today");
    let notice = desk.queued().expect("the client is told").facts;
    assert_eq!(
        (notice.kind, notice.state),
        (NoticeKind::Booked, NoticeState::Queued)
    );
    assert_eq!(notice.tells, Some(facts.snapshot()));
    assert!(desk.history().contains(&Happened::Booked {
        to: facts.snapshot(),
        anyway: None
    }));
}

#[test]
fn the_link_or_address_is_kept_with_the_place_it_belongs_to() {
    for (place, link, elsewhere) in [
        (Place::Online, Some("https://meet.example/1"), None),
        (Place::Elsewhere, None, Some("https://meet.example/1")),
        (Place::Room(ROOM_1), None, None),
    ] {
        let mut desk = Desk::new();
        desk.accept(BookSession {
            slot: Slot {
                place_text: Some(" https://meet.example/1 ".to_owned()),
                ..slot(span("2026-03-03 10:00", 50), ANN, place)
            },
            ..tuesday_at_ten()
        });
        let details = desk.session(first()).details;
        assert_eq!(
            (details.link.as_deref(), details.elsewhere.as_deref()),
            (link, elsewhere),
            "{place:?}"
        );
    }
}

#[test]
fn a_stretch_of_time_that_cannot_be_is_refused_in_every_intent_that_takes_one() {
    let start = kl("2026-03-03 10:00");
    for (at, expected) in [
        (
            Interval::new(start, start),
            invalid(Field::End, Invalid::EndBeforeStart),
        ),
        (
            Interval::new(start, start - 3600),
            invalid(Field::End, Invalid::EndBeforeStart),
        ),
        (
            Interval::new(start + 1, start + 3600),
            invalid(Field::Start, Invalid::NotAMinute),
        ),
        (
            Interval::new(start, start + 3601),
            invalid(Field::End, Invalid::NotAMinute),
        ),
        (
            Interval::new(start, start.plus_minutes(1441)),
            invalid(Field::Length, Invalid::TooLarge { most: 1440 }),
        ),
    ] {
        let mut desk = Desk::new();
        desk.accept(tuesday_at_ten());
        let session = desk.session(first());
        assert_eq!(
            desk.refuse(book(session_id(2), with_ann(at))),
            expected,
            "book {at:?}"
        );
        assert_eq!(
            desk.refuse(series(vec![with_ann(at)])),
            match desk.world().sessions.len() {
                1 => expected.clone(),
                _ => unreachable!("one session is booked"),
            },
            "series {at:?}"
        );
        assert_eq!(
            desk.refuse(reschedule(&session, with_ann(at))),
            expected,
            "reschedule {at:?}"
        );
        if at.start == start {
            assert_eq!(
                desk.refuse(lengthen(&session, at.end)),
                expected,
                "modify {at:?}"
            );
        }
    }
}

#[test]
fn twenty_four_hours_are_the_longest_session() {
    let mut desk = Desk::new();
    desk.put(every_day(Owner::Clinic(CLINIC), 0, 1440));
    desk.accept(book(first(), with_ann(span("2026-03-03 10:00", 1440))));
}

#[test]
fn a_time_outside_every_calendar_is_refused_and_not_a_crash() {
    let mut desk = Desk::new();
    for seconds in [1_i64 << 53, -(1_i64 << 53)] {
        let start = Moment(seconds - seconds.rem_euclid(60));
        let at = Interval::new(start, start.plus_minutes(50));
        assert_eq!(
            desk.refuse(book(first(), with_ann(at))),
            invalid(Field::Start, Invalid::Unknown)
        );
    }
}

#[test]
fn an_amount_that_cannot_be_is_refused() {
    let ringgit = Currency::MYR;
    let dollar = Currency::new("USD").expect("three capitals");
    for (price, problem) in [
        (Money::new(-1, ringgit), Invalid::TooSmall { least: 0 }),
        (
            Money::new(MOST_MINOR + 1, ringgit),
            Invalid::TooLarge { most: MOST_MINOR },
        ),
        (
            Money::new(i64::MIN, ringgit),
            Invalid::TooSmall { least: 0 },
        ),
        (Money::new(100, dollar), Invalid::OtherCurrency),
    ] {
        let mut desk = Desk::new();
        let expected = invalid(Field::Amount, problem);
        let body = BookSession {
            price: Some(price),
            ..tuesday_at_ten()
        };
        assert_eq!(desk.refuse(body), expected, "book for {price:?}");
        desk.accept(tuesday_at_ten());
        let fee = intent::CancelSession {
            invoice: intent::InvoiceFate::Fee { amount: price },
            ..cancel(first())
        };
        assert_eq!(desk.refuse(fee), expected, "a fee of {price:?}");
        let bill = intent::DraftInvoice {
            amount: price,
            ..draft(1, Some(first()))
        };
        assert_eq!(desk.refuse(bill), expected, "an invoice over {price:?}");
        let session = desk.session(first());
        let longer = intent::ModifyDuration {
            invoice: Some(extension(2, price, &[])),
            ..lengthen(&session, kl("2026-03-03 11:30"))
        };
        assert_eq!(desk.refuse(longer), expected, "an extension for {price:?}");
    }
}

#[test]
fn the_bounds_of_an_amount_are_inside() {
    for minor in [0, MOST_MINOR] {
        let mut desk = Desk::new();
        desk.accept(BookSession {
            price: Some(Money::new(minor, Currency::MYR)),
            ..tuesday_at_ten()
        });
    }
}

#[test]
fn a_price_may_be_nothing_and_an_invoice_over_nothing_is_refused() {
    let mut desk = Desk::new();
    let nothing = ringgit(0);
    desk.accept(BookSession {
        price: Some(nothing),
        invoice: Some(invoice_id(1)),
        ..tuesday_at_ten()
    });
    assert_eq!(desk.invoices(), [], "what costs nothing is not billed");
    let too_small = invalid(Field::Amount, Invalid::TooSmall { least: 1 });
    let bill = intent::DraftInvoice {
        amount: nothing,
        ..draft(1, Some(first()))
    };
    assert_eq!(desk.refuse(bill), too_small);
    let session = desk.session(first());
    let longer = |amount| intent::ModifyDuration {
        invoice: Some(extension(2, amount, &[])),
        ..lengthen(&session, kl("2026-03-03 11:30"))
    };
    assert_eq!(desk.refuse(longer(nothing)), too_small);
    assert_eq!(desk.session(first()), session, "and it is no longer");
    desk.accept(longer(Money::new(1, Currency::MYR)));
}

#[test]
fn a_service_that_is_not_held_online_cannot_be_booked_online() {
    let mut desk = Desk::new();
    let body = BookSession {
        service: PLAY,
        slot: slot(span("2026-03-03 10:00", 60), ANN, Place::Online),
        ..tuesday_at_ten()
    };
    assert_eq!(
        desk.refuse(body),
        invalid(Field::Place, Invalid::NotForThisService)
    );
}

#[test]
fn a_place_text_is_one_line_of_bounded_length() {
    let mut desk = Desk::new();
    for (text, problem) in [
        ("x".repeat(301), Invalid::TooLong { most: 300 }),
        ("a\nb".to_owned(), Invalid::Characters),
    ] {
        let body = BookSession {
            slot: Slot {
                place_text: Some(text),
                ..slot(span("2026-03-03 10:00", 50), ANN, Place::Elsewhere)
            },
            ..tuesday_at_ten()
        };
        assert_eq!(desk.refuse(body), invalid(Field::Place, problem));
    }
}

#[test]
fn what_does_not_exist_is_named() {
    let unknown = Uuid::from_u128(0xdead);
    for (body, what) in [
        (
            BookSession {
                client: ClientId(unknown),
                ..tuesday_at_ten()
            },
            Thing::Client,
        ),
        (
            BookSession {
                service: ServiceId(unknown),
                ..tuesday_at_ten()
            },
            Thing::Service,
        ),
        (
            BookSession {
                slot: slot(
                    span("2026-03-03 10:00", 50),
                    TherapistId(unknown),
                    Place::Online,
                ),
                ..tuesday_at_ten()
            },
            Thing::Therapist,
        ),
        (
            BookSession {
                slot: slot(
                    span("2026-03-03 10:00", 50),
                    ANN,
                    Place::Room(RoomId(unknown)),
                ),
                ..tuesday_at_ten()
            },
            Thing::Room,
        ),
    ] {
        assert_eq!(Desk::new().refuse(body), Refusal::NotFound { what });
    }
    let mut desk = Desk::new();
    for body in [
        cancel(first()).body(),
        restore(first()).body(),
        no_show(first()).body(),
        undo_no_show(first()).body(),
        remind(first(), Channel::Email).body(),
        told_myself(first()).body(),
    ] {
        let refusal = desk
            .by(OWNER, Raw(body))
            .expect_err("there is no such session");
        assert_eq!(
            refusal,
            Refusal::NotFound {
                what: Thing::Session
            }
        );
    }
}

#[test]
fn an_id_that_is_taken_is_not_overwritten() {
    let mut desk = Desk::new();
    desk.accept(BookSession {
        invoice: Some(invoice_id(1)),
        ..tuesday_at_ten()
    });
    let elsewhen = with_ann(span("2026-03-04 10:00", 50));
    assert_eq!(
        desk.refuse(book(first(), elsewhen.clone())),
        Refusal::Exists {
            what: Thing::Session
        }
    );
    let same_invoice = BookSession {
        invoice: Some(invoice_id(1)),
        ..book(session_id(2), elsewhen.clone())
    };
    assert_eq!(
        desk.refuse(same_invoice),
        Refusal::Exists {
            what: Thing::Invoice
        }
    );
    assert_eq!(
        desk.refuse(series(vec![elsewhen])),
        Refusal::Exists {
            what: Thing::Session
        }
    );
}

#[test]
fn one_books_for_oneself_or_with_the_grant_for_everyone() {
    let bens = BookSession {
        slot: slot(span("2026-03-03 10:00", 50), BEN, Place::Online),
        ..tuesday_at_ten()
    };
    Desk::new()
        .by(BEN_SIGNED_IN, bens.clone())
        .expect("his own");
    Desk::new()
        .by(DESK, bens.clone())
        .expect("the front desk books everyone");
    assert_eq!(
        Desk::new().refuse_from(BEN_SIGNED_IN, tuesday_at_ten()),
        Refusal::NotPermitted {
            grant: Grant::OrganisationSessions
        }
    );
    let mut desk = Desk::new();
    desk.put(member(BEN_SIGNED_IN, Some(BEN), &[Grant::ManageClinic]));
    assert_eq!(
        desk.refuse_from(BEN_SIGNED_IN, bens),
        Refusal::NotPermitted {
            grant: Grant::OwnSessions
        }
    );
}

#[test]
fn a_suspended_removed_or_unknown_member_may_do_nothing() {
    for standing in [Standing::Suspended, Standing::Removed] {
        let mut desk = Desk::new();
        let mut owner = member(OWNER, Some(ANN), &Grant::ALL);
        owner.facts.standing = standing;
        desk.put(owner);
        let refusal = desk.refuse(tuesday_at_ten());
        assert!(
            matches!(refusal, Refusal::NotPermitted { .. }),
            "{standing:?}"
        );
    }
    assert_eq!(
        Desk::new().refuse_from(NOBODY, tuesday_at_ten()),
        Refusal::NotFound {
            what: Thing::Member
        }
    );
}

#[test]
fn an_intent_of_a_newer_build_is_kept_for_later() {
    let mut desk = Desk::new();
    let mut intent = desk.intent(intent::Actor::Member(OWNER), tuesday_at_ten().body());
    intent.version = VERSION + 1;
    assert_eq!(desk.act_intent(&intent), Err(Refusal::TooNew));
}

#[test]
fn the_courier_does_nothing_but_record_deliveries_and_nobody_else_does() {
    let mut desk = Desk::new();
    let booked = desk.act(intent::Actor::Courier, tuesday_at_ten().body());
    assert_eq!(booked, Err(Refusal::CourierOnly));
    let record = intent::RecordDelivery {
        with: Vec::new(),
        notice: NoticeId(Uuid::nil()),
        state: NoticeState::Sent,
        cause: None,
        not_before: None,
        rendered: None,
        counted: true,
    };
    assert_eq!(desk.refuse(record), Refusal::CourierOnly);
}

#[test]
fn a_client_who_cannot_be_mailed_is_booked_with_a_flag() {
    let reach = |why| NotTold::Reach { why };
    type Change = fn(&mut Client);
    let cases: [(Change, NotTold); 4] = [
        (
            |maya| maya.facts.may_email = None,
            reach(NoReach::NoConsent),
        ),
        (
            |maya| maya.facts.has_email = false,
            reach(NoReach::NoAddress),
        ),
        (
            |maya| maya.facts.do_not_contact = true,
            reach(NoReach::DoNotContact),
        ),
        (
            |maya| {
                maya.facts.do_not_contact = true;
                maya.facts.has_email = false;
            },
            reach(NoReach::DoNotContact),
        ),
    ];
    for (change, why) in cases {
        let mut desk = Desk::new();
        desk.edit_client(change);
        let flags = desk.accept(book(first(), with_ann(span("2026-03-03 10:00", 50))));
        assert_eq!(flags, [Flag::NotTold { why, client: None }]);
        assert_eq!(
            desk.queued(),
            None,
            "no message waits for someone who may not get it"
        );
    }
}

#[test]
fn a_plan_without_email_and_a_session_that_is_over_are_said_so_too() {
    let mut desk = Desk::new();
    desk.edit_clinic(|clinic| clinic.facts.plan.email = false);
    let flags = desk.accept(book(first(), with_ann(span("2026-03-03 10:00", 50))));
    assert_eq!(
        flags,
        [Flag::NotTold {
            why: NotTold::Plan,
            client: None
        }]
    );
    let mut desk = Desk::new();
    let flags = desk.accept(book(first(), with_ann(span("2026-03-01 10:00", 50))));
    assert_eq!(
        flags,
        [Flag::NotTold {
            why: NotTold::Past,
            client: None
        }]
    );
}

#[test]
fn mail_that_is_not_set_up_yet_lets_the_notice_wait() {
    let mut desk = Desk::new();
    desk.edit_clinic(|clinic| clinic.facts.mail_ready = false);
    let flags = desk.accept(book(first(), with_ann(span("2026-03-03 10:00", 50))));
    assert_eq!(flags, []);
    let state = desk.queued().expect("it waits for the set-up").facts.state;
    assert_eq!(state, NoticeState::Queued);
}

fn tuesdays(n: u32) -> Vec<Slot> {
    (0..n)
        .map(|week| {
            let start = kl("2026-03-03 10:00").plus_hours(i64::from(week) * 24 * 7);
            with_ann(Interval::new(start, start.plus_minutes(50)))
        })
        .collect()
}

#[test]
fn a_repetition_is_booked_whole_with_its_parts_counted() {
    let mut desk = Desk::new();
    assert_eq!(desk.accept(series(tuesdays(4))), []);
    for n in 1..=4u16 {
        let part = desk
            .session(session_id(n.into()))
            .facts
            .series
            .expect("part of it");
        assert_eq!((part.number, part.of), (n, 4));
    }
    assert_eq!(desk.notices().len(), 4, "each session is told of");
}

#[test]
fn a_repetition_is_booked_not_at_all_when_parts_are_taken_and_they_are_named() {
    let mut desk = Desk::new();
    let mut slots = tuesdays(4);
    desk.accept(book(session_id(8), slots[1].clone()));
    desk.accept(time_off(1, Owner::Therapist(ANN), slots[3].at));
    assert_eq!(
        desk.refuse(series(slots.clone())),
        Refusal::SeriesNotAvailable {
            numbers: vec![2, 4]
        }
    );
    slots.remove(1);
    let over_leave = BookSeries {
        anyway: anyway(None),
        ..series(slots)
    };
    assert!(matches!(
        desk.accept(over_leave)[..],
        [Flag::BookedAnyway { .. }]
    ));
}

#[test]
fn a_repetition_drafts_one_invoice_for_each_session_and_taking_it_back_makes_them_void() {
    let mut desk = Desk::new();
    let wanted = |price: Option<Money>| BookSeries {
        price,
        more_clients: vec![JON],
        invoices: (1..=3).map(invoice_id).collect(),
        bill: Some(JON),
        ..series(tuesdays(3))
    };
    desk.accept(wanted(Some(ringgit(150))));
    let drafts: Vec<InvoiceFacts> = (1..=3).map(|n| desk.invoice(invoice_id(n)).facts).collect();
    for (n, draft) in (1..).zip(&drafts) {
        assert_eq!(
            (draft.session, draft.client, draft.amount, draft.status),
            (Some(session_id(n)), JON, ringgit(150), InvoiceStatus::Draft)
        );
    }
    desk.undo(cancel_series(3));
    for n in 1..=3 {
        let status = desk.invoice(invoice_id(n)).facts.status;
        assert_eq!(status, InvoiceStatus::Void, "invoice {n}");
    }
    for nothing in [None, Some(ringgit(0))] {
        let mut desk = Desk::new();
        desk.accept(wanted(nothing));
        assert_eq!(desk.invoices(), [], "there is nothing to pay");
    }
}

#[test]
fn the_occurrences_of_a_repetition_are_held_against_each_other() {
    let mut slots = tuesdays(2);
    slots[1].at = Interval::new(
        slots[0].at.start.plus_minutes(30),
        slots[0].at.end.plus_minutes(30),
    );
    assert_eq!(
        Desk::new().refuse(series(slots)),
        Refusal::SeriesNotAvailable { numbers: vec![2] }
    );
    let twice = BookSeries {
        sessions: tuesdays(2)
            .into_iter()
            .map(|slot| (first(), slot))
            .collect(),
        ..series(Vec::new())
    };
    assert_eq!(
        Desk::new().refuse(twice),
        Refusal::Exists {
            what: Thing::Session
        }
    );
}

#[test]
fn a_repetition_has_one_to_fifty_two_parts() {
    let bound = |problem| invalid(Field::Repeat, problem);
    assert_eq!(
        Desk::new().refuse(series(Vec::new())),
        bound(Invalid::TooSmall { least: 1 })
    );
    assert_eq!(
        Desk::new().refuse(series(tuesdays(53))),
        bound(Invalid::TooLarge { most: 52 })
    );
    Desk::new().accept(series(tuesdays(52)));
}
