//! Killed after every single row that is written, and right before every commit: whatever was answered is in force,
//! whatever was not is whole or absent, and what was under way goes on.
//!
//! The child is killed by its own store: SQLite tells of each row and of each commit, and the n-th of them is the last
//! thing that happens. n goes from the first to the one that the job no longer reaches, so no place is left to chance.
//! (`killed` kills at moments instead, from outside, whatever the store is.)

use crate::keeper::Keeper;
use crate::table::*;
use safetalk_domain::intent::*;
use safetalk_domain::*;
use safetalk_ledger::Ledger;
use safetalk_replica::Replica;
use safetalk_vault::{Depth, Vault};
use safetalk_wire::Now as _;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// Set in the child: the folder in which it lives, its job, and the sign of life that is its last.
const FOLDER: &str = "SAFETALK_ROW_BY_ROW_FOLDER";
const JOB: &str = "SAFETALK_ROW_BY_ROW_JOB";
const LAST: &str = "SAFETALK_ROW_BY_ROW_LAST";

/// No job writes so many rows; a loop that comes here never ends.
const MOST: u64 = 2_000;

/// What is done in one click.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    Book,
    Series,
    Reschedule,
    Cancel,
    Restore,
    LengthenWithInvoice,
    NoShow,
}

impl Job {
    const ALL: [Self; 7] = [
        Self::Book,
        Self::Series,
        Self::Reschedule,
        Self::Cancel,
        Self::Restore,
        Self::LengthenWithInvoice,
        Self::NoShow,
    ];

    fn name(self) -> String {
        format!("{self:?}")
    }

    /// The intent, by someone who looks at `replica`. Session 1 stands there, 2 is cancelled, 3 is over.
    async fn body(self, replica: &Replica) -> Body {
        let stands = shown(replica, session(1)).await.unwrap();
        match self {
            Self::Book => book(session(10), with_ann(hour(40))),
            Self::Series => Body::BookSeries(BookSeries {
                series: SeriesId(Uuid::from_u128(0x5e)),
                client: MAYA,
                more_clients: Vec::new(),
                service: TALK,
                sessions: (0..3_u8)
                    .map(|n| {
                        let at = hour(50 + 24 * 7 * i64::from(n));
                        (session(20 + u128::from(n)), with_ann(at))
                    })
                    .collect(),
                price: None,
                invoices: Vec::new(),
                bill: None,
                notify: true,
                anyway: Anyway::default(),
            }),
            Self::Reschedule => reschedule(&stands, slot(hour(60), BEN, Place::Room(ROOM_2))),
            Self::Cancel => cancel(session(1)),
            Self::Restore => Body::RestoreSession(RestoreSession {
                session: session(2),
                notify: true,
                anyway: Anyway::default(),
            }),
            Self::LengthenWithInvoice => Body::ModifyDuration(ModifyDuration {
                session: session(1),
                guard: stands.facts.guard(),
                end: stands.facts.at.end.plus_minutes(30),
                notify: true,
                invoice: Some(ExtensionInvoice {
                    invoice: InvoiceId(Uuid::from_u128(0x8000)),
                    amount: Money::new(7_500, Currency::MYR),
                    due: "2026-04-03".parse().unwrap(),
                    text: "Added time".to_owned(),
                    send: vec![Channel::Email],
                    bill: None,
                }),
                anyway: Anyway::default(),
            }),
            Self::NoShow => Body::MarkNoShow(MarkNoShow {
                session: session(3),
                invoice: InvoiceFate::Keep,
                bill: None,
                free_rest: false,
            }),
        }
    }
}

/// A clinic with three sessions, closed: what every life begins from.
async fn beginning() -> Table {
    let (table, first) = Table::with_clinic().await;
    let over = Body::BookSession(BookSession {
        invoice: Some(InvoiceId(Uuid::from_u128(0x8100))),
        price: Some(Money::new(15_000, Currency::MYR)),
        notify: false,
        ..match book(session(3), with_ann(hour(1))) {
            Body::BookSession(body) => body,
            _ => unreachable!("a booking"),
        }
    });
    for body in [
        book(session(1), with_ann(hour(30))),
        book(session(2), with_ann(hour(32))),
        cancel(session(2)),
        over,
    ] {
        table.act(&first, body).await;
    }
    table.sync(&first).await;
    quit(first).await;
    table.ledger.close().await;
    table
}

/// Three hours later, when the third session is over.
fn clock() -> Hand {
    let clock = Hand::new();
    clock.forward(3 * 60);
    clock
}

/// A copy of the clinic to live in.
fn copy(table: &Table) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for name in ["first.db", "ledger.db"] {
        copy_files(&table.folder.path().join(name), &home.path().join(name));
    }
    home
}

async fn open(home: &Path) -> (Replica, Ledger) {
    let replica = Replica::open(&home.join("first.db"), &key()).await.unwrap();
    let ledger = Keeper::new(home, &clock()).await.open("ledger").await;
    (replica, ledger)
}

/// Counts every row this file is given and every commit; the one numbered `last` is the end of the process.
async fn mortal(vault: &Vault, lived: &Arc<AtomicU64>, last: u64) {
    // The one connection that writes: what is set on it stays.
    let mut transaction = vault.begin().await.unwrap();
    {
        let mut handle = transaction.lock_handle().await.unwrap();
        let tick = {
            let lived = Arc::clone(lived);
            move || {
                if lived.fetch_add(1, Ordering::SeqCst) + 1 == last {
                    use rustix::process::{Signal, getpid, kill_process};
                    kill_process(getpid(), Signal::KILL).unwrap();
                }
            }
        };
        let on_commit = tick.clone();
        handle.set_update_hook(move |_| tick());
        handle.set_commit_hook(move || {
            on_commit();
            true
        });
    }
    transaction.rollback().await.unwrap();
}

/// The child itself; outside of one it has nothing to do.
#[tokio::test]
async fn the_child_that_ends() {
    let Some(home) = std::env::var_os(FOLDER) else {
        return;
    };
    let job = std::env::var(JOB).unwrap();
    let job = Job::ALL.into_iter().find(|one| one.name() == job).unwrap();
    let last = std::env::var(LAST).unwrap().parse().unwrap();
    let (replica, ledger) = open(Path::new(&home)).await;
    let body = job.body(&replica).await;
    let lived = Arc::new(AtomicU64::new(0));
    mortal(replica.vault(), &lived, last).await;
    mortal(ledger.vault().unwrap(), &lived, last).await;
    replica.act(body, OWNER, clock().now()).await.unwrap();
    println!("\nanswered");
    replica.sync_once(&ledger, clock().now()).await.unwrap();
    println!("\nsynced");
    println!("\nlived {}", lived.load(Ordering::SeqCst));
}

/// How far a child came.
#[derive(Default, Debug)]
struct Life {
    answered: bool,
    synced: bool,
    /// It reached its end by itself, after so many signs of life.
    whole: Option<u64>,
}

fn live(home: &Path, job: Job, last: u64) -> Life {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["row_by_row::the_child_that_ends", "--exact", "--nocapture"])
        .env(FOLDER, home)
        .env(JOB, job.name())
        .env(LAST, last.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut life = Life::default();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        match line.unwrap().as_str() {
            "answered" => life.answered = true,
            "synced" => life.synced = true,
            other => {
                let lived = other.strip_prefix("lived ");
                life.whole = life.whole.or(lived.map(|n| n.parse().unwrap()));
            }
        }
    }
    let status = child.wait().unwrap();
    assert_eq!(
        status.success(),
        life.whole.is_some(),
        "{job:?}: it ends by itself or is killed, and fails at nothing: {status}"
    );
    life
}

/// Rows in no order, with what an action draws at random (its own id, and the ids made from it) left out, so that two
/// lives of the same job can be compared.
struct Seen {
    known: BTreeSet<Uuid>,
}

impl Seen {
    fn new(rows: &[Row]) -> Self {
        Self {
            known: rows.iter().map(Row::id).collect(),
        }
    }

    fn of(&self, rows: &[Row]) -> Vec<String> {
        let mut seen: Vec<String> = rows
            .iter()
            .map(|row| {
                let mut body: Value = serde_json::from_str(&row.body().unwrap()).unwrap();
                self.blot(&mut body);
                format!("{} {body}", row.kind())
            })
            .collect();
        seen.sort();
        seen
    }

    fn blot(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Ok(id) = text.parse::<Uuid>()
                    && id.get_version_num() != 0
                    && !self.known.contains(&id)
                {
                    *text = "drawn".to_owned();
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|one| self.blot(one)),
            Value::Object(fields) => fields.values_mut().for_each(|one| self.blot(one)),
            _ => {}
        }
    }
}

/// What one job may leave behind, and no more than this.
struct Allowed {
    seen: Seen,
    /// Nothing happened.
    absent: Vec<String>,
    /// It was answered here.
    answered: Vec<String>,
    /// The ledger has it, and this computer has pulled it.
    final_: Vec<String>,
    ledger_before: Vec<String>,
}

impl Allowed {
    async fn by(table: &Table, job: Job) -> Self {
        let home = copy(table);
        let (replica, ledger) = open(home.path()).await;
        let before = screen(&replica).await;
        let seen = Seen::new(&before);
        let (absent, ledger_before) = (seen.of(&before), seen.of(&ledger_rows(&ledger).await));
        let body = job.body(&replica).await;
        replica.act(body, OWNER, clock().now()).await.unwrap();
        let answered = seen.of(&screen(&replica).await);
        replica.sync_once(&ledger, clock().now()).await.unwrap();
        let final_ = seen.of(&screen(&replica).await);
        assert_eq!(final_, seen.of(&ledger_rows(&ledger).await));
        assert_ne!(absent, answered, "{job:?} can be seen");
        replica.close().await;
        ledger.close().await;
        Self {
            seen,
            absent,
            answered,
            final_,
            ledger_before,
        }
    }
}

/// How many lives ended in which stretch of the job.
#[derive(Default, Debug)]
struct Ended {
    before_the_answer: u64,
    before_the_ledger: u64,
    before_the_pull: u64,
    after_it: u64,
}

async fn look(home: &Path, job: Job, n: u64, life: &Life, allowed: &Allowed, ended: &mut Ended) {
    let (replica, ledger) = open(home).await;
    for vault in [replica.vault(), ledger.vault().unwrap()] {
        let problems = vault.check(Depth::Full).await.unwrap();
        assert!(problems.is_empty(), "{job:?}, {n}: {problems:?}");
    }
    let there = allowed.seen.of(&screen(&replica).await);
    let at_the_ledger = allowed.seen.of(&ledger_rows(&ledger).await);
    let absent = there == allowed.absent;
    assert!(
        absent || there == allowed.answered || there == allowed.final_,
        "{job:?}, {n}: whole or absent on the screen, {life:?}"
    );
    let decided = at_the_ledger == allowed.final_;
    assert!(
        decided || at_the_ledger == allowed.ledger_before,
        "{job:?}, {n}: whole or absent at the ledger, {life:?}"
    );
    assert!(!(life.answered && absent), "{job:?}, {n}: it was answered");
    assert!(
        !(decided && absent),
        "{job:?}, {n}: nothing comes of nothing"
    );
    if life.synced {
        assert!(
            decided && there == allowed.final_,
            "{job:?}, {n}: it was told so"
        );
    }
    let pulled = replica.status().await.unwrap().cursor == ledger.head().await.unwrap().position;
    *match (absent, decided, pulled) {
        (true, ..) => &mut ended.before_the_answer,
        (_, false, _) => &mut ended.before_the_ledger,
        (_, _, false) => &mut ended.before_the_pull,
        _ => &mut ended.after_it,
    } += 1;

    // It goes on: what is absent can be done, what is there comes to its end, once.
    if absent {
        assert_eq!(replica.waiting().await.unwrap().actions, 0);
        let body = job.body(&replica).await;
        replica.act(body, OWNER, clock().now()).await.unwrap();
    }
    replica.sync_once(&ledger, clock().now()).await.unwrap();
    let shown = screen(&replica).await;
    assert_eq!(
        allowed.seen.of(&shown),
        allowed.final_,
        "{job:?}, {n}: in the end"
    );
    assert_eq!(
        shown,
        ledger_rows(&ledger).await,
        "{job:?}, {n}: everywhere"
    );
    assert!(replica.refused().await.unwrap().is_empty(), "{job:?}, {n}");
    assert_eq!(replica.waiting().await.unwrap().actions, 0, "{job:?}, {n}");
    replica.close().await;
    ledger.close().await;
}

async fn at_every_row(job: Job) {
    let table = beginning().await;
    let allowed = Allowed::by(&table, job).await;
    let mut ended = Ended::default();
    for n in 1..MOST {
        let home = copy(&table);
        let life = live(home.path(), job, n);
        look(home.path(), job, n, &life, &allowed, &mut ended).await;
        if let Some(lived) = life.whole {
            assert_eq!(
                lived,
                n - 1,
                "{job:?}: every sign of life was the last one once"
            );
            let each = [
                ended.before_the_answer,
                ended.before_the_ledger,
                ended.before_the_pull,
            ];
            assert!(
                each.iter().all(|lives| *lives >= 3),
                "{job:?}: it was killed in every part of its work: {ended:?}"
            );
            return;
        }
    }
    panic!("{job:?} never ends by itself: {ended:?}");
}

macro_rules! killed_at_every_row {
    ($($name:ident: $job:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            at_every_row(Job::$job).await;
        }
    )*};
}

killed_at_every_row! {
    a_booking_is_whole_or_absent: Book
    a_repetition_is_whole_or_absent: Series
    a_reschedule_is_whole_or_absent: Reschedule
    a_cancellation_is_whole_or_absent: Cancel
    a_restored_session_is_whole_or_absent: Restore
    added_time_with_its_invoice_is_whole_or_absent: LengthenWithInvoice
    a_no_show_is_whole_or_absent: NoShow
}
