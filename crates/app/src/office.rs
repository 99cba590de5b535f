//! An open clinic: its ledger, this device's replica of it, the courier, and the loop that keeps them in step.

use crate::api::act::{Acted, Changed, Problem};
use crate::calls::backup::Seen;
use crate::desk::LedgerDesk;
use crate::host::Host;
use crate::settings::Settings;
use safetalk_courier::{CourierHandle, SmtpAccount, Status};
use safetalk_domain::{
    Body, IntentId, Kind, MemberId, Moment, Notice, NoticeId, Row, Session, SessionId,
};
use safetalk_ledger::Ledger;
use safetalk_replica::{Draft, Replica};
use safetalk_vault::diagnose;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

/// An open clinic.
pub struct Office {
    /// The clinic's id.
    pub id: Uuid,
    /// Its folder.
    pub dir: PathBuf,
    /// Nothing ever leaves it.
    pub demo: bool,
    /// Who is working.
    pub member: MemberId,
    /// Where decisions become final.
    pub ledger: Arc<Ledger>,
    /// What this device holds.
    pub replica: Arc<Replica>,
    /// Takes notices to clients.
    pub courier: CourierHandle,
    /// The mail account, without its password.
    pub mail: Arc<Mutex<Option<SmtpAccount>>>,
    /// This computer's settings.
    pub settings: Arc<Settings>,
    /// The shell.
    pub host: Arc<dyn Host>,
    /// What can be taken back, latest last.
    pub undo: Mutex<Vec<Undoable>>,
    /// Something waits to be pushed.
    pub(crate) stir: Arc<Notify>,
    /// The courier's counter.
    pub(crate) desk: Arc<LedgerDesk>,
    /// Somebody did what queued a message since the last push.
    pub(crate) told: AtomicBool,
    /// How the backups stood, and when that was looked at.
    pub(crate) backups: Mutex<Option<(Moment, Seen)>>,
}

/// An action that can be taken back by another.
#[derive(Clone, Debug)]
pub struct Undoable {
    /// The action.
    pub intent: IntentId,
    /// What takes it back.
    pub by: Body,
    /// The notices it queued.
    pub notices: Vec<NoticeId>,
}

/// How many actions Ctrl+Z goes back.
const UNDO_DEPTH: usize = 50;

impl Office {
    /// The wall clock.
    pub fn now(&self) -> Moment {
        self.host.now()
    }

    /// How the backups stood when they were last looked at, and when that was.
    pub(crate) fn backups(&self) -> Option<(Moment, Seen)> {
        *self.backups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn looked_at_backups(&self, seen: Seen) {
        *self.backups.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.now(), seen));
    }

    /// Does what a person wants: decides it here, keeps it, and lets the ledger know.
    ///
    /// Returns as soon as it is kept; what the ledger says of it follows by a `changed` event.
    pub async fn act(&self, body: Body) -> Result<Acted, Problem> {
        self.act_undoable(body, |_| None).await
    }

    /// As [`act`](Self::act); `inverse` makes the action that would take this one back.
    pub async fn act_undoable(
        &self,
        body: Body,
        inverse: impl FnOnce(&[Row]) -> Option<Body>,
    ) -> Result<Acted, Problem> {
        self.perform(Draft { body, undoes: None }, inverse).await
    }

    /// Takes `undone` back with `body`.
    pub async fn act_undoing(&self, undone: IntentId, body: Body) -> Result<Acted, Problem> {
        self.perform(
            Draft {
                body,
                undoes: Some(undone),
            },
            |_| None,
        )
        .await
    }

    async fn perform(
        &self,
        draft: Draft,
        inverse: impl FnOnce(&[Row]) -> Option<Body>,
    ) -> Result<Acted, Problem> {
        let acted = self.replica.act(draft, self.member, self.now()).await?;
        // It is done. Whoever heard of an error now would do it again.
        let rows = match self.rows_of(&acted).await {
            Ok(rows) => Some(rows),
            Err(error) => {
                tracing::warn!(%error, "what was done cannot be taken back: its rows were not read");
                None
            }
        };
        let notices: Vec<NoticeId> = rows
            .iter()
            .flatten()
            .filter_map(|row| match row {
                Row::Notice(notice) if notice.facts.intent == acted.intent => Some(notice.id),
                _ => None,
            })
            .collect();
        if !notices.is_empty() {
            self.told.store(true, Ordering::Release);
        }
        let by = rows.as_deref().and_then(inverse);
        let undoable = by.is_some();
        if let Some(by) = by {
            let mut stack = self.undo.lock().unwrap_or_else(PoisonError::into_inner);
            stack.push(Undoable {
                intent: acted.intent,
                by,
                notices: notices.clone(),
            });
            let excess = stack.len().saturating_sub(UNDO_DEPTH);
            stack.drain(..excess);
        }
        let tables: Vec<String> = acted
            .kinds()
            .into_iter()
            .map(|kind| kind.table().to_owned())
            .collect();
        self.stir.notify_one();
        self.host.emit_changed(Changed {
            tables: tables.clone(),
            ..Changed::default()
        });
        Ok(Acted {
            intent: acted.intent,
            undoable,
            notices,
            touched: tables,
            flags: acted.flags,
        })
    }

    /// The sessions and notices an action changed, as they stand now.
    async fn rows_of(
        &self,
        acted: &safetalk_replica::Acted,
    ) -> Result<Vec<Row>, safetalk_replica::Error> {
        let mut rows = Vec::new();
        for (kind, id) in &acted.rows {
            match kind {
                Kind::Session => rows.extend(
                    self.replica
                        .row::<Session>(SessionId(*id))
                        .await?
                        .map(Row::from),
                ),
                Kind::Notice => rows.extend(
                    self.replica
                        .row::<Notice>(NoticeId(*id))
                        .await?
                        .map(Row::from),
                ),
                _ => {}
            }
        }
        Ok(rows)
    }

    /// Pushes and pulls until nothing is left to push. Errors are logged; the next stir or tick tries again.
    pub async fn catch_up(&self) {
        match self
            .replica
            .sync_once(self.ledger.as_ref(), self.now())
            .await
        {
            Ok(synced) if synced.changed.is_empty() => {}
            Ok(synced) => {
                if self.told.swap(false, Ordering::AcqRel) {
                    self.courier.queued();
                } else {
                    self.courier.poke();
                }
                let tables = synced
                    .changed
                    .iter()
                    .map(|kind| kind.table().to_owned())
                    .collect();
                self.host.emit_changed(Changed {
                    tables,
                    ..Changed::default()
                });
            }
            Err(error) => {
                tracing::warn!(%error, "this computer's replica and ledger are not in step yet")
            }
        }
    }

    /// Moves the logs of the clinic's files into them, between times.
    pub(crate) async fn tidy(&self) {
        let files = [Some(self.replica.vault()), self.ledger.vault()];
        for vault in files.into_iter().flatten() {
            if let Err(error) = vault.tidy().await {
                tracing::warn!(ailment = ?diagnose(&error), "a log was not moved into its database");
            }
        }
    }

    /// Lets the courier begin nothing more, and waits for what it has begun, at most for `patience`: a message cut off
    /// from its answer would be uncertain, and a person would have to ask the client.
    pub async fn rest_courier(&self, patience: Duration) {
        self.courier.send_through(None);
        let mut status = self.courier.status();
        let at_rest = status.wait_for(|now| matches!(now, Status::NotSetUp | Status::Stopped));
        if tokio::time::timeout(patience, at_rest).await.is_err() {
            tracing::warn!("the mail server did not answer before the end");
        }
    }

    /// Closes both files. The courier ends with its reins.
    pub async fn close(&self) {
        self.replica.close().await;
        self.ledger.close().await;
    }
}
