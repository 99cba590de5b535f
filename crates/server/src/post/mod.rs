//! The server's courier: one for all its clinics, and a task only for those that have something to send.
//!
//! A clinic is looked at when somebody changed something in it, when one of its messages falls due, and after a start. If
//! something waits there, one [`shift`] begins: it takes the clinic's lease, runs the same courier as a desktop does over the
//! clinic's ledger and sent record, and ends when nothing is due any more. Of the others this keeps a moment each.
//!
//! **Invariants.** Of one clinic at most one courier sends, however many processes serve the ledgers' database. A mail server
//! that is dead delays its own clinic and others that are dead.

mod lanes;
mod shift;

use crate::house::closed;
use crate::mailbox::{Mailbox, SETTING};
use crate::{Ledgers, LedgersError};
use futures_util::FutureExt as _;
use lanes::{Lanes, Line};
use safetalk_courier::{FileRecord, SentRecord, SmtpAccount, Transport};
use safetalk_domain::{ClinicId, Moment, Position};
use safetalk_ledger::Ledger;
use safetalk_ledger_postgres::{ClinicsSent, Sent};
use safetalk_wire::Now;
use shift::After;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::{Id, JoinHandle, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

/// Clinics that are looked at at once.
const LOOKS: usize = 8;
/// How often clinics are looked for in which something is due and nobody says so. Also the longest sleep: a clock that was
/// set, or a computer that slept, does not tell the timer.
const ROUND: Duration = Duration::from_secs(10);
/// When the server stops, what was handed over already is waited for this long.
const LAST_ANSWER: Duration = Duration::from_secs(8);

/// Where it is recorded what was handed to mail servers.
pub enum Records {
    /// A file beside each clinic's ledger, below this folder.
    Files(PathBuf),
    /// A database of its own.
    Postgres(Sent),
    /// Nowhere, so nothing is sent.
    Nowhere,
}

/// The sent record of one clinic.
pub(crate) enum Record {
    File(Arc<FileRecord>),
    Postgres(Arc<ClinicsSent>),
}

impl Record {
    fn sent(&self) -> Arc<dyn SentRecord> {
        match self {
            Self::File(record) => Arc::clone(record) as _,
            Self::Postgres(record) => Arc::clone(record) as _,
        }
    }

    /// Whether no other courier has begun to write about this clinic.
    async fn is_ours(&self) -> bool {
        match self {
            Self::File(_) => true,
            // What cannot be asked is no reason to stop: nothing is handed over then either.
            Self::Postgres(record) => record.is_ours().await.unwrap_or(true),
        }
    }
}

/// How the server's courier is set up.
pub struct PostSetting {
    /// Where it is recorded what was sent.
    pub records: Records,
    /// Clinics may name mail servers of the server's own network, and any port.
    pub inside: bool,
    /// A lease lasts so long unless it is renewed. Seconds.
    pub lease: u32,
    /// One more certificate (DER) that clinics' mail servers may show.
    pub extra_root: Option<Vec<u8>>,
}

/// The server's courier.
pub struct Post {
    ledgers: Arc<Ledgers>,
    time: Arc<dyn Now>,
    setting: PostSetting,
    lanes: Arc<Lanes>,
    /// This process, to the others on its database.
    holder: Uuid,
    /// Clinics in which something changed since they were last looked at.
    stirred: Mutex<HashSet<ClinicId>>,
    bell: Notify,
    /// How far the clinics of a database were when this was last looked at.
    seen: Mutex<HashMap<ClinicId, Position>>,
    looks: Semaphore,
    closing: watch::Sender<bool>,
    sorting: Mutex<Option<JoinHandle<()>>>,
}

impl Post {
    pub(crate) fn new(ledgers: Arc<Ledgers>, time: Arc<dyn Now>, setting: PostSetting) -> Self {
        Self {
            ledgers,
            time,
            lanes: Arc::new(Lanes::new(setting.inside)),
            setting,
            holder: Uuid::new_v4(),
            stirred: Mutex::default(),
            bell: Notify::new(),
            seen: Mutex::default(),
            looks: Semaphore::new(LOOKS),
            closing: watch::Sender::new(false),
            sorting: Mutex::default(),
        }
    }

    /// Whether clinics' messages can be sent here at all.
    pub fn is_set_up(&self) -> bool {
        !matches!(self.setting.records, Records::Nowhere)
    }

    /// Begins to send.
    pub(crate) fn begin(self: &Arc<Self>) {
        if !self.is_set_up() {
            return;
        }
        let post = Arc::clone(self);
        let sorting = tokio::spawn(async move { post.sort().await });
        *self.sorting.lock().unwrap_or_else(PoisonError::into_inner) = Some(sorting);
    }

    /// Something may be due in this clinic.
    pub(crate) fn stir(&self, clinic: ClinicId) {
        self.stirred
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(clinic);
        self.bell.notify_one();
    }

    /// Sends nothing new from now on.
    pub(crate) fn rest(&self) {
        self.closing.send_replace(true);
    }

    /// Ends: what is handed over gets its answer, for a while.
    pub(crate) async fn close(&self) {
        self.rest();
        let sorting = self
            .sorting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(mut sorting) = sorting
            && tokio::time::timeout(LAST_ANSWER, &mut sorting)
                .await
                .is_err()
        {
            tracing::warn!("a mail server did not answer before the end");
            sorting.abort();
        }
        if let Records::Postgres(sent) = &self.setting.records {
            sent.close().await;
        }
    }

    /// Whether a clinic may have an account there.
    pub(crate) async fn may_reach(&self, account: &SmtpAccount) -> bool {
        self.lanes.may_reach(account).await
    }

    /// The certificate that is trusted beside the system's.
    pub(crate) fn extra_root(&self) -> Option<&[u8]> {
        self.setting.extra_root.as_deref()
    }

    /// The account of a clinic as it is kept, sealed; and opened, if there is one.
    pub(crate) async fn mailbox(
        &self,
        clinic: ClinicId,
        ledger: &Ledger,
    ) -> Result<(String, Option<Mailbox>), safetalk_ledger::Error> {
        let kept = ledger.setting(SETTING).await?.unwrap_or_default();
        let opened = Mailbox::open(&self.ledgers.mail_seal(clinic), clinic, &kept);
        if opened.is_none() && !kept.is_empty() {
            tracing::error!(%clinic, "the mail account of a clinic was not sealed with this server's key");
        }
        Ok((kept, opened))
    }

    /// The account, sealed for keeping.
    pub(crate) fn sealed(&self, clinic: ClinicId, mailbox: &Mailbox) -> String {
        mailbox.close(&self.ledgers.mail_seal(clinic), clinic)
    }

    /// The way to send through an account.
    fn line(&self, mailbox: &Mailbox) -> Arc<dyn Transport> {
        let smtp = mailbox.transport(self.extra_root());
        Arc::new(Line::new(
            mailbox.account().clone(),
            smtp,
            Arc::clone(&self.lanes),
        ))
    }

    /// Sees to it that a clinic which gets an account has a record.
    pub(crate) async fn prepare(&self, clinic: ClinicId) -> Result<(), NoRecord> {
        match &self.setting.records {
            Records::Files(folder) if !sent_log(folder, clinic).exists() => {
                self.record(clinic).await.map(drop)
            }
            Records::Files(_) | Records::Postgres(_) => Ok(()),
            Records::Nowhere => Err(NoRecord),
        }
    }

    /// The sent record of a clinic, in this process's hands; makes it, if there is none.
    async fn record(&self, clinic: ClinicId) -> Result<Record, NoRecord> {
        match &self.setting.records {
            Records::Nowhere => Err(NoRecord),
            Records::Postgres(sent) => {
                let record = sent.begin(clinic).await.map_err(|_| NoRecord)?;
                Ok(Record::Postgres(Arc::new(record)))
            }
            Records::Files(folder) => {
                let path = sent_log(folder, clinic);
                let opened = tokio::task::spawn_blocking(move || FileRecord::open(&path)).await;
                let record = opened.map_err(|_| NoRecord)?.map_err(|_| NoRecord)?;
                Ok(Record::File(Arc::new(record)))
            }
        }
    }

    /// Clinics that may have something to send though nobody said so: after a start, and where another process has written.
    async fn overlooked(&self, first: bool) -> Result<Vec<ClinicId>, LedgersError> {
        match &self.setting.records {
            Records::Files(folder) if first => {
                let mut clinics = self.ledgers.all().await?;
                // Whoever has an account has a record.
                clinics.retain(|clinic| sent_log(folder, *clinic).exists());
                Ok(clinics)
            }
            Records::Files(_) | Records::Nowhere => Ok(Vec::new()),
            Records::Postgres(_) => {
                let positions = self.ledgers.positions().await?;
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                let moved = positions
                    .into_iter()
                    .filter(|(clinic, position)| seen.insert(*clinic, *position) != Some(*position))
                    .map(|(clinic, _)| clinic);
                Ok(moved.collect())
            }
        }
    }

    /// Gives every clinic that needs it a shift, until the server stops.
    async fn sort(self: Arc<Self>) {
        let mut closing = self.closing.subscribe();
        let mut resting: HashMap<ClinicId, Moment> = HashMap::new();
        let mut at_work: HashMap<ClinicId, Arc<Notify>> = HashMap::new();
        let mut whose: HashMap<Id, ClinicId> = HashMap::new();
        let mut shifts: JoinSet<After> = JoinSet::new();
        let mut first = true;
        let mut next_round = Instant::now();
        loop {
            if next_round <= Instant::now() {
                next_round = Instant::now() + ROUND;
                first &= !self.go_round(first).await;
            }
            for clinic in self.due(&resting) {
                resting.remove(&clinic);
                if let Some(stir) = at_work.get(&clinic) {
                    stir.notify_one();
                    continue;
                }
                let stir = Arc::new(Notify::new());
                at_work.insert(clinic, Arc::clone(&stir));
                let post = Arc::clone(&self);
                let shift = shifts.spawn(async move { post.shift(clinic, &stir).await });
                whose.insert(shift.id(), clinic);
            }
            let pause = next_round.min(Instant::now() + self.until(&resting));
            tokio::select! {
                () = closed(&mut closing) => break,
                () = tokio::time::sleep_until(pause) => {}
                () = self.bell.notified() => {}
                Some(ended) = shifts.join_next_with_id() => {
                    let (id, after) = match ended {
                        Ok((id, after)) => (id, after),
                        // A panic, and it is in the log.
                        Err(error) => (error.id(), self.again_in(60)),
                    };
                    let Some(clinic) = whose.remove(&id) else {
                        continue;
                    };
                    let stir = at_work.remove(&clinic);
                    if let After::Look { until } = after {
                        resting.insert(clinic, until);
                    }
                    // What stirred while it ended is looked at at once.
                    if stir.is_some_and(|stir| stir.notified().now_or_never().is_some()) {
                        self.stir(clinic);
                    }
                }
            }
        }
        while shifts.join_next().await.is_some() {}
    }

    /// Stirs the clinics that nobody else stirs; false if that could not be found out.
    async fn go_round(&self, first: bool) -> bool {
        match self.overlooked(first).await {
            Ok(clinics) => {
                clinics.into_iter().for_each(|clinic| self.stir(clinic));
                true
            }
            Err(error) => {
                tracing::warn!(%error, "it is not known which clinics have messages");
                false
            }
        }
    }

    /// Clinics that stirred, and those whose rest is over.
    fn due(&self, resting: &HashMap<ClinicId, Moment>) -> HashSet<ClinicId> {
        let now = self.time.now();
        let stirred = &mut *self.stirred.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = std::mem::take(stirred);
        let rested = resting.iter().filter(|(_, until)| **until <= now);
        due.extend(rested.map(|(clinic, _)| *clinic));
        due
    }

    /// How long nothing is due by itself.
    fn until(&self, resting: &HashMap<ClinicId, Moment>) -> Duration {
        let next = resting.values().min();
        let seconds = next.map_or(i64::MAX, |next| next.0.saturating_sub(self.time.now().0));
        Duration::from_secs(u64::try_from(seconds.max(1)).unwrap_or(1)).min(ROUND)
    }
}

/// The sent record could not be opened or taken over.
#[derive(Debug, thiserror::Error)]
#[error("the sent record of a clinic is out of reach")]
pub(crate) struct NoRecord;

/// The file of a clinic's sent record: beside its ledger, in no copy of that.
fn sent_log(folder: &std::path::Path, clinic: ClinicId) -> PathBuf {
    folder
        .join("clinics")
        .join(clinic.to_string())
        .join("sent.log")
}
