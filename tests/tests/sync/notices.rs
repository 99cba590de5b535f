//! What the courier finds at the ledger.

use crate::table::*;
use safetalk_domain::decide::needs_choice;
use safetalk_domain::intent::RecordDelivery;
use safetalk_domain::*;

fn became(notice: NoticeId, state: NoticeState) -> Body {
    Body::RecordDelivery(RecordDelivery {
        notice,
        state,
        cause: None,
        not_before: None,
        rendered: None,
        with: Vec::new(),
        counted: true,
    })
}

#[tokio::test]
async fn waiting_messages_come_in_the_order_in_which_they_were_queued() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table.sync(&first).await;
    let booked = table.ledger.candidates().await.unwrap();
    assert_eq!(booked.len(), 1);
    let candidate = &booked[0];
    assert_eq!(candidate.notice.facts.kind, NoticeKind::Booked);
    assert_eq!(candidate.client.id, MAYA);
    assert_eq!(candidate.session.as_ref().map(|s| s.id), Some(session(1)));
    assert_eq!(candidate.therapist.as_ref().map(|t| t.id), Some(ANN));
    assert!(candidate.told.is_none() && !candidate.later_waits);
    assert_eq!(
        table.ledger.next_wake().await.unwrap(),
        Some(candidate.notice.facts.not_before)
    );

    // It is on its way when a move and a reminder come after it.
    let first_notice = candidate.notice.id;
    table
        .ledger
        .record(
            became(first_notice, NoticeState::Sending),
            None,
            table.now(),
        )
        .await
        .unwrap();
    table.clock.forward(1);
    table.sync(&first).await;
    let stands = shown(&first, session(1)).await.unwrap();
    table
        .act(&first, reschedule(&stands, with_ann(hour(31))))
        .await;
    table.clock.forward(1);
    table
        .act(
            &first,
            Body::SendReminder(intent::SendReminder {
                session: session(1),
                channel: Channel::Email,
                again: false,
                client: None,
            }),
        )
        .await;
    table.sync(&first).await;
    let waiting = table.ledger.candidates().await.unwrap();
    let kinds: Vec<_> = waiting.iter().map(|c| c.notice.facts.kind).collect();
    assert_eq!(
        kinds,
        [
            NoticeKind::Booked,
            NoticeKind::Rescheduled,
            NoticeKind::Reminder
        ]
    );
    assert_eq!(
        waiting.iter().map(|c| c.later_waits).collect::<Vec<_>>(),
        [true, true, false],
        "each knows whether a later one of its session waits"
    );
}

#[tokio::test]
async fn a_message_that_spent_the_night_in_an_outbox_counts_from_the_click() {
    let (table, first) = Table::with_clinic().await;
    let clicked = table.now();
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    // A device whose clock is a day behind: the ledger does not believe it.
    let late = table.device("late").await;
    let behind = table.now().plus_hours(-24);
    late.act(book(session(2), with_ann(hour(32))), OWNER, behind)
        .await
        .expect("the rules allow it");
    table.clock.forward(13 * 60);
    table.sync(&first).await;
    table.sync(&late).await;
    let waiting = table.ledger.candidates().await.unwrap();
    assert_eq!(waiting.len(), 2);
    for candidate in waiting {
        let facts = &candidate.notice.facts;
        assert_eq!(
            facts.queued_at, clicked,
            "from the click, and not from before the device's last pull"
        );
        assert_eq!(facts.decided(), table.now(), "decided in the morning");
        assert!(
            needs_choice(facts, &candidate.clinic.facts, table.now()),
            "nothing goes by itself thirteen hours after a person wanted it"
        );
    }
    // What the screen shows says the same.
    let shown = first.read().await.unwrap().newest_notices(5).await.unwrap();
    assert!(shown.iter().all(|notice| notice.facts.queued_at == clicked));
}

#[tokio::test]
async fn what_the_courier_records_is_an_intent_like_any_other_and_reaches_every_device() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table.sync(&first).await;
    let mut poke = table.ledger.subscribe();
    let before = *poke.borrow_and_update();
    let id = table.ledger.candidates().await.unwrap()[0].notice.id;
    for state in [NoticeState::Sending, NoticeState::Sent] {
        let verdict = table
            .ledger
            .record(became(id, state), None, table.now())
            .await
            .unwrap();
        assert_eq!(verdict.outcome.refusal(), None);
    }
    assert_eq!(
        *poke.borrow_and_update(),
        before + 2,
        "whoever listens is poked after the commit"
    );
    let verdict = table
        .ledger
        .record(became(id, NoticeState::Sending), None, table.now())
        .await
        .unwrap();
    assert_eq!(
        verdict.outcome.refusal(),
        Some(&Refusal::NoticeState {
            state: NoticeState::Sent
        }),
        "a sent message is never sent again"
    );
    table.sync(&first).await;
    let mut read = first.read().await.unwrap();
    let id = Told::id_of(session(1), MAYA);
    let told = read.get::<Told>(id).await.unwrap().unwrap();
    let stands = |session: Session| session.facts.snapshot();
    let booked = read.get::<Session>(session(1)).await.unwrap().unwrap();
    assert_eq!(
        told.what,
        stands(booked),
        "the device learns what the client knows"
    );
    drop(read);
    table.act(&first, cancel(session(1))).await;
    let mut read = first.read().await.unwrap();
    let cancelled = read.get::<Session>(session(1)).await.unwrap().unwrap();
    assert_ne!(
        read.get::<Told>(id).await.unwrap().unwrap().what,
        stands(cancelled),
        "until the cancellation is told, they know something else"
    );
    assert_eq!(
        table.ledger.candidates().await.unwrap().len(),
        0,
        "nothing waits at the ledger yet"
    );
    assert_eq!(table.ledger.next_wake().await.unwrap(), None);
}

#[tokio::test]
async fn a_notice_is_rendered_once() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table.sync(&first).await;
    let id = table.ledger.candidates().await.unwrap()[0].notice.id;
    assert_eq!(table.ledger.rendered(id).await.unwrap(), None);
    assert_eq!(
        table.ledger.put_rendered(id, b"first").await.unwrap(),
        b"first"
    );
    assert_eq!(
        table.ledger.put_rendered(id, b"second").await.unwrap(),
        b"first",
        "a retry is byte-equal"
    );
    assert_eq!(
        table.ledger.rendered(id).await.unwrap().as_deref(),
        Some(&b"first"[..])
    );
}

#[tokio::test]
async fn settings_of_the_ledger_stay() {
    let table = Table::bare().await;
    assert_eq!(table.ledger.setting("host").await.unwrap(), None);
    table.ledger.put_setting("host", "a").await.unwrap();
    table.ledger.put_setting("host", "b").await.unwrap();
    assert_eq!(
        table.ledger.setting("host").await.unwrap().as_deref(),
        Some("b")
    );
}
