//! Callers that hang up in the middle of anything: no connection goes back to its pool inside a transaction.

use crate::keeper::Keeper;
use crate::table::*;
use safetalk_domain::*;
use safetalk_tests::postgres::Server;
use safetalk_wire::*;
use std::time::Duration;
use tempfile::tempdir;

const BATCH: i64 = 10;

/// Connections of the server's role that are inside a transaction and wait for nothing but us.
async fn left_open(keeper: &Keeper) -> i64 {
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity
         where datname = current_database() and application_name = 'safetalk'
         and state like 'idle in transaction%'",
    )
    .fetch_one(keeper.raw())
    .await
    .unwrap()
}

fn request(device: DeviceId, round: i64) -> PushRequest {
    let batch = (0..BATCH)
        .map(|i| {
            let n = round * BATCH + i;
            let id = u128::try_from(n).unwrap();
            Numbered {
                n: n + 1,
                pulled_at: None,
                intent: Intent {
                    id: IntentId(uuid::Uuid::from_u128(0x1_0000 + id)),
                    version: intent::VERSION,
                    actor: intent::Actor::Member(OWNER),
                    made_at: BEGIN,
                    seen: 0,
                    depends: Vec::new(),
                    undoes: None,
                    body: book(session(id), with_ann(hour(30 + n))),
                },
            }
        })
        .collect();
    PushRequest {
        protocol: PROTOCOL,
        device,
        known: Known::NOTHING,
        acknowledged_n: 0,
        batch,
    }
}

fn first_page(device: DeviceId) -> PullRequest {
    PullRequest {
        protocol: PROTOCOL,
        device,
        known: Known::NOTHING,
        acknowledged: None,
        scope: 0,
        upto: None,
        after: None,
        limit: MOST_ROWS,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_hangs_up_at_any_moment_leaves_no_transaction_open_and_no_batch_half_done() {
    // A database of its own, so that what is counted is what this test left.
    let server = Server::shared().await.unwrap();
    server.database("hung_up").await.unwrap();
    let folder = tempdir().unwrap();
    let clock = Hand::new();
    let keeper = Keeper::on(server, "hung_up", &clock).await;
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

    let device = DeviceId(uuid::Uuid::from_u128(0xdead));
    let mut cut = 0;
    for round in 0..60_i64 {
        // Cut at a moment that moves through the whole of it, from before the first message to after the commit.
        let patience = Duration::from_micros(u64::try_from(round * round * 10).unwrap());
        let push = table.ledger.push(request(device, round));
        cut += i64::from(tokio::time::timeout(patience, push).await.is_err());
        let pull = table.ledger.pull(first_page(device));
        let _ = tokio::time::timeout(patience / 2, pull).await;
        // Whatever became of it, the same request may be sent again.
        let answer = table.ledger.push(request(device, round)).await.unwrap();
        let PushAnswer::Answered { verdicts, .. } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(
            verdicts
                .iter()
                .filter(|one| one.outcome.refusal().is_none())
                .count(),
            verdicts.len(),
            "every intent of the batch is in force"
        );
    }
    assert!(cut > 20, "most callers hung up before the answer: {cut}");
    let mut open = left_open(&table.keeper).await;
    for _ in 0..100 {
        if open == 0 {
            break;
        }
        // What was under way comes to its end.
        tokio::time::sleep(Duration::from_millis(50)).await;
        open = left_open(&table.keeper).await;
    }
    assert_eq!(open, 0, "no connection is left inside a transaction");
    let sessions = table.ledger.all::<Session>().await.unwrap().len();
    assert_eq!(sessions, 600, "each intent counts once");
    let head = table.ledger.head().await.unwrap();
    assert_eq!(
        table.keeper.positions(&table.ledger).await,
        (head.position, head.position),
        "positions have no gaps"
    );
}
