//! The replica's invariant: screen = base as pulled + outbox decided again, whatever happens in which order.
//!
//! The right side is computed here from the raw tables by a store of its own in memory, so that a mistake in the
//! replica's views, queries or overlay shows.

use crate::naive::Naive;
use crate::table::*;
use crate::upstreams::{Bad, Line};
use crate::wishes::{Wish, wishes};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use safetalk_domain::gather::gather;
use safetalk_domain::*;
use safetalk_replica::Replica;
use std::collections::BTreeSet;

/// Decides the outbox of a device on its base, in order, each action at the click or at `again`, when all were decided
/// again for the last time.
async fn expected(replica: &Replica, again: Moment) -> Vec<Row> {
    let readers = replica.vault().readers();
    let mut memory = Naive::default();
    for kind in Kind::ALL.iter().copied() {
        let sql = sqlx::AssertSqlSafe(format!("select position, body from {kind}_base"));
        let rows: Vec<(i64, String)> = sqlx::query_as(sql).fetch_all(readers).await.unwrap();
        for (position, body) in rows {
            let row = Row::from_body(kind, &body).unwrap();
            memory.put(row, position);
        }
    }
    let cursor = replica.status().await.unwrap().cursor;
    let outbox: Vec<(String, Option<i64>, Option<i64>)> =
        sqlx::query_as("select body, accepted, position from outbox order by seq")
            .fetch_all(readers)
            .await
            .unwrap();
    let mut refused = BTreeSet::new();
    for (body, accepted, position) in outbox {
        let intent: Intent = serde_json::from_str(&body).unwrap();
        if accepted == Some(0) {
            refused.insert(intent.id);
            continue;
        }
        if accepted == Some(1) && position.is_some_and(|position| position <= cursor) {
            continue;
        }
        if intent
            .depends
            .iter()
            .chain(&intent.undoes)
            .any(|id| refused.contains(id))
        {
            refused.insert(intent.id);
            continue;
        }
        let Ok(world) = gather(&intent, &mut memory).await;
        let clock = Clock {
            made_at: intent.made_at,
            now: again.max(intent.made_at),
        };
        match decide(&intent, &world, &clock) {
            Ok(decision) => {
                for row in decision.rows {
                    memory.put(row, 0);
                }
            }
            Err(_) if accepted.is_none() => drop(refused.insert(intent.id)),
            Err(_) => {}
        }
    }
    memory.rows.into_values().map(|(row, _)| row).collect()
}

fn by_id(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| (row.kind(), row.id()));
    rows
}

/// What happens to one of the devices.
#[derive(Clone, Debug)]
enum Event {
    Wishes(usize, Vec<Wish>),
    Sync(usize, Line, Line),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let line = prop_oneof![
        4 => Just(Line::Good),
        1 => Just(Line::Down),
        1 => Just(Line::AnswerLost),
        1 => Just(Line::Twice),
    ];
    let event = prop_oneof![
        (0_usize..2, wishes(6)).prop_map(|(of, wishes)| Event::Wishes(of, wishes)),
        (0_usize..2, line.clone(), line).prop_map(|(of, push, pull)| Event::Sync(of, push, pull)),
    ];
    proptest::collection::vec(event, 4..16)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 16,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_screen_is_the_base_as_pulled_and_the_outbox_decided_again(events in events()) {
        let run = tokio::runtime::Runtime::new().unwrap();
        run.block_on(async {
            let (table, first) = Table::with_clinic().await;
            let mut devices = [first, table.device("b").await].map(|replica| Watched {
                replica,
                again: table.now(),
            });
            for event in events {
                match event {
                    Event::Wishes(of, wishes) => {
                        for wish in wishes {
                            wish.act(&table, &devices[of].replica).await;
                            devices[of].shows_what_it_should(&format!("{wish:?}")).await;
                        }
                    }
                    Event::Sync(of, push, pull) => {
                        let mut line = Bad::new(&table.ledger, &[push], &[pull]);
                        line.page = 9;
                        let done = devices[of].replica.sync_once(&line, table.now()).await;
                        devices[of].synced(done.is_ok(), table.now()).await;
                    }
                }
            }
            for device in [0, 1, 0] {
                table.sync(&devices[device].replica).await;
            }
            let held = ledger_rows(&table.ledger).await;
            for Watched { replica, .. } in &devices {
                assert_eq!(screen(replica).await, held, "with nothing waiting, everyone shows the ledger's rows");
                assert_eq!(replica.waiting().await.unwrap().actions, 0, "every action was answered");
            }
            assert_no_double_booking(&held);
        });
    }
}

/// A device, and when it last decided its outbox again.
struct Watched {
    replica: Replica,
    again: Moment,
}

impl Watched {
    async fn shows(&self, again: Moment) -> bool {
        by_id(screen(&self.replica).await) == by_id(expected(&self.replica, again).await)
    }

    async fn shows_what_it_should(&self, after: &str) {
        assert_eq!(
            by_id(screen(&self.replica).await),
            by_id(expected(&self.replica, self.again).await),
            "screen = base + outbox decided again, after {after}"
        );
    }

    /// A sync that came to its end decided all of it again. One that was cut off has or has not: an answer that refuses
    /// something is acted upon at once, and nothing else is before the pull.
    async fn synced(&mut self, done: bool, now: Moment) {
        if done || !self.shows(self.again).await {
            self.again = now;
        }
        self.shows_what_it_should(if done {
            "a sync"
        } else {
            "a sync that was cut off"
        })
        .await;
    }
}

#[tokio::test]
async fn acting_adds_to_the_screen_exactly_what_deciding_the_outbox_gives() {
    let (table, first) = Table::with_clinic().await;
    for wish in [
        Wish::Book {
            n: 1,
            hour: 3,
            both: false,
            ann: true,
            place: 0,
            minutes: 60,
        },
        Wish::Book {
            n: 2,
            hour: 4,
            both: false,
            ann: true,
            place: 1,
            minutes: 30,
        },
        Wish::Move {
            n: 1,
            hour: 6,
            both: false,
            ann: false,
            place: 1,
        },
        Wish::Remark(2),
        Wish::Cancel(2),
        Wish::Book {
            n: 3,
            hour: 4,
            both: false,
            ann: true,
            place: 1,
            minutes: 45,
        },
    ] {
        wish.act(&table, &first).await;
        assert_eq!(
            by_id(screen(&first).await),
            by_id(expected(&first, table.now()).await),
            "after {wish:?}"
        );
    }
}
