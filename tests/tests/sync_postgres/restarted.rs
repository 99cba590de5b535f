//! PostgreSQL goes away in the middle of a batch and comes back.

use crate::keeper::Keeper;
use crate::table::*;
use safetalk_domain::*;
use safetalk_tests::postgres::{DATABASE, Server};
use std::time::Duration;
use tempfile::tempdir;

const BATCH: i64 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_that_postgresql_dies_under_is_an_error_and_sent_again_it_is_right() {
    let server = Server::start().await.unwrap();
    let folder = tempdir().unwrap();
    let clock = Hand::new();
    let keeper = Keeper::on(&server, DATABASE, &clock).await;
    let ledger = keeper.create("ledger").await;
    let table = Table {
        folder,
        keeper,
        ledger,
        clock,
    };
    let first = table.device("first").await;
    table.act(&first, set_up()).await;
    table.act(&first, add_maya()).await;
    table.sync(&first).await;

    let mut failed = 0;
    for round in 0..5_i64 {
        for i in 0..BATCH {
            let n = round * BATCH + i;
            let id = session(u128::try_from(n).unwrap());
            table.act(&first, book(id, with_ann(hour(30 + n)))).await;
        }
        let (device, ledger, now) = (first.clone(), table.ledger.clone(), table.now());
        let sync = tokio::spawn(async move { device.sync_once(&ledger, now).await });
        tokio::time::sleep(Duration::from_millis(u64::try_from(round * 8).unwrap())).await;
        server.cluster.down().unwrap();
        failed += usize::from(sync.await.unwrap().is_err());
        server.cluster.up().unwrap();
        table.sync(&first).await;
        let wanted = usize::try_from((round + 1) * BATCH).unwrap();
        let held = table.ledger.all::<Session>().await.unwrap().len();
        assert_eq!(held, wanted, "nothing is lost, nothing is there twice");
        assert_eq!(screen(&first).await, ledger_rows(&table.ledger).await);
    }
    assert!(failed > 0, "PostgreSQL died under at least one push");
    assert!(first.refused().await.unwrap().is_empty());
    assert_no_double_booking(&ledger_rows(&table.ledger).await);
    let head = table.ledger.head().await.unwrap();
    assert_eq!(
        table.keeper.positions(&table.ledger).await,
        (head.position, head.position),
        "positions have no gaps"
    );
}
