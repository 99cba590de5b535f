//! Killed from outside, at moments: whatever was answered is there, whatever was not is whole or absent. (`row_by_row` kills
//! at every row that is written and before every commit, one after the other, where the ledger is a file.)

use crate::keeper::Keeper;
use crate::table::*;
use safetalk_domain::*;
use safetalk_replica::Replica;
use safetalk_wire::Now as _;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Set in the child: the folder in which it lives until it is killed, and where its ledger is.
const FOLDER: &str = "SAFETALK_KILLED_FOLDER";
const LEDGER: &str = "SAFETALK_KILLED_LEDGER";

/// What the child does for as long as it lives: book, say so, sync. Says `answered <n>` only after the answer.
async fn live(folder: &std::path::Path) -> ! {
    let clock = Hand::new();
    let address = std::env::var(LEDGER).expect("it is set with the folder");
    let ledger = Keeper::at(&address, &clock).await.open("ledger").await;
    let replica = Replica::open(&folder.join("first.db"), &key())
        .await
        .unwrap();
    let mut n = replica
        .read()
        .await
        .unwrap()
        .all::<Session>()
        .await
        .unwrap()
        .len();
    loop {
        let at = hour(30 + i64::try_from(n).unwrap());
        let id = session(u128::try_from(n).unwrap());
        replica
            .act(book(id, with_ann(at)), OWNER, clock.now())
            .await
            .unwrap();
        println!("answered {n}");
        replica.sync_once(&ledger, clock.now()).await.unwrap();
        n += 1;
    }
}

/// The child itself; outside of one it has nothing to do.
#[tokio::test]
async fn the_child_that_is_killed() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        live(std::path::Path::new(&folder)).await;
    }
}

#[tokio::test]
async fn a_killed_process_has_lost_nothing_it_answered_and_left_nothing_half_done() {
    let (table, first) = Table::with_clinic().await;
    first.close().await;
    table.ledger.close().await;
    let folder = table.folder.path().to_owned();
    drop((table.ledger.clone(), first));
    let Table {
        folder: kept,
        keeper,
        ledger,
        ..
    } = table;
    drop(ledger);
    let mut answered = 0;
    for round in 0_u64..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["killed::the_child_that_is_killed", "--exact", "--nocapture"])
            .env(FOLDER, &folder)
            .env(LEDGER, keeper.address())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Let it answer a few, then kill it at a moment that differs from round to round.
        let mut seen = 0;
        for line in lines.by_ref() {
            if let Some(n) = line.unwrap().strip_prefix("answered ") {
                answered = n.parse::<usize>().unwrap() + 1;
                seen += 1;
                if seen == 3 + round {
                    break;
                }
            }
        }
        std::thread::sleep(Duration::from_millis(round * 3));
        child.kill().unwrap();
        for line in lines {
            if let Some(n) = line.unwrap().strip_prefix("answered ") {
                answered = n.parse::<usize>().unwrap() + 1;
            }
        }
        child.wait().unwrap();

        let ledger = keeper.open("ledger").await;
        let replica = Replica::open(&folder.join("first.db"), &key())
            .await
            .unwrap();
        let shown = replica
            .read()
            .await
            .unwrap()
            .all::<Session>()
            .await
            .unwrap()
            .len();
        assert!(
            shown >= answered,
            "{answered} were answered, {shown} are there"
        );
        assert!(
            shown <= answered + 1,
            "at most the one that was under way is there too"
        );
        let held = replica
            .read()
            .await
            .unwrap()
            .all::<Occupancy>()
            .await
            .unwrap()
            .len();
        assert_eq!(held, 2 * shown, "every session is whole");
        for (vault, name) in [
            (Some(replica.vault()), "replica"),
            (ledger.vault(), "ledger"),
        ] {
            let Some(vault) = vault else { continue };
            let problems = vault.check(safetalk_vault::Depth::Full).await.unwrap();
            assert!(problems.is_empty(), "{name}: {problems:?}");
        }
        replica.sync_once(&ledger, BEGIN).await.unwrap();
        assert_eq!(
            ledger.all::<Session>().await.unwrap().len(),
            shown,
            "push and pull repair the rest"
        );
        assert_eq!(screen(&replica).await, ledger_rows(&ledger).await);
        assert!(replica.refused().await.unwrap().is_empty());
        replica.close().await;
        ledger.close().await;
    }
    drop(kept);
}

#[tokio::test]
async fn a_dropped_future_leaves_an_action_whole_or_absent() {
    let (table, first) = Table::with_clinic().await;
    for n in 0..40_u128 {
        let at = hour(30 + i64::try_from(n).unwrap());
        let act = first.act(book(session(n), with_ann(at)), OWNER, table.now());
        // Cut at a moment that moves through the whole of it.
        let _cut =
            tokio::time::timeout(Duration::from_micros(u64::try_from(n).unwrap() * 150), act).await;
        // A commit that was under way when it was cut comes to its end first.
        drop(first.vault().begin().await.unwrap());
        let mut read = first.read().await.unwrap();
        let sessions = read.all::<Session>().await.unwrap().len();
        let held = read.all::<Occupancy>().await.unwrap().len();
        drop(read);
        assert_eq!(held, 2 * sessions, "whole or absent");
        assert_eq!(
            first.waiting().await.unwrap().actions,
            sessions,
            "with its place in the outbox"
        );
    }
    table.sync(&first).await;
    assert_eq!(screen(&first).await, ledger_rows(&table.ledger).await);
}

#[tokio::test]
async fn a_dropped_sync_goes_on_where_it_was() {
    let (table, first) = Table::with_clinic().await;
    for n in 0..30_u128 {
        let at = hour(30 + i64::try_from(n).unwrap());
        table.act(&first, book(session(n), with_ann(at))).await;
        let sync = first.sync_once(&table.ledger, table.now());
        let _cut =
            tokio::time::timeout(Duration::from_micros(u64::try_from(n).unwrap() * 400), sync)
                .await;
        let id = session(n);
        assert!(
            shown(&first, id).await.is_some(),
            "it never leaves the screen"
        );
    }
    table.sync(&first).await;
    assert_eq!(table.ledger.all::<Session>().await.unwrap().len(), 30);
    assert_eq!(screen(&first).await, ledger_rows(&table.ledger).await);
}
