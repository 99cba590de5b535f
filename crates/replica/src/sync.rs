//! Sync: push the outbox, then pull what the ledger decided.

use crate::pull::{Fetched, Pull, clear_staging};
use crate::{Error, Replica, SyncError, meta, outbox, overlay};
use safetalk_domain::{Kind, Moment};
use safetalk_wire::{Head, Known, PROTOCOL, PushAnswer, PushRequest, Upstream, Verdict};
use std::collections::BTreeSet;

/// How often one sync begins again before it gives up: a changed history, then a fork, is the worst there is.
const MOST_BEGINNINGS: u32 = 4;

/// What one sync did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// How many intents were answered.
    pub pushed: usize,
    /// How many rows came down.
    pub pulled: usize,
    /// The answers, in order.
    pub verdicts: Vec<Verdict>,
    /// Kinds of rows that may look different now.
    pub changed: BTreeSet<Kind>,
}

impl Replica {
    /// Pushes everything that waits, then pulls until this computer has caught up.
    ///
    /// A second call waits for the first: one batch is in flight at a time. Dropped or failed half-way, it leaves a store
    /// from which the next call goes on.
    ///
    /// # Errors
    /// [`SyncError::Upstream`] when the ledger gave no answer, [`SyncError::Store`].
    pub async fn sync_once(
        &self,
        upstream: &dyn Upstream,
        now: Moment,
    ) -> Result<Synced, SyncError> {
        let _one_at_a_time = self.syncing.lock().await;
        let mut synced = Synced::default();
        for _ in 0..MOST_BEGINNINGS {
            if !self.push_all(upstream, now, &mut synced).await? {
                continue;
            }
            match Pull::new(self, now).run(upstream).await? {
                Fetched::All { rows, changed } => {
                    synced.pulled = rows;
                    synced.changed.extend(changed);
                    return Ok(synced);
                }
                Fetched::ChangedHistory => self.begin_again().await?,
                Fetched::ChangedScope(scope) => self.rescope(scope).await?,
            }
        }
        Err(SyncError::NoAgreement)
    }

    /// Sends batch after batch; false when it has to begin again.
    async fn push_all(
        &self,
        upstream: &dyn Upstream,
        now: Moment,
        synced: &mut Synced,
    ) -> Result<bool, SyncError> {
        loop {
            let request = self.next_batch().await?;
            if request.batch.is_empty() {
                return Ok(true);
            }
            match upstream.push(request).await? {
                PushAnswer::Answered { verdicts, head } => {
                    if verdicts.is_empty() {
                        return Err(SyncError::NoAgreement);
                    }
                    synced
                        .changed
                        .extend(self.answered(&verdicts, head, now).await?);
                    synced.pushed += verdicts.len();
                    synced.verdicts.extend(verdicts);
                }
                PushAnswer::Fork => {
                    self.fork().await?;
                    return Ok(false);
                }
                // What the ledger misses it has lost: the acknowledged numbers were compared before.
                PushAnswer::Gap { .. } | PushAnswer::ChangedHistory { .. } => {
                    self.begin_again().await?;
                    return Ok(false);
                }
            }
        }
    }

    async fn next_batch(&self) -> Result<PushRequest, Error> {
        let mut snapshot = self.vault.readers().begin().await?;
        let meta = meta::get(&mut snapshot).await?;
        Ok(PushRequest {
            protocol: PROTOCOL,
            device: meta.device,
            known: meta.told(),
            acknowledged_n: outbox::acknowledged_n(&mut snapshot, meta.device).await?,
            batch: outbox::due(&mut snapshot).await?,
        })
    }

    /// Keeps answers. A refused action leaves the screen at once, and with it what was built on it.
    async fn answered(
        &self,
        verdicts: &[Verdict],
        head: Head,
        now: Moment,
    ) -> Result<BTreeSet<Kind>, Error> {
        let mut transaction = self.vault.begin().await?;
        let mut meta = meta::get(&mut transaction).await?;
        meta.acknowledged = Some(Known {
            epoch: Some(head.epoch),
            cursor: head.position,
            mark: head.mark,
        });
        meta::put(&mut transaction, &meta).await?;
        for verdict in verdicts {
            outbox::answer(&mut transaction, verdict, now).await?;
        }
        let refused = verdicts
            .iter()
            .any(|verdict| verdict.outcome.refusal().is_some());
        let changed = if refused {
            overlay::rebuild(&mut transaction, now).await?
        } else {
            BTreeSet::new()
        };
        transaction.commit().await?;
        Ok(changed)
    }

    /// This computer's file was cloned or restored: it takes a new name and sends again, ids unchanged.
    async fn fork(&self) -> Result<(), Error> {
        let mut transaction = self.vault.begin().await?;
        let mut meta = meta::get(&mut transaction).await?;
        outbox::rename(&mut transaction, &mut meta).await?;
        meta::put(&mut transaction, &meta).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The ledger has another history: everything kept is sent again, then everything is fetched again. Until then the
    /// screen shows the old history, so that nothing vanishes in between.
    async fn begin_again(&self) -> Result<(), Error> {
        let mut transaction = self.vault.begin().await?;
        let mut meta = meta::get(&mut transaction).await?;
        outbox::send_again(&mut transaction).await?;
        outbox::rename(&mut transaction, &mut meta).await?;
        meta.resync = true;
        meta.acknowledged = None;
        meta::put(&mut transaction, &meta).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What the member may see has changed: everything is fetched again, and what is no longer allowed is erased when it
    /// is there. What came of the pull so far was seen with other eyes, and is forgotten.
    async fn rescope(&self, scope: u32) -> Result<(), Error> {
        let mut transaction = self.vault.begin().await?;
        clear_staging(&mut transaction).await?;
        let mut meta = meta::get(&mut transaction).await?;
        meta.scope = scope;
        meta.resync = true;
        meta::put(&mut transaction, &meta).await?;
        transaction.commit().await?;
        Ok(())
    }
}
