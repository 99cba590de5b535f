//! How many intents a second a ledger takes. Run by hand, here and in `sync_postgres`:
//! `cargo test --release -p safetalk-tests --test sync -- pace --ignored --nocapture`.

use crate::table::*;
use safetalk_domain::*;
use safetalk_wire::*;
use std::time::Instant;
use uuid::Uuid;

const BATCH: i64 = 50;
const BATCHES: i64 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it measures; its number is worth nothing on a busy machine"]
async fn two_thousand_bookings_in_batches_of_fifty() {
    let (table, _first) = Table::with_clinic().await;
    let device = DeviceId(Uuid::now_v7());
    let mut batches = Vec::new();
    for batch in 0..BATCHES {
        let numbered = (batch * BATCH..(batch + 1) * BATCH).map(|n| Numbered {
            n: n + 1,
            pulled_at: None,
            intent: Intent {
                id: IntentId(Uuid::now_v7()),
                version: intent::VERSION,
                actor: intent::Actor::Member(OWNER),
                made_at: BEGIN,
                seen: 0,
                depends: Vec::new(),
                undoes: None,
                body: book(SessionId(Uuid::now_v7()), with_ann(hour(30 + n))),
            },
        });
        batches.push(PushRequest {
            protocol: PROTOCOL,
            device,
            known: Known::NOTHING,
            acknowledged_n: 0,
            batch: numbered.collect(),
        });
    }
    let began = Instant::now();
    let mut accepted = 0;
    for request in batches {
        let answer = table.ledger.push(request).await.unwrap();
        let PushAnswer::Answered { verdicts, .. } = answer else {
            panic!("{answer:?}");
        };
        let in_force = |one: &&Verdict| one.outcome.refusal().is_none();
        accepted += verdicts.iter().filter(in_force).count();
    }
    let took = began.elapsed();
    assert_eq!(accepted, 2_000, "what was refused was not measured");
    println!("{:.0} intents a second", 2_000.0 / took.as_secs_f64());
}
