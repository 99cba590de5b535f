//! Devices of both kinds behind one face: the sketch in memory, and the replica in its encrypted file.

use super::sketch::{Ids, Sketch};
use crate::table::{MAYA, OWNER, copy_files, key, quit, rows_of};
use crate::wishes::Screen;
use safetalk_domain::*;
use safetalk_replica::{ActError, Draft, Replica};
use safetalk_wire::{Upstream, Verdict};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// What happens to a device, and what stands on it.
pub trait Device: Screen + Sized {
    /// A disk as it was once.
    type Image: Clone;

    /// A click; what was wanted, unless the rules said no.
    async fn act(&mut self, draft: Draft, now: Moment) -> Option<Intent>;

    /// Pushes and pulls; nothing when it was cut off.
    async fn sync(&mut self, line: &dyn Upstream, now: Moment) -> Option<Vec<Verdict>>;

    /// Every row that is shown.
    async fn rows(&self) -> Vec<Row>;

    /// What could not be done, and whether the ledger said so.
    async fn refused(&self) -> Vec<(IntentId, bool)>;

    /// Everything that was wanted here and is still kept.
    async fn kept(&self) -> Vec<IntentId>;

    /// How much was not answered.
    async fn waiting(&self) -> usize;

    /// An intent that was answered twice, each time in another way.
    fn contradicted(&self) -> Option<IntentId>;

    /// The computer is switched off and on.
    async fn restarted(self) -> Self;

    /// A copy of the disk, taken while the computer is off.
    async fn image(self) -> (Self, Self::Image);

    /// A computer with this disk.
    async fn of(image: &Self::Image, ids: Ids) -> Self;
}

impl Screen for Sketch {
    async fn session(&self, id: SessionId) -> Option<Session> {
        self.row(id)
    }

    async fn maya(&self) -> Option<Client> {
        self.row(MAYA)
    }

    async fn outbox(&self) -> Vec<Intent> {
        self.outbox.iter().map(|item| item.intent.clone()).collect()
    }
}

impl Device for Sketch {
    type Image = Self;

    async fn act(&mut self, draft: Draft, now: Moment) -> Option<Intent> {
        Sketch::act(self, draft, OWNER, now).await
    }

    async fn sync(&mut self, line: &dyn Upstream, now: Moment) -> Option<Vec<Verdict>> {
        Sketch::sync(self, line, now).await.ok()
    }

    async fn rows(&self) -> Vec<Row> {
        Sketch::rows(self)
    }

    async fn refused(&self) -> Vec<(IntentId, bool)> {
        self.put_before_a_person()
    }

    async fn kept(&self) -> Vec<IntentId> {
        self.outbox.iter().map(|item| item.intent.id).collect()
    }

    async fn waiting(&self) -> usize {
        self.outbox
            .iter()
            .filter(|item| item.verdict.is_none())
            .count()
    }

    fn contradicted(&self) -> Option<IntentId> {
        self.contradicted
    }

    async fn restarted(self) -> Self {
        self
    }

    async fn image(self) -> (Self, Self) {
        let image = self.clone();
        (self, image)
    }

    async fn of(image: &Self, ids: Ids) -> Self {
        image.clone().with_ids(ids)
    }
}

/// A replica in a file of a folder.
pub struct Filed {
    replica: Replica,
    path: PathBuf,
    folder: Arc<TempDir>,
}

/// The names of files in a folder.
static NAMES: AtomicU64 = AtomicU64::new(0);

impl Filed {
    pub async fn new(folder: &Arc<TempDir>) -> Self {
        let path = name(folder);
        Self {
            replica: Replica::create(&path, &key()).await.unwrap(),
            path,
            folder: folder.clone(),
        }
    }
}

fn name(folder: &TempDir) -> PathBuf {
    let n = NAMES.fetch_add(1, Ordering::Relaxed);
    folder.path().join(format!("device-{n}.db"))
}

impl Screen for Filed {
    async fn session(&self, id: SessionId) -> Option<Session> {
        self.replica.session(id).await
    }

    async fn maya(&self) -> Option<Client> {
        self.replica.maya().await
    }

    async fn outbox(&self) -> Vec<Intent> {
        self.replica.outbox().await
    }
}

impl Device for Filed {
    type Image = (PathBuf, Arc<TempDir>);

    async fn act(&mut self, draft: Draft, now: Moment) -> Option<Intent> {
        let acted = match self.replica.act(draft, OWNER, now).await {
            Ok(acted) => acted,
            Err(ActError::Refused(_)) => return None,
            Err(ActError::Store(error)) => panic!("the store failed: {error}"),
        };
        let kept = self.replica.kept(acted.intent).await.unwrap();
        Some(kept.unwrap().intent)
    }

    async fn sync(&mut self, line: &dyn Upstream, now: Moment) -> Option<Vec<Verdict>> {
        let done = self.replica.sync_once(line, now).await;
        done.ok().map(|synced| synced.verdicts)
    }

    async fn rows(&self) -> Vec<Row> {
        let mut rows = rows_of(self.replica.vault().readers(), "{kind}").await;
        rows.sort_by_key(|row| (row.kind(), row.id()));
        rows
    }

    async fn refused(&self) -> Vec<(IntentId, bool)> {
        let refused = self.replica.refused().await.unwrap();
        refused
            .iter()
            .map(|one| (one.intent.id, one.is_final))
            .collect()
    }

    async fn kept(&self) -> Vec<IntentId> {
        self.outbox().await.iter().map(|intent| intent.id).collect()
    }

    async fn waiting(&self) -> usize {
        self.replica.waiting().await.unwrap().actions
    }

    fn contradicted(&self) -> Option<IntentId> {
        None
    }

    async fn restarted(self) -> Self {
        let Self {
            replica,
            path,
            folder,
        } = self;
        quit(replica).await;
        Self {
            replica: Replica::open(&path, &key()).await.unwrap(),
            path,
            folder,
        }
    }

    async fn image(self) -> (Self, Self::Image) {
        let (image, folder) = (name(&self.folder), self.folder.clone());
        self.replica.close().await;
        copy_files(&self.path, &image);
        (self.restarted().await, (image, folder))
    }

    async fn of((image, folder): &Self::Image, _: Ids) -> Self {
        let path = name(folder);
        copy_files(image, &path);
        Self {
            replica: Replica::open(&path, &key()).await.unwrap(),
            path,
            folder: folder.clone(),
        }
    }
}
