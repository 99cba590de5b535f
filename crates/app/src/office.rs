//! An open clinic: this device's replica of it, and its home, where its ledger is.

use crate::api::account::FirstSync;
use crate::api::act::{Acted, Changed, FaultCode, Problem};
use crate::home::{Here, Home, There};
use crate::host::Host;
use crate::settings::Settings;
use safetalk_courier::Status;
use safetalk_domain::{
    Body, IntentId, Kind, MemberId, Moment, Notice, NoticeId, Row, Session, SessionId,
};
use safetalk_replica::{Draft, Replica};
use safetalk_vault::diagnose;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
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
    /// Where its ledger is.
    pub home: Home,
    /// What this device holds.
    pub replica: Arc<Replica>,
    /// This computer's settings.
    pub settings: Arc<Settings>,
    /// The shell.
    pub host: Arc<dyn Host>,
    /// What can be taken back, latest last.
    pub undo: Mutex<Vec<Undoable>>,
    /// Something waits to be pushed.
    pub(crate) stir: Arc<Notify>,
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

    /// What only a clinic that is kept on this computer has.
    ///
    /// # Errors
    /// [`FaultCode::OnServer`]: the screens of a clinic on a server do not offer what needs it.
    pub(crate) fn here(&self) -> Result<&Here, Problem> {
        match &self.home {
            Home::Here(here) => Ok(here),
            Home::There(_) => Err(Problem::fault(
                FaultCode::OnServer,
                false,
                &"this clinic is kept on a server",
            )),
        }
    }

    /// The way to its server, if its ledger is on one.
    pub(crate) fn there(&self) -> Option<&There> {
        match &self.home {
            Home::Here(_) => None,
            Home::There(there) => Some(there),
        }
    }

    /// How far the clinic is fetched, as long as it is not there to be shown.
    pub(crate) fn fetching(&self) -> Option<FirstSync> {
        self.there()?.fetching()
    }

    /// A person says that what waits is to go now.
    pub(crate) fn retry_now(&self) {
        match &self.home {
            Home::Here(here) => here.courier.retry_now(),
            Home::There(_) => self.stir.notify_one(),
        }
    }

    /// This computer is on a network again.
    pub(crate) fn network_back(&self) {
        match &self.home {
            Home::Here(here) => here.courier.network_back(),
            Home::There(_) => self.stir.notify_one(),
        }
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
        if let Home::Here(here) = &self.home
            && !notices.is_empty()
        {
            here.told.store(true, Ordering::Release);
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

    /// Pushes and pulls until nothing is left to push. Errors are logged; the next stir or tick tries again. Nobody who clicks
    /// waits for a server: there it is only begun.
    pub async fn catch_up(&self) {
        let here = match &self.home {
            Home::Here(here) => here,
            Home::There(_) => return self.stir.notify_one(),
        };
        match self
            .replica
            .sync_once(here.ledger.as_ref(), self.now())
            .await
        {
            Ok(synced) if synced.changed.is_empty() => {}
            Ok(synced) => {
                if here.told.swap(false, Ordering::AcqRel) {
                    here.courier.queued();
                } else {
                    here.courier.poke();
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
        let ledger = match &self.home {
            Home::Here(here) => here.ledger.vault(),
            Home::There(_) => None,
        };
        for vault in [Some(self.replica.vault()), ledger].into_iter().flatten() {
            if let Err(error) = vault.tidy().await {
                tracing::warn!(ailment = ?diagnose(&error), "a log was not moved into its database");
            }
        }
    }

    /// Finishes what is under way before the clinic is closed, and waits for it at most for `patience`: a message cut off from
    /// its answer would be uncertain, and a person would have to ask the client. What a server does not take in that time
    /// stays in the outbox.
    pub async fn rest(&self, patience: Duration) {
        match &self.home {
            Home::Here(here) => {
                here.courier.send_through(None);
                let mut status = here.courier.status();
                let at_rest =
                    status.wait_for(|now| matches!(now, Status::NotSetUp | Status::Stopped));
                if tokio::time::timeout(patience, at_rest).await.is_err() {
                    tracing::warn!("the mail server did not answer before the end");
                }
                self.catch_up().await;
            }
            Home::There(there) => there.hand_over(self, patience).await,
        }
    }

    /// Closes its files. The courier ends with its reins.
    pub async fn close(&self) {
        if let Home::There(there) = &self.home {
            there.close();
            self.stir.notify_one();
        }
        self.replica.close().await;
        if let Home::Here(here) = &self.home {
            here.ledger.close().await;
        }
    }
}
