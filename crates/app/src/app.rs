//! The app's life: first run, opening, the lock, trouble, quitting. What a clinic can do stands in [`crate::calls`].

use crate::api::act::{Changed, FaultCode, Problem};
use crate::api::setup::{AppPhase, AppState, RecoverySheet, Trouble};
use crate::directory::Directory;
use crate::home::There;
use crate::host::Host;
use crate::office::Office;
use crate::settings::Settings;
use crate::{calls, opening, router};
use safetalk_vault::RecoveryKey;
use serde_json::Value;
use serde_json::value::RawValue;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::RwLock;

/// Which groups of a new recovery key are asked for, counted from 0: not the first ones, which people copy best.
pub const ASKED_GROUPS: [u8; 2] = [2, 6];

/// How long quitting waits for a mail server's answer to a message that is being handed over, or for a clinic's server to
/// take what waits for it.
const LAST_ANSWER: Duration = Duration::from_secs(5);

/// The core behind the screens.
pub struct App {
    /// The shell.
    pub host: Arc<dyn Host>,
    /// This computer's settings.
    pub settings: Arc<Settings>,
    standing: RwLock<Standing>,
    locked: AtomicBool,
    /// Held while the app goes from one standing to another (made, opened, restored, thrown away, closed): the next one looks
    /// at what the last one left, not at what it began with.
    pub(crate) transition: tokio::sync::Mutex<()>,
    finished: AtomicBool,
    /// The screens have said that they may hold something typed that is kept nowhere.
    holding: AtomicBool,
    /// For what goes on behind the screens.
    me: Weak<Self>,
    /// Held while a PIN is tried: the next one is heard only when it is known how long it has to wait.
    pub(crate) pin: tokio::sync::Mutex<()>,
    /// A recovery key that was shown and not yet typed back. Only ever in memory.
    pub(crate) shown_key: Mutex<Option<RecoveryKey>>,
}

/// What the app stands before.
pub(crate) enum Standing {
    /// No clinic on this computer.
    FirstRun,
    /// A clinic is open.
    Open(Arc<Office>),
    /// A clinic could not be opened.
    Trouble(Trouble),
}

impl App {
    /// Starts in `data_dir`: opens the clinic that is there, or stands at the first run. Never fails; what went wrong
    /// is a screen.
    pub async fn start(data_dir: PathBuf, host: Arc<dyn Host>) -> Arc<Self> {
        let settings = Arc::new(Settings::read(data_dir));
        let locked = settings.get().pin_hash.is_some();
        let app = Arc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            host,
            settings,
            standing: RwLock::new(Standing::FirstRun),
            locked: AtomicBool::new(locked),
            transition: tokio::sync::Mutex::new(()),
            finished: AtomicBool::new(false),
            holding: AtomicBool::new(false),
            pin: tokio::sync::Mutex::new(()),
            shown_key: Mutex::new(None),
        });
        app.open_current().await;
        app
    }

    /// Answers one command of the screen.
    ///
    /// # Errors
    /// A [`Problem`] as JSON.
    pub async fn rpc(&self, cmd: &str, payload: Value) -> Result<Box<RawValue>, Value> {
        router::dispatch(self, cmd, payload)
            .await
            .map_err(|problem| serde_json::to_value(problem).unwrap_or(Value::Null))
    }

    /// Opens the clinic the settings name; whatever comes of it is the new standing. One that is open stays so: whoever asked
    /// twice for the same gets what the first one made. Called with `transition` held, or before anyone can ask.
    pub(crate) async fn open_current(&self) {
        let device = self.settings.get();
        let open = self.open_office().await.map(|office| office.id);
        if self.settings.trouble().is_none() && open.is_some() && open == device.current() {
            return;
        }
        let standing = match (self.settings.trouble(), device.current()) {
            (Some(trouble), _) => Standing::Trouble(trouble),
            (None, None) => match opening::keychain(self.host.as_ref()) {
                Ok(()) => Standing::FirstRun,
                Err(trouble) => Standing::Trouble(trouble),
            },
            (None, Some(id)) => {
                match opening::open(&self.settings, &self.host, id, device.demo == Some(id)).await {
                    Ok(office) => {
                        self.watch_over(&office);
                        Standing::Open(office)
                    }
                    Err(trouble) => Standing::Trouble(trouble),
                }
            }
        };
        self.stand(standing).await;
        if let Err(problem) = calls::setup::renew_unconfirmed_key(self).await {
            tracing::warn!(?problem, "a new recovery key could not be made");
        }
    }

    /// A computer that was reported lost or stolen forgets the clinic as soon as its server says so.
    fn watch_over(&self, office: &Arc<Office>) {
        let Some(lost) = office.there().map(There::lost) else {
            return;
        };
        let (app, office) = (Weak::clone(&self.me), Arc::downgrade(office));
        tokio::spawn(async move {
            lost.notified().await;
            let (Some(app), Some(office)) = (app.upgrade(), office.upgrade()) else {
                return;
            };
            // A clinic that is closed is let go of too.
            if office.there().is_some_and(There::is_closed) {
                return;
            }
            if let Err(problem) = calls::account::erase(&app, &office).await {
                tracing::error!(?problem, "a clinic of a lost computer was not erased whole");
            }
        });
    }

    pub(crate) async fn stand(&self, standing: Standing) {
        *self.standing.write().await = standing;
        self.host.emit_changed(Changed {
            state: true,
            ..Changed::default()
        });
    }

    /// The open clinic, if the screen may see it.
    pub(crate) async fn office(&self) -> Result<Arc<Office>, Problem> {
        self.unlocked()?;
        self.open_office()
            .await
            .ok_or_else(|| Problem::fault(FaultCode::NotOpen, false, &"no clinic is open"))
    }

    /// Refuses behind the lock.
    pub(crate) fn unlocked(&self) -> Result<(), Problem> {
        if self.locked.load(Ordering::Acquire) {
            return Err(Problem::fault(
                FaultCode::Locked,
                false,
                &"the screen is locked",
            ));
        }
        Ok(())
    }

    /// Whether `cmd` of the app is answered now. Behind the lock of an open clinic only what the lock's own screen asks; where
    /// none is open there is nothing to guard, and the way out of the trouble must stay.
    pub(crate) async fn answers(&self, cmd: &str) -> Result<(), Problem> {
        let of_the_lock = matches!(
            cmd,
            "app.state" | "app.quit" | "app.holding" | "device.choose"
        ) || cmd.starts_with("lock.");
        if of_the_lock || self.open_office().await.is_none() {
            return Ok(());
        }
        self.unlocked()
    }

    /// Why no clinic is open, if that is so.
    pub(crate) async fn trouble(&self) -> Option<Trouble> {
        match &*self.standing.read().await {
            Standing::Trouble(trouble) => Some(*trouble),
            Standing::FirstRun | Standing::Open(_) => None,
        }
    }

    /// The open clinic, locked or not.
    pub(crate) async fn open_office(&self) -> Option<Arc<Office>> {
        match &*self.standing.read().await {
            Standing::Open(office) => Some(Arc::clone(office)),
            Standing::FirstRun | Standing::Trouble(_) => None,
        }
    }

    /// Locks the screen, if a PIN is set.
    pub fn lock(&self) {
        if self.settings.get().pin_hash.is_some() && !self.locked.swap(true, Ordering::AcqRel) {
            self.host.emit_changed(Changed {
                state: true,
                ..Changed::default()
            });
        }
    }

    /// The computer goes to sleep or its own lock closes.
    pub fn suspend(&self) {
        self.lock();
    }

    pub(crate) fn unlock(&self) {
        self.locked.store(false, Ordering::Release);
        self.host.emit_changed(Changed {
            state: true,
            ..Changed::default()
        });
    }

    /// Which screen to show.
    pub async fn state(&self) -> AppState {
        let shown = self
            .shown_key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|key| key.groups().to_vec());
        let phase = match (&*self.standing.read().await, shown) {
            (Standing::FirstRun, _) => AppPhase::FirstRun,
            (Standing::Trouble(trouble), _) => AppPhase::Trouble {
                trouble: *trouble,
                demo: self.settings.get().demo.is_some(),
                connected: self.settings.get().account().is_some(),
            },
            (Standing::Open(_), _) if self.locked.load(Ordering::Acquire) => AppPhase::Locked,
            (Standing::Open(office), Some(groups)) if !office.demo => {
                self.recovery_key(office, groups).await
            }
            (Standing::Open(office), _) => self.open_phase(office).await,
        };
        AppState {
            phase,
            device: self.settings.get().settings(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// The screen of an open clinic; of one on a server only once it is there.
    async fn open_phase(&self, office: &Office) -> AppPhase {
        let connected = office.there().is_some();
        if let Some(progress) = office.fetching() {
            return AppPhase::Fetching { progress };
        }
        match Directory::read(office).await {
            Ok(directory) => AppPhase::Open {
                id: directory.clinic.id,
                clinic: directory.clinic.details.name.clone(),
                demo: office.demo,
                connected,
                now: directory.stamp(directory.now),
                country: directory.clinic.facts.country.clone(),
                currency: directory.clinic.facts.currency,
            },
            Err(_) => AppPhase::Trouble {
                trouble: Trouble::Other,
                demo: office.demo,
                connected,
            },
        }
    }

    /// The screen of a recovery key that was not typed back yet.
    async fn recovery_key(&self, office: &Office, groups: Vec<String>) -> AppPhase {
        match calls::setup::recovery_sheet(self, office, groups.clone()).await {
            Ok(sheet) => {
                let words = safetalk_documents::recovery_words(&sheet);
                AppPhase::RecoveryKey {
                    groups,
                    ask: ASKED_GROUPS,
                    sheet: RecoverySheet {
                        title: words.title,
                        clinic: words.clinic,
                        date: words.date,
                        notes: words.notes,
                    },
                }
            }
            Err(_) => AppPhase::Trouble {
                trouble: Trouble::Other,
                demo: false,
                connected: false,
            },
        }
    }

    /// The screens may hold something typed that is kept nowhere; or they hold nothing any more.
    pub(crate) fn hold(&self, holds: bool) {
        self.holding.store(holds, Ordering::Release);
    }

    /// The window was asked to close. `true` if it may; else the screen asks about unsent messages and what is typed and not
    /// kept, and quits later.
    pub async fn close_requested(&self) -> bool {
        let unsent = match self.open_office().await {
            // Behind the lock nobody can be asked about messages; they are kept and go when the program runs again. What is
            // typed behind it is kept nowhere: of that the lock's own screen asks.
            Some(office) if !self.locked.load(Ordering::Acquire) => unsent(&office).await,
            _ => 0,
        };
        if unsent > 0 || self.holding.load(Ordering::Acquire) {
            self.host.emit_changed(Changed {
                ask_quit: Some(unsent),
                ..Changed::default()
            });
            return false;
        }
        self.finish().await;
        true
    }

    /// Leaves everything as it should be found: the outbox pushed, a backup made, the files closed.
    pub(crate) async fn finish(&self) {
        let _transition = self.transition.lock().await;
        // Whoever closes the window while the program quits finds everything closed.
        if self.finished.swap(true, Ordering::AcqRel) {
            return;
        }
        let Some(office) = self.open_office().await else {
            return;
        };
        office.rest(LAST_ANSWER).await;
        if !office.demo
            && let Err(problem) = calls::backup::make(&office).await
        {
            tracing::warn!(?problem, "no backup was made at quit");
        }
        office.close().await;
    }
}

/// Messages that wait for this computer. A demo clinic has none: it sends nothing. Of a clinic on a server, those it has not
/// taken yet: what it has goes without this computer.
pub(crate) async fn unsent(office: &Office) -> u32 {
    if office.demo {
        return 0;
    }
    let waiting = match office.there() {
        None => {
            office.catch_up().await;
            calls::letter::waiting(office).await
        }
        Some(there) => {
            there.hand_over(office, LAST_ANSWER).await;
            calls::letter::not_handed_over(office).await
        }
    };
    waiting.map(calls::letter::how_many).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::App;
    use serde_json::Value;

    /// The shells answer calls on other threads.
    #[test]
    fn a_call_may_be_answered_on_any_thread() {
        fn sendable<T: Send>(_: impl FnOnce(&'static App) -> T) {}
        sendable(|app| app.rpc("app.state", Value::Null));
    }
}
