//! What a device is told, and what it does with it.

use crate::table::*;
use crate::upstreams::{Bad, Line};
use safetalk_domain::*;
use safetalk_replica::{ActError, Answer, Draft};
use safetalk_wire::*;

#[tokio::test]
async fn what_one_device_does_the_other_shows() {
    let (table, first) = Table::with_clinic().await;
    let second = table.device("second").await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    assert!(
        shown(&first, session(1)).await.is_some(),
        "answered at once, before any sync"
    );
    table.sync(&first).await;
    table.sync(&second).await;
    assert_eq!(
        screen(&first).await,
        screen(&second).await,
        "both have pulled the same history"
    );
    assert_eq!(
        screen(&second).await,
        ledger_rows(&table.ledger).await,
        "and that is what the ledger holds"
    );
}

#[tokio::test]
async fn the_same_intent_twice_has_one_effect_and_one_verdict() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    let line = Bad::new(&table.ledger, &[Line::Twice], &[]);
    let synced = first.sync_once(&line, table.now()).await.unwrap();
    assert_eq!(synced.verdicts.len(), 1);
    assert!(
        synced.verdicts[0].outcome.refusal().is_none(),
        "the second arrival got the first one's verdict"
    );
    let sessions = table.ledger.all::<Session>().await.unwrap();
    let notices = table.ledger.all::<Notice>().await.unwrap();
    assert_eq!(
        (sessions.len(), notices.len()),
        (1, 1),
        "one session, one message"
    );
}

#[tokio::test]
async fn a_lost_answer_to_a_push_is_repaired_by_the_next_sync() {
    let (table, first) = Table::with_clinic().await;
    let acted = table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    let before = table.ledger.head().await.unwrap().position;
    let line = Bad::new(&table.ledger, &[Line::AnswerLost], &[]);
    first.sync_once(&line, table.now()).await.unwrap_err();
    assert_eq!(
        first.waiting().await.unwrap().actions,
        1,
        "not known to be answered"
    );
    assert_eq!(
        table.ledger.head().await.unwrap().position,
        before + 1,
        "but decided"
    );
    let synced = table.sync(&first).await;
    assert_eq!(
        synced.verdicts[0].position,
        before + 1,
        "the stored verdict, not a new decision"
    );
    assert_eq!(table.ledger.head().await.unwrap().position, before + 1);
    assert!(matches!(
        first.kept(acted.intent).await.unwrap().unwrap().answer,
        Answer::Final(Outcome::Accepted { .. })
    ));
}

#[tokio::test]
async fn nothing_flickers_back_between_acknowledgement_and_pull() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    let before = screen(&first).await;
    let line = Bad::new(&table.ledger, &[], &[Line::Down]);
    first.sync_once(&line, table.now()).await.unwrap_err();
    assert_eq!(
        first.waiting().await.unwrap().actions,
        0,
        "the push went through"
    );
    assert_eq!(
        screen(&first).await,
        before,
        "acknowledged and not pulled: still shown"
    );
    // A refusal rebuilds the overlay; what was acknowledged stays.
    let second = table.device("second").await;
    table
        .act(&second, book(session(2), with_ann(hour(40))))
        .await;
    table.sync(&second).await;
    table
        .act(&first, book(session(3), with_ann(hour(40))))
        .await;
    let line = Bad::new(&table.ledger, &[], &[Line::Down]);
    first.sync_once(&line, table.now()).await.unwrap_err();
    assert!(shown(&first, session(1)).await.is_some(), "still shown");
    assert!(
        shown(&first, session(3)).await.is_none(),
        "what was refused leaves at once"
    );
    table.sync(&first).await;
    assert_eq!(screen(&first).await, ledger_rows(&table.ledger).await);
}

#[tokio::test]
async fn a_refused_action_does_not_block_and_stands_until_a_person_closes_it() {
    let (table, first) = Table::with_clinic().await;
    let second = table.device("second").await;
    table
        .act(&second, book(session(2), with_ann(hour(30))))
        .await;
    table.sync(&second).await;
    let refused = table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    let built_on_it = table
        .act(&first, remark(session(1), "brings a letter"))
        .await;
    let free = table
        .act(&first, book(session(3), with_ann(hour(32))))
        .await;
    let synced = table.sync(&first).await;
    assert!(matches!(
        synced.verdicts[0].outcome.refusal(),
        Some(Refusal::NotAvailable { .. })
    ));
    assert_eq!(
        synced.verdicts[1].outcome.refusal(),
        Some(&Refusal::NotDone)
    );
    assert_eq!(
        synced.verdicts[2].outcome.refusal(),
        None,
        "the queue went on"
    );
    let standing: Vec<_> = first.refused().await.unwrap();
    assert_eq!(
        standing.iter().map(|r| r.intent.id).collect::<Vec<_>>(),
        [refused.intent, built_on_it.intent],
        "both stand in front of a person, with what was wanted"
    );
    assert!(standing.iter().all(|r| r.is_final));
    assert!(
        !first.close_refused(free.intent).await.unwrap(),
        "nothing to close there"
    );
    table.clock.forward(60 * 24 * 40);
    table.sync(&first).await;
    assert_eq!(
        first.refused().await.unwrap().len(),
        2,
        "nothing closes by itself"
    );
    assert!(first.close_refused(refused.intent).await.unwrap());
    assert_eq!(first.refused().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_action_that_others_overtook_is_doubted_before_the_ledger_says_so() {
    let (table, first) = Table::with_clinic().await;
    let second = table.device("second").await;
    let wanted = table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table
        .act(&second, book(session(2), with_ann(hour(30))))
        .await;
    table.sync(&second).await;
    // The line lets pulls through only: the outbox is decided again on the new base.
    let line = Bad::new(&table.ledger, &[Line::Down], &[]);
    first.sync_once(&line, table.now()).await.unwrap_err();
    assert!(
        shown(&first, session(1)).await.is_some(),
        "nothing was pulled yet"
    );
    table.sync(&first).await;
    let standing = first.refused().await.unwrap();
    assert_eq!(standing.len(), 1);
    assert_eq!(standing[0].intent.id, wanted.intent);
    assert!(
        shown(&first, session(1)).await.is_none(),
        "a double booking is never drawn"
    );
    assert_no_double_booking(&screen(&first).await);
}

#[tokio::test]
async fn what_the_rules_refuse_writes_nothing() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    let before = screen(&first).await;
    let answer = first
        .act(book(session(2), with_ann(hour(30))), OWNER, table.now())
        .await;
    assert!(matches!(
        answer,
        Err(ActError::Refused(Refusal::NotAvailable { .. }))
    ));
    assert_eq!(screen(&first).await, before);
    assert_eq!(
        first.waiting().await.unwrap().actions,
        1,
        "only the first one waits"
    );
}

#[tokio::test]
async fn an_undo_of_something_refused_is_not_done_either() {
    let (table, first) = Table::with_clinic().await;
    let second = table.device("second").await;
    table
        .act(&second, book(session(2), with_ann(hour(30))))
        .await;
    table.sync(&second).await;
    let booked = table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    let undo = Draft {
        body: cancel(session(1)),
        undoes: Some(booked.intent),
    };
    first
        .act(undo.clone(), OWNER, table.now())
        .await
        .expect("on this screen it stands");
    let synced = table.sync(&first).await;
    assert_eq!(
        synced.verdicts[1].outcome.refusal(),
        Some(&Refusal::NotDone),
        "both close as not done"
    );
    let again = first.act(undo, OWNER, table.now()).await;
    assert!(matches!(again, Err(ActError::Refused(Refusal::NotDone))));
}

#[tokio::test]
async fn a_wrong_clock_cannot_make_an_action_older_than_the_last_pull_or_younger_than_now() {
    let (table, first) = Table::with_clinic().await;
    table.clock.forward(60 * 24);
    table.sync(&first).await;
    let pulled_at = first.status().await.unwrap().pulled_at.unwrap();
    table.clock.forward(60);
    let old = first
        .act(
            book(session(1), with_ann(hour(60))),
            OWNER,
            BEGIN.plus_hours(-500),
        )
        .await
        .unwrap();
    let young = first
        .act(
            book(session(2), with_ann(hour(62))),
            OWNER,
            BEGIN.plus_hours(40),
        )
        .await
        .unwrap();
    table.sync(&first).await;
    let mut read = first.read().await.unwrap();
    for (acted, of, at) in [(old, 1, pulled_at), (young, 2, table.now())] {
        let lines = read.activity_of_session(session(of), 9).await.unwrap();
        assert!(!lines.is_empty());
        assert!(
            lines
                .iter()
                .all(|line| line.at == at && line.intent == acted.intent),
            "the ledger's own times bound the click"
        );
    }
}

#[tokio::test]
async fn no_device_may_speak_for_the_courier() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table.sync(&first).await;
    let notice = table.ledger.all::<Notice>().await.unwrap().remove(0);
    let status = first.status().await.unwrap();
    let push = PushRequest {
        protocol: PROTOCOL,
        device: DeviceId(uuid::Uuid::from_u128(77)),
        known: Known::NOTHING,
        acknowledged_n: 0,
        batch: vec![Numbered {
            n: 1,
            pulled_at: status.pulled_at,
            intent: Intent {
                id: IntentId(uuid::Uuid::from_u128(78)),
                version: intent::VERSION,
                actor: intent::Actor::Courier,
                made_at: table.now(),
                seen: 0,
                depends: Vec::new(),
                undoes: None,
                body: Body::RecordDelivery(intent::RecordDelivery {
                    with: Vec::new(),
                    notice: notice.id,
                    state: NoticeState::Sending,
                    cause: None,
                    not_before: None,
                    rendered: None,
                    counted: true,
                }),
            },
        }],
    };
    let PushAnswer::Answered { verdicts, .. } = table.ledger.push(push).await.unwrap() else {
        panic!("a push of a new device is answered");
    };
    assert_eq!(verdicts[0].outcome.refusal(), Some(&Refusal::CourierOnly));
}
