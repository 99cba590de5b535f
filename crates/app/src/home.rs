//! Where a clinic's ledger is: on this computer with everything that only its keeper does, or on a server.

use crate::api::account::{FirstSync, LineTrouble};
use crate::api::act::Changed;
use crate::calls::backup::Seen;
use crate::host::Host;
use crate::keyring::Keychain;
use crate::office::Office;
use async_trait::async_trait;
use safetalk_courier::{CourierHandle, SmtpAccount};
use safetalk_desk::LedgerDesk;
use safetalk_domain::Moment;
use safetalk_ledger::Ledger;
use safetalk_remote::{Address, Remote};
use safetalk_replica::SyncError;
use safetalk_wire::{
    PullAnswer, PullRequest, PushAnswer, PushRequest, Remedy, Trouble, Upstream, UpstreamError,
};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Where a clinic's ledger is. What this computer does for its clinic hangs on that, and on nothing else.
pub enum Home {
    /// On this computer: it decides, sends the messages and makes the backups.
    Here(Here),
    /// On a server: this computer is one of its devices.
    There(There),
}

/// What belongs to a clinic that is kept on this computer only.
pub struct Here {
    /// Where decisions become final.
    pub ledger: Arc<Ledger>,
    /// Takes notices to clients.
    pub courier: CourierHandle,
    /// The mail account, without its password.
    pub mail: Arc<Mutex<Option<SmtpAccount>>>,
    /// The courier's counter.
    pub(crate) desk: Arc<LedgerDesk>,
    /// Somebody did what queued a message since the last push.
    pub(crate) told: AtomicBool,
    /// How the backups stood, and when that was looked at.
    pub(crate) backups: Mutex<Option<(Moment, Seen)>>,
}

/// The way to a clinic's ledger on a server.
pub struct There {
    remote: Arc<Remote>,
    keychain: Arc<Keychain>,
    ill: Mutex<Ill>,
    /// The clinic is on this computer: its first pull came to its end once.
    fetched: AtomicBool,
    /// Rows that came since the program runs.
    entries: AtomicU32,
    /// The clinic is closed here: the line ends.
    closed: AtomicBool,
    /// The server said that this computer was reported lost or stolen; or the clinic is closed here.
    lost: Arc<Notify>,
}

/// What is the matter between this computer and its server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ill {
    trouble: Option<Trouble>,
    /// Since when: of this run of the program.
    since: Option<Moment>,
    /// The two have been in step since the program runs.
    was_well: bool,
}

impl There {
    /// The way by `remote`, which asks `keychain` for what signs it in.
    pub(crate) fn new(remote: Arc<Remote>, keychain: Arc<Keychain>, fetched: bool) -> Self {
        Self {
            remote,
            keychain,
            ill: Mutex::default(),
            fetched: AtomicBool::new(fetched),
            entries: AtomicU32::new(0),
            closed: AtomicBool::new(false),
            lost: Arc::default(),
        }
    }

    /// The line to the server.
    pub(crate) fn remote(&self) -> &Arc<Remote> {
        &self.remote
    }

    /// Where the server is.
    pub(crate) fn address(&self) -> &Address {
        self.remote.address()
    }

    /// What keeps the two from being in step, and whether a person has to do something about it.
    pub(crate) fn trouble(&self) -> Option<(LineTrouble, bool)> {
        let trouble = self.ill().trouble?;
        if trouble == Trouble::SignedOut && self.keychain.is_shut() {
            return Some((LineTrouble::Keychain, true));
        }
        Some((trouble.into(), trouble.remedy() == Remedy::AskPerson))
    }

    /// How long the server asked to be left alone. Seconds.
    pub(crate) fn busy_for(&self) -> Option<u32> {
        match self.ill().trouble {
            Some(Trouble::Busy { seconds }) => Some(seconds),
            _ => None,
        }
    }

    /// Since when something is the matter; none when that began before the program did.
    pub(crate) fn since(&self) -> Option<Moment> {
        self.ill().since
    }

    /// How far the first fetching is, until it is done.
    pub(crate) fn fetching(&self) -> Option<FirstSync> {
        if self.fetched.load(Ordering::Acquire) {
            return None;
        }
        let trouble = self.trouble();
        Some(FirstSync {
            entries: self.entries.load(Ordering::Relaxed),
            trouble: trouble.map(|(trouble, _)| trouble),
            asks: trouble.is_some_and(|(_, asks)| asks),
        })
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.lost.notify_one();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Wakes once the server has said that this computer was reported lost or stolen, and when the clinic is closed here.
    pub(crate) fn lost(&self) -> Arc<Notify> {
        Arc::clone(&self.lost)
    }

    /// Pushes and pulls once. Whatever comes of it is seen on the screens; true if the two are in step.
    pub(crate) async fn sync(&self, office: &Office) -> bool {
        let waited = waiting(office).await;
        let watched = Watched {
            there: self,
            host: office.host.as_ref(),
        };
        let synced = office.replica.sync_once(&watched, office.now()).await;
        let mut changed = Changed::default();
        let in_step = synced.is_ok();
        let mut news = match synced {
            Ok(synced) => {
                let tables = synced.changed.iter().map(|kind| kind.table().to_owned());
                changed.tables = tables.collect();
                changed.state = !self.fetched.swap(true, Ordering::AcqRel);
                self.is(None, office.now()) || !synced.changed.is_empty() || changed.state
            }
            Err(error) => match class(&error) {
                Some(trouble) => {
                    // The first fetching is a screen of its own.
                    changed.state = self.fetching().is_some();
                    self.is(Some(trouble), office.now())
                }
                None => {
                    tracing::warn!(%error, "this computer's replica failed in a sync");
                    false
                }
            },
        };
        news |= waiting(office).await != waited;
        if news && !self.is_closed() {
            office.host.emit_changed(changed);
        }
        in_step
    }

    /// Has the server take what waits, if it is within reach; at most for `patience`.
    pub(crate) async fn hand_over(&self, office: &Office, patience: Duration) {
        let waits = office.replica.waiting().await;
        if self.trouble().is_none() && waits.is_ok_and(|waiting| waiting.actions > 0) {
            let _ = tokio::time::timeout(patience, self.sync(office)).await;
        }
    }

    /// Notes how the line stands; true if that is new.
    pub(crate) fn is(&self, trouble: Option<Trouble>, now: Moment) -> bool {
        if trouble == Some(Trouble::Lost) {
            self.lost.notify_one();
        }
        let mut ill = self.ill.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *ill;
        ill.since = match trouble {
            None => None,
            // It began before the program did, nobody here knows when.
            Some(_) if !before.was_well => None,
            Some(_) => before.since.or(Some(now)),
        };
        ill.was_well |= trouble.is_none();
        ill.trouble = trouble;
        before.trouble != trouble
    }

    fn ill(&self) -> Ill {
        *self.ill.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many changes the server has not answered; a file that cannot say so is found out elsewhere.
async fn waiting(office: &Office) -> Option<usize> {
    let waiting = office.replica.waiting().await;
    waiting.ok().map(|waiting| waiting.actions)
}

/// What is the matter on the way; none where it is with this computer's own file.
fn class(error: &SyncError) -> Option<Trouble> {
    match error {
        SyncError::Upstream(UpstreamError::Line(trouble)) => Some(*trouble),
        SyncError::Upstream(UpstreamError::TooOld { least }) => {
            Some(Trouble::TooOld { least: *least })
        }
        SyncError::Upstream(UpstreamError::OutOfReach(_)) => Some(Trouble::Unreachable),
        SyncError::Upstream(UpstreamError::Failed(_)) | SyncError::NoAgreement => {
            Some(Trouble::Broken)
        }
        SyncError::Store(_) => None,
    }
}

impl From<Trouble> for LineTrouble {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unreachable => Self::Unreachable,
            Trouble::TimedOut => Self::TimedOut,
            Trouble::Foreign => Self::Foreign,
            Trouble::Certificate { by_clock: true } => Self::Clock,
            Trouble::Certificate { by_clock: false } => Self::Certificate,
            Trouble::SignedOut => Self::SignedOut,
            Trouble::Revoked => Self::Revoked,
            Trouble::Lost => Self::Lost,
            Trouble::Suspended => Self::Suspended,
            Trouble::NotAllowed => Self::NotAllowed,
            Trouble::TooOld { .. } => Self::TooOld,
            Trouble::Busy { .. } => Self::Busy,
            Trouble::Wrong => Self::Wrong,
            Trouble::CodeWanted => Self::CodeWanted,
            Trouble::LinkGone => Self::LinkGone,
            Trouble::WeakPassword => Self::WeakPassword,
            Trouble::Broken | Trouble::NotUnderstood | Trouble::NotSetUp | Trouble::NotFound => {
                Self::Broken
            }
        }
    }
}

/// The line, with an eye on what comes by it: the first fetching shows how far it is.
struct Watched<'a> {
    there: &'a There,
    host: &'a dyn Host,
}

#[async_trait]
impl Upstream for Watched<'_> {
    async fn push(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        self.there.remote.push(request).await
    }

    async fn pull(&self, request: PullRequest) -> Result<PullAnswer, UpstreamError> {
        let answer = self.there.remote.pull(request).await?;
        if let PullAnswer::Page(page) = &answer
            && self.there.fetching().is_some()
        {
            let rows = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
            self.there.entries.fetch_add(rows, Ordering::Relaxed);
            self.host.emit_changed(Changed {
                state: true,
                ..Changed::default()
            });
        }
        Ok(answer)
    }
}
