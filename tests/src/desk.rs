//! A desk of one file, for tests of the courier: what it says is on disk, so a killed process can be looked
//! at afterwards.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use safetalk_courier::{
    Cause, Claim, Desk, DeskError, Envelope, NoticeRef, RecordError, Recorded, SentRecord, Settled,
};
use serde::{Deserialize, Serialize};

/// Called with the name of each step of a delivery; a test dies or counts there.
pub type Hook = Arc<dyn Fn(&'static str) + Send + Sync>;

/// How a notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Waits, not before this moment.
    Queued(i64),
    /// Under way.
    Sending,
    /// A server has it.
    Sent,
    /// Refused.
    Failed(Cause),
    /// Nobody knows.
    Uncertain,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// Which.
    pub notice: NoticeRef,
    /// Its session: notices of one session leave in the order they lie in.
    pub session: String,
    /// How it stands.
    pub standing: Standing,
    /// Attempts the server answered with "later".
    pub attempts: u32,
    /// Why it did not go the last time.
    pub cause: Option<Cause>,
    /// The recipient.
    pub to: String,
}

impl Slip {
    /// A notice that is due at once.
    #[must_use]
    pub fn due(id: &str, session: &str) -> Self {
        Self {
            notice: NoticeRef {
                id: id.to_owned(),
                round: 0,
            },
            session: session.to_owned(),
            standing: Standing::Queued(0),
            attempts: 0,
            cause: None,
            to: format!("{id}@example.net"),
        }
    }
}

/// The desk.
pub struct PaperDesk {
    path: PathBuf,
    slips: Mutex<Vec<Slip>>,
    hook: Hook,
    broken: Mutex<bool>,
}

impl PaperDesk {
    /// Writes a new desk with these notices.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn create(path: &Path, slips: &[Slip]) -> anyhow::Result<()> {
        write(path, slips)
    }

    /// Opens a desk.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(path: &Path, hook: Hook) -> anyhow::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            slips: Mutex::new(serde_json::from_slice(&std::fs::read(path)?)?),
            hook,
            broken: Mutex::new(false),
        })
    }

    /// Puts one more notice on the desk.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&self, slip: Slip) -> anyhow::Result<()> {
        let mut slips = self.slips.lock().unwrap_or_else(PoisonError::into_inner);
        slips.push(slip);
        write(&self.path, &slips)
    }

    /// Every notice, in order.
    #[must_use]
    pub fn slips(&self) -> Vec<Slip> {
        self.slips
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// From now on the store does not answer, or answers again.
    pub fn set_broken(&self, broken: bool) {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = broken;
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Slip>) -> T) -> Result<T, DeskError> {
        if *self.broken.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(DeskError::Unavailable);
        }
        let mut slips = self.slips.lock().unwrap_or_else(PoisonError::into_inner);
        let before = slips.clone();
        let result = change(&mut slips);
        if *slips != before {
            write(&self.path, &slips).map_err(|_| DeskError::Unavailable)?;
        }
        Ok(result)
    }
}

fn write(path: &Path, slips: &[Slip]) -> anyhow::Result<()> {
    let new = path.with_extension("new");
    let file = std::fs::File::create(&new)?;
    serde_json::to_writer(&file, slips)?;
    file.sync_all()?;
    std::fs::rename(new, path)?;
    Ok(())
}

/// The place of the notice that may go first: due, and nothing unsettled before it in its session.
fn first_due(slips: &[Slip], now: i64) -> Option<usize> {
    slips.iter().enumerate().position(|(n, slip)| {
        let waits_for_another = slips[..n].iter().any(|earlier| {
            earlier.session == slip.session
                && matches!(
                    earlier.standing,
                    Standing::Queued(_) | Standing::Sending | Standing::Uncertain
                )
        });
        !waits_for_another && matches!(slip.standing, Standing::Queued(at) if at <= now)
    })
}

#[async_trait]
impl Desk for PaperDesk {
    async fn settle_late(&self, _now: i64) -> Result<(), DeskError> {
        // Slips of paper have no time after which they are too late.
        Ok(())
    }

    async fn interrupted(&self) -> Result<Vec<NoticeRef>, DeskError> {
        self.change(|slips| {
            slips
                .iter()
                .filter(|slip| slip.standing == Standing::Sending)
                .map(|slip| slip.notice.clone())
                .collect()
        })
    }

    async fn next_due(&self, now: i64) -> Result<Option<Claim>, DeskError> {
        let claim = self.change(|slips| {
            let first = first_due(slips, now)?;
            let slip = &mut slips[first];
            slip.standing = Standing::Sending;
            Some(Claim {
                notice: slip.notice.clone(),
                attempts: slip.attempts,
                envelope: Envelope {
                    from: "clinic@example.org".to_owned(),
                    to: slip.to.clone(),
                },
                message: format!(
                    "Message-ID: <{}@example.org>\r\nSubject: Appointment\r\n\r\nHello\r\n",
                    slip.notice.id
                )
                .into_bytes(),
            })
        })?;
        if claim.is_some() {
            (self.hook)("claimed");
        }
        Ok(claim)
    }

    async fn settle(
        &self,
        notice: &NoticeRef,
        settled: Settled,
        _now: i64,
    ) -> Result<(), DeskError> {
        (self.hook)("settling");
        self.change(|slips| {
            let Some(slip) = slips.iter_mut().find(|slip| slip.notice == *notice) else {
                return;
            };
            (slip.standing, slip.cause) = match settled {
                Settled::Sent { .. } => (Standing::Sent, None),
                Settled::Failed { cause } => (Standing::Failed(cause), Some(cause)),
                Settled::Uncertain => (Standing::Uncertain, None),
                Settled::Again {
                    not_before,
                    counted,
                    cause,
                } => {
                    slip.attempts += u32::from(counted);
                    (Standing::Queued(not_before), cause)
                }
            };
        })?;
        (self.hook)("settled");
        Ok(())
    }

    async fn next_wake(&self, now: i64) -> Result<Option<i64>, DeskError> {
        self.change(|slips| {
            slips
                .iter()
                .filter_map(|slip| match slip.standing {
                    Standing::Queued(at) if at > now => Some(at),
                    _ => None,
                })
                .min()
        })
    }
}

/// A record that calls the hook before and after every line.
pub struct HookedRecord<R> {
    /// The record itself.
    pub record: R,
    /// What is called.
    pub hook: Hook,
}

#[async_trait]
impl<R: SentRecord> SentRecord for HookedRecord<R> {
    async fn look(&self, notice: &NoticeRef) -> Result<Recorded, RecordError> {
        self.record.look(notice).await
    }

    async fn write(&self, notice: &NoticeRef, what: Recorded) -> Result<(), RecordError> {
        let (before, after) = match what {
            Recorded::Opened => ("opening", "opened"),
            Recorded::Handing => ("before handing", "handing"),
            _ => ("recording", "recorded"),
        };
        (self.hook)(before);
        self.record.write(notice, what).await?;
        (self.hook)(after);
        Ok(())
    }
}
