//! A ledger in PostgreSQL and one in a file, given the same intents, answer word for word and keep the same bytes.

use crate::table::*;
use crate::wishes::wishes;
use async_trait::async_trait;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use safetalk_domain::Kind;
use safetalk_ledger::Ledger;
use safetalk_wire::*;
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Two ledgers that hear the same; what one of them says is checked against the other, and passed on.
struct Both {
    one: Ledger,
    other: Ledger,
}

#[async_trait]
impl Upstream for Both {
    async fn push(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        let mut again = request.clone();
        // Each history has marks of its own.
        again.known = Known::NOTHING;
        let (said, meant) = (self.one.push(request).await?, self.other.push(again).await?);
        let PushAnswer::Answered { verdicts, head } = &said else {
            panic!("{said:?}");
        };
        let PushAnswer::Answered {
            verdicts: others,
            head: others_head,
        } = &meant
        else {
            panic!("{meant:?}");
        };
        assert_eq!(verdicts, others, "the same verdicts, flags and refusals");
        assert_eq!(head.position, others_head.position, "at the same positions");
        Ok(said)
    }

    async fn pull(&self, request: PullRequest) -> Result<PullAnswer, UpstreamError> {
        self.one.pull(request).await
    }
}

async fn bodies_in_file(ledger: &Ledger, kind: Kind) -> Vec<String> {
    let sql = format!("select body from {} order by id", kind.table());
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(ledger.vault().expect("a file").readers())
        .await
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn both_stores_give_the_same_answers_and_keep_the_same_bytes(
        lives in proptest::collection::vec(wishes(30), 2),
    ) {
        let run = tokio::runtime::Runtime::new().unwrap();
        run.block_on(async {
            let table = Table::bare().await;
            let path = table.path("in-a-file");
            let file = Ledger::create(&path, &key(), Arc::new(table.clock.clone())).await.unwrap();
            let both = Both { one: table.ledger.clone(), other: file.clone() };
            let devices = [table.device("a").await, table.device("b").await];
            table.act(&devices[0], set_up()).await;
            table.act(&devices[0], add_maya()).await;
            devices[0].sync_once(&both, table.now()).await.unwrap();
            devices[1].sync_once(&both, table.now()).await.unwrap();
            let mut lives = lives;
            while lives.iter().any(|life| !life.is_empty()) {
                for (life, device) in lives.iter_mut().zip(&devices) {
                    for wish in life.drain(..life.len().min(5)) {
                        wish.act(&table, device).await;
                    }
                    device.sync_once(&both, table.now()).await.unwrap();
                }
            }
            for kind in Kind::ALL.iter().copied() {
                let (here, there) = (table.keeper.bodies(kind).await, bodies_in_file(&file, kind).await);
                assert_eq!(here, there, "rows of {kind} are the same, byte for byte");
            }
            assert_eq!(
                table.ledger.next_wake().await.unwrap(),
                file.next_wake().await.unwrap(),
                "the courier wakes at the same moment"
            );
            let late = |ledger: Ledger| async move {
                let end = BEGIN.plus_hours(24 * 365);
                ledger.late(end).await.unwrap().into_iter().map(|one| one.id).collect::<BTreeSet<_>>()
            };
            assert_eq!(
                late(table.ledger.clone()).await,
                late(file.clone()).await,
                "the same messages come too late"
            );
            let waiting = |ledger: Ledger| async move {
                let found = ledger.candidates().await.unwrap();
                found.into_iter().map(|one| (one.notice, one.later_waits)).collect::<Vec<_>>()
            };
            assert_eq!(
                waiting(table.ledger.clone()).await,
                waiting(file.clone()).await,
                "and finds the same messages in the same order"
            );
        });
    }
}
