//! The scenarios of `tests/sync` again, over HTTP and a line that drops, delays, doubles and cuts.

use crate::table::*;
use safetalk_domain::*;
use safetalk_remote::{Change, Remote};
use safetalk_replica::{Answer, Key, Replica};
use safetalk_tests::proxy::{Fate, Proxy};
use safetalk_tests::server::{Computer, TestServer};
use safetalk_wire::http::path::{PULL, PUSH};
use safetalk_wire::*;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const ANNS: &str = "ann@example.org";

/// A clinic on a server, with a bad line to it, and a first device that has caught up.
struct Town {
    server: TestServer,
    proxy: Proxy,
    clock: Hand,
    first: Device,
    folder: TempDir,
}

/// A computer with its replica and its line.
struct Device {
    computer: Computer,
    replica: Replica,
    line: Arc<Remote>,
}

impl Town {
    async fn begin() -> Self {
        let clock = Hand::new();
        let server = TestServer::start_on(crate::kept::database().await, Arc::new(clock.clone()))
            .await
            .unwrap();
        let set_up = match set_up() {
            Body::SetUpClinic(set_up) => set_up,
            _ => unreachable!("the table sets a clinic up"),
        };
        let computer = server.clinic(set_up, ANNS).await.unwrap();
        let proxy = Proxy::before(server.address).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let first = device(&server, &proxy, &folder, computer, "first").await;
        let town = Self {
            server,
            proxy,
            clock,
            first,
            folder,
        };
        town.sync(&town.first).await;
        town.act(&town.first, add_maya()).await;
        town.sync(&town.first).await;
        town
    }

    async fn device(&self, name: &str) -> Device {
        let computer = self.server.sign_in(ANNS).await.unwrap();
        let device = device(&self.server, &self.proxy, &self.folder, computer, name).await;
        self.sync(&device).await;
        device
    }

    async fn act(&self, device: &Device, body: Body) -> safetalk_replica::Acted {
        device
            .replica
            .act(body, OWNER, self.clock.now())
            .await
            .expect("the rules allow it")
    }

    async fn sync(&self, device: &Device) -> safetalk_replica::Synced {
        self.try_sync(device).await.expect("the line is good")
    }

    async fn try_sync(
        &self,
        device: &Device,
    ) -> Result<safetalk_replica::Synced, safetalk_replica::SyncError> {
        let upstream: &dyn Upstream = device.line.as_ref();
        device.replica.sync_once(upstream, self.clock.now()).await
    }

    async fn ledger(&self) -> safetalk_ledger::Ledger {
        self.server.house.ledgers.of(CLINIC).await.unwrap()
    }

    async fn position(&self) -> Position {
        self.ledger().await.head().await.unwrap().position
    }
}

async fn device(
    server: &TestServer,
    proxy: &Proxy,
    folder: &TempDir,
    computer: Computer,
    name: &str,
) -> Device {
    let path = folder.path().join(format!("{name}.db"));
    Device {
        replica: Replica::create(&path, &key()).await.unwrap(),
        line: server.line(&computer, proxy.address).unwrap(),
        computer,
    }
}

/// The next reason to pull that names a position of at least `least`.
async fn told(changes: &mut safetalk_remote::Changes, least: Position) {
    let heard = async {
        loop {
            match changes.next().await {
                Some(Change::Now(position)) if position >= least => return,
                Some(Change::Now(_) | Change::Look) => {}
                other => panic!("the line of events ended: {other:?}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), heard)
        .await
        .expect("the server tells within seconds");
}

#[tokio::test]
async fn what_is_booked_on_one_computer_the_other_is_told_of_and_shows() {
    let town = Town::begin().await;
    let second = town.device("second").await;
    let mut changes = second.line.changes();
    told(&mut changes, town.position().await).await;
    town.act(&town.first, book(session(1), with_ann(hour(30))))
        .await;
    town.sync(&town.first).await;
    told(&mut changes, town.position().await).await;
    town.sync(&second).await;
    assert!(shown(&second.replica, session(1)).await.is_some());
    assert_eq!(
        screen(&second.replica).await,
        ledger_rows(&town.ledger().await).await,
        "both show what the ledger holds"
    );
}

#[tokio::test]
async fn a_lost_answer_to_a_push_is_repaired_by_the_next_sync() {
    let town = Town::begin().await;
    let acted = town
        .act(&town.first, book(session(1), with_ann(hour(30))))
        .await;
    let before = town.position().await;
    town.proxy.next(PUSH, Fate::AnswerLost);
    town.try_sync(&town.first).await.unwrap_err();
    assert_eq!(
        town.first.replica.waiting().await.unwrap().actions,
        1,
        "not known to be answered"
    );
    assert_eq!(town.position().await, before + 1, "but decided");
    let synced = town.sync(&town.first).await;
    assert_eq!(
        synced.verdicts[0].position,
        before + 1,
        "the stored verdict, not a new decision"
    );
    assert_eq!(town.position().await, before + 1);
    let kept = town
        .first
        .replica
        .kept(acted.intent)
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(
        kept.answer,
        Answer::Final(Outcome::Accepted { .. })
    ));
}

#[tokio::test]
async fn the_same_batch_twice_also_at_once_has_one_effect() {
    let town = Town::begin().await;
    for (n, fate) in [(1, Fate::Twice), (2, Fate::TwiceAtOnce)] {
        let before = town.position().await;
        let at = hour(30 + 2 * i64::try_from(n).unwrap());
        town.act(&town.first, book(session(n), with_ann(at))).await;
        town.proxy.next(PUSH, fate);
        let synced = town.sync(&town.first).await;
        assert_eq!(synced.verdicts.len(), 1, "{fate:?}");
        assert!(synced.verdicts[0].outcome.refusal().is_none(), "{fate:?}");
        assert_eq!(town.position().await, before + 1, "{fate:?}");
    }
    let notices: Vec<Notice> = town.ledger().await.all().await.unwrap();
    assert_eq!(notices.len(), 2, "one message for each session");
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_no_transaction_open() {
    let town = Town::begin().await;
    let before = town.position().await;
    town.act(&town.first, book(session(1), with_ann(hour(30))))
        .await;
    // Half a request changes nothing.
    town.proxy.next(PUSH, Fate::Half);
    town.try_sync(&town.first).await.unwrap_err();
    assert_eq!(town.position().await, before);
    // A whole one is decided to its end although nobody waits, again and again.
    for _ in 0..20 {
        town.proxy.next(PUSH, Fate::HangUp);
        town.try_sync(&town.first).await.unwrap_err();
    }
    let second = town.device("second").await;
    town.act(&second, book(session(2), with_ann(hour(40))))
        .await;
    let synced = town.sync(&second).await;
    assert!(
        synced.verdicts[0].outcome.refusal().is_none(),
        "the writer is free for others: {synced:?}"
    );
    town.sync(&town.first).await;
    assert_eq!(town.position().await, before + 2, "each decided once");
    assert_eq!(town.proxy.left(), 0, "every fate was met");
}

#[tokio::test]
async fn a_pull_cut_anywhere_leaves_the_screen_as_it_was() {
    let town = Town::begin().await;
    let second = town.device("second").await;
    for n in 0..6 {
        let at = hour(30 + i64::try_from(n).unwrap());
        town.act(&town.first, book(session(n), with_ann(at))).await;
    }
    town.sync(&town.first).await;
    let before = screen(&second.replica).await;
    for cut in [1, 40, 200, 700] {
        town.proxy.next(PULL, Fate::Cut(cut));
        town.try_sync(&second).await.unwrap_err();
        assert_eq!(
            screen(&second.replica).await,
            before,
            "cut after {cut} bytes"
        );
    }
    town.sync(&second).await;
    assert_eq!(
        screen(&second.replica).await,
        ledger_rows(&town.ledger().await).await
    );
}

#[tokio::test]
async fn a_second_booking_of_one_slot_is_refused_with_what_stands() {
    let town = Town::begin().await;
    let second = town.device("second").await;
    town.act(&town.first, book(session(1), with_ann(hour(30))))
        .await;
    town.act(&second, book(session(2), with_ann(hour(30))))
        .await;
    town.sync(&second).await;
    let synced = town.sync(&town.first).await;
    assert!(matches!(
        synced.verdicts[0].outcome.refusal(),
        Some(Refusal::NotAvailable { .. })
    ));
    assert_eq!(town.first.replica.refused().await.unwrap().len(), 1);
    assert_no_double_booking(&ledger_rows(&town.ledger().await).await);
}

#[tokio::test]
async fn numbers_missing_before_a_batch_are_a_gap() {
    let town = Town::begin().await;
    let status = town.first.replica.status().await.unwrap();
    let answer = town
        .first
        .line
        .push(PushRequest {
            protocol: PROTOCOL,
            device: status.device,
            known: Known::NOTHING,
            acknowledged_n: 0,
            batch: vec![Numbered {
                n: 9,
                pulled_at: None,
                intent: Intent {
                    id: IntentId(uuid::Uuid::from_u128(5)),
                    version: intent::VERSION,
                    actor: intent::Actor::Member(OWNER),
                    made_at: town.clock.now(),
                    seen: 0,
                    depends: Vec::new(),
                    undoes: None,
                    body: book(session(1), with_ann(hour(30))),
                },
            }],
        })
        .await
        .unwrap();
    assert_eq!(
        answer,
        PushAnswer::Gap { expected_n: 2 },
        "one was answered"
    );
}

/// A copy of a device's file goes on working beside it, on the same computer or on another.
async fn cloned(on_another_computer: bool) {
    let mut town = Town::begin().await;
    let name = town.first.replica.status().await.unwrap().device;
    let spare = town.device("spare").await;
    let Device {
        computer, replica, ..
    } = std::mem::replace(&mut town.first, spare);
    quit(replica).await;
    let path = |name: &str| town.folder.path().join(format!("{name}.db"));
    copy_files(&path("first"), &path("clone"));
    let first = open(&town, &path("first"), computer.clone()).await;
    let computer = if on_another_computer {
        town.server.sign_in(ANNS).await.unwrap()
    } else {
        computer
    };
    let clone = open(&town, &path("clone"), computer).await;
    town.act(&first, book(session(1), with_ann(hour(30)))).await;
    town.act(&clone, book(session(2), with_ann(hour(32)))).await;
    town.sync(&first).await;
    let synced = town.sync(&clone).await;
    assert!(
        synced
            .verdicts
            .iter()
            .all(|verdict| verdict.outcome.refusal().is_none()),
        "{synced:?}"
    );
    assert_ne!(
        clone.replica.status().await.unwrap().device,
        name,
        "it has a name of its own now"
    );
    assert_eq!(first.replica.status().await.unwrap().device, name);
    town.sync(&first).await;
    assert_eq!(screen(&first.replica).await, screen(&clone.replica).await);
    let sessions: Vec<Session> = town.ledger().await.all().await.unwrap();
    assert_eq!(sessions.len(), 2, "both keep what they did");
}

async fn open(town: &Town, path: &std::path::Path, computer: Computer) -> Device {
    let key: Key = key();
    Device {
        replica: Replica::open(path, &key).await.unwrap(),
        line: town.server.line(&computer, town.proxy.address).unwrap(),
        computer,
    }
}

#[tokio::test]
async fn a_copied_file_on_the_same_computer_takes_a_name_of_its_own() {
    cloned(false).await;
}

#[tokio::test]
async fn a_copied_file_on_another_computer_takes_a_name_of_its_own() {
    cloned(true).await;
}

#[tokio::test]
async fn an_announced_new_history_is_found_out_over_http_and_everything_is_sent_again() {
    let town = Town::begin().await;
    town.act(&town.first, book(session(1), with_ann(hour(30))))
        .await;
    town.sync(&town.first).await;
    let head = town.ledger().await.begin_epoch().await.unwrap();
    let synced = town.sync(&town.first).await;
    assert!(synced.pushed > 0, "what it still has was sent again");
    assert_eq!(
        town.position().await,
        head.position,
        "and the ledger knew all of it already"
    );
    assert_eq!(
        screen(&town.first.replica).await,
        ledger_rows(&town.ledger().await).await
    );
}

#[tokio::test]
async fn devices_go_on_when_the_server_was_stopped_and_started_again() {
    let clock = Hand::new();
    let server = TestServer::start_on(crate::kept::database().await, Arc::new(clock.clone()))
        .await
        .unwrap();
    let Body::SetUpClinic(set_up) = set_up() else {
        unreachable!("the table sets a clinic up")
    };
    let computer = server.clinic(set_up, ANNS).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::create(&folder.path().join("first.db"), &key())
        .await
        .unwrap();
    let line = server.line(&computer, server.address).unwrap();
    let mut changes = line.changes();
    told(&mut changes, 1).await;
    replica.sync_once(line.as_ref(), clock.now()).await.unwrap();
    let began = std::time::Instant::now();
    let server = server.restart().await.unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "an open line of events does not hold up the end: {:?}",
        began.elapsed()
    );
    let line = server.line(&computer, server.address).unwrap();
    replica.act(add_maya(), OWNER, clock.now()).await.unwrap();
    let synced = replica.sync_once(line.as_ref(), clock.now()).await.unwrap();
    assert_eq!(synced.pushed, 1, "still signed in, same history");
    server.stop().await.unwrap();
}

/// A small generator: the same seed gives the same course of events.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

async fn over_a_bad_line(seed: u64) {
    let town = Town::begin().await;
    let devices = [
        town.device("second").await,
        town.device("third").await,
        town.device("fourth").await,
    ];
    let mut dice = Dice(seed);
    for n in 0..40_u128 {
        let device = &devices[usize::try_from(dice.throw(3)).unwrap()];
        // Few slots, so that they meet.
        let at = hour(30 + i64::try_from(dice.throw(12)).unwrap());
        let body = match dice.throw(4) {
            0 => cancel(session(u128::from(dice.throw(40)))),
            _ => book(session(n), with_ann(at)),
        };
        // What the rules refuse at the click is an answer too.
        let _ = device.replica.act(body, OWNER, town.clock.now()).await;
        let path = if dice.throw(2) == 0 { PUSH } else { PULL };
        let fate = match dice.throw(8) {
            0 => Fate::Drop,
            1 => Fate::Half,
            2 => Fate::AnswerLost,
            3 => Fate::HangUp,
            4 => Fate::Cut(usize::try_from(dice.throw(900)).unwrap()),
            5 => Fate::Twice,
            6 => Fate::TwiceAtOnce,
            _ => Fate::Late(Duration::from_millis(dice.throw(30))),
        };
        town.proxy.next(path, fate);
        let device = &devices[usize::try_from(dice.throw(3)).unwrap()];
        let _ = town.try_sync(device).await;
    }
    // The line becomes good, and one sync is enough for everybody.
    town.proxy.behave();
    for device in &devices {
        town.sync(device).await;
        assert_eq!(device.replica.waiting().await.unwrap().actions, 0);
    }
    let ledger = ledger_rows(&town.ledger().await).await;
    assert_no_double_booking(&ledger);
    for device in &devices {
        town.sync(device).await;
        assert_eq!(screen(&device.replica).await, ledger, "seed {seed}");
    }
    let notices: Vec<Notice> = town.ledger().await.all().await.unwrap();
    let ids: std::collections::BTreeSet<_> = notices.iter().map(|notice| notice.id).collect();
    assert_eq!(ids.len(), notices.len(), "seed {seed}: no message twice");
}

#[tokio::test]
async fn three_devices_on_a_bad_line_come_to_one_history() {
    for seed in [1, 2, 3] {
        over_a_bad_line(seed).await;
    }
}
