//! Everything a request may need, in one place.

use crate::limits::{Limits, Rate};
use crate::mail::Mailer;
use crate::metrics::Metrics;
use crate::post::{Post, PostSetting, Records};
use crate::problem::Fault;
use crate::{Ledgers, ServerKey};
use safetalk_accounts::{Accounts, Kitchen};
use safetalk_domain::{Entity, Moment};
use safetalk_ledger::Ledger;
use safetalk_ledger_postgres::{Database, Sent};
use safetalk_wire::Now;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{RwLock, watch};

/// How a server is set up.
pub struct Setting {
    /// Where everything is kept.
    pub folder: PathBuf,
    /// The key it is encrypted under.
    pub key: ServerKey,
    /// Where the ledgers are; without, in files in the folder.
    pub database: Option<Database>,
    /// Where it is recorded what was sent to clients, with ledgers in a database; without, nothing is sent for them.
    pub sent: Option<Sent>,
    /// Clinics may name mail servers in this server's own network, and any port.
    pub mail_inside: bool,
    /// So long a process that died keeps its clinics' messages from the others on its database. Seconds.
    pub mail_lease: u32,
    /// One more certificate (DER) that clinics' mail servers may show.
    pub mail_root: Option<Vec<u8>>,
    /// The clock.
    pub time: Arc<dyn Now>,
    /// What people open in a browser or type into SafeTalk: scheme, host, port.
    pub public_address: String,
    /// "Forgot password" and invites send mail through it.
    pub mailer: Option<Mailer>,
    /// The caller's address stands in `X-Forwarded-For`, written by a proxy that is ours.
    pub behind_proxy: bool,
    /// How many passwords are looked at at once.
    pub stoves: usize,
    /// How often one address may knock at the door.
    pub per_address: Rate,
    /// How often one account may be tried.
    pub per_account: Rate,
}

/// The server's state.
pub struct House {
    /// Who may sign in.
    pub accounts: Accounts,
    /// The clinics.
    pub ledgers: Arc<Ledgers>,
    /// The courier of all of them.
    pub(crate) post: Arc<Post>,
    pub(crate) time: Arc<dyn Now>,
    pub(crate) public_address: String,
    pub(crate) mailer: Option<Mailer>,
    pub(crate) behind_proxy: bool,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    /// True once the server drains: lines of events end.
    pub(crate) closing: watch::Sender<bool>,
    /// Held by work that goes on although its client may have hung up.
    pub(crate) at_work: Arc<RwLock<()>>,
}

impl House {
    /// Opens what the folder holds, or begins a new one.
    ///
    /// # Errors
    /// When the folder or the accounts cannot be opened.
    pub async fn open(setting: Setting) -> anyhow::Result<Self> {
        private_folder(&setting.folder)?;
        private_folder(&setting.folder.join("clinics"))?;
        let kitchen = Kitchen::new(setting.stoves, 16 * setting.stoves);
        let accounts = Accounts::open(
            &setting.folder.join("accounts.db"),
            &setting.key.accounts(),
            &setting.key.marks(),
            kitchen,
        )
        .await?;
        let time = Arc::clone(&setting.time);
        let records = match (&setting.database, setting.sent) {
            (Some(_), Some(sent)) => Records::Postgres(sent),
            (Some(_), None) => Records::Nowhere,
            (None, _) => Records::Files(setting.folder.clone()),
        };
        let ledgers = Arc::new(match setting.database {
            Some(database) => Ledgers::in_database(database, setting.key, time),
            None => Ledgers::in_folder(setting.folder, setting.key, time),
        });
        let post = Post::new(
            Arc::clone(&ledgers),
            Arc::clone(&setting.time),
            PostSetting {
                records,
                inside: setting.mail_inside,
                lease: setting.mail_lease,
                extra_root: setting.mail_root,
            },
        );
        Ok(Self {
            accounts,
            ledgers,
            post: Arc::new(post),
            limits: Limits::new(setting.per_address, setting.per_account),
            metrics: Metrics::new(),
            time: setting.time,
            public_address: setting.public_address.trim_end_matches('/').to_owned(),
            mailer: setting.mailer,
            behind_proxy: setting.behind_proxy,
            closing: watch::Sender::new(false),
            at_work: Arc::default(),
        })
    }

    /// The wall clock.
    pub fn now(&self) -> Moment {
        self.time.now()
    }

    /// Runs what touches a store to its end, also when the one who waits for it hangs up: no transaction is ever left
    /// open half-way by a dropped request.
    pub(crate) async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault> {
        let held = Arc::clone(&self.at_work).read_owned().await;
        let work = tokio::spawn(async move {
            let done = work.await;
            drop(held);
            done
        });
        work.await.map_err(|_| Fault::broken(&"a task ended early"))
    }

    /// One row of a ledger, as it stands.
    pub(crate) async fn row<E: Entity + Send + 'static>(
        &self,
        ledger: &Ledger,
        id: E::Id,
    ) -> Result<Option<E>, Fault>
    where
        E::Id: Send + 'static,
    {
        let ledger = ledger.clone();
        let found = self.to_the_end(async move { ledger.row::<E>(id).await });
        Ok(found.await??)
    }

    /// Where a link leads: what comes after `#` is never sent to a server, so it stands in no log.
    pub fn link(&self, kind: &str, secret: &str) -> String {
        format!("{}/{kind}#{secret}", self.public_address)
    }

    /// What Prometheus is told.
    ///
    /// # Errors
    /// Never in practice: it is text in memory.
    pub fn metrics_text(&self) -> Result<String, std::fmt::Error> {
        self.metrics.text()
    }

    /// Waits for what is at work, and closes every file cleanly.
    pub async fn close(&self) {
        self.closing.send_replace(true);
        let _nobody_is_at_work = self.at_work.write().await;
        self.post.close().await;
        self.ledgers.close().await;
        self.accounts.close().await;
    }
}

/// Returns once this says that the server drains, or is gone.
pub(crate) async fn closed(closing: &mut watch::Receiver<bool>) {
    // The guard that comes back must not live on across a wait.
    let _ = closing.wait_for(|closing| *closing).await.map(drop);
}

/// Makes a folder that only its owner may enter.
pub fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}
