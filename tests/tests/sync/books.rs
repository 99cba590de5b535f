//! The schema speaks last, and a random life of a clinic double-books nobody.

use crate::table::*;
use crate::wishes::{Wish, wishes};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use safetalk_domain::availability::Cause;
use safetalk_domain::*;
use safetalk_wire::*;

#[tokio::test]
async fn what_decide_is_made_to_miss_the_schema_refuses_in_the_same_words() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table
        .act(&first, book(session(2), with_ann(hour(40))))
        .await;
    // It carries the very session's name, so that `decide` takes it for the session's own stretch.
    let held = Occupancy {
        id: OccupancyId(uuid::Uuid::from_u128(0xbad)),
        session: session(1),
        resource: Some(ROOM_1.into()),
        at: hour(30),
        turnover_minutes: 0,
        buffer_before: 0,
        buffer_after: 0,
    };
    let forbidden = table.keeper.put(&table.ledger, &held.clone().into()).await;
    assert_eq!(forbidden, None, "nothing stands in its way yet");
    let synced = table.sync(&first).await;
    let Some(Refusal::NotAvailable { unavailable }) = synced.verdicts[0].outcome.refusal() else {
        panic!("{synced:?}");
    };
    assert_eq!(
        unavailable.room,
        [Cause::Taken {
            session: held.session,
            from: held.at.start,
            until: held.at.end
        }]
    );
    assert!(unavailable.therapist.is_empty());
    assert_eq!(
        synced.verdicts[1].outcome.refusal(),
        None,
        "the queue goes on"
    );
    let left: Vec<Occupancy> = table.ledger.all().await.unwrap();
    assert_eq!(left.len(), 3, "nothing of the refused one stayed: {left:?}");
    assert!(
        table
            .ledger
            .row::<Session>(session(1))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn the_schema_refuses_overlaps_and_lets_touching_ends_and_free_rows_be() {
    let (table, _first) = Table::with_clinic().await;
    let put = |id: u128, resource: Option<ResourceId>, at: Interval| {
        let table = &table;
        let row = Occupancy {
            id: OccupancyId(uuid::Uuid::from_u128(id)),
            session: session(id),
            resource,
            at,
            turnover_minutes: 0,
            buffer_before: 0,
            buffer_after: 0,
        };
        async move { table.keeper.put(&table.ledger, &row.into()).await }
    };
    let ann = Some(ResourceId::from(ANN));
    let no = Some("occupancy_no_overlap".to_owned());
    let within =
        |from: i64, to: i64| Interval::new(BEGIN.plus_minutes(from), BEGIN.plus_minutes(to));
    assert_eq!(put(1, ann, within(60, 120)).await, None);
    assert_eq!(
        put(2, ann, within(120, 180)).await,
        None,
        "touching ends do not meet"
    );
    assert_eq!(put(3, ann, within(0, 60)).await, None, "at either end");
    assert_eq!(
        put(4, ann, within(119, 121)).await,
        no,
        "one minute is enough"
    );
    assert_eq!(
        put(5, ann, within(60, 120)).await,
        no,
        "nor the very same stretch"
    );
    assert_eq!(
        put(6, ann, within(-600, 600)).await,
        no,
        "nor around others"
    );
    assert_eq!(
        put(7, None, within(60, 120)).await,
        None,
        "what holds nothing is in nobody's way"
    );
    assert_eq!(
        put(8, Some(BEN.into()), within(60, 120)).await,
        None,
        "nor is someone else"
    );
    // The longest there is, seen from its very end.
    let long = within(10_000, 10_000 + 26 * 60);
    assert_eq!(put(9, ann, long).await, None);
    let last = Interval::new(long.end.plus_minutes(-1), long.end.plus_minutes(59));
    assert_eq!(put(10, ann, last).await, no, "26 hours are looked back");
    let onto_the_second = Occupancy {
        id: OccupancyId(uuid::Uuid::from_u128(1)),
        session: session(1),
        resource: ann,
        at: within(150, 170),
        turnover_minutes: 0,
        buffer_before: 0,
        buffer_after: 0,
    };
    assert!(
        table
            .keeper
            .change_is_forbidden(&table.ledger, &onto_the_second)
            .await,
        "nor is a row changed in place past what speaks last"
    );
}

#[tokio::test]
async fn an_invoice_number_never_names_two_invoices() {
    let (table, first) = Table::with_clinic().await;
    let invoice = |n: u128| InvoiceId(uuid::Uuid::from_u128(0x8000 + n));
    let draft = |n: u128| {
        Body::DraftInvoice(intent::DraftInvoice {
            invoice: invoice(n),
            client: MAYA,
            session: None,
            amount: Money::new(15_000, Currency::MYR),
            due: None,
            text: String::new(),
        })
    };
    let issue = |n: u128| {
        Body::IssueInvoice(intent::IssueInvoice {
            invoice: invoice(n),
        })
    };
    for n in [1, 2] {
        table.act(&first, draft(n)).await;
        table.act(&first, issue(n)).await;
    }
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    let waiting: Invoice = first.row(invoice(1)).await.unwrap().unwrap();
    assert_eq!(
        waiting.facts.number, None,
        "away from the ledger it waits for a number"
    );
    // The second number is taken by an invoice that the clinic's counter knows nothing of.
    let mut taken = waiting;
    taken.id = invoice(99);
    taken.facts.number = Some("INV-0002".to_owned());
    let forbidden = table.keeper.put(&table.ledger, &taken.into()).await;
    assert_eq!(forbidden, None, "nobody has this number yet");
    let synced = table.sync(&first).await;
    let numbered: Invoice = first.row(invoice(1)).await.unwrap().unwrap();
    assert_eq!(numbered.facts.number.as_deref(), Some("INV-0001"));
    let refusals: Vec<_> = synced
        .verdicts
        .iter()
        .map(|v| v.outcome.refusal())
        .collect();
    let exists = Refusal::Exists {
        what: refusal::Thing::Invoice,
    };
    assert_eq!(
        refusals,
        [None, None, None, Some(&exists), None],
        "a number that is taken is refused, and the queue goes on"
    );
}

#[tokio::test]
async fn two_sessions_that_changed_places_offline_do_so_at_the_ledger() {
    let (table, first) = Table::with_clinic().await;
    for n in [1, 2] {
        let at = hour(30 + i64::try_from(n).unwrap());
        table.act(&first, book(session(n), with_ann(at))).await;
    }
    table.sync(&first).await;
    // Out of the way, into its place, into the other's.
    for (n, to) in [(1, hour(40)), (2, hour(31)), (1, hour(32))] {
        let now = shown(&first, session(n)).await.unwrap();
        table.act(&first, reschedule(&now, with_ann(to))).await;
    }
    let synced = table.sync(&first).await;
    let refused = synced
        .verdicts
        .iter()
        .find(|v| v.outcome.refusal().is_some());
    assert_eq!(
        refused, None,
        "a swap is three moves, none of them in the way"
    );
    let at = |n: u128| {
        let ledger = &table.ledger;
        async move {
            ledger
                .row::<Session>(session(n))
                .await
                .unwrap()
                .unwrap()
                .facts
                .at
        }
    };
    assert_eq!(
        (at(1).await, at(2).await),
        (hour(32), hour(31)),
        "they changed places"
    );
    assert_no_double_booking(&ledger_rows(&table.ledger).await);
}

#[tokio::test]
async fn a_daily_series_is_moved_by_one_day_onto_its_own_places() {
    let (table, first) = Table::with_clinic().await;
    let day = |n: u128| hour(30 + 24 * i64::try_from(n).unwrap());
    table
        .act(
            &first,
            Body::BookSeries(intent::BookSeries {
                series: SeriesId(uuid::Uuid::from_u128(0x5e)),
                client: MAYA,
                more_clients: Vec::new(),
                service: TALK,
                sessions: (0..7).map(|n| (session(n), with_ann(day(n)))).collect(),
                price: None,
                invoices: Vec::new(),
                bill: None,
                notify: false,
                anyway: intent::Anyway::default(),
            }),
        )
        .await;
    table.sync(&first).await;
    // The last one first: each takes the place that the next one has just left.
    for n in (0..7).rev() {
        let now = shown(&first, session(n)).await.unwrap();
        table
            .act(&first, reschedule(&now, with_ann(day(n + 1))))
            .await;
    }
    let synced = table.sync(&first).await;
    let refused = synced
        .verdicts
        .iter()
        .find(|v| v.outcome.refusal().is_some());
    assert_eq!(refused, None, "no session stands in another's way");
    for n in 0..7 {
        let moved = table
            .ledger
            .row::<Session>(session(n))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(moved.facts.at, day(n + 1), "session {n} is a day later");
    }
    assert_eq!(screen(&first).await, ledger_rows(&table.ledger).await);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_accepted_sequence_double_books_a_therapist_or_a_room(
        lives in proptest::collection::vec(wishes(30), 3),
        order in proptest::collection::vec(0_usize..3, 12),
    ) {
        let run = tokio::runtime::Runtime::new().unwrap();
        run.block_on(async {
            let (table, first) = Table::with_clinic().await;
            let devices = [first, table.device("b").await, table.device("c").await];
            let mut lives: Vec<std::vec::IntoIter<Wish>> =
                lives.into_iter().map(Vec::into_iter).collect();
            for turn in order {
                for wish in lives[turn].by_ref().take(8) {
                    wish.act(&table, &devices[turn]).await;
                }
                table.sync(&devices[turn]).await;
                assert_no_double_booking(&ledger_rows(&table.ledger).await);
                assert_no_double_booking(&screen(&devices[turn]).await);
            }
            for device in &devices {
                table.sync(device).await;
            }
            let held = ledger_rows(&table.ledger).await;
            for device in &devices {
                table.sync(device).await;
                assert_eq!(screen(device).await, held, "everyone comes to the ledger's rows");
            }
            let verdicts = table.keeper.answered(&table.ledger).await;
            assert!(verdicts.0 > 2, "something was accepted: {verdicts:?}");
        });
    }
}

#[tokio::test]
async fn a_verdict_names_the_position_that_carries_its_rows() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    let synced = table.sync(&first).await;
    assert!(matches!(
        synced.verdicts[0].outcome,
        Outcome::Accepted { .. }
    ));
    let position = table.keeper.position_of(&table.ledger, session(1)).await;
    assert_eq!(position, synced.verdicts[0].position);
}

#[tokio::test]
async fn the_trigger_speaks_for_a_co_therapist_too_and_the_refusal_says_whom() {
    let (table, first) = Table::with_clinic().await;
    table.act(&first, add_client(JON, "Jon Lim")).await;
    table.act(&first, book_together(session(1), hour(30))).await;
    // It carries the very session's name, so that `decide` takes it for the session's own stretch.
    let held = Occupancy {
        id: OccupancyId(uuid::Uuid::from_u128(0xbad)),
        session: session(1),
        resource: Some(BEN.into()),
        at: hour(50),
        turnover_minutes: 0,
        buffer_before: 0,
        buffer_after: 0,
    };
    table.sync(&first).await;
    let forbidden = table.keeper.put(&table.ledger, &held.clone().into()).await;
    assert_eq!(forbidden, None, "nothing stands in its way yet");
    let stands = shown(&first, session(1)).await.unwrap();
    let moved = intent::Slot {
        co_therapists: vec![BEN],
        ..with_ann(hour(50))
    };
    table.act(&first, reschedule(&stands, moved)).await;
    table.sync(&first).await;
    let refused = first.refused().await.unwrap();
    let Some(Refusal::NotAvailable { unavailable }) = refused.first().map(|it| &it.refusal) else {
        panic!("the trigger refuses: {refused:?}");
    };
    assert!(unavailable.therapist.is_empty(), "Ann is free");
    let who: Vec<_> = unavailable
        .co_therapists
        .iter()
        .map(|it| it.therapist)
        .collect();
    assert_eq!(who, [BEN]);
}

#[tokio::test]
async fn a_co_therapist_who_no_longer_leads_a_session_is_free_at_the_ledger_too() {
    let (table, first) = Table::with_clinic().await;
    table.act(&first, add_client(JON, "Jon Lim")).await;
    table.act(&first, book_together(session(1), hour(30))).await;
    let stands = shown(&first, session(1)).await.unwrap();
    table
        .act(&first, reschedule(&stands, with_ann(hour(30))))
        .await;
    table
        .act(
            &first,
            book(session(2), slot(hour(30), BEN, Place::Room(ROOM_2))),
        )
        .await;
    table.sync(&first).await;
    assert!(
        first.refused().await.unwrap().is_empty(),
        "his time was given back with the decision that freed it"
    );
    let rows = ledger_rows(&table.ledger).await;
    assert_no_double_booking(&rows);
    let of_first = rows
        .iter()
        .filter(|row| matches!(row, Row::Occupancy(held) if held.session == session(1)));
    assert_eq!(
        of_first.count(),
        3,
        "therapist, room and the co-therapist's row, which stays without a resource"
    );
}
