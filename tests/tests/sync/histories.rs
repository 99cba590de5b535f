//! Cloned devices, lost numbers, restored ledgers, many pages.

use crate::table::*;
use crate::upstreams::{Bad, Line};
use safetalk_domain::*;
use safetalk_replica::Replica;
use safetalk_wire::*;

#[tokio::test]
async fn a_cloned_device_takes_a_new_name_and_both_keep_what_they_did() {
    let (table, first) = Table::with_clinic().await;
    quit(first).await;
    copy_files(&table.path("first"), &table.path("clone"));
    let first = Replica::open(&table.path("first"), &key()).await.unwrap();
    let clone = Replica::open(&table.path("clone"), &key()).await.unwrap();
    let name = first.status().await.unwrap().device;
    assert_eq!(
        clone.status().await.unwrap().device,
        name,
        "a clone has the same name"
    );
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table
        .act(&clone, book(session(2), with_ann(hour(32))))
        .await;
    let ours = table.act(&clone, remark(session(2), "second")).await;
    table.sync(&first).await;
    let synced = table.sync(&clone).await;
    assert_eq!(synced.pushed, 2);
    assert!(
        synced
            .verdicts
            .iter()
            .all(|v| v.outcome.refusal().is_none())
    );
    assert_eq!(synced.verdicts[1].intent, ours.intent, "ids are unchanged");
    assert_ne!(
        clone.status().await.unwrap().device,
        name,
        "it has a name of its own now"
    );
    table.sync(&first).await;
    assert_eq!(screen(&first).await, screen(&clone).await);
    assert_eq!(table.ledger.all::<Session>().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_device_restored_from_an_older_copy_forks_and_loses_nothing() {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    quit(first).await;
    copy_files(&table.path("first"), &table.path("old"));
    let first = Replica::open(&table.path("first"), &key()).await.unwrap();
    table.sync(&first).await;
    table
        .act(&first, book(session(2), with_ann(hour(32))))
        .await;
    table.sync(&first).await;
    quit(first).await;
    let old = Replica::open(&table.path("old"), &key()).await.unwrap();
    table.act(&old, book(session(3), with_ann(hour(34)))).await;
    let synced = table.sync(&old).await;
    assert!(
        synced
            .verdicts
            .iter()
            .all(|v| v.outcome.refusal().is_none()),
        "{synced:?}"
    );
    assert_eq!(table.ledger.all::<Session>().await.unwrap().len(), 3);
    assert_eq!(screen(&old).await, ledger_rows(&table.ledger).await);
}

#[tokio::test]
async fn numbers_missing_before_a_batch_are_a_gap() {
    let (table, first) = Table::with_clinic().await;
    let intent = Intent {
        id: IntentId(uuid::Uuid::from_u128(5)),
        version: intent::VERSION,
        actor: intent::Actor::Member(OWNER),
        made_at: table.now(),
        seen: 0,
        depends: Vec::new(),
        undoes: None,
        body: book(session(1), with_ann(hour(30))),
    };
    let device = first.status().await.unwrap().device;
    let answer = table
        .ledger
        .push(PushRequest {
            protocol: PROTOCOL,
            device,
            known: Known::NOTHING,
            acknowledged_n: 0,
            batch: vec![Numbered {
                n: 9,
                pulled_at: None,
                intent,
            }],
        })
        .await
        .unwrap();
    assert_eq!(
        answer,
        PushAnswer::Gap { expected_n: 3 },
        "two were answered"
    );
    assert!(table.ledger.all::<Session>().await.unwrap().is_empty());
}

/// A ledger restored from a copy that two answered actions are not in.
async fn restored(announced: bool) {
    let (table, first) = Table::with_clinic().await;
    let second = table.device("second").await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table.sync(&first).await;
    table.sync(&second).await;
    table.ledger.close().await;
    table.keeper.copy("ledger", "backup").await;
    table.keeper.copy("ledger", "live").await;

    let ledger = table.keeper.open("live").await;
    table
        .act(&first, book(session(2), with_ann(hour(32))))
        .await;
    first.sync_once(&ledger, table.now()).await.unwrap();
    table.act(&first, cancel(session(1))).await;
    first.sync_once(&ledger, table.now()).await.unwrap();
    second.sync_once(&ledger, table.now()).await.unwrap();
    let before = screen(&first).await;
    ledger.close().await;

    let ledger = table.keeper.open("backup").await;
    assert_eq!(
        ledger.all::<Session>().await.unwrap().len(),
        1,
        "the copy is older"
    );
    if announced {
        ledger.begin_epoch().await.unwrap();
    }
    // Another device writes first, so that positions alone would not tell.
    let third = Replica::create(&table.path("third"), &key()).await.unwrap();
    third.sync_once(&ledger, table.now()).await.unwrap();
    for n in 3..6 {
        let at = hour(30 + 2 * i64::try_from(n).unwrap());
        table.act(&third, book(session(n), with_ann(at))).await;
    }
    third.sync_once(&ledger, table.now()).await.unwrap();

    // The line dies in the middle: what is shown in between is still the old history, whole.
    let line = Bad::new(
        &ledger,
        &[Line::Good, Line::Down],
        &[Line::Good, Line::Down],
    );
    assert!(first.sync_once(&line, table.now()).await.is_err());
    assert_eq!(
        screen(&first).await,
        before,
        "nothing vanishes while history is settled"
    );
    first.sync_once(&ledger, table.now()).await.unwrap();
    second.sync_once(&ledger, table.now()).await.unwrap();
    third.sync_once(&ledger, table.now()).await.unwrap();
    let sessions = ledger.all::<Session>().await.unwrap();
    assert_eq!(
        sessions.len(),
        5,
        "what the copy did not have was sent again"
    );
    let one = sessions.iter().find(|s| s.id == session(1)).unwrap();
    assert_eq!(
        one.facts.status,
        SessionStatus::Cancelled,
        "the cancellation too"
    );
    assert!(
        first.refused().await.unwrap().is_empty(),
        "nothing was refused on the way"
    );
    for replica in [&first, &second, &third] {
        assert_eq!(screen(replica).await, ledger_rows(&ledger).await);
    }
}

#[tokio::test]
async fn after_an_announced_restore_devices_send_again_what_was_lost() {
    restored(true).await;
}

#[tokio::test]
async fn after_an_unannounced_restore_devices_find_out_and_send_again_what_was_lost() {
    restored(false).await;
}

#[tokio::test]
async fn a_pull_of_many_pages_ends_in_a_snapshot_although_others_write_meanwhile() {
    let (table, first) = Table::with_clinic().await;
    for n in 0..12 {
        let at = hour(30 + i64::try_from(n).unwrap());
        table.act(&first, book(session(n), with_ann(at))).await;
    }
    table.sync(&first).await;
    let late = Replica::create(&table.path("late"), &key()).await.unwrap();
    let mut line = Bad::new(&table.ledger, &[], &[]);
    line.page = 7;
    let pull = late.sync_once(&line, table.now());
    let write = async {
        for n in 0..12 {
            table.act(&first, cancel(session(n))).await;
            table.sync(&first).await;
        }
    };
    let (pulled, ()) = tokio::join!(pull, write);
    pulled.unwrap();
    let cursor = late.status().await.unwrap().cursor;
    let sessions: Vec<_> = screen(&late)
        .await
        .into_iter()
        .filter(|row| row.kind() == Kind::Session)
        .collect();
    assert_eq!(
        sessions.len(),
        12,
        "no session is missing at position {cursor}"
    );
    let mut line = Bad::new(&table.ledger, &[], &[]);
    line.page = 7;
    late.sync_once(&line, table.now()).await.unwrap();
    assert_eq!(screen(&late).await, ledger_rows(&table.ledger).await);
}

#[tokio::test]
async fn a_pull_that_was_cut_between_pages_leaves_the_screen_as_it_was() {
    let (table, first) = Table::with_clinic().await;
    for n in 0..6 {
        let at = hour(30 + i64::try_from(n).unwrap());
        table.act(&first, book(session(n), with_ann(at))).await;
    }
    table.sync(&first).await;
    let late = Replica::create(&table.path("late"), &key()).await.unwrap();
    let mut line = Bad::new(&table.ledger, &[], &[Line::Good, Line::Good, Line::Down]);
    line.page = 5;
    late.sync_once(&line, table.now()).await.unwrap_err();
    assert!(screen(&late).await.is_empty(), "half a pull is not shown");
    late.sync_once(&line, table.now()).await.unwrap();
    assert_eq!(screen(&late).await, ledger_rows(&table.ledger).await);
}

#[tokio::test]
async fn a_device_that_is_too_old_may_push_and_not_pull() {
    let (table, first) = Table::with_clinic().await;
    let status = first.status().await.unwrap();
    let pulled = table
        .ledger
        .pull(PullRequest {
            protocol: 0,
            device: status.device,
            known: Known::NOTHING,
            acknowledged: None,
            scope: 0,
            upto: None,
            after: None,
            limit: 10,
        })
        .await;
    assert!(matches!(
        pulled,
        Err(UpstreamError::TooOld {
            least: LEAST_PROTOCOL
        })
    ));
    let pushed = table
        .ledger
        .push(PushRequest {
            protocol: 0,
            device: status.device,
            known: Known::NOTHING,
            acknowledged_n: 0,
            batch: Vec::new(),
        })
        .await;
    assert!(matches!(pushed, Ok(PushAnswer::Answered { .. })));
}

#[tokio::test]
async fn a_restore_between_an_answer_and_its_pull_is_found_out_after_others_have_worked_on() {
    let (table, first) = Table::with_clinic().await;
    let second = table.device("second").await;
    table.ledger.close().await;
    table.keeper.copy("ledger", "backup").await;
    table.keeper.copy("ledger", "live").await;

    let ledger = table.keeper.open("live").await;
    let ours = table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    let line = Bad::new(&ledger, &[Line::Good], &[Line::Down]);
    first.sync_once(&line, table.now()).await.unwrap_err();
    assert_eq!(
        first.waiting().await.unwrap().actions,
        0,
        "it was answered, and not pulled"
    );
    ledger.close().await;

    let restored = table.keeper.open("backup").await;
    table
        .act(&second, book(session(2), with_ann(hour(32))))
        .await;
    second.sync_once(&restored, table.now()).await.unwrap();
    let synced = first.sync_once(&restored, table.now()).await.unwrap();
    let said = synced.verdicts.iter().find(|v| v.intent == ours.intent);
    let accepted = said.map(|verdict| verdict.outcome.refusal().is_none());
    assert_eq!(accepted, Some(true), "it is sent again");
    second.sync_once(&restored, table.now()).await.unwrap();
    for device in [&first, &second] {
        assert_eq!(screen(device).await, ledger_rows(&restored).await);
        assert!(shown(device, session(1)).await.is_some(), "and not lost");
    }
}
