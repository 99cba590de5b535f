//! Several server processes on one PostgreSQL: one of them sends, and another takes over when it dies.
//!
//! The server in this process decides what devices push and has no record, so it sends nothing. Those that send are processes
//! of their own, which can be killed.

use crate::quay::*;
use crate::table::*;
use rustix::process::{Pid, Signal, kill_process};
use safetalk_domain::*;
use safetalk_ledger::Ledger;
use safetalk_tests::postgres::Server;
use safetalk_tests::process::Process;
use safetalk_tests::server::{Databases, Setup, TestServer};
use safetalk_tests::smtp::{Act, Sink, SinkOptions, Step};
use safetalk_wire::Now;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tracing_subscriber::filter::LevelFilter;

/// A process that died is missed after so long. Seconds.
const LEASE: u32 = 3;

/// What a process says once it sends.
const RUNS: &str = "the server runs";

/// A clock that runs, from about when the clinic of the table begins.
#[derive(Clone, Copy)]
struct Shifted(i64);

impl Shifted {
    fn from_now() -> Self {
        Self(BEGIN.0 - wall())
    }
}

impl Now for Shifted {
    fn now(&self) -> Moment {
        Moment(wall() + self.0)
    }
}

fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// A clinic on one database, with as many processes that send as are begun.
struct Fleet {
    sink: Sink,
    server: TestServer,
    databases: Databases,
    clock: Shifted,
    ann: Device,
    folder: TempDir,
    begun: usize,
}

impl Fleet {
    async fn of(name: &str) -> Self {
        let postgres = Server::shared().await.unwrap();
        let databases = postgres.databases(name).await.unwrap();
        let sink = Sink::start(SinkOptions::default()).await.unwrap();
        let clock = Shifted::from_now();
        let setup = Setup {
            databases: Some(databases.clone()),
            ..Setup::default()
        };
        let server = TestServer::set_up(setup, Arc::new(clock)).await.unwrap();
        let computer = server.clinic(this_clinic(), ANNS).await.unwrap();
        let ann = Device::of(&server, Arc::new(clock), computer).await;
        let handed = handed(sink.port());
        ann.line.hand_over_mail(&handed).await.unwrap();
        ann.act(add_maya()).await;
        ann.sync().await;
        let mut stopped = server.stopped().await.unwrap();
        stopped.databases = Some(Databases {
            sent: None,
            ..databases.clone()
        });
        let server = stopped.again().await.unwrap();
        let ann = ann.moved_to(&server);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("root.der"), sink.root_der()).unwrap();
        Self {
            sink,
            server,
            databases,
            clock,
            ann,
            folder,
            begun: 0,
        }
    }

    /// Another process that sends.
    fn begin(&mut self) -> Process {
        self.begun += 1;
        let name = format!("server-{}", self.begun);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "processes::the_server_itself", "--ignored"])
            .args(["--nocapture", "--quiet"])
            .env("POST_FOLDER", self.folder.path().join(&name))
            .env("POST_LEDGERS", &self.databases.ledgers)
            .env("POST_SENT", self.databases.sent.as_ref().unwrap())
            .env("POST_ROOT", self.folder.path().join("root.der"))
            .env("POST_CLOCK", self.clock.0.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(self.log(&name)).unwrap());
        let mut process = Process::start(&mut command).unwrap();
        let said = BufReader::new(process.child().stdout.take().unwrap());
        let mut lines = said.lines().map_while(Result::ok);
        assert!(lines.any(|line| line == RUNS), "it ended");
        process
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.log"))
    }

    async fn ledger(&self) -> Ledger {
        self.server.house.ledgers.of(CLINIC).await.unwrap()
    }

    /// Waits until no message waits or is on its way, and counts how they stand.
    async fn settled(&self) -> BTreeMap<NoticeState, usize> {
        let ledger = self.ledger().await;
        let began = Instant::now();
        loop {
            let states = states(&ledger).await;
            let open = |state: &NoticeState| state.waits() || *state == NoticeState::Sending;
            if !states.is_empty() && !states.iter().any(open) {
                return states.into_iter().fold(BTreeMap::new(), |mut counts, one| {
                    *counts.entry(one).or_default() += 1;
                    counts
                });
            }
            assert!(began.elapsed() < PATIENCE, "{states:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How often each message arrived, by its name.
    fn arrived(&self) -> BTreeMap<String, usize> {
        let received = self.sink.received();
        received.iter().fold(BTreeMap::new(), |mut counts, one| {
            *counts.entry(one.header("Message-ID").unwrap()).or_default() += 1;
            counts
        })
    }
}

/// Not a test: a process that sends, as [`Fleet::begin`] starts it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the tests as a process of its own"]
async fn the_server_itself() {
    let Ok(folder) = std::env::var("POST_FOLDER") else {
        return;
    };
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
    let told = |name: &str| std::env::var(name).unwrap();
    let setup = Setup {
        folder: Some(folder.into()),
        databases: Some(Databases {
            ledgers: told("POST_LEDGERS"),
            sent: Some(told("POST_SENT")),
        }),
        mail_root: Some(std::fs::read(told("POST_ROOT")).unwrap()),
        mail_lease: Some(LEASE),
        ..Setup::default()
    };
    let clock = Shifted(told("POST_CLOCK").parse().unwrap());
    let server = TestServer::set_up(setup, Arc::new(clock)).await.unwrap();
    println!("{RUNS}");
    // Ends with its input, as its parent does.
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().lines().next());
    let _ = ended.await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn two_processes_on_one_database_send_each_of_fifty_messages_once() {
    let mut fleet = Fleet::of("fifty").await;
    let _first = fleet.begin();
    let _second = fleet.begin();
    for n in 0..50 {
        let hours = 30 + 2 * i64::try_from(n).unwrap();
        fleet.ann.act(book(session(n), with_ann(hour(hours)))).await;
        if n % 5 == 4 {
            fleet.ann.sync().await;
        }
    }
    assert_eq!(
        fleet.settled().await,
        BTreeMap::from([(NoticeState::Sent, 50)])
    );
    let arrived = fleet.arrived();
    assert_eq!(arrived.len(), 50);
    assert!(arrived.values().all(|times| *times == 1), "{arrived:?}");
    // The finest log of who sent them tells neither the password nor the client.
    let logs =
        ["server-1", "server-2"].map(|name| std::fs::read_to_string(fleet.log(name)).unwrap());
    let logs = logs.concat();
    assert!(
        logs.contains("TRACE") && logs.contains("settled a notice"),
        "it is the finest"
    );
    for secret in [PASSWORD, MAYAS_NAME, "96@example.org"] {
        assert!(!logs.contains(secret), "{secret}");
    }
    // Nor does the database: what is kept of the account there is noise.
    let seen = format!(
        "do $$ begin
            assert (select count(*) from setting where name = 'mail' and length(value) > 100) = 1, 'it is kept';
            assert not exists (select from setting where value ilike '%sesame%' or value ilike '%{}%'), 'it is readable';
        end $$;",
        "sesame".bytes().map(|byte| format!("{byte:02x}")).collect::<String>()
    );
    let postgres = Server::shared().await.unwrap();
    postgres.cluster.run("fifty", &seen).unwrap();
}

#[tokio::test]
async fn whoever_takes_over_from_a_process_that_was_killed_sends_nothing_twice_and_says_what_nobody_knows()
 {
    let mut fleet = Fleet::of("killed").await;
    let mut other = fleet.begin();
    let mut uncertain = 0;
    let moments = [
        Step::Greeting,
        Step::Auth,
        Step::Rcpt,
        Step::Data,
        Step::Body,
        Step::BeforeKeeping,
        Step::Reply,
    ];
    for (n, step) in (0..).zip(moments) {
        fleet.sink.once(step, Act::Wait(Duration::from_millis(700)));
        fleet.sink.forget_steps();
        fleet.ann.books(n, 30 + 2 * i64::try_from(n).unwrap()).await;
        fleet.sink.wait_for_step(step, PATIENCE).await.unwrap();
        // Whichever of the two it is that sends: the one that was there before, for it looked first.
        other.kill();
        other = fleet.begin();
        let counts = fleet.settled().await;
        let now = counts.get(&NoticeState::Uncertain).copied().unwrap_or(0);
        let sent = counts.get(&NoticeState::Sent).copied().unwrap_or(0);
        assert_eq!(now + sent, usize::try_from(n).unwrap() + 1, "{counts:?}");
        if matches!(step, Step::Greeting | Step::Auth | Step::Rcpt) {
            assert_eq!(now, uncertain, "{step:?}: it was not handed over yet");
        }
        if matches!(step, Step::BeforeKeeping | Step::Reply) {
            assert_eq!(now, uncertain + 1, "{step:?}: nobody knows");
        }
        uncertain = now;
    }
    let arrived = fleet.arrived();
    assert!(arrived.values().all(|times| *times == 1), "{arrived:?}");
    let ledger = fleet.ledger().await;
    for notice in ledger.all::<Notice>().await.unwrap() {
        let here = arrived.keys().any(|id| id.contains(&notice.id.to_string()));
        match notice.facts.state {
            NoticeState::Sent => assert!(here, "what is said to be sent has arrived"),
            state => assert_eq!(
                (state, notice.facts.cause),
                (NoticeState::Uncertain, Some(NoticeCause::CutWhileSending))
            ),
        }
    }
}

#[tokio::test]
async fn a_process_that_slept_over_its_lease_hands_nothing_over_when_it_wakes() {
    let mut fleet = Fleet::of("slept").await;
    let mut sleeper = fleet.begin();
    fleet
        .sink
        .once(Step::Mail, Act::Wait(Duration::from_secs(2)));
    fleet.ann.books(1, 30).await;
    fleet
        .sink
        .wait_for_step(Step::Mail, PATIENCE)
        .await
        .unwrap();
    let signal = |process: &mut Process, signal| {
        kill_process(Pid::from_child(process.child()), signal).unwrap();
    };
    signal(&mut sleeper, Signal::STOP);
    let _other = fleet.begin();
    fleet.sink.wait_for(1, PATIENCE).await.unwrap();
    signal(&mut sleeper, Signal::CONT);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(fleet.sink.received().len(), 1, "once");
    assert_eq!(
        fleet.settled().await,
        BTreeMap::from([(NoticeState::Sent, 1)])
    );
}
