//! Many at once for one slot, and a click under a sync.

use crate::table::*;
use async_trait::async_trait;
use safetalk_domain::intent::{InvoiceFate, MarkNoShow};
use safetalk_domain::*;
use safetalk_replica::Replica;
use safetalk_wire::{PullAnswer, PullRequest, PushAnswer, PushRequest, Upstream, UpstreamError};

/// Books `of` sessions at once from as many devices and says how many were accepted.
async fn race(
    table: &Table,
    devices: &[Replica],
    round: i64,
    slot_of: impl Fn(usize) -> intent::Slot,
) {
    for (i, device) in devices.iter().enumerate() {
        let n = u128::try_from(round).unwrap() * 1_000 + u128::try_from(i).unwrap();
        table.act(device, book(session(n), slot_of(i))).await;
    }
    let mut pushes = tokio::task::JoinSet::new();
    for device in devices {
        let (device, ledger, now) = (device.clone(), table.ledger.clone(), table.now());
        pushes.spawn(async move { device.sync_once(&ledger, now).await.unwrap() });
    }
    let mut accepted = 0;
    let mut refused = 0;
    for synced in pushes.join_all().await {
        for verdict in synced.verdicts {
            match verdict.outcome.refusal() {
                None => accepted += 1,
                Some(Refusal::NotAvailable { .. }) => refused += 1,
                Some(other) => panic!("refused for another reason: {other:?}"),
            }
        }
    }
    assert_eq!(
        accepted,
        1,
        "exactly one of {} gets the slot",
        devices.len()
    );
    assert_eq!(refused, devices.len() - 1, "and everyone else is told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_two_devices_pushing_at_once_for_one_slot_one_gets_it() {
    let (table, _first) = Table::with_clinic().await;
    let mut devices = Vec::new();
    for n in 0..32 {
        devices.push(table.device(&format!("device-{n}")).await);
    }
    for round in 0..3 {
        let at = hour(40 + 3 * round);
        // The same therapist in two rooms, then two therapists in one room, then one after the other's turnover.
        race(&table, &devices, round, |i| match round {
            0 => slot(
                at,
                ANN,
                Place::Room(if i % 2 == 0 { ROOM_1 } else { ROOM_2 }),
            ),
            1 => slot(at, if i % 2 == 0 { ANN } else { BEN }, Place::Room(ROOM_1)),
            _ => slot(
                Interval::new(
                    at.start.plus_minutes(if i % 2 == 0 { 0 } else { 60 }),
                    at.end.plus_minutes(if i % 2 == 0 { 0 } else { 60 }),
                ),
                if i % 2 == 0 { ANN } else { BEN },
                Place::Room(ROOM_2),
            ),
        })
        .await;
        assert_no_double_booking(&ledger_rows(&table.ledger).await);
    }
    let head = table.ledger.head().await.unwrap();
    assert_eq!(
        table.keeper.positions(&table.ledger).await,
        (head.position, head.position),
        "positions have no gaps"
    );
}

/// A ledger whose answer to a pull is under way for three hours, while a person marks a no-show on the same computer.
struct Slow<'t> {
    table: &'t Table,
    device: Replica,
}

#[async_trait]
impl Upstream for Slow<'_> {
    async fn push(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        self.table.ledger.push(request).await
    }

    async fn pull(&self, request: PullRequest) -> Result<PullAnswer, UpstreamError> {
        let answer = self.table.ledger.pull(request).await;
        self.table.clock.forward(3 * 60);
        let body = Body::MarkNoShow(MarkNoShow {
            session: session(1),
            invoice: InvoiceFate::Keep,
            bill: None,
            free_rest: false,
        });
        self.table.act(&self.device, body).await;
        answer
    }
}

#[tokio::test]
async fn what_is_clicked_while_a_pull_is_under_way_does_not_vanish_when_it_arrives() {
    let (table, first) = Table::with_clinic().await;
    table.act(&first, book(session(1), with_ann(hour(1)))).await;
    table.sync(&first).await;
    let second = table.device("second").await;
    table.act(&second, add_client(JON, "Jon")).await;
    table.sync(&second).await;
    let slow = Slow {
        table: &table,
        device: first.clone(),
    };
    let began = table.now();
    let synced = first.sync_once(&slow, began).await.unwrap();
    assert!(synced.pulled > 0, "something came down under the click");
    let shown = first.row::<Session>(session(1)).await.unwrap().unwrap();
    assert_eq!(
        shown.facts.status,
        SessionStatus::NoShow,
        "when the sync began nobody could have missed the session yet; when the person clicked, it was over"
    );
}
