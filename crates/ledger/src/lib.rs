//! Where a decision becomes final: one transaction, one position, one order for all.
//!
//! A ledger holds the rows of one clinic. Every change is an intent: from a device by push, from the courier beside it by
//! [`Ledger::record`]. Each is decided by the same `decide` that the device used; its rows, its verdict and its notices
//! are stored together or not at all. What keeps them is behind a border ([`Store`]): an encrypted SQLite file here, or
//! PostgreSQL in `safetalk-ledger-postgres`.
//!
//! Deliberately absent: the clock (a [`Now`] is given), the network, mail, and any way to change a row without an intent.
//!
//! **Invariants.** Positions have no gaps. An intent has one verdict for ever. No therapist and no room is held twice:
//! `decide` sees to it, and a constraint of the store's schema speaks last. Whatever was begun goes to its end, also
//! when nobody listens any more.
#![forbid(unsafe_code)]

mod constraint;
mod courier;
mod error;
mod execute;
pub mod kept;
mod links;
mod pull;
mod push;
mod sqlite;
mod store;
mod work;

pub use constraint::Constraint;
pub use courier::Candidate;
pub use error::Error;
pub use links::Share;
pub use safetalk_vault::Key;
pub use safetalk_wire::Now;
pub use store::{Answered, Answers, Given, Lease, Store, Tx, View};

use async_trait::async_trait;
use safetalk_domain::{Entity, MemberId, Position};
use safetalk_vault::Vault;
use safetalk_wire::{
    Head, PROJECTED_PROTOCOL, PullAnswer, PullRequest, PushAnswer, PushRequest, Upstream,
    UpstreamError,
};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;

/// The ledger of one clinic. Cloning it is cheap and gives the same one; a process has one of each clinic, so that
/// everyone who listens is poked.
#[derive(Clone)]
pub struct Ledger {
    store: Arc<dyn Store>,
    /// The file, if it is kept in one.
    vault: Option<Vault>,
    time: Arc<dyn Now>,
    poke: watch::Sender<Position>,
}

impl Ledger {
    /// Makes a new, empty ledger in a file at `path`.
    ///
    /// # Errors
    /// [`Error::Open`] when a file is there already, or cannot be made.
    pub async fn create(path: &Path, key: &Key, time: Arc<dyn Now>) -> Result<Self, Error> {
        Self::in_file(sqlite::File::create(path, key).await?, time).await
    }

    /// Opens the ledger in the file at `path`.
    ///
    /// # Errors
    /// [`Error::Open`] says what a person can do about it.
    pub async fn open(path: &Path, key: &Key, time: Arc<dyn Now>) -> Result<Self, Error> {
        Self::in_file(sqlite::File::open(path, key).await?, time).await
    }

    async fn in_file(file: sqlite::File, time: Arc<dyn Now>) -> Result<Self, Error> {
        let vault = file.vault().clone();
        let mut ledger = Self::over(Arc::new(file), time).await?;
        ledger.vault = Some(vault);
        Ok(ledger)
    }

    /// The ledger that `store` keeps.
    ///
    /// # Errors
    /// What the store says when it is asked where the history stands.
    pub async fn over(store: Arc<dyn Store>, time: Arc<dyn Now>) -> Result<Self, Error> {
        let ledger = Self {
            store,
            vault: None,
            time,
            poke: watch::Sender::new(0),
        };
        ledger.link().await?;
        let head = ledger.head().await?;
        ledger.poke.send_replace(head.position);
        Ok(ledger)
    }

    /// Makes the links of a ledger that an older build began.
    async fn link(&self) -> Result<(), Error> {
        let store = self.store.clone();
        to_the_end(async move {
            if links::are_made(store.snapshot().await?.1.as_mut()).await? {
                return Ok(());
            }
            let (head, mut tx) = store.begin().await?;
            // Another process may have been faster.
            if links::are_made(tx.as_mut()).await? {
                return Ok(());
            }
            links::make(tx.as_mut(), head.position).await?;
            tx.commit().await
        })
        .await
    }

    /// The ledger as one of its members sees it.
    pub fn seen_by(&self, member: MemberId) -> SeenBy {
        SeenBy {
            ledger: self.clone(),
            member,
        }
    }

    /// The file, for backups and checks; `None` when the ledger is not kept in one.
    pub fn vault(&self) -> Option<&Vault> {
        self.vault.as_ref()
    }

    /// Where the history stands.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn head(&self) -> Result<Head, Error> {
        let store = self.store.clone();
        to_the_end(async move { Ok(store.snapshot().await?.0) }).await
    }

    /// Begins a new history after a restore, so that every device sends what the restored ledger does not know.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_epoch(&self) -> Result<Head, Error> {
        let store = self.store.clone();
        to_the_end(async move {
            let (mut head, mut tx) = store.begin().await?;
            head.epoch = Uuid::new_v4();
            tx.put_head(&head).await?;
            tx.commit().await?;
            Ok(head)
        })
        .await
    }

    /// The last position; changes after every commit that gave a new one.
    pub fn subscribe(&self) -> watch::Receiver<Position> {
        self.poke.subscribe()
    }

    /// One row, as it stands.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn row<E: Entity>(&self, id: E::Id) -> Result<Option<E>, Error> {
        let (store, id) = (self.store.clone(), id.into());
        to_the_end(async move { get(store.snapshot().await?.1.as_mut(), id).await }).await
    }

    /// Every row of a kind, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Body`].
    pub async fn all<E: Entity>(&self) -> Result<Vec<E>, Error> {
        let store = self.store.clone();
        let rows = to_the_end(async move { store.snapshot().await?.1.rows(E::KIND).await }).await?;
        Ok(rows.into_iter().filter_map(E::of).collect())
    }

    /// A local setting of this ledger; never a secret that is not sealed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let (store, name) = (self.store.clone(), name.to_owned());
        to_the_end(async move { store.snapshot().await?.1.setting(&name).await }).await
    }

    /// Keeps a local setting; never a secret that is not sealed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        let store = self.store.clone();
        let (name, value) = (name.to_owned(), value.to_owned());
        to_the_end(async move {
            let (_, mut tx) = store.begin().await?;
            tx.put_setting(&name, &value).await?;
            tx.commit().await
        })
        .await
    }

    /// Lets go of the file or the connections, cleanly.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// A page for `viewer`, or for the ledger's own keeper.
    async fn page(
        &self,
        request: PullRequest,
        viewer: Option<MemberId>,
    ) -> Result<PullAnswer, UpstreamError> {
        pull::least(&request)?;
        let ledger = self.clone();
        let page = to_the_end(async move { pull::page(&ledger, &request, viewer).await }).await?;
        page.ok_or(UpstreamError::TooOld {
            least: PROJECTED_PROTOCOL,
        })
    }

    /// Makes a transaction final and pokes whoever listens, after the commit and never before.
    async fn commit(&self, work: work::Work) -> Result<Head, Error> {
        let (head, moved) = work.commit().await?;
        if moved {
            self.poke.send_replace(head.position);
        }
        Ok(head)
    }
}

/// Carries `work` to its end in a task of its own, also when the caller is dropped: a request that is hung up on, a
/// screen that is closed. No connection goes back to its pool inside a transaction that nobody will end (sqlx's `begin`
/// for PostgreSQL is not safe to be dropped, 0.8.4 to 0.9.0).
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::Ending),
        },
    }
}

/// One entity.
async fn get<E: Entity>(view: &mut dyn View, id: Uuid) -> Result<Option<E>, Error> {
    let found = view.row(E::KIND, id).await?;
    Ok(found.and_then(|(row, _)| E::of(row)))
}

#[async_trait]
impl Upstream for Ledger {
    async fn push(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        let ledger = self.clone();
        Ok(to_the_end(async move { push::push(&ledger, request).await }).await?)
    }

    /// Every row as it is kept: for whoever keeps the ledger itself.
    async fn pull(&self, request: PullRequest) -> Result<PullAnswer, UpstreamError> {
        self.page(request, None).await
    }
}

/// A ledger as one of its members sees it: rows come down as far as they may know them, and nothing else is different.
#[derive(Clone, Debug)]
pub struct SeenBy {
    ledger: Ledger,
    member: MemberId,
}

#[async_trait]
impl Upstream for SeenBy {
    async fn push(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        self.ledger.push(request).await
    }

    async fn pull(&self, request: PullRequest) -> Result<PullAnswer, UpstreamError> {
        self.ledger.page(request, Some(self.member)).await
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger")
            .field("vault", &self.vault)
            .finish_non_exhaustive()
    }
}
