//! Every refusal, every reason why something typed cannot be, every cause and every flag there is, each brought about.
//!
//! The matches below name every value of their type: whoever adds one is asked by the compiler what brings it about.

use crate::support::*;
use safetalk_domain::availability::Cause;
use safetalk_domain::decide::Flag;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Invalid};
use safetalk_domain::*;

/// Tuesday at ten in room 1 with Ann, who is the owner.
fn booked() -> Desk {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    desk
}

fn to_ann(text: &str, minutes: i64) -> BookSession {
    BookSession {
        notify: false,
        ..book(session_id(2), with_ann(span(text, minutes)))
    }
}

/// What is refused, and by what name it goes here.
type Refused = (&'static str, fn() -> Refusal);

const REFUSALS: [Refused; 22] = [
    ("not permitted", || {
        Desk::new().refuse_from(BEN_SIGNED_IN, tuesday_at_ten())
    }),
    ("denied", || booked().refuse(no_show(first()))),
    ("not available", || {
        booked().refuse(to_ann("2026-03-03 10:30", 50))
    }),
    ("series not available", || {
        let slots = ["2026-03-03 10:30", "2026-03-10 10:30"];
        booked().refuse(BookSeries {
            sessions: (5..)
                .map(session_id)
                .zip(slots.map(|at| with_ann(span(at, 50))))
                .collect(),
            ..series(Vec::new())
        })
    }),
    ("reason needed", || {
        let early = slot(span("2026-03-03 07:00", 50), BEN, Place::Room(ROOM_1));
        Desk::new().refuse(BookSession {
            anyway: anyway(None),
            ..book(first(), early)
        })
    }),
    ("stale", || {
        let mut desk = booked();
        let seen = desk.session(first());
        desk.accept(reschedule(&seen, with_ann(span("2026-03-03 14:00", 50))));
        desk.refuse(lengthen(&seen, kl("2026-03-03 11:00")))
    }),
    ("not found", || booked().refuse(cancel(session_id(99)))),
    ("archived", || {
        let mut desk = Desk::new();
        let mut shut = room(ROOM_1, 0);
        shut.facts.archived = true;
        desk.put(shut);
        desk.refuse(tuesday_at_ten())
    }),
    ("exists", || booked().refuse(tuesday_at_ten())),
    ("invalid", || {
        booked().refuse(to_ann("2026-03-03 14:00", -10))
    }),
    ("no reach", || {
        let mut desk = Desk::new();
        desk.accept(together(first(), span("2026-03-03 10:00", 50)));
        desk.edit(JON, |jon| jon.facts.do_not_contact = true);
        desk.refuse(SendReminder {
            client: Some(JON),
            ..remind(first(), Channel::Email)
        })
    }),
    ("recently reminded", || {
        let mut desk = booked();
        desk.accept(remind(first(), Channel::Email));
        desk.refuse(remind(first(), Channel::Email))
    }),
    ("invoice state", || {
        let mut desk = booked();
        let invoice = invoice_id(1);
        desk.accept(draft(1, Some(first())));
        desk.accept(IssueInvoice { invoice });
        desk.refuse(IssueInvoice { invoice })
    }),
    ("notice state", || {
        let mut desk = booked();
        desk.accept(remind(first(), Channel::Email));
        let notice = desk.queued().expect("a reminder").id;
        desk.deliver(notice);
        desk.refuse(DropNotice { notice })
    }),
    ("courier only", || {
        let mut desk = booked();
        desk.accept(remind(first(), Channel::Email));
        let notice = desk.queued().expect("a reminder").id;
        desk.refuse(RecordDelivery {
            notice,
            state: NoticeState::Sent,
            cause: None,
            not_before: None,
            rendered: None,
            with: Vec::new(),
            counted: true,
        })
    }),
    ("session state", || {
        let mut desk = booked();
        desk.accept(cancel(first()));
        desk.refuse(ConfirmSession {
            session: first(),
            confirmed: true,
        })
    }),
    ("too new", || {
        let mut desk = Desk::new();
        let mut intent = desk.intent(Actor::Member(OWNER), tuesday_at_ten().body());
        intent.version = VERSION + 1;
        desk.act_intent(&intent).expect_err("of tomorrow")
    }),
    ("member stale", || {
        let mut desk = Desk::new();
        let form = save_as_is(&desk, BEN_SIGNED_IN);
        desk.accept(SaveMember {
            grants: [Grant::ViewClients].into(),
            ..form.clone()
        });
        desk.refuse(form)
    }),
    ("last manager", || {
        let mut desk = Desk::new();
        let form = save_as_is(&desk, OWNER);
        desk.refuse(SaveMember {
            grants: [Grant::OwnSessions].into(),
            ..form
        })
    }),
    ("not oneself", || {
        Desk::new().refuse(SetStanding {
            member: OWNER,
            standing: Standing::Suspended,
        })
    }),
    ("seats taken", || {
        let mut desk = Desk::new();
        desk.edit_clinic(|clinic| clinic.facts.plan.seats = 3);
        desk.refuse(new_member(1))
    }),
    ("therapist taken", || {
        Desk::new().refuse(SaveMember {
            therapist: Some(ANN),
            ..new_member(1)
        })
    }),
];

fn name_of(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotPermitted { .. } => "not permitted",
        Refusal::Denied { .. } => "denied",
        Refusal::NotAvailable { .. } => "not available",
        Refusal::SeriesNotAvailable { .. } => "series not available",
        Refusal::ReasonNeeded => "reason needed",
        Refusal::Stale { .. } => "stale",
        Refusal::NotFound { .. } => "not found",
        Refusal::Archived { .. } => "archived",
        Refusal::Exists { .. } => "exists",
        Refusal::Invalid { .. } => "invalid",
        Refusal::NoReach { .. } => "no reach",
        Refusal::RecentlyReminded { .. } => "recently reminded",
        Refusal::InvoiceState { .. } => "invoice state",
        Refusal::NoticeState { .. } => "notice state",
        // Said where an intent's own dependences are known, at the ledger and in the outbox: tests/tests/sync/answers.rs.
        Refusal::NotDone => "not done",
        Refusal::CourierOnly => "courier only",
        Refusal::SessionState { .. } => "session state",
        Refusal::TooNew => "too new",
        Refusal::MemberStale { .. } => "member stale",
        Refusal::LastManager => "last manager",
        Refusal::NotOneself => "not oneself",
        Refusal::SeatsTaken { .. } => "seats taken",
        Refusal::TherapistTaken => "therapist taken",
    }
}

#[test]
fn every_refusal_there_is_can_be_brought_about() {
    for (name, bring_about) in REFUSALS {
        assert_eq!(name_of(&bring_about()), name);
    }
}

type Unfit = (&'static str, fn() -> Refusal);

fn add(record: ClientRecord) -> Refusal {
    let client = ClientId(uuid::Uuid::from_u128(0x62));
    Desk::new().refuse(AddClient { client, record })
}

fn record() -> ClientRecord {
    ClientRecord {
        full_name: "Nadia Omar".to_owned(),
        ..ClientRecord::default()
    }
}

fn priced(price: Money) -> Refusal {
    Desk::new().refuse(BookSession {
        price: Some(price),
        ..tuesday_at_ten()
    })
}

fn open(week: Vec<WeekSpan>) -> Refusal {
    Desk::new().refuse(SetHours {
        owner: Owner::Therapist(ANN),
        week: Some(week),
    })
}

const UNFIT: [Unfit; 14] = [
    ("empty", || {
        add(ClientRecord {
            full_name: " ".to_owned(),
            ..record()
        })
    }),
    ("too long", || {
        add(ClientRecord {
            full_name: "x".repeat(10_000),
            ..record()
        })
    }),
    ("characters", || {
        add(ClientRecord {
            full_name: "Nadia\nOmar".to_owned(),
            ..record()
        })
    }),
    ("not an email", || {
        add(ClientRecord {
            email: Some("nadia".to_owned()),
            ..record()
        })
    }),
    ("not a phone", || {
        add(ClientRecord {
            phones: vec!["12".to_owned()],
            ..record()
        })
    }),
    ("too small", || priced(ringgit(-1))),
    ("too large", || priced(ringgit(i64::MAX / 100))),
    ("end before start", || {
        Desk::new().refuse(to_ann("2026-03-03 10:00", -10))
    }),
    ("not a minute", || {
        let start = kl("2026-03-03 10:00");
        Desk::new().refuse(book(first(), with_ann(Interval::new(start, start + 3001))))
    }),
    ("overlap", || {
        let span = |from, to| WeekSpan {
            weekday: 0,
            from,
            to,
        };
        open(vec![span(60, 120), span(119, 180)])
    }),
    ("other currency", || {
        priced(Money::new(1, Currency::new("USD").expect("capitals")))
    }),
    ("not for this service", || {
        Desk::new().refuse(BookSession {
            service: PLAY,
            slot: slot(span("2026-03-03 10:00", 60), ANN, Place::Online),
            ..tuesday_at_ten()
        })
    }),
    ("unknown", || {
        open(vec![WeekSpan {
            weekday: 7,
            from: 0,
            to: 60,
        }])
    }),
    ("twice", || {
        Desk::new().refuse(BookSession {
            more_clients: vec![MAYA],
            ..tuesday_at_ten()
        })
    }),
];

fn name_of_unfit(problem: &Invalid) -> &'static str {
    match problem {
        Invalid::Empty => "empty",
        Invalid::TooLong { .. } => "too long",
        Invalid::Characters => "characters",
        Invalid::NotAnEmail => "not an email",
        Invalid::NotAPhone => "not a phone",
        Invalid::TooSmall { .. } => "too small",
        Invalid::TooLarge { .. } => "too large",
        Invalid::EndBeforeStart => "end before start",
        Invalid::NotAMinute => "not a minute",
        // A moment has always come: whoever turns what was typed on a wall into one says it, crates/app/src/calls/typed.rs.
        Invalid::NeverComes => "never comes",
        // The mail account of a demo is no part of any intent: tests/tests/office/first_run.rs.
        Invalid::NotInDemo => "not in demo",
        Invalid::Overlap => "overlap",
        Invalid::OtherCurrency => "other currency",
        Invalid::NotForThisService => "not for this service",
        Invalid::Unknown => "unknown",
        Invalid::Twice => "twice",
    }
}

#[test]
fn every_reason_why_something_typed_cannot_be_can_be_brought_about() {
    for (name, bring_about) in UNFIT {
        match bring_about() {
            Refusal::Invalid { problem, field: _ } => assert_eq!(name_of_unfit(&problem), name),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn what_is_unfit_is_said_of_the_field_it_stands_in() {
    let field = |refusal| match refusal {
        Refusal::Invalid { field, problem: _ } => field,
        other => panic!("{other:?}"),
    };
    let of = |name: &str| {
        let (_, bring_about) = UNFIT.iter().find(|(it, _)| *it == name).expect("a row");
        field(bring_about())
    };
    assert_eq!(of("empty"), Field::Name);
    assert_eq!(of("not an email"), Field::Email);
    assert_eq!(of("not a phone"), Field::Phone);
    assert_eq!(of("too small"), Field::Amount);
    assert_eq!(of("end before start"), Field::End);
    assert_eq!(of("overlap"), Field::Hours);
    assert_eq!(of("twice"), Field::Client);
}

/// What stands against a slot of Ann's and of room 1 or 2, whoever of the two it is that cannot.
type Against = (&'static str, fn() -> Vec<Cause>);

fn causes(refusal: Refusal) -> Vec<Cause> {
    match refusal {
        Refusal::NotAvailable { unavailable } => unavailable.causes().cloned().collect(),
        other => panic!("not about availability: {other:?}"),
    }
}

const CAUSES: [Against; 7] = [
    ("taken", || {
        causes(booked().refuse(to_ann("2026-03-03 10:30", 50)))
    }),
    ("turnover", || {
        let mut desk = Desk::new();
        let in_room_2 = |at| slot(at, BEN, Place::Room(ROOM_2));
        desk.accept(book(session_id(2), in_room_2(span("2026-03-03 11:00", 50))));
        // Room 2 takes 15 minutes to be ready again: ending ten before the next is too late.
        let before = slot(span("2026-03-03 10:00", 50), ANN, Place::Room(ROOM_2));
        causes(desk.refuse(book(first(), before)))
    }),
    ("archived", || {
        let mut desk = booked();
        desk.accept(cancel(first()));
        let mut gone = therapist(ANN);
        gone.facts.archived = true;
        desk.put(gone);
        causes(desk.refuse(restore(first())))
    }),
    ("outside hours", || {
        causes(Desk::new().refuse(to_ann("2026-03-03 19:00", 50)))
    }),
    ("time off", || {
        let mut desk = Desk::new();
        let noon = span("2026-03-03 12:00", 60);
        desk.accept(time_off(1, Owner::Room(ROOM_1), noon));
        causes(desk.refuse(to_ann("2026-03-03 12:30", 50)))
    }),
    ("closed", || {
        let mut desk = Desk::new();
        let noon = span("2026-03-03 12:00", 60);
        desk.accept(time_off(1, Owner::Clinic(CLINIC), noon));
        causes(desk.refuse(to_ann("2026-03-03 11:30", 50)))
    }),
    ("buffer", || {
        let mut desk = booked();
        let mut tired = therapist(ANN);
        tired.facts.buffer_minutes = 15;
        desk.put(tired);
        causes(desk.refuse(to_ann("2026-03-03 11:00", 50)))
    }),
];

fn name_of_cause(cause: &Cause) -> &'static str {
    match cause {
        Cause::Taken { .. } => "taken",
        Cause::Turnover { .. } => "turnover",
        Cause::Archived => "archived",
        Cause::OutsideHours { .. } => "outside hours",
        Cause::TimeOff { .. } => "time off",
        Cause::Closed { .. } => "closed",
        Cause::Buffer { .. } => "buffer",
    }
}

#[test]
fn every_cause_there_is_can_stand_against_a_slot() {
    for (name, bring_about) in CAUSES {
        let found = bring_about();
        assert!(!found.is_empty(), "{name}");
        for cause in &found {
            assert_eq!(name_of_cause(cause), name, "{found:?}");
        }
    }
}

/// What was accepted, and what its author should know.
type Known = (&'static str, fn() -> Vec<Flag>);

const FLAGS: [Known; 8] = [
    ("already so", || {
        let mut desk = booked();
        desk.accept(cancel(first()));
        desk.accept(cancel(first()))
    }),
    ("soft rule changed", || {
        let mut desk = Desk::new();
        desk.seen = Some(desk.position - 1);
        desk.accept(to_ann("2026-03-03 19:00", 50))
    }),
    ("booked anyway", || {
        Desk::new().accept(BookSession {
            anyway: anyway(None),
            ..to_ann("2026-03-03 19:00", 50)
        })
    }),
    ("not told", || {
        let mut desk = Desk::new();
        desk.edit_client(|maya| maya.facts.do_not_contact = true);
        desk.accept(BookSession {
            notify: true,
            ..tuesday_at_ten()
        })
    }),
    ("told the opposite", || {
        let mut desk = Desk::new();
        desk.accept(BookSession {
            notify: true,
            ..tuesday_at_ten()
        });
        let booking = desk.last;
        let notice = desk.queued().expect("news").id;
        desk.deliver(notice);
        desk.undoes = Some(booking);
        desk.accept(cancel(first()))
    }),
    ("field kept", || {
        let mut desk = Desk::new();
        let called = |value: &str| EditClient {
            called: Some(Change {
                value: value.to_owned(),
                read_at_revision: 0,
            }),
            ..edit_client()
        };
        desk.accept(called("May"));
        let mut flags = desk.accept(called("Mimi"));
        flags.retain(|flag| *flag != Flag::AlreadySo);
        flags
    }),
    ("fee not charged", || {
        let mut desk = booked();
        desk.device_clock = Some(kl("2026-03-03 08:00"));
        desk.accept(CancelSession {
            invoice: InvoiceFate::Fee {
                amount: ringgit(80),
            },
            notify: false,
            ..cancel(first())
        })
    }),
    ("fee covered", || {
        let mut desk = booked();
        let invoice = invoice_id(1);
        desk.accept(draft(1, Some(first())));
        desk.accept(IssueInvoice { invoice });
        desk.accept(PayInvoice {
            invoice,
            paid: Some(Paid {
                on: date("2026-03-02"),
                method: PayMethod::Cash,
            }),
        });
        desk.now = kl("2026-03-03 10:20");
        desk.accept(MarkNoShow {
            invoice: InvoiceFate::Fee {
                amount: ringgit(90),
            },
            ..no_show(first())
        })
    }),
];

fn name_of_flag(flag: &Flag) -> &'static str {
    match flag {
        Flag::AlreadySo => "already so",
        Flag::SoftRuleChanged { .. } => "soft rule changed",
        Flag::BookedAnyway { .. } => "booked anyway",
        Flag::NotTold { .. } => "not told",
        Flag::ToldTheOpposite => "told the opposite",
        Flag::FieldKept { .. } => "field kept",
        Flag::FeeNotCharged => "fee not charged",
        Flag::FeeCovered => "fee covered",
    }
}

#[test]
fn every_flag_there_is_can_be_brought_about() {
    for (name, bring_about) in FLAGS {
        let flags = bring_about();
        let names: Vec<_> = flags.iter().map(name_of_flag).collect();
        assert!(names.contains(&name), "{name}: {flags:?}");
        assert!(names.iter().all(|it| *it == name), "{name}: {flags:?}");
    }
}

#[test]
fn a_flag_of_a_wrong_clock_charges_nothing_and_one_of_a_right_one_is_none() {
    // Where the two disagree on whether it is late, a flag and no fee. Where they agree, the fee that the person asked for.
    for (device, ledger, flags, fees) in [
        ("2026-03-03 08:00", "2026-03-02 08:00", 1, 0),
        ("2026-03-02 08:00", "2026-03-02 08:00", 0, 1),
        ("2026-03-03 08:00", "2026-03-03 08:00", 0, 1),
    ] {
        let mut desk = booked();
        desk.now = kl(ledger);
        desk.device_clock = Some(kl(device));
        let said = desk.accept(CancelSession {
            invoice: InvoiceFate::Fee {
                amount: ringgit(80),
            },
            notify: false,
            ..cancel(first())
        });
        let flagged = said.iter().filter(|flag| **flag == Flag::FeeNotCharged);
        assert_eq!(flagged.count(), flags, "{device} at {ledger}: {said:?}");
        assert_eq!(desk.invoices().len(), fees, "{device} at {ledger}");
    }
}
