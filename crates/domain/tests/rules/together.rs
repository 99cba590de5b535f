//! Couples, groups and co-therapists: one session that holds the time of each therapist and is told to each client.

use crate::support::*;
use NoticeState::{Draft, Queued, Sent, Withdrawn};
use safetalk_domain::actions::Denial;
use safetalk_domain::availability::{Cause, CoUnavailable};
use safetalk_domain::decide::{Flag, NotTold};
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::*;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Maya and Jon with Ann and Ben, Tuesday at ten in room 1.
fn booked() -> Desk {
    let mut desk = Desk::new();
    desk.accept(together(first(), tuesday()));
    desk
}

/// The same, and both know it.
fn told() -> Desk {
    let mut desk = booked();
    for notice in desk.notices() {
        desk.deliver(notice.id);
    }
    desk.later(1);
    desk
}

fn tuesday() -> Interval {
    span("2026-03-03 10:00", 50)
}

/// What the last intent queued: to whom, and what.
fn queued(desk: &Desk) -> BTreeSet<(ClientId, NoticeState)> {
    desk.notices()
        .into_iter()
        .filter(|notice| notice.facts.intent == desk.last)
        .map(|notice| (notice.facts.client, notice.facts.state))
        .collect()
}

fn unavailable(refusal: Refusal) -> availability::Unavailable {
    match refusal {
        Refusal::NotAvailable { unavailable } => unavailable,
        other => panic!("not about availability: {other:?}"),
    }
}

fn with_ben(session: SessionId, at: Interval) -> BookSession {
    book(session, slot(at, BEN, Place::Online))
}

#[test]
fn everyone_of_a_session_is_in_it() {
    let desk = booked();
    let facts = desk.session(first()).facts;
    assert_eq!(facts.clients().collect::<Vec<_>>(), [MAYA, JON]);
    assert_eq!(facts.therapists().collect::<Vec<_>>(), [ANN, BEN]);
}

#[test]
fn a_co_therapist_is_as_taken_as_the_one_who_leads() {
    let mut desk = booked();
    let found = unavailable(desk.refuse(with_ben(session_id(2), tuesday())));
    let taken = Cause::Taken {
        session: first(),
        from: tuesday().start,
        until: tuesday().end,
    };
    assert_eq!(
        found.therapist,
        std::slice::from_ref(&taken),
        "Ben is with Maya and Jon"
    );

    let mut desk = Desk::new();
    desk.accept(with_ben(first(), tuesday()));
    let found = unavailable(desk.refuse(together(session_id(2), tuesday())));
    let who = CoUnavailable {
        therapist: BEN,
        causes: vec![taken],
    };
    assert_eq!(found.co_therapists, [who], "it says which of the two");
    assert_eq!(found.therapist, [], "Ann is free");
    assert!(!found.only_soft(), "nothing overrides it");
}

#[test]
fn a_back_to_back_session_of_a_co_therapist_is_no_conflict() {
    let mut desk = booked();
    desk.accept(with_ben(session_id(2), span("2026-03-03 10:50", 50)));
}

#[test]
fn soft_rules_are_asked_of_each_therapist() {
    let mut desk = Desk::new();
    desk.accept(time_off(1, Owner::Therapist(BEN), tuesday()));
    let found = unavailable(desk.refuse(together(first(), tuesday())));
    assert_eq!(found.therapist, [], "Ann works");
    assert!(
        matches!(found.co_therapists[0].causes[..], [Cause::TimeOff { .. }]),
        "Ben is away: {found:?}"
    );
    assert!(found.only_soft());

    let anyway_without = BookSession {
        anyway: anyway(None),
        ..together(first(), tuesday())
    };
    assert_eq!(
        desk.refuse(anyway_without),
        Refusal::ReasonNeeded,
        "they are not Ann's own hours who books"
    );
    let flags = desk.accept(BookSession {
        anyway: anyway(Some("Ben agreed")),
        ..together(first(), tuesday())
    });
    assert!(
        matches!(
            flags[..],
            [Flag::BookedAnyway {
                cause: Cause::TimeOff { .. }
            }]
        ),
        "{flags:?}"
    );
}

#[test]
fn ones_own_time_off_needs_no_reason_beside_a_colleague_who_is_free() {
    let mut desk = Desk::new();
    desk.accept(time_off(1, Owner::Therapist(ANN), tuesday()));
    let ann_second = BookSession {
        slot: Slot {
            co_therapists: vec![ANN],
            ..slot(tuesday(), BEN, Place::Online)
        },
        anyway: anyway(None),
        ..book(first(), with_ann(tuesday()))
    };
    desk.accept(ann_second);
}

#[test]
fn the_buffer_of_each_therapist_is_their_own() {
    let mut desk = Desk::new();
    let mut ben = therapist(BEN);
    ben.facts.buffer_minutes = 15;
    desk.put(ben);
    desk.accept(with_ben(session_id(2), span("2026-03-03 10:50", 50)));
    let found = unavailable(desk.refuse(together(first(), tuesday())));
    assert_eq!(found.therapist, [], "Ann keeps none");
    assert_eq!(
        found.co_therapists[0].causes,
        [Cause::Buffer {
            session: session_id(2),
            minutes: 15
        }]
    );
}

#[test]
fn nobody_is_in_a_session_twice_and_nobody_unknown_or_archived_at_all() {
    let twice = |field| Refusal::Invalid {
        field,
        problem: Invalid::Twice,
    };
    let mut desk = Desk::new();
    for co_therapists in [vec![ANN], vec![BEN, BEN]] {
        let body = BookSession {
            slot: Slot {
                co_therapists,
                ..with_ann(tuesday())
            },
            ..together(first(), tuesday())
        };
        assert_eq!(desk.refuse(body), twice(Field::Therapist));
    }
    for more_clients in [vec![MAYA], vec![JON, JON]] {
        let body = BookSession {
            more_clients,
            ..together(first(), tuesday())
        };
        assert_eq!(desk.refuse(body), twice(Field::Client));
    }
    let nobody = BookSession {
        more_clients: vec![ClientId(Uuid::from_u128(0x6f))],
        ..together(first(), tuesday())
    };
    assert_eq!(
        desk.refuse(nobody),
        Refusal::NotFound {
            what: Thing::Client
        }
    );
    desk.edit(JON, |jon| jon.facts.archived = true);
    assert_eq!(
        desk.refuse(together(first(), tuesday())),
        Refusal::Archived {
            what: Thing::Client
        }
    );
    let mut ben = therapist(BEN);
    ben.facts.archived = true;
    desk.put(ben);
    desk.edit(JON, |jon| jon.facts.archived = false);
    assert_eq!(
        desk.refuse(together(first(), tuesday())),
        Refusal::Archived {
            what: Thing::Therapist
        }
    );
}

#[test]
fn a_group_has_its_limits() {
    let mut desk = Desk::new();
    let many = |n: u128| {
        (0..n)
            .map(|i| ClientId(Uuid::from_u128(0x6000 + i)))
            .collect()
    };
    let body = BookSession {
        more_clients: many(30),
        ..together(first(), tuesday())
    };
    let too_many = Refusal::Invalid {
        field: Field::Client,
        problem: Invalid::TooLarge { most: 29 },
    };
    assert_eq!(desk.refuse(body), too_many);
}

#[test]
fn cancelling_frees_every_therapist_and_restoring_asks_all_of_them() {
    let mut desk = booked();
    desk.accept(cancel(first()));
    desk.accept(with_ben(session_id(2), tuesday()));
    let found = unavailable(desk.refuse(restore(first())));
    assert_eq!(found.co_therapists[0].therapist, BEN);
    desk.accept(cancel(session_id(2)));
    desk.accept(restore(first()));
    desk.refuse(with_ben(session_id(3), tuesday()));
}

#[test]
fn a_reschedule_says_who_leads_from_now_on() {
    let mut desk = booked();
    let alone = with_ann(tuesday());
    desk.accept(reschedule(&desk.session(first()), alone));
    assert_eq!(desk.session(first()).facts.co_therapists, []);
    desk.accept(with_ben(session_id(2), tuesday()));

    let with_ben_again = Slot {
        co_therapists: vec![BEN],
        ..with_ann(tuesday())
    };
    let back = reschedule(&desk.session(first()), with_ben_again);
    let found = unavailable(desk.refuse(back));
    assert_eq!(
        found.co_therapists[0].therapist, BEN,
        "Ben was freed and took another"
    );
}

#[test]
fn lead_and_co_therapist_change_places() {
    let mut desk = told();
    let swapped = Slot {
        therapist: BEN,
        co_therapists: vec![ANN],
        ..with_ann(tuesday())
    };
    desk.accept(reschedule(&desk.session(first()), swapped));
    let facts = desk.session(first()).facts;
    assert_eq!((facts.therapist, facts.co_therapists), (BEN, vec![ANN]));
}

#[test]
fn whoever_looked_at_other_co_therapists_is_told_that_it_changed() {
    let mut desk = booked();
    let seen = desk.session(first());
    desk.accept(reschedule(&seen, with_ann(tuesday())));
    let later = lengthen(&seen, tuesday().end.plus_minutes(10));
    let now = desk.session(first()).facts.guard();
    assert_eq!(desk.refuse(later), Refusal::Stale { now });
}

#[test]
fn added_time_is_asked_of_the_co_therapist_too() {
    let mut desk = booked();
    desk.accept(with_ben(session_id(2), span("2026-03-03 11:00", 50)));
    let session = desk.session(first());
    let found = unavailable(desk.refuse(lengthen(&session, kl("2026-03-03 11:05"))));
    assert_eq!(found.co_therapists[0].therapist, BEN);
    desk.accept(lengthen(&session, kl("2026-03-03 11:00")));
}

#[test]
fn a_no_show_that_frees_the_rest_frees_it_for_both() {
    let mut desk = booked();
    desk.now = kl("2026-03-03 10:20");
    desk.accept(MarkNoShow {
        free_rest: true,
        ..no_show(first())
    });
    desk.accept(with_ben(session_id(2), span("2026-03-03 10:20", 30)));
    let found = unavailable(desk.refuse(undo_no_show(first())));
    assert_eq!(
        found.co_therapists[0].therapist, BEN,
        "his time was given away since"
    );
}

#[test]
fn a_session_is_the_co_therapists_own_but_a_colleagues_time_is_not_ones_to_take() {
    let mut desk = booked();
    desk.by(BEN_SIGNED_IN, cancel(first()))
        .expect("Ben leads it too");
    let bens = BookSession {
        slot: Slot {
            co_therapists: vec![ANN],
            ..slot(tuesday(), BEN, Place::Online)
        },
        ..together(session_id(2), tuesday())
    };
    assert_eq!(
        desk.refuse_from(BEN_SIGNED_IN, bens),
        Refusal::NotPermitted {
            grant: Grant::OrganisationSessions
        }
    );
    desk.accept(restore(first()));
    let later = Slot {
        co_therapists: vec![BEN],
        ..with_ann(span("2026-03-03 14:00", 50))
    };
    let session = desk.session(first());
    desk.by(BEN_SIGNED_IN, reschedule(&session, later))
        .expect("both lead it already");
}

#[test]
fn each_client_is_told_separately_and_once() {
    let mut desk = booked();
    assert_eq!(
        queued(&desk),
        BTreeSet::from([(MAYA, Queued), (JON, Queued)])
    );
    for notice in desk.notices() {
        desk.deliver(notice.id);
    }
    for client in [MAYA, JON] {
        let knows = desk.told_to(first(), client).expect("told").what;
        assert_eq!(knows, desk.session(first()).facts.snapshot());
    }
    assert_eq!(desk.notices().len(), 2, "one message each");
}

#[test]
fn one_is_told_and_the_other_cannot_be_reached() {
    let mut desk = Desk::new();
    desk.edit(JON, |jon| jon.facts.may_email = None);
    let flags = desk.accept(together(first(), tuesday()));
    let not_jon = Flag::NotTold {
        why: NotTold::Reach {
            why: NoReach::NoConsent,
        },
        client: Some(JON),
    };
    assert_eq!(flags, [not_jon], "for that one only");
    assert_eq!(queued(&desk), BTreeSet::from([(MAYA, Queued)]));
    assert_eq!(desk.told_to(first(), JON), None);
}

#[test]
fn what_one_client_knows_already_is_said_to_the_other_alone() {
    let mut desk = booked();
    let maya = |notice: &Notice| notice.facts.client == MAYA;
    let hers = desk.notices().into_iter().find(maya).expect("queued").id;
    desk.deliver(hers);
    desk.later(1);
    // There and back again: Maya never learns of the detour, Jon was never told at all.
    let to = |at| Slot {
        co_therapists: vec![BEN],
        ..with_ann(at)
    };
    let there = RescheduleSession {
        notify: false,
        ..reschedule(&desk.session(first()), to(span("2026-03-03 14:00", 50)))
    };
    desk.accept(there);
    desk.accept(reschedule(&desk.session(first()), to(tuesday())));
    assert_eq!(
        queued(&desk),
        BTreeSet::from([(JON, Queued)]),
        "only Jon has not heard of Tuesday at ten"
    );
}

#[test]
fn who_is_told_in_person_is_one_of_them_or_all() {
    let mut desk = booked();
    desk.accept(TellPersonally {
        session: first(),
        client: Some(JON),
    });
    let states: BTreeSet<_> = desk
        .notices()
        .into_iter()
        .map(|it| (it.facts.client, it.facts.state))
        .collect();
    assert_eq!(
        states,
        BTreeSet::from([(MAYA, Queued), (JON, Withdrawn)]),
        "Maya's message still goes"
    );
    desk.accept(told_myself(first()));
    assert!(desk.told_to(first(), MAYA).is_some());
    let stranger = TellPersonally {
        session: first(),
        client: Some(ClientId(Uuid::from_u128(0x6f))),
    };
    assert_eq!(
        desk.refuse(stranger),
        Refusal::NotFound {
            what: Thing::Client
        }
    );
}

#[test]
fn an_undo_answers_only_whom_the_undone_thing_reached() {
    let mut desk = told();
    desk.accept(cancel(first()));
    let to_maya = desk
        .notices()
        .into_iter()
        .find(|it| it.facts.client == MAYA && it.facts.intent == desk.last)
        .expect("queued");
    let cancelled = desk.last;
    desk.deliver(to_maya.id);
    desk.undoes = Some(cancelled);
    let flags = desk.accept(restore(first()));
    assert_eq!(flags, [Flag::ToldTheOpposite]);
    assert_eq!(queued(&desk), BTreeSet::from([(MAYA, Queued)]));
    let jons: Vec<_> = desk
        .notices()
        .into_iter()
        .filter(|it| it.facts.client == JON)
        .map(|it| it.facts.state)
        .collect();
    assert_eq!(jons, [Sent, Withdrawn], "Jon never heard of it");
}

#[test]
fn a_reminder_goes_to_each_who_can_be_reached() {
    let mut desk = told();
    desk.edit(JON, |jon| jon.facts.do_not_contact = true);
    let flags = desk.accept(remind(first(), Channel::Email));
    let not_jon = Flag::NotTold {
        why: NotTold::Reach {
            why: NoReach::DoNotContact,
        },
        client: Some(JON),
    };
    assert_eq!(flags, [not_jon]);
    assert_eq!(queued(&desk), BTreeSet::from([(MAYA, Queued)]));

    let to_jon = SendReminder {
        client: Some(JON),
        ..remind(first(), Channel::Email)
    };
    assert_eq!(
        desk.refuse(to_jon),
        Refusal::NoReach {
            channel: Channel::Email,
            why: NoReach::DoNotContact
        }
    );
    desk.edit(MAYA, |maya| maya.facts.may_email = None);
    let denial = Denial::Reach {
        channel: Channel::Email,
        why: NoReach::NoConsent,
    };
    assert_eq!(
        desk.refuse(remind(first(), Channel::Email)),
        Refusal::Denied { denial },
        "nobody is left to remind"
    );
}

#[test]
fn a_reminder_by_whatsapp_is_a_draft_for_the_one_it_is_for() {
    let mut desk = told();
    let to = |client| SendReminder {
        client: Some(client),
        ..remind(first(), Channel::Whatsapp)
    };
    desk.accept(to(JON));
    assert_eq!(queued(&desk), BTreeSet::from([(JON, Draft)]));
    desk.accept(to(MAYA));
    assert!(
        matches!(desk.refuse(to(JON)), Refusal::RecentlyReminded { .. }),
        "Jon's waits; that Maya's does too is another matter"
    );
}

#[test]
fn the_one_who_is_billed_is_chosen_and_stays_the_one() {
    let mut desk = Desk::new();
    desk.accept(BookSession {
        invoice: Some(invoice_id(1)),
        bill: Some(JON),
        ..together(first(), tuesday())
    });
    assert_eq!(desk.invoice(invoice_id(1)).facts.client, JON);
    desk.accept(CancelSession {
        invoice: InvoiceFate::Fee {
            amount: ringgit(80),
        },
        ..cancel(first())
    });
    let fee = desk
        .invoices()
        .into_iter()
        .find(|it| it.facts.kind == InvoiceKind::LateCancelFee)
        .expect("a fee");
    assert_eq!(fee.facts.client, JON, "who was billed owes the fee");
    desk.accept(restore(first()));
    let again = desk
        .invoices()
        .into_iter()
        .find(|it| it.facts.status == InvoiceStatus::Draft)
        .expect("drafted anew");
    assert_eq!(again.facts.client, JON);

    let stranger = BookSession {
        invoice: Some(invoice_id(9)),
        bill: Some(ClientId(Uuid::from_u128(0x6f))),
        ..together(session_id(2), span("2026-03-03 14:00", 50))
    };
    assert_eq!(
        desk.refuse(stranger),
        Refusal::NotFound {
            what: Thing::Client
        },
        "only who comes is billed"
    );
}

#[test]
fn added_time_and_a_missed_session_are_billed_to_whom_the_person_chooses() {
    let mut desk = booked();
    let session = desk.session(first());
    desk.accept(ModifyDuration {
        invoice: Some(ExtensionInvoice {
            bill: Some(JON),
            ..extension(1, ringgit(30), &[])
        }),
        ..lengthen(&session, kl("2026-03-03 11:00"))
    });
    assert_eq!(desk.invoice(invoice_id(1)).facts.client, JON);
    desk.now = kl("2026-03-03 12:00");
    desk.accept(MarkNoShow {
        invoice: InvoiceFate::Fee {
            amount: ringgit(90),
        },
        bill: Some(JON),
        ..no_show(first())
    });
    let fee = desk
        .invoices()
        .into_iter()
        .find(|it| it.facts.kind == InvoiceKind::NoShowFee)
        .expect("a fee");
    assert_eq!(fee.facts.client, JON);
}

#[test]
fn each_client_of_a_session_can_be_billed_for_it() {
    let mut desk = booked();
    desk.accept(DraftInvoice {
        client: JON,
        ..draft(3, Some(first()))
    });
    assert_eq!(desk.invoice(invoice_id(3)).facts.client, JON);
}

#[test]
fn a_repetition_is_of_all_of_them() {
    let mut desk = Desk::new();
    let weekly = |start: &str| Slot {
        co_therapists: vec![BEN],
        ..with_ann(span(start, 50))
    };
    desk.accept(BookSeries {
        more_clients: vec![JON],
        ..series(vec![weekly("2026-03-03 10:00"), weekly("2026-03-10 10:00")])
    });
    for n in 1..=2 {
        let facts = desk.session(session_id(n)).facts;
        assert!(facts.is_with(JON) && facts.is_seen_by(BEN));
    }
    assert_eq!(queued(&desk).len(), 2);
    assert_eq!(desk.notices().len(), 4, "each occurrence to each of them");
}

#[test]
fn what_was_written_before_there_were_groups_is_read_and_written_the_same() {
    let mut desk = Desk::new();
    desk.accept(tuesday_at_ten());
    let session = desk.session(first());
    let body = serde_json::to_value(&session).expect("plain data");
    for field in ["more_clients", "co_therapists"] {
        assert!(
            body["facts"].get(field).is_none(),
            "a session of one says nothing of {field}"
        );
    }
    let read: Session = serde_json::from_value(body).expect("read again");
    assert_eq!(read, session);

    let intent = serde_json::to_value(tuesday_at_ten().body()).expect("plain data");
    for field in ["more_clients", "bill"] {
        assert!(intent.get(field).is_none(), "{field} is not said");
    }
    assert!(intent["slot"].get("co_therapists").is_none());
}
