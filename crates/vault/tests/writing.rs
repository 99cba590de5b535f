//! A transaction is whole or absent, whatever ends it: an error, a dropped future, a full disk.

mod support;

use safetalk_vault::{Ailment, Depth, OpenError, Role, Vault, diagnose};
use std::fs;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use support::{SmallDisk, act, actions, create, key, migrator, open, put};
use tempfile::tempdir;

const BODY: [u8; 8192] = [7; 8192];

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_and_the_next_one_begins_at_once() {
    let folder = tempdir().unwrap();
    let vault = create(folder.path(), "replica.db", Role::Replica).await;
    let mut half = vault.begin().await.unwrap();
    put(&mut half, 1, 1, b"half an action").await.unwrap();
    drop(half);
    act(&vault, 2, b"whole").await.unwrap();
    assert_eq!(actions(&vault).await, [2]);
}

#[tokio::test]
async fn a_savepoint_is_undone_alone() {
    let folder = tempdir().unwrap();
    let vault = create(folder.path(), "ledger.db", Role::Ledger).await;
    let mut transaction = vault.begin().await.unwrap();
    put(&mut transaction, 1, 1, b"kept").await.unwrap();
    let savepoint = sqlx::Connection::begin(&mut *transaction).await.unwrap();
    drop(savepoint);
    put(&mut transaction, 1, 2, b"kept").await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(actions(&vault).await, [1]);
}

#[tokio::test]
async fn the_log_is_moved_into_the_database_between_times_and_by_no_commit() {
    let folder = tempdir().unwrap();
    let vault = create(folder.path(), "replica.db", Role::Replica).await;
    let length = || {
        fs::metadata(folder.path().join("replica.db"))
            .unwrap()
            .len()
    };
    let before = length();
    for n in 0..250 {
        act(&vault, n, &BODY).await.unwrap();
    }
    assert_eq!(
        length(),
        before,
        "nobody's commit moved the 1,500 pages: they are in the log"
    );
    let mut open = vault.begin().await.unwrap();
    put(&mut open, 250, 1, &BODY).await.unwrap();
    vault.tidy().await.unwrap();
    assert!(
        length() > before + 250 * 2 * 8192,
        "what was committed is in the database, and the open action was not in the way"
    );
    put(&mut open, 250, 2, &BODY).await.unwrap();
    open.commit().await.unwrap();
    assert_eq!(
        actions(&vault).await.len(),
        251,
        "and nobody sees a difference"
    );
}

/// Polls the future `steps` times, then drops it: at once, while the database is at work, or when it has just answered.
async fn cancelled_after<F: Future>(steps: u32, at_once: bool, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|context| {
        if polls == steps {
            return Poll::Ready(None);
        }
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Pending if at_once && polls == steps => Poll::Ready(None),
            polled => polled.map(Some),
        }
    })
    .await
}

/// The person closes the window, a timeout fires: the future of an action is dropped while it waits for the writer,
/// begins, writes or commits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_cancelled_at_any_point_is_whole_or_absent_and_blocks_nobody() {
    let folder = tempdir().unwrap();
    let vault = create(folder.path(), "ledger.db", Role::Ledger).await;
    let (mut answered, mut cancelled) = (Vec::new(), 0);
    for n in 0..600 {
        let steps = (n / 2 % 20) as u32;
        match cancelled_after(steps, n % 2 == 0, act(&vault, n, b"body")).await {
            Some(done) => {
                done.unwrap();
                answered.push(n);
            }
            None => cancelled += 1,
        }
        if n % 7 == 0 {
            tokio::time::timeout(Duration::from_secs(5), act(&vault, 1000 + n, b"next"))
                .await
                .expect("the writer is free for the next one")
                .unwrap();
        }
    }
    assert!(cancelled > 20, "the test cancels: {cancelled} of 600");
    assert!(
        answered.len() > 20,
        "and it lets others finish: {}",
        answered.len()
    );
    let there = actions(&vault).await;
    for n in answered {
        assert!(
            there.contains(&n),
            "action {n} was answered and must be there"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_queue_and_readers_go_on_reading() {
    let folder = tempdir().unwrap();
    let vault = create(folder.path(), "ledger.db", Role::Ledger).await;
    act(&vault, 0, b"first").await.unwrap();
    let mut held = vault.begin().await.unwrap();
    put(&mut held, 1, 1, b"not yet").await.unwrap();
    assert_eq!(actions(&vault).await, [0], "readers see the last commit");
    let waiting: Vec<_> = (10..30)
        .map(|n| {
            let vault = vault.clone();
            tokio::spawn(async move { act(&vault, n, b"queued").await })
        })
        .collect();
    drop(held);
    for task in waiting {
        task.await
            .unwrap()
            .expect("nobody fails for want of the lock");
    }
    assert_eq!(actions(&vault).await.len(), 21);
}

/// Fills the vault until it refuses, and gives back how many actions were answered.
async fn fill(vault: &Vault, from: i64) -> (i64, sqlx::Error) {
    for n in from..from + 10_000 {
        if let Err(error) = act(vault, n, &BODY).await {
            return (n, error);
        }
    }
    panic!("the disk never filled");
}

/// SQLite answers a full disk by rolling back on its own; the connection must not stay in a transaction that is none.
#[tokio::test]
async fn a_full_file_refuses_plainly_loses_nothing_and_takes_writes_again_when_there_is_room() {
    let folder = tempdir().unwrap();
    let vault = create(folder.path(), "replica.db", Role::Replica).await;
    let mut limited = vault.begin().await.unwrap();
    sqlx::query("pragma max_page_count = 300")
        .execute(&mut *limited)
        .await
        .unwrap();
    limited.commit().await.unwrap();

    let (answered, error) = fill(&vault, 0).await;
    assert_eq!(diagnose(&error), Ailment::DiskFull, "{error:?}");
    assert_eq!(actions(&vault).await, (0..answered).collect::<Vec<_>>());

    // The limit belongs to the connection that is replaced after the failure: there is room again.
    act(&vault, 5_000, b"after")
        .await
        .expect("the writer is usable again");
    vault.close().await;
    drop(vault);
    let vault = open(folder.path(), "replica.db", Role::Replica).await;
    assert_eq!(
        actions(&vault).await.len() as i64,
        answered + 1,
        "all of it is on disk"
    );
    assert!(vault.check(Depth::Full).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_full_disk_refuses_plainly_loses_nothing_and_takes_writes_again_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(6) else {
        return;
    };
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0; 2 << 20]).unwrap();
    let vault = create(disk.path(), "replica.db", Role::Replica).await;
    let (answered, error) = fill(&vault, 0).await;
    assert_eq!(diagnose(&error), Ailment::DiskFull, "{error:?}");
    assert!(answered > 10, "some actions fit: {answered}");
    for n in 0..3 {
        let again = act(&vault, 6_000 + n, &BODY).await.expect_err("still full");
        assert_eq!(
            diagnose(&again),
            Ailment::DiskFull,
            "said plainly every time: {again:?}"
        );
    }
    assert_eq!(actions(&vault).await, (0..answered).collect::<Vec<_>>());

    fs::remove_file(&ballast).unwrap();
    act(&vault, 7_000, &BODY)
        .await
        .expect("there is room again");
    vault.close().await;
    drop(vault);
    let vault = open(disk.path(), "replica.db", Role::Replica).await;
    assert_eq!(actions(&vault).await.len() as i64, answered + 1);
    assert!(vault.check(Depth::Full).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_database_that_finds_no_room_to_be_made_is_not_there_afterwards() {
    let Some(disk) = SmallDisk::mount(1) else {
        return;
    };
    fs::write(disk.path().join("ballast"), vec![0; (1 << 20) - (16 << 10)]).unwrap();
    let path = disk.path().join("ledger.db");
    let refused = Vault::create(&path, &key(), &migrator(6), Role::Ledger).await;
    assert!(matches!(refused, Err(OpenError::DiskFull)), "{refused:?}");
    assert!(!path.exists(), "no half-made database under its name");
    fs::remove_file(disk.path().join("ballast")).unwrap();
    Vault::create(&path, &key(), &migrator(6), Role::Ledger)
        .await
        .expect("with room it is made after all");
}
