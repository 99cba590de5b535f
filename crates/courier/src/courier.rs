//! The loop that carries what is due to the server, one notice at a time.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::backoff::{line_pause, retry_pause};
use crate::cause::{Cause, Concern, Outcome};
use crate::desk::{Claim, Desk, DeskError, NoticeRef, Settled};
use crate::record::{RecordError, Recorded, SentRecord};
use crate::smtp::{BeforeHandover, Transport};

/// The longest sleep. The wall clock is looked at again after it, because a computer that slept or whose
/// clock was set does not tell the timer.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// How long a provider's limit of messages is respected before trying again, in seconds.
const LIMIT_PAUSE: i64 = 3600;

/// A new notice tries a line again that has rested this long, in seconds.
const RESTED: i64 = 30;

/// The wall clock, given by the app.
pub trait Clock: Send + Sync {
    /// Now, UTC seconds.
    fn now(&self) -> i64;
}

/// What the courier is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It settles what an earlier run left.
    Starting,
    /// Nothing is due.
    Idle,
    /// A message is on its way.
    Sending,
    /// No mail account is set up; nothing is claimed.
    NotSetUp,
    /// No message can go at the moment; nothing is claimed.
    Held {
        /// Why.
        cause: Cause,
        /// When it tries again by itself, UTC seconds; `None`: only when told to.
        until: Option<i64>,
    },
    /// The store of notices does not answer; it is asked again every few seconds.
    StoreUnavailable,
    /// It has ended.
    Stopped,
}

/// What keeps messages from leaving. It stands through the tries in between, until one of them shows that it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Why.
    pub cause: Cause,
    /// When it was or is tried again by itself, UTC seconds; `None`: only when told to.
    pub until: Option<i64>,
}

enum Wish {
    Poke,
    New,
    Network,
    Retry,
    Through(Option<Arc<dyn Transport>>),
    Flush(oneshot::Sender<Status>),
    Stop,
}

/// The running courier's reins. Dropping them stops it.
pub struct CourierHandle {
    wishes: mpsc::UnboundedSender<Wish>,
    status: watch::Receiver<Status>,
    hold: watch::Receiver<Option<Hold>>,
    running: JoinHandle<()>,
}

impl CourierHandle {
    /// Something new may be due. Does not disturb a pause that has a reason.
    pub fn poke(&self) {
        self.wish(Wish::Poke);
    }

    /// A new notice waits: a line that has rested a while is worth another try. An account that a person has to mend is not.
    pub fn queued(&self) {
        self.wish(Wish::New);
    }

    /// The computer is on a network again. Ends the pause of a line, not that of an account.
    pub fn network_back(&self) {
        self.wish(Wish::Network);
    }

    /// Tries at once, whatever the pause: a person said "now", or changed what was wrong.
    pub fn retry_now(&self) {
        self.wish(Wish::Retry);
    }

    /// Sends through another account from now on, or through none.
    pub fn send_through(&self, transport: Option<Arc<dyn Transport>>) {
        self.wish(Wish::Through(transport));
    }

    /// What the courier is doing, and every change of it.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// What keeps messages from leaving, if anything does.
    #[must_use]
    pub fn hold(&self) -> Option<Hold> {
        *self.hold.borrow()
    }

    /// "Send and quit": tries at once and waits until nothing more can go, at most for `patience`. Returns
    /// how it came to rest; whether anything is still unsent is for the desk to say.
    pub async fn send_waiting(&self, patience: Duration) -> Status {
        let (answer, rest) = oneshot::channel();
        self.wish(Wish::Flush(answer));
        match timeout(patience, rest).await {
            Ok(Ok(status)) => status,
            Ok(Err(_)) => Status::Stopped,
            Err(_) => *self.status.borrow(),
        }
    }

    /// Stops. A message that is not handed over yet goes back to the queue; one that is gets its answer
    /// first, for as long as the transport's patience lasts.
    pub async fn stop(self) {
        self.wish(Wish::Stop);
        // A panic inside is reported by the runtime; there is nothing left to stop.
        let _ = self.running.await;
    }

    fn wish(&self, wish: Wish) {
        // A courier that has ended has no wishes left to grant.
        let _ = self.wishes.send(wish);
    }
}

/// The loop itself.
pub struct Courier {
    desk: Arc<dyn Desk>,
    record: Arc<dyn SentRecord>,
    clock: Arc<dyn Clock>,
    transport: Option<Arc<dyn Transport>>,
    wishes: mpsc::UnboundedReceiver<Wish>,
    status: watch::Sender<Status>,
    hold: watch::Sender<Option<Hold>>,
    flushes: Vec<oneshot::Sender<Status>>,
    held: Option<Held>,
    failures: u32,
    /// Another account came while a message was on its way: what becomes of that says nothing about the new one.
    changed: bool,
    stopping: bool,
}

#[derive(Clone, Copy)]
struct Held {
    cause: Cause,
    since: i64,
    until: Option<i64>,
}

impl Held {
    /// Trying again by itself could lock the mailbox, or is what the provider forbids.
    fn of_account(self) -> bool {
        self.cause.concern() == Concern::Account
    }
}

enum Round {
    /// A notice was settled; there may be more.
    Settled,
    /// Nothing is due before this moment, if one is known.
    Nothing(Option<i64>),
}

impl Courier {
    /// Starts the courier on the current tokio runtime: it settles what an earlier run left, then sends what
    /// is due.
    #[must_use]
    pub fn start(
        desk: Arc<dyn Desk>,
        record: Arc<dyn SentRecord>,
        clock: Arc<dyn Clock>,
        transport: Option<Arc<dyn Transport>>,
    ) -> CourierHandle {
        let (wishes, wished) = mpsc::unbounded_channel();
        let (status, seen) = watch::channel(Status::Starting);
        let (hold, held) = watch::channel(None);
        let courier = Self {
            desk,
            record,
            clock,
            transport,
            wishes: wished,
            status,
            hold,
            flushes: Vec::new(),
            held: None,
            failures: 0,
            changed: false,
            stopping: false,
        };
        CourierHandle {
            wishes,
            status: seen,
            hold: held,
            running: tokio::spawn(courier.run()),
        }
    }

    async fn run(mut self) {
        let mut recovered = false;
        while !self.stopping {
            let done = if !recovered {
                self.recover().await.map(|()| {
                    recovered = true;
                    Round::Settled
                })
            } else if let Some((status, pause)) = self.must_rest() {
                // Time passes without an account too. A store that does not answer is asked again after the pause.
                let _ = self.desk.settle_late(self.clock.now()).await;
                self.come_to_rest(status, pause).await;
                continue;
            } else {
                self.deliver_next().await
            };
            match done {
                Ok(Round::Settled) => {}
                Ok(Round::Nothing(wake)) => {
                    let pause = self.until(wake);
                    self.come_to_rest(Status::Idle, pause).await;
                }
                Err(DeskError::Unavailable) => {
                    self.come_to_rest(Status::StoreUnavailable, Duration::from_secs(5))
                        .await;
                }
                Err(DeskError::Closed) => break,
            }
        }
        self.say(Status::Stopped);
    }

    /// Settles what was `sending` when an earlier run ended.
    async fn recover(&mut self) -> Result<(), DeskError> {
        for notice in self.desk.interrupted().await? {
            let known = self.record.look(&notice).await;
            let settled = match known {
                Ok(Recorded::Sent { at, code }) => Settled::Sent { at, code },
                Ok(Recorded::Opened | Recorded::NotSent) => Settled::Again {
                    not_before: self.clock.now(),
                    counted: false,
                    cause: None,
                },
                // No record is no proof: it may have been lost with the disk it was on.
                Ok(Recorded::Handing | Recorded::Nothing) | Err(_) => Settled::Uncertain,
            };
            tracing::info!(notice = %notice.id, ?settled, "settled a notice that was interrupted");
            self.desk.settle(&notice, settled, self.clock.now()).await?;
        }
        Ok(())
    }

    async fn deliver_next(&mut self) -> Result<Round, DeskError> {
        let Some(transport) = self.transport.clone() else {
            return Ok(Round::Nothing(None));
        };
        self.changed = false;
        let now = self.clock.now();
        self.desk.settle_late(now).await?;
        let Some(claim) = self.desk.next_due(now).await? else {
            return Ok(Round::Nothing(self.desk.next_wake(now).await?));
        };
        self.say(Status::Sending);
        let settled = match self.open(&claim.notice).await {
            Ok(None) => self.attempt(&*transport, &claim).await,
            Ok(Some(known)) => known,
            Err(_) => self.hold_for(Cause::RecordUnwritable),
        };
        tracing::info!(notice = %claim.notice.id, ?settled, "settled a notice");
        self.settle(&claim.notice, settled).await?;
        Ok(Round::Settled)
    }

    /// Asks the record whether this notice may be sent, and notes that an attempt begins.
    async fn open(&self, notice: &NoticeRef) -> Result<Option<Settled>, RecordError> {
        match self.record.look(notice).await? {
            Recorded::Sent { at, code } => Ok(Some(Settled::Sent { at, code })),
            Recorded::Handing => Ok(Some(Settled::Uncertain)),
            Recorded::Nothing | Recorded::Opened | Recorded::NotSent => {
                self.record.write(notice, Recorded::Opened).await?;
                Ok(None)
            }
        }
    }

    async fn attempt(&mut self, transport: &dyn Transport, claim: &Claim) -> Settled {
        let gate = Gate {
            record: Arc::clone(&self.record),
            notice: claim.notice.clone(),
            begun: AtomicBool::new(false),
            recorded: AtomicBool::new(false),
        };
        let mut sending = pin!(transport.send(&claim.message, &claim.envelope, &gate));
        let outcome = loop {
            tokio::select! {
                biased;
                outcome = &mut sending => break outcome,
                wish = self.wishes.recv(), if !self.stopping => {
                    self.grant(wish.unwrap_or(Wish::Stop));
                    if self.stopping && !gate.begun.load(Ordering::SeqCst) {
                        return Settled::Again {
                            not_before: self.clock.now(),
                            counted: false,
                            cause: None,
                        };
                    }
                }
            }
        };
        let settled = self.judge(outcome, claim);
        let result = match settled {
            Settled::Sent { at, code } => Some(Recorded::Sent { at, code }),
            Settled::Uncertain => None,
            Settled::Again { .. } | Settled::Failed { .. } => gate
                .recorded
                .load(Ordering::SeqCst)
                .then_some(Recorded::NotSent),
        };
        if let Some(result) = result
            && self.record.write(&claim.notice, result).await.is_err()
        {
            // The desk is told what is true all the same. The record goes on saying "handing": should the
            // notice come up again, it becomes uncertain rather than being sent twice.
            tracing::warn!("the record of sent notices could not be written after a sending");
        }
        settled
    }

    fn judge(&mut self, outcome: Outcome, claim: &Claim) -> Settled {
        let now = self.clock.now();
        match outcome {
            Outcome::Sent { code } => {
                self.line_works();
                Settled::Sent { at: now, code }
            }
            Outcome::Uncertain => {
                // One doubt is enough: a line that breaks here would make every waiting notice uncertain.
                self.hold_for(Cause::LineCut);
                Settled::Uncertain
            }
            Outcome::NotReached { cause } => self.hold_for(cause),
            Outcome::Temporary { cause } | Outcome::Permanent { cause }
                if cause.concern() != Concern::Message =>
            {
                self.hold_for(cause)
            }
            Outcome::Temporary { cause } => {
                self.line_works();
                let pause = retry_pause(claim.attempts.saturating_add(1), &claim.notice.id);
                Settled::Again {
                    not_before: now.saturating_add(pause),
                    counted: true,
                    cause: Some(cause),
                }
            }
            Outcome::Permanent { cause } => {
                self.line_works();
                Settled::Failed { cause }
            }
        }
    }

    /// Every message would fail for this cause, so nothing more is claimed for a while. The notice itself
    /// stays due: when the pause ends, or a person ends it, it goes first.
    fn hold_for(&mut self, cause: Cause) -> Settled {
        let since = self.clock.now();
        let again = Settled::Again {
            not_before: since,
            counted: false,
            cause: Some(cause),
        };
        if self.changed {
            return again;
        }
        self.failures = self.failures.saturating_add(1);
        let until = match (cause, cause.concern()) {
            (Cause::TooManyMessages, _) => Some(since.saturating_add(LIMIT_PAUSE)),
            // A locked keychain may ask the person each time: that is not done every minute.
            (Cause::NoPassword, _) => Some(since.saturating_add(line_pause(u32::MAX))),
            // A wrong password tried again and again locks the mailbox.
            (_, Concern::Account) => None,
            _ => Some(since.saturating_add(line_pause(self.failures))),
        };
        self.held = Some(Held {
            cause,
            since,
            until,
        });
        self.hold.send_replace(Some(Hold { cause, until }));
        again
    }

    /// A server took the sign-in and looked at a message: whatever held them all is over.
    fn line_works(&mut self) {
        self.failures = 0;
        self.hold.send_replace(None);
    }

    /// Tells the desk, again and again if it must: what has been sent has been sent.
    async fn settle(&mut self, notice: &NoticeRef, settled: Settled) -> Result<(), DeskError> {
        loop {
            match self.desk.settle(notice, settled, self.clock.now()).await {
                Err(DeskError::Unavailable) if !self.stopping => {
                    self.come_to_rest(Status::StoreUnavailable, Duration::from_secs(5))
                        .await;
                }
                other => return other,
            }
        }
    }

    /// Why nothing may be claimed now, and for how long.
    fn must_rest(&mut self) -> Option<(Status, Duration)> {
        if self.transport.is_none() {
            return Some((Status::NotSetUp, LOOK_AGAIN));
        }
        let held = self.held?;
        let now = self.clock.now();
        // A clock that was set back must not prolong the pause.
        if now < held.since || held.until.is_some_and(|until| until <= now) {
            self.held = None;
            return None;
        }
        let status = Status::Held {
            cause: held.cause,
            until: held.until,
        };
        Some((status, self.until(held.until)))
    }

    fn until(&self, moment: Option<i64>) -> Duration {
        let seconds = moment.map_or(i64::MAX, |moment| moment.saturating_sub(self.clock.now()));
        // At least one: a desk that promises something for this very second is asked in the next one.
        Duration::from_secs(u64::try_from(seconds.max(1)).expect("at least one")).min(LOOK_AGAIN)
    }

    /// Answers who waits for rest, then sleeps until the pause is over or somebody wishes something.
    async fn come_to_rest(&mut self, status: Status, pause: Duration) {
        // A wish that came meanwhile is heard first: nobody is told "at rest" before their "now" was tried.
        if let Ok(wish) = self.wishes.try_recv() {
            self.grant(wish);
            return;
        }
        self.say(status);
        for waiting in self.flushes.drain(..) {
            // Who asked may have gone.
            let _ = waiting.send(status);
        }
        tokio::select! {
            () = sleep(pause) => {}
            wish = self.wishes.recv() => self.grant(wish.unwrap_or(Wish::Stop)),
        }
    }

    fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Poke => {}
            Wish::New => {
                let now = self.clock.now();
                // The pauses go on growing: only a message that went shows that the line is back.
                self.held = self
                    .held
                    .filter(|held| held.of_account() || now < held.since.saturating_add(RESTED));
            }
            Wish::Network => {
                if !self.held.is_some_and(Held::of_account) {
                    self.release();
                }
            }
            Wish::Retry => self.release(),
            Wish::Through(transport) => {
                self.transport = transport;
                self.changed = true;
                self.hold.send_replace(None);
                self.release();
            }
            Wish::Flush(answer) => {
                self.flushes.push(answer);
                self.release();
            }
            Wish::Stop => self.stopping = true,
        }
    }

    fn release(&mut self) {
        self.held = None;
        self.failures = 0;
    }

    fn say(&self, status: Status) {
        self.status.send_if_modified(|now| {
            let changed = *now != status;
            *now = status;
            changed
        });
    }
}

/// Writes "handing" before the message goes out.
struct Gate {
    record: Arc<dyn SentRecord>,
    notice: NoticeRef,
    /// True from before the record is written: from then on the sending must not be dropped.
    begun: AtomicBool,
    /// True once the record says "handing".
    recorded: AtomicBool,
}

#[async_trait]
impl BeforeHandover for Gate {
    async fn handing_over(&self) -> Result<(), RecordError> {
        self.begun.store(true, Ordering::SeqCst);
        self.record.write(&self.notice, Recorded::Handing).await?;
        self.recorded.store(true, Ordering::SeqCst);
        Ok(())
    }
}
