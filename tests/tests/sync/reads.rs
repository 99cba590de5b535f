//! What the screens ask.

use crate::table::*;
use safetalk_domain::*;

#[tokio::test]
async fn sessions_are_found_by_window_and_client_and_beside_each_other() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table.sync(&first).await;
    table
        .act(
            &first,
            book(session(2), slot(hour(32), BEN, Place::Room(ROOM_2))),
        )
        .await;
    table
        .act(&first, book(session(3), with_ann(hour(34))))
        .await;
    table.act(&first, cancel(session(3))).await;
    let series = SeriesId(uuid::Uuid::from_u128(0x5e));
    let slots = [(4, 50), (5, 60)].map(|(n, at)| (session(n), with_ann(hour(at))));
    table
        .act(
            &first,
            Body::BookSeries(intent::BookSeries {
                series,
                client: MAYA,
                more_clients: Vec::new(),
                service: TALK,
                sessions: slots.into(),
                price: None,
                invoices: Vec::new(),
                bill: None,
                notify: false,
                anyway: intent::Anyway::default(),
            }),
        )
        .await;
    let ids = |sessions: Vec<Session>| sessions.iter().map(|s| s.id).collect::<Vec<_>>();
    let mut read = first.read().await.unwrap();
    let day = Interval::new(BEGIN.plus_hours(30), BEGIN.plus_hours(40));
    assert_eq!(
        ids(read.sessions_in(day, false).await.unwrap()),
        [session(1), session(2)],
        "base and overlay, by start"
    );
    assert_eq!(
        ids(read.sessions_in(day, true).await.unwrap()),
        [session(1), session(2), session(3)]
    );
    let touching = Interval::new(hour(30).end, hour(32).start);
    assert!(
        read.sessions_in(touching, true).await.unwrap().is_empty(),
        "touching ends do not meet"
    );
    let inside = Interval::new(
        hour(30).start.plus_minutes(10),
        hour(30).start.plus_minutes(20),
    );
    assert_eq!(
        ids(read.sessions_in(inside, true).await.unwrap()),
        [session(1)],
        "one that began before"
    );
    assert_eq!(
        ids(read.sessions_of_client(MAYA, 2).await.unwrap()),
        [session(5), session(4)],
        "latest first"
    );
    assert_eq!(
        read.starts_in(day).await.unwrap(),
        [hour(30).start, hour(32).start]
    );
    assert_eq!(
        read.session_from(hour(31).start)
            .await
            .unwrap()
            .map(|s| s.id),
        Some(session(2))
    );
    assert_eq!(
        read.session_before(hour(34).start)
            .await
            .unwrap()
            .map(|s| s.id),
        Some(session(2))
    );
    assert_eq!(read.session_before(hour(30).start).await.unwrap(), None);
    let fourth = read.get::<Session>(session(4)).await.unwrap().unwrap();
    let visits = read.visits(&[MAYA], hour(33).start).await.unwrap();
    assert_eq!(visits[&MAYA].next, Some(fourth.facts.at.start));
    let pending = read.pending(Kind::Session).await.unwrap();
    assert_eq!(
        pending.len(),
        4,
        "all but the one that was synced: {pending:?}"
    );
    assert!(!pending.contains(&session(1).uuid()));
    let some = read
        .many::<Session>(&[session(1), session(5), session(77)])
        .await
        .unwrap();
    assert_eq!(some.len(), 2, "those that exist");
    drop(read);
    table.sync(&first).await;
    let mut read = first.read().await.unwrap();
    assert!(read.pending(Kind::Session).await.unwrap().is_empty());
    let attendance = read
        .attendance(MAYA, BEGIN, BEGIN.plus_hours(55))
        .await
        .unwrap();
    assert_eq!(
        (
            attendance.completed,
            attendance.cancelled,
            attendance.no_show
        ),
        (3, 1, 0),
        "counted over sessions that began"
    );
}

#[tokio::test]
async fn what_the_clinic_called_off_says_nothing_of_how_reliably_a_client_comes() {
    let (table, first) = Table::with_clinic().await;
    table.act(&first, add_client(JON, "Jon Lim")).await;
    for (n, hours, by) in [
        (1, -3, CancelledBy::Client),
        (2, -6, CancelledBy::Therapist),
        (3, -9, CancelledBy::Clinic),
    ] {
        let at = hour(hours);
        table.act(&first, book_together(session(n), at)).await;
        let Body::CancelSession(cancel) = cancel(session(n)) else {
            panic!("a cancellation");
        };
        let cancel = intent::CancelSession { by, ..cancel };
        table.act(&first, Body::CancelSession(cancel)).await;
    }
    // The one who is named first is counted by the store, whoever else comes from the rows.
    for client in [MAYA, JON] {
        let mut read = first.read().await.unwrap();
        let kept = read
            .attendance(client, BEGIN.plus_hours(-99), BEGIN.plus_hours(99))
            .await
            .unwrap();
        assert_eq!((kept.completed, kept.cancelled), (0, 1), "{client}");
    }
}

#[tokio::test]
async fn a_session_is_found_by_everyone_who_comes_and_everyone_who_leads_it() {
    let (table, first) = Table::with_clinic().await;
    table.act(&first, add_client(JON, "Jon Lim")).await;
    table
        .act(&first, book(session(1), with_ann(hour(-3))))
        .await;
    table.act(&first, book_together(session(2), hour(-1))).await;
    table.act(&first, book_together(session(3), hour(30))).await;
    table.act(&first, cancel(session(2))).await;
    let ids = |sessions: Vec<Session>| sessions.iter().map(|s| s.id).collect::<Vec<_>>();
    // Once from the overlay, then from the base.
    for pass in ["kept here", "at the ledger"] {
        let mut read = first.read().await.unwrap();
        assert_eq!(
            ids(read.sessions_of_client(JON, 9).await.unwrap()),
            [session(3), session(2)],
            "{pass}: latest first"
        );
        assert_eq!(
            ids(read.sessions_of_client(MAYA, 2).await.unwrap()),
            [session(3), session(2)],
            "{pass}: no more than asked for"
        );
        let third = read.get::<Session>(session(3)).await.unwrap().unwrap();
        let visits = read.visits(&[JON, MAYA], table.now()).await.unwrap();
        assert_eq!(
            visits[&JON].next,
            Some(third.facts.at.start),
            "{pass}: beside another too"
        );
        assert_eq!(
            (visits[&JON].last, visits[&MAYA].last),
            (None, Some(hour(-3).start)),
            "{pass}: a cancelled session is no visit"
        );
        let kept = read
            .attendance(JON, BEGIN.plus_hours(-99), BEGIN.plus_hours(99))
            .await
            .unwrap();
        assert_eq!((kept.completed, kept.cancelled), (1, 1), "{pass}");
        drop(read);
        table.sync(&first).await;
    }
    let none = rows_of_more(&first, "session_more_overlay").await;
    assert_eq!(
        none, 0,
        "what has arrived leaves the overlay, its index too"
    );
    assert_eq!(rows_of_more(&first, "session_more_base").await, 2);
}

async fn rows_of_more(replica: &safetalk_replica::Replica, table: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
        .fetch_one(replica.vault().readers())
        .await
        .unwrap()
}

#[tokio::test]
async fn clients_are_found_by_what_a_person_remembers() {
    let (table, first) = Table::with_clinic().await;
    let id = |n: u128| ClientId(uuid::Uuid::from_u128(0x6000 + n));
    for (n, name) in [
        (1, "Élodie Marchand"),
        (2, "Anna Maria Elodi"),
        (3, "Tan Wei Ling"),
        (4, "Mayank Rao"),
    ] {
        table.act(&first, add_client(id(n), name)).await;
    }
    let mut read = first.read().await.unwrap();
    let found = |clients: Vec<Client>| clients.iter().map(|c| c.id).collect::<Vec<_>>();
    assert_eq!(
        found(read.search_clients("maya", false, 9).await.unwrap()),
        [MAYA, id(4)].into_iter().collect::<Vec<_>>(),
        "beginnings of names, in the order of names"
    );
    assert_eq!(
        found(read.search_clients("  ÉLOD ", false, 9).await.unwrap()),
        [id(1)],
        "case does not matter in any script"
    );
    assert_eq!(
        found(read.search_clients("wei", false, 9).await.unwrap()),
        [id(3)],
        "a later word"
    );
    assert_eq!(
        found(read.search_clients("mar", false, 9).await.unwrap()),
        [id(2), id(1)]
    );
    assert_eq!(
        read.search_clients("12-345", false, 9).await.unwrap().len(),
        5,
        "numbers, however they are written"
    );
    assert_eq!(
        read.search_clients("example.org", false, 2)
            .await
            .unwrap()
            .len(),
        2,
        "no more than asked for"
    );
    assert_eq!(
        read.search_clients("", false, 99).await.unwrap().len(),
        5,
        "nothing typed finds everyone"
    );
    assert!(
        read.search_clients("%", false, 9).await.unwrap().is_empty(),
        "no pattern characters"
    );
    drop(read);
    let archive = intent::EditClient {
        archived: Some(true),
        ..edit_client(id(3))
    };
    table.act(&first, Body::EditClient(archive)).await;
    let mut read = first.read().await.unwrap();
    assert!(
        read.search_clients("wei", false, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(read.search_clients("wei", true, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn invoices_are_summed_by_where_they_stand() {
    let (table, first) = Table::with_clinic().await;
    let invoice = |n: u128| InvoiceId(uuid::Uuid::from_u128(0x8000 + n));
    for (n, due) in [
        (1, "2026-03-25"),
        (2, "2026-03-10"),
        (3, "2026-03-12"),
        (4, "2026-03-12"),
    ] {
        let due = Some(due.parse().unwrap());
        table
            .act(
                &first,
                Body::DraftInvoice(intent::DraftInvoice {
                    invoice: invoice(n),
                    client: MAYA,
                    session: None,
                    amount: Money::new(1_000 * i64::try_from(n).unwrap(), Currency::MYR),
                    due,
                    text: String::new(),
                }),
            )
            .await;
        table.clock.forward(1);
    }
    for n in [2, 3] {
        table
            .act(
                &first,
                Body::IssueInvoice(intent::IssueInvoice {
                    invoice: invoice(n),
                }),
            )
            .await;
    }
    table
        .act(
            &first,
            Body::VoidInvoice(intent::VoidInvoice {
                invoice: invoice(4),
            }),
        )
        .await;
    let paid = Paid {
        on: "2026-03-20".parse().unwrap(),
        method: PayMethod::Cash,
    };
    table
        .act(
            &first,
            Body::PayInvoice(intent::PayInvoice {
                invoice: invoice(3),
                paid: Some(paid),
            }),
        )
        .await;
    let mut read = first.read().await.unwrap();
    let today = "2026-03-20".parse().unwrap();
    let sums = read.invoice_sums(today).await.unwrap();
    assert_eq!((sums.drafts.count, sums.drafts.minor), (1, 1_000));
    assert_eq!((sums.outstanding.count, sums.outstanding.minor), (1, 2_000));
    assert_eq!((sums.overdue.count, sums.overdue.minor), (1, 2_000));
    assert_eq!((sums.paid.count, sums.paid.minor), (1, 3_000));
    let ids = |found: Vec<Invoice>| found.iter().map(|i| i.id).collect::<Vec<_>>();
    assert_eq!(
        ids(read.overdue_invoices(today, 9).await.unwrap()),
        [invoice(2)]
    );
    assert_eq!(
        ids(read.newest_invoices(2).await.unwrap()),
        [invoice(4), invoice(3)]
    );
    assert_eq!(
        ids(read.invoices_in(InvoiceStatus::Draft, 9).await.unwrap()),
        [invoice(1)]
    );
    assert_eq!(read.invoices_of_client(MAYA, 9).await.unwrap().len(), 4);
}

#[tokio::test]
async fn messages_are_found_by_state() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table.clock.forward(1);
    table
        .act(&first, book(session(2), with_ann(hour(32))))
        .await;
    table.clock.forward(1);
    table.act(&first, cancel(session(1))).await;
    let mut read = first.read().await.unwrap();
    let all = read.newest_notices(99).await.unwrap().len();
    let states = [NoticeState::Queued, NoticeState::Withdrawn];
    let found = read.notices_in(&states, 99).await.unwrap();
    assert_eq!(found.len(), all, "they are all in one of these");
    assert!(
        found.is_sorted_by_key(|n| std::cmp::Reverse(n.facts.queued_at)),
        "newest first"
    );
    assert_eq!(read.notices_in(&states, 1).await.unwrap().len(), 1);
    let of_one = read.notices_of_session(session(1)).await.unwrap();
    assert!(!of_one.is_empty() && of_one.iter().all(|n| n.facts.session == Some(session(1))));
    assert_eq!(read.notices_of_client(MAYA, 1).await.unwrap().len(), 1);
}
