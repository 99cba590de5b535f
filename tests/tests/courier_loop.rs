//! The courier's loop over hours: time is tokio's own and passes at once, the server is a script.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use safetalk_courier::{
    BeforeHandover, Cause, Clock, Courier, CourierHandle, Envelope, NoticeRef, Outcome,
    RecordError, Recorded, SentRecord, Status, Transport, line_pause, retry_pause,
};
use safetalk_tests::desk::{PaperDesk, Slip, Standing};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

const START: i64 = 1_795_000_000;

/// A clock that goes with tokio's time.
struct TestClock(Instant);

impl TestClock {
    fn elapsed(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_secs()).expect("a short test")
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        START + self.elapsed()
    }
}

#[derive(Default)]
struct MemoryRecord {
    lines: Mutex<HashMap<NoticeRef, Recorded>>,
    full: Mutex<bool>,
}

#[async_trait]
impl SentRecord for MemoryRecord {
    async fn look(&self, notice: &NoticeRef) -> Result<Recorded, RecordError> {
        let lines = self.lines.lock().expect("unpoisoned");
        Ok(lines.get(notice).copied().unwrap_or(Recorded::Nothing))
    }

    async fn write(&self, notice: &NoticeRef, what: Recorded) -> Result<(), RecordError> {
        if *self.full.lock().expect("unpoisoned") {
            return Err(RecordError {
                kind: std::io::ErrorKind::StorageFull,
            });
        }
        let mut lines = self.lines.lock().expect("unpoisoned");
        lines.insert(notice.clone(), what);
        Ok(())
    }
}

/// A server that answers to each recipient by its script, and "sent" when that has run out.
#[derive(Default)]
struct Script {
    answers: Mutex<HashMap<String, Vec<Outcome>>>,
    /// Recipient, seconds since the start, message.
    tried: Mutex<Vec<(String, i64, Vec<u8>)>>,
    clock: Mutex<Option<Arc<TestClock>>>,
    /// Waits here before the handing over, where a test wants to do something meanwhile.
    before: Option<Arc<Notify>>,
    /// Waits here after it.
    after: Option<Arc<Notify>>,
}

impl Script {
    fn of(answers: &[(&str, &[Outcome])]) -> Self {
        let answers = answers
            .iter()
            .map(|(id, list)| {
                let list = list.iter().rev().copied().collect();
                (format!("{id}@example.net"), list)
            })
            .collect();
        Self {
            answers: Mutex::new(answers),
            ..Self::default()
        }
    }

    fn tried(&self) -> Vec<(String, i64)> {
        self.tried
            .lock()
            .expect("unpoisoned")
            .iter()
            .map(|(to, at, _)| (to.trim_end_matches("@example.net").to_owned(), *at))
            .collect()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(
        &self,
        message: &[u8],
        envelope: &Envelope,
        before: &dyn BeforeHandover,
    ) -> Outcome {
        let at = self
            .clock
            .lock()
            .expect("unpoisoned")
            .as_ref()
            .map_or(0, |clock| clock.elapsed());
        let to = envelope.to.clone();
        self.tried
            .lock()
            .expect("unpoisoned")
            .push((to.clone(), at, message.to_vec()));
        if let Some(gate) = &self.before {
            gate.notified().await;
        }
        let answer = self
            .answers
            .lock()
            .expect("unpoisoned")
            .get_mut(&to)
            .and_then(Vec::pop)
            .unwrap_or(Outcome::Sent { code: 250 });
        if !matches!(answer, Outcome::NotReached { .. }) && before.handing_over().await.is_err() {
            return Outcome::NotReached {
                cause: Cause::RecordUnwritable,
            };
        }
        if let Some(gate) = &self.after {
            gate.notified().await;
        }
        answer
    }
}

struct Table {
    _folder: tempfile::TempDir,
    path: PathBuf,
    desk: Arc<PaperDesk>,
    record: Arc<MemoryRecord>,
    clock: Arc<TestClock>,
}

impl Table {
    fn set(slips: &[Slip]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("desk.json");
        PaperDesk::create(&path, slips).expect("a desk");
        let desk = PaperDesk::open(&path, Arc::new(|_| ())).expect("a desk");
        Self {
            _folder: folder,
            path,
            desk: Arc::new(desk),
            record: Arc::default(),
            clock: Arc::new(TestClock(Instant::now())),
        }
    }

    fn start(&self, script: Option<&Arc<Script>>) -> CourierHandle {
        let transport = script.map(|script| {
            *script.clock.lock().expect("unpoisoned") = Some(Arc::clone(&self.clock));
            Arc::clone(script) as Arc<dyn Transport>
        });
        Courier::start(
            Arc::clone(&self.desk) as _,
            Arc::clone(&self.record) as _,
            Arc::clone(&self.clock) as _,
            transport,
        )
    }

    fn standing(&self, id: &str) -> Standing {
        let slips = self.desk.slips();
        let slip = slips.iter().find(|slip| slip.notice.id == id);
        slip.expect("a notice of this test").standing
    }
}

async fn hours(n: u64) {
    sleep(Duration::from_secs(n * 3600)).await;
}

async fn moment() {
    sleep(Duration::from_secs(2)).await;
}

const LATER: Outcome = Outcome::Temporary {
    cause: Cause::TryLater,
};
const UNREACHED: Outcome = Outcome::NotReached {
    cause: Cause::HostNotFound,
};

#[tokio::test(start_paused = true)]
async fn a_notice_put_off_by_the_server_returns_after_1_5_15_and_60_minutes_with_the_same_bytes() {
    let table = Table::set(&[Slip::due("a1", "a")]);
    let script = Arc::new(Script::of(&[("a1", &[LATER, LATER, LATER, LATER])]));
    let courier = table.start(Some(&script));
    hours(4).await;
    let tried = script.tried.lock().expect("unpoisoned").clone();
    assert_eq!(
        tried.len(),
        5,
        "four times put off, then taken: {:?}",
        script.tried()
    );
    let mut due = 0;
    for (attempt, (_, at, message)) in (1_u32..).zip(&tried[1..]) {
        due += retry_pause(attempt, "a1");
        assert!(
            (due..=due + 5).contains(at),
            "attempt {attempt} was due at {due} s and came at {at} s"
        );
        assert_eq!(*message, tried[0].2, "a retry is byte-equal");
        due = *at;
    }
    assert_eq!(table.standing("a1"), Standing::Sent);
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_later_notice_of_a_session_waits_for_the_earlier_and_others_do_not() {
    let table = Table::set(&[
        Slip::due("a1", "a"),
        Slip::due("a2", "a"),
        Slip::due("b1", "b"),
    ]);
    let script = Arc::new(Script::of(&[("a1", &[LATER])]));
    let courier = table.start(Some(&script));
    hours(1).await;
    let order: Vec<String> = script.tried().into_iter().map(|(id, _)| id).collect();
    assert_eq!(
        order,
        ["a1", "b1", "a1", "a2"],
        "\"moved\" never overtakes \"booked\", and nobody else waits"
    );
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_tried_once_and_everything_waits_for_a_person() {
    let wrong = Outcome::Permanent {
        cause: Cause::WrongPassword,
    };
    let table = Table::set(&[
        Slip::due("a1", "a"),
        Slip::due("b1", "b"),
        Slip::due("c1", "c"),
    ]);
    let script = Arc::new(Script::of(&[("a1", &[wrong, wrong])]));
    let courier = table.start(Some(&script));
    moment().await;
    courier.poke();
    hours(30).await;
    assert_eq!(script.tried().len(), 1, "many tries would lock the mailbox");
    assert_eq!(
        *courier.status().borrow(),
        Status::Held {
            cause: Cause::WrongPassword,
            until: None
        }
    );
    assert!(
        matches!(table.standing("a1"), Standing::Queued(_)),
        "the message is not at fault"
    );

    let right = Arc::new(Script::default());
    courier.send_through(Some(right.clone()));
    moment().await;
    assert_eq!(
        right.tried().len(),
        3,
        "with the new account all of it goes"
    );
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_old_account_is_told_holds_nothing_for_the_new_one() {
    let wrong = Outcome::Permanent {
        cause: Cause::WrongPassword,
    };
    let table = Table::set(&[Slip::due("a1", "a")]);
    let gate = Arc::new(Notify::new());
    let old = Arc::new(Script {
        before: Some(Arc::clone(&gate)),
        ..Script::of(&[("a1", &[wrong])])
    });
    let courier = table.start(Some(&old));
    moment().await;
    // A person puts the password right while the wrong one is on its way.
    let right = Arc::new(Script::default());
    courier.send_through(Some(right.clone()));
    gate.notify_one();
    moment().await;
    assert_eq!(right.tried().len(), 1, "nobody has to say it twice");
    assert_eq!(table.standing("a1"), Standing::Sent);
    assert_eq!(courier.hold(), None);
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn without_a_network_the_line_is_tried_rarely_and_at_once_when_asked() {
    let table = Table::set(&[Slip::due("a1", "a"), Slip::due("b1", "b")]);
    let script = Arc::new(Script::of(&[("a1", &[UNREACHED; 4])]));
    let courier = table.start(Some(&script));
    sleep(Duration::from_secs(30)).await;
    courier.poke();
    moment().await;
    assert_eq!(script.tried().len(), 1, "one look tells for all that wait");
    let until = START + line_pause(1);
    assert_eq!(
        *courier.status().borrow(),
        Status::Held {
            cause: Cause::HostNotFound,
            until: Some(until)
        }
    );
    sleep(Duration::from_secs(1200)).await;
    assert_eq!(script.tried().len(), 3, "after 1 and after 5 more minutes");

    courier.retry_now();
    moment().await;
    assert_eq!(script.tried().len(), 4, "a person who says now is obeyed");
    courier.retry_now();
    moment().await;
    assert_eq!(
        (table.standing("a1"), table.standing("b1")),
        (Standing::Sent, Standing::Sent),
        "the network is back"
    );
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_line_is_tried_again_when_the_network_is_back_and_for_a_new_message_but_not_at_every_one()
{
    let table = Table::set(&[Slip::due("a1", "a")]);
    let script = Arc::new(Script::of(&[("a1", &[UNREACHED; 6])]));
    let courier = table.start(Some(&script));
    hours(2).await;
    let before = script.tried().len();
    assert_eq!(before, 7, "never more than a quarter of an hour apart");
    assert_eq!(table.standing("a1"), Standing::Sent);

    let script = Arc::new(Script::of(&[("b1", &[UNREACHED; 6])]));
    courier.send_through(Some({
        *script.clock.lock().expect("unpoisoned") = Some(Arc::clone(&table.clock));
        script.clone()
    }));
    table.desk.add(Slip::due("b1", "b")).expect("added");
    courier.poke();
    moment().await;
    courier.queued();
    moment().await;
    assert_eq!(script.tried().len(), 1, "the line was tried a moment ago");
    sleep(Duration::from_secs(30)).await;
    courier.queued();
    moment().await;
    assert_eq!(script.tried().len(), 2, "a message that a person waits for");
    courier.network_back();
    moment().await;
    assert_eq!(
        script.tried().len(),
        3,
        "at once, however short the rest was"
    );
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_keeps_messages_from_leaving_stands_until_one_of_them_leaves() {
    let table = Table::set(&[Slip::due("a1", "a")]);
    let gate = Arc::new(Notify::new());
    let script = Arc::new(Script {
        before: Some(Arc::clone(&gate)),
        ..Script::of(&[("a1", &[UNREACHED])])
    });
    let courier = table.start(Some(&script));
    moment().await;
    assert_eq!(courier.hold(), None, "nothing is known of it yet");
    gate.notify_one();
    moment().await;
    let held = courier.hold().expect("a hold");
    assert_eq!(held.cause, Cause::HostNotFound);
    courier.retry_now();
    moment().await;
    assert_eq!(*courier.status().borrow(), Status::Sending);
    assert_eq!(courier.hold(), Some(held), "a try shows nothing yet");
    gate.notify_one();
    moment().await;
    assert_eq!(table.standing("a1"), Standing::Sent);
    assert_eq!(courier.hold(), None);
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_keychain_that_gives_no_password_is_not_asked_every_minute() {
    let locked = Outcome::NotReached {
        cause: Cause::NoPassword,
    };
    let table = Table::set(&[Slip::due("a1", "a")]);
    let script = Arc::new(Script::of(&[("a1", &[locked])]));
    let courier = table.start(Some(&script));
    sleep(Duration::from_secs(14 * 60)).await;
    assert_eq!(
        script.tried().len(),
        1,
        "each asking may be a question to the person"
    );
    hours(1).await;
    assert_eq!(
        table.standing("a1"),
        Standing::Sent,
        "and it goes by itself once it is given"
    );
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_account_that_a_person_has_to_mend_is_not_tried_for_a_new_message_or_a_network() {
    let wrong = Outcome::Permanent {
        cause: Cause::WrongPassword,
    };
    let table = Table::set(&[Slip::due("a1", "a")]);
    let script = Arc::new(Script::of(&[("a1", &[wrong, wrong])]));
    let courier = table.start(Some(&script));
    hours(1).await;
    courier.queued();
    courier.network_back();
    hours(1).await;
    assert_eq!(script.tried().len(), 1, "many tries would lock the mailbox");
    courier.retry_now();
    moment().await;
    assert_eq!(script.tried().len(), 2, "a person says when");
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_message_fails_alone() {
    let refused = Outcome::Permanent {
        cause: Cause::RecipientRefused,
    };
    let table = Table::set(&[Slip::due("a1", "a"), Slip::due("a2", "a")]);
    let script = Arc::new(Script::of(&[("a1", &[refused])]));
    let courier = table.start(Some(&script));
    hours(1).await;
    assert_eq!(
        table.standing("a1"),
        Standing::Failed(Cause::RecipientRefused)
    );
    assert_eq!(table.standing("a2"), Standing::Sent);
    assert_eq!(script.tried().len(), 2);
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_doubt_is_never_resolved_by_sending_again() {
    let table = Table::set(&[
        Slip::due("a1", "a"),
        Slip::due("a2", "a"),
        Slip::due("b1", "b"),
    ]);
    let script = Arc::new(Script::of(&[("a1", &[Outcome::Uncertain])]));
    let courier = table.start(Some(&script));
    moment().await;
    assert_eq!(
        script.tried().len(),
        1,
        "the line is given a rest: it would make the next one uncertain too"
    );
    hours(48).await;
    courier.retry_now();
    hours(1).await;
    let tried: Vec<String> = script.tried().into_iter().map(|(id, _)| id).collect();
    assert_eq!(
        tried,
        ["a1", "b1"],
        "and what comes after it waits for a person"
    );
    assert_eq!(table.standing("a1"), Standing::Uncertain);
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn without_an_account_nothing_is_claimed() {
    let table = Table::set(&[Slip::due("a1", "a")]);
    let courier = table.start(None);
    hours(1).await;
    assert_eq!(*courier.status().borrow(), Status::NotSetUp);
    assert_eq!(table.standing("a1"), Standing::Queued(0));
    assert_eq!(
        courier.send_waiting(Duration::from_secs(5)).await,
        Status::NotSetUp,
        "who wants to send and quit is told at once"
    );
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_new_notice_goes_when_it_is_announced() {
    let table = Table::set(&[]);
    let script = Arc::new(Script::default());
    let courier = table.start(Some(&script));
    sleep(Duration::from_millis(100)).await;
    table.desk.add(Slip::due("a1", "a")).expect("added");
    courier.poke();
    sleep(Duration::from_millis(100)).await;
    assert_eq!(
        table.standing("a1"),
        Standing::Sent,
        "at once, not at the next look"
    );
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_is_written_down_when_the_store_is_back() {
    let table = Table::set(&[Slip::due("a1", "a"), Slip::due("b1", "b")]);
    let gate = Arc::new(Notify::new());
    let script = Arc::new(Script {
        after: Some(Arc::clone(&gate)),
        ..Script::default()
    });
    let courier = table.start(Some(&script));
    moment().await;
    table.desk.set_broken(true);
    gate.notify_one();
    hours(1).await;
    assert_eq!(*courier.status().borrow(), Status::StoreUnavailable);
    assert_eq!(script.tried().len(), 1, "nothing else is begun meanwhile");
    table.desk.set_broken(false);
    gate.notify_one();
    sleep(Duration::from_secs(30)).await;
    assert_eq!(table.standing("a1"), Standing::Sent);
    assert_eq!(table.standing("b1"), Standing::Sent);
    assert_eq!(script.tried().len(), 2, "each once");
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_sends_nothing_and_says_so() {
    let table = Table::set(&[Slip::due("a1", "a")]);
    *table.record.full.lock().expect("unpoisoned") = true;
    let script = Arc::new(Script::default());
    let courier = table.start(Some(&script));
    moment().await;
    assert!(script.tried().is_empty(), "not even a connection");
    assert!(
        matches!(
            *courier.status().borrow(),
            Status::Held {
                cause: Cause::RecordUnwritable,
                ..
            }
        ),
        "the screen can say why"
    );
    *table.record.full.lock().expect("unpoisoned") = false;
    courier.retry_now();
    moment().await;
    assert_eq!(table.standing("a1"), Standing::Sent);
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn stopping_before_the_handing_over_puts_the_notice_back() {
    let table = Table::set(&[Slip::due("a1", "a")]);
    let script = Arc::new(Script {
        before: Some(Arc::new(Notify::new())),
        ..Script::default()
    });
    let courier = table.start(Some(&script));
    moment().await;
    assert_eq!(table.standing("a1"), Standing::Sending);
    let began = Instant::now();
    courier.stop().await;
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "quitting does not wait for a silent server"
    );
    assert!(
        matches!(table.standing("a1"), Standing::Queued(_)),
        "it waits for the next start"
    );
}

#[tokio::test(start_paused = true)]
async fn stopping_after_the_handing_over_waits_for_the_answer() {
    let table = Table::set(&[Slip::due("a1", "a")]);
    let gate = Arc::new(Notify::new());
    let script = Arc::new(Script {
        after: Some(Arc::clone(&gate)),
        ..Script::default()
    });
    let courier = table.start(Some(&script));
    moment().await;
    tokio::spawn(async move {
        sleep(Duration::from_secs(20)).await;
        gate.notify_one();
    });
    courier.stop().await;
    assert_eq!(
        table.standing("a1"),
        Standing::Sent,
        "giving up here would leave a doubt that a moment of patience avoids"
    );
}

#[tokio::test(start_paused = true)]
async fn send_and_quit_waits_until_all_that_can_go_has_gone() {
    let table = Table::set(&[
        Slip::due("a1", "a"),
        Slip::due("b1", "b"),
        Slip::due("c1", "c"),
    ]);
    let script = Arc::new(Script::of(&[("a1", &[UNREACHED]), ("b1", &[LATER])]));
    let courier = table.start(Some(&script));
    moment().await;
    assert_eq!(script.tried().len(), 1, "held");
    let rest = courier.send_waiting(Duration::from_secs(30)).await;
    assert_eq!(rest, Status::Idle);
    assert_eq!(table.standing("a1"), Standing::Sent);
    assert_eq!(table.standing("c1"), Standing::Sent);
    assert!(
        matches!(table.standing("b1"), Standing::Queued(_)),
        "what the server put off still waits, and the desk says so"
    );
    courier.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_round_asked_for_by_a_person_goes_although_the_first_is_in_doubt() {
    let table = Table::set(&[Slip::due("a1", "a")]);
    let script = Arc::new(Script::of(&[("a1", &[Outcome::Uncertain])]));
    let courier = table.start(Some(&script));
    hours(1).await;
    courier.stop().await;

    let mut again = Slip::due("a1", "a");
    PaperDesk::create(&table.path, std::slice::from_ref(&again))
        .expect("requeued without a new round");
    let same = Table {
        desk: Arc::new(PaperDesk::open(&table.path, Arc::new(|_| ())).expect("a desk")),
        ..table
    };
    let courier = same.start(Some(&script));
    hours(1).await;
    courier.stop().await;
    assert_eq!(
        script.tried().len(),
        1,
        "a desk that forgot does not make it go again"
    );
    assert_eq!(same.standing("a1"), Standing::Uncertain);

    again.notice.round = 1;
    PaperDesk::create(&same.path, &[again]).expect("a person said: send again");
    let next = Table {
        desk: Arc::new(PaperDesk::open(&same.path, Arc::new(|_| ())).expect("a desk")),
        ..same
    };
    let courier = next.start(Some(&script));
    hours(1).await;
    courier.stop().await;
    assert_eq!(script.tried().len(), 2, "a person's word is a new promise");
    assert_eq!(next.standing("a1"), Standing::Sent);
}
