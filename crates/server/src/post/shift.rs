//! One clinic's courier at work: from taking the lease to giving it back.

use super::{Post, Record};
use crate::LedgersError;
use crate::house::closed;
use safetalk_courier::{Clock, Courier, CourierHandle, SmtpAccount, Status};
use safetalk_desk::LedgerDesk;
use safetalk_domain::{ClinicId, Moment, NoticeId, NoticeState};
use safetalk_ledger::{Lease, Ledger};
use safetalk_wire::Now;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior};

/// A courier at rest for this long after it was told to look has looked.
const QUIET: Duration = Duration::from_secs(1);
/// While another process works for a clinic, it is looked at again after this. Seconds.
const ANOTHERS: i64 = 10;
/// What is due and cannot go (a person has to choose, no account) is looked at again after this. Seconds.
const STUCK: i64 = 60;

/// What becomes of a clinic after a shift, or after a look that found none was needed.
pub enum After {
    /// Nothing waits there.
    Nothing,
    /// It is looked at again.
    Look {
        /// When, unless it stirs before.
        until: Moment,
    },
}

/// What waits in a clinic.
struct Waiting {
    /// Something may go, has come too late, or was left while it was being sent.
    due: bool,
    /// When the next thing falls due.
    next: Option<Moment>,
    /// All that waits for a courier.
    notices: BTreeSet<NoticeId>,
}

impl Waiting {
    async fn look(ledger: &Ledger, now: Moment) -> Result<Self, safetalk_ledger::Error> {
        let mut moments = Vec::new();
        let mut notices = BTreeSet::new();
        let mut due = false;
        for candidate in ledger.candidates().await? {
            let facts = &candidate.notice.facts;
            notices.insert(candidate.notice.id);
            match facts.state {
                NoticeState::Sending => due = true,
                _ => moments.push(facts.not_before),
            }
        }
        let all_that_will_be_late = ledger.late(Moment(i64::MAX)).await?;
        moments.extend(all_that_will_be_late.iter().filter_map(|n| n.facts.expires));
        Ok(Self {
            due: due || moments.iter().any(|at| *at <= now),
            next: moments.into_iter().filter(|at| *at > now).min(),
            notices,
        })
    }

    /// With a courier that has done what it could.
    fn after(&self, now: Moment) -> After {
        let later = Moment(now.0 + STUCK);
        match (self.due, self.next) {
            (false, None) => After::Nothing,
            (false, Some(next)) => After::Look { until: next },
            (true, next) => After::Look {
                until: next.map_or(later, |next| next.min(later)),
            },
        }
    }
}

/// Why a shift did not begin.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Ledgers(#[from] LedgersError),
    #[error(transparent)]
    Ledger(#[from] safetalk_ledger::Error),
    #[error(transparent)]
    Record(#[from] super::NoRecord),
}

/// The server's clock, for the courier.
struct Watch(Arc<dyn Now>);

impl Clock for Watch {
    fn now(&self) -> i64 {
        self.0.now().0
    }
}

/// A courier at work.
struct Shift<'p> {
    post: &'p Post,
    clinic: ClinicId,
    ledger: Ledger,
    lease: Lease,
    record: Record,
    courier: CourierHandle,
    /// The account as it was last read, sealed.
    kept: String,
    account: Arc<Mutex<Option<SmtpAccount>>>,
    renewed: Instant,
    /// What waited when it was last looked.
    known: BTreeSet<NoticeId>,
}

impl Post {
    /// Looks at a clinic, and sends what is due there until nothing is.
    pub(super) async fn shift(&self, clinic: ClinicId, stir: &Notify) -> After {
        let mut shift = match self.begin_shift(clinic).await {
            Ok(Ok(shift)) => shift,
            Ok(Err(after)) => return after,
            Err(error) => {
                tracing::warn!(%clinic, %error, "a clinic's messages were not looked at");
                return self.again_in(STUCK);
            }
        };
        let after = shift.work(stir).await;
        shift.courier.stop().await;
        if let Err(error) = shift.ledger.release(shift.lease).await {
            tracing::warn!(%clinic, %error, "a lease was not given back and runs out by itself");
        }
        after
    }

    /// Begins, unless nothing is due or another process is at it.
    async fn begin_shift(&self, clinic: ClinicId) -> Result<Result<Shift<'_>, After>, Trouble> {
        let _look = self.looks.acquire().await;
        let ledger = match self.ledgers.of(clinic).await {
            Err(LedgersError::NoSuchClinic) => return Ok(Err(After::Nothing)),
            ledger => ledger?,
        };
        let waiting = Waiting::look(&ledger, self.time.now()).await?;
        if !waiting.due {
            return Ok(Err(waiting.after(self.time.now())));
        }
        let Some(lease) = ledger.lease(self.holder, self.setting.lease).await? else {
            return Ok(Err(self.again_in(ANOTHERS)));
        };
        let record = self.record(clinic).await?;
        // Taking the record over is for who has the lease, also if that took long.
        if ledger.lease(self.holder, self.setting.lease).await? != Some(lease) {
            return Ok(Err(self.again_in(ANOTHERS)));
        }
        let (kept, mailbox) = self.mailbox(clinic, &ledger).await?;
        let account = mailbox.as_ref().map(|mailbox| mailbox.account().clone());
        let account = Arc::new(Mutex::new(account));
        let desk = LedgerDesk::new(
            ledger.clone(),
            Arc::clone(&self.time),
            Arc::clone(&account),
            Some(lease),
        );
        let courier = Courier::start(
            Arc::new(desk),
            record.sent(),
            Arc::new(Watch(Arc::clone(&self.time))),
            mailbox.map(|mailbox| self.line(&mailbox)),
        );
        Ok(Ok(Shift {
            post: self,
            clinic,
            ledger,
            lease,
            record,
            courier,
            kept,
            account,
            renewed: Instant::now(),
            known: waiting.notices,
        }))
    }

    fn lease(&self) -> Duration {
        Duration::from_secs(self.setting.lease.into())
    }

    pub(super) fn again_in(&self, seconds: i64) -> After {
        After::Look {
            until: Moment(self.time.now().0 + seconds),
        }
    }
}

impl Shift<'_> {
    /// Until nothing more can go, the lease is another's, or the server stops.
    async fn work(&mut self, stir: &Notify) -> After {
        let mut closing = self.post.closing.subscribe();
        let mut status = self.courier.status();
        // With it an account is seen that was changed by another process.
        let pause = self.post.lease() / 3;
        let mut renew = tokio::time::interval_at(Instant::now() + pause, pause);
        renew.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut quiet_from = Instant::now();
        let mut shown = BTreeSet::new();
        loop {
            let now = *status.borrow_and_update();
            let at_rest = matches!(now, Status::Idle | Status::NotSetUp);
            if now == Status::Stopped {
                return self.post.again_in(ANOTHERS);
            }
            tokio::select! {
                () = closed(&mut closing) => return After::Nothing,
                changed = status.changed() => {
                    if changed.is_err() {
                        return self.post.again_in(ANOTHERS);
                    }
                    quiet_from = Instant::now();
                }
                () = stir.notified() => {
                    self.read_account().await;
                    self.tell_what_is_new().await;
                    quiet_from = Instant::now();
                }
                _ = renew.tick() => {
                    if !self.goes_on().await {
                        return self.post.again_in(ANOTHERS);
                    }
                    self.read_account().await;
                }
                () = tokio::time::sleep_until(quiet_from + QUIET), if at_rest => {
                    let at = self.post.time.now();
                    match Waiting::look(&self.ledger, at).await {
                        // It may have come since the courier looked, by another process: this one has not seen it.
                        Ok(waiting) if waiting.due && shown != waiting.notices => {
                            self.courier.poke();
                            shown = waiting.notices;
                            quiet_from = Instant::now();
                        }
                        Ok(waiting) => return waiting.after(at),
                        // It is asked again, as the courier does.
                        Err(_) => quiet_from = Instant::now() + pause,
                    }
                }
            }
        }
    }

    /// A new message is worth another try of a line that has rested; what else was changed is not.
    async fn tell_what_is_new(&mut self) {
        let looked = Waiting::look(&self.ledger, self.post.time.now()).await;
        let Ok(Waiting { notices, .. }) = looked else {
            return self.courier.poke();
        };
        if notices.is_subset(&self.known) {
            self.courier.poke();
        } else {
            self.courier.queued();
        }
        self.known = notices;
    }

    /// Renews the lease. False if it is lost, or may be.
    async fn goes_on(&mut self) -> bool {
        match self
            .ledger
            .lease(self.post.holder, self.post.setting.lease)
            .await
        {
            Ok(Some(lease)) if lease == self.lease && self.record.is_ours().await => {
                self.renewed = Instant::now();
                true
            }
            Ok(_) => false,
            // The database does not answer: nobody else gets a lease either, but by its clock this one runs out.
            Err(_) => self.renewed.elapsed() < self.post.lease(),
        }
    }

    /// Takes up an account that was changed, by whichever process.
    async fn read_account(&mut self) {
        let Ok((kept, mailbox)) = self.post.mailbox(self.clinic, &self.ledger).await else {
            return;
        };
        if kept == self.kept {
            return;
        }
        self.kept = kept;
        *self.account.lock().unwrap_or_else(PoisonError::into_inner) =
            mailbox.as_ref().map(|mailbox| mailbox.account().clone());
        self.courier
            .send_through(mailbox.map(|mailbox| self.post.line(&mailbox)));
    }
}
